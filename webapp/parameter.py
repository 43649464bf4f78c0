"""参数: the numbers and words in which this government differs, as the bundle's table explains them."""
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import select
from werkzeug.wrappers import Response

from engine import parameter
from engine.db import writing
from engine.deployment import Bundle
from engine.errors import NotFound, Refused
from engine.parameter import Parameter, Setting
from webapp import auth, definition, errors, rearm
from webapp.db import db

bp = Blueprint('parameter', __name__)

KEEPERS = ('owner', 'head')


@bp.get('/parameter')
@auth.requires(*KEEPERS)
def index() -> str:
    """Every parameter as it stands, the government's own marked."""
    bundle = definition.current()
    if bundle is None:
        return render_template('definition/none.html')
    changed = {row.name: row for row in db.session.scalars(
        select(Parameter).where(Parameter.tenant == current_user.tenant.id))}
    known = parameter.settings(db.session, current_user.tenant, bundle)
    return render_template('parameter/index.html', settings=known, changed=changed, said=_said)


@bp.get('/parameter/<name>')
@auth.requires(*KEEPERS)
def edit(name: str) -> str:
    """One parameter, to be changed with a reason."""
    return _draw(_found(name))


@bp.post('/parameter/<name>')
@auth.requires(*KEEPERS)
def change(name: str) -> Response | tuple[str, int]:
    """Give the government its own value, or go back to the default; open deadlines follow."""
    found, bundle = _found(name), _bundle()
    value: Any = None if 'default' in request.form else request.form.get('value', '').strip()
    reason = request.form.get('reason', '').strip()[:200]
    if not reason:
        return _draw(found, value, reason=_('写一句为什么改。')), 422
    tenant_id = current_user.tenant.id
    try:
        with writing(db.engine) as session:
            made = parameter.change(session, tenant_id, name, value, current_user.actor(), bundle,
                                    reason=reason)
    except NotFound:
        raise
    except Refused as refusal:
        return _draw(found, value, refusal=errors.sentence(refusal)), 422
    if made.value == found.value:
        flash(_('“%(label)s”本来就是%(value)s，没有改动。', label=made.label, value=_said(made.value)))
    else:
        said = _('“%(label)s”改为%(value)s。', label=made.label, value=_said(made.value))
        flash(said + rearm.rearm(db.engine, tenant_id).said, 'ok')
    return redirect(url_for('parameter.index'), 303)


def _bundle() -> Bundle:
    bundle = definition.current()
    if bundle is None:
        raise NotFound('还没有发布流程，没有参数。')
    return bundle


def _found(name: str) -> Setting:
    return parameter.get(db.session, current_user.tenant, name, _bundle())


def _said(value: Any) -> str:
    return errors.words(parameter.said(value))


def _draw(found: Setting, given: Any = None, refusal: str = '', reason: str = '') -> str:
    return render_template('parameter/edit.html', setting=found, said=_said, refusal=refusal,
                           missing=reason, value=_said(found.value) if given is None else given,
                           why=request.form.get('reason', ''))
