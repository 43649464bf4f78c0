"""What the address of 我的待办 asks for: which of a post's open tasks, and in what order."""
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime, time
from typing import Any

from flask import request, url_for
from flask_babel import lazy_gettext as later
from flask_login import current_user
from sqlalchemy import ColumnElement, and_, or_

from engine import clock
from engine.inbox import Inbox
from webapp import definition, say, word
from webapp.fact import STANDS

KEYS = ('q', 'lamp', 'step', 'unit', 'due', 'sort')
"""The keys of the address, as saved views keep them."""
ORDERS = {'due': later('先到期的在前'), 'new': later('新到的在前')}
_LONGEST = 100

Posts = Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Search:
    """What is asked for. Anything that is not offered counts as not asked."""

    q: str = ''
    lamp: tuple[str, ...] = ()
    step: str = ''
    unit: str = ''
    due: str = ''
    sort: str = 'due'

    @classmethod
    def asked(cls) -> 'Search':
        """The search in the address of this request."""
        given = {name: line_ends(request.args.get(name, '')).strip()[:_LONGEST] for name in ('q', 'step', 'unit', 'due', 'sort')}
        lamps = tuple(lamp for lamp in request.args.getlist('lamp') if lamp in STANDS)
        return cls(given['q'], lamps if set(lamps) < set(STANDS) else (), given['step'], given['unit'],
                   given['due'] if given['due'] in PARTS else '', given['sort'] if given['sort'] in ORDERS else 'due')

    @property
    def plain(self) -> bool:
        """Whether every open task is asked for."""
        return not any((self.q, self.lamp, self.step, self.unit, self.due))

    def href(self, **changes: Any) -> str:
        """The address of the same list with some changes."""
        wanted, usual = replace(self, **changes), Search()
        chosen = {one.name: getattr(wanted, one.name) for one in fields(self)
                  if getattr(wanted, one.name) != getattr(usual, one.name)}
        return url_for('usertask.index', **chosen)

    def conditions(self) -> list[ColumnElement[bool]]:
        """What an open task must fulfil."""
        found = word.found(self.q, Inbox.words, small=True)
        if self.lamp:
            found.append(Inbox.lamp.in_(self.lamp))
        found += [column == value for column, value in ((Inbox.name, self.step), (Inbox.lead_unit, self.unit)) if value]
        return found + ([PARTS[self.due]()] if self.due else [])


def line_ends(text: str) -> str:
    """A name of two lines as it is drawn; browsers send each end as two characters."""
    return '\n'.join(text.splitlines())


def of(posts: Posts) -> ColumnElement[bool]:
    """The open tasks of these posts."""
    return and_(Inbox.tenant == current_user.tenant.id,
                or_(*(and_(Inbox.unit == unit, Inbox.post == post) for unit, post in posts)))


def midnight(days: int) -> datetime:
    """00:00 of today (0), or of the n-th working day after it, in the government's zone."""
    day = say.calendar().add(say.today(), days) if days else say.today()
    return datetime.combine(day, time(), clock.zone(current_user.tenant.zone))


PARTS = {'late': lambda: Inbox.due_at < midnight(0),
         'near': lambda: and_(Inbox.due_at >= midnight(0), Inbox.due_at < midnight(say.near_days() + 1)),
         'later': lambda: Inbox.due_at >= midnight(say.near_days() + 1),
         'never': lambda: Inbox.due_at.is_(None)}
"""The stretches of the list by what is due."""


def steps() -> dict[str, str]:
    """The steps that this post may be asked to do, as drawn in what new matters run on; value and word are the same."""
    bundle = definition.current()
    processes = bundle.processes.values() if bundle else ()
    drawn = (one for process in processes for one in process.elements.values() if one.kind == 'userTask')
    mine = f'/{current_user.post}'
    return {one.name: one.name for one in drawn if mine in one.candidate or '/' not in one.candidate}
