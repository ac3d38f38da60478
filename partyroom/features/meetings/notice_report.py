"""Notices for the departments (会议纪要通报) and the ledger in which they are signed for (签收单).

The notice itself follows GB/T 9704-2012 clause 10.3; the strip below it, which names the department's own absentees and
their deadlines, is the branch's custom and stands apart from the text.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from partyroom.core.calendar import chinese_date
from partyroom.core.text import safe_file_name
from partyroom.documents.model import (
    Align,
    Blank,
    Block,
    CaptionLine,
    Cell,
    Document,
    FormGrid,
    FormRow,
    LedgerColumn,
    LedgerTable,
    PageStyle,
    Title,
)
from partyroom.features.meetings.domain import MeetingDetail
from partyroom.features.meetings.notices import Delivery, Distribution, absence_text
from partyroom.features.meetings.report import notice_document
from partyroom.features.organisation.domain import Branch


def department_notice(detail: MeetingDetail, branch: Branch, delivery: Delivery) -> Document:
    """The notice for one department: the 纪要, and below it whom it goes to, who was absent there, and a receipt."""
    plain = notice_document(detail, branch)
    return replace(
        plain,
        title=f"{detail.draft.title}（会议纪要，发{delivery.department}）",
        subject=f"{plain.subject}，发{delivery.department}",
        blocks=(*plain.blocks, Blank(1), _strip(delivery)),
    )


def department_files(lines: Sequence[tuple[MeetingDetail, Delivery]]) -> list[str]:
    """Names of the departments' files, safe on every system and all different: '2026年第9号会议纪要（语文科）.pdf'."""
    names: list[str] = []
    taken: set[str] = set()
    for detail, delivery in lines:
        stem = f"{detail.draft.starts_at.year}年第{detail.number}号会议纪要（{delivery.department[:40]}）"
        name, again = safe_file_name(f"{stem}.pdf"), 1
        while name.casefold() in taken:  # 语文/科 and 语文:科 are one name once what no system allows is replaced
            again += 1
            name = safe_file_name(f"{stem}{again}.pdf")
        taken.add(name.casefold())
        names.append(name)
    return names


def receipt_ledger(distributions: Sequence[Distribution], branch: Branch, day: date) -> Document:
    """签收单: a line for each department, with what is recorded already and room to sign for the rest."""
    blocks: list[Block] = [
        Title(f"{branch.full_name}会议纪要签收单"),
        CaptionLine(left=f"发文单位：{branch.full_name}", right=f"打印日期：{chinese_date(day)}"),
    ]
    for number, distribution in enumerate(distributions):
        held = chinese_date(distribution.starts_at.date())
        blocks += [Blank(0.5)] if number else []
        blocks += [
            CaptionLine(left=f"{distribution.label}（{held}）", size=12.0),
            LedgerTable(columns=_COLUMNS, rows=_rows(distribution.deliveries), size=11.0, least_row=10.0),
        ]
    return Document(title="会议纪要签收单", blocks=tuple(blocks), page=PageStyle.LEDGER, author=branch.full_name)


_COLUMNS = (
    LedgerColumn("序号", 12, Align.CENTRE),
    LedgerColumn("科室", 44, Align.CENTRE),
    LedgerColumn("科室负责人", 28, Align.CENTRE),
    LedgerColumn("本科室缺席人数", 22, Align.CENTRE),
    LedgerColumn("发出日期", 34, Align.CENTRE),
    LedgerColumn("签收人（签字）", 40, Align.CENTRE),
    LedgerColumn("签收日期", 34, Align.CENTRE),
    LedgerColumn("备注", 30),
)


def _rows(deliveries: Sequence[Delivery]) -> tuple[tuple[str, ...], ...]:
    return tuple(
        (
            str(number),
            line.department,
            line.head,
            str(len(line.absentees) or ""),
            _day(line.sent_on),
            line.acknowledged_by,
            _day(line.acknowledged_on),
            "",
        )
        for number, line in enumerate(deliveries, 1)
    )


def _day(day: date | None) -> str:
    return "" if day is None else chinese_date(day)


def _strip(delivery: Delivery) -> FormGrid:
    rows = (
        FormRow(
            (
                Cell("发送科室", label=True),
                Cell(delivery.department),
                Cell("科室负责人", label=True),
                Cell(delivery.head),
            )
        ),
        FormRow((Cell("本科室缺席\n及补课", label=True), Cell(absence_text(delivery.absentees), span=3))),
        FormRow((Cell("签收人\n（签字）", label=True), Cell(""), Cell("签收日期", label=True), Cell("")), 12.0),
    )
    return FormGrid((30.0, 48.0, 30.0, 48.0), rows)
