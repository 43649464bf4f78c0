"""日历: which days are worked, by whose word; change a day, import a year; open deadlines follow."""
from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import select
from werkzeug.wrappers import Response

from engine import history, ledger, workcal
from engine.db import writing
from engine.directory import Tenant
from engine.errors import Refused
from engine.history import Kind
from engine.workcal import CalendarDay, Changed, Row
from webapp import auth, errors, number, rearm, say
from webapp.db import db

bp = Blueprint('calendar', __name__)

KEEPERS = ('owner', 'head')
WORKING = {'on': True, 'off': False, 'usual': None}


class Day(NamedTuple):
    """One square of the grid. `mark` is 班 or 休 where the day is not as its weekday says."""

    day: date
    works: bool
    mark: str
    today: bool


@bp.get('/calendar')
@auth.signed_in
def index() -> str:
    """The twelve months of a year, what differs from an ordinary week, and the forms to change it."""
    asked = number.whole(request.args.get('year')) or 0
    year = asked if 2000 <= asked <= 2100 else say.today().year
    last = date(year, 12, 31)
    known = db.session.scalars(select(CalendarDay).where(
        CalendarDay.tenant == current_user.tenant.id, CalendarDay.day.between(date(year, 1, 1), last))
        .order_by(CalendarDay.day)).all()
    return render_template('calendar/index.html', year=year,
                           months=[list(weeks(year, month)) for month in range(1, 13)],
                           special=[row for row in known if row.working != (row.day.weekday() < 5)],
                           provisional=say.calendar().provisional(last), until=say.calendar().covered_until)


@bp.post('/calendar/day')
@auth.requires(*KEEPERS)
def change() -> Response:
    """Change one day, with the reason."""
    text, word, note = (request.form.get(name, '').strip() for name in ('day', 'working', 'note'))
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise Refused('请选一天再改，要写成 2020-10-08 这样的日期。') from None
    if word not in WORKING:
        raise Refused('请选这一天上班、放假，还是照平常。')
    if not note:
        raise Refused('写一句为什么改这一天，例如文号。')
    row = Row(day, WORKING[word], note[:200])
    return _carry_out(lambda session, tenant: workcal.change(session, tenant, [row], current_user.name),
                      row.note, day.year)


@bp.post('/calendar/import')
@auth.requires(*KEEPERS)
def load() -> Response:
    """Import the arrangement of a year from a file."""
    file = request.files.get('file')
    if file is None or not file.filename:
        raise Refused('请选一个日历文件再导入。')
    content, source = file.read(), request.form.get('source', '').strip()[:100]
    return _carry_out(lambda session, tenant: workcal.import_file(session, tenant, content, source),
                      source or file.filename[:100], None)


@bp.post('/calendar/rearm')
@auth.requires(*KEEPERS)
def recount() -> Response:
    """Read every open deadline again."""
    flash(rearm.rearm(db.engine, current_user.tenant.id).said, 'ok')
    return redirect(url_for('calendar.index'), 303)


def _carry_out(how, why: str, year: int | None) -> Response:
    """Change the calendar, put it on the trail, let the deadlines follow."""
    tenant_id = current_user.tenant.id
    try:
        with writing(db.engine) as session:
            changed: Changed = how(session, session.get(Tenant, tenant_id))
            if changed.days or changed.covered_until != changed.was_covered_until:
                with say.on_record():
                    told = _said(changed, why)
                history.record(session, tenant_id, current_user.actor(), Kind.CALENDAR_CHANGED, told, _data(changed))
            if changed.moved:
                ledger.look_again(session, tenant_id, current_user.now)
    except Refused as refusal:
        flash(errors.sentence(refusal), 'warn')
        return redirect(url_for('calendar.index', year=year), 303)
    if not changed.days and changed.covered_until == changed.was_covered_until:
        flash(_('日历本来就是这样，没有改动。'))
    else:
        moved = rearm.rearm(db.engine, tenant_id).said if changed.moved else ''
        flash(_said(changed, why) + _('。') + moved, 'ok')
    shown = year or (changed.days[0].day.year if changed.days else None)
    return redirect(url_for('calendar.index', year=shown), 303)


def _said(changed: Changed, why: str) -> str:
    if len(changed.days) == 1:
        day = changed.days[0]
        word = _('上班') if day.after else _('放假')
        return _('工作日历：%(day)s改为%(word)s（%(why)s）', day=say.row(day.day), why=why, word=word)
    return _('工作日历改了%(n)s天，已定到%(until)s（%(why)s）', n=len(changed.days), why=why,
             until=say.row(changed.covered_until))


def _data(changed: Changed) -> dict:
    return {'covered_until': changed.covered_until.isoformat(),
            'days': [{'day': day.day.isoformat(), 'before': day.before, 'after': day.after, 'note': day.note}
                     for day in changed.days]}


def weeks(year: int, month: int) -> Iterator[list[Day | None]]:
    """The weeks of a month from Monday to Sunday; None where another month's days would stand."""
    known, now = say.calendar(), say.today()
    first = date(year, month, 1)
    monday = first - timedelta(days=first.weekday())
    while monday.month == month or monday < first:
        yield [_day(monday + timedelta(days=n), month, known, now) for n in range(7)]
        monday += timedelta(days=7)


def _day(day: date, month: int, known: workcal.Calendar, now: date) -> Day | None:
    if day.month != month:
        return None
    works = known.is_workday(day)
    mark = '' if works == (day.weekday() < 5) else _('班') if works else _('休')
    return Day(day, works, mark, day == now)
