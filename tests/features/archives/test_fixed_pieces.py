"""Numbered pieces of a closed year are fixed; late papers are still filed, numbered and put in boxes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import pytest

from partyroom.core.calendar import stopped_at
from partyroom.core.errors import DomainError
from partyroom.core.filing import Retention
from partyroom.features.archives.boxes_service import put_into_box, save_box
from partyroom.features.archives.boxing import BoxDraft
from partyroom.features.archives.closing_report import render_papers
from partyroom.features.archives.closing_service import close_year, plan_closing, reopen_year
from partyroom.features.archives.domain import Role
from partyroom.features.archives.filing import PieceDraft, PreparedFile
from partyroom.features.archives.filing_service import (
    Stamped,
    add_files,
    bin_pieces,
    file_piece,
    files_of,
    get_piece,
    plan_numbers,
    renew_stamp,
    store_numbers,
    update_piece,
)
from partyroom.storage.library import Library

SCAN = (PreparedFile(Role.ANNEX, "扫描.pdf", b"scan", b"scan", 1),)


@pytest.fixture
def put(branch: Library) -> Callable[[str], int]:
    def run(title: str) -> int:
        draft = PieceDraft(2025, "mechanism", title, Retention.YEARS_30)
        return branch.write("归档", lambda s: file_piece(s, branch.attachments, draft, SCAN)).result

    return run


@pytest.fixture
def number(branch: Library) -> Callable[[], int]:
    def run() -> int:
        given = branch.read(lambda s: plan_numbers(s, 2025))
        stamped = [Stamped(one.piece_id, one.number) for one in given]
        return branch.write("编号", lambda s: store_numbers(s, branch.attachments, stamped)).result

    return run


@pytest.fixture
def closed(branch: Library, put, number) -> int:
    """A numbered piece of the closed year."""
    piece = put("年度总结")
    number()
    with stopped_at(datetime.fromisoformat("2026-01-10T09:00")):
        plan = branch.read(lambda s: plan_closing(s, (), 2025))
        papers = render_papers(plan, branch.attachments.get)
        branch.write("关闭", lambda s: close_year(s, branch.attachments, plan, papers, "钱二"))
    return piece


def changes(library: Library, piece: int) -> dict[str, Callable]:
    def correct(session) -> None:
        update_piece(session, piece, replace(get_piece(session, piece), title="另一个题名"))

    def stamp(session) -> None:
        (file,) = files_of(session, piece)
        renew_stamp(session, library.attachments, Stamped(piece, 1, file.id, b"new"), 1)

    return {
        "bin": lambda s: bin_pieces(s, [piece]),
        "correct": correct,
        "add": lambda s: add_files(s, library.attachments, piece, SCAN),
        "stamp": stamp,
    }


@pytest.mark.parametrize("change", ["bin", "correct", "add", "stamp"])
def test_a_numbered_piece_of_a_closed_year_stays_as_it_is_until_the_year_is_reopened(
    branch: Library, closed: int, change: str
) -> None:
    work = changes(branch, closed)[change]
    with pytest.raises(DomainError, match=r"2025年已经归档关闭.*重新打开"):
        branch.write("改", work)
    assert branch.read(lambda s: get_piece(s, closed)).title == "年度总结"
    branch.write("开", lambda s: reopen_year(s, 2025, "钱二", "更正题名"))
    assert branch.write("改", work).changes


def test_late_papers_of_a_closed_year_are_filed_corrected_numbered_and_boxed(
    branch: Library, closed: int, put, number
) -> None:
    late = put("晚到的批复")
    branch.write("改", lambda s: update_piece(s, late, replace(get_piece(s, late), title="关于总结的批复")))
    assert number() == 1
    box = branch.write("盒", lambda s: save_box(s, BoxDraft(2025, Retention.YEARS_30))).result
    assert branch.write("装盒", lambda s: put_into_box(s, box, [closed, late])).result == 2
