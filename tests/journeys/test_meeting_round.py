"""A meeting from the plan to the month's papers, told through the real window.

Planned, signed in, held with three absent, voted, recorded, sent to the departments, made up for, followed up, printed.
"""

# ruff: noqa: DTZ001  (a branch lives in one time zone)

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import date, datetime, time
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QLabel, QPushButton

from partyroom.desktop import Desktop
from partyroom.features.meetings.absence_dialog import AbsenceDialog
from partyroom.features.meetings.domain import Stage
from partyroom.features.meetings.meeting_dialog import MeetingDialog
from partyroom.features.meetings.notice_dialog import NoticeDialog
from partyroom.features.meetings.page import MeetingsPage
from partyroom.features.meetings.plan_dialog import PlanDialog
from partyroom.features.meetings.plan_form_dialog import PreviewDialog
from partyroom.features.members.domain import MemberDraft, PostKind
from partyroom.features.members.service import admit_member, appoint_committee
from partyroom.features.organisation.domain import Branch
from partyroom.features.organisation.service import list_departments, open_term, save_branch, save_department
from partyroom.storage.library import Library
from partyroom.ui.messages import Scripted

NAMES = tuple(f"{surname}样例" for surname in "赵钱孙李周吴郑王冯陈褚卫")
HEADS = {"语文科": "赵样例", "数学科": "郑样例"}
SLIPS = ("李样例", "王样例")
NO_SLIP = "冯样例"
AWAY = {*SLIPS, NO_SLIP}
TITLE = "2026年第四季度支部党员大会"
DECISION = "设立党员先锋岗。"


@pytest.fixture
def branch_folder(empty_library_folder: Path, tmp_path: Path, person: Callable[..., MemberDraft], at) -> Path:
    """Twelve members in two departments, the last probationary, and a committee of three; closed."""
    at(2, 8)

    def fill(session) -> None:
        save_branch(session, Branch("样例小学党支部"))
        ids = []
        for number, name in enumerate(NAMES):
            fields = {"department": "语文科" if number < 6 else "数学科"}
            if number == 11:
                fields |= {"category": "probationary", "joined": "2026-05-20", "full_since": None}
            ids.append(admit_member(session, person(name, **fields)))
        for one in list_departments(session):
            save_department(session, one.name, HEADS[one.name], "", department_id=one.id)
        term = open_term(session, "第六届", date(2024, 11, 22))
        posts = (PostKind.SECRETARY, PostKind.ORGANISATION, PostKind.PUBLICITY)
        appoint_committee(session, term, date(2024, 11, 22), dict(zip(posts, ids[:3], strict=True)))

    folder = tmp_path / "样例支部"
    shutil.copytree(empty_library_folder, folder)
    with Library.open(folder) as library:
        library.write("样例", fill)
    return folder


def test_a_meeting_goes_the_whole_round(
    desktop: Desktop, secretary, branch_folder: Path, tmp_path: Path, at: Callable[..., None]
) -> None:
    page = secretary.enter(branch_folder, MeetingsPage)
    at(2, 9)
    plan_the_assembly(page, secretary)
    at(11, 15)
    print_the_sign_in_sheet(page, secretary, tmp_path)
    at(12, 17)
    hold_the_assembly(page, secretary, tmp_path)
    at(13, 9)
    send_the_notice(page, secretary, tmp_path)
    at(16, 9)
    settle_the_absences(page, secretary)
    at(20, 17)
    take_the_resolution_up_again(page, secretary)
    at(30, 9)
    print_the_month(page, secretary, tmp_path)
    messages = desktop.messages
    assert isinstance(messages, Scripted)
    assert messages.errors == []
    assert messages.problems == []
    assert messages.warned == []


def plan_the_assembly(page: MeetingsPage, secretary) -> None:
    """By rule, the second month of each quarter; the quarters behind are not planned any more."""
    secretary.trigger(page, "年度计划…")
    plan = secretary.dialog(PlanDialog)
    secretary.press(plan, "by_rule_button")
    secretary.fill(
        kind="assembly", per="quarter", month=2, week=2, weekday=3, at=time(15, 30), place="党员活动室", skip=False
    )
    preview = secretary.dialog(PreviewDialog)
    assert [(line.title, line.starts_at) for line in preview.ticked()] == [(TITLE, datetime(2026, 11, 12, 15, 30))]
    secretary.press(preview, "save_button")
    assert planned(plan) == [("11月12日 周四 15:30", TITLE, "计划")]
    plan.reject()


