"""The search in all minutes: what was found, and where, with a piece of the text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from sqlalchemy import select
from sqlalchemy.orm import Session

from partyroom.features.meetings.domain import kind_label
from partyroom.features.meetings.kinds_service import kinds_of
from partyroom.features.meetings.search import phrases
from partyroom.features.meetings.service import MeetingQuery, list_meeting_ids
from partyroom.features.meetings.snippets import Parts, Snippet, marked, search_words, snippet
from partyroom.features.meetings.tables import AgendaRecord, Meeting, ResolutionRecord

SHOWN = 50
"""Meetings whose places a search shows; it counts them all."""


class Place(Enum):
    """Where in a meeting a search found something; `section` is the part of the editor."""

    TITLE = ("title", "会议名称", "basics")
    TOPIC = ("topic", "议题", "basics")
    PLACE = ("place", "地点", "basics")
    CHAIR = ("chair", "主持人", "basics")
    AGENDA = ("agenda", "议程", "agenda")
    MINUTES = ("minutes", "会议内容", "minutes")
    RESOLUTION = ("resolution", "决议", "resolutions")

    def __init__(self, key: str, label: str, section: str) -> None:
        self.key = key
        self.label = label
        self.section = section


@dataclass(frozen=True, slots=True)
class Found:
    """One place of a meeting where something was found; `row` counts the items of agenda or resolutions from 0."""

    meeting_id: int
    starts_at: datetime
    kind: str
    title: Parts
    place: Place
    row: int
    snippet: Snippet


@dataclass(frozen=True, slots=True)
class Findings:
    """What a search found: the number of meetings, and the places in the newest of them."""

    words: tuple[str, ...]
    meetings: int
    shown: int
    lines: tuple[Found, ...]


def find_in_minutes(session: Session, asked: str, shown: int = SHOWN) -> Findings:
    """Look for all words in titles, topics, places, chairs, agendas, minutes and resolutions, newest meetings first.

    Of each meeting those places are told that hold all words, else all that hold any.
    """
    words = search_words(asked)
    if not phrases(asked):
        return Findings((), 0, 0, ())
    ids = list_meeting_ids(session, MeetingQuery(search=asked))
    first = ids[:shown]
    lines = tuple(line for meeting in _meetings(session, first) for line in _lines(meeting, words))
    return Findings(words, len(ids), len(first), lines)


@dataclass(frozen=True, slots=True)
class _Texts:
    id: int
    starts_at: datetime
    kind: str
    title: str
    texts: tuple[tuple[Place, int, str], ...]


def _meetings(session: Session, ids: Sequence[int]) -> Iterator[_Texts]:
    """The texts of meetings in the order of `ids`; no mapped objects, of which a meeting has too many."""
    kinds = kinds_of(session)
    columns = (Meeting.topic, Meeting.place, Meeting.chair, Meeting.minutes)
    rows = session.execute(
        select(Meeting.id, Meeting.starts_at, Meeting.kind, Meeting.title, *columns).where(Meeting.id.in_(ids))
    )
    items: dict[int, list[tuple[Place, int, str]]] = {}
    for place, table, words in (
        (Place.AGENDA, AgendaRecord, AgendaRecord.title),
        (Place.RESOLUTION, ResolutionRecord, ResolutionRecord.text),
    ):
        found = session.execute(
            select(table.meeting_id, table.ordinal, words)
            .where(table.meeting_id.in_(ids))
            .order_by(table.meeting_id, table.ordinal)
        )
        for meeting_id, ordinal, said in found:
            items.setdefault(meeting_id, []).append((place, ordinal, said))
    order = {meeting_id: number for number, meeting_id in enumerate(ids)}
    for row in sorted(rows, key=lambda row: order[row.id]):
        single = (
            (Place.TITLE, row.title),
            (Place.TOPIC, row.topic),
            (Place.PLACE, row.place),
            (Place.CHAIR, row.chair),
        )
        listed = items.get(row.id, [])
        texts = [(place, 0, said) for place, said in single]
        texts += [one for one in listed if one[0] is Place.AGENDA]
        texts.append((Place.MINUTES, 0, row.minutes))
        texts += [one for one in listed if one[0] is Place.RESOLUTION]
        yield _Texts(row.id, row.starts_at, kind_label(row.kind, kinds), row.title, tuple(texts))


def _lines(meeting: _Texts, words: Sequence[str]) -> list[Found]:
    title = marked(meeting.title, words)
    lines = [
        Found(meeting.id, meeting.starts_at, meeting.kind, title, place, row, piece)
        for place, row, said in meeting.texts
        if (piece := snippet(said, words)) is not None
    ]
    whole = [line for line in lines if line.snippet.words == len(words)]
    return whole or lines
