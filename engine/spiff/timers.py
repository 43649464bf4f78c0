"""Timers that mean what their expression means now.

The library evaluates a timer once and freezes it. Here a date is read again whenever something that it may depend on
has changed, so an approved 延期 or a new calendar moves it, and so is the next round of a cycle of working days; a
duration counts from the moment it began to wait; a cycle that missed several rounds fires once and says how many it
stands for.
"""
import re
from abc import ABC, abstractmethod
from datetime import datetime, timedelta
from typing import Any

from SpiffWorkflow.bpmn.specs.event_definitions.timer import TimerEventDefinition

from engine.errors import Broken, said, worded
from engine.spiff.place import drawn


_SILENT = {'cycles': 0, 'next': ''}
_CALENDAR = re.compile('[YM]')                             # years and months are not evenly long


def moment(text: Any, my_task: Any, expression: str) -> datetime:
    """The aware moment that a timer's value names.

    :raises Broken: the value is no ISO moment with an offset.
    """
    try:
        at = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        at = None
    if at is None or at.tzinfo is None:
        raise Broken(said('定时器的结果不是带时区的时间：{value}', value=worded(text)), element=drawn(my_task.task_spec),
                     name=my_task.task_spec.bpmn_name, expression=expression, values={expression: text},
                     advice='用 workdays(…)、after_days(…)、overdue_at(…) 等函数写日期')
    return at


def due(my_task: Any) -> datetime | None:
    """When a waiting timer is due; None: never, as things stand."""
    value = my_task.internal_data.get('event_value')
    if isinstance(value, dict):
        value = value['next'] if value['cycles'] != 0 else None
    return datetime.fromisoformat(value) if value else None


def silent(my_task: Any) -> bool:
    """Whether a cycle never rings, as things stand; it may, once what it reads has changed."""
    return my_task.internal_data.get('event_value') == _SILENT


class Timer(ABC):
    """What all timers have in common. ``happened`` is asked whenever a step settles."""

    kind = 'timer'

    def __init__(self, name: str, expression: str) -> None:
        self.name, self.expression = name, expression

    def repeats(self, task: Any) -> bool:
        """Whether it rings again after it has rung."""
        return False

    @abstractmethod
    def at(self, task: Any) -> datetime | None:
        """The moment it waits for, kept with the task; None: never, as things stand."""

    @abstractmethod
    def happened(self, task: Any) -> int:
        """How many rounds are due now: 0 none, more than 1 when rounds were missed. The host is told."""


class _Once(Timer):
    """A timer that waits for one moment."""

    def happened(self, task: Any) -> int:
        at = self.at(task)
        if at is None or at > task.workflow.top_workflow.run.host.now:
            return 0
        task.workflow.top_workflow.run.fire(task, at)
        return 1


class LiveDate(_Once):
    """A date that is read anew while it waits. `entered_at` in it is the moment the waiting began.

    A non-interrupting boundary date fires once per (element, date), however often its activity is entered again after
    it has rung; of several that wait at the same time each rings.
    """

    def at(self, task: Any) -> datetime | None:
        kept, run, spec = task.internal_data, task.workflow.top_workflow.run, task.task_spec
        since = kept.setdefault('since', run.now_text)
        if run.fresh(task):
            value = run.evaluate(task, self.expression, {'entered_at': since})
            if value and spec.attached and not spec.interrupts and run.rung(task, value, since):
                value = None
            kept['event_value'] = moment(value, task, self.expression).isoformat() if value else ''
        return due(task)


class Duration(_Once):
    """A span that counts from the moment the waiting began."""

    def at(self, task: Any) -> datetime | None:
        kept, run = task.internal_data, task.workflow.top_workflow.run
        if 'event_value' not in kept:
            since = datetime.fromisoformat(kept.setdefault('since', run.host.now.isoformat()))
            text = run.evaluate(task, self.expression)
            kept['event_value'] = (since + span(text, since, task, self.expression)).isoformat()
        return due(task)


class Job(_Once):
    """A point where a step ends: the next one goes on at once (``camunda:asyncBefore``, ``asyncAfter``)."""

    def __init__(self) -> None:
        super().__init__('', '')

    def at(self, task: Any) -> datetime | None:
        kept, run = task.internal_data, task.workflow.top_workflow.run
        if 'event_value' not in kept:
            kept['event_value'] = run.host.now.isoformat()
            run.later.add(task.id)
        return None if task.id in run.later else due(task)


def span(text: Any, start: datetime, my_task: Any, expression: str) -> timedelta:
    """The length of an ISO duration counted from `start` (months are calendar months).

    :raises Broken: `text` is no ISO duration.
    """
    try:
        if not isinstance(text, str) or text.startswith('-'):
            raise ValueError(text)
        parsed = TimerEventDefinition.parse_iso_duration(text)
        return TimerEventDefinition.get_timedelta_from_start(parsed, start)
    except Exception:                                          # the library raises bare Exception for a bad duration
        raise Broken(said('不是 ISO 时长：{value}', value=worded(text)), element=drawn(my_task.task_spec),
                     name=my_task.task_spec.bpmn_name, expression=expression, values={expression: text},
                     advice='写成 P7D、PT4H、P1M 这样的时长') from None


