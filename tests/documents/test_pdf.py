from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pikepdf
import pypdfium2
import pytest
from PIL import ImageChops

from partyroom.core.errors import CancelledError
from partyroom.documents.breaking import NO_END, NO_START
from partyroom.documents.fonts import FontBook
from partyroom.documents.geometry import ASCENT
from partyroom.documents.model import (
    Align,
    Blank,
    Closing,
    Document,
    Footer,
    Heading,
    Labelled,
    Masthead,
    NumberLine,
    PageBreak,
    PageStyle,
    Paragraph,
    Role,
    Rule,
    SignatureRow,
    Title,
)
from partyroom.documents.pdf import render_pdf

MM = 72 / 25.4
LEFT, TOP, WIDTH, HEIGHT = 28.0, 37.0, 156.0, 225.0
EM16 = 16 / MM
Print = Callable[..., Any]

PROSE = (
    "会议传达学习了《中国共产党支部工作条例（试行）》和上级党委关于开展“不忘初心、牢记使命”主题教育的通知"
    "（×校党发〔2026〕5号）精神，与会同志围绕“如何立足岗位、服务学生”进行了热烈讨论。李四同志指出：“要把学习"
    "成果转化为工作动力——真正做到学思用贯通、知信行统一……”会议应到32人，实到30人，出席率93.75%，符合规定人数！"
)


def body(printed: Any, page: int = 0) -> list[str]:
    return [text for text in printed.texts(page) if "—" not in text or len(text) > 8]


def red_rows(data: bytes, scale: float = 8) -> tuple[float, float]:
    """First and last row of red ink on page 1, in mm from the top."""
    red, green, _ = pypdfium2.PdfDocument(data)[0].render(scale=scale).to_pil().convert("RGB").split()
    box = ImageChops.subtract(red, green).point(lambda value: 255 if value > 120 else 0).getbbox()
    assert box is not None, "no red ink"
    return box[1] / scale / MM, box[3] / scale / MM


def dark_rows(data: bytes, top: float, bottom: float, left: float, right: float) -> tuple[float, float]:
    """First and last row of ink inside a window of page 1, in mm."""
    scale = 12.0
    image = pypdfium2.PdfDocument(data)[0].render(scale=scale).to_pil().convert("L")
    unit = scale * MM
    window = image.crop((int(left * unit), int(top * unit), int(right * unit), int(bottom * unit)))
    box = window.point(lambda value: 255 if value < 128 else 0).getbbox()
    assert box is not None, "no ink"
    return top + box[1] / unit, top + box[3] / unit


def test_the_type_area_begins_28_mm_from_the_left_and_37_mm_from_the_top(print_blocks: Print) -> None:
    chars = print_blocks(Paragraph("党" * 28 * 22, indent=False)).lines(0)[:-1]
    assert min(line[0]["left"] for line in chars) == pytest.approx(LEFT, abs=0.02)
    assert max(line[-1]["right"] for line in chars) == pytest.approx(LEFT + WIDTH, abs=0.1)
    first, last = chars[0][0]["baseline"], chars[-1][0]["baseline"]
    assert first - ASCENT * EM16 >= TOP
    assert first - ASCENT * EM16 < TOP + 3
    assert last + (1 - ASCENT) * EM16 <= TOP + HEIGHT
    assert last + (1 - ASCENT) * EM16 > TOP + HEIGHT - 3


def test_22_lines_fit_a_page_and_the_23rd_goes_to_the_next(print_blocks: Print) -> None:
    printed = print_blocks(*[Paragraph(f"第{number}行") for number in range(1, 24)])
    assert body(printed, 0) == [f"第{number}行" for number in range(1, 23)]
    assert body(printed, 1) == ["第23行"]


def test_lines_are_225_mm_over_22_apart(print_blocks: Print) -> None:
    lines = print_blocks(Paragraph("党" * 100)).lines(0)
    assert lines[1][0]["baseline"] - lines[0][0]["baseline"] == pytest.approx(225 / 22, abs=0.02)


