from __future__ import annotations

import errno
import hashlib
import io
import subprocess
import unicodedata
import zipfile
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pypdfium2
import pytest
from PIL import Image

from partyroom.core.calendar import stopped_at
from partyroom.core.errors import CancelledError, DomainError, StorageError
from partyroom.core.filing import Retention
from partyroom.documents.archival import make_archival
from partyroom.documents.contribution import Request
from partyroom.documents.model import Document, Paragraph, Title
from partyroom.documents.pdf import render_pdf
from partyroom.features.archives import package as packages
from partyroom.features.archives.disclosure import Numbers, pdf_text
from partyroom.features.archives.domain import Role
from partyroom.features.archives.filing import PieceDraft
from partyroom.features.archives.filing_service import draft_of_offer, file_piece, offered
from partyroom.features.archives.pack import checklist_text, file_name, read_checklist, usual_checklist
from partyroom.features.archives.pack_report import write_pack
from partyroom.features.archives.pack_service import (
    PackWish,
    delete_checklist,
    gather,
    list_checklists,
    note_full_pack,
    save_checklist,
    text_of_checklist,
)
from partyroom.features.archives.parts import all_parts
from partyroom.features.archives.piece_report import OutsideFile, prepare_outside, prepare_piece
from partyroom.features.archives.settings_service import categories_of
from partyroom.features.meetings.domain import MeetingDraft
from partyroom.features.meetings.service import record_meeting
from partyroom.storage.audit import Change
from partyroom.storage.library import Library

FILED = datetime.fromisoformat("2026-03-02T10:00")
IDENTITY, PHONE = "990000198506151232", "13900001234"
WISH = PackWish(date(2025, 1, 1), date(2025, 12, 31), usual_checklist())


@pytest.fixture
def pack(branch: Library, tmp_path):
    """Writes a pack of the branch's year and returns where it is and what came of it."""

    def run(target: str = "材料", told=None, **fields: object):
        with stopped_at(FILED):
            plan = branch.read(lambda s: gather(s, all_parts(), replace(WISH, **fields), today=FILED.date()))
        place = tmp_path / target
        return place, write_pack(plan, place, branch.attachments.get, told)

    return run


def put_in(library: Library, title: str, files, **fields: object) -> int:
    draft = replace(PieceDraft(2025, "rules", title, Retention.YEARS_30, dated=date(2025, 6, 1)), **fields)
    prepared = prepare_outside(files, title=title, author="县教育局党委", created=FILED)
    with stopped_at(FILED):
        return library.write("归档", lambda s: file_piece(s, library.attachments, draft, prepared)).result


def picture() -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (60, 40), "red").save(buffer, "JPEG")
    return buffer.getvalue()


def printed(text: str) -> bytes:
    return render_pdf(Document("名单", (Title("名单"), Paragraph(text)))).data


def text_of(pdf: bytes) -> str:
    with pypdfium2.PdfDocument(pdf) as document:
        text = "".join(page.get_textpage().get_text_range() for page in document)
    return unicodedata.normalize("NFKC", "".join(text.split()))


def below(place: Path) -> dict[str, bytes]:
    return {p.relative_to(place).as_posix(): p.read_bytes() for p in sorted(place.rglob("*")) if p.is_file()}


def catalogue(place: Path) -> str:
    return text_of((place / "000-迎检材料目录.pdf").read_bytes())


def everything_readable(files: dict[str, bytes]) -> str:
    """All texts of PDFs, workbooks and Word files, read by other programs than ours, and all names."""
    found = list(files)
    for name, content in files.items():
        if name.endswith(".pdf"):
            found.append(text_of(content))
        elif name.endswith(".xlsx"):
            book = openpyxl.load_workbook(io.BytesIO(content))
            found += [str(c.value) for sheet in book for row in sheet.iter_rows() for c in row]
        elif name.endswith(".docx"):
            from docx import Document as Word

            word = Word(io.BytesIO(content))
            found += [p.text for p in word.paragraphs]
            found += [c.text for t in word.tables for row in t.rows for c in row.cells]
        else:
            found.append(content.decode("utf-8"))
    return "".join("".join(found).split())


