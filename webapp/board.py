"""看板: the lamps of each unit, plans on a line of time, and plots with the table behind each. No ranking (A28)."""
from collections.abc import Sequence
from datetime import date, timedelta

from flask import Blueprint, render_template
from flask_babel import gettext as _
from flask_babel import lazy_gettext as later
from flask_login import current_user
from sqlalchemy import ColumnElement, false, or_

from engine import statistic
from engine.ledger import Matter
from engine.statistic import Counted, Month
from webapp import auth, definition, fact, ledger, milestone, pager, plot, say, visibility
from webapp.db import db
from webapp.filter import CLASSES, Filter, begins

bp = Blueprint('board', __name__)

MONTHS, DRAWN = 12, 6       # in the table; in the plots
_STEPS = (later('从收到到立项'), later('从立项到交办'), later('从交办到签收'), later('从签收到申请办结'), later('从申请到办结'))


def scope() -> ColumnElement[bool]:
    """What the figures count for this post: all of the government, or what its units lead and what it supervises."""
    sight, own = visibility.sight(), Matter.tenant == current_user.tenant.id
    if sight.everything:
        return own
    known = ((Matter.lead_unit, sight.units), (Matter.supervisor_unit, sight.supervisors),
             (Matter.leader_post, sight.leaders))
    return own & or_(false(), *(column.in_(names) for column, names in known if names))


@bp.get('/board')
@auth.requires(*auth.READERS)
def index() -> str:
    """Each unit one row: its matters in hand by lamp."""
    names, found = fact.names(), statistic.in_hand(db.session, scope(), Matter.lead_unit)
    rows = [(code, names.unit(code) or _('未定'), counted) for code, counted in ordered(found, names.units)]
    return render_template('board/index.html', rows=rows, whole=together(found), link=link, words=_words(),
                           raised=statistic.raised(db.session, scope()))


def _words() -> dict[str, str]:
    """The lamps of matters in hand, each with how such a matter stands."""
    return {name: f'{fact.LAMPS[name]}{_("，")}{stand}' for name, stand in fact.STANDS.items()}


@bp.get('/board/plans')
@auth.requires(*auth.READERS)
def plans() -> str:
    """Matters and their milestones on one line of time, the most pressing first."""
    asked, names = Filter.asked(), fact.names()
    keys = ledger.chosen(asked, ledger.MOST)
    shown = pager.page_of(len(keys))
    matters = ledger.rows(keys[shown.offset:shown.offset + shown.size])
    found = milestone.plans(matters)
    return render_template('board/plans.html', asked=asked, page=shown, matters=matters, plans=found,
                           names=names, classes=CLASSES, lamps=fact.STANDS, line=milestone.board(matters, found, names),
                           state=lambda one: milestone.state(one, say.today()))


@bp.get('/board/figures')
@auth.requires(*auth.READERS)
def figures() -> str:
    """Registered, closed, overdue; the on-time rate; what is overdue where; how long each step takes."""
    own, names = scope(), fact.names()
    months = recent(own, MONTHS)
    by_unit = ordered(statistic.in_hand(db.session, own, Matter.lead_unit, Matter.lamp == 'red'), names.units)
    stages = list(definition.stages(definition.current()))
    by_stage = ordered(statistic.in_hand(db.session, own, Matter.stage, Matter.lamp == 'red'), stages)
    took = list(zip(map(str, _STEPS), statistic.durations(db.session, own, begins(months[0].first)), strict=True))
    return render_template(
        'board/figures.html', months=months, link=link, month_link=_month_link,
        by_unit=[(code, names.unit(code) or _('未定'), one.total) for code, one in by_unit],
        by_stage=[(stage, stage or _('未定'), one.total) for stage, one in by_stage], took=took,
        drawn=_drawn(months), sample=statistic.SAMPLE, took_plot=_took(took), lying=_overdue)


def recent(own: ColumnElement[bool], number: int) -> list[Month]:
    """The last months, this one last."""
    firsts = [say.today().replace(day=1)]
    for _place in range(number - 1):
        firsts.insert(0, (firsts[0] - timedelta(days=1)).replace(day=1))
    firsts.append((firsts[-1] + timedelta(days=31)).replace(day=1))
    return statistic.months(db.session, own, firsts, [begins(day) for day in firsts])


def _drawn(months: Sequence[Month]) -> list[plot.Plot]:
    """The plots of the months."""
    last = months[-DRAWN:]
    names = [say.month(one.first) for one in last]
    return [plot.standing(_('立项'), list(zip(names, (one.registered for one in last), strict=True))),
            plot.standing(_('办结'), list(zip(names, (one.closed for one in last), strict=True)), 'p2'),
            plot.standing(_('到期没有按时办结'), list(zip(names, (one.overdue for one in last), strict=True)), 'p3'),
            plot.rates(_('按期办结率'), list(zip(names, (one.rate for one in last), strict=True)))]


def _overdue(title: str, rows: Sequence[tuple[str, str, int]]) -> plot.Plot:
    """What is overdue, one bar each."""
    return plot.lying(title, [(name, number) for _code, name, number in rows], 'p3')


def _took(took: Sequence[tuple[str, tuple[float | None, int]]]) -> plot.Plot | None:
    """How long each stage takes; None when nothing was closed."""
    known = [(name, days) for name, (days, _count) in took if days is not None]
    return plot.lying(_('每一段用了几天'), known, form='.1f') if known else None


def ordered(found: dict[str, Counted], order: Sequence[str] | dict[str, str]) -> list[tuple[str, Counted]]:
    """As the directory or the diagram orders them, never by how many; the one without a value last."""
    places = {value: place for place, value in enumerate(order)}
    return sorted(found.items(), key=lambda pair: (not pair[0], places.get(pair[0], len(places)), pair[0]))


def together(found: dict[str, Counted]) -> Counted:
    """All of them as one."""
    whole = Counted()
    for one in found.values():
        for lamp, number in one.lamps.items():
            whole.lamps[lamp] = whole.lamps.get(lamp, 0) + number
    return whole


def link(**asked: str) -> str:
    """The 台账 with this filter; `lamp` names one."""
    given = {**asked, **({'lamp': (asked['lamp'],)} if 'lamp' in asked else {})}
    return Filter(**given).href()


def _month_link(first: date, by: str, **asked: str) -> str:
    """The 台账 of one month."""
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    return Filter(status='closed' if by == 'closed' else 'all', by=by, since=first.isoformat(),
                  until=last.isoformat(), **asked).href()