def planned(plan: PlanDialog) -> list[tuple[str, str, str]]:
    heads = [plan.list.topLevelItem(month) for month in range(12)]
    items = [head.child(row) for head in heads if head is not None for row in range(head.childCount())]
    return [(item.text(0), item.text(2), item.text(4)) for item in items]


def print_the_sign_in_sheet(page: MeetingsPage, secretary, folder: Path) -> None:
    secretary.choose(page, "filter_stage", Stage.PLANNED.label)
    page.panel.select(page.panel.model.ids)
    secretary.trigger(page, "签到表")
    secretary.fill(form="names")
    text = secretary.paper(folder / "签到表.pdf")
    for words in (TITLE, "签到表", "2026年11月12日15:30", "党员活动室", *NAMES):
        assert words in text, words
    secretary.choose(page, "filter_stage", Stage.HELD.label)


def hold_the_assembly(page: MeetingsPage, secretary, folder: Path) -> None:
    """The planned meeting is opened from the plan; saving it after its time makes it a meeting that was held."""
    secretary.trigger(page, "年度计划…")
    plan = secretary.dialog(PlanDialog)
    november = plan.list.topLevelItem(10)
    assert november is not None
    november.child(0).setSelected(True)
    secretary.press(plan, "open_plan_button")
    editor = secretary.dialog(MeetingDialog)
    secretary.type_into(editor, "field_end", "16:40")
    mark_the_absent(editor)
    editor.go_to("minutes")
    secretary.commit(editor.minutes.edit, "一、传达学习\n会议传达了有关文件。")
    vote(editor, secretary)
    save = next(button for button in editor.findChildren(QPushButton) if button.text() == "保存并预览记录")
    save.click()
    secretary.settle()
    text = secretary.paper(folder / "记录.pdf")
    for words in (
        "支部党员大会记录",
        "会议传达了有关文件",
        "缺席人员及原因请假：冯样例、李样例、王样例",
        "赞成8票，反对0票，弃权0票；赞成超过应到会有表决权人数的半数，通过",
        f"1.会议表决通过：{DECISION}（责任人：孙样例，完成时限：12月20日前）",
    ):
        assert words in text, words
    assert secretary.column(page.panel, "attendance") == ["12/9"]


def mark_the_absent(editor: MeetingDialog) -> None:
    editor.go_to("attendance")
    grid = editor.attendance.view
    grid.setFocus()
    assert sorted(line.name for line in editor.attendance.lines) == sorted(NAMES)
    for row, line in enumerate(editor.attendance.lines):
        if line.name in AWAY:
            grid.go_to(row)
            QTest.keyClick(grid, Qt.Key.Key_3)  # 请假
    assert {line.name for line in editor.attendance.lines if line.state.label == "请假"} == AWAY


def vote(editor: MeetingDialog, secretary) -> None:
    """Twelve should be there, eleven may vote; the numbers come from the attendance, the verdict from the rule."""
    editor.go_to("votes")
    votes = editor.votes.table.model
    assert votes.setData(votes.index(0, 0), DECISION.rstrip("。"))
    assert votes.rows[0][3:5] == ["11", "8"]
    assert votes.setData(votes.index(0, 5), "8")
    verdict = editor.votes.findChild(QLabel, "vote_verdicts")
    assert verdict is not None
    assert "通过" in verdict.text()
    assert "未通过" not in verdict.text()
    editor.go_to("resolutions")
    secretary.trigger(editor, "写入已通过的事项")
    decided = editor.resolutions.table.model
    assert decided.rows[0][0] == f"会议表决通过：{DECISION}"
    assert decided.setData(decided.index(0, 1), "孙样例")
    assert decided.setData(decided.index(0, 2), "12月20日前")


