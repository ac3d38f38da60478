"""纪要通报 on screen and on paper, over a real library."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pypdfium2
import pytest
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QComboBox, QPushButton

from partyroom.documents.model import FormGrid
from partyroom.features.meetings.domain import Stage, State
from partyroom.features.meetings.meeting_dialog import MeetingDialog
from partyroom.features.meetings.notice_dialog import NoticeDialog
from partyroom.features.meetings.notice_report import department_files, department_notice
from partyroom.features.meetings.notice_service import choose_departments, distributions, mark_sent, notices_of
from partyroom.features.meetings.notices import Delivery
from partyroom.features.meetings.page import MeetingsPage
from partyroom.features.meetings.service import expected_attendance
from partyroom.features.meetings.statistics_dialog import StatisticsDialog
from partyroom.features.meetings.tables import Meeting
from partyroom.features.organisation.service import save_department
from partyroom.ui.form import FormDialog
from partyroom.ui.print_preview import PrintPreview


@pytest.fixture
def meeting(offices, stored):
    lines = list(offices.read(lambda s: expected_attendance(s, "assembly", date(2026, 9, 10))))
    lines[3] = replace(lines[3], state=State.LEAVE, reason="病假")
    lines[4] = replace(lines[4], state=State.ABSENT, department="")
    return stored(attendance=tuple(lines), minutes="一、传达学习\n传达了文件精神。")


@pytest.fixture
def dialog(desk, offices, meeting, qtbot, fixed_today):
    made = NoticeDialog(desk, [meeting])
    qtbot.addWidget(made)
    made.show()
    assert desk.tasks.wait_idle()
    return made


def settle(dialog):
    for _ in range(3):
        assert dialog._desk.tasks.wait_idle(20_000)


def lines(dialog, *columns):
    model = dialog.panel.model
    return [[str(model.index(row, column).data()) for column in columns] for row in range(model.rowCount())]


def press(dialog, name):
    dialog.findChild(QPushButton, name).click()
    settle(dialog)


def row_action(dialog, text):
    next(a for a in dialog.findChildren(QAction) if a.text().startswith(text)).trigger()
    settle(dialog)


def only(kind):
    (found,) = [w for w in QApplication.topLevelWidgets() if isinstance(w, kind) and w.isVisible()]
    return found


def fill(dialog, **values):
    form = only(FormDialog)
    for key, value in values.items():
        form.grid.cells[key].editor.set_value(value)
    form.submit()
    settle(dialog)


def test_every_department_stands_there_with_its_absentees(dialog):
    assert lines(dialog, 1, 2, 3, 4) == [
        ["语文科", "赵甲", dialog.panel.model.index(0, 3).data(), "未发"],
        ["数学科", "钱主任", "", "未发"],
        ["后勤科", "", "", "未发"],
    ]
    assert dialog.panel.model.index(0, 3).data()
    assert dialog.caution.isVisibleTo(dialog)
    assert "没有科室提到" in dialog.caution.text()


def test_all_are_sent_then_one_acknowledges_and_the_rest_can_be_listed(dialog, messages):
    press(dialog, "send_all_button")
    fill(dialog, sent_on=date(2026, 9, 11))
    assert {line[0] for line in lines(dialog, 5)} == {"2026.09.11"}
    dialog.panel.select([dialog.panel.model.ids[1]])
    row_action(dialog, "登记签收")
    assert only(FormDialog).grid.cells["by"].editor.value() == "钱主任"
    fill(dialog, day=date(2026, 9, 12))
    assert lines(dialog, 4, 6, 7)[1] == ["已签收", "钱主任", "2026.09.12"]
    combo = dialog.findChild(QComboBox, "filter_state")
    combo.setCurrentIndex(combo.findText("已发，未签收"))
    settle(dialog)
    assert [line[0] for line in lines(dialog, 1)] == ["语文科", "后勤科"]
    press(dialog, "send_all_button")
    assert messages.problems[-1][0] == "没有要标的"


def test_a_day_before_the_meeting_is_refused_beside_its_field(dialog, messages):
    press(dialog, "send_all_button")
    fill(dialog, sent_on=date(2026, 9, 1))
    form = only(FormDialog)
    assert "早于" in form.grid.cells["sent_on"].note.text()
    messages.prepare(True)
    form.reject()
    settle(dialog)
    assert {line[0] for line in lines(dialog, 4)} == {"未发"}


def test_what_was_recorded_by_mistake_is_taken_back_after_a_question(dialog, messages, offices, meeting):
    offices.write("发", lambda s: mark_sent(s, [(meeting, "语文科")], date(2026, 9, 11)))
    dialog._reload()
    settle(dialog)
    dialog.panel.select([dialog.panel.model.ids[0]])
    messages.prepare(False, True)
    row_action(dialog, "撤回登记")
    assert lines(dialog, 4)[0] == ["已发，未签收"]
    row_action(dialog, "撤回登记")
    assert lines(dialog, 4)[0] == ["未发"]


def test_the_departments_of_a_meeting_can_be_chosen(dialog, offices, meeting):
    press(dialog, "departments_button")
    fill(dialog, departments=("语文科", "后勤科"))
    assert [line[0] for line in lines(dialog, 1)] == ["语文科", "后勤科"]
    (one,) = offices.read(distributions)
    assert [line.department for line in one.deliveries] == ["语文科", "后勤科"]


def test_the_wider_range_shows_all_meetings_that_were_sent_out(dialog, offices, stored, meeting):
    other = stored("第一季度党员大会")
    offices.write("范围", lambda s: choose_departments(s, other, ["数学科"]))
    combo = dialog.findChild(QComboBox, "filter_scope")
    combo.setCurrentIndex(combo.findText("所有已分发的会议"))
    settle(dialog)
    assert [line[0] for line in lines(dialog, 1)] == ["数学科"]


def test_each_department_gets_its_own_copy_in_one_preview(dialog):
    dialog.print_departments()
    settle(dialog)
    settle(dialog)
    preview = only(PrintPreview)
    assert preview.pane.page_count >= 3
    preview.done(0)


def test_each_department_is_saved_into_a_file_of_its_own(dialog, offices, messages, tmp_path):
    offices.write("科室", lambda s: save_department(s, "../语文:科", "", ""))
    folder = tmp_path / "纪要"
    folder.mkdir()
    messages.prepare(folder)
    dialog.save_departments()
    settle(dialog)
    settle(dialog)
    names = sorted(path.name for path in folder.iterdir())
    assert len(names) == 4
    assert "2026年第1号会议纪要（语文科）.pdf" in names
    assert "2026年第1号会议纪要（.._语文_科）.pdf" in names
    pages = pypdfium2.PdfDocument(folder / "2026年第1号会议纪要（数学科）.pdf")
    text = "".join(page.get_textpage().get_text_range() for page in pages).replace("\r\n", "")
    assert "数学科" in text
    assert "本科室无缺席人员" in text
    assert "病假）" in text  # in 请假 of the notice itself
    messages.prepare(folder, False)
    dialog.save_departments()
    settle(dialog)
    assert messages.asked[-1][0] == "替换已有的文件？"


def test_the_receipt_ledger_has_a_line_for_each_department(dialog):
    dialog.print_receipts()
    settle(dialog)
    settle(dialog)
    preview = only(PrintPreview)
    text = preview.pane.document.getAllText(0).text().replace("\r\n", "")
    assert "会议纪要签收单" in text
    assert "钱主任" in text
    assert "2026年第1号 第三季度党员大会" in text
    preview.done(0)


def test_the_strip_names_only_the_department_s_own_absentees(offices, meeting):
    ((detail, one),), branch = offices.read(lambda s: notices_of(s, [meeting]))
    own, other = (department_notice(detail, branch, line) for line in one.deliveries[:2])
    (name,) = [person.name for person in one.deliveries[0].absentees]
    cells = [[cell.text for row in doc.blocks[-1].rows for cell in row.cells] for doc in (own, other)]
    assert isinstance(own.blocks[-1], FormGrid)
    assert any(text.startswith(f"{name}（病假）") for text in cells[0])
    assert not any(name in text for text in cells[1])


def test_departments_whose_safe_names_are_the_same_get_files_of_their_own(offices, meeting):
    ((detail, _),), _ = offices.read(lambda s: notices_of(s, [meeting]))
    names = department_files([(detail, Delivery(meeting, name)) for name in ("语/文", "语:文", "语文", "x" * 200)])
    assert len(set(names)) == 4
    assert names[:2] == ["2026年第1号会议纪要（语_文）.pdf", "2026年第1号会议纪要（语_文）2.pdf"]
    assert all(name.endswith(".pdf") and len(name) <= 80 for name in names)


@pytest.fixture
def page(desk, offices, meeting, qtbot, fixed_today):
    made = MeetingsPage(desk)
    qtbot.addWidget(made)
    with qtbot.waitExposed(made):
        made.show()
    assert desk.tasks.wait_idle()
    made.panel.select([meeting])
    return made


@pytest.mark.parametrize(
    ("text", "dialog"), [("纪要通报", NoticeDialog), ("签到表", FormDialog), ("统计汇总", StatisticsDialog)]
)
def test_the_page_leads_to_notices_sign_in_sheet_and_statistics(page, qtbot, text, dialog):
    next(action for action in page.findChildren(QAction) if action.text().startswith(text)).trigger()
    qtbot.waitUntil(lambda: any(isinstance(w, dialog) and w.isVisible() for w in QApplication.topLevelWidgets()))
    assert page.desk.tasks.wait_idle(20_000)
    only(dialog).done(0)


def test_the_editor_prints_the_sheet_of_what_is_entered(page, meeting, qtbot):
    page.edit_meeting(meeting)
    assert page.desk.tasks.wait_idle(20_000)
    editor = only(MeetingDialog)
    assert page.desk.tasks.wait_idle(20_000)
    editor.findChild(QAction, "print_sign_in").trigger()
    only(FormDialog).submit()
    for _ in range(3):
        assert page.desk.tasks.wait_idle(20_000)
    preview = only(PrintPreview)
    text = preview.pane.document.getAllText(0).text().replace("\r\n", "")
    assert "签到表" in text
    assert "应到30人" in text
    preview.done(0)
    editor.done(0)


def test_a_meeting_still_to_come_has_nothing_to_send_or_print(desk, offices, meeting, messages, qtbot):
    def plan(session):
        session.get(Meeting, meeting).stage = Stage.PLANNED

    offices.write("阶段", plan)
    dialog = NoticeDialog(desk, [meeting])
    qtbot.addWidget(dialog)
    dialog.show()
    settle(dialog)
    assert "没有可以通报的会议纪要" in dialog.panel.view.note.text.text()
    for act in (dialog.send_all, dialog.print_departments, dialog.save_departments, dialog.print_receipts):
        act()
        settle(dialog)
    assert {text for _, text, _ in messages.problems} == {"所选会议还没有召开，或者还没有登记科室。"}
    assert len(messages.problems) == 4
