"""A run in readable lines: the date, what happened, who must do what by when, lamps, notices, and how it ended."""
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from typing import Any

from engine.simulation.run import Happening, Simulation
from engine.simulation.state import State

_PLACE = re.compile(r'\{(\w+)\}')
_LAMPS = {'green': '绿灯', 'yellow': '黄灯', 'red': '红灯', 'grey': '灰灯', 'blue': '蓝灯'}
_STATUS = {'draft': '还没有立项', 'open': '还在办', 'closed': '已经办结', 'rejected': '没有立项', 'withdrawn': '已经撤销'}
_PLAIN = {'notice.drafted', 'notice.issued', 'notice.declined', 'notice.withdrawn', 'document.issued', 'points.recorded',
          'matter.withdrawn', 'incident.opened', 'instance.started', 'instance.completed', 'instance.cancelled'}


class Telling:
    """Tells one run in the words of its government."""

    def __init__(self, simulation: Simulation, parameters: Mapping[str, Any]) -> None:
        self.simulation, self.parameters = simulation, parameters
        self._tellers: dict[str, Callable[[Happening], str]] = {
            'task.opened': self._opened, 'task.completed': lambda one: f'{one.actor}办了“{self.named(one.name)}”',
            'task.cancelled': lambda one: f'“{self.named(one.name)}”不用再办',
            'timer.fired': lambda one: f'到期：{self.named(one.name)}{self._rounds(one)}',
            'timer.moved': lambda one: f'期限“{self.named(one.name)}”从{_when(one.data["old"])}移到{_when(one.data["new"])}',
            'reminder.sent': lambda one: f'提醒{simulation.names.post(one.data["to"])}：{one.summary}',
            'lamp.changed': self._lamp}

    def lines(self, happenings: list[Happening]) -> Iterator[str]:
        """Each moment with what it brought."""
        last: datetime | None = None
        for one in happenings:
            said = self._said(one)
            if not said:
                continue
            if one.at != last:
                yield moment(one.at)
                last = one.at
            yield f'  {" ".join(said.split())}'

    def summary(self, found: State, stuck: Mapping[str, str]) -> Iterator[str]:
        """How it stands at the end."""
        yield f'到{moment(found.now)}为止：'
        if found.matter:
            facts = found.matter
            yield (f'  {facts["code"]} {facts["title"]}：{_STATUS.get(facts["status"], facts["status"])}，'
                   f'{_LAMPS.get(facts["lamp"], facts["lamp"])}{_overdue(facts, found.now)}')
        else:
            yield '  已经走完' if found.finished else '  还在走'
        issued = [row for row in found.notices if row['state'] == 'issued']
        taken = sum(-row['points'] for row in found.points)
        yield f'  下发通知书{len(issued)}件，扣{taken:g}分，提醒{len(found.messages)}条'
        for row in found.tasks:
            due = f'，限{_when(row["due_at"])}' if row['due_at'] else ''
            yield f'  还等{self._post(row)}办“{self.named(row["name"])}”{due}'
        for row in found.deadlines:
            yield f'  下一个期限：{self.named(row["name"])} {_when(row["due_at"])}'
        for row in found.incidents:
            yield f'  故障：{row["element"] or ""} {row["cause"]}。{row["advice"]}'
        for element, said in stuck.items():
            yield f'  “{element}”没有办成：{said}'

    def named(self, text: str) -> str:
        """A drawn name on one line, with the government's values in its places."""
        return _PLACE.sub(lambda place: str(self.parameters.get(place[1], place[0])), text.replace('\n', ''))

    def _said(self, one: Happening) -> str:
        if one.kind in _PLAIN:
            return self.named(one.summary)
        return self._tellers[one.kind](one) if one.kind in self._tellers else ''

    def _opened(self, one: Happening) -> str:
        due = f'，限{_when(one.data["due"])}' if one.data.get('due') else ''
        return f'等{self.simulation.names.post(one.data["to"])}办“{self.named(one.name)}”{due}'

    def _lamp(self, one: Happening) -> str:
        change = one.data['lamp']
        before = f'（原来{_LAMPS[change["old"]]}）' if change['old'] in _LAMPS else ''
        return f'{_LAMPS.get(change["new"], change["new"])}{before}'

    def _rounds(self, one: Happening) -> str:
        return f'（代替{one.data["stands_for"]}次）' if one.data.get('stands_for', 1) > 1 else ''

    def _post(self, row: Mapping[str, Any]) -> str:
        return self.simulation.names.post(f'{row["unit"]}/{row["post"]}')


def moment(at: datetime) -> str:
    """2026-03-02 周一 09:00."""
    return f'{at:%Y-%m-%d} 周{"一二三四五六日"[at.weekday()]} {at:%H:%M}'


def _when(said: datetime | str) -> str:
    """A moment, or the day of one that is its end."""
    at = datetime.fromisoformat(said) if isinstance(said, str) else said
    return moment(at)[:-6] if (at.hour, at.minute) == (23, 59) else moment(at)


def overdue_days(facts: Mapping[str, Any], now: datetime) -> int:
    """Days that the matter was, or is, late; 0 where it is in time or has no date."""
    due: date | None = facts.get('due_at')
    return max(((facts.get('closed_at') or now).date() - due).days, 0) if due else 0


def _overdue(facts: Mapping[str, Any], now: datetime) -> str:
    late = overdue_days(facts, now)
    return f'，超过时限{late}天' if late else ''
