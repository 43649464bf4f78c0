"""发布: a bundle becomes the version that new matters run on, by whichever door it comes, and the trail says so."""
from collections.abc import Mapping
from functools import lru_cache

from sqlalchemy.orm import Session

from engine import actions, clock, coverage, deployment, directory, gate, history
from engine.deployment import Deployment
from engine.directory import Tenant
from engine.finding import Finding
from engine.history import Actor, Kind
from engine.ledger import FACTS

_MOST_KEPT = 16


def judge(files: Mapping[str, bytes], posts: frozenset[str] | None = None) -> list[Finding]:
    """What the gate says about these files with the actions and facts that there are, refusals first; with the posts
    of all governments, also which of those that are named there is not.

    The same files are judged once: a draft is looked at many times before it is published.
    """
    return list(_judged(tuple(sorted(files.items())), posts))


@lru_cache(_MOST_KEPT)
def _judged(files: tuple[tuple[str, bytes], ...], posts: frozenset[str] | None) -> tuple[Finding, ...]:
    return tuple(gate.check(dict(files), _topics(), FACTS, posts))


def publish(session: Session, tenant: Tenant, files: Mapping[str, bytes], actor: Actor, note: str) -> Deployment:
    """A new version and its event; nothing where nothing changed.

    :raises Undeployable: the gate refuses something; nothing is written.
    :raises Refused: the government asks for stories that reach more.
    :raises Conflict: somebody deployed at the same instant.
    """
    directory.alone(session, tenant.id)
    before = deployment.current(session, tenant.id)
    made = deployment.deploy(session, tenant.id, files, actor.said, note, clock.now(tenant), _topics(), FACTS)
    if before is None or made.id != before.id:
        coverage.ask(session, tenant, files, before)
        history.record(session, tenant.id, actor, Kind.DEPLOYMENT_MADE, f'发布第{made.number}版：{note or "没有写说明"}',
                       {'deployment': made.id, 'number': made.number, 'hash': made.hash, 'files': sorted(files)})
    return made


def completed(session: Session, tenant_id: str, files: Mapping[str, bytes]) -> dict[str, bytes]:
    """The version in use with these files in it: those of the same name are replaced, the others stay. Who publishes it
    has the government `directory.alone` from before he asks."""
    current = deployment.current(session, tenant_id)
    return {**(deployment.files(session, current.id) if current else {}), **files}


def _topics() -> dict[str, Mapping]:
    """The actions that a diagram may call, with their inputs, as the gate wants them."""
    return {topic: action.parameters() for topic, action in actions.known().items()}
