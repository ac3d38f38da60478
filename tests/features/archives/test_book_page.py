# ruff: noqa: DTZ001  (a branch lives in one time zone)
"""The section 工作手册 by its widgets."""

from __future__ import annotations

import io
import tempfile
import threading
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pikepdf
import pytest
from PIL import Image
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent

from partyroom.core.errors import CancelledError
from partyroom.core.pictures import KeptFile
from partyroom.documents.picture_pages import page_of_picture
from partyroom.features.archives.book_dialog import BlankDialog, FilePageDialog, SummaryDialog, TextPageDialog
from partyroom.features.archives.book_model import NOTE, TITLE
from partyroom.features.archives.book_page import BookSection
from partyroom.features.archives.book_service import PageDraft, add_page, read_plan
from partyroom.storage.library import Library
from partyroom.storage.years import ClosedYear
from partyroom.ui.print_preview import PrintPreview
from partyroom.ui.progress import Progress

pytestmark = pytest.mark.usefixtures("fixed_today")
_YEAR = 2025


def picture() -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (300, 400), "navy").save(buffer, "JPEG")
    return buffer.getvalue()


@pytest.fixture
def section(branch: Library, desk, qtbot, settle) -> BookSection:
    made = BookSection(desk)
    qtbot.addWidget(made)
    made.resize(1200, 640)
    made.reload(_YEAR)
    made.show()
    settle()
    return made


@pytest.fixture
def choose(section: BookSection) -> Callable[[str], None]:
    """Puts the cursor on an entry."""

    def work(title: str) -> None:
        (row,) = [row for row, entry in enumerate(section.model.entries) if entry.title == title]
        section.view.setCurrentIndex(section.model.index(row, 0))

    return work


def titles(section: BookSection) -> list[str]:
    return [entry.title for entry in section.model.entries]


def cell(section: BookSection, title: str, column: int) -> str:
    return str(section.model.index(titles(section).index(title), column).data())


def ticked(section: BookSection, title: str) -> bool:
    index = section.model.index(titles(section).index(title), TITLE)
    return bool(index.data(Qt.ItemDataRole.CheckStateRole) == Qt.CheckState.Checked)


def test_the_list_shows_what_the_year_has_and_what_is_left_out_by_itself(section: BookSection) -> None:
    assert ticked(section, "支部党员大会记录")
    assert not ticked(section, "组织生活会记录")
    assert "没有内容" in cell(section, "组织生活会记录", NOTE)
    assert "1 件还没有定稿" in cell(section, "支部党员大会记录", NOTE)
    empty = section.model.index(titles(section).index("组织生活会记录"), TITLE)
    assert not empty.flags() & Qt.ItemFlag.ItemIsUserCheckable


def test_the_space_bar_leaves_a_part_out_and_takes_it_again(
    section: BookSection, choose, settle, qtbot, branch: Library
) -> None:
    choose("党员花名册")
    qtbot.keyClick(section.view, Qt.Key.Key_Space)
    settle()
    assert not ticked(section, "党员花名册")
    assert read_plan_of(branch).left_out == ("members.roster",)
    before = section.overview.text()
    qtbot.keyClick(section.view, Qt.Key.Key_Space)
    settle()
    assert ticked(section, "党员花名册")
    assert section.overview.text() != before


def read_plan_of(library: Library):
    return library.read(lambda session: read_plan(session, _YEAR))


def test_parts_are_moved_by_key_and_by_dragging_and_the_usual_order_comes_back(
    section: BookSection, choose, settle
) -> None:
    usual = titles(section)
    choose("支部委员会")
    section.up_action.trigger()
    settle()
    assert titles(section)[:2] == ["支部委员会", "党支部基本情况"]
    current = section.current
    assert current is not None
    assert current.title == "支部委员会"
    height = section.view.rowHeight(0)
    section.view.drop_row(0, section.view.rowViewportPosition(3) + height - 1)
    settle()
    assert titles(section).index("支部委员会") == 3
    section.usual_action.trigger()
    settle()
    assert titles(section) == usual


def test_a_closed_year_says_so_and_the_list_shows_what_is_stored(
    section: BookSection, choose, settle, qtbot, messages, branch: Library
) -> None:
    closed = ClosedYear(year=_YEAR, closed_at=datetime(2026, 1, 31, 9, 0), closed_by="钱二")
    branch.write("关闭", lambda session: session.add(closed))
    choose("党员花名册")
    qtbot.keyClick(section.view, Qt.Key.Key_Space)
    assert not ticked(section, "党员花名册")  # at once, before it is stored
    settle()
    settle()
    assert ticked(section, "党员花名册")
    assert "已经归档关闭" in messages.problems[0][1]


def test_a_typed_page_is_added_changed_and_removed(
    section: BookSection, choose, settle, opened, messages, branch: Library
) -> None:
    section.add_text()
    dialog = opened(TextPageDialog)
    dialog.grid.cells["title"].editor.set_value("值班安排")
    dialog.grid.cells["text"].editor.set_value("每周一人。")
    dialog.submit()
    settle()
    assert titles(section)[-1] == "值班安排"
    choose("值班安排")
    section.edit_action.trigger()
    dialog = opened(TextPageDialog)
    assert dialog.values()["text"] == "每周一人。"
    dialog.grid.cells["text"].editor.set_value("每周两人。")
    dialog.submit()
    settle()
    assert read_plan_of(branch).pages[0].text == "每周两人。"
    choose("值班安排")
    messages.prepare(True)
    section.remove_action.trigger()
    settle()
    assert "值班安排" not in titles(section)


