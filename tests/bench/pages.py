"""Figures of the pages: the 台账 at a hundred thousand matters, whatever is asked of it; the weight of a clerk's page."""
import gzip
import re
import time
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import product
from statistics import median
from typing import Any
from uuid import UUID, uuid4

from argon2 import PasswordHasher
from sqlalchemy import Engine, select, text, update

from engine import db
from engine.directory import Account, Unit
from engine.history import EMPTY
from engine.instance.row import CO_UNIT, MATTER, TASK
from tests.bench.meter import tell
from tests.faults.case import BEGIN, TENANT, Case

PASSWORD = 'correct-horse-battery'
_BATCH = 10_000
_SLOWEST = 8                # pages that are asked again, to tell a slow page from a slow moment
# Lengths without a common divisor, so that every combination occurs. One unit leads a third of everything.
_STATUS = ('open',) * 7 + ('closed',) * 3 + ('draft', 'withdrawn', 'rejected')
_LAMPS = ('green', 'green', 'green', 'yellow', 'red', 'grey', 'green')
_LEVELS = (0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 2)
_SOURCES = ('central', 'provincial', 'work_report', 'meeting', 'leader', 'central', 'inspection')
_CLASSES = ('routine', 'routine', 'important', 'routine', 'urgent')
_STAGES = {'open': ('交办', '签收', '承办', '承办', '承办', '办结', '签收', '反馈'), 'closed': ('销号',), 'draft': ('立项',),
           'withdrawn': ('承办',), 'rejected': ('立项',)}
_SUBJECTS = ('重点企业和项目库', '农村饮水安全', '老旧小区改造', '义务教育控辍保学', '产业园区污水处理', '政务服务事项',
             '高速公路沿线绿化', '财政直达资金', '地质灾害隐患点', '基层医疗服务能力', '粮食收购', '营商环境投诉',
             '历史遗留矿山修复', '公租房分配', '农民工工资支付', '森林防火', '招商签约项目落地')
FILTERS = ('', 'unit=fgw', 'unit=sft', 'stage=承办', 'stage=签收', 'stage=销号', 'level=0', 'level=2', 'kind=urgent', 'lamp=red',
           'lamp=red&lamp=yellow', 'q=DB-0999', 'q=粮食', 'q=没有这样的事项', 'unit=sft&kind=urgent&level=1',
           'unit=fgw&lamp=green', 'stage=承办&level=0', 'source=central', 'leader=gov/deputy', 'ext=2', 'late=yes',
           'since=2020-05-01&until=2020-05-31', 'by=registered&since=2020-01-01', 'supervisor=office&q=粮食')
BOARDS = ('/board', '/board/plans', '/board/figures', *(f'/ledger?group={by}&status=all' for by in
                                                        ('unit', 'stage', 'lamp', 'source', 'kind', 'month')))
STATUSES = ('open', 'all', 'closed', 'draft')
SORTS = ('due', 'code', 'unit', 'stage', 'level')


def pages(engine: Engine, name: str, url: str, folder: str, number: int = 100_000) -> None:
    """The usual page of an officer, the slowest of all that the page offers to an officer and to a clerk."""
    first = fill(engine, number)
    app = application(url, folder)
    officer, clerk = signed_in(app, 'gz-office-officer'), signed_in(app, 'gz-fgw-liaison')
    tell(name, 'ledger.page_ms_100k', median(wall(officer, '/ledger') for _ in range(15)), 'ms', '< 100')
    for figure, client in (('ledger.worst_page_ms_100k', officer), ('ledger.worst_page_of_a_unit_ms_100k', clerk)):
        took, path = worst(client)
        tell(name, figure, took, 'ms', '< 100')
        print(f'  {name}: {path}', flush=True)
    for figure, client in (('board', officer), ('board_of_a_unit', clerk)):
        took, path = max((median(wall(client, path) for _ in range(5)), path) for path in BOARDS)
        tell(name, f'{figure}.worst_page_ms_100k', took, 'ms', '< 300')
        print(f'  {name}: {path}', flush=True)
    key, _ = first.waiting('sign')
    weight = max(_weight(clerk, path) for path in ('/tasks', f'/tasks/{key}'))
    tell(name, 'clerk.page_bytes_compressed', weight, 'bytes', '<= 61440')
    with app.app_context():
        app.extensions['sqlalchemy'].engine.dispose()


