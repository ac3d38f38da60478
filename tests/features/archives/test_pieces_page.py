"""已归档 with real widgets over a real library: looking, correcting, numbering with stamps, catalogue, appraisal."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import openpyxl
import pikepdf
import pypdfium2
import pytest
from PIL import Image
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QDialog

from partyroom.core.calendar import now
from partyroom.core.errors import DomainError
from partyroom.core.filing import Retention
from partyroom.documents.archival_check import archival_problems
from partyroom.features.archives import screen_service
from partyroom.features.archives.appraisal_dialog import AppraisalDialog
from partyroom.features.archives.catalogue_report import catalogue_sheets
from partyroom.features.archives.domain import Fonds, Role
from partyroom.features.archives.filing import PieceDraft
from partyroom.features.archives.filing_service import (
    PieceQuery,
    Stamped,
    archive_problems,
    file_piece,
    files_of,
    list_piece_ids,
    list_piece_rows,
    main_file,
    renew_stamp,
)
from partyroom.features.archives.numbers_dialog import NumbersDialog
from partyroom.features.archives.outside_dialog import AddFilesDialog
from partyroom.features.archives.page import ArchivesPage
from partyroom.features.archives.piece_dialog import PieceDialog
from partyroom.features.archives.piece_report import OutsideFile, prepare_outside
from partyroom.features.archives.pieces_page import PiecesPage
from partyroom.features.archives.settings_service import save_fonds
from partyroom.storage.library import Library
from partyroom.ui.form import FormDialog
from partyroom.ui.print_preview import PrintPreview
from partyroom.ui.table import Query

pytestmark = pytest.mark.usefixtures("fixed_today")


def picture(colour: str = "red") -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (60, 40), colour).save(buffer, "JPEG")
    return buffer.getvalue()


@pytest.fixture
def store(library: Library) -> Callable[..., int]:
    """Files a 件 with these files, by default with one picture."""

    def run(title: str = "关于做好年度考核的通知", files=None, **fields: object) -> int:
        draft = replace(PieceDraft(2025, "mechanism", title, Retention.YEARS_30, dated=date(2025, 6, 1)), **fields)
        outside = [OutsideFile(name, content) for name, content in files or [("通知.jpg", picture())]]
        prepared = prepare_outside(outside, title=title, author="县教育局党委", created=now())
        return library.write("归档", lambda s: file_piece(s, library.attachments, draft, prepared)).result

    return run


@pytest.fixture
def host(desk, qtbot, settle) -> Callable[..., ArchivesPage]:
    made = ArchivesPage(desk)
    qtbot.addWidget(made)
    made.resize(1200, 640)

    def show(year: int = 2025) -> ArchivesPage:
        made.show()
        made.show_section(1)
        made.show_year(year)
        settle()
        return made

    return show


@pytest.fixture
def page(host) -> Callable[..., PiecesPage]:
    return lambda year=2025: host(year).section(PiecesPage)


@pytest.fixture
def filed(library: Library):
    def read(query: PieceQuery | None = None) -> list:
        return library.read(lambda s: list_piece_rows(s, list_piece_ids(s, query or PieceQuery())))

    return read


@pytest.fixture
def give_numbers(page, opened, settle):
    """Gives the year's numbers through the dialog."""

    def run(found: PiecesPage, *, number_pages: bool = False) -> None:
        command(found, "编件号").trigger()
        settle()
        dialog = opened(NumbersDialog)
        dialog.number_pages.setChecked(number_pages)
        dialog.accept_button.click()
        settle()

    return run


def shown(page: PiecesPage, column: str = "title") -> list[str]:
    model = page.panel.model
    place = [one.key for one in model.columns].index(column)
    return [model.index(row, place).data() for row in range(model.rowCount())]


def command(page, text: str) -> QAction:
    return next(one for one in page.findChildren(QAction) if one.text().startswith(text))


def text_of(pdf: bytes, page: int = 0) -> str:
    document = pypdfium2.PdfDocument(pdf)
    try:
        return document[page].get_textpage().get_text_bounded()
    finally:
        document.close()


def test_list_model_keeps_qt_rules(page, store, qtmodeltester) -> None:
    store()
    qtmodeltester.check(page().panel.model)


def test_year_chosen_above_and_all_years_by_filter(page, store, settle) -> None:
    store("今年的")
    store("前年的", year=2023, dated=date(2023, 3, 1))
    found = page()
    assert shown(found) == ["今年的"]
    found.panel.set_query(Query("", {}))
    settle()
    assert shown(found) == ["前年的", "今年的"]


