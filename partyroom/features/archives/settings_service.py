"""What a branch sets for its archive: whose it is, its categories, how long each kind of thing is kept."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from partyroom.core.errors import DomainError, Problem
from partyroom.core.filing import Retention
from partyroom.core.text import one_line
from partyroom.documents.contribution import Part
from partyroom.features.archives.domain import Fonds
from partyroom.features.archives.filing import Category, usual_categories
from partyroom.features.archives.tables import CategoryRecord, FondsRecord, PieceRecord, RetentionRecord

_FONDS_LENGTH = 4


def fonds_of(session: Session) -> Fonds:
    """Whose archive it is; blank until it is set."""
    record = session.get(FondsRecord, 1)
    return Fonds() if record is None else Fonds(record.number, record.name, record.office)


def save_fonds(session: Session, fonds: Fonds) -> None:
    """Store 全宗号, 全宗名称 and the usual 机构(问题).

    Raises:
        DomainError: a 全宗号 that has not four letters or digits (DA-06), or - or · in the code of an office.
    """
    number, office = one_line(fonds.number).upper(), one_line(fonds.office)
    if number and not (len(number) == _FONDS_LENGTH and number.isascii() and number.isalnum()):
        raise DomainError(Problem("全宗号由档案馆给定，是4位字母或数字，如 Z109；还没有的可以留空。", "number"))
    if any(mark in office for mark in "-·"):
        raise DomainError(Problem("机构（问题）代码里不能有“-”和“·”，它们用来分隔档号。", "office"))
    record = session.get(FondsRecord, 1)
    if record is None:
        record = FondsRecord(id=1)
        session.add(record)
    record.number, record.name, record.office = number, one_line(fonds.name), office


def categories_of(session: Session) -> list[Category]:
    """The categories in their order, hidden ones included; the usual eight until the branch has its own."""
    records = session.scalars(select(CategoryRecord).order_by(CategoryRecord.ordinal, CategoryRecord.id)).all()
    if not records:
        return list(usual_categories())
    return [Category(record.code, record.label, record.hidden, record.note) for record in records]


def save_categories(session: Session, categories: Sequence[Category]) -> None:
    """Keep these categories in this order; a new one has no code yet.

    Raises:
        DomainError: one has no name, two have the same, none is visible, or one that is left out has filed pieces.
    """
    labels = [one_line(category.label) for category in categories]
    if not all(labels):
        raise DomainError(Problem("请填写类别名称。", "label"))
    if len(set(labels)) != len(labels):
        raise DomainError(Problem("类别名称不能重复。", "label"))
    if all(category.hidden for category in categories):
        raise DomainError("至少要保留一个使用中的类别。")
    records = {record.code: record for record in session.scalars(select(CategoryRecord))}
    kept = {category.code for category in categories if category.code}
    used = set(session.scalars(select(PieceRecord.category).distinct()))
    for old in categories_of(session):
        if old.code not in kept and old.code in used:
            raise DomainError(f"“{old.label}”类已有归档文件，不能删除；可以改为停用。")
    for code, record in records.items():
        if code not in kept:
            session.delete(record)
    for ordinal, (category, label) in enumerate(zip(categories, labels, strict=True)):
        code = category.code or _new_code(kept)
        kept.add(code)
        found = records.get(code)
        if found is None:
            found = CategoryRecord(code=code)
            session.add(found)
        found.label, found.ordinal = label, ordinal
        found.hidden, found.note = category.hidden, one_line(category.note)
    session.flush()


def retention_of(session: Session, part: Part) -> Retention:
    """How long the branch keeps the pieces of a part."""
    record = session.scalar(select(RetentionRecord).where(RetentionRecord.part == part.key))
    return part.retention if record is None else record.retention


def save_retention(session: Session, part: Part, retention: Retention) -> None:
    """Keep a part's pieces for `retention` from now on; what is filed keeps what it has."""
    record = session.scalar(select(RetentionRecord).where(RetentionRecord.part == part.key))
    if retention is part.retention:
        if record is not None:
            session.delete(record)
    elif record is None:
        session.add(RetentionRecord(part=part.key, retention=retention))
    else:
        record.retention = retention


def _new_code(taken: set[str]) -> str:
    number = 1
    while f"own{number}" in taken:
        number += 1
    return f"own{number}"
