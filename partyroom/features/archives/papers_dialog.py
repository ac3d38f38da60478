"""From the archive to the print preview: catalogue, appraisal list, papers and labels of boxes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from PySide6.QtWidgets import QWidget

from partyroom.core.calendar import today
from partyroom.core.errors import DomainError
from partyroom.core.filing import Retention
from partyroom.core.text import safe_file_name
from partyroom.documents.model import Document
from partyroom.features.archives.boxes_service import list_box_rows
from partyroom.features.archives.boxing import BoxRow
from partyroom.features.archives.domain import Fonds
from partyroom.features.archives.filing import FiledRow
from partyroom.features.archives.filing_service import (
    PieceQuery,
    appraisal_list,
    list_piece_ids,
    list_piece_rows,
)
from partyroom.features.archives.screen_service import setting_of
from partyroom.ui.desk import Desk
from partyroom.ui.form import Field, FormDialog, Kind
from partyroom.ui.progress import Progress

Copy = tuple[str, str, Callable[[], bytes]]


@dataclass(frozen=True)
class Paper:
    """A paper before it is typeset: documents of ours, or a drawing to scale; `warnings` stand above the preview."""

    name: str
    documents: Callable[[], Sequence[Document]] | None = None
    drawing: Callable[[Any], bytes] | None = None
    workbook: Callable[[], bytes] | None = None
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Printed:
    """A typeset paper."""

    documents: Sequence[Document]
    pdf: bytes
    missing: Sequence[str]


def ask_catalogue(desk: Desk, owner: QWidget, year: int) -> None:
    """Ask for which retention the catalogue is wanted and whether with covers, and preview it."""
    every: tuple[object, str] = (None, "全部")
    fields = [
        Field("retention", "保管期限", Kind.CHOICE, choices=[every, *((one.value, one.label) for one in Retention)]),
        Field("cover", "每份目录前加封面", Kind.CHECK),
    ]
    dialog = FormDialog(
        f"{year}年归档文件目录", fields, {"cover": True}, desk, accept_text="预览", parent=owner.window()
    )
    dialog.submitted.connect(partial(_on_catalogue_wanted, desk, owner, year))
    dialog.open()


def preview_appraisal(desk: Desk, owner: QWidget) -> None:
    """Preview the list of what is due for appraisal."""
    preview(desk, owner, _appraisal)


def preview_remarks(desk: Desk, owner: QWidget, box_ids: Sequence[int]) -> None:
    """Preview 备考表 of these boxes."""
    preview(desk, owner, partial(_remarks, tuple(box_ids)))


def preview_spines(desk: Desk, owner: QWidget, box_ids: Sequence[int]) -> None:
    """Preview the spine labels of these boxes, as many on a sheet as fit."""
    preview(desk, owner, partial(_spines, tuple(box_ids)))


def preview_cover(desk: Desk, owner: QWidget) -> None:
    """Preview the label of a box's front."""
    preview(desk, owner, _cover)


def preview(desk: Desk, owner: QWidget, read: Callable[[Any], Paper]) -> None:
    """Read a paper, typeset it and show it; a DomainError says why there is none."""
    failed = partial(_say, desk)
    desk.tasks.read(read, partial(_typeset, desk, owner), owner=owner, failed=failed, key="paper")


def _say(desk: Desk, error: Exception) -> None:
    if isinstance(error, DomainError):
        desk.messages.inform(str(error))
    else:
        desk.messages.problem("没有读出归档文件", str(error))


def _on_catalogue_wanted(desk: Desk, owner: QWidget, year: int, values: dict[str, object]) -> None:
    retention = str(values["retention"] or "")
    preview(desk, owner, partial(_catalogue, year, retention, bool(values["cover"])))


def _typeset(desk: Desk, owner: QWidget, paper: Paper) -> None:
    work = partial(_render, paper, desk.settings.text("document_fonts"))
    done = partial(_show, desk, owner, paper)
    desk.tasks.compute(work, done, owner=owner, title=f"正在排版{paper.name}")


def _render(paper: Paper, fonts: str, progress: Progress) -> Printed:
    # The printing kit takes a while to load: only when something is printed.
    from partyroom.documents.fonts import FontSource, shared_book
    from partyroom.documents.pdf import render_pdf

    book = shared_book(FontSource(fonts))
    if paper.drawing is not None:
        return Printed((), paper.drawing(book), ())
    assert paper.documents is not None
    documents = list(paper.documents())
    rendered = render_pdf(documents, book, progress.step)
    return Printed(documents, rendered.data, rendered.missing)


