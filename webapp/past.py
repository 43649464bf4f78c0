"""What posts have done and given on: 已办, newest first."""
from collections import Counter
from collections.abc import Sequence
from typing import Any

from flask_login import current_user
from sqlalchemy import ColumnElement, Select, and_, false, func, literal_column, null, or_, select, union_all

from engine.history import Event, Kind
from engine.ledger import Matter
from engine.usertask import Handed, UserTask
from webapp import word
from webapp.db import db
from webapp.pager import Page
from webapp.search import Posts

# Written out, not bound: only then do both databases see that the partial index serves.
_DONE = literal_column("'done'")
_TOLD = (Kind.TASK_COMPLETED, Kind.TASK_TRANSFERRED, Kind.TASK_HANDED_BACK, Kind.TASK_RETURNED)


def did(posts: Posts) -> ColumnElement[bool]:
    """The tasks that these posts have done."""
    return and_(UserTask.tenant == current_user.tenant.id, UserTask.state == _DONE,
                or_(*(and_(UserTask.unit == unit, UserTask.post == post) for unit, post in posts)))


def _gave(posts: Posts) -> ColumnElement[bool]:
    return and_(Handed.tenant == current_user.tenant.id,
                or_(false(), *(and_(Handed.unit == unit, Handed.post == post) for unit, post in posts)))


def some(posts: Posts, most: int) -> Any:
    """How many things these posts have done or given on, counted to `most` and no further, as part of another question."""
    one = literal_column('1').label('one')
    parts = (select(one).select_from(UserTask).where(did(posts)).limit(most).subquery(),
             select(one).select_from(Handed).where(_gave(posts)).limit(most).subquery())
    every = union_all(*(select(part) for part in parts)).limit(most).subquery()
    return select(func.count()).select_from(every).scalar_subquery()


def count(posts: Posts, words: str) -> int:
    """How many of them there are in which these words stand."""
    done, gave = (select(func.count()).select_from(part.subquery()).scalar_subquery() for part in _parts(posts, words))
    return db.session.scalar(select(done + gave))


def rows(posts: Posts, words: str, shown: Page) -> Sequence[Any]:
    """Those of a page, the newest first, each with its task and matter; `act` is how it was given on, `to` who has had it since."""
    most = shown.offset + shown.size
    newest = [part.order_by(*_newest(part.selected_columns)).limit(most).subquery() for part in _parts(posts, words)]
    every = union_all(*(select(part) for part in newest)).subquery()
    page = select(every).order_by(*_newest(every.c)).limit(shown.size).offset(shown.offset).subquery()
    query = (select(page, UserTask.name, UserTask.instance_id, UserTask.matter_id, UserTask.element, Matter.title, Matter.code)
             .join(UserTask, UserTask.id == page.c.id).outerjoin(Matter, Matter.id == UserTask.matter_id))
    return _as_recorded(db.session.execute(query.order_by(*_newest(page.c))).all())


def _newest(columns: Any) -> tuple[Any, ...]:
    return columns.closed_at.desc(), columns.turn.desc(), columns.id.desc()


def _parts(posts: Posts, words: str) -> tuple[Select, Select]:
    """What was done, and what was given on, in the same columns."""
    done = select(UserTask.id, UserTask.closed_at, UserTask.closed_turn.label('turn'), UserTask.closed_by,
                  null().label('act'), null().label('to')).where(did(posts))
    gave = select(UserTask.id, Handed.at.label('closed_at'), UserTask.opened_turn.label('turn'), Handed.by.label('closed_by'),
                  Handed.act, Handed.to).join(UserTask, UserTask.id == Handed.task_id).where(_gave(posts))
    return _worded(done, words), _worded(gave, words)


def _worded(query: Select, words: str) -> Select:
    if not words:
        return query
    return query.outerjoin(Matter, Matter.id == UserTask.matter_id).where(
        *word.found(words, Matter.title, Matter.code, UserTask.name))


def _as_recorded(found: Sequence[Any]) -> Sequence[Any]:
    """Newest first also where several have one moment, because the government's clock stands still: as the trail has it."""
    times = Counter(row.closed_at for row in found)
    tied = [row for row in found if times[row.closed_at] > 1]
    if not tied:
        return found
    done = select(Event.instance_id, Event.element, Event.at, func.max(Event.recorded_at)).where(
        Event.chain.in_({str(row.matter_id or row.instance_id) for row in tied}), Event.kind.in_(_TOLD),
        Event.at.in_({row.closed_at for row in tied})).group_by(Event.instance_id, Event.element, Event.at)
    recorded = {tuple(place): at for *place, at in db.session.execute(done)}

    def when(row: Any) -> tuple:
        return row.closed_at, recorded.get((row.instance_id, row.element, row.closed_at), row.closed_at), row.turn, row.id
    return sorted(found, key=when, reverse=True)
