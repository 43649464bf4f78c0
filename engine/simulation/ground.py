"""What a simulation stands on: a government's directory, calendar and parameters, copied, and the files in use."""
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Engine, Table, select
from sqlalchemy.orm import Session
from sqlalchemy.pool import StaticPool

from engine import clock, db, deployment, directory, parameter, schema, workcal
from engine.demo import office
from engine.deployment import Bundle
from engine.directory import Account, Post, Substitute, Tenant, Unit
from engine.errors import NotFound, listed
from engine.parameter import Parameter
from engine.workcal import CalendarDay

_KEYED = (Unit, Post, Account, Substitute, CalendarDay, Parameter)
_SECRETS = {'password_hash': '!', 'session_key': '', 'failed': 0, 'locked_until': None}


@dataclass(frozen=True)
class Ground:
    """A government as it stands at one moment. Rows by table, in an order in which they can be written.

    ``demo`` says that it is one of the demo's governments, as the stories know it.
    """

    tenant_id: str
    name: str
    zone: str
    day: date
    rows: tuple[tuple[Table, list[dict[str, Any]]], ...]
    files: Mapping[str, bytes]
    demo: bool = False

    @property
    def parameters(self) -> dict[str, Any]:
        """The government's own values."""
        return {row['name']: row['value'] for table, rows in self.rows if table is Parameter.__table__ for row in rows}

    def lay(self, session: Session, at: datetime) -> None:
        """Write the copy into an empty database, its clock standing at `at`."""
        for table, rows in self.rows:
            if table is Tenant.__table__:
                rows = [{**row, 'virtual_at': at} for row in rows]
            if rows:
                session.execute(table.insert(), rows)

    def functions(self, at: datetime, bundle: Bundle) -> dict[str, Callable[..., Any]]:
        """What a table of the bundle may call in this government at this moment."""
        engine = memory()
        try:
            with db.writing(engine) as session:
                self.lay(session, at)
                tenant = directory.tenant(session, self.tenant_id)
                return {**workcal.functions(workcal.load(session, tenant), at, clock.zone(self.zone)),
                        **directory.functions(session, self.tenant_id),
                        'param': parameter.reader(session, tenant, bundle)}
        finally:
            engine.dispose()


def memory() -> Engine:
    """An empty database with every table, that is gone when its engine is disposed of."""
    engine = db.connect('sqlite://', poolclass=StaticPool, connect_args={'check_same_thread': False})
    schema.create(engine)
    return engine


def copied(session: Session, tenant_id: str) -> Ground:
    """A government of this database, with the files of its version in use; nothing is written. No password is copied.

    :raises NotFound: there is no such government.
    """
    tenant = directory.tenant(session, tenant_id)
    current = deployment.current(session, tenant_id)
    return _ground(session, tenant, deployment.files(session, current.id) if current else {})


def _ground(session: Session, tenant: Tenant, files: Mapping[str, bytes], demo: bool = False) -> Ground:
    own = {column.name: getattr(tenant, column.name) for column in Tenant.__table__.columns
           if not column.name.startswith('head_')} | {'demo': True}
    tables = [(table.__table__, [dict(row) for row in session.execute(select(table.__table__).where(
        table.__table__.c.tenant == tenant.id)).mappings()]) for table in _KEYED]
    rows = [(table, [{**row, **_SECRETS} for row in rows] if table is Account.__table__ else rows)
            for table, rows in tables]
    at = tenant.virtual_at.date() if tenant.virtual_at else date.today()
    return Ground(tenant.id, tenant.name, tenant.zone, at, ((Tenant.__table__, [own]), *rows), dict(files), demo)


def demo(tenant_id: str, files: Mapping[str, bytes]) -> Ground:
    """One of the demo's governments on the day of its document, without its matters; `files` are in use there.

    :raises NotFound: the demo has no such government.
    """
    offices = office.book()
    told = next((one for one in offices['tenants'] if one['id'] == tenant_id), None)
    if told is None:
        raise NotFound('没有代码为“{id}”的政府；演示里有：{known}', id=tenant_id,
                       known=listed(one['id'] for one in offices['tenants']))
    engine = memory()
    try:
        with db.writing(engine) as session:
            tenant = _opened(session, told, offices)
            return _ground(session, tenant, files, demo=True)
    finally:
        engine.dispose()


def _opened(session: Session, told: Mapping[str, Any], offices: Mapping[str, Any]) -> Tenant:
    at = datetime.fromisoformat(told['stands'])
    tenant = office.opened(session, told, offices, at, _SECRETS['password_hash'])
    for name, value in told.get('parameters', {}).items():
        session.add(Parameter(tenant=tenant.id, name=name, value=value, changed_at=at, changed_by='演示'))
    session.flush()
    return tenant
