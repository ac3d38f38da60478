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
_TABLE = "CREATE VIRTUAL TABLE minutes_search USING fts5(content, content='', contentless_delete=1)"
_STEP = 500  # meetings read at a time where all are read


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
    forget_meeting(session, meeting.id)
    session.execute(_INSERT, {"id": meeting.id, "content": _content(_texts(meeting))})


def forget_meeting(session: Session, meeting_id: int) -> None:
    """Take a meeting that is no longer stored out of the index, in the running transaction."""
    session.execute(text("DELETE FROM minutes_search WHERE rowid = :id"), {"id": meeting_id})


def index_after(session: Session, change_set: int) -> None:
    """Bring the index up to date with every meeting that an action in the change log touched, such as an undo."""
    changes = session.scalars(
        select(Change).where(Change.change_set_id == change_set, Change.table_name.in_(_FAMILY))
    ).all()
    touched = set(_meetings_of(session, changes))
    for meeting_id in touched:
        meeting = session.get(Meeting, meeting_id, execution_options={"include_deleted": True})
        if meeting is None:
            forget_meeting(session, meeting_id)
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


_INSERT = text("INSERT INTO minutes_search (rowid, content) VALUES (:id, :content)")


def _content(texts: Iterable[str]) -> str:
    return f" {_BETWEEN} ".join(tokens(part) for part in texts)


def index_problems(session: Session) -> list[str]:
    """Where the index and the stored meetings disagree, in sentences: meetings missing, left over, of another length.

    Lengths are counted in characters as the index counts them: a cheap comparison that reads everything once and
    notices all but an exchange of characters for as many others. SQLite's own check covers the index's structure.
    """
    stored = session.execute(text("SELECT id, sz FROM minutes_search_docsize"))
    present = {row_id: _varint(size) for row_id, size in stored}
    wanted = {meeting_id: _length(texts) for meeting_id, texts in _all_texts(session)}
    missing, spare = len(wanted.keys() - present.keys()), len(present.keys() - wanted.keys())
    stale = sum(1 for key, length in wanted.items() if present.get(key, length) != length)
    found = (
        (missing, f"全文查找的索引少了{missing}次会议"),
        (spare, f"全文查找的索引多出{spare}次已经不存在的会议"),
        (stale, f"全文查找的索引里有{stale}次会议的文字与会议记录不一致"),
    )
    return [f"{sentence}，需要重建。" for count, sentence in found if count]


def only_index(problems: Iterable[str]) -> bool:
    """Whether all that a check of the library found (ours, or SQLite's of the structure) is mended by a new index."""
    return all("全文查找的索引" in problem or "minutes_search" in problem for problem in problems)


def rebuild_index(session: Session) -> int:
    """Make the index anew from what is stored, the recycle bin included, and return the number of meetings."""
    session.flush()
    session.execute(text("DROP TABLE IF EXISTS minutes_search"))
    session.execute(text(_TABLE))
    count = 0
    for meeting_id, texts in _all_texts(session):
        session.execute(_INSERT, {"id": meeting_id, "content": _content(texts)})
        count += 1
    return count


def _all_texts(session: Session) -> Iterator[tuple[int, list[str]]]:
    """What belongs into the index of every meeting, by its id, a few hundred meetings at a time."""
    kept = {"include_deleted": True}
    ids = session.scalars(select(Meeting.id).order_by(Meeting.id), execution_options=kept).all()
    columns = (Meeting.id, Meeting.title, Meeting.topic, Meeting.place, Meeting.chair, Meeting.minutes)
    for start in range(0, len(ids), _STEP):
        some = ids[start : start + _STEP]
        rows = session.execute(select(*columns).where(Meeting.id.in_(some)), execution_options=kept)
        texts: dict[int, list[str]] = {meeting_id: list(parts) for meeting_id, *parts in rows}
        for kind, words in ((AgendaRecord, AgendaRecord.title), (ResolutionRecord, ResolutionRecord.text)):
            listed = select(kind.meeting_id, words).where(kind.meeting_id.in_(some))
            for meeting_id, said in session.execute(listed.order_by(kind.meeting_id, kind.ordinal)):
                texts[meeting_id].append(said)
        yield from texts.items()


def _length(texts: Iterable[str]) -> int:
    """The number of tokens of a meeting, the ones between the fields included."""
    return sum(len("".join(part.casefold().split())) + 1 for part in texts) - 1


def _varint(size: bytes) -> int:
    """A number as SQLite writes it: seven bits a byte, the first bit set on all bytes but the last."""
    value = 0
    for byte in size[:8]:
        value = value << 7 | byte & 0x7F
    return value
