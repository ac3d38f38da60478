"""党员公开承诺 for the wall: what of a pledge is shown, and what never is."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date

import pdfplumber
import pikepdf
import pytest
from PIL import Image

from partyroom.core.errors import DomainError
from partyroom.documents.fonts import FontBook
from partyroom.documents.poster import PosterSize
from partyroom.features.organisation.domain import Branch
from partyroom.features.pledges.domain import PledgerKind, State
from partyroom.features.pledges.poster_report import poster_pdf, wall_pdf
from partyroom.features.pledges.public_text import public_text

BRANCH = Branch("第一党支部", "样例小学", office_phone="0531-88886666")
MM = 72 / 25.4


@pytest.fixture(scope="module")
def portrait() -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", (300, 400), "#336699").save(stream, "JPEG")
    return stream.getvalue()


def test_a_poster_shows_name_post_items_day_and_the_office_telephone(shown, printed) -> None:
    (page,) = printed(poster_pdf([shown(name="周𬭎")], BRANCH))
    for words in (
        "党员公开承诺样例小学第一党支部2026年度",
        "公示日期：2026年3月1日",
        "监督电话：0531-88886666",
        "周𬭎教研组长作出以下公开承诺：",
        "1.撰写学习笔记12篇（12月10日前完成）",
        "2.结对帮扶1名学生（6月30日前完成）",
    ):
        assert words in page


def test_gk_04_neither_poster_nor_wall_shows_private_data(shown, year_round, printed) -> None:
    items = (replace(shown().items[0], text="帮扶王某（11010519491231002X，13812345678）"),)
    pledge = shown(items=items, remarks="患病在家", preamble="联系我：13812345678")
    text = "".join(printed(poster_pdf([pledge], BRANCH)) + printed(wall_pdf(year_round, [pledge], BRANCH)))
    for secret in ("11010519491231002X", "13812345678", "患病"):
        assert secret not in text
    assert text.count("110***********002X") == 2


@pytest.mark.parametrize(
    ("text", "public"),
    [
        ("电话13812345678。", "电话138****5678。"),
        ("138-1234-5678", "138****5678"),
        ("11010519491231002X", "110***********002X"),
        ("办公电话0531-88886666，全年2000小时", "办公电话0531-88886666，全年2000小时"),
        ("发票号12345678901234567890", "发票号12345678901234567890"),
    ],
)
def test_pi_11_numbers_that_tell_persons_apart_are_masked_and_others_kept(text: str, public: str) -> None:
    assert public_text(text) == public


def test_before_it_is_shown_the_day_is_that_of_the_pledge(shown, printed) -> None:
    (page,) = printed(poster_pdf([shown(published_from=None)], BRANCH))
    assert "承诺日期：2026年1月10日" in page
    assert "公示日期" not in page


def test_a_deadline_in_another_year_is_told_with_its_year(shown, printed) -> None:
    items = (replace(shown().items[0], deadline=date(2027, 1, 15)), replace(shown().items[1], deadline=None))
    (page,) = printed(poster_pdf([shown(items=items)], BRANCH))
    assert "1.撰写学习笔记12篇（2027年1月15日前完成）" in page
    assert page.endswith("2.结对帮扶1名学生")


@pytest.mark.parametrize(
    ("kind", "heading"),
    [
        (PledgerKind.BRANCH, "党支部公开承诺"),
        (PledgerKind.COMMITTEE, "班子成员公开承诺"),
        (PledgerKind.MEMBER, "党员公开承诺"),
    ],
)
def test_each_kind_of_pledger_has_its_heading(kind: PledgerKind, heading: str, shown, printed) -> None:
    assert printed(poster_pdf([shown(kind=kind)], BRANCH))[0].startswith(heading)


def test_the_branch_is_shown_with_who_answers_for_it(shown, printed) -> None:
    (page,) = printed(poster_pdf([shown(kind=PledgerKind.BRANCH, name="第一党支部", post="")], BRANCH))
    assert "责任人：吴六" in page


@pytest.mark.parametrize(("size", "sheet"), [(PosterSize.A4, (210, 297)), (PosterSize.A3, (297, 420))])
def test_posters_and_walls_have_the_size_asked_for(size: PosterSize, sheet, shown, year_round) -> None:
    for file in (poster_pdf([shown()], BRANCH, size=size), wall_pdf(year_round, [shown()], BRANCH, size=size)):
        with pdfplumber.open(io.BytesIO(file.data)) as pdf:
            assert (pdf.pages[0].width / MM, pdf.pages[0].height / MM) == pytest.approx(sheet, abs=0.1)


def test_only_who_has_a_photo_is_shown_with_one(shown, year_round, portrait) -> None:
    pledges = [shown(), shown(id=2, name="郑七")]
    for file, wanted in (
        (poster_pdf(pledges, BRANCH, portraits={2: portrait}), [0, 1]),
        (wall_pdf(year_round, pledges, BRANCH, portraits={2: portrait}), [1]),
    ):
        with pdfplumber.open(io.BytesIO(file.data)) as pdf:
            assert [len(page.images) for page in pdf.pages] == wanted


def test_withdrawn_pledges_and_retired_items_are_not_shown(shown, year_round, printed) -> None:
    items = shown().items
    pledges = [
        shown(items=(replace(items[0], retired_in=1), items[1])),
        shown(id=2, name="郑七", state=State.WITHDRAWN),
    ]
    for file in (poster_pdf(pledges, BRANCH), wall_pdf(year_round, pledges, BRANCH)):
        (page,) = printed(file)
        assert "郑七" not in page
        assert "学习笔记" not in page
        assert "1.结对帮扶1名学生" in page


def test_posters_and_walls_take_the_fonts_chosen(shown, year_round) -> None:
    fonts = FontBook("system", installed={})
    for file in (poster_pdf([shown()], BRANCH, fonts=fonts), wall_pdf(year_round, [shown()], BRANCH, fonts=fonts)):
        with pikepdf.open(io.BytesIO(file.data)) as pdf:
            assert "字体来源=system" in str(pdf.docinfo["/Keywords"])


def test_with_nothing_in_force_there_is_nothing_to_put_up(shown, year_round) -> None:
    gone = [shown(state=State.WITHDRAWN)]
    with pytest.raises(DomainError, match="没有可以张贴的内容"):
        poster_pdf(gone, BRANCH)
    with pytest.raises(DomainError, match="没有可以张贴的内容"):
        wall_pdf(year_round, gone, BRANCH)


def test_the_wall_shows_all_in_their_order_under_one_heading(shown, year_round, printed) -> None:
    kinds = (PledgerKind.BRANCH, PledgerKind.COMMITTEE, PledgerKind.MEMBER, PledgerKind.MEMBER)
    names = ("第一党支部", "赵一", "周𬭎", "阿卜杜热合曼麦麦提江")
    pledges = [shown(id=n, kind=kind, name=name) for n, (kind, name) in enumerate(zip(kinds, names, strict=True))]
    (page,) = printed(wall_pdf(year_round, pledges, BRANCH))
    assert page.startswith("党员公开承诺样例小学第一党支部2026年度")
    places = [page.index(name, 30) for name in names]
    assert places == sorted(places)
    assert page.count("撰写学习笔记12篇") == 4
