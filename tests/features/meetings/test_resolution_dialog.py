# ruff: noqa: DTZ001  (a branch lives in one time zone)
from __future__ import annotations

import gc
import weakref
from datetime import date, datetime

import openpyxl
import pytest
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication

from partyroom.features.meetings.domain import Resolution
from partyroom.features.meetings.meeting_dialog import MeetingDialog
from partyroom.features.meetings.office import prepare_editor
from partyroom.features.meetings.page import MeetingsPage
from partyroom.features.meetings.resolution_dialog import ResolutionDialog
from partyroom.features.meetings.resolution_service import close_resolutions
from partyroom.features.meetings.service import get_meeting
from partyroom.ui.editors import LongTextEditor
from partyroom.ui.form import FormDialog
from partyroom.ui.print_preview import PrintPreview


@pytest.fixture
def decided(stored):
    return stored(
        resolutions=(
            Resolution("=按时上报<b>", "赵甲", "10月底"),
            Resolution("制定计划", "钱甲", "年底前"),
            Resolution("长期坚持", "", "长期"),
        )
    )


@pytest.fixture
def dialog(desk, qtbot, decided, fixed_today):
    made = ResolutionDialog(desk)
    qtbot.addWidget(made)
    made.open()
    settle(made)
    return made


def settle(dialog: ResolutionDialog) -> None:
    for _ in range(3):
        assert dialog._desk.tasks.wait_idle(20_000)


def shown(dialog: ResolutionDialog) -> list[tuple[str, str, str]]:
    model = dialog.panel.model
    rows = range(model.rowCount())
    return [tuple(str(model.index(row, column).data()) for column in (0, 2, 6)) for row in rows]


def choose(dialog: ResolutionDialog, *numbers: str) -> None:
    found = {row[0]: i for row, i in zip(shown(dialog), dialog.panel.model.ids, strict=True)}
    dialog.panel.select([found[number] for number in numbers])


def act(dialog: ResolutionDialog, text: str) -> FormDialog:
    next(one for one in dialog.findChildren(QAction) if one.text().startswith(text)).trigger()
    return next(w for w in QApplication.topLevelWidgets() if isinstance(w, FormDialog) and w.isVisible())


def fill(form: FormDialog, **texts: str) -> None:
    for key, text in texts.items():
        editor = form.grid.cells[key].editor
        target = editor.line if hasattr(editor, "line") else editor
        if isinstance(target, LongTextEditor):
            target.area.setPlainText(text)
        else:
            target.setText(text)


def test_open_and_overdue_ones_are_listed_with_their_numbers(dialog):
    assert shown(dialog) == [
        ("2026-03", "长期坚持", "办理中"),
        ("2026-02", "制定计划", "办理中"),
        ("2026-01", "=按时上报<b>", "逾期"),
    ]
    assert dialog.panel.model.index(2, 4).data() == "10月底"


def test_progress_is_noted_then_closed_then_taken_up_again(dialog, branch, decided):
    choose(dialog, "2026-01")
    form = act(dialog, "登记办理情况")
    fill(form, on_day="2026.9.1", text="已起草")
    form.submit()
    settle(dialog)
    assert form.grid.cells["on_day"].note.text() == "日期早于会议日期，请核对。"
    fill(form, on_day="2026.10.8", by="赵甲")
    form.submit()
    settle(dialog)
    assert dialog.panel.model.index(2, 5).data() == "2026年10月8日 已起草（赵甲）"
    choose(dialog, "2026-01", "2026-02")
    form = act(dialog, "办结")
    form.submit()
    settle(dialog)
    assert [row[0] for row in shown(dialog)] == ["2026-03"]
    combo = dialog.findChild(object, "filter_state")
    combo.setCurrentIndex(combo.findData("closed"))
    settle(dialog)
    assert [(row[0], row[2]) for row in shown(dialog)] == [("2026-02", "已办结"), ("2026-01", "已办结")]
    choose(dialog, "2026-01")
    form = act(dialog, "重新办理")
    form.submit()
    assert form.isVisible()
    fill(form, reason="材料不全")
    form.submit()
    settle(dialog)
    assert [row[0] for row in shown(dialog)] == ["2026-02"]
    draft = branch.read(lambda s: get_meeting(s, decided)).draft
    assert [one.number for one in draft.resolutions] == ["2026-01", "2026-02", "2026-03"]


def test_the_ledger_is_saved_as_a_workbook_of_texts(dialog, messages, tmp_path):
    path = tmp_path / "台账.xlsx"
    messages.prepare(path)
    dialog.export_ledger()
    settle(dialog)
    sheet = openpyxl.load_workbook(path).active
    lines = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2, max_row=5)]
    assert lines[0] == ["编号", "会议", "决议内容", "责任人", "完成时限", "办理情况", "状态"]
    assert lines[3][:5] == ["2026-01", "2026年9月10日\n第三季度党员大会", "=按时上报<b>", "赵甲", "10月底"]
    assert sheet["C5"].data_type == "s"


