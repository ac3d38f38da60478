"""The year plan as a calendar: going about by keys and buttons, marks, opening, planning and moving."""

# ruff: noqa: DTZ001  (a branch lives in one time zone)
from __future__ import annotations

from datetime import date, datetime

import pytest
from PySide6.QtCore import QMimeData, QPointF, QRect, Qt
from PySide6.QtGui import QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton

from partyroom.features.meetings.domain import Stage
from partyroom.features.meetings.plan_calendar_page import line_rects, more, short_line
from partyroom.features.meetings.plan_dialog import PlanDialog
from partyroom.features.meetings.plan_form_dialog import OneMeetingDialog
from partyroom.features.meetings.service import get_meeting
from partyroom.ui.form import FormDialog
from partyroom.ui.theme import apply_theme

PLANNED = datetime(2026, 12, 10, 15, 0)


@pytest.fixture
def show(desk, qtbot, fixed_today):
    def open_plan() -> PlanDialog:
        plan = PlanDialog(desk)
        qtbot.addWidget(plan)
        with qtbot.waitExposed(plan):
            plan.open()
        settle(plan)
        return plan

    return open_plan


def settle(plan) -> None:
    for _ in range(3):
        assert plan._desk.tasks.wait_idle(20_000)


def form(kind):
    found = [widget for widget in QApplication.topLevelWidgets() if isinstance(widget, kind) and widget.isVisible()]
    assert len(found) == 1, found
    return found[0]


def key(plan, code) -> None:
    QTest.keyClick(plan.calendar.view, code)


def press(plan, name) -> None:
    button = plan.findChild(QPushButton, name)
    assert button.isEnabled()
    button.click()


def day_texts(plan) -> list[str]:
    return [plan.calendar.list.item(row).text() for row in range(plan.calendar.list.count())]


def drop(plan, meeting_id: int, day: date) -> bool:
    """Let go of a meeting over a day, as Qt would tell the view."""
    view, model = plan.calendar.view, plan.calendar.model
    row = plan._rows[meeting_id]
    data = model.mime_of(row)
    at = QPointF(view.visualRect(model.index_of(day)).center())
    buttons, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    event = QDropEvent(at, Qt.DropAction.MoveAction, data, buttons, none)
    event.ignore()
    view.dropEvent(event)
    settle(plan)
    return event.isAccepted()


def test_it_opens_at_today_with_an_empty_month(show):
    plan = show()
    page = plan.calendar
    assert (page.day, page.title.text()) == (date(2026, 11, 22), "2026年11月")
    assert page.heading.text() == "11月22日 周日（今天）"
    assert day_texts(plan) == []
    assert page.model.rowCount() == 6
    assert not any(
        plan.findChild(QPushButton, name).isEnabled()
        for name in ("open_plan_button", "move_button", "call_off_button", "replan_button", "bin_plan_button")
    )


def test_keys_go_by_days_weeks_and_months_across_their_ends(show):
    plan = show()
    page = plan.calendar
    for code, day in (
        (Qt.Key.Key_Down, date(2026, 11, 29)),
        (Qt.Key.Key_Right, date(2026, 11, 30)),
        (Qt.Key.Key_Right, date(2026, 12, 1)),
        (Qt.Key.Key_Left, date(2026, 11, 30)),
        (Qt.Key.Key_PageDown, date(2026, 12, 30)),
        (Qt.Key.Key_Up, date(2026, 12, 23)),
        (Qt.Key.Key_PageUp, date(2026, 11, 23)),
    ):
        key(plan, code)
        assert page.day == day
        assert page.view.currentIndex() == page.model.index_of(day)
    page.go_to(date(2026, 12, 31))
    press(plan, "month_before_button")
    assert page.day == date(2026, 11, 30)
    press(plan, "calendar_today_button")
    assert page.day == date(2026, 11, 22)


def test_another_year_is_read_when_the_calendar_comes_to_it(show, stored):
    stored("明年的党日", kind="theme_day", starts_at=datetime(2027, 1, 22, 15, 0), stage=Stage.PLANNED)
    plan = show()
    press(plan, "month_after_button")
    press(plan, "month_after_button")
    settle(plan)
    assert plan.year == 2027
    assert day_texts(plan) == ["○ 计划 15:00\n明年的党日"]
    press(plan, "year_before_button")
    settle(plan)
    assert (plan.year, plan.calendar.day) == (2026, date(2026, 1, 22))


