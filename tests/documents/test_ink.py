from __future__ import annotations

import io

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name

from partyroom.documents.ink import ink_of


def _boxes(content: str, **page_fields: object) -> list[tuple[float, ...]]:
    with pikepdf.new() as file:
        page = file.add_blank_page(page_size=(200, 100))
        font = Dictionary(Type=Name.Font, Subtype=Name.TrueType)
        wide = Dictionary(Type=Name.Font, Subtype=Name.Type0)
        form = file.make_stream(b"0 0 10 10 re f", Subtype=Name.Form, Matrix=Array([2, 0, 0, 2, 5, 5]))
        image = file.make_stream(b"", Subtype=Name.Image)
        page.obj.Resources = Dictionary(Font=Dictionary(F1=font, F2=wide), XObject=Dictionary(Fx=form, Im=image))
        page.obj.Contents = file.make_stream(content.encode())
        for key, value in page_fields.items():
            page.obj[f"/{key}"] = value
        buffer = io.BytesIO()
        file.save(buffer)
    with pikepdf.open(io.BytesIO(buffer.getvalue())) as file:
        return [tuple(round(number, 3) for number in box) for box in ink_of(file.pages[0])]


@pytest.mark.parametrize(
    ("content", "box"),
    [
        ("10 20 30 5 re f", (10, 20, 40, 25)),
        ("q 2 0 0 2 10 0 cm 0 0 m 5 5 l S Q 1 w", (10, 0, 20, 10)),
        ("q 20 0 0 30 5 6 cm /Im Do Q", (5, 6, 25, 36)),
        ("q 1 0 0 1 10 0 cm /Fx Do Q", (15, 5, 35, 25)),
        ("BT /F1 10 Tf 1 0 0 1 20 50 Tm (abc) Tj ET", (20, 47, 50, 59)),
        ("BT /F2 10 Tf 20 50 Td <00010002> Tj ET", (20, 47, 40, 59)),
        ("BT /F1 10 Tf 12 TL 20 50 Td T* (a) Tj ET", (20, 35, 30, 47)),
        ("BT /F1 10 Tf 20 50 TD 0 -9 TD (a) ' ET", (20, 29, 30, 41)),
        ("BT /F1 10 Tf 20 50 Td [(a) -500 (b)] TJ ET", (20, 47, 45, 59)),
    ],
)
def test_the_box_is_around_what_is_painted(content: str, box: tuple[float, ...]) -> None:
    assert _boxes(content) == [box]


def test_clipping_paths_and_empty_texts_are_no_ink() -> None:
    assert _boxes("0 0 200 100 re W n BT /F1 10 Tf () Tj ET") == []


def test_turned_pages_are_seen_as_their_readers_see_them() -> None:
    assert _boxes("10 20 30 5 re f", Rotate=90) == [(20, 160, 25, 190)]
    assert _boxes("10 20 30 5 re f", Rotate=180) == [(160, 75, 190, 80)]
    assert _boxes("10 20 30 5 re f", Rotate=270) == [(75, 10, 80, 40)]
    assert _boxes("10 20 30 5 re f", CropBox=Array([5, 10, 100, 90])) == [(5, 10, 35, 15)]


def test_annotations_count_but_links_do_not() -> None:
    notes = [Dictionary(Subtype=kind, Rect=Array([1, 2, 3, 4])) for kind in (Name.Stamp, Name.Link)]
    assert _boxes("", Annots=Array(notes)) == [(1, 2, 3, 4)]
