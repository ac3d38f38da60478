"""承诺书 on paper: what one pledger promises, what was done for it and what the branch finds, with places to sign.

The fields are those of the forms in use (党支部、姓名、性别、年龄、填表日期、承诺事项、践诺措施、完成时限、责任人、
践诺情况、评定意见); no regulation prescribes a form.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from partyroom.core.calendar import chinese_date
from partyroom.documents.model import (
    Align,
    Blank,
    Block,
    Cell,
    Document,
    FormGrid,
    FormRow,
    Note,
    PageStyle,
    Paragraph,
    Title,
)
from partyroom.features.organisation.domain import Branch
from partyroom.features.pledges.domain import Appraisal, Deed, PledgeDetail, PledgeItem, PledgerKind, State
from partyroom.features.pledges.tally import tally_text

_TITLES = {
    PledgerKind.BRANCH: "党支部公开承诺书",
    PledgerKind.COMMITTEE: "支部班子成员公开承诺书",
    PledgerKind.MEMBER: "党员公开承诺书",
}
# Number | rest of the labels | rest of items | half of measures | other half, labels on the right | deadline | person
_COLUMNS = (10.5, 13.5, 40.5, 14.0, 30.5, 20.5, 17.1)  # mm
_HEADINGS = (("序号", 1), ("承诺事项", 2), ("践诺措施", 2), ("完成时限", 1), ("责任人", 1))
_SIGNERS = {
    PledgerKind.BRANCH: ("书记签字", "党支部（盖章）："),
    PledgerKind.COMMITTEE: ("承诺人签字", "党支部书记（签字）："),
    PledgerKind.MEMBER: ("承诺人签字", "党支部书记（签字）："),
}
"""Who signs the promise, and who the branch's opinion."""
_BLANK_ITEMS = 5
_BLANK_DAY = "　　年　　月　　日"
_SIGN_ROW = 11.0  # mm, room for a pen
_TEXT, _ROW = 10.5, 8.5  # points; mm
_ITEM_ROW, _BLANK_ROW, _REPORT_ROW = 10.0, 15.0, 17.0  # mm


@dataclass(frozen=True, slots=True)
class LetterPerson:
    """What a 承诺书 says of the person besides name and post; `age` in full years on the day it was written."""

    sex: str = ""
    age: int | None = None


def letter_documents(
    pledges: Sequence[PledgeDetail], branch: Branch, people: Mapping[int, LetterPerson] | None = None
) -> list[Document]:
    """A 承诺书 for each pledge, in order; `people` by pledge id. What is not known yet stays blank to write in."""
    known = people or {}
    return [_letter(pledge, branch, known.get(pledge.id, LetterPerson())) for pledge in pledges]


def blank_letter_document(branch: Branch | None = None) -> Document:
    """党员公开承诺书 to fill in by hand."""
    kind = PledgerKind.MEMBER
    name = branch.full_name if branch else ""
    rows = (
        *_person_rows(name, ("", ""), LetterPerson(), "", _BLANK_DAY),
        _heading_row(),
        *(_item_row((str(number), "", "", "", ""), _BLANK_ROW) for number in range(1, _BLANK_ITEMS + 1)),
        _sign_row(kind, _BLANK_DAY),
        *_report_rows(("", "", "", ""), kind, 28.0),
    )
    blocks = (Title(_TITLES[kind]), FormGrid(_COLUMNS, rows, _TEXT))
    return Document(_TITLES[kind], blocks, PageStyle.FORM)


def item_lines(item: PledgeItem) -> tuple[str, str, str, str]:
    """Item, measure, deadline and responsible person as papers show them."""
    return (item.text, item.measure, short_day(item.deadline), item.responsible)


def day_text(day: date | None) -> str:
    """'2026年1月2日', blank for none."""
    return chinese_date(day) if day else ""


def short_day(day: date | None) -> str:
    """'2026.1.2' for narrow columns, blank for none."""
    return f"{day.year}.{day.month}.{day.day}" if day else ""


def done_text(item: PledgeItem) -> str:
    """'已于2026年6月1日完成：…', or blank while it is not done."""
    if item.done_on is None:
        return ""
    note = f"：{item.done_note.strip()}" if item.done_note.strip() else ""
    return f"已于{chinese_date(item.done_on)}完成{note}"


def _letter(pledge: PledgeDetail, branch: Branch, person: LetterPerson) -> Document:
    title = _TITLES[pledge.kind]
    found = pledge.appraisal
    rows = (
        *_pledger_rows(pledge, branch, person),
        _heading_row(),
        *(
            _item_row((str(number), *item_lines(item)), _ITEM_ROW)
            for number, item in enumerate(pledge.standing_items, 1)
        ),
        _sign_row(pledge.kind, day_text(pledge.signed_on) or _BLANK_DAY),
        *_report_rows(
            (_deeds_text(pledge), found.grade, day_text(found.decided_on), _opinion(found)), pledge.kind, _REPORT_ROW
        ),
    )
    preamble = (Paragraph(pledge.preamble, size=12.0), Blank(0.2)) if pledge.preamble.strip() else ()
    blocks: tuple[Block, ...] = (
        Title(f"{pledge.year}年度{title}", blank_below=0),
        Blank(0.3),
        *preamble,
        FormGrid(_COLUMNS, rows, _TEXT),
        *_history(pledge),
    )
    return Document(f"{title}（{pledge.name}）", blocks, PageStyle.FORM, author=branch.full_name)


