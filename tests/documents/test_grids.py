from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from partyroom.documents.fonts import FontBook
from partyroom.documents.geometry import SHEETS
from partyroom.documents.model import (
    Align,
    CaptionLine,
    Cell,
    Document,
    Footer,
    FormGrid,
    FormRow,
    LedgerColumn,
    LedgerTable,
    PageStyle,
    Paragraph,
)
from partyroom.documents.pdf import render_pdf

MM = 72 / 25.4
Print = Callable[..., Any]
COLUMNS = (LedgerColumn("序号", 15, Align.CENTRE), LedgerColumn("姓名", 40), LedgerColumn("金额", 30, Align.RIGHT))


def ledger(count: int, **fields: Any) -> LedgerTable:
    rows = tuple((str(number), f"张{number:03d}", f"{number}.00") for number in range(1, count + 1))
    return LedgerTable(COLUMNS, rows, **fields)


def whole(printed: Any, page: int) -> str:
    return "".join(char["text"] for line in printed.lines(page) for char in line)


def test_the_heads_of_a_ledger_are_repeated_and_every_row_is_printed_once(print_blocks: Print) -> None:
    printed = print_blocks(ledger(60), page=PageStyle.LEDGER)
    assert printed.rendered.pages > 2
    everything = ""
    for page in range(printed.rendered.pages):
        assert "序号姓名金额" in whole(printed, page)
        everything += whole(printed, page)
    for number in range(1, 61):
        assert everything.count(f"张{number:03d}") == 1


def test_a_ledger_page_is_landscape_and_keeps_its_margins(print_blocks: Print) -> None:
    printed = print_blocks(ledger(40), page=PageStyle.LEDGER)
    sheet = SHEETS[PageStyle.LEDGER]
    for rectangles in printed.rectangles:
        assert min(rectangle["x0"] for rectangle in rectangles) == pytest.approx(sheet.left, abs=0.1)
        assert max(rectangle["x1"] for rectangle in rectangles) == pytest.approx(
            sheet.left + sheet.block_width, abs=0.1
        )
        assert max(rectangle["bottom"] for rectangle in rectangles) <= sheet.top + sheet.block_height + 0.5


def test_numbers_are_set_right_and_totals_in_hei(print_blocks: Print) -> None:
    printed = print_blocks(ledger(2, totals=("", "合计", "3.00"), footnote="注：以元为单位。"), page=PageStyle.LEDGER)
    ends = {
        round(char["right"], 1)
        for line in printed.lines(0)
        for char in line[-1:]
        if line[0]["text"] in "12合" and char["text"] == "0"
    }
    assert len(ends) == 1
    total = next(char for line in printed.lines(0) for char in line if char["text"] == "合")
    assert "NotoSansSC" in total["font"]
    assert "注：以元为单位。" in printed.texts(0)


def test_columns_keep_their_width_unless_they_are_stretched_or_too_wide(print_blocks: Print) -> None:
    natural = print_blocks(ledger(1, stretch=False), page=PageStyle.LEDGER).rectangles[0]
    assert sorted({round((box["x1"] - box["x0"]) / MM) for box in natural}) == [15, 30, 40]
    wide = LedgerTable(tuple(LedgerColumn(str(n), 100) for n in range(4)), (("",) * 4,), stretch=False)
    scaled = print_blocks(wide, page=PageStyle.LEDGER).rectangles[0]
    assert {round((box["x1"] - box["x0"]) / MM, 1) for box in scaled} == {64.3}


def test_a_row_is_not_divided_unless_it_is_higher_than_a_page(print_blocks: Print) -> None:
    text = "很长的备注，" * 60
    rows = tuple((str(number), text, "1.00") for number in range(8))
    printed = print_blocks(LedgerTable(COLUMNS, rows), page=PageStyle.LEDGER)
    for page in range(printed.rendered.pages):
        assert whole(printed, page).count("很") % 60 == 0
    huge = print_blocks(LedgerTable(COLUMNS, (("1", text * 12, "1.00"),)), page=PageStyle.LEDGER)
    assert huge.rendered.pages > 1
    everything = "".join(whole(huge, page) for page in range(huge.rendered.pages))
    assert sum(everything.count(mark) for mark in "很") == 60 * 12


def test_a_row_of_the_wrong_length_is_a_mistake_of_the_caller(book: FontBook) -> None:
    with pytest.raises(ValueError, match="2 cells"):
        render_pdf(Document("t", (LedgerTable(COLUMNS, (("1", "2"),)),)), book)


def discussion(repeat: int) -> FormGrid:
    text = "\n".join(f"{number}号同志：" + "认真学习，深入讨论。" * 12 for number in range(repeat))
    rows = (
        FormRow((Cell("会议名称", label=True), Cell("党员大会", span=3))),
        FormRow((Cell("讨论情况", label=True), Cell(text, span=3, indent=True)), min_height=60),
        FormRow((Cell("决议", label=True), Cell("同意", span=3))),
    )
    return FormGrid((2, 3, 2, 3), rows)


