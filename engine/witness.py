"""存根 (a witness): where every chain ended at one moment, kept away from the machine that keeps the trail.

Who rewrites a chain together with all that follows from it, or restores an older backup, leaves a trail that is whole in
itself. It is not the trail whose witness somebody else has.
"""
from itertools import islice
from typing import Any

import orjson
from sqlalchemy import func, select, tuple_
from sqlalchemy.orm import Session

from engine import clock
from engine.db import one_moment
from engine.errors import Refused, said
from engine.history import Event

_MADE_BY, _BATCH = 'duban witness 1', 400


def made(session: Session, chain: str | None = None, tenant: str | None = None) -> dict[str, Any]:
    """The witness of this moment, of one chain, of one government or of all: by chain the number and the hash of its last
    event."""
    last = select(Event.chain, func.max(Event.seq).label('seq')).group_by(Event.chain)
    if chain:
        last = last.where(Event.chain == chain)
    elif tenant:
        last = last.where(Event.tenant == tenant)
    ends = last.subquery()
    query = select(Event.chain, Event.seq, Event.hash).join(
        ends, (Event.chain == ends.c.chain) & (Event.seq == ends.c.seq)).order_by(Event.chain)
    return {'made_by': _MADE_BY, 'at': clock.utcnow().isoformat(timespec='seconds'),
            'ends': {chain: [seq, end.hex()] for chain, seq, end in session.execute(query)}}


def read(content: bytes, name: str) -> dict[str, Any]:
    """A witness that was kept as a file. :raises Refused: it is none, or it is damaged."""
    try:
        found = orjson.loads(content)
        if found['made_by'] == _MADE_BY and isinstance(found['at'], str) and all(
                isinstance(seq, int) and 0 < seq < 2 ** 31 and isinstance(end, str) for seq, end in found['ends'].values()):
            return found
    except (ValueError, KeyError, TypeError, AttributeError):
        pass
    raise Refused('“{name}”不是存根，或者坏了。存根由 duban verify --keep 写出。', name=name)


def contradiction(session: Session, kept: dict[str, Any], chain: str | None = None) -> str | None:
    """The first place where the trail, or one chain, is not what the witness saw; None where it is, however far it went on.

    :raises Refused: the witness has not seen that chain.
    """
    ends = {name: end for name, end in kept['ends'].items() if chain in (None, name)}
    if chain and not ends:
        raise Refused('{at}的存根里没有这件事项，比不了。', at=kept['at'][:10])
    with one_moment(session) as still:
        wanted = iter(sorted(ends.items()))
        while batch := dict(islice(wanted, _BATCH)):
            places = tuple_(Event.chain, Event.seq).in_([(name, seq) for name, (seq, _) in batch.items()])
            found = {name: end.hex() for name, end in still.execute(select(Event.chain, Event.hash).where(places))}
            for name, (seq, end) in batch.items():
                if name not in found:
                    return said('{chain} 没有第{n}条了，存根（{at}）里有：末尾被删，或者恢复了更早的备份',
                                chain=name, n=seq, at=kept['at'][:10])
                if found[name] != end:
                    return said('{chain} 第{n}条跟存根（{at}）里的不是同一条：后来被整段重写过', chain=name, n=seq,
                                at=kept['at'][:10])
    return None
