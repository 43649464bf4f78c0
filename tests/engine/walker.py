"""Walks a small diagram on the real library, saved and loaded again before every step."""
from datetime import datetime, timedelta, timezone
from types import SimpleNamespace
from typing import Any

from lxml import etree

from engine import definition, deployment, spiff
from engine.errors import Thrown
from engine.normalise import normalise

MONDAY = datetime(2026, 3, 2, 9, tzinfo=timezone(timedelta(hours=8)))


class Walker:
    """One instance of the process `p`. `log` holds the elements that were passed, in order."""

    still = None
    calling = 0                 # calls begin at once here

    def __init__(self, data: bytes, *called: bytes, **values: Any) -> None:
        drawn = [definition.read(normalise(etree.fromstring(one))[0]) for one in (data, *called)]
        self.bundle = SimpleNamespace(hash=deployment.digest({f'{n}.bpmn': one for n, one in enumerate((data, *called))}),
                                      processes={one.id: one for one in drawn})
        self.thrown: dict[str, Thrown] = {}
        self.now, self.revision, self.values, self.log, self.sent = MONDAY, 0, values, [], []
        self.run = spiff.Run.start(spiff.library(self.bundle), 'p', self)

    # what a run asks

    @property
    def functions(self) -> dict[str, Any]:
        return {'now': self.now.isoformat, 'split': lambda text: text.split(',') if text else []}

    def label(self, name: str | None) -> str:
        return name or ''

    @property
    def vars(self) -> dict[str, Any]:
        return self.values

    def scope(self, local: dict[str, Any], closed: bool = False) -> dict[str, Any]:
        return local if closed else {**self.values, **local}

    def write(self, values: dict[str, Any], node: Any = None) -> None:
        self.revision += 1
        self.values.update({name: value for name, value in values.items() if node is None or not node.keep(name, value, self.values.get(name))})

    def act(self, node: Any) -> None:
        """Every action succeeds, or throws what `thrown` says for its element."""
        if node.element in self.thrown:
            raise self.thrown[node.element]

    def decide(self, node: Any) -> None:
        """Every table answers nothing."""

    def send(self, message: str, node: Any = None) -> None:
        self.sent.append(message)

    def signal(self, name: str, node: Any = None) -> None:
        self.sent.append(f'signal:{name}')

    def passed(self, node: Any) -> None:
        self.log.append(node.element)

    def fired(self, node: Any, due_at: datetime, stands_for: int) -> None:
        """Timers are seen in the log."""

    # what a test does

    @property
    def open(self) -> list[str]:
        return sorted(task.node.element for task in self.run.open().values())

    def _again(self) -> None:
        self.run = spiff.Run.load(self.run.library, 'p', self.run.dump(), self)
        self.revision += 1

    def done(self, element: str, which: int = 0, **values: Any) -> None:
        """Complete an open task (the which-th of that name) after writing values."""
        self._again()
        key, task = [pair for pair in self.run.open().items() if pair[1].node.element == element][which]
        self.write(values, task.node)
        self.run.complete(key)

    def later(self, **span: float) -> None:
        self._again()
        self.now += timedelta(**span)
        self.run.settle()

    def hear(self, name: str, kind: str = 'message') -> None:
        self._again()
        self.run.catch(name, kind)

    def set(self, **values: Any) -> None:
        """Something changes from outside."""
        self._again()
        self.values.update(values)
        self.run.settle()
