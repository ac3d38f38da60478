"""The slips of the dues: receipts, handing-up, publication, personal record, relief."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date
from decimal import Decimal

import docx
import openpyxl
import pdfplumber
import pytest

from partyroom.documents.pdf import render_pdf
from partyroom.documents.sheet import Sheet, render_xlsx
from partyroom.documents.word import render_docx
from partyroom.features.dues.cells import Cell, LedgerLine
from partyroom.features.dues.domain import DuesCategory
from partyroom.features.dues.funds import (
    Balance,
    GroupTotal,
    LargeLine,
    MonthTotals,
    Period,
    Publication,
    RemittanceSlip,
    UseTotal,
)
from partyroom.features.dues.ledger import (
    CellState,
    DueKind,
    Method,
    MovementKind,
    PayerKind,
    Purpose,
    ReliefKind,
    Share,
    Use,
    months_of,
)
from partyroom.features.dues.movements import MovementRow
from partyroom.features.dues.papers import PersonalYear, ReceiptPaper, ReceiptPart, ReliefPaper
from partyroom.features.dues.personal_report import personal_document, personal_sheets
from partyroom.features.dues.publication_report import publication_document, publication_sheet
from partyroom.features.dues.receipt_report import receipts_document, receipts_sheet
from partyroom.features.dues.relief_report import relief_document
from partyroom.features.dues.remittance_report import remittance_document, remittances_sheet
from partyroom.features.organisation.domain import Branch

BRANCH = Branch("样例小学党支部", superior="样例县教育局党委", office_phone="0536-1234567")
DAY = date(2026, 11, 22)
OCTOBER = date(2026, 10, 1)
PLANE_2 = "李𠮷𡈽"
RECEIPT = ReceiptPaper(
    number="2026-0003",
    received_on=date(2026, 10, 9),
    name=PLANE_2,
    amount_fen=9_000,
    parts=(ReceiptPart(OCTOBER, Share.DUE, 9_000),),
    method=Method.WECHAT,
    base_fen=600_000,
    standard="1.5%",
    collector="钱乙二",
)
QUARTER = replace(
    RECEIPT,
    number="2026-0004",
    amount_fen=32_050,
    parts=(
        *(ReceiptPart(date(2026, month, 1), Share.DUE, 9_000) for month in (10, 11, 12)),
        ReceiptPart(OCTOBER, Share.VOLUNTARY, 5_050),
    ),
    payer=PayerKind.RELATIVE,
    payer_name="古丽巴哈尔·艾合买提江",
)
REVERSAL = replace(
    RECEIPT,
    number="2026-0005",
    amount_fen=-9_000,
    parts=(ReceiptPart(OCTOBER, Share.DUE, -9_000),),
    reverses="2026-0003",
    note="金额录错，联系13812345678",
)
LARGE = replace(
    RECEIPT,
    number="2026-0006",
    amount_fen=250_000,
    parts=(ReceiptPart(OCTOBER, Share.LARGE, 250_000),),
    purpose=Purpose.LARGE,
)
RECEIPTS = [RECEIPT, QUARTER, REVERSAL, LARGE]


def opened(document):
    return pdfplumber.open(io.BytesIO(render_pdf(document).data))


def pages(document) -> list[str]:
    with opened(document) as book:
        return [(page.extract_text() or "").replace(" ", "").replace("\n", "") for page in book.pages]


def workbook(sheet: Sheet) -> list[list]:
    page = openpyxl.load_workbook(io.BytesIO(render_xlsx(sheet))).worksheets[0]
    return [[cell.value for cell in row] for row in page.iter_rows(min_row=2)]


def money(value: object) -> Decimal:
    return Decimal(str(value))


def test_each_receipt_has_a_sheet_of_its_own_with_stub_and_receipt() -> None:
    documents = receipts_document(RECEIPTS, BRANCH)
    found = pages(documents)
    assert len(found) == 4
    assert render_pdf(documents).missing == ()
    for page, paper in zip(found, RECEIPTS, strict=True):
        assert page.count(f"编号：{paper.number}") == 2
        assert page.count("（存根）") == page.count("（收据）") == 1
        assert page.count("收款人（签章）：钱乙二") == page.count("交款人（签字）") == 2
        assert page.count(PLANE_2) == 2


@pytest.mark.parametrize("paper", RECEIPTS)
def test_the_cut_lies_between_the_parts_near_the_middle(paper) -> None:
    with opened(receipts_document([paper], BRANCH)) as book:
        page = book.pages[0]
        words = page.extract_words()
        middle = float(page.height) / 2
        cut = next(word["top"] for word in words if "裁开" in word["text"])
        titles = [
            word["top"] for word in words if word["text"].startswith("样例小学") and word["text"].endswith("收据")
        ]
    assert abs(cut - middle) < 60
    assert titles[0] < cut < titles[1]
    assert titles[1] > middle


def test_a_receipt_says_what_was_paid_for_which_months_by_whom() -> None:
    text = pages(receipts_document([RECEIPT], BRANCH))[0]
    for words in ("2026年10月", "6,000.00元", "1.5%", "人民币玖拾元整", "￥90.00", "微信", "2026年10月9日", "本人"):
        assert words in text, words
    text = pages(receipts_document([QUARTER], BRANCH))[0]
    for words in (
        "2026年10—12月",
        "应交270.00元",
        "多交50.50元",
        "人民币叁佰贰拾元伍角整",
        "亲属代交（古丽巴哈尔·",
        "艾合买提江）",
    ):
        assert words in text, words


def test_a_reversal_says_so_in_words_and_names_the_receipt_taken_back() -> None:
    text = pages(receipts_document([REVERSAL], BRANCH))[0]
    for words in (
        "党费冲正收据",
        "冲正2026-0003号收据，原收据作废",
        "（冲正）人民币负玖拾元整",
        "￥-90.00",
        "金额录错",
    ):
        assert words in text, words
    assert "13812345678" not in text
    assert "冲正" not in pages(receipts_document([RECEIPT], BRANCH))[0]


def test_df_20_a_large_sum_says_that_it_goes_up_whole() -> None:
    text = pages(receipts_document([LARGE], BRANCH))[0]
    assert "大额党费收据" in text
    assert "全额逐级上交中央，由中央组织部给本人出具收据" in text
    assert "6,000.00元" not in text, "a large sum follows from no base"
    assert "大额" not in pages(receipts_document([QUARTER], BRANCH))[0]


def test_a_receipt_with_a_long_remark_has_a_page_for_each_part() -> None:
    found = pages(receipts_document([replace(RECEIPT, note="很长的说明，" * 30)], BRANCH))
    assert len(found) == 2
    assert "（存根）" in found[0]
    assert "（收据）" in found[1]


def test_the_list_of_receipts_sums_every_share_and_takes_reversals_off() -> None:
    _, *rows, total = workbook(receipts_sheet(RECEIPTS, BRANCH, year=2026))
    assert len(rows) == 4
    assert money(total[6]) == Decimal("2820.50") == sum(money(row[6]) for row in rows)
    assert [money(cell) for cell in total[7:10]] == [Decimal(270), Decimal("50.5"), Decimal(2500)]
    assert sum(money(cell) for cell in total[7:10]) == money(total[6])
    assert "13812345678" not in str(rows)


def test_receipts_open_in_word_with_the_same_words() -> None:
    hostile = "=cmd|' /C calc'!A0 <b>&amp;</b>"
    file = docx.Document(io.BytesIO(render_docx(receipts_document([replace(RECEIPT, note=hostile), LARGE], BRANCH))))
    cells = [cell.text for table in file.tables for row in table.rows for cell in row.cells]
    assert hostile in cells
    assert "人民币贰仟伍佰元整" in cells
    assert len(file.tables) == 4


SLIP = RemittanceSlip(
    number="2026-0003",
    branch=BRANCH.full_name,
    superior=BRANCH.superior,
    kind=MovementKind.REMITTANCE,
    period="2026年第3季度",
    on_day=date(2026, 10, 9),
    amount_fen=823_456,
    received_fen=2_058_640,
    share_bp=4_000,
    handed_by=PLANE_2,
    received_by="周丙三",
)


def test_the_slip_of_remittance_has_two_parts_with_everything_to_check_the_amount() -> None:
    document = remittance_document(SLIP, BRANCH, people=60, due_fen=2_058_740)
    (text,) = pages(document)
    for words in (
        "2026年第3季度",
        "60人",
        "20,587.40元",
        "20,586.40元",
        "实交党费的40%",
        "人民币捌仟贰佰叁拾肆元伍角陆分",
        "￥8,234.56",
        f"上交人（签字）：{PLANE_2}",
        "收款人（签章）：周丙三",
    ):
        assert text.count(words) == 2, words
    assert text.count("（存根）") == text.count("（回执）") == 1
    assert "作废" not in text
    assert "本单已冲正，作废" in pages(remittance_document(replace(SLIP, reversed=True), BRANCH))[0]


def test_df_20_large_sums_go_up_with_the_names_and_the_same_total() -> None:
    lines = (
        LargeLine("古丽巴哈尔·艾合买提江", date(2026, 7, 1), "2026-0088", 250_000),
        LargeLine(PLANE_2, date(2026, 7, 1), "2026-0089", 100_000),
    )
    slip = replace(SLIP, kind=MovementKind.LARGE_REMITTANCE, amount_fen=350_000, large=lines)
    first, second = pages(remittance_document(slip, BRANCH))
    assert "大额党费上交单" in first
    assert "2人" in first
    assert "全额" in first
    assert "应交党费" not in first
    for words in ("大额党费名单", "2026-0088", "2500.00", "1000.00", "合计3500.00", PLANE_2):
        assert words in second, words


def movement(number: int, kind: MovementKind, fen: int, **changes) -> MovementRow:
    made = MovementRow(
        id=number,
        kind=kind,
        number=f"2026-{number:04d}",
        on_day=date(2026, 10, number),
        amount_fen=fen,
        period=Period(date(2026, 7, 1), date(2026, 9, 1)),
        used_for=None,
        matter="",
        handled_by="李",
        counterpart="=周",
        organisation="",
        decided="",
        approved="",
        voucher="",
        scan="",
        reverses="",
        reversed_by="",
        closed=False,
        note="",
    )
    return replace(made, **changes)


def test_the_register_of_remittances_keeps_the_two_purses_apart() -> None:
    rows = [
        movement(1, MovementKind.REMITTANCE, 82_345),
        movement(2, MovementKind.REMITTANCE, -82_345, reverses="2026-0001"),
        movement(3, MovementKind.REMITTANCE, 82_395),
        movement(4, MovementKind.LARGE_REMITTANCE, 350_000),
        movement(5, MovementKind.EXPENSE, 100),
    ]
    _, *lines, ordinary, large = workbook(remittances_sheet(rows, BRANCH, year=2026))
    assert len(lines) == 4
    assert lines[1][10] == "冲正2026-0001"
    assert lines[0][7] == "=周"
    assert money(ordinary[5]) == Decimal("823.95") == sum(money(line[5]) for line in lines[:3])
    assert money(large[5]) == Decimal(3500)


PUBLISHED = Publication(
    year=2026,
    branch=BRANCH.full_name,
    until=DAY,
    members=60,
    exempt=3,
    due_fen=5_432_100,
    paid_fen=5_400_000,
    extra_fen=12_345,
    in_full=55,
    in_arrears=2,
    balance=Balance(120_000, 5_412_345, 50_000, 2_164_938, 300_000, 0, 350_000, 350_000),
    uses=(UseTotal(Use.TRAINING, 2, 200_000), UseTotal(Use.HARDSHIP, 1, 100_000)),
    groups=(GroupTotal("第一党小组", 30, 2_700_000, 2_690_000), GroupTotal("第二党小组", 30, 2_732_100, 2_710_000)),
    published="2026年10月20日在支部公开栏公示",
)


def test_df_26_the_publication_reports_collection_remittance_and_the_five_uses() -> None:
    text = "".join(pages(publication_document(PUBLISHED, BRANCH, DAY, first_day=DAY, last_day=date(2026, 11, 28))))
    for words in (
        "党支部每年至少向党员公布一次党费收缴情况",
        "党员60名，应交党费54321.00元，实交党费54000.00元，另有自愿多交123.45元",
        "经批准免交的3名，尚有2名党员未足额交纳",
        *(use.label for use in Use),
        "公示时间为2026年11月22日至2026年11月28日",
        "2026年10月20日在支部公开栏公示",
        "大额党费另行记账",
        "待上交0.00元",
    ):
        assert words in text, words


def test_df_25_the_account_of_the_publication_balances_to_the_fen() -> None:
    document = publication_document(PUBLISHED, BRANCH, DAY)
    with opened(document) as book:
        rows = [row for page in book.pages for table in page.extract_tables() for row in table]
    amounts = {row[0].split("．")[-1].strip(): Decimal(row[1]) for row in rows if row[0] not in ("党小组", "项目")}
    uses = sum(amounts[use.label] for use in Use)
    assert amounts["使用党费"] == uses == Decimal("3000.00")
    income = amounts["上年结存"] + amounts["本年收缴党费"] + amounts["上级下拨党费"]
    assert amounts["期末结存"] == income - amounts["上交上级党组织"] - uses == Decimal("31174.07")


def test_the_workbook_of_the_publication_adds_up_and_names_nobody() -> None:
    months = [
        MonthTotals(month, 450_000 + n, 440_000, 10_000 + n, 0, 0, 100, 50, 0, 0, 0, 0, False)
        for n, month in enumerate(months_of(2026)[:3])
    ]
    sheet = publication_sheet(PUBLISHED, BRANCH, months)
    assert sheet.rows[1] == ("2月", *(Decimal(text) for text in ("4400.00", "4500.01", "1.00", "0.50")))
    assert sheet.rows[-1] == ("合计", *(Decimal(text) for text in ("13200.00", "13500.03", "3.00", "1.50")))
    assert PLANE_2 not in str(sheet)
    assert render_xlsx(sheet)


def test_the_publication_names_nobody_and_no_telephone() -> None:
    text = "".join(pages(publication_document(PUBLISHED, BRANCH, DAY)))
    assert "0536" not in text
    assert PLANE_2 not in text


def test_the_publication_can_tell_each_month_with_the_sums_below() -> None:
    months = [
        MonthTotals(month, 450_000 + n, 0, 0, 0, 0, 100, 50, 0, 0, 0, 0, False)
        for n, month in enumerate(months_of(2026))
    ]
    text = "".join(pages(publication_document(PUBLISHED, BRANCH, DAY, months=months)))
    assert "12月4500.111.000.50" in text
    assert f"合计{Decimal(12 * 450_000 + 66) / 100:.2f}12.006.00" in text


def personal(number: int, **changes) -> LedgerLine:
    cells = tuple(
        Cell(month, DueKind.DUE, 4_550, 4_550 if month.month < 10 else 0, 45, CellState.PAID, None, False, "")
        for month in months_of(2026)
    )
    made = LedgerLine(
        number, PLANE_2, "", "", "", DuesCategory.EMPLOYED, 600_000, cells, 54_600, 40_950, 540, 4_550, ""
    )
    return replace(made, **changes)


def test_the_personal_record_has_a_page_a_year_with_months_and_receipts() -> None:
    years = [PersonalYear(2025, personal(1, arrears_fen=0)), PersonalYear(2026, personal(1), tuple(RECEIPTS))]
    document = personal_document(PLANE_2, years, BRANCH, DAY)
    first, second = pages(document)
    assert "2025年没有收款记录" in first
    for words in (f"姓名：{PLANE_2}", "合计546.00409.505.40欠交45.50", "基数：6000.00元", "标准：1.5%"):
        assert words in second, words
    for words in ("2026-0004", "冲正", "合计4张2820.50", "其中大额"):
        assert words in second, words
    assert "13812345678" not in second, "remarks of receipts are not printed"


def test_the_personal_record_is_a_workbook_with_a_sheet_a_year_and_amounts_as_numbers() -> None:
    years = [PersonalYear(2025, personal(1)), PersonalYear(2026, personal(1), tuple(RECEIPTS))]
    sheets = personal_sheets(PLANE_2, years, BRANCH)
    assert [sheet.name for sheet in sheets] == ["2025年", "2026年"]
    assert sheets[1].rows[0][:4] == ("1月", Decimal("45.50"), Decimal("45.50"), Decimal("0.45"))
    assert sheets[1].rows[11][2] == Decimal("0.00")
    assert render_xlsx(*sheets)


def test_df_14_the_form_for_relief_asks_for_both_decisions() -> None:
    paper = ReliefPaper(
        name=PLANE_2,
        kind=ReliefKind.REDUCED,
        from_month=date(2026, 4, 1),
        until_month=date(2026, 12, 1),
        amount_fen=1_000,
        due_fen=9_000,
        category=DuesCategory.EMPLOYED,
        reason="家庭成员长期患病，卡号6222020200112233445",
        branch_on=date(2026, 3, 20),
        superior="样例县教育局党委",
        superior_on=date(2026, 3, 28),
    )
    (text,) = pages(relief_document(paper, BRANCH))
    for words in (
        "☑少交（每月交纳10.00元）□免交",
        "自2026年4月起，至2026年12月止",
        "经2026年3月20日支部研究，同意少交",
        "样例县教育局党委2026年3月28日批准少交",
        "支部研究同意和上一级党委批准缺一不可",
    ):
        assert words in text, words
    assert "6222020200112233445" not in text
    empty = pages(relief_document(replace(paper, branch_on=None, superior_on=None), BRANCH))[0]
    assert "同意少交" not in empty
    assert "批准少交" not in empty


def test_df_11_the_retired_need_no_approval_from_above() -> None:
    paper = ReliefPaper(PLANE_2, ReliefKind.EXEMPT, date(2026, 4, 1), category=DuesCategory.RETIRED)
    (text,) = pages(relief_document(paper, BRANCH))
    assert "不需上级批准（2017年通知）" in text
    assert "☑免交" in text
    other = pages(relief_document(replace(paper, category=DuesCategory.EMPLOYED), BRANCH))[0]
    assert "不需上级批准（2017年通知）" not in other