def test_a_pack_has_numbered_files_in_folders_a_catalogue_and_sums_that_sha256sum_reads(pack) -> None:
    place, written = pack()
    files = below(place)
    assert "01-工作机制/001-党支部基本情况.pdf" in files
    assert any(name.endswith("-第一季度党员大会(会议记录).pdf".replace("(", "（").replace(")", "）")) for name in files)
    assert not any("上年党员大会" in name for name in files)
    checked = subprocess.run(
        ["sha256sum", "--strict", "-c", "sha256sums.txt"], cwd=place, capture_output=True, text=True, check=False
    )
    assert checked.returncode == 0, checked.stderr
    assert checked.stdout.count(": OK") == len(files) - 1 == written.files
    for name, content in files.items():
        if name.endswith(".pdf"):
            assert b"%PDF" in content[:8]


def test_the_catalogue_names_number_title_date_pages_file_and_item_and_what_is_missing(pack) -> None:
    place, written = pack()
    text = catalogue(place)
    for words in ("序号", "材料名称", "日期", "页数", "文件名", "对应检查项", "001-党支部基本情况.pdf", "2025.03.05"):
        assert words in text
    assert "发展党员工作" in written.missing
    assert "发展党员工作【没有找到这项材料】缺" in text.replace("—", "")
    assert "证件号码和电话已经遮盖" in text


def test_without_a_checklist_everything_of_the_period_is_there_and_nothing_else(pack) -> None:
    place, written = pack(checklist=None, first=date(2025, 3, 1), last=date(2025, 3, 10))
    names = "".join(below(place))
    assert "第一季度党员大会" in names
    assert "三月党课" not in names
    assert written.missing == ()


def test_a_filed_original_is_handed_out_as_it_was_filed(branch: Library, pack) -> None:
    offers = branch.read(lambda s: offered(s, all_parts(), Request(2025, today=FILED.date())))
    one = next(found for found in offers if found.offer.source.startswith("meetings.assembly/"))
    prepared = prepare_piece(one.piece, branch.attachments.get, author="第九党支部", created=FILED)
    branch.write("归档", lambda s: file_piece(s, branch.attachments, draft_of_offer(one, 2025, ""), prepared))
    place, _ = pack()
    (content,) = (data for name, data in below(place).items() if "第一季度党员大会（会议记录）" in name)
    assert content == prepared[0].archival


def test_what_came_from_outside_answers_an_item_by_words_in_its_title(branch: Library, pack) -> None:
    put_in(branch, "三会一课制度", [OutsideFile("制度.jpg", picture(), Role.ORIGINAL)])
    put_in(branch, "县局来函", [OutsideFile("函.jpg", picture()), OutsideFile("附表.jpg", picture(), Role.ANNEX)])
    place, written = pack()
    text = catalogue(place)
    assert "支部工作制度" not in written.missing
    assert any(name.startswith("02-制度建设/") and name.endswith("-三会一课制度.pdf") for name in below(place))
    assert "其他归档文件" in text
    assert any(name.endswith("-附1-附表.pdf") for name in below(place))


@pytest.mark.parametrize("copies", [False, True])
def test_pi_11_no_full_number_is_anywhere_in_a_masked_pack(branch: Library, pack, copies) -> None:
    def talk(session) -> None:
        minutes = f"赵一电话{PHONE}，身份证{IDENTITY[:6]} {IDENTITY[6:14]} {IDENTITY[14:]}。"
        record_meeting(
            session,
            MeetingDraft("assembly", f"大会{PHONE}", datetime.fromisoformat("2025-05-05T15:00"), minutes=minutes),
        )

    branch.write("记会", talk)
    put_in(branch, "名单制度", [OutsideFile("名单.pdf", printed(f"赵一 {IDENTITY}"), Role.ORIGINAL)])
    put_in(branch, "干净的制度", [OutsideFile("制度.pdf", printed("按时开会"), Role.ORIGINAL)])
    place, written = pack(copies=copies)
    text = everything_readable(below(place))
    assert IDENTITY not in text
    assert PHONE not in text
    assert "139****1234" in text
    assert "名单制度" in written.withheld
    assert "没有附上" in catalogue(place)
    assert "干净的制度" not in written.withheld


