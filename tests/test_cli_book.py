"""`partyroom export book`: the handbook of a year without a window."""

from __future__ import annotations

import io
import shutil
from collections.abc import Callable
from pathlib import Path

import pikepdf
import pytest

from partyroom.app import main
from partyroom.core.pictures import KeptFile
from partyroom.documents.picture_pages import page_of_picture
from partyroom.features.archives import book_service as service
from partyroom.features.archives.book_service import PageDraft
from partyroom.features.organisation.domain import Branch
from partyroom.features.organisation.service import save_branch
from partyroom.storage.library import Library

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def folder(empty_library_folder: Path, tmp_path: Path) -> Path:
    """A library of a branch with a page of its own and a scan that is gone, closed."""
    target = tmp_path / "library"
    shutil.copytree(empty_library_folder, target)
    with Library.open(target) as library:

        def fill(session) -> None:
            save_branch(session, Branch("第九党支部", "样例中学"))
            service.add_page(session, library.attachments, 2025, PageDraft("值班安排", "每周两人。"))

        library.write("准备", fill)
    return target


@pytest.fixture
def lose_scan(folder: Path) -> Callable[[], None]:
    """Puts a scan into the book of 2025 whose file is gone."""

    def work() -> None:
        from PIL import Image

        buffer = io.BytesIO()
        Image.new("RGB", (30, 40)).save(buffer, "JPEG")
        with Library.open(folder) as library:
            kept = KeptFile("批复.pdf", page_of_picture(buffer.getvalue()), picture=False)
            draft = PageDraft("上级批复", file=kept)
            library.write("附页", lambda session: service.add_page(session, library.attachments, 2025, draft))
            page = library.read(lambda session: service.read_plan(session, 2025)).pages[-1]
            library.attachments.path(page.sha256).unlink()

    return work


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], folder: Path, tmp_path: Path) -> Run:
    """Runs `export book` in this process and gives status, output and complaints."""

    def run_in_process(*arguments: object) -> tuple[int, str, str]:
        command = ["--library", folder, "export", "book", *arguments, "-o", tmp_path / "out" / "手册.pdf"]
        try:
            status = main([str(part) for part in command])
        except SystemExit as stop:
            status = int(str(stop.code))
        output, complaints = capsys.readouterr()
        assert "Traceback" not in complaints
        return status, output, complaints

    return run_in_process


def titles(tmp_path: Path) -> list[str]:
    with pikepdf.open(tmp_path / "out" / "手册.pdf") as file, file.open_outline() as outline:
        return [item.title.partition("、")[2] or item.title for item in outline.root]


def test_the_book_of_a_year_is_written(run: Run, tmp_path: Path) -> None:
    status, output, complaints = run("--year", 2025)
    assert (status, complaints) == (0, "")
    assert "手册.pdf" in output
    assert titles(tmp_path)[0] == "目录"
    assert titles(tmp_path)[-1] == "值班安排"


def test_a_blank_book_needs_no_data(run: Run, tmp_path: Path) -> None:
    status, _, _ = run("--year", 2030, "--blank")
    assert status == 0
    assert "支部党员大会记录" in titles(tmp_path)
    assert "值班安排" not in titles(tmp_path)


def test_what_is_missing_is_named_and_nothing_written_unless_it_is_skipped(
    run: Run, tmp_path: Path, lose_scan: Callable[[], None]
) -> None:
    lose_scan()
    status, _, complaints = run("--year", 2025)
    assert status == 1
    assert "“上级批复”：“批复.pdf”没有装入" in complaints
    assert "--skip-missing" in complaints
    assert not (tmp_path / "out").exists()
    status, _, complaints = run("--year", 2025, "--skip-missing")
    assert status == 0
    assert "批复.pdf" in complaints
    assert titles(tmp_path)[-1] == "未能装入的附件"


@pytest.mark.parametrize("year", ["abc", "0", "10000", "9999", "-1", ""])
def test_no_year_is_a_wrong_command(run: Run, year: str) -> None:
    status, _, complaints = run("--year", year)
    assert status == 2
    assert "整数" in complaints


def test_a_year_to_come_is_refused_in_a_sentence(run: Run) -> None:
    status, _, complaints = run("--year", 9998)
    assert status == 1
    assert "还没有开始" in complaints
