"""The door of Camunda Modeler's own Deploy and Start buttons: a small part of Camunda 7's REST interface.

What is deployed here takes the place of the files of the same names in the version in use; the others stay.
"""
import logging
from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Any

from flask import Blueprint, Response, abort, jsonify, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from engine import decision, deployment, directory, errors, incident, instance, publication, release
from engine.db import reading, writing
from engine.definition import Definition
from engine.deployment import Bundle, Deployment
from engine.errors import Forbidden, NotFound, Refused, Undeployable
from engine.finding import REFUSE, Finding
from engine.gate import source
from engine.instance import Instance
from engine.plan import Plan
from webapp import auth, camunda, credential, intake, variable
from webapp.db import db
from webapp.errors import STATUS, sentence

bp = Blueprint('rest', __name__, url_prefix=auth.FOR_PROGRAMS.rstrip('/'))
auth.csrf.exempt(bp)                                  # no cookie opens this door, so no other site can use one
log = logging.getLogger('duban.web')

LIKE = '7.24.0'
"""The version of Camunda 7 whose answers these resemble; a modeler asks for it."""
SUFFIXES = ('.bpmn', '.dmn', '.form', '.story', '.docx')
LONGEST_FILE, LONGEST_NOTE, LONGEST_KEY = 200, 300, 200


@bp.get('/version')
@auth.requires('owner', 'officer')
def version() -> Response:
    """Which version of Camunda 7 this resembles."""
    return jsonify(version=LIKE)


@bp.get('/deployment')
@auth.requires('owner', 'officer')
def deployments() -> Response:
    """The versions of this government, newest first; a modeler asks for none of them, to see whether it gets in."""
    most = request.args.get('maxResults', type=int)
    return jsonify([_version(made) for made in deployment.versions(db.session, current_user.tenant.id)[:most]])


@bp.get('/deployment/<int:deployment_id>')
@auth.requires('owner', 'officer')
def show(deployment_id: int) -> Response:
    """One version."""
    made = db.session.get(Deployment, deployment_id)
    if made is None or made.tenant != current_user.tenant.id:
        raise NotFound('没有编号为{id}的版本。', id=deployment_id)
    return jsonify(_version(made))


def _version(made: Deployment) -> dict[str, Any]:
    """The links of a version lead to where the modeler itself reached this door."""
    return camunda.deployment(made, current_user.tenant, made.note or None, None,
                              url_for('rest.show', deployment_id=made.id, _external=True))


@bp.post('/deployment/create')
@auth.requires('owner')
def create() -> Response:
    """Make the attached files part of the version in use; unchanged files make no new version, whatever is asked."""
    if request.mimetype != 'multipart/form-data':
        abort(415)
    _own(request.form.get('tenant-id'))
    given, name, origin = _files(), _line('deployment-name'), _line('deployment-source')
    tenant_id, actor = current_user.tenant.id, current_user.actor()
    with writing(db.engine) as session:
        tenant = directory.alone(session, tenant_id)
        files = publication.completed(session, tenant_id, given)
        try:
            made = release.publish(session, tenant, files, actor,
                                   f'{name}（{origin}）' if name and origin else name or origin)
        except Undeployable as refusal:
            raise Undeployable(_findings(files, given)) from refusal
        return jsonify({**_version(made), 'name': name or None, 'source': origin or None,
                        **_definitions(made, deployment.read(files), given)})


def _findings(files: Mapping[str, bytes], given: Mapping[str, bytes]) -> list[Finding]:
    """What stands in the way, in whichever file, and what else there is to say about the files that were sent."""
    return [one for one in publication.judge(files) if one.severity == REFUSE or one.file in given]


def _definitions(made: Deployment, bundle: Bundle, given: Mapping[str, bytes]) -> dict[str, Any]:
    """What the given files define in the version."""
    processes = [camunda.process(bundle.processes[source.stem(name)], made, name)
                 for name in given if source.suffix(name) == '.bpmn']
    tables = [camunda.table(key, one.name, made, name) for name, content in given.items()
              if source.suffix(name) == '.dmn' for key, one in decision.parse(content, name).decisions.items()]
    return {'deployedProcessDefinitions': camunda.keyed(processes), 'deployedCaseDefinitions': None,
            'deployedDecisionDefinitions': camunda.keyed(tables), 'deployedDecisionRequirementsDefinitions': None}


def _own(tenant: str | None) -> None:
    """A modeler may name a government; nobody reaches another one than his own."""
    if tenant and tenant != current_user.tenant.id:
        raise Forbidden('这个账号属于{own}（{code}），不能替“{other}”办。', own=current_user.tenant.name,
                        code=current_user.tenant.id, other=tenant)


def _line(field: str) -> str:
    """A text of the form on one line."""
    return ''.join(sign for sign in request.form.get(field, '').strip() if sign.isprintable())[:LONGEST_NOTE]


def _files() -> dict[str, bytes]:
    """The attached files by their names, without folders."""
    found: dict[str, bytes] = {}
    for part in chain.from_iterable(request.files.listvalues()):
        name = (part.filename or '').replace('\\', '/').rpartition('/')[2]
        if source.suffix(name) not in SUFFIXES or not name.isprintable() or len(name) > LONGEST_FILE:
            raise Refused('“{name}”不能发布：只收流程图（.bpmn）、决策表（.dmn）和表单（.form）。', name=name[:LONGEST_FILE])
        if name in found:
            raise Refused('“{name}”附了两次，请只留一个。', name=name)
        found[name] = part.read()
    if not found:
        raise Refused('没有附上文件：要有流程图（.bpmn）、决策表（.dmn）或者表单（.form）。')
    return found


