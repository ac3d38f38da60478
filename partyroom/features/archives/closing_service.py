"""Closing a year: what to look at first, signing off with all papers of the year, opening again with a reason."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from partyroom.core.calendar import chinese_date, now, today
from partyroom.core.errors import DomainError, Problem
from partyroom.core.text import clean_text, one_line
from partyroom.documents.contribution import Part, Piece, Request
from partyroom.features.archives.closing import ClosedPaper, ClosingPlan, Finding, PaperRow, YearRow
from partyroom.features.archives.open_items_service import open_items
from partyroom.features.archives.tables import ClosedPaperRecord, PieceRecord
from partyroom.features.dues.collect_service import list_closings
from partyroom.features.dues.ledger import months_label, months_of
from partyroom.features.dues.years_service import opened_years
from partyroom.features.organisation.service import get_branch
from partyroom.storage.attachments import Attachment, AttachmentFiles, attach
from partyroom.storage.audit import ChangeSet
from partyroom.storage.base import Base
from partyroom.storage.years import ClosedYear, closed_years

_LISTED = 5  # titles named in one sentence


def plan_closing(session: Session, parts: Sequence[Part], year: int) -> ClosingPlan:
    """What the year would be closed with now, and what to look at before.

    Raises:
        DomainError: the year is closed already.
    """
    _refuse_closed(session, year)
    request = Request(year)
    produced = [(part, piece) for part in parts for piece in part.produce(session, request)]
    carried = open_items(session, request.last)
    return ClosingPlan(
        year=year,
        branch=get_branch(session).full_name,
        findings=tuple(_findings(session, request, produced, len(carried))),
        pieces=tuple((f"{part.key}/{piece.key}", piece) for part, piece in produced),
        carried=tuple(carried),
        change=_last_change(session),
        moment=now().replace(microsecond=0),
    )


def close_year(
    session: Session, files: AttachmentFiles, plan: ClosingPlan, papers: Sequence[ClosedPaper], by: str, note: str = ""
) -> int:
    """Sign a year off by name, with its papers; from now on its rows are read-only. Returns how many papers it keeps.

    Raises:
        DomainError: no name, the year is closed already, or something was changed since its papers were made.
        StorageError: the disk is full or not writable; the year stays open.
    """
    if not one_line(by):
        raise DomainError(Problem("请填写关闭人姓名。", "by"))
    _refuse_closed(session, plan.year)
    if _last_change(session) != plan.change:
        raise DomainError("排版期间又保存了新的内容，年度没有关闭。请再关闭一次。")
    for old in session.scalars(select(ClosedPaperRecord).where(ClosedPaperRecord.year == plan.year)):
        session.delete(old)
    session.flush()  # before new ones with the same keys
    for paper in papers:
        kept = attach(session, files, f"{paper.title}.pdf", paper.content)
        title = one_line(paper.title)[:200]
        record = ClosedPaperRecord(year=plan.year, key=paper.key, title=title, attachment_id=kept, pages=paper.pages)
        session.add(record)
    session.flush()  # the papers first: once the year counts as closed, nothing of it can be added
    closing = ClosedYear(year=plan.year, closed_at=now(), closed_by=one_line(by), note=clean_text(note).strip())
    session.add(closing)
    session.flush()
    return len(papers)


def reopen_year(session: Session, year: int, by: str, reason: str) -> None:
    """Open a closed year again; who and why is kept. Its papers stay until it is closed again.

    Raises:
        DomainError: no name or no reason, or the year is not closed.
    """
    by, reason = one_line(by), clean_text(reason).strip()
    problems = [Problem("请填写重新打开的人。", "by")] if not by else []
    if not reason:
        problems.append(Problem("请写明重新打开的原因。", "reason"))
    if problems:
        raise DomainError(*problems)
    record = session.scalar(select(ClosedYear).where(ClosedYear.year == year, ClosedYear.reopened_at.is_(None)))
    if record is None:
        raise DomainError(f"{year}年没有关闭，不需要重新打开。")
    record.reopened_at, record.reopened_by, record.reopen_reason = now(), by, reason
    session.flush()


def list_years(session: Session) -> list[YearRow]:
    """The years with anything in them, and this one, latest first."""
    closings: dict[int, list[ClosedYear]] = {}
    for closing in session.scalars(select(ClosedYear).order_by(ClosedYear.id)):
        closings.setdefault(closing.year, []).append(closing)
    papers = _counts(session, ClosedPaperRecord)
    filed = _counts(session, PieceRecord)
    rows = []
    for year in sorted({today().year, *closings, *filed, *years_with_data(session)}, reverse=True):
        last = closings[year][-1] if year in closings else None
        closed = last is not None and last.reopened_at is None
        rows.append(
            YearRow(
                id=year,
                closed=closed,
                closed_at=last.closed_at if last else None,
                closed_by=last.closed_by if last is not None and closed else "",
                papers=papers.get(year, 0),
                filed=filed.get(year, 0),
                history=tuple(_sentence(one) for one in closings.get(year, ())),
            )
        )
    return rows


def closed_papers(session: Session, year: int) -> list[PaperRow]:
    """The papers of a year as they were kept at its last closing, in the order of the handbook."""
    statement = select(ClosedPaperRecord, Attachment).join(Attachment, Attachment.id == ClosedPaperRecord.attachment_id)
    rows = session.execute(statement.where(ClosedPaperRecord.year == year).order_by(ClosedPaperRecord.id))
    return [PaperRow(paper.id, paper.key, paper.title, paper.pages, kept.sha256) for paper, kept in rows]


def years_with_data(session: Session) -> set[int]:
    """The years to which any guarded row belongs."""
    years: set[int] = set()
    for mapper in Base.registry.mappers:
        name = getattr(mapper.class_, "__year_of__", "")
        column = mapper.class_.__table__.columns.get(name) if name else None
        if column is None or column.foreign_keys:
            continue
        for text in session.scalars(select(func.substr(column, 1, 4)).distinct()):
            if text is not None:
                years.add(int(text))
    return years


def _findings(
    session: Session, request: Request, produced: Sequence[tuple[Part, Piece]], carried: int
) -> list[Finding]:
    found = []
    if today() <= request.last:
        found.append(Finding("时间", f"{request.year}年还没有过完，关闭后本年不能再记录。"))
    unsettled = [piece.title for _part, piece in produced if not piece.settled and piece.note]
    if unsettled:
        found.append(Finding("记录", f"{_listed(unsettled)}还没有定稿，按现在的内容保存。"))
    if request.year in opened_years(session):
        closed = {row.month for row in list_closings(session, request.year)}
        left = [month for month in months_of(request.year) if month not in closed]
        if left:
            found.append(Finding("党费", f"{months_label(left)}党费还没有结账。"))
    filed = set(session.scalars(select(PieceRecord.source).where(PieceRecord.year == request.year)))
    waiting = [p.title for part, p in produced if part.to_file and f"{part.key}/{p.key}" not in filed]
    if waiting:
        found.append(Finding("归档", f"{_listed(waiting)}还没有归档；关闭后仍可以归档。"))
    unnumbered = session.scalar(
        select(func.count()).where(PieceRecord.year == request.year, PieceRecord.number.is_(None))
    )
    if unnumbered:
        found.append(Finding("归档", f"{unnumbered}件已归档的材料还没有编件号；关闭后仍可以编号。"))
    if carried:
        found.append(Finding("结转", f"{carried}项工作还没有办完，列入结转事项清单，下一年度继续办理。"))
    return found


def _listed(titles: Sequence[str]) -> str:
    shown = "、".join(f"《{title}》" for title in titles[:_LISTED])
    return shown if len(titles) <= _LISTED else f"{shown}等{len(titles)}件"


def _refuse_closed(session: Session, year: int) -> None:
    if year in closed_years(session):
        raise DomainError(f"{year}年已经关闭。")


def _last_change(session: Session) -> int:
    return session.scalar(select(func.max(ChangeSet.id))) or 0


def _counts(session: Session, record: type[ClosedPaperRecord | PieceRecord]) -> dict[int, int]:
    counted = select(record.year, func.count()).group_by(record.year)
    return dict(session.execute(counted).all())


def _sentence(closing: ClosedYear) -> str:
    text = f"{_day(closing.closed_at)}由{closing.closed_by}关闭"
    if closing.note:
        text += f"（{one_line(closing.note)}）"
    if closing.reopened_at is None:
        return f"{text}。"
    return (
        f"{text}；{_day(closing.reopened_at)}由{closing.reopened_by}重新打开，原因：{one_line(closing.reopen_reason)}。"
    )


def _day(moment: datetime) -> str:
    return chinese_date(moment.date())
