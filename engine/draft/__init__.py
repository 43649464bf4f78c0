"""Drafts: what a process owner draws before anybody is affected, kept as the files that differ from a version.

A draft is its maker's own until it is shared; then every process owner of the government may read and change it. Who
saves says what he had read: what somebody else changed since is never written over. Saving is not on the trail (an
editor does it every few seconds and nobody is affected); beginning, sharing and discarding are.
"""
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from engine import clock, deployment, directory, history
from engine.deployment import Deployment
from engine.draft.archive import pack, unpack
from engine.draft.blank import blank
from engine.draft.limit import admit, titled, weigh
from engine.draft.row import Draft, DraftFile
from engine.errors import Conflict, Forbidden, NotFound, Refused, said
from engine.history import Actor, Kind

__all__ = ['Draft', 'DraftFile', 'add', 'base_files', 'begin', 'blank', 'copy', 'discard', 'drafts', 'edited', 'file',
           'files', 'find', 'pack', 'remove', 'rename', 'rename_file', 'restore', 'save', 'share', 'unpack']


def begin(session: Session, tenant_id: str, actor: Actor, name: str, base: Deployment | None,
          given: Mapping[str, bytes]) -> Draft:
    """A draft of the actor's own on a version (None: on nothing), with these files added or in place of its own.

    What a file holds is not looked at: a draft may hold what nobody can read yet.

    :raises Refused: the name, a file's name or a size will not do.
    """
    now = clock.now(directory.tenant(session, tenant_id))
    draft = Draft(tenant=tenant_id, account_id=actor.account_id, owner=actor.said, name=titled(name),
                  base_id=base.id if base else None, version=0, changed_at=now, changed_by=actor.said)
    session.add(draft)
    session.flush()
    if given:
        add(session, draft, actor, given, draft.version)
    history.record(session, tenant_id, actor, Kind.DRAFT_BEGUN, f'起了一稿：{draft.name}',
                   {'draft': draft.id, 'name': draft.name, 'base': base.number if base else None})
    return draft


def copy(session: Session, draft: Draft, actor: Actor, name: str) -> Draft:
    """The same files once more as a draft of the actor's own. :raises Refused: as `begin`."""
    base = session.get(Deployment, draft.base_id) if draft.base_id else None
    made = begin(session, draft.tenant, actor, name, base, {})
    session.add_all(DraftFile(draft_id=made.id, name=one.name, content=one.content, revision=0,
                              saved_at=made.changed_at, saved_by=actor.said) for one in _rows(session, draft).values())
    session.flush()
    return made


def drafts(session: Session, tenant_id: str, account_id: int) -> list[Draft]:
    """The drafts that an account may see, the last changed first: its own, also discarded ones, and shared ones."""
    return list(session.scalars(select(Draft).where(
        Draft.tenant == tenant_id, or_(Draft.account_id == account_id, Draft.shared & Draft.discarded_at.is_(None)))
        .order_by(Draft.changed_at.desc(), Draft.id.desc())))


def find(session: Session, tenant_id: str, account_id: int | None, draft_id: int, *, lock: bool = False) -> Draft:
    """A draft that this account may read and change; ``lock`` for who is about to change it.

    :raises NotFound: there is none, or it is somebody else's and not shared, or it was discarded by its owner.
    """
    found = session.get(Draft, draft_id, with_for_update=lock, populate_existing=lock)
    own = found is not None and found.account_id == account_id
    if found is None or found.tenant != tenant_id or not (own or found.shared and found.discarded_at is None):
        raise NotFound('没有这一稿，或者它的主人没有分享给您。')
    return found


def base_files(session: Session, draft: Draft) -> dict[str, bytes]:
    """What the draft began on, by name."""
    return dict(deployment.bundle(session, draft.base_id).files) if draft.base_id else {}


def files(session: Session, draft: Draft) -> dict[str, bytes]:
    """The whole bundle of a draft: what it began on, with what was changed, added and left out."""
    found = base_files(session, draft)
    for name, row in _rows(session, draft).items():
        if row.content is None:
            found.pop(name, None)
        else:
            found[name] = row.content
    return dict(sorted(found.items()))


def edited(session: Session, draft: Draft) -> dict[str, DraftFile]:
    """Who last saved which file of the draft, by name; those that were left out, too."""
    return _rows(session, draft)


def file(session: Session, draft: Draft, name: str) -> tuple[bytes, int]:
    """What one file of the draft holds, and the revision under which it was read.

    :raises NotFound: the draft has no such file.
    """
    row = session.get(DraftFile, (draft.id, name))
    content = row.content if row else base_files(session, draft).get(name)
    if content is None:
        raise NotFound('这一稿里没有文件“{name}”。', name=name)
    return content, row.revision if row else 0


