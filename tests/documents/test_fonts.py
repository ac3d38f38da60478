from __future__ import annotations

import io

import pdfplumber
import pypdfium2
import pytest

from partyroom.documents.embedding import unicode_map
from partyroom.documents.fonts import FontBook, Role, missing_sentence
from partyroom.documents.model import Document, Paragraph
from partyroom.documents.pdf import render_pdf

RARE = "㛃䶮𬭎𠅤𬀩翀堃喆昇珺頔䒟𤧛·"
NOWHERE = "\U00030edd"


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("character", RARE)
def test_rare_characters_have_a_real_glyph_in_every_role(book: FontBook, role: Role, character: str) -> None:
    glyph = book.table(role)[character]
    assert glyph.font is not None
    assert glyph.character == character
    assert glyph.font.coverage[ord(character)] != 0
    assert not book.is_missing(character)


@pytest.mark.parametrize("role", Role)
def test_rare_characters_can_be_copied_out_of_the_file(book: FontBook, role: Role) -> None:
    text = f"周𬭎、{RARE}老师"
    rendered = render_pdf(Document("t", (Paragraph(text, indent=False, role=role),)), book)
    assert rendered.missing == ()
    with pdfplumber.open(io.BytesIO(rendered.data)) as pdf:
        assert text in pdf.pages[0].extract_text()
    page = pypdfium2.PdfDocument(rendered.data)[0]
    assert text in page.get_textpage().get_text_range()


@pytest.mark.parametrize("character", RARE)
def test_rare_characters_leave_ink(book: FontBook, character: str) -> None:
    rendered = render_pdf(Document("t", (Paragraph(character, size=40),), footer=None), book)
    image = pypdfium2.PdfDocument(rendered.data)[0].render(scale=1).to_pil().convert("L")
    upper = image.crop((0, 0, image.width, 300))
    assert upper.getextrema()[0] < 128


def test_a_character_in_no_font_is_named_to_the_user_and_marked_on_paper(book: FontBook) -> None:
    rendered = render_pdf(Document("t", (Paragraph(f"{NOWHERE}{NOWHERE}同志"),)), book)
    assert rendered.missing == (missing_sentence(NOWHERE),)
    assert NOWHERE in rendered.missing[0]
    assert "U+30EDD" in rendered.missing[0]
    with pdfplumber.open(io.BytesIO(rendered.data)) as pdf:
        assert "〓〓同志" in pdf.pages[0].extract_text()


def test_a_later_document_does_not_repeat_the_warnings_of_an_earlier_one(book: FontBook) -> None:
    render_pdf(Document("t", (Paragraph(NOWHERE),)), book)
    assert render_pdf(Document("t", (Paragraph("同志"),)), book).missing == ()


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("mark", "“”‘’—…")
def test_quotation_marks_and_dashes_are_one_em_wide(book: FontBook, role: Role, mark: str) -> None:
    assert book.table(role)[mark].width == pytest.approx(1000, abs=15)


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("character", "0A9zé ")
def test_digits_and_latin_letters_are_always_liberation_serif(book: FontBook, role: Role, character: str) -> None:
    font = book.table(role)[character].font
    assert font is not None
    assert font.postscript_name.startswith("LiberationSerif")


@pytest.mark.parametrize("character", ["\u200b", "\u200d", "\ufe0f", "\U000e0101"])
def test_invisible_characters_take_no_room_and_are_not_reported(book: FontBook, character: str) -> None:
    assert book.table(Role.FANGSONG)[character].font is None
    assert book.width(f"党{character}员", Role.FANGSONG, 16) == pytest.approx(32)
    assert not book.is_missing(character)


def test_the_last_resort_is_opened_only_when_it_is_needed() -> None:
    fresh = FontBook("bundled")
    render_pdf(Document("t", (Paragraph("同志们“好”——𬭎"),)), fresh)
    assert not any(file.name == "HanaMinB.ttf" for file, _ in fresh._opened)
    render_pdf(Document("t", (Paragraph("𠮷"),)), fresh)
    assert any(file.name == "HanaMinB.ttf" for file, _ in fresh._opened)


def test_the_choice_of_fonts_is_told(book: FontBook) -> None:
    told = book.describe()
    assert "bundled" in told
    assert "仿宋=ZhuqueFangsong-Regular" in told
    assert "小标宋=NotoSerifSC-Black" in told


def test_the_unicode_map_writes_plane_two_as_surrogates_in_blocks_of_a_hundred() -> None:
    text = unicode_map("X", [0x2CB4E, *range(0x4E00, 0x4E00 + 150)])
    assert "<00> <D872DF4E>" in text
    assert "100 beginbfchar" in text
    assert "51 beginbfchar" in text
