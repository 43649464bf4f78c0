"""When a person may be disturbed: in working hours of working days, as the government's parameters say."""
from dataclasses import dataclass
from datetime import datetime, time, timedelta, tzinfo
from typing import Any

from sqlalchemy.orm import Session

from engine import clock, deployment, parameter, workcal
from engine.workcal import Calendar


@dataclass(frozen=True)
class Hours:
    """The working hours of one government. Where its parameters say nothing, every minute is as good as any other."""

    calendar: Calendar
    zone: tzinfo
    opens: time
    closes: time
    minutes: int

    def first(self, at: datetime) -> datetime:
        """The moment itself when people work then, else the next at which they begin."""
        if self.opens >= self.closes:
            return at
        local = at.astimezone(self.zone)
        if self.calendar.is_workday(local.date()) and local.time() < self.closes:
            return at if local.time() >= self.opens else datetime.combine(local.date(), self.opens, self.zone)
        return datetime.combine(self.calendar.add(local.date(), 1), self.opens, self.zone)

    def ready(self, at: datetime) -> datetime:
        """When something that happened at this moment goes out: at the first minute of a working day when it happened
        before, else when the minutes of the bundle are over, at the latest when people go home."""
        first = self.first(at)
        if first != at or self.opens >= self.closes:
            return first
        home = datetime.combine(at.astimezone(self.zone).date(), self.closes, self.zone) - timedelta(minutes=1)
        return max(at, min(at + timedelta(minutes=self.minutes), home))


def hours(session: Session, tenant: Any, bundle: deployment.Bundle | None) -> Hours:
    """The hours of a government, as its parameters have them: when the day begins and ends, and how many minutes what
    is not urgent waits for more. `tenant` is its row, or what a step knows of it."""
    param = parameter.reader(session, tenant, bundle) if bundle else None

    def own(name: str) -> Any:
        return param(name) if param and name in bundle.parameters else None
    zone = clock.zone(tenant.zone) if isinstance(tenant.zone, str) else tenant.zone
    return Hours(workcal.load(session, tenant), zone, _time(own('remind_from')), _time(own('remind_until')),
                 int(own('remind_bundle_minutes') or 0))


def _time(text: str | None) -> time:
    return time.fromisoformat(text) if text else time()
