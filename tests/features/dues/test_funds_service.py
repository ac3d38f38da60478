from __future__ import annotations

import io
from datetime import date

import pytest
from PIL import Image
from sqlalchemy import text

from partyroom.core.calendar import stopped_at
from partyroom.core.errors import DomainError
from partyroom.core.pictures import prepare_file
from partyroom.features.dues.check_service import dues_problems
from partyroom.features.dues.funds import Balance, LargeLine, Period
from partyroom.features.dues.funds_service import (
    MovementQuery,
    attach_scan,
    balance_on,
    list_movement_ids,
    list_movement_rows,
    load_purse,
    read_scan,
    reconcile,
    record_movement,
    remittance_proposal,
    reverse_movement,
    year_account,
    year_balance,
)
from partyroom.features.dues.ledger import MovementKind, Share, Use
from partyroom.features.dues.movements import MovementDraft
from partyroom.features.dues.slip_service import slip_of, usual_names
from partyroom.features.organisation.domain import Branch
from partyroom.features.organisation.service import save_branch

Q3 = Period(date(2026, 7, 1), date(2026, 9, 1))
REMITTANCE, EXPENSE, LARGE = MovementKind.REMITTANCE, MovementKind.EXPENSE, MovementKind.LARGE_REMITTANCE

pytestmark = pytest.mark.usefixtures("fixed_today")


@pytest.fixture
def record(library):
    """Records a movement and gives its id."""

    def do(kind: MovementKind, on: date, amount_fen: int, **more: object) -> int:
        draft = MovementDraft(kind, on, amount_fen, **more)  # type: ignore[arg-type]
        return library.write("登记", lambda session: record_movement(session, draft)).result

    return do


@pytest.fixture
def take_back(library):
    def do(movement: int, day: date | None = None, reason: str = "金额写错") -> int:
        return library.write("冲正", lambda session: reverse_movement(session, movement, reason, day)).result

    return do


def row(library, movement):
    return library.read(lambda session: list_movement_rows(session, [movement]))[0]


def test_quarter_is_proposed_handed_up_and_then_done(library, open_year, receive, record) -> None:
    open_year(share_bp=4000)
    for month, amount in ((6, 900), (7, 1005), (8, 2000), (9, 3000), (10, 700)):
        receive(date(2026, month, 20), amount)
    proposal = library.read(lambda session: remittance_proposal(session, Q3))
    assert (proposal.received_fen, proposal.amount_fen, proposal.kept_fen) == (6005, 2402, 3603)
    record(REMITTANCE, date(2026, 10, 9), 2402, period=Q3)
    after = library.read(lambda session: remittance_proposal(session, Q3))
    assert (after.handed_fen, after.amount_fen) == (2402, 0)


def test_voluntary_money_is_handed_up_with_the_rest_and_large_sums_are_not(library, open_year, receive) -> None:
    open_year()
    receive(date(2026, 8, 1), 500)
    receive(date(2026, 8, 1), 30, Share.VOLUNTARY)
    receive(date(2026, 8, 1), 1000_00, Share.LARGE)
    assert library.read(lambda session: remittance_proposal(session, Q3)).amount_fen == 530


def test_reversed_remittance_is_proposed_again(library, open_year, receive, record, take_back) -> None:
    open_year()
    receive(date(2026, 8, 1), 500)
    take_back(record(REMITTANCE, date(2026, 10, 9), 500, period=Q3))
    purse = library.read(load_purse)
    assert purse.handed == ()
    assert purse.proposals(2026)[2].amount_fen == 500


def test_more_than_the_balance_is_refused_and_nothing_stored(library, receive, record) -> None:
    receive(date(2026, 8, 1), 500)
    with pytest.raises(DomainError, match="超过结存"):
        record(EXPENSE, date(2026, 8, 2), 501, used_for=Use.READING)
    with pytest.raises(DomainError, match="超过结存"):
        record(EXPENSE, date(2026, 7, 31), 500, used_for=Use.READING)
    assert library.read(lambda session: list_movement_ids(session, MovementQuery())) == []


