"""The running program: backups, closing, large letters, and what the log keeps."""

from __future__ import annotations

import json
import logging
from pathlib import Path

import shiboken6
from PySide6.QtWidgets import QApplication, QPushButton

from partyroom import app as entry
from partyroom import desktop as desktop_module
from partyroom.core.errors import StorageError
from partyroom.core.identity import check_digit
from partyroom.features.exchange.page import RosterPage
from partyroom.features.members import service as members
from partyroom.features.members.domain import MemberDraft
from partyroom.features.members.member_dialog import MemberDialog
from partyroom.features.organisation.domain import Branch
from partyroom.features.organisation.service import save_branch
from partyroom.storage import backup
from partyroom.storage.library import Library
from partyroom.ui.message_box import ProblemBox
from partyroom.ui.messages import Messages
from partyroom.ui.theme import apply_theme

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


def test_backup_opens_on_a_new_pc_from_the_start_page_in_a_folder_of_its_own(
    desktop, folder, tmp_path, messages, settle
):
    backup_file, place = tmp_path / "支部库备份.partyroom", tmp_path / "新电脑"
    place.mkdir()
    with Library.open(folder) as library:
        library.backup_to(backup_file)
    for number in range(2):
        desktop.show_start_page()
        messages.prepare(backup_file, place)
        desktop.start_page.restore_requested.emit()
        settle(desktop)
        assert desktop.start_page is None
        assert [m.draft.name for m in desktop.library.read(members.all_details)] == ["张三"]
        assert len(list(place.iterdir())) == number + 1
        assert not [one for one in place.iterdir() if "备份" in one.name]
        desktop.close_library()
    assert messages.asked == []


def test_restoring_from_the_start_page_can_be_given_up_and_a_bad_backup_leaves_nothing(
    desktop, tmp_path, messages, settle
):
    bad, place = tmp_path / "坏.partyroom", tmp_path / "新电脑"
    place.mkdir()
    bad.write_bytes(b"PK\x03\x04 broken")
    desktop.show_start_page()
    for answers in ((None,), (bad, None), (bad, place)):
        messages.prepare(*answers)
        desktop.restore_backup()
        settle(desktop)
        assert desktop.start_page.isVisible()
    assert [title for title, _, _ in messages.problems] == ["没有恢复"]
    assert list(place.iterdir()) == []


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
    first = automatic(folder)
    desktop.window.close()
    (fresh,) = set(automatic(folder)) - set(first)
    assert fresh.endswith(f"-c{backup.last_change(folder / backup.DATABASE)}.db")
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


def test_failed_automatic_backup_is_a_warning_in_the_strip(desktop, folder, settle, qtbot, monkeypatch, messages, free):
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


def test_closing_frees_the_library_the_window_and_its_dialogs(desktop, folder, settle, quits, qtbot, free):
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


def test_log_and_report_keep_no_personal_data(start, folder, settle, qtbot, tmp_path, monkeypatch, shown):
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
        box = shown(ProblemBox)
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
