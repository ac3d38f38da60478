"""What stands in the menus, and that each line does what it says."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QApplication, QDialog, QWidget
from sqlalchemy import text

from partyroom import menus as menus_module
from partyroom.core.calendar import RecordedDate
from partyroom.core.errors import DomainError
from partyroom.core.identity import check_digit
from partyroom.drafts import KeptDrafts
from partyroom.features.members import service as members
from partyroom.features.members.domain import MemberDraft
from partyroom.features.safekeeping.page import BinDialog, ChangesDialog
from partyroom.menus import CALCULATORS, Menus, date_answer, identity_answer, third_party, vote_answer
from partyroom.storage.library import Library, restore_library
from partyroom.ui.about import AboutDialog
from partyroom.ui.calculators import CalculatorsDialog
from partyroom.ui.desk import Desk
from partyroom.ui.handbook import HandbookWindow
from partyroom.ui.main_window import MainWindow
from partyroom.ui.messages import Scripted
from partyroom.ui.preferences import Preferences
from partyroom.ui.settings_dialog import SettingsDialog
from partyroom.ui.tasks import Tasks


class Shell:
    """Notes what the menus ask of the program."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def create_library(self) -> None:
        self.asked.append("create")

    def choose_library(self) -> None:
        self.asked.append("open")

    def open_sample(self) -> None:
        self.asked.append("sample")

    def restore_backup(self) -> None:
        self.asked.append("restore")


@pytest.fixture
def messages(qapp) -> Scripted:
    return Scripted()


@pytest.fixture
def shell() -> Shell:
    return Shell()


@pytest.fixture
def desk(library, messages, tmp_path) -> Iterator[Desk]:
    tasks = Tasks(library, messages)
    yield Desk(tasks, messages, Preferences(tmp_path / "settings.json"), library, KeptDrafts(tasks, {}))
    tasks.wait_idle()
    for left in [w for w in QApplication.topLevelWidgets() if isinstance(w, QDialog)]:
        left.done(0)
    tasks.shut_down()
    assert messages.errors == []


@pytest.fixture
def window(desk, shell, library, qtbot) -> MainWindow:
    menus = Menus(shell, desk, library)
    made = MainWindow(desk, [], menus.commands(), library_name="样例支部")
    menus.setParent(made)
    menus.window = made
    qtbot.addWidget(made)
    with qtbot.waitExposed(made):
        made.show()
    return made


@pytest.fixture
def settle(desk) -> Callable[[], None]:
    def wait() -> None:
        assert desk.tasks.wait_idle(20_000)

    return wait


def dialog_of(kind: type[QWidget]) -> QWidget:
    found = [w for w in QApplication.topLevelWidgets() if isinstance(w, kind) and w.isVisible()]
    assert found, kind
    return found[-1]


def names(library: Library) -> list[str]:
    return [m.draft.name for m in library.read(members.all_details)]


@pytest.mark.parametrize("key", ["create", "open", "sample", "restore"])
def test_files_are_the_business_of_the_program(window, shell, key):
    window.action(key).trigger()
    assert shell.asked == [key]


@pytest.mark.parametrize(
    ("key", "kind"),
    [
        ("bin", BinDialog),
        ("changes", ChangesDialog),
        ("calculators", CalculatorsDialog),
        ("settings", SettingsDialog),
        ("handbook", HandbookWindow),
        ("about", AboutDialog),
    ],
)
def test_line_opens_its_window(window, settle, key, kind):
    window.action(key).trigger()
    settle()
    shown = dialog_of(kind)
    shown.close()


def test_no_two_lines_share_a_key(window):
    actions = [a for a in window.findChildren(type(window.action("undo"))) if not a.shortcut().isEmpty()]
    keys = [a.shortcut().toString() for a in actions]
    assert len(keys) == len(set(keys))
    assert window.action("undo").shortcut() == QKeySequence("Ctrl+Z")
    assert window.action("handbook").shortcut() == QKeySequence("F1")


def test_menus_have_letters_of_their_own(window):
    titles = [action.text() for action in window.menuBar().actions()]
    assert titles == ["文件(&F)", "编辑(&E)", "工具(&T)", "帮助(&H)"]
    names = [action.menu().objectName() for action in window.menuBar().actions()]
    assert names == ["menu_文件", "menu_编辑", "menu_工具", "menu_帮助"]


def test_backup_is_written_and_can_be_restored(window, settle, library, messages, tmp_path):
    library.write("x", lambda s: members.admit_member(s, MemberDraft("张三")))
    target = tmp_path / "备份.partyroom"
    messages.prepare(target)
    window.action("backup").trigger()
    settle()
    assert messages.informed == [f"已备份并核对：{target}"]
    restore_library(target, tmp_path / "另一台")
    with Library.open(tmp_path / "另一台") as restored:
        assert names(restored) == ["张三"]


