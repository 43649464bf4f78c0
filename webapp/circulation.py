"""抄送: what was shown to this post, what it has shown to others and who has read it, and the page to send from."""
import re
from collections.abc import Sequence
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import Select, and_, bindparam, func, or_, select
from werkzeug.wrappers import Response

from engine import circulation
from engine.circulation import Circulation, Copy
from engine.db import writing
from engine.errors import NotFound, Refused
from engine.ledger import Matter
from webapp import auth, beside, errors, fact, pager, say, visibility, word
from webapp.beside import Place
from webapp.db import db

bp = Blueprint('circulation', __name__)

_BETWEEN = re.compile('[、，,；;\t\r\n]')
SHOWN = 3                   # sendings in a matter's panel
_LOOKERS = (*auth.SUPERVISION, 'auditor')
"""Posts that see every sending with its marks; others see their own unit's."""


def unread_copies() -> int:
    """How many copies the posts for which this one acts have not opened."""
    return db.session.scalar(select(circulation.unread(current_user.tenant.id, visibility.posts())))


@bp.get('/copies')
@auth.requires(*auth.READERS)
def index() -> str:
    """What this post got, newest first: all of it, or what it has not read; or what it has sent."""
    box, sought = request.args.get('box', ''), request.args.get('q', '').strip()[:100]
    query = _sent() if box == 'sent' else _got(box == 'unread')
    query = query.where(*word.found(sought, Matter.title, Matter.code))
    shown = pager.page_of(db.session.scalar(select(func.count()).select_from(query.subquery())))
    rows = db.session.execute(query.order_by(Circulation.sent_at.desc(), Circulation.id.desc())
                              .limit(shown.size).offset(shown.offset)).all()
    counts = circulation.counted(db.session, [row.id for row in rows]) if box == 'sent' else {}
    return render_template('circulation/index.html', rows=rows, page=shown, box=box, q=sought, unread=unread_copies(),
                           counts=counts)


_ROW = (Circulation.id, Circulation.note, Circulation.sent_by, Circulation.sent_at, Circulation.matter_id, Matter.title,
        Matter.code)


def _got(unread: bool) -> Select:
    """A row for each copy that one of the posts got."""
    query = (select(*_ROW, Copy.unit, Copy.post, Copy.read_at).join(Circulation, Circulation.id == Copy.circulation_id)
             .join(Matter, Matter.id == Copy.matter_id)
             .where(Copy.tenant == current_user.tenant.id, circulation.among(visibility.posts())))
    return query.where(Copy.read_at.is_(None)) if unread else query


def _sent() -> Select:
    mine = or_(*(and_(Circulation.unit == unit, Circulation.post == post) for unit, post in visibility.posts()))
    return select(*_ROW).join(Matter, Matter.id == Circulation.matter_id).where(
        Circulation.tenant == current_user.tenant.id, mine)


@bp.get('/copies/<uuid:circulation_id>')
@auth.requires(*auth.READERS)
def show(circulation_id: UUID) -> str:
    """One sending: whoever got it has read it by opening it; who sent it, and the supervision, see who has."""
    sent = db.session.get(Circulation, circulation_id)
    if sent is None or sent.tenant != current_user.tenant.id:
        raise NotFound('没有找到这份抄送件。')
    marks = circulation.marks(db.session, circulation_id)
    own = [mark for mark in marks if (mark.unit, mark.post) in visibility.posts()]
    if not own:
        _watched(sent)
    if any(mark.read_at is None for mark in own):
        _read(circulation_id)
        marks = circulation.marks(db.session, circulation_id)
    return render_template('circulation/show.html', sent=sent, matter=db.session.get(Matter, sent.matter_id), own=own,
                           marks=marks if sees_marks(sent) else (), names=fact.names(),
                           seen=sum(mark.read_at is not None for mark in marks))


def _watched(sent: Circulation) -> None:
    """:raises NotFound: who got no copy may not look on: neither is it its own unit's, nor does it see the matter."""
    if not sees_marks(sent) or sent.unit != current_user.unit and not visibility.opens(sent.matter_id):
        raise NotFound('没有找到这份抄送件。')


def _read(circulation_id: UUID) -> None:
    with writing(db.engine) as session:
        circulation.read(session, circulation_id, visibility.posts(), current_user.actor())
    db.session.rollback()                              # read what was just written
    db.session.expire_all()


@bp.app_template_global('sees_marks')
def sees_marks(sent: Circulation) -> bool:
    """May this post see who has read it?"""
    return current_user.post in _LOOKERS or sent.unit == current_user.unit


@bp.get('/matter/<uuid:matter_id>/copy')
@auth.requires(*beside.WRITERS)
def ask(matter_id: UUID) -> str:
    """Whom to show the matter to."""
    return _draw(beside.place(matter_id, 'copy'))


@bp.post('/matter/<uuid:matter_id>/copy')
@auth.requires(*beside.WRITERS)
def send(matter_id: UUID) -> Response | tuple[str, int]:
    """Show it to those who were ticked or written down."""
    place = beside.place(matter_id, 'copy')
    try:
        addresses = [*request.form.getlist('to'), *_written(request.form.get('names', ''))]
        with writing(db.engine) as session:
            number = circulation.send(session, matter_id, current_user.actor(), addresses, request.form.get('note', ''),
                                      task=place.task)
    except Refused as refusal:
        return _draw(place, errors.sentence(refusal)), 422
    flash(_('已抄送%(n)s个岗位。谁看过，在“抄送”里查。', n=number), 'ok')
    return redirect(place.back, 303)


def _draw(place: Place, refusal: str = '') -> str:
    return render_template('circulation/send.html', place=place, matter=place.matter, refusal=refusal, units=_offered(),
                           names=fact.names(), ticked=request.form.getlist('to'), longest=circulation.LONGEST)


def _offered() -> list[tuple[str, list[str]]]:
    """The units with their posts that can be shown something, this post left out."""
    units: dict[str, list[str]] = {}
    for unit, post in circulation.seats(db.session, current_user.tenant.id, say.today()):
        if (unit, post) != (current_user.unit, current_user.post):
            units.setdefault(unit, []).append(f'{unit}/{post}')
    return list(units.items())


def _written(text: str) -> list[str]:
    """The addresses of the names that somebody wrote down: units, or posts as 省司法厅·联络员.

    :raises Refused: a name is nobody's.
    """
    called = fact.names()
    known = {name: code for code, name in called.units.items()} | {
        called.post(reference): reference for reference in called.posts}
    parts = [part.strip() for part in _BETWEEN.split(text)]
    wanted = [name for part in parts for name in ([part] if part in known else part.split())]
    lost = [name for name in wanted if name not in known]
    if lost:
        raise Refused('没有叫“{names}”的单位或岗位。请写全称，如“省司法厅”，或者“省司法厅·联络员”。', names='”“'.join(lost))
    return [known[name] for name in wanted]


_SENT = select(Circulation).where(Circulation.matter_id == bindparam('matter')).order_by(
    Circulation.sent_at.desc(), Circulation.id.desc())


@bp.app_template_global('copies_of')
def copies_of(matter: Matter) -> tuple[Sequence[Circulation], dict[UUID, tuple[int, int]]]:
    """What was sent of a matter, newest first, and how many of how many have read each."""
    sent = db.session.scalars(_SENT, {'matter': matter.id}).all()
    mine = [one for one in sent if sees_marks(one)]
    return mine, circulation.counted(db.session, [one.id for one in mine[:SHOWN]]) if mine else {}
