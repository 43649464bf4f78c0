"""Numbers and words that differ between governments: a tenant's own value, else the default of `parameters.dmn`."""
from datetime import datetime
from typing import Any

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from engine.db import Base, Json, Utc


class Parameter(Base):
    """A tenant's own value of one parameter."""

    __tablename__ = 'parameter'
    tenant: Mapped[str] = mapped_column(String(20), primary_key=True)
    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    value: Mapped[Any] = mapped_column(Json)
    changed_at: Mapped[datetime] = mapped_column(Utc)
    changed_by: Mapped[str] = mapped_column(String(120))
