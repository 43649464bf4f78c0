"""What a line of a breakdown would be registered as: the answer to the form of 立项, and what has to be looked at."""
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy.orm import Session

from engine import directory, instance, workcal
from engine.breakdown.sentence import shortened
from engine.breakdown.item import COLUMNS, Item
from engine.breakdown.unit import Match, Units
from engine.breakdown.when import when
from engine.errors import Invalid, listed, said
from engine.form import Form
from engine.form.sheet import Sheet as Filled
from engine.form.values import blank
from engine.history import Actor
from engine.workcal import Calendar

FORM = 'register'
OWN = ('title', 'requirement', 'lead_unit', 'co_units', 'co_shares', 'long_term')
"""What belongs to a line; everything else that the form asks may be said once for all lines."""


class Note(NamedTuple):
    """A sentence about a field of a line that a person should look at."""

    field: str
    text: str


@dataclass
class Proposal:
    """A line as it would be registered, without what is said for all."""

    number: int
    said: str
    answer: dict[str, Any] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)

    def note(self, name: str, *texts: str) -> None:
        """Add what has to be looked at."""
        self.notes += [Note(name, text) for text in texts]


@dataclass(frozen=True)
class Ground:
    """What lines are read against: the form in use, the directory, the calendar, the day to reckon dates from."""

    form: Form
    scope: Mapping[str, Any]
    functions: Mapping[str, Any]
    units: Units
    calendar: Calendar
    base: date
    reachable: frozenset[str]

    @classmethod
    def of(cls, session: Session, tenant_id: str, actor: Actor, base: date | None = None) -> 'Ground':
        """The ground of this moment. `base` is the day of the document, None: today.

        :raises NotFound: nothing is deployed, or no form of 立项.
        """
        view = instance.blank_view(session, tenant_id, FORM, actor, {'supervisor_unit': actor.unit})
        today = date.fromisoformat(view.functions['today']())
        reachable = frozenset(code for code, _ in directory.options(session, tenant_id, 'units', today))
        choices = {**view.functions, 'options': cache(view.functions['options'])}
        return cls(view.form, view.scope, choices, Units.of(session, tenant_id, today),
                   workcal.load(session, directory.tenant(session, tenant_id)), base or today, reachable)

    def common(self) -> dict[str, Any]:
        """What the form has by itself for the fields that may be said once for all."""
        filled = Filled(self.form.components, {}, self.scope, self.functions)
        found = {one.key: filled.initial(one) for one in filled.holders if one.key not in OWN}
        return {key: value for key, value in found.items() if value is not None and not blank(value)}

    def judged(self, answer: Mapping[str, Any], common: Mapping[str, Any]
               ) -> tuple[dict[str, Any], dict[str, list[str]]]:
        """The whole answer of a line, and what the form refuses in it, by field."""
        whole = {**common, **{key: value for key, value in answer.items() if not blank(value)}}
        if whole.get('due_at') and whole.get('co_units') and not whole.get('co_due_at'):
            whole['co_due_at'] = whole['due_at']         # who helps reports by the deadline where nothing else is said
        filled = Filled(self.form.components, whole, self.scope, self.functions)
        shown = {one.key for one in filled.holders if filled.shown(one)}
        whole = {key: value for key, value in whole.items() if key in shown}
        try:
            self.form.check(whole, self.scope, self.functions)
        except Invalid as refusal:
            return whole, _explained(refusal.fields, whole) | self._out_of_reach(refusal.fields, whole)
        return whole, {}

    def _out_of_reach(self, refused: Iterable[str], answer: Mapping[str, Any]) -> dict[str, list[str]]:
        """Units that the form does not offer, by their names: it knows their codes alone."""
        found = {}
        for key in {'lead_unit', 'co_units'}.intersection(refused):
            given = answer.get(key) or []
            names = [self.units.all[code].name for code in ([given] if isinstance(given, str) else given)
                     if code in self.units.all and code not in self.reachable]
            if names:
                found[key] = [said('{units}已经停用，或者还没有联络员账号，请换一家', units=listed(names))]
        return found


