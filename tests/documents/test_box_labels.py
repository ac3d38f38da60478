"""Labels of archive boxes in millimetres: DA/T 22-2015, rule DA-09."""

from __future__ import annotations

import io
from itertools import pairwise
from typing import Any

import pdfplumber
import pytest

from partyroom.documents.box_labels import SpineLabel, cover_label, spine_labels
from partyroom.documents.fonts import FontBook

MM = 72 / 25.4


def _label(width: int = 30, office: str | None = "党建办公室") -> SpineLabel:
    return SpineLabel("Z109", "2026", "永久", "0001", "0052", "7", office, width)


def _borders(page: Any) -> tuple[list[float], list[float]]:
    """x of the upright and distance from the upper edge of the level border lines, in mm."""
    thick = [line for line in page.lines if line["linewidth"] == 1]
    upright = sorted({round(line["x0"] / MM, 2) for line in thick if line["height"] > 1})
    level = sorted({round(line["top"] / MM, 2) for line in thick if line["width"] > 1})
    return upright, level


@pytest.mark.parametrize("width", [20, 30, 40, 50])
def test_da_09_spines_are_as_wide_as_their_boxes(width: int, book: FontBook) -> None:
    with pdfplumber.open(io.BytesIO(spine_labels([_label(width)], fonts=book))) as pdf:
        page = pdf.pages[0]
        assert (page.width / MM, page.height / MM) == pytest.approx((210, 297), abs=0.1)
        upright, level = _borders(page)
    assert upright[1] - upright[0] == pytest.approx(width, abs=0.1)
    assert level[1] - level[0] == pytest.approx(280, abs=0.1)
    assert upright[0] + upright[1] == pytest.approx(210, abs=0.1)


def test_da_09_full_height_is_310_mm_on_a3(book: FontBook) -> None:
    with pdfplumber.open(io.BytesIO(spine_labels([_label()], full_height=True, fonts=book))) as pdf:
        page = pdf.pages[0]
        assert (page.width / MM, page.height / MM) == pytest.approx((297, 420), abs=0.1)
        _, level = _borders(page)
    assert level[1] - level[0] == pytest.approx(310, abs=0.1)


def test_several_labels_share_a_sheet_with_cut_marks_between(book: FontBook) -> None:
    with pdfplumber.open(io.BytesIO(spine_labels([_label(w) for w in (20, 30, 40, 50, 50)], fonts=book))) as pdf:
        assert len(pdf.pages) == 2
        upright, _ = _borders(pdf.pages[0])
        assert len(_borders(pdf.pages[1])[0]) == 2
        steps = [round(after - before, 1) for before, after in pairwise(upright)]
        assert steps == [20, 4, 30, 4, 40, 4, 50]
        marks = [line for line in pdf.pages[0].lines if line["linewidth"] == 0.25 and line["height"] > 1]
        assert sorted({round(line["x0"] / MM, 2) for line in marks}) == upright
        for line in marks:
            low, high = line["top"] / MM, line["bottom"] / MM
            assert high < 8.5 - 0.9 or low > 288.5 + 0.9
            assert low >= 4
        level = [line for line in pdf.pages[0].lines if line["linewidth"] == 0.25 and line["width"] < 4 * MM]
        level = [line for line in level if line["height"] < 1]
        for line in level:
            assert not any(line["x0"] / MM < x - 0.01 < line["x1"] / MM - 0.02 for x in upright)


def test_da_09_the_spine_says_six_things_in_their_order(book: FontBook) -> None:
    with pdfplumber.open(io.BytesIO(spine_labels([_label()], fonts=book))) as pdf:
        text = "".join(pdf.pages[0].extract_text().split())
    assert text == "全宗号Z109年度2026保管期限永久机构（问题）党建办公室起止件号0001至0052盒号7"


def test_the_office_is_left_out_where_it_is_not_used(book: FontBook) -> None:
    with pdfplumber.open(io.BytesIO(spine_labels([_label(office=None)], fonts=book))) as pdf:
        text = pdf.pages[0].extract_text()
    assert "机构" not in text
    assert "盒号" in text


@pytest.mark.parametrize("width", [20, 30, 50])
def test_everything_stays_within_its_label(width: int, book: FontBook) -> None:
    label = SpineLabel(
        "Z109-ABCDEF", "2026", "永久", "0001", "1052", "112", "中共某某县第一中学支部委员会（第3党支部）", width
    )
    with pdfplumber.open(io.BytesIO(spine_labels([label], fonts=book))) as pdf:
        page = pdf.pages[0]
        upright, level = _borders(page)
        for char in page.chars:
            assert char["x0"] / MM > upright[0]
            assert char["x1"] / MM < upright[1]
            assert char["top"] / MM > level[0]
            assert char["bottom"] / MM < level[1]
        names = [c for c in page.chars if c["text"] in "党支部委员会" and "Serif" in c["fontname"]]
        assert min(c["size"] for c in names) >= 8


def test_empty_labels_are_for_filling_in_by_hand(book: FontBook) -> None:
    label = SpineLabel("", "", "", "", "", "", "", 40)
    with pdfplumber.open(io.BytesIO(spine_labels([label], fonts=book))) as pdf:
        text = "".join(pdf.pages[0].extract_text().split())
    assert text == "全宗号年度保管期限机构（问题）起止件号至盒号"


def test_boxes_of_other_widths_do_not_exist(book: FontBook) -> None:
    for labels in ([_label(25)], []):
        with pytest.raises(ValueError, match="mm"):
            spine_labels(labels, fonts=book)


@pytest.mark.parametrize(
    "name",
    [
        "某某中学党支部",
        "中共某某县第一高级中学支部委员会",
        "中共某某自治州某某县第一高级中学总支部委员会第三支部委员会",
    ],
)
def test_da_09_the_cover_has_the_name_above_a_double_line(name: str, book: FontBook) -> None:
    with pdfplumber.open(io.BytesIO(cover_label(name, fonts=book))) as pdf:
        page = pdf.pages[0]
        assert (page.width / MM, page.height / MM) == pytest.approx((210, 297), abs=0.1)
        upper, lower = sorted(page.lines, key=lambda line: line["top"])
        assert lower["top"] / MM - upper["top"] / MM == pytest.approx(1.5, abs=0.05)
        for line in (upper, lower):
            assert (line["x0"] / MM, line["x1"] / MM) == pytest.approx((20, 190), abs=0.1)
        assert "".join(page.extract_text().split()) == name
        assert max(char["bottom"] for char in page.chars) < upper["top"] + 1
        left, right = min(char["x0"] for char in page.chars), max(char["x1"] for char in page.chars)
        assert left >= 20 * MM - 0.1
        assert right <= 190 * MM + 0.1
        assert min(char["size"] for char in page.chars) >= 22
