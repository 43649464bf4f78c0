"""The web's database handle. Reads go through `db.session`, writes through `engine.db`, which commits."""
from typing import Any

from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Engine

from engine.db import Base, connect


class Database(SQLAlchemy):
    """Flask-SQLAlchemy on the engine's own connections: WAL, full sync, the BEGIN that writers ask for."""

    def _make_engine(self, bind_key: str | None, options: dict[str, Any], app: Flask) -> Engine:
        return connect(options.pop('url'), **options)


# The metadata is handed over as it is: `model_class=Base` would copy the base.
db = Database(metadata=Base.metadata, session_options={'autoflush': False})
