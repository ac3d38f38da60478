"""The editor of a pledge with real widgets over a real library."""

from __future__ import annotations

import io
from datetime import date
from functools import partial

import pytest
from PIL import Image
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPlainTextEdit, QPushButton

from partyroom.features.pledges import deeds_service, service
from partyroom.features.pledges.domain import DeedDraft, EventKind, PaperKind, PledgerKind, State
from partyroom.features.pledges.history_page import versions_html
from partyroom.features.pledges.items_model import CATEGORY, DEADLINE, MEASURE, TEXT, ItemLine, ItemsModel
from partyroom.features.pledges.photo_dialog import PhotoDialog
from partyroom.features.pledges.pledge_dialog import DEEDS, FILES, HISTORY, PledgeDialog, read_pledge_view
from partyroom.features.pledges.templates import Role
from partyroom.features.pledges.templates_service import list_templates
from partyroom.ui.form import FormDialog


@pytest.fixture
def show(desk, branch, qtbot, settle, fixed_today):
    def build(pledge_id: int | None = None, kind: PledgerKind = PledgerKind.MEMBER) -> PledgeDialog:
        view = branch.read(partial(read_pledge_view, 2026, pledge_id))
        dialog = PledgeDialog(desk, view, kind=kind)
        qtbot.addWidget(dialog)
        with qtbot.waitExposed(dialog):
            dialog.open()
        settle()
        return dialog

    return build


def fill(form: FormDialog, **values: object) -> None:
    for key, value in values.items():
        form.grid.cells[key].editor.set_value(value)


def write(model: ItemsModel, row: int, **cells: str) -> None:
    columns = {"category": CATEGORY, "text": TEXT, "measure": MEASURE, "deadline": DEADLINE}
    for key, text in cells.items():
        assert model.setData(model.index(row, columns[key]), text)


def photo(colour: str = "red") -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (400, 300), colour).save(buffer, "JPEG")
    return buffer.getvalue()


def test_a_new_pledge_is_written_and_stored(show, branch, settle):
    dialog = show()
    assert not dialog.tabs.isTabEnabled(DEEDS)
    words = dialog.words
    words.pledger.setCurrentIndex(words.pledger.findText("吴六（语文科）"))
    write(words.table.model, 0, text="听课20节", measure="每周一节", deadline="6月底", category="work")
    write(words.table.model, 1, text="笔记")
    words.proposed.setText("2026.1.10")
    dialog.save()
    settle()
    (stored,) = branch.read(lambda s: service.pledges_of(s, 1))
    assert (stored.name, stored.kind, stored.state) == ("吴六", PledgerKind.MEMBER, State.DRAFT)
    assert stored.proposed_on == date(2026, 1, 10)
    assert [(item.text, item.deadline) for item in stored.items] == [("听课20节", date(2026, 6, 30)), ("笔记", None)]
    assert stored.preamble


def test_a_name_that_is_only_typed_is_not_stored_as_somebody(show, branch, settle):
    dialog = show()
    write(dialog.words.table.model, 0, text="听课")
    dialog.words.pledger.setEditText("没有这个人")
    dialog.save()
    settle()
    assert dialog.isVisible()
    assert "请从名单里选择承诺人" in dialog._problem_text.text()
    assert branch.read(lambda s: service.pledges_of(s, 1)) == []
    dialog._dirty = False


def test_the_branch_pledges_without_a_person(show, branch, settle):
    dialog = show(kind=PledgerKind.BRANCH)
    assert not dialog.words.pledger.isEnabled()
    write(dialog.words.table.model, 0, text="办实事")
    dialog.save()
    settle()
    (stored,) = branch.read(lambda s: service.pledges_of(s, 1))
    assert stored.member_id is None


def test_a_deadline_that_cannot_be_read_is_named(show, settle):
    dialog = show()
    dialog.words.pledger.setCurrentIndex(3)
    write(dialog.words.table.model, 0, text="听课", deadline="尽快")
    dialog.save()
    settle()
    assert "“尽快”读不出日期" in dialog._problem_text.text()
    dialog._dirty = False


def test_templates_of_the_pledgers_role_come_first(show, settle):
    dialog = show()
    words = dialog.words
    words.pledger.setCurrentIndex(words.pledger.findText("周五（语文科）"))
    assert words.fitting_role() is Role.RETIRED
    words.template_menu.aboutToShow.emit()
    first = words.template_menu.actions()[0]
    assert first.text().startswith("离退休党员常用模板")
    first.trigger()
    count = len(words.table.model.lines)
    assert count > 2
    assert {line.responsible for line in words.table.model.lines} == {"周五"}
    first.trigger()
    assert len(words.table.model.lines) == count
    dialog._dirty = False


