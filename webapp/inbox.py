"""The lists of a post's work: 我的待办, 已办 and 草稿, and what is new while one reads."""
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import Blueprint, g, jsonify, render_template, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as later
from flask_login import current_user
from sqlalchemy import ColumnElement, Select, and_, bindparam, func, literal_column, or_, select, union_all
from werkzeug.wrappers import Response

from engine import circulation, suspension, urging
from engine.finding import inner
from engine.inbox import Inbox
from engine.ledger import Matter
from engine.usertask import Draft, UserTask
from webapp import auth, batch, fact, form, message, pager, past, savedview, say, search, visibility
from webapp.db import db
from webapp.search import Posts, Search

bp = Blueprint('inbox', __name__)
savedview.offer('tasks', 'usertask.index', later('我的待办'), search.KEYS)

# Written out, not bound: only then do both databases see that the partial index serves.
_OPEN = literal_column("'open'")
_BACK = 200                 # own steps looked back for what others have now
_SHOWN = 5                  # rows of a short list
_MANY = 1000                # what is done is counted no further
_NEWEST = 100               # new tasks are counted no further
_MOST_SHOWN = 100           # tasks of one page


@dataclass(frozen=True)
class Group:
    """A heading of the inbox with the rows of it that are on this page, and how many there are in all."""

    id: str
    title: str
    rows: Sequence[Any]
    total: int


@auth.signed_in
def index() -> Response | str:
    """What this post has to do, by what is due, or what the address asks of it; what others have; messages; holidays."""
    begun = savedview.begin('tasks')
    if begun is not None:
        return begun
    posts, asked = visibility.posts(), Search.asked()
    counted = _counted(posts, asked)
    shown = pager.page_of(sum(counted[part] for part in search.PARTS), batch.MOST)
    rows = _rows(_on_page(posts, asked, shown, shown.total - counted['never']))
    batched = batch.together(rows)
    return render_template(
        'inbox/index.html', groups=_groups(rows, counted, asked), page=shown, asked=asked, tabs=_tabs(counted['all']),
        newest=counted['newest'], saved=savedview.bar('tasks'), lamps=fact.STANDS, orders=search.ORDERS,
        dues=_headings(), steps=search.steps(), batched=batched,
        picks=Counter(row.name for row in rows if row.id in batched),
        picked=search.line_ends(request.args.get('pick', '')),
        urged=urging.of(db.session, [row.id for row in rows]), waiting=_with_others(posts),
        messages=db.session.execute(message.newest(_SHOWN)).all(), names=form.names(), still=_still(), inner=inner)


def _counted(posts: Posts, asked: Search) -> dict[str, int]:
    """How many tasks lie in each stretch of what is asked, in all of the post's, and the number of the newest there is.

    Each stretch is one walk along its part of the index.
    """
    own = select(func.count()).select_from(Inbox).where(search.of(posts))
    walks = [own.where(part(), *asked.conditions()).scalar_subquery().label(name) for name, part in search.PARTS.items()]
    if not asked.plain:
        walks.append(own.scalar_subquery().label('all'))
    newest = select(func.coalesce(func.max(Inbox.seq), 0)).scalar_subquery().label('newest')
    found = dict(db.session.execute(select(*walks, newest)).one()._mapping)
    return {'all': sum(found[part] for part in search.PARTS)} | found


def _on_page(posts: Posts, asked: Search, shown: pager.Page, dated: int) -> list[UUID]:
    """The page's tasks in the order asked for. By due date those without one come last.

    Where a NULL sorts differs between the databases, so the walk along the index is in two parts; nearly always the
    first is enough. `dated` is how many tasks have a date.
    """
    query = select(Inbox.task_id).where(search.of(posts), *asked.conditions())
    if asked.sort == 'new':
        return _stretch(query.order_by(Inbox.seq.desc()), shown.offset, shown.size)
    found: list[UUID] = []
    if shown.offset < dated:
        first = query.where(Inbox.due_at.is_not(None)).order_by(Inbox.due_at, Inbox.seq)
        found = _stretch(first, shown.offset, shown.size)
    if len(found) < min(shown.size, shown.total - shown.offset):
        rest = query.where(Inbox.due_at.is_(None)).order_by(Inbox.seq)
        found += _stretch(rest, max(0, shown.offset - dated), shown.size - len(found))
    return found


def _stretch(query: Select, offset: int, most: int) -> list[UUID]:
    return list(db.session.scalars(query.limit(most).offset(offset)))


_LISTED = (
    select(UserTask.id, UserTask.name, UserTask.due_at, UserTask.unit, UserTask.post, UserTask.element, Matter.title,
           Matter.code, Matter.lamp, Matter.level, Matter.level_label, Matter.status, Matter.deployment_id,
           Matter.supervisor_unit, Matter.suspended_at, UserTask.process, UserTask.claimed_by, UserTask.owner, UserTask.asks,
           UserTask.kept, Draft.saved_at)
    .outerjoin(Matter, Matter.id == UserTask.matter_id)
    .outerjoin(Draft, and_(Draft.task_id == UserTask.id, Draft.account_id == bindparam('account')))
    .where(UserTask.id.in_(bindparam('keys', expanding=True))))


def _rows(keys: Sequence[UUID]) -> list[Any]:
    """These open tasks in this order, each with its matter."""
    if not keys:
        return []
    found = {row.id: row for row in db.session.execute(_LISTED, {'keys': keys, 'account': current_user.id})}
    return [found[key] for key in keys if key in found]


def _headings() -> dict[str, str]:
    return {'late': _('已超期'), 'near': _('%(n)s个工作日内', n=say.near_days()), 'later': _('以后'), 'never': _('没有期限')}


