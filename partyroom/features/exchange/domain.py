"""A roster file as people with values, and every doubt about it in words that name the cell."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from partyroom.core.calendar import RecordedDate, add_months
from partyroom.core.cells import Cell, Sheet, cell_text, column_letters
from partyroom.core.errors import DomainError
from partyroom.core.identity import IdentityCheck, Sex, check_identity
from partyroom.features.exchange.headers import Header, IgnoredColumn, find_header, is_header_again
from partyroom.features.exchange.values import Value, read_value
from partyroom.features.members.domain import ENUM_KINDS, FIELDS_BY_KEY, FieldKind, MemberDraft

NO_HEADER = "没有找到表头：前20行里没有一行写着“姓名”等栏目名称，请检查是不是选错了文件或工作表。"
_AGE_OF_ADMISSION = 18 * 12  # months; 《中国共产党章程》第一条
_OWN_TO_EACH = frozenset({"name", "id_number", "phone", "staff_number"})  # never filled down
_STRICT_KINDS = frozenset({FieldKind.DATE, FieldKind.IDENTITY, FieldKind.PHONE, *ENUM_KINDS})
_FOOTER = re.compile(
    r"\s*(?:(?:填表|填报|制表|制作|审核|审批|复核|经办|负责|联系|打印|单位|盖章|签字|签名|书记)\S{0,6}\s*[:：]"
    r"|(?:填表|填报|制表|打印|统计|截止)(?:日期|时间|人|单位)"
    r"|(?:注|备注|说明|附注|附|填表说明)\s*[:：]"
    r"|(?:合\s*计|总\s*计|小\s*计|共\s*计|总人数|以下空白)|共\s*[0-9]+\s*[人名]|※|第\s*[0-9]+\s*页)"
)


@dataclass(frozen=True, slots=True)
class Issue:
    """A doubt about one cell, or the reason why a row is refused.

    `row` counts from 1 as Excel shows it, `column` is the title as the file has it, `cell` is 'D5' ('' where
    no one cell is meant), `value` the cell's text; `message` is a whole sentence that names the place.
    """

    row: int
    column: str
    cell: str
    value: str
    message: str


@dataclass(frozen=True, slots=True)
class SkippedRow:
    """A row that holds nobody (`row` from 1) and why it was passed over."""

    row: int
    reason: str


@dataclass(frozen=True, slots=True)
class ParsedRow:
    """One person of the file.

    `values` holds what was filled in, by field key and fit to be stored; `typed` the texts of cells that no
    code of their field fits; `marks` the keys of doubtful fields; `incomplete` the keys whose value hides
    or has lost characters; `same_as_row` an earlier row (from 1) about the same person.
    """

    row: int
    name: str
    values: Mapping[str, object]
    typed: Mapping[str, str] = field(default_factory=dict)
    marks: frozenset[str] = frozenset()
    incomplete: frozenset[str] = frozenset()
    same_as_row: int | None = None

    def draft(self) -> MemberDraft:
        """The record of a new person."""
        return MemberDraft.from_values({**self.values, "typed": dict(self.typed)})

    @property
    def birth(self) -> RecordedDate | None:
        """The birth date to know the person by: as written, else from a valid identity number."""
        return known_birth(self.values.get("birth"), str(self.values.get("id_number", "")))

    @property
    def id_number(self) -> str:
        """The identity number to know the person by; '' when there is none or digits of it are missing."""
        return "" if "id_number" in self.incomplete else str(self.values.get("id_number", ""))


@dataclass(frozen=True, slots=True)
class ParsedRoster:
    """What a sheet says. `columns` maps the file's titles to field keys; `notes` concern the whole sheet."""

    sheet: str
    header_row: int
    rows: tuple[ParsedRow, ...]
    warnings: tuple[Issue, ...]
    refusals: tuple[Issue, ...]
    columns: Mapping[str, str]
    ignored: tuple[IgnoredColumn, ...]
    skipped: tuple[SkippedRow, ...]
    notes: tuple[str, ...] = ()


def known_birth(birth: object, id_number: str) -> RecordedDate | None:
    """A readable birth date, or the one in a valid identity number, or None."""
    if isinstance(birth, RecordedDate) and birth.readable:
        return birth
    check = check_identity(id_number) if id_number else None
    return RecordedDate.of(check.birth) if check and check.valid and check.birth else None


