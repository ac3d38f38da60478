"""The archive of the sample branch, begun: a few papers of 2025 and one from outside, numbered, stamped and in a box.

The content is resources/sample/archive.json. Few pieces are filed, for every one is rendered anew with each sample;
the printing kit is loaded only then, as the program starts without it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any

from sqlalchemy.orm import Session

from partyroom.core.calendar import now, today
from partyroom.core.filing import Retention
from partyroom.documents.contribution import Part, Request
from partyroom.features.archives.boxes_service import put_into_box, save_box
from partyroom.features.archives.boxing import BoxDraft
from partyroom.features.archives.domain import Fonds
from partyroom.features.archives.filing import PieceDraft
from partyroom.features.archives.filing_service import (
    Offered,
    PieceQuery,
    Stamped,
    draft_of_offer,
    file_piece,
    list_piece_ids,
    list_piece_rows,
    main_file,
    offered,
    plan_numbers,
    store_numbers,
)
from partyroom.features.archives.parts import all_parts
from partyroom.features.archives.settings_service import fonds_of, save_fonds
from partyroom.features.meetings.minutes_service import finalise_minutes
from partyroom.features.meetings.service import list_rows, meeting_ids_between
from partyroom.sample.drawings import sheet
from partyroom.sample.steps import Step
from partyroom.storage.attachments import AttachmentFiles

if TYPE_CHECKING:
    from partyroom.documents.fonts import FontBook


def filing(content: Mapping[str, Any], files: AttachmentFiles) -> Iterator[Step]:
    """The archive of a year, step by step."""
    from partyroom.documents.fonts import shared_book

    fonts = shared_book()
    year: int = content["year"]
    entry = content["fonds"]
    fonds = Fonds(entry["number"], entry["name"], entry["office"])
    yield Step(_at(entry["on"]), "设置全宗", lambda session: save_fonds(session, fonds))
    yield Step(_at(content["finalised"]["on"], 5), "会议记录定稿", _finalising(year, content["finalised"]["kinds"]))
    for number, part in enumerate(content["filed"]["parts"]):
        label = f"归档：{year}年文件之{number + 1}"
        yield Step(_at(content["filed"]["on"], number), label, _filing(year, part, files, fonts))
    outside = content["outside"]
    yield Step(_at(outside["on"], 30), f"归档：{outside['title']}", _adding(year, outside, files))
    yield Step(_at(content["numbered"]), f"编件号、盖归档章：{year}年", _numbering(year, files, fonts))
    yield Step(_at(content["box"]["on"]), "归档文件装盒", _boxing(year, content["box"]))


def _at(day: str, minute: int = 0) -> datetime:
    return datetime.combine(date.fromisoformat(day), time(15, minute))


def _finalising(year: int, kinds: list[str]) -> Callable[[Session], None]:
    """The minutes of the kinds that are filed: what is filed does not change any more."""

    def work(session: Session) -> None:
        held = meeting_ids_between(session, date(year, 1, 1), date(year, 12, 31))
        for row in list_rows(session, held):
            if row.kind_code in kinds:
                finalise_minutes(session, row.id)

    return work


def _filing(year: int, key: str, files: AttachmentFiles, fonts: FontBook) -> Callable[[Session], None]:
    """File the latest piece of a part."""

    def work(session: Session) -> None:
        from partyroom.features.archives.piece_report import prepare_piece

        one = _latest(session, [part for part in all_parts() if part.key == key], Request(year, today=today()))
        author = one.piece.author
        prepared = prepare_piece(one.piece, files.get, author=author, created=now(), fonts=fonts)
        file_piece(session, files, draft_of_offer(one, year, fonds_of(session).office), prepared)

    return work


def _latest(session: Session, parts: list[Part], request: Request) -> Offered:
    found = [one for one in offered(session, parts, request) if one.offer.settled]
    return max(found, key=lambda one: one.offer.dated or date.min)


def _adding(year: int, entry: Mapping[str, Any], files: AttachmentFiles) -> Callable[[Session], None]:
    def work(session: Session) -> None:
        from partyroom.features.archives.piece_report import OutsideFile, prepare_outside

        title, author = entry["title"], entry["author"]
        paper = OutsideFile(f"{title}.jpg", sheet(author, [entry["document_number"], title, *entry["lines"]]))
        draft = PieceDraft(
            year=year,
            category=entry["category"],
            title=title,
            retention=Retention(entry["retention"]),
            author=author,
            document_number=entry["document_number"],
            dated=date.fromisoformat(entry["dated"]),
            office=fonds_of(session).office,
        )
        file_piece(session, files, draft, prepare_outside([paper], title=title, author=author, created=now()))

    return work


def _numbering(year: int, files: AttachmentFiles, fonts: FontBook) -> Callable[[Session], None]:
    """Give the 件号 and stamp the first page of each piece with it."""

    def work(session: Session) -> None:
        from partyroom.documents.filing_stamp import FilingStamp, stamp_first_page

        numbers = {one.piece_id: one.number for one in plan_numbers(session, year)}
        fonds = fonds_of(session).number
        stamped = []
        for row in list_piece_rows(session, list(numbers)):
            file = main_file(session, row.id)
            assert file is not None
            number = numbers[row.id]
            stamp = FilingStamp(fonds, year, f"{number:04d}", row.office, row.retention.label, row.pages)
            content = stamp_first_page(files.get(file.archival_sha256), stamp, title=row.title, fonts=fonts)
            stamped.append(Stamped(row.id, number, file.id, content))
        store_numbers(session, files, stamped)

    return work


def _boxing(year: int, entry: Mapping[str, Any]) -> Callable[[Session], None]:
    def work(session: Session) -> None:
        retention = Retention(entry["retention"])
        draft = BoxDraft(
            year=year,
            retention=retention,
            office=fonds_of(session).office,
            thickness=entry["thickness"],
            situation=entry["situation"],
            arranged_by=entry["arranged_by"],
            arranged_on=today(),
            checked_by=entry["checked_by"],
            checked_on=date.fromisoformat(entry["checked_on"]),
        )
        query = PieceQuery(year=str(year), retention=retention.value)
        put_into_box(session, save_box(session, draft), list_piece_ids(session, query))

    return work
