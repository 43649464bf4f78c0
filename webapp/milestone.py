"""挂图作战: the plan of a matter on a line of time, against today; its lead unit says what is reached."""
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from engine import directory, milestone
from engine.db import writing
from engine.directory import Held, Names
from engine.errors import Forbidden
from engine.history import Actor
from engine.ledger import Matter
from engine.milestone import Milestone
from webapp import auth, definition, page, say, visibility
from webapp.db import db
from webapp.plot import short
from webapp.timeline import Mark, Span, Timeline, timeline

bp = Blueprint('milestone', __name__)

_SAY = ('liaison', 'chief')
"""The lead unit's posts that say what is reached."""
_UNIT = 8                       # letters of a unit's name on the board


@bp.post('/matter/<uuid:matter_id>/milestone/<int:position>')
@auth.signed_in
def change(matter_id: UUID, position: int) -> Response:
    """The lead unit notes that a row of the plan is done, or takes it back."""
    matter = visibility.found(matter_id)
    if not may_report(matter):
        raise Forbidden('哪一项完成了，由牵头单位在事项办结以前报。')
    one = next((one for one in plan(matter) if one.position == position), None)
    if one is None or request.form.get('task') != str(one.task_id):
        abort(404)
    actor, now = _actor(matter), current_user.now
    again = request.form.get('act') == 'reopen'
    with writing(db.engine) as session:
        if again:
            milestone.reopen(session, matter_id, one, actor)
        else:
            milestone.reach(session, matter_id, one, actor, now)
    if again:
        flash(_('已撤回：“%(task)s”还没有完成。', task=one.task), 'ok')
    else:
        flash(_('已记下：“%(task)s”完成了。记错了可以撤回。', task=one.task), 'ok')
    return redirect(url_for('matter.show', matter_id=matter_id) + '#plan', 303)


def may_report(matter: Matter) -> bool:
    """May this post say what is reached? The lead unit's own, or one that acts for it, while the matter is in hand."""
    return matter.status == 'open' and bool(_held(matter))


def _held(matter: Matter) -> list[Held]:
    """The lead unit's posts as which this one may say it."""
    return [(unit, post) for unit, post in visibility.posts() if unit == matter.lead_unit and post in _SAY]


def _actor(matter: Matter) -> Actor:
    own, asked = (current_user.unit, current_user.post), _held(matter)[0]
    return replace(current_user.actor(), for_name=directory.acting_for(
        db.session, current_user.tenant.id, own, asked, say.today()))


def plan(matter: Matter) -> Sequence[Milestone]:
    """The rows of a matter's plan."""
    return plans([matter]).get(matter.id, ())


def plans(matters: Sequence[Matter]) -> dict[UUID, list[Milestone]]:
    """The plan of each matter that has one, read by the forms on which it runs."""
    bundles = {key: definition.of(key) for key in {matter.deployment_id for matter in matters}}
    return milestone.plans(db.session, matters, {key: bundle.forms for key, bundle in bundles.items() if bundle})


def own_line(matter: Matter, rows: Sequence[Milestone]) -> Timeline | None:
    """A matter's own plan: one row of the drawing for each of its milestones."""
    begin = say.day_of(matter.issued_at) if matter.issued_at else None
    return timeline((Span(one.task, None, begin, one.due, one.missed(say.today()), _marks([one]))
                     for one in rows if one.due), say.today())


def board(matters: Sequence[Matter], plans: dict[UUID, list[Milestone]], names: Names) -> Timeline | None:
    """Many matters: one row each, from when it was assigned to its deadline, with its milestones."""
    return timeline((Span(_label(matter, names), page.href('matter.show', matter_id=matter.id),
                          say.day_of(matter.issued_at) if matter.issued_at else None, matter.due_at,
                          matter.lamp == 'red', _marks(plans.get(matter.id, ()))) for matter in matters), say.today())


def _label(matter: Matter, names: Names) -> str:
    """The unit first: one task is often given to many. A long name of a unit leaves room for the task."""
    unit = names.unit(matter.lead_unit)
    return f'{short(unit, _UNIT)} {matter.title or matter.code}' if unit else matter.title or matter.code or ''


def _marks(rows: Sequence[Milestone]) -> list[Mark]:
    return [Mark(one.due, state(one, say.today()), one.task) for one in rows if one.due]


def state(one: Milestone, today: date) -> str:
    """done, missed or ahead."""
    return 'done' if one.reached_at else 'missed' if one.missed(today) else 'ahead'
