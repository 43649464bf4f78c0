"""Who is asking, and what that post may open. Deny by default: without a declared rule nobody gets in.

    @bp.get('/ledger')
    @auth.signed_in                       # or @auth.public, or @auth.requires('officer', 'head')
    def index(): …
"""
import hmac
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from flask import Flask, Request, Response, abort, current_app, g, redirect, request, session, url_for
from flask.sessions import SecureCookieSessionInterface, SessionMixin
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user
from flask_wtf.csrf import CSRFProtect
from sqlalchemy import bindparam, select, tuple_
from sqlalchemy.exc import SQLAlchemyError

from engine import clock, history
from engine.directory import Account, Post, Tenant, Unit
from webapp.db import db

View = TypeVar('View', bound=Callable)

POSTS = ('liaison', 'chief', 'officer', 'head', 'principal', 'deputy', 'owner', 'auditor', 'operator')
LEADERS = ('principal', 'deputy')
SUPERVISION = ('officer', 'head')
READERS = tuple(post for post in POSTS if post != 'operator')             # the operator reads no business
PUBLIC: frozenset[str] = frozenset()
BEFORE_ALL = ('account.password', 'account.change', 'session.sign_out')
"""What opens to an account that has not chosen its own password yet."""

FOR_PROGRAMS = '/engine-rest/'
"""Below this address cookies count for nothing: who asks is told by a header, see `credential`."""

csrf = CSRFProtect()
manager = LoginManager()


def requires(*posts: str) -> Callable[[View], View]:
    """Only accounts that hold one of these posts may open the view; others get 403."""
    unknown = set(posts) - set(POSTS)
    if unknown or not posts:
        raise ValueError(f'no such post: {unknown or "none named"}')

    def declare(view: View) -> View:
        view.rule = frozenset(posts)
        return view
    return declare


def signed_in(view: View) -> View:
    """Any post may open the view."""
    view.rule = frozenset(POSTS)
    return view


def public(view: View) -> View:
    """Anybody may open the view, signed in or not."""
    view.rule = PUBLIC
    return view


class SignedOut(Exception):
    """Whoever asks has to sign in first; `session` says so."""


@dataclass(frozen=True, eq=False)
class Person(UserMixin):
    """The account that is signed in, as the post that it stands for."""

    id: int
    login: str
    tenant: Tenant
    unit: str
    post: str
    unit_name: str
    post_name: str
    session_key: str
    one_time: bool = False                             # its password was given by another post: it chooses its own first

    def get_id(self) -> str:
        """What the signed cookie carries; it stops working when the account's session key changes."""
        return f'{self.id}:{self.session_key}'

    @property
    def name(self) -> str:
        """省发展改革委·联络员"""
        return f'{self.unit_name}·{self.post_name}'

    @property
    def now(self) -> datetime:
        """The moment in this person's government: real, or where its virtual clock stands."""
        return clock.now(self.tenant)

    def actor(self, for_name: str | None = None) -> history.Actor:
        """How the trail names this person; `for_name` is the post that it acts for as a substitute."""
        return history.Actor(self.name, self.unit, self.post, self.id, for_name, self.login)


_PERSON = (
    select(Account, Tenant, Unit.name, Post.name)
    .join(Tenant, Tenant.id == Account.tenant)
    .join(Unit, (Unit.tenant == Account.tenant) & (Unit.code == Account.unit))
    .join(Post, tuple_(Post.tenant, Post.unit, Post.post) == tuple_(Account.tenant, Account.unit, Account.post))
    .where(Account.id == bindparam('key'), Account.active))
"""Every page asks it, so it is made once."""


def person(account_id: int) -> Person | None:
    """The active account of this id with its names, in one query."""
    row = db.session.execute(_PERSON, {'key': account_id}).first()
    if row is None:
        return None
    account, tenant, unit_name, post_name = row
    return Person(account.id, account.login, tenant, account.unit, account.post, unit_name, post_name,
                  account.session_key, account.one_time)


@manager.user_loader
def _load(key: str) -> Person | None:
    account_id, _colon, session_key = key.partition(':')
    if time.time() - session.get('since', 0) > current_app.config['SESSION_HOURS'] * 3600:
        return None
    try:
        found = person(int(account_id)) if account_id.isdecimal() else None
    except SQLAlchemyError:
        if g.get('drawing_error'):
            return None                     # the page that says so needs no account
        raise
    if found is None or not hmac.compare_digest(found.session_key, session_key):
        return None
    return found


def begin(who: Person) -> None:
    """Sign in: a fresh cookie that counts from now."""
    session.clear()
    session.permanent, session['since'] = True, int(time.time())
    login_user(who)


def end() -> None:
    """Sign out in this browser: nothing of the session is kept."""
    logout_user()
    session.clear()


def for_programs() -> bool:
    """Does this request ask for something that only programs ask for?"""
    return request.path.startswith(FOR_PROGRAMS)


def admits(endpoint: str) -> bool:
    """Would this endpoint open for the person that is signed in? False, too, when there is no such page."""
    rule = getattr(current_app.view_functions.get(endpoint), 'rule', None)
    if rule is None or rule is PUBLIC:
        return rule is PUBLIC
    return current_user.is_authenticated and current_user.post in rule


def _guard() -> Response | None:
    """Before every request. What the router did not find is its own to refuse."""
    if request.endpoint is None:
        return None
    rule = getattr(current_app.view_functions[request.endpoint], 'rule', None)
    if rule is None:
        abort(403)
    if rule is PUBLIC:
        return None
    if not current_user.is_authenticated:
        if for_programs():
            abort(401)
        raise SignedOut()
    if current_user.one_time and request.endpoint not in BEFORE_ALL:
        return abort(403) if for_programs() else redirect(url_for('account.password'), 303)
    return None if current_user.post in rule else abort(403)


class Cookies(SecureCookieSessionInterface):
    """The session cookie is Secure when the settings say so, and always over HTTPS.

    Static files know no session: with one, `Vary: Cookie` would make the browser fetch them for every page. What is
    there for programs knows none either, so that no page of another site can use a reader's cookie there.
    """

    def open_session(self, app: Flask, request: Request) -> SessionMixin | None:
        return None if request.path.startswith(('/static/', FOR_PROGRAMS)) else super().open_session(app, request)

    def should_set_cookie(self, app: Flask, session: SessionMixin) -> bool:
        """What a script asks by itself (`g.unasked`) does not count as use: an unattended page still signs out."""
        return session.modified if g.get('unasked') else super().should_set_cookie(app, session)

    def get_cookie_secure(self, app: Flask) -> bool:
        return app.config['COOKIE_SECURE'] or request.is_secure


def install(app: Flask) -> None:
    """Put the guard in front of every view, then the check of the form's token."""
    app.session_interface = Cookies()
    manager.init_app(app)
    app.before_request(_guard)
    csrf.init_app(app)
