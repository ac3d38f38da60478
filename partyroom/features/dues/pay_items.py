"""A finance office's pay list as people with items of pay; every doubt about a cell in words that name it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any

from partyroom.core.cells import Cell, Sheet, cell_text, column_letters
from partyroom.core.errors import DomainError
from partyroom.core.money import read_yuan, yuan
from partyroom.core.names import normalise_name
from partyroom.core.paths import resources
from partyroom.core.text import one_line
from partyroom.core.title_rows import TitleRows, find_title_rows, plain_title, repeats_titles
from partyroom.features.dues.base import PayItem, item_rules

NO_PAY_LIST = (
    "没有找到工资表的表头：前20行里没有一行既写着“姓名”又写着岗位工资、薪级工资等项目，请检查是不是选错了文件。"
)
_ITEM, _CHECK, _ASIDE = "item:", "check:", "aside"
_FOOTER = re.compile(
    r"\s*(?:合\s*计|总\s*计|小\s*计|共\s*计|平\s*均|本页|累计|※|(?:注|备注|说明)\s*[:：]"
    r"|(?:填表|填报|制表|审核|复核|经办|负责|出纳|会计|单位负责|校长|书记)\S{0,6}\s*[:：]|(?:制表|填表)(?:人|日期))"
)
_BLANK = frozenset({"", "-", "－", "—", "–", "/", "无", "——", "0"})
_SHOWN = 24
_MONTH_IN_NAME = re.compile(
    r"(?:(20[0-9]{2})\s*[年.\-/_ ]?\s*)?([0-9]{1,2})\s*月|(20[0-9]{2})[.\-/_年]?(0[1-9]|1[0-2])(?![0-9])"
)


@dataclass(frozen=True, slots=True)
class PayRow:
    """One person of the list. `problems` say why it cannot be imported, `notes` what should be looked at.

    `row` counts from 1 as Excel shows it; `items` are those with an amount; `sums` what the list itself adds up to.
    """

    row: int
    name: str
    staff_number: str = ""
    id_number: str = ""
    items: tuple[PayItem, ...] = ()
    sums: Mapping[str, int] = field(default_factory=dict)
    problems: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PaySheet:
    """A sheet of the workbook that is a pay list. `month` is the month that its name tells, None where it tells none.

    `columns` are the titles read with what each was taken for; `notes` concern the whole sheet.
    """

    name: str
    month: tuple[int | None, int] | None
    header_row: int
    columns: tuple[tuple[str, str], ...]
    rows: tuple[PayRow, ...]
    notes: tuple[str, ...] = ()

    def is_of(self, month: date) -> bool:
        """Whether the sheet's name tells this month."""
        return self.month is not None and self.month[1] == month.month and self.month[0] in (None, month.year)


def read_pay_sheets(sheets: Sequence[Sheet]) -> tuple[PaySheet, ...]:
    """Every sheet that is a pay list, in the workbook's order.

    Raises:
        DomainError: there is none.
    """
    found = [read for sheet in sheets if (read := _read_sheet(sheet)) is not None]
    if not found:
        raise DomainError(NO_PAY_LIST)
    return tuple(found)


def sheet_month(name: str) -> tuple[int | None, int] | None:
    """The year (if it is named) and month in the name of a sheet: '2026年1月', '1月', '202601'."""
    found = _MONTH_IN_NAME.search(name)
    if found is None:
        return None
    year, month = (found[1], found[2]) if found[2] else (found[3], found[4])
    return (int(year) if year else None, int(month)) if 1 <= int(month) <= 12 else None


def _read_sheet(sheet: Sheet) -> PaySheet | None:
    titles = find_title_rows(sheet, known_titles(), "name")
    if titles is None or not any(key.startswith(_ITEM) for key in titles.columns(known_titles()).values()):
        return None
    return _Reader(sheet, titles).read()