@bp.post('/process-definition/<definition_id>/start')
@auth.requires('owner', 'officer')
def start(definition_id: str) -> Response:
    """Begin a process of the version in use, named by the id that a deployment answered with."""
    made, bundle = _in_use()
    key = definition_id.partition(':')[0]
    if definition_id != camunda.definition_id(key, made):
        raise NotFound('“{id}”不是在用的这一版；在用的是第{number}版，请重新发布再开始。', id=definition_id[:200],
                       number=made.number)
    return _started(made, bundle, key)


@bp.post('/process-definition/key/<key>/start')
@bp.post('/process-definition/key/<key>/tenant-id/<tenant>/start')
@auth.requires('owner', 'officer')
def start_by_key(key: str, tenant: str | None = None) -> Response:
    """Begin a process of the version in use, named by its id in the drawing."""
    _own(tenant)
    return _started(*_in_use(), key)


def _in_use() -> tuple[Deployment, Bundle]:
    made = deployment.current(db.session, current_user.tenant.id)
    if made is None:
        raise NotFound('还没有发布流程。')
    return made, deployment.bundle(db.session, made.id)


def _started(made: Deployment, bundle: Bundle, key: str) -> Response:
    drawn = bundle.processes.get(key)
    if drawn is None:
        raise NotFound('没有叫“{process}”的流程。', process=key[:200])
    body = _body()
    given, business_key = variable.values(body.get('variables')), body.get('businessKey') or None
    if business_key is not None and not (isinstance(business_key, str) and len(business_key) <= LONGEST_KEY):
        raise Refused('businessKey 要写成一句不超过{most}个字的文字。', most=LONGEST_KEY)
    plan = _begin(bundle, drawn, given, business_key)
    with reading(db.engine) as session:
        ended = session.get(Instance, plan.instance_id).status != 'running'
    return jsonify(camunda.instance(str(plan.instance_id), camunda.definition_id(key, made), business_key, ended,
                                    current_user.tenant.id))


def _body() -> dict[str, Any]:
    """The JSON object that was sent; nothing at all counts as an empty one."""
    if not request.get_data():
        return {}
    if not request.is_json:
        abort(415)
    body = request.get_json(silent=True)
    if not isinstance(body, dict):
        raise Refused('请求的内容不是一个完整的 JSON 对象。')
    return body


def _begin(bundle: Bundle, drawn: Definition, given: Mapping[str, Any], key: str | None) -> Plan:
    """Begin what may begin by itself; a matter is registered as on its page, with the same two forms."""
    if drawn.stages:
        if current_user.post != 'officer':
            raise Forbidden('立项由督查员办理：请用督查员的账号，把登记表的各项写在 variables 里。')
        return intake.register_at_once(given, key)
    if drawn.starter or drawn.starts or drawn.id in _called(bundle):
        raise Refused('“{name}”在一件事项旁边开始，不能单独开始；请到事项的页面上发起。', name=drawn.name)
    tenant_id, actor = current_user.tenant.id, current_user.actor()
    return incident.carry_out_or_open(
        db.engine, lambda session: instance.start(session, tenant_id, drawn.id, actor, given, key=key),
        tenant_id=tenant_id, verb='start', process=drawn.id)


def _called(bundle: Bundle) -> Iterator[str]:
    return (element.called for process in bundle.processes.values() for element in process.elements.values())


@bp.route('/', defaults={'rest': ''}, methods=['GET', 'POST', 'PUT', 'PATCH', 'DELETE'])
@bp.route('/<path:rest>', methods=['GET', 'POST', 'PUT', 'PATCH', 'DELETE'])
@auth.requires(*auth.POSTS)
def nothing(rest: str) -> Response:
    """Whatever else Camunda 7 has at these addresses is not here."""
    raise NotFound('没有“{rest}”这个接口；这里只有发布流程和开始流程。', rest=rest[:200])


def _answer(status: int, message: str) -> Response:
    answer = jsonify(camunda.error(status, message))
    answer.status_code = status
    if status == 401:
        # Not Basic: a browser would ask for the password, keep it, and send it for every other site as well.
        answer.headers['WWW-Authenticate'] = 'Bearer realm="duban"'
    return answer


@bp.errorhandler(Undeployable)
def _undeployable(refusal: Undeployable) -> tuple[Response, int]:
    return jsonify(camunda.parse_error(refusal.findings)), 400


@bp.errorhandler(errors.Invalid)
def _invalid(refusal: errors.Invalid) -> Response:
    return _answer(400, '；'.join(f'{field}：{said}' for field, found in refusal.fields.items() for said in found))


@bp.errorhandler(errors.Failed)
def _failed(failure: errors.Failed) -> Response:
    return _answer(500, sentence(failure))


@bp.errorhandler(Refused)
def _refused(refusal: Refused) -> Response:
    status = next(code for kind, code in STATUS.items() if isinstance(refusal, kind))
    return _answer(400 if status == 422 else status, sentence(refusal))


@bp.errorhandler(RequestEntityTooLarge)
@bp.errorhandler(HTTPException)
def _http(error: HTTPException) -> Response:
    said = {401: credential.refusal, 403: lambda: _('这个岗位不能办：发布流程归流程管理员，开始流程归流程管理员和督查员。'),
            413: lambda: _('一次最多发布%(most)s kB。', most=(request.max_content_length or 0) // 1024),
            415: lambda: _('请求的格式不对：发布要用 multipart/form-data，开始流程要用 JSON。')}
    status = error.code or 500
    return _answer(status, said[status]() if status in said else _('请求没有看懂。'))


@bp.errorhandler(Exception)
def _crashed(error: Exception) -> Response:
    log.error('%s %s failed', request.method, request.path, exc_info=error)
    return _answer(500, _('没有办成，什么都没有改动。运维人员会看到这次故障。'))
