"""The calculator of dues: its answer in words, and its fields in the window."""

from __future__ import annotations

from datetime import date

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QComboBox, QLabel, QLineEdit, QScrollArea

from partyroom.core.errors import DomainError
from partyroom.features.dues.base import item_rules
from partyroom.features.dues.calculation import SWITCHES, answer
from partyroom.features.dues.calculator_page import DUES_CALCULATOR
from partyroom.features.dues.domain import DuesCategory
from partyroom.ui.calculators import CalculatorPanel
from partyroom.ui.form_fields import Kind

DAY = date(2026, 3, 1)
START = {"category": "employed", "rounding": 1, "reading": "2017"}
TEACHER = {
    "post": 281000,
    "grade": 177500,
    "base_performance": 230000,
    "allowance": 60000,
    "reward_performance": 120000,
    "income_tax": 3500,
    "pension_insurance": 59880,
    "medical_insurance": 14970,
    "unemployment_insurance": 3743,
    "housing_fund": 89820,
    "annuity": 29940,
}


def told(**values: object) -> list[str]:
    return answer(START | values, DAY).splitlines()


def test_c4_the_answer_shows_how_base_and_dues_arose():
    lines = told(**TEACHER)
    assert lines[0] == "每月应交党费：82.00元；类别：在职（按月取得工资）"
    assert [line[:3] for line in lines[1:]] == ["计入：", "扣除：", "不计入", "基数：", "党费：", "依据："]
    assert "基数：7485.00－2018.53＝5466.47元" in lines
    assert "党费：5466.47×1.5%＝81.99705，四舍五入到分为82.00元" in lines
    assert "不计入：奖励性绩效工资1200.00" in lines


@pytest.mark.parametrize(
    ("more", "due"),
    [
        ({"count_reward": True}, "100.00"),
        ({"count_reward": False}, "82.00"),
        ({"reading": "2008"}, "111.75"),
        ({"rounding": 100}, "82.00"),
        ({"teaching_age": 1000, "count_teaching_age": True}, "82.15"),
        ({"teaching_age": 1000, "count_teaching_age": False}, "82.00"),
        ({"base": 510000}, "76.50"),
        ({"category": "student"}, "0.20"),
        ({"category": "farmer", "farmer_amount": 80}, "0.80"),
        ({"category": "retired", "basic_pension": 620000}, "62.00"),
        ({"category": "annual", "received": 800000}, "120.00"),
        ({"category": "business", "quarter_net": 2700000}, "135.00"),
    ],
    ids=["C5", "C4", "C6", "yuan", "age", "age left out", "base", "C1", "C3", "B7", "C11", "C10"],
)
def test_switches_and_categories_change_the_answer(more, due):
    assert told(**TEACHER, **more)[0].startswith(f"每月应交党费：{due}元")


def test_nothing_is_answered_before_there_is_something_to_go_by():
    assert answer(START, DAY) == ""
    assert answer(START | {"category": "student"}, DAY).startswith("每月应交党费：0.20元")


def test_warnings_end_the_answer():
    assert told(**TEACHER, base=6_000_000)[-2:] == [
        "注意：已直接填写计算基数，各项收入和扣除没有参加计算。",
        "注意：按比例计算为1200.00元，月交党费一般不超过1000.00元，应交1000.00元；自愿多交的不限。",
    ]
    assert "请核对扣除项" in "".join(told(post=100, housing_fund=200))


def test_c3_an_impossible_amount_of_farmers_is_told_beside_its_field():
    with pytest.raises(DomainError) as refused:
        told(category="farmer", farmer_amount=150)
    assert refused.value.problems[0].field == "farmer_amount"


def test_every_field_of_the_window_is_understood():
    money = {field.key for field in DUES_CALCULATOR.fields if field.kind is Kind.MONEY}
    assert money - {"base", "farmer_amount"} <= set(item_rules())
    switches = {field.key for field in DUES_CALCULATOR.fields if field.kind is Kind.CHECK}
    assert switches == set(SWITCHES)
    categories = next(field for field in DUES_CALCULATOR.fields if field.key == "category").choices
    assert [code for code, _ in categories] == list(DuesCategory)


@pytest.fixture
def panel(qtbot, fixed_today) -> CalculatorPanel:
    made = CalculatorPanel(DUES_CALCULATOR)
    qtbot.addWidget(made)
    made.show()
    return made


def test_c4_c5_in_the_window(panel, qtbot):
    result = panel.findChild(QLabel, "answer")
    assert "填好上面的内容" in result.text()
    for code, fen in TEACHER.items():
        qtbot.keyClicks(panel.findChild(QLineEdit, f"field_{code}"), f"{fen // 100}.{fen % 100:02d}")
    assert result.text().startswith("每月应交党费：82.00元")
    panel.findChild(QCheckBox, "field_count_reward").click()
    assert result.text().startswith("每月应交党费：100.00元")


def test_a_wrong_amount_stops_the_answer_and_is_told_beside_its_field(panel, qtbot):
    category = panel.findChild(QComboBox, "field_category")
    category.setCurrentText("农民")
    qtbot.keyClicks(panel.findChild(QLineEdit, "field_farmer_amount"), "1.5")
    assert "0.20元至1.00元" in panel.findChild(QLabel, "note_farmer_amount").text()
    assert "填好上面的内容" in panel.findChild(QLabel, "answer").text()


def test_on_a_small_screen_the_fields_scroll_to_the_one_in_use(panel, qtbot):
    panel.resize(600, 420)
    panel.activateWindow()
    area = panel.findChild(QScrollArea)
    last = panel.findChild(QLineEdit, "field_annuity")

    def seen() -> bool:
        top = last.mapTo(area.viewport(), last.rect().topLeft()).y()
        return 0 <= top <= area.viewport().height() - last.height()

    qtbot.wait(20)
    assert not seen()
    panel.findChild(QLineEdit, "field_housing_fund").setFocus()
    qtbot.keyClick(panel.findChild(QLineEdit, "field_housing_fund"), Qt.Key.Key_Tab)
    assert last.hasFocus()
    qtbot.waitUntil(seen)
