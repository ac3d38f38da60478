# ruff: noqa: DTZ001  (a branch lives in one time zone)
"""Last year goes into its boxes, told through the real window.

In January the strip says what is left of the year. The fonds is set, everything is filed in one go, a scan from outside
added, all numbered, stamped and boxed; catalogue, spine label and handbook are printed and read back, the inspector
gets a ZIP, the year is closed by name and refuses a change, a closed paper comes out as it was kept; the successor
restores the package on another PC, where a filed PDF that somebody changed is noticed.
"""

from __future__ import annotations

import hashlib
import io
import re
import shutil
import unicodedata
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from PIL import Image

from partyroom.app import main
from partyroom.core.calendar import stopped_at
from partyroom.core.filing import Retention
from partyroom.core.pictures import prepare_file
from partyroom.desktop import Desktop
from partyroom.documents.archival_check import archival_problems
from partyroom.features.archives.book_page import BookSection
from partyroom.features.archives.boxes_page import BoxesPage
from partyroom.features.archives.closed_papers_dialog import ClosedPapersDialog
from partyroom.features.archives.closing_dialog import YearClosingDialog
from partyroom.features.archives.closing_service import closed_papers
from partyroom.features.archives.filing import FiledRow, FileRow
from partyroom.features.archives.filing_dialog import FilingDialog
from partyroom.features.archives.filing_service import PieceQuery, list_piece_ids, list_piece_rows, main_file
from partyroom.features.archives.handover_dialog import FOLDER
from partyroom.features.archives.handover_page import HandoverSection
from partyroom.features.archives.numbers_dialog import NumbersDialog
from partyroom.features.archives.offers_page import OffersPage
from partyroom.features.archives.outside_dialog import OutsideDialog
from partyroom.features.archives.pack_dialog import EVERYTHING
from partyroom.features.archives.page import ArchivesPage
from partyroom.features.archives.pieces_page import PiecesPage
from partyroom.features.dues.assessments import AssessmentDraft
from partyroom.features.dues.assessments_service import save_assessment
from partyroom.features.dues.collect_service import collect_month
from partyroom.features.dues.domain import DuesCategory
from partyroom.features.dues.ledger import Choices
from partyroom.features.dues.payments import CollectDraft
from partyroom.features.dues.years_service import save_choices
from partyroom.features.meetings.domain import MeetingDraft
from partyroom.features.meetings.meeting_dialog import MeetingDialog
from partyroom.features.meetings.minutes_service import finalise_minutes
from partyroom.features.meetings.page import MeetingsPage
from partyroom.features.meetings.papers_service import add_papers
from partyroom.features.meetings.service import expected_attendance, get_meeting, meeting_ids_between, record_meeting
from partyroom.features.members.domain import MemberDraft, PostKind
from partyroom.features.members.service import admit_member, appoint_committee
from partyroom.features.organisation.domain import Branch
from partyroom.features.organisation.service import open_term, save_branch
from partyroom.features.pledges.deeds_service import record_deeds
from partyroom.features.pledges.domain import DeedDraft
from partyroom.features.pledges.round_service import open_round
from partyroom.features.pledges.stage_service import publish_pledges, review_pledges
from partyroom.features.pledges.stages import Publication, Review
from partyroom.features.pledges.templates_service import make_pledges
from partyroom.storage.attachments import AttachmentFiles
from partyroom.storage.library import Library
from partyroom.storage.years import closed_years
from partyroom.ui.messages import Scripted