def test_28_characters_fit_one_line_and_29_do_not(print_blocks: Print) -> None:
    assert body(print_blocks(Paragraph("党" * 28, indent=False))) == ["党" * 28]
    assert body(print_blocks(Paragraph("党" * 29, indent=False))) == ["党" * 28, "党"]


def test_a_paragraph_is_indented_by_two_characters_and_turns_back_flush(print_blocks: Print) -> None:
    lines = print_blocks(Paragraph("　　" + "党" * 40)).lines(0)
    pitch = WIDTH / 28
    assert lines[0][0]["left"] == pytest.approx(LEFT + 2 * pitch, abs=0.05)
    assert lines[1][0]["left"] == pytest.approx(LEFT, abs=0.05)


def test_long_prose_keeps_the_rules_of_punctuation_and_fills_its_lines(print_blocks: Print) -> None:
    printed = print_blocks(*[Paragraph("党" * shift + PROSE * 2) for shift in range(28)])
    checked = 0
    for page in range(printed.rendered.pages):
        for line in printed.lines(page):
            text = "".join(char["text"] for char in line)
            if text.startswith("— "):
                continue
            checked += 1
            assert text[0] not in NO_START
            assert text[-1] not in NO_END
    assert checked > 250


def test_justified_lines_end_at_the_right_edge_and_none_hangs_out(book: FontBook) -> None:
    # Read with PDFium: pdfminer forgets the character spacing behind the last character of a run.
    document = Document("样", tuple(Paragraph("党" * shift + PROSE) for shift in range(28)))
    pdf = pypdfium2.PdfDocument(render_pdf(document, book).data)
    ends: list[float] = []
    for page in pdf:
        text = page.get_textpage()
        for index in range(text.count_chars()):
            character = text.get_text_range(index, 1)
            if character.isspace():
                continue
            right = text.get_charbox(index, loose=True)[2] / MM
            half = EM16 / 2 if character in NO_START else 0.0  # white behind a squeezed mark
            assert right <= LEFT + WIDTH + half + 0.1, character
            if right > LEFT + WIDTH - 0.6:
                ends.append(right)
    assert len(ends) > 100


def test_digits_keep_their_distance_on_a_justified_line(print_blocks: Print) -> None:
    for shift in range(28):
        for line in print_blocks(Paragraph("党" * shift + PROSE)).lines(0):
            text = "".join(char["text"] for char in line)
            if "2026" in text:
                at = text.index("2026")
                for one, two in zip(line[at : at + 3], line[at + 1 : at + 4], strict=True):
                    assert two["left"] == pytest.approx(one["right"], abs=0.02)


def test_odd_page_numbers_stand_right_and_even_ones_left_one_character_in(print_blocks: Print) -> None:
    printed = print_blocks(Paragraph("一"), PageBreak(), Paragraph("二"))
    odd, even = printed.lines(0)[-1], printed.lines(1)[-1]
    assert "".join(char["text"] for char in odd) == "— 1 —"
    assert "".join(char["text"] for char in even) == "— 2 —"
    em = 14 / MM
    assert odd[-1]["right"] == pytest.approx(LEFT + WIDTH - em, abs=0.1)
    assert even[0]["left"] == pytest.approx(LEFT + em, abs=0.1)
    assert {char["size"] for char in odd} == {14}


def test_the_dash_of_the_page_number_is_7_mm_below_the_type_area(print_blocks: Print) -> None:
    printed = print_blocks(Paragraph("一"))
    dash = printed.lines(0)[-1][0]
    top, bottom = dark_rows(printed.rendered.data, 262, 285, dash["left"] + 1, dash["right"] - 1)
    assert (top + bottom) / 2 == pytest.approx(TOP + HEIGHT + 7, abs=0.3)


def test_numbering_may_begin_elsewhere_be_counted_centred_or_absent(print_blocks: Print) -> None:
    assert print_blocks(Paragraph("一"), first_page=4).texts(0)[-1] == "— 4 —"
    two = print_blocks(Paragraph("一"), PageBreak(), Paragraph("二"), footer=Footer.COUNTED)
    assert two.texts(0)[-1] == "第 1 页 共 2 页"
    centred = print_blocks(Paragraph("一"), footer=Footer.CENTRED).lines(0)[-1]
    assert (centred[0]["left"] + centred[-1]["right"]) / 2 == pytest.approx(LEFT + WIDTH / 2, abs=0.1)
    assert print_blocks(Paragraph("一"), footer=Footer.NONE).texts(0) == ["一"]


