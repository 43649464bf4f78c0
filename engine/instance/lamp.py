"""The lamp of a matter: what the table `lamp` makes of its facts now, and when it may make something else of them."""
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Any

from engine.decision import Decision
from engine.history import Kind
from engine.ledger import Facts

_TABLE = 'lamp'
_ALWAYS = frozenset({'issued_at', 'closed_at', _TABLE})
_BY_DAY = frozenset({'today', 'days_left', 'say'})
"""The functions that answer differently on every day."""


def follow(step: Any, scope: Mapping[str, Any]) -> None:
    """Let the lamp follow from the facts; no diagram sets it. `scope` are the facts as the table reads them.

    The table is asked only when a fact that it reads has changed or the moment has come at which it may answer
    differently by itself. That moment is the first of those, still to come, that its functions give it; a table that
    compares with a fact's own moment, or reckons with it, wakes with the next change of a fact only.

    :raises Broken: no rule fits, or the table fails.
    """
    table, facts = step.bundle.tables.get(_TABLE), step.facts
    if table is None or facts.row['issued_at'] is None and facts.row['closed_at'] is None or not _asked(table, facts, step.now):
        return
    watch = _Watch(step.now, step.zone)
    outcome = step.decide(table, scope, functions=watch.around(step.functions, table.all_calls))
    facts.wake_at(watch.first if facts.row['closed_at'] is None else None)
    change = facts.write(_TABLE, outcome.values[_TABLE])
    if change:
        step.tell(Kind.LAMP_CHANGED, '', {_TABLE: {'old': change[0], 'new': change[1]}, 'table': _TABLE,
                                          'inputs': outcome.inputs, 'rules': outcome.rules})


def due(facts: Facts, now: datetime) -> bool:
    """Whether the lamp may have changed by itself."""
    return facts.row['lamp_at'] is not None and facts.row['lamp_at'] <= now


def _asked(table: Decision, facts: Facts, now: datetime) -> bool:
    return facts.new or due(facts, now) or not (table.all_names | _ALWAYS).isdisjoint(facts.changed)


class _Watch:
    """Hears which moments functions give, and keeps the first that is still to come."""

    def __init__(self, now: datetime, zone: tzinfo) -> None:
        self.first: datetime | None = None
        self._now, self._zone = now, zone

    def around(self, functions: Mapping[str, Callable[..., Any]], names: frozenset[str]) -> dict[str, Callable[..., Any]]:
        """The functions, of which those of these names are listened to."""
        return {**functions, **{name: self._heard(name, functions[name]) for name in names & functions.keys()}}

    def _heard(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*given: Any) -> Any:
            value = function(*given)
            self._note(self._now.astimezone(self._zone).date() + timedelta(days=1) if name in _BY_DAY else value)
            return value
        return call

    def _note(self, value: Any) -> None:
        moment = self._moment(value)
        if moment is not None and moment > self._now and (self.first is None or moment < self.first):
            self.first = moment

    def _moment(self, value: Any) -> datetime | None:
        """What a function gave, as a moment; a date counts from its beginning."""
        if isinstance(value, str):
            try:
                value = date.fromisoformat(value) if len(value) == 10 else datetime.fromisoformat(value)
            except ValueError:
                return None
        if isinstance(value, datetime):
            return value if value.tzinfo is not None else None
        return datetime.combine(value, time(), self._zone) if isinstance(value, date) else None
