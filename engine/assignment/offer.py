"""What a page offers for a task to this post: only what would not be refused."""
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from engine import authority, directory
from engine.assignment.recall import refusal
from engine.assignment.back import ways_back
from engine.assignment.opinion import opinions
from engine.assignment.seat import seat
from engine.errors import Refused
from engine.history import Actor
from engine.instance import holding
from engine.permit import allowed
from engine.usertask import UserTask


@dataclass(frozen=True)
class Offer:
    """The acts that would be carried out now, and what keeps the form from being submitted (a sentence, or '').

    ``claimed`` is the login of the account that has claimed the task, ``mine`` whether that is the reader's own.
    """

    acts: frozenset[str] = frozenset()
    held: str = ''
    claimed: str = ''
    mine: bool = False
    submitted: bool = False
    delegated: str | None = None
    opinions: Sequence[UserTask] = ()


def offers(session: Session, task_id: UUID, actor: Actor) -> Offer:
    """What this post can do with an open task now.

    :raises NotFound: no such task. :raises Conflict: it is done.
    """
    try:
        found = seat(session, task_id, actor, holder=False)
    except Refused:
        return Offer()
    row, claimed = found.row, found.row['u_claimed_by']
    mine = claimed is not None and claimed == actor.account_id
    facts = {'claimed': holding.login(found.step, claimed) if claimed else '', 'mine': mine, 'delegated': row['u_owner'],
             'submitted': holding.submitted(row['u_kept']) is not None, 'opinions': opinions(session, task_id)}
    return Offer(frozenset(_acts(found, mine)), _held(found), **facts)


def _held(found: Any) -> str:
    try:
        if found.row['u_owner'] is None:
            holding.check(found.step, found.row, found.actor)
        else:
            holding.check_claim(found.step, found.row, found.actor)
        if found.row['u_asked']:
            holding.check_before(found.step, holding.asked(found.step, found.id))
    except Refused as refused:
        return str(refused)
    return ''


def _acts(found: Any, mine: bool) -> set[str]:
    row, actor, asked = found.row, found.actor, {'remove'} if found.row['u_asked'] else set()
    if row['u_claimed_by'] is not None and not mine:
        return {'release'} if authority.may(found.step.session, found.step.tenant_id, actor, 'release') else set()
    held = _holds(found, found.post)
    if row['u_owner'] is not None:
        return ({'hand_back'} if held else set()) | ({'take_back'} if _holds(found, row['u_owner']) else set())
    if not held:
        return set()
    if holding.submitted(row['u_kept']) is not None:
        return {'take_back'} | asked
    acts = {act for act in allowed(found.node) if act in ('transfer', 'delegate', 'consult')} | asked
    if 'claim' in allowed(found.node):
        acts.add('release' if mine else 'claim')
    return acts | ({'return'} if ways_back(found) else set())


def _holds(found: Any, reference: str) -> bool:
    unit, _, post = reference.partition('/')
    try:
        directory.acting_for(found.step.session, found.step.tenant_id, (found.actor.unit, found.actor.post), (unit, post),
                             found.step.today)
    except Refused:
        return False
    return True


def recallable(session: Session, task_id: UUID, actor: Actor) -> str | None:
    """'' when a closed task could be recalled by this post now, a sentence why not where the diagram allows it, else None."""
    refused = refusal(session, task_id, actor)
    return '' if refused is None else refused.said if refused.values.get('why') else None
