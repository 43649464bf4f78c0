"""The web's database handle. Reads go through `db.session`, writes through `engine.db`, which commits."""
from typing import Any

from flask import Flask, current_app
from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session
from sqlalchemy import Engine

from engine.db import Base, connect


class Reading(Session):
    """What pages read with. PostgreSQL is spared a transaction around it: as it is set here each statement sees a moment
    of its own anyway, and to begin and end one would be two more questions."""

    def get_bind(self, *given: Any, **named: Any) -> Engine:
        known = current_app.extensions
        if 'reading' not in known:
            engine = self._db.engine
            alone = engine.dialect.name == 'postgresql'
            known['reading'] = engine.execution_options(isolation_level='AUTOCOMMIT') if alone else engine
        return known['reading']


class Database(SQLAlchemy):
    """Flask-SQLAlchemy on the engine's own connections: WAL, full sync, the BEGIN that writers ask for."""

    def _make_engine(self, bind_key: str | None, options: dict[str, Any], app: Flask) -> Engine:
        return connect(options.pop('url'), **options)


# The metadata is handed over as it is: `model_class=Base` would copy the base.
db = Database(metadata=Base.metadata, session_options={'autoflush': False, 'class_': Reading})
