"""机构: units as a tree with their validity and successors, their posts and accounts; who keeps them, and who reads."""
import re
from collections.abc import Callable
from datetime import date

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as later
from flask_login import current_user
from sqlalchemy import func, select
from werkzeug.wrappers import Response

from engine import clock, directory, roster
from engine.db import writing
from engine.directory import Account, Place, Post, Tree
from engine.errors import Invalid, NotFound, Refused
from engine.ledger import Matter
from engine.roster import AccountEntry, PostEntry, UnitEntry
from webapp import auth, definition, errors, fact, say
from webapp.db import db

bp = Blueprint('directory', __name__)

KEEPERS = ('owner', 'operator')
READERS = (*KEEPERS, 'auditor', 'head', 'officer')
_MOST = 200                 # units that are drawn at once; beyond it one searches or goes down the tree
_POST = re.compile(r'(?:(\w+)|\$\{.*\})/(\w+)')       # whom a diagram asks: gov/principal, ${lead_unit}/liaison
_ACTS: dict[str, Callable] = {'close': roster.close_account, 'reopen': roster.reopen_account,
                         'unlock': roster.unlock_account}
_SAID = {'close': later('账号已停用，开着的登录都退出了。'), 'reopen': later('账号已恢复，密码不变。'), 'unlock': later('账号已解锁。')}


@bp.get('/directory')
@auth.requires(*READERS)
def index() -> str:
    """The tree of units, or those whose name or code has the words asked for; posts where nobody is."""
    tree, asked, today = units(), request.args.get('q', '').strip()[:40], say.today()
    everything = 'all' in request.args
    shown = {code for code, place in tree.items() if everything or place.exists(today)}
    found = [place for place in tree.values() if asked and (asked in place.name or asked.lower() in place.code)]
    return render_template(
        'directory/index.html', tree=tree, asked=asked, everything=everything, shown=shown,
        found=found[:_MOST], deep=len(shown) <= _MOST,
        warnings=directory.warnings(db.session, current_user.tenant.id, today), missing=_missing(), today=today,
        may_keep=may_keep())


def _missing() -> list[str]:
    """The posts that the diagrams ask and no unit has yet, by their usual names."""
    bundle, there = definition.current(), {tuple(one.split('/')) for one in fact.names().posts}
    asked = {found.groups() for process in (bundle.processes.values() if bundle else ())
             for element in process.elements.values() if (found := _POST.fullmatch(element.candidate or ''))}
    wanted = {place for place in asked if not any(place[0] in (None, unit) and place[1] == post for unit, post in there)}
    return [_('%(post)s（单位代码%(unit)s）', post=name, unit=unit) if unit else name
            for code, name in roster.POSTS.items() for unit, post in sorted(wanted, key=str) if post == code]


@bp.get('/directory/unit/<code>')
@auth.requires(*READERS)
def show(code: str) -> str:
    """One unit: what it is, its posts and accounts, what is below it, what it leads."""
    return _show(_place(code))


@bp.get('/directory/new')
@auth.requires(*KEEPERS)
def new() -> str:
    """The form for a new unit."""
    return _form(None, {'parent': request.args.get('parent', '')[:40]})


@bp.post('/directory/new')
@auth.requires(*KEEPERS)
def add() -> Response | tuple[str, int]:
    """Enter a unit."""
    given = _given()
    try:
        entry = _entry(given)
        with writing(db.engine) as session:
            roster.add_unit(session, current_user.tenant.id, current_user.actor(), entry)
    except Refused as refusal:
        return _form(None, given, refusal), 422
    flash(_('%(name)s建好了。接着设岗位、建账号。', name=entry.name), 'ok')
    return redirect(url_for('directory.show', code=entry.code), 303)


@bp.get('/directory/unit/<code>/edit')
@auth.requires(*KEEPERS)
def edit(code: str) -> str:
    """The form of a unit."""
    place = _place(code)
    return _form(place, {name: '' if value is None else str(value) for name, value in place._asdict().items()})


@bp.post('/directory/unit/<code>/edit')
@auth.requires(*KEEPERS)
def change(code: str) -> Response | tuple[str, int]:
    """Change a unit."""
    place, given = _place(code), {**_given(), 'code': code}
    try:
        entry = _entry(given)
        with writing(db.engine) as session:
            changed = roster.change_unit(session, current_user.tenant.id, current_user.actor(), entry)
    except Refused as refusal:
        return _form(place, given, refusal), 422
    flash(_('改好了，原来的写法留在轨迹里。') if changed else _('没有改动。'), 'ok')
    return redirect(url_for('directory.show', code=code), 303)


@bp.post('/directory/unit/<code>/post')
@auth.requires(*KEEPERS)
def add_post(code: str) -> Response | tuple[str, int]:
    """Set up a post, or change its name or phone."""
    place, form = _place(code), request.form
    post = form.get('post', '')[:20]
    name = form.get('name', '').strip()[:60] or roster.POSTS.get(post, '')
    entry = PostEntry(code, post, name, form.get('phone', '').strip()[:60])
    try:
        with writing(db.engine) as session:
            roster.add_post(session, current_user.tenant.id, current_user.actor(), entry, say.today())
    except Refused as refusal:
        return _show(place, 'post', refusal), 422
    flash(_('岗位设好了：%(name)s。', name=name), 'ok')
    return redirect(url_for('directory.show', code=code), 303)


