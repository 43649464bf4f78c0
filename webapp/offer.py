"""What a drawing offers to begin: a process with the property `offered` has a button of that name, for the post that may
start it, at a matter where it stands beside one (约谈), else in the room of documents (通报)."""
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, url_for
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import select
from werkzeug.wrappers import Response

from engine import incident, instance
from engine.definition import Definition
from engine.deployment import Bundle
from engine.errors import Broken, Refused
from engine.instance import Instance
from engine.ledger import FACTS, Matter
from webapp import auth, definition, ledger, outlook, page, say, visibility
from webapp.db import db

bp = Blueprint('offer', __name__)



def beside(matter: Matter) -> list[Definition]:
    """What this post may begin beside a matter now."""
    bundle = definition.of(matter.deployment_id)
    if bundle is None or matter.status != 'open':
        return []
    offered = [one for one in _offered(bundle.processes) if not one.stands_alone(FACTS)]
    if not offered:
        return []
    place = outlook.Place(matter, bundle)
    running = set(db.session.scalars(select(Instance.process).where(
        Instance.matter_id == matter.id, Instance.status == 'running', Instance.process.in_([one.id for one in offered]))))
    return [one for one in offered if one.id not in running and begins(one, place)]


def alone() -> list[Definition]:
    """What this post may begin that stands beside no matter."""
    bundle = definition.current()
    functions = {'param': definition.params(bundle).get}
    return [one for one in _offered(bundle.processes if bundle else {}) if one.stands_alone(FACTS) and _held(
        one, bundle, {}, functions)]


def begins(process: Definition, place: outlook.Place) -> bool:
    """Is the signed-in person one who begins this process at a matter?"""
    return _held(process, place.bundle, place.scope, place.functions)


@bp.post('/begin/<process>')
@bp.post('/matter/<uuid:matter_id>/begin/<process>')
@auth.requires(*auth.READERS)
def begin(process: str, matter_id: UUID | None = None) -> Response:
    """Begin it; its first form is the next page."""
    matter = ledger.found(matter_id) if matter_id else None
    if process not in {one.id for one in (beside(matter) if matter else alone())}:
        raise Refused(_('这件事现在不能开始：可能已经有人开始了，或者不由您的岗位开始。'))
    tenant_id, actor = current_user.tenant.id, current_user.actor()
    plan = incident.carry_out_or_open(
        db.engine, lambda session: instance.start(session, tenant_id, process, actor, matter_id=matter_id),
        tenant_id=tenant_id, verb='start', process=process)
    task = next(iter(plan.opened), None)
    flash(_('已经打开，填好以后提交。'), 'ok')
    return redirect((page.href('usertask.show', task_id=task['id']) if task else None) or url_for('document.index'), 303)


def _offered(processes: dict[str, Definition]) -> list[Definition]:
    return [one for one in processes.values() if one.properties.get('offered') and one.starter]


def _held(process: Definition, bundle: Bundle, scope: Mapping[str, Any], functions: Mapping[str, Any]) -> bool:
    """Does the signed-in person act for the drawn starter, or for the post that begins in its place? Where nothing can
    say who that is, nobody does."""
    mine = visibility.posts()
    try:
        drawn = instance.starter(process, scope, functions)
        return drawn in mine or bool(drawn[1]) and instance.beginner(
            db.session, current_user.tenant, bundle, drawn, say.today(), scope, functions) in mine
    except (Broken, Refused):
        return False