def send_the_notice(page: MeetingsPage, secretary, folder: Path) -> None:
    """Each department has a copy that names its own absentees with the last day of their make-up lesson."""
    page.panel.select(page.panel.model.ids)
    secretary.trigger(page, "纪要通报")
    notices = secretary.dialog(NoticeDialog)
    assert secretary.column(notices.panel, "state") == ["未发", "未发"]
    notices.print_departments()
    secretary.settle()
    text = secretary.paper(folder / "各科室.pdf")
    for absentees in ("李样例（请假），请于2026年12月12日前", "冯样例（请假）、王样例（请假），请于2026年12月12日前"):
        assert text.count(absentees) == 1, text
    secretary.press(notices, "send_all_button")
    secretary.fill(sent_on=date(2026, 11, 13))
    assert secretary.column(notices.panel, "state") == ["已发，未签收", "已发，未签收"]
    notices.panel.select(notices.panel.model.ids[:1])
    secretary.trigger(notices, "登记签收…")
    secretary.fill(day=date(2026, 11, 13))
    assert secretary.column(notices.panel, "state") == ["已签收", "已发，未签收"]
    notices.reject()


def settle_the_absences(page: MeetingsPage, secretary) -> None:
    """Three slips are missing and three lessons owed; two slips come in, one lesson is held and confirmed."""
    secretary.trigger(page, "请假与补课…")
    absences = secretary.dialog(AbsenceDialog)
    slips, lessons = absences.slips.panel, absences.make_ups.panel
    assert set(secretary.column(slips, "name")) == AWAY
    assert set(secretary.column(lessons, "name")) == AWAY
    secretary.select(slips, SLIPS)
    secretary.trigger(absences.slips, "登记请假条…")
    day = date(2026, 11, 11)
    secretary.fill(category="sick", applied_on=day, signed_on=day, filed_by="孙样例", filed_on=day)
    assert secretary.column(slips, "name") == [NO_SLIP]
    assert secretary.column(slips, "status") == ["缺请假条"]
    absences.show_tab(1)
    secretary.select(lessons, SLIPS[:1])
    secretary.trigger(absences.make_ups, "已补课…")
    secretary.fill(done_on=date(2026, 11, 16), confirmed_by="孙样例")
    assert set(secretary.column(lessons, "name")) == AWAY - {SLIPS[0]}
    assert [absences.tabs.tabText(number) for number in (0, 1)] == ["请假条（缺1）", "补课（待补2）"]
    secretary.choose(absences.make_ups, "filter_status", "已补课")
    assert (secretary.column(lessons, "name"), secretary.column(lessons, "confirmed_by")) == ([SLIPS[0]], ["孙样例"])
    absences.accept()


def take_the_resolution_up_again(page: MeetingsPage, secretary) -> None:
    secretary.trigger(page, "新建会议")
    editor = secretary.dialog(MeetingDialog)
    kinds = editor.findChild(QComboBox, "field_kind")
    assert kinds is not None
    kinds.setCurrentText("主题党日")
    secretary.type_into(editor, "field_title", "十一月主题党日")
    secretary.type_into(editor, "field_start", "15:30")
    secretary.type_into(editor, "field_end", "16:30")
    secretary.settle()
    secretary.qtbot.waitUntil(lambda: len(editor.attendance.lines) == len(NAMES), timeout=20_000)
    editor.go_to("agenda")
    secretary.trigger(editor, "带入未办结事项（1）")
    (carried,) = editor.agenda.table.model.filled()
    assert carried[0].startswith("督办第")
    assert DECISION.rstrip("。") in carried[0]
    assert carried[1] == "孙样例"
    editor.save()
    secretary.settle()
    assert secretary.column(page.panel, "title") == ["十一月主题党日", TITLE]


def print_the_month(page: MeetingsPage, secretary, folder: Path) -> None:
    secretary.trigger(page, "打印一个月…")
    secretary.fill(form="record")
    text = secretary.paper(folder / "十一月.pdf")
    assert text.index(TITLE) < text.index("十一月主题党日") < text.index("督办第")
    assert DECISION.rstrip("。") in text[text.index("督办第") :]
