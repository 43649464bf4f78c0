"""What can be written into a story: people, steps, deadlines, facts, fields, for whoever writes one."""
from typing import Any

from flask_babel import gettext as _

from engine.definition import Definition, Element
from engine.deployment import Bundle
from engine.ledger import FACTS
from engine.story import FORMS
from webapp.fact import names


def words(bundle: Bundle) -> dict[str, Any]:
    """The lines by their beginnings, and what may stand in each place, with what it is called; `fields` by step."""
    drawn = [(process, element) for process in bundle.processes.values() for element in process.elements.values()
             if not element.inserted]
    steps = {element.id: element.name for _, element in drawn if element.kind == 'userTask'}
    timers = {element.id: element.name for _, element in drawn if element.timer}
    processes = {process.id: process.name for process in bundle.processes.values()}
    first = next((element.id for element in _first(bundle.lifecycle)), '')
    return {'forms': [{'verb': form.verb, 'places': form.places, 'said': _(form.said)} for form in FORMS],
            'post': {post: names().post(post) for post in names().posts},
            'step': steps, 'process': processes, 'attempt': {**steps, **processes, '立项': '', '撤销': ''},
            'event': timers,
            'timer': {f'{process.id}.{element.id}': element.name for process, element in drawn if element.timer},
            'message': {element.message: '' for _, element in drawn if element.message},
            'parameter': {name: str(row.get('label') or '') for name, row in bundle.parameters.items()},
            'fact': dict.fromkeys(sorted({*FACTS, *bundle.variables}), ''), 'unit': names().units,
            'fields': _asked(bundle, [element for _, element in drawn], first)}


def _first(lifecycle: Definition | None) -> list[Any]:
    starts = [element for element in lifecycle.inside(None) if element.kind == 'startEvent'] if lifecycle else []
    return [after for start in starts for after in lifecycle.following(start.id)]


def _asked(bundle: Bundle, drawn: list[Element], first: str) -> dict[str, dict[str, str]]:
    """The fields by step; steps of several diagrams may have one id."""
    found: dict[str, dict[str, str]] = {}
    for element in drawn:
        if element.kind == 'userTask' and element.form in bundle.forms:
            found.setdefault('立项' if element.id == first else element.id, {}).update(_fields(bundle, element.form))
    return found


def _fields(bundle: Bundle, form: str) -> dict[str, str]:
    return {key: field.label.source if field.label else '' for key, field in bundle.forms[form].fields.items()}
