"""The shell around every page: clock bar, brand, post, navigation by post, foot."""
import tomllib
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from typing import Any

from flask import Flask, g, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as later
from flask_login import current_user
from sqlalchemy.exc import SQLAlchemyError

from engine import worker
from webapp import auth, config, say
from webapp.db import db

# Endpoint and words. A room that is not built, or does not open for the post, is not shown: no dead link.
NAV = (
    ('usertask.index', later('我的待办')),
    ('ledger.index', later('台账')),
    ('board.index', later('看板')),
    ('notice.index', later('通知书')),
    ('history.index', later('核查')),
    ('directory.index', later('机构')),
    ('definition.index', later('流程')),
    ('calendar.index', later('日历')),
    ('parameter.index', later('参数')),
    ('incident.index', later('故障')),
    ('health.index', later('运行')),
)
# Rooms without a word of their own, and under which word a reader finds them.
UNDER = {'inbox': 'usertask', 'assignment': 'usertask', 'opinion': 'usertask', 'batch': 'usertask', 'intake': 'usertask', 'breakdown': 'ledger', 'message': 'usertask', 'circulation': 'usertask', 'comment': 'ledger', 'matter': 'ledger', 'document': 'notice', 'export': 'ledger', **dict.fromkeys(
    ('decision', 'draft', 'file', 'filling', 'comparison', 'release', 'proposal', 'simulation', 'story', 'backtest',
     'migration'), 'definition'), 'intervention': 'ledger', 'milestone': 'board', 'wall': 'board', 'outbox': 'health', **dict.fromkeys(('roster', 'handover', 'tenant'), 'directory')}
# Nobody reads more than five words of navigation: what each post sees, in the order above.
_DESK, _LEDGER, _BOARD = 'usertask.index', 'ledger.index', 'board.index'
SEES = {
    **dict.fromkeys(('liaison', 'chief', 'principal', 'deputy'), (_DESK, _LEDGER, _BOARD)),
    **dict.fromkeys(('officer', 'head'), (_DESK, _LEDGER, _BOARD, 'notice.index', 'definition.index')),
    'owner': ('definition.index', 'parameter.index', 'calendar.index', _LEDGER, 'directory.index'),
    'auditor': (_LEDGER, 'history.index', 'definition.index', 'notice.index', 'directory.index'),
    'operator': ('health.index', 'incident.index', 'directory.index', _LEDGER),
}


@dataclass(frozen=True)
class Item:
    """One word of the navigation; `current` is 'page' or 'true' when the reader is in its room."""

    href: str
    text: str
    current: str | None


@dataclass
class Shell:
    """What the layout draws around a page. Empty: nobody is signed in, or the database cannot be read."""

    brand: str
    who: str = ''
    home: str = '/'
    items: list[Item] = field(default_factory=list)
    clock: datetime | None = None
    clock_note: str = ''
    may_move_clock: bool = False
    covered_until: date | None = None
    last_run: datetime | None = None


@cache
def version() -> str:
    """0.1, from pyproject.toml."""
    number = tomllib.loads((config.ROOT / 'pyproject.toml').read_text())['project']['version']
    return number.removesuffix('.0')


def desk() -> str:
    """What this post calls its list of open tasks."""
    return _('待我批') if current_user.post in auth.LEADERS else _('我的待办')


def home() -> str:
    """The first page of this post."""
    seen = SEES[current_user.post]
    return next((url_for(endpoint) for endpoint in seen if auth.admits(endpoint)), url_for('message.index'))


def href(endpoint: str, **values: Any) -> str | None:
    """The address of a page; None when it does not open for this post or does not exist: no dead link."""
    return url_for(endpoint, **values) if auth.admits(endpoint) else None


def shell() -> Shell:
    """The shell of this request, read once."""
    if 'shell' not in g:
        g.shell = _draw() if current_user.is_authenticated else Shell(_('事项督办系统'))
    return g.shell


def _draw() -> Shell:
    tenant, now = current_user.tenant, current_user.now
    drawn = Shell(tenant.name, current_user.name, home(), _items(), covered_until=tenant.covered_until,
                  last_run=worker.last_beat(db.session))
    if tenant.demo and tenant.virtual_at:
        drawn.clock, drawn.clock_note = now, say.kind_of_day(say.day_of(now))
        drawn.may_move_clock = auth.admits('clock.advance')
    return drawn


def _items() -> list[Item]:
    names, room = dict(NAV), (request.endpoint or '').partition('.')[0]
    room = UNDER.get(room, room)
    shown = []
    for endpoint in SEES[current_user.post]:
        if auth.admits(endpoint):
            inside = 'true' if endpoint.startswith(f'{room}.') else None
            current = 'page' if endpoint == request.endpoint else inside
            text = desk() if endpoint == 'usertask.index' else str(names[endpoint])
            shown.append(Item(url_for(endpoint), text, current))
    return shown


def bare() -> None:
    """For error pages: a shell that needs no database, whatever went wrong before."""
    g.drawing_error = True
    try:
        db.session.rollback()
        shell()
    except SQLAlchemyError:
        g.shell = Shell(_('事项督办系统'))


def here() -> str:
    """The address of this page with its query, as a path."""
    return request.full_path.rstrip('?')


def install(app: Flask) -> None:
    """Templates write `shell().who`, `version()`, `admits('notice.index')`,
    `href('matter.show', matter_id=…)`, `here()`, `desk()`."""
    app.jinja_env.globals.update(shell=shell, version=version, admits=auth.admits, desk=desk, here=here,
                                 href=href)