def test_stages_are_told_by_mark_and_word_and_user_text_is_escaped(show, stored):
    for title, stage in (("<b>党日</b>", Stage.PLANNED), ("党课", Stage.HELD), ("取消的", Stage.CANCELLED)):
        stored(title, kind="theme_day", starts_at=PLANNED, stage=stage)
    plan = show()
    page = plan.calendar
    page.go_to(PLANNED.date())
    assert [text[:5] for text in day_texts(plan)] == ["○ 计划 ", "● 已召开", "× 已取消"]
    index = page.model.index_of(PLANNED.date())
    tip = index.data(Qt.ItemDataRole.ToolTipRole)
    assert "&lt;b&gt;党日" in tip
    assert "<b>" not in tip
    assert "● 15:00 党课（已召开）" in tip
    assert "<b>党日</b>（计划）" in index.data(Qt.ItemDataRole.AccessibleTextRole)


def test_short_lines_keep_the_kind_and_count_what_has_no_room(show, stored):
    number = stored("党日", kind="theme_day", starts_at=PLANNED, stage=Stage.PLANNED)
    plan = show()
    row, metrics = plan._rows[number], plan.fontMetrics()
    assert short_line(row, 1000, metrics) == "○ 15:00 主题党日"
    assert short_line(row, metrics.horizontalAdvance("○主题党日") + 1, metrics) == "○主题党日"
    tall, low = QRect(0, 0, 120, metrics.height() * 5), QRect(0, 0, 120, metrics.height() + 5)
    assert (len(line_rects(tall, 5, metrics)), more(5, 3)) == (3, "＋2")
    side_by_side = line_rects(low, 2, metrics)
    assert [short_line(row, line.width(), metrics) for line in side_by_side] == ["○", "○"]
    assert len(line_rects(low, 5, metrics)) == 2
    assert more(3, 3) == ""
    assert all(tall.contains(line) for line in line_rects(tall, 5, metrics))


def test_enter_opens_the_only_meeting_of_a_day(show, stored, qtbot):
    number = stored("党日", kind="theme_day", starts_at=PLANNED, stage=Stage.PLANNED)
    plan = show()
    plan.calendar.go_to(PLANNED.date())
    with qtbot.waitSignal(plan.opened) as caught:
        key(plan, Qt.Key.Key_Return)
    assert caught.args == [number]


def test_enter_steps_to_the_list_where_there_are_several(show, stored, qtbot):
    stored("上午", starts_at=datetime(2026, 12, 10, 9, 0), stage=Stage.PLANNED)
    second = stored("下午", starts_at=PLANNED, stage=Stage.PLANNED)
    plan = show()
    plan.calendar.go_to(PLANNED.date())
    key(plan, Qt.Key.Key_Return)
    assert plan.focusWidget() is plan.calendar.list
    QTest.keyClick(plan.calendar.list, Qt.Key.Key_Down)
    assert plan._chosen() == [second]
    with qtbot.waitSignal(plan.opened) as caught:
        press(plan, "open_plan_button")
    assert caught.args == [second]


def test_a_double_click_on_an_empty_day_plans_a_meeting_there(show):
    plan = show()
    page = plan.calendar
    page.go_to(date(2026, 12, 1))
    spot = page.view.visualRect(page.model.index_of(date(2026, 12, 16))).center()
    QTest.mouseClick(page.view.viewport(), Qt.MouseButton.LeftButton, pos=spot)
    QTest.mouseDClick(page.view.viewport(), Qt.MouseButton.LeftButton, pos=spot)
    asked = form(OneMeetingDialog)
    asked.grid.cells["kind"].editor.set_value("theme_day")
    asked.submit()
    settle(plan)
    assert day_texts(plan) == ["○ 计划 15:30\n主题党日"]
    assert page.day == date(2026, 12, 16)


def test_a_day_that_is_past_takes_no_plan(show, messages):
    plan = show()
    notices = []
    messages.said.connect(notices.append)
    plan.calendar.go_to(date(2026, 11, 21))
    key(plan, Qt.Key.Key_Return)
    assert "已经过去" in notices[-1].text


