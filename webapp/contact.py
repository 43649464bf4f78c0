"""接收提醒: where reminders reach this account besides its inbox; the address is checked by a code that comes back."""
from collections.abc import Callable, Sequence
from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as later
from flask_login import current_user
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.exceptions import NotFound as NoSuchPage
from werkzeug.wrappers import Response

from engine import channel, contact, outbox
from engine.contact import KINDS
from engine.db import writing
from engine.directory import Account
from engine.errors import NotFound, Refused
from engine.outbox import Delivery, Entry
from webapp import auth, errors
from webapp.db import db

bp = Blueprint('contact', __name__)

WORDS = {'task': later('新的待办'), 'due': later('快到期'), 'overdue': later('已超期'), 'reminder': later('其他提醒和结果'),
         'copy': later('抄送'), 'comment': later('沟通')}
"""What each kind of reminder is called."""
_RECENT = 8


def channels() -> list[str]:
    """The channels by which this government can reach people; a demo shows both."""
    shows = current_user.tenant.demo and not current_app.config['DEMO_SENDS']
    return list(channel.NAMES if shows else channel.opened(current_app.config))


def called(name: str) -> str:
    """邮件, or the network behind the gateway."""
    return errors.words(channel.called(name, current_app.config))


@bp.get('/contact')
@auth.signed_in
def index() -> str:
    """Each channel with its address and what goes there, and what was sent last."""
    return _draw()


@bp.post('/contact/<name>')
@auth.signed_in
def change(name: str) -> Response | tuple[str, int]:
    """Enter an address, give the code back, choose kinds or forget the address, by the button that was pressed. Where
    the channel is not set up any more, there is only the last."""
    acts = {'enter': _enter, 'confirm': _confirm, 'choose': _choose, 'erase': _erase} if name in channels() else {
        'erase': _erase}
    act = acts.get(request.form.get('do', ''))
    if act is None or name not in channel.NAMES:
        raise NoSuchPage()
    return _do(name, act)


@bp.get('/contact/stop/<key>')
@auth.public
def ask(key: str) -> str:
    """Who follows the link of a letter is asked whether it really wants no more."""
    found = contact.stopped(db.session, key)
    return render_template('contact/stop.html', key=key, address=found.masked, name=called(found.channel))


@bp.post('/contact/stop/<key>')
@auth.public
def stop(key: str) -> str:
    """No more letters go there; the address is forgotten."""
    with writing(db.engine) as session:
        contact.stop(session, key)
    return render_template('contact/stopped.html')


def _do(name: str, act: Callable[[Session, str], str]) -> Response | tuple[str, int]:
    try:
        with writing(db.engine) as session:
            said = act(session, name)
    except NotFound:
        raise
    except Refused as refusal:
        return _draw({name: errors.sentence(refusal)}), 422
    if not said:
        return _draw({name: _('验证码不对，请再看一下，或者重新要一个。')}), 422
    flash(said, 'ok')
    return redirect(url_for('contact.index'), 303)


def _enter(session: Session, name: str) -> str:
    account = session.get(Account, current_user.id)
    known = contact.of(session, account.id).get(name)
    address = request.form.get('address', '') or (known.address if known else '')
    kinds = request.form.getlist('kind') or (known.wanted if known else KINDS)
    row, code = contact.enter(session, account, name, address, kinds, current_user.actor())
    outbox.write_code(session, row, code, current_app.config['DEMO_SENDS'])
    return _('验证码发到%(address)s了，30分钟内有效。', address=row.masked)


def _confirm(session: Session, name: str) -> str:
    right = contact.confirm(session, current_user.id, name, request.form.get('code', ''), current_user.actor())
    return _('验证好了，以后的提醒也发到这里。') if right else ''


def _choose(session: Session, name: str) -> str:
    contact.choose(session, current_user.id, name, request.form.getlist('kind'), current_user.actor())
    return _('已保存。')


def _erase(session: Session, name: str) -> str:
    contact.erase(session, current_user.id, name, current_user.actor())
    return _('不再往这里发，地址已经删掉。')


def _draw(refusals: dict[str, str] | None = None) -> str:
    opened, known = channels(), contact.of(db.session, current_user.id)
    return render_template('contact/index.html', channels=opened, closed=[name for name in known if name not in opened],
                           called=called, kind_words=WORDS, states=outbox.STATES, known=known, refusals=refusals or {},
                           recent=_recent(),
                           kinds=[(kind, WORDS[kind]) for kind in KINDS], given=request.form)


def _recent() -> Sequence[tuple[Delivery, list[Entry]]]:
    """The account's last letters, each with what it told."""
    letters = db.session.scalars(select(Delivery).where(Delivery.account_id == current_user.id)
                                 .order_by(Delivery.made_at.desc(), Delivery.id.desc()).limit(_RECENT)).all()
    told: dict[Any, list[Entry]] = {letter.id: [] for letter in letters}
    for entry in db.session.scalars(select(Entry).where(Entry.delivery_id.in_(told)).order_by(Entry.told_at)):
        told[entry.delivery_id].append(entry)
    return [(letter, told[letter.id]) for letter in letters]
