"""Figures of 我的待办: a hundred thousand open tasks in a government, twenty thousand of them one post's."""
from collections.abc import Iterator
from datetime import timedelta
from itertools import product
from statistics import median
from typing import Any
from uuid import uuid4

from argon2 import PasswordHasher
from sqlalchemy import Engine, select, text, update

from engine import db
from engine.directory import Account, Unit
from engine.instance.row import MATTER, TASK
from tests.bench.meter import tell
from tests.bench.pages import PASSWORD, application, facts, signed_in, wall
from tests.faults.case import BEGIN, TENANT, Case

_BATCH = 10_000
_SLOWEST = 8                # pages that are asked again, to tell a slow page from a slow moment
_STEPS = ('签收', '组织承办', '填报进展', '研究部署，报送“四合一”清单')
ASKED = ('', 'lamp=red', 'lamp=red&lamp=yellow', 'step=签收', 'unit=fgw', 'due=late', 'due=near', 'due=never', 'q=粮食',
         'q=DB-0999', 'q=db-099995', 'q=没有这样的事项', 'q=粮食 推进 99', 'q=粮食&lamp=green&due=later&step=组织承办')


def inbox(engine: Engine, name: str, url: str, folder: str, number: int = 100_000) -> None:
    """The usual list of the post with a fifth of all tasks, the slowest of all that it offers, and what the script asks."""
    fill(engine, number)
    app = application(url, folder)
    clerk = signed_in(app, 'gz-fgw-liaison')
    tell(name, 'inbox.page_ms_100k', median(wall(clerk, '/tasks') for _ in range(15)), 'ms', '< 50')
    tell(name, 'inbox.page_of_50_ms_100k', median(wall(clerk, '/tasks?rows=50') for _ in range(15)), 'ms', '< 50')
    found = sorted(((wall(clerk, path), path) for path in paths()), reverse=True)[:_SLOWEST]
    took, path = max((median(wall(clerk, path) for _ in range(5)), path) for _, path in found)
    tell(name, 'inbox.worst_page_ms_100k', took, 'ms', '< 50')
    print(f'  {name}: {path}', flush=True)
    tell(name, 'inbox.news_ms_100k', median(wall(clerk, '/tasks/news?since=99990') for _ in range(15)), 'ms', '< 10')
    with app.app_context():
        app.extensions['sqlalchemy'].engine.dispose()


def paths() -> Iterator[str]:
    """Whatever the list can be asked for, in each order, its first and last page, of the usual length and of fifty."""
    for asked, sort, page, rows in product(ASKED, ('', '&sort=new'), ('', '&page=9999'), ('', '&rows=50')):
        yield f'/tasks?{asked}{sort}{page}{rows}'


def fill(engine: Engine, number: int) -> None:
    """So many matters in hand, each with an open task; every fifth is the same unit's."""
    first = Case.begin(engine)
    key, _ = first.waiting('sign')
    hashed = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    with db.writing(engine) as session:
        session.execute(update(Account).values(password_hash=hashed))
        matter = dict(session.execute(select(MATTER).where(MATTER.c.id == first.id)).mappings().one())
        task = dict(session.execute(select(TASK).where(TASK.c.id == key)).mappings().one())
        units = session.scalars(select(Unit.code).where(Unit.tenant == TENANT).order_by(Unit.position)).all()
    others = [unit for unit in units if unit not in ('office', 'fgw')]
    for begin in range(0, number, _BATCH):
        made = [matter | facts(place, others) | _open(place, others) for place in range(begin, min(number, begin + _BATCH))]
        with db.writing(engine) as session:
            connection = session.connection()
            connection.execute(MATTER.insert(), made)
            connection.execute(TASK.insert(), [_task(task, row, begin + place) for place, row in enumerate(made)])
    with engine.connect().execution_options(isolation_level='AUTOCOMMIT') as connection:
        connection.execute(text('ANALYZE' if engine.dialect.name == 'sqlite' else 'VACUUM ANALYZE'))


def _open(place: int, others: list[str]) -> dict[str, Any]:
    return {'status': 'open', 'lead_unit': 'fgw' if place % 5 == 0 else others[place % len(others)],
            'lamp': ('green', 'green', 'green', 'yellow', 'red', 'grey', 'green')[place % 7]}


def _task(like: dict[str, Any], matter: dict[str, Any], place: int) -> dict[str, Any]:
    due = None if place % 19 == 0 else BEGIN + timedelta(days=place * 7 % 1000 - 400)
    return like | {'id': uuid4(), 'matter_id': matter['id'], 'unit': matter['lead_unit'], 'due_at': due,
                   'name': _STEPS[place % len(_STEPS)]}