NAMES = tuple(f"{surname}样例" for surname in "赵钱孙李周吴郑王")
SECRETARY = NAMES[0]
IDENTITY = "990000198506151232"
PHONES = tuple(f"1390000123{number}" for number in range(len(NAMES)))
DRAFT = "走访老党员"
ASSEMBLY = "第一季度党员大会"
THEME_DAY = "五月主题党日"
LAST = "第四季度党员大会"
MEETINGS = (
    ("assembly", ASSEMBLY, datetime(2025, 3, 5, 15), f"学习文件。{SECRETARY}的电话是{PHONES[0]}。"),
    ("lecture", "三月党课", datetime(2025, 3, 12, 15), "书记讲党课。"),
    ("committee", "四月支委会", datetime(2025, 4, 10, 15), "研究主题党日。"),
    ("theme_day", THEME_DAY, datetime(2025, 5, 20, 15), "义务植树。"),
    ("visit", DRAFT, datetime(2025, 9, 28, 9), "看望老党员。"),
    ("assembly", LAST, datetime(2025, 12, 10, 15), "总结全年工作。"),
)
OUTSIDE = "关于做好年度考核的通知"
OWN_PAGE = "支部荣誉"
CHAPTERS = (
    "党支部基本情况", "支部委员会", "党员花名册", "年度组织生活计划", "支部党员大会记录", "支部委员会会议记录",
    "党课记录", "主题党日记录", "其他会议和活动记录", "考勤总表", "党费台账", "党费交纳基数审核表",
    "党费收缴使用情况公示", "公开承诺书", "公开承诺公示", "践诺台账和小结", OWN_PAGE,
)  # fmt: skip
REFUSAL = "2025年已经归档关闭，只能查看和打印。确需更正的，请先在“档案”里说明原因、重新打开该年度。"


# The branch and its year


@pytest.fixture
def branch_folder(empty_library_folder: Path, tmp_path: Path, person: Callable[..., MemberDraft]) -> Path:
    """Eight members, a committee, six meetings of 2025, three months of dues and a round of pledges; closed."""
    folder = tmp_path / "样例支部"
    shutil.copytree(empty_library_folder, folder)
    with Library.open(folder) as library:
        steps: tuple[tuple[datetime, Callable[[Any], object]], ...] = (
            (datetime(2025, 1, 5, 9), lambda session: found_branch(session, person)),
            (datetime(2025, 3, 31, 9), pay_and_pledge),
            (datetime(2025, 12, 31, 9), lambda session: meet(session, library.attachments)),
        )
        for moment, work in steps:
            with stopped_at(moment):
                library.write("样例", work)
    return folder


def found_branch(session, person: Callable[..., MemberDraft]) -> None:
    save_branch(session, Branch("第九党支部", "样例小学", "样例县教育局党委"))
    ids = []
    for name, phone in zip(NAMES, PHONES, strict=True):
        number = IDENTITY if name == SECRETARY else ""
        ids.append(admit_member(session, person(name, phone=phone, id_number=number)))
    term = open_term(session, "第六届", date(2024, 11, 22))
    posts = (PostKind.SECRETARY, PostKind.ORGANISATION, PostKind.PUBLICITY)
    appoint_committee(session, term, date(2024, 11, 22), dict(zip(posts, ids[:3], strict=True)))
    save_choices(session, Choices(2025))
    for member in ids:
        draft = AssessmentDraft(member, date(2025, 1, 1), DuesCategory.EMPLOYED, base_fen=300_000, reason="年初核定")
        save_assessment(session, draft)


def pay_and_pledge(session) -> None:
    for month in (1, 2, 3):
        members = tuple(range(1, len(NAMES) + 1))
        collect_month(session, CollectDraft(date(2025, month, 1), date(2025, month, 20), members, collector=NAMES[1]))
    pledges = make_pledges(session, open_round(session, 2025), on=date(2025, 1, 10))
    review_pledges(session, {one: Review(date(2025, 1, 15), "支委会") for one in pledges})
    publish_pledges(session, pledges, Publication(date(2025, 2, 1), SECRETARY, place="公开栏"))
    record_deeds(session, [(one, None) for one in pledges[:3]], DeedDraft(date(2025, 3, 12), "义务植树"))


def meet(session, files: AttachmentFiles) -> None:
    """All records are final but that of the visit; one has a photo, one its signed original."""
    for kind, title, start, minutes in MEETINGS:
        lines = expected_attendance(session, kind, start.date())
        meeting = record_meeting(session, MeetingDraft(kind, title, start, attendance=lines, minutes=minutes))
        if title != DRAFT:
            finalise_minutes(session, meeting)
        for wanted, name, colour in ((THEME_DAY, "植树.jpg", "green"), (LAST, "签字原件.jpg", "ivory")):
            if title == wanted:
                add_papers(session, files, meeting, [prepare_file(name, picture(colour))])


