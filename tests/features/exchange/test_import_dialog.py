"""The preview of an import: what it shows, what the user decides, and that nothing happens before."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
import shiboken6
from PySide6.QtCore import QAbstractItemModel, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton, QWidget

from partyroom.core.calendar import RecordedDate
from partyroom.features.exchange.import_dialog import ImportDialog
from partyroom.features.exchange.import_model import HEADINGS, ImportModel, Show
from partyroom.features.exchange.plan import ChoiceKind, RosterPlan, plan_roster
from partyroom.features.exchange.verdicts import ExistingMember, VerdictKind

HEAD = ["序号", "姓名", "性别", "出生年月", "手机", "部门", "爱好"]


def existing(number: int, name: str, **values: object) -> ExistingMember:
    birth = values.get("birth")
    assert birth is None or isinstance(birth, RecordedDate)
    return ExistingMember(number, name, birth, "", values)


MEMBERS = (
    existing(1, "张三", birth=RecordedDate("1985-03-02"), phone="13800001234"),
    existing(2, "李四", birth=RecordedDate("1986-04"), phone="13900005678"),
    existing(3, "王五", phone="13700000003"),
    existing(4, "赵六", department="语文科"),
    existing(5, "赵六", department="数学科"),
)
ROWS = (
    HEAD,
    [1, "张三", "", "1985.3", "13811112222", "", "篮球"],  # 2: update
    [2, "李四", "", "1986.4", "13900005678", "", ""],  # 3: unchanged
    [3, "新来的", "男", "1990年3月", "", "教务处", ""],  # 4: new
    [4, "王五", "", "", "13711111111", "", ""],  # 5: doubtful, one candidate
    [5, "赵六", "女", "", "", "", ""],  # 6: doubtful, two candidates
    [6, "<b>坏&</b>", "不详", "1990-02-30", "123", "=1+1", ""],  # 7: new, with warnings
    [7, "", "男", "1990年3月", "", "教务处", ""],  # 8: refused
)


@pytest.fixture
def plan(parse: Callable[..., object]) -> RosterPlan:
    return plan_roster(parse(ROWS), MEMBERS)


@pytest.fixture
def dialog(desk, plan, qtbot) -> ImportDialog:
    made = ImportDialog(desk, "名册.xlsx", plan)
    made.open()
    qtbot.waitUntil(made.isVisible)
    return made


def column(model: QAbstractItemModel, at: int) -> list[str]:
    return [str(model.index(row, at).data()) for row in range(model.rowCount())]


def button(dialog: QWidget, name: str) -> QPushButton:
    found = dialog.findChild(QPushButton, name)
    assert found is not None, name
    return found


def select(dialog: ImportDialog, *rows: int) -> None:
    dialog._select(list(rows))


def test_model_keeps_the_rules_of_qt(plan, qtmodeltester):
    model = ImportModel(plan)
    qtmodeltester.check(model)
    model.show(Show.WARNED)
    qtmodeltester.check(model)


def test_every_row_of_the_file_is_listed_with_its_verdict(dialog):
    model = dialog.model
    assert [model.headerData(i, Qt.Orientation.Horizontal) for i in range(5)] == list(HEADINGS)
    assert column(model, 0) == ["2", "3", "4", "5", "6", "7", "8"]
    assert column(model, 2) == ["更新", "无变化", "新增", "同一人，更新", "另一人，新增", "新增", "不能导入"]
    assert column(model, 3)[0] == "手机号码：13800001234 → 13811112222"
    assert "没有姓名" in column(model, 4)[6]


def test_what_was_not_read_is_said(dialog):
    notes = dialog.findChild(QWidget, "import_notes").text()
    assert "识别了5个栏目" in notes
    assert "爱好" in notes


def test_filters_show_counts_and_only_rows_of_their_sort(dialog):
    assert button(dialog, "show_doubtful").text() == "需确认 2"
    button(dialog, "show_refused").click()
    assert column(dialog.model, 0) == ["8"]
    assert "没有姓名" in dialog.detail.toPlainText()
    button(dialog, "show_new").click()
    assert column(dialog.model, 0) == ["4", "6", "7"]
    button(dialog, "show_all").click()
    assert dialog.model.rowCount() == 7


def test_sorts_without_rows_cannot_be_chosen(desk, parse):
    dialog = ImportDialog(desk, "x", plan_roster(parse([HEAD, [1, "甲", "", "", "", "", ""]]), ()))
    assert not button(dialog, "show_refused").isEnabled()
    assert not button(dialog, "choose_skip").isVisibleTo(dialog)


def test_details_tell_doubts_changes_and_contents_as_plain_text(dialog):
    select(dialog, 7)
    text = dialog.detail.toPlainText()
    assert "姓名：<b>坏&</b>" in text
    assert "1990-02-30" in text
    assert "提醒：" in text


def test_decisions_are_offered_only_for_doubtful_rows(dialog):
    select(dialog, 2)
    assert not button(dialog, "choose_skip").isEnabled()
    select(dialog, 5)
    assert all(button(dialog, name).isEnabled() for name in ("choose_update", "choose_new", "choose_skip"))
    assert not dialog.candidates.isVisible()


def test_one_of_several_namesakes_can_be_chosen(dialog):
    select(dialog, 6)
    assert dialog.candidates.isVisible()
    texts = [dialog.candidates.itemText(i) for i in range(dialog.candidates.count())]
    assert texts == ["赵六，出生日期未填，语文科", "赵六，出生日期未填，数学科"]
    dialog.candidates.setCurrentIndex(1)
    button(dialog, "choose_update").click()
    (step,) = [s for s in dialog.plan.steps if s.row.row == 6]
    assert (step.choice.kind, step.choice.member_id, step.verdict.kind) == (ChoiceKind.UPDATE, 5, VerdictKind.UPDATE)
    assert dialog.candidates.currentData() == 5
    assert column(dialog.model, 2)[4] == "同一人，更新"


def test_decisions_count_in_the_button_and_keep_the_selection(dialog):
    assert dialog.accept_button.text() == "导入（新增3人，更新2人）"
    select(dialog, 5, 6)
    assert not button(dialog, "choose_update").isEnabled()  # which of the two is meant is open
    button(dialog, "choose_skip").click()
    assert dialog.accept_button.text() == "导入（新增2人，更新1人）"
    assert [line.row for line in dialog._selected()] == [5, 6]
    button(dialog, "choose_new").click()
    assert dialog.accept_button.text() == "导入（新增4人，更新1人）"


def test_file_without_anything_new_cannot_be_imported(desk, parse):
    dialog = ImportDialog(desk, "x", plan_roster(parse([HEAD, [2, "李四", "", "1986.4", "", "", ""]]), MEMBERS))
    assert dialog.accept_button.text() == "没有要导入的内容"
    assert not dialog.accept_button.isEnabled()


def test_file_with_a_header_alone_says_that_it_holds_nobody(desk, parse):
    dialog = ImportDialog(desk, "x", plan_roster(parse([HEAD, ["填表人：张三"]]), MEMBERS))
    assert dialog.detail.toPlainText() == "这个文件里没有人员可以导入。"
    assert not dialog.accept_button.isEnabled()


def test_enter_in_the_list_does_not_import(dialog, qtbot):
    with qtbot.assertNotEmitted(dialog.import_requested, wait=50):
        QTest.keyClick(dialog.view, Qt.Key.Key_Return)
    assert dialog.isVisible()


def test_import_hands_over_the_decided_plan_and_frees_the_dialog(dialog, qtbot):
    select(dialog, 5)
    button(dialog, "choose_skip").click()
    asked: list[RosterPlan] = []
    dialog.import_requested.connect(asked.append)
    QTest.keyClick(dialog.view, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert [plan.skipped for plan in asked] == [1]
    qtbot.waitUntil(lambda: not shiboken6.isValid(dialog))


def test_esc_imports_nothing(dialog, qtbot):
    asked: list[RosterPlan] = []
    dialog.import_requested.connect(asked.append)
    QTest.keyClick(dialog.view, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: not shiboken6.isValid(dialog))
    assert asked == []


def test_tab_goes_through_the_dialog_from_top_to_bottom(dialog, qtbot):
    select(dialog, 6)
    dialog.activateWindow()
    button(dialog, "show_all").setFocus()
    order: list[str] = []
    for _ in range(30):
        focus = QApplication.focusWidget()
        assert focus is not None
        if focus.objectName() in order:
            break
        order.append(focus.objectName())
        QTest.keyClick(focus, Qt.Key.Key_Tab)
    wanted = ["show_all", "import_table", "import_detail", "choose_member", "choose_update", "cancel_import"]
    places = [order.index(name) for name in [*wanted, "accept_import"]]
    assert places == sorted(places), order


def test_whole_preview_fits_a_small_screen(dialog):
    dialog.resize(624, 352)
    assert dialog.minimumSizeHint().width() <= 640
    assert dialog.accept_button.geometry().bottom() <= dialog.height()


@pytest.fixture
def time_to_decide(desk, parse: Callable[..., object]) -> Callable[[int], float]:
    def decide(count: int) -> float:
        rows: Sequence[Sequence[object]] = [HEAD, *([i, f"人{i}", "男", "", "", "", ""] for i in range(count))]
        return _time_to_skip_all(desk, plan_roster(parse(rows), [existing(i, f"人{i}") for i in range(count)]))

    return decide


def test_five_thousand_doubtful_rows_are_decided_at_once(time_to_decide, qtbot):
    assert time_to_decide(5000) < 100 * time_to_decide(250)  # in proportion, not squared


def _time_to_skip_all(desk, plan: RosterPlan) -> float:
    dialog = ImportDialog(desk, "大.xlsx", plan)
    dialog.open()
    started = time.perf_counter()
    dialog.view.selectAll()
    button(dialog, "choose_skip").click()
    button(dialog, "show_doubtful").click()
    dialog.view.scrollToBottom()
    dialog.view.grab()
    taken = time.perf_counter() - started
    assert dialog.plan.skipped == len(plan.steps)
    dialog.reject()
    return taken


def test_bad_files_get_one_sentence(tmp_path: Path):
    from partyroom.core.errors import DomainError
    from partyroom.features.exchange.service import parse_file

    cases = {
        "a.xlsx": b"",
        "b.xlsx": b"%PDF-1.7 ...",
        "c.xlsx": b"PK\x03\x04 broken",
        "d.csv": "没有表头\n只有文字\n".encode(),
    }
    for name, data in cases.items():
        path = tmp_path / name
        path.write_bytes(data)
        with pytest.raises(DomainError) as caught:
            parse_file(path)
        assert str(caught.value).endswith("。")
        assert "\n" not in str(caught.value)
