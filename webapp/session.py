"""登录与退出. Five wrong passwords in a row lock the account for a while; both are counted in the database."""
from datetime import timedelta
from itertools import groupby
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Response, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from engine import clock, directory, history
from engine.db import writing
from engine.directory import Account, Post, Tenant, Unit
from engine.errors import Forbidden
from webapp import auth, page, unsent
from webapp.db import db

bp = Blueprint('session', __name__)


def local_path(text: str | None) -> str | None:
    """`text` when it is a path of this site, else None: nobody is sent away after signing in."""
    parts = urlsplit(text or '')
    plain = parts.path.startswith('/') and not text.startswith('//') and '\\' not in text
    return text if plain and not parts.scheme and not parts.netloc else None


@bp.get('/')
@auth.signed_in
def home() -> AnyResponse:
    """The post's first page."""
    return redirect(page.home())


@bp.get('/sign-in')
@auth.public
def sign_in() -> str | AnyResponse:
    """The sign-in page; whoever is signed in already goes home."""
    if current_user.is_authenticated:
        return redirect(page.home())
    return _draw(request.args.get('login', '')[:60])


@bp.post('/sign-in')
@auth.public
def open_session() -> AnyResponse | str | tuple[str, int]:
    """Check name and password; one sentence for every way of failing, so nobody learns which names exist."""
    login, password = request.form.get('username', '').strip()[:60], request.form.get('password', '')[:200]
    account_id, refusal = check(login, password)
    if refusal:
        return _draw(login, refusal), 422
    return _enter(account_id)


@bp.post('/sign-in/demo')
@auth.public
def open_demo_session() -> AnyResponse | str:
    """Come in as a post of a demo government with one press; real governments have no such door."""
    account_id = db.session.scalar(select(Account.id).join(Tenant, Tenant.id == Account.tenant).where(
        Account.login == request.form.get('login', '')[:60], Account.active, Tenant.demo))
    if account_id is None:
        raise Forbidden('只有演示用的政府可以不用密码进入。')
    return _enter(account_id)


@bp.post('/sign-out')
@auth.signed_in
def sign_out() -> Response | AnyResponse:
    """End the session in this browser."""
    with writing(db.engine) as session:
        history.record(session, current_user.tenant.id, current_user.actor(), history.Kind.SESSION_CLOSED, '退出')
    auth.end()
    flash(_('已退出。'))
    return redirect(url_for('session.sign_in'), 303)


@bp.app_errorhandler(auth.SignedOut)
def _sign_in_first(_error: auth.SignedOut) -> AnyResponse | tuple[str, int]:
    """The sign-in page; behind it lies what was asked for, or the page on which a button was pressed."""
    back = page.here() if 'GET' in request.url_rule.methods else unsent.form_page()
    if unsent.hidden():
        flash(_('请先登录。刚才填的没有提交，都留着，登录后接着办。'))
        return _draw(action=url_for('session.sign_in', next=back)), 403
    if back == '/':                                      # who comes in by the front door has not lost anything
        return redirect(url_for('session.sign_in'), 303)
    flash(_('请先登录。已保存的草稿都在，登录后接着办。'))
    return redirect(url_for('session.sign_in', next=back), 303)


def _enter(account_id: int) -> AnyResponse | str:
    """Begin the session, on the trail, and go where the reader wanted to, or on with what could not be submitted."""
    who = auth.person(account_id)
    auth.begin(who)
    with writing(db.engine) as session:
        history.record(session, who.tenant.id, who.actor(), history.Kind.SESSION_OPENED, '登录')
    return unsent.carried() or redirect(local_path(request.args.get('next')) or page.home(), 303)


def check(login: str, password: str) -> tuple[int, str]:
    """The account's id, and why it may not come in ('' when it may). Counting and locking: one transaction.

    The slow comparison of hashes runs before it. A right password that arrives when the wrong ones of a burst
    have locked the account is refused as well, so a burst is worth no more guesses than a queue.
    """
    account = db.session.scalar(select(Account).where(Account.login == login, Account.active))
    right = directory.check_password(account, password)
    refusal = _('登录名或密码不对，或者账号暂时锁定。连续输错%(n)s次锁定%(minutes)s分钟；忘了密码请找本级运维员重设。',
                n=current_app.config['LOCK_AFTER'], minutes=current_app.config['LOCK_MINUTES'])
    if account is None:
        return 0, refusal
    with writing(db.engine) as session:
        held = session.get(Account, account.id, with_for_update=True)
        admitted = _count(held, right)
        if not admitted:
            name = directory.post_name(session, held.tenant, f'{held.unit}/{held.post}')
            history.record(session, held.tenant, history.Actor(name, held.unit, held.post, held.id),
                           history.Kind.SESSION_REFUSED,
                           '没有登录：账号锁定' if held.locked_until else '没有登录：密码不对')
    return account.id, '' if admitted else refusal


def _count(account: Account, right: bool) -> bool:
    """Note one attempt on the account; may it come in?"""
    now = clock.utcnow()
    if account.locked_until and account.locked_until > now:
        return False
    account.locked_until = None
    if right:
        account.failed = 0
        return True
    account.failed += 1
    if account.failed >= current_app.config['LOCK_AFTER']:
        account.failed, account.locked_until = 0, now + timedelta(minutes=current_app.config['LOCK_MINUTES'])
    return False


def _draw(login: str = '', refusal: str = '', action: str = '') -> str:
    return render_template('session/sign_in.html', login=login, refusal=refusal, action=action or page.here(),
                           fields=unsent.hidden(), door=_door(db.session))


def _door(session: Session) -> list[tuple[str, list[tuple[str, list[Any]]]]]:
    """What a demo shows on its door: governments, their units, the posts with their logins. Nothing of real ones."""
    rows = session.execute(
        select(Tenant.name.label('tenant'), Tenant.level, Unit.name.label('unit'), Post.name.label('post'), Account.login)
        .join(Account, Account.tenant == Tenant.id)
        .join(Unit, (Unit.tenant == Account.tenant) & (Unit.code == Account.unit))
        .join(Post, tuple_(Post.tenant, Post.unit, Post.post)
              == tuple_(Account.tenant, Account.unit, Account.post))
        .where(Tenant.demo, Account.active).order_by(Tenant.id, Unit.position, Account.id).limit(500)).all()
    rows = sorted(rows, key=lambda row: '省市县'.find(row.level))            # provinces first; the order stays otherwise
    return [(tenant, [(unit, list(posts)) for unit, posts in groupby(mine, key=lambda row: row.unit)])
            for tenant, mine in groupby(rows, key=lambda row: row.tenant)]
