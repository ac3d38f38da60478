from __future__ import annotations

import io
from datetime import date
from decimal import Decimal

import pytest
from PIL import Image

from partyroom.core.calendar import stopped_at
from partyroom.core.pictures import prepare_file
from partyroom.documents.contribution import Part, Piece, Request
from partyroom.documents.model import LedgerTable
from partyroom.features.dues.assessments import AssessmentDraft
from partyroom.features.dues.assessments_service import save_assessment
from partyroom.features.dues.collect_service import close_month, reverse_receipt
from partyroom.features.dues.contribution import PARTS
from partyroom.features.dues.domain import DuesCategory
from partyroom.features.dues.funds import Period
from partyroom.features.dues.funds_service import record_movement, reverse_movement
from partyroom.features.dues.ledger import MovementKind, ReliefKind, Use
from partyroom.features.dues.movements import MovementDraft
from partyroom.features.dues.reliefs_service import ReliefDraft, save_relief
from partyroom.storage.library import Library

TODAY = date(2026, 11, 22)


@pytest.fixture(autouse=True)
def today():
    from datetime import datetime

    with stopped_at(datetime.fromisoformat("2026-11-22T09:00")):
        yield


def part(key: str) -> Part:
    return next(part for part in PARTS if part.key == f"dues.{key}")


def pieces(library: Library, key: str, year: int = 2026) -> list[Piece]:
    request = Request(year, today=TODAY)
    return list(library.read(lambda session: part(key).produce(session, request)))


def table(piece: Piece) -> LedgerTable:
    (document,) = piece.compose(lambda _sha256: b"")
    return next(block for block in document.blocks if isinstance(block, LedgerTable))


def movement(library: Library, draft: MovementDraft, scan: str = "") -> int:
    picture = io.BytesIO()
    Image.new("RGB", (40, 30), "white").save(picture, "JPEG")
    kept = prepare_file(scan, picture.getvalue()) if scan else None
    return library.write("登记", lambda s: record_movement(s, draft, library.attachments, kept)).result


def expense(day: date, fen: int, matter: str) -> MovementDraft:
    return MovementDraft(
        MovementKind.EXPENSE,
        day,
        fen,
        used_for=Use.READING,
        matter=matter,
        decided_on=day,
        decided_by="支部委员会",
        approved_by="赵甲一",
    )


def test_a_year_that_was_not_opened_contributes_nothing(library: Library, payer) -> None:
    assert {key: pieces(library, key) for key in ("ledger", "bases", "remittances", "expenses", "publication")} == {
        key: [] for key in ("ledger", "bases", "remittances", "expenses", "publication")
    }


def test_ledger_and_bases_name_the_members_and_their_dues(library: Library, open_year, payer, receive) -> None:
    open_year()
    draft = AssessmentDraft(payer, date(2026, 1, 1), DuesCategory.EMPLOYED, base_fen=490_000, assessed_on=TODAY)
    library.write("核定", lambda s: save_assessment(s, draft))
    receive(date(2026, 1, 9), 4900)
    (ledger,) = pieces(library, "ledger")
    (bases,) = pieces(library, "bases")
    assert table(ledger).rows[0][1] == "张三"
    assert "49.00" in str(table(ledger).rows[0])
    assert "4900.00" in str(table(bases).rows[0]).replace(",", "")
    assert (ledger.settled, ledger.dated) == (False, TODAY)
    assert ledger.sheets is not None
    assert ledger.sheets()[0].rows


def test_remittances_come_one_by_one_with_their_scans_and_without_reversed_ones(
    library: Library, open_year, receive
) -> None:
    open_year()
    receive(date(2026, 2, 9), 30_000)
    quarter = Period(date(2026, 1, 1), date(2026, 3, 1))
    first = MovementDraft(MovementKind.REMITTANCE, date(2026, 4, 3), 20_000, quarter, handled_by="孙三")
    kept = movement(library, first, scan="上交单回执.jpg")
    wrong = movement(library, MovementDraft(MovementKind.REMITTANCE, date(2026, 4, 8), 5_000, quarter))
    library.write("冲正", lambda s: reverse_movement(s, wrong, "登错", date(2026, 4, 9)))
    found = pieces(library, "remittances")
    assert found[0].key == f"remittance:{kept}"
    (scan,) = found[0].enclosures
    assert scan.name == "上交单回执.jpg"
    assert library.attachments.get(scan.sha256)
    assert len(found) == 2
    assert "冲正" in str(found[1].compose(lambda _sha: b""))
    assert found[0].sheets is not None
    register = found[0].sheets()[0].rows
    assert len(register) == 3 + 2
    assert register[-2][5] == Decimal("200.00"), "the reversal lowers the sum"


