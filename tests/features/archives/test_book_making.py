# ruff: noqa: DTZ001  (a branch lives in one time zone)
"""The handbook read back from its file: parts, numbers, links, originals, and what happens when something is amiss."""

from __future__ import annotations

import io
import re
import tempfile
from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2
import pytest
from PIL import Image
from reportlab.pdfgen.canvas import Canvas

from partyroom.core.errors import CancelledError, DomainError, StorageError
from partyroom.core.filing import Retention
from partyroom.core.pictures import KeptFile, prepare_file
from partyroom.documents.archival_check import archival_problems
from partyroom.documents.contribution import Request
from partyroom.features.archives import book_service as service
from partyroom.features.archives.book import BookContent, numbered
from partyroom.features.archives.book_export import MadeBook, blank_parts, export_book, make_blank_book, make_book
from partyroom.features.archives.book_service import PageDraft
from partyroom.features.archives.domain import Role
from partyroom.features.archives.filing import PieceDraft, PreparedFile
from partyroom.features.archives.filing_service import file_piece
from partyroom.features.archives.parts import all_parts
from partyroom.features.meetings.domain import PaperKind
from partyroom.features.meetings.papers_service import add_papers
from partyroom.features.organisation.domain import Branch
from partyroom.storage import audit
from partyroom.storage.library import Library
from partyroom.storage.undo import undo_change_set

MOMENT = datetime(2026, 1, 20, 9, 0)
_EXPECTED = ["党支部基本情况", "党员花名册", "支部党员大会记录", "党课记录", "其他会议和活动记录", "考勤总表"]
REQUEST = Request(2025, today=date(2026, 1, 20))


def picture(colour: str = "red", size: tuple[int, int] = (400, 300)) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", size, colour).save(buffer, "JPEG")
    return buffer.getvalue()


