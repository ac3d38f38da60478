"""待归档 with real widgets over a real library: filing one, filing many, files from outside."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pikepdf
import pytest
from PIL import Image
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QAction, QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from partyroom.core.filing import Retention
from partyroom.core.pictures import prepare_file
from partyroom.documents.archival_check import archival_problems
from partyroom.features.archives.domain import Role, Secrecy
from partyroom.features.archives.filing import Category, usual_categories
from partyroom.features.archives.filing_dialog import FilingDialog
from partyroom.features.archives.filing_service import PieceQuery, files_of, list_piece_ids, list_piece_rows
from partyroom.features.archives.offers_page import OffersPage
from partyroom.features.archives.outside_dialog import OutsideDialog
from partyroom.features.archives.page import ArchivesPage
from partyroom.features.archives.settings_service import save_categories
from partyroom.features.meetings.minutes_service import finalise_minutes
from partyroom.features.meetings.papers_service import add_papers
from partyroom.features.meetings.service import MeetingQuery, list_meeting_ids
from partyroom.ui.table import Query

pytestmark = pytest.mark.usefixtures("fixed_today")

COPY = Qt.DropAction.CopyAction


@pytest.fixture
def page(desk, branch, qtbot, settle) -> Callable[..., OffersPage]:
    made = ArchivesPage(desk)
    qtbot.addWidget(made)
    made.resize(1200, 640)

    def show(year: int = 2025) -> OffersPage:
        made.show()
        made.show_year(year)
        settle()
        return made.section(OffersPage)

    return show


@pytest.fixture
def filed(branch):
    def read() -> list:
        return branch.read(lambda s: list_piece_rows(s, list_piece_ids(s, PieceQuery())))

    return read


def shown(page: OffersPage, column: str = "title") -> list[str]:
    model = page.panel.model
    place = [one.key for one in model.columns].index(column)
    return [model.index(row, place).data() for row in range(model.rowCount())]


def row_of(page: OffersPage, title: str) -> int:
    return int(page.panel.model.ids[shown(page).index(title)])


def command(page: OffersPage, text: str) -> QAction:
    return next(one for one in page.findChildren(QAction) if one.text().startswith(text))


def picture(colour: str = "red") -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (60, 40), colour).save(buffer, "JPEG")
    return buffer.getvalue()


def pdf(pages: int = 1, *, password: str = "") -> bytes:
    file, buffer = pikepdf.new(), io.BytesIO()
    for _ in range(pages):
        file.add_blank_page(page_size=(595, 842))
    if password:
        file.save(buffer, encryption=pikepdf.Encryption(owner=password, user=password))
    else:
        file.save(buffer)
    return buffer.getvalue()


def drop(target, paths: list[Path]) -> bool:
    content = QMimeData()
    content.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(target.rect().center(), COPY, content, buttons, keys)
    QApplication.sendEvent(target, enter)
    event = QDropEvent(QPointF(50, 50), COPY, content, buttons, keys)
    if enter.isAccepted():
        QApplication.sendEvent(target, event)
    return enter.isAccepted() and event.isAccepted()


@pytest.fixture
def outside(page, opened, settle, tmp_path, messages) -> Callable[..., OutsideDialog]:
    """The form after these files were dropped onto the page."""

    def run(**contents: bytes) -> OutsideDialog:
        paths = []
        for name, content in contents.items():
            path = tmp_path / name.replace("_", ".")
            path.write_bytes(content)
            paths.append(path)
        assert drop(page(), paths)
        settle()
        dialog: OutsideDialog = opened(OutsideDialog)
        settle()
        return dialog

    return run


def test_list_model_keeps_qt_rules(page, qtmodeltester) -> None:
    qtmodeltester.check(page().panel.model)


def test_papers_of_the_year_stand_by_category_with_what_may_still_change(page, branch) -> None:
    found = page()
    labels = shown(found, "category_label")
    order = [category.label for category in usual_categories()]
    assert [order.index(label) for label in labels] == sorted(order.index(label) for label in labels)
    state = dict(zip(shown(found), shown(found, "state"), strict=True))
    assert state["第一季度党员大会（会议记录）"] == "会议记录还没有定稿"
    (meeting,) = branch.read(lambda s: list_meeting_ids(s, MeetingQuery(search="第一季度")))
    branch.write("定稿", lambda s: finalise_minutes(s, meeting))
    found.reload()
    found.desk.tasks.wait_idle()
    state = dict(zip(shown(found), shown(found, "state"), strict=True))
    assert state["第一季度党员大会（会议记录）"] == "可以归档"
    assert "未定稿" in found.panel.foot.count_label.text()


def test_filters_and_search_narrow_the_list(page, settle) -> None:
    found = page()
    everything = len(shown(found))
    found.panel.set_query(Query("党员大会（会议记录", {"category": "mechanism", "state": "open"}))
    settle()
    assert shown(found) == ["第一季度党员大会（会议记录）"]
    found.panel.set_query(Query("", {"retention": "D10"}))
    settle()
    assert 0 < len(shown(found)) < everything
    assert set(shown(found, "retention")) == {"10年"}


def test_renamed_categories_stand_in_list_and_filter(page, branch, settle) -> None:
    own = [Category("mechanism", "班子建设"), *usual_categories()[1:], Category("", "典型材料")]
    branch.write("类别", lambda s: save_categories(s, own))
    found = page()
    assert "班子建设" in shown(found, "category_label")
    combo = found.panel.bar._combos["category"]
    assert [combo.itemText(n) for n in range(combo.count())][-1].endswith("典型材料")


def test_one_paper_is_filed_as_the_form_says_and_leaves_the_list(page, opened, settle, filed, labels, branch) -> None:
    found = page()
    found.panel.opened.emit(row_of(found, "第一季度党员大会（会议记录）"))
    settle()
    dialog = opened(FilingDialog)
    assert dialog.values()["author"] == "样例中学第九党支部"
    assert "year" not in dialog.grid.cells  # filed under another year it would be offered again in its own
    for key, value in (
        ("title", "第一季度党员大会记录"),
        ("own_title", True),
        ("document_number", "支〔2025〕1号"),
        ("retention", "D30"),
        ("office", "BGS"),
        ("secrecy", "internal"),
    ):
        dialog.grid.cells[key].editor.set_value(value)
    QTest.mouseClick(dialog._accept, Qt.MouseButton.LeftButton)
    settle()
    (row,) = filed()
    assert (row.title, row.document_number, row.retention, row.office, row.secrecy) == (
        "[第一季度党员大会记录]",
        "支〔2025〕1号",
        Retention.YEARS_30,
        "BGS",
        Secrecy.INTERNAL,
    )
    assert labels()[0] == "归档：第一季度党员大会记录"
    assert "第一季度党员大会（会议记录）" not in shown(found)
    (file,) = branch.read(lambda s: files_of(s, row.id))
    assert archival_problems(branch.attachments.get(file.archival_sha256)) == []


def test_what_is_not_final_is_warned_of_and_can_be_filed(page, opened, settle) -> None:
    found = page()
    found.file_ids([row_of(found, "三月党课（会议记录）"), row_of(found, "走访老党员（会议记录）")])
    settle()
    dialog = opened(FilingDialog)
    strip = next(one for one in dialog.children() if one.objectName() == "message_strip")
    words = " ".join(label.text() for label in strip.children() if hasattr(label, "text"))
    assert "有2件还没有定稿" in words
    assert "“三月党课（会议记录）”会议记录还没有定稿" in words


def test_many_are_filed_in_one_step_with_what_they_have_in_common(page, opened, settle, filed, labels) -> None:
    found = page()
    everything = shown(found)
    command(found, "全部归档").trigger()
    settle()
    dialog = opened(FilingDialog)
    dialog.grid.cells["retention"].editor.set_value("D30")
    dialog.submit()
    settle()
    rows = filed()
    assert sorted(row.title for row in rows) == sorted(everything)
    assert {row.retention for row in rows} == {Retention.YEARS_30}
    assert len({row.category for row in rows}) > 1
    assert labels()[0] == f"归档{len(everything)}件"
    assert shown(found) == []


def test_selection_stays_with_its_paper_when_others_are_filed(page, opened, settle) -> None:
    found = page()
    first, second = (int(number) for number in list(found.panel.model.ids)[:2])
    title = shown(found)[1]
    found.panel.select([second])
    found.file_ids([first])
    settle()
    opened(FilingDialog).submit()
    settle()
    assert found.panel.selected_ids() == [second]
    assert shown(found)[0] == title


def test_cancelled_preparation_files_nothing_and_keeps_the_form(page, opened, settle, filed, monkeypatch) -> None:
    found = page()
    command(found, "全部归档").trigger()
    settle()
    dialog = opened(FilingDialog)
    dialog.submit()
    (job,) = [job for job in found.desk.tasks._jobs.values() if job.progress is not None]
    job.progress.cancel()
    settle()
    assert filed() == []
    assert dialog.isVisible()


def test_a_future_date_is_refused_beside_its_field(page, opened, settle, filed) -> None:
    found = page()
    found.panel.opened.emit(row_of(found, "三月党课（会议记录）"))
    settle()
    dialog = opened(FilingDialog)
    dialog.grid.cells["dated"].editor.set_value(date(2027, 1, 1))
    dialog.submit()
    settle()
    assert "不能晚于今天" in dialog.grid.cells["dated"].note.text()
    assert filed() == []


def test_an_enclosure_without_lasting_form_is_filed_and_told(
    page, branch, opened, settle, filed, messages, desk
) -> None:
    (meeting,) = branch.read(lambda s: list_meeting_ids(s, MeetingQuery(search="三月党课")))
    kept = prepare_file("教案.docx", b"PK")
    branch.write("附件", lambda s: add_papers(s, branch.attachments, meeting, [kept]))
    found = page()
    found.panel.opened.emit(row_of(found, "三月党课（会议记录）"))
    settle()
    opened(FilingDialog).submit()
    settle()
    (row,) = filed()
    files = branch.read(lambda s: files_of(s, row.id))
    assert [(file.name, bool(file.archival_sha256)) for file in files] == [
        ("三月党课（会议记录）.pdf", True),
        ("教案.docx", False),
    ]
    assert "“教案.docx”不是PDF或图片" in messages.problems[0][1]


def test_a_category_out_of_use_is_named_where_a_paper_has_it(page, branch, opened, settle, filed) -> None:
    first = replace(usual_categories()[0], hidden=True)
    branch.write("类别", lambda s: save_categories(s, [first, *usual_categories()[1:]]))
    found = page()
    found.panel.opened.emit(row_of(found, "三月党课（会议记录）"))
    settle()
    education = opened(FilingDialog)
    labels = [label for _, label in education.grid.cells["category"].field.choices]
    assert "工作机制" not in "".join(labels)
    education.done(0)
    found.panel.opened.emit(row_of(found, "第一季度党员大会（会议记录）"))
    settle()
    dialog = next(one for one in QApplication.topLevelWidgets() if isinstance(one, FilingDialog) and one.isVisible())
    assert ("mechanism", "工作机制（已停用）") in dialog.grid.cells["category"].field.choices
    dialog.submit()
    settle()
    assert [row.category for row in filed()] == ["mechanism"]


class TestOutside:
    def test_dropped_files_become_one_piece_in_the_order_of_the_norm(self, outside, settle, filed, branch) -> None:
        dialog = outside(附件一_jpg=picture(), 通知_pdf=pdf(3))
        assert dialog.values()["title"] == "附件一"
        pane = dialog.pane
        assert [file.role for file in pane.files] == [Role.ORIGINAL, Role.ANNEX]
        pane.list.setCurrentItem(pane.list.topLevelItem(0))
        pane.roles.setCurrentIndex(pane.roles.findData("annex"))
        pane.roles.activated.emit(pane.roles.currentIndex())
        pane.list.setCurrentItem(pane.list.topLevelItem(1))
        pane.roles.setCurrentIndex(pane.roles.findData("original"))
        pane.roles.activated.emit(pane.roles.currentIndex())
        assert [pane.list.topLevelItem(n).text(1) for n in range(2)] == ["通知.pdf", "附件一.jpg"]
        assert [pane.list.topLevelItem(n).text(3) for n in range(2)] == ["3", "1"]
        for key, value in (("title", "关于做好年度考核的通知"), ("category", "management"), ("kind", "superior")):
            dialog.grid.cells[key].editor.set_value(value)
        assert dialog.values()["retention"] == "D30"
        assert "永久或30年" in dialog.grid.cells["kind"].note.text()
        dialog.submit()
        settle()
        (row,) = filed()
        assert (row.title, row.pages, row.files, row.year) == ("关于做好年度考核的通知", 4, 2, 2025)
        files = branch.read(lambda s: files_of(s, row.id))
        assert [(file.role, file.name) for file in files] == [(Role.ORIGINAL, "通知.pdf"), (Role.ANNEX, "附件一.jpg")]
        assert all(archival_problems(branch.attachments.get(file.archival_sha256)) == [] for file in files)

    def test_the_form_says_that_it_is_not_for_secrets(self, outside) -> None:
        dialog = outside(通知_pdf=pdf())
        assert "不得录入" in dialog.grid.cells["secrecy"].note.text()

    def test_word_keeps_its_form_and_its_pages_are_typed(self, outside, settle, filed) -> None:
        dialog = outside(总结_docx=b"PK\x03\x04 not really")
        (file,) = dialog.pane.files
        assert "没有长期保存格式" in file.state
        assert dialog.pane.pages.isEnabled()
        dialog.pane.pages.setValue(5)
        for key, value in (("category", "mechanism"), ("retention", "D10")):
            dialog.grid.cells[key].editor.set_value(value)
        dialog.submit()
        settle()
        (row,) = filed()
        assert (row.title, row.pages) == ("总结", 5)

    def test_an_encrypted_pdf_is_kept_and_its_problem_said(self, outside, settle, filed, branch) -> None:
        content = pdf(password="秘密")
        dialog = outside(加密_pdf=content)
        (file,) = dialog.pane.files
        assert "密码" in file.state
        for key, value in (("category", "mechanism"), ("retention", "D10")):
            dialog.grid.cells[key].editor.set_value(value)
        dialog.submit()
        settle()
        (row,) = filed()
        (kept,) = branch.read(lambda s: files_of(s, row.id))
        assert (branch.attachments.get(kept.sha256), kept.archival_sha256) == (content, "")

    def test_too_large_empty_folder_and_false_picture_are_refused_in_words(
        self, outside, tmp_path, settle, messages
    ) -> None:
        dialog = outside(好_pdf=pdf())
        large = tmp_path / "大.pdf"
        with large.open("wb") as file:
            file.truncate(60 * 1024 * 1024)
        (tmp_path / "空.pdf").write_bytes(b"")
        (tmp_path / "假.jpg").write_bytes(b"no picture")
        (tmp_path / "文件夹").mkdir()
        names = ("大.pdf", "空.pdf", "假.jpg", "文件夹", "没有.pdf")
        assert drop(dialog.pane, [tmp_path / name for name in names])
        settle()
        assert [file.name for file in dialog.pane.files] == ["好.pdf"]
        (said,) = [text for _, text, _ in messages.problems]
        for words in (
            "“大.pdf”有60 MB",
            "“空.pdf”是空文件",
            "“假.jpg”不是能读出的图片",
            "是文件夹",
            "“没有.pdf”读不出来",
        ):
            assert words in said

    def test_the_same_file_twice_is_taken_once(self, outside, tmp_path, settle, messages) -> None:
        dialog = outside(甲_pdf=pdf())
        (tmp_path / "乙.pdf").write_bytes((tmp_path / "甲.pdf").read_bytes())
        assert drop(dialog.pane, [tmp_path / "乙.pdf"])
        settle()
        assert [file.name for file in dialog.pane.files] == ["甲.pdf"]
        assert "内容完全相同" in messages.problems[0][1]

    def test_a_file_that_is_filed_already_is_said(self, outside, settle, filed) -> None:
        content = pdf()
        dialog = outside(甲_pdf=content)
        for key, value in (("title", "第一件"), ("category", "mechanism"), ("retention", "D10")):
            dialog.grid.cells[key].editor.set_value(value)
        dialog.submit()
        settle()
        assert len(filed()) == 1
        again = outside(甲_pdf=content)
        assert "已归档的“第一件”里有同样的文件" in again.pane.files[0].state

    def test_hostile_names_are_names(self, outside, settle, filed, branch) -> None:
        name = "=cmd|' <b>x<b> \u202efdp"
        dialog = outside(**{f"{name}_jpg": picture()})
        assert dialog.pane.list.topLevelItem(0).text(1).startswith("=cmd|' <b>x")
        for key, value in (("category", "mechanism"), ("retention", "D10")):
            dialog.grid.cells[key].editor.set_value(value)
        dialog.submit()
        settle()
        (row,) = filed()
        (kept,) = branch.read(lambda s: files_of(s, row.id))
        assert "/" not in kept.name
        assert "<" not in kept.name
        assert "|" not in kept.name

    def test_no_file_is_said_above_the_form(self, outside, settle, filed) -> None:
        dialog = outside(甲_pdf=pdf())
        dialog.pane.remove_button.click()
        for key, value in (("category", "mechanism"), ("retention", "D10")):
            dialog.grid.cells[key].editor.set_value(value)
        dialog.submit()
        settle()
        assert "至少一个文件" in dialog._problem_text.text()
        assert filed() == []

    def test_closing_with_files_added_asks_first(self, outside, messages) -> None:
        dialog = outside(甲_pdf=pdf())
        messages.prepare(False)
        dialog.reject()
        assert dialog.isVisible()
        assert messages.asked[0][0] == "放弃填写的内容？"

    def test_files_chosen_by_button_open_the_same_form(self, page, opened, settle, messages, tmp_path) -> None:
        path = tmp_path / "通知.pdf"
        path.write_bytes(pdf())
        messages.prepare(path)
        command(page(), "从外部添加文件").trigger()
        settle()
        dialog = opened(OutsideDialog)
        settle()
        assert [file.name for file in dialog.pane.files] == ["通知.pdf"]


def test_tab_goes_from_the_files_through_the_fields_to_the_buttons(page, opened, settle, tmp_path) -> None:
    path = tmp_path / "总结.docx"
    path.write_bytes(b"PK")
    page().add_paths([path])
    settle()
    dialog = opened(OutsideDialog)
    assert dialog.grid.cells["title"].editor.isAncestorOf(dialog.focusWidget())
    pane, seen = dialog.pane, []
    pane.add_button.setFocus()
    for _ in range(30):
        seen.append(dialog.focusWidget())
        QTest.keyClick(dialog.focusWidget(), Qt.Key.Key_Tab)
        if dialog.focusWidget() is pane.add_button:
            break
    assert seen[:5] == [pane.add_button, pane.remove_button, pane.roles, pane.pages, pane.list]
    assert seen[-2:] == [dialog._cancel, dialog._accept]
    fields = [key for widget in seen[5:-2] for key, cell in dialog.grid.cells.items() if cell.isAncestorOf(widget)]
    assert list(dict.fromkeys(fields)) == list(dialog.grid.cells)
