from __future__ import annotations

import io

import pytest
from PIL import Image

from partyroom.core import pictures
from partyroom.core.errors import DomainError
from partyroom.core.pictures import LONGEST_SIDE, picture_size, prepare_file, thumbnail


def drawn(size=(400, 300), mode="RGB", colour="red", file_format="JPEG", **options) -> bytes:
    image = Image.new(mode, size, colour)
    buffer = io.BytesIO()
    image.save(buffer, file_format, **options)
    return buffer.getvalue()


def with_place(orientation: int = 1) -> Image.Exif:
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = "某品牌手机"
    exif.get_ifd(0x8825)[2] = (30.0, 15.0, 0.0)  # latitude
    return exif


def opened(content: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(content))
    image.load()
    return image


def test_a_big_photo_is_scaled_to_the_longest_side_and_keeps_its_shape():
    kept = prepare_file("大合影.JPG", drawn((4800, 3200)))
    assert kept.picture
    assert kept.name == "大合影.jpg"
    assert opened(kept.content).size == (LONGEST_SIDE, 1600)
    assert kept.original is None


def test_the_place_of_a_photo_is_not_kept():
    for size in ((400, 300), (3000, 2000)):
        content = drawn(size, exif=with_place(), comment=b"secret words")
        assert b"Exif" in content
        kept = prepare_file("会场.jpg", content).content
        assert b"Exif" not in kept
        assert b"secret" not in kept
        assert not opened(kept).getexif()


@pytest.mark.parametrize("size", [(400, 300), (3000, 2000)])
def test_a_photo_taken_sideways_is_turned_upright(size):
    kept = prepare_file("竖拍.jpg", drawn(size, exif=with_place(6))).content
    width, height = picture_size(kept)
    assert width < height


def test_a_small_upright_jpeg_keeps_its_compressed_data_and_is_left_alone_the_next_time():
    content = drawn(exif=with_place(), quality=97)
    once = prepare_file("会场.jpg", content).content
    assert once[once.index(b"\xff\xda") :] == content[content.index(b"\xff\xda") :]
    assert prepare_file("会场.jpg", once).content == once
    assert opened(once).tobytes() == opened(content).tobytes()


def test_transparent_parts_become_white():
    kept = prepare_file("截图.png", drawn(mode="RGBA", colour=(255, 0, 0, 0), file_format="PNG"))
    assert kept.name == "截图.jpg"
    assert opened(kept.content).getpixel((10, 10)) == (255, 255, 255)


def test_a_palette_with_a_transparent_colour_becomes_white_there():
    image = Image.new("P", (40, 40), 0)
    image.putpalette([255, 0, 0, 0, 0, 255])
    buffer = io.BytesIO()
    image.save(buffer, "PNG", transparency=0)
    assert opened(prepare_file("标.png", buffer.getvalue()).content).getpixel((5, 5)) == (255, 255, 255)


def test_colours_of_printing_houses_become_those_of_screens():
    kept = opened(prepare_file("海报.jpg", drawn(mode="CMYK", colour=(0, 255, 255, 0))).content)
    assert kept.mode == "RGB"
    red, green, blue = kept.getpixel((10, 10))
    assert red > 200
    assert green < 80
    assert blue < 80


def test_a_scan_of_sixteen_bits_stays_readable():
    image = Image.new("I;16", (60, 40), 40000)
    buffer = io.BytesIO()
    image.save(buffer, "TIFF")
    assert opened(prepare_file("扫描.tif", buffer.getvalue()).content).getpixel((5, 5))[0] == pytest.approx(156, abs=2)


def test_a_scan_of_several_pages_stays_the_file_it_is():
    buffer = io.BytesIO()
    pages = [Image.new("L", (50, 50), shade) for shade in (0, 255)]
    pages[0].save(buffer, "TIFF", save_all=True, append_images=pages[1:])
    kept = prepare_file("签到表.tif", buffer.getvalue())
    assert not kept.picture
    assert kept.content == buffer.getvalue()


def test_the_original_is_kept_only_when_wanted_and_different():
    big = drawn((3000, 2000))
    assert prepare_file("大.jpg", big, keep_original=True).original == big
    small = prepare_file("小.jpg", drawn()).content
    assert prepare_file("小.jpg", small, keep_original=True).original is None


@pytest.mark.parametrize("name", ["通知.pdf", "方案.docx", "名单.xlsx", "手机照.heic"])
def test_other_files_stay_as_they_are(name):
    kept = prepare_file(name, b"some content")
    assert (kept.name, kept.content, kept.picture) == (name, b"some content", False)


@pytest.mark.parametrize(
    "content", [b"no picture at all", drawn()[:200], b"\xff\xd8\xff\xe0", drawn((300, 300))[:-300]]
)
def test_what_is_named_a_picture_and_is_none_is_refused_with_a_sentence(content):
    with pytest.raises(DomainError, match="不是能读出的图片"):
        prepare_file("坏.jpg", content)


def test_an_empty_file_and_one_that_is_too_big_are_refused(monkeypatch):
    with pytest.raises(DomainError, match="空文件"):
        prepare_file("空.pdf", b"")
    monkeypatch.setattr(pictures, "LARGEST_FILE", 1000)
    assert prepare_file("够小.pdf", b"x" * 1000).content
    with pytest.raises(DomainError, match="超过50 MB"):
        prepare_file("太大.pdf", b"x" * 1001)


def test_the_limit_is_fifty_megabytes():
    assert pictures.LARGEST_FILE == 50 * 1024 * 1024


def test_names_are_made_safe():
    assert prepare_file("../a:b?.pdf", b"x").name == "_a_b_.pdf"


def test_a_thumbnail_fits_and_keeps_the_shape():
    assert opened(thumbnail(drawn((800, 400)), 96)).size == (96, 48)
    with pytest.raises(DomainError):
        thumbnail(b"nothing", 96)