def test_pi_11_a_filed_original_with_a_number_gives_way_to_a_masked_one(branch: Library, pack) -> None:
    full = Request(2025, masked=False, today=FILED.date())
    offers = branch.read(lambda s: offered(s, all_parts(), full))
    one = next(found for found in offers if found.offer.source.startswith("members.roster/"))
    prepared = prepare_piece(one.piece, branch.attachments.get, author="第九党支部", created=FILED)
    assert IDENTITY in text_of(prepared[0].archival)
    branch.write("归档", lambda s: file_piece(s, branch.attachments, draft_of_offer(one, 2025, ""), prepared))
    place, written = pack()
    text = everything_readable(below(place))
    assert IDENTITY not in text
    assert any("党员花名册" in name for name in below(place))
    assert written.withheld == ()
    place, _ = pack("完整", masked=False)
    (content,) = (data for name, data in below(place).items() if "党员花名册" in name)
    assert content == prepared[0].archival
    assert "没有遮盖" in catalogue(place)


def test_a_full_pack_leaves_its_line_in_the_change_log(branch: Library) -> None:
    branch.write("导出", lambda s: note_full_pack(s, replace(WISH, masked=False)))
    notes = branch.read(lambda s: [c.after.get("note", "") for c in s.query(Change)])
    assert notes[-1] == "导出迎检材料（不遮盖证件号码和电话，2025-01-01至2025-12-31）"


def test_numbers_are_found_in_pdfs_office_files_and_old_ones() -> None:
    numbers = Numbers({IDENTITY: "990***********1232", PHONE: "139****1234"})
    buffer = io.BytesIO()
    book = openpyxl.Workbook()
    book.active.append([1, int(PHONE)])
    book.save(buffer)
    lasting = make_archival(printed(f"电话{PHONE}"), title="x", created=FILED)
    assert PHONE in pdf_text(lasting)
    titled = make_archival(printed("按时开会"), title=f"给{PHONE}的信", created=FILED)
    assert numbers.found_in("x.pdf", titled)
    assert numbers.found_in("x.pdf", lasting)
    assert numbers.found_in("x.xlsx", buffer.getvalue())
    assert numbers.found_in("x.doc", b"\0" + f"号{IDENTITY}".encode("utf-16-le"))
    assert numbers.found_in(f"{PHONE}.jpg", picture())
    assert not numbers.found_in("x.pdf", printed("电话13900001235"))
    assert not numbers.found_in("x.zip", b"PK\3\4 broken")
    assert not numbers.found_in("x.pdf", b"%PDF-1.7 broken")


@pytest.mark.parametrize("written", ["139 0000 1234", "139-0000-1234", "１３９００００１２３４", "13900001234"])
def test_a_number_is_masked_however_it_is_written(written) -> None:
    numbers = Numbers({PHONE: "139****1234", "12": "**"})
    assert numbers.hide_in(f"电话{written}，第12次") == "电话139****1234，第12次"


@pytest.mark.parametrize(
    "title",
    ["../../x", "CON", "长" * 300, "😀" * 90, "a\\b:c*?", "  ..", "nul.txt", "C:\\x", "a\nb\x00"],
    ids=["path", "device", "long", "emoji", "marks", "dots", "device-file", "drive", "control"],
)
def test_hostile_titles_become_plain_names(pack, branch: Library, title) -> None:
    put_in(branch, title, [OutsideFile("x.jpg", picture(), Role.ORIGINAL)])
    place, _ = pack()
    files = below(place)
    assert len(files) > 5
    for name in files:
        last = name.rpartition("/")[2]
        assert len(last) <= 80
        assert len(last.encode("utf-8")) <= 255
        assert not set('<>:"\\|?*\n\0') & set(last)
        assert last.rstrip(" .") == last
        assert name.count("/") <= 1
    assert sorted(place.parent.iterdir()) == sorted({place, branch.folder, *place.parent.glob("settings.json")})