def picture(colour: str) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (400, 300), colour).save(buffer, "JPEG")
    return buffer.getvalue()


# The journey


@dataclass
class Archivist:
    """The secretary at the archive's page, with what she saves in a folder of her own."""

    secretary: Any
    page: ArchivesPage
    messages: Scripted
    library: Library
    papers: Path

    def turn_to(self, kind: type) -> Any:
        """Bring a section to the front."""
        section = self.page.section(kind)
        self.page.show_section(self.page.sections.index(section))
        self.page.reload()
        self.secretary.settle()
        return section

    def read(self, name: str) -> str:
        """Save the open preview and read it."""
        return plain(self.secretary.paper(self.papers / f"{name}.pdf"))

    def pieces(self) -> list[FiledRow]:
        """All pieces of the year, in the order of their numbers once they have some."""
        query = PieceQuery(year="2025", sort="reference")
        return self.library.read(lambda session: list_piece_rows(session, list_piece_ids(session, query)))

    def file_of(self, row: FiledRow) -> FileRow:
        """The file that bears the stamp."""
        found = self.library.read(lambda session: main_file(session, row.id))
        assert found is not None
        return found


def plain(text: str) -> str:
    return unicodedata.normalize("NFKC", "".join(text.split()))


def texts_of(pdf: bytes) -> list[str]:
    """What stands on each page, without blanks."""
    with pypdfium2.PdfDocument(pdf) as document:
        return [plain(page.get_textpage().get_text_range()) for page in document]


def test_a_year_is_filed_boxed_shown_closed_and_handed_over(
    secretary, desktop: Desktop, branch_folder: Path, tmp_path: Path, at, capsys
) -> None:
    at(15, month=1)
    page = secretary.enter(branch_folder, ArchivesPage)
    messages, library = desktop.messages, desktop.library
    assert isinstance(messages, Scripted)
    assert library is not None
    archivist = Archivist(secretary, page, messages, library, tmp_path)
    set_the_fonds(archivist)
    file_what_the_year_left(archivist)
    add_a_scan_from_outside(archivist)
    number_and_stamp(archivist)
    put_into_boxes(archivist)
    print_the_catalogue(archivist)
    make_the_handbook(archivist)
    hand_out_the_inspection_pack(archivist)
    at(20, month=1)
    close_the_year(archivist)
    try_to_change_a_meeting(archivist)
    print_a_closed_paper(archivist)
    new = hand_over(archivist)
    somebody_changes_a_filed_file(archivist, new, capsys)
    assert messages.errors == []
    assert messages.problems == []
    assert messages.warned == []


def set_the_fonds(archivist: Archivist) -> None:
    archivist.secretary.trigger(archivist.page, "全宗号、全宗名称、机构…")
    archivist.secretary.fill(number="z109", name="样例小学", office="DZB")


def file_what_the_year_left(archivist: Archivist) -> None:
    """The strip counts what is left and leads there; one form files all of it, though one record is no final one."""
    page, secretary = archivist.page, archivist.secretary
    secretary.qtbot.waitUntil(page.strip.isVisible, timeout=20_000)
    assert page.reminder_text.text().startswith("2025年的材料：")
    secretary.press(page, "filing_reminder_button")
    assert page.year == 2025
    offers = archivist.turn_to(OffersPage)
    titles = secretary.column(offers.panel, "title")
    for _, title, _, _ in MEETINGS:
        assert f"{title}（会议记录）" in titles
    for words in ("花名册", "公开承诺书（9份）", "践诺台账", "党费"):
        assert any(words in title for title in titles), words
    secretary.trigger(offers, "全部归档…")
    form = secretary.dialog(FilingDialog)
    assert len(form.chosen) == len(titles)
    secretary.fill()
    assert archivist.messages.informed[-1].startswith(f"已归档{len(titles)}件")
    assert list(offers.panel.model.ids) == []
    assert [row.title for row in archivist.pieces() if row.files > 1] == [f"{LAST}（会议记录）"]  # the signed original


