"""Every table in one place: make them in an empty database, or say that they are there."""
from sqlalchemy import Engine, inspect

from engine import actions, deployment, incident, instance, parameter, token, worker, workcal
from engine.db import Base

ROOMS = (deployment, incident, instance, parameter, token, worker, workcal)
"""The rooms whose tables are not drawn in by others."""


def create(engine: Engine) -> None:
    """Make every table, index and trigger that is not there yet."""
    actions.known()                                    # actions bring tables of their own
    Base.metadata.create_all(engine)


def complete(engine: Engine) -> bool:
    """Whether every table is there."""
    actions.known()
    return set(Base.metadata.tables) <= set(inspect(engine).get_table_names())
