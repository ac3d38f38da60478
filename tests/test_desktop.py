"""The running program: start page, opening, closing, failing, restoring; always a window, never a lost sentence."""

from __future__ import annotations

import gc
import json
import logging
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import shiboken6
from PySide6.QtWidgets import QApplication, QDialog, QListWidget, QPushButton, QWidget

from partyroom import app as entry
from partyroom import desktop as desktop_module
from partyroom.core.calendar import RecordedDate
from partyroom.core.errors import StorageError
from partyroom.core.identity import check_digit
from partyroom.desktop import Desktop
from partyroom.features.exchange.page import RosterPage
from partyroom.features.members import service as members
from partyroom.features.members.domain import Category, MemberDraft
from partyroom.features.members.member_dialog import MemberDialog
from partyroom.features.organisation.domain import Branch
from partyroom.features.organisation.service import get_branch, list_terms, save_branch
from partyroom.storage import backup
from partyroom.storage.library import Library
from partyroom.ui.form import FormDialog
from partyroom.ui.message_box import ProblemBox
from partyroom.ui.messages import Messages, Scripted
from partyroom.ui.preferences import Preferences
from partyroom.ui.theme import apply_theme

pytestmark = pytest.mark.qt_log_ignore("plugin does not support", extend=True)


@pytest.fixture(autouse=True)
def _collect_on_this_thread() -> Iterator[None]:
    gc.disable()
    yield
    gc.collect()
    gc.enable()