def test_names_begin_with_their_number_and_keep_their_suffix() -> None:
    assert file_name(3, "三月党课", "x.PDF") == "003-三月党课.pdf"
    assert file_name(12, "CON", "x.docx", annex=2) == "012-附2-_CON.docx"
    assert file_name(7, "长" * 300, "x.xlsx").endswith("长.xlsx")
    assert file_name(1, "x", "evil.p/df") == "001-x"


def test_the_same_pack_has_the_same_bytes_and_a_later_one_differs_in_its_moment(pack, branch, tmp_path) -> None:
    one, _ = pack("一.zip")
    two, _ = pack("二.zip")
    assert one.read_bytes() == two.read_bytes()
    with zipfile.ZipFile(one) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(2026, 3, 2, 10, 0, 0)}
        assert archive.testzip() is None
        names = archive.namelist()
        listed = archive.read("sha256sums.txt").decode("utf-8").splitlines()
        for line in listed:
            digest, _, name = line.partition("  ")
            assert hashlib.sha256(archive.read(name)).hexdigest() == digest
    assert len(listed) == len(names) - 1


def test_copies_to_edit_on_stand_beside(pack) -> None:
    place, _ = pack(copies=True)
    names = set(below(place))
    assert "可编辑副本/01-工作机制/001-党支部基本情况.docx" in names
    assert any(name.startswith("可编辑副本/") and name.endswith("党员花名册.xlsx") for name in names)
    assert "可编辑副本/000-迎检材料目录.xlsx" in names
    place, _ = pack("副本", checklist=None, only_copies=True, parts=frozenset({"members.roster"}), title="可编辑副本")
    suffixes = sorted(Path(name).suffix for name in below(place))
    assert suffixes == [".docx", ".txt", ".xlsx"]


@pytest.mark.parametrize("target", ["材料", "材料.zip"])
def test_cancelling_leaves_nothing(pack, tmp_path, target) -> None:
    before = set(tmp_path.iterdir())
    calls: list[int] = []

    def stop(done: int, _total: int, _text: str) -> None:
        calls.append(done)
        if done == 3:
            raise CancelledError

    with pytest.raises(CancelledError):
        pack(target, stop)
    assert calls == [0, 1, 2, 3]
    assert set(tmp_path.iterdir()) - before <= {tmp_path / "library"}


@pytest.mark.parametrize("target", ["材料", "材料.zip"])
def test_a_full_disk_is_a_sentence_and_leaves_nothing(pack, tmp_path, target, monkeypatch) -> None:
    def full(_path: Path) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    before = set(tmp_path.iterdir())
    monkeypatch.setattr(packages, "sync_file", full)
    with pytest.raises(StorageError, match="磁盘空间不足"):
        pack(target)
    assert set(tmp_path.iterdir()) == before


def test_a_folder_with_something_in_it_is_left_alone(pack, tmp_path) -> None:
    (tmp_path / "材料").mkdir()
    (tmp_path / "材料" / "重要.txt").write_text("x", encoding="utf-8")
    with pytest.raises(StorageError, match="已经有别的文件"):
        pack()
    assert below(tmp_path / "材料") == {"重要.txt": b"x"}
    (tmp_path / "空").mkdir()
    place, _ = pack("空")
    assert (place / "sha256sums.txt").is_file()


def test_a_zip_is_replaced_in_one_step(pack, tmp_path) -> None:
    (tmp_path / "旧.zip").write_bytes(b"old")
    place, _ = pack("旧.zip")
    assert zipfile.is_zipfile(place)
    (tmp_path / "夹.zip").mkdir()
    with pytest.raises(StorageError, match="是一个文件夹"):
        pack("夹.zip")


def test_a_changed_filed_file_is_not_handed_out(branch: Library, pack, tmp_path) -> None:
    put_in(branch, "三会一课制度", [OutsideFile("制度.jpg", picture(), Role.ORIGINAL)])
    for stored in branch.attachments.folder.glob("*/*"):
        stored.write_bytes(stored.read_bytes() + b"x")
    with pytest.raises(StorageError, match="已被改动"):
        pack()
    assert not (tmp_path / "材料").exists()


