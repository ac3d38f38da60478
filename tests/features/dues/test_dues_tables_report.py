"""The wide papers of the dues: ledger, signature sheet, bases; for sixty members."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from datetime import date
from decimal import Decimal
from zipfile import ZipFile

import docx
import openpyxl
import pdfplumber
import pytest

from partyroom.core.money import yuan
from partyroom.documents.pdf import render_pdf
from partyroom.documents.sheet import Sheet, render_xlsx
from partyroom.documents.word import render_docx
from partyroom.features.dues.assessments import AssessedItem, AssessmentDetail
from partyroom.features.dues.base_report import base_document, bases_document, bases_sheet
from partyroom.features.dues.cells import Cell, LedgerLine
from partyroom.features.dues.columns_report import broken_name
from partyroom.features.dues.domain import DuesCategory, Treatment
from partyroom.features.dues.ledger import CellState, DueKind, Method, months_of
from partyroom.features.dues.papers import SignatureLine, standard_of, without_numbers
from partyroom.features.dues.report import cell_text, ledger_document, ledger_sheet
from partyroom.features.dues.signature_report import signature_document, signature_sheet
from partyroom.features.organisation.domain import Branch

BRANCH = Branch("样例小学党支部")
DAY = date(2026, 11, 22)
LONG = "古丽巴哈尔·艾合买提江"
PLANE_2 = "李𠮷𡈽"
AMOUNT = re.compile(r"-?[0-9]+\.[0-9]{2}")
DUE = Cell(date(2026, 1, 1), DueKind.DUE, 4550, 4550, 0, CellState.PAID, date(2026, 1, 5), True, "")


def name(number: int) -> str:
    special = {0: LONG, 1: PLANE_2, 2: "=1+1", 3: "司马相如东方朔公孙龙"}
    return special.get(number, f"党员{number:02d}")


def line(number: int, **changes) -> LedgerLine:
    cells = []
    for month in months_of(2026):
        due = 100_000 if number == 4 else 4_550 + number
        state = CellState.PAID if month.month < 11 else CellState.OPEN
        paid = due if state is CellState.PAID else 0
        cells.append(Cell(month, DueKind.DUE, due, paid, 0, state, None, False, ""))
    made = LedgerLine(
        id=number,
        name=name(number),
        name_key="",
        group="第一党小组",
        department="",
        category=DuesCategory.EMPLOYED,
        base_fen=12_345_678 if number == 4 else 600_000,
        cells=tuple(cells),
        due_fen=sum(cell.due_fen for cell in cells),
        paid_fen=sum(cell.paid_fen for cell in cells),
        extra_fen=0,
        arrears_fen=0,
        remarks="联系电话13812345678" if number == 5 else "",
    )
    return replace(made, **changes)


LINES = [line(number) for number in range(60)]


def opened(document):
    return pdfplumber.open(io.BytesIO(render_pdf(document).data))


def text_of(document) -> str:
    with opened(document) as book:
        return "".join(page.extract_text() or "" for page in book.pages).replace(" ", "").replace("\n", "")


def table_of(document) -> list[list[str]]:
    """The rows of all pages without the repeated headings."""
    with opened(document) as book:
        tables = [row for page in book.pages for table in page.extract_tables() for row in table]
    return [["" if cell is None else cell for cell in row] for row in tables if row[0] != "序号"]


def workbook(sheet: Sheet):
    return openpyxl.load_workbook(io.BytesIO(render_xlsx(sheet))).worksheets[0]


def word_cells(document) -> list[list[str]]:
    file = docx.Document(io.BytesIO(render_docx(document)))
    return [[cell.text for cell in row.cells] for row in file.tables[0].rows]


def test_sixty_members_take_several_pages_each_with_the_headings() -> None:
    document = ledger_document(2026, LINES, BRANCH, DAY)
    with opened(document) as book:
        assert 3 <= len(book.pages) <= 5
        for page in book.pages:
            assert page.extract_tables()[0][0][5:17] == [f"{month}月" for month in range(1, 13)]
            assert float(page.width) > float(page.height), "the ledger is landscape"


@pytest.mark.parametrize("count", range(26, 44))
def test_no_signature_stands_alone_on_a_page(count) -> None:
    documents = (
        ledger_document(2026, LINES[:count], BRANCH, DAY),
        bases_document(2026, DETAILS[:count], BRANCH, DAY),
        signature_document(MONTH, SIGNERS[:count], BRANCH),
    )
    for document in documents:
        with opened(document) as book:
            last = book.pages[-1]
            assert "签" in last.extract_text()
            assert len(last.extract_tables()[0]) >= 2


def test_no_amount_of_the_ledger_is_broken_and_all_stand_inside_their_cells() -> None:
    document = ledger_document(2026, LINES, BRANCH, DAY)
    for row in table_of(document):
        for text in (*row[4:17], *row[17:19]):
            assert not text or AMOUNT.fullmatch(text), text
    with opened(document) as book:
        page = book.pages[0]
        lines = sorted({round(edge["x0"], 1) for edge in page.edges if edge["orientation"] == "v"})
        words = [word for word in page.extract_words() if AMOUNT.fullmatch(word["text"])]
        assert words
        for word in words:
            left = max(x for x in lines if x <= word["x0"] + 0.2)
            right = min(x for x in lines if x >= word["x1"] - 0.2)
            assert not [x for x in lines if left < x < right]
            assert 2 < right - word["x1"] < 7, "amounts are right aligned"


def test_the_sums_of_the_ledger_are_those_of_its_rows() -> None:
    *people, owed, paid = table_of(ledger_document(2026, LINES, BRANCH, DAY))
    assert len(people) == 60
    for column in range(5, 17):
        printed = sum(Decimal(row[column]) for row in people if row[column])
        assert Decimal(paid[column]) == printed
        assert Decimal(owed[column]) == Decimal(sum(one.cells[column - 5].due_fen for one in LINES)) / 100
    assert Decimal(owed[17]) == sum(Decimal(row[17]) for row in people)
    assert Decimal(paid[18]) == sum(Decimal(row[18]) for row in people)
    assert sum(Decimal(paid[column]) for column in range(5, 17)) == Decimal(paid[18])


def test_long_names_and_rare_characters_are_printed_whole() -> None:
    rendered = render_pdf(ledger_document(2026, LINES, BRANCH, DAY))
    assert rendered.missing == ()
    names = ["".join(row[1].split()) for row in table_of(ledger_document(2026, LINES, BRANCH, DAY))]
    assert names[:4] == [LONG, PLANE_2, "=1+1", "司马相如东方朔公孙龙"]
    assert broken_name(LONG).split("\n") == ["古丽巴哈尔·", "艾合买提江"]
    assert broken_name("尼·木") == "尼·木"


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({}, "45.50"),
        ({"kind": DueKind.EXEMPT, "due_fen": 0, "paid_fen": 0, "state": CellState.EXEMPT}, "免"),
        ({"kind": DueKind.REDUCED, "due_fen": 1000, "paid_fen": 1000}, "10.00\n少"),
        ({"state": CellState.LATE}, "45.50\n补"),
        ({"state": CellState.AHEAD}, "45.50\n预"),
        ({"extra_fen": 50}, "46.00\n多"),
        ({"paid_fen": 0, "state": CellState.ARREARS}, "欠"),
        ({"paid_fen": 550, "state": CellState.PARTIAL}, "5.50\n欠"),
        ({"month": date(2026, 11, 1), "paid_fen": 550, "state": CellState.PARTIAL}, "5.50\n部分"),
        ({"month": date(2026, 12, 1), "paid_fen": 0, "state": CellState.OPEN}, ""),
        ({"kind": DueKind.UNKNOWN, "due_fen": 0, "paid_fen": 0, "state": CellState.UNKNOWN}, "未核定"),
        ({"kind": DueKind.NONE, "due_fen": 0, "paid_fen": 0, "state": CellState.NONE}, "—"),
    ],
)
def test_a_month_is_marked_as_the_legend_says(changes, text) -> None:
    assert cell_text(replace(DUE, **changes), DAY) == text
    legend = text_of(ledger_document(2026, LINES[:1], BRANCH, DAY))
    for mark in text.split("\n")[1:]:
        assert f"{mark}——" in legend


def test_large_sums_are_named_in_the_remarks_and_counted_nowhere() -> None:
    document = ledger_document(2026, [line(7, large_fen=250_000)], BRANCH, DAY)
    row, _, paid = table_of(document)
    assert "另交大额党费2500.00" in "".join(row[19].split())
    assert row[18] == paid[18] == yuan(LINES[7].paid_fen)


def test_the_standard_follows_from_base_and_category() -> None:
    assert standard_of(LINES[0], DAY) == "1.5%"
    assert standard_of(replace(LINES[0], category=DuesCategory.RETIRED), DAY) == "1%"
    assert standard_of(replace(LINES[0], category=DuesCategory.STUDENT), DAY) == "定额"
    assert standard_of(replace(LINES[0], category=None), DAY) == ""


def test_identity_card_and_telephone_numbers_are_masked_in_remarks() -> None:
    assert "13812345678" not in text_of(ledger_document(2026, LINES, BRANCH, DAY))
    masked = without_numbers("身份证11010119900307123X，卡6222020200112233445，电话13812345678，收据2026-0001，45.50元")
    for number in ("11010119900307123X", "6222020200112233445", "13812345678"):
        assert number not in masked
    assert masked.endswith("收据2026-0001，45.50元")


def test_the_ledger_opens_in_word_with_the_same_rows() -> None:
    rows = word_cells(ledger_document(2026, LINES, BRANCH, DAY))
    assert len(rows) == 63
    assert rows[3][1] == "=1+1"
    assert rows[5][5] == "1000.00"


def test_the_workbook_of_the_ledger_holds_exact_numbers_and_texts_that_are_no_formulas() -> None:
    sheet = ledger_sheet(2026, LINES, BRANCH, DAY)
    page = workbook(sheet)
    assert page.cell(5, 2).value == "=1+1"
    assert page.cell(5, 2).data_type == "s"
    january = [page.cell(row, 6) for row in range(3, 63)]
    assert {cell.number_format for cell in january} == {"0.00"}
    assert all(cell.data_type == "n" for cell in january)
    total = sum(Decimal(str(cell.value)) for cell in january)
    assert Decimal(str(page.cell(64, 6).value)) == total
    assert Decimal(str(page.cell(63, 18).value)) == Decimal(sum(one.due_fen for one in LINES)) / 100
    assert "13812345678" not in str([cell.value for row in page.iter_rows() for cell in row])


def test_amounts_reach_the_file_without_passing_a_float() -> None:
    sheet = Sheet("金额", ("元",), [(Decimal("9.95"),), (Decimal("-0.10"),), (Decimal("123456789.01"),)])
    with ZipFile(io.BytesIO(render_xlsx(sheet))) as file:
        xml = file.read("xl/worksheets/sheet1.xml").decode()
    assert re.findall(r"<v>(-?[0-9.]+)</v>", xml)[-3:] == ["9.95", "-0.10", "123456789.01"]


def signer(number: int, **changes) -> SignatureLine:
    due = 4_550 + number
    made = SignatureLine(name(number), DueKind.DUE, due, 600_000, "1.5%", due, date(2026, 10, 1), Method.PLATFORM)
    return replace(made, **changes)


SIGNERS = [
    *(signer(number) for number in range(57)),
    signer(57, kind=DueKind.EXEMPT, due_fen=0, paid_fen=0, paid_on=None, method=None),
    signer(58, kind=DueKind.UNKNOWN, due_fen=0, paid_fen=0, paid_on=None, method=None),
    signer(59, kind=DueKind.REDUCED, due_fen=1000, paid_fen=1000),
]
MONTH = date(2026, 10, 1)


def test_the_signature_sheet_lists_everybody_with_sums_and_room_for_a_signature() -> None:
    document = signature_document(MONTH, SIGNERS, BRANCH)
    *people, total = table_of(document)
    assert len(people) == 60
    assert [row[8] for row in people] == [""] * 60
    assert people[57][4] == "免交"
    assert people[58][4] == "未核定"
    assert people[59][9] == "经批准少交"
    assert Decimal(total[4]) == sum(Decimal(row[4]) for row in people if AMOUNT.fullmatch(row[4]))
    assert Decimal(total[5]) == sum(Decimal(row[5]) for row in people if row[5])
    assert "收款人（签章）" in text_of(document)
    with opened(document) as book:
        assert all(page.extract_tables()[0][0][8] == "本人签名" for page in book.pages)


def test_the_empty_sheet_leaves_what_is_paid_and_can_hide_the_bases() -> None:
    *people, total = table_of(signature_document(MONTH, SIGNERS, BRANCH, empty=True))
    assert {tuple(row[5:9]) for row in people} == {("", "", "", "")}
    assert total[5] == ""
    document = signature_document(MONTH, SIGNERS, BRANCH, bases=False)
    assert "6000.00" not in text_of(document)
    assert table_of(document)[0][2] == "45.50"


def test_the_workbook_of_the_month_has_the_same_sums() -> None:
    page = workbook(signature_sheet(MONTH, SIGNERS, BRANCH))
    assert Decimal(str(page.cell(63, 6).value)) == Decimal(sum(one.paid_fen for one in SIGNERS)) / 100
    assert page.cell(60, 5).value == "免交"
    assert page.cell(3, 5).number_format == "0.00"


ITEMS = (
    AssessedItem("post", "岗位工资", 278_000, Treatment.COUNTED),
    AssessedItem("grade", "薪级工资", 112_500, Treatment.COUNTED),
    AssessedItem("base_performance", "基础性绩效工资", 189_000, Treatment.COUNTED),
    AssessedItem("reward_performance", "奖励性绩效工资", 90_000, Treatment.LEFT_OUT),
    AssessedItem("teaching_age", "教龄津贴", 1_000, Treatment.COUNTED),
    AssessedItem("housing_fund", "住房公积金（个人部分）", 78_000, Treatment.DEDUCTED),
    AssessedItem("income_tax", "个人所得税", 1_255, Treatment.DEDUCTED),
    AssessedItem("own_deducted", "校内扣款", 345, Treatment.DEDUCTED),
)
BASE = 278_000 + 112_500 + 189_000 + 1_000 - 78_000 - 1_255 - 345


def assessed(number: int, **changes) -> AssessmentDetail:
    made = AssessmentDetail(
        id=number,
        member_id=number,
        name=name(number),
        from_month=date(2026, 1, 1),
        category=DuesCategory.EMPLOYED,
        items=ITEMS,
        base_fen=BASE,
        rate_bp=150,
        before_cap_fen=7_514,
        due_fen=7_514,
        rounding_fen=1,
        rule_version="2017",
        source="《关于中国共产党党费收缴、使用和管理的规定》（中组发〔2008〕3号）第二条",
        reason="年初核定",
        assessed_on=date(2026, 1, 8),
        assessed_by="李𠮷",
        note="",
    )
    return replace(made, **changes)


DETAILS = [
    *(assessed(number) for number in range(58)),
    assessed(58, category=DuesCategory.STUDENT, items=(), base_fen=0, rate_bp=0, before_cap_fen=20, due_fen=20),
    assessed(59, items=(), base_fen=12_345_678, rate_bp=200, before_cap_fen=246_914, due_fen=100_000),
]


def test_each_row_of_the_bases_adds_up_and_the_sums_are_those_of_the_rows() -> None:
    document = bases_document(2026, DETAILS, BRANCH, DAY)
    with opened(document) as book:
        heads = [["".join((cell or "").split()) for cell in page.extract_tables()[0][0]] for page in book.pages]
    assert len(heads) >= 3
    assert all(head == heads[0] for head in heads)
    at = {title: number for number, title in enumerate(heads[0])}
    *people, total = table_of(document)
    assert len(people) == 60
    counted = ("岗位工资", "薪级工资", "基础性绩效工资", "其他计入")
    deducted = ("养老保险", "职业年金", "住房公积金", "医疗保险", "所得税", "其他扣除")
    for row in people[:58]:
        plus = sum(Decimal(row[at[title]] or 0) for title in counted)
        minus = sum(Decimal(row[at[title]] or 0) for title in deducted)
        assert plus - minus == Decimal(row[at["税后工资总额"]]) == Decimal(BASE) / 100
    for title in (*counted, *deducted, "税后工资总额", "每月应交纳党费"):
        assert Decimal(total[at[title]]) == sum(Decimal(row[at[title]] or 0) for row in people), title
    assert people[58][at["税后工资总额"]] == ""
    assert people[58][at["交纳比例"]] == "定额"
    assert people[59][at["备注"]] == "基数直接填报"
    assert "失业保险" not in at, "a column that nobody needs is left out"


def test_the_workbook_of_the_bases_has_the_same_numbers() -> None:
    page = workbook(bases_sheet(2026, DETAILS, BRANCH))
    heads = [cell.value for cell in page[2]]
    due = heads.index("每月应交纳党费") + 1
    assert Decimal(str(page.cell(63, due).value)) == Decimal(sum(one.due_fen for one in DETAILS)) / 100
    assert page.cell(3, due).number_format == "0.00"


def test_the_slip_of_one_member_shows_how_the_amount_arose() -> None:
    document = base_document(DETAILS[0], BRANCH)
    text = text_of(document)
    for words in (
        "1.基数：计入5805.00−扣除796.00＝5009.00元",
        "2.党费：5009.00×1.5%＝75.135元",
        "3.四舍五入到分：75.14元",
        "人民币柒拾伍元壹角肆分",
        "支部选择计入",
        "支部自行填写的项目",
        "2017年通知第三项",
        "2008年规定第二条",
        "《关于中国共产党党费收缴、使用和管理的规定》（中组发〔2008〕3号）",
    ):
        assert words in text, words
    assert render_pdf(document).pages == 1


def test_df_18_the_slip_says_that_the_cap_was_applied() -> None:
    text = text_of(base_document(DETAILS[59], BRANCH))
    assert "直接填报" in text
    assert "2469.1356元" in text
    assert "一般不超过1000.00元，应交1000.00元" in text
    assert "每月交纳0.20元" in text_of(base_document(DETAILS[58], BRANCH))