def test_filters_by_retention_category_and_box(page, store, settle) -> None:
    store("甲", retention=Retention.PERMANENT)
    store("乙", category="education")
    found = page()
    for filters, titles in (
        ({"retention": "Y"}, ["甲"]),
        ({"category": "education"}, ["乙"]),
        ({"box": "none"}, ["甲", "乙"]),
    ):
        found.panel.set_query(Query("", {"year": "chosen", **filters}))
        settle()
        assert shown(found) == titles


def test_a_piece_opens_with_its_files_and_its_pages(page, store, opened, settle) -> None:
    piece = store(files=(("通知.jpg", picture()), ("附表.xlsx", b"PK\x03\x04")))
    found = page()
    found.panel.opened.emit(piece)
    settle()
    dialog = opened(PieceDialog)
    assert [dialog.list.topLevelItem(n).text(1) for n in range(2)] == ["通知.jpg", "附表.xlsx"]
    assert dialog.pane is not None
    assert dialog.pane.page_count == 1
    dialog.list.setCurrentItem(dialog.list.topLevelItem(1))
    settle()
    assert dialog.pane is None
    assert "按原样保存" in dialog.note.text()
    assert "未编件号" in dialog.description.text()


def test_the_lasting_form_goes_to_the_preview_and_the_original_to_a_file(
    page, store, opened, settle, messages, tmp_path, library
) -> None:
    piece = store()
    page().open_piece(piece)
    settle()
    dialog = opened(PieceDialog)
    dialog.preview()
    settle()
    (file,) = library.read(lambda s: files_of(s, piece))
    assert opened(PrintPreview)._pdf == library.attachments.get(file.archival_sha256)
    target = tmp_path / "出口.jpg"
    messages.prepare(target)
    dialog.export_original()
    settle()
    assert target.read_bytes() == library.attachments.get(file.sha256)


def test_a_damaged_file_is_said_in_the_dialog(page, store, opened, settle, library) -> None:
    piece = store()
    (file,) = library.read(lambda s: files_of(s, piece))
    library.attachments.path(file.archival_sha256).write_bytes(b"damaged")
    page().open_piece(piece)
    settle()
    assert "已被改动" in opened(PieceDialog).note.text()


def test_a_signed_scan_joins_the_record(page, store, opened, settle, tmp_path, library, filed, messages) -> None:
    piece = store()
    page().open_piece(piece)
    settle()
    dialog = opened(PieceDialog)
    dialog.add_files()
    form = opened(AddFilesDialog)
    path = tmp_path / "签字扫描件.jpg"
    path.write_bytes(picture("blue"))
    form.pane.add_paths([path])
    settle()
    form.submit()
    settle()
    assert [file.name for file in library.read(lambda s: files_of(s, piece))] == ["通知.jpg", "签字扫描件.jpg"]
    assert (filed()[0].pages, dialog.list.topLevelItemCount()) == (2, 2)
    assert library.read(archive_problems) == []


def test_adding_to_a_stamped_piece_asks_first(page, store, opened, settle, messages, give_numbers) -> None:
    piece = store()
    found = page()
    give_numbers(found)
    found.open_piece(piece)
    settle()
    messages.prepare(False)
    opened(PieceDialog).add_files()
    assert "页数" in messages.asked[0][1]


def two_pages() -> bytes:
    file, buffer = pikepdf.new(), io.BytesIO()
    for _ in range(2):
        file.add_blank_page(page_size=(595, 842))
    file.save(buffer)
    return buffer.getvalue()


@pytest.fixture
def add_scan(opened, settle, messages, tmp_path):
    """Adds a scan to the stamped piece that is shown, and answers whether its stamp is to say so."""

    def run(answer: bool) -> None:
        messages.prepare(True, answer)
        opened(PieceDialog).add_files()
        form = opened(AddFilesDialog)
        path = tmp_path / "签字扫描件.jpg"
        path.write_bytes(picture("blue"))
        form.pane.add_paths([path])
        settle()
        form.submit()
        for _ in range(3):
            settle()

    return run