def roster_sheets(sheets: Sequence[Sheet]) -> list[Sheet]:
    """The sheets that look like rosters, in the workbook's order.

    Raises:
        DomainError: there is none, or no sheet holds anything.
    """
    if not any(row for sheet in sheets for row in sheet.rows):
        raise DomainError("文件是空的，没有可导入的内容。")
    found = [sheet for sheet in sheets if find_header(sheet) is not None]
    if not found:
        raise DomainError(NO_HEADER)
    return found


def parse_workbook(sheets: Sequence[Sheet]) -> ParsedRoster:
    """Read the first sheet that looks like a roster; a note names the others that do too.

    Raises:
        DomainError: no sheet has a header with 姓名.
    """
    first, *others = roster_sheets(sheets)
    names = "、".join(f"“{sheet.name}”" for sheet in others)
    note = f"本次只读取工作表“{first.name}”；{names}也像花名册，需要时请另行导入。"
    return parse_sheet(first, notes=(note,) if others else ())


def parse_sheet(sheet: Sheet, *, notes: Sequence[str] = ()) -> ParsedRoster:
    """Read a sheet as a roster. Only a row without a name is refused; all else is a warning.

    Raises:
        DomainError: no header with 姓名 in the first rows.
    """
    header = find_header(sheet)
    if header is None:
        raise DomainError(NO_HEADER)
    return _Parser(sheet, header).parse(tuple(notes))


