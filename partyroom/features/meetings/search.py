"""Finding words in all minutes: an index with one token per character, so that any run of characters is found.

Chinese has no spaces between words; a word index would miss what it cut wrongly, and a trigram index cannot find one or
two characters. Every character is a token here and a search is a phrase of them: it finds what LIKE finds.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sqlalchemy import ColumnElement, select, text
from sqlalchemy.orm import Session

from partyroom.features.meetings.tables import AgendaRecord, Meeting, ResolutionRecord
from partyroom.storage.audit import Change

_BETWEEN = "u0"  # stands between two fields, so that no phrase runs from one into the next
_FAMILY = ("meetings", "agenda_items", "resolutions")


def tokens(words: str) -> str:
    """Each character as a token of the index: common characters as they are, all else by code point."""
    return " ".join(_token(character) for character in words.casefold() if not character.isspace())


def _token(character: str) -> str:
    """Characters that the index's tokeniser may not know as letters (rare ones, signs) go by their number."""
    known = character.isascii() and character.isalnum()
    return character if known or "\u4e00" <= character <= "\u9fa5" else f"u{ord(character):x}"


def phrases(words: str) -> str:
    """The index's query for all words of a search, in any order; '' when there is nothing to look for."""
    return " AND ".join(f'"{tokens(word)}"' for word in words.split() if tokens(word))


def matching(words: str) -> ColumnElement[bool]:
    """The condition that a meeting contains every word of the search."""
    found = select(text("rowid")).select_from(text("minutes_search")).where(text("minutes_search MATCH :asked"))
    return Meeting.id.in_(found.params(asked=phrases(words)).scalar_subquery())


def index_meeting(session: Session, meeting: Meeting) -> None:
    """Bring the index up to date with one meeting, in the running transaction."""
    session.flush()
    session.execute(text("DELETE FROM minutes_search WHERE rowid = :id"), {"id": meeting.id})
    content = f" {_BETWEEN} ".join(tokens(part) for part in _texts(meeting))
    session.execute(
        text("INSERT INTO minutes_search (rowid, content) VALUES (:id, :content)"),
        {"id": meeting.id, "content": content},
    )


def index_after(session: Session, change_set: int) -> None:
    """Bring the index up to date with every meeting that an action in the change log touched, such as an undo."""
    changes = session.scalars(
        select(Change).where(Change.change_set_id == change_set, Change.table_name.in_(_FAMILY))
    ).all()
    touched = set(_meetings_of(session, changes))
    for meeting_id in touched:
        meeting = session.get(Meeting, meeting_id, execution_options={"include_deleted": True})
        if meeting is None:
            session.execute(text("DELETE FROM minutes_search WHERE rowid = :id"), {"id": meeting_id})
        else:
            session.refresh(meeting)
            index_meeting(session, meeting)


def _meetings_of(session: Session, changes: Iterable[Change]) -> Iterator[int]:
    for change in changes:
        told = change.after.get("meeting_id") or change.before.get("meeting_id")
        if change.table_name == "meetings":
            yield change.row_id
        elif told:
            yield int(told)
        else:
            kind = AgendaRecord if change.table_name == "agenda_items" else ResolutionRecord
            found = session.scalar(select(kind.meeting_id).where(kind.id == change.row_id))
            if found is not None:
                yield found


def _texts(meeting: Meeting) -> Iterator[str]:
    yield from (meeting.title, meeting.topic, meeting.place, meeting.chair, meeting.minutes)
    yield from (item.title for item in meeting.agenda)
    yield from (resolution.text for resolution in meeting.resolutions)
