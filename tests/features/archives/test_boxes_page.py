"""档案盒 and the settings of the archive with real widgets over a real library."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pikepdf
import pypdfium2
import pytest
from PIL import Image
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QPushButton, QWidget

from partyroom.core.calendar import now
from partyroom.core.filing import Retention
from partyroom.features.archives.box_dialog import BoxDialog
from partyroom.features.archives.boxes_page import BoxesPage
from partyroom.features.archives.boxes_service import list_box_ids, list_box_rows, put_into_box, save_box
from partyroom.features.archives.boxing import BoxDraft
from partyroom.features.archives.domain import Fonds
from partyroom.features.archives.filing import PieceDraft
from partyroom.features.archives.filing_service import (
    PieceQuery,
    Stamped,
    file_piece,
    list_piece_ids,
    list_piece_rows,
    plan_numbers,
    store_numbers,
)
from partyroom.features.archives.page import ArchivesPage
from partyroom.features.archives.piece_report import OutsideFile, prepare_outside
from partyroom.features.archives.pieces_page import PiecesPage
from partyroom.features.archives.settings_dialog import CategoriesDialog, RetentionsDialog
from partyroom.features.archives.settings_service import categories_of, fonds_of, save_fonds
from partyroom.storage.library import Library
from partyroom.ui.form import FormDialog
from partyroom.ui.print_preview import PrintPreview

pytestmark = pytest.mark.usefixtures("fixed_today")

MM = 72 / 25.4


@pytest.fixture
def store(library: Library) -> Callable[..., int]:
    """Files a 件 of one page and numbers it."""

    def run(title: str, *, numbered: bool = True, **fields: object) -> int:
        buffer = io.BytesIO()
        Image.new("RGB", (60, 40), "red").save(buffer, "JPEG")
        draft = replace(PieceDraft(2025, "mechanism", title, Retention.YEARS_30, dated=date(2025, 6, 1)), **fields)
        files = [OutsideFile("通知.jpg", buffer.getvalue())]
        prepared = prepare_outside(files, title=title, author="", created=now())
        piece = library.write("归档", lambda s: file_piece(s, library.attachments, draft, prepared)).result
        if numbered:
            plan = library.read(lambda s: plan_numbers(s, draft.year))
            stamped = [Stamped(one.piece_id, one.number) for one in plan]
            library.write("编号", lambda s: store_numbers(s, library.attachments, stamped))
        return int(piece)

    return run


@pytest.fixture
def host(desk, qtbot, settle) -> Callable[..., ArchivesPage]:
    made = ArchivesPage(desk)
    qtbot.addWidget(made)
    made.resize(1200, 640)

    def show(section: int = 2) -> ArchivesPage:
        made.show()
        made.show_section(section)
        made.show_year(2025)
        settle()
        return made

    return show


@pytest.fixture
def page(host) -> Callable[[], BoxesPage]:
    return lambda: host().section(BoxesPage)


@pytest.fixture
def boxes(library: Library):
    def read() -> list:
        return library.read(lambda s: list_box_rows(s, list_box_ids(s)))

    return read


@pytest.fixture
def box(library: Library):
    def make(**fields: object) -> int:
        draft = replace(BoxDraft(2025, Retention.YEARS_30), **fields)
        return int(library.write("建盒", lambda s: save_box(s, draft)).result)

    return make


def shown(page: BoxesPage, column: str) -> list[str]:
    model = page.panel.model
    place = [one.key for one in model.columns].index(column)
    return [model.index(row, place).data() for row in range(model.rowCount())]


def command(page: QWidget, text: str) -> QAction:
    return next(one for one in page.findChildren(QAction) if one.text().startswith(text))


def text_of(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    try:
        return "\n".join(page.get_textpage().get_text_bounded() for page in document)
    finally:
        document.close()


def put(form: FormDialog, **values: object) -> None:
    for key, value in values.items():
        form.grid.cells[key].editor.set_value(value)
    form.submit()


def test_list_model_keeps_qt_rules(page, box, qtmodeltester) -> None:
    box()
    qtmodeltester.check(page().panel.model)


def test_a_box_is_made_with_its_remarks_and_numbered_on(page, opened, settle, boxes, labels) -> None:
    found = page()
    command(found, "新建档案盒").trigger()
    settle()
    put(
        opened(FormDialog),
        retention="D30",
        thickness=20,
        situation="缺第3件附件",
        arranged_by="李四",
        arranged_on=date(2026, 3, 1),
    )
    settle()
    (row,) = boxes()
    assert (row.draft.year, row.draft.number, row.draft.thickness, row.draft.arranged_on) == (
        2025,
        1,
        20,
        date(2026, 3, 1),
    )
    assert shown(found, "number") == ["第1盒"]
    assert shown(found, "span") == ["空盒"]
    assert labels()[0] == "新建档案盒：2025年30年"


def test_a_check_before_the_arranging_is_refused_beside_its_field(page, opened, settle, boxes, box) -> None:
    number = box()
    found = page()
    found.panel.select([number])
    command(found, "备考表和盒信息").trigger()
    settle()
    form = opened(FormDialog)
    put(form, arranged_on=date(2026, 3, 1), checked_on=date(2026, 2, 1))
    settle()
    assert "不能早于整理日期" in form.grid.cells["checked_on"].note.text()
    assert boxes()[0].draft.checked_on is None


def test_pieces_go_into_the_box_and_out_again(page, store, box, opened, settle, boxes) -> None:
    first, second = store("一"), store("二", dated=date(2025, 7, 1))
    store("永久的", retention=Retention.PERMANENT)
    store("没编号的", numbered=False)
    number = box()
    found = page()
    found.panel.opened.emit(number)
    settle()
    dialog = opened(BoxDialog)
    assert dialog.tabs.currentWidget() is dialog.outside
    assert list(dialog.outside.model.ids) == [first, second]
    dialog.outside.select([first, second])
    command(dialog.outside, "放入这一盒").trigger()
    settle()
    assert list(dialog.inside.model.ids) == [first, second]
    assert (shown(found, "pieces"), shown(found, "pages"), shown(found, "span")) == (["2"], ["2"], ["0001—0002"])
    dialog.inside.select([first])
    command(dialog.inside, "取出").trigger()
    settle()
    assert (list(dialog.inside.model.ids), boxes()[0].span) == ([second], "0002")


def test_content_models_keep_qt_rules(page, store, box, opened, settle, qtmodeltester) -> None:
    store("一")
    page().open_box(box())
    settle()
    dialog = opened(BoxDialog)
    qtmodeltester.check(dialog.inside.model)
    qtmodeltester.check(dialog.outside.model)


def test_a_full_box_is_not_removed(page, store, box, library, settle, messages, boxes) -> None:
    piece, number = store("一"), box()
    library.write("装盒", lambda s: put_into_box(s, number, [piece]))
    found = page()
    found.panel.select([number])
    messages.prepare(True)
    command(found, "移入回收站").trigger()
    settle()
    assert "还有文件" in messages.problems[0][1]
    assert len(boxes()) == 1


class TestFromThePieces:
    def test_chosen_pieces_begin_a_new_box(self, store, host, opened, settle, boxes) -> None:
        ids = [store("一"), store("二")]
        found = host(1).section(PiecesPage)
        found.panel.select(ids)
        command(found, "装盒").trigger()
        settle()
        put(opened(FormDialog), thickness=40)
        settle()
        (row,) = boxes()
        assert (row.pieces, row.draft.thickness, row.draft.retention) == (2, 40, Retention.YEARS_30)

    def test_chosen_pieces_join_the_last_fitting_box(self, store, host, opened, settle, boxes, box) -> None:
        piece = store("一")
        box(retention=Retention.PERMANENT)
        box()
        last = box()
        found = host(1).section(PiecesPage)
        found.panel.select([piece])
        command(found, "装盒").trigger()
        settle()
        form = opened(FormDialog)
        assert form.values()["box"] == last
        form.submit()
        settle()
        assert [row.id for row in boxes() if row.pieces] == [last]

    def test_da_11_different_retention_is_not_boxed_together(self, store, host, settle, messages, boxes) -> None:
        ids = [store("一"), store("二", retention=Retention.PERMANENT)]
        found = host(1).section(PiecesPage)
        found.panel.select(ids)
        command(found, "装盒").trigger()
        settle()
        assert "不放在同一盒" in messages.informed[-1]
        assert boxes() == []

    def test_pieces_without_number_are_not_boxed(self, store, host, settle, messages, boxes) -> None:
        piece = store("一", numbered=False)
        found = host(1).section(PiecesPage)
        found.panel.select([piece])
        command(found, "装盒").trigger()
        settle()
        assert "还没有编件号" in messages.informed[-1]

    def test_chosen_pieces_are_taken_out(self, store, host, settle, library, box, boxes) -> None:
        piece, number = store("一"), box()
        library.write("装盒", lambda s: put_into_box(s, number, [piece]))
        found = host(1).section(PiecesPage)
        assert found.panel.model.index(0, [one.key for one in found.panel.model.columns].index("box")).data() == "第1盒"
        found.panel.select([piece])
        command(found, "取出盒").trigger()
        settle()
        assert boxes()[0].pieces == 0


class TestPapers:
    def test_da_10_remarks_say_what_is_in_the_form(self, page, box, opened, settle) -> None:
        number = box(situation="缺第3件<b>附件</b>", arranged_by="李四", arranged_on=date(2026, 3, 1))
        found = page()
        found.panel.select([number])
        command(found, "打印备考表").trigger()
        settle()
        text = text_of(opened(PrintPreview)._pdf)
        for words in ("缺第3件<b>附件</b>", "李四", "2026年3月1日", "检查人"):
            assert words in text

    def test_da_09_spines_of_several_boxes_stand_on_one_sheet_to_scale(
        self, page, box, store, opened, settle, library
    ) -> None:
        library.write("全宗", lambda s: save_fonds(s, Fonds("Z109", "样例中学党支部")))
        piece = store("一")
        numbers = [box(thickness=width) for width in (20, 30, 40, 50)]
        library.write("装盒", lambda s: put_into_box(s, numbers[0], [piece]))
        command(page(), "打印盒脊标签").trigger()
        settle()
        preview = opened(PrintPreview)
        assert preview.pane.page_count == 1
        text = text_of(preview._pdf)
        assert text.count("Z109") == 4
        assert "0001" in text
        with pikepdf.open(io.BytesIO(preview._pdf)) as pdf:
            size = [float(edge) / MM for edge in pdf.pages[0].mediabox[2:]]
        assert size == pytest.approx([210, 297], abs=0.1)

    def test_only_chosen_boxes_get_labels(self, page, box, opened, settle) -> None:
        box()
        second = box()
        found = page()
        found.panel.select([second])
        command(found, "打印所选盒脊标签").trigger()
        settle()
        assert opened(PrintPreview).windowTitle() == "盒脊标签（1盒）"

    def test_cover_has_the_name_of_the_fonds_or_of_the_branch(self, page, branch, opened, settle) -> None:
        command(page(), "打印盒封面").trigger()
        settle()
        assert "样例中学第九党支部" in text_of(opened(PrintPreview)._pdf)

    def test_a_year_without_boxes_says_so(self, page, messages) -> None:
        command(page(), "打印盒脊标签").trigger()
        assert messages.informed[-1] == "这一年还没有档案盒。"


class TestSettings:
    def test_fonds_is_checked_and_kept(self, host, opened, settle, library) -> None:
        host().edit_fonds()
        settle()
        form = opened(FormDialog)
        put(form, number="全宗")
        settle()
        assert "4位" in form.grid.cells["number"].note.text()
        put(form, number="z109", name="样例中学党支部", office="BGS")
        settle()
        assert library.read(fonds_of) == Fonds("Z109", "样例中学党支部", "BGS")

    def test_eight_categories_become_ten_are_renamed_moved_and_put_out_of_use(
        self, host, opened, settle, library
    ) -> None:
        host().edit_categories()
        settle()
        dialog = opened(CategoriesDialog)
        for name in ("典型材料", "上级文件"):
            button(dialog, "add_category_button").click()
            put(opened(FormDialog), label=name)
            settle()
        assert dialog.list.topLevelItemCount() == 10
        dialog.choose(9)
        button(dialog, "up_category_button").click()
        settle()
        assert [one.label for one in library.read(categories_of)][-2:] == ["上级文件", "典型材料"]
        assert dialog.list.currentItem().text(0) == "上级文件"
        dialog.choose(0)
        button(dialog, "rename_category_button").click()
        put(opened(FormDialog), label="班子建设")
        settle()
        button(dialog, "hide_category_button").click()
        settle()
        first = library.read(categories_of)[0]
        assert (first.code, first.label, first.hidden) == ("mechanism", "班子建设", True)
        assert button(dialog, "hide_category_button").text() == "恢复使用"

    def test_a_category_with_pieces_is_not_deleted(self, host, opened, settle, library, store, messages) -> None:
        store("一")
        host().edit_categories()
        settle()
        dialog = opened(CategoriesDialog)
        button(dialog, "drop_category_button").click()
        settle()
        assert "已有归档文件" in messages.problems[0][1]
        assert len(library.read(categories_of)) == 8

    def test_two_categories_of_one_name_are_refused_in_the_form(self, host, opened, settle) -> None:
        host().edit_categories()
        settle()
        dialog = opened(CategoriesDialog)
        button(dialog, "add_category_button").click()
        form = opened(FormDialog)
        put(form, label="党员教育")
        settle()
        assert "不能重复" in form.grid.cells["label"].note.text()

    def test_retention_of_a_kind_of_paper_is_changed_and_sources_are_named(self, host, opened, settle) -> None:
        found = host()
        found.edit_retentions()
        settle()
        dialog = opened(RetentionsDialog)
        lines = [dialog.list.topLevelItem(n) for n in range(dialog.list.topLevelItemCount())]
        place = next(n for n, line in enumerate(lines) if line.text(0) == "党员花名册")
        assert any("南昌大学档案馆表：永久或30年" in line.text(3) for line in lines)
        dialog.choose(len(lines) - 1)
        assert not button(dialog, "change_retention_button").isEnabled()
        dialog.choose(place)
        button(dialog, "change_retention_button").click()
        put(opened(FormDialog), retention="D30")
        settle()
        line = dialog.list.topLevelItem(place)
        assert [line.text(n) for n in (1, 2)] == ["30年", "永久"]
        assert "已由支部修改" in line.text(3)


def button(dialog: QWidget, name: str) -> QPushButton:
    found = dialog.findChild(QPushButton, name)
    assert isinstance(found, QPushButton)
    return found


def test_every_button_and_list_says_what_it_is(host, settle, opened) -> None:
    found = host()
    assert found.years.accessibleName() == "年度"
    assert found.tabs.accessibleName() == "档案的各部分"
    found.edit_categories()
    settle()
    assert opened(CategoriesDialog).list.accessibleName() == "档案类别"


def test_alt_numbers_lead_to_the_sections(host, qtbot) -> None:
    from PySide6.QtCore import Qt
    from PySide6.QtTest import QTest

    found = host(0)
    found.activateWindow()
    found.years.setFocus()
    qtbot.waitUntil(found.isActiveWindow)
    QTest.keyClick(found.years, Qt.Key.Key_3, Qt.KeyboardModifier.AltModifier)
    assert found.tabs.tabText(found.tabs.currentIndex()) == "档案盒"


def test_filed_rows_tell_their_box(store, box, library) -> None:
    piece, number = store("一"), box()
    library.write("装盒", lambda s: put_into_box(s, number, [piece]))
    rows = library.read(lambda s: list_piece_rows(s, list_piece_ids(s, PieceQuery(box=str(number)))))
    assert [row.box for row in rows] == ["第1盒"]