def add_a_scan_from_outside(archivist: Archivist) -> None:
    """The name of the file is proposed as the title; the kind of paper brings how long it is kept."""
    secretary = archivist.secretary
    offers = archivist.turn_to(OffersPage)
    scan = archivist.papers / f"{OUTSIDE}.jpg"
    scan.write_bytes(picture("white"))
    archivist.messages.prepare(scan)
    secretary.trigger(offers, "从外部添加文件…")
    form = secretary.dialog(OutsideDialog)
    secretary.settle()
    assert form.values()["title"] == OUTSIDE
    secretary.fill(
        category="mechanism",
        author="样例县教育局党委",
        document_number="样教党〔2025〕9号",
        dated=date(2025, 11, 3),
        retention=Retention.YEARS_10.value,
    )


def number_and_stamp(archivist: Archivist) -> None:
    """Every piece gets its 档号, and its first page the six cells of the stamp."""
    secretary = archivist.secretary
    pieces = archivist.turn_to(PiecesPage)
    count = len(pieces.panel.model.ids)
    secretary.trigger(pieces, "编件号并盖归档章…")
    dialog = secretary.dialog(NumbersDialog)
    assert dialog.list.topLevelItemCount() == count
    secretary.press(dialog, "accept_button")
    rows = archivist.pieces()
    assert len(rows) == count
    assert all(row.number for row in rows)
    numbers: dict[Any, list[int]] = {}
    for row in rows:
        numbers.setdefault(row.retention, []).append(row.number or 0)
    assert len(numbers) > 1
    for given in numbers.values():
        assert sorted(given) == list(range(1, len(given) + 1))
    references = secretary.column(pieces.panel, "reference")
    assert all(re.fullmatch(r"Z109-WS·2025-(Y|D30|D10)-DZB-\d{4}", one) for one in references), references
    for row in rows:
        filed = archivist.library.attachments.get(archivist.file_of(row).archival_sha256)
        assert archival_problems(filed) == [], row.title
        first = texts_of(filed)[0]
        for words in ("Z109", "2025", f"{row.number:04d}", "DZB", row.retention.label, str(row.pages)):
            assert words in first, (row.title, words)


def put_into_boxes(archivist: Archivist) -> None:
    """A box for each retention, and a label for each back."""
    secretary = archivist.secretary
    pieces = archivist.turn_to(PiecesPage)
    rows = archivist.pieces()
    for retention in {row.retention for row in rows}:
        pieces.panel.select([row.id for row in rows if row.retention is retention])
        secretary.trigger(pieces.panel, "装盒…")
        secretary.fill(thickness=40)
    boxes = archivist.turn_to(BoxesPage)
    assert sum(int(count) for count in secretary.column(boxes.panel, "pieces")) == len(rows)
    assert not archivist.page.strip.isVisible()  # nothing is left of the year
    secretary.trigger(boxes, "打印盒脊标签…")
    text = archivist.read("盒脊")
    for words in ("Z109", "2025", "DZB", *{row.retention.label for row in rows}):
        assert words in text, words


def print_the_catalogue(archivist: Archivist) -> None:
    secretary = archivist.secretary
    pieces = archivist.turn_to(PiecesPage)
    secretary.trigger(pieces, "归档文件目录…")
    secretary.fill()
    text = archivist.read("目录")
    for row in archivist.pieces():
        assert plain(row.title) in text, row.title
    for words in ("归档文件目录", "Z109", "样例小学", "样教党[2025]9号", "20251103", "Z109-WS·2025-D10-DZB-0001"):
        assert unicodedata.normalize("NFKC", words) in text.replace("〔", "[").replace("〕", "]"), words


# The handbook


