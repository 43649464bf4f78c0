"""运行: is the program up, can it work, and what an operator wants to see first."""
from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, jsonify, render_template
from flask_login import current_user
from sqlalchemy import and_, func, or_, select, update
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.wrappers import Response

from engine import clock, schema, worker
from engine.db import writing
from engine.errors import Refused
from engine.incident import Incident
from engine.job import Job, Timer
from engine.worker import Heartbeat
from webapp import auth, contact, history, outbox, page
from webapp.db import db

bp = Blueprint('health', __name__)

SILENT = timedelta(seconds=30)                   # a worker that has not looked for so long counts as gone


@bp.get('/healthz')
@auth.public
def alive() -> Response:
    """Is the process up? Touches nothing."""
    return jsonify(status='ok', version=page.version())


@bp.get('/readyz')
@auth.public
def ready() -> tuple[Response, int]:
    """Can work be done: does the database take writes, is every table and column there, does a worker live?"""
    lacks = _lacks()
    checks = {'database': _writable(), 'schema': lacks is None, 'worker': _living()}
    good = all(checks.values())
    told = {'advice': lacks} if lacks else {}
    return jsonify(status='ok' if good else 'unready', checks=checks, **told), 200 if good else 503


@bp.get('/health')
@auth.requires('operator', 'owner')
def index() -> str:
    """When timers last ran and what is due for them, what failed, the database, the last verification."""
    tenant_id = current_user.tenant.id
    due = sum(db.session.scalar(select(func.count()).select_from(table).where(table.tenant == tenant_id, waits))
              for table, waits in ((Timer, and_(Timer.due_at <= current_user.now, Timer.held.is_(False))),
                                   (Job, or_(Job.due_at <= current_user.now, Job.real_at <= clock.utcnow()))))
    ahead = db.session.execute(select(func.count(), func.min(Timer.due_at)).where(
        Timer.tenant == tenant_id, Timer.due_at > current_user.now)).one()
    faults = db.session.scalar(select(func.count()).select_from(Incident).where(
        Incident.tenant == tenant_id, Incident.state == 'open'))
    beat = _beat()
    return render_template('health/index.html', beat=beat, living=_recent(beat), due=due, ahead=ahead,
                           faults=faults, database=_database(), verified=history.last_verified(),
                           letters=outbox.counts(), down=outbox.down(), called=contact.called)


def _beat() -> datetime | None:
    return worker.last_beat(db.session)


def _recent(beat: datetime | None) -> bool:
    return beat is not None and clock.utcnow() - beat < SILENT


def _writable() -> bool:
    """Whether a write would go through: one that changes nothing, in a transaction of its own."""
    try:
        with writing(db.engine) as session:
            session.execute(update(Heartbeat).where(Heartbeat.name == '').values(name=''))
    except (SQLAlchemyError, OSError):
        return False
    return True


def _lacks() -> str | None:
    """What the database lacks and what to do, in one sentence; None: it has everything."""
    try:
        schema.check(db.engine)
    except Refused as fault:
        return str(fault)
    except SQLAlchemyError:
        return ''
    return None


def _living() -> bool:
    try:
        return _recent(_beat())
    except SQLAlchemyError:
        return False


def _database() -> dict[str, Any]:
    """The database's kind and version; its address holds secrets and is not shown."""
    dialect = db.engine.dialect
    kind = {'sqlite': 'SQLite', 'postgresql': 'PostgreSQL'}[dialect.name]
    return {'kind': kind, 'version': '.'.join(map(str, dialect.server_version_info or ()))}