def test_an_item_is_kept_as_the_branchs_own_template(show, branch, pledge, settle, opened):
    dialog = show(pledge(State.DRAFT))
    dialog.words.table.view.selectRow(1)
    dialog.words.keep_button.click()
    form = opened(FormDialog)
    assert form.grid.cells["role"].editor.value() == Role.TEACHER.value
    form.submit()
    settle()
    own = [one for one in branch.read(list_templates) if one.id is not None]
    assert [(one.text, one.due) for one in own] == [("结对帮扶1名学生", "06-30")]


def test_reviewed_words_are_locked_until_changed_for_a_reason(show, pledge, settle, opened, detail):
    number = pledge(State.PUBLISHED)
    dialog = show(number)
    model = dialog.words.table.model
    assert not model.setData(model.index(0, TEXT), "新的文字")
    dialog.words.unlock_button.click()
    write(model, 0, text="学习笔记24篇")
    dialog.save()
    form = opened(FormDialog)
    form.submit()
    assert form.grid.cells["remark"].note.text()  # without a reason nothing is changed
    fill(form, on=date(2026, 5, 1), remark="任务增加", person="赵一")
    form.submit()
    settle()
    found = detail(number)
    assert (found.version, found.state) == (2, State.DRAFT)
    assert found.items[0].text == "学习笔记24篇"
    assert found.versions[0].items[0].text == "学习笔记12篇"
    assert found.versions[0].reason == "任务增加"


def test_signature_and_remarks_are_noted_in_any_state(show, pledge, settle, detail):
    number = pledge(State.FULFILLING)
    dialog = show(number)
    dialog.words.signed.setText("2026-2-1")
    dialog.words.photo.setChecked(True)
    dialog.words.remarks.setText("已归档")
    dialog.save()
    settle()
    found = detail(number)
    assert (found.signed_on, found.show_photo, found.remarks) == (date(2026, 2, 1), True, "已归档")
    assert found.state is State.FULFILLING


def test_old_words_are_shown_and_never_read_as_markup(show, pledge, settle, opened, detail):
    number = pledge(State.REVIEWED)
    dialog = show(number)
    dialog.words.unlock_button.click()
    write(dialog.words.table.model, 0, text="<img src=x>改后")
    dialog.save()
    form = opened(FormDialog)
    fill(form, remark="<b>更正", way="correction", on=date(2026, 3, 1))
    form.submit()
    settle()
    again = show(number)
    again.tabs.setCurrentIndex(HISTORY)
    shown = again.history.versions.toPlainText()
    assert "<img src=x>改后" in shown
    assert "学习笔记12篇" in shown
    assert "<b>更正" in shown
    assert "<img" not in versions_html(detail(number))


def test_a_stage_recorded_by_mistake_is_taken_back_from_the_history(show, pledge, settle, opened, detail):
    number = pledge(State.PUBLISHED)
    dialog = show(number)
    dialog.history.back_button.click()
    form = opened(FormDialog)
    fill(form, remark="日期登记错了")
    form.submit()
    settle()
    assert detail(number).state is State.REVIEWED
    assert dialog.history.tree.topLevelItemCount() == len(detail(number).events)
    assert "已审" in dialog.standing.text()


def test_a_day_in_the_history_is_corrected(show, pledge, settle, opened, detail):
    number = pledge(State.REVIEWED)
    dialog = show(number)
    dialog.history.redate_button.click()
    form = opened(FormDialog)
    fill(form, on=date(2026, 2, 25))
    form.submit()
    settle()
    assert detail(number).reviewed_on == date(2026, 2, 25)


def test_withdrawing_and_reinstating_keep_words_and_deeds(show, pledge, settle, opened, detail):
    number = pledge(State.FULFILLING)
    dialog = show(number)
    dialog.history.withdraw_button.click()
    form = opened(FormDialog)
    fill(form, remark="休产假")
    form.submit()
    settle()
    assert dialog.history.reinstate_button.isVisibleTo(dialog.history)
    dialog.history.reinstate_button.click()
    settle()
    form = opened(FormDialog)
    fill(form, remark="返岗")
    form.submit()
    settle()
    found = detail(number)
    assert found.state is State.FULFILLING
    kinds = [event.kind for event in found.events]
    assert kinds[-2:] == [EventKind.WITHDRAWN, EventKind.REINSTATED]


