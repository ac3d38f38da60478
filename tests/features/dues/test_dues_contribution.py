from __future__ import annotations

import io
from datetime import date

import pytest
from PIL import Image

from partyroom.core.calendar import stopped_at
from partyroom.core.pictures import prepare_file
from partyroom.documents.contribution import Part, Piece, Request
from partyroom.documents.model import LedgerTable
from partyroom.features.dues.assessments import AssessmentDraft
from partyroom.features.dues.assessments_service import save_assessment
from partyroom.features.dues.contribution import PARTS
from partyroom.features.dues.domain import DuesCategory
from partyroom.features.dues.funds import Period
from partyroom.features.dues.funds_service import record_movement, reverse_movement
from partyroom.features.dues.ledger import MovementKind, Use
from partyroom.features.dues.movements import MovementDraft
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