@bp.post('/directory/unit/<code>/account')
@auth.requires(*KEEPERS)
def add_account(code: str) -> str | tuple[str, int]:
    """An account for a post; its one-time password is shown this once."""
    place, form = _place(code), request.form
    post = form.get('post', '')[:20]
    login = form.get('login', '').strip()[:60] or f'{current_user.tenant.id}-{code}-{post}'
    try:
        with writing(db.engine) as session:
            entry = AccountEntry(code, post, login)
            tenant_id, actor = current_user.tenant.id, current_user.actor()
            _row, password = roster.add_account(session, tenant_id, actor, entry, say.today())
    except Refused as refusal:
        return _show(place, 'account', refusal), 422
    return _tell(place, login, password)


@bp.post('/directory/account/<int:account_id>/reset')
@auth.requires(*KEEPERS)
def reset(account_id: int) -> str:
    """Give an account a one-time password, shown this once."""
    with writing(db.engine) as session:
        row, password = roster.reset_password(session, current_user.tenant.id, current_user.actor(), account_id)
        unit, login = row.unit, row.login
    return _tell(_place(unit), login, password)


@bp.post('/directory/account/<int:account_id>/<act>')
@auth.requires(*KEEPERS)
def act(account_id: int, act: str) -> Response:
    """Close an account, let it in again, or lift its lock."""
    if act not in _ACTS:
        raise NotFound('账号没有“{act}”这个动作。', act=act)
    with writing(db.engine) as session:
        unit = _ACTS[act](session, current_user.tenant.id, current_user.actor(), account_id).unit
    flash(str(_SAID[act]), 'ok')
    return redirect(url_for('directory.show', code=unit), 303)


def units() -> Tree:
    """The units of the signed-in person's government."""
    tenant = current_user.tenant
    return directory.tree(db.session, tenant.id, tenant.parameter_revision)


def may_keep() -> bool:
    """May this post change the directory?"""
    return current_user.post in KEEPERS


def _place(code: str) -> Place:
    found = units().get(code)
    if found is None:
        raise NotFound('没有代码为“{unit}”的单位', unit=code)
    return found


def _show(place: Place, wrong: str = '', refusal: Refused | None = None) -> str:
    db.session.rollback()                                # a refused change was tried in a session of its own
    tenant_id, tree = current_user.tenant.id, units()
    posts = db.session.scalars(select(Post).where(Post.tenant == tenant_id, Post.unit == place.code)).all()
    order = [*roster.POSTS, *(row.post for row in posts)]
    return render_template(
        'directory/show.html', place=place, tree=tree, posts=sorted(posts, key=lambda row: order.index(row.post)),
        accounts=_accounts(place), known=roster.POSTS, before=[tree[code] for code in tree.before(place.code)],
        leads=_leads(place, tree), today=say.today(), now=clock.utcnow(), may_keep=may_keep(), wrong=wrong,
        refusal=refusal and errors.sentence(refusal))


def _accounts(place: Place) -> dict[str, list[Account]]:
    """The accounts of a unit by post."""
    found: dict[str, list[Account]] = {}
    for row in db.session.scalars(select(Account).where(
            Account.tenant == current_user.tenant.id, Account.unit == place.code).order_by(Account.id)):
        found.setdefault(row.post, []).append(row)
    return found


def _leads(place: Place, tree: Tree) -> int:
    """How many matters under way the unit leads, those of the units that became it included."""
    return db.session.scalar(select(func.count()).select_from(Matter).where(
        Matter.tenant == current_user.tenant.id, Matter.status.in_(('draft', 'open')),
        Matter.lead_unit.in_((place.code, *tree.before(place.code)))))


def _tell(place: Place, login: str, password: str) -> str:
    return render_template('directory/password.html', place=place, login=login, password=password)


def _given() -> dict[str, str]:
    return {name: request.form.get(name, '').strip()[:120] for name in
            ('code', 'name', 'kind', 'parent', 'valid_from', 'valid_to', 'successor', 'position')}


def _entry(given: dict[str, str]) -> UnitEntry:
    """:raises Invalid: a day or number is none."""
    wrong: dict[str, list[str]] = {}
    days: dict[str, date | None] = {}
    for name in ('valid_from', 'valid_to'):
        try:
            days[name] = date.fromisoformat(given[name]) if given[name] else None
        except ValueError:
            wrong[name] = [_('日期写成 2020-09-30 这样，您填的是“%(text)s”', text=given[name])]
    if not (given['position'] or '0').isdecimal():
        wrong['position'] = [_('排序填整数，您填的是“%(text)s”', text=given['position'])]
    if wrong:
        raise Invalid(wrong)
    return UnitEntry(given['code'], given['name'], given['kind'], given['parent'], successor=given['successor'],
                     position=int(given['position'] or 0), **days)


def _form(place: Place | None, given: dict[str, str], refusal: Refused | None = None) -> str:
    fields = refusal.fields if isinstance(refusal, Invalid) else {}
    wrong = errors.wrong(fields) if fields or not refusal else {'code': [errors.sentence(refusal)]}
    tree = units()
    return render_template(
        'directory/form.html', place=place, given=given, wrong=wrong, tree=tree,
        kinds=sorted({one.kind for one in tree.values()}),
        lines=[(field, sentence) for field, sentences in wrong.items() for sentence in sentences])