def test_the_masthead_is_red_centred_and_35_mm_below_the_top_of_the_type_area(print_blocks: Print) -> None:
    printed = print_blocks(Masthead("某校党支部会议纪要"))
    line = printed.lines(0)[0]
    size = line[0]["size"] / MM
    assert line[0]["baseline"] - ASCENT * size == pytest.approx(TOP + 35, abs=0.05), "upper edge of the em box"
    assert red_rows(printed.rendered.data)[0] == pytest.approx(TOP + 35, abs=1.0), "upper edge of the ink"
    assert (line[0]["left"] + line[-1]["right"]) / 2 == pytest.approx(LEFT + WIDTH / 2, abs=0.2)
    assert "NotoSerifSC-Black" in line[0]["font"]


def test_a_long_masthead_is_made_smaller_until_it_fits(print_blocks: Print) -> None:
    line = print_blocks(Masthead("中共某某市某某区第一实验中学教师第一支部委员会会议纪要")).lines(0)[0]
    assert line[0]["left"] >= LEFT - 0.1
    assert line[-1]["right"] <= LEFT + WIDTH + 0.1


def test_the_red_line_is_4_mm_below_the_number_and_as_wide_as_the_type_area(print_blocks: Print) -> None:
    printed = print_blocks(NumberLine(centre="×校党支〔2026〕5号", blank_above=0))
    line = printed.lines(0)[0]
    below = line[0]["baseline"] + (1 - ASCENT) * EM16
    top, bottom = red_rows(printed.rendered.data)
    assert (top + bottom) / 2 - below == pytest.approx(4, abs=0.2)
    assert (line[0]["left"] + line[-1]["right"]) / 2 == pytest.approx(LEFT + WIDTH / 2, abs=0.2)


def test_number_and_signer_stand_one_character_in(print_blocks: Print) -> None:
    line = print_blocks(NumberLine(left="第5号", right="签发人：", signer="张三")).lines(0)[0]
    assert line[0]["left"] == pytest.approx(LEFT + WIDTH / 28, abs=0.1)
    assert line[-1]["right"] == pytest.approx(LEFT + WIDTH - WIDTH / 28, abs=0.2)
    assert "PartyroomKai" in line[-1]["font"]
    assert "Zhuque" in line[-3]["font"]


def test_a_title_is_22_point_and_centred_on_balanced_lines(print_blocks: Print) -> None:
    printed = print_blocks(Title("关于召开第四季度支部党员大会暨主题党日活动有关情况的通报"), Paragraph("正文"))
    lines = printed.lines(0)
    assert len(lines) == 4
    for line in lines[:2]:
        assert line[0]["size"] == 22
        assert "NotoSerifSC-Black" in line[0]["font"]
        assert (line[0]["left"] + line[-1]["right"]) / 2 == pytest.approx(LEFT + WIDTH / 2, abs=0.2)


@pytest.mark.parametrize(
    ("level", "text", "font"),
    [
        (1, "一、情况", "NotoSansSC"),
        (2, "（一）学习", "PartyroomKai"),
        (3, "1.讨论", "Zhuque"),
        (4, "（1）表决", "Zhuque"),
    ],
)
def test_headings_have_the_fonts_of_their_levels(print_blocks: Print, level: int, text: str, font: str) -> None:
    line = print_blocks(Heading(text, level)).lines(0)[0]
    assert font in line[-1]["font"]
    assert not any("Bold" in char["font"] for char in line)
    assert line[0]["left"] == pytest.approx(LEFT + 2 * WIDTH / 28, abs=0.1)


def test_a_heading_goes_to_the_next_page_with_its_text(print_blocks: Print) -> None:
    printed = print_blocks(Paragraph("\n".join("行" for _ in range(21))), Heading("一、情况"), Paragraph("正文"))
    assert len(body(printed, 0)) == 21
    assert body(printed, 1) == ["一、情况", "正文"]


