"""Who may do what no diagram draws as a step: the posts that a table of the version in use names for an act."""
from sqlalchemy.orm import Session

from engine import deployment, directory, parameter
from engine.errors import Broken, Forbidden, Refused
from engine.history import Actor

INTERVENTION = ('migrate', 'put', 'cancel', 'suspend', 'set')
"""Move to another version, put a token elsewhere, stop a matter, suspend and resume, set a value: table `intervention`."""
OVERSIGHT = ('release', 'substitute', 'substitute_own')
"""Put back what another account has claimed; set substitutes for every post, or for those of one's own unit: table
`oversight`."""
APART = 'apart'
"""The posts for which only their like act: table `oversight`."""
URGING = ('urge_supervisor', 'urge_leader', 'urge_lead', 'urge_sender')
"""Urge as the unit that supervises, the leader who assigned, the lead unit of a co-unit, who did the step before: table
`oversight`."""

_TABLES = dict.fromkeys(INTERVENTION, ('intervention', 'intervene_posts')) | dict.fromkeys(
    (*OVERSIGHT, APART, *URGING), ('oversight', 'oversee_posts'))
"""Which table answers for an act, and with what."""


def posts(session: Session, tenant_id: str, act: str) -> list[str]:
    """The posts (`owner`, or `office/owner` for one unit's) that may do an act in a government.

    :raises Refused: the version in use does not have the table, or no row for it. :raises Broken: the table fails.
    """
    table_id, output = _TABLES[act]
    current = deployment.current(session, tenant_id)
    bundle = deployment.bundle(session, current.id) if current else None
    table = bundle.tables.get(table_id) if bundle else None
    if table is None:
        raise Refused('在用的一版没有决策表 {table}，不知道谁可以这样做；请流程管理员把它发布进来。', table=table_id)
    functions = {'param': parameter.reader(session, directory.tenant(session, tenant_id), bundle)}
    answer = table.decide({'act': act}, functions).values.get(output)
    return [one.strip() for one in str(answer or '').split(',') if one.strip()]


def may(session: Session, tenant_id: str, actor: Actor, act: str) -> bool:
    """Would `require` let this post? Where the table cannot say, nobody is offered it; `require` says why."""
    try:
        return _may(session, tenant_id, actor, act)
    except (Refused, Broken):
        return False


def require(session: Session, tenant_id: str, actor: Actor, act: str) -> None:
    """Let only those go on whom the table names. Whoever sits at the machine (an actor without a post) may.

    :raises Forbidden: the post may not do this act. :raises Refused: there is no table, or no row for it.
    :raises Broken: the table fails.
    """
    if not _may(session, tenant_id, actor, act):
        raise Forbidden('这个岗位不能做这件事；谁可以，写在决策表 {table} 里。', table=_TABLES[act][0])


def _may(session: Session, tenant_id: str, actor: Actor, act: str) -> bool:
    return not actor.post or not {actor.post, f'{actor.unit}/{actor.post}'}.isdisjoint(posts(session, tenant_id, act))
