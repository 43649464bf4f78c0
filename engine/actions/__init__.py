"""What a diagram may call: each topic is one action with a schema, a name and a sentence for the process owner."""
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib import import_module
from typing import Any, NoReturn, Protocol
from uuid import UUID

from marshmallow import INCLUDE, Schema, ValidationError
from marshmallow.fields import Boolean, Date, Float, Integer, String
from marshmallow.validate import Length, OneOf
from sqlalchemy import Table

from engine.errors import Broken, listed, said, worded
from engine.history import Kind


class Act(Protocol):
    """What an action may ask and do; its effects become part of the step's plan.

    ``throw`` lets a BPMN error (or, as its kind, an escalation) happen that an event of the diagram catches by its code; an
    error that nothing catches is an incident. Any other exception is an incident at once. ``decider`` is the post
    (unit/post) whose task was just done here, whoever the drawing had asked; '' where no person moved the instance.
    """

    tenant: str
    matter_id: UUID | None
    instance_id: UUID
    deployment_id: int
    files: Mapping[str, bytes]
    now: datetime
    today: str
    step: str
    stands_for: int
    functions: dict[str, Callable]

    def fact(self, name: str) -> Any: ...
    def variable(self, name: str) -> Any: ...
    def insert(self, table: Table, row: dict) -> None: ...
    def change(self, statement: Any, row: dict) -> None: ...
    def number(self, kind: str) -> tuple[int, int]: ...
    def once(self, key: Any, make: Callable[[], dict]) -> dict: ...
    def read(self, statement: Any) -> list: ...
    def ask(self, table: str, given: Mapping[str, Any]) -> Mapping[str, Any]: ...
    def co_units(self) -> dict[str, dict]: ...
    def write_co_unit(self, unit: str, values: dict) -> None: ...
    def stop(self, process: str, why: str) -> None: ...
    def record(self, kind: Kind, summary: str, data: Mapping | None = None) -> None: ...
    def unit_name(self, code: str | None) -> str: ...
    def decider(self) -> str: ...
    def throw(self, code: str, kind: str = 'error') -> NoReturn: ...


@dataclass(frozen=True)
class Action:
    """One thing that a service task may do. ``run`` gets the checked inputs and returns facts and variables to write."""

    topic: str
    name: str
    sentence: str
    schema: Schema
    run: Callable[..., dict | None]
    returns: tuple[str, ...] = ()                      # variables that it writes besides facts

    def __call__(self, act: Act, inputs: Mapping[str, Any]) -> dict:
        """Carry it out.

        :raises Broken: an input is missing or has the wrong type.
        """
        try:
            anything = self.schema.unknown == INCLUDE      # such an action writes what it is given, nothing as well
            checked = self.schema.load({key: value for key, value in inputs.items()
                                        if anything or not self._nothing(key, value)})
        except ValidationError as error:
            told = listed((self._fault(name, inputs) for name in error.normalized_messages()), '；')
            raise Broken(said('动作 {topic}（{name}）的输入不对：{messages}', topic=self.topic, name=said(self.name),
                              messages=told), values=dict(inputs),
                         advice='在流程图里检查这个服务任务的输入参数') from error
        return self.run(act, **checked) or {}

    def _fault(self, name: str, inputs: Mapping[str, Any]) -> str:
        """What is wrong with an input that the schema has refused."""
        field = self.schema.fields.get(name)
        if field is None:
            return said('没有叫“{name}”的输入', name=name)
        value = inputs.get(name)
        label = said('“{label}”（{name}）', label=said(field.metadata.get('label', name)), name=name)
        if self._nothing(name, value):
            return said('没有给{label}', label=label)
        for rule in field.validators if isinstance(value, str) else ():
            if isinstance(rule, Length) and len(value) > rule.max:
                return said('{label}最多{most}个字，给的是{count}个字', label=label, most=rule.max, count=len(value))
            if isinstance(rule, OneOf):
                return said('{label}要写{choices}，不是{value}', label=label, choices=listed(rule.choices), value=worded(value))
        return said('{label}要{kind}，不是{value}', label=label, kind=said(_KINDS[type(field)]), value=worded(value))

    def _nothing(self, name: str, value: Any) -> bool:
        """Whether an input is not given: an empty text is one only where a text is wanted."""
        return value is None or (value == '' and not isinstance(self.schema.fields.get(name, _TEXT), String))

    def parameters(self) -> dict[str, Any]:
        """What it takes and gives: {'required': {name: label}, 'optional': {name: label}, 'returns': names,
        'processes', 'documents': inputs that name such}; `*` among the optional inputs means any name."""
        found: dict[str, Any] = {'required': {}, 'optional': {}, 'returns': self.returns,
                                 'processes': self._naming('process'), 'documents': self._naming('document')}
        for name, field in self.schema.fields.items():
            found['required' if field.required else 'optional'][name] = field.metadata.get('label', name)
        if self.schema.unknown == INCLUDE:
            found['optional']['*'] = '任意名字'
        return found

    def _naming(self, kind: str) -> tuple[str, ...]:
        return tuple(name for name, field in self.schema.fields.items() if field.metadata.get('names') == kind)


_known: dict[str, Action] = {}
_TEXT = String()
_KINDS = {String: said('文字'), Integer: said('整数'), Float: said('数字'), Boolean: said('是或否'), Date: said('日期')}
"""What an input has to be, by its field."""


def register(known_action: Action) -> None:
    """Make an action callable from diagrams."""
    _known[known_action.topic] = known_action


def action(topic: str, name: str, sentence: str, returns: tuple[str, ...] = (), **fields: Any
           ) -> Callable[[Callable], Callable]:
    """Register a function as the action of a topic; ``fields`` are marshmallow fields of its inputs."""
    def keep(run: Callable) -> Callable:
        register(Action(topic, name, sentence, Schema.from_dict(fields)(), run, returns))
        return run
    return keep


@cache
def known() -> dict[str, Action]:
    """Every action by topic."""
    for family in ('facts', 'reminder', 'notice', 'matter', 'circulation', 'document'):
        import_module(f'engine.actions.{family}')
    return _known
