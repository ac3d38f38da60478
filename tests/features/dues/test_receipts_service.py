"""Finding receipts and showing one."""

from __future__ import annotations

from datetime import date

import pytest

from partyroom.core.errors import DomainError
from partyroom.features.dues.collect_service import record_payment, reverse_receipt
from partyroom.features.dues.ledger import Method, PayerKind, Purpose
from partyroom.features.dues.payments import PaymentDraft
from partyroom.features.dues.receipts_service import ReceiptQuery, get_receipt, list_receipt_ids, list_receipt_rows

pytestmark = pytest.mark.usefixtures("fixed_today")


@pytest.fixture
def receipts(open_year, owing, write) -> dict[str, int]:
    """张三 by WeChat in February, 李四 through a relative in March, 王五 a large sum, 张三's taken back."""
    open_year()
    made = {}
    zhang, li, wang = owing("张三", department="语文科", group="第一党小组"), owing("李四"), owing("王五")
    made["zhang"] = write(
        record_payment, PaymentDraft(zhang, date(2026, 2, 3), 20_000, Method.WECHAT, occasion="二月支部生活日")
    )
    relative = PaymentDraft(
        li, date(2026, 3, 4), 7650, payer=PayerKind.RELATIVE, payer_name="李小妹", collector="钱组长"
    )
    made["li"] = write(record_payment, relative)
    made["large"] = write(record_payment, PaymentDraft(wang, date(2026, 3, 5), 300_000, purpose=Purpose.LARGE))
    made["back"] = write(reverse_receipt, made["zhang"], "重复扫码", date(2026, 4, 1))
    return made


@pytest.mark.parametrize(
    ("query", "found"),
    [
        (ReceiptQuery(), ["back", "large", "li", "zhang"]),
        (ReceiptQuery(descending=False), ["zhang", "li", "large", "back"]),
        (ReceiptQuery(search="张三"), ["back", "zhang"]),
        (ReceiptQuery(search="张 三"), ["back", "zhang"]),
        (ReceiptQuery(search="zhangs"), ["back", "zhang"]),
        (ReceiptQuery(search="ls"), ["li"]),
        (ReceiptQuery(search="2026-0003"), ["large"]),
        (ReceiptQuery(search="0003"), ["large"]),
        (ReceiptQuery(search="3"), ["large"]),
        (ReceiptQuery(search="2025-0003"), []),
        (ReceiptQuery(search="李小妹"), ["li"]),
        (ReceiptQuery(search="生活日"), ["back", "zhang"]),
        (ReceiptQuery(search="%"), []),
        (ReceiptQuery(method="wechat"), ["back", "zhang"]),
        (ReceiptQuery(purpose="large"), ["large"]),
        (ReceiptQuery(month=date(2026, 3, 1)), ["large", "li"]),
        (ReceiptQuery(for_month=date(2026, 2, 1)), ["back", "zhang"]),
        (ReceiptQuery(year=2025), []),
        (ReceiptQuery(state="valid"), ["large", "li"]),
        (ReceiptQuery(state="reversed"), ["back", "zhang"]),
        (ReceiptQuery(sort="amount_fen"), ["large", "zhang", "li", "back"]),
        (ReceiptQuery(sort="name", descending=False), ["li", "large", "back", "zhang"]),
        (ReceiptQuery(sort="received_on", descending=False), ["zhang", "li", "large", "back"]),
    ],
)
def test_receipts_are_searched_filtered_and_ordered(query, found, receipts, library) -> None:
    ids = library.read(lambda session: list_receipt_ids(session, query))
    names = {number: name for name, number in receipts.items()}
    assert [names[one] for one in ids] == found


def test_row_says_everything_of_a_receipt(receipts, library) -> None:
    wanted = [receipts["li"], 99, receipts["zhang"], receipts["large"]]
    li, zhang, large = library.read(lambda session: list_receipt_rows(session, wanted))
    assert (zhang.number_text, zhang.months_text, zhang.due_fen, zhang.voluntary_fen) == (
        "2026-0001",
        "2026年1—2月",
        15_300,
        4_700,
    )
    assert zhang.shares_text == "应交153.00元，自愿多交47.00元"
    assert (zhang.state_text, zhang.reversible) == ("已被2026-0004冲正", False)
    assert (li.payer_text, li.collector, li.state_text, li.reversible) == ("亲属代交（李小妹）", "钱组长", "有效", True)
    assert (large.large_fen, large.shares_text) == (300_000, "大额党费3000.00元")


def test_detail_has_the_months_and_where_the_member_belongs(receipts, library) -> None:
    detail = library.read(lambda session: get_receipt(session, receipts["zhang"]))
    assert [(one.month.month, one.amount_fen) for one in detail.allocations] == [(1, 7650), (2, 7650), (2, 4700)]
    assert (detail.group, detail.department) == ("第一党小组", "语文科")
    with pytest.raises(DomainError, match="找不到"):
        library.read(lambda session: get_receipt(session, 99))