def test_backup_to_nowhere(window, settle, messages, tmp_path):
    (tmp_path / "文件").write_text("no folder")
    messages.prepare(None, tmp_path / "文件" / "x.partyroom")
    window.action("backup").trigger()
    settle()
    assert messages.problems == []
    window.action("backup").trigger()
    settle()
    assert messages.problems[0][1].endswith("。")
    assert messages.informed == []


def test_last_deletion_is_taken_back(window, settle, library, messages):
    member = library.write("x", lambda s: members.admit_member(s, MemberDraft("张三"))).result
    library.write("删", lambda s: members.bin_members(s, [member]))
    window.action("undo").trigger()
    settle()
    assert names(library) == ["张三"]
    assert messages.informed == ["已恢复：张三"]
    window.action("undo").trigger()
    settle()
    assert messages.problems[0][1] == "回收站是空的，没有可以撤销的删除。"


def test_check_tells_a_sound_library_from_a_damaged_one(window, settle, messages, monkeypatch):
    window.action("check").trigger()
    settle()
    assert messages.informed == ["支部库完好：数据库、附件和结构都没有问题。"]
    monkeypatch.setattr(Library, "check", lambda self, *further: ["附件少了一个。", "另一处。"])
    window.action("check").trigger()
    settle()
    assert messages.problems == [
        ("检查支部库", "发现下列问题，请先备份，再从最近的备份恢复：", "附件少了一个。\n另一处。")
    ]


def test_check_offers_to_make_the_search_index_anew(window, settle, messages, library):
    damage = text("INSERT INTO minutes_search (rowid, content) VALUES (7, '甲')")
    library.write("损坏", lambda session: session.execute(damage))
    messages.prepare(False, True)
    for expected in ([], ["全文查找的索引已重建，共0次会议。"]):
        window.action("check").trigger()
        settle()
        assert messages.informed == expected
    assert "多出1次已经不存在的会议" in messages.asked[0][1]
    window.action("check").trigger()
    settle()
    assert messages.informed[1:] == ["支部库完好：数据库、附件和结构都没有问题。"]


def test_quit_closes_the_window(window, qtbot):
    with qtbot.waitSignal(window.closed):
        window.action("quit").trigger()


def test_handbook_opens_at_the_page_in_view(window, monkeypatch):
    seen: list[str] = []
    monkeypatch.setattr(menus_module.HandbookWindow, "show_at", lambda title, parent: seen.append(title))
    window.action("handbook").trigger()
    assert seen == [""]


def test_all_parts_of_the_program_are_named_with_their_licences():
    parts = third_party()
    assert {"PySide6", "SQLAlchemy", "reportlab"} <= {name.split()[0] for name, _, _ in parts}
    assert all(licence and text for _, licence, text in parts)


# Calculators


def test_identity_calculator_says_sex_and_birth():
    number = "99010119850302002" + check_digit("99010119850302002")
    assert identity_answer({"number": number}) == "号码正确：女，1985年3月2日出生。"
    assert identity_answer({"number": "990101850302002"}).startswith("号码正确（由15位换算为 99010119850302002")
    assert identity_answer({"number": "123"}).startswith("号码不正确：")


@pytest.mark.parametrize(
    ("start", "months", "answer"),
    [
        ("2026-01-31", 1, "2026年2月28日"),
        ("2024-01-31", 1, "2024年2月29日"),
        ("2026-03-31", -1, "2026年2月28日"),
        ("2026-01-31", 12, "2027年1月31日"),
    ],
)
def test_date_calculator_counts_calendar_months(start, months, answer):
    assert date_answer({"start": RecordedDate(start), "months": months}) == answer


@pytest.mark.parametrize(("start", "months"), [("2026-01", 1), (date.max.isoformat(), 1), ("0001-01-01", -1)])
def test_date_calculator_refuses_what_has_no_day(start, months):
    with pytest.raises(DomainError) as caught:
        date_answer({"start": RecordedDate(start), "months": months})
    assert str(caught.value).endswith("。")


def test_vote_calculator_explains_and_refuses():
    values: dict[str, object] = {"kind": "election", "should": 10, "present": 8, "yes": 6}
    assert vote_answer(values).startswith("实到8人，达到规定人数；赞成6票，通过。")
    with pytest.raises(DomainError, match="多于实到"):
        vote_answer(values | {"yes": 9})


def test_calculators_answer_in_their_window(window, settle):
    window.action("calculators").trigger()
    dialog = dialog_of(CalculatorsDialog)
    assert [one.title for one in CALCULATORS] == ["身份证号", "日期推算", "表决", "党费"]
    dialog.close()


def test_suggested_name_of_a_backup_is_that_of_the_library(window, messages, monkeypatch, fixed_today):
    seen: list[str] = []

    def choose(title: str, suggested: str, filters: str) -> Path | None:
        seen.append(suggested)
        return None

    monkeypatch.setattr(messages, "choose_save", choose)
    window.action("backup").trigger()
    assert seen == ["library备份20261122.partyroom"]
