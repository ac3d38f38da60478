"""Reading one cell of a roster as the value of one field, and saying in words what looks wrong with it."""

from __future__ import annotations

import csv
import json
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from partyroom.core import calendar
from partyroom.core.calendar import RecordedDate, read_date
from partyroom.core.cells import Cell, cell_text
from partyroom.core.identity import check_identity
from partyroom.core.names import normalise_name
from partyroom.core.paths import resources
from partyroom.core.text import one_line
from partyroom.features.members.domain import ENUM_KINDS, FieldKind, MemberField

DIGITS_LOST = "在 Excel 里存成了数字，后三位已经丢失，请把该列设为文本后重新录入；现按原样保留。"
_LOST_FROM = 10.0**15  # Excel keeps 15 significant digits of a number
_SCIENTIFIC = re.compile(r"[0-9](?:\.[0-9]+)?[Ee]\+[0-9]{2}")
_SERIAL = re.compile(r"[0-9]{4,5}(?:\.[0-9]+)?")
_EARLIEST_SERIAL, _LATEST_SERIAL = 2101, 73415  # 1905-10-01 … 2100-12-31; smaller ones read as years
_SERIAL_ZERO = date(1899, 12, 30)
_YEARS_AS_DAYS = ("1905-03-14", "1905-10-01")  # what 1900 … 2100 become in a cell formatted as a date
_TWO_DIGIT_YEAR = re.compile(r"[0-9]{2}[.\-/年][0-9]{1,2}(?:[.\-/月][0-9]{0,2}日?)?")
_OCTOBER = re.compile(r"[0-9]{4}\.1")
_MOBILE = re.compile(r"1[0-9]{10}")
_LANDLINE = re.compile(r"(?:\(?0[0-9]{2,3}\)?[- ]?)?[0-9]{7,8}(?:(?:-|转)[0-9]{1,6})?|[48]00-?[0-9]{3}-?[0-9]{4}")
_BETWEEN_PHONES = re.compile(r"[/、,，;；\n]+|\s{2,}")
_BETWEEN_NAMES = re.compile(r"[、,，;；/\n|]+")
_MASKED = re.compile(r"[*＊•●]{2,}|×{2,}|[xX]{3,}")


@dataclass(frozen=True, slots=True)
class Value:
    """What a cell gives.

    `stored` fits the field (None: blank). `typed` is the text of a cell that no code of the field fits: it is
    kept beside the field. `warning` is a sentence without the place, '' when nothing is wrong; `incomplete` says
    that characters are hidden by asterisks or were lost, so that the value must never replace a whole one.
    """

    stored: object | None = None
    warning: str = ""
    typed: str = ""
    incomplete: bool = False


_BLANK = Value()


def read_value(member_field: MemberField, cell: Cell, *, typed: bool = True) -> Value:
    """Read a cell as the value of a field; nothing is refused, what does not fit is kept and warned about.

    `typed` is False for cells of text files, in which 1985.1 may have been 1985.10.
    """
    text = cell_text(cell)
    if not text or text.upper() in _blank_words():
        return _BLANK
    kind = member_field.kind
    if kind is FieldKind.DATE:
        return _read_date(cell, text, typed=typed)
    if kind in ENUM_KINDS:
        return _read_code(member_field, text)
    if kind is FieldKind.FLAG:
        return _read_flag(member_field, text)
    if kind in _READERS:
        return _READERS[kind](cell, text)
    return _read_text(member_field, cell, text)


def _read_text(member_field: MemberField, cell: Cell, text: str) -> Value:
    if member_field.kind is FieldKind.LONG_TEXT:
        return Value(text)
    line = one_line(text)
    if member_field.key == "introducers":
        return Value(_several_names(text))
    if member_field.key == "education":
        return Value(_words()["education"].get(line, line))
    if _digits_lost(cell, text):
        return Value(line, f"「{line}」{DIGITS_LOST}", incomplete=True)
    return Value(line, incomplete=bool(_MASKED.search(line)))


def _several_names(text: str) -> str:
    parts = [part for part in _BETWEEN_NAMES.split(text) if part.strip()]
    if len(parts) == 1:
        spaced = parts[0].split()
        # “张三 李四” are two people, “张 三” is one, set wide
        parts = spaced if len(spaced) > 1 and all(len(part) > 1 for part in spaced) else parts
    return "、".join(normalise_name(part) for part in parts)


def _digits_lost(cell: Cell, text: str) -> bool:
    number = isinstance(cell, int | float) and not isinstance(cell, bool) and abs(cell) >= _LOST_FROM
    return number or bool(_SCIENTIFIC.fullmatch(text))


def _read_identity(cell: Cell, text: str) -> Value:
    if text in _words()["none"]:
        return _BLANK
    if _digits_lost(cell, text):
        return Value(one_line(text), f"身份证号{DIGITS_LOST}", incomplete=True)
    if _MASKED.search(text):
        return Value(one_line(text), "身份证号是打了星号的，不完整，现按原样保留。", incomplete=True)
    check = check_identity(text)
    if check.converted and check.valid:
        return Value(check.normalised, "是15位旧身份证号，已按国家标准换算为18位，请与证件核对。")
    if check.valid:
        return Value(check.normalised)
    lost = len(check.normalised) == 18 and check.normalised.endswith("000")
    hint = "末三位都是0，可能曾在 Excel 里存成数字而丢失了后三位。" if lost else ""
    return Value(one_line(text), f"{check.reason}{hint}现按原样保留。", incomplete=lost)