def test_large_sums_go_up_whole_by_themselves(library, open_year, receive, record) -> None:
    open_year()
    receive(date(2026, 7, 1), 1000_00, Share.LARGE)
    receive(date(2026, 8, 1), 2500_00, Share.LARGE)
    with pytest.raises(DomainError, match="全额上交"):
        record(LARGE, date(2026, 9, 1), 1000_00)
    record(LARGE, date(2026, 9, 1), 3500_00)
    balance = library.read(lambda session: balance_on(session, date(2026, 9, 1)))
    assert (balance.balance_fen, balance.large_fen, balance.large_remitted_fen) == (0, 0, 3500_00)


def test_large_slip_names_the_givers_it_took_along(library, open_year, receive, record) -> None:
    open_year()
    receive(date(2026, 7, 1), 1000_00, Share.LARGE)
    wrong = receive(date(2026, 7, 2), 5000_00, Share.LARGE)
    receive(date(2026, 7, 3), -5000_00, Share.LARGE, reverses=wrong)
    first = record(LARGE, date(2026, 7, 31), 1000_00)
    receive(date(2026, 8, 1), 2500_00, Share.LARGE)
    second = record(LARGE, date(2026, 8, 31), 2500_00)
    assert library.read(lambda s: slip_of(s, first)).large == (
        LargeLine("张三", date(2026, 7, 1), "2026-0001", 1000_00),
    )
    assert [one.amount_fen for one in library.read(lambda s: slip_of(s, second)).large] == [2500_00]


def test_movement_is_taken_back_by_another_never_changed(library, receive, record, take_back) -> None:
    receive(date(2026, 8, 1), 500)
    wrong = record(EXPENSE, date(2026, 8, 2), 300, used_for=Use.READING, matter="订报")
    back = take_back(wrong)
    old, new = row(library, wrong), row(library, back)
    assert (old.amount_fen, old.reversed_by, old.reversible) == (300, "使用2026-02", False)
    assert (new.amount_fen, new.reverses, new.on_day) == (-300, "使用2026-01", date(2026, 11, 22))
    assert new.matter == "冲正使用2026-01：金额写错"
    assert library.read(lambda session: balance_on(session, date(2026, 11, 22))).balance_fen == 500
    assert library.read(dues_problems) == []


def test_movement_is_taken_back_once_and_with_a_reason(library, record, take_back) -> None:
    grant = record(MovementKind.GRANT, date(2026, 8, 2), 300)
    with pytest.raises(DomainError, match="原因"):
        take_back(grant, reason=" ")
    back = take_back(grant)
    with pytest.raises(DomainError, match="已经冲正过"):
        take_back(grant)
    with pytest.raises(DomainError, match="不能再冲正"):
        take_back(back)


def test_reversal_keeps_off_closed_months_and_wrong_days(record, take_back, close) -> None:
    grant = record(MovementKind.GRANT, date(2026, 8, 2), 300)
    close(date(2026, 9, 1))
    with pytest.raises(DomainError, match="已经结账"):
        take_back(grant, date(2026, 9, 5))
    with pytest.raises(DomainError, match="早于原记录"):
        take_back(grant, date(2026, 8, 1))
    with pytest.raises(DomainError, match="晚于今天"):
        take_back(grant, date(2026, 11, 23))


def test_closed_month_takes_no_movement(record, close) -> None:
    close(date(2026, 9, 1))
    with pytest.raises(DomainError, match="已经结账"):
        record(MovementKind.GRANT, date(2026, 9, 30), 300)
    record(MovementKind.GRANT, date(2026, 10, 1), 300)


def test_numbers_count_each_kind_of_each_year(library, record) -> None:
    with stopped_at(library_moment(2027)):
        ids = [
            record(MovementKind.GRANT, date(2026, 8, 2), 1),
            record(MovementKind.GRANT, date(2026, 1, 2), 1),
            record(MovementKind.OPENING, date(2026, 1, 1), 1),
            record(MovementKind.GRANT, date(2027, 1, 2), 1),
        ]
    assert [row(library, i).number for i in ids] == ["下拨2026-01", "下拨2026-02", "期初2026-01", "下拨2027-01"]


