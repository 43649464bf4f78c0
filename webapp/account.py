"""修改密码: one's own, with the old one; an account that came in with a one-time password chooses its own first."""
from flask import Blueprint, flash, redirect, render_template, request
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from engine import directory, history
from engine.db import writing
from engine.directory import Account
from engine.errors import Refused
from webapp import auth, errors, page, session
from webapp.db import db

bp = Blueprint('account', __name__)


@bp.get('/password')
@auth.signed_in
def password() -> str:
    """The form."""
    return _draw()


@bp.post('/password')
@auth.signed_in
def change() -> Response | tuple[str, int]:
    """Change it: other places are signed out, this one goes on."""
    old, new, again = (request.form.get(name, '')[:200] for name in ('old', 'new', 'again'))
    try:
        _fit(old, new, again)
        with writing(db.engine) as written:
            account = written.get(Account, current_user.id, with_for_update=True)
            directory.set_password(account, new)
            history.record(written, account.tenant, current_user.actor(), history.Kind.PASSWORD_CHANGED, '改了自己的密码')
    except Refused as refusal:
        return _draw(errors.sentence(refusal)), 422
    db.session.rollback()
    auth.begin(auth.person(current_user.id))
    flash(_('密码改好了。别处的登录都已经退出。'), 'ok')
    return redirect(page.home(), 303)


def _fit(old: str, new: str, again: str) -> None:
    if new != again:
        raise Refused('两次输入的新密码不一样')
    if new == old:
        raise Refused('新密码要和现在的不一样')
    if session.check(current_user.login, old)[1]:                      # counted and locked as on the sign-in page
        raise Refused('现在的密码不对，或者账号暂时锁定')


def _draw(refusal: str = '') -> str:
    return render_template('account/password.html', refusal=refusal, shortest=directory.SHORTEST)
