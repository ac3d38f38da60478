from __future__ import annotations

import subprocess
from datetime import date

import pytest

from partyroom.features.dues.charts_page import ChartsPage
from partyroom.features.dues.domain import DuesCategory
from partyroom.features.dues.tables import AssessmentRecord

pytestmark = pytest.mark.usefixtures("fixed_today")


@pytest.fixture
def page(desk, qtbot, settle):
    made = ChartsPage(desk)
    qtbot.addWidget(made)
    made.resize(1100, 560)

    def show(year: int = 2026) -> ChartsPage:
        made.reload(year)
        made.show()
        settle()
        return made

    return show


@pytest.fixture
def paying(library, open_year, payer, receive):
    """A member of 1.5 % who owes 90.00 a month from January and paid January and February."""
    open_year()
    record = AssessmentRecord(
        member_id=payer,
        from_month=date(2026, 1, 1),
        category=DuesCategory.EMPLOYED,
        base_fen=6000_00,
        rate_bp=150,
        before_cap_fen=90_00,
        due_fen=90_00,
        rounding_fen=1,
        rule_version="2017",
        assessed_on=date(2026, 1, 5),
    )
    library.write("核定", lambda session: session.add(record))
    receive(date(2026, 1, 10), 90_00)
    receive(date(2026, 2, 10), 90_00)


def shown(page: ChartsPage) -> list[list[str]]:
    model = page.panels[page.tabs.currentIndex()].model
    return [
        [model.index(row, column).data() for column in range(model.columnCount())] for row in range(model.rowCount())
    ]


def test_charts_are_told_in_words_too(page, paying, settle) -> None:
    found = page()
    assert found.sentence.text() == "全年应交 1,080.00 元，实交 180.00 元（16.7%）。"
    assert found.plots[0].accessibleDescription() == found.sentence.text()
    found.tabs.setCurrentIndex(1)
    settle()
    assert found.sentence.text() == "已结束的月份共欠交 720.00 元，人数最多的是3月（1人）。"
    found.tabs.setCurrentIndex(2)
    settle()
    assert found.sentence.text() == "2026年11月共1人：1.5%的1人。"


def test_chart_is_drawn_when_it_is_looked_at(page, paying, settle) -> None:
    found = page()
    assert [plot.plot is not None for plot in found.plots] == [True, False, False]
    found.tabs.setCurrentIndex(1)
    settle()
    assert found.plots[1].plot.isVisible()
    assert not found.plots[1].empty.isVisible()


def test_table_holds_the_figures_of_the_chart(page, paying, settle) -> None:
    found = page()
    found.as_table.setChecked(True)
    settle()
    assert shown(found)[:3] == [
        ["1月", "90.00", "90.00", "100%", "0.00"],
        ["2月", "90.00", "90.00", "100%", "0.00"],
        ["3月", "90.00", "0.00", "0%", "0.00"],
    ]
    found.tabs.setCurrentIndex(1)
    settle()
    assert shown(found)[2] == ["3月", "0", "0", "0", "1", "1", "90.00"]
    found.tabs.setCurrentIndex(2)
    settle()
    assert shown(found) == [["1.5%", "1", "90.00"]]


def test_table_models_keep_qt_rules(page, paying, settle, qtmodeltester) -> None:
    found = page()
    found.as_table.setChecked(True)
    settle()
    qtmodeltester.check(found.panels[0].model)


def test_another_year_without_dues_says_what_to_do(page, paying, settle) -> None:
    found = page()
    found.reload(2025)
    settle()
    assert found.plots[0].empty.isVisible()
    assert "先开立年度" in found.plots[0].empty.text()
    assert not found.plots[0].plot.isVisible()
    assert not found.sentence.isVisible()


def test_plotting_is_loaded_late(python) -> None:
    code = "import sys, partyroom.features.dues.charts_page; sys.exit('pyqtgraph' in sys.modules)"
    assert subprocess.run([python, "-c", code], check=False).returncode == 0