def test_the_ledger_is_previewed(dialog, monkeypatch, qtbot):
    made = []
    original = PrintPreview.__init__

    def remember(self, desk, title, pdf, file_name, **options):
        made.append((title, pdf))
        original(self, desk, title, pdf, file_name, **options)

    monkeypatch.setattr(PrintPreview, "__init__", remember)
    dialog.print_ledger()
    qtbot.waitUntil(lambda: len(made) == 1, timeout=20_000)
    settle(dialog)
    assert made[0][0] == "议事决策督办台账"
    assert made[0][1][:5] == b"%PDF-"
    next(w for w in QApplication.topLevelWidgets() if isinstance(w, PrintPreview) and w.isVisible()).reject()


def test_nothing_is_printed_of_an_empty_list(dialog, messages):
    dialog.panel.bar.search.setText("没有这项")
    dialog.panel.bar.search.search_now()
    settle(dialog)
    dialog.print_ledger()
    settle(dialog)
    dialog.export_ledger()
    settle(dialog)
    assert messages.informed[-2:] == ["列表是空的，没有可以打印的决议。", "列表是空的，没有可以导出的决议。"]


def test_the_page_opens_it(desk, qtbot, decided, fixed_today):
    page = MeetingsPage(desk)
    qtbot.addWidget(page)
    page.show_resolutions()
    found = page.findChild(ResolutionDialog)
    settle(found)
    assert len(shown(found)) == 3
    found.reject()


def test_the_dialog_is_freed(desk, qtbot, decided):
    dialog = ResolutionDialog(desk)
    dialog.open()
    settle(dialog)
    gone = weakref.ref(dialog)
    dialog.reject()
    del dialog
    qtbot.wait(20)
    gc.collect()
    assert gone() is None


@pytest.fixture
def edit(desk, branch, qtbot, fixed_today):
    def build(meeting_id: int) -> MeetingDialog:
        dialog = MeetingDialog(desk, branch.read(lambda s: prepare_editor(s, meeting_id)))
        qtbot.addWidget(dialog)
        dialog.open()
        settle(dialog)
        return dialog

    return build


def test_the_next_meetings_agenda_takes_up_what_is_open(edit, branch, decided, stored):
    first = branch.read(lambda s: get_meeting(s, decided)).draft.resolutions[1]
    branch.write("办结", lambda s: close_resolutions(s, [first.id], date(2026, 9, 20)))
    later = stored("第四季度党员大会", starts_at=datetime(2026, 11, 20, 15))
    dialog = edit(later)
    assert dialog.agenda._carry.text() == "带入未办结事项（2）"
    dialog.agenda._carry.trigger()
    assert dialog.agenda._carry.text() == "带入未办结事项"
    assert not dialog.agenda._carry.isEnabled()
    dialog.save()
    settle(dialog)
    agenda = branch.read(lambda s: get_meeting(s, later)).draft.agenda
    assert [(one.title, one.speaker) for one in agenda] == [
        ("督办第2026-01号决议：=按时上报<b>（完成时限：10月底）", "赵甲"),
        ("督办第2026-03号决议：长期坚持（完成时限：长期）", ""),
    ]


def test_the_first_meeting_has_nothing_to_take_up(edit, decided):
    dialog = edit(decided)
    assert dialog.agenda._carry.text() == "带入未办结事项"
    assert not dialog.agenda._carry.isEnabled()
    dialog.reject()


def test_rows_moved_and_retyped_in_the_editor_stay_the_same_resolutions(edit, branch, decided):
    before = branch.read(lambda s: get_meeting(s, decided)).draft.resolutions
    dialog = edit(decided)
    model = dialog.resolutions.table.model
    model.move(0, 1)
    model.setData(model.index(0, 0), "制定全年计划")
    model.remove([2])
    model.setData(model.index(2, 0), "新的决议")
    kept = dialog.resolutions.state()
    dialog.resolutions.restore(kept)
    dialog.save()
    settle(dialog)
    after = branch.read(lambda s: get_meeting(s, decided)).draft.resolutions
    assert [(one.text, one.number) for one in after] == [
        ("制定全年计划", "2026-02"),
        ("=按时上报<b>", "2026-01"),
        ("新的决议", "2026-04"),
    ]
    assert [one.id for one in after[:2]] == [before[1].id, before[0].id]


def test_input_kept_by_an_older_version_comes_back(edit, decided):
    dialog = edit(decided)
    dialog.resolutions.restore([["旧的", "张三", "月底"]])
    assert dialog.resolutions.fields()["resolutions"] == (Resolution("旧的", "张三", "月底"),)
    dialog.reject()
