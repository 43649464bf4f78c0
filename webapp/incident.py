"""故障: steps that could not be carried out, what they read, and going on after the fix."""
from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import func, select
from werkzeug.wrappers import Response

from engine import incident
from engine.deployment import Bundle
from engine.errors import Failed, NotFound
from engine.incident import Incident
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
        .order_by(Incident.opened_at.desc(), Incident.id).limit(shown.size).offset(shown.offset)).all()
    return render_template('incident/index.html', rows=rows, page=shown, state=state)


@bp.get('/incident/<int:incident_id>')
@auth.requires(*MENDERS)
def show(incident_id: int) -> str:
    """One failure: where on the drawing, which expression, the values it read, what to do."""
    row = _found(incident_id)
    matter = db.session.get(Matter, row.matter_id) if row.matter_id else None
    bundle: Bundle | None = definition.of(matter.deployment_id) if matter else definition.current()
    process = bundle.processes.get(row.process) if bundle and row.process else None
    return render_template('incident/show.html', row=row, matter=matter, process=process)


@bp.post('/incident/<int:incident_id>/retry')
@auth.requires('operator')
def retry(incident_id: int) -> Response:
    """Try again after the fix."""
    _found(incident_id)
    try:
        flash(_(incident.retry(db.engine, incident_id, current_user.actor())), 'ok')
    except Failed as failure:
        flash(_('又失败了：%(why)s', why=errors.sentence(failure)), 'warn')
    return redirect(url_for('incident.show', incident_id=incident_id), 303)


def _found(incident_id: int) -> Incident:
    row = db.session.get(Incident, incident_id)
    if row is None or row.tenant != current_user.tenant.id:
        raise NotFound('没有{id}号故障。', id=incident_id)
    return row