def fill(engine: Engine, number: int) -> Case:
    """A government with so many matters: in hand with an open task, every third with two co-units; and one real one."""
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
        made = [matter | facts(place, others) for place in range(begin, min(number, begin + _BATCH))]
        with db.writing(engine) as session:
            connection = session.connection()
            connection.execute(MATTER.insert(), made)
            connection.execute(CO_UNIT.insert(), [share for row in made[::3] for share in _shares(row['id'], others)])
            connection.execute(TASK.insert(), [task | {'id': uuid4(), 'matter_id': row['id'], 'unit': row['lead_unit']}
                                               for row in made if row['status'] == 'open'])
    with engine.connect().execution_options(isolation_level='AUTOCOMMIT') as connection:
        # PostgreSQL sweeps by itself after a while, SQLite has nothing to sweep.
        connection.execute(text('ANALYZE' if engine.dialect.name == 'sqlite' else 'VACUUM ANALYZE'))
    return first


def facts(place: int, units: list[str]) -> dict[str, Any]:
    """What is different in each matter."""
    status = _STATUS[place % len(_STATUS)]
    level, stages = _LEVELS[place % len(_LEVELS)], _STAGES[status]
    return {'id': uuid4(), 'code': f'DB-{place:06d}', 'head_seq': 0, 'head_hash': EMPTY, 'status': status,
            'title': f'{_SUBJECTS[place % len(_SUBJECTS)]}第{place}批任务的推进和落实',
            'stage': stages[place // 3 % len(stages)], 'level': level, 'level_label': ('', '督办', '催办')[level],
            'lamp': 'blue' if status == 'closed' else _LAMPS[place % len(_LAMPS)],
            'matter_class': _CLASSES[place % len(_CLASSES)],
            'lead_unit': 'fgw' if place % 3 == 0 else units[place % len(units)],
            'due_at': None if place % 19 == 0 else BEGIN.date() + timedelta(days=place * 7 % 1000 - 400),
            'registered_at': BEGIN - timedelta(hours=place * 11 % 12_000), 'source': _SOURCES[place % len(_SOURCES)],
            'leader_post': 'gov/deputy' if place % 4 else 'gov/principal', 'extension_count': max(0, place % 23 - 20),
            'late': status == 'closed' and place % 5 == 0,
            'closed_at': BEGIN - timedelta(hours=place * 7 % 9_000) if status == 'closed' else None}


def _shares(key: UUID, units: list[str]) -> list[dict[str, Any]]:
    chosen = {units[key.int % len(units)], units[key.int // 64 % len(units)]}
    return [{'matter_id': key, 'unit': unit, 'co_due_at': date(2020, 9, 1), 'duty': '按职责配合', 'reported_at': None,
             'waived': False} for unit in chosen]


def paths() -> Iterator[str]:
    """Every filter with every status, order and direction, its first page and its last."""
    for asked, status, sort, down, page in product(FILTERS, STATUSES, SORTS, ('', '&down=1'), ('', '&page=9999')):
        yield f'/ledger?status={status}&sort={sort}{down}{page}&{asked}'.rstrip('&')


def worst(client: Any) -> tuple[float, str]:
    """The slowest page, in milliseconds, and its address."""
    found = sorted(((wall(client, path), path) for path in paths()), reverse=True)[:_SLOWEST]
    return max((median(wall(client, path) for _ in range(5)), path) for _, path in found)


def application(url: str, folder: str) -> Any:
    """The web application on this database."""
    from webapp import create_app

    return create_app({'DATABASE_URL': url, 'SECRET_KEY': 'k' * 40, 'VAR_DIR': folder, 'TESTING': True})


def signed_in(app: Any, login: str) -> Any:
    """A browser of this account."""
    client = app.test_client()
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get('/sign-in').text)[1]
    answer = client.post('/sign-in', data={'csrf_token': token, 'username': login, 'password': PASSWORD})
    assert answer.location, answer.text
    return client


def wall(client: Any, path: str) -> float:
    """How long a page takes, in milliseconds."""
    begun = time.perf_counter()
    assert client.get(path).status_code == 200, path
    return (time.perf_counter() - begun) * 1e3


def _weight(client: Any, path: str) -> int:
    """The page with every style and script that it names, packed."""
    answer = client.get(path)
    assert answer.status_code == 200, path
    named = re.findall(r'<(?:link rel="stylesheet" href|script[^>]* src)="(/[^"]+)"', answer.text)
    return sum(len(gzip.compress(each)) for each in [answer.data, *(client.get(one).data for one in named)])