class TestAStampMadeBefore:
    @pytest.fixture
    def stamped(self, library) -> Callable[[int], bytes]:
        return lambda piece: library.attachments.get(library.read(lambda s: main_file(s, piece)).archival_sha256)

    @pytest.mark.parametrize("number_pages", [False, True])
    def test_says_the_pages_after_files_were_added(
        self, page, store, settle, give_numbers, add_scan, stamped, library, labels, number_pages
    ) -> None:
        piece = store(files=(("两页.pdf", two_pages()),))
        found = page()
        give_numbers(found, number_pages=number_pages)
        assert sorted(text_of(stamped(piece)).split()) == sorted(["2025", "0001", "30年", "2"] + ["1"] * number_pages)
        found.open_piece(piece)
        settle()
        add_scan(True)
        assert sorted(text_of(stamped(piece)).split()) == sorted(["2025", "0001", "30年", "3"] + ["1"] * number_pages)
        assert text_of(stamped(piece), 1).split() == ["2"] * number_pages
        assert archival_problems(stamped(piece)) == []
        assert library.read(archive_problems) == []
        assert labels()[0].startswith("更新归档章：")

    def test_stays_when_the_user_wants_it_so(self, page, store, settle, give_numbers, add_scan, stamped, filed) -> None:
        piece = store()
        found = page()
        give_numbers(found)
        before = stamped(piece)
        found.open_piece(piece)
        settle()
        add_scan(False)
        assert stamped(piece) == before
        assert filed()[0].pages == 2

    def test_gets_a_fonds_that_came_later_only_when_asked(
        self, page, store, opened, settle, give_numbers, stamped, library, messages
    ) -> None:
        piece = store()
        found = page()
        give_numbers(found)
        before = stamped(piece)
        library.write("全宗", lambda s: save_fonds(s, Fonds("Z109", "", "")))
        assert stamped(piece) == before
        found.open_piece(piece)
        settle()
        messages.prepare(True)
        opened(PieceDialog).renew_button.click()
        for _ in range(3):
            settle()
        assert text_of(stamped(piece)).split() == ["Z109", "2025", "0001", "30年", "1"]

    def test_is_not_replaced_by_one_that_says_what_is_no_longer_so(
        self, page, store, give_numbers, stamped, library
    ) -> None:
        piece = store()
        give_numbers(page())
        before, file = stamped(piece), library.read(lambda s: main_file(s, piece))
        for number, pages in ((2, 1), (1, 5)):
            wrong = Stamped(piece, number, file.id, b"%PDF")
            with pytest.raises(DomainError, match="没有更新"):
                library.write("盖章", lambda s, w=wrong, p=pages: renew_stamp(s, library.attachments, w, p))
        assert stamped(piece) == before

    def test_is_not_offered_without_a_number(self, page, store, opened, settle) -> None:
        page().open_piece(store())
        settle()
        assert not opened(PieceDialog).renew_button.isEnabled()


def test_the_description_is_corrected_and_numbered_parts_stay(
    page, store, opened, settle, filed, give_numbers, labels
) -> None:
    piece = store()
    found = page()
    found.panel.select([piece])
    command(found, "更正著录").trigger()
    settle()
    form = opened(FormDialog)
    form.grid.cells["author"].editor.set_value("样例县教育局党委")
    form.submit()
    settle()
    assert (filed()[0].author, labels()[0]) == ("样例县教育局党委", "更正归档文件：关于做好年度考核的通知")
    give_numbers(found)
    found.panel.select([piece])
    command(found, "更正著录").trigger()
    settle()
    form = opened(FormDialog)
    form.grid.cells["retention"].editor.set_value("Y")
    form.submit()
    settle()
    assert "不能再改" in form.grid.cells["retention"].note.text()
    assert filed()[0].retention is Retention.YEARS_30


def test_pieces_go_to_the_bin_after_a_question(page, store, settle, messages, filed) -> None:
    piece = store()
    found = page()
    found.panel.select([piece])
    messages.prepare(False, True)
    command(found, "移入回收站").trigger()
    settle()
    assert len(filed()) == 1
    command(found, "移入回收站").trigger()
    settle()
    assert (filed(), shown(found)) == ([], [])


