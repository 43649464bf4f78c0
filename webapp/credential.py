"""Who a program speaks for: a login name and password, or a token, in the Authorization header; never a cookie."""
from flask import Request, g
from flask_babel import gettext as _

from engine import token
from webapp import auth, session
from webapp.auth import Person
from webapp.db import db


@auth.manager.request_loader
def _load(request: Request) -> Person | None:
    """The account of this request. Wrong passwords are counted and lock the account, as on the sign-in page."""
    given = request.authorization
    if not auth.for_programs() or given is None:
        return None
    if given.type == 'basic':
        account_id, g.refusal = session.check((given.username or '')[:60], (given.password or '')[:200])
        return None if g.refusal else auth.person(account_id)
    account_id = token.holder(db.session, given.token or '') if given.type == 'bearer' else None
    g.refusal = _('令牌不对，或者已经收回。请流程管理员用 duban account token 重新发一个。')
    return auth.person(account_id) if account_id else None


def refusal() -> str:
    """Why nobody came in."""
    return g.get('refusal') or _('请先登录：填本系统的登录名和密码（HTTP Basic），或者令牌（Bearer token）。')
