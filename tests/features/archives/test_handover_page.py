"""The section 迎检与移交 by its widgets."""

from __future__ import annotations

import zipfile
from datetime import date, datetime
from pathlib import Path

import pytest
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QPushButton

from partyroom.core.calendar import stopped_at
from partyroom.core.errors import CancelledError, DomainError
from partyroom.features.archives import closing_report
from partyroom.features.archives.checklists_dialog import ChecklistsDialog
from partyroom.features.archives.closed_papers_dialog import ClosedPapersDialog
from partyroom.features.archives.closing_dialog import ReopenDialog, YearClosingDialog
from partyroom.features.archives.closing_report import render_papers
from partyroom.features.archives.closing_service import close_year, closed_papers, list_years, plan_closing
from partyroom.features.archives.handover_dialog import HandoverDialog
from partyroom.features.archives.handover_page import HandoverSection
from partyroom.features.archives.pack_dialog import EVERYTHING, CopiesDialog, PackDialog
from partyroom.features.archives.pack_service import list_checklists
from partyroom.features.archives.page import SECTIONS
from partyroom.features.archives.parts import all_parts
from partyroom.features.meetings.domain import MeetingDraft
from partyroom.features.meetings.service import record_meeting
from partyroom.storage.library import Library, restore_library
from partyroom.storage.years import closed_years
from partyroom.ui.form import FormDialog
from partyroom.ui.print_preview import PrintPreview

pytestmark = pytest.mark.usefixtures("fixed_today")


@pytest.fixture
def section(branch: Library, desk, qtbot, settle) -> HandoverSection:
    made = HandoverSection(desk)
    qtbot.addWidget(made)
    made.resize(1200, 640)
    made.reload(2025)
    made.show()
    settle()
    return made


@pytest.fixture
def closed(branch: Library) -> Library:
    """The branch with 2025 signed off."""
    with stopped_at(datetime.fromisoformat("2026-01-10T09:00")):
        made = branch.read(lambda s: plan_closing(s, all_parts(), 2025))
        papers = render_papers(made, branch.attachments.get)
        branch.write("关闭2025年度", lambda s: close_year(s, branch.attachments, made, papers, "钱二"))
    return branch


def fill(dialog, /, **values: object) -> None:
    for key, value in values.items():
        dialog.grid.cells[key].editor.set_value(value)


def press(dialog, name: str) -> None:
    dialog.findChild(QPushButton, name).click()


def row_texts(section: HandoverSection) -> list[tuple[str, str]]:
    return [(row.year, row.state) for row in section.desk.store.read(list_years)]


def test_the_section_is_the_last_of_the_page() -> None:
    assert SECTIONS[-1] == ("迎检与移交", HandoverSection)


def test_a_pack_is_exported_into_a_new_folder_with_the_missing_items_said(
    section, messages, settle, opened, tmp_path
) -> None:
    section.make_pack()
    dialog = opened(PackDialog)
    values = dialog.values()
    assert (values["masked"], values["copies"], values["form"]) == (True, False, "folder")
    messages.prepare(tmp_path)
    dialog.submit()
    settle()
    (place,) = tmp_path.glob("迎检材料-*")
    assert place.name == "迎检材料-2025年-20261122"
    assert (place / "000-迎检材料目录.pdf").is_file()
    assert "缺" in messages.warned[-1]
    assert "发展党员工作" in messages.warned[-1] or "等" in messages.warned[-1]


def test_a_pack_of_everything_goes_into_a_zip(section, messages, settle, opened, tmp_path) -> None:
    section.make_pack()
    dialog = opened(PackDialog)
    fill(dialog, checklist=EVERYTHING)
    fill(dialog, form="zip")
    messages.prepare(tmp_path / "检查.zip")
    dialog.submit()
    settle()
    with zipfile.ZipFile(tmp_path / "检查.zip") as archive:
        assert "sha256sums.txt" in archive.namelist()
    assert messages.informed[-1].startswith("已导出迎检材料：检查.zip")


def test_thinking_better_of_it_writes_nothing(section, messages, settle, opened, tmp_path, labels) -> None:
    section.make_pack()
    dialog = opened(PackDialog)
    fill(dialog, masked=False)
    messages.prepare(False)
    dialog.submit()
    settle()
    assert "完整的证件号码" in messages.asked[-1][1]
    assert list(tmp_path.glob("迎检*")) == []
    assert not any("不遮盖" in label for label in labels())