class _Reader:
    """Reads the rows below one header."""

    def __init__(self, sheet: Sheet, titles: TitleRows) -> None:
        self._sheet = sheet
        self._titles = titles
        self._notes: list[str] = []
        self._person: dict[str, int] = {}
        self._items: dict[int, str] = {}
        self._checks: dict[int, str] = {}
        self._assign(titles.columns(known_titles()))
        self._merged = {
            (row, column)
            for merge in sheet.merges
            if merge.top > titles.last_row
            for row in range(merge.top + 1, merge.bottom + 1)
            for column in range(merge.left, merge.right + 1)
        }

    def read(self) -> PaySheet:
        rows = tuple(self._rows())
        labels = item_rules()
        columns = tuple((self._titles.titles[column], labels[code].label) for column, code in self._items.items())
        return PaySheet(
            self._sheet.name,
            sheet_month(self._sheet.name),
            self._titles.last_row + 1,
            columns,
            rows,
            tuple(self._notes),
        )

    def _assign(self, keys: Mapping[int, str]) -> None:
        """Give every column its meaning; of two for the same item the one with more amounts counts (岗位, 岗位工资)."""
        for column in sorted(self._titles.titles):
            key, title = keys.get(column, ""), self._titles.titles[column]
            kind, _, code = key.rpartition(":")
            if f"{kind}:" == _ITEM:
                self._items[column] = code
            elif f"{kind}:" == _CHECK:
                self._checks[column] = code
            elif key in _table()["person"]:
                self._person.setdefault(key, column)
            elif not key:
                self._notes.append(f"「{title}」（{column_letters(column)}列）没有对应的工资项目，没有读取。")
        for code in set(self._items.values()) - set(_table()["added"]):
            same = [column for column, one in self._items.items() if one == code]
            best = max(same, key=lambda column: (self._amounts_in(column), -column))
            for column in same:
                if column != best:
                    self._leave_out(column, best)

    def _leave_out(self, column: int, best: int) -> None:
        title, label = self._titles.titles[column], item_rules()[self._items.pop(column)].label
        used = f"「{self._titles.titles[best]}」（{column_letters(best)}列）"
        place = f"「{title}」（{column_letters(column)}列）"
        self._notes.append(f"{place}与{used}都像{label}，重复，只读取后者。")

    def _amounts_in(self, column: int) -> int:
        """How many cells of a column hold an amount other than 0."""
        found = 0
        for row in self._sheet.rows[self._titles.last_row + 1 :]:
            cell = row[column] if column < len(row) else ""
            try:
                found += read_yuan(cell) != 0
            except ValueError:
                continue
        return found

    def _rows(self) -> Iterator[PayRow]:
        for index in range(self._titles.last_row + 1, len(self._sheet.rows)):
            cells = self._sheet.rows[index]
            name = normalise_name(one_line(self._text(cells, "name")))
            filled = [text for cell in cells if (text := cell_text(cell))]
            if not filled or _FOOTER.match(name) or _FOOTER.match(filled[0]):
                continue
            if repeats_titles(cells, self._titles.titles, self._titles.columns(known_titles())):
                continue
            row = self._read_row(index, cells, name)
            if row.name or row.items or row.problems:
                yield row

    def _text(self, cells: Sequence[Cell], key: str) -> str:
        column = self._person.get(key)
        return cell_text(cells[column]) if column is not None and column < len(cells) else ""

    def _read_row(self, index: int, cells: Sequence[Cell], name: str) -> PayRow:
        problems: list[str] = []
        amounts: dict[str, int] = {}
        for column, code in self._items.items():
            fen = self._amount(index, column, cells, problems)
            if fen:
                amounts[code] = amounts.get(code, 0) + fen
        unsure: list[str] = []
        sums = {
            code: fen
            for column, code in self._checks.items()
            if (fen := self._amount(index, column, cells, unsure)) is not None
        }
        if not name and (amounts or problems):
            problems.insert(0, "没有姓名，这一行不能导入。")
        rules = item_rules()
        items = tuple(PayItem(code, rules[code].label, amounts[code]) for code in rules if code in amounts)
        return PayRow(
            index + 1,
            name,
            one_line(self._text(cells, "staff_number")),
            one_line(self._text(cells, "id_number")).upper(),
            items,
            sums,
            tuple(problems),
            (*unsure, *_mismatches(items, sums)),
        )

    def _amount(self, index: int, column: int, cells: Sequence[Cell], problems: list[str]) -> int | None:
        """The amount of a cell; None where it is blank or unreadable."""
        cell = cells[column] if column < len(cells) else ""
        place = f"「{self._titles.titles[column]}」（{column_letters(column)}{index + 1}）"
        text = one_line(cell_text(cell))
        if text in _BLANK:
            if (why := self._why_blank(index, column)) and text == "":
                problems.append(f"{place}：{why}")
            return 0 if text == "0" else None
        try:
            fen = read_yuan(cell)
        except ValueError as error:
            problems.append(f"{place}：{error}")
            return None
        if fen < 0:
            problems.append(f"{place}：金额“{text[:_SHOWN]}”是负数，请核对；扣除的项目也填正数。")
            return None
        return fen

    def _why_blank(self, index: int, column: int) -> str:
        place = (index, column)
        if place in self._sheet.facts.uncomputed:
            return "是公式，但文件里没有保存计算结果，请用 Excel 打开后保存一次。"
        if place in self._sheet.facts.errors:
            return "是公式错误（如 #N/A、#REF!），请改正后再导入。"
        return "与上一行合并成一格，不知道是多少，请拆分后再导入。" if place in self._merged else ""


def _mismatches(items: Sequence[PayItem], sums: Mapping[str, int]) -> Iterator[str]:
    """Where the list's own sums disagree with its items."""
    groups = {code: rule.group for code, rule in item_rules().items()}
    earned = sum(item.amount_fen for item in items if groups[item.code] != "deduction")
    withheld = sum(item.amount_fen for item in items if groups[item.code] == "deduction")
    for code, words, found in (
        ("gross", "应发", earned),
        ("withheld", "扣款合计", withheld),
        ("paid", "实发", earned - withheld),
    ):
        if code in sums and sums[code] != found:
            yield (
                f"合计不符：表中{words}{yuan(sums[code])}元，读到的项目算出来是{yuan(found)}元，"
                f"相差{yuan(abs(sums[code] - found))}元。"
            )


@lru_cache(maxsize=1)
def _table() -> dict[str, Any]:
    table: dict[str, Any] = json.loads((resources() / "rules" / "dues_headers.json").read_text(encoding="utf-8"))
    return table


@lru_cache(maxsize=1)
def known_titles() -> dict[str, str]:
    """What each title of a pay list stands for: 'name', 'item:post', 'check:gross' or 'aside'."""
    table = _table()
    known = {plain_title(title): _ASIDE for title in table["aside"]}
    for code, titles in table["checks"].items():
        known |= {plain_title(title): f"{_CHECK}{code}" for title in titles}
    for code, titles in table["items"].items():
        deduction = item_rules()[code].group == "deduction"
        for plain in map(plain_title, (item_rules()[code].label, *titles)):
            known[plain] = f"{_ITEM}{code}"
            for words in table["own"]:
                known.setdefault(f"{words}{plain}", f"{_ITEM}{code}")
                known.setdefault(f"{plain}{words}", f"{_ITEM}{code}")
            for words in table["employer"] if deduction else ():
                known[f"{words}{plain}"] = known[f"{plain}{words}"] = _ASIDE
    for key, titles in table["person"].items():
        known |= {plain_title(title): key for title in titles}
    return known
