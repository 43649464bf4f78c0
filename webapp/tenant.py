"""各级政府: which governments this installation serves; the operator adds one."""
from pathlib import Path

from flask import Blueprint, render_template, request
from flask_login import current_user
from sqlalchemy import func, select

from engine import founding
from engine.db import writing
from engine.directory import Account, Tenant, Unit
from engine.errors import Invalid, Refused
from webapp import auth, config, errors
from webapp.db import db

bp = Blueprint('tenant', __name__)

_SHIPPED = ('.bpmn', '.dmn', '.form', '.docx')


@bp.get('/tenants')
@auth.requires('operator')
def index() -> str:
    """Every government with how many units and accounts it has. What they do is theirs: nothing of it is shown."""
    return _draw()


@bp.post('/tenants')
@auth.requires('operator')
def add() -> str | tuple[str, int]:
    """Found a government; its process owner's one-time password is shown this once."""
    given = {name: request.form.get(name, '').strip()[:120] for name in ('code', 'name', 'level')}
    try:
        with writing(db.engine) as session:
            made = founding.found(session, given['code'], given['name'], given['level'], _files(), current_user.actor())
            login, password, name = made.login, made.password, made.tenant.name
    except Refused as refusal:
        wrong = errors.wrong(refusal.fields) if isinstance(refusal, Invalid) else {'code': [errors.sentence(refusal)]}
        return _draw(given, wrong), 422
    return render_template('tenant/added.html', name=name, login=login, password=password)


def _files() -> dict[str, bytes]:
    """The diagrams, tables, forms and templates that come with Duban."""
    return {path.name: path.read_bytes() for folder in ('workflows', 'forms')
            for path in sorted(Path(config.ROOT, folder).iterdir()) if path.suffix in _SHIPPED}


def _draw(given: dict[str, str] | None = None, wrong: dict[str, list[str]] | None = None) -> str:
    counted = [dict(db.session.execute(select(table.tenant, func.count()).group_by(table.tenant)).all())
               for table in (Unit, Account)]
    rows = [(row, *(one.get(row.id, 0) for one in counted))
            for row in db.session.scalars(select(Tenant).order_by(Tenant.id))]
    return render_template('tenant/index.html', rows=rows, given=given or {}, wrong=wrong or {}, levels=founding.LEVELS,
                           lines=[(key, said) for key, sentences in (wrong or {}).items() for said in sentences])
