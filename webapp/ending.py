"""Why a step is not the reader's to do, or nobody's any more, as its page says it."""
from collections.abc import Sequence
from typing import Any

import orjson
from flask import render_template
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import and_, or_, select

from engine.finding import inner
from engine.history import Event, Kind
from engine.usertask import UserTask, draft_of, handed_by
from webapp import form, say, visibility
from webapp.db import db

_LED = (Kind.TASK_RETURNED, Kind.TASK_RECALLED)
_STOPPED = (Kind.MATTER_CANCELLED, Kind.MATTER_WITHDRAWN)


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
    return told if found.to == f'{task.unit}/{task.post}' else told + _holder(task)


def lost(task: UserTask) -> str:
    """How a step left the reader's hand without the reader: it was taken back, or the reader, who has begun to fill it
    in, stands in for its post no more; '' where it has it, or never had."""
    if holds(task):
        return ''
    event = _taken_back(task)
    if event is None and draft_of(db.session, task.id, current_user.id) is None:
        return ''
    told = _('%(who)s在%(when)s收回了这一步。', who=event.actor, when=say.when(event.at)) if event else _('这一步不在您手里了。')
    return told + _holder(task) if task.state == 'open' else told


def delegated(task: UserTask) -> str:
    """To whom the reader has delegated an open task; '' where it has not."""
    if not task.owner or (task.unit, task.post) in visibility.posts() or not holds(task):
        return ''
    return _('已委派给%(post)s，办好了会交回来。', post=form.names().post(f'{task.unit}/{task.post}'))


def _holder(task: UserTask) -> str:
    return _('现在由%(post)s办。', post=form.names().post(f'{task.unit}/{task.post}'))


def _taken_back(task: UserTask) -> Any:
    """When it was taken back from the reader: the trail tells it as of one that was handed back, by another post."""
    mine = {'/'.join(held) for held in visibility.posts()}
    found = db.session.execute(select(Event.actor, Event.at, Event.data).where(
        Event.chain == str(task.matter_id or task.instance_id), Event.kind == Kind.TASK_HANDED_BACK,
        Event.element == task.element).order_by(Event.seq.desc()))
    told = ((event, orjson.loads(event.data)) for event in found)
    return next((event for event, data in told if data['task'] == task.id.hex and data.get('from') in mine), None)


def page(task: UserTask, name: str, said: Sequence[tuple[str, str]], gone: str = '', *,
         reads: bool = True) -> tuple[str, int]:
    """Somebody was faster, or what was asked is not open any more: what happened, and what this person wrote as `name`,
    so that it need not be written again. `gone` says it of an open step; `reads`: its page opens for the reader."""
    if task.state != 'open':
        title = _('这一步刚刚已经有人办了') if task.state == 'done' else _('这一步不用办了')
    else:
        title = _('没有办成') if (task.unit, task.post) in visibility.posts() else _('这一步已经不在您手里')
    if task.state == 'done':
        gone = _('%(who)s在%(when)s提交了“%(name)s”。', who=task.closed_by, when=say.when(task.closed_at),
                 name=inner(task.name))
    return render_template('usertask/taken.html', task=task, title=title, name=inner(name), said=said, reads=reads,
                           why=gone if task.state in ('open', 'done') else why(task)), 409


def why(task: UserTask) -> str:
    """Who did it in its place, or who went elsewhere or stopped it and why; where neither is so, what else it can be."""
    other = _instead(task)
    if other is not None:
        return _('%(who)s办了“%(name)s”，这一步就不用办了。', who=other.closed_by, name=inner(other.name))
    led = _led(task)
    if led:
        return _('%(who)s%(said)s。这一步就不用办了。', who=led.actor, said=led.summary)
    return _('这一步在有人办之前就不用办了：事项已经办结、撤销，或者期限已过。')


def _instead(task: UserTask) -> UserTask | None:
    """The step with which this one ended."""
    return db.session.scalars(select(UserTask).where(
        UserTask.instance_id == task.instance_id, UserTask.closed_turn == task.closed_turn, UserTask.state == 'done',
        UserTask.asks.is_(None))).first()


def _led(task: UserTask) -> Any:
    """What the trail says of who ended it by going elsewhere, or with its matter."""
    ended = or_(and_(Event.kind.in_(_LED), Event.actor == task.closed_by), Event.kind.in_(_STOPPED),
                and_(Event.kind == Kind.NODE_MOVED, Event.instance_id == task.instance_id,
                     Event.data.contains(f'"from":"{task.element}"', autoescape=True)))
    return db.session.execute(
        select(Event.actor, Event.summary).where(
            Event.chain == str(task.matter_id or task.instance_id), Event.at == task.closed_at, ended)
        .order_by(Event.seq.desc()).limit(1)).first()
