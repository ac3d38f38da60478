"""Import and export on the roster's page: from file to library and back, whole or not at all."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from PySide6.QtCore import QElapsedTimer, QTimer
from PySide6.QtWidgets import QPushButton

from partyroom.core.errors import CancelledError
from partyroom.core.identity import check_digit
from partyroom.features.exchange import page as page_module
from partyroom.features.exchange.import_dialog import ImportDialog
from partyroom.features.exchange.page import RosterPage
from partyroom.features.exchange.plan import Choice, ChoiceKind
from partyroom.features.exchange.service import read_roster
from partyroom.features.exchange.verdicts import VerdictKind
from partyroom.features.members import service as members
from partyroom.features.members.domain import MemberDraft
from partyroom.features.organisation.domain import Branch
from partyroom.features.organisation.service import list_departments, save_branch
from partyroom.ui.form import FormDialog
from partyroom.ui.messages import Notice
from partyroom.ui.tasks import Tasks

HEAD = ["序号", "姓名", "性别", "出生年月", "手机", "部门"]


@pytest.fixture
def page(desk, qtbot, settle, fixed_today) -> RosterPage:
    made = RosterPage(desk)
    qtbot.addWidget(made)
    made.resize(1100, 700)
    with qtbot.waitExposed(made):
        made.show()
    settle()
    return made


@pytest.fixture
def notices(messages) -> list[Notice]:
    said: list[Notice] = []
    messages.said.connect(said.append)
    return said


@pytest.fixture
def bring(page, settle, opened, messages) -> Callable[[Path], ImportDialog]:
    """Chooses a file as the user does and returns its preview."""

    def choose(path: Path) -> ImportDialog:
        messages.prepare(path)
        page._on_import_triggered()
        settle()
        dialog = opened(ImportDialog)
        assert isinstance(dialog, ImportDialog)
        return dialog

    return choose


def names(library) -> list[str]:
    return sorted(member.draft.name for member in library.read(members.all_details))


@pytest.fixture
def messy(save_xlsx) -> Path:
    return save_xlsx(
        [
            ["样例小学党支部党员花名册"],
            ["填报单位：样例小学", "", "", "", "2026年"],
            HEAD,
            [1, "张三", "男", "1985.3", "13800001234", "语文科"],
            [2, "李 四", "女", "1986年4月2日", 13900005678, "数学科"],
            [],
            [3, "", "女", "1987.1", "", "数学科"],
            [4, "<b>&{}", "不详", "昨天", "=1+1", "../../x"],
            ["填表人：某某"],
        ],
        merges=["A1:F1"],
    )


def test_messy_workbook_is_imported_whole_and_undone_whole(bring, messy, settle, library, notices, messages):
    dialog = bring(messy)
    assert names(library) == []  # the preview alone writes nothing
    dialog.accept_button.click()
    settle()
    assert names(library) == ["<b>&{}", "张三", "李四"]
    assert {d.name for d in library.read(list_departments)} == {"语文科", "数学科", "../../x"}
    assert notices[-1].text == "导入完成：新增3人，更新0人。"
    assert notices[-1].action == "撤销这次导入"
    notices[-1].slot()
    settle()
    assert names(library) == []
    assert library.read(list_departments) == []
    assert notices[-1].text == "已撤销这次导入，花名册恢复到导入前。"
    assert messages.problems == []


def test_import_is_not_undone_over_later_changes(bring, messy, settle, library, notices, messages):
    bring(messy).accept_button.click()
    settle()
    undo = notices[-1].slot
    first = library.read(members.all_details)[0]
    later = MemberDraft.from_values({**first.draft.values(), "post": "班主任"})
    library.write("修改人员信息：后来", lambda s: members.update_member(s, first.id, later))
    undo()
    settle()
    ((title, text, _),) = messages.problems
    assert title == "撤销导入花名册"
    assert "之后又做过“修改人员信息：后来”" in text
    assert len(names(library)) == 3


def test_closing_the_preview_changes_nothing(bring, messy, settle, library, labels):
    before = labels()
    bring(messy).reject()
    settle()
    assert names(library) == []
    assert labels() == before


def test_cancelled_import_changes_nothing_and_keeps_the_decisions(
    bring, messy, settle, library, messages, opened, monkeypatch, labels
):
    before = labels()
    real = page_module.service.apply_roster

    def cancelled(session, plan, report):
        done = []

        def stop(number: int, total: int, text: str) -> None:
            done.append(number)
            if len(done) == 2:
                raise CancelledError

        return real(session, plan, stop)

    monkeypatch.setattr(page_module.service, "apply_roster", cancelled)
    dialog = bring(messy)
    dialog.plan = dialog.plan.with_choice(4, Choice(ChoiceKind.SKIP))
    dialog.accept_button.click()
    settle()
    assert names(library) == []
    assert library.read(list_departments) == []
    assert labels() == before
    assert messages.informed == ["已取消导入，花名册没有任何改动。"]
    again = opened(ImportDialog)
    assert again.plan.skipped == 1
    again.reject()


def test_import_that_no_longer_fits_is_refused_as_a_whole(bring, messy, settle, library, messages, person, save_xlsx):
    library.write("x", lambda s: members.admit_member(s, person("张三", birth="1985-03-02")))
    dialog = bring(messy)
    (step,) = [s for s in dialog.plan.steps if s.row.name == "张三"]
    assert step.verdict.kind is VerdictKind.UPDATE
    library.write("删", lambda s: members.bin_members(s, [step.verdict.member_id]))
    dialog.accept_button.click()
    settle()
    assert names(library) == []
    ((title, text, _),) = messages.problems
    assert title == "没有导入"
    assert "花名册没有任何改动" in text


@pytest.mark.parametrize(
    ("name", "data"), [("空.xlsx", b""), ("图.xlsx", b"\x89PNG...."), ("坏.xlsx", b"PK\x03\x04....")]
)
def test_bad_file_gets_a_sentence_and_no_preview(page, settle, messages, tmp_path, name, data):
    path = tmp_path / name
    path.write_bytes(data)
    page.import_file(path)
    settle()
    ((_, text, detail),) = messages.problems
    assert text.endswith("。")
    assert detail == ""


def test_choosing_no_file_does_nothing(page, settle, messages):
    messages.prepare(None)
    page._on_import_triggered()
    settle()
    assert messages.problems == []


# Export


def number(first: str) -> str:
    return first + check_digit(first)


@pytest.fixture
def people(library, person) -> None:
    """Records with everything that could go wrong between writing and reading."""
    drafts = (
        person(
            "张三",
            id_number=number("99010119850302002"),
            sex="female",
            birth="1985-03-02",
            phone="13800001234",
            landline="0999-9900001",
            address="样例省样例市样例区一号楼2单元301",
            household="样例路1号",
            group="第一党小组",
            department="语文科",
            remarks="第一行\n=cmd|'/c calc'!A0",
            floating=True,
            introducers="甲、乙",
        ),
        person("李四", birth="1986-04", joined="2010", full_since="七月", id_number="123456", phone="说不清"),
        person("王五", category=None, joined=None, full_since=None, title="=1+1", address="家"),
        person("同名", birth="1990-01-01", phone="13700000001"),
        person("同名", birth="1990-01-02", phone="13700000002"),
        person("阿娜尔·甲", category="applicant", joined=None, full_since=None, education="大学本科"),
        person("已转出", standing="transferred", left="2026-01-05"),
        person("不详的", typed={"sex": "不详", "employment": "返聘"}),
    )
    codes = {"sex": members_sex, "category": members_category, "standing": members_standing}

    def work(session) -> None:
        save_branch(session, Branch("样例小学党支部"))
        for draft in drafts:
            values = draft.values()
            values |= {k: codes[k](values[k]) for k in codes if isinstance(values[k], str)}
            members.admit_member(session, MemberDraft.from_values(values))

    library.write("样例", work)


def members_sex(code: str) -> object:
    from partyroom.core.identity import Sex

    return Sex(code)


def members_category(code: str) -> object:
    from partyroom.features.members.domain import Category

    return Category(code)


def members_standing(code: str) -> object:
    from partyroom.features.members.domain import Standing

    return Standing(code)


@pytest.fixture
def export(page, settle, opened, messages, tmp_path) -> Callable[[str], Path]:
    def run(what: str) -> Path:
        path = tmp_path / f"{what}.xlsx"
        messages.prepare(path)
        page._on_export_triggered()
        dialog = opened(FormDialog)
        dialog.grid.cells["what"].editor.set_value(what)
        dialog.submit()
        settle()
        return path

    return run


def cells(path: Path) -> list[list[object]]:
    sheet = openpyxl.load_workbook(path).active
    return [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)]


def test_full_export_is_written_down_and_read_back_unchanged(people, export, library, labels, messages):
    path = export("full")
    assert labels()[0] == "导出未遮盖的花名册：full.xlsx"
    assert messages.informed == [f"已导出：{path}"]
    plan = library.read(lambda session: read_roster(session, path))
    assert {step.row.name: step.verdict.kind for step in plan.steps if step.verdict.kind.value != "unchanged"} == {}
    assert len(plan.steps) == 8
    assert plan.refusals == ()


def test_masked_export_hides_numbers_and_damages_nothing_when_read_back(people, export, library, labels):
    before = labels()
    path = export("masked")
    assert labels() == before
    text = str(cells(path))
    assert "13800001234" not in text
    assert "9901011985" not in text
    assert "一号楼" not in text
    plan = library.read(lambda session: read_roster(session, path))
    assert [(s.row.name, s.verdict.changes) for s in plan.steps if s.verdict.kind is VerdictKind.UPDATE] == []
    assert [s.row.name for s in plan.steps if s.verdict.kind is VerdictKind.NEW] == []


def test_formulas_and_line_breaks_stay_texts(people, export):
    rows = cells(export("full"))
    head = rows[0]
    line = next(row for row in rows if row[head.index("姓名")] == "张三")
    assert line[head.index("备注")] == "第一行\n=cmd|'/c calc'!A0"
    book = openpyxl.load_workbook(export("full"))
    kinds = {cell.data_type for row in book.active.iter_rows() for cell in row}
    assert "f" not in kinds


def test_shown_export_has_the_columns_order_and_masks_of_the_list(people, page, export, settle, labels):
    page.reload()
    settle()
    before = labels()
    rows = cells(export("shown"))
    assert rows[0] == ["序号", *[column.title for column in page.table.visible_columns()]]
    assert [row[1] for row in rows[1:]] == [
        page.table.model.index(i, 0).data() for i in range(page.table.model.rowCount())
    ]
    assert "已转出" not in [row[1] for row in rows]
    assert "138****1234" in str(rows)
    assert labels() == before


def test_shown_export_of_open_numbers_is_written_down(people, page, export, settle, labels):
    page.reload()
    settle()
    page.table.bar.reveal.click()
    settle()
    assert "13800001234" in str(cells(export("shown")))
    assert labels()[0] == "导出未遮盖的花名册：shown.xlsx"


def test_shown_export_read_back_changes_nothing(people, page, export, settle, library):
    page.reload()
    settle()
    path = export("shown")
    plan = library.read(lambda session: read_roster(session, path))
    assert [(s.row.name, s.verdict.changes) for s in plan.steps if s.verdict.changes] == []


def test_export_without_a_place_keeps_the_question_open(people, page, opened, messages, settle):
    messages.prepare(None)
    page._on_export_triggered()
    dialog = opened(FormDialog)
    dialog.submit()
    settle()
    assert dialog.isVisible()
    dialog.findChild(QPushButton, "cancel_button").click()


def test_export_to_a_place_that_is_gone_gets_a_sentence(people, page, opened, messages, settle, tmp_path):
    messages.prepare(tmp_path / "没有" / "x.xlsx")
    page._on_export_triggered()
    opened(FormDialog).submit()
    settle()
    ((_, text, _),) = messages.problems
    assert "不存在" in text


def test_five_thousand_people_are_imported_while_the_window_lives(bring, save_xlsx, desk, library, qtbot):
    path = save_xlsx([HEAD, *([i, f"人{i}", "男", "1985.3", "", "语文科"] for i in range(5000))])
    dialog = bring(path)
    dialog.accept_button.click()
    tasks: Tasks = desk.tasks
    beats: list[int] = []
    clock = QElapsedTimer()
    clock.start()
    timer = QTimer(interval=20)
    timer.timeout.connect(lambda: beats.append(clock.restart()))
    timer.start()
    qtbot.waitUntil(lambda: not tasks.busy, timeout=60_000)
    timer.stop()
    assert len(names(library)) == 5000
    assert max(beats) < 1000, max(beats)


@pytest.mark.parametrize(
    ("kind", "people"),
    [
        (ChoiceKind.UPDATE, {"张山"}),
        (ChoiceKind.NEW, {"张三", "张山"}),
        (ChoiceKind.SKIP, {"张三", "张山"}),
    ],
)
def test_second_row_of_a_person_follows_wherever_the_first_row_goes(
    bring, save_xlsx, settle, library, person, kind, people
):
    """The first row may be taken for somebody known, for somebody new, or be skipped."""
    member = library.write("x", lambda s: members.admit_member(s, person("张三", group="第一党小组"))).result
    identity = number("99010119850302002")
    path = save_xlsx(
        [["姓名", "身份证号", "部门", "手机"], ["张三", identity, "语文科", ""], ["张山", identity, "", "13800001234"]]
    )
    dialog = bring(path)
    assert [step.into_row for step in dialog.plan.steps] == [None, 2]
    dialog.plan = dialog.plan.with_choice(2, Choice(ChoiceKind.SKIP))
    assert [step.verdict.kind for step in dialog.plan.steps][1] is VerdictKind.NEW
    dialog.plan = dialog.plan.with_choice(2, Choice(kind, member if kind is ChoiceKind.UPDATE else None))
    dialog.accept_button.click()
    settle()
    found = {m.draft.name: m.draft for m in library.read(members.all_details)}
    assert set(found) == people
    assert found["张山"].phone == "13800001234"
    assert found["张山"].department == ("" if kind is ChoiceKind.SKIP else "语文科")
    assert found["张山"].group == ("第一党小组" if kind is ChoiceKind.UPDATE else "")
