from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from partyroom.core.cells import Merge, Sheet, SheetFacts
from partyroom.core.errors import DomainError
from partyroom.core.paths import resources
from partyroom.core.title_rows import plain_title
from partyroom.features.dues.base import item_rules
from partyroom.features.dues.pay_import_service import read_pay_file
from partyroom.features.dues.pay_items import PayRow, known_titles, read_pay_sheets, sheet_month

TITLES = ["姓名", "岗位工资", "薪级", "基础绩效", "养老", "公积金", "代扣税"]
WANG = ["王芳", 2810, 1775, 2300, 598.8, 898.2, 35]


def read(rows: list[list[object]], merges: tuple[Merge, ...] = (), facts: SheetFacts | None = None) -> list[PayRow]:
    cells = [["" if cell is None else cell for cell in row] for row in rows]
    (sheet,) = read_pay_sheets([Sheet("工资", cells, merges, facts or SheetFacts())])  # type: ignore[list-item]
    return list(sheet.rows)


def amounts(row: PayRow) -> dict[str, int]:
    return {item.code: item.amount_fen for item in row.items}


def test_every_synonym_names_one_known_item() -> None:
    table = json.loads((resources() / "rules" / "dues_headers.json").read_text(encoding="utf-8"))
    assert set(table["items"]) <= set(item_rules())
    titles = [
        plain_title(one) for part in ("items", "person", "checks") for group in table[part].values() for one in group
    ]
    titles += [plain_title(one) for one in table["aside"]]
    assert sorted({one for one in titles if titles.count(one) > 1}) == []
    for code, rule in item_rules().items():
        assert known_titles()[plain_title(rule.label)] == f"item:{code}"


def test_titles_stand_anywhere_and_in_any_order() -> None:
    order = [4, 0, 6, 2, 1, 5, 3]
    rows = [["某校工资发放表"], ["单位：某校"], [TITLES[i] for i in order], [WANG[i] for i in order], ["合计", 1, 2]]
    (row,) = read(rows)
    assert (row.row, row.name, row.problems) == (4, "王芳", ())
    assert amounts(row) == {
        "post": 281000,
        "grade": 177500,
        "base_performance": 230000,
        "pension_insurance": 59880,
        "housing_fund": 89820,
        "income_tax": 3500,
    }


def test_texts_of_numbers_are_read_and_what_cannot_be_read_names_the_cell() -> None:
    rows = [TITLES, ["王芳", "1,234.50", "１２．５", " 800元 ", "-", None, "见附表"]]
    (row,) = read(rows)
    assert amounts(row) == {"post": 123450, "grade": 1250, "base_performance": 80000}
    assert len(row.problems) == 1
    assert row.problems[0].startswith("「代扣税」（G2）")
    assert "见附表" in row.problems[0]


def test_a_negative_amount_is_refused_with_its_text() -> None:
    (row,) = read([TITLES, ["王芳", 2810, 1775, 2300, -598.8, 0, 0]])
    assert "（E2）" in row.problems[0]
    assert "-598.8" in row.problems[0]


def test_formulas_without_a_result_and_errors_are_not_taken_for_zero() -> None:
    facts = SheetFacts(uncomputed=frozenset({(1, 1)}), errors=frozenset({(1, 2)}))
    (row,) = read([TITLES, ["王芳", "", "", 2300, 1, 1, 1]], facts=facts)
    assert "没有保存计算结果" in row.problems[0]
    assert "公式错误" in row.problems[1]


def test_a_cell_merged_with_the_one_above_is_not_guessed() -> None:
    rows = [TITLES, WANG, ["李红", "", *WANG[2:]]]
    first, second = read(rows, merges=(Merge(1, 1, 2, 1),))
    assert first.problems == ()
    assert "合并" in second.problems[0]
    assert "post" not in amounts(second)


def test_the_employers_part_is_left_aside() -> None:
    titles = ["姓名", "岗位工资", "养老保险（单位部分）", "养老保险（个人部分）", "单位公积金", "个人公积金"]
    (row,) = read([titles, ["王芳", 3000, 900, 300, 500, 400]])
    assert amounts(row) == {"post": 300000, "pension_insurance": 30000, "housing_fund": 40000}


def test_titles_under_a_merged_line_tell_the_employers_part() -> None:
    rows = [
        ["姓名", "岗位工资", "单位部分", None, "个人部分", None],
        [None, None, "养老保险", "公积金", "养老保险", "公积金"],
        ["王芳", 3000, 900, 500, 300, 400],
    ]
    merges = (Merge(0, 2, 0, 3), Merge(0, 4, 0, 5), Merge(0, 0, 1, 0), Merge(0, 1, 1, 1))
    (row,) = read(rows, merges)
    assert amounts(row) == {"post": 300000, "pension_insurance": 30000, "housing_fund": 40000}


