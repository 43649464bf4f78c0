"""The government in which a story happens: its clock, calendar, parameters, and a worker that cannot ring for ever."""
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from engine import clock, db, deployment, directory, instance, job, ledger, parameter, worker, workcal
from engine.deployment import Bundle
from engine.directory import Tenant
from engine.errors import Refused
from engine.history import SYSTEM
from engine.story import moment as read_moment


class Government:
    """A government on a database, as the lines about time and rules move it. ``tenant`` is '' before it is named.

    ``lay`` makes one that is not there yet, its clock at a moment, the bundle in use; ``most`` bounds how often timers
    may ring in all.
    """

    def __init__(self, engine: Engine, lay: Callable[[str, datetime], None], most: int) -> None:
        self.engine, self._lay, self._left = engine, lay, most
        self.tenant = ''

    def govern(self, government: str, moment: str) -> None:
        """Where and when it happens."""
        at = _read(moment)
        with db.reading(self.engine) as session:
            known = session.get(Tenant, government) is not None
        if known:
            worker.set_clock(self.engine, government, at, SYSTEM)
        else:
            self._lay(government, at)
        self.tenant = government

    def set_parameter(self, parameter: str, value: str) -> None:
        """A parameter of the government changes."""
        with db.writing(self.engine) as session:
            _change_parameter(session, self.tenant, parameter, value)
        self._rearm()

    def change_calendar(self, day: str, work: str) -> None:
        """A day is worked, or off."""
        with db.writing(self.engine) as session:
            tenant = session.get(Tenant, self.tenant)
            workcal.change(session, tenant, [workcal.Row(date.fromisoformat(day), work == '班', '故事')], '故事')
            ledger.look_again(session, self.tenant, clock.now(tenant))
        self._rearm()

    def vacate(self, post: str) -> None:
        """Nobody holds a post any more."""
        with db.writing(self.engine) as session:
            for account in directory.holders(session, self.tenant, *post.split('/')):
                directory.set_active(session, account, False)

    def live_until(self, moment: str) -> None:
        """The clock goes on, a worker alive: each deadline rings at its own moment."""
        self._advance(_read(moment))

    def pass_days(self, days: str) -> None:
        """The clock goes on by working days."""
        with db.reading(self.engine) as session:
            tenant = directory.tenant(session, self.tenant)
            here = clock.now(tenant).astimezone(clock.zone(tenant.zone))
            day = workcal.load(session, tenant).add(here.date(), int(days))
        self._advance(datetime.combine(day, here.timetz()))

    def sleep_until(self, moment: str) -> None:
        """The clock jumps, as after an outage; then the worker wakes."""
        self._set(_read(moment))
        self._work()

    def sleep_on(self, moment: str) -> None:
        """The clock jumps, and no worker wakes."""
        self._set(_read(moment))

    def _advance(self, until: datetime) -> None:
        self._work()
        while (due := self._next()) is not None and due <= until:
            self._set(max(due, self._now()))
            self._work()
        self._set(until)

    def _next(self) -> datetime | None:
        with db.reading(self.engine) as session:
            return job.next_due(session, self.tenant)

    def _now(self) -> datetime:
        with db.reading(self.engine) as session:
            return clock.now(directory.tenant(session, self.tenant))

    def _said(self) -> str:
        return f'{self._now().astimezone(clock.zone()):%Y-%m-%d %H:%M}'

    def _set(self, at: datetime) -> None:
        if at < self._now():
            raise Refused('时钟只能往前走，现在已是{now}。', now=self._said())
        worker.set_clock(self.engine, self.tenant, at, SYSTEM)

    def _work(self) -> None:
        while worker.tick(self.engine, self.tenant):
            self._left -= 1
            if self._left <= 0:
                raise Refused('故事讲不完：定时器响个不停，到{now}还在响，请检查定时器的间隔。', now=self._said())

    def _rearm(self) -> None:
        with db.writing(self.engine) as session:
            deployment.follow(session, self.tenant)
        with db.reading(self.engine) as session:
            matters = instance.with_timers(session, self.tenant)
        for matter in matters:
            self._do(lambda session, matter=matter: instance.rearm(session, matter))

    # -- small things --------------------
    def _do(self, think: Callable[[Session], Any]) -> Any:
        return db.carry_out(self.engine, think)

    def _bundle(self) -> Bundle:
        with db.reading(self.engine) as session:
            return _in_use(session, self.tenant)


def _in_use(session: Session, tenant_id: str) -> Bundle:
    current = deployment.current(session, tenant_id)
    if current is None:
        raise Refused('还没有发布流程。')
    return deployment.bundle(session, current.id)


def _change_parameter(session: Session, tenant_id: str, name: str, value: str) -> None:
    parameter.change(session, tenant_id, name, value, SYSTEM, _in_use(session, tenant_id))


def _read(text: str) -> datetime:
    try:
        return read_moment(text)
    except ValueError:
        raise Refused('没有{text}这个时间。', text=text) from None