@pytest.fixture
def quits(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How often the program asked to end; the test's own application goes on."""
    asked: list[int] = []
    monkeypatch.setattr(QApplication, "quit", lambda: asked.append(1))
    return asked


@pytest.fixture
def messages(qapp) -> Scripted:
    return Scripted()


@pytest.fixture
def settings(qapp, tmp_path: Path) -> Preferences:
    return Preferences(tmp_path / "settings.json")


@pytest.fixture
def start(quits, settings, messages, qtbot) -> Iterator[Callable[..., Desktop]]:
    made: list[Desktop] = []

    def make(speaking: Messages | None = None) -> Desktop:
        made.append(Desktop(settings, speaking or messages))
        return made[-1]

    yield make
    for desktop in made:
        for left in [w for w in QApplication.topLevelWidgets() if isinstance(w, QDialog)]:
            left.done(0)
        desktop.close_library()
        desktop.waiting.shut_down()
        if desktop.start_page is not None:
            desktop.start_page.close()


@pytest.fixture
def desktop(start) -> Desktop:
    return start()


@pytest.fixture
def settle(qtbot) -> Callable[[Desktop], None]:
    def wait(desktop: Desktop) -> None:
        for _ in range(4):  # a failed opening opens what was there before
            assert desktop.waiting.wait_idle(20_000)
            if desktop.desk is not None:
                assert desktop.desk.tasks.wait_idle(20_000)

    return wait


@pytest.fixture
def folder(empty_library_folder: Path, tmp_path: Path) -> Path:
    """A closed library of a branch with one member."""
    target = tmp_path / "样例支部"
    shutil.copytree(empty_library_folder, target)
    with Library.open(target) as library:
        library.write("支部", lambda s: save_branch(s, Branch("样例小学党支部")))
        draft = MemberDraft("张三", category=Category.FULL)
        library.write("党员", lambda s: members.admit_member(s, draft))
    return target


def free(folder: Path) -> bool:
    """Whether nobody holds the library."""
    try:
        Library.open(folder).close()
    except StorageError:
        return False
    return True


def dialog_of(kind: type[QWidget]) -> QWidget:
    found = [w for w in QApplication.topLevelWidgets() if isinstance(w, kind) and w.isVisible()]
    assert found, kind
    return found[-1]


# Starting


def test_first_start_shows_the_start_page(desktop):
    desktop.begin(None, sample=False)
    assert desktop.start_page.isVisible()
    assert desktop.window is None


def test_closing_the_start_page_ends_the_program(desktop, quits):
    desktop.begin(None, sample=False)
    page = desktop.start_page
    page.close()
    assert quits == [1]
    assert desktop.start_page is None


def test_last_library_is_opened_again(desktop, folder, settings, settle):
    settings.note_library("样例小学党支部", folder)
    desktop.begin(None, sample=False)
    settle(desktop)
    assert desktop.window.windowTitle() == "样例小学党支部 - 党建活动室"
    assert desktop.start_page is None


def test_last_library_that_is_gone_leads_to_the_start_page_with_the_list(desktop, tmp_path, settings):
    settings.note_library("旧支部", tmp_path / "没有了")
    desktop.begin(None, sample=False)
    entries = desktop.start_page.findChild(QListWidget, "recent_list")
    assert "旧支部" in entries.item(0).text()


def test_user_who_wants_to_choose_gets_the_start_page(desktop, folder, settings):
    settings.note_library("样例小学党支部", folder)
    settings.set("reopen_last", False)
    desktop.begin(None, sample=False)
    assert desktop.start_page.isVisible()


def test_start_page_goes_without_ending_the_program_when_a_library_opens(desktop, folder, quits, settle):
    desktop.begin(None, sample=False)
    page = desktop.start_page
    desktop.open_folder(folder)
    settle(desktop)
    assert quits == []
    assert not shiboken6.isValid(page) or not page.isVisible()
    assert desktop.window.isVisible()


def test_opened_libraries_are_remembered_latest_first(desktop, folder, tmp_path, settings, settle):
    other = tmp_path / "另一个"
    shutil.copytree(folder, other)
    desktop.open_folder(folder)
    settle(desktop)
    desktop.open_folder(other)
    settle(desktop)
    assert [place.name for _, place in settings.recent_libraries()] == ["另一个", "样例支部"]
    assert free(folder)


# Opening what cannot be opened


def test_wrong_folder_gets_a_sentence_on_the_start_page(desktop, tmp_path, messages, settle):
    desktop.begin(tmp_path, sample=False)
    settle(desktop)
    ((title, text, _),) = messages.problems
    assert title == "没有打开"
    assert "里没有支部库" in text
    assert desktop.start_page.isVisible()


def test_wrong_folder_leaves_the_start_page_as_it_was(desktop, tmp_path, messages, settle, quits):
    desktop.begin(None, sample=False)
    page = desktop.start_page
    messages.prepare(tmp_path)
    desktop.choose_library()
    settle(desktop)
    assert len(messages.problems) == 1
    assert desktop.start_page is page
    assert page.isVisible()


def test_wrong_folder_brings_the_open_library_back(desktop, folder, tmp_path, messages, settle):
    desktop.open_folder(folder)
    settle(desktop)
    messages.prepare(tmp_path)
    desktop.choose_library()
    settle(desktop)
    assert [text for _, text, _ in messages.problems]
    assert desktop.window.isVisible()
    assert desktop.library.folder == folder


def test_library_in_use_gets_a_sentence(desktop, folder, messages, settle):
    with Library.open(folder):
        desktop.begin(folder, sample=False)
        settle(desktop)
    assert "正在被使用" in messages.problems[0][1]
    assert desktop.start_page.isVisible()


def test_library_of_a_newer_program_gets_a_sentence(desktop, folder, messages, settle):
    import sqlcipher3.dbapi2 as sqlite

    connection = sqlite.connect(str(folder / backup.DATABASE))
    connection.execute("UPDATE alembic_version SET version_num = '9999_future'")
    connection.commit()
    connection.close()
    desktop.begin(folder, sample=False)
    settle(desktop)
    assert "更新" in messages.problems[0][1] or "较新" in messages.problems[0][1]
    assert desktop.start_page.isVisible()


def test_damaged_library_gets_a_sentence(desktop, folder, messages, settle):
    (folder / backup.DATABASE).write_bytes(b"no database at all" * 500)
    desktop.begin(folder, sample=False)
    settle(desktop)
    assert len(messages.problems) == 1
    assert messages.errors == []
    assert desktop.start_page.isVisible()


def test_error_of_ours_while_opening_still_leaves_a_window(desktop, folder, messages, settle, monkeypatch):
    def broken(session):
        raise ZeroDivisionError

    monkeypatch.setattr(desktop_module, "get_branch", broken)
    desktop.begin(folder, sample=False)
    settle(desktop)
    assert [type(error) for error in messages.errors] == [ZeroDivisionError]
    assert desktop.start_page.isVisible()
    assert free(folder)


def test_real_boxes_stand_above_the_start_page(start, tmp_path, settle, qtbot):
    desktop = start(Messages())
    desktop.begin(tmp_path, sample=False)
    settle(desktop)
    box = dialog_of(ProblemBox)
    assert box.parent() is desktop.start_page
    box.accept()


def test_real_boxes_stand_above_the_window_that_came_back(start, folder, tmp_path, settle, monkeypatch):
    desktop = start(Messages())
    desktop.open_folder(folder)
    settle(desktop)
    desktop.open_folder(tmp_path)
    settle(desktop)
    box = dialog_of(ProblemBox)
    assert box.parent() is desktop.window
    box.accept()


# A new branch


def fill_branch(desktop: Desktop, **values: object) -> FormDialog:
    desktop.create_library()
    dialog = dialog_of(FormDialog)
    assert isinstance(dialog, FormDialog)
    for key, value in ({"name": "样例中学党支部"} | values).items():
        dialog.grid.cells[key].editor.set_value(value)
    return dialog


def test_new_branch_is_made_with_its_secretary(fixed_today, desktop, tmp_path, messages, settle):
    desktop.begin(None, sample=False)
    dialog = fill_branch(desktop, school="样例中学", secretary="赵甲", since=RecordedDate("2025-03-01"))
    messages.prepare(tmp_path)
    dialog.submit()
    settle(desktop)
    assert desktop.window.isVisible()
    assert desktop.library.folder == tmp_path / "样例中学党支部"
    assert desktop.library.read(get_branch).school == "样例中学"
    assert [m.draft.name for m in desktop.library.read(members.all_details)] == ["赵甲"]
    assert len(desktop.library.read(list_terms)) == 1


def test_name_of_the_branch_cannot_lead_out_of_the_chosen_place(desktop, tmp_path, messages, settle):
    desktop.begin(None, sample=False)
    dialog = fill_branch(desktop, name="../../坏/支部")
    messages.prepare(tmp_path)
    dialog.submit()
    settle(desktop)
    assert desktop.library.folder.parent == tmp_path
    assert desktop.window.windowTitle().startswith("../../坏/支部")


def test_folder_that_holds_something_is_refused_in_the_form(desktop, tmp_path, messages, folder):
    desktop.begin(None, sample=False)
    (tmp_path / "有东西").mkdir()
    (tmp_path / "有东西" / "文件.txt").write_text("x")
    for name, words in (("有东西", "不是空文件夹"), ("样例支部", "已经有支部库“样例支部”")):
        dialog = fill_branch(desktop, name=name)
        messages.prepare(tmp_path)
        dialog.submit()
        assert dialog.isVisible()
        assert words in dialog._problem_text.text()
        dialog.done(0)
    assert (tmp_path / "有东西" / "文件.txt").read_text() == "x"


def test_choosing_no_place_keeps_what_was_typed(desktop, messages):
    desktop.begin(None, sample=False)
    dialog = fill_branch(desktop)
    messages.prepare(None)
    dialog.submit()
    assert dialog.isVisible()
    assert dialog.grid.cells["name"].editor.value() == "样例中学党支部"


def test_place_that_cannot_be_written_gives_the_form_back(desktop, tmp_path, messages, settle, monkeypatch):
    desktop.begin(None, sample=False)
    dialog = fill_branch(desktop)

    def full(folder: Path) -> Library:
        raise StorageError("磁盘已满。")

    monkeypatch.setattr(desktop_module.Library, "create", full)
    messages.prepare(tmp_path)
    dialog.submit()
    settle(desktop)
    assert messages.problems == [("没有建成", "磁盘已满。", "")]
    again = dialog_of(FormDialog)
    assert again.grid.cells["name"].editor.value() == "样例中学党支部"


@pytest.mark.parametrize(
    ("values", "key"),
    [
        ({"secretary": "甲", "since": RecordedDate("2027-01-01")}, "since"),
        ({"since": RecordedDate("2025-01-01")}, "secretary"),
    ],
)
def test_term_without_a_secretary_or_in_the_future_is_refused(fixed_today, desktop, values, key):
    desktop.begin(None, sample=False)
    dialog = fill_branch(desktop, **values)
    dialog.submit()
    assert dialog.isVisible()
    assert dialog.grid.cells[key].note.property("note") == "error"


# Sample


def test_sample_is_made_once_and_opened_again(desktop, settle, monkeypatch, tmp_path):
    made: list[Path] = []

    def make(folder: Path, report) -> None:
        made.append(folder)
        Library.create(folder).close()

    monkeypatch.setattr(desktop_module, "make_sample", make)
    monkeypatch.setattr(desktop_module, "sample_folder", lambda: tmp_path / "示例支部")
    for _ in range(2):
        desktop.begin(None, sample=True)
        settle(desktop)
        assert desktop.window.isVisible()
    assert made == [tmp_path / "示例支部"]


def test_cancelled_sample_leads_back_to_the_start_page(desktop, settle, monkeypatch, tmp_path, messages):
    from partyroom.core.errors import CancelledError

    def make(folder: Path, report) -> None:
        raise CancelledError

    monkeypatch.setattr(desktop_module, "make_sample", make)
    monkeypatch.setattr(desktop_module, "sample_folder", lambda: tmp_path / "示例支部")
    desktop.begin(None, sample=True)
    settle(desktop)
    assert messages.informed == ["已取消，没有做任何改动。"]
    assert messages.problems == []
    assert desktop.start_page.isVisible()


# Backups


def test_restored_backup_replaces_the_open_library_and_the_window_comes_back(
    desktop, folder, tmp_path, messages, settle
):
    desktop.open_folder(folder)
    settle(desktop)
    target = tmp_path / "备份.partyroom"
    desktop.library.backup_to(target)
    desktop.library.write("后来", lambda s: members.admit_member(s, MemberDraft("后来的")))
    messages.prepare(target, False)
    desktop.restore_backup()
    assert len(desktop.library.read(members.all_details)) == 2
    messages.prepare(target, True)
    desktop.restore_backup()
    settle(desktop)
    assert desktop.window.isVisible()
    assert [m.draft.name for m in desktop.library.read(members.all_details)] == ["张三"]
    assert [path for path in (folder / backup.BACKUPS).iterdir() if "restore" in path.name]


def test_bad_backup_changes_nothing_and_the_window_comes_back(desktop, folder, tmp_path, messages, settle):
    desktop.open_folder(folder)
    settle(desktop)
    bad = tmp_path / "坏.partyroom"
    bad.write_bytes(b"PK\x03\x04 broken")
    messages.prepare(bad, True)
    desktop.restore_backup()
    settle(desktop)
    assert [title for title, _, _ in messages.problems] == ["没有恢复"]
    assert desktop.window.isVisible()
    assert [m.draft.name for m in desktop.library.read(members.all_details)] == ["张三"]


def automatic(folder: Path) -> list[str]:
    return sorted(path.name for path in (folder / backup.BACKUPS).glob("auto-*.db"))


def test_opening_backs_up_aside_and_closing_backs_up_what_changed(desktop, folder, settle, qtbot):
    desktop.open_folder(folder)
    settle(desktop)
    qtbot.waitUntil(lambda: len(automatic(folder)) == 1)
    settle(desktop)
    assert desktop._backups.isActive()
    assert desktop._backups.interval() == 3_600_000
    desktop.library.write("改", lambda s: members.admit_member(s, MemberDraft("新")))
    desktop.window.close()
    assert len(automatic(folder)) == 2
    assert not desktop._backups.isActive()


def test_hour_without_a_day_gone_by_backs_up_nothing(desktop, folder, settle, qtbot, monkeypatch):
    desktop.open_folder(folder)
    settle(desktop)
    qtbot.waitUntil(lambda: len(automatic(folder)) == 1)
    desktop.library.write("改", lambda s: members.admit_member(s, MemberDraft("新")))
    desktop._backups.timeout.emit()
    settle(desktop)
    assert len(automatic(folder)) == 1
    monkeypatch.setattr(desktop_module.backup, "automatic_due", lambda *_: True)
    desktop._backups.timeout.emit()
    settle(desktop)
    assert len(automatic(folder)) == 2


def test_failed_automatic_backup_is_a_warning_in_the_strip(desktop, folder, settle, qtbot, monkeypatch, messages):
    def full(self: Library) -> Path:
        raise StorageError("磁盘已满。")

    monkeypatch.setattr(Library, "automatic_backup", full)
    desktop.open_folder(folder)
    settle(desktop)
    qtbot.waitUntil(lambda: messages.warned == ["自动备份没有成功：磁盘已满。"])
    desktop.window.close()
    assert messages.problems == []
    assert free(folder)


# Closing


def test_closing_frees_the_library_the_window_and_its_dialogs(desktop, folder, settle, quits, qtbot):
    desktop.open_folder(folder)
    settle(desktop)
    window = desktop.window
    page = window.page(RosterPage)
    assert not free(folder)
    window.close()
    assert quits == [1]
    assert free(folder)
    assert desktop.window is None
    assert desktop.desk is None
    qtbot.waitUntil(lambda: not shiboken6.isValid(window) and not shiboken6.isValid(page))


def test_window_closes_only_after_the_writes_under_way(desktop, folder, settle, quits, qtbot):
    import threading

    desktop.open_folder(folder)
    settle(desktop)
    gate = threading.Event()

    def slow(session) -> None:
        assert gate.wait(10)
        members.admit_member(session, MemberDraft("最后一笔"))

    desktop.desk.tasks.write("慢", slow, owner=desktop)
    window = desktop.window
    window.close()
    assert window.isVisible()
    assert quits == []
    gate.set()
    qtbot.waitUntil(lambda: quits == [1])
    with Library.open(folder) as library:
        assert "最后一笔" in [m.draft.name for m in library.read(members.all_details)]


def test_new_name_of_the_branch_shows_in_window_and_list(desktop, folder, settle, settings):
    desktop.open_folder(folder)
    settle(desktop)
    desktop.desk.tasks.write("改名", lambda s: save_branch(s, Branch("新名党支部")), owner=desktop)
    settle(desktop)
    assert desktop.window.windowTitle() == "新名党支部 - 党建活动室"
    assert settings.recent_libraries()[0][0] == "新名党支部"


def test_large_letters_rebuild_the_pages(desktop, folder, settle, settings, qapp):
    apply_theme(qapp)
    desktop.open_folder(folder)
    settle(desktop)
    window = desktop.window
    window.show_page(RosterPage)
    before, size = window.current_page(), qapp.font().pointSizeF()
    settings.set("large_text", True)
    settle(desktop)
    assert window.current_page() is not before
    assert qapp.font().pointSizeF() == size * 1.25
    settings.set("large_text", False)
    settle(desktop)


# The log


def test_log_and_report_keep_no_personal_data(start, folder, settle, qtbot, tmp_path, monkeypatch):
    """An error of ours while a member is edited, its message full of the member's data."""
    number = "99010119850302002" + check_digit("99010119850302002")
    monkeypatch.setattr(entry, "config_folder", lambda: tmp_path)
    root = logging.getLogger()
    before = list(root.handlers)
    level = root.level
    entry.start_log()
    (handler,) = [one for one in root.handlers if one not in before]

    def broken(session, draft):
        try:
            raise ValueError(f"{draft.name} {draft.id_number}")
        except ValueError as error:
            raise RuntimeError(f"could not store {draft!r}") from error

    monkeypatch.setattr(members, "admit_member", broken)
    try:
        desktop = start(Messages())
        desktop.open_folder(folder)
        settle(desktop)
        dialog = MemberDialog(desktop.desk, None, [], [], desktop.window)
        dialog.open()
        dialog.grid.cells["name"].editor.set_value("保密的人")
        dialog.grid.cells["id_number"].editor.set_value(number)
        dialog.submit()
        settle(desktop)
        box = dialog_of(ProblemBox)
        box.findChild(QPushButton, "copy_button").click()
        report = QApplication.clipboard().text()
        box.accept()
        assert dialog.isVisible()  # what was typed is still there
        dialog.done(0)
    finally:
        root.removeHandler(handler)
        handler.close()
        root.setLevel(level)
    log = (tmp_path / "partyroom.log").read_text(encoding="utf-8")
    for text in (log, report):
        assert "RuntimeError" in text
        assert "ValueError" in text
        assert "in broken" in text
        assert number not in text
        assert "保密的人" not in text


def test_settings_file_is_plain_and_small(desktop, folder, settle, tmp_path):
    desktop.open_folder(folder)
    settle(desktop)
    desktop.window.close()
    state = json.loads((tmp_path / "settings.json").read_text(encoding="utf-8"))["state"]
    assert state["recent"] == [["样例小学党支部", str(folder.resolve())]]
