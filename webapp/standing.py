"""Where the matters of a government stand: how many instances run, on which version, and at which step they wait."""
from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import func, select

from engine.definition import Definition
from engine.instance import Instance
from engine.ledger import Matter
from engine.usertask import UserTask
from webapp.db import db


def instances() -> dict[str, dict[str, int]]:
    """How many instances of each process run, are done, were cancelled."""
    found: dict[str, dict[str, int]] = {}
    each = Instance.process, Instance.status
    for process, status, number in db.session.execute(
            select(*each, func.count()).where(Instance.tenant == current_user.tenant.id).group_by(*each)):
        found.setdefault(process, {})[status] = number
    return found


def by_version(process: str) -> dict[int, dict[str, int]]:
    """How many instances of one process run and are done, by deployment."""
    found: dict[int, dict[str, int]] = {}
    for made, status, number in db.session.execute(
            select(Instance.deployment_id, Instance.status, func.count())
            .where(Instance.tenant == current_user.tenant.id, Instance.process == process)
            .group_by(Instance.deployment_id, Instance.status)):
        found.setdefault(made, {})[status] = number
    return found


def matters(*statuses: str) -> dict[int, int]:
    """How many matters of these statuses each version has, by deployment."""
    return dict(db.session.execute(
        select(Matter.deployment_id, func.count()).where(Matter.tenant == current_user.tenant.id,
                                                         Matter.status.in_(statuses))
        .group_by(Matter.deployment_id)).all())


def waiting(process: str) -> dict[str, int]:
    """How many tasks wait at each step of a process, by element."""
    return dict(db.session.execute(
        select(UserTask.element, func.count()).where(UserTask.tenant == current_user.tenant.id,
                                                     UserTask.process == process, UserTask.state == 'open')
        .group_by(UserTask.element)).all())


def walk(process: Definition, counted: Mapping[str, int]) -> dict[str, Any]:
    """The waiting tasks as the viewer draws them: a number at each step."""
    here = {element: number for element, number in counted.items() if element in process.elements}
    return {'nodes': here, 'flows': [], 'now': list(here), 'told': _('{n}件等着办')}
