"""Numbers of documents: per tenant, kind and year, without gaps, never reused."""
from sqlalchemy import Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from engine.db import Base


class Series(Base):
    """The last number given out of one series."""

    __tablename__ = 'number_series'
    tenant: Mapped[str] = mapped_column(String(20), primary_key=True)
    kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    year: Mapped[int] = mapped_column(Integer, primary_key=True)
    last: Mapped[int] = mapped_column(Integer)
