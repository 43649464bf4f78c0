"""提请: who wants what in use and why, how it stands, and what can be done with it."""
from collections.abc import Callable, Mapping

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response as Redirect

from engine import coverage, deployment, release
from engine.coverage import Share
from engine.db import writing
from engine.deployment import Deployment
from engine.directory import Tenant
from engine.errors import Conflict, Forbidden, NotFound, Refused
from engine.history import Actor
from engine.release import Proposal
from webapp import auth, errors, standing
from webapp.comparison import against, picture
from webapp.db import db

bp = Blueprint('proposal', __name__)

ACTS: dict[str, Callable[..., Proposal]] = {
    'approve': lambda *step: release.approve(*step, request.form.get('opinion', '')),
    'return': lambda *step: release.return_(*step, request.form.get('opinion', '')),
    'withdraw': release.withdraw, 'renew': release.renew}


@bp.get('/release/proposal/<int:number>')
@auth.signed_in
def show(number: int) -> str:
    """A proposal: who wants what and why, what it changes, how it stands, and what can be done."""
    return _show(number)


@bp.post('/release/proposal/<int:number>')
@auth.requires('owner')
def decide(number: int) -> Redirect | tuple[str, int]:
    """What the pressed button says: approve, return, withdraw, renew."""
    act = ACTS.get(request.form.get('act', ''))
    if act is None:
        abort(400)
    try:
        with writing(db.engine) as session:
            state = act(session, session.get(Tenant, current_user.tenant.id), number, current_user.actor()).state
    except (Conflict, Forbidden, NotFound):
        raise
    except Refused as refusal:
        return _show(number, errors.sentence(refusal)), 422
    return told(number, state)


@bp.get('/release/proposal/<int:number>/<process>.xml')
@auth.signed_in
def drawing(number: int, process: str) -> Response:
    """A diagram of a proposal."""
    return picture(release.files(db.session, release.find(db.session, current_user.tenant.id, number)), process)


def reached(files: Mapping[str, bytes]) -> Share | None:
    """What the stories among these files reach of them; None where none was told."""
    found = coverage.proofs(db.session, current_user.tenant.id, deployment.digest(files))
    return coverage.of(deployment.read(files), found.values()).whole if found else None


def told(number: int, state: str) -> Redirect:
    """To the proposal, with a sentence that says how it stands."""
    flash({release.DONE: _('发布好了，新立的事项从现在起照它走；在办的仍按原来的版本走到底。'),
           release.APPROVED: _('到了生效日，一早自动生效；在那以前还可以撤回。'),
           release.OPEN: _('已提请。由另一个流程管理员批准，批准以前可以撤回。'),
           release.RETURNED: _('已退回，什么都没有改动。'), release.WITHDRAWN: _('已撤回，什么都没有改动。')}[state], 'ok')
    return redirect(url_for('proposal.show', number=number), 303)


def _show(number: int, refusal: str = '') -> str:
    tenant, actor = current_user.tenant, current_user.actor()
    proposal = release.find(db.session, tenant.id, number)
    base = db.session.get(Deployment, proposal.base_id) if proposal.base_id else None
    old = deployment.current(db.session, tenant.id) if proposal.pending else base
    files = release.files(db.session, proposal)
    return render_template(
        'proposal/show.html', proposal=proposal, reached=reached(files), base=base, refusal=refusal,
        opinion=request.form.get('opinion', ''),
        made=db.session.get(Deployment, proposal.deployment_id) if proposal.deployment_id else None, old=old,
        moved=proposal.pending and release.moved_on(db.session, proposal), may=_may(proposal, actor),
        running=sum(standing.matters('open').values()),
        view=against(old, files, lambda stem: url_for(
            'proposal.drawing', number=number, process=stem)))


def _may(proposal: Proposal, actor: Actor) -> set[str]:
    """The acts that this person can do now."""
    if not proposal.pending or actor.post != release.OWNER:
        return set()
    moved, other = release.moved_on(db.session, proposal), release.may_decide(proposal, actor)
    return {act for act, possible in (('approve', other and not moved and proposal.state == release.OPEN),
                                      ('return', other), ('withdraw', not other), ('renew', moved)) if possible}
