"""Numbers and words that differ between governments: a tenant's own value, else the default of `parameters.dmn`."""
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from difflib import SequenceMatcher
from typing import Any, NamedTuple, Protocol

from sqlalchemy import String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine import clock, directory, errors, history, ledger
from engine.db import Base, Json, Utc
from engine.directory import Tenant, Unit
from engine.errors import Broken, NotFound, Refused
from engine.history import Actor, Kind
from engine.remember import changing, remember

TOPIC = 'parameters'
_YES_NO = {'true': True, '是': True, 'yes': True, 'false': False, '否': False, 'no': False}
_MOST = 10_000
_NEAR = 0.6                 # from here on a name may have been meant


class Parameter(Base):
    """A tenant's own value of one parameter."""

    __tablename__ = 'parameter'
    tenant: Mapped[str] = mapped_column(String(20), primary_key=True)
    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    value: Mapped[Any] = mapped_column(Json)
    changed_at: Mapped[datetime] = mapped_column(Utc)                  # in the tenant's time
    changed_by: Mapped[str] = mapped_column(String(120))


class Owner(Protocol):
    """The tenant row, or the part of it that a step has read."""

    id: str
    parameter_revision: int


class Bundle(Protocol):
    """What was deployed: the rows of its table `parameters` by name, each with value, label and unit."""

    parameters: Mapping[str, Mapping[str, Any]]


class Setting(NamedTuple):
    """One parameter of one tenant. `own` says that the value is the tenant's, not the table's."""

    name: str
    value: Any
    default: Any
    own: bool
    label: str
    unit: str


def reader(session: Session, tenant: Owner, bundle: Bundle) -> Callable[[str], Any]:
    """``param(name)`` for diagrams, tables and forms.

    It raises ``Broken`` for a name that the table of parameters does not have.
    """
    own, known = _own(session, tenant), bundle.parameters

    def param(name: str) -> Any:
        if name in own:
            return own[name]
        if name not in known:
            raise Broken(errors.said('没有叫“{name}”的参数', name=name), expression=f"param('{name}')",
                         advice='在决策表 parameters 里加一行，或改正名字')
        return known[name]['value']
    return param


def get(session: Session, tenant: Owner, name: str, bundle: Bundle) -> Setting:
    """One parameter as it stands for the tenant.

    :raises NotFound: the table has no such parameter; the sentence names those that look like it.
    """
    found = next((setting for setting in settings(session, tenant, bundle) if setting.name == name), None)
    if found is None:
        near = sorted((other for other in bundle.parameters if _alike(name, other) > _NEAR),
                      key=lambda other: (-_alike(name, other), other))
        if near:
            raise NotFound('没有叫“{name}”的参数，是不是：{known}', name=name, known=errors.listed(near[:5]))
        raise NotFound('没有叫“{name}”的参数。', name=name)
    return found


def settings(session: Session, tenant: Owner, bundle: Bundle) -> list[Setting]:
    """Every parameter, in the order of the table."""
    own = _own(session, tenant)
    return [Setting(name, own.get(name, row['value']), row['value'], name in own, row.get('label') or name,
                    row.get('unit') or '') for name, row in bundle.parameters.items()]


def change(session: Session, tenant_id: str, name: str, value: Any, actor: Actor, bundle: Bundle, *,
           reason: str = '') -> Setting:
    """Give a tenant its own value, in the caller's writing session; None, or the default, goes back to the default.

    Texts are read as the default's kind (3, 是, false). The caller re-arms the tenant's timers.

    :raises NotFound: there is no such parameter. :raises Refused: the value does not fit it.
    """
    tenant = session.get(Tenant, tenant_id, with_for_update=True, populate_existing=True)
    before = get(session, tenant, name, bundle)
    value = before.default if value is None else _fit(session, tenant_id, before, value)
    if value == before.value:
        return before
    row = session.get(Parameter, (tenant_id, name))
    if value == before.default:
        session.delete(row)
    elif row is None:
        session.add(Parameter(tenant=tenant_id, name=name, value=value, changed_at=clock.now(tenant),
                              changed_by=actor.said))
    else:
        row.value, row.changed_at, row.changed_by = value, clock.now(tenant), actor.said
    tenant.parameter_revision += 1
    for topic in (TOPIC, directory.NAMES):
        changing(session, topic, tenant_id)
    session.flush()
    ledger.look_again(session, tenant_id, clock.now(tenant))
    history.record(session, tenant_id, actor, Kind.PARAMETER_CHANGED,
                   f'{before.label}：由{said(before.value)}改为{said(value)}',
                   {'name': name, 'old': before.value, 'new': value} | ({'reason': reason} if reason else {}))
    return before._replace(value=value, own=value != before.default)


def said(value: Any) -> str:
    """A value as a sentence says it."""
    return errors.said('是') if value is True else errors.said('否') if value is False else str(value)


def _own(session: Session, tenant: Owner) -> dict[str, Any]:
    def read() -> dict[str, Any]:
        return {name: value for name, value in session.execute(
            select(Parameter.name, Parameter.value).where(Parameter.tenant == tenant.id))}
    return remember(session, TOPIC, tenant.id, tenant.parameter_revision, read)


def _fit(session: Session, tenant_id: str, setting: Setting, value: Any) -> Any:
    """The value as the kind of the default."""
    text = str(value).strip()
    if isinstance(setting.default, bool):
        if text.lower() not in _YES_NO:
            raise Refused('{label}要填是或否，您填的是{value}', label=setting.label, value=text)
        return _YES_NO[text.lower()]
    if isinstance(setting.default, (int, float)):
        return _number(setting, text)
    if not text or len(text) > 60:
        raise Refused('{label}要写1到60个字', label=setting.label)
    if setting.unit == '时刻' and not re.fullmatch(r'([01]\d|2[0-3]):[0-5]\d', text):
        raise Refused('{label}要写成 09:00 这样的时刻，您填的是{value}', label=setting.label, value=text)
    codes = re.findall(r'[a-z]\w*(?= )', setting.label, re.ASCII) if setting.unit == '代码' else []
    if codes and text not in codes:
        raise Refused('{label}；您填的是{value}', label=setting.label, value=text)
    if setting.unit == '单位代码' and session.get(Unit, (tenant_id, text)) is None:
        raise Refused('没有代码为“{value}”的单位', value=text)
    return text


def _number(setting: Setting, text: str) -> int | float:
    if not re.fullmatch(r'\d{1,5}(\.\d{1,2})?', text) or float(text) > _MOST:
        raise Refused('{label}要填0到{most}之间的数，您填的是{value}', label=setting.label, most=_MOST, value=text)
    number = float(text)
    if setting.unit != '分' and not number.is_integer():
        raise Refused('{label}要填整数，您填的是{value}', label=setting.label, value=text)
    return int(number) if number.is_integer() else number


def _alike(one: str, other: str) -> float:
    """How much two names have in common: their shared parts, then how alike they are written (0 to 1)."""
    return len(set(one.split('_')) & set(other.split('_'))) + SequenceMatcher(None, one, other).ratio()