def test_a_deed_is_recorded_changed_and_removed(show, pledge, settle, opened, detail, messages):
    number = pledge(State.PUBLISHED)
    dialog = show(number)
    dialog.tabs.setCurrentIndex(DEEDS)
    dialog.deeds.record_action.trigger()
    form = opened(FormDialog)
    fill(form, on=date(2026, 4, 1), text="写了<b>三篇</b>", minutes="二")
    form.submit()
    assert "请填小时数" in form.grid.cells["minutes"].note.text()
    fill(form, minutes="2小时", witness="赵一")
    form.submit()
    settle()
    (deed,) = detail(number).deeds
    assert (deed.minutes, deed.item_id) == (120, detail(number).items[0].id)
    chosen = dialog.deeds.chosen_deed()
    assert chosen is not None
    assert chosen.id == deed.id
    assert dialog.tabs.tabText(DEEDS) == "践诺记录（1）"
    dialog.deeds.edit_action.trigger()
    form = opened(FormDialog)
    fill(form, place="图书馆", item=0)
    form.submit()
    settle()
    assert (detail(number).deeds[0].place, detail(number).deeds[0].item_id) == ("图书馆", None)
    messages.prepare(True)
    dialog.deeds.remove_action.trigger()
    settle()
    assert detail(number).deeds == ()


def test_an_item_is_marked_done_and_taken_back(show, pledge, settle, opened, detail, messages):
    number = pledge(State.FULFILLING)
    dialog = show(number)
    dialog.deeds.done_action.trigger()
    form = opened(FormDialog)
    fill(form, done_on=date(2026, 6, 1))
    form.submit()
    settle()
    assert detail(number).items[0].done_on == date(2026, 6, 1)
    assert dialog.deeds.tree.topLevelItem(0).text(1) == "06-01完成"
    messages.prepare(True)
    dialog.deeds.reopen_action.trigger()
    settle()
    assert detail(number).items[0].done_on is None


def test_deeds_wait_for_the_publication(show, pledge, settle, messages):
    dialog = show(pledge(State.REVIEWED))
    dialog.deeds.record_action.trigger()
    assert "践诺要在亮诺之后登记" in messages.informed[-1]


@pytest.fixture
def served(branch, pledge):
    """A pledge with one deed."""
    number = pledge(State.FULFILLING)
    item = branch.read(lambda s: service.get_pledge(s, number)).items[0].id
    draft = DeedDraft(date(2026, 4, 1), "写了三篇")
    branch.write("践诺", lambda s: deeds_service.record_deed(s, number, item, draft))
    return number


def choose_deed(dialog: PledgeDialog) -> None:
    dialog.tabs.setCurrentIndex(DEEDS)
    dialog.deeds.tree.setCurrentItem(dialog.deeds.tree.topLevelItem(0).child(0))


def test_photos_of_a_deed_are_added_by_button(show, served, settle, detail, messages, tmp_path):
    dialog = show(served)
    assert not dialog.deeds.files.add_actions[0].isEnabled()  # first a deed is chosen
    choose_deed(dialog)
    path = tmp_path / "课堂.jpg"
    path.write_bytes(photo())
    messages.prepare(path)
    dialog.deeds.files.add_actions[0].trigger()
    settle()
    settle()
    (paper,) = detail(served).deeds[0].papers
    assert (paper.kind, paper.picture) == (PaperKind.EVIDENCE, True)
    assert dialog.deeds.files.list.count() == 1
    assert dialog.deeds.chosen_deed() is not None


def test_photos_are_dropped_on_the_deed(show, served, settle, detail, tmp_path):
    dialog = show(served)
    choose_deed(dialog)
    paths = [tmp_path / "一.jpg", tmp_path / "二.jpg", tmp_path / "坏.jpg"]
    for path, data in zip(paths, (photo(), photo("blue"), b"broken"), strict=True):
        path.write_bytes(data)
    content = QMimeData()
    content.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    pane, copy, none = dialog.deeds.files, Qt.DropAction.CopyAction, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(QPoint(5, 5), copy, content, Qt.MouseButton.LeftButton, none)
    pane.dragEnterEvent(enter)
    assert enter.isAccepted()
    pane.dropEvent(QDropEvent(QPointF(5, 5), copy, content, Qt.MouseButton.LeftButton, none))
    settle()
    settle()
    assert {paper.name for paper in detail(served).deeds[0].papers} == {"一.jpg", "二.jpg"}
    assert "坏.jpg" in dialog._desk.messages.problems[0][1]


