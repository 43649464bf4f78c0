"""A government begins: its calendar, its diagrams, and, from a page, the first unit with its keeper's account."""
import re
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from engine import clock, directory, history, publication, workcal
from engine.directory import Tenant
from engine.errors import Conflict, Invalid, listed, said
from engine.history import Actor, Kind

LEVELS = ('省', '市', '县')
_CODE = re.compile(r'[a-z][a-z0-9_-]{0,19}')


@dataclass(frozen=True)
class Founded:
    """The government, and with what its first process owner comes in."""

    tenant: Tenant
    login: str
    password: str


def begin(session: Session, tenant_id: str, name: str, level: str, files: Mapping[str, bytes], actor: Actor) -> Tenant:
    """A government on real time, with the published calendar and these files in use, in the caller's writing session.

    :raises Invalid: its code, name or level is none. :raises Conflict: the code is taken.
    """
    wrong = {} if _CODE.fullmatch(tenant_id) else {'code': [said('代码用小写字母开头，字母、数字、横线，最多20个')]}
    if not name or len(name) > 100:
        wrong['name'] = [said('名称要写1到100个字')]
    if level not in LEVELS:
        wrong['level'] = [said('层级从{levels}里选', levels=listed(LEVELS))]
    if wrong:
        raise Invalid(wrong)
    taken = Conflict('代码“{id}”已经有政府用了，请换一个', id=tenant_id)
    if session.get(Tenant, tenant_id) is not None:
        raise taken
    tenant = Tenant(id=tenant_id, name=name, level=level, covered_until=clock.utcnow().date())
    session.add(tenant)
    try:
        session.flush()
    except IntegrityError as error:                      # somebody founds one at this instant
        raise taken from error
    workcal.seed(session, tenant)
    publication.publish(session, tenant, files, actor, '首次发布')
    return tenant


def found(session: Session, tenant_id: str, name: str, level: str, files: Mapping[str, bytes], actor: Actor) -> Founded:
    """As `begin`, with an office whose process owner can come in with a one-time password and enters the rest.

    :raises Invalid: :raises Conflict: as for `begin`.
    """
    tenant = begin(session, tenant_id, name, level, files, actor)
    directory.add_unit(session, tenant_id, 'office', f'{name}政府办公室', '办公室')
    directory.add_post(session, tenant_id, 'office', 'owner', '流程管理员')
    login, password = f'{tenant_id}-office-owner', directory.new_password()
    directory.add_account(session, tenant_id, 'office', 'owner', login, directory.hash_given(password), one_time=True)
    history.record(session, tenant_id, actor, Kind.TENANT_ADDED, f'建政府：{name}（{tenant_id}）',
                   {'level': level, 'login': login})
    return Founded(tenant, login, password)