def test_a_full_pack_is_asked_about_and_written_down(section, messages, settle, opened, tmp_path, labels) -> None:
    section.make_pack()
    dialog = opened(PackDialog)
    fill(dialog, masked=False)
    messages.prepare(True, tmp_path)
    dialog.submit()
    settle()
    assert labels()[0] == "导出迎检材料（不遮盖）"
    assert len(list(tmp_path.glob("迎检材料-*"))) == 1


def test_a_turned_period_is_said_and_nothing_is_asked(section, messages, settle, opened) -> None:
    section.make_pack()
    dialog = opened(PackDialog)
    fill(dialog, first=date(2025, 12, 31), last=date(2025, 1, 1))
    dialog.submit()
    settle()
    assert any("晚于" in text for _title, text, _detail in messages.problems)


def test_copies_of_one_register(section, messages, settle, opened, tmp_path) -> None:
    section.make_copies()
    dialog = opened(CopiesDialog)
    fill(dialog, part="members.roster")
    messages.prepare(tmp_path)
    dialog.submit()
    settle()
    (place,) = tmp_path.glob("可编辑副本-*")
    suffixes = sorted(path.suffix for path in place.rglob("*") if path.is_file())
    assert suffixes == [".docx", ".txt", ".xlsx"]
    assert messages.informed[-1].startswith("已导出可编辑副本")


def test_an_own_checklist_is_made_changed_and_deleted(section, branch, messages, settle, opened) -> None:
    section.edit_checklists()
    dialog = opened(ChecklistsDialog)
    settle()
    assert not dialog.findChild(QPushButton, "change_checklist_button").isEnabled()
    press(dialog, "add_checklist_button")
    form = opened(FormDialog)
    assert "【工作机制】" in form.values()["text"]
    fill(form, name="县清单", text="【没有的】\n大会")
    form.submit()
    settle()
    assert "没有“没有的”这个类别" in form.grid.cells["text"].note.text()
    fill(form, text="【工作机制】\n党员大会记录")
    form.submit()
    settle()
    assert [one.name for one in branch.read(list_checklists)][1:] == ["县清单"]
    dialog.list.setCurrentRow(1)
    assert dialog.list.currentItem().text() == "县清单　（1项）"
    messages.prepare(True)
    press(dialog, "delete_checklist_button")
    settle()
    assert len(branch.read(list_checklists)) == 1
    assert dialog.list.count() == 1


def test_a_year_is_closed_by_name_after_looking_at_what_is_open(section, branch, messages, settle, opened) -> None:
    section.close_shown_year()
    dialog = opened(YearClosingDialog)
    settle()
    texts = [dialog.list.item(row).text() for row in range(dialog.list.count())]
    assert any(text.startswith("记录：") and "还没有定稿" in text for text in texts)
    assert any(text.startswith("归档：") for text in texts)
    press(dialog, "close_year_button")
    settle()
    assert branch.read(closed_years) == frozenset()  # no name yet
    fill(dialog, by="钱二", note="归档完毕")
    press(dialog, "close_year_button")
    settle()
    assert branch.read(closed_years) == {2025}
    assert "2025年度已关闭" in messages.informed[-1]
    assert ("2025年", "已关闭") in row_texts(section)
    day = datetime.fromisoformat("2025-06-05T15:00")
    with pytest.raises(DomainError, match="2025年已经归档关闭，只能查看和打印"):
        branch.write("记", lambda s: record_meeting(s, MeetingDraft("assembly", "补一次", day)))
    section.close_shown_year()
    settle()
    assert messages.informed[-1] == "2025年度已经关闭。"


def test_a_change_meanwhile_is_said_in_the_dialog_and_it_reads_again(section, branch, settle, opened) -> None:
    section.close_shown_year()
    dialog = opened(YearClosingDialog)
    settle()
    before = dialog.list.count()
    day = datetime.fromisoformat("2025-06-05T15:00")
    branch.write("记", lambda s: record_meeting(s, MeetingDraft("assembly", "又一次", day)))
    fill(dialog, by="钱二")
    press(dialog, "close_year_button")
    settle()
    assert "又保存了新的内容" in dialog.problem.text()
    settle()
    assert dialog.list.count() == before
    press(dialog, "close_year_button")
    settle()
    assert branch.read(closed_years) == {2025}


