"""The names that a bundle writes: what an expression may read besides the facts of the ledger."""
from collections.abc import Iterable, Iterator, Mapping

from engine import expression
from engine.decision import Decision
from engine.definition import THROWING, Definition, Element
from engine.form import Field, Form
from engine.form.field import HOLDS, MANY_OF

WRITES_ANYTHING = 'facts.set'
"""The action whose inputs are names of its own: it writes what it is given."""


def written(definitions: Iterable[Definition], forms: Mapping[str, Form], tables: Mapping[str, Decision],
            topics: Mapping[str, Mapping] | None = None) -> frozenset[str]:
    """The names that forms, tables, scripts, outputs, actions and data objects of these processes write or declare.

    Fields that are not kept, and lists (which no instance keeps), write nothing.
    """
    found: set[str] = set()
    for definition in definitions:
        found |= definition.data | told(definition)
        for element in definition.elements.values():
            found.update(by(element, forms, tables, topics))
    return frozenset(found)


def told(definition: Definition) -> frozenset[str]:
    """The names that its messages and signals carry to whoever hears them."""
    return frozenset(name for element in definition.elements.values()
                     if element.kind in THROWING and not element.topic for name in element.inputs)


def by(element: Element, forms: Mapping[str, Form], tables: Mapping[str, Decision],
       topics: Mapping[str, Mapping] | None = None) -> Iterator[str]:
    """The names that one element writes, some of them perhaps twice."""
    yield from _by(element, forms, tables)
    yield from (topics or {}).get(element.topic, {}).get('returns', ())
    yield from element.out_of
    if element.multi and element.multi.output:
        yield element.multi.output


def _by(element: Element, forms: Mapping[str, Form], tables: Mapping[str, Decision]) -> Iterator[str]:
    yield from element.outputs
    if element.form in forms:
        yield from (key for key, field in forms[element.form].fields.items() if _kept(field))
    if element.decision in tables:
        yield from (output.name for output in tables[element.decision].outputs)
    if element.topic == WRITES_ANYTHING:
        yield from element.inputs
    if element.script:
        try:
            yield from expression.compile(element.script, 'script').sets
        except expression.ExpressionError:
            return


def _kept(field: Field) -> bool:
    return field.persists and field.kind in HOLDS and (field.joined
                                                       or field.kind not in MANY_OF | {'dynamiclist'})