def library_moment(year: int):
    from datetime import datetime

    return datetime(year, 2, 1, 9, 0)  # noqa: DTZ001  (a branch lives in one time zone)


def test_list_is_searched_filtered_and_ordered(library, receive, record) -> None:
    receive(date(2026, 1, 5), 5000)
    books = record(EXPENSE, date(2026, 2, 1), 700, used_for=Use.READING, matter="订阅《求是》", voucher="记-3")
    gifts = record(EXPENSE, date(2026, 3, 1), 900, used_for=Use.HARDSHIP, matter="慰问困难党员")
    grant = record(MovementKind.GRANT, date(2026, 2, 1), 100, organisation="县教育局党委")

    def ids(**asked: object) -> list[int]:
        return library.read(lambda session: list_movement_ids(session, MovementQuery(**asked)))  # type: ignore[arg-type]

    assert ids() == [gifts, grant, books]
    assert ids(kind="expense") == [gifts, books]
    assert ids(used_for="hardship") == [gifts]
    assert ids(search="求是 记-3") == [books]
    assert ids(search="教育局") == [grant]
    assert ids(search="%") == []
    assert ids(year=2025) == []
    assert ids(sort="amount") == [grant, books, gifts]
    assert ids(sort="on_day", descending=True) == [gifts, books, grant]


def test_scan_is_kept_without_what_the_camera_wrote(library, receive, record) -> None:
    receive(date(2026, 1, 5), 5000)
    movement = record(EXPENSE, date(2026, 2, 1), 700, used_for=Use.READING)
    picture = io.BytesIO()
    exif = Image.Exif()
    exif[0x010F] = "Secret Camera"
    Image.new("RGB", (40, 30), "red").save(picture, "JPEG", exif=exif)
    scan = prepare_file("发票.jpg", picture.getvalue())
    library.write("附扫描件", lambda session: attach_scan(session, library.attachments, movement, scan))
    name, content = library.read(lambda session: read_scan(session, library.attachments, movement))
    assert name == "发票.jpg"
    assert b"Secret Camera" not in content
    assert row(library, movement).scan == "发票.jpg"
    assert library.check(dues_problems) == []


def test_scan_comes_with_a_new_movement(library) -> None:
    draft = MovementDraft(MovementKind.GRANT, date(2026, 2, 1), 700)
    scan = prepare_file("通知.pdf", b"%PDF-1.7")
    made = library.write("登记", lambda s: record_movement(s, draft, library.attachments, scan)).result
    assert library.read(lambda s: read_scan(s, library.attachments, made)) == ("通知.pdf", b"%PDF-1.7")


def test_movement_without_a_scan_says_so(library, record) -> None:
    movement = record(MovementKind.GRANT, date(2026, 2, 1), 700)
    with pytest.raises(DomainError, match="没有扫描件"):
        library.read(lambda session: read_scan(session, library.attachments, movement))


def test_slip_has_what_the_form_asks(library, open_year, receive, record, take_back) -> None:
    branch = Branch("高一党支部", "实验中学", "县教育局党委")
    library.write("支部", lambda session: save_branch(session, branch))
    open_year(share_bp=5000)
    receive(date(2026, 8, 1), 501)
    movement = record(REMITTANCE, date(2026, 10, 9), 251, period=Q3, handled_by="李会计", counterpart="周干事")
    slip = library.read(lambda session: slip_of(session, movement))
    assert (slip.number, slip.period, slip.branch) == ("上交2026-01", "2026年第3季度", "实验中学高一党支部")
    assert (slip.superior, slip.handed_by, slip.received_by) == ("县教育局党委", "李会计", "周干事")
    assert (slip.amount_fen, slip.received_fen, slip.share_bp) == (251, 501, 5000)
    assert not slip.reversed
    back = take_back(movement)
    assert library.read(lambda session: slip_of(session, movement)).reversed
    with pytest.raises(DomainError, match="只有上交"):
        library.read(lambda session: slip_of(session, back))


