"""Stories for tests: the shipped ones and those written in a test, told to a database that the test brings."""
from collections.abc import Iterator
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import Engine, Table
from sqlalchemy.orm import Session
from sqlalchemy.pool import StaticPool

from engine import actions, db, deployment, directory, parameter, proof, schema, story, workcal
from engine.demo.office import book, validity
from engine.directory import Tenant
from engine.history import SYSTEM
from engine.ledger import FACTS
from engine.story import moment, parse

__all__ = ['OFFICES', 'STORIES', 'USUAL', 'Teller', 'bundle_files', 'lines', 'moment', 'office', 'parse']

ROOT = Path(__file__).resolve().parent.parent.parent
OFFICES = book()
STORIES = sorted((ROOT / 'workflows' / 'stories').glob('*.story'))
USUAL = proof.usual_of(story.read(path.read_bytes(), path.name) for path in STORIES)
"""The answers of a step that a story does not care about."""
_ROUNDS = 100_000           # a test may let a matter live for many years


def bundle_files() -> dict[str, bytes]:
    """The shipped diagrams, tables and forms."""
    return {path.name: path.read_bytes() for folder in ('workflows', 'forms') for path in sorted((ROOT / folder).iterdir())
            if path.suffix in ('.bpmn', '.dmn', '.form', '.docx')}


def office(engine: Engine, tenant_id: str, at: datetime, files: dict[str, bytes] | None = None) -> None:
    """A government with its units and posts (nobody signs in), its parameters, and the shipped bundle."""
    told = _told(tenant_id)
    with db.writing(engine) as session:
        for table, rows in _peopled(tenant_id, at):
            session.execute(table.insert(), rows)
        topics = {topic: known.parameters() for topic, known in actions.known().items()}
        made = deployment.deploy(session, tenant_id, files or bundle_files(), '流程管理员', '初版', at, topics, FACTS)
        bundle = deployment.bundle(session, made.id)
        for name, value in told.get('parameters', {}).items():
            parameter.change(session, tenant_id, name, value, SYSTEM, bundle)
        deployment.follow(session, tenant_id)


def _told(tenant_id: str) -> dict[str, Any]:
    return next(each for each in OFFICES['tenants'] if each['id'] == tenant_id)


@cache
def _peopled(tenant_id: str, at: datetime) -> list[tuple[Table, list[dict[str, Any]]]]:
    """The rows of a government with its calendar, units, posts and accounts, made once and copied."""
    engine = db.connect('sqlite://', poolclass=StaticPool, connect_args={'check_same_thread': False})
    schema.create(engine)
    with db.writing(engine) as session:
        _people(session, _told(tenant_id), at)
    with db.reading(engine) as session:
        found = [(table, [dict(row) for row in session.execute(table.select()).mappings()])
                 for table in db.Base.metadata.sorted_tables if table.name != 'alembic_version']
    engine.dispose()
    for row in dict(found)[directory.Account.__table__]:
        del row['id']                                  # the database counts itself
    return [(table, rows) for table, rows in found if rows]


def _people(session: Session, told: dict[str, Any], at: datetime) -> None:
    tenant = Tenant(id=told['id'], name=told['name'], level=told['level'], demo=True, virtual_at=at,
                    covered_until=date(2026, 12, 31))
    session.add(tenant)
    session.flush()
    workcal.seed(session, tenant)
    for position, (code, name, kind, *more) in enumerate(told['units']):
        directory.add_unit(session, tenant.id, code, name, kind, position=position, **validity(more))
        for post in OFFICES['kinds'][kind]:
            directory.add_post(session, tenant.id, code, post, OFFICES['posts'][post])
            session.add(directory.Account(tenant=tenant.id, unit=code, post=post, login=f'{tenant.id}-{code}-{post}',
                                          password_hash='!', session_key=''))


class Teller:
    """Tells the story at a path to one engine; the first line that does not hold fails with its number."""

    def __init__(self, engine: Engine, path: Path, tenant: str = '') -> None:
        self.path, self._teller = path, proof.Teller(engine, lambda government, at: office(engine, government, at), USUAL,
                                                     _ROUNDS)
        self._teller.tenant = tenant
        self.title, self.rules = '', []

    @property
    def matter(self) -> UUID | None:
        """The matter that was registered last."""
        return self._teller.matter

    def tell(self) -> None:
        """The whole story."""
        told = story.read(self.path.read_bytes(), self.path.name)
        assert not told.problems, f'{self.path.name}：{told.problems}'
        self.title, self.rules = told.title or self.title, [*self.rules, *told.rules]
        for line in self._teller.tell(told):
            assert line.state == proof.HELD, f'{self.path.name} 第{line.number}行：{line.text}\n{line.why}'


def lines(path: Path) -> Iterator[tuple[int, str, dict[str, Any]]]:
    """The lines of a story with their answers."""
    for line in story.read(path.read_bytes(), path.name).lines:
        yield line.number, line.text, line.told