def make_the_handbook(archivist: Archivist) -> None:
    """The book has an own page; each number in the contents is that of the page where the chapter begins."""
    secretary = archivist.secretary
    section = archivist.turn_to(BookSection)
    secretary.trigger(section, "写一页文字…")
    secretary.fill(title=OWN_PAGE, text="县先进基层党组织。\n县党员先锋岗。")
    assert OWN_PAGE in [entry.title for entry in section.model.entries]
    secretary.trigger(section, "生成手册…")
    text = archivist.read("手册")
    for words in (
        "样例小学第九党支部",
        "县先进基层党组织",
        "义务植树",
        *NAMES,
        *(title for _, title, _, _ in MEETINGS),
    ):
        assert words in text, words
    book = (archivist.papers / "手册.pdf").read_bytes()
    assert archival_problems(book) == []
    chapters = dict(contents_of(book))
    assert tuple(chapters) == CHAPTERS
    texts, places = texts_of(book), numbered_pages(book)
    assert list(places) == list(range(1, len(places) + 1))  # continuous
    for number, place in places.items():
        assert texts[place].endswith(f"—{number}—"), number
    for title, number in chapters.items():
        assert number in places, title
    assert "县先进基层党组织" in texts[places[chapters[OWN_PAGE]]]
    assert ASSEMBLY in texts[places[chapters["支部党员大会记录"]]]
    assert marks_of(book) == chapters


def contents_of(book: bytes) -> Iterator[tuple[str, int]]:
    """Titles of chapters without their numbers, and the page numbers behind them."""
    with pypdfium2.PdfDocument(book) as document:
        for place, page in enumerate(document):
            if re.fullmatch("[IVX]+", document.get_page_label(place)):
                text = page.get_textpage().get_text_range().replace("\r\n", "\n")
                for title, number in re.findall(r"^(.+?)[ …]{2,}(\d+)$", text, re.MULTILINE):
                    if "、" in title:
                        yield title.strip().partition("、")[2], int(number)


def numbered_pages(book: bytes) -> dict[int, int]:
    """The place in the file by the number that a page bears."""
    with pypdfium2.PdfDocument(book) as document:
        labels = [document.get_page_label(place) for place in range(len(document))]
    return {int(label): place for place, label in enumerate(labels) if label.isdecimal()}


def marks_of(book: bytes) -> dict[str, int]:
    """The chapters among the bookmarks with the numbers of their pages."""
    numbers = {place: number for number, place in numbered_pages(book).items()}
    with pypdfium2.PdfDocument(book) as document:
        marks = [(mark.level, mark.get_title(), mark.get_dest().get_index()) for mark in document.get_toc()]
    return {title.partition("、")[2]: numbers[place] for level, title, place in marks if level == 0 and "、" in title}


# The inspector, and the end of the year


