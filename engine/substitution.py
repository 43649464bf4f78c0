"""代办 as an act: who may set a substitute for whom, with every setting and ending on the trail."""
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from engine import authority, deployment, directory, history, parameter
from engine.directory import Held, Substitute, Tenant
from engine.errors import Forbidden, NotFound, Refused, dated
from engine.history import Actor, Kind

LONGEST = 'substitute_days'
"""The parameter that says how many days a substitution may last; where there is none, as long as one likes."""


@dataclass(frozen=True)
class Right:
    """For whom a post may say who acts: for itself, and as the table `oversight` has it for its unit or for all."""

    held: Held
    unit: bool
    all: bool

    def covers(self, asked: Held) -> bool:
        """May it say who acts for this post?"""
        return self.all or asked == self.held or self.unit and asked[0] == self.held[0]


def right(session: Session, tenant_id: str, actor: Actor) -> Right:
    """What this post may set."""
    return Right((actor.unit, actor.post), *(authority.may(session, tenant_id, actor, act)
                                             for act in ('substitute_own', 'substitute')))


def offered(session: Session, tenant: Tenant, day: date) -> tuple[tuple[str, str], ...]:
    """The posts of that day as (unit/post, name), in the order of lists."""
    return directory.options(session, tenant.id, 'posts', day, tenant.parameter_revision)


def put(session: Session, tenant: Tenant, actor: Actor, asked: Held, by: Held, first_day: date, last_day: date,
        today: date) -> Substitute:
    """Let `by` act for `asked` between two days, both included.

    :raises Forbidden: it is not for this post to say. :raises NotFound: one of the posts is not there.
    :raises Refused: the days do not fit, the posts are to stay apart, there is a substitute already, or it would be a
        circle, which the sentence names.
    """
    tenant = directory.alone(session, tenant.id)
    names = _named(session, tenant, today)
    for one in (asked, by):
        if '/'.join(one) not in names:
            raise NotFound('没有“{post}”这个岗位，请从列表里选', post='/'.join(one))
    if not right(session, tenant.id, actor).covers(asked):
        raise Forbidden('{asked}请谁代办，由它自己定；还有哪些岗位可以替它定，写在决策表 oversight 里。',
                        asked=names['/'.join(asked)])
    _fit(first_day, last_day, today, _longest(session, tenant))
    apart = authority.posts(session, tenant.id, authority.APART)
    strict = [one for one in (asked, by) if not {one[1], '/'.join(one)}.isdisjoint(apart)]
    if strict and asked[1] != by[1]:
        raise Refused('{post}要各管各的，只能由同样的岗位代办', post=names['/'.join(strict[0])])
    row = directory.set_substitute(session, tenant.id, asked, by, first_day, last_day, set_by=actor.said)
    history.record(session, tenant.id, actor, Kind.SUBSTITUTE_SET,
                   f'{names["/".join(asked)]}从{first_day}到{last_day}由{names["/".join(by)]}代办',
                   {'asked': '/'.join(asked), 'by': '/'.join(by), 'first_day': str(first_day),
                    'last_day': str(last_day)})
    return row


def end(session: Session, tenant: Tenant, actor: Actor, number: int, now: datetime) -> Substitute:
    """End a substitution from this moment on, whether it has begun or not.

    :raises NotFound: there is none of this number. :raises Refused: it has ended.
    :raises Forbidden: it is not for this post to end.
    """
    directory.alone(session, tenant.id)
    row = session.get(Substitute, number)
    if row is None or row.tenant != tenant.id:
        raise NotFound('没有{number}号代办。', number=number)
    if row.ended_at is not None:
        raise Refused('这次代办已经结束了。')
    if row.by != (actor.unit, actor.post) and not right(session, tenant.id, actor).covers(row.asked):
        raise Forbidden('这次代办由请人的岗位、代办的岗位结束；还有谁可以，写在决策表 oversight 里。')
    directory.end_substitute(session, row, now)
    called = directory.names(session, tenant.id)
    history.record(session, tenant.id, actor, Kind.SUBSTITUTE_ENDED,
                   f'提前结束：{called.post("/".join(row.asked))}由{called.post("/".join(row.by))}代办',
                   {'asked': '/'.join(row.asked), 'by': '/'.join(row.by), 'last_day': str(row.last_day)})
    return row


def listed(session: Session, tenant_id: str, held: Held, *, everybody: bool, most: int) -> Sequence[Substitute]:
    """The substitutions in which a post, or everybody, has a part, the latest first."""
    mine = or_((Substitute.unit == held[0]) & (Substitute.post == held[1]),
               (Substitute.by_unit == held[0]) & (Substitute.by_post == held[1]))
    query = select(Substitute).where(Substitute.tenant == tenant_id, *([] if everybody else [mine]))
    return session.scalars(query.order_by(Substitute.last_day.desc(), Substitute.id.desc()).limit(most)).all()


def _named(session: Session, tenant: Tenant, day: date) -> dict[str, str]:
    return dict(offered(session, tenant, day))


def _longest(session: Session, tenant: Tenant) -> int | None:
    current = deployment.current(session, tenant.id)
    bundle = deployment.bundle(session, current.id) if current else None
    known = bundle is not None and LONGEST in bundle.parameters
    return parameter.reader(session, tenant, bundle)(LONGEST) if known else None


def _fit(first_day: date, last_day: date, today: date, longest: int | None) -> None:
    first, last = dated(first_day, True), dated(last_day, True)
    if last_day < first_day:
        raise Refused('代办要从前一天到后一天，现在填的是{first}到{last}', first=first, last=last)
    if first_day < today:
        raise Refused('代办从今天（{today}）或以后开始，现在填的是{first}', today=dated(today, True), first=first)
    if longest is not None and (last_day - first_day).days >= longest:
        raise Refused('一次代办最长{most}天，现在填的是{first}到{last}', most=longest, first=first, last=last)
