"""Boxes: pieces of one year, one retention, one office (DA-11); catalogue, 备考表 and labels are printed from them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from partyroom.core.errors import DomainError, Problem
from partyroom.core.text import clean_text, one_line
from partyroom.features.archives.boxing import BoxDraft, BoxRow
from partyroom.features.archives.domain import BOX_THICKNESSES
from partyroom.features.archives.tables import BoxRecord, PieceRecord
from partyroom.storage.recycle import put_in_bin


def save_box(session: Session, draft: BoxDraft, box_id: int | None = None) -> int:
    """Make a box or correct one, and return its id.

    Raises:
        DomainError: a thickness that no box has, a number that is taken, a 备考表 checked before it was arranged, or
            pieces inside would no longer fit (DA-11).
    """
    _refuse_bad(draft)
    number = draft.number or _next_number(session, draft)
    taken = select(BoxRecord.id).where(
        BoxRecord.year == draft.year, BoxRecord.retention == draft.retention, BoxRecord.number == number
    )
    if any(found != box_id for found in session.scalars(taken)):
        raise DomainError(Problem(f"{draft.year}年{draft.retention.label}已经有第{number}盒。", "number"))
    if box_id is None:
        record = BoxRecord()
        session.add(record)
    else:
        record = _box(session, box_id)
        inside = session.scalar(select(func.count()).select_from(PieceRecord).where(PieceRecord.box_id == box_id))
        kept = (record.year, record.retention, record.office)
        if inside and kept != (draft.year, draft.retention, one_line(draft.office)):
            raise DomainError(Problem("盒里已有文件，年度、保管期限和机构（问题）不能改；请先取出文件。", "year"))
    record.year, record.retention, record.office, record.number = (
        draft.year,
        draft.retention,
        one_line(draft.office),
        number,
    )
    record.thickness, record.situation = draft.thickness, clean_text(draft.situation).strip()
    record.arranged_by, record.arranged_on = one_line(draft.arranged_by), draft.arranged_on
    record.checked_by, record.checked_on = one_line(draft.checked_by), draft.checked_on
    session.flush()
    return record.id


def put_into_box(session: Session, box_id: int, piece_ids: Iterable[int]) -> int:
    """Put pieces into a box and return how many.

    Raises:
        DomainError: one is of another year, retention or office (DA-11), or has no 件号 yet.
    """
    box = _box(session, box_id)
    count = 0
    for piece_id in piece_ids:
        piece = session.get(PieceRecord, piece_id)
        if piece is None or piece.deleted_at is not None:
            raise DomainError("有一件已经不在归档文件里了，请刷新后再试。")
        if (piece.year, piece.retention, piece.office) != (box.year, box.retention, box.office):
            raise DomainError(
                f"“{piece.title}”是{piece.year}年、{piece.retention.label}的文件，不能放进"
                f"{box.year}年、{box.retention.label}的盒：不同年度、机构（问题）、保管期限的文件不放在同一盒。"
            )
        if piece.number is None:
            raise DomainError(f"“{piece.title}”还没有编件号，请先编号再装盒。")
        piece.box_id = box_id
        count += 1
    return count


def take_out(session: Session, piece_ids: Iterable[int]) -> int:
    """Take pieces out of their boxes and return how many."""
    count = 0
    for piece in session.scalars(select(PieceRecord).where(PieceRecord.id.in_(list(piece_ids)))):
        piece.box_id = None
        count += 1
    return count


def bin_boxes(session: Session, box_ids: Iterable[int]) -> int:
    """Move empty boxes to the recycle bin.

    Raises:
        DomainError: one still has pieces inside.
    """
    count = 0
    for box_id in box_ids:
        record = _box(session, box_id)
        if session.scalar(select(func.count()).select_from(PieceRecord).where(PieceRecord.box_id == box_id)):
            raise DomainError(f"第{record.number}盒里还有文件，请先取出。")
        put_in_bin(record)
        count += 1
    return count


def list_box_ids(session: Session, year: int | None = None) -> list[int]:
    """Boxes by year, retention, office and number."""
    statement = select(BoxRecord.id).order_by(
        BoxRecord.year.desc(), BoxRecord.retention.desc(), BoxRecord.office, BoxRecord.number
    )
    if year is not None:
        statement = statement.where(BoxRecord.year == year)
    return list(session.scalars(statement))


def list_box_rows(session: Session, ids: Sequence[int]) -> list[BoxRow]:
    """Lines for these boxes, in their order."""
    counts = {
        box_id: (pieces, pages, first, last)
        for box_id, pieces, pages, first, last in session.execute(
            select(
                PieceRecord.box_id,
                func.count(),
                func.sum(PieceRecord.pages),
                func.min(PieceRecord.number),
                func.max(PieceRecord.number),
            )
            .where(PieceRecord.box_id.in_(ids))
            .group_by(PieceRecord.box_id)
        )
    }
    found = {record.id: record for record in session.scalars(select(BoxRecord).where(BoxRecord.id.in_(ids)))}
    rows = []
    for box_id in ids:
        if (record := found.get(box_id)) is not None:
            pieces, pages, first, last = counts.get(box_id, (0, 0, None, None))
            rows.append(BoxRow(box_id, _draft(record), int(pieces), int(pages or 0), first, last))
    return rows


def _draft(record: BoxRecord) -> BoxDraft:
    return BoxDraft(
        year=record.year,
        retention=record.retention,
        office=record.office,
        number=record.number,
        thickness=record.thickness,
        situation=record.situation,
        arranged_by=record.arranged_by,
        arranged_on=record.arranged_on,
        checked_by=record.checked_by,
        checked_on=record.checked_on,
    )


def _refuse_bad(draft: BoxDraft) -> None:
    if draft.thickness not in BOX_THICKNESSES:
        choices = "、".join(str(one) for one in BOX_THICKNESSES)
        raise DomainError(Problem(f"档案盒的厚度有{choices}毫米几种。", "thickness"))
    if draft.number < 0:
        raise DomainError(Problem("盒号从1开始。", "number"))
    if draft.arranged_on and draft.checked_on and draft.checked_on < draft.arranged_on:
        raise DomainError(Problem("检查日期不能早于整理日期。", "checked_on"))


def _next_number(session: Session, draft: BoxDraft) -> int:
    last = session.scalar(
        select(func.max(BoxRecord.number)).where(BoxRecord.year == draft.year, BoxRecord.retention == draft.retention)
    )
    return (last or 0) + 1


def _box(session: Session, box_id: int) -> BoxRecord:
    record = session.get(BoxRecord, box_id)
    if record is None or record.deleted_at is not None:
        raise DomainError("这个盒已经不在了，可能在回收站。")
    return record
