"""迁移: choose versions and matters, see how each would fare, map what was renamed, go, look on, take back."""
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as later
from flask_login import current_user
from sqlalchemy import select
from werkzeug.wrappers import Response

from engine import authority, deployment, migration
from engine.deployment import Bundle, Deployment
from engine.errors import Refused
from engine.ledger import Matter
from engine.migration import Migration, MigrationMatter, Plan, Verdict
from webapp import auth, definition, errors, fact, ledger, pager, standing
from webapp.db import db

bp = Blueprint('migration', __name__)

MOST = 2000                 # matters of one order; more in a second one
UNDER_WAY = ('draft', 'open')
STATES = {'safe': later('可以移'), 'map': later('要先对应元素'), 'refused': later('不能移')}
CAME = {'moved': later('移过去了'), 'refused': later('没有移'), 'returned': later('撤回了'), 'waiting': later('等着移'),
        'returning': later('等着撤回')}
_BY_HAND = 'map.'


@dataclass(frozen=True)
class Wish:
    """What the address asks for: two versions by number, which matters of the old one, what is mapped by hand."""

    source: Deployment | None
    target: Deployment | None
    stage: str = ''
    unit: str = ''
    code: str = ''
    mapped: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def asked(cls, given: Mapping[str, str]) -> 'Wish':
        """Out of a form; unless it says otherwise, from the version that most matters are on to the one in use."""
        versions = {str(made.number): made for made in deployment.versions(db.session, current_user.tenant.id)}
        newest = next(iter(versions.values()), None)
        texts = {name: given.get(name, '').strip()[:100] for name in ('stage', 'unit', 'code')}
        mapped = {name.removeprefix(_BY_HAND): value for name, value in given.items()
                  if name.startswith(_BY_HAND) and value}
        source, target = (versions.get(given.get(name, '')) for name in ('from', 'to'))
        return cls(source, target or newest, **texts, mapped=mapped)

    @property
    def ready(self) -> bool:
        """Whether both versions are named, and differ."""
        return self.source is not None and self.target is not None and self.source.id != self.target.id

    def matters(self) -> Sequence[UUID]:
        """The matters in hand that are meant, in the order of their codes."""
        query = select(Matter.id).where(Matter.tenant == current_user.tenant.id, Matter.status.in_(UNDER_WAY),
                                        Matter.deployment_id == self.source.id)
        for column, value in ((Matter.stage, self.stage), (Matter.lead_unit, self.unit), (Matter.code, self.code)):
            query = query.where(column == value) if value else query
        return db.session.scalars(query.order_by(Matter.code, Matter.id).limit(MOST)).all()


@bp.get('/migration')
@auth.signed_in
def index() -> str:
    """Which versions matters are on, the way to move them, and what was moved before."""
    _require()
    tenant_id = current_user.tenant.id
    return render_template('migration/index.html', wish=Wish.asked(request.args), counted=standing.matters(*UNDER_WAY),
                           numbers=_numbers(), orders=migration.orders(db.session, tenant_id),
                           versions=deployment.versions(db.session, tenant_id), came=CAME)


@bp.get('/migration/plan')
@auth.signed_in
def plan() -> str:
    """How every matter that is meant would fare; nothing is touched."""
    _require()
    return _draw(Wish.asked(request.args))


@bp.post('/migration')
@auth.signed_in
def begin() -> Response | tuple[str, int]:
    """Order the move."""
    _require()
    wish, reason = Wish.asked(request.form), request.form.get('reason', '').strip()[:500]
    if not wish.ready:
        raise Refused('先选从哪一版移到哪一版。')
    if not reason:
        return _draw(wish, _('写一句为什么移，例如文号。')), 422
    try:
        number = migration.start(db.engine, current_user.tenant.id, _plan(wish), wish.matters(), current_user.actor(),
                                 reason)
    except Refused as refusal:
        return _draw(wish, errors.sentence(refusal)), 422
    flash(_('已经开始移。可以离开这一页，移完为止后台接着办。'), 'ok')
    return redirect(url_for('migration.show', number=number), 303)


@bp.get('/migration/<int:number>')
@auth.signed_in
def show(number: int) -> str:
    """How far each matter has come, and the way back."""
    _require()
    return _draw_order(_found(number))


@bp.post('/migration/<int:number>/undo')
@auth.signed_in
def undo(number: int) -> Response | tuple[str, int]:
    """Take back what has not gone on since."""
    made, reason = _found(number), request.form.get('reason', '').strip()[:500]
    if not reason:
        return _draw_order(made, _('写一句为什么撤回。')), 422
    migration.undo(db.engine, number, current_user.actor(), reason)
    flash(_('已经开始撤回。'), 'ok')
    return redirect(url_for('migration.show', number=number), 303)


