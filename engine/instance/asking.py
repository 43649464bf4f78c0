"""A task as a person is asked to do it: who, by when, and the row that keeps it."""
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

from engine import directory
from engine.errors import Broken, said, worded
from engine.instance import fallback
from engine.instance.row import TASK
from engine.spiff import Node

_EMPTY = dict.fromkeys(TASK.columns.keys())
_HELD = ('unit_ended', 'no_holder')
"""Why nobody can be asked at a post that there is."""


def row(live: Any, key: UUID, node: Node) -> dict[str, Any]:
    """The row of a task that opens now.

    :raises Broken: nobody can do it, or its due date is none.
    """
    camunda = node.extensions['camunda']
    unit, post, passed = _asked(live, node, camunda.get('candidateGroups') or '')
    return blank(live, key, node) | {
        'form': camunda.get('formRef') or camunda.get('formKey'), 'unit': unit, 'post': post,
        'due_at': due(live, camunda.get('dueDate'), node), 'fallback': passed}


def blank(live: Any, key: UUID, node: Node) -> dict[str, Any]:
    """Every column of the row of somebody who is asked at a place now; who it is, and for what, comes to it."""
    return _EMPTY | {
        'id': key, 'tenant': live.step.tenant_id, 'instance_id': live.row['id'], 'matter_id': live.row['matter_id'],
        'process': node.process, 'element': node.element, 'name': node.name, 'token': dict(node.token), 'state': 'open',
        'opened_at': live.step.now, 'opened_turn': live.row['version'] + 1}


def _asked(live: Any, node: Node, text: str) -> tuple[str, str, dict[str, str] | None]:
    """Unit and post, and what is kept where they are not those that the diagram names. A task for nobody would wait for
    ever (P00-11)."""
    value = live.value(text, node) or ''
    if not isinstance(value, str):
        raise Broken(said('“{name}”的办理人要是一个 单位/岗位，不是{value}', name=node.name, value=worded(value)),
                     element=node.element, name=node.name, expression=text, values={text: value},
                     advice='候选组里只写一个岗位；几个岗位都要办的，画成多实例，一家一份')
    unit, _, post = value.partition('/')
    why = fallback.why_nobody(live, unit, post)
    if not why:
        return unit, post, None
    instead = fallback.other(live, node, unit, post, why)
    if instead is not None:
        return *instead[0], instead[1]
    if why in _HELD and fallback.TABLE not in live.bundle.tables:
        return unit, post, None                          # an account may come
    raise _nobody(live, node, text, unit, post, why)


def _nobody(live: Any, node: Node, text: str, unit: str, post: str, why: str) -> Broken:
    where = {'element': node.element, 'name': node.name, 'expression': text}
    if why == 'empty':
        return Broken(said('“{name}”没有办理人：{text}', name=node.name, text=text), **where,
                      advice='检查候选组里的单位和岗位，写成 单位/岗位')
    known = directory.names(live.step.session, live.step.tenant_id, live.step.parameter_revision)
    what = {'no_unit': said('没有代码为“{code}”的单位', code=unit),
            'no_post': said('{unit}没有“{post}”这个岗位', unit=known.unit(unit), post=post),
            'unit_ended': said('{unit}已经撤并，没有接着办的单位', unit=known.unit(unit)),
            'no_holder': said('{post}现在没有人，决策表说的别的岗位也没有人', post=known.post(f'{unit}/{post}'))}[why]
    return Broken(said('“{name}”没有人能办：{what}', name=node.name, what=what), **where, values={text: f'{unit}/{post}'},
                  advice='在“机构”里建好单位、岗位和账号，或者在“代办”里请人代办，或者改候选组，再重试')


def due(live: Any, text: str | None, node: Node) -> datetime | None:
    """When a task is due, as `camunda:dueDate` says now; None: it does not say.

    :raises Broken: the value is no date.
    """
    value = live.value(text, node, {'entered_at': node.since or live.run.now_text}) if text else None
    if not value:
        return None
    try:
        moment = datetime.fromisoformat(value)
        if len(value) == 10:                             # a legal date lasts until its day ends
            return datetime.combine(moment.date(), time(), live.step.zone) + timedelta(days=1, seconds=-1)
        if moment.tzinfo is None:
            raise ValueError(value)
    except (TypeError, ValueError) as error:
        raise Broken(said('“{name}”的到期日不是日期：{value}', name=node.name, value=worded(value)), element=node.element,
                     name=node.name, expression=text, values={text: value},
                     advice='写成 2020-09-30 这样的日期，或者用日历函数算出来的时间') from error
    return moment
