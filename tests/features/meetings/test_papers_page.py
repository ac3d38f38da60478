"""The section 照片和附件 with real widgets over a real library."""

from __future__ import annotations

import io
from functools import partial
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit

from partyroom.core.pictures import KeptFile, prepare_file
from partyroom.features.meetings import papers_service
from partyroom.features.meetings.domain import PaperKind
from partyroom.features.meetings.meeting_dialog import MeetingDialog
from partyroom.features.meetings.office import prepare_editor
from partyroom.features.meetings.page import MeetingsPage
from partyroom.features.meetings.papers_list_page import CAPTION, FILE, KIND, PICTURE
from partyroom.features.meetings.papers_page import PapersPage
from partyroom.features.meetings.picture_dialog import PictureDialog

ALT = Qt.KeyboardModifier.AltModifier
CTRL = Qt.KeyboardModifier.ControlModifier
COPY = Qt.DropAction.CopyAction


def photo(colour: str = "red", size: tuple[int, int] = (400, 300)) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", size, colour).save(buffer, "JPEG")
    return buffer.getvalue()


@pytest.fixture
def show(desk, qtbot, fixed_today):
    def build(meeting_id: int | None) -> PapersPage:
        page = PapersPage(desk)
        qtbot.addWidget(page)
        page.resize(900, 600)
        with qtbot.waitExposed(page):
            page.show()
        page.activateWindow()
        if meeting_id is not None:
            page.open_meeting(meeting_id)
        desk.tasks.wait_idle()
        return page

    return build


@pytest.fixture
def three(stored, branch):
    """A meeting with 甲.pdf, 乙.jpg and 丙.pdf."""
    meeting = stored()
    files = [KeptFile("甲.pdf", b"1", picture=False), prepare_file("乙.jpg", photo())]
    files.append(KeptFile("丙.pdf", b"3", picture=False))
    add = partial(papers_service.add_papers, files=branch.attachments, meeting_id=meeting, prepared=files)
    branch.write("添加", add)
    return meeting


@pytest.fixture
def names(branch):
    def run(meeting: int) -> list[str]:
        return [row.name for row in branch.read(lambda s: papers_service.list_papers(s, meeting))]

    return run


@pytest.fixture
def files(tmp_path):
    def make(**contents: bytes) -> list[Path]:
        paths = []
        for name, content in contents.items():
            path = tmp_path / name.replace("_", ".")
            path.write_bytes(content)
            paths.append(path)
        return paths

    return make


def select(page: PapersPage, row: int, column: int = CAPTION) -> None:
    page.view.setFocus()
    page.view.setCurrentIndex(page.model.index(row, column))


def drop(page: PapersPage, content: QMimeData) -> QDropEvent:
    buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(QPoint(50, 50), COPY, content, buttons, keys)
    QApplication.sendEvent(page, enter)
    event = QDropEvent(QPointF(50, 50), COPY, content, buttons, keys)
    if enter.isAccepted():
        QApplication.sendEvent(page, event)
    else:
        event.ignore()
    return event


def test_a_meeting_not_saved_yet_says_so_and_takes_no_files(show, files, qtbot):
    page = show(None)
    assert page.stack.currentWidget().objectName() == "papers_unsaved"
    assert page.bar.isHidden()
    content = QMimeData()
    content.setUrls([QUrl.fromLocalFile(str(path)) for path in files(会场_jpg=photo())])
    assert not drop(page, content).isAccepted()
    with qtbot.waitSignal(page.save_requested):
        page.store_button.click()


def test_an_empty_meeting_invites_and_files_are_chosen(show, stored, desk, messages, files, names):
    meeting = stored()
    page = show(meeting)
    assert page.stack.currentWidget().objectName() == "papers_empty"
    messages.prepare(*files(会场_jpg=photo()))
    page.first_button.click()
    desk.tasks.wait_idle()
    assert names(meeting) == ["会场.jpg"]
    assert page.stack.currentIndex() == 0
    assert page.badge() == "1"


def test_files_dropped_from_the_desktop_are_stored_in_their_order(show, stored, desk, files, names):
    meeting = stored()
    page = show(meeting)
    content = QMimeData()
    paths = files(会场_jpg=photo(), 方案_pdf=b"%PDF", 签到表_png=photo("blue"))
    content.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    assert drop(page, content).isAccepted()
    desk.tasks.wait_idle()
    assert names(meeting) == ["会场.jpg", "方案.pdf", "签到表.jpg"]
    assert [page.model.index(row, KIND).data() for row in range(3)] == ["照片", "其他材料", "签到表"]


def test_what_comes_while_files_are_being_prepared_waits_for_its_turn(show, stored, desk, files, names):
    meeting = stored()
    page = show(meeting)
    page.add_files(files(甲_pdf=b"1"))
    page.add_files(files(乙_pdf=b"2"))
    page.add_files(files(丙_pdf=b"3"))
    desk.tasks.wait_idle()
    assert names(meeting) == ["甲.pdf", "乙.pdf", "丙.pdf"]


