"""`partyroom export pack`."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from partyroom.app import main
from partyroom.storage.audit import list_change_sets
from partyroom.storage.library import Library

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(branch: Library, capsys: pytest.CaptureFixture[str]) -> Run:
    branch.close()

    def run_in_process(*arguments: object) -> tuple[int, str, str]:
        capsys.readouterr()
        try:
            status = main(["--library", str(branch.folder), "export", "pack", *map(str, arguments)])
        except SystemExit as stop:
            status = int(str(stop.code))
        output, complaints = capsys.readouterr()
        assert "Traceback" not in complaints
        return status, output, complaints

    return run_in_process


def test_a_pack_of_a_year_is_written_and_what_is_missing_is_said(run: Run, tmp_path: Path) -> None:
    status, output, complaints = run("--year", 2025, "-o", tmp_path / "材料.zip")
    assert status == 0
    with zipfile.ZipFile(tmp_path / "材料.zip") as archive:
        count = len(archive.namelist()) - 1
    assert output == f"已生成：{tmp_path / '材料.zip'}（{count}个文件）\n"
    assert "缺：发展党员工作" in complaints.splitlines()


def test_a_folder_is_taken_when_it_is_empty_and_a_full_one_refused(run: Run, tmp_path: Path) -> None:
    assert run("--year", 2025, "-o", tmp_path / "夹", "--copies")[0] == 0
    assert (tmp_path / "夹" / "可编辑副本").is_dir()
    status, output, complaints = run("--year", 2025, "-o", tmp_path / "夹")
    assert (status, output) == (1, "")
    assert "已经有别的文件" in complaints


def test_a_full_pack_leaves_its_line_in_the_change_log(run: Run, branch: Library, tmp_path: Path) -> None:
    assert run("--year", 2025, "-o", tmp_path / "夹", "--full")[0] == 0
    with Library.open(branch.folder) as library:
        assert library.read(list_change_sets)[0].label == "导出迎检材料（不遮盖）"


@pytest.mark.parametrize("place", ["attachments", "library.zip", "attachments/x.zip"])
def test_the_librarys_own_places_are_not_written_over(run: Run, branch: Library, place: str) -> None:
    status, _output, complaints = run("--year", 2025, "-o", branch.folder / place)
    assert status == 1
    assert "支部库自己的文件" in complaints
    assert (branch.folder / "attachments").is_dir()