def _explained(refused: dict[str, list[str]], answer: Mapping[str, Any]) -> dict[str, list[str]]:
    """A name that was taken for the requirement is refused as both: say where it came from."""
    if 'requirement' in refused and answer.get('requirement') and answer['requirement'] == answer.get('title'):
        return refused | {'requirement': [said('没有另写目标要求，用的是事项名称'), *refused['requirement']]}
    return refused


def proposals(item: Item, ground: Ground) -> Iterator[Proposal]:
    """The matters of one line: one, or one for each unit where a group leads (各市（州）政府)."""
    lead, co = ground.units.match(item.text('lead')), ground.units.match(item.text('co'))
    for code in lead.codes if lead.group else lead.codes[:1] or [None]:
        made = Proposal(item.number, item.said)
        _words(made, item)
        _choices(made, item, ground.form)
        _time(made, item, ground)
        _units(made, item, code, lead, co, ground)
        made.notes += [Note('', text) for text in item.notes]
        yield made


def _words(made: Proposal, item: Item) -> None:
    title, requirement = item.text('title'), item.text('requirement')
    made.answer['title'] = shortened(title or requirement, 100)
    made.answer['requirement'] = requirement or title
    if len(title) > 100:
        made.note('title', said('事项名称太长，取了第一句，全文放在目标要求里，请核对'))
    if item.text('evidence'):
        made.answer['evidence'] = item.text('evidence')
    basis = ' '.join(filter(None, (item.text('basis'), item.text('section') if item.text('basis') else '')))
    if basis:
        made.answer['basis'] = basis[:300]


def _choices(made: Proposal, item: Item, form: Form) -> None:
    """Source, class and cycle by the words of the form's own choices."""
    for column, key in (('source', 'source'), ('matter_class', 'matter_class'), ('cycle', 'own_cycle')):
        written, one = item.text(column), form.fields.get(key)
        if written and one is not None:
            fits = [option for option in one.options if written in option.label or option.label in written]
            exact = [option for option in fits if option.label == written] or fits
            if len(exact) == 1:
                made.answer[key] = exact[0].text
            else:
                made.note(key, said('看不懂{column}“{written}”，可以写：{known}', column=COLUMNS[column],
                                    written=written[:20], known=listed(each.label for each in one.options)))


def _time(made: Proposal, item: Item, ground: Ground) -> None:
    found = when(item.values.get('due'), ground.base, ground.calendar)
    if found.long_term:
        made.answer['long_term'] = 'true'
    elif found.due:
        made.answer['due_at'] = found.due.isoformat()
    if found.cycle and 'own_cycle' not in made.answer:
        made.answer['own_cycle'] = found.cycle
    made.note('due_at', *found.doubts)


def _units(made: Proposal, item: Item, code: str | None, lead: Match, co: Match, ground: Ground) -> None:
    """One leads; whoever else stands there helps."""
    others = [] if lead.group else lead.codes[1:]
    helping = [one for one in dict.fromkeys([*others, *co.codes]) if one != code]
    if code is not None:
        made.answer['lead_unit'] = code
    if helping:
        made.answer['co_units'] = helping
    if others:
        made.note('lead_unit', said('写了{count}家，第一家牵头，其余列为协办，请核对', count=len(lead.codes)))
    if lead.group:
        group = '、'.join(dict.fromkeys(item.text('lead').split()))
        made.note('lead_unit', said('“{group}”分成{count}件，每家一件，请核对', group=group, count=len(lead.codes)))
    made.note('lead_unit', *lead.unknown, *(lead.notes if not lead.group else ()))
    made.note('co_units', *co.unknown, *co.notes)
    for key, codes in (('lead_unit', [code] if code else []), ('co_units', helping)):
        made.note(key, *(said('{unit}还没有联络员账号，交给它没有人能收，请先设岗', unit=ground.units.all[one].name)
                         for one in codes if one not in ground.reachable))


def alike(title: str, unit: Any) -> tuple[str, str]:
    """What two matters have in common that are the same: the letters of the title, and the unit."""
    return re.sub(r'[\W_]+', '', title).lower(), str(unit or '')
