"""试决策表: values of one's own are asked of a table; which rows apply, and why the others do not, cell by cell."""
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from flask import Blueprint, render_template, request
from flask_babel import gettext as _
from flask_login import current_user

from engine import clock, decision, deployment, draft, simulation
from engine.decision import Decision, NoRule, Outcome
from engine.deployment import Bundle
from engine.draft import Draft
from engine.errors import Broken, NotFound, Refused, Said
from engine.ledger import FACTS
from webapp import auth, errors, number, say
from webapp.db import db
from webapp.fact import Words, names

bp = Blueprint('decision', __name__)

_KINDS = {bool: 'truth', date: 'date', datetime: 'moment', int: 'number', float: 'number'}
_BASES = {'boolean': 'truth', 'number': 'number', 'integer': 'number', 'date': 'date', 'moment': 'moment'}
_ASKED = 'v.'
"""Before a name in the address, so that no name of a table is one of the page's own."""


@dataclass(frozen=True)
class Question:
    """One value that the table reads: what it is called, how it is typed, and from what it is chosen, if at all."""

    name: str
    label: str
    kind: str
    options: tuple[tuple[str, str], ...]
    text: str

    @property
    def field(self) -> str:
        """Its name in the address."""
        return _ASKED + self.name

    def value(self, zone: str) -> Any:
        """What was typed, as a diagram would ask it; None where nothing was. :raises Refused: it is of another kind."""
        if not self.text:
            return None
        try:
            return _READERS[self.kind](self.text, zone)
        except ValueError:
            raise Refused(_('“%(label)s”要填%(kind)s，您填的是%(text)s。', label=self.label, text=self.text,
                            kind={'number': _('数字'), 'date': _('日期'), 'moment': _('日期和时间')}.get(self.kind, _('是或否')))
                          ) from None


@dataclass(frozen=True)
class Answer:
    """What came of asking: the outcome, or the sentence why there is none; the cells of each row that were met."""

    outcome: Outcome | None
    refusal: str
    met: list[tuple[bool | None, ...]]

    @property
    def hits(self) -> set[int]:
        """The numbers of the rows that applied."""
        return {hit.number for hit in self.outcome.rules} if self.outcome else set()


@bp.get('/process/table/<table>/try')
@auth.signed_in
def show(table: str) -> str:
    """The values that a table reads, to be filled in; when they were, what it answers and on what ground."""
    held, bundle = _bundle()
    asked = bundle.tables.get(table)
    if asked is None:
        raise NotFound('没有叫“{table}”的决策表。', table=table)
    words = Words(bundle, names())
    questions = [_question(name, asked, words) for name in sorted(asked.all_names, key=_place(asked))]
    day = request.args.get('day') or say.today().isoformat()
    return render_template('decision/show.html', table=asked, listing=next(asked.listings()), draft=held, words=words,
                           questions=questions, day=day, said=_said(asked, words),
                           told=words.answer,
                           answer=_answered(asked, bundle, questions, day) if 'day' in request.args else None)


def _bundle() -> tuple[Draft | None, Bundle]:
    """The draft that the address names and its files, else the version in use."""
    draft_id = number.whole(request.args.get('draft'))
    if draft_id is not None and current_user.post == 'owner':
        held = draft.find(db.session, current_user.tenant.id, current_user.id, draft_id)
        return held, deployment.read(draft.files(db.session, held))
    made = deployment.current(db.session, current_user.tenant.id)
    if made is None:
        raise NotFound('还没有发布流程，没有决策表。')
    return None, deployment.bundle(db.session, made.id)


def _said(asked: Decision, words: Words) -> Callable[[int, str], str]:
    """The cells of a column in words: codes by the names that forms give them."""
    keys = [column.text.strip() for column in asked.table.inputs] if asked.table else []

    def said(place: int, text: str) -> str:
        if isinstance(text, Said) or place >= len(keys):
            return errors.words(text)
        return errors.listed(words.value(keys[place], one) for one in text.split('、'))
    return said


def _place(asked: Decision) -> Any:
    """Names in the order of the columns that read them."""
    read = {name: place for place, column in enumerate(asked.table.inputs if asked.table else ())
            for name in sorted(column.code.names if column.code else (), reverse=True)}
    return lambda name: (read.get(name, len(read)), name)


def _question(name: str, asked: Decision, words: Words) -> Question:
    column = next((one for one in (asked.table.inputs if asked.table else ()) if one.text.strip() == name), None)
    kind, options = _kind(name, column), ()
    field = words.field(name)
    if kind == 'truth':
        options = ('true', _('是')), ('false', _('否'))
    elif field is not None and field.options:
        options = tuple((one.text, one.label) for one in field.options)
    elif name.endswith('_post'):
        options = tuple((post, words.names.post(post)) for post in words.names.posts)
    elif name.endswith('_unit'):
        options = tuple(words.names.units.items())
    label = words.label(name)
    return Question(name, column.label if label == name and column else label, kind, options,
                    request.args.get(_ASKED + name, '').strip()[:200])


def _kind(name: str, column: Any) -> str:
    if name in FACTS:
        with suppress(NotImplementedError):
            return _KINDS.get(FACTS[name].type.python_type, 'text')
    return _BASES.get(column.kind.base, 'text') if column else 'text'


def _answered(asked: Decision, bundle: Bundle, questions: Iterable[Question], day: str) -> Answer:
    ground = simulation.copied(db.session, current_user.tenant.id)
    try:
        scope = {one.name: one.value(ground.zone) for one in questions}
        at = datetime.combine(_day(day), time(9), clock.zone(ground.zone))
    except Refused as refusal:
        return Answer(None, errors.sentence(refusal), [])
    functions = ground.functions(at, bundle)
    outcome, refusal = _outcome(asked, scope, functions)
    try:
        return Answer(outcome, refusal, decision.why(asked, scope, functions))
    except Broken:
        return Answer(outcome, refusal, [])


def _outcome(asked: Decision, scope: Mapping[str, Any], functions: Mapping[str, Any]) -> tuple[Outcome | None, str]:
    try:
        return asked.decide(scope, functions), ''
    except NoRule as refusal:
        return None, errors.sentence(refusal)
    except Broken as fault:
        return None, errors.listed((fault.cause, fault.advice), '。')


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Refused(_('问的日子要写成年月日。')) from None


def _number(text: str, _zone: str) -> int | float:
    return float(text) if '.' in text else int(text)


def _truth(text: str, _zone: str) -> bool:
    if text not in ('true', 'false'):
        raise ValueError(text)
    return text == 'true'


def _date(text: str, _zone: str) -> str:
    return date.fromisoformat(text).isoformat()


def _moment(text: str, zone: str) -> str:
    return datetime.fromisoformat(text).replace(tzinfo=clock.zone(zone)).isoformat()


_READERS = {'text': lambda text, _zone: text, 'number': _number, 'truth': _truth, 'date': _date, 'moment': _moment}
