"""考勤统计 and 三会一课汇总 on screen, over a real library."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import openpyxl
import pytest
from PySide6.QtWidgets import QApplication, QComboBox, QPushButton

from partyroom.features.meetings.domain import State, meeting_kinds
from partyroom.features.meetings.service import expected_attendance
from partyroom.features.meetings.sign_in_dialog import ask_sign_in
from partyroom.features.meetings.statistics_dialog import StatisticsDialog
from partyroom.ui.form import FormDialog
from partyroom.ui.print_preview import PrintPreview


@pytest.fixture
def year(branch, stored):
    """An assembly in March with one late and two away, a lecture in September, an assembly last year."""
    lines = list(branch.read(lambda s: expected_attendance(s, "assembly", date(2026, 3, 5))))
    for place, state in ((0, State.LATE), (1, State.ABSENT), (2, State.LEAVE)):
        lines[place] = replace(lines[place], state=state)
    stored("三月大会", starts_at=datetime(2026, 3, 5, 15), attendance=tuple(lines))  # noqa: DTZ001
    stored("九月党课", kind="lecture", starts_at=datetime(2026, 9, 5, 15))  # noqa: DTZ001
    stored("去年大会", starts_at=datetime(2025, 3, 5, 15))  # noqa: DTZ001
    return [line.name for line in lines]


@pytest.fixture
def dialog(desk, year, qtbot, fixed_today):
    made = StatisticsDialog(desk, meeting_kinds())
    qtbot.addWidget(made)
    made.show()
    settle(made)
    return made


def settle(dialog):
    for _ in range(3):
        assert dialog._desk.tasks.wait_idle(20_000)


def lines(panel):
    model = panel.model
    columns = range(model.columnCount())
    return [[str(model.index(row, column).data()) for column in columns] for row in range(model.rowCount())]


def only(kind):
    (found,) = [w for w in QApplication.topLevelWidgets() if isinstance(w, kind) and w.isVisible()]
    return found


def test_people_and_months_of_this_year_stand_in_the_tables(dialog, year):
    people = {line[0]: line[3:] for line in lines(dialog.people)}
    assert len(people) == 30
    assert people[year[0]] == ["2", "1", "1", "0", "0", "0", "100.0%"]
    assert people[year[1]] == ["2", "1", "0", "0", "0", "1", "50.0%"]
    assert lines(dialog.months) == [
        ["2026年3月", "1", "28", "25", "1", "1", "0", "1", "92.9%"],
        ["2026年9月", "1", "30", "30", "0", "0", "0", "0", "100.0%"],
    ]


def test_the_lowest_rates_come_first_when_sorted_by_rate(dialog, year):
    dialog.people.sort("rate", descending=False)
    settle(dialog)
    assert {line[0] for line in lines(dialog.people)[:2]} == {year[1], year[2]}
    dialog.people.sort("late", descending=True)
    settle(dialog)
    assert lines(dialog.people)[0][0] == year[0]


def test_another_period_and_kind_narrow_the_figures(dialog):
    dialog._kind_actions["lecture"].setChecked(True)
    settle(dialog)
    assert [line[0] for line in lines(dialog.months)] == ["2026年9月"]
    assert dialog.kind_button.text() == "党课"
    dialog._on_all_kinds_triggered()
    dialog.period.setCurrentIndex(1)
    dialog.period.activated.emit(1)
    settle(dialog)
    assert [line[0] for line in lines(dialog.months)] == ["2025年3月"]
    dialog.first.set_value(date(2025, 1, 1))
    dialog.last.set_value(date(2026, 12, 31))
    dialog.last.left.emit()
    settle(dialog)
    assert len(lines(dialog.months)) == 3
    assert dialog.findChild(QComboBox, "period_box").currentText() == "自定期间"


def test_a_period_the_wrong_way_round_is_refused_in_words(dialog):
    dialog.first.set_value(date(2027, 1, 1))
    dialog.first.left.emit()
    assert dialog.problem.text() == "结束日期早于开始日期，请核对。"
    dialog.first.line.setText("2026年2月30日")
    dialog.first.left.emit()
    assert "看不懂" in dialog.problem.text()
    settle(dialog)
    assert len(lines(dialog.months)) == 2


def test_the_chart_draws_a_column_for_each_month_when_it_is_looked_at(dialog, qtbot):
    assert dialog.chart.plot is None
    dialog.tabs.setCurrentWidget(dialog.chart)
    assert dialog.chart.plot is not None
    ticks = dialog.chart.plot.getAxis("bottom")._tickLevels[0]
    assert [text for _, text in ticks] == ["3月\n2026年", "9月\n"]
    assert dialog.chart.accessibleDescription() == "2026年3月出勤率92.9%；2026年9月出勤率100.0%"
    dialog.period.activated.emit(2)
    settle(dialog)
    assert [text for _, text in dialog.chart.plot.getAxis("bottom")._tickLevels[0]] == ["9月\n2026年"]


def test_the_tables_go_into_a_workbook_and_onto_paper(dialog, messages, tmp_path):
    target = tmp_path / "统计.xlsx"
    messages.prepare(target)
    dialog.findChild(QPushButton, "export_button").click()
    settle(dialog)
    book = openpyxl.load_workbook(target)
    assert book["按月"]["C3"].value == 28
    dialog.findChild(QPushButton, "print_button").click()
    settle(dialog)
    preview = only(PrintPreview)
    assert "考勤统计表" in preview.pane.document.getAllText(0).text()
    preview.done(0)


def test_an_empty_period_has_nothing_to_print(dialog, messages):
    dialog._kind_actions["election"].setChecked(True)
    settle(dialog)
    dialog.findChild(QPushButton, "print_button").click()
    settle(dialog)
    assert messages.problems[-1][0] == "没有可以输出的"


def test_the_summary_of_a_year_is_asked_for_and_previewed(dialog):
    dialog.findChild(QPushButton, "summary_button").click()
    settle(dialog)
    form = only(FormDialog)
    assert [label for _, label in form.grid.cells["year"].editor.field.choices] == ["2026年", "2025年"]
    form.submit()
    settle(dialog)
    preview = only(PrintPreview)
    text = preview.pane.document.getAllText(0).text().replace("\r\n", "")
    assert "2026年“三会一课”开展情况汇总表" in text
    preview.done(0)


def test_new_attendance_shows_at_once(dialog, stored):
    dialog._desk.store.write("x", lambda _s: None)
    stored("十月大会", starts_at=datetime(2026, 10, 5, 15))  # noqa: DTZ001
    dialog._desk.tasks.data_changed.emit(frozenset({"attendance"}))
    settle(dialog)
    assert [line[0] for line in lines(dialog.months)] == ["2026年3月", "2026年9月", "2026年10月"]


@pytest.mark.parametrize(("form", "named"), [("names", True), ("blank", False)])
def test_a_sign_in_sheet_is_previewed_with_names_or_blank(desk, branch, stored, qtbot, form, named):
    meeting = stored()
    owner = QPushButton()
    qtbot.addWidget(owner)
    ask_sign_in(desk, owner, meeting)
    only(FormDialog).grid.cells["form"].editor.set_value(form)
    only(FormDialog).submit()
    for _ in range(3):
        assert desk.tasks.wait_idle(20_000)
    preview = only(PrintPreview)
    text = preview.pane.document.getAllText(0).text()
    assert "签到表" in text
    assert ("赵甲" in text) == named
    preview.done(0)