def test_the_list_of_those_present_hangs_behind_its_colon(print_blocks: Print) -> None:
    lines = print_blocks(Labelled("出席", "张三、李四、王五、" * 6)).lines(0)[:-1]
    assert "".join(char["text"] for char in lines[0]).startswith("出席：张三")
    assert "NotoSansSC" in lines[0][0]["font"]
    assert "Zhuque" in lines[0][3]["font"]
    assert lines[0][0]["left"] == pytest.approx(LEFT + 2 * WIDTH / 28, abs=0.1)
    assert len(lines) > 1
    for line in lines[1:]:
        assert line[0]["left"] == pytest.approx(lines[0][3]["left"], abs=0.05)


@pytest.mark.parametrize(
    ("sender", "shift"), [("某某中学教师第一支部委员会", 2.0), ("党支部", 2.0)], ids=["long", "short"]
)
def test_the_date_begins_two_characters_behind_the_sender(print_blocks: Print, sender: str, shift: float) -> None:
    one, two = print_blocks(Closing(sender, "2026年1月2日")).lines(0)[:2]
    pitch = WIDTH / 28
    assert two[0]["left"] - one[0]["left"] == pytest.approx(shift * pitch, abs=0.1)
    last = max(one[-1]["right"], two[-1]["right"])
    assert last == pytest.approx(LEFT + WIDTH - 2 * pitch, abs=0.3)


def test_places_to_sign_are_spread_over_the_line(print_blocks: Print) -> None:
    line = print_blocks(SignatureRow(("主持人（签字）：", "记录人（签字）："))).lines(0)[0]
    second = next(char for char in line if char["text"] == "记")
    assert second["left"] == pytest.approx(LEFT + WIDTH / 2, abs=0.1)


def test_blank_lines_vanish_only_behind_an_automatic_break(print_blocks: Print) -> None:
    full = Paragraph("\n".join("行" for _ in range(22)))
    fallen = print_blocks(full, Blank(2), Paragraph("下"))
    assert fallen.lines(1)[0][0]["baseline"] == pytest.approx(fallen.lines(0)[0][0]["baseline"])
    wanted = print_blocks(Paragraph("上"), PageBreak(), Blank(2), Paragraph("下"))
    assert wanted.lines(1)[0][0]["baseline"] > wanted.lines(0)[0][0]["baseline"] + 15


def test_paragraphs_can_be_centred_and_set_right(print_blocks: Print) -> None:
    centre, right = (print_blocks(Paragraph("党员", align=align)).lines(0)[0] for align in (Align.CENTRE, Align.RIGHT))
    assert (centre[0]["left"] + centre[-1]["right"]) / 2 == pytest.approx(LEFT + WIDTH / 2, abs=0.1)
    assert right[-1]["right"] == pytest.approx(LEFT + WIDTH, abs=0.15)


HOSTILE = ["<b>粗</b>&amp;", "{0}{{}}%s$x", "</para><br/>", "(反斜杠\\)", "=1+1", "%PDF-1.4 endstream"]


@pytest.mark.parametrize("text", HOSTILE)
def test_markup_is_printed_as_the_text_it_is(print_blocks: Print, text: str) -> None:
    assert print_blocks(Paragraph(text)).texts(0)[0].replace(" ", "") == text.replace(" ", "")
    assert print_blocks(Title(text), title=text).rendered.missing == ()


def test_control_characters_are_left_out_and_the_text_around_them_stays(print_blocks: Print) -> None:
    printed = print_blocks(Paragraph("甲\x00乙\x07丙\x1b丁\ud800戊"), title="题\x00目\n二")
    assert printed.texts(0)[0] == "甲乙丙丁戊"
    with pikepdf.open(io.BytesIO(printed.rendered.data)) as pdf:
        assert str(pdf.docinfo["/Title"]) == "题目 二"


def test_two_runs_give_the_same_bytes(book: FontBook) -> None:
    document = Document("纪要", (Masthead("纪要"), Title("题"), Paragraph(PROSE * 9 + "𬭎𠮷"), Rule()))
    first = render_pdf(document, book).data
    render_pdf(Document("别的", (Paragraph("其他内容"),)), book)
    assert render_pdf(document, book).data == first
    assert render_pdf(document, FontBook("bundled")).data == first


