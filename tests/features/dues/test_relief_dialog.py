from __future__ import annotations

import io
from datetime import date

import pytest
from PIL import Image
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QPushButton

from partyroom.features.dues.ledger import ReliefKind
from partyroom.features.dues.papers_service import relief_paper
from partyroom.features.dues.relief_dialog import ReliefForm, ReliefsDialog
from partyroom.features.dues.reliefs_service import ReliefDraft, list_reliefs, read_relief_scan, save_relief
from partyroom.ui.print_preview import PrintPreview

pytestmark = pytest.mark.usefixtures("fixed_today")
JUNE = date(2026, 6, 1)


@pytest.fixture(autouse=True)
def _quiet(qtlog):
    """The offscreen platform says at each window what it cannot do."""
    with qtlog.disabled():
        yield


@pytest.fixture
def decided(library, open_year, owing) -> int:
    """The id of a stored decision of 张三."""
    open_year()
    draft = ReliefDraft(
        owing("张三"), ReliefKind.EXEMPT, JUNE, branch_on=date(2026, 5, 20), superior_on=date(2026, 5, 28)
    )
    return int(library.write("免交", lambda s: save_relief(s, draft)).result)


@pytest.fixture
def dialog(desk, qtbot, settle):
    def show() -> ReliefsDialog:
        made = ReliefsDialog(desk, 2026)
        qtbot.addWidget(made)
        made.show()
        settle()
        return made

    return show


@pytest.fixture
def photo(tmp_path):
    """A photograph that knows where it was taken."""
    picture = Image.new("RGB", (60, 40), "white")
    exif = Image.Exif()
    exif[0x010F] = "SomePhone"
    path = tmp_path / "批复.jpg"
    picture.save(path, "JPEG", exif=exif)
    return path


def form() -> ReliefForm:
    return next(w for w in QApplication.topLevelWidgets() if isinstance(w, ReliefForm) and w.isVisible())


def preview() -> PrintPreview:
    return next(w for w in QApplication.topLevelWidgets() if isinstance(w, PrintPreview) and w.isVisible())


def button(owner, name: str) -> QPushButton:
    return owner.findChild(QPushButton, name)


def test_scan_of_the_decision_is_kept_without_exif_and_fetched_again(
    decided, dialog, settle, messages, photo, library, tmp_path
) -> None:
    found = dialog()
    found.change(decided)
    settle()
    messages.prepare(photo)
    button(form(), "choose_scan_button").click()
    settle()
    assert form().scan.name.text() == "批复.jpg"
    assert form().unsaved
    form().submit()
    settle()
    name, content = library.read(lambda s: read_relief_scan(s, library.attachments, decided))
    assert name == "批复.jpg"
    with Image.open(io.BytesIO(content)) as kept:
        assert not kept.getexif()
    column = [one.key for one in found.panel.model.columns].index("scan")
    assert found.panel.model.index(0, column).data() == "有"
    copy = tmp_path / "copy.jpg"
    found.change(decided)
    settle()
    messages.prepare(copy)
    button(form(), "fetch_scan_button").click()
    settle()
    assert copy.read_bytes() == content


def test_scan_stays_when_the_decision_is_changed_and_goes_when_taken_away(
    decided, dialog, settle, messages, photo, library
) -> None:
    found = dialog()
    found.change(decided)
    settle()
    messages.prepare(photo)
    button(form(), "choose_scan_button").click()
    settle()
    form().submit()
    settle()
    found.change(decided)
    settle()
    form().grid.cells["reason"].editor.set_value("长期患病")
    form().submit()
    settle()
    (row,) = library.read(list_reliefs)
    assert (row.scan, row.reason) == ("批复.jpg", "长期患病")
    found.change(decided)
    settle()
    button(form(), "drop_scan_button").click()
    assert form().scan.name.text() == "没有扫描件"
    form().submit()
    settle()
    assert library.read(list_reliefs)[0].scan == ""


def test_a_broken_picture_is_refused_and_nothing_is_chosen(decided, dialog, settle, messages, tmp_path) -> None:
    bad = tmp_path / "坏.jpg"
    bad.write_bytes(b"no picture")
    found = dialog()
    found.change(decided)
    settle()
    messages.prepare(bad)
    button(form(), "choose_scan_button").click()
    settle()
    assert form().scan.chosen is None
    assert messages.problems or messages.informed or messages.warned


def test_decision_and_empty_form_are_previewed_with_a_word_copy(decided, dialog, settle) -> None:
    found = dialog()
    found._on_print_asked([decided])
    settle()
    shown = preview()
    assert shown.windowTitle() == "少交（免交）党费申请审批表 张三"
    assert any(one.text() == "另存为 Word…" for one in shown.findChildren(QAction))
    shown.close()
    button(found, "empty_relief_button").click()
    settle()
    assert preview().windowTitle() == "少交（免交）党费申请审批表（空白）"


def test_the_form_tells_what_the_member_would_pay_without_the_decision(decided, library) -> None:
    paper = library.read(lambda s: relief_paper(s, decided))
    assert (paper.name, paper.due_fen, paper.from_month) == ("张三", 7650, JUNE)
    assert paper.category is not None


def test_tab_reaches_the_scan_before_the_buttons_that_end_the_form(decided, dialog, settle) -> None:
    dialog().change(decided)
    settle()
    found, names = form(), []
    part = found.nextInFocusChain()
    while part is not found:
        names.append(part.objectName())
        part = part.nextInFocusChain()
    wanted = ["choose_scan_button", "fetch_scan_button", "drop_scan_button", "cancel_button", "save_button"]
    assert [name for name in names if name in wanted] == wanted


def test_empty_month_fields_show_how_a_month_is_typed(decided, dialog, settle) -> None:
    dialog().change(decided)
    settle()
    cells = form().grid.cells
    assert cells["until_month"].editor.line.placeholderText() == "如 2026.3"
    assert cells["applied_on"].editor.line.placeholderText() != "如 2026.3"
