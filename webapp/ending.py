"""Why a step is not the reader's to do, or nobody's any more, as its page says it."""
from flask_babel import gettext as _
from sqlalchemy import select

from engine.finding import inner
from engine.history import Event, Kind
from engine.usertask import UserTask, handed_by
from webapp import form, say, visibility
from webapp.db import db

_LED = (Kind.TASK_RETURNED, Kind.TASK_RECALLED)


def holds(task: UserTask) -> bool:
    """Whether a task is the reader's, in its hand or delegated."""
    return not {(task.unit, task.post), tuple((task.owner or '').split('/'))}.isdisjoint(visibility.posts())


def given(task: UserTask) -> str:
    """To whom the reader gave an open task that it has no more; '' where it has it, or never had."""
    found = None if holds(task) else handed_by(db.session, task.id, visibility.posts())
    if found is None:
        return ''
    names = form.names()
    said = {'who': found.by, 'when': say.when(found.at), 'to': names.post(found.to)}
    told = (_('%(who)s在%(when)s把这一步交回给了%(to)s。', **said) if found.act == 'hand_back'
            else _('%(who)s在%(when)s把这一步转办给了%(to)s。', **said))
    holder = f'{task.unit}/{task.post}'
    return told if found.to == holder else told + _('现在由%(post)s办。', post=names.post(holder))


def why(task: UserTask) -> str:
    """Who did it in its place, or who went back and why; where neither is so, what else it can have been."""
    other = _instead(task)
    if other is not None:
        return _('%(who)s办了“%(name)s”，这一步就不用办了。', who=other.closed_by, name=inner(other.name))
    said = _back(task)
    if said:
        return _('%(who)s%(said)s。这一步就不用办了。', who=task.closed_by, said=said)
    return _('这一步在有人办之前就不用办了：事项已经办结、撤销，或者期限已过。')


def _instead(task: UserTask) -> UserTask | None:
    """The step with which this one ended."""
    return db.session.scalars(select(UserTask).where(
        UserTask.instance_id == task.instance_id, UserTask.closed_turn == task.closed_turn, UserTask.state == 'done',
        UserTask.asks.is_(None))).first()


def _back(task: UserTask) -> str:
    """What the trail says of who ended it by going back."""
    return db.session.scalar(
        select(Event.summary).where(
            Event.chain == str(task.matter_id or task.instance_id), Event.at == task.closed_at,
            Event.actor == task.closed_by, Event.kind.in_(_LED))
        .order_by(Event.seq.desc()).limit(1)) or ''
