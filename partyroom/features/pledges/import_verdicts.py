"""Pledges from a workbook: what each row says, whom it belongs to, and what is wrong with it.

Takes cells as texts, whatever they were read from; nothing is stored here (see `import_service.store_import`).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from partyroom.core.calendar import Precision, RecordedDate, read_date
from partyroom.core.names import normalise_name
from partyroom.core.text import clean_text, one_line
from partyroom.features.pledges.domain import ItemCategory, PledgerKind, pledger_key


class ImportColumn(StrEnum):
    """What a column of a workbook of pledges can hold."""

    NAME = "name"
    DEPARTMENT = "department"
    KIND = "kind"
    TEXT = "text"
    MEASURE = "measure"
    DEADLINE = "deadline"
    CATEGORY = "category"
    RESPONSIBLE = "responsible"

    @property
    def label(self) -> str:
        """The header that our own template bears."""
        return _HEADERS[self][0]


_HEADERS: Mapping[ImportColumn, tuple[str, ...]] = {
    ImportColumn.NAME: ("姓名", "承诺人", "党员姓名", "承诺人姓名", "名字"),
    ImportColumn.DEPARTMENT: ("科室", "部门", "所在科室", "所在部门", "处室", "年级组", "教研组"),
    ImportColumn.KIND: ("承诺主体", "承诺类型", "承诺人类型", "身份"),
    ImportColumn.TEXT: ("承诺事项", "承诺内容", "事项", "公开承诺事项", "公开承诺内容", "具体承诺事项", "承诺"),
    ImportColumn.MEASURE: ("践诺措施", "措施", "具体措施", "落实措施", "践诺方式"),
    ImportColumn.DEADLINE: ("完成时限", "时限", "完成日期", "完成时间", "践诺时限", "截止日期"),
    ImportColumn.CATEGORY: ("类别", "承诺类别", "事项类别", "分类", "方面"),
    ImportColumn.RESPONSIBLE: ("责任人", "负责人"),
}

_COLUMN_OF = {word: column for column, words in _HEADERS.items() for word in words}
_BRANCH_WORDS = frozenset({"党支部", "支部", "本支部"})
_KIND_OF: Mapping[str, PledgerKind] = {
    **dict.fromkeys(_BRANCH_WORDS | {"党组织", "组织", "支部承诺"}, PledgerKind.BRANCH),
    **dict.fromkeys(("班子成员", "支委", "支部委员", "委员", "书记", "副书记", "班子"), PledgerKind.COMMITTEE),
    **dict.fromkeys(("党员", "党员个人", "个人", "正式党员", "预备党员"), PledgerKind.MEMBER),
}


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody a row can belong to."""

    id: int
    name: str
    department: str
    on_committee: bool = False


@dataclass(frozen=True, slots=True)
class ImportContext:
    """What the rows are judged by: the round's year, the members, the branch, and who has a pledge already."""

    year: int
    people: tuple[Person, ...]
    branch_name: str
    having: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Verdict:
    """One row: what would be stored; `problems` keep the import back, `notes` only tell. `row` counts as in Excel."""

    row: int
    name: str
    kind: PledgerKind
    member_id: int | None
    text: str
    measure: str
    deadline: date | None
    category: ItemCategory
    responsible: str
    problems: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def good(self) -> bool:
        """Whether the row can be stored."""
        return not self.problems


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """All rows judged. `problems` concern the table as a whole; `unread` are headers nobody knows."""

    verdicts: tuple[Verdict, ...]
    problems: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()

    @property
    def good(self) -> bool:
        """Whether everything can be stored."""
        return bool(self.verdicts) and not self.problems and all(verdict.good for verdict in self.verdicts)

    @property
    def people(self) -> int:
        """How many pledges the rows make."""
        return len({(verdict.kind, verdict.member_id, verdict.name) for verdict in self.verdicts})


def template_headers() -> tuple[str, ...]:
    """The headers of an empty table to fill in."""
    return tuple(column.label for column in ImportColumn)


def import_plan(
    header: Sequence[str], rows: Sequence[Sequence[str]], context: ImportContext, first_row: int = 2
) -> ImportPlan:
    """Judge the rows below a header; `first_row` is the number of the first of them in the sheet.

    A row without a name goes on with the person above, as merged cells read; empty rows are left out.
    """
    columns, unread = find_columns(header)
    missing = [column.label for column in (ImportColumn.NAME, ImportColumn.TEXT) if column not in columns]
    if missing:
        return ImportPlan((), (f"表头里没有找到“{'”“'.join(missing)}”这一列，请核对表头。",), unread)
    verdicts: list[Verdict] = []
    seen: dict[tuple[str, str], int] = {}
    above: dict[ImportColumn, str] = {}
    for number, row in enumerate(rows, first_row):
        cells = {column: _cell(row, place) for column, place in columns.items()}
        if not any(cells.values()):
            continue
        cells, notes = _continued(cells, above)
        verdict = _judge(number, cells, notes, context)
        key = (f"{verdict.kind}:{verdict.member_id}:{verdict.name}", one_line(verdict.text))
        if verdict.text and key in seen:
            verdict = _with(verdict, f"与第{seen[key]}行的承诺事项相同，请删去一行。")
        seen.setdefault(key, number)
        verdicts.append(verdict)
    problems = () if verdicts else ("表里没有可以导入的承诺事项。",)
    return ImportPlan(tuple(verdicts), problems, unread)


def find_columns(header: Sequence[str]) -> tuple[dict[ImportColumn, int], tuple[str, ...]]:
    """Which column stands where (the first of two alike), and the headers that nobody knows."""
    found: dict[ImportColumn, int] = {}
    unread = []
    for place, cell in enumerate(header):
        word = re.sub(r"[\s:：*＊（）()]", "", unicodedata.normalize("NFKC", clean_text(cell)))
        column = _COLUMN_OF.get(word)
        if column is not None and column not in found:
            found[column] = place
        elif word and word not in ("序号", "编号"):
            unread.append(one_line(cell))
    return found, tuple(unread)


