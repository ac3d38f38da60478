"""The preview of an import as a table."""

from __future__ import annotations

from PySide6.QtCore import Qt

from partyroom.features.pledges.import_verdicts import ImportContext, Person, import_plan
from partyroom.features.pledges.pledge_import_model import HEADINGS, PledgeImportModel

CONTEXT = ImportContext(2026, (Person(1, "吴六", "语文科"),), "样例小学党支部")


def made() -> PledgeImportModel:
    rows = [["吴六", "听课", "6月底"], ["吴六", "笔记", ""], ["无此人", "<b>x</b>", "昨天"]]
    return PledgeImportModel(import_plan(["姓名", "承诺事项", "完成时限"], rows, CONTEXT))


def test_every_row_is_listed_with_its_verdict(qtmodeltester):
    model = made()
    qtmodeltester.check(model)
    assert [model.index(row, 1).data() for row in range(3)] == ["可以导入", "可以导入", "有问题"]
    assert "没有完成时限" in str(model.index(1, len(HEADINGS) - 1).data())


def test_only_what_is_told_of_can_be_listed(qtmodeltester):
    model = made()
    model.show(only_told=True)
    qtmodeltester.check(model)
    assert [model.index(row, 0).data() for row in range(model.rowCount())] == ["3", "4"]
    model.show(only_told=False)
    assert model.rowCount() == 3


def test_tool_tips_are_no_markup():
    model = made()
    assert "<" not in str(model.index(2, 4).data(Qt.ItemDataRole.ToolTipRole))