def test_a_picture_in_the_clipboard_is_pasted(show, stored, desk, names):
    meeting = stored()
    page = show(meeting)
    image = QImage(60, 40, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.darkGreen)
    QGuiApplication.clipboard().setImage(image)
    page.first_button.setFocus()
    QTest.keyClick(page.first_button, Qt.Key.Key_V, CTRL)
    desk.tasks.wait_idle()
    assert names(meeting) == ["粘贴的图片20261122-100000.jpg"]


def test_a_clipboard_of_words_is_said_to_hold_no_picture(show, stored, messages, names):
    meeting = stored()
    page = show(meeting)
    QGuiApplication.clipboard().setText("文字")
    page.paste_action.trigger()
    assert messages.informed == ["剪贴板里没有图片或文件。请先复制一张图片。"]
    assert names(meeting) == []


def test_bad_files_are_named_and_the_good_ones_stored(show, stored, desk, messages, files, names, tmp_path):
    meeting = stored()
    page = show(meeting)
    (tmp_path / "文件夹").mkdir()
    bad = [*files(坏_jpg=b"nothing", 空_pdf=b""), tmp_path / "文件夹", tmp_path / "没有.pdf"]
    page.add_files([*bad, *files(好_pdf=b"%PDF")])
    desk.tasks.wait_idle()
    assert names(meeting) == ["好.pdf"]
    ((title, text, _),) = messages.problems
    assert title == "有的文件没有添加"
    assert [line[: line.index("”") + 1] for line in text.splitlines()] == [
        "“坏.jpg”",
        "“空.pdf”",
        "“文件夹”",
        "“没有.pdf”",
    ]


def test_the_same_file_again_is_said_to_be_there(show, stored, desk, messages, files, names):
    meeting = stored()
    page = show(meeting)
    for _ in range(2):
        page.add_files(files(会场_jpg=photo()))
        desk.tasks.wait_idle()
    assert names(meeting) == ["会场.jpg"]
    assert messages.informed == ["“会场.jpg”已经在这次会议里，没有重复添加。"]


def test_originals_are_kept_when_the_user_wants_them(show, stored, desk, branch, files):
    meeting = stored()
    page = show(meeting)
    assert page.original_action.isVisible() is False
    desk.settings.set("keep_originals", True)
    page.add_files(files(大_jpg=photo(size=(3000, 2000))))
    desk.tasks.wait_idle()
    (row,) = branch.read(lambda s: papers_service.list_papers(s, meeting))
    assert row.original
    assert page.original_action.isVisible()


def test_small_pictures_fit_and_are_drawn_from_the_content(show, three):
    page = show(three)
    picture = page.model.index(1, PICTURE).data(Qt.ItemDataRole.DecorationRole)
    assert picture.width() > picture.height()
    assert picture.toImage().pixelColor(5, 5).red() > 200
    assert page.model.without_picture() == []


def test_a_damaged_picture_is_shown_as_such_and_the_rest_stays(show, three, branch):
    row = branch.read(lambda s: papers_service.list_papers(s, three))[1]
    branch.attachments.path(row.sha256).write_bytes(b"damaged")
    page = show(three)
    assert page.model.without_picture() == []
    assert page.model.rowCount() == 3


def test_rows_are_moved_by_keyboard_and_the_cursor_goes_along(show, three, desk, names):
    page = show(three)
    select(page, 0)
    QTest.keyClick(page.view, Qt.Key.Key_Down, ALT)
    desk.tasks.wait_idle()
    assert names(three) == ["乙.jpg", "甲.pdf", "丙.pdf"]
    assert page.view.currentIndex().row() == 1
    QTest.keyClick(page.view, Qt.Key.Key_Down, ALT)
    desk.tasks.wait_idle()
    QTest.keyClick(page.view, Qt.Key.Key_Down, ALT)  # already the last
    QTest.keyClick(page.view, Qt.Key.Key_Up, ALT)
    desk.tasks.wait_idle()
    assert names(three) == ["乙.jpg", "甲.pdf", "丙.pdf"]


@pytest.mark.parametrize(
    ("row", "over", "below", "order"),
    [
        (0, 2, True, "乙丙甲"),
        (2, 0, False, "丙甲乙"),
        (0, 1, False, "甲乙丙"),
        (1, 0, True, "甲乙丙"),
        (0, 1, True, "乙甲丙"),
    ],
)
def test_rows_are_moved_by_mouse_to_between_others(show, three, desk, names, row, over, below, order):
    page = show(three)
    middle = page.view.rowViewportPosition(over) + page.view.rowHeight(over) // 2
    page.view.drop_row(row, middle + (3 if below else -3))
    desk.tasks.wait_idle()
    assert "".join(name[0] for name in names(three)) == order


def test_a_caption_is_typed_in_place_and_stored(show, three, desk, branch):
    page = show(three)
    select(page, 1)
    QTest.keyClick(page.view, Qt.Key.Key_Return)
    editor = page.view.viewport().findChild(QLineEdit)
    editor.setText("支部书记讲党课")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    QTest.qWait(5)
    desk.tasks.wait_idle()
    assert branch.read(lambda s: papers_service.list_papers(s, three))[1].caption == "支部书记讲党课"
    assert page.view.currentIndex().row() == 1


