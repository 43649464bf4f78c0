"""流程: what the diagrams, tables and forms say, drawn from the version that is in use; and all versions."""
import re
from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, abort, render_template, request
from flask_babel import gettext as _
from flask_login import current_user

from engine import coverage, deployment, intervention, parameter
from engine.definition import Definition
from engine.deployment import Bundle, Deployment
from engine.errors import NotFound
from engine.finding import one_line
from engine.gate import catalogue
from engine.suspension import Suspension
from webapp import auth, standing, understanding
from webapp.bundle import current
from webapp.db import db
from webapp.fact import Words, names

bp = Blueprint('definition', __name__)

_PLACE, _POST = re.compile(r'(?<!\$)\{(\w+)\}'), re.compile('〔[^〕]*〕$')


def of(deployment_id: int) -> Bundle | None:
    """The bundle that a matter runs on; None when there is none (a row that no deployment made)."""
    try:
        return deployment.bundle(db.session, deployment_id)
    except NotFound:
        return None


def stages(bundle: Bundle | None) -> dict[str, str]:
    """What the lifecycle calls its stages, in order: value and word are the same."""
    process = bundle.lifecycle if bundle else None
    return {stage: stage for stage in process.stages} if process else {}


def levels(bundle: Bundle | None) -> dict[str, str]:
    """The levels of escalation in this government's own words: 1 督办, 2 催办, 3 查办; 0 is none yet."""
    words = {}
    for name, value in params(bundle).items():
        number = re.fullmatch(r'level_(\d)_label', name)
        if number:
            words[number[1]] = str(value)
    return {'0': _('没有督办')} | words if words else {}


def params(bundle: Bundle | None) -> dict[str, Any]:
    """The parameters of this government as they stand, for labels such as 到期前{warning_days}个工作日."""
    if bundle is None:
        return {}
    return {one.name: one.value for one in parameter.settings(db.session, current_user.tenant, bundle)}


def named(text: str, values: Mapping[str, Any]) -> str:
    """A name of the drawing for a page: on one line, this government's values in its places, and without the
    post in brackets that a drawing needs where it has no lanes."""
    return _PLACE.sub(lambda place: str(values.get(place[1], place[0])), _POST.sub('', one_line(text or '')))


def _still() -> Mapping[str, Suspension]:
    """The processes that stand still."""
    return intervention.suspended(db.session, current_user.tenant.id)


def words(bundle: Bundle | None) -> Words:
    """What facts and answers are called in this version."""
    return Words(bundle, names())


@bp.get('/process')
@auth.signed_in
def index() -> str:
    """Every process, table and form of the version in use, and how many matters run."""
    bundle = current()
    if bundle is None:
        return render_template('definition/none.html')
    first, called = bundle.lifecycle, _callers(bundle)
    ordered = sorted(bundle.processes.values(), key=lambda one: (one != first, one.id in called))
    return render_template('definition/index.html', bundle=bundle, running=standing.instances(), called=called,
                           processes=ordered, still=_still(),
                           versions=deployment.versions(db.session, current_user.tenant.id))


@bp.get('/process/notation')
@auth.signed_in
def notation() -> str:
    """What can be drawn: what of it is executed, repaired, warned of or refused."""
    return render_template('definition/notation.html', rows=list(catalogue.rows()))


@bp.get('/process/<process>')
@auth.signed_in
def show(process: str) -> str:
    """One process of one version: rules, picture, tables, forms, where matters stand, its versions."""
    made = _version()
    bundle = deployment.bundle(db.session, made.id)
    drawn = bundle.processes.get(process)
    if drawn is None:
        abort(404)
    values = params(bundle)
    elements = [element for element in drawn.elements.values() if not element.inserted]
    said, waiting = words(bundle), standing.waiting(process)
    versions = deployment.versions(db.session, current_user.tenant.id)
    return render_template(
        'definition/show.html', process=drawn, made=made, newest=versions[0].id == made.id, params=values,
        named=lambda text: named(text, values), rules=understanding.deadlines(drawn, bundle, said, values),
        steps=understanding.steps(drawn, bundle, said, values, waiting), walk=standing.walk(drawn, waiting),
        tables=[bundle.tables[name] for name in _used(elements, 'decision') if name in bundle.tables],
        forms=[(element, bundle.forms[element.form]) for element in elements if element.form in bundle.forms],
        callers=_callers(bundle).get(process, []), reached=_reached(bundle), words=said,
        running=standing.instances(), versions=versions, counted=standing.by_version(process),
        still=_still().get(process))


@bp.get('/process/table/<table>')
@auth.signed_in
def table(table: str) -> str:
    """One decision table, drawn as a table."""
    bundle = deployment.bundle(db.session, _version().id)
    if table not in bundle.tables:
        abort(404)
    return render_template('definition/table.html', table=bundle.tables[table], words=words(bundle))


@bp.get('/process/<int:deployment_id>/<process>.xml')
@auth.signed_in
def xml(deployment_id: int, process: str) -> Response:
    """The diagram of a version byte for byte as it was deployed; the browser may keep it for good."""
    made = db.session.get(Deployment, deployment_id)
    if made is None or made.tenant != current_user.tenant.id:
        abort(404)
    for name, content in deployment.bundle(db.session, deployment_id).files.items():
        if name.rpartition('/')[2] == f'{process}.bpmn':
            answer = Response(content, mimetype='application/xml')
            answer.headers['Cache-Control'] = 'private, max-age=31536000, immutable'
            if 'download' in request.args:
                answer.headers.set('Content-Disposition', 'attachment', filename=f'{process}.bpmn')
            return answer
    abort(404)


def _version() -> Deployment:
    """The version whose number the address asks for, else the one in use."""
    asked, tenant_id = request.args.get('version', ''), current_user.tenant.id
    made = (deployment.numbered(db.session, tenant_id, asked) if asked.isdecimal()
            else deployment.current(db.session, tenant_id))
    if made is None:
        raise NotFound('没有这一版流程。')
    return made


def _reached(bundle: Bundle) -> coverage.Coverage | None:
    """What the stories of a version reach, as far as they were told; None: none was."""
    found = coverage.proofs(db.session, current_user.tenant.id, bundle.hash)
    return coverage.of(bundle, found.values()) if found else None


def _callers(bundle: Bundle) -> dict[str, list[Definition]]:
    """Which processes call each process that is called."""
    found: dict[str, dict[str, Definition]] = {}
    for process in bundle.processes.values():
        for element in process.elements.values():
            if element.called:
                found.setdefault(element.called, {})[process.id] = process
    return {name: list(callers.values()) for name, callers in found.items()}


def _used(elements: list, part: str) -> list[str]:
    return list(dict.fromkeys(getattr(element, part) for element in elements if getattr(element, part)))