def test_a_planned_meeting_is_dragged_to_another_day_and_taken_back(show, stored, branch, messages):
    number = stored("党日", kind="theme_day", starts_at=PLANNED, stage=Stage.PLANNED)
    plan = show()
    notices = []
    messages.said.connect(notices.append)
    plan.calendar.go_to(PLANNED.date())
    assert drop(plan, number, date(2026, 12, 17))
    draft = branch.read(lambda session: get_meeting(session, number)).draft
    assert (draft.starts_at, draft.ends_at) == (datetime(2026, 12, 17, 15, 0), datetime(2026, 12, 17, 16, 0))
    assert (plan.calendar.day, plan._chosen()) == (date(2026, 12, 17), [number])
    notices[-1].slot()
    settle(plan)
    assert branch.read(lambda session: get_meeting(session, number)).draft.starts_at == PLANNED


def test_held_meetings_foreign_data_and_days_of_other_months_are_not_dropped(show, stored, branch):
    number = stored("开过的", starts_at=PLANNED)
    plan = show()
    plan.calendar.go_to(PLANNED.date())
    model = plan.calendar.model
    drop(plan, number, date(2026, 12, 17))
    assert branch.read(lambda session: get_meeting(session, number)).draft.starts_at == PLANNED
    target = model.index_of(date(2026, 12, 17))
    assert not model.canDropMimeData(QMimeData(), Qt.DropAction.MoveAction, -1, -1, target)
    assert model.flags(model.index(0, 0)) == Qt.ItemFlag.NoItemFlags


def test_the_keyboard_moves_with_the_button(show, stored):
    stored("党日", kind="theme_day", starts_at=PLANNED, stage=Stage.PLANNED)
    plan = show()
    plan.calendar.go_to(PLANNED.date())
    press(plan, "move_button")
    asked = form(FormDialog)
    asked.grid.cells["starts_at"].editor.set_value(datetime(2026, 12, 24, 15, 0))
    asked.submit()
    settle(plan)
    assert day_texts(plan) == []
    plan.calendar.go_to(date(2026, 12, 24))
    assert day_texts(plan) == ["○ 计划 15:00\n党日"]


def test_calendar_and_list_show_the_same_meeting_when_switched(show, stored):
    number = stored("党日", kind="theme_day", starts_at=PLANNED, stage=Stage.PLANNED)
    plan = show()
    plan.calendar.go_to(PLANNED.date())
    press(plan, "list_view_button")
    assert plan._chosen() == [number]
    assert plan.stack.currentWidget() is plan.list
    plan.calendar.go_to(date(2026, 3, 1))
    press(plan, "calendar_view_button")
    assert (plan.calendar.day, plan._chosen()) == (PLANNED.date(), [number])


def test_the_list_can_be_asked_for_before_the_year_is_read(desk, qtbot, fixed_today):
    plan = PlanDialog(desk)
    qtbot.addWidget(plan)
    press(plan, "list_view_button")
    settle(plan)
    assert plan.list.currentItem().text(0).startswith("11月")


def test_a_cancelled_meeting_says_how_to_take_it_up_again(show, stored, messages):
    stored("党日", kind="theme_day", starts_at=PLANNED, stage=Stage.CANCELLED)
    plan = show()
    notices = []
    messages.said.connect(notices.append)
    plan.calendar.go_to(PLANNED.date())
    key(plan, Qt.Key.Key_Return)
    assert plan.isVisible()
    assert "恢复计划" in notices[-1].text


def test_the_model_keeps_the_rules(show, stored, qtmodeltester):
    stored("党日", kind="theme_day", starts_at=PLANNED, stage=Stage.PLANNED)
    plan = show()
    plan.calendar.go_to(PLANNED.date())
    qtmodeltester.check(plan.calendar.model)


@pytest.mark.parametrize("large", [False, True])
def test_six_weeks_fit_a_small_window_in_every_letter_size(show, stored, qapp, large):
    stored("党日", kind="theme_day", starts_at=datetime(2026, 11, 30, 15, 0), stage=Stage.PLANNED)
    apply_theme(qapp, large=large)
    try:
        plan = show()
        plan.resize(944, 492)
        assert (plan.width(), plan.height()) == (944, 492)
        view, model = plan.calendar.view, plan.calendar.model
        last = view.visualRect(model.index_of(date(2026, 11, 30)))
        assert view.viewport().rect().adjusted(0, 0, 1, 1).contains(last)
        assert last.height() > view.fontMetrics().height()
    finally:
        apply_theme(qapp)
