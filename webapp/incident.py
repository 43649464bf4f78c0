"""故障: steps that could not be carried out, what they read, and going on after the fix."""
from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import func, select
from werkzeug.wrappers import Response

from engine import authority, deployment, incident, intervention
from engine.db import carry_out
from engine.errors import Failed, NotFound, Refused
from engine.incident import Incident
from engine.instance import Instance
from engine.ledger import Matter
from webapp import auth, definition, errors, pager
from webapp.db import db

bp = Blueprint('incident', __name__)

MENDERS = ('operator', 'owner')


@bp.get('/incident')
@auth.requires(*MENDERS)
def index() -> str:
    """Open failures, newest first; with `state=resolved` the ones that were mended."""
    state = 'resolved' if request.args.get('state') == 'resolved' else 'open'
    mine = (Incident.tenant == current_user.tenant.id, Incident.state == state)
    shown = pager.page_of(db.session.scalar(select(func.count()).select_from(Incident).where(*mine)))
    rows = db.session.execute(
        select(Incident, Matter.code).outerjoin(Matter, Matter.id == Incident.matter_id).where(*mine)
        .order_by(Incident.opened_at.desc(), Incident.id.desc()).limit(shown.size).offset(shown.offset)).all()
    return render_template('incident/index.html', rows=rows, page=shown, state=state)


@bp.get('/incident/<int:incident_id>')
@auth.requires(*MENDERS)
def show(incident_id: int) -> str:
    """One failure: where on the drawing, which expression, the values it read, what to do."""
    row = _found(incident_id)
    matter = db.session.get(Matter, row.matter_id) if row.matter_id else None
    deployment_id = _deployed(row)
    bundle = definition.of(deployment_id) if deployment_id else None
    process = bundle.processes.get(row.process) if bundle and row.process else None
    return render_template('incident/show.html', row=row, matter=matter, process=process, deployment_id=deployment_id,
                           ends=_ends(row))


@bp.post('/incident/<int:incident_id>/retry')
@auth.requires('operator')
def retry(incident_id: int) -> Response:
    """Try again after the fix."""
    _found(incident_id)
    try:
        flash(errors.words(incident.retry(db.engine, incident_id, current_user.actor())), 'ok')
    except Failed as failure:
        flash(_('又失败了：%(why)s', why=errors.sentence(failure)), 'warn')
    return redirect(url_for('incident.show', incident_id=incident_id), 303)


@bp.post('/incident/<int:incident_id>/stop')
@auth.requires(*MENDERS)
def stop(incident_id: int) -> Response:
    """End the process that failed, where it belongs to no matter; the failure is then over."""
    row, actor = _found(incident_id), current_user.actor()
    key, reason = row.instance_id, request.form.get('reason', '').strip()[:500]
    db.session.rollback()
    try:
        carry_out(db.engine, lambda session: intervention.stop(session, key, actor, reason))
        flash(_('已作废。它的待办都停了，记录都在。'), 'ok')
    except Refused as refusal:
        flash(errors.sentence(refusal), 'warn')
    return redirect(url_for('incident.show', incident_id=incident_id), 303)


def _ends(row: Incident) -> bool:
    """Whether the reader may end what failed: it is under way and belongs to no matter."""
    return bool(row.instance_id and intervention.alone(db.session, row.instance_id)
                and authority.may(db.session, row.tenant, current_user.actor(), 'cancel'))


def _deployed(row: Incident) -> int | None:
    """The version that failed: that of the instance; where a start left none, the one that is in use."""
    own = db.session.scalar(select(Instance.deployment_id).where(Instance.id == row.instance_id))
    used = None if own else deployment.current(db.session, row.tenant)
    return own or (used.id if used else None)


def _found(incident_id: int) -> Incident:
    row = db.session.get(Incident, incident_id)
    if row is None or row.tenant != current_user.tenant.id:
        raise NotFound('没有{id}号故障。', id=incident_id)
    return row
