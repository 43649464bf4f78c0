"""A government of the demo as its document has it: units, posts and an account for each post."""
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from importlib.resources import files as packaged
from typing import Any, NamedTuple

from sqlalchemy.orm import Session

from engine import directory, workcal
from engine.directory import Tenant


class Seat(NamedTuple):
    """A post with the account that sits on it; `name` is the unit's and the post's."""

    unit: str
    post: str
    login: str
    name: str


def book() -> dict[str, Any]:
    """`offices.json`: the governments, what posts each kind of unit has, and the password."""
    return json.loads(packaged(__package__).joinpath('offices.json').read_text(encoding='utf-8'))


def seats(office: Mapping[str, Any], known: Mapping[str, Any]) -> Iterator[Seat]:
    """Every post of a government, in the order of its units."""
    for code, name, kind, *_ in office['units']:
        for post in known['kinds'][kind]:
            yield Seat(code, post, f'{office["id"]}-{code}-{post}', f'{name}·{known["posts"][post]}')


def validity(more: Sequence[Mapping[str, str]]) -> dict[str, Any]:
    """From when until when a unit exists and who succeeds it, as its entry in the book says after code, name, kind."""
    return {key: date.fromisoformat(value) if key.startswith('valid') else value
            for one in more for key, value in one.items()}


def opened(session: Session, office: Mapping[str, Any], known: Mapping[str, Any], at: datetime, hashed: str) -> Tenant:
    """Write the government with its calendar, units, posts and accounts; its clock stands at `at`. `hashed` is
    everybody's password."""
    tenant = Tenant(id=office['id'], name=office['name'], level=office['level'], document=office['document'],
                    demo=True, virtual_at=at, covered_until=at.date())
    session.add(tenant)
    session.flush()
    workcal.seed(session, tenant)
    for position, (code, name, kind, *more) in enumerate(office['units']):
        directory.add_unit(session, tenant.id, code, name, kind, position=position, **validity(more))
    for seat in seats(office, known):
        directory.add_post(session, tenant.id, seat.unit, seat.post, known['posts'][seat.post])
        directory.add_account(session, tenant.id, seat.unit, seat.post, seat.login, hashed)
    return tenant
