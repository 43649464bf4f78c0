"""The timer of a start event, which rings outside of any instance."""
from copy import deepcopy
from datetime import datetime
from typing import Any

from engine import expression
from engine.errors import Broken
from engine.spiff.library import Library
from engine.spiff.place import drawn
from engine.spiff.timers import Cycle, LiveDate, due, moment, silent, span


class Alarm:
    """When a process begins by itself. ``kept`` (small JSON) is what it remembers between two looks; empty at first.

    A time that had passed when it was set is no reason to ring.
    """

    def __init__(self, library: Library, process: str, element: str, kept: dict[str, Any], now: datetime,
                 functions: dict[str, Any]) -> None:
        self.task_spec = library.specs(process)[0].task_specs[element]
        self.now, self.functions, self.internal_data = now, functions, deepcopy(kept)
        self.workflow = self.top_workflow = self.run = self.host = self      # all that a timer asks for
        if not kept:
            self._set()

    @property
    def name(self) -> str:
        """The drawn name of the start event."""
        return self.task_spec.bpmn_name

    @property
    def kept(self) -> dict[str, Any]:
        """What to remember."""
        return self.internal_data

    @property
    def due(self) -> datetime | None:
        """When it rings next; None: never again, or not as things stand."""
        return due(self)

    @property
    def silent(self) -> bool:
        """Whether it does not ring as things stand, but may when the calendar or a parameter has changed."""
        return silent(self)

    def ring(self) -> int:
        """How many rounds are due by now: 0 none, more than 1 when rounds were missed."""
        if isinstance(self.task_spec.event, Cycle):
            return self.task_spec.event.happened(self)
        if self.due is None or self.due > self.now:
            return 0
        self.internal_data['event_value'] = ''
        return 1

    def follow(self) -> None:
        """Read the time anew: the calendar or a parameter may have changed. A duration counts on from where it began.

        :raises Broken: it cannot be worked out any more.
        """
        event = self.task_spec.event
        if isinstance(event, Cycle):
            (event.happened if self.silent else event.at)(self)        # rounds before it rings at all have passed
        elif isinstance(event, LiveDate) and self.due is not None:
            value = self.evaluate(self, event.expression)
            self.internal_data['event_value'] = moment(value, self, event.expression).isoformat()

    def _set(self) -> None:
        event = self.task_spec.event
        if isinstance(event, Cycle):
            event.happened(self)
            return
        value = self.evaluate(self, event.expression)
        at = (moment(value, self, event.expression) if isinstance(event, LiveDate)
              else self.now + span(value, self.now, self, event.expression))
        self.internal_data['event_value'] = at.isoformat() if at > self.now else ''

    # -- what a timer asks of a run -----------------------------------------------------------------------------------
    @property
    def now_text(self) -> str:
        """The tenant's moment."""
        return self.functions['now']()

    def evaluate(self, task: Any, text: str) -> Any:
        """The value of an expression that knows no variables.

        :raises Broken: it fails.
        """
        try:
            return expression.compile(text).evaluate({}, self.functions)
        except expression.ExpressionError as error:
            raise Broken(error.said, element=drawn(self.task_spec), name=self.name, expression=text,
                         advice='开始事件的时间只能用日历函数和参数来写') from error

    def fresh(self, task: Any) -> bool:
        """Whenever it is asked, the time is read anew."""
        return True

    def fire(self, task: Any, due_at: datetime, stands_for: int = 1) -> None:
        """Told by a timer that rings; `ring` says it."""