def test_expenses_add_up_with_their_reversals_and_mask_numbers(library: Library, open_year, receive) -> None:
    open_year()
    receive(date(2026, 2, 9), 90_000)
    movement(library, expense(date(2026, 5, 6), 46_800, "订阅《求是》，联系人13912345678"), scan="发票.jpg")
    wrong = movement(library, expense(date(2026, 6, 6), 10_000, "购书"))
    library.write("冲正", lambda s: reverse_movement(s, wrong, "重复登记", date(2026, 6, 7)))
    (piece,) = pieces(library, "expenses")
    lines = table(piece)
    assert [row[4] for row in lines.rows] == ["468.00", "100.00", "-100.00"]
    assert lines.totals[4] == "468.00"
    assert "13912345678" not in str(lines)
    assert [enclosure.name for enclosure in piece.enclosures] == ["发票.jpg"]


def test_the_publication_tells_no_names(library: Library, open_year, payer, receive) -> None:
    open_year()
    receive(date(2026, 2, 9), 30_000)
    (piece,) = pieces(library, "publication")
    assert "张三" not in str(piece.compose(lambda _sha: b""))


def test_signature_sheets_come_for_the_months_that_somebody_paid_for(
    library: Library, open_year, owing, receive
) -> None:
    open_year()
    owing("李四")
    assert pieces(library, "signatures") == []
    receive(date(2026, 2, 9), 4900)
    receive(date(2026, 5, 9), 4900)
    february, may = pieces(library, "signatures")
    assert (february.key, may.key) == ("signatures:2026-02", "signatures:2026-05")
    assert february.title == "2026年2月党费交纳签名表"
    assert {row[1]: row[5] for row in table(february).rows} == {"张三": "49.00", "李四": ""}
    assert february.sheets is not None
    assert february.sheets()[0].rows


def test_receipts_come_month_by_month_with_those_taken_back(library: Library, open_year, receive) -> None:
    open_year()
    wrong = receive(date(2026, 2, 9), 4900)
    receive(date(2026, 2, 10), 5000)
    library.write("冲正", lambda s: reverse_receipt(s, wrong, "登错", date(2026, 3, 2)))
    library.write("结账", lambda s: close_month(s, date(2026, 2, 1)))
    february, march = pieces(library, "receipts")
    assert february.title == "2026年2月党费收据存根（2026-0001至2026-0002，共2张）"
    assert (february.key, february.dated, february.settled) == ("receipts:2026-02", date(2026, 2, 28), True)
    assert [paper.title for paper in february.compose(lambda _sha: b"")] == [
        "党费收据2026-0001（张三）",
        "党费收据2026-0002（张三）",
    ]
    assert not march.settled
    assert "负肆拾玖元整" in str(march.compose(lambda _sha: b""))
    assert march.sheets is not None
    assert march.sheets()[0].title.endswith("2026年3月党费收款登记（单位：元）")


def test_receipts_and_signatures_are_filed_but_not_in_the_handbook_and_personal_records_are_neither() -> None:
    kept = {one.key: (one.to_file, one.in_book) for one in PARTS}
    assert kept["dues.receipts"] == kept["dues.signatures"] == (True, False)
    assert kept["dues.ledger"] == (True, True)
    assert part("signatures").place == 202
    assert "dues.personal" not in kept


def test_df_14_decisions_are_filed_in_the_year_they_begin_with_their_scan(library: Library, open_year, owing) -> None:
    open_year()
    draft = ReliefDraft(
        owing("李四"), ReliefKind.EXEMPT, date(2026, 6, 1), branch_on=date(2026, 5, 20), superior_on=date(2026, 5, 28)
    )
    scan = prepare_file("批复.pdf", b"%PDF-1.7 reply")
    library.write("免交", lambda s: save_relief(s, draft, None, library.attachments, scan))
    (piece,) = pieces(library, "reliefs")
    assert piece.title == "免交党费申请审批表（李四）"
    assert piece.dated == date(2026, 5, 28)
    assert [library.attachments.get(one.sha256) for one in piece.enclosures] == [b"%PDF-1.7 reply"]
    assert pieces(library, "reliefs", 2027) == []
