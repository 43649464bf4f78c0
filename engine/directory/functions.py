"""What diagrams, tables and forms may ask about the directory."""
from collections.abc import Callable
from datetime import date

from sqlalchemy.orm import Session

from engine.directory.naming import names
from engine.directory.vacancy import vacant


def functions(session: Session, tenant_id: str, revision: int | None = None, day: date | None = None
              ) -> dict[str, Callable]:
    """``unit_name(codes)`` and ``post_name('unit/post')`` for expressions of this government; with a `day` also
    ``vacant(codes, post)``: the names of those units, else of all, where nobody can be asked at that post (liaison)."""
    called = names(session, tenant_id, revision)

    def empty(units: str | list[str] | None = None, post: str = 'liaison') -> str:
        codes = units.split(',') if isinstance(units, str) else units
        return called.unit(vacant(session, tenant_id, day, post, codes, revision))
    return {'unit_name': called.unit, 'post_name': called.post} | ({'vacant': empty} if day else {})
