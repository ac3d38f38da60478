from __future__ import annotations

import errno
import subprocess
import unicodedata
import zipfile
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pypdfium2
import pytest
from sqlalchemy import select

from partyroom.core.calendar import stopped_at
from partyroom.core.errors import CancelledError, StorageError
from partyroom.core.filing import Retention
from partyroom.features.archives import package as packages
from partyroom.features.archives.boxes_service import BoxDraft, put_into_box, save_box
from partyroom.features.archives.closing import OpenItem
from partyroom.features.archives.filing import PieceDraft
from partyroom.features.archives.filing_service import Stamped, file_piece, store_numbers
from partyroom.features.archives.handover import Facts, FiledLine, RegisterLine, Signers, package_name, register_rows
from partyroom.features.archives.handover_report import inventory_document, inventory_pdf
from partyroom.features.archives.handover_service import gather_facts, note_handover, write_handover
from partyroom.features.archives.parts import all_parts
from partyroom.features.archives.piece_report import OutsideFile, prepare_outside
from partyroom.features.dues.ledger import Choices
from partyroom.features.dues.years_service import save_choices
from partyroom.features.members.service import all_details
from partyroom.storage.attachments import Attachment
from partyroom.storage.audit import Change
from partyroom.storage.base import Base
from partyroom.storage.library import Library, restore_library

MOMENT = datetime.fromisoformat("2026-03-02T10:00")


def text_of(pdf: bytes) -> str:
    with pypdfium2.PdfDocument(pdf) as document:
        text = "".join(page.get_textpage().get_text_range() for page in document)
    return unicodedata.normalize("NFKC", "".join(text.split()))


@pytest.fixture
def filed(branch: Library) -> Library:
    """The branch with one piece filed and boxed, and its dues opened."""
    prepared = prepare_outside([OutsideFile("通知.txt", b"x")], title="通知", author="县局", created=MOMENT)

    def work(session) -> None:
        draft = PieceDraft(2025, "mechanism", "通知", Retention.YEARS_30, dated=date(2025, 6, 1))
        piece = file_piece(session, branch.attachments, draft, prepared)
        store_numbers(session, branch.attachments, [Stamped(piece, 1)])
        put_into_box(session, save_box(session, BoxDraft(2025, Retention.YEARS_30)), [piece])
        save_choices(session, Choices(2025))

    with stopped_at(MOMENT):
        branch.write("归档", work)
    return branch


@pytest.fixture
def write(filed: Library, tmp_path):
    def run(target: str, told=None) -> Path:
        place = tmp_path / target
        facts = filed.read(lambda s: gather_facts(s, all_parts(), MOMENT.date()))
        pdf = inventory_pdf(facts, Signers("钱二", "孙三", "校党总支 李四"), MOMENT)
        write_handover(filed.attachments, place, pdf, moment=MOMENT, told=told)
        return place

    return run


def everything(library: Library) -> dict[str, list[tuple]]:
    return library.read(
        lambda s: {t.name: [tuple(row) for row in s.execute(select(t))] for t in Base.metadata.sorted_tables}
    )


def test_what_is_handed_over_is_counted(filed: Library) -> None:
    with stopped_at(MOMENT):
        facts = filed.read(lambda s: gather_facts(s, all_parts()))
    assert (facts.branch, facts.members, facts.day) == ("样例中学第九党支部", 7, MOMENT.date())
    lines = {(line.register, line.year): line.pieces for line in facts.registers}
    assert lines["支部党员大会记录", 2025] == lines["支部党员大会记录", 2024] == 1
    assert facts.filed == (FiledLine(2025, Retention.YEARS_30, 1, 0, 1),)
    assert facts.balance.startswith("期初")
    assert facts.attachments == len(filed.read(lambda s: set(s.scalars(select(Attachment.sha256)))))


