"""更新归档章: a stamped 件 that has grown, or whose 全宗号 came later, gets a stamp that says what is so now."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

from PySide6.QtWidgets import QWidget

from partyroom.core.calendar import now
from partyroom.features.archives.filing import FiledRow, FileRow
from partyroom.features.archives.filing_service import Stamped, get_piece, list_piece_rows, main_file, renew_stamp
from partyroom.features.archives.settings_service import fonds_of
from partyroom.ui.desk import Desk
from partyroom.ui.progress import Progress


@dataclass(frozen=True, slots=True)
class Renewal:
    """A numbered piece, the file that bears its stamp (None: nothing to stamp), its plain title, and the 全宗号 now."""

    row: FiledRow
    file: FileRow | None
    title: str
    fonds: str


def ask_renewal(desk: Desk, owner: QWidget, piece_id: int) -> None:
    """Offer to stamp a piece anew with its pages and the 全宗号 as they are now; without a 件号 there is no stamp."""
    work = partial(_read, piece_id)
    desk.tasks.read(work, partial(_ask, desk, owner), owner=owner, key="renewal")


def _ask(desk: Desk, owner: QWidget, found: Renewal) -> None:
    if found.row.number is None:
        return
    if found.file is None:
        desk.messages.inform("这一件没有可以盖章的PDF，请在纸质件上改正归档章的页数。")
        return
    text = (
        f"按原件重新做一份盖章的PDF：页数{found.row.pages}，全宗号{found.fonds or '留空'}，件号不变。"
        "原来盖章的那份换下；已经打印的纸质件、目录和备考表请一并改正。"
    )
    if desk.messages.ask("更新归档章？", text, accept="更新"):
        fetch, fonts = desk.store.attachments.get, desk.settings.text("document_fonts")
        done = partial(_store, desk, owner, found)
        work = partial(_stamp, found, fetch, fonts)
        desk.tasks.compute(work, done, owner=owner, title="正在更新归档章")


def _store(desk: Desk, owner: QWidget, found: Renewal, stamped: Stamped) -> None:
    work = partial(_renew, desk.store.attachments, stamped, found.row.pages)
    done = partial(_on_renewed, desk, found.row)
    desk.tasks.write(f"更新归档章：{found.title}", work, done, owner=owner)


def _on_renewed(desk: Desk, row: FiledRow, _nothing: None) -> None:
    desk.messages.inform(f"归档章已更新：第{row.piece_number}件，{row.pages}页。")


def _read(piece_id: int, session: Any) -> Renewal:
    (row,) = list_piece_rows(session, [piece_id])
    title = get_piece(session, piece_id).title
    return Renewal(row, main_file(session, piece_id), title, fonds_of(session).number)


def _stamp(found: Renewal, fetch: Any, fonts: str, progress: Progress) -> Stamped:
    # The kit for PDF takes a while to load: only when something is stamped.
    from partyroom.documents.filing_stamp import FilingStamp, has_page_numbers, stamp_first_page
    from partyroom.documents.fonts import FontSource, shared_book
    from partyroom.features.archives.piece_report import OutsideFile, prepare_outside

    row, file = found.row, found.file
    assert file is not None
    assert row.number is not None
    progress.step(0, 0, found.title)
    outside = OutsideFile(file.name, fetch(file.sha256), file.role)
    (plain,) = prepare_outside([outside], title=found.title, author=row.author, created=now())
    assert plain.archival is not None
    stamp = FilingStamp(found.fonds, row.year, row.piece_number, row.office, row.retention.label, row.pages)
    numbered = has_page_numbers(fetch(file.archival_sha256), plain.archival)
    book = shared_book(FontSource(fonts))
    pdf = stamp_first_page(plain.archival, stamp, number_pages=numbered, title=found.title, fonts=book)
    return Stamped(row.id, row.number, file.id, pdf)


def _renew(files: Any, stamped: Stamped, pages: int, session: Any) -> None:
    renew_stamp(session, files, stamped, pages)