def pdf_file(*words: str) -> bytes:
    """A file of a stranger, without page numbers, its font embedded nowhere."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=(595.27, 841.89), invariant=1)
    for word in words:
        canvas.rect(100, 100, 50, 50)
        canvas.drawString(100, 400, word)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def scan_file(pages: int = 1) -> bytes:
    """A scan as PDF: a picture on each page."""
    from partyroom.documents.picture_pages import page_of_picture

    with pikepdf.new() as file:
        for _ in range(pages):
            with pikepdf.open(io.BytesIO(page_of_picture(picture("blue")))) as one:
                file.pages.extend(one.pages)
        buffer = io.BytesIO()
        file.save(buffer)
        return buffer.getvalue()


def content_of(library: Library, request: Request = REQUEST) -> BookContent:
    return library.read(lambda session: service.read_book(session, all_parts(), request))


def made(library: Library, **options: Any) -> MadeBook:
    book = make_book(content_of(library), library.attachments.get, created=MOMENT, **options)
    assert isinstance(book, MadeBook), book
    return book


def texts(data: bytes) -> list[str]:
    with pypdfium2.PdfDocument(data) as document:
        return [page.get_textpage().get_text_range().replace("\r\n", "\n") for page in document]


def labels(data: bytes) -> list[str]:
    with pypdfium2.PdfDocument(data) as document:
        return [document.get_page_label(number) for number in range(len(document))]


def listed(data: bytes) -> dict[str, int]:
    """The contents: titles and the page numbers behind them."""
    pages = [text for text, label in zip(texts(data), labels(data), strict=True) if re.fullmatch("[IVX]+", label)]
    lines = re.findall(r"^(.+?)[ …]{2,}(\d+)$", "\n".join(pages), re.MULTILINE)
    return {title.strip(): int(number) for title, number in lines}


def chapters_of(data: bytes) -> dict[str, int]:
    """The chapters without their numbers."""
    return {title.partition("、")[2]: page for title, page in listed(data).items()}


def bookmarks(data: bytes) -> list[tuple[int, str, int]]:
    """(Level, title, page index) of all bookmarks."""
    with pypdfium2.PdfDocument(data) as document:
        return [(mark.level, mark.get_title(), mark.get_dest().get_index()) for mark in document.get_toc()]


def meeting_id(library: Library, title: str) -> int:
    content = content_of(library)
    keys = [one.piece.key for part in content.sections for one in part.pieces if title in one.piece.title]
    return int(keys[0].partition(":")[2])


@pytest.fixture
def scratch(tmp_path: Path, monkeypatch) -> Path:
    """The folder of temporary files."""
    folder = tmp_path / "scratch"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


@pytest.fixture
def put(branch: Library) -> Callable[..., None]:
    """Puts a paper to a meeting."""

    def work(meeting: int, name: str, content: bytes, kind: PaperKind = PaperKind.SIGNED) -> None:
        branch.write(
            "附件",
            lambda session: add_papers(session, branch.attachments, meeting, [prepare_file(name, content)], kind),
        )

    return work


def test_parts_stand_in_the_order_of_their_places_and_empty_ones_are_not_faked(branch: Library) -> None:
    book = made(branch)
    chapters = [title for level, title, _ in bookmarks(book.book.data) if level == 0]
    have = [
        part.title
        for part in all_parts()
        if part.in_book and branch.read(lambda s, part=part: part.produce(s, REQUEST))
    ]
    assert chapters == ["目录", *(numbered(number, title) for number, title in enumerate(have, 1))]
    titles = [title.partition("、")[2] for title in chapters]
    assert [title for title in titles if title in _EXPECTED] == _EXPECTED
    assert "组织生活会记录" in texts(book.book.data)[1]  # 编制说明 says what the year has nothing of
    assert book.problems == ()


def test_numbers_run_on_and_are_those_of_the_contents(branch: Library, put) -> None:
    put(meeting_id(branch, "党员大会"), "签字.pdf", scan_file(3))
    data = made(branch).book.data
    shown, pages = texts(data), labels(data)
    body = [number for number, label in enumerate(pages) if label.isdigit()]
    assert [int(pages[number]) for number in body] == list(range(1, len(body) + 1))
    for number in body:
        assert f"— {pages[number]} —" in shown[number]
    entries, chapters = listed(data), chapters_of(data)
    assert chapters["支部党员大会记录"] == entries["3月5日 第一季度党员大会"]
    assert "第一季度党员大会" in shown[body[0] + chapters["支部党员大会记录"] - 1]
    assert "三月党课" in shown[body[0] + chapters["党课记录"] - 1]
    assert chapters["党课记录"] >= chapters["支部党员大会记录"] + 1 + 3  # the scan's pages count
    assert list(entries.values()) == sorted(entries.values())


def test_contents_and_bookmarks_lead_to_the_pages_they_name(branch: Library) -> None:
    data = made(branch).book.data
    entries, pages = listed(data), labels(data)
    found = {title.replace("　", " "): place for _, title, place in bookmarks(data)}
    assert {title: pages[found[title]] for title in entries} == {title: str(n) for title, n in entries.items()}
    with pikepdf.open(io.BytesIO(data)) as file:
        places = {page.obj.objgen: number for number, page in enumerate(file.pages)}
        links = [
            places[note.Dest[0].objgen]
            for number, page in enumerate(file.pages)
            if pages[number].startswith(("I", "V"))
            for note in page.obj.get("/Annots", ())
        ]
    assert [pages[place] for place in links] == [str(number) for number in entries.values()]


def test_what_the_user_leaves_out_and_reorders_is_obeyed(branch: Library) -> None:
    order = ["meetings.lecture", "members.roster", "members.branch"]
    branch.write("手册", lambda session: service.save_order(session, 2025, order, ["members.roster"]))
    chapters = [section.key for section in content_of(branch).sections]
    assert "members.roster" not in chapters
    assert chapters.index("meetings.lecture") < chapters.index("members.branch")
    assert "members.groups" in chapters  # nobody said anything of it


def test_own_pages_stand_where_they_were_put_and_are_numbered(branch: Library) -> None:
    def add(session) -> list[int]:
        files = branch.attachments
        text = service.add_page(session, files, 2025, PageDraft("支部制度", "第一条 按时开会。\n第二条 <b>记录</b>。"))
        kept = KeptFile("上级批复.pdf", scan_file(2), picture=False)
        scan = service.add_page(session, files, 2025, PageDraft("上级批复", file=kept))
        order = [f"page:{scan}", *[part.key for part in all_parts()], f"page:{text}"]
        service.save_order(session, 2025, order, [])
        return [text, scan]

    branch.write("附页", add)
    data = made(branch).book.data
    entries = listed(data)
    assert (entries["一、上级批复"], entries["二、党支部基本情况"]) == (1, 3)
    last = list(entries)[-1]
    assert last.endswith("、支部制度")
    assert "第二条 <b>记录</b>。" in texts(data)[labels(data).index(str(entries[last]))]


def test_signed_originals_stand_behind_their_record(branch: Library, put) -> None:
    assembly = meeting_id(branch, "党员大会")
    put(assembly, "会议记录签字原件.jpg", picture())
    kept = prepare_file("签到表.jpg", picture("green"))
    draft = PageDraft("签到表", beside=f"meeting:{assembly}", file=kept)
    branch.write("原件", lambda session: service.add_page(session, branch.attachments, 2025, draft))
    data = made(branch).book.data
    marks = bookmarks(data)
    titles = [title for _, title, _ in marks]
    record = titles.index("3月5日 第一季度党员大会")
    assert titles[record + 1 : record + 3] == ["签字原件扫描件", "签到表"]
    assert titles[record + 3].endswith("、党课记录")
    levels = [level for level, _, _ in marks]
    assert levels[record + 1] == levels[record] + 1
    assert "签到表" not in listed(data)  # hundreds of scans would drown the contents
    with pikepdf.open(io.BytesIO(data)) as file:
        assert _colours(file, marks[record + 1][2]) == {"red"}
        assert _colours(file, marks[record + 2][2]) == {"green"}


def _colours(file: pikepdf.Pdf, page: int) -> set[str]:
    form = file.pages[page].resources.XObject.Fx0
    found = set()
    for image in form.Resources.XObject.as_dict().values():
        pixel = pikepdf.PdfImage(image).as_pil_image().convert("RGB").getpixel((9, 9))
        found.add(max(zip(pixel, ("red", "green", "blue"), strict=True))[1])
    return found


def test_files_that_were_filed_with_a_record_are_bound_in_once(branch: Library, put) -> None:
    assembly = meeting_id(branch, "党员大会")
    put(assembly, "签字.jpg", picture())

    def file_it(session) -> None:
        files = [
            PreparedFile(Role.ORIGINAL, "签字.jpg", picture(), None, 1),
            PreparedFile(Role.MAIN, "第一季度党员大会.pdf", scan_file(), scan_file(), 1),
            PreparedFile(Role.ANNEX, "补充说明.pdf", scan_file(), scan_file(), 1),
        ]
        source = f"meetings.assembly/meeting:{assembly}"
        draft = PieceDraft(2025, "mechanism", "党员大会", Retention.PERMANENT, source=source)
        file_piece(session, branch.attachments, draft, files)

    branch.write("归档", file_it)
    (section,) = [one for one in content_of(branch).sections if one.key == "meetings.assembly"]
    assert [scan.name for scan in section.pieces[0].scans] == ["签字.jpg", "补充说明.pdf"]


def test_a_missing_or_damaged_attachment_is_told_before_the_book_is_made(branch: Library, put, scratch: Path) -> None:
    assembly, lecture = meeting_id(branch, "党员大会"), meeting_id(branch, "三月党课")
    put(assembly, "签字.pdf", scan_file())
    put(assembly, "讲稿.docx", b"PK no paper")
    put(lecture, "现场.jpg", picture("green"), PaperKind.PHOTO)
    put(lecture, "完好.jpg", picture("white"), PaperKind.PHOTO)
    hashes = {name: sha256 for sha256, name in content_of(branch).names.items()}
    branch.attachments.path(hashes["签字.pdf"]).unlink()
    branch.attachments.path(hashes["现场.jpg"]).write_bytes(b"changed")
    told = make_book(content_of(branch), branch.attachments.get, created=MOMENT)
    assert isinstance(told, tuple)
    assert [sentence.partition("”没有装入")[0] for sentence in told] == [
        "“3月5日　第一季度党员大会”：“签字.pdf",
        "“3月5日　第一季度党员大会”：“讲稿.docx",
        "“3月12日　三月党课”：“现场.jpg",
    ]
    assert ["不见了" in told[0], "不是PDF或图片" in told[1], "改动" in told[2]] == [True, True, True]
    book = made(branch, agreed=True)
    assert book.problems == told
    entries = listed(book.book.data)
    last = texts(book.book.data)[-1].replace("\n", "")
    assert list(entries)[-1].endswith("未能装入的附件")
    assert "现场.jpg" in last
    assert "签字.pdf" in last
    assert "有3个附件未能装入" in texts(book.book.data)[1].replace("\n", "")
    assert list(scratch.iterdir()) == []


def test_an_encrypted_scan_is_told_and_a_font_left_out_keeps_the_book_from_claiming_pdf_a(branch: Library, put) -> None:
    buffer = io.BytesIO()
    with pikepdf.open(io.BytesIO(scan_file())) as file:
        file.save(buffer, encryption=pikepdf.Encryption(owner="a", user="b"))
    put(meeting_id(branch, "三月党课"), "加密.pdf", buffer.getvalue())
    told = make_book(content_of(branch), branch.attachments.get, created=MOMENT)
    assert isinstance(told, tuple)
    assert "设有打开密码" in told[0]
    put(meeting_id(branch, "党员大会"), "外来.pdf", pdf_file("Helvetica"))
    book = made(branch, agreed=True)
    assert any("Helvetica" in sentence and "PDF/A" in sentence for sentence in book.warnings)


def test_cancelling_leaves_nothing_behind(branch: Library, scratch: Path) -> None:
    content = content_of(branch)
    seen: list[tuple[int, int, str]] = []

    def stop(at: int) -> Callable[[int, int, str], None]:
        def told(done: int, total: int, text: str) -> None:
            seen.append((done, total, text))
            if len(seen) == at:
                raise CancelledError

        return told

    make_book(content, branch.attachments.get, created=MOMENT, told=stop(10_000))
    steps = len(seen)
    assert steps > 10
    assert all(0 <= done <= total for done, total, _ in seen)
    for at in (1, 5, steps - 1):
        seen.clear()
        with pytest.raises(CancelledError):
            make_book(content, branch.attachments.get, created=MOMENT, told=stop(at))
        assert list(scratch.iterdir()) == []


def test_a_full_disk_is_a_sentence_and_leaves_nothing(branch: Library, scratch: Path, monkeypatch) -> None:
    def full(_path: Path, _data: bytes) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(StorageError, match="临时文件夹"):
        make_book(content_of(branch), branch.attachments.get, created=MOMENT)
    assert list(scratch.iterdir()) == []


def test_the_same_year_gives_the_same_bytes_and_pdf_a(branch: Library, put) -> None:
    put(meeting_id(branch, "党员大会"), "签字.jpg", picture())
    first, second = made(branch).book, made(branch).book
    assert first.data == second.data
    assert archival_problems(first.data) == []
    assert first.problems == ()


def test_no_full_number_is_anywhere_in_the_book(branch: Library) -> None:
    everything = "".join(texts(made(branch).book.data)).replace("\n", "")
    assert "赵一" in everything
    assert "990000198506151232" not in everything
    assert "13900001234" not in everything


def test_numbers_that_somebody_typed_are_masked_and_files_that_show_them_are_named(branch: Library, put) -> None:
    draft = PageDraft("联系方式", "有事找赵一，电话139 0000 1234，证号990000198506151232。")
    branch.write("附页", lambda session: service.add_page(session, branch.attachments, 2025, draft))
    put(meeting_id(branch, "党员大会"), "名单.pdf", pdf_file("Tel 13900001234"))
    book = made(branch)
    (page,) = [text.replace("\n", "") for text in texts(book.book.data) if "有事找赵一" in text]
    assert "139 0000 1234" not in page
    assert "990000198506151232" not in page
    named = [sentence for sentence in book.warnings if "证件号码或电话" in sentence]
    assert named == ["“3月5日　第一季度党员大会”的“名单.pdf”里有完整的证件号码或电话，请遮盖后重新扫描。"]


def test_a_removed_page_comes_back_with_its_file_when_that_is_undone(branch: Library) -> None:
    kept = KeptFile("批复.pdf", scan_file(), picture=False)
    draft = PageDraft("上级批复", file=kept)
    page = branch.write("附页", lambda session: service.add_page(session, branch.attachments, 2025, draft)).result
    before = branch.read(lambda session: service.read_plan(session, 2025)).pages
    branch.write("移除", lambda session: service.remove_page(session, page))
    assert branch.read(lambda session: service.read_plan(session, 2025)).pages == ()
    last = branch.read(audit.list_change_sets)[0].id
    branch.write("撤销", lambda session: undo_change_set(session, last))
    assert branch.read(lambda session: service.read_plan(session, 2025)).pages == before


def test_a_summary_says_only_what_the_data_say(branch: Library, fixed_today: datetime) -> None:
    def proposed(year: int) -> str:
        return branch.read(lambda session: service.propose_summary(session, year))

    assert proposed(2025) == (
        "2025年共召开会议、开展活动3次，其中支部党员大会1次、党课1次、观摩交流1次。应到21人次，实到21人次，出勤率100.0%。"
    )
    assert proposed(2026) == ""  # nothing was held, no dues, no pledges
    assert proposed(2027) == ""


def test_a_year_without_anything_is_told(library: Library) -> None:
    keys = [part.key for part in all_parts()]
    library.write("全部不装", lambda session: service.save_order(session, 2019, keys, keys))
    with pytest.raises(DomainError, match="2019年还没有"):
        content_of(library, Request(2019))


def test_a_year_to_come_has_only_a_blank_book(branch: Library) -> None:
    with pytest.raises(DomainError, match=r"2027年还没有开始.*空白手册"):
        content_of(branch, Request(2027, today=date(2026, 12, 31)))
    assert content_of(branch, Request(2027, today=date(2027, 1, 1))).sections


def test_the_blank_book_has_each_form_as_often_as_was_chosen(branch: Library) -> None:
    counts = {"meetings.assembly": 3, "meetings.plan": 1, "members.committee": 0}
    book = make_blank_book(Branch("第九党支部", "样例中学"), 2027, counts, created=MOMENT)
    entries = listed(book.book.data)
    assert list(entries) == ["一、年度组织生活计划", "二、支部党员大会记录"]
    assert sum("支部党员大会记录" in text for text in texts(book.book.data)) == 3 + 1
    assert len([label for label in labels(book.book.data) if label.isdigit()]) == entries["二、支部党员大会记录"] + 2
    assert archival_problems(book.book.data) == []
    with pytest.raises(DomainError, match="至少选择一种"):
        make_blank_book(Branch("第九党支部"), 2027, {})


@pytest.mark.parametrize("name", ["第九党支部", "", "中国共产党样例县第九十九高级中学高三年级教师联合支部委员会"])
def test_covers_take_one_page_each_for_names_of_any_length(name: str) -> None:
    book = make_blank_book(Branch(name, "", "样例县教育局党委"), 2027, {"meetings.life": 1}, created=MOMENT)
    shown = texts(book.book.data)
    assert "启用日期" in shown[0]
    assert "填 写 说 明" in shown[1]
    assert labels(book.book.data)[2] == "I"


def test_every_blank_form_of_all_features_can_be_bound(branch: Library) -> None:
    book = make_blank_book(Branch("第九党支部"), 2027, created=MOMENT)
    assert [title.partition("、")[2] for title in listed(book.book.data)] == [part.title for part in blank_parts()]


def test_the_command_line_refuses_missing_files_unless_told_to_skip_them(branch: Library, put) -> None:
    put(meeting_id(branch, "党员大会"), "签字.jpg", picture())
    (sha256,) = [key for key, name in content_of(branch).names.items() if name == "签字.jpg"]
    branch.attachments.path(sha256).unlink()
    with pytest.raises(DomainError, match="签字") as refused:
        export_book(branch, 2025)
    assert "--skip-missing" in refused.value.problems[-1].message
    assert export_book(branch, 2025, skip_missing=True).problems
    assert export_book(branch, 2025, blank=True).book.pages > 20


@pytest.fixture(autouse=True)
def _nothing_left(scratch: Path) -> Iterator[None]:
    yield
    assert list(scratch.iterdir()) == []