def test_slip_names_no_share_that_the_amount_does_not_follow(library, open_year, receive, record) -> None:
    open_year(share_bp=5000)
    receive(date(2026, 8, 1), 500)
    movement = record(REMITTANCE, date(2026, 10, 9), 100, period=Q3)
    assert library.read(lambda session: slip_of(session, movement)).share_bp is None


def test_names_of_the_last_movement_are_offered_again(library, receive, record) -> None:
    receive(date(2026, 8, 1), 500)
    assert library.read(lambda session: usual_names(session, REMITTANCE)) == ("", "", "")
    record(
        REMITTANCE, date(2026, 10, 9), 100, period=Q3, handled_by="李会计", counterpart="周干事", organisation="党委"
    )
    assert library.read(lambda session: usual_names(session, REMITTANCE)) == ("李会计", "周干事", "党委")


def test_account_rolls_from_month_to_month_and_over_the_year(library, open_year, receive, record) -> None:
    open_year()
    record(MovementKind.OPENING, date(2025, 12, 1), 1000)
    receive(date(2025, 12, 20), 300)
    receive(date(2026, 1, 20), 400)
    receive(date(2026, 1, 21), 50, Share.VOLUNTARY)
    record(MovementKind.GRANT, date(2026, 2, 1), 70)
    record(REMITTANCE, date(2026, 2, 2), 500, period=Period(date(2025, 12, 1), date(2026, 1, 1)))
    record(EXPENSE, date(2026, 3, 1), 20, used_for=Use.PRAISE)
    account = library.read(lambda session: year_account(session, 2026))
    assert account.balance == Balance(1300, 450, 70, 500, 20)
    assert [month.balance_fen for month in account.months[:4]] == [1750, 1320, 1300, 1300]
    assert (account.months[0].due_fen, account.months[0].voluntary_fen) == (400, 50)
    assert dict(account.uses)[Use.PRAISE] == 20
    assert library.read(lambda session: year_balance(session, 2026)).balance_fen == account.months[-1].balance_fen


def test_check_finds_a_receipt_changed_behind_our_back(library, receive) -> None:
    receive(date(2026, 8, 1), 500)
    assert library.read(dues_problems) == []
    library.write("改动", lambda s: s.execute(text("UPDATE dues_receipts SET amount_fen = 600")))
    assert library.read(dues_problems) == [
        "党费收据 2026-0001：金额 6.00 元，各月合计 5.00 元。",
        "2026年党费核对不符：台账 5.00 元，收款 6.00 元，上交使用和结存合计 6.00 元，请检查支部库。",
    ]
    assert not library.read(lambda session: reconcile(session, 2026)).holds


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        ("UPDATE dues_movements SET amount_fen = -299 WHERE amount_fen < 0", "下拨2026-02：与它冲正的"),
        ("UPDATE dues_movements SET year = 2025, number = 9 WHERE amount_fen > 0", "下拨2025-09：编号的年份"),
        ("UPDATE dues_allocations SET month = '2026-07-01' WHERE amount_fen < 0", "2026-0002：与它冲正的"),
        ("UPDATE dues_allocations SET share = 'large' WHERE amount_fen > 0", "2026-0001：大额党费与普通党费"),
        ("UPDATE dues_receipts SET year = 2025 WHERE amount_fen < 0", "2025-0002：编号的年份"),
    ],
)
def test_check_finds_what_does_not_mirror(library, receive, record, take_back, statement, found) -> None:
    receipt = receive(date(2026, 8, 1), 500)
    receive(date(2026, 8, 2), -500, reverses=receipt)
    take_back(record(MovementKind.GRANT, date(2026, 8, 2), 300))
    assert library.check(dues_problems) == []
    library.write("改动", lambda session: session.execute(text(statement)))
    assert any(found in problem for problem in library.read(dues_problems))


def test_check_finds_a_closed_month_that_changed(library, receive, close) -> None:
    close(date(2026, 8, 1))
    assert library.read(dues_problems) == []
    receive(date(2026, 8, 31), 500)
    assert library.read(dues_problems) == ["2026年8月党费已结账，结账时收款 0.00 元，现在是 5.00 元。"]
