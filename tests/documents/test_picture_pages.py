from __future__ import annotations

import io
from collections.abc import Callable

import pikepdf
import pypdfium2
import pytest
from PIL import Image

from partyroom.core.errors import DomainError
from partyroom.core.pictures import without_descriptions
from partyroom.documents.picture_pages import page_of_picture

MM = 72 / 25.4


def _seen(data: bytes) -> Image.Image:
    document = pypdfium2.PdfDocument(data)
    picture = document[0].render(scale=1).to_pil().convert("RGB")
    document.close()
    return picture


def _centre(picture: Image.Image, colour: str) -> tuple[float, float]:
    """Where a colour lies, as shares of width and height from the upper left."""
    wanted = {"red": (255, 0, 0), "blue": (0, 0, 255)}[colour]
    width, height = picture.size
    places = [
        (x, y)
        for x in range(0, width, 4)
        for y in range(0, height, 4)
        if all(abs(a - b) < 60 for a, b in zip(picture.getpixel((x, y)), wanted, strict=True))  # type: ignore[arg-type]
    ]
    assert places
    return sum(x for x, _ in places) / len(places) / width, sum(y for _, y in places) / len(places) / height


@pytest.mark.parametrize(
    ("orientation", "red_right", "red_low"),
    [(1, 0, 0), (2, 1, 0), (3, 1, 1), (4, 0, 1), (5, 0, 0), (6, 1, 0), (7, 1, 1), (8, 0, 1)],
)
def test_the_orientation_of_exif_is_applied(
    orientation: int, red_right: int, red_low: int, picture_file: Callable[..., bytes]
) -> None:
    picture = _seen(page_of_picture(picture_file((1200, 900), orientation=orientation)))
    assert (picture.width > picture.height) == (orientation < 5)
    x, y = _centre(picture, "red")
    assert (x > 0.5, y > 0.5) == (bool(red_right), bool(red_low))
    x, y = _centre(picture, "blue")
    assert (x < 0.5, y < 0.5) == (bool(red_right), bool(red_low))


def test_jpeg_data_stay_but_exif_goes(picture_file: Callable[..., bytes]) -> None:
    data = picture_file((1200, 900), orientation=6)
    with pikepdf.open(io.BytesIO(page_of_picture(data))) as file:
        stored = file.pages[0].obj.Resources.XObject.Im0.read_raw_bytes()
    assert stored == without_descriptions(data)
    assert b"Exif" not in stored


@pytest.mark.parametrize("mode", ["CMYK", "RGBA", "P", "LA", "L", "1"])
def test_every_kind_of_picture_becomes_grey_or_rgb(mode: str, picture_file: Callable[..., bytes]) -> None:
    kind = "TIFF" if mode == "CMYK" else "PNG"
    data = page_of_picture(picture_file((800, 1000), mode, kind))
    with pikepdf.open(io.BytesIO(data)) as file:
        image = file.pages[0].obj.Resources.XObject.Im0
        assert str(image.ColorSpace) == ("/DeviceGray" if mode in ("L", "1") else "/DeviceRGB")
        assert int(image.BitsPerComponent) == (1 if mode == "1" else 8)
        assert "/SMask" not in image
    if mode not in ("L", "1", "LA"):
        x, y = _centre(_seen(data), "red")
        assert x < 0.5
        assert y < 0.5


def test_transparent_parts_become_white() -> None:
    buffer = io.BytesIO()
    Image.new("RGBA", (900, 1200), (0, 0, 0, 0)).save(buffer, "PNG")
    assert _seen(page_of_picture(buffer.getvalue())).getpixel((300, 400)) == (255, 255, 255)


@pytest.mark.parametrize(
    ("size", "page"), [((3000, 1000), (297, 210)), ((1000, 3000), (210, 297)), ((80, 80), (210, 297))]
)
def test_the_picture_stands_whole_in_the_middle_of_a4(
    size: tuple[int, int], page: tuple[int, int], picture_file: Callable[..., bytes]
) -> None:
    import pdfplumber

    with pdfplumber.open(io.BytesIO(page_of_picture(picture_file(size)))) as pdf:
        sheet = pdf.pages[0]
        assert (sheet.width / MM, sheet.height / MM) == pytest.approx(page, abs=0.1)
        (image,) = sheet.images
        assert (image["x0"] + image["x1"]) / 2 == pytest.approx(sheet.width / 2, abs=0.1)
        assert (image["top"] + image["bottom"]) / 2 == pytest.approx(sheet.height / 2, abs=0.1)
        assert image["width"] / image["height"] == pytest.approx(size[0] / size[1], rel=0.01)
        filled = max(image["width"] / sheet.width, image["height"] / sheet.height)
        assert filled == pytest.approx(1, abs=0.01) if size != (80, 80) else image["width"] == pytest.approx(60)


def test_a_tiff_of_several_scans_gives_as_many_pages() -> None:
    buffer = io.BytesIO()
    first, second = Image.new("1", (600, 800), 1), Image.new("1", (800, 600), 1)
    first.save(buffer, "TIFF", save_all=True, append_images=[second], compression="group4")
    with pikepdf.open(io.BytesIO(page_of_picture(buffer.getvalue()))) as file:
        shapes = [float(page.mediabox[2]) > float(page.mediabox[3]) for page in file.pages]
    assert shapes == [False, True]


def test_the_same_picture_gives_the_same_bytes(picture_file: Callable[..., bytes]) -> None:
    assert page_of_picture(picture_file()) == page_of_picture(picture_file())


def test_what_is_no_picture_is_refused(picture_file: Callable[..., bytes]) -> None:
    for data in (b"no picture", picture_file((900, 900))[:400]):
        with pytest.raises(DomainError, match="图片读不出来"):
            page_of_picture(data)
