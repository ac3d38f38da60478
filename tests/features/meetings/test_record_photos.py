"""会议记录 with its photos: the annex on paper and the choice in the preview."""

from __future__ import annotations

import io
from functools import partial

import docx
import pdfplumber
import pytest
from docx.oxml.ns import qn
from PIL import Image
from PySide6.QtWidgets import QComboBox, QWidget

from partyroom.core.pictures import KeptFile, prepare_file
from partyroom.documents.pdf import render_pdf
from partyroom.documents.word import render_docx
from partyroom.features.meetings import papers_service
from partyroom.features.meetings.papers import Photo
from partyroom.features.meetings.preview_dialog import preview_meetings
from partyroom.features.meetings.report import Annex, minutes_document
from partyroom.features.meetings.service import get_meeting
from partyroom.features.organisation.domain import Branch
from partyroom.ui.print_preview import PrintPreview

BRANCH = Branch("样例小学党支部")


def photo(colour: str) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (1200, 900), colour).save(buffer, "JPEG")
    return buffer.getvalue()


PHOTOS = tuple(Photo(photo(colour), caption) for colour, caption in (("red", "会场"), ("blue", "发言"), ("green", "")))


@pytest.fixture
def detail(branch, stored):
    number = stored(minutes="会议内容")
    return branch.read(lambda session: get_meeting(session, number))


def pages(data: bytes) -> list[tuple[int, str]]:
    """Number of pictures and text of each page."""
    with pdfplumber.open(io.BytesIO(data)) as pdf:
        return [(len(page.images), "".join(char["text"] for char in page.chars)) for page in pdf.pages]


@pytest.mark.parametrize(("per_page", "counts"), [(2, [2, 1]), (4, [3])])
def test_photos_follow_the_record_on_pages_of_their_own(detail, per_page, counts):
    plain = pages(render_pdf(minutes_document(detail, BRANCH, "record")).data)
    found = pages(render_pdf(minutes_document(detail, BRANCH, "record", annex=Annex(PHOTOS, per_page))).data)
    record, annex = found[: len(plain)], found[len(plain) :]
    assert [count for count, _ in record] == [0] * len(plain)
    assert [count for count, _ in annex] == counts
    assert annex[0][1].startswith("附：会议照片")
    assert "会场" in annex[0][1]
    assert "发言" in annex[0][1]


def test_a_record_without_photos_has_no_annex(detail):
    without = render_pdf(minutes_document(detail, BRANCH, "record")).data
    assert render_pdf(minutes_document(detail, BRANCH, "record", annex=Annex((), 4))).data == without


def test_the_notice_has_no_photos(detail):
    data = render_pdf(minutes_document(detail, BRANCH, "notice", annex=Annex(PHOTOS, 2))).data
    assert sum(count for count, _ in pages(data)) == 0


def test_equal_records_with_photos_are_equal_bytes(detail):
    document = minutes_document(detail, BRANCH, "record", annex=Annex(PHOTOS, 4))
    assert render_pdf(document).data == render_pdf(document).data


def test_the_word_file_has_the_photos_too(detail):
    file = docx.Document(io.BytesIO(render_docx(minutes_document(detail, BRANCH, "record", annex=Annex(PHOTOS, 4)))))
    assert len(list(file.element.body.iter(qn("wp:extent")))) == 3
    assert "附：会议照片" in [paragraph.text for paragraph in file.paragraphs]


@pytest.fixture
def preview(desk, qtbot):
    owner = QWidget()
    qtbot.addWidget(owner)
    owner.show()

    def open_for(meeting_id: int, form: str = "record") -> PrintPreview:
        preview_meetings(desk, owner, [meeting_id], form)
        desk.tasks.wait_idle(20_000)
        return shown()

    def shown() -> PrintPreview:
        (dialog,) = [d for d in owner.findChildren(PrintPreview) if d.isVisible()]
        return dialog

    open_for.shown = shown
    yield open_for
    for dialog in owner.findChildren(PrintPreview):
        dialog.done(0)


@pytest.fixture
def with_photo(branch, detail):
    prepared = [prepare_file("会场.jpg", photo("red")), KeptFile("方案.pdf", b"%PDF", picture=False)]
    add = partial(papers_service.add_papers, files=branch.attachments, meeting_id=detail.id, prepared=prepared)
    branch.write("添加", add)
    return detail.id


def test_the_preview_asks_for_photos_and_remembers_the_answer(preview, with_photo, desk):
    dialog = preview(with_photo)
    before = dialog.pane.page_count
    box = dialog.findChild(QComboBox, "record_photos")
    assert [box.itemText(i) for i in range(box.count())] == ["附照片：不附", "附照片：每页两张", "附照片：每页四张"]
    assert box.currentIndex() == 0
    box.setCurrentIndex(2)
    box.activated.emit(2)
    desk.tasks.wait_idle(20_000)
    again = preview.shown()
    assert again.pane.page_count == before + 1
    assert desk.settings.text("record_photos") == "4"
    assert again.findChild(QComboBox, "record_photos").currentIndex() == 2


def test_a_meeting_without_photos_and_a_notice_offer_no_choice(preview, detail, with_photo, stored):
    assert preview(with_photo, "notice").findChild(QComboBox, "record_photos") is None
    for dialog in [preview.shown()]:
        dialog.done(0)
    assert preview(stored("无照片")).findChild(QComboBox, "record_photos") is None