class _Parser:
    """Reads the rows below one header."""

    def __init__(self, sheet: Sheet, header: Header) -> None:
        self._sheet = sheet
        self._header = header
        self._fields = [(index, FIELDS_BY_KEY[key]) for index, key in header.columns.items()]
        self._name_column = next(index for index, key in header.columns.items() if key == "name")
        self._columns_by_key = {key: index for index, key in header.columns.items()}
        self._name_titles = {"", cell_text(header.titles[self._name_column])}
        self._named = [
            index
            for index in range(header.last_row + 1, len(sheet.rows))
            if self._name_column < len(sheet.rows[index]) and cell_text(sheet.rows[index][self._name_column])
        ]
        self._same_person: set[int] = set()
        self._inherited = self._fill_down()
        self._warnings: list[Issue] = []
        self._refusals: list[Issue] = []
        self._skipped: list[SkippedRow] = []

    def parse(self, notes: tuple[str, ...]) -> ParsedRoster:
        rows = [row for index in self._filled() if (row := self._parse_row(index)) is not None]
        rows = list(self._mark_repeated(rows))
        header = self._header
        columns: dict[str, str] = {}
        for index, key in header.columns.items():
            title = header.titles[index]
            columns[f"{title}（{column_letters(index)}列）" if title in columns else title] = key
        return ParsedRoster(
            sheet=self._sheet.name,
            header_row=header.last_row + 1,
            rows=tuple(rows),
            warnings=tuple(sorted(self._warnings, key=lambda issue: issue.row)),
            refusals=tuple(self._refusals),
            columns=columns,
            ignored=header.ignored,
            skipped=tuple(self._skipped),
            notes=(*notes, *(column.reason for column in header.ignored)),
        )

    def _fill_down(self) -> dict[tuple[int, int], Cell]:
        """Cells below the top of a vertical merge, with the value that the merged cell shows."""
        found: dict[tuple[int, int], Cell] = {}
        for merge in self._sheet.merges:
            key = self._header.columns.get(merge.left)
            if merge.top <= self._header.last_row or merge.top == merge.bottom or key is None:
                continue
            if key == "name":
                self._same_person.update(range(merge.top + 1, merge.bottom + 1))
            elif key not in _OWN_TO_EACH and merge.left < len(self._sheet.rows[merge.top]):
                cell = self._sheet.rows[merge.top][merge.left]
                found.update({(row, merge.left): cell for row in range(merge.top + 1, merge.bottom + 1)})
        return found

    def _filled(self) -> Iterator[int]:
        for index in range(self._header.last_row + 1, len(self._sheet.rows)):
            row = self._sheet.rows[index]
            if any(cell not in ("", None) and str(cell).strip() for cell in row):
                yield index
        # blank rows hold nobody, and are so many in some files that they are not even listed

    def _parse_row(self, index: int) -> ParsedRow | None:
        cells = self._sheet.rows[index]
        name = cell_text(cells[self._name_column]) if self._name_column < len(cells) else ""
        if name in self._name_titles and is_header_again(cells, self._header):
            self._skipped.append(SkippedRow(index + 1, "重复的表头"))
            return None
        if not name or _FOOTER.match(name):
            self._pass_over(index, name)
            return None
        return self._read_person(index, cells)

    def _pass_over(self, index: int, name: str) -> None:
        cells = self._sheet.rows[index]
        filled = [(i, cell_text(cell)) for i, cell in enumerate(cells) if cell_text(cell)]
        if not filled:  # nothing but invisible characters
            return
        known = [i for i, _ in filled if i in self._header.columns]
        numbered = any(i in self._header.serial and text.isdigit() for i, text in filled)
        if index in self._same_person:
            reason = "姓名单元格与上一行合并，只读取合并区域的第一行"
        elif name or _FOOTER.match(filled[0][1]):
            reason = "表尾（填表人、合计、注等）"
        elif all(i in self._header.serial for i, _ in filled):
            reason = "只有序号" if numbered else "不是名册内容"
        elif len(known) <= 1 and not numbered and self._near_the_edge(index):
            reason = "不是名册内容"
        elif not numbered and self._explains_the_header(index):
            reason = "表头下的填写说明"
        else:
            self._refuse(index, filled)
            return
        self._skipped.append(SkippedRow(index + 1, reason))

    def _near_the_edge(self, index: int) -> bool:
        """Whether no name stands between this row and the header, or below it."""
        column = self._name_column
        below = self._sheet.rows[index + 1 :]
        above = self._sheet.rows[self._header.last_row + 1 : index]
        return any(not any(column < len(row) and cell_text(row[column]) for row in part) for part in (above, below))

    def _explains_the_header(self, index: int) -> bool:
        """Whether a row above all names only says how to fill the columns in ('年.月.日', '18位')."""
        if self._named and index > self._named[0]:
            return False
        cells = self._sheet.rows[index]
        strict = [
            read_value(member_field, cells[column])
            for column, member_field in self._fields
            if member_field.kind in _STRICT_KINDS and column < len(cells) and cell_text(cells[column])
        ]
        return bool(strict) and all(value.warning for value in strict)

    def _refuse(self, index: int, filled: Sequence[tuple[int, str]]) -> None:
        title = self._header.titles[self._name_column]
        cell = f"{column_letters(self._name_column)}{index + 1}"
        contents = "，".join(text for _, text in filled[:3])[:60]
        message = f"第{index + 1}行「{title}」（{cell}）：没有姓名，这一行不能导入。"
        self._refusals.append(Issue(index + 1, title, cell, contents, message))

    def _read_person(self, index: int, cells: Sequence[Cell]) -> ParsedRow | None:
        values: dict[str, object] = {}
        typed: dict[str, str] = {}
        marks: set[str] = set()
        incomplete: set[str] = set()
        for column, member_field in self._fields:
            cell = cells[column] if column < len(cells) else ""
            if cell == "" or cell is None:
                cell = self._inherited.get((index, column), "")
                if cell == "" or cell is None:
                    self._note_unshown(index, column)
                    continue
            value = read_value(member_field, cell, typed=self._sheet.typed)
            _put(member_field.key, value, values, typed, incomplete)
            if value.warning:
                marks.add(member_field.key)
                self._warn(index, member_field.key, value.warning)
        if not values.get("name"):
            self._refuse(index, [(i, cell_text(cell)) for i, cell in enumerate(cells) if cell_text(cell)])
            return None
        for key, message in contradictions(values):
            marks.add(key)
            self._warn(index, key, message)
        return ParsedRow(index + 1, str(values["name"]), values, typed, frozenset(marks), frozenset(incomplete))

    def _note_unshown(self, index: int, column: int) -> None:
        place = (index, column)
        if place in self._sheet.facts.uncomputed:
            self._warn_at(index, column, "是公式，但文件里没有保存计算结果，按空白处理；请用 Excel 打开后保存一次。")
        elif place in self._sheet.facts.errors:
            self._warn_at(index, column, "是公式错误（如 #N/A、#REF!），按空白处理。")

    def _warn(self, index: int, key: str, message: str) -> None:
        self._warn_at(index, self._columns_by_key[key], message)

    def _warn_at(self, index: int, column: int, message: str) -> None:
        title = self._header.titles[column]
        cell = f"{column_letters(column)}{index + 1}"
        cells = self._sheet.rows[index]
        text = cell_text(cells[column]) if column < len(cells) else ""
        text = text or cell_text(self._inherited.get((index, column), ""))
        self._warnings.append(Issue(index + 1, title, cell, text, f"第{index + 1}行「{title}」（{cell}）：{message}"))

    def _mark_repeated(self, rows: Iterable[ParsedRow]) -> Iterator[ParsedRow]:
        """Warn about rows that are about a person of an earlier row, and say which."""
        by_number: dict[str, ParsedRow] = {}
        by_name: dict[str, list[ParsedRow]] = {}
        for row in rows:
            number = row.id_number.upper()
            earlier = by_number.get(number) if number else None
            if earlier is not None and not same_number(earlier, row):
                earlier = None
            key, words = "id_number", "身份证号相同"
            if earlier is None:
                earlier = next((e for e in by_name.get(row.name, ()) if _same_in_file(e, row)), None)
                key, words = "name", "姓名相同，出生日期不矛盾"
            by_name.setdefault(row.name, []).append(row)
            if number:
                by_number.setdefault(number, row)
            if earlier is None:
                yield row
                continue
            self._warn(row.row - 1, key, f"与第{earlier.row}行“{earlier.name}”{words}，可能是同一人，请核对。")
            yield ParsedRow(row.row, row.name, row.values, row.typed, row.marks | {key}, row.incomplete, earlier.row)


