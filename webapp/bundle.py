"""The diagrams, tables and forms that are in use here: pages of all rooms ask for them, each request reads them once."""
from flask import g
from flask_login import current_user

from engine import deployment
from engine.deployment import Bundle
from webapp.db import db


def current() -> Bundle | None:
    """What new matters of this government run on; None before the first deployment."""
    if 'bundle' not in g:
        row = deployment.current(db.session, current_user.tenant.id)
        g.bundle = deployment.bundle(db.session, row.id) if row else None
    return g.bundle
