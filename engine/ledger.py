"""The 台账: one row of facts per matter, which lists, lamps and reports read. Its version is the matter's lock."""
from collections.abc import Callable, Mapping
from datetime import date, datetime, tzinfo
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Boolean, Column, Date, Float, ForeignKey, Index, Integer, LargeBinary, String, Text, Uuid, text, update)
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine import clock
from engine.db import Base, Utc
from engine.errors import Broken, Refused, said, worded


_WAKES = text('lamp_at IS NOT NULL')
_LISTED = ('stage', 'level', 'lamp', 'matter_class', 'supervisor_unit', 'leader_post', 'source', 'late', 'extension_count',
           'title', 'id')


class Matter(Base):
    """A 督办事项. Diagrams, forms and tables change its facts; the lamp follows from them."""

    __tablename__ = 'ledger'
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    tenant: Mapped[str] = mapped_column(String(20))
    deployment_id: Mapped[int] = mapped_column(Integer)                # every process of the matter runs on this one
    version: Mapped[int] = mapped_column(Integer, default=0)
    head_seq: Mapped[int] = mapped_column(Integer, default=0)
    head_hash: Mapped[bytes] = mapped_column(LargeBinary, default=bytes(32))
    status: Mapped[str] = mapped_column(String(10), default='draft')   # draft open closed rejected withdrawn
    stage: Mapped[str] = mapped_column(String(20), default='')
    lamp: Mapped[str] = mapped_column(String(6), default='green')
    lamp_at: Mapped[datetime | None] = mapped_column(Utc)              # when the lamp may change by itself; None: never
    suspended_at: Mapped[datetime | None] = mapped_column(Utc)         # since when it stands still; None: it does not
    code: Mapped[str | None] = mapped_column(String(40))               # DB-2020-010
    title: Mapped[str | None] = mapped_column(String(300))
    source: Mapped[str | None] = mapped_column(String(40))
    basis: Mapped[str | None] = mapped_column(String(300))
    requirement: Mapped[str | None] = mapped_column(Text)
    evidence: Mapped[str | None] = mapped_column(Text)
    matter_class: Mapped[str | None] = mapped_column(String(20))
    key_matter: Mapped[bool | None] = mapped_column(Boolean, default=False)
    has_basis: Mapped[bool | None] = mapped_column(Boolean, default=False)
    lead_unit: Mapped[str | None] = mapped_column(String(40))
    co_units: Mapped[str | None] = mapped_column(String(1000), default='')
    supervisor_unit: Mapped[str | None] = mapped_column(String(40))
    leader_post: Mapped[str | None] = mapped_column(String(80))
    approver_post: Mapped[str | None] = mapped_column(String(80))
    received_at: Mapped[datetime | None] = mapped_column(Utc)
    registered_at: Mapped[datetime | None] = mapped_column(Utc)
    issued_at: Mapped[datetime | None] = mapped_column(Utc)
    signed_at: Mapped[datetime | None] = mapped_column(Utc)
    due_at: Mapped[date | None] = mapped_column(Date)                  # the legal date, never rolled (A10)
    original_due_at: Mapped[date | None] = mapped_column(Date)
    long_term: Mapped[bool | None] = mapped_column(Boolean, default=False)
    review_at: Mapped[date | None] = mapped_column(Date)
    own_cycle: Mapped[str | None] = mapped_column(String(10), default='')
    co_due_at: Mapped[date | None] = mapped_column(Date)
    level: Mapped[int | None] = mapped_column(Integer, default=0)
    level_label: Mapped[str | None] = mapped_column(String(20), default='')
    level_limit_at: Mapped[date | None] = mapped_column(Date)
    extension_pending: Mapped[bool | None] = mapped_column(Boolean, default=False)
    extension_count: Mapped[int | None] = mapped_column(Integer, default=0)
    closing_pending: Mapped[bool | None] = mapped_column(Boolean, default=False)
    closing_requested_at: Mapped[datetime | None] = mapped_column(Utc)
    closed_at: Mapped[datetime | None] = mapped_column(Utc)
    result: Mapped[str | None] = mapped_column(String(20), default='')
    grade: Mapped[str | None] = mapped_column(String(10), default='')
    late: Mapped[bool | None] = mapped_column(Boolean, default=False)
    late_reports: Mapped[int | None] = mapped_column(Integer, default=0)
    milestone_missed: Mapped[bool | None] = mapped_column(Boolean, default=False)
    progress_percent: Mapped[int | None] = mapped_column(Integer, default=0)
    points: Mapped[float | None] = mapped_column(Float, default=0.0)
    honours_lost: Mapped[bool | None] = mapped_column(Boolean, default=False)
    assumed: Mapped[str | None] = mapped_column(String(300), default='')   # what the source does not say (demo data)
    __table_args__ = (
        Index('ledger_code', 'tenant', 'code', unique=True),
        Index('ledger_lamp', 'tenant', 'status', 'lamp', 'lead_unit', 'supervisor_unit', 'leader_post', 'id'),
        Index('ledger_registered', 'tenant', 'registered_at', 'lead_unit'),
        Index('ledger_closed', 'tenant', 'closed_at', 'status', 'late', 'lead_unit'),
        Index('ledger_wake', 'tenant', 'lamp_at', sqlite_where=_WAKES, postgresql_where=_WAKES),
        # Whatever the 台账 is filtered and sorted by: any question reads one of these once and no row.
        Index('ledger_list', 'tenant', 'status', 'due_at', 'code', 'lead_unit', *_LISTED),
        Index('ledger_unit', 'tenant', 'lead_unit', 'status', 'due_at', 'code', *_LISTED),
    )