def test_the_kind_is_chosen_in_place_and_stored(show, three, desk, branch):
    page = show(three)
    assert page.model.setData(page.model.index(0, KIND), PaperKind.SIGNED.value)
    desk.tasks.wait_idle()
    assert branch.read(lambda s: papers_service.list_papers(s, three))[0].kind is PaperKind.SIGNED


def test_a_caption_that_is_too_long_is_refused_and_shown_as_stored(show, three, desk, messages):
    page = show(three)
    page.model.setData(page.model.index(0, CAPTION), "长" * 101)
    desk.tasks.wait_idle()
    assert "最多100个字" in messages.problems[0][1]
    assert page.model.index(0, CAPTION).data() == ""


def test_removal_asks_and_then_stores(show, three, desk, messages, names):
    page = show(three)
    select(page, 1)
    messages.prepare(False)
    QTest.keyClick(page.view, Qt.Key.Key_Delete)
    desk.tasks.wait_idle()
    assert len(names(three)) == 3
    messages.prepare(True)
    QTest.keyClick(page.view, Qt.Key.Key_Delete)
    desk.tasks.wait_idle()
    assert names(three) == ["甲.pdf", "丙.pdf"]
    assert page.view.currentIndex().isValid()


def test_a_copy_is_saved_under_the_caption(show, three, desk, messages, branch, tmp_path):
    page = show(three)
    select(page, 1)
    target = tmp_path / "副本.jpg"
    messages.prepare(target)
    page.save_action.trigger()
    desk.tasks.wait_idle()
    assert target.read_bytes() == prepare_file("乙.jpg", photo()).content
    assert [path.name for path in tmp_path.iterdir() if path.suffix == ".tmp"] == []


def test_enter_on_a_picture_shows_it_large(show, three, desk, qtbot):
    page = show(three)
    select(page, 1, FILE)
    QTest.keyClick(page.view, Qt.Key.Key_Return)
    desk.tasks.wait_idle()
    (dialog,) = [w for w in QApplication.topLevelWidgets() if isinstance(w, PictureDialog) and w.isVisible()]
    image = dialog.pane.grab().toImage()
    assert image.pixelColor(image.width() // 2, image.height() // 2).red() > 200
    QTest.keyClick(dialog, Qt.Key.Key_Space)
    assert not dialog.isVisible()


def test_a_finalised_record_can_be_given_files_and_nothing_else(show, three, desk, files, names):
    page = show(three)
    page.lock(locked=True)
    select(page, 1)
    assert not page.remove_action.isEnabled()
    assert not page.model.flags(page.model.index(0, CAPTION)) & Qt.ItemFlag.ItemIsEditable
    QTest.keyClick(page.view, Qt.Key.Key_Down, ALT)
    desk.tasks.wait_idle()
    assert names(three)[0] == "甲.pdf"
    page.add_files(files(签字原件_pdf=b"%PDF"))
    desk.tasks.wait_idle()
    assert names(three)[-1] == "签字原件.pdf"


def test_the_editor_of_a_stored_meeting_shows_its_files(desk, branch, three, qtbot, fixed_today):
    dialog = MeetingDialog(desk, branch.read(lambda s: prepare_editor(s, three)))
    qtbot.addWidget(dialog)
    dialog.open()
    desk.tasks.wait_idle()
    dialog.go_to("papers")
    assert dialog.papers.view.hasFocus()
    assert dialog.papers.badge() == "3"
    assert not dialog.unsaved


def test_a_new_meeting_is_saved_first_and_then_opened_where_photos_are_added(desk, branch, qtbot, fixed_today):
    page = MeetingsPage(desk)
    qtbot.addWidget(page)
    page.show()
    page.create_meeting()
    desk.tasks.wait_idle()
    dialog = page.findChild(MeetingDialog)
    dialog.activateWindow()
    QTest.keyClick(dialog.focusWidget(), Qt.Key.Key_Down)  # 支部党员大会, the first kind
    desk.tasks.wait_idle()
    for _ in range(3):  # 一会两用, 名称, 日期
        QTest.keyClick(dialog.focusWidget(), Qt.Key.Key_Tab)
    for keys in ("20261120", "1530", "1640"):
        QTest.keyClicks(dialog.focusWidget(), keys)
        QTest.keyClick(dialog.focusWidget(), Qt.Key.Key_Return)
    dialog.papers.store_button.click()
    desk.tasks.wait_idle()
    qtbot.waitUntil(lambda: any(d.isVisible() for d in page.findChildren(MeetingDialog)))
    (dialog,) = [d for d in page.findChildren(MeetingDialog) if d.isVisible()]
    desk.tasks.wait_idle()
    assert dialog.stack.currentWidget() is dialog.papers
    assert dialog.papers.stack.currentWidget().objectName() == "papers_empty"
    dialog.done(0)
