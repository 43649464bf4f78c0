"""存好的筛选: a name for the filter of a list; a bar of them above the list, and a page to put them in order.

A list takes part by two lines: `savedview.offer('tasks', 'usertask.index', later('我的待办'), KEYS)` once, and
`saved=savedview.bar('tasks')` for its template, which includes `savedview/bar.html`.
"""
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from flask import Blueprint, abort, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as later
from flask_login import current_user
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from engine import savedview
from engine.db import writing
from engine.errors import Refused
from engine.savedview import Holder, View
from webapp import auth, errors
from webapp.db import db

bp = Blueprint('savedview', __name__)

SCOPES = {'own': later('只给自己'), 'post': later('本岗位共用'), 'unit': later('本单位共用')}
ALL = 'all'                 # in the address of a list: everything, whatever view one begins with


@dataclass(frozen=True)
class Room:
    """A list whose filters can be kept: its endpoint, its words, and the keys of its address in their order."""

    endpoint: str
    words: Any
    keys: Sequence[str]


offered: dict[str, Room] = {}


@dataclass(frozen=True)
class Bar:
    """The saved views above a list. `asked` is the filter of this address as it would be kept; '' when there is none."""

    room: str
    views: Sequence[View]
    asked: str

    @property
    def kept(self) -> bool:
        """Whether what is asked has a name already."""
        return any(view.query == self.asked for view in self.views)

    @property
    def everything(self) -> str:
        """The address of the whole list."""
        begun = any(view.default for view in self.views)
        return url_for(offered[self.room].endpoint, **{ALL: '1'} if begun else {})


def offer(room: str, endpoint: str, words: Any, keys: Sequence[str]) -> None:
    """Let the filters of a list be kept."""
    offered[room] = Room(endpoint, words, keys)


def bar(room: str) -> Bar:
    """What stands above this list: one statement, once in a request."""
    try:
        asked = savedview.written(((name, value) for name, value in request.args.items(multi=True)
                                   if name in offered[room].keys), offered[room].keys)
    except Refused:
        asked = ''
    return Bar(room, _views(room), asked)


def begin(room: str) -> Response | None:
    """Where an address that asks for nothing leads: to the view with which this account begins; None: stay."""
    if request.args:
        return None
    return next((redirect(href(view)) for view in _views(room) if view.default), None)


def href(view: View) -> str:
    """The list with the filter of a view."""
    return f'{url_for(offered[view.room].endpoint)}?{view.query}'


def _views(room: str) -> list[View]:
    known = g.setdefault('views', {})
    if room not in known:
        known[room] = savedview.of(db.session, _holder(), room)
    return known[room]


def _holder() -> Holder:
    return Holder(current_user.tenant.id, current_user.id, current_user.unit, current_user.post)


@bp.app_context_processor
def _for_bars() -> dict[str, Any]:
    """What `savedview/bar.html` needs beside its bar."""
    return {'view_href': href, 'view_scopes': SCOPES}


@bp.get('/views')
@auth.signed_in
def index() -> str:
    """Every view that this account sees, room by room."""
    views = savedview.of(db.session, _holder())
    rooms = {name: [view for view in views if view.room == name] for name in offered
             if auth.admits(offered[name].endpoint)}
    return render_template('savedview/index.html', rooms=rooms, offered=offered, scopes=SCOPES)


@bp.post('/views/<room>')
@auth.signed_in
def save(room: str) -> Response:
    """Keep the filter of the list from which the form came, and show the list with it."""
    if room not in offered or not auth.admits(offered[room].endpoint):
        abort(404)
    given = parse_qsl(request.form.get('query', ''))
    try:
        query = savedview.written(given, offered[room].keys)
        with writing(db.engine) as session:
            row = savedview.save(session, _holder(), room, request.form.get('name', ''), query, current_user.now,
                                 request.form.get('scope', 'own'))
            flash(_('存好了“%(name)s”，以后点它的名字就是这些条件。', name=row.name), 'ok')
    except Refused as refusal:
        flash(errors.sentence(refusal), 'warn')
    known = [(name, value) for name, value in given if name in offered[room].keys]
    return redirect(url_for(offered[room].endpoint, **_grouped(known)), 303)


@bp.post('/views/<room>/<int:view_id>')
@auth.signed_in
def change(room: str, view_id: int) -> Response:
    """Rename, move up, delete, begin with, or no longer begin with a view: as the button says."""
    act = _ACTS.get(request.form.get('act', ''))
    if act is None:
        abort(404)
    try:
        with writing(db.engine) as session:
            flash(act(session, room, view_id), 'ok')
    except Refused as refusal:
        flash(errors.sentence(refusal), 'warn')
    return redirect(url_for('savedview.index'), 303)


def _rename(session: Session, _room: str, view_id: int) -> str:
    row = savedview.rename(session, _holder(), view_id, request.form.get('name', ''))
    return _('改名为“%(name)s”。', name=row.name)


def _up(session: Session, _room: str, view_id: int) -> str:
    savedview.move_up(session, _holder(), view_id)
    return _('往前移了一位。')


def _remove(session: Session, _room: str, view_id: int) -> str:
    return _('删掉了“%(name)s”，事项不受影响。', name=savedview.remove(session, _holder(), view_id).name)


def _begin(session: Session, room: str, view_id: int) -> str:
    savedview.begin_with(session, _holder(), room, view_id)
    return _('以后打开%(list)s，先看“%(name)s”。', list=offered[room].words,
             name=savedview.seen(session, _holder(), view_id).name)


def _plain(session: Session, room: str, _view_id: int) -> str:
    savedview.begin_with(session, _holder(), room, None)
    return _('以后打开，先看全部。')


_ACTS: dict[str, Callable[[Session, str, int], str]] = {
    'rename': _rename, 'up': _up, 'remove': _remove, 'begin': _begin, 'plain': _plain}


def _grouped(pairs: Sequence[tuple[str, str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in pairs:
        found.setdefault(name, []).append(value)
    return found