def _pledger_rows(pledge: PledgeDetail, branch: Branch, person: LetterPerson) -> tuple[FormRow, ...]:
    day = day_text(pledge.proposed_on)
    if pledge.kind is not PledgerKind.BRANCH:
        return _person_rows(branch.full_name, (pledge.name, pledge.post), person, pledge.department, day)
    names = dict.fromkeys(item.responsible for item in pledge.standing_items if item.responsible)
    return (
        _row(("党支部", 2, True), (branch.full_name or pledge.name, 5, False)),
        _row(("责任人", 2, True), ("、".join(names), 2, False), ("填表日期", 1, True), (day, 2, False)),
    )


def _person_rows(
    branch: str, name_and_post: tuple[str, str], person: LetterPerson, department: str, day: str
) -> tuple[FormRow, ...]:
    name, post = name_and_post
    age = "" if person.age is None else str(person.age)
    return (
        _row(("党支部", 2, True), (branch, 2, False), ("填表日期", 1, True), (day, 2, False)),
        _row(
            ("姓名", 2, True),
            (name, 1, False),
            ("性别", 1, True),
            (person.sex, 1, False),
            ("年龄", 1, True),
            (age, 1, False),
        ),
        _row(("职务", 2, True), (post, 2, False), ("所在部门", 1, True), (department, 2, False)),
    )


def _row(*cells: tuple[str, int, bool]) -> FormRow:
    return FormRow(tuple(Cell(text, label=label, span=span, align=Align.CENTRE) for text, span, label in cells), _ROW)


def _heading_row() -> FormRow:
    return FormRow(tuple(Cell(text, label=True, span=span) for text, span in _HEADINGS), _ROW)


def _item_row(texts: tuple[str, ...], height: float) -> FormRow:
    centred = (True, False, False, True, True)
    cells = tuple(
        Cell(text, span=span, align=Align.CENTRE if middle else Align.LEFT)
        for text, (_, span), middle in zip(texts, _HEADINGS, centred, strict=True)
    )
    return FormRow(cells, height)


def _sign_row(kind: PledgerKind, day: str) -> FormRow:
    row = _row((_SIGNERS[kind][0], 2, True), ("", 2, False), ("签字日期", 1, True), (day, 2, False))
    return replace(row, min_height=_SIGN_ROW)


def _report_rows(texts: tuple[str, str, str, str], kind: PledgerKind, height: float) -> tuple[FormRow, ...]:
    """Deeds, grade and its day, opinion; who signs the opinion signs below it, so that no signature stands alone."""
    deeds, grade, decided, opinion = texts
    signer = f"{'　' * 7}{_SIGNERS[kind][1]}{'　' * 6}{_BLANK_DAY}"
    return (
        FormRow((Cell("践诺情况", label=True, span=2), Cell(deeds, span=5)), height),
        _row(("评定等次", 2, True), (grade, 2, False), ("评定日期", 1, True), (decided, 2, False)),
        FormRow((Cell("评定意见", label=True, span=2), Cell(f"{opinion}\n\n{signer}", span=5)), height),
    )


def _deeds_text(pledge: PledgeDetail) -> str:
    """What was done, item by item in order of time."""
    parts = []
    for number, item in enumerate(pledge.standing_items, 1):
        lines = [*map(_deed_text, sorted(pledge.deeds_of(item.id), key=_when)), *filter(None, (done_text(item),))]
        if lines:
            parts.append(f"{number}. " + "；".join(lines) + "。")
    standing = {item.id for item in pledge.standing_items}
    others = [deed for deed in pledge.deeds if deed.item_id not in standing]
    if others:
        parts.append("其他：" + "；".join(map(_deed_text, sorted(others, key=_when))) + "。")
    return "\n".join(parts)


def _when(deed: Deed) -> tuple[date, int]:
    return deed.on, deed.id


def _deed_text(deed: Deed) -> str:
    return f"{deed.on.month}月{deed.on.day}日，{deed.text.strip().rstrip('。；')}"


def _opinion(found: Appraisal) -> str:
    """Self, members, masses and the branch's words, as far as they are there."""
    own = "，".join(filter(None, (found.self_grade, found.self_text.strip().rstrip("。"))))
    grades = tuple(dict.fromkeys((*found.members.counts, *found.masses.counts)))
    parts = (
        ("自评", own),
        ("党员测评", tally_text(found.members, grades)),
        ("群众测评", tally_text(found.masses, grades)),
        (f"{found.decided_by.label}意见" if found.decided_by else "支部意见", found.comment.strip().rstrip("。")),
    )
    return "\n".join(f"{label}：{text}。" for label, text in parts if text)


def _history(pledge: PledgeDetail) -> tuple[Block, ...]:
    """Why the words are not those of the first version, or hold no more."""
    lines = [
        f"{chinese_date(version.changed_on)}{'更正' if version.correction else '变更'}：{version.reason.strip()}"
        for version in pledge.versions
    ]
    if pledge.state is State.WITHDRAWN:
        lines.append(f"{day_text(pledge.withdrawn_on)}撤回：{pledge.withdrawn_reason.strip()}")
    return tuple(Note(line) for line in lines)
