"""请假条 on half sheets, two to an A4 page, and 补课记录 on a page each; both also as forms to fill in by hand.

Nobody prescribes these forms. The fields are those that the leave rules of branches ask for and that record books of
make-up lessons have; the slip is signed by the head of the department and filed with the Party office (school custom).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from partyroom.core.calendar import chinese_date, chinese_datetime
from partyroom.documents.model import (
    Align,
    Blank,
    Block,
    Cell,
    Document,
    Footer,
    FormGrid,
    FormRow,
    PageStyle,
    Paragraph,
    Title,
)
from partyroom.features.meetings.absence import METHODS, MakeUpRow, SlipRow
from partyroom.features.meetings.domain import LeaveCategory
from partyroom.features.organisation.domain import Branch

_LABEL, _VALUE = 26.0, 52.0
_COLUMNS = (_LABEL, _VALUE, _LABEL, _VALUE)
_NO_DATE = "　　年　　月　　日"
_CELL = 12
_HALF = 90
"""Characters of title and reason together that fit on half a sheet."""


def slips_document(rows: Sequence[SlipRow], branch: Branch) -> list[Document]:
    """The leave slips of these absences, two to a sheet; one with much text has a sheet to itself."""
    sheets: list[list[SlipRow]] = []
    for row in rows:
        room = sheets and len(sheets[-1]) == 1 and not _long(row) and not _long(sheets[-1][0])
        if room:
            sheets[-1].append(row)
        else:
            sheets.append([row])
    return [_sheet([_slip(row, branch) for row in sheet], branch, _names(sheet)) for sheet in sheets]


def blank_slip_document(branch: Branch) -> Document:
    """Two empty slips on a sheet, for filling in by hand."""
    return _sheet([_slip(None, branch), _slip(None, branch)], branch, "空白")


def make_up_document(row: MakeUpRow, branch: Branch) -> Document:
    """补课记录 of one absentee: what was missed and why, when, how and by whom it was made up, lines to sign on."""
    held = "" if row.done_on is None else chinese_date(row.done_on)
    rows = (
        _pair("缺席人", row.name, "所在科室", row.department),
        _wide("原会议名称", row.title),
        _pair("会议类型", row.kind, "会议时间", chinese_datetime(row.starts_at)),
        _wide("缺席原因", "：".join(filter(None, (row.attendance, row.reason)))),
        _wide("补课材料", f"《{row.material}》"),
        _pair("补课期限", "" if row.due_on is None else f"{chinese_date(row.due_on)}前", "补课日期", held),
        _wide("补课方式", _boxes(METHODS, row.method) if row.method in ("", *METHODS) else row.method),
        FormRow((Cell("补课内容", label=True), Cell(row.content, span=3, indent=True)), 86.0),
        _signed("补课人", "签字：", row.teacher, row.done_on),
        _signed("本人", "签字：", row.name, row.done_on),
        _signed("核查人", "签字：", row.confirmed_by, None),
    )
    blocks: tuple[Block, ...] = (
        Title(f"{branch.full_name}\n补课记录"),
        FormGrid(_COLUMNS, rows),
    )
    return Document(
        title=f"{row.name}补课记录（{row.title}）",
        blocks=blocks,
        page=PageStyle.FORM,
        footer=Footer.NONE,
        author=branch.full_name,
        subject=f"补课记录，{chinese_date(row.starts_at.date())}",
    )


def _sheet(slips: Sequence[list[Block]], branch: Branch, whose: str) -> Document:
    blocks: list[Block] = []
    for number, slip in enumerate(slips):
        if number:
            blocks += [
                Blank(0.8),
                Paragraph("…………………（沿此线裁开）…………………", indent=False, align=Align.CENTRE, size=10.5),
                Blank(1),
            ]
        blocks += slip
    return Document(
        title=f"请假条（{whose}）",
        blocks=tuple(blocks),
        page=PageStyle.FORM,
        footer=Footer.NONE,
        author=branch.full_name,
        subject="请假条",
    )


def _slip(row: SlipRow | None, branch: Branch) -> list[Block]:
    draft = row.draft if row is not None else None
    stored = draft if row is not None and row.stored else None
    category = stored.category if stored is not None else None
    rows = (
        _pair("姓名", row.name if row else "", "所在科室", _unit(row)),
        _wide("会议名称", row.title if row else ""),
        _pair("会议时间", chinese_datetime(row.starts_at) if row else "", "会议地点", row.place if row else ""),
        _wide("请假类别", _boxes([one.label for one in LeaveCategory], category.label if category else "")),
        FormRow((Cell("请假事由", label=True), Cell(draft.reason if draft else "", span=3, indent=True)), 22.0),
        _signed("请假人", "本人签字：", "", draft.applied_on if draft else None),
        _signed("科室负责人\n意见", "签字：", draft.signed_by if draft else "", draft.signed_on if draft else None),
        _signed("党建办公室\n备案", "备案人：", stored.filed_by if stored else "", stored.filed_on if stored else None),
    )
    return [
        Title(f"{branch.full_name}请假条", blank_above=0, blank_below=0, size=16.0),
        Blank(0.3),
        FormGrid(_COLUMNS, rows, size=11.0),
    ]


def _signed(label: str, words: str, name: str, day: date | None) -> FormRow:
    """A cell to sign in: the name, when known, in brackets, so that the hand-written one has room before the date."""
    who = f"{words}{f'（{name}）' if name else ''}"
    when = chinese_date(day) if day is not None else _NO_DATE
    return FormRow((Cell(label, label=True), Cell(who, span=2), Cell(when, align=Align.RIGHT)), 12.5)


def _boxes(labels: Sequence[str], chosen: str) -> str:
    """□病假　☑事假: the choices with the right one ticked, none for filling in by hand."""
    return "　".join(f"{'☑' if label == chosen else '□'}{label}" for label in labels)


def _unit(row: SlipRow | None) -> str:
    return row.department or row.group if row is not None else ""


def _names(rows: Sequence[SlipRow]) -> str:
    return "、".join(row.name for row in rows)


def _long(row: SlipRow) -> bool:
    """Whether a slip would grow over its half of the sheet: a narrow cell that breaks, or much in the wide ones."""
    if max(len(_unit(row)), len(row.place)) > _CELL:
        return True
    lines = row.draft.reason.count("\n") + row.title.count("\n")
    return len(row.title) + len(row.draft.reason) + 28 * lines > _HALF


def _wide(label: str, text: str) -> FormRow:
    return FormRow((Cell(label, label=True), Cell(text, span=3)), 9.0)


def _pair(label: str, text: str, other_label: str, other: str) -> FormRow:
    return FormRow((Cell(label, label=True), Cell(text), Cell(other_label, label=True), Cell(other)), 9.0)