def _put(key: str, value: Value, values: dict[str, object], typed: dict[str, str], incomplete: set[str]) -> None:
    if value.stored is not None:
        values[key] = value.stored
    if value.typed:
        typed[key] = value.typed
    if value.incomplete:
        incomplete.add(key)


def _same_in_file(one: ParsedRow, other: ParsedRow) -> bool:
    if distinct_people(one.id_number, other.id_number):
        return False
    if one.birth is None or other.birth is None:
        return True
    return one.birth.compatible_with(other.birth)


def same_number(one: ParsedRow, other: ParsedRow) -> bool:
    """Whether equal identity numbers mean one person: a wrong number may be wrong in the same way twice."""
    return one.name == other.name or check_identity(one.id_number).valid


def distinct_people(one: str, other: str) -> bool:
    """Whether two identity numbers, both valid, differ: the one certain proof of two people."""
    if not one or not other or one.upper() == other.upper():
        return False
    first, second = check_identity(one), check_identity(other)
    return first.valid and second.valid and first.normalised != second.normalised


def contradictions(values: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    """Fields of one person that contradict each other: the key of the doubtful one, and a sentence.

    Sources: GB 11643-1999 (number against 出生 and 性别), 党章第一条 (年满十八岁), 细则 (转正在入党之后).
    """
    check = check_identity(str(values["id_number"])) if "id_number" in values else None
    if check is not None and check.valid:
        yield from _against_identity(check, values)
    birth, joined, full_since = (_readable(values, key) for key in ("birth", "joined", "full_since"))
    if birth is None and check is not None and check.birth is not None:
        birth = RecordedDate.of(check.birth)
    if birth and joined and _before(joined, _eighteenth(birth)):
        yield "joined", f"入党日期{joined.label}早于18周岁生日（出生{birth.label}），请核对。"
    if joined and full_since and _before(full_since, joined.first_day):
        yield "full_since", f"转正日期{full_since.label}早于入党日期{joined.label}，请核对。"


def _against_identity(check: IdentityCheck, values: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    birth, sex = _readable(values, "birth"), values.get("sex")
    if birth and check.birth and not birth.compatible_with(RecordedDate.of(check.birth)):
        of_number = RecordedDate.of(check.birth).label
        yield "birth", f"出生日期{birth.label}与身份证号中的{of_number}不一致，请核对。"
    if isinstance(sex, Sex) and check.sex is not None and sex is not check.sex:
        yield "sex", f"性别“{sex.label}”与身份证号（{check.sex.label}）不一致，请核对。"


def _readable(values: Mapping[str, object], key: str) -> RecordedDate | None:
    found = values.get(key)
    return found if isinstance(found, RecordedDate) and found.readable else None


def _eighteenth(birth: RecordedDate) -> date | None:
    return None if birth.first_day is None else add_months(birth.first_day, _AGE_OF_ADMISSION)


def _before(later: RecordedDate, day: date | None) -> bool:
    """Whether every day that `later` can be lies before `day`."""
    return day is not None and later.last_day is not None and later.last_day < day
