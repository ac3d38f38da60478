"""What pledges give to handbook and archive: which papers a year has, their files, what is settled."""

from __future__ import annotations

import io
from datetime import date

import pytest
from PIL import Image

from partyroom.core.filing import Field, Retention
from partyroom.core.pictures import prepare_file
from partyroom.documents.contribution import Piece, Request
from partyroom.features.pledges.appraisal_service import save_appraisal
from partyroom.features.pledges.contribution import PARTS
from partyroom.features.pledges.deeds_service import record_deed
from partyroom.features.pledges.domain import Appraisal, Body, DeedDraft, PaperKind, State
from partyroom.features.pledges.papers_service import add_evidence, add_papers
from partyroom.features.pledges.stage_service import withdraw_pledges
from partyroom.features.pledges.stages import Step

TODAY = date(2026, 11, 22)


@pytest.fixture
def pieces(branch):
    """The pieces of a year by the key of their part."""

    def read(year: int = 2026, today: date = TODAY) -> dict[str, list[Piece]]:
        request = Request(year, today=today)
        return branch.read(lambda s: {part.key.split(".")[1]: list(part.produce(s, request)) for part in PARTS})

    return read


def _picture(name: str) -> object:
    stream = io.BytesIO()
    Image.new("RGB", (400, 300), "#336699").save(stream, "JPEG")
    return prepare_file(name, stream.getvalue())


def _nothing(_sha256: str) -> bytes:
    raise AssertionError("no picture is needed")


def test_parts_stand_between_300_and_330_in_the_order_of_the_stages() -> None:
    assert [(part.key, part.place) for part in PARTS] == [
        ("pledges.letters", 300),
        ("pledges.publication", 310),
        ("pledges.register", 320),
        ("pledges.appraisal", 330),
    ]
    assert {(part.field, part.retention) for part in PARTS} == {(Field.CONDUCT, Retention.YEARS_10)}


def test_every_part_has_a_blank_form_that_prints(printed) -> None:
    for part in PARTS:
        assert part.blank is not None
        assert len(printed(part.blank())) == 1


def test_a_year_without_pledges_gives_nothing(pieces) -> None:
    assert pieces() == {"letters": [], "publication": [], "register": [], "appraisal": []}
    assert not any(pieces(2025).values())


def test_drafts_give_letters_alone(pieces, pledge) -> None:
    pledge()
    found = pieces()
    assert [piece.key for piece in found["letters"]] == ["letters:2026"]
    assert not any(found[key] for key in ("publication", "register", "appraisal"))


def test_letters_are_printed_and_carry_the_signed_scans(pieces, pledge, branch, printed) -> None:
    number = pledge()
    file = _picture("签字页.jpg")
    branch.write("扫描", lambda s: add_papers(s, branch.attachments, number, [file], PaperKind.SIGNED))
    (piece,) = pieces()["letters"]
    assert piece.title == "2026年公开承诺书（1份）"
    assert "姓名吴六" in printed(piece.compose(_nothing))[0]
    assert [enclosure.caption for enclosure in piece.enclosures] == ["签字承诺书（吴六）"]


def test_what_was_shown_is_published_from_the_first_day(pieces, pledge, branch, printed) -> None:
    number = pledge(State.PUBLISHED)
    (piece,) = pieces()["publication"]
    assert piece.dated == date(2026, 3, 1)
    text = "".join(printed(piece.compose(_nothing)))
    assert "自2026年3月1日起公示" in text
    assert "学习笔记12篇" in text
    assert piece.sheets is not None
    assert len(piece.sheets()[0].rows) == 2
    branch.write("撤回", lambda s: withdraw_pledges(s, [number], Step(date(2026, 4, 1), "赵一", "调出")))
    assert pieces()["publication"] == []


def test_the_register_brings_its_photos_and_an_overview(pieces, pledge, branch, printed, detail) -> None:
    number = pledge(State.FULFILLING)
    assert pieces()["register"] == []
    item = detail(number).items[0].id
    deed = branch.write("践诺", lambda s: record_deed(s, number, item, DeedDraft(date(2026, 4, 5), "交流一次"))).result
    files = [_picture("现场.jpg"), prepare_file("证明.pdf", b"%PDF-1.4 proof")]
    branch.write("佐证", lambda s: add_evidence(s, branch.attachments, deed, files))
    register, overview = pieces()["register"]
    pages = printed(register.compose(branch.attachments.get))
    assert "交流一次照片1张（图1）材料1份" in pages[0]
    assert "图1吴六2026年4月5日" in pages[1]
    assert [enclosure.name for enclosure in register.enclosures] == ["证明.pdf"]
    assert overview.title == "2026年度公开承诺年终小结"
    assert "登记践诺记录1条" in "".join(printed(overview.compose(_nothing)))


def test_the_summary_is_settled_once_all_are_appraised(pieces, pledge, branch) -> None:
    first, second = pledge(State.FULFILLING), pledge(State.FULFILLING, member_id=7)
    assert pieces()["appraisal"] == []
    decided = Appraisal(grade="好", decided_on=date(2026, 11, 20), decided_by=Body.COMMITTEE)
    branch.write("评诺", lambda s: save_appraisal(s, first, decided))
    (piece,) = pieces()["appraisal"]
    assert (piece.settled, piece.note) == (False, "还有承诺没有评定等次")
    branch.write("评诺", lambda s: save_appraisal(s, second, decided))
    (piece,) = pieces()["appraisal"]
    assert (piece.settled, piece.note, piece.dated) == (True, "", date(2026, 11, 20))


def test_papers_of_a_running_year_may_still_change(pieces, pledge) -> None:
    pledge(State.PUBLISHED)
    for today, settled in ((TODAY, False), (date(2026, 12, 31), False), (date(2027, 1, 1), True)):
        found = pieces(today=today)
        assert [found[key][0].settled for key in ("letters", "publication")] == [settled, settled]
