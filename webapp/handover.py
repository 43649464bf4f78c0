"""移交: the matters of a unit go to the one that takes its place, all at once, with a reason."""
from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from engine import handover, incident
from engine.errors import NotFound, Refused
from webapp import auth, directory, errors, ledger, say
from webapp.db import db

bp = Blueprint('handover', __name__)

MOST = 200                  # matters that one press hands over; the page says how many are left
_SHOWN = 20


@bp.get('/directory/unit/<code>/hand-over')
@auth.requires(*directory.KEEPERS)
def ask(code: str) -> str:
    """Which matters, and to whom."""
    return _draw(code)


@bp.post('/directory/unit/<code>/hand-over')
@auth.requires(*directory.KEEPERS)
def carry(code: str) -> Response | tuple[str, int]:
    """Hand them over, each in a transaction of its own; one that cannot be moved stays, and is told."""
    heir, reason = request.form.get('heir', '')[:40], request.form.get('reason', '').strip()[:300]
    tenant_id, actor, left = current_user.tenant.id, current_user.actor(), []
    try:
        handover.check(db.session, tenant_id, code, heir, say.today(), reason)
    except Refused as refusal:
        return _draw(code, errors.sentence(refusal)), 422
    keys = handover.affected(db.session, tenant_id, code, MOST)
    db.session.rollback()
    for key in keys:
        try:
            incident.carry_out_or_open(
                db.engine, lambda session, key=key: handover.hand_over(session, key, actor, code, heir, reason),
                tenant_id=tenant_id, verb='handover')
        except Refused as refusal:
            left.append(errors.sentence(refusal))
    flash(_('移交了%(n)s件。', n=len(keys) - len(left)), 'ok')
    if left:
        flash(_('有%(n)s件没有移交：%(why)s', n=len(left), why=left[0]), 'warn')
    return redirect(url_for('handover.ask', code=code), 303)


def _draw(code: str, refusal: str = '') -> str:
    tree = directory.units()
    if code not in tree:
        raise NotFound('没有代码为“{unit}”的单位', unit=code)
    keys = handover.affected(db.session, current_user.tenant.id, code)
    heirs = [place for place in tree.values() if place.code != code and place.exists(say.today())]
    return render_template(
        'handover/ask.html', place=tree[code], heirs=heirs, total=len(keys), matters=ledger.rows(keys[:_SHOWN]),
        heir=request.form.get('heir') or tree[code].successor, reason=request.form.get('reason', ''), refusal=refusal,
        content=ledger.reads_content())
