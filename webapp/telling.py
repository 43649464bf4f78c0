"""The bundle that the address asks for, a draft or a version, with its stories: as they stand, and told again."""
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from flask import request
from flask_login import current_user

from engine import coverage, deployment, draft, proof, simulation, story
from engine.coverage import Proof
from engine.db import writing
from engine.deployment import Bundle, Deployment
from engine.draft import Draft
from engine.errors import NotFound
from engine.gate import source
from engine.proof import Outcome
from engine.story.government import posts
from webapp import number
from webapp.db import db

_PATIENCE = 6.0                             # seconds of telling within one request


@dataclass(frozen=True)
class Source:
    """The files of a draft, or of a version."""

    files: Mapping[str, bytes]
    draft: Draft | None
    made: Deployment | None

    @property
    def address(self) -> dict[str, int]:
        """What an address says of it; nothing where it is the version in use."""
        if self.draft:
            return {'draft': self.draft.id}
        return {'version': self.made.number} if 'version' in request.args else {}

    @cached_property
    def key(self) -> str:
        """The hash of the files, under which it is kept how their stories came out."""
        return deployment.digest(self.files)

    @cached_property
    def bundle(self) -> Bundle:
        """The files as read. :raises Refused: one of them cannot be read."""
        return deployment.read(self.files)

    @cached_property
    def proofs(self) -> dict[str, Proof]:
        """How its stories came out, by file."""
        return coverage.proofs(db.session, current_user.tenant.id, self.key)

    @property
    def names(self) -> list[str]:
        """The files that hold stories."""
        return [name for name in sorted(self.files) if source.suffix(name) == story.SUFFIX]


def asked() -> Source:
    """What the address asks for: a draft, a version by its number, else the version in use.

    :raises NotFound: there is none.
    """
    draft_id, version = number.whole(request.values.get('draft')), request.args.get('version')
    tenant_id = current_user.tenant.id
    if draft_id is not None:
        held = draft.find(db.session, tenant_id, current_user.id, draft_id)
        return Source(draft.files(db.session, held), held, None)
    made = deployment.numbered(db.session, tenant_id, version) if version else deployment.current(db.session, tenant_id)
    if made is None:
        raise NotFound('没有这一版流程。')
    return Source(dict(deployment.bundle(db.session, made.id).files), None, made)


def told(files: Mapping[str, bytes], name: str) -> Outcome | None:
    """One story told now; None where it tells nothing.

    :raises Refused: the story cannot be read. :raises Undeployable: the gate refuses the other files.
    """
    return next(_prove(files, [name]), None)


def tell_more(asked_for: Source) -> bool:
    """Tell the stories that were not told yet, all of them again where every one was, as long as a reader waits;
    whether some are left.

    :raises Undeployable: the gate refuses the files.
    """
    left = untold(asked_for)
    if not left:
        with writing(db.engine) as session:
            coverage.forget(session, current_user.tenant.id, asked_for.key)
        left = [one.file for one in coverage.tellable(asked_for.files)]
    begun, done = time.monotonic(), 0
    for outcome in _prove(asked_for.files, left) if left else ():
        keep(asked_for, outcome)
        done += 1
        if time.monotonic() - begun > _PATIENCE:
            break
    return done < len(left)


def untold(asked_for: Source) -> list[str]:
    """The stories of which it is not known how they come out."""
    return [one.file for one in coverage.tellable(asked_for.files) if one.file not in asked_for.proofs]


def keep(asked_for: Source, outcome: Outcome) -> None:
    """Write down how a story of the source came out."""
    with writing(db.engine) as session:
        coverage.keep(session, current_user.tenant.id, asked_for.key, outcome.file, outcome.marks, outcome.fault)


def _prove(files: Mapping[str, bytes], names: list[str]) -> Iterator[Outcome]:
    tenant_id = current_user.tenant.id
    own = simulation.copied(db.session, tenant_id) if posts(tenant_id) is None else None
    return proof.prove(files, proof.grounds(files, own), names)
