"""比对: what differs between two versions, in words and on the two diagrams."""
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response as Redirect

from engine import comparison, deployment
from engine.comparison import ADDED, DIAGRAM, REMOVED, File
from engine.deployment import Deployment
from engine.errors import NotFound
from webapp import auth, definition
from webapp.db import db

bp = Blueprint('comparison', __name__)

_ORDER = comparison.DIAGRAM, comparison.TABLE, comparison.FORM, comparison.OTHER
_HELD_BACK = {'old': ADDED, 'new': REMOVED}
"""What a side's drawing does not have."""


@dataclass(frozen=True)
class Side:
    """One of the two drawings: where it comes from and which of its elements are marked, as what."""

    name: str
    title: str
    href: str
    marks: Mapping[str, str]


@dataclass(frozen=True)
class View:
    """All that a page shows of a comparison; `pictured` is the diagram that is drawn, `sides` its two drawings."""

    files: Sequence[File]
    pictured: File | None = None
    sides: Sequence[Side] = ()
    params: Mapping[str, Any] = field(default_factory=dict)

    @property
    def total(self) -> dict[str, int]:
        """How many things differ in all, by state."""
        return comparison.total(self.files)

    def drawing(self, name: str) -> str:
        """This page with another diagram drawn."""
        chosen = {**request.args, 'file': name}
        return url_for(request.endpoint, **request.view_args, **chosen, _anchor='pictures')


@bp.get('/release/<int:number>/against/<int:other>')
@auth.signed_in
def show(number: int, other: int) -> str | Redirect:
    """What a version changed against an older one."""
    if number < other:
        return redirect(url_for('comparison.show', number=other, other=number))
    new, old = numbered(number), numbered(other)
    return render_template('comparison/show.html', new=new, old=old, view=view(
        *deployment.differing(db.session, old.id, new.id), lambda side, stem: url_for(
            'definition.xml', deployment_id=(old if side == 'old' else new).id, process=stem),
        {'old': old.number, 'new': new.number}))


def numbered(number: int) -> Deployment:
    """A version of this government. :raises NotFound: there is none."""
    found = deployment.numbered(db.session, current_user.tenant.id, str(number))
    if found is None:
        raise NotFound('没有第{number}版。', number=number)
    return found


def view(old: Mapping[str, bytes], new: Mapping[str, bytes], href: Any, numbers: Mapping[str, int | None]) -> View:
    """The comparison of two bundles for a page: ``href(side, process)`` leads to a side's diagrams, ``numbers`` are
    their versions, None where it is none yet. The address chooses the diagram that is drawn."""
    files = sorted(comparison.compare(old, new), key=lambda one: _ORDER.index(one.kind))
    drawn = [one for one in files if one.kind == DIAGRAM]
    pictured = next((one for one in drawn if one.name == request.args.get('file')), drawn[0] if drawn else None)
    if pictured is None:
        return View(files)
    stem = pictured.name.rpartition('/')[2].removesuffix('.bpmn')
    sides = [Side(side, _title(side, numbers[side]), href(side, stem), _marks(pictured, side))
             for side, has in (('old', old), ('new', new)) if pictured.name in has]
    files.sort(key=lambda one: one is not pictured)                    # what is drawn stands next to its drawing
    return View(files, pictured, sides, definition.params(definition.current()))


def against(old: Deployment | None, files: Mapping[str, bytes], href: Callable[[str], str]) -> View:
    """What these files change against a version; ``href`` leads to their diagrams."""
    before = deployment.files(db.session, old.id) if old else {}
    return view(before, files, lambda side, stem: href(stem) if side == 'new' else url_for(
        'definition.xml', deployment_id=old.id, process=stem), {'old': old.number if old else None, 'new': None})


def _title(side: str, number: int | None) -> str:
    if number is None:
        return _('在用的版本') if side == 'old' else _('提请的版本')
    return _('第%(n)s版', n=number)


def _marks(file: File, side: str) -> dict[str, str]:
    return {item.id: item.state for item in file.items if item.state != _HELD_BACK[side]}


def picture(files: Mapping[str, bytes], process: str) -> Response:
    """A diagram among these files, for the viewer."""
    for name, content in files.items():
        if name.rpartition('/')[2] == f'{process}.bpmn':
            return Response(content, mimetype='application/xml')
    abort(404)