def test_a_long_cell_breaks_over_pages_with_borders_and_a_repeated_label(print_blocks: Print) -> None:
    grid = discussion(40)
    printed = print_blocks(grid, page=PageStyle.FORM, footer=None)
    assert printed.rendered.pages >= 3
    sheet = SHEETS[PageStyle.FORM]
    everything = ""
    for page in range(printed.rendered.pages):
        everything += whole(printed, page)
        boxes = printed.rectangles[page]
        assert min(box["top"] for box in boxes) >= sheet.top - 0.5
        assert max(box["bottom"] for box in boxes) <= sheet.top + sheet.block_height + 0.5
        if page:
            assert "讨论情况" in whole(printed, page)
            assert whole(printed, page).count("（续）") == 1
    assert everything.count("真") == 40 * 12
    assert all(f"{number}号同志" in everything for number in range(40))


def test_all_text_stays_inside_the_form(print_blocks: Print) -> None:
    printed = print_blocks(discussion(3), page=PageStyle.FORM, footer=None)
    chars = [char for char in printed.pages[0] if "页" not in char["text"]]
    left = min(box["x0"] for box in printed.rectangles[0]) / MM
    right = max(box["x1"] for box in printed.rectangles[0]) / MM
    inside = [char for char in chars if char["baseline"] < 260]
    assert min(char["left"] for char in inside) >= left
    assert max(char["right"] for char in inside) <= right


def test_cells_that_span_columns_and_rows_meet_their_neighbours(print_blocks: Print) -> None:
    rows = (
        FormRow((Cell("签到", label=True, rows=2), Cell("应到", label=True), Cell("32人"))),
        FormRow((Cell("实到", label=True), Cell("30人"))),
        FormRow((Cell("备注", label=True), Cell("无", span=2))),
    )
    boxes = print_blocks(FormGrid((1, 1, 2), rows), page=PageStyle.FORM).rectangles[0]
    sizes = [(round((b["x1"] - b["x0"]) / MM), round((b["bottom"] - b["top"]) / MM)) for b in boxes]
    quarter = SHEETS[PageStyle.FORM].block_width / 4 / MM
    label, short, half = (round(quarter), 20), (round(quarter), 10), (round(quarter * 2), 10)
    assert sorted(sizes) == sorted([label, short, half, short, half, short, (round(quarter * 3), 10)])


def test_rows_bound_into_more_than_a_page_lose_their_bond_and_no_text(print_blocks: Print) -> None:
    rows = (
        FormRow((Cell("长", label=True, rows=30), Cell("甲")), min_height=20),
        *(FormRow((Cell("乙"),), min_height=20) for _ in range(29)),
    )
    printed = print_blocks(FormGrid((1, 3), rows), page=PageStyle.FORM)
    everything = "".join(whole(printed, page) for page in range(printed.rendered.pages))
    assert everything.count("乙") == 29


def test_cells_that_do_not_fit_are_a_mistake_of_the_caller(book: FontBook) -> None:
    grid = FormGrid((1, 1), (FormRow((Cell("甲"), Cell("乙", span=2))),))
    with pytest.raises(ValueError, match="乙"):
        render_pdf(Document("t", (grid,)), book)


@pytest.mark.parametrize("text", ["<b>&amp;", "{}%s", "甲\x00乙\x07", "=1+1", "a" * 500, "，" * 300, "\u0301" * 50, ""])
def test_cells_take_any_text(print_blocks: Print, text: str) -> None:
    form = FormGrid((1, 4), (FormRow((Cell(text, label=True), Cell(text))),))
    table = LedgerTable(COLUMNS, ((text, text, text),), totals=(text, text, text), footnote=text)
    printed = print_blocks(form, table, CaptionLine(text, text, text), page=PageStyle.FORM)
    shown = "".join(whole(printed, page) for page in range(printed.rendered.pages))
    plain = "".join(character for character in text if character.isprintable() and character != "\u0301")
    assert all(shown.count(character) >= plain.count(character) for character in set(plain))


def test_a_table_behind_full_text_starts_a_new_page_with_its_head(print_blocks: Print) -> None:
    printed = print_blocks(Paragraph("\n".join("行" for _ in range(21))), ledger(3))
    assert "序号" not in whole(printed, 0)
    assert "序号姓名金额" in whole(printed, 1)


def test_a_label_breaks_into_lines_of_even_length(print_blocks: Print) -> None:
    form = FormGrid((1, 5), (FormRow((Cell("入党时间", label=True), Cell("1985年3月"))),), size=20)
    lines = print_blocks(form, page=PageStyle.FORM, footer=Footer.NONE).texts(0)
    assert "入党" in lines
    assert "时间" in lines
