"""The running program: start page, opening, closing, failing, restoring; always a window, never a lost sentence."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import shiboken6
from PySide6.QtWidgets import QListWidget

from partyroom import desktop as desktop_module
from partyroom.core.calendar import RecordedDate
from partyroom.core.errors import StorageError
from partyroom.desktop import Desktop
from partyroom.features.members import service as members
from partyroom.features.organisation.service import get_branch, list_terms
from partyroom.storage import backup
from partyroom.storage.library import Library
from partyroom.ui.form import FormDialog
from partyroom.ui.message_box import ProblemBox
from partyroom.ui.messages import Messages

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


def test_opened_libraries_are_remembered_latest_first(desktop, folder, tmp_path, settings, settle, free):
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


def test_error_of_ours_while_opening_still_leaves_a_window(desktop, folder, messages, settle, monkeypatch, free):
    def broken(session):
        raise ZeroDivisionError

    monkeypatch.setattr(desktop_module, "get_branch", broken)
    desktop.begin(folder, sample=False)
    settle(desktop)
    assert [type(error) for error in messages.errors] == [ZeroDivisionError]
    assert desktop.start_page.isVisible()
    assert free(folder)


def test_real_boxes_stand_above_the_start_page(start, tmp_path, settle, qtbot, shown):
    desktop = start(Messages())
    desktop.begin(tmp_path, sample=False)
    settle(desktop)
    box = shown(ProblemBox)
    assert box.parent() is desktop.start_page
    box.accept()


def test_real_boxes_stand_above_the_window_that_came_back(start, folder, tmp_path, settle, monkeypatch, shown):
    desktop = start(Messages())
    desktop.open_folder(folder)
    settle(desktop)
    desktop.open_folder(tmp_path)
    settle(desktop)
    box = shown(ProblemBox)
    assert box.parent() is desktop.window
    box.accept()


# A new branch


@pytest.fixture
def fill_branch(shown) -> Callable[..., FormDialog]:
    """Opens the form for a new branch and fills it in."""

    def fill(desktop: Desktop, **values: object) -> FormDialog:
        desktop.create_library()
        dialog = shown(FormDialog)
        assert isinstance(dialog, FormDialog)
        for key, value in ({"name": "样例中学党支部"} | values).items():
            dialog.grid.cells[key].editor.set_value(value)
        return dialog

    return fill


def test_new_branch_is_made_with_its_secretary(fixed_today, desktop, tmp_path, messages, settle, fill_branch):
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


def test_name_of_the_branch_cannot_lead_out_of_the_chosen_place(desktop, tmp_path, messages, settle, fill_branch):
    desktop.begin(None, sample=False)
    dialog = fill_branch(desktop, name="../../坏/支部")
    messages.prepare(tmp_path)
    dialog.submit()
    settle(desktop)
    assert desktop.library.folder.parent == tmp_path
    assert desktop.window.windowTitle().startswith("../../坏/支部")


def test_folder_that_holds_something_is_refused_in_the_form(desktop, tmp_path, messages, folder, fill_branch):
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


def test_choosing_no_place_keeps_what_was_typed(desktop, messages, fill_branch):
    desktop.begin(None, sample=False)
    dialog = fill_branch(desktop)
    messages.prepare(None)
    dialog.submit()
    assert dialog.isVisible()
    assert dialog.grid.cells["name"].editor.value() == "样例中学党支部"


def test_place_that_cannot_be_written_gives_the_form_back(
    desktop, tmp_path, messages, settle, monkeypatch, shown, fill_branch
):
    desktop.begin(None, sample=False)
    dialog = fill_branch(desktop)

    def full(folder: Path) -> Library:
        raise StorageError("磁盘已满。")

    monkeypatch.setattr(desktop_module.Library, "create", full)
    messages.prepare(tmp_path)
    dialog.submit()
    settle(desktop)
    assert messages.problems == [("没有建成", "磁盘已满。", "")]
    again = shown(FormDialog)
    assert again.grid.cells["name"].editor.value() == "样例中学党支部"


@pytest.mark.parametrize(
    ("values", "key"),
    [
        ({"secretary": "甲", "since": RecordedDate("2027-01-01")}, "since"),
        ({"since": RecordedDate("2025-01-01")}, "secretary"),
    ],
)
def test_term_without_a_secretary_or_in_the_future_is_refused(fixed_today, desktop, values, key, fill_branch):
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