def _show(desk: Desk, owner: QWidget, paper: Paper, printed: Printed) -> None:
    from partyroom.ui.print_preview import PrintPreview

    copies: list[Copy] = []
    if printed.documents:
        copies.append(("另存为 Word…", "docx", partial(_word, printed.documents)))
    if paper.workbook is not None:
        copies.append(("另存为 Excel…", "xlsx", paper.workbook))
    warnings = (*paper.warnings, *printed.missing)
    name = safe_file_name(paper.name)
    PrintPreview(desk, paper.name, printed.pdf, name, warnings=warnings, copies=copies, parent=owner.window()).open()


def _word(documents: Sequence[Document]) -> bytes:
    from partyroom.documents.word import render_docx

    return render_docx(documents)


# What is read


def _named_fonds(session: Any) -> Fonds:
    """Whose archive it is; the branch's name stands in for a 全宗名称 that was not set."""
    setting = setting_of(session)
    return Fonds(setting.fonds.number, setting.fonds.name or setting.author, setting.fonds.office)


def _fonds_warnings(fonds: Fonds) -> tuple[str, ...]:
    return () if fonds.number else ("还没有填写全宗号（档案馆给定的4位编号），纸上留空；可以在“设置”里补填。",)


def _catalogue(year: int, retention: str, cover: bool, session: Any) -> Paper:
    rows = list_piece_rows(session, list_piece_ids(session, PieceQuery(year=str(year), retention=retention)))
    fonds = _named_fonds(session)
    waiting = sum(row.number is None for row in rows)
    if waiting == len(rows):
        what = "还没有编件号，请先“编件号并盖归档章”" if rows else "还没有归档的文件"
        raise DomainError(f"{year}年{what}。")
    missing = (f"有{waiting}件还没有编件号，没有列入目录。",) if waiting else ()

    def documents() -> Sequence[Document]:
        from partyroom.features.archives.catalogue_report import catalogue_documents

        return catalogue_documents(rows, fonds, cover=cover)

    def workbook() -> bytes:
        from partyroom.documents.sheet import render_xlsx
        from partyroom.features.archives.catalogue_report import catalogue_sheets

        return render_xlsx(*catalogue_sheets(rows, fonds))

    label = Retention(retention).label if retention else ""
    name = f"{year}年归档文件目录{f'（{label}）' if label else ''}"
    return Paper(name, documents, workbook=workbook, warnings=(*missing, *_fonds_warnings(fonds)))


def _appraisal(session: Any) -> Paper:
    rows: list[FiledRow] = [one.row for one in appraisal_list(session)]
    if not rows:
        raise DomainError("没有保管期限已满、需要鉴定的文件。")
    fonds, day = _named_fonds(session), today()

    def documents() -> Sequence[Document]:
        from partyroom.features.archives.catalogue_report import appraisal_document

        return [appraisal_document(rows, fonds, day)]

    return Paper("到期待鉴定文件清单", documents)


def _remarks(box_ids: Sequence[int], session: Any) -> Paper:
    boxes = _boxes(session, box_ids)

    def documents() -> Sequence[Document]:
        from partyroom.features.archives.catalogue_report import remarks_documents

        return remarks_documents(boxes)

    return Paper(f"备考表（{len(boxes)}盒）", documents)


def _spines(box_ids: Sequence[int], session: Any) -> Paper:
    boxes, fonds = _boxes(session, box_ids), _named_fonds(session)

    def drawing(book: Any) -> bytes:
        from partyroom.documents.box_labels import spine_labels
        from partyroom.features.archives.catalogue_report import spine_label

        return spine_labels([spine_label(box, fonds) for box in boxes], fonts=book)

    note = "按实际大小打印（不要选“适合页面”），沿裁切线剪下，贴在盒脊中间；标签高280毫米，盒高310毫米。"
    empty = [box for box in boxes if not box.pieces]
    hollow = (f"有{len(empty)}盒还没有装文件，起止件号留空。",) if empty else ()
    return Paper(f"盒脊标签（{len(boxes)}盒）", drawing=drawing, warnings=(note, *hollow, *_fonds_warnings(fonds)))


def _cover(session: Any) -> Paper:
    fonds = _named_fonds(session)

    def drawing(book: Any) -> bytes:
        from partyroom.documents.box_labels import cover_label

        return cover_label(fonds.name, fonts=book)

    return Paper("档案盒封面", drawing=drawing, warnings=("按实际大小打印（A4），贴在盒面中间。",))


def _boxes(session: Any, box_ids: Sequence[int]) -> list[BoxRow]:
    boxes = list_box_rows(session, box_ids)
    if not boxes:
        raise DomainError("这些盒已经不在了，可能在回收站。")
    return boxes
