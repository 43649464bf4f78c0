"""参数: the numbers and words in which this government differs, as the bundle's table explains them."""
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as later
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
_COUNTED = {'个工作日': later('个工作日'), '天': later('天'), '次': later('次'), '个月': later('个月'), '分': later('分'),
            '分钟': later('分钟')}
_UNITS = {**_COUNTED, '文字': later('文字'), '代码': later('代码'), '单位代码': later('单位代码'), '是否': later('是否'),
          '时刻': later('时刻')}
"""What the shipped table calls its units, in the reader's language; a government's own stay as it wrote them."""


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
    return render_template('parameter/index.html', settings=known, changed=changed, said=_said,
                           unit=_unit)


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


def _unit(setting: Setting) -> str:
    return str(_UNITS.get(setting.unit, setting.unit)).strip()      # as a suffix of a number it begins with a space


def _default(setting: Setting) -> str:
    """It with its unit, where that is one to count in."""
    return f'{_said(setting.default)}{_COUNTED.get(setting.unit, "")}'


def _draw(found: Setting, given: Any = None, refusal: str = '', reason: str = '') -> str:
    return render_template('parameter/edit.html', setting=found, unit=_unit(found), default=_default(found),
                           refusal=refusal, missing=reason, value=_said(found.value) if given is None else given,
                           why=request.form.get('reason', ''))
