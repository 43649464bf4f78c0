"""Forms: one .form file says what is asked, draws it, and checks what comes back.

The file is form-js JSON, as Camunda Modeler and the embedded editor write it. What the server accepts is
decided here alone; a page or a client that knows better is refused.
"""
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from random import Random
from typing import Any, Protocol

from engine.errors import said
from engine.form.check import checked, guard
from engine.form.draw import Choice, Drawing, Drawn
from engine.form.field import ANSWERED, MANY_OF, Field, Option, as_text
from engine.form.judge import judge
from engine.form.problem import Problem
from engine.form.read import Reader, read
from engine.form.sample import sample
from engine.form.sheet import Sheet
from engine.form.text import Block, Functions, Live, Scope, Span, blocks
from engine.form.values import blank

__all__ = ['PAGE', 'Block', 'Choice', 'Drawn', 'Field', 'Form', 'Option', 'Page', 'Problem', 'Span', 'parse',
           'problems', 'summary']

TICKED = MANY_OF | {'checkbox', 'radio'}
PAGE = frozenset({'csrf_token', 'draft', 'go-to', 'hand-back', 'hand-word'})
"""What the page around a form posts for itself."""


class Posted(Protocol):
    """What a browser sends: names, each with one or more texts (werkzeug's MultiDict)."""

    def keys(self) -> Iterator[str]: ...

    def getlist(self, key: str) -> list[str]: ...


@dataclass(frozen=True)
class Page:
    """What stands around the fields: layout, question or title, verb of the button, what follows."""

    layout: str
    question: str
    verb: str
    then: list[Block]


