"""Units and posts entered and changed, on the trail."""
from dataclasses import asdict, replace
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from engine import directory, history
from engine.directory import Post, Tree, Unit
from engine.errors import Conflict, Invalid, NotFound
from engine.history import Actor, Kind
from engine.roster.entry import Fault, PostEntry, UnitEntry

POSTS = {'principal': '主要领导', 'deputy': '分管领导', 'officer': '督查员', 'head': '督查室负责人', 'liaison': '联络员',
         'chief': '单位负责人', 'owner': '流程管理员', 'auditor': '审计员', 'operator': '运维员'}
"""The posts that diagrams may ask, and their usual names."""


def entries(tree: Tree) -> dict[str, UnitEntry]:
    """The units of a government as if they were entered."""
    return {code: UnitEntry(place.code, place.name, place.kind, place.parent or '', place.valid_from, place.valid_to,
                            place.successor or '', place.position) for code, place in tree.items()}


def refuse(faults: list[Fault]) -> None:
    """:raises Invalid: there are any."""
    if faults:
        fields: dict[str, list[str]] = {}
        for field, sentence in faults:
            fields.setdefault(field, []).append(sentence)
        raise Invalid(fields)


def add_unit(session: Session, tenant_id: str, actor: Actor, entry: UnitEntry) -> Unit:
    """Enter a unit. :raises Invalid: something is wrong with it. :raises Conflict: its code is taken."""
    directory.alone(session, tenant_id)
    known = entries(directory.tree(session, tenant_id))
    if entry.code in known:
        raise Conflict('单位代码“{code}”已经给了{name}，请换一个', code=entry.code, name=known[entry.code].name)
    refuse(list(entry.faults({**known, entry.code: entry})))
    row = directory.add_unit(session, tenant_id, **columns(entry))
    history.record(session, tenant_id, actor, Kind.UNIT_ADDED, f'建单位：{entry.name}（{entry.code}）', _told(asdict(entry)))
    return row


def change_unit(session: Session, tenant_id: str, actor: Actor, entry: UnitEntry) -> list[str]:
    """Change a unit; the names of what changed. Its code stays.

    :raises NotFound: there is none. :raises Invalid: something is wrong with the entry.
    """
    directory.alone(session, tenant_id)
    row = session.get(Unit, (tenant_id, entry.code))
    if row is None:
        raise NotFound('没有代码为“{unit}”的单位', unit=entry.code)
    known = entries(directory.tree(session, tenant_id))
    before = known[entry.code]
    refuse(list(entry.faults({**known, entry.code: entry})))
    changed = {name: {'old': old, 'new': new} for (name, old), new in zip(
        _told(asdict(before)).items(), _told(asdict(entry)).values(), strict=True) if old != new}
    if changed:
        for name, value in columns(entry).items():
            setattr(row, name, value)
        directory.changed(session, tenant_id)
        history.record(session, tenant_id, actor, Kind.UNIT_CHANGED, f'改单位：{entry.name}（{entry.code}）', changed)
    return list(changed)


def add_post(session: Session, tenant_id: str, actor: Actor, entry: PostEntry, today: date) -> Post:
    """Enter a post of a unit, or its other name or phone.

    :raises Invalid: something is wrong with it.
    """
    directory.alone(session, tenant_id)
    refuse(list(entry.faults(entries(directory.tree(session, tenant_id)), POSTS, today)))
    row = session.get(Post, (tenant_id, entry.unit, entry.post))
    if row is None:
        row = directory.add_post(session, tenant_id, entry.unit, entry.post, entry.name)
    row.name, row.phone = entry.name, entry.phone
    directory.changed(session, tenant_id)
    called = directory.names(session, tenant_id)
    history.record(session, tenant_id, actor, Kind.POST_ADDED,
                   f'设岗位：{called.post(f"{entry.unit}/{entry.post}")}', _told(asdict(entry)))
    return row


def columns(entry: UnitEntry) -> dict[str, Any]:
    """The entry as the columns of its row."""
    return asdict(replace(entry, parent=entry.parent or None, successor=entry.successor or None))


def _told(values: dict[str, Any]) -> dict[str, Any]:
    """As the trail keeps it."""
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in values.items()}