def test_all_fonts_are_embedded_and_the_file_says_how_it_was_made(print_blocks: Print) -> None:
    printed = print_blocks(Title("题"), Heading("一、甲"), Paragraph("正文 2026"), author="党支部", subject="会议")
    assert b"Helvetica" not in printed.rendered.data
    with pikepdf.open(io.BytesIO(printed.rendered.data)) as pdf:
        fonts = pdf.pages[0].Resources.Font
        assert all("/FontFile2" in font.FontDescriptor for font in fonts.values())
        assert pdf.Root.ViewerPreferences.PrintScaling == "/None"
        assert str(pdf.docinfo["/Author"]) == "党支部"
        assert "字体来源=bundled" in str(pdf.docinfo["/Keywords"])


def test_each_document_of_a_file_starts_a_page_has_its_own_numbers_and_an_outline_entry(book: FontBook) -> None:
    one = Document("一月纪要", (Heading("一、甲"), Paragraph("正文"), PageBreak(), Paragraph("二")))
    two = Document("台账", (Paragraph("表"),), page=PageStyle.LEDGER)
    rendered = render_pdf([one, two, one], book)
    assert rendered.pages == 5
    pdf = pypdfium2.PdfDocument(rendered.data)
    outline = [(item.level, item.get_title(), item.get_dest().get_index()) for item in pdf.get_toc()]
    assert outline == [
        (0, "一月纪要", 0),
        (1, "一、甲", 0),
        (0, "台账", 2),
        (0, "一月纪要", 3),
        (1, "一、甲", 3),
    ]
    assert "— 1 —" in pdf[3].get_textpage().get_text_range()
    assert pdf[2].get_width() > pdf[2].get_height()
    with pikepdf.open(io.BytesIO(rendered.data)) as file:
        names = [item.destination for item in file.open_outline().root]
        assert len(names) == 3


def test_the_outline_leads_to_a_place_and_not_to_a_zoom(book: FontBook) -> None:
    data = render_pdf(Document("题", (Paragraph("正文"),)), book).data
    destination = pypdfium2.PdfDocument(data).get_toc()
    (item,) = list(destination)
    mode, _ = item.get_dest().get_view()
    assert mode == pypdfium2.raw.PDFDEST_VIEW_XYZ


def test_progress_is_told_and_may_cancel_leaving_the_fonts_usable(book: FontBook) -> None:
    document = Document("题", tuple(Paragraph("正文") for _ in range(60)))
    told: list[tuple[int, int]] = []
    whole = render_pdf(document, book, lambda done, total: told.append((done, total)))
    assert told == [(1, 3), (2, 3), (3, 3)]

    def cancel(done: int, total: int) -> None:
        raise CancelledError

    with pytest.raises(CancelledError):
        render_pdf(document, book, cancel)
    assert render_pdf(document, book).data == whole.data


def test_an_empty_document_is_one_empty_page(book: FontBook) -> None:
    assert render_pdf(Document("题", ()), book).pages == 1


def test_nothing_at_all_cannot_be_printed(book: FontBook) -> None:
    with pytest.raises(ValueError, match="nothing"):
        render_pdf([], book)


def test_a_leading_sentence_has_its_own_font_and_the_text_goes_on_behind_it(print_blocks: Print) -> None:
    lead = "（一）加强学习，" + "学" * 24 + "。"
    led = print_blocks(Paragraph(PROSE, lead=lead, lead_role=Role.KAI))
    plain = print_blocks(Paragraph(lead + PROSE))
    assert led.texts(0) == plain.texts(0)
    one, two = ([char for line in printed.lines(0) for char in line] for printed in (led, plain))
    assert all("PartyroomKai" in char["font"] for char in one[: len(lead)])
    assert "Zhuque" in one[len(lead)]["font"]
    for first, second in zip(one, two, strict=True):
        assert first["left"] == pytest.approx(second["left"], abs=0.25)