@bp.post('/migration/<int:number>/stop')
@auth.signed_in
def stop(number: int) -> Response | tuple[str, int]:
    """What has not moved yet stays where it is."""
    made, reason = _found(number), request.form.get('why', '').strip()[:500]
    if not reason:
        return _draw_order(made, _('写一句为什么停下。'), 'why'), 422
    migration.stop(db.engine, number, current_user.actor(), reason)
    flash(_('停下了：还没有移的不再移，已经移的不动。'), 'ok')
    return redirect(url_for('migration.show', number=number), 303)


def _require() -> None:
    authority.require(db.session, current_user.tenant.id, current_user.actor(), 'migrate')


def _found(number: int) -> Migration:
    made = db.session.get(Migration, number)
    if made is None or made.tenant != current_user.tenant.id:
        abort(404)
    return made


def _plan(wish: Wish) -> Plan:
    return migration.make(db.session, wish.source.id, wish.target.id, wish.mapped)


def _draw(wish: Wish, refusal: str = '') -> str:
    """The plan, and the result of checking; without two versions the page that asks for them."""
    if not wish.ready:
        return render_template('migration/choose.html', wish=wish, counted=standing.matters(*UNDER_WAY),
                               versions=deployment.versions(db.session, current_user.tenant.id))
    made = _plan(wish)
    worst_first = list(reversed(STATES))
    verdicts = sorted(migration.check(db.session, made, wish.matters()), key=lambda one: worst_first.index(one.state))
    shown = pager.page_of(len(verdicts))
    on_page = verdicts[shown.offset:shown.offset + shown.size]
    old, new = (deployment.bundle(db.session, one.id) for one in (wish.source, wish.target))
    return render_template(
        'migration/plan.html', wish=wish, plan=made, refusal=refusal, page=shown, states=STATES,
        counted=Counter(one.state for one in verdicts), rows=_with_matters(on_page), content=ledger.reads_content(),
        places=[place for place in made.places if not place.target or place.by_hand], old=old, new=new,
        pictures=_pictures(made, old, new), stages=definition.stages(old), names=fact.names(),
        given=request.form.get('reason', ''), params=definition.params(new), hidden=_hidden(wish))


def _with_matters(verdicts: Sequence[Verdict]) -> list[tuple[Verdict, Matter]]:
    rows = {row.id: row for row in ledger.rows([one.matter_id for one in verdicts])}
    return [(one, rows[one.matter_id]) for one in verdicts]


def _pictures(made: Plan, old: Bundle, new: Bundle) -> list[tuple[Any, Any, list[str], list[str]]]:
    """Of each process in which something has no place by itself: both drawings, and what to mark on them."""
    found = []
    for process in dict.fromkeys(place.process for place in made.places if not place.target or place.by_hand):
        places = [place for place in made.places if place.process == process and (not place.target or place.by_hand)]
        if process in new.processes:
            found.append((old.processes[process], new.processes[process], [place.element for place in places],
                          [place.target for place in places if place.target]))
    return found


def _hidden(wish: Wish) -> list[tuple[str, str]]:
    """The wish as hidden fields, for the order."""
    plain = {'from': str(wish.source.number), 'to': str(wish.target.number), 'stage': wish.stage, 'unit': wish.unit,
             'code': wish.code} | {_BY_HAND + key: value for key, value in wish.mapped.items()}
    return [(name, value) for name, value in plain.items() if value]


def _draw_order(made: Migration, refusal: str = '', field: str = 'reason') -> str:
    counted = migration.progress(db.session, made.id)
    shown = pager.page_of(sum(counted.values()))
    rows = db.session.execute(
        select(MigrationMatter, Matter).join(Matter, Matter.id == MigrationMatter.matter_id)
        .where(MigrationMatter.migration_id == made.id).order_by(MigrationMatter.sentence == '', Matter.code, Matter.id)
        .limit(shown.size).offset(shown.offset)).all()
    done = shown.total - counted[migration.WAITING] - counted[migration.RETURNING]
    return render_template('migration/show.html', made=made, counted=counted, page=shown, rows=rows, numbers=_numbers(),
                           done=done, came=CAME, refusal=refusal, field=field, content=ledger.reads_content(),
                           given=request.form.get(field, ''))


def _numbers() -> dict[int, int]:
    """The versions as people count them."""
    return {made.id: made.number for made in deployment.versions(db.session, current_user.tenant.id)}
