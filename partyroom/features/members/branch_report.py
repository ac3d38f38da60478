"""党支部基本情况, 支部委员会 and 党小组 on paper, as the printed 《党支部工作手册》 has them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from partyroom.core.calendar import RecordedDate, chinese_date
from partyroom.core.identity import Sex
from partyroom.documents.model import (
    Align,
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
from partyroom.documents.sheet import Sheet
from partyroom.features.members.domain import Category, Employment, MemberDetail, category_on
from partyroom.features.organisation.domain import Branch, Term

_LABEL, _VALUE = 36.0, 42.0
_HAN = ("", "汉", "汉族")


@dataclass(frozen=True, slots=True)
class CommitteeLine:
    """One post of the committee and who holds it."""

    post: str
    name: str
    sex: str
    birth: str
    education: str
    joined: str
    department: str


@dataclass(frozen=True, slots=True)
class GroupLine:
    """One Party group: its leader and its people."""

    name: str
    leader: str
    members: tuple[str, ...]


def branch_document(branch: Branch, people: Sequence[MemberDetail], day: date, *, groups: int) -> Document:
    """党支部基本情况 on `day`: who the branch is, and how many of what its members are.

    `people` are all of the roster; members are counted by their category on that day, the others as applicants.
    """
    kinds = {member.id: category_on(member.draft, day) for member in people}
    party = [m for m in people if (kind := kinds[m.id]) is not None and kind.in_party]
    count = {category: sum(kinds[m.id] is category for m in people) for category in Category}
    women = sum(m.draft.sex is Sex.FEMALE for m in party)
    minority = sum(m.draft.ethnicity not in _HAN for m in party)
    retired = sum(m.draft.employment is Employment.RETIRED for m in party)
    rows = (
        _wide("党支部名称", branch.name),
        _wide("所属学校", branch.school),
        _wide("上级党组织", branch.superior),
        _pair("成立日期", _label(branch.founded), "办公电话", branch.office_phone),
        _wide("办公地址", branch.address),
        _pair("党员总数", f"{len(party)}人", "党小组数", f"{groups}个"),
        _pair("正式党员", f"{count[Category.FULL]}人", "预备党员", f"{count[Category.PROBATIONARY]}人"),
        _pair("女党员", f"{women}人", "少数民族党员", f"{minority}人"),
        _pair("离退休党员", f"{retired}人", "发展对象", f"{count[Category.TARGET]}人"),
        _pair("入党积极分子", f"{count[Category.ACTIVIST]}人", "入党申请人", f"{count[Category.APPLICANT]}人"),
    )
    return _form("党支部基本情况", branch, day, FormGrid((_LABEL, _VALUE, _LABEL, _VALUE), rows))


def blank_branch_document() -> Document:
    """党支部基本情况 to fill in by hand."""
    rows = (
        _wide("党支部名称", ""),
        _wide("所属学校", ""),
        _wide("上级党组织", ""),
        *(
            _pair(left, "", right, "")
            for left, right in (
                ("成立日期", "办公电话"),
                ("党员总数", "党小组数"),
                ("正式党员", "预备党员"),
                ("女党员", "少数民族党员"),
                ("离退休党员", "发展对象"),
                ("入党积极分子", "入党申请人"),
            )
        ),
    )
    grid = FormGrid((_LABEL, _VALUE, _LABEL, _VALUE), rows)
    return Document("党支部基本情况", (Title("党支部基本情况"), grid), PageStyle.FORM)


def committee_document(branch: Branch, term: Term, lines: Sequence[CommitteeLine], day: date) -> Document:
    """支部委员会 of a term with its members, secretary first."""
    rows = tuple(
        (line.post, line.name, line.sex, line.birth, line.education, line.joined, line.department) for line in lines
    )
    table = LedgerTable(
        _COMMITTEE,
        rows,
        footnote=f"任期：{chinese_date(term.started)}至{chinese_date(term.ends)}，届满前应当换届。",
    )
    return _form(f"{term.number}支部委员会" if term.number else "支部委员会", branch, day, table)


def blank_committee_document() -> Document:
    """支部委员会 to fill in by hand."""
    table = LedgerTable(_COMMITTEE, (("",) * len(_COMMITTEE),) * 8, least_row=12.0)
    return Document("支部委员会", (Title("支部委员会"), table), PageStyle.FORM)


def groups_document(branch: Branch, groups: Sequence[GroupLine], day: date) -> Document:
    """党小组 with leaders and members."""
    rows = tuple((group.name, group.leader, f"{len(group.members)}人", "、".join(group.members)) for group in groups)
    return _form("党小组", branch, day, LedgerTable(_GROUPS, rows))


def groups_sheet(branch: Branch, groups: Sequence[GroupLine]) -> Sheet:
    """The same as a workbook."""
    headings = tuple(column.title for column in _GROUPS)
    rows = [(group.name, group.leader, len(group.members), "、".join(group.members)) for group in groups]
    return Sheet(f"{branch.full_name}党小组", headings, rows, (18, 14, 10, 80))


def committee_sheet(branch: Branch, lines: Sequence[CommitteeLine]) -> Sheet:
    """支部委员会 as a workbook."""
    rows = [(one.post, one.name, one.sex, one.birth, one.education, one.joined, one.department) for one in lines]
    headings = tuple(column.title for column in _COMMITTEE)
    return Sheet(f"{branch.full_name}支部委员会", headings, rows, (14, 12, 8, 14, 12, 14, 20))


def blank_groups_document() -> Document:
    """党小组 to fill in by hand."""
    table = LedgerTable(_GROUPS, (("",) * len(_GROUPS),) * 6, least_row=24.0)
    return Document("党小组", (Title("党小组"), table), PageStyle.FORM)


def committee_lines(holders: Sequence[tuple[str, int]], people: Mapping[int, MemberDetail]) -> list[CommitteeLine]:
    """Lines of a committee from its posts (label, member id); who left the roster meanwhile is left out."""
    lines = []
    for post, member_id in holders:
        member = people.get(member_id)
        if member is not None:
            draft = member.draft
            sex = draft.sex.label if draft.sex else ""
            lines.append(
                CommitteeLine(
                    post, draft.name, sex, _short(draft.birth), draft.education, _short(draft.joined), draft.department
                )
            )
    return lines


def _form(title: str, branch: Branch, day: date, table: FormGrid | LedgerTable) -> Document:
    blocks = (
        Title(f"{branch.full_name}\n{title}"),
        CaptionLine(right=f"统计日期：{chinese_date(day)}"),
        table,
    )
    return Document(title, blocks, PageStyle.FORM, author=branch.full_name)


_COMMITTEE = (
    LedgerColumn("党内职务", 24, Align.CENTRE),
    LedgerColumn("姓名", 22, Align.CENTRE),
    LedgerColumn("性别", 12, Align.CENTRE),
    LedgerColumn("出生日期", 24, Align.CENTRE),
    LedgerColumn("学历", 20, Align.CENTRE),
    LedgerColumn("入党日期", 24, Align.CENTRE),
    LedgerColumn("所在科室", 26, Align.CENTRE),
)
_GROUPS = (
    LedgerColumn("党小组", 30, Align.CENTRE),
    LedgerColumn("组长", 22, Align.CENTRE),
    LedgerColumn("人数", 14, Align.CENTRE),
    LedgerColumn("成员", 84),
)


def _wide(label: str, text: str) -> FormRow:
    return FormRow((Cell(label, label=True), Cell(text, span=3)), 12.0)


def _pair(label: str, text: str, other_label: str, other: str) -> FormRow:
    return FormRow((Cell(label, label=True), Cell(text), Cell(other_label, label=True), Cell(other)), 12.0)


def _label(day: RecordedDate | None) -> str:
    return "" if day is None else day.label


def _short(day: RecordedDate | None) -> str:
    return "" if day is None else day.short
