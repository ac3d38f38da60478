"""Years that were closed: signed off by name, read-only until somebody opens them again with a reason."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Text, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from partyroom.storage.base import Base, ShortText


class ClosedYear(Base):
    """One closing of a year; it holds until `reopened_at`."""

    __tablename__ = "closed_years"

    id: Mapped[int] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(index=True)
    closed_at: Mapped[datetime]
    closed_by: Mapped[str] = mapped_column(ShortText)
    note: Mapped[str] = mapped_column(Text, default="")
    reopened_at: Mapped[datetime | None] = mapped_column(default=None)
    reopened_by: Mapped[str] = mapped_column(ShortText, default="")
    reopen_reason: Mapped[str] = mapped_column(Text, default="")


def closed_years(session: Session) -> frozenset[int]:
    """The years that are closed now."""
    return frozenset(session.scalars(select(ClosedYear.year).where(ClosedYear.reopened_at.is_(None))))