def hand_out_the_inspection_pack(archivist: Archivist) -> None:
    """The ZIP opens without the program: numbered files, a catalogue, sums that are right, no full number anywhere."""
    secretary, target = archivist.secretary, archivist.papers / "检查组.zip"
    section = archivist.turn_to(HandoverSection)
    secretary.trigger(section, "导出迎检材料…")
    archivist.messages.prepare(target)
    secretary.fill(checklist=EVERYTHING, form="zip")
    assert archivist.messages.informed[-1].startswith("已导出迎检材料：检查组.zip")
    with zipfile.ZipFile(target) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    sums = dict(line.split("  ", 1)[::-1] for line in files.pop("sha256sums.txt").decode().splitlines())
    assert sums == {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    catalogue = "".join(texts_of(files["000-迎检材料目录.pdf"]))
    for words in (ASSEMBLY, THEME_DAY, LAST, OUTSIDE, "已经遮盖"):
        assert words in catalogue, words
    assert any(name.endswith(f"{LAST}（会议记录）.pdf") for name in files)
    readable = "".join(words_in(files))
    assert "139****1230" in readable
    for number in (IDENTITY, *PHONES):
        assert number not in readable


def words_in(files: dict[str, bytes]) -> Iterator[str]:
    """Names and texts of files."""
    for name, content in files.items():
        yield plain(name)
        yield from texts_of(content) if name.endswith(".pdf") else [plain(content.decode())]


def close_the_year(archivist: Archivist) -> None:
    """What is not finished is told, among it the record without 定稿; nothing happens without a name."""
    secretary = archivist.secretary
    section = archivist.turn_to(HandoverSection)
    secretary.trigger(section, "关闭年度…")
    dialog = secretary.dialog(YearClosingDialog)
    secretary.settle()
    told = [dialog.list.item(row).text() for row in range(dialog.list.count())]
    assert any(DRAFT in one for one in told), told
    secretary.press(dialog, "close_year_button")
    assert archivist.library.read(closed_years) == frozenset()
    dialog.grid.cells["by"].editor.set_value(SECRETARY)
    secretary.press(dialog, "close_year_button")
    assert archivist.library.read(closed_years) == {2025}
    states = dict(zip(*(secretary.column(section.panel, key) for key in ("year", "closed_by")), strict=True))
    assert states["2025年"] == SECRETARY


def try_to_change_a_meeting(archivist: Archivist) -> None:
    """The record that was never final is refused all the same, and stays as it was."""
    secretary = archivist.secretary
    day = date(2025, 9, 28)
    (meeting,) = archivist.library.read(lambda session: meeting_ids_between(session, day, day))
    meetings = secretary.turn_to(MeetingsPage)
    meetings.edit_meeting(meeting)
    editor = secretary.dialog(MeetingDialog)
    secretary.type_into(editor, "field_title", "改了题目")
    editor.save()
    secretary.settle()
    assert editor.isVisible()
    assert editor.basics.notice_text.text() == REFUSAL
    archivist.messages.prepare(True)  # what was typed is thrown away
    editor.reject()
    assert archivist.library.read(lambda session: get_meeting(session, meeting)).draft.title == DRAFT
    secretary.turn_to(ArchivesPage)


def print_a_closed_paper(archivist: Archivist) -> None:
    """What is printed of a closed year is what was kept, byte for byte."""
    secretary = archivist.secretary
    section = archivist.turn_to(HandoverSection)
    section.panel.opened.emit(2025)
    secretary.settle()
    dialog = secretary.dialog(ClosedPapersDialog)
    kept = archivist.library.read(lambda session: closed_papers(session, 2025))
    (paper,) = (one for one in kept if ASSEMBLY in one.title and "会议记录" in one.title)
    dialog.table.select([paper.id])
    secretary.trigger(dialog.table, "查看和打印")
    assert ASSEMBLY in archivist.read("关闭后")
    printed = (archivist.papers / "关闭后.pdf").read_bytes()
    assert printed == archivist.library.attachments.get(paper.sha256)
    assert hashlib.sha256(printed).hexdigest() == paper.sha256
    dialog.reject()


# The successor


def hand_over(archivist: Archivist) -> Path:
    """The package in a folder becomes a library on another PC, closed year and boxes included."""
    secretary, target = archivist.secretary, archivist.papers / "U盘"
    target.mkdir()
    section = archivist.turn_to(HandoverSection)
    secretary.trigger(section, "移交…")
    archivist.messages.prepare(True, target)
    secretary.fill(what=FOLDER, giver=SECRETARY, receiver=NAMES[1])
    (package,) = target.iterdir()
    inventory = "".join(texts_of((package / "移交清单.pdf").read_bytes()))
    for words in (SECRETARY, NAMES[1], "8人", "2025"):
        assert words in inventory, words
    new = archivist.papers / "新电脑"
    assert main(["--library", str(new), "restore", str(package / "支部库备份.partyroom")]) == 0
    with Library.open(new) as other:
        assert other.check() == []
        assert other.read(closed_years) == {2025}
        ids = other.read(lambda session: list_piece_ids(session, PieceQuery(year="2025")))
        assert len(ids) == len(archivist.pieces())
    return new


def somebody_changes_a_filed_file(archivist: Archivist, new: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A filed PDF that is changed behind the program's back is found by the check, and named."""
    check = ["--library", str(new), "check"]
    assert main(check) == 0
    (row,) = (one for one in archivist.pieces() if one.title == OUTSIDE)
    with Library.open(new) as other:
        filed = other.attachments.path(archivist.file_of(row).archival_sha256)
    filed.chmod(0o644)
    filed.write_bytes(filed.read_bytes() + b"\n")
    capsys.readouterr()
    assert main(check) == 1
    (sentence,) = capsys.readouterr().err.splitlines()
    assert sentence == f"附件“0001 {OUTSIDE}.pdf”：附件文件已被改动或损坏，请从备份恢复。"