def test_a_picture_is_pasted_looked_at_named_and_removed(show, served, settle, opened, detail, messages):
    dialog = show(served)
    choose_deed(dialog)
    image = QImage(60, 40, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.green)
    QGuiApplication.clipboard().setImage(image)
    pane = dialog.deeds.files
    pane.paste()
    settle()
    settle()
    pane.list.item(0).setSelected(True)
    pane.show_big()
    settle()
    opened(PhotoDialog).done(0)
    pane.edit_caption()
    form = opened(FormDialog)
    fill(form, caption="晨读")
    form.submit()
    settle()
    assert detail(served).deeds[0].papers[0].caption == "晨读"
    pane.list.item(0).setSelected(True)
    messages.prepare(True)
    pane.remove()
    settle()
    assert detail(served).deeds[0].papers == ()


def test_the_signed_letter_is_kept_with_the_pledge(show, served, settle, detail, messages, tmp_path):
    dialog = show(served)
    dialog.tabs.setCurrentIndex(FILES)
    path = tmp_path / "签字.pdf"
    path.write_bytes(b"%PDF-1.4")
    messages.prepare(path)
    dialog.files.add_actions[0].trigger()
    settle()
    settle()
    assert [paper.name for paper in detail(served).papers_of(PaperKind.SIGNED)] == ["签字.pdf"]
    assert dialog.files.list.item(0).text().startswith("〔签字承诺书〕")


def test_what_was_typed_survives_a_crash(show, desk, pledge, settle):
    number = pledge(State.DRAFT)
    dialog = show(number)
    write(dialog.words.table.model, 0, text="改了一半")
    dialog._keep_draft()
    settle()
    dialog._dirty = False
    dialog.done(0)
    again = show(number)
    assert again._draft_bar.isVisible()
    again.findChild(QPushButton, "restore_button").click()
    assert again.words.table.model.lines[0].text == "改了一半"
    again.save()
    settle()
    assert desk.drafts.load(f"pledge:2026:{number}") is None


def test_closing_with_changes_asks(show, pledge, messages):
    dialog = show(pledge(State.DRAFT))
    write(dialog.words.table.model, 0, text="改了")
    messages.prepare(False)
    dialog.reject()
    assert dialog.isVisible()
    messages.prepare(True)
    dialog.reject()
    assert not dialog.isVisible()


def test_items_are_typed_with_the_keyboard_alone(show, settle):
    dialog = show()
    view = dialog.words.table.view
    view.setFocus()
    view.setCurrentIndex(view.model().index(0, TEXT))
    QTest.keyClick(view, Qt.Key.Key_Return)
    editor = view.findChild(QPlainTextEdit)
    editor.setPlainText("每周听课")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    settle(50)
    assert dialog.words.table.model.lines[0].text == "每周听课"
    assert view.currentIndex().column() == MEASURE
    dialog._dirty = False


def test_the_parts_of_the_editor_have_names_for_screen_readers(show, pledge):
    dialog = show(pledge(State.DRAFT))
    words = dialog.words
    for widget in (words.kind, words.pledger, words.proposed, words.signed, words.preamble, words.table.view):
        assert widget.accessibleName()
    for widget in (dialog.deeds.tree, dialog.files.list, dialog.history.tree, dialog.tabs):
        assert widget.accessibleName()


def test_the_items_model_keeps_the_rules_of_models(qtmodeltester):
    model = ItemsModel(2026)
    model.replace([ItemLine(text="一"), ItemLine(text="二", deadline="看不懂")])
    qtmodeltester.check(model)
    model.setData(model.index(2, TEXT), "三")
    model.move(2, -1)
    model.remove([0])
    assert [line.text for line in model.lines] == ["三", "二"]
    model.lock(locked=True)
    assert model.rowCount() == 2
    qtmodeltester.check(model)


def test_tab_goes_through_the_words_as_they_are_read(show):
    dialog = show()
    words = dialog.words
    walked, here = [], words.kind
    while len(walked) < 60 and here is not words.remarks:
        here = here.nextInFocusChain()
        walked.append(here.objectName())
    wanted = ["pledger", "proposed_on", "signed_on", "preamble", "template_button", "pledge_items", "show_photo"]
    assert [name for name in walked if name in wanted] == wanted
