"""What is thrown and heard: messages and signals, with what they carry."""
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class News:
    """A message or signal with what it carries; ``key`` is the business key that it is for, ``sender`` threw it."""

    kind: str
    name: str
    values: Mapping[str, Any] = field(default_factory=dict)
    key: str | None = None
    sender: Any = None

    @property
    def awaited(self) -> str:
        """As instances write down what they wait for."""
        return self.name if self.kind == 'message' else f'signal:{self.name}'

    @property
    def said(self) -> str:
        """As the trail says it."""
        return self.name if self.kind == 'message' else f'信号 {self.name}'

    def told(self) -> dict[str, Any]:
        """As the trail keeps it."""
        return {self.kind: self.name} | ({'values': dict(self.values)} if self.values else {}) | (
            {'key': self.key} if self.key is not None else {})

    @property
    def carried(self) -> dict[str, Any]:
        """As a job carries it."""
        return {'kind': self.kind, 'name': self.name, 'values': dict(self.values), 'key': self.key}

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> 'News':
        """What a job carries."""
        return cls(data['kind'], data['name'], data['values'], data['key'])
