"""Texts that a person has typed but not yet saved; they survive a crash of the program."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Text, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from partyroom.core.calendar import now
from partyroom.storage.base import Base


class Draft(Base):
    """The unsaved content of one form, by the form's key."""

    __tablename__ = "drafts"

    key: Mapped[str] = mapped_column(Text, primary_key=True)
    saved_at: Mapped[datetime]
    payload: Mapped[dict[str, Any]] = mapped_column(JSON)


@dataclass(frozen=True, slots=True)
class SavedDraft:
    """A draft found again."""

    saved_at: datetime
    payload: dict[str, Any]


def load_draft(session: Session, key: str) -> SavedDraft | None:
    """The draft kept under `key`, if there is one."""
    draft = session.get(Draft, key)
    return None if draft is None else SavedDraft(draft.saved_at, draft.payload)


def all_drafts(session: Session) -> dict[str, dict[str, Any]]:
    """The payloads of all drafts by their keys."""
    return {draft.key: draft.payload for draft in session.scalars(select(Draft))}


def save_draft(session: Session, key: str, payload: dict[str, Any]) -> None:
    """Keep `payload` (JSON values) under `key`, replacing what was there."""
    session.merge(Draft(key=key, saved_at=now(), payload=payload))


def discard_draft(session: Session, key: str) -> None:
    """Forget the draft under `key`; nothing happens when there is none."""
    session.execute(delete(Draft).where(Draft.key == key))
