"""The only clock. A tenant runs on real time, or stands at a virtual moment until somebody moves it."""
from datetime import datetime, timezone
from typing import Protocol
from zoneinfo import ZoneInfo


YEARS = range(1900, 2200)
"""The years in which anything is counted; a date outside of them is a slip of the pen."""


class Timed(Protocol):
    """Anything with a tenant's clock: the tenant row, or a row joined with it."""

    virtual_at: datetime | None


def zone(name: str = 'Asia/Shanghai') -> ZoneInfo:
    """The time zone in which a tenant's dates are meant and shown."""
    return ZoneInfo(name)


def utcnow() -> datetime:
    """The real moment, aware, in UTC."""
    return datetime.now(timezone.utc)


def now(tenant: Timed) -> datetime:
    """The tenant's moment, aware: where its virtual clock stands, else the real time."""
    return tenant.virtual_at or utcnow()