def save(session: Session, draft: Draft, actor: Actor, name: str, content: bytes, seen: int) -> int:
    """Keep what a file holds now; its new revision. ``seen`` is the revision that was read. A new name makes a file.

    The same content again changes nothing, whoever sends it.

    :raises Conflict: somebody saved or removed the file since. :raises Refused: its name or size will not do.
    """
    known = files(session, draft)
    row = session.get(DraftFile, (draft.id, name))
    if known.get(name) == content:
        return row.revision if row else 0
    if name not in known:
        admit(name)
    _unchanged(session, draft, row, seen)
    weigh({**known, name: content})
    return _put(session, draft, actor, name, content)


def add(session: Session, draft: Draft, actor: Actor, given: Mapping[str, bytes], seen: int) -> None:
    """Put files into the draft, in place of those of the same names. ``seen`` is the draft's version that was read.

    :raises Conflict: one of them was changed since. :raises Refused: a name or size will not do; then none is added.
    """
    known = files(session, draft)
    for name in given.keys() - known.keys():
        admit(name)
    weigh({**known, **given})
    for name, content in sorted(given.items()):
        save(session, draft, actor, name, content, seen)


def remove(session: Session, draft: Draft, actor: Actor, name: str, seen: int) -> None:
    """Take a file out. :raises NotFound: there is none. :raises Conflict: it was changed since version ``seen``."""
    file(session, draft, name)
    _unchanged(session, draft, session.get(DraftFile, (draft.id, name)), seen)
    _put(session, draft, actor, name, None)


def rename_file(session: Session, draft: Draft, actor: Actor, name: str, wanted: str, seen: int) -> None:
    """Give a file another name. :raises Refused: it is taken, or will not do; and as `remove`."""
    content, _revision = file(session, draft, name)
    if wanted in files(session, draft):
        raise Refused('这一稿里已经有“{name}”，请换一个名字。', name=wanted)
    admit(wanted)
    remove(session, draft, actor, name, seen)
    _put(session, draft, actor, wanted, content)


def rename(session: Session, draft: Draft, actor: Actor, name: str) -> None:
    """Call the draft something else. :raises Forbidden: it is another's. :raises Refused: the name will not do."""
    _owned(draft, actor)
    draft.name = titled(name)
    session.flush()


def share(session: Session, draft: Draft, actor: Actor, shared: bool) -> None:
    """Let the other process owners of the government read and change the draft, or no longer.

    :raises Forbidden: it is another's.
    """
    _owned(draft, actor)
    if draft.shared == shared:
        return
    draft.shared = shared
    kind, word = (Kind.DRAFT_SHARED, '分享了') if shared else (Kind.DRAFT_WITHHELD, '不再分享')
    _tell(session, draft, actor, kind, word)


def discard(session: Session, draft: Draft, actor: Actor, now: datetime) -> None:
    """Put the draft away; nothing of it is lost. :raises Forbidden: it is another's."""
    _owned(draft, actor)
    if draft.discarded_at is None:
        draft.discarded_at = now
        _tell(session, draft, actor, Kind.DRAFT_DISCARDED, '丢弃了')


def restore(session: Session, draft: Draft, actor: Actor) -> None:
    """Take a discarded draft back. :raises Forbidden: it is another's."""
    _owned(draft, actor)
    if draft.discarded_at is not None:
        draft.discarded_at = None
        _tell(session, draft, actor, Kind.DRAFT_RESTORED, '取回了')


def _tell(session: Session, draft: Draft, actor: Actor, kind: Kind, word: str) -> None:
    session.flush()
    history.record(session, draft.tenant, actor, kind, f'{word}一稿：{draft.name}',
                   {'draft': draft.id, 'name': draft.name})


def _rows(session: Session, draft: Draft) -> dict[str, DraftFile]:
    found: Sequence[DraftFile] = session.scalars(select(DraftFile).where(DraftFile.draft_id == draft.id)).all()
    return {row.name: row for row in found}


def _owned(draft: Draft, actor: Actor) -> None:
    if draft.account_id != actor.account_id:
        raise Forbidden('这一稿是{owner}的，只有主人能这样做；要改可以另存为自己的一稿。', owner=draft.owner)


def _unchanged(session: Session, draft: Draft, row: DraftFile | None, seen: int) -> None:
    if row is None or row.revision <= seen:
        return
    at = row.saved_at.astimezone(clock.zone(directory.tenant(session, draft.tenant).zone))
    raise Conflict('{who}刚刚{what}这一稿的“{name}”（{at}），您的没有存上，请先看对方的。', who=row.saved_by,
                   what=said('删去了') if row.content is None else said('改了'), name=row.name, at=f'{at:%H:%M}')


def _put(session: Session, draft: Draft, actor: Actor, name: str, content: bytes | None) -> int:
    now = clock.now(directory.tenant(session, draft.tenant))
    draft.version, draft.changed_at, draft.changed_by = draft.version + 1, now, actor.said
    session.merge(DraftFile(draft_id=draft.id, name=name, content=content, revision=draft.version, saved_at=now,
                            saved_by=actor.said))
    session.flush()
    return draft.version
