"""Paces: how many working days each step of a process took, from the tasks that were finished."""
from statistics import median
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import clock, workcal
from engine.directory import Tenant
from engine.usertask import UserTask

_MOST = 5_000                               # tasks, the last finished first; older ones tell of an older practice
_NINE_TENTHS = 0.9


class Pace(NamedTuple):
    """So many tasks: half of them took at most ``median`` working days, nine in ten at most ``most``."""

    count: int
    median: float
    most: int


def paces(session: Session, tenant: Tenant, process: str) -> dict[str, Pace]:
    """The pace of each step of a process in this government, by element; those never finished are not there.

    A task that is done on the day on which it came took no working day.
    """
    rows = session.execute(select(UserTask.element, UserTask.opened_at, UserTask.closed_at).where(
        UserTask.tenant == tenant.id, UserTask.process == process, UserTask.state == 'done', UserTask.asks.is_(None))
        .order_by(UserTask.closed_at.desc()).limit(_MOST)).all()
    calendar, zone = workcal.load(session, tenant), clock.zone(tenant.zone)
    taken: dict[str, list[int]] = {}
    for element, opened, closed in rows:
        days = calendar.between(opened.astimezone(zone).date(), closed.astimezone(zone).date())
        taken.setdefault(element, []).append(max(days, 0))
    return {element: _pace(sorted(days)) for element, days in taken.items()}


def _pace(days: list[int]) -> Pace:
    ninth = days[min(int(len(days) * _NINE_TENTHS), len(days) - 1)]
    return Pace(len(days), median(days), ninth)