def test_allowances_in_several_columns_are_summed_but_other_repetitions_are_not_read() -> None:
    titles = ["姓名", "工作性津贴", "生活性补贴", "岗位工资", "岗位"]
    cells = [titles, ["王芳", 300, 250, 3000, 9]]
    (sheet,) = read_pay_sheets([Sheet("工资", cells)])  # type: ignore[list-item]
    assert amounts(sheet.rows[0]) == {"allowance": 55000, "post": 300000}
    assert any("「岗位」（E列）" in note and "重复" in note for note in sheet.notes)


def test_a_column_of_words_gives_way_to_the_column_of_amounts() -> None:
    cells = [["岗位", "姓名", "岗位工资"], ["教师", "王芳", 3000], ["职员", "李红", 2000]]
    (sheet,) = read_pay_sheets([Sheet("工资", cells)])  # type: ignore[list-item]
    assert [(row.problems, amounts(row)) for row in sheet.rows] == [((), {"post": 300000}), ((), {"post": 200000})]
    assert sheet.notes == ("「岗位」（A列）与「岗位工资」（C列）都像岗位工资，重复，只读取后者。",)


def test_sums_of_the_list_that_disagree_with_its_items_are_told() -> None:
    titles = [*TITLES, "应发合计", "扣款合计", "实发工资"]
    right = read([titles, [*WANG, 6885, 1532, 5353]])[0]
    assert right.notes == ()
    wrong = read([titles, [*WANG, 6985, 1532, 5353]])[0]
    assert wrong.notes == ("合计不符：表中应发6985.00元，读到的项目算出来是6885.00元，相差100.00元。",)


def test_unknown_columns_are_named_and_no_pay_list_is_refused() -> None:
    (sheet,) = read_pay_sheets([Sheet("工资", [[*TITLES, "神秘津贴"], [*WANG, 5]])])  # type: ignore[list-item]
    assert sheet.notes == ("「神秘津贴」（H列）没有对应的工资项目，没有读取。",)
    with pytest.raises(DomainError, match="没有找到工资表的表头"):
        read_pay_sheets([Sheet("名册", [["姓名", "性别"], ["王芳", "女"]])])


def test_amounts_without_a_name_are_not_lost() -> None:
    (row,) = read([TITLES, [None, 2810, 1775, 2300, 1, 1, 1]])
    assert row.problems == ("没有姓名，这一行不能导入。",)


@pytest.mark.parametrize(
    ("name", "month"),
    [
        ("1月", (None, 1)),
        ("2026年12月工资", (2026, 12)),
        ("202601", (2026, 1)),
        ("2026-03", (2026, 3)),
        ("13月", None),
        ("Sheet1", None),
    ],
)
def test_a_sheets_month_is_told_by_its_name(name: str, month: object) -> None:
    assert sheet_month(name) == month


def test_the_sheet_of_a_month_is_found() -> None:
    sheets = [Sheet(name, [TITLES, WANG]) for name in ("11月", "2025年12月", "2026年12月")]  # type: ignore[list-item]
    read_sheets = read_pay_sheets(sheets)
    assert [one.is_of(date(2025, 12, 1)) for one in read_sheets] == [False, True, False]


@given(st.lists(st.integers(min_value=1, max_value=10**8), min_size=6, max_size=6))
def test_what_excel_holds_as_floats_is_exact_to_the_fen(fens: list[int]) -> None:
    floats = [float(Decimal(fen) / 100) for fen in fens]
    (row,) = read([TITLES, ["王芳", *floats]])
    assert sorted(amounts(row).values()) == sorted(fens)


@given(
    st.lists(st.one_of(st.text(max_size=30), st.floats(), st.booleans(), st.dates(), st.none()), min_size=6, max_size=6)
)
def test_no_cell_whatever_breaks_the_reading(cells: list[object]) -> None:
    rows = read([TITLES, ["王芳", *cells]])
    assert all(item.amount_fen > 0 for row in rows for item in row.items)


def test_hostile_files_are_refused_in_a_sentence(
    save_xlsx: Callable[..., Path], data_folder: Path, tmp_path: Path
) -> None:
    huge = save_xlsx([TITLES, ["王芳", "9" * 32_767]], name="长.xlsx")
    (sheet,) = read_pay_file(huge)
    assert len(sheet.rows[0].problems[0]) < 200
    with pytest.raises(DomainError, match="没有找到工资表的表头"):
        read_pay_file(data_folder / "roster_97.xls")
    with pytest.raises(DomainError, match="密码"):
        read_pay_file(data_folder / "roster_password.xlsx")
    broken = tmp_path / "坏.xlsx"
    broken.write_bytes(huge.read_bytes()[:900])
    with pytest.raises(DomainError, match="损坏"):
        read_pay_file(broken)
    formula = tmp_path / "公式.xlsx"
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.append(TITLES)
    book.active.append(["王芳", "=1000+1810", *WANG[2:]])
    book.save(formula)
    (sheet,) = read_pay_file(formula)
    assert "没有保存计算结果" in sheet.rows[0].problems[0]
