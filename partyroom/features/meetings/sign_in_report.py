"""签到表: the sheet people sign when they come in, with the names on it or blank."""

from __future__ import annotations

from collections.abc import Sequence

from partyroom.core.calendar import chinese_datetime
from partyroom.documents.model import (
    Align,
    Block,
    CaptionLine,
    Document,
    LedgerColumn,
    LedgerTable,
    PageStyle,
    Title,
)
from partyroom.features.meetings.domain import MeetingDraft
from partyroom.features.meetings.sign_in import Signer, SignIn

_TWO_ABREAST = 36  # from so many names on, two stand in a row
_THREE_ABREAST = 120
_SPARE_OBSERVERS = 2  # lines left for guests nobody knew of
_BLANK_LINES = 20


def sign_in_document(sheet: SignIn, *, blank: bool = False) -> Document:
    """签到表 of one meeting; `blank` leaves the names out, with as many lines as people are expected.

    Up to 35 names stand one in a row on a portrait page, more stand two or three in a row on landscape pages.
    """
    draft = sheet.draft
    signers = [person for person in sheet.signers if not person.observer]
    observers = [person for person in sheet.signers if person.observer]
    abreast = 1 + (len(signers) >= _TWO_ABREAST) + (len(signers) >= _THREE_ABREAST)
    lines = [Signer("")] * max(len(signers), _BLANK_LINES) if blank else signers
    blocks: list[Block] = [
        Title(sheet.branch.full_name + ("\n" if abreast == 1 else "") + f"{sheet.kind}签到表"),
        CaptionLine(left=f"会议名称：{draft.title}"),
        CaptionLine(left=f"时间：{_when(draft)}", right=f"地点：{draft.place or '　' * 8}"),
        CaptionLine(left=f"主持人：{draft.chair or '　' * 4}", right=_counts(len(signers), blank=blank)),
        _table(lines, abreast),
    ]
    if observers or blank:
        shown = ([] if blank else observers) + [Signer("")] * _SPARE_OBSERVERS
        blocks += [CaptionLine(left="列席人员"), _table(shown, min(abreast, 2))]
    return Document(
        title=f"{draft.title}签到表",
        blocks=tuple(blocks),
        page=PageStyle.FORM if abreast == 1 else PageStyle.LEDGER,
        author=sheet.branch.full_name,
    )


def _when(draft: MeetingDraft) -> str:
    return chinese_datetime(draft.starts_at) + (f"—{draft.ends_at:%H:%M}" if draft.ends_at else "")


def _counts(expected: int, *, blank: bool) -> str:
    here = "　" * 2
    return f"应到{here}人，实到{here}人" if blank else f"应到{expected}人，实到{here}人"


def _table(people: Sequence[Signer], abreast: int) -> LedgerTable:
    """A ledger with `abreast` names in a row, numbered along the rows; three in a row leave 备注 out."""
    remarks = abreast < 3
    rows: list[tuple[str, ...]] = []
    for start in range(0, len(people), abreast):
        cells: list[str] = []
        for place in range(start, start + abreast):
            cells += _cells(place, people, remarks=remarks)
        rows.append(tuple(cells))
    columns = _columns(remarks=remarks) * abreast
    return LedgerTable(columns=columns, rows=tuple(rows), size=11.0 if abreast < 3 else 9.5, least_row=9.0)


def _cells(place: int, people: Sequence[Signer], *, remarks: bool) -> list[str]:
    if place >= len(people):
        return [""] * (5 if remarks else 4)
    person = people[place]
    ahead = [str(place + 1), person.name, person.unit]
    return [*ahead, "", person.remark] if remarks else [*ahead, person.remark]


def _columns(*, remarks: bool) -> tuple[LedgerColumn, ...]:
    widths = (12, 24, 30, 38, 20) if remarks else (12, 21, 31, 24)
    titles = ("序号", "姓名", "党小组/科室", "签到", "备注")
    return tuple(LedgerColumn(title, width, Align.CENTRE) for title, width in zip(titles, widths, strict=False))