class CoUnit(Base):
    """One co-unit's share of a matter, with a date of its own (A20)."""

    __tablename__ = 'co_unit'
    matter_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey('ledger.id'), primary_key=True)
    unit: Mapped[str] = mapped_column(String(40), primary_key=True)
    co_due_at: Mapped[date | None] = mapped_column(Date)
    duty: Mapped[str | None] = mapped_column(Text)
    reported_at: Mapped[datetime | None] = mapped_column(Utc)
    waived: Mapped[bool] = mapped_column(Boolean, default=False)
    __table_args__ = (Index('co_unit_unit', 'unit', 'matter_id'),)


_HOUSEKEEPING = {'id', 'tenant', 'deployment_id', 'version', 'head_seq', 'head_hash', 'status', 'lamp_at', 'suspended_at'}
FACTS = {column.name: column for column in Matter.__table__.columns if column.name not in _HOUSEKEEPING}
"""The names that forms, tables and actions may write as facts of a matter; any other name stays with its instance."""

_BLANK = {column.name: column.default.arg if column.default is not None else None for column in Matter.__table__.columns}
_TRUE = {'true': True, 'false': False}
_LARGEST = 2**31 - 1


class Facts:
    """The facts of one matter while a step thinks: read as expressions see them, written with a type check.

    Expressions see dates as ``YYYY-MM-DD`` and moments as ISO strings with the tenant's offset.
    """

    def __init__(self, row: Mapping[str, Any], zone: tzinfo, *, new: bool = False) -> None:
        self.row, self.zone, self.new = dict(row), zone, new
        self.changed: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        """A fact's value as an expression sees it; None while it is not known."""
        value = self.row[name]
        if isinstance(value, datetime):
            return value.astimezone(self.zone).isoformat()
        return value.isoformat() if isinstance(value, date) else value

    def write(self, name: str, value: Any) -> tuple[Any, Any] | None:
        """Set a fact; the old and new value as expressions see them, None when nothing changes.

        :raises Broken: the value does not fit the fact.
        """
        old, new = self.row[name], fit(FACTS[name], value)
        if old == new:
            return None
        before = self[name]
        self.row[name] = self.changed[name] = new
        return before, self[name]

    def wake_at(self, at: datetime | None) -> None:
        """Look at the lamp again at this moment, whatever happens until then; None: only when something happens."""
        if self.row['lamp_at'] != at:
            self.row['lamp_at'] = self.changed['lamp_at'] = at

    def settle(self) -> None:
        """Let the status follow the facts."""
        row = self.row
        status = (row['result'] if row['result'] in ('rejected', 'withdrawn')
                  else 'closed' if row['closed_at'] else 'open' if row['issued_at'] else 'draft')
        if status != row['status']:
            row['status'] = self.changed['status'] = status


