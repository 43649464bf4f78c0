"""发出去的提醒: what waits, what was given up and why, what each channel last did; trying again and trying out."""
from collections.abc import Iterable, Sequence
from typing import NamedTuple
from uuid import UUID

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import select
from werkzeug.exceptions import NotFound as NoSuchPage
from werkzeug.wrappers import Response

from engine import channel, contact, directory, outbox
from engine.contact import Contact
from engine.db import writing
from engine.directory import Account
from engine.outbox import Delivery, Gathering, Line
from webapp import auth, pager
from webapp.contact import called
from webapp.db import db

bp = Blueprint('outbox', __name__)

_SHOWN = 10                                     # people of whom it is said when their next letter goes


class Way(NamedTuple):
    """A channel as an operator sees it."""

    name: str
    ready: bool
    line: Line | None


def ways() -> list[Way]:
    """Every channel: whether it is set up, and how it does."""
    opened, lines = channel.opened(current_app.config), outbox.lines(db.session)
    return [Way(name, name in opened, lines.get(name)) for name in channel.NAMES]


def down() -> list[Way]:
    """The channels that are set up and take nothing just now."""
    return [way for way in ways() if way.ready and way.line is not None and way.line.down_since is not None]


def counts() -> dict[str, int]:
    """How many of the government's letters are in each state."""
    return outbox.counts(db.session, current_user.tenant.id)


@bp.get('/outbox')
@auth.requires('operator', 'owner')
def index() -> str:
    """The channels, and the letters in one state."""
    found = counts()
    usual = next((state for state in ('failed', 'waiting', 'shown') if found[state]), 'sent')
    state = request.args.get('state', usual)
    if state not in outbox.STATES:
        raise NoSuchPage()
    shown = pager.page_of(found[state])
    rows = outbox.letters(db.session, current_user.tenant.id, state, shown.size, shown.offset)
    return render_template('outbox/index.html', ways=ways(), counts=found, state=state, states=outbox.STATES, page=shown,
                           rows=_named(rows), called=called, gathering=_gathering() if found['bundling'] else [])


@bp.post('/outbox/retry')
@auth.requires('operator')
def retry() -> Response:
    """Try again what was given up, one letter or all."""
    with writing(db.engine) as session:
        count = outbox.retry(session, current_user.tenant.id, current_user.actor(), _key())
    flash(_('%(n)s封马上重发。', n=count), 'ok')
    return redirect(url_for('outbox.index', state='waiting'), 303)


@bp.post('/outbox/discard')
@auth.requires('operator')
def discard() -> Response:
    """A letter is not sent."""
    key = _key()
    if key is None:
        raise NoSuchPage()
    with writing(db.engine) as session:
        outbox.discard(session, current_user.tenant.id, current_user.actor(), key)
    flash(_('这一封不再发。对方登录后，在“消息”里照样看得到。'), 'ok')
    return redirect(url_for('outbox.index'), 303)


@bp.post('/outbox/<name>')
@auth.requires('operator')
def try_out(name: str) -> Response:
    """Send one letter right now, to see whether a channel works."""
    if name not in channel.NAMES:
        raise NoSuchPage()
    address = request.form.get('address', '').strip()
    contact.check(name, address)
    outbox.try_out(db.engine, current_user.tenant.id, name, address, current_app.config, current_user.actor())
    flash(_('%(name)s发出去了，请到收的那一头看一下。', name=called(name)), 'ok')
    return redirect(url_for('outbox.index'), 303)


def _key() -> UUID | None:
    try:
        return UUID(request.form['key']) if 'key' in request.form else None
    except ValueError:
        raise NoSuchPage() from None


def _named(rows: Sequence[Delivery]) -> list[tuple[Delivery, str, str]]:
    """Each letter with its post and what is left of the address when it is masked."""
    posts = _posts(row.account_id for row in rows)
    masked = {each.id: each.masked for each in db.session.scalars(
        select(Contact).where(Contact.id.in_({row.contact_id for row in rows})))}
    return [(row, posts[row.account_id], masked.get(row.contact_id, _('已停收'))) for row in rows]


def _gathering() -> list[tuple[Gathering, str]]:
    """What waits for its letter, with the post to which it goes."""
    found = outbox.gathering(db.session, current_user.tenant.id, _SHOWN)
    posts = _posts(one.contact.account_id for one in found)
    return [(one, posts[one.contact.account_id]) for one in found]


def _posts(keys: Iterable[int]) -> dict[int, str]:
    """What the posts of these accounts are called."""
    names = directory.names(db.session, current_user.tenant.id)
    return {each.id: names.post(f'{each.unit}/{each.post}')
            for each in db.session.scalars(select(Account).where(Account.id.in_(set(keys))))}