class TestNumbers:
    def test_da_06_numbers_are_shown_before_they_are_given(self, page, store, opened, settle, library, filed) -> None:
        library.write("全宗", lambda s: save_fonds(s, Fonds("Z109", "样例中学党支部")))
        store("二", dated=date(2025, 9, 1))
        store("一", dated=date(2025, 2, 1))
        store("三", retention=Retention.PERMANENT)
        command(page(), "编件号").trigger()
        settle()
        dialog = opened(NumbersDialog)
        lines = [(dialog.list.topLevelItem(n).text(0), dialog.list.topLevelItem(n).text(1)) for n in range(3)]
        assert lines == [
            ("Z109-WS·2025-Y-0001", "三"),
            ("Z109-WS·2025-D30-0001", "一"),
            ("Z109-WS·2025-D30-0002", "二"),
        ]
        dialog.reject()
        assert {row.number for row in filed()} == {None}

    def test_da_04_stamped_files_bear_number_retention_and_pages_and_stay_archival(
        self, page, store, settle, library, filed, give_numbers
    ) -> None:
        library.write("全宗", lambda s: save_fonds(s, Fonds("Z109", "样例中学党支部", "BGS")))
        piece = store(office="BGS", files=(("一.jpg", picture()), ("二.jpg", picture("blue"))))
        before = library.read(lambda s: main_file(s, piece))
        found = page()
        give_numbers(found)
        assert shown(found, "reference") == ["Z109-WS·2025-D30-BGS-0001"]
        after = library.read(lambda s: main_file(s, piece))
        assert after.sha256 == before.sha256
        stamped = library.attachments.get(after.archival_sha256)
        assert text_of(stamped).split() == ["Z109", "2025", "0001", "BGS", "30年", "2"]
        assert archival_problems(stamped) == []
        with pikepdf.open(io.BytesIO(stamped)) as pdf:
            assert pdf.open_metadata().get("pdfaid:part") == "2"
        assert library.read(archive_problems) == []

    def test_page_numbers_are_written_if_wanted(self, page, store, library, give_numbers) -> None:
        file, buffer = pikepdf.new(), io.BytesIO()
        for _ in range(2):
            file.add_blank_page(page_size=(595, 842))
        file.save(buffer)
        piece = store(files=(("两页.pdf", buffer.getvalue()),))
        give_numbers(page(), number_pages=True)
        stamped = library.attachments.get(library.read(lambda s: main_file(s, piece)).archival_sha256)
        assert text_of(stamped, 1).strip() == "2"
        assert archival_problems(stamped) == []

    def test_what_cannot_be_stamped_is_said_and_numbered(self, page, store, opened, settle, filed) -> None:
        store("总结", files=(("总结.docx", b"PK\x03\x04"),))
        found = page()
        command(found, "编件号").trigger()
        settle()
        dialog = opened(NumbersDialog)
        assert dialog.list.topLevelItem(0).text(4) == "没有可盖章的PDF"
        assert any("手工盖章" in one for one in dialog.plan.warnings)
        assert any("全宗号" in one for one in dialog.plan.warnings)
        dialog.accept_button.click()
        settle()
        assert filed()[0].number == 1

    def test_a_year_without_waiting_pieces_says_so(self, page, settle, messages) -> None:
        command(page(), "编件号").trigger()
        settle()
        assert messages.informed[-1] == "2025年没有等待编号的文件。"

    def test_a_change_meanwhile_keeps_wrong_numbers_from_being_stamped(
        self, page, store, opened, settle, filed, messages
    ) -> None:
        store("二", dated=date(2025, 9, 1))
        command(page(), "编件号").trigger()
        settle()
        dialog = opened(NumbersDialog)
        store("一", dated=date(2025, 2, 1))
        dialog.accept_button.click()
        settle()
        assert {row.number for row in filed()} == {None}
        assert "刚才有变动" in messages.problems[0][1]
        assert dialog.accept_button.isEnabled()

    def test_cancelled_stamping_numbers_nothing(self, page, store, opened, settle, filed) -> None:
        store()
        found = page()
        command(found, "编件号").trigger()
        settle()
        dialog = opened(NumbersDialog)
        dialog.give()
        (job,) = [job for job in found.desk.tasks._jobs.values() if job.progress is not None]
        job.progress.cancel()
        settle()
        assert filed()[0].number is None
        assert dialog.isVisible()