def test_an_empty_period_and_a_turned_one_are_refused(pack) -> None:
    with pytest.raises(DomainError, match="没有可以导出"):
        pack(checklist=None, first=date(1990, 1, 1), last=date(1990, 12, 31), parts=frozenset({"meetings.assembly"}))
    with pytest.raises(DomainError, match="晚于"):
        pack(first=date(2025, 5, 1), last=date(2025, 4, 1))


def test_packages_refuse_names_that_lead_out_or_are_taken(tmp_path) -> None:
    with packages.packaged(tmp_path / "p", FILED) as package:
        package.put("a/b.txt", b"1")
        for name in ("../x", "/x", "a/../b", "a//b", "A/B.txt", "CON", ""):
            with pytest.raises(ValueError, match="name"):
                package.put(name, b"2")
    assert set(below(tmp_path / "p")) == {"a/b.txt", "sha256sums.txt"}


# Checklists


def test_every_key_of_the_usual_checklist_that_exists_is_spelt_right() -> None:
    features = {part.key.partition(".")[0] for part in all_parts()}
    keys = {part.key for part in all_parts()}
    named = {key for item in usual_checklist().items for key in item.parts}
    wrong = {
        key
        for key in named
        if not key.endswith(".")
        and key.partition(".")[0] in features
        and key not in keys | {"members.transfers", "archives.summary"}
    }
    assert wrong == set()


def test_own_checklists_are_edited_as_text(branch: Library, pack) -> None:
    text = "【工作机制】\n党员大会：支部党员大会记录、大会\n党员大会记录\n\n【制度建设】\n会议制度"
    number = branch.write("清单", lambda s: save_checklist(s, "县督导组清单", text, all_parts())).result
    usual, own = branch.read(list_checklists)
    assert (usual.id, own.name, own.id) == (0, "县督导组清单", number)
    assert [(item.category, item.label, item.parts, item.words) for item in own.items] == [
        ("mechanism", "党员大会", ("meetings.assembly",), ("大会",)),
        ("mechanism", "党员大会记录", ("meetings.assembly",), ("党员大会记录",)),
        ("rules", "会议制度", (), ("会议制度",)),
    ]
    assert branch.read(lambda s: text_of_checklist(s, own, all_parts())).splitlines()[1] == text.splitlines()[1]
    _place, written = pack(checklist=own)
    assert written.missing == ("党员大会记录", "会议制度")  # each thing is handed out once
    branch.write("删", lambda s: delete_checklist(s, number))
    assert len(branch.read(list_checklists)) == 1


def test_the_usual_checklist_survives_editing(branch: Library) -> None:
    titles = {part.key: part.title for part in all_parts()}
    categories = branch.read(categories_of)
    again = read_checklist(checklist_text(usual_checklist(), categories, titles), categories, titles)
    assert [(i.category, i.label) for i in again] == [(i.category, i.label) for i in usual_checklist().items]
    for before, after in zip(usual_checklist().items, again, strict=True):
        assert {key for key in titles if before.wants(key)} <= set(after.parts)
        assert set(before.words) >= set(after.words)
    assert not any("." in line for line in checklist_text(usual_checklist(), categories, titles).splitlines())


@pytest.mark.parametrize(
    ("name", "text", "sentence"),
    [
        ("", "【工作机制】\n大会", "请填写清单名称"),
        ("常用检查清单（八个规范）", "【工作机制】\n大会", "已经有同名"),
        ("甲", "", "至少写一个检查项"),
        ("甲", "大会", "第1行：请先写一行类别"),
        ("甲", "【工作机制】\n大会\n【没有的】\n事", "第3行：没有“没有的”这个类别"),
    ],
)
def test_a_checklist_that_cannot_be_read_is_refused_with_its_line(branch: Library, name, text, sentence) -> None:
    with pytest.raises(DomainError, match=sentence):
        branch.write("清单", lambda s: save_checklist(s, name, text, all_parts()))