def read_deadline(text: str, year: int) -> date | None:
    """A deadline as offices write it: a day, a month (its last day), '6月底', '12月10日', '年底', '全年'.

    What has no year is meant in `year`; None if unreadable.
    """
    plain = re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).removesuffix("前").removesuffix("之")
    plain = plain.removesuffix("以")
    if plain in ("年底", "年末", "年终", "全年", "长期", "本年度", f"{year}年底", f"{year}年末", f"{year}年"):
        return date(year, 12, 31)
    if plain in ("年中", "上半年", f"{year}年中", f"{year}年上半年"):
        return date(year, 6, 30)
    plain = re.sub(r"月(底|末|份|份底)$", "月", plain)
    if re.fullmatch(r"\d{1,2}[月./-](\d{1,2}[日号]?)?", plain):
        plain = f"{year}年" + re.sub(r"[./-]", "月", plain)
    found: RecordedDate | None = read_date(plain)
    if found is None or found.precision is Precision.UNREADABLE:
        return None
    return found.exact or found.last_day


def _judge(number: int, cells: Mapping[ImportColumn, str], notes: tuple[str, ...], context: ImportContext) -> Verdict:
    name = normalise_name(cells.get(ImportColumn.NAME, ""))
    problems: list[str] = []
    told = list(notes)
    kind, member_id = _pledger(name, cells, context, problems)
    text = clean_text(cells.get(ImportColumn.TEXT, "")).strip()
    if not text:
        problems.append("没有写承诺事项。")
    deadline_text = cells.get(ImportColumn.DEADLINE, "")
    deadline = read_deadline(deadline_text, context.year) if deadline_text else None
    if deadline_text and deadline is None:
        problems.append(f"完成时限“{one_line(deadline_text)}”读不出日期，请写成{context.year}-12-10这样的日期。")
    elif deadline is None:
        told.append("没有完成时限。")
    elif deadline.year != context.year:
        told.append(f"完成时限不在{context.year}年内，请核对。")
    category = _category(cells.get(ImportColumn.CATEGORY, ""), told)
    if not problems and pledger_key(kind, member_id) in context.having:
        problems.append(f"{name}在本年度已经有一份{kind.label}承诺，请直接打开修改。")
    return Verdict(
        row=number,
        name=name,
        kind=kind,
        member_id=member_id,
        text=text,
        measure=clean_text(cells.get(ImportColumn.MEASURE, "")).strip(),
        deadline=deadline,
        category=category,
        responsible=one_line(cells.get(ImportColumn.RESPONSIBLE, "")),
        problems=tuple(problems),
        notes=tuple(told),
    )


def _pledger(
    name: str, cells: Mapping[ImportColumn, str], context: ImportContext, problems: list[str]
) -> tuple[PledgerKind, int | None]:
    """Whose pledge it is; what is wrong is added to `problems`."""
    typed = one_line(cells.get(ImportColumn.KIND, ""))
    given = _KIND_OF.get(typed)
    if typed and given is None:
        problems.append(f"承诺主体“{typed}”应为党支部、班子成员或党员。")
    if not name and given is not PledgerKind.BRANCH:
        problems.append("没有写姓名。")
        return PledgerKind.MEMBER, None
    if given is PledgerKind.BRANCH or name in _BRANCH_WORDS or name == context.branch_name:
        return PledgerKind.BRANCH, None
    person = _matched(name, one_line(cells.get(ImportColumn.DEPARTMENT, "")), context.people, problems)
    if given is not None:
        return given, person.id if person else None
    committee = person is not None and person.on_committee
    return (PledgerKind.COMMITTEE if committee else PledgerKind.MEMBER), person.id if person else None


def _matched(name: str, department: str, people: Sequence[Person], problems: list[str]) -> Person | None:
    """The person of that name; the department tells two apart."""
    named = [person for person in people if person.name == name]
    if len(named) > 1:
        named = [person for person in named if department and person.department == department]
        if len(named) != 1:
            problems.append(f"花名册里有几个“{name}”，请用科室区分。")
            return None
    if not named:
        problems.append(f"花名册里没有党员“{name}”，请核对姓名。")
        return None
    return named[0]


def _category(text: str, notes: list[str]) -> ItemCategory:
    word = one_line(text).removesuffix("方面").removesuffix("类")
    if not word:
        return ItemCategory.OTHER
    for category in ItemCategory:
        if category.label in word:
            return category
    notes.append(f"类别“{one_line(text)}”不在学习、工作、自律、服务之内，归入其他。")
    return ItemCategory.OTHER


def _continued(
    cells: dict[ImportColumn, str], above: dict[ImportColumn, str]
) -> tuple[dict[ImportColumn, str], tuple[str, ...]]:
    """A row without a name takes that of the row above, with department and kind; `above` is kept up to date."""
    who = (ImportColumn.NAME, ImportColumn.DEPARTMENT, ImportColumn.KIND)
    if cells.get(ImportColumn.NAME) or cells.get(ImportColumn.KIND) or not above:
        above.clear()
        above.update({column: cells.get(column, "") for column in who})
        return cells, ()
    return cells | above, (f"姓名空白，按上一行的“{one_line(above[ImportColumn.NAME])}”处理。",)


def _with(verdict: Verdict, problem: str) -> Verdict:
    return replace(verdict, problems=(*verdict.problems, problem))


def _cell(row: Sequence[str], place: int) -> str:
    return clean_text(row[place]).strip() if place < len(row) else ""
