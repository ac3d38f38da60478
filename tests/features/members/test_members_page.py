"""The roster's screens, driven as a secretary drives them, over a real library."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QPushButton

from partyroom.core.calendar import RecordedDate
from partyroom.core.identity import Sex, check_digit, check_identity
from partyroom.features.members import service
from partyroom.features.members.committee_dialog import CommitteeDialog, load_committee
from partyroom.features.members.domain import Category, MemberDraft, PostKind, Standing
from partyroom.features.members.member_dialog import MemberDialog
from partyroom.features.members.page import MembersPage, summarise
from partyroom.features.organisation.service import list_groups, list_terms
from partyroom.features.safekeeping.service import restore_latest
from partyroom.storage.library import Library
from partyroom.ui.table import Query


def number(first: str) -> str:
    return first + check_digit(first)


WOMAN = number("99010119850302002")
YOUNG = number("99010120051231001")  # its first 15 digits are a number of the old kind


@pytest.fixture
def people(library: Library, person: Callable[..., MemberDraft]) -> dict[str, int]:
    drafts = (
        person("张三", group="第一党小组", department="语文科", phone="13800001234", id_number=WOMAN),
        person("李四", group="第二党小组", department="数学科", phone="13900005678"),
        person("单雄", category="probationary", group="第一党小组", full_since=None),
        person("王五", category="applicant", joined=None, full_since=None),
        person("已转出", standing=Standing.TRANSFERRED, left="2026-01-05"),
    )

    def admit(session) -> dict[str, int]:
        return {draft.name: int(service.admit_member(session, draft)) for draft in drafts}

    return library.write("样例", admit).result


@pytest.fixture
def page(desk, qtbot, people, settle) -> MembersPage:
    made = MembersPage(desk)
    made.add_organisation_actions()
    qtbot.addWidget(made)
    made.resize(1100, 700)
    with qtbot.waitExposed(made):
        made.show()
    settle()
    return made


def shown(page: MembersPage, column: str = "name") -> list[str]:
    model = page.table.model
    at = [one.key for one in model.columns].index(column)
    return [str(model.index(row, at).data()) for row in range(model.rowCount())]


def text_of(page: MembersPage) -> str:
    return page.table.foot.count_label.text()


def test_list_says_who_is_here_and_sums_them_up(page):
    assert sorted(shown(page)) == sorted(["张三", "李四", "单雄", "王五"])
    assert text_of(page) == "共 4 人　正式党员2人，预备党员1人，培养中1人"


def test_sum_speaks_of_the_selected_and_leaves_out_what_is_not_there(page, settle, people):
    page.table.select([people["张三"], people["李四"]])
    settle(300)
    assert text_of(page) == "共 4 人，选中 2 人　选中的：正式党员2人"
    page.table.select([people["张三"]])
    settle()
    assert text_of(page) == "共 4 人，选中 1 人　正式党员2人，预备党员1人，培养中1人"


def test_people_without_a_category_are_counted_as_such(library, person):
    library.write("无类别", lambda session: service.admit_member(session, person("无类别", category=None)))
    rows = library.read(lambda s: service.list_rows(s, service.list_member_ids(s, service.RosterQuery())))
    assert summarise(rows) == "类别未填1人"


@pytest.mark.parametrize(
    ("typed", "names"),
    [("zs", ["张三"]), ("sx", ["单雄"]), ("shanx", ["单雄"]), ("数学", ["李四"]), ("5678", ["李四"]), ("%", [])],
)
def test_search_understands_initials_pinyin_department_and_phone(page, settle, typed, names):
    page.table.bar.search.setText(typed)
    settle(260)
    assert shown(page) == names


def test_search_without_a_hit_says_so_and_can_be_cleared(page, settle):
    page.table.bar.search.setText("没有这个人")
    settle(260)
    assert page.table.view.note.text.text() == "没有符合条件的记录"
    page.table.view.note.button.click()
    settle()
    assert len(shown(page)) == 4


def test_filters_offer_the_groups_of_the_branch_and_narrow_the_list(page, settle):
    page.table.set_query(Query(filters={"group": "第一党小组", "standing": "here"}))
    settle()
    assert sorted(shown(page)) == ["单雄", "张三"]
    page.table.set_query(Query(filters={"category": "applying", "standing": "here"}))
    settle()
    assert shown(page) == ["王五"]
    page.table.set_query(Query(filters={"standing": "gone"}))
    settle()
    assert shown(page) == ["已转出"]


def test_empty_roster_says_what_to_do(desk, qtbot, settle):
    page = MembersPage(desk)
    qtbot.addWidget(page)
    with qtbot.waitExposed(page):
        page.show()
    settle()
    assert "从 Excel 导入" in page.table.view.note.text.text()
    assert page.table.view.note.button.text() == "新增人员"


def test_numbers_are_masked_until_asked_for_and_asking_is_written_down(page, settle, labels):
    assert "138****1234" in shown(page, "phone")
    before = labels()
    page.table.bar.reveal.click()
    settle()
    assert "13800001234" in shown(page, "phone")
    assert labels() == ["在花名册列表里显示证件号和电话", *before]
    page.hide()
    page.show()
    settle()
    assert "13800001234" not in shown(page, "phone")


def test_people_go_to_the_bin_after_a_question_and_come_back(page, settle, messages, people, library):
    page.table.select([people["张三"], people["李四"]])
    messages.prepare(False, True)
    page._on_bin_requested(page.table.selected_ids())
    settle()
    assert len(shown(page)) == 4
    page._on_bin_requested(page.table.selected_ids())
    settle()
    assert sorted(shown(page)) == ["单雄", "王五"]
    assert text_of(page) == "共 2 人　预备党员1人，培养中1人"
    assert messages.informed == ["已把2人移入回收站，按 Ctrl+Z 可以撤销。"]
    page.desk.tasks.write("撤销删除", restore_latest, owner=page)
    settle()
    assert len(shown(page)) == 4


# The form


@pytest.fixture
def form(desk, qtbot) -> Callable[..., MemberDialog]:
    def make(detail=None) -> MemberDialog:
        dialog = MemberDialog(desk, detail, ["第一党小组"], ["语文科"])
        dialog.open()
        return dialog

    return make


def put(dialog: MemberDialog, key: str, text: str) -> None:
    """Type into a field and leave it."""
    line = dialog.grid.cells[key].editor.findChild(QLineEdit)
    line.setFocus()
    line.clear()
    if text.isascii():
        QTest.keyClicks(line, text)
    else:
        line.setText(text)  # as an input method gives it; QTest has no key for it
    line.editingFinished.emit()


def value(dialog: MemberDialog, key: str) -> object:
    return dialog.grid.cells[key].editor.value()


def note(dialog: MemberDialog, key: str) -> str:
    return dialog.grid.cells[key].note.text()


def only_member(library: Library) -> MemberDraft:
    (detail,) = library.read(service.all_details)
    return detail.draft


def test_number_fills_sex_and_birth(form, settle, library):
    dialog = form()
    put(dialog, "name", "赵六")
    put(dialog, "id_number", WOMAN)
    assert value(dialog, "sex") is Sex.FEMALE
    assert value(dialog, "birth") == RecordedDate("1985-03-02")
    dialog.submit()
    settle()
    stored = only_member(library)
    assert (stored.name, stored.id_number, stored.sex) == ("赵六", WOMAN, Sex.FEMALE)
    assert stored.category is Category.FULL


def test_half_a_number_fills_nothing(form):
    half = YOUNG[:15]
    assert check_identity(half).valid, "the example must be a valid old number"
    dialog = form()
    line = dialog.grid.cells["id_number"].editor.findChild(QLineEdit)
    QTest.keyClicks(line, half)
    assert value(dialog, "birth") is None
    QTest.keyClicks(line, YOUNG[15:])
    assert value(dialog, "birth") == RecordedDate("2005-12-31")
    dialog.done(0)


def test_corrected_number_corrects_what_it_filled_but_not_what_was_typed(form):
    dialog = form()
    put(dialog, "id_number", YOUNG)
    put(dialog, "id_number", WOMAN)
    assert value(dialog, "birth") == RecordedDate("1985-03-02")
    put(dialog, "birth", "1985.3.3")
    put(dialog, "id_number", YOUNG)
    assert value(dialog, "birth") == RecordedDate("1985-03-03")
    dialog.done(0)


def test_invalid_number_and_unreadable_date_are_kept_with_a_caution(form, settle, library):
    dialog = form()
    put(dialog, "name", "钱七")
    put(dialog, "id_number", "123456")
    put(dialog, "joined", "七月")
    put(dialog, "name", "钱七")  # the number's field is left by now
    assert "已按原样保留，请核对" in note(dialog, "id_number")
    assert note(dialog, "joined")
    dialog.submit()
    settle()
    stored = only_member(library)
    assert (stored.id_number, stored.joined) == ("123456", RecordedDate("七月"))
    row = library.read(lambda s: service.list_rows(s, service.list_member_ids(s, service.RosterQuery())))[0]
    assert {"公民身份号码", "入党日期"} <= set(row.gaps)


def test_number_of_somebody_else_is_refused_beside_its_field(form, people, settle, library):
    dialog = form()
    put(dialog, "name", "冒名")
    put(dialog, "id_number", WOMAN)
    dialog.submit()
    settle()
    assert note(dialog, "id_number") == "花名册里已有同一身份证号的人：张三。"
    assert dialog.isVisible()
    assert "冒名" not in [m.draft.name for m in library.read(service.all_details)]
    dialog.done(0)


def test_text_that_fitted_no_code_is_told_and_goes_when_a_code_is_chosen(form, settle, library, person):
    draft = MemberDraft.from_values({**person("孙八").values(), "typed": {"sex": "不详", "employment": "返聘"}})
    member = library.write("x", lambda s: service.admit_member(s, draft)).result
    dialog = form(library.read(lambda s: service.get_member(s, member)))
    assert note(dialog, "sex") == "导入时写的是“不详”，请选择"
    dialog.grid.cells["sex"].editor.set_value(Sex.MALE)
    dialog.submit()
    settle()
    stored = only_member(library)
    assert stored.sex is Sex.MALE
    assert stored.typed == {"employment": "返聘"}


def test_saving_without_a_change_writes_nothing(form, people, settle, library, labels):
    before = labels()
    dialog = form(library.read(lambda s: service.get_member(s, people["张三"])))
    dialog.submit()
    settle()
    assert labels() == before


def test_showing_a_number_in_the_form_is_written_down(form, people, settle, library, labels):
    dialog = form(library.read(lambda s: service.get_member(s, people["张三"])))
    dialog.revealed.emit("id_number")
    settle()
    assert labels()[0] == "查看公民身份号码：张三"
    dialog.reject()


def test_unsaved_form_is_offered_again_after_a_crash(form, settle, desk, library):
    dialog = form()
    put(dialog, "name", "没存完")
    dialog._on_autosave_timeout()
    settle()
    kept = library.all_drafts()
    assert "没存完" in str(kept["member-new"])
    dialog._autosave.stop()
    dialog.done(0)  # as a crash leaves it: nothing asked, nothing discarded
    again = form()
    again.findChild(QPushButton, "restore_button").click()
    assert value(again, "name") == "没存完"
    again.submit()
    settle()
    assert library.all_drafts() == {}
    assert only_member(library).name == "没存完"


def test_hostile_text_is_stored_as_it_is(form, settle, library):
    dialog = form()
    text = "<b>&{}=cmd|'/c calc'!A0../../x"
    for key in ("name", "address", "remarks", "introducers"):
        dialog.grid.cells[key].editor.set_value(text)
    dialog.submit()
    settle()
    stored = only_member(library)
    assert (stored.name, stored.address, stored.remarks) == (text, text, text)


def test_page_opens_the_form_of_the_row(page, people, settle, qtbot):
    seen: list[str] = []

    def look() -> None:
        dialog = QApplication.activeModalWidget()
        if isinstance(dialog, MemberDialog):
            seen.append(dialog.windowTitle())
            dialog.reject()
        else:
            QTimer.singleShot(50, look)

    QTimer.singleShot(50, look)
    page.table.select([people["李四"]])
    QTest.keyClick(page.table.view, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: seen == ["党员信息：李四"])
    settle()


# The committee


@pytest.fixture
def committee(desk, library, people) -> Callable[[], CommitteeDialog]:
    def make() -> CommitteeDialog:
        dialog = CommitteeDialog(desk, library.read(load_committee))
        dialog.open()
        return dialog

    return make


def choose(dialog: CommitteeDialog, key: str, chosen: object) -> None:
    dialog.grid.cells[key].editor.set_value(chosen)


def test_first_term_ends_after_three_years(fixed_today, committee, people, settle, library):
    dialog = committee()
    assert "renew" not in dialog.grid.cells
    assert "不足7名" in note(dialog, "secretary")
    choose(dialog, "number", "第一届")
    choose(dialog, "started", RecordedDate("2025-03-01"))
    choose(dialog, "secretary", people["张三"])
    dialog.submit()
    settle()
    (term,) = library.read(list_terms)
    assert (term.number, term.started.isoformat(), term.ends.isoformat()) == ("第一届", "2025-03-01", "2028-03-01")
    view = library.read(load_committee)
    assert view.holders == {PostKind.SECRETARY: people["张三"]}


def test_one_person_in_two_posts_is_refused_beside_both(fixed_today, committee, people, library, settle):
    dialog = committee()
    choose(dialog, "started", RecordedDate("2025-03-01"))
    choose(dialog, "secretary", people["张三"])
    choose(dialog, "organisation", people["张三"])
    dialog.submit()
    settle()
    for key in ("secretary", "organisation"):
        assert note(dialog, key) == "同一个人不能同时担任两个支委职务。"
    assert library.read(list_terms) == []
    dialog.done(0)


def test_probationary_members_and_applicants_cannot_be_chosen(fixed_today, library, people):
    view = library.read(load_committee)
    assert {name for _, name in view.people} == {"张三", "李四"}


def test_term_needs_a_day_and_an_end_after_its_beginning(fixed_today, committee, settle):
    dialog = committee()
    dialog.submit()
    assert note(dialog, "started")
    choose(dialog, "started", RecordedDate("2025-03-01"))
    choose(dialog, "ends", RecordedDate("2024-03-01"))
    dialog.submit()
    settle()
    assert note(dialog, "ends") == "届满日期应当晚于任期开始日期。"
    dialog.done(0)


def test_group_leaders_are_appointed_and_removed(fixed_today, committee, people, settle, library):
    group = library.read(list_groups)[0]
    for leader in (people["张三"], None):
        dialog = committee()
        if not library.read(list_terms):
            choose(dialog, "started", RecordedDate("2025-03-01"))
        choose(dialog, f"group_{group.id}", leader)
        dialog.submit()
        settle()
        assert library.read(load_committee).leaders.get(group.id) == leader


def test_holder_who_left_keeps_the_post_until_somebody_decides(fixed_today, committee, people, settle, library):
    dialog = committee()
    choose(dialog, "started", RecordedDate("2025-03-01"))
    choose(dialog, "secretary", people["张三"])
    dialog.submit()
    settle()
    detail = library.read(lambda s: service.get_member(s, people["张三"]))
    gone = MemberDraft.from_values({**detail.draft.values(), "standing": Standing.TRANSFERRED})
    library.write("转出", lambda s: service.update_member(s, people["张三"], gone))
    dialog = committee()
    combo = dialog.grid.cells["secretary"].editor.combo
    assert combo.currentText() == "张三（现不是本支部正式党员）"
    dialog.submit()
    settle()
    assert library.read(load_committee).holders == {PostKind.SECRETARY: people["张三"]}


def test_next_term_is_begun_without_touching_the_one_before(fixed_today, committee, people, settle, library):
    dialog = committee()
    choose(dialog, "number", "第一届")
    choose(dialog, "started", RecordedDate("2023-03-01"))
    choose(dialog, "secretary", people["张三"])
    dialog.submit()
    settle()
    dialog = committee()
    choose(dialog, "renew", True)
    choose(dialog, "number", "第二届")
    dialog.submit()
    assert "新一届的任期开始日期" in note(dialog, "started")
    choose(dialog, "started", RecordedDate("2026-03-02"))
    choose(dialog, "secretary", people["李四"])
    dialog.submit()
    settle()
    terms = library.read(list_terms)
    assert [(t.number, t.ends.isoformat()) for t in terms] == [("第二届", "2029-03-02"), ("第一届", "2026-03-01")]
    old = library.read(lambda s: service.committee_of(s, terms[1].id))
    assert [holder.name for holder in old] == ["张三"]
    assert library.read(load_committee).holders == {PostKind.SECRETARY: people["李四"]}


def test_label_of_every_field_stands_in_the_form(form):
    dialog = form()
    texts = " ".join(label.text() for label in dialog.grid.findChildren(QLabel))
    assert all(word in texts for word in ("姓名", "公民身份号码", "入党日期", "备注"))
    dialog.done(0)