@dataclass(frozen=True)
class Form:
    """A form that can be drawn and checked. ``components`` is the tree as the file has it."""

    id: str
    title: str
    components: tuple[Field, ...]
    properties: Mapping[str, str]
    problems: tuple[Problem, ...]
    _question: Live | None = None
    _then: Live | None = None

    @cached_property
    def fields(self) -> dict[str, Field]:
        """Every field that holds an answer, by key; the columns of a list stand in the list's children."""
        return {one.key: one for top in self.components for one in _outside_lists(top) if one.key}

    @cached_property
    def names(self) -> frozenset[str]:
        """What the form reads besides its own answers: facts and variables that must exist there."""
        read = {name for _, live in self.lives() for name in live.names}
        return frozenset(read - {one.key for top in self.components for one in top.walk() if one.key})

    @cached_property
    def calls(self) -> frozenset[str]:
        """The functions that the form calls."""
        return frozenset(name for _, live in self.lives() for name in live.calls)

    def lives(self) -> Iterator[tuple[Field | None, Live]]:
        """Every text and condition that is worked out, with its component; None: it stands above all of them."""
        yield from ((one, live) for top in self.components for one in top.walk() for live in one.lives())
        yield from ((None, live) for live in (self._question, self._then) if live)

    def check(self, submitted: Mapping[str, Any], scope: Scope, functions: Functions) -> dict[str, Any]:
        """The answer: every field that is there at this moment, typed and JSON safe, in the form's order.

        ``submitted`` is what `collect` made of a post, or the JSON object of a client. An optional field that
        was left empty is None (``False``, ``[]``). Raises ``Invalid`` for what is missing or not right, for
        fields that the form does not have, does not show now (unless empty) or shows read-only; ``Broken``
        when an expression of the form fails.
        """
        guard(submitted)
        return checked(Sheet(self.components, submitted, scope, functions))

    def sample(self, scope: Scope, functions: Functions, chance: Random | None = None,
               told: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """An answer that `check` accepts: the simplest, or with ``chance`` any one; ``told`` stands in it as it is.

        Raises ``Refused`` when none is found.
        """
        return sample(self.components, scope, functions, chance, told=told)

    def kept(self, answer: Mapping[str, Any]) -> dict[str, Any]:
        """What of a checked answer becomes variables and facts: no lists, nothing with ``persist: no``."""
        return {key: value for key, value in answer.items()
                if self.fields[key].persists and not isinstance(value, (list, dict))}

    def collect(self, posted: Posted, page: frozenset[str] = PAGE) -> dict[str, Any]:
        """What a browser posted, as `check` and `fields_for` want it; ``page`` names what is not the form's.

        Rows of a list come as ``list-0-column``; rows that are wholly empty are left out. Names that the form
        does not know are kept, so that they are refused.
        """
        found: dict[str, Any] = {}
        rows: dict[str, dict[int, dict[str, Any]]] = {}
        for name in posted.keys():
            if name in page:
                continue
            texts = posted.getlist(name)
            parts = re.fullmatch(r'([^\W\d]\w*)-(\d{1,3})-([^\W\d]\w*)', name)
            if parts and (one := self.fields.get(parts[1])) and one.kind == 'dynamiclist':
                columns = {child.key: child for top in one.children for child in top.walk()}
                row = rows.setdefault(parts[1], {}).setdefault(int(parts[2]), {})
                row[parts[3]] = _posted(columns.get(parts[3]), texts)
            else:
                found[name] = _posted(self.fields.get(name), texts)
        for name, by_number in rows.items():
            found[name] = [row for _, row in sorted(by_number.items()) if not blank(row)]
        return found

    def fields_for(self, values: Mapping[str, Any] | None, scope: Scope, functions: Functions,
                   errors: Mapping[str, list[str]] | None = None) -> list[Drawn]:
        """What a page draws. ``values``: a draft or what was refused, as `collect` made it; None: a fresh
        form.

        A fresh field shows what is on record under its key, else the default. Raises ``Broken`` when an
        expression of the form fails.
        """
        standing = self._standing(values, scope, functions)
        return Drawing(Sheet(self.components, standing, scope, functions), errors or {}, self.layout).top()

    def told(self, values: Mapping[str, Any], scope: Scope, functions: Functions) -> list[Drawn]:
        """What was filled in once, for whoever reads it later: without the texts and tables between the fields, which
        spoke of the facts of that moment and may not be computed from those of today."""
        standing = self._standing(values, scope, functions)
        return Drawing(Sheet(self.components, standing, scope, functions), {}, self.layout, ANSWERED).top()

    def turned_down(self, answer: Mapping[str, Any]) -> bool:
        """Whether an answer was sent with a button that means no."""
        return any(one.acts and as_text(answer.get(one.key)).strip() in one.refused for one in self.fields.values())

    def _standing(self, values: Mapping[str, Any] | None, scope: Scope,
                  functions: Functions) -> dict[str, Any]:
        """What stands in the controls: what was filled in, else what is on record, else the default.

        A browser posts nothing for what is not ticked, so that a form once filled in has it unticked. What is
        hidden is not posted either, and keeps its first value.
        """
        filled = values or {}
        sheet = Sheet(self.components, filled, scope, functions)
        standing: dict[str, Any] = {}
        for one in sheet.holders:
            unticked = one.kind in TICKED and values is not None and sheet.shown(one)
            if one.key in filled or unticked:
                # Nobody can untick a radio without a script: where one must be empty, it comes back so.
                emptied = one.kind == 'radio' and not sheet.shown(one)
                standing[one.key] = None if emptied else filled.get(one.key)
            else:
                standing[one.key] = sheet.initial(one)
        return standing

    def page(self, scope: Scope, functions: Functions) -> Page:
        """What the page says around the fields."""
        question = self._question.text(scope, functions) if self._question else self.title
        return Page(self.layout, question, self.properties.get('verb') or self._button() or said('提交'),
                    blocks(self._then.text(scope, functions)) if self._then else [])

    @property
    def asks(self) -> bool:
        """Whether the form itself says what its page asks, in a sentence."""
        return self._question is not None

    @property
    def layout(self) -> str:
        """``approval`` for a page with one question and its answers as buttons, '' for a form to fill in."""
        return self.properties.get('layout', '')

    def _button(self) -> str:
        everything = (one for top in self.components for one in top.walk())
        return next((one.label.source for one in everything if one.kind == 'button' and one.label), '')


def parse(data: bytes, name: str) -> Form:
    """The form in the bytes of a .form file; what is wrong inside it is kept for `problems`.

    Raises ``Refused`` when it is no form at all: too big, not JSON, no id, no components.
    """
    raw, reader = read(data, name), Reader()
    components = reader.fields(raw['components'])
    said = raw.get('properties')
    properties = {key: as_text(value) for key, value in said.items()} if isinstance(said, dict) else {}
    title = properties.get('name') or properties.get('title') or raw['id']
    question, then = (reader.live(properties.get(key), raw['id'], title, key) for key in ('question', 'then'))
    unnamed = frozenset(one.component for one in reader.problems if one.code == 'form.id')
    found = (*reader.problems, *judge(components, unnamed))
    return Form(raw['id'], title, components, properties, found, question, then)


def problems(form: Form) -> list[Problem]:
    """What is wrong with the form: code, severity, component id, a Chinese and an English sentence."""
    return list(form.problems)


def summary(drawn: list[Drawn], errors: Mapping[str, list[str]]) -> list[tuple[str, str]]:
    """The lines above a refused form, in its order: the field's id ('' when it is not drawn), a sentence."""
    on_page = [one.key for top in drawn for one in top.walk() if one.key]
    order = {key: place for place, key in enumerate(on_page)}
    return [(key if key in order else '', sentence)
            for key in sorted(errors, key=lambda key: order.get(key, len(order))) for sentence in errors[key]]


def _outside_lists(one: Field) -> Iterator[Field]:
    """A component and what stands in it, but not the columns of a list."""
    yield one
    if one.kind == 'group':
        for child in one.children:
            yield from _outside_lists(child)


def _posted(one: Field | None, texts: list[str]) -> Any:
    """One value where one is asked; a list where several are, or where several came."""
    if one is not None and one.kind in MANY_OF:
        return list(texts)
    return texts[0] if len(texts) == 1 else list(texts)