def test_a_dropped_scan_goes_behind_the_record_it_belongs_to(
    section: BookSection, settle, opened, tmp_path: Path
) -> None:
    path = tmp_path / "大会签字.jpg"
    path.write_bytes(picture())
    content = QMimeData()
    content.setUrls([QUrl.fromLocalFile(str(path))])
    event = QDropEvent(
        QPointF(20, 20),
        Qt.DropAction.CopyAction,
        content,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    section.dropEvent(event)
    settle()
    dialog = opened(FilePageDialog)
    assert dialog.values()["title"] == "大会签字"
    choices = {label: key for key, label in dialog.grid.cells["beside"].field.choices}
    beside = choices["支部党员大会记录：3月5日　第一季度党员大会"]
    dialog.grid.cells["beside"].editor.set_value(beside)
    dialog.submit()
    settle()
    place = titles(section).index("大会签字")
    assert titles(section)[place - 1] == "支部党员大会记录"
    assert not section.model.entries[place].movable
    assert "第一季度党员大会" in cell(section, "大会签字", NOTE)


def test_files_that_cannot_be_bound_are_named_and_the_others_taken(
    section: BookSection, settle, opened, messages, tmp_path: Path
) -> None:
    good, word, broken = (tmp_path / name for name in ("批复.pdf", "讲稿.docx", "坏.pdf"))
    good.write_bytes(page_of_picture(picture()))
    word.write_bytes(b"PK")
    broken.write_bytes(b"%PDF-1.7 nothing more")
    section.add_paths([good, word, broken, tmp_path / "没有.pdf"])
    settle()
    ((_, text, _),) = messages.problems
    assert ["讲稿.docx" in text, "坏.pdf" in text, "没有.pdf" in text, "批复" in text] == [True, True, True, False]
    dialog = opened(FilePageDialog)
    dialog.submit()
    settle()
    assert titles(section)[-1] == "批复"


def test_the_summary_is_drafted_from_the_figures_and_goes_into_the_book(
    section: BookSection, settle, opened, branch: Library
) -> None:
    assert not ticked(section, "年度总结")
    section.write_summary()
    settle()
    dialog = opened(SummaryDialog)
    assert dialog.values()["summary"] == ""
    dialog.propose_button.click()
    dialog.propose_button.click()  # not twice
    text = str(dialog.values()["summary"])
    assert text.count("2025年共召开会议、开展活动3次") == 1
    dialog.submit()
    settle()
    assert read_plan_of(branch).summary == text
    assert ticked(section, "年度总结")


def test_the_book_is_made_and_shown(section: BookSection, settle, opened) -> None:
    section.make_action.trigger()
    settle()
    preview = opened(PrintPreview)
    assert preview.windowTitle() == "2025年度党支部工作手册"
    with pikepdf.open(io.BytesIO(preview._pdf)) as file:
        assert len(file.pages) > 8


def test_a_cancelled_book_leaves_the_section_as_it_was(
    section: BookSection, settle, messages, monkeypatch, tmp_path: Path
) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(scratch))
    steps: list[str] = []

    def step(progress: Progress, _done: int, _total: int, text: str = "") -> None:
        assert threading.current_thread() is not threading.main_thread()
        steps.append(text)
        if len(steps) == 4:
            raise CancelledError

    monkeypatch.setattr(Progress, "step", step)
    section.make()
    settle()
    settle()
    assert len(steps) == 4
    assert messages.informed == ["已取消，没有做任何改动。"]
    assert not [widget for widget in section.window().children() if isinstance(widget, PrintPreview)]
    assert list(scratch.iterdir()) == []


@pytest.mark.parametrize("goes_on", [False, True])
def test_missing_attachments_are_listed_and_the_user_decides(
    section: BookSection, settle, opened, messages, branch: Library, goes_on: bool
) -> None:
    def add(session) -> None:
        kept = KeptFile("批复.pdf", page_of_picture(picture()), picture=False)
        add_page(session, branch.attachments, _YEAR, PageDraft("上级批复", file=kept))

    branch.write("附页", add)
    sha256 = read_plan_of(branch).pages[0].sha256
    branch.attachments.path(sha256).unlink()
    messages.prepare(goes_on)
    section.make()
    settle()
    settle()
    ((title, text),) = messages.asked
    assert title == "有 1 个附件不能装入"
    assert "批复.pdf" in text
    if goes_on:
        assert opened(PrintPreview)
    else:
        assert not [widget for widget in section.window().children() if isinstance(widget, PrintPreview)]


def test_a_blank_book_has_as_many_forms_as_were_asked_for(section: BookSection, settle, opened) -> None:
    section.choose_blank()
    dialog = opened(BlankDialog)
    assert dialog.values()["meetings.committee"] == 12
    for key, found in dialog.grid.cells.items():
        found.editor.set_value(2 if key == "meetings.life" else 0)
    dialog.submit()
    settle()
    preview = opened(PrintPreview)
    with pikepdf.open(io.BytesIO(preview._pdf)) as file:
        assert len(file.pages) == 5  # cover, notes, contents, two forms
