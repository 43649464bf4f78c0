"""What an address asks of the 台账: which matters, in what order, in what groups, with which columns."""
from dataclasses import dataclass, fields, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from flask import request, url_for
from flask_babel import lazy_gettext as later
from flask_login import current_user
from sqlalchemy import ColumnElement, and_, or_

from engine import clock
from engine.ledger import Matter
from webapp import column, number, visibility, word
from webapp.fact import STANDS

STATUS = {'open': later('在办'), 'draft': later('立项中'), 'closed': later('已办结'), 'rejected': later('不予立项'),
          'withdrawn': later('已撤销'), 'all': later('全部')}
STANDINGS = STATUS | {'closed': later('办结（含销号）')}
"""What the status offers to choose: what is written off is closed, too."""
CLASSES = {'routine': later('常规'), 'important': later('重要'), 'urgent': later('紧急')}
ORDERS = {'due': later('办结时限'), 'code': later('编号'), 'unit': later('牵头单位'), 'stage': later('阶段'),
          'level': later('督办级别')}
GROUPS = {'unit': later('牵头单位'), 'stage': later('阶段'), 'lamp': later('亮灯'), 'source': later('任务来源'),
          'kind': later('类别'), 'month': later('到期月份')}
DAYS = {'due': later('办结时限'), 'registered': later('立项'), 'closed': later('办结')}
EXTENDED = {'0': later('没有延期'), '1': later('延过1次'), '2': later('延过2次以上')}
LATE = {'yes': later('已逾期'), 'no': later('没有逾期')}
_DAYS = {'due': Matter.due_at, 'registered': Matter.registered_at, 'closed': Matter.closed_at}
_IS = {'unit': Matter.lead_unit, 'stage': Matter.stage, 'kind': Matter.matter_class, 'source': Matter.source,
       'leader': Matter.leader_post, 'supervisor': Matter.supervisor_unit}
_UNITS = ('unit', 'supervisor')                                        # what was another unit's before counts, too
_TEXTS = ('q', 'level', 'down', *_IS)
KEYS = ('q', *_IS, 'level', 'lamp', 'status', 'late', 'ext', 'by', 'since', 'until', 'group', 'sort', 'down', 'col')
"""The keys of the address, as saved views keep them."""


def reads_content() -> bool:
    """May this post read what a matter is about? The operator sees codes only."""
    return current_user.post != 'operator'


def overdue() -> ColumnElement[bool]:
    """Closed late, or in hand and past its day."""
    return or_(and_(Matter.status == 'closed', Matter.late.is_(True)),
               and_(Matter.status == 'open', Matter.lamp == 'red'))


@dataclass(frozen=True)
class Filter:
    """What the address asks for. Anything that is not offered counts as not asked."""

    q: str = ''
    unit: str = ''
    stage: str = ''
    level: str = ''
    kind: str = ''
    source: str = ''
    leader: str = ''
    supervisor: str = ''
    late: str = ''
    ext: str = ''
    by: str = 'due'
    since: str = ''
    until: str = ''
    status: str = 'open'
    lamp: tuple[str, ...] = ()
    group: str = ''
    sort: str = 'due'
    down: str = ''
    col: tuple[str, ...] = ()

    @classmethod
    def asked(cls) -> 'Filter':
        """The filter in the address of this request."""
        given = {name: request.args.get(name, '').strip()[:100] for name in _TEXTS}
        chosen = {name: value for name, offered in (('late', LATE), ('ext', EXTENDED), ('by', DAYS), ('status', STATUS),
                                                    ('group', GROUPS), ('sort', ORDERS))
                  if (value := request.args.get(name)) in offered}
        lamps = tuple(lamp for lamp in request.args.getlist('lamp') if lamp in STANDS)
        return cls(**given, **chosen, **{name: _day(request.args.get(name, '')) for name in ('since', 'until')},
                   lamp=lamps if set(lamps) < set(STANDS) else (),    # all ticked, as the form comes: none is asked for
                   col=column.asked(request.args))

    @property
    def plain(self) -> bool:
        """Nothing but a status is asked, so the counts of the summary hold for the list."""
        return not any((self.q, self.level, self.lamp, self.late, self.ext, self.since, self.until,
                        *(getattr(self, name) for name in _IS)))

    @property
    def further(self) -> bool:
        """Something is asked that the form keeps folded."""
        return any((self.source, self.leader, self.supervisor, self.late, self.ext, self.since, self.until))

    def columns(self) -> list[column.Column]:
        """The columns that this post gets to see."""
        return column.shown(self.col, reads_content())

    def href(self, **changes: Any) -> str:
        """The address of the same list with some changes."""
        wanted, usual = replace(self, **changes), Filter()
        return url_for('ledger.index', **{field.name: getattr(wanted, field.name) for field in fields(self)
                                          if getattr(wanted, field.name) != getattr(usual, field.name)})

    def all_of(self, status: str) -> str:
        """The address of all matters of a status, drawn as these are."""
        return Filter(status=status, sort=self.sort, down=self.down, group=self.group, col=self.col).href()

    def sorted_by(self, name: str) -> str:
        """The address of the same list sorted by a column; a second time the other way round."""
        return self.href(sort=name, down='1' if self.sort == name and not self.down else '')

    def conditions(self) -> list[ColumnElement[bool]]:
        """What a matter must fulfil."""
        found = [] if self.status == 'all' else [Matter.status == self.status]
        if self.lamp:
            found.append(Matter.lamp.in_(self.lamp))
        found += [what.in_(visibility.became(value)) if name in _UNITS else what == value
                  for name, what in _IS.items() if (value := getattr(self, name))]
        if (level := number.whole(self.level)) is not None:
            found.append(Matter.level == level)
        if self.late:
            found.append(overdue() if self.late == 'yes' else ~overdue())
        if self.ext:
            found.append(Matter.extension_count >= 2 if self.ext == '2' else Matter.extension_count == int(self.ext))
        return found + self._between() + self._named()

    def _between(self) -> list[ColumnElement[bool]]:
        """From the one day to the other, both included, in the government's zone."""
        what = _DAYS[self.by]
        first = date.fromisoformat(self.since) if self.since else None
        after = date.fromisoformat(self.until) + timedelta(days=1) if self.until else None
        if self.by != 'due':
            first, after = begins(first) if first else None, begins(after) if after else None
        return [*([what >= first] if first else []), *([what < after] if after else [])]

    def _named(self) -> list[ColumnElement[bool]]:
        return word.found(self.q, Matter.code, *([Matter.title] if reads_content() else []))


def begins(day: date) -> datetime:
    """The first moment of a day in the government's zone."""
    return datetime.combine(day, time(), clock.zone(current_user.tenant.zone))


def _day(text: str) -> str:
    """A day as the address gives it; '' for what is none."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return ''
    return day.isoformat() if day.year in clock.YEARS else ''
