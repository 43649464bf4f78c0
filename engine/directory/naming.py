"""What units and posts are called, and which of them a form offers."""
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.directory.post import Post
from engine.directory.tenant import NAMES, tenant
from engine.directory.unit import Unit
from engine.remember import remember


@dataclass(frozen=True)
class Names:
    """Codes to Chinese names. What has no row is called by its code, so that a list never fails for a name."""

    units: dict[str, str]
    posts: dict[str, str]

    def unit(self, codes: str | list[str] | None) -> str | None:
        """省发展改革委, or several: 省司法厅、省政务服务中心. None stays None."""
        if codes is None:
            return None
        parts = codes.split(',') if isinstance(codes, str) else codes
        return '、'.join(self.units.get(code.strip(), code.strip()) for code in parts if code.strip())

    def post(self, reference: str | None) -> str | None:
        """省发展改革委·联络员 of "fgw/liaison"; several, separated by commas, are joined by 、. None stays None."""
        if reference is None:
            return None
        return '、'.join(self._post(part.strip()) for part in reference.split(',') if part.strip())

    def _post(self, reference: str) -> str:
        unit, _, post = reference.partition('/')
        return f'{self.units.get(unit, unit)}·{self.posts.get(reference, post)}'


def names(session: Session, tenant_id: str, revision: int | None = None) -> Names:
    """The names of a government's units and posts, remembered until the directory changes.

    Who has the tenant's `parameter_revision` at hand spares a look at its row.
    """
    if revision is None:
        revision = tenant(session, tenant_id).parameter_revision

    def read() -> Names:
        units = select(Unit.code, Unit.name).where(Unit.tenant == tenant_id).order_by(Unit.position, Unit.code)
        posts = select(Post.unit, Post.post, Post.name).where(Post.tenant == tenant_id)
        return Names({code: name for code, name in session.execute(units)},
                     {f'{unit}/{post}': name for unit, post, name in session.execute(posts)})
    return remember(session, NAMES, tenant_id, revision, read)


def unit_names(session: Session, tenant_id: str) -> dict[str, str]:
    """Unit codes to names, in the order of lists."""
    return names(session, tenant_id).units


def post_name(session: Session, tenant_id: str, reference: str) -> str:
    """省发展改革委·联络员 of "fgw/liaison"."""
    return names(session, tenant_id).post(reference)
