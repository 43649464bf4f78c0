"""Every story holds on both databases, and together they take every sequence flow of the shipped diagrams."""
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from engine import db, deployment
from engine.history import Event
from engine.story import USUAL
from tests.databases import PostgreSql, Sqlite
from tests.workflows.story import OFFICES, STORIES as FILES, Teller, bundle_files, moment, office

pytestmark = pytest.mark.xdist_group('stories')        # one process has what its tests share
STORIES = [path for path in FILES if path.stem != USUAL]
RULES = set((Path(__file__).parent / 'rule_ids.txt').read_text().split())
_taken: dict[Path, set[tuple[str, str]]] = {}


@contextmanager
def governments(server: Sqlite | PostgreSql) -> Iterator[Engine]:
    """A database in which the five governments wait."""
    url = server.filled(_all_of_them)
    engine = db.connect(url)
    yield engine
    engine.dispose()
    server.drop(url)


def _all_of_them(url: str) -> None:
    engine = db.connect(url)
    for told in OFFICES['tenants']:
        office(engine, told['id'], moment(told['stands'][:10]))
    engine.dispose()


def tell(engine: Engine, path: Path) -> Teller:
    """One story, and which flows it took."""
    teller = Teller(engine, path)
    teller.tell()
    with db.reading(engine) as session:
        _taken[path] = {(process, flow) for process, data in session.execute(
            select(Event.process, Event.data).where(Event.process.is_not(None)))
            for flow in json.loads(data).get('flows', ())}
    return teller


@pytest.mark.parametrize('path', STORIES, ids=lambda path: path.stem)
def test_story(server: Sqlite | PostgreSql, path: Path) -> None:
    with governments(server) as engine:
        teller = tell(engine, path)
    assert teller.title, f'{path.name} 没有题目'
    unknown = {rule for rule in teller.rules if rule not in RULES and not rule.startswith('A')}
    assert teller.rules and not unknown, f'{path.name} 引用的规则不存在：{unknown}'


def test_every_sequence_flow_is_taken(server: Sqlite | PostgreSql) -> None:
    """What was told in this session counts; the rest is told now."""
    for path in STORIES:
        if path not in _taken:
            with governments(server) as engine:
                tell(engine, path)
    bundle = deployment.read(bundle_files())
    drawn = {(process, flow) for process, definition in bundle.processes.items() for flow in definition.flows}
    missing = drawn - set().union(*_taken.values())
    assert not missing, f'{len(missing)}条没有走过：{sorted(missing)}'