def fit(column: Column, value: Any) -> Any:
    """A value as its column keeps it. :raises Broken: it does not fit."""
    read, limit, has_blank = _kept(column)
    if value is None or value == '' and not has_blank:
        return None
    try:
        found = read(value)
    except (KeyError, TypeError, ValueError, OverflowError, AttributeError):
        raise Broken(said('事实 {name} 不能写成{value}', name=column.name, value=worded(value)), values={column.name: value},
                     advice='检查写这个事实的表单、决策表或动作') from None
    if limit and len(found) > limit:
        raise Broken(said('事实 {name} 最多{limit}个字，给的是{count}个字', name=column.name, limit=limit, count=len(found)),
                     advice='把内容写短')
    return found


def fitting(values: Mapping[str, Any]) -> None:
    """What would be a failure of a diagram is, of a person, a slip of the pen.

    :raises Refused: one of the facts among the values does not fit its column.
    """
    for name in values.keys() & FACTS.keys():
        try:
            fit(FACTS[name], values[name])
        except Broken as fault:
            raise Refused('{why}。', why=fault.cause) from None


@cache
def _kept(column: Column) -> tuple[Callable[[Any], Any], int | None, bool]:
    """What reads a column's values, how long they may be, and whether an empty text is one."""
    kind = column.type
    return _READ.get(type(kind), _text), getattr(kind, 'length', None), isinstance(kind, String)


def _truth(value: Any) -> bool:
    return value if isinstance(value, bool) else _TRUE[str(value).lower()]


def _day(value: Any) -> date:
    return _counted(date.fromisoformat(value[:10]) if isinstance(value, str) else value)


def _moment(value: Any) -> datetime:
    moment = _counted(datetime.fromisoformat(value) if isinstance(value, str) else value)
    if moment.tzinfo is None:
        raise ValueError(value)
    return moment


def _counted(day: Any) -> Any:
    if day.year not in clock.YEARS:
        raise ValueError(day)
    return day


def _whole(value: Any) -> int:
    number = int(value)
    if abs(number) > _LARGEST:
        raise ValueError(number)
    return number


def _text(value: Any) -> str:
    text = ','.join(value) if isinstance(value, list) else str(value)
    if isinstance(value, dict) or '\0' in text:                     # PostgreSQL keeps no text with a zero in it
        raise ValueError(value)
    return text


_READ = {Boolean: _truth, Date: _day, Utc: _moment, Integer: _whole, Float: float}
"""By kind of column, what makes a value of it; what cannot be read raises whatever reading it raises."""


def blank(tenant: str, key: UUID, deployment_id: int) -> dict[str, Any]:
    """The row of a matter that has just begun."""
    return {**_BLANK, 'id': key, 'tenant': tenant, 'deployment_id': deployment_id}


def look_again(session: Session, tenant_id: str, at: datetime) -> None:
    """Have every lamp of a government looked at by the worker at `at`: its calendar, a parameter or its clock was changed.

    Each matter's version counts it, so that a step which was thought out before is thought out anew.
    """
    session.execute(update(Matter).where(Matter.tenant == tenant_id, Matter.status == 'open')
                    .values(lamp_at=at, version=Matter.version + 1))