class TestPapers:
    def test_da_07_catalogue_is_previewed_with_cover_and_columns(
        self, page, store, opened, settle, library, give_numbers
    ) -> None:
        library.write("全宗", lambda s: save_fonds(s, Fonds("Z109", "样例中学党支部")))
        store("关于<b>考核</b>的通知", document_number="教党〔2025〕5号", author="县教育局党委")
        store("决议", retention=Retention.PERMANENT)
        found = page()
        give_numbers(found)
        command(found, "归档文件目录").trigger()
        form = opened(FormDialog)
        form.grid.cells["retention"].editor.set_value("D30")
        form.submit()
        settle()
        preview = opened(PrintPreview)
        assert preview.pane.page_count == 2
        cover, list_page = text_of(preview._pdf), text_of(preview._pdf, 1)
        assert "样例中学党支部" in cover
        for words in ("Z109-WS·2025-D30-0001", "〔2025〕", "20250601", "<b>"):
            assert words in list_page.replace("\r\n", "").replace("\n", "")
        assert "决议" not in list_page

    def test_unnumbered_pieces_are_not_in_the_catalogue_and_that_is_said(
        self, page, store, opened, settle, messages
    ) -> None:
        store()
        found = page()
        command(found, "归档文件目录").trigger()
        opened(FormDialog).submit()
        settle()
        assert "还没有编件号" in messages.informed[-1]

    def test_the_catalogue_as_a_workbook_has_a_sheet_for_each_retention(self, store, page, filed, give_numbers) -> None:
        store("=1+1", author="@cmd")
        store("决议", retention=Retention.PERMANENT)
        give_numbers(page())
        from partyroom.documents.sheet import render_xlsx

        sheets = catalogue_sheets(filed(), Fonds("Z109", "样例中学党支部"))
        book = openpyxl.load_workbook(io.BytesIO(render_xlsx(*sheets)))
        assert book.sheetnames == ["2025 永久", "2025 30年"]
        line = [cell.value for cell in book["2025 30年"][3]]
        assert (line[0], line[3], line[4], line[7]) == (1, "@cmd", "=1+1", 1)
        assert book["2025 30年"]["E3"].data_type == "s"

    def test_what_is_due_is_listed_and_printed_and_nothing_is_removed(self, page, store, opened, settle, filed) -> None:
        store("旧通知", year=2014, retention=Retention.YEARS_10, dated=date(2014, 5, 1))
        store("旧决议", year=2014, retention=Retention.PERMANENT, dated=date(2014, 5, 1))
        found = page()
        command(found, "到期待鉴定").trigger()
        settle()
        dialog = opened(AppraisalDialog)
        assert [dialog.panel.model.index(0, n).data() for n in (1, 4)] == ["旧通知", "2025年1月1日"]
        assert dialog.panel.model.rowCount() == 1
        dialog.print_button.click()
        settle()
        text = text_of(opened(PrintPreview)._pdf)
        assert "旧通知" in text
        assert "20250101" in text
        assert len(filed()) == 2

    def test_export_writes_what_is_shown(self, page, store, settle, messages, tmp_path: Path) -> None:
        store("=HYPERLINK(1)")
        target = tmp_path / "所见.xlsx"
        messages.prepare(target)
        page().export_shown()
        settle()
        sheet = openpyxl.load_workbook(target).active
        assert "=HYPERLINK(1)" in [cell.value for cell in sheet[3]]


class TestReminder:
    def test_da_12_what_is_left_of_last_year_is_said_and_a_click_leads_there(self, host, store, settle) -> None:
        store()
        found = host(2026)
        assert "1件还没有编件号" in found.reminder_text.text()
        assert "已过2026年6月30日" in found.reminder_text.text()
        assert "不是硬性期限" in found.reminder_text.text()
        found.show_section(2)
        found.reminder_button.click()
        settle()
        assert (found.year, found.tabs.tabText(found.tabs.currentIndex())) == (2025, "已归档")

    def test_papers_not_filed_come_first(self, host, branch, settle) -> None:
        found = host(2026)
        assert "件还没有归档" in found.reminder_text.text()
        found.reminder_button.click()
        settle()
        assert (found.year, found.tabs.tabText(found.tabs.currentIndex())) == (2025, "待归档")

    def test_nothing_left_nothing_said(self, host) -> None:
        assert not host(2026).strip.isVisible()


def test_no_dialog_is_left_without_a_name(page, store, opened, settle) -> None:
    store()
    found = page()
    for text in ("编件号", "归档文件目录", "到期待鉴定"):
        command(found, text).trigger()
        settle()
        assert opened(QDialog).windowTitle()


def test_roles_are_shown_in_words(page, store, opened, settle) -> None:
    piece = store()
    page().open_piece(piece)
    settle()
    assert opened(PieceDialog).list.topLevelItem(0).text(0) == Role.ORIGINAL.label


def test_other_sections_and_years_do_not_ask_all_features_again(host, store, settle, monkeypatch) -> None:
    found = host(2026)
    asked: list[int] = []
    monkeypatch.setattr(screen_service, "offered", lambda *_: asked.append(1) or [])
    found.show_section(0)
    found.show_year(2024)
    settle()
    assert asked == []
    store()
    found.desk.tasks.data_changed.emit(frozenset({"archive_pieces"}))
    settle()
    assert asked == [1]