def test_a_closed_year_shows_its_papers_as_they_were_kept(closed, section, messages, settle, opened, tmp_path) -> None:
    section.show_papers(2025)
    dialog = opened(ClosedPapersDialog)
    settle()
    rows = closed.read(lambda s: closed_papers(s, 2025))
    dialog.show_paper(rows[0].id)
    preview = opened(PrintPreview)
    assert preview._pdf == closed.attachments.get(rows[0].sha256)
    preview.close()
    messages.prepare(tmp_path)
    dialog.save_all()
    settle()
    saved = sorted((tmp_path / "2025年材料").glob("*.pdf"))
    assert [path.read_bytes() for path in saved] == [closed.attachments.get(row.sha256) for row in rows]


def test_a_closed_year_is_opened_again_only_with_a_reason(closed, section, settle, opened) -> None:
    section.reopen_year(2025)
    dialog = opened(ReopenDialog)
    fill(dialog, by="孙三")
    dialog.submit()
    assert closed.read(closed_years) == {2025}
    fill(dialog, reason="漏记一次会议")
    dialog.submit()
    settle()
    assert closed.read(closed_years) == frozenset()
    assert ("2025年", "已重新打开") in row_texts(section)


def test_years_that_are_open_have_nothing_to_reopen_or_show(section, messages, settle) -> None:
    section.reopen_year(2024)
    section.show_papers(2024)
    settle()
    assert messages.informed == ["2024年度还没有关闭过，没有保存的材料。"]  # the later question counts


def test_the_inventory_is_previewed(section, settle, opened) -> None:
    section.hand_over()
    dialog = opened(HandoverDialog)
    fill(dialog, giver="钱二", receiver="孙三")
    dialog.submit()
    settle()
    preview = opened(PrintPreview)
    assert preview.windowTitle() == "党支部资料移交清单"


@pytest.mark.parametrize("form", ["folder", "zip"])
def test_a_package_is_made_after_a_warning_and_restores(
    section, branch, messages, settle, opened, tmp_path, labels, form
) -> None:
    section.hand_over()
    dialog = opened(HandoverDialog)
    fill(dialog, what=form)
    target = tmp_path / "出"
    target.mkdir()
    messages.prepare(True, target if form == "folder" else target / "移交.zip")
    dialog.submit()
    settle()
    (place,) = target.iterdir()
    if form == "zip":
        with zipfile.ZipFile(place) as archive:
            archive.extractall(target / "开")
        place = target / "开"
    assert labels()[0] == "制作移交包"
    restore_library(place / "支部库备份.partyroom", tmp_path / "新")
    with Library.open(tmp_path / "新") as other:
        assert other.check() == []
    assert "移交包已制作" in messages.informed[-1]


def test_a_package_is_not_made_when_the_warning_is_heeded(section, messages, settle, opened, tmp_path) -> None:
    section.hand_over()
    dialog = opened(HandoverDialog)
    fill(dialog, what="zip")
    messages.prepare(False)
    dialog.submit()
    settle()
    assert list(Path(tmp_path).glob("*.zip")) == []


def test_open_items_of_a_year_are_previewed_with_copies(section, settle, opened) -> None:
    section.show_open_items(2025)
    settle()
    preview = opened(PrintPreview)
    assert preview.windowTitle() == "2025年度结转事项清单"
    labels = {action.text() for action in preview.findChildren(QAction)}
    assert {"另存为 Word…", "另存为 Excel…"} <= labels


def test_cancelling_the_papers_leaves_the_year_open_and_the_dialog_ready(
    section, branch, settle, opened, monkeypatch
) -> None:
    def cancelled(*_arguments: object) -> list[object]:
        raise CancelledError

    monkeypatch.setattr(closing_report, "render_papers", cancelled)
    section.close_shown_year()
    dialog = opened(YearClosingDialog)
    settle()
    fill(dialog, by="钱二")
    press(dialog, "close_year_button")
    settle()
    assert branch.read(closed_years) == frozenset()
    assert dialog.close_button.isEnabled()