def test_the_inventory_says_it_all_and_has_three_places_to_sign() -> None:
    facts = Facts(
        branch="样例中学第九党支部",
        day=MOMENT.date(),
        members=61,
        binned=2,
        registers=(RegisterLine("党课记录", 2025, 4), RegisterLine("党课记录", 2024, 3), RegisterLine("x", 2024, 0)),
        filed=(FiledLine(2024, Retention.PERMANENT, 40, 120, 2), FiledLine(2025, Retention.YEARS_30, 7, 9, 1)),
        closed_years=(2024,),
        balance="期初 0.00 ＋ 收入 5.00 ＋ 下拨 0.00 − 上交 0.00 − 使用 0.00 ＝ 结存 5.00 元",
        large="1,000.00元",
        attachments=12,
        megabytes=3,
        open_items=(OpenItem("待补课", "三月党课", "赵一", date(2026, 4, 1)),),
    )
    signers = Signers("钱二", "孙三", "李四", date(2026, 3, 5), "印章一枚")
    text = text_of(inventory_pdf(facts, signers, MOMENT))
    for words in (
        "党支部资料移交清单", "2026年3月5日", "61人", "2024年3份、2025年4份", "7份", "永久", "129", "结存5.00元",
        "1,000.00元", "三月党课", "2026.04.01", "移交人钱二签字", "接收人孙三签字", "监交人李四签字", "印章一枚",
    ):  # fmt: skip
        assert words.replace("＝", "=") in text
    assert register_rows(facts.registers) == [("党课记录", "2024年3份、2025年4份", 7)]


def test_a_branch_with_nothing_yet_and_hostile_words_are_printed_as_they_are() -> None:
    empty = Facts("<b>&x", MOMENT.date(), 0, 0, (), (), (), "", "", 0, 0, ())
    text = text_of(inventory_pdf(empty, Signers("=1+1", "<i>", "长" * 400), MOMENT))
    for words in ("<b>&x", "还没有记录", "还没有归档", "没有启用党费台账", "没有未办结的事项", "=1+1", "<i>"):
        assert words in text
    assert inventory_document(replace(empty, branch="甲"), Signers()).author == "甲"
    assert package_name("../甲/支部", date(2026, 3, 2)) == "移交-.._甲_支部-20260302"


@pytest.mark.parametrize("target", ["移交", "移交.zip"])
def test_another_pc_restores_the_same_library_from_the_package(filed: Library, write, tmp_path, target) -> None:
    place = write(target)
    if place.suffix == ".zip":
        with zipfile.ZipFile(place) as archive:
            archive.extractall(tmp_path / "拷来的")
        place = tmp_path / "拷来的"
    names = {path.name for path in place.iterdir()}
    assert names == {"支部库备份.partyroom", "移交清单.pdf", "说明.txt", "sha256sums.txt"}
    checked = subprocess.run(["sha256sum", "-c", "sha256sums.txt"], cwd=place, capture_output=True, check=False)
    assert checked.returncode == 0
    assert "在开始页选“从备份恢复…”" in (place / "说明.txt").read_text(encoding="utf-8-sig")
    assert "钱二" in text_of((place / "移交清单.pdf").read_bytes())
    restore_library(place / "支部库备份.partyroom", tmp_path / "新电脑")
    with Library.open(tmp_path / "新电脑") as other:
        assert everything(other) == everything(filed)
        assert len(other.read(all_details)) == 7
        assert other.check() == []
        for sha256 in other.read(lambda s: s.scalars(select(Attachment.sha256)).all()):
            assert other.attachments.get(sha256) == filed.attachments.get(sha256)


@pytest.mark.parametrize("target", ["移交", "移交.zip"])
def test_cancelling_and_a_full_disk_leave_nothing(write, tmp_path, target, monkeypatch) -> None:
    def stop(_done: int, _total: int, _text: str) -> None:
        raise CancelledError

    before = set(tmp_path.iterdir())
    with pytest.raises(CancelledError):
        write(target, stop)
    assert set(tmp_path.iterdir()) == before

    def full(_path: Path) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(packages, "sync_file", full)
    with pytest.raises(StorageError, match="没有写成"):
        write(target)
    assert set(tmp_path.iterdir()) == before


def test_a_handover_leaves_its_line_in_the_change_log(branch: Library) -> None:
    branch.write("移交", lambda s: note_handover(s, "钱二", ""))
    notes = branch.read(lambda s: [c.after.get("note", "") for c in s.query(Change)])
    assert notes[-1] == "制作移交包（含全部证件号码和电话），移交人：钱二，接收人：未填"
