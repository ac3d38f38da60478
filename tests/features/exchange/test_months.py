from __future__ import annotations

import datetime as dt
from pathlib import Path

import openpyxl
import pytest

from partyroom.documents.workbooks.months import months_as_shown, shows_month
from partyroom.documents.workbooks.reading import read_workbook
from partyroom.features.exchange.domain import parse_workbook
from partyroom.features.exchange.service import parse_file


@pytest.mark.parametrize(
    "code",
    [
        'yyyy"年"m"月"',
        'yyyy"年"m"月";@',
        '[$-804]yyyy"年"m"月";@',
        "[DBNum1][$-804]yyyy\\年m\\月",
        "yyyy年m月",
        "yyyy/m",
        "yyyy-mm",
        "yyyy.mm;@",
        "mmm-yy",
        "e-mm",
    ],
)
def test_formats_of_year_and_month_show_a_month(code: str) -> None:
    assert shows_month(code)


@pytest.mark.parametrize(
    "code", ["yyyy-mm-dd", 'm"月"d"日"', "yyyy", "General", "@", "0.00", "h:mm", "yyyy/m h:mm", 'yyyy"月m"', ""]
)
def test_other_formats_do_not(code: str) -> None:
    assert not shows_month(code)


@pytest.fixture
def roster(tmp_path: Path) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "名册"
    cells = [
        (dt.date(1985, 3, 1), 'yyyy"年"m"月"'),
        (dt.date(1985, 3, 1), "yyyy-mm-dd"),
        (dt.date(1985, 3, 2), "yyyy-mm"),  # somebody typed the day
        (dt.date(1985, 12, 1), "mmm-yy"),
        (31107, "General"),
    ]
    sheet.append(["姓名", "出生年月", "备注"])
    for number, (value, code) in enumerate(cells, 2):
        sheet.append([f"甲{number}", value, 31107])
        sheet.cell(number, 2).number_format = code
    path = tmp_path / "名册.xlsx"
    book.save(path)
    return path


def test_only_a_first_of_a_month_shown_as_a_month_becomes_one(roster: Path) -> None:
    births = [str(row.values["birth"]) for row in parse_file(roster).rows]
    assert births == ["1985-03", "1985-03-01", "1985-03-02", "1985-12", "1985-03-01"]
    assert [str(row.values["remarks"]) for row in parse_file(roster).rows] == ["31107"] * 5


def test_files_without_styles_are_left_as_they_are(tmp_path: Path) -> None:
    for file in (Path(__file__).parents[2] / "data" / "roster_97.xls", tmp_path / "a.csv"):
        if file.suffix == ".csv":
            file.write_text("姓名,出生\n甲,1985-03-01\n", encoding="utf-8")
        sheets = read_workbook(file)
        assert months_as_shown(file, sheets) == sheets
        assert parse_workbook(sheets).rows