def _read_phone(cell: Cell, text: str) -> Value:
    if text in _words()["none"]:
        return _BLANK
    if _digits_lost(cell, text):
        return Value(one_line(text), f"号码{DIGITS_LOST}", incomplete=True)
    line = one_line(text)
    if _MASKED.search(line):
        return Value(line, "号码是打了星号的，不完整，现按原样保留。", incomplete=True)
    numbers = [_plain_phone(part) for part in _BETWEEN_PHONES.split(text) if part.strip()]
    if numbers and all(_MOBILE.fullmatch(n) or _LANDLINE.fullmatch(n) for n in numbers):
        return Value("、".join(numbers))
    return Value(line, "不像手机号码（11位）或固定电话，请核对；现按原样保留。")


def _plain_phone(text: str) -> str:
    number = one_line(unicodedata.normalize("NFKC", text)).lstrip("'‘’")
    solid = re.sub(r"[\s\-–—]", "", number).removeprefix("+86")
    if len(solid) == 13 and solid.startswith("86"):
        solid = solid[2:]
    return solid if _MOBILE.fullmatch(solid) else number


def _read_name(_cell: Cell, text: str) -> Value:
    return Value(normalise_name(text) or None)


def _read_ethnicity(_cell: Cell, text: str) -> Value:
    plain = re.sub(r"\s", "", text)
    known = _ethnic_groups().get(plain.removesuffix("族")) or _ethnic_groups().get(plain)
    if known:
        return Value(known)
    return Value(one_line(text), "不在国家标准的56个民族名称中，请核对；现按原样保留。")


def _read_code(member_field: MemberField, text: str) -> Value:
    kind = member_field.kind
    plain = re.sub(r"\s", "", unicodedata.normalize("NFKC", text))
    code = _codes(kind).get(plain) or _codes(kind).get(plain.upper())
    if code is not None:
        return Value(ENUM_KINDS[kind](code))
    labels = "、".join(_labels(kind))
    return Value(
        None, f"「{one_line(text)}」不是可选的{member_field.label}（{labels}），现按原样保留。", one_line(text)
    )


def _read_flag(member_field: MemberField, text: str) -> Value:
    plain = re.sub(r"\s", "", unicodedata.normalize("NFKC", text)).upper()
    flag = _words()["flag"].get(plain)
    if flag is not None:
        return Value(flag)
    return Value(None, f"{member_field.label}应填“是”或“否”，现按原样保留。", one_line(text))


def _read_date(cell: Cell, text: str, *, typed: bool) -> Value:
    if text in _words()["none"]:
        return _BLANK
    plain = unicodedata.normalize("NFKC", text).lstrip("'‘’")
    found = _from_serial(plain) or read_date(cell if isinstance(cell, date) else plain)
    if found is None:
        return _BLANK
    if not found.readable:
        return Value(RecordedDate(one_line(text)), _why_unreadable(plain))
    if _OCTOBER.fullmatch(plain) and (isinstance(cell, float) or not typed):
        year = plain[:4]
        return Value(
            found,
            f"「{plain}」可能是{year}年1月，也可能是把{year}.10存成了数字；现按1月保留，请核对。",
        )
    if isinstance(cell, date) and _YEARS_AS_DAYS[0] <= cell.isoformat()[:10] <= _YEARS_AS_DAYS[1]:
        days = (date.fromisoformat(cell.isoformat()[:10]) - _SERIAL_ZERO).days
        return Value(found, f"日期{found.label}可能是在日期格式的格子里只填了年份{days}，请核对。")
    if found.first_day is not None and found.first_day > calendar.today():
        return Value(found, f"日期{found.label}在今天之后，请核对。")
    return Value(found)


def _from_serial(plain: str) -> RecordedDate | None:
    """A day number of Excel (31108 → 1985-03-02), only where it cannot be a year."""
    if not _SERIAL.fullmatch(plain):
        return None
    days = int(plain.partition(".")[0])
    if "." in plain and days < 10_000:  # 1985.3 is a month
        return None
    if not _EARLIEST_SERIAL <= days <= _LATEST_SERIAL:
        return None
    return RecordedDate.of(_SERIAL_ZERO + timedelta(days=days))


def _why_unreadable(plain: str) -> str:
    if _TWO_DIGIT_YEAR.fullmatch(plain.replace(" ", "")):
        return "年份只有两位，请补成四位；现按原样保留。"
    return "不是能识别的日期（可写成1985-03-02、1985.03或1985年3月），现按原样保留。"


_READERS = {
    FieldKind.NAME: _read_name,
    FieldKind.IDENTITY: _read_identity,
    FieldKind.PHONE: _read_phone,
    FieldKind.ETHNICITY: _read_ethnicity,
}


@lru_cache(maxsize=1)
def _words() -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = json.loads(
        (resources() / "rules" / "roster_words.json").read_text(encoding="utf-8")
    )
    return found


@lru_cache(maxsize=1)
def _blank_words() -> frozenset[str]:
    return frozenset(_words()["blank"])


@lru_cache(maxsize=8)
def _codes(kind: FieldKind) -> Mapping[str, str]:
    return {label: code for code, label in _label_pairs(kind)} | _words()[kind.value]


@lru_cache(maxsize=8)
def _labels(kind: FieldKind) -> tuple[str, ...]:
    return tuple(label for _, label in _label_pairs(kind))


def _label_pairs(kind: FieldKind) -> list[tuple[str, str]]:
    return [(str(member.value), str(getattr(member, "label"))) for member in ENUM_KINDS[kind]]  # noqa: B009


@lru_cache(maxsize=1)
def _ethnic_groups() -> dict[str, str]:
    path = resources() / "rules" / "ethnic_groups.csv"
    with path.open(encoding="utf-8", newline="") as file:
        names = [line["name"] for line in csv.DictReader(file)]
    return {name.removesuffix("族"): name for name in names} | {name: name for name in names}