def _groups(rows: Sequence[Any], counted: dict[str, int], asked: Search) -> list[Group]:
    """The rows under their headings; in another order than by due date, under one."""
    if asked.sort != 'due':
        return [Group('found', str(search.ORDERS[asked.sort]), rows, sum(counted[part] for part in search.PARTS))] if rows else []
    today, soon = search.midnight(0), search.midnight(say.near_days() + 1)
    of: dict[str, list[Any]] = {part: [] for part in search.PARTS}
    for row in rows:
        due = row.due_at
        of['never' if due is None else 'late' if due < today else 'near' if due < soon else 'later'].append(row)
    return [Group(part, title, of[part], counted[part]) for part, title in _headings().items() if of[part]]


def _still() -> Any:
    return suspension.since(db.session, current_user.tenant.id, current_user.tenant.parameter_revision)


def _with_others(posts: Posts) -> Sequence[Any]:
    """Open tasks of other posts in the processes in which this post has lately done a step: the most pressing, each
    with the number of all."""
    # Asked first and by itself: PostgreSQL would rather walk all open tasks than believe that these are few.
    recent = set(db.session.scalars(select(UserTask.instance_id).where(past.did(posts))
                                    .order_by(UserTask.closed_at.desc()).limit(_BACK)))
    if not recent:
        return []
    mine = or_(*(and_(UserTask.unit == unit, UserTask.post == post) for unit, post in posts))
    return db.session.execute(
        select(UserTask.name, UserTask.unit, UserTask.post, UserTask.due_at, UserTask.matter_id, Matter.title,
               func.count().over().label('total'))
        .outerjoin(Matter, Matter.id == UserTask.matter_id)
        .where(UserTask.instance_id.in_(recent), UserTask.state == _OPEN, ~mine)
        .order_by(UserTask.due_at.is_(None), UserTask.due_at).limit(_SHOWN)).all()


def _mine() -> tuple[ColumnElement[bool], ...]:
    """What this account has begun to fill in and not submitted."""
    return Draft.account_id == current_user.id, UserTask.state == _OPEN


def _tabs(waiting: int | None = None) -> list[tuple[str, str, str, bool]]:
    """The tabs of the desk as endpoint, words, number, whether one is there; rooms that do not open are left out."""
    posts = visibility.posts()
    if waiting is None:
        waiting = db.session.scalar(select(func.count()).select_from(Inbox).where(search.of(posts)))
    drafts = select(func.count()).select_from(Draft).join(UserTask, UserTask.id == Draft.task_id).where(*_mine())
    done, begun, copied, unread = db.session.execute(select(
        past.some(posts, _MANY), drafts.scalar_subquery(), circulation.unread(current_user.tenant.id, posts),
        message.unread())).one()
    rooms = (('usertask.index', _('待我批') if current_user.post in auth.LEADERS else _('待我办'), str(waiting)),
             ('usertask.done', _('已办'), f'{_MANY - 1}+' if done == _MANY else str(done)),
             ('circulation.index', _('抄送'), str(copied or '')), ('inbox.drafts', _('草稿'), str(begun or '')),
             ('message.index', _('消息'), str(unread or '')))
    return [(endpoint, words, number, endpoint == request.endpoint) for endpoint, words, number in rooms
            if auth.admits(endpoint)]


@auth.signed_in
def done() -> str:
    """What this post has done and given on, newest first; the address can ask for words."""
    words = request.args.get('q', '').strip()[:100]
    posts = visibility.posts()
    shown = pager.page_of(past.count(posts, words))
    return render_template('inbox/done.html', rows=past.rows(posts, words, shown), page=shown, q=words, tabs=_tabs(),
                           names=form.names())


@bp.get('/tasks/drafts')
@auth.signed_in
def drafts() -> str:
    """What this account has begun to fill in, the newest first."""
    mine = select(UserTask.id).join(Draft, Draft.task_id == UserTask.id).where(*_mine())
    shown = pager.page_of(db.session.scalar(select(func.count()).select_from(mine.subquery())))
    keys = _stretch(mine.order_by(Draft.saved_at.desc(), UserTask.id), shown.offset, shown.size)
    return render_template('inbox/drafts.html', rows=_rows(keys), page=shown, tabs=_tabs(), names=form.names(),
                           still=_still())


@bp.get('/tasks/news')
@auth.signed_in
def news() -> Response:
    """For the script of 我的待办: how many tasks came after `since`, and which of those `on` the page are no longer open."""
    g.unasked = True
    since, on = _number('since'), _keys()
    own = search.of(visibility.posts())
    fresh = select(Inbox.task_id).where(own, Inbox.seq > since).limit(_NEWEST)
    there = select(Inbox.task_id).where(own, Inbox.task_id.in_(on))
    found = set(db.session.scalars(union_all(select(fresh.subquery()), there)))
    new, gone = len(found - set(on)), [str(key) for key in on if key not in found]
    said = _('有%(n)s件新待办，点这里看', n=f'{new}{"+" if new == _NEWEST else ""}') if new else ''
    answer = jsonify(new=said, gone=gone, done=_('已经有人办了') if gone else '')
    answer.add_etag()
    return answer.make_conditional(request)


def _number(name: str) -> int:
    text = request.args.get(name, '0')
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0


def _keys() -> list[UUID]:
    """The tasks on the page, as the script names them; what is no key is left out."""
    found: list[UUID] = []
    for text in request.args.get('on', '')[:40 * _MOST_SHOWN].split(','):
        with suppress(ValueError):
            found.append(UUID(text))
    return found