class Cycle(Timer):
    """A repeated timer: `every_workdays(n)` (09:00 on each n-th working day) or ISO `R3/P1D`; nothing (null, false): it
    never rings, as things stand."""

    def repeats(self, task: Any) -> bool:
        """While rounds are left."""
        return task.internal_data['event_value']['cycles'] != 0

    def at(self, task: Any) -> datetime | None:
        kept, run = task.internal_data, task.workflow.top_workflow.run
        if 'event_value' not in kept:
            kept['event_value'] = self._first(task, run)
        elif (silent(task) or kept['event_value']['cycles'] != 0) and run.fresh(task):
            kept['event_value'] = self._follow(task, run, kept['event_value'])
        return due(task)

    def _follow(self, task: Any, run: Any, value: dict) -> dict:
        """What was read is read anew, for the calendar or a parameter may have changed: whether it rings at all, and the
        next round of working days. An ISO cycle keeps its rhythm."""
        cycle = run.evaluate(task, self.expression)
        if not cycle or silent(task):
            return self._begun(task, run, cycle)
        if 'since' in value and isinstance(cycle, dict) and 'workdays' in cycle:
            value['workdays'] = cycle['workdays']
            value['next'] = self._after(task, run, value)
        return value

    def happened(self, task: Any) -> int:
        if self.at(task) is None:
            return 0
        run, value = task.workflow.top_workflow.run, task.internal_data['event_value']
        missed = self._leap(task, run, value)
        last = value['next']
        while value['cycles'] != 0 and datetime.fromisoformat(value['next']) <= run.host.now:
            last, missed = value['next'], missed + 1
            if 'since' in value:
                value['since'] = last
            value['next'] = self._after(task, run, value)
            value['cycles'] -= 1
        if missed:
            run.fire(task, datetime.fromisoformat(last), missed)
        return missed

    def _leap(self, task: Any, run: Any, value: dict) -> int:
        """Rounds of an even span that were missed are counted, not walked; all but the last."""
        start = datetime.fromisoformat(value['next'])
        if 'span' not in value or _CALENDAR.search(value['span'].partition('T')[0]):
            return 0
        each = span(value['span'], start, task, self.expression)
        missed = max((run.host.now - start) // each - 1, 0)
        if value['cycles'] > 0:
            missed = min(missed, value['cycles'] - 1)
        value['next'] = (start + missed * each).isoformat()
        value['cycles'] -= missed
        return missed

    def _first(self, my_task: Any, run: Any) -> dict:
        return self._begun(my_task, run, run.evaluate(my_task, self.expression))

    def _begun(self, my_task: Any, run: Any, cycle: Any) -> dict:
        if not cycle:
            return dict(_SILENT)
        if isinstance(cycle, dict) and 'workdays' in cycle:
            value = {'cycles': cycle.get('times', -1), 'workdays': cycle['workdays'], 'since': run.now_text}
        else:
            value = self._interval(my_task, run, cycle)
            if 'start' in value:
                return {'cycles': value['cycles'], 'span': value['span'], 'next': value['start']}
        value['next'] = self._after(my_task, run, value)
        return value

    def _interval(self, my_task: Any, run: Any, text: Any) -> dict:
        parts = text.split('/') if isinstance(text, str) else []
        if len(parts) not in (2, 3) or not parts[0].startswith('R') or not (parts[0][1:] or '0').isdigit():
            raise Broken(said('不是重复周期：{value}', value=worded(text)), element=drawn(my_task.task_spec),
                         name=my_task.task_spec.bpmn_name, expression=self.expression, values={self.expression: text},
                         advice='写成 every_workdays(1) 或 R/P1D、R3/P1M')
        if not span(parts[-1], run.host.now, my_task, self.expression):
            raise Broken(said('周期的间隔是零：{value}', value=worded(text)), element=drawn(my_task.task_spec),
                         name=my_task.task_spec.bpmn_name, expression=self.expression, values={self.expression: text},
                         advice='写成 R/P1D、R3/PT1H 这样的间隔')
        value = {'cycles': int(parts[0][1:]) if parts[0][1:] else -1, 'span': parts[-1], 'next': run.now_text}
        if len(parts) == 3:
            value['start'] = moment(parts[1], my_task, self.expression).isoformat()
        return value

    def _after(self, my_task: Any, run: Any, value: dict) -> str:
        if 'workdays' in value:
            return run.host.functions['morning'](value['since'], value['workdays'])
        at = datetime.fromisoformat(value['next'])
        return (at + span(value['span'], at, my_task, self.expression)).isoformat()
