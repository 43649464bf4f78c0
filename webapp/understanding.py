"""A process as a new colleague reads it: who does what by when, and every deadline with what it sets off."""
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from flask_login import current_user

from engine import definition, pace
from engine.definition import Definition, Element
from engine.deployment import Bundle
from engine.pace import Pace
from webapp import errors
from webapp.db import db
from webapp.fact import Words
from webapp.timing import timing


@dataclass(frozen=True)
class Step:
    """What people do at one place of the drawing; ``due`` in words, '' where none is drawn."""

    element: Element
    who: str
    due: str
    waiting: int
    pace: Pace | None


@dataclass(frozen=True)
class Deadline:
    """One line of 什么时候 → 发生什么 → 谁办、谁批 → 依据; ``at`` is the moment in words, '' where the name says all."""

    when: str
    at: str
    then: str
    who: str
    basis: tuple[str, ...]


def steps(process: Definition, bundle: Bundle, words: Words, params: Mapping[str, Any],
          waiting: Mapping[str, int]) -> list[Step]:
    """The steps that people do, in the order of the drawing."""
    paces = pace.paces(db.session, current_user.tenant, process.id)
    return [Step(one, errors.listed(definition.people(one, bundle.processes, bundle.tables)) or one.lane,
                 timing(one.due, words, params) if one.due else '', waiting.get(one.id, 0), paces.get(one.id))
            for one in process.elements.values() if one.kind == 'userTask' and not one.inserted]


def deadlines(process: Definition, bundle: Bundle, words: Words, params: Mapping[str, Any]) -> list[Deadline]:
    """What each deadline, message and due date sets off, as it is drawn.

    A due date stands here where no timer of its step says what follows.
    """
    found = []
    for row in definition.rules(process, bundle.processes, bundle.tables):
        timer = process.elements[row.element].timer
        at = timing(timer.text, words, params) if timer else ''
        found.append(Deadline(errors.words(row.when), at, errors.words(row.then), errors.words(row.who), row.basis))
    silent = (one for one in process.elements.values() if one.kind == 'userTask' and one.due and not one.inserted
              and not any(event.timer for event in process.boundaries(one.id)))
    return [*found, *(_overdue(one, bundle, timing(one.due, words, params)) for one in silent)]


def _overdue(step: Element, bundle: Bundle, at: str) -> Deadline:
    """A task that is not done by its date, where nothing else is drawn."""
    return Deadline(_('%(step)s：到期没有办完', step=step.name or step.id), at, _('在待办里标为已超期'),
                    errors.listed(definition.people(step, bundle.processes, bundle.tables)) or step.lane,
                    definition.basis(step.documentation))
