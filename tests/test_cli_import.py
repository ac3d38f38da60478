"""Importing rosters without a window: what the preview says is what is stored, and bad files change nothing."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pypdfium2
import pytest
from sqlalchemy import text

from partyroom.app import main
from partyroom.core.calendar import RecordedDate
from partyroom.features.members.domain import FIELDS_BY_KEY, MemberDraft
from partyroom.features.members.service import all_details
from partyroom.storage.library import Library

Rows = Sequence[Sequence[object]]
Outcome = tuple[int, dict[str, Any], str]

TITLES = ["序号", "姓 名", "性别", "民 族", "出生年月", "公民身份号码", "入党时间", "转正日期", "联系电话"]
DATA = Path(__file__).parent / "data"
HOSTILE = (
    "<b>&",
    "=cmd|' /C calc'!A0",
    "../../x",
    "{}",
    "{0.__class__}%s%n",
    "'; DROP TABLE members;--",
    "\u202e甲\u200b",
)


@pytest.fixture
def home(empty_library_folder: Path, tmp_path: Path) -> Path:
    """An empty library that was opened before, as any library was."""
    folder = Path(shutil.copytree(empty_library_folder, tmp_path / "library"))
    with Library.open(folder) as library:
        library.read(all_details)
    return folder


@pytest.fixture
def load(home: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., Outcome]:
    """Imports a file with --json and gives status, data ({} when refused) and complaints."""

    def run(file: Path, *options: str) -> Outcome:
        capsys.readouterr()
        status = main(["--library", str(home), "import-roster", str(file), "--json", *options])
        output, complaints = capsys.readouterr()
        assert "Traceback" not in complaints
        return status, json.loads(output) if output else {}, complaints

    return run


def write(path: Path, rows: Rows, merges: Sequence[str] = ()) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for number, row in enumerate(rows, 1):
        for column, value in enumerate(row, 1):
            cell = sheet.cell(number, column)
            cell.value = value  # type: ignore[assignment]
            if isinstance(value, str):
                cell.data_type = "s"
    for area in merges:
        sheet.merge_cells(area)
    book.save(path)
    return path


def messy(folder: Path) -> Path:
    """A roster as offices make them."""
    rows: list[list[object]] = [
        ["某某学校党支部党员花名册"],
        ["填报单位：某某学校党支部"],
        list(TITLES),
        [1, "测试甲", "男", "汉", dt.date(1985, 6, 15), "990000198506151232", "2005年7月", "2006.7", 13800000001],
        [2, "测试 乙", "女", "汉族", "1985.6", 990000198506151240, "20060701", "2007/7/1", "138-0000-0002"],
        [],
        [3, "测试丙", "男", "回", 31108, "990000850302123", "2005-07-01", 38899, None],
        [4, "测试丁", "女", "汉", "1988年8月", "99000019880808002x", "２０１０．１０", None, None],
        [5, "测试戊", "不详", "汉", "待查", "990000190001010026", "去年", "2010-02-30", "12"],
        [6, None, "男", "汉", "1980.1", None, None, None, None],
        [7, "测试己", None, None, None, "990000196203030178", "1985", None, None],
        [8, "张三", "男"],
        [9, "张三", "男"],
        [],
        ["填表人：某某", None, None, None, None, None, None, "2026年11月22日"],
    ]
    return write(folder / "名册.xlsx", rows, ["A1:I1", "A2:I2"])


def state_of(folder: Path) -> dict[str, str]:
    files = (path for path in folder.rglob("*") if path.is_file() and path.name != "partyroom.lock")
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def stored(folder: Path) -> dict[str, list[MemberDraft]]:
    found: dict[str, list[MemberDraft]] = {}
    with Library.open(folder) as library:
        for detail in library.read(all_details):
            found.setdefault(detail.draft.name, []).append(detail.draft)
    return found


def plain(draft: MemberDraft, key: str) -> object:
    value = getattr(draft, key) or draft.typed.get(key)
    return value.text if isinstance(value, RecordedDate) else value


def changes_logged(folder: Path) -> int:
    with Library.open(folder) as library:
        return int(library.read(lambda session: session.scalar(text("SELECT count(*) FROM change_sets"))) or 0)


def test_without_apply_not_a_byte_of_the_library_changes(
    home: Path, tmp_path: Path, load: Callable[..., Outcome]
) -> None:
    before = state_of(home)
    status, found, complaints = load(messy(tmp_path))
    assert state_of(home) == before
    assert status == 0
    assert found["applied"] is False
    assert complaints == "第10行「姓 名」（B10）：没有姓名，这一行不能导入。\n"


def test_the_answer_has_the_keys_promised(tmp_path: Path, load: Callable[..., Outcome]) -> None:
    _, found, _ = load(messy(tmp_path))
    assert {"rows", "new", "update", "unchanged", "refused", "columns", "preview"} <= found.keys()
    assert {"warnings", "refusals", "applied"} <= found.keys()
    assert [found[key] for key in ("rows", "new", "update", "unchanged", "refused")] == [9, 8, 0, 0, 1]
    assert found["columns"] == {
        "姓 名": "name",
        "性别": "sex",
        "民 族": "ethnicity",
        "出生年月": "birth",
        "公民身份号码": "id_number",
        "入党时间": "joined",
        "转正日期": "full_since",
        "联系电话": "phone",
    }
    for issue in (*found["warnings"], *found["refusals"]):
        assert {"row", "column", "value", "message"} <= issue.keys()
        assert re.match(rf"第{issue['row']}行", issue["message"])
    assert found["refusals"][0]["row"] == 10


def test_every_way_to_write_a_date_or_number_is_read(tmp_path: Path, load: Callable[..., Outcome]) -> None:
    _, found, _ = load(messy(tmp_path))
    rows = {row["row"]: row for row in found["preview"]}
    days = {number: (row["birth"], row["joined"], row.get("full_since")) for number, row in rows.items()}
    assert days == {
        4: ("1985-06-15", "2005-07", "2006-07"),
        5: ("1985-06", "2006-07-01", "2007-07-01"),
        7: ("1985-03-02", "2005-07-01", "2006-07-01"),
        8: ("1988-08", "2010-10", None),
        9: ("待查", "去年", "2010-02-30"),
        11: ("1962-03-03", "1985", None),  # from the identity number
        12: (None, None, None),
        13: (None, None, None),
    }
    assert [rows[number]["id_number"] for number in (4, 5, 7, 8, 9)] == [
        "990000198506151232",
        "990000198506151000",
        "99000019850302123X",
        "99000019880808002X",
        "990000190001010026",
    ]
    assert rows[5]["name"] == "测试乙"
    assert rows[4]["phone"] == "13800000001"
    warned = {(issue["row"], issue["column"]): issue["message"] for issue in found["warnings"]}
    assert "后三位已经丢失" in warned[5, "公民身份号码"]
    assert "15位" in warned[7, "公民身份号码"]
    assert "校验码" in warned[9, "公民身份号码"]
    assert {(9, "性别"), (9, "出生年月"), (9, "入党时间"), (9, "转正日期"), (9, "联系电话")} <= warned.keys()


def test_what_the_preview_says_is_what_is_stored(home: Path, tmp_path: Path, load: Callable[..., Outcome]) -> None:
    status, found, _ = load(messy(tmp_path), "--apply")
    assert (status, found["applied"]) == (0, True)
    drafts = stored(home)
    for row in found["preview"]:
        draft = drafts[row["name"]][0]
        for key in FIELDS_BY_KEY.keys() & row.keys():
            assert plain(draft, key) == row[key]


def test_a_second_import_finds_everybody_unchanged(home: Path, tmp_path: Path, load: Callable[..., Outcome]) -> None:
    file = messy(tmp_path)
    load(file, "--apply")
    before, logged = stored(home), changes_logged(home)
    for _ in range(2):
        _, found, _ = load(file, "--apply")
        assert [found[key] for key in ("new", "update", "unchanged")] == [0, 0, 8]
    assert stored(home) == before
    assert changes_logged(home) == logged


def test_blanks_and_worse_values_never_erase_and_the_preview_shows_what_stays(
    home: Path, tmp_path: Path, load: Callable[..., Outcome]
) -> None:
    load(messy(tmp_path), "--apply")
    person = [1, "测试甲", None, None, "1985.6", "990***********1232", None, "", "13900000009"]
    _, found, _ = load(write(tmp_path / "b.xlsx", [TITLES, person]), "--apply")
    (row,) = found["preview"]
    assert (row["verdict"], row["changes"]) == ("update", {"phone": "13900000009"})
    assert (row["birth"], row["joined"], row["id_number"]) == ("1985-06-15", "2005-07", "990000198506151232")
    (draft,) = stored(home)["测试甲"]
    assert (plain(draft, "birth"), plain(draft, "full_since"), draft.phone) == ("1985-06-15", "2006-07", "13900000009")


def test_namesakes_without_marks_are_two_people_and_stay_two(
    home: Path, tmp_path: Path, load: Callable[..., Outcome]
) -> None:
    file = write(tmp_path / "a.xlsx", [["姓名", "性别"], ["张伟", "男"], ["张伟", "男"], ["张伟", "女"]])
    load(file, "--apply")
    _, found, _ = load(file, "--apply")
    assert found["unchanged"] == 3
    assert len(stored(home)["张伟"]) == 3


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_text_files_are_read_in_every_usual_encoding(
    tmp_path: Path, load: Callable[..., Outcome], encoding: str
) -> None:
    file = tmp_path / "名册.csv"
    file.write_bytes(
        "序号,姓名,出生年月,入党日期\r\n1,测试甲,1985年3月,2005.7.1\r\n\r\n填表人：某\r\n".encode(encoding)
    )
    _, found, _ = load(file)
    (row,) = found["preview"]
    assert (row["name"], row["birth"], row["joined"]) == ("测试甲", "1985-03", "2005-07-01")


def test_an_old_workbook_is_read(load: Callable[..., Outcome]) -> None:
    _, found, _ = load(DATA / "roster_97.xls")
    assert [(row["name"], row["birth"]) for row in found["preview"]] == [
        ("测试甲", "1985-06-15"),
        ("测试乙", "1985-06-15"),
        ("测试丙", "1962-03"),
    ]


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_text_is_text(home: Path, tmp_path: Path, load: Callable[..., Outcome], hostile: str) -> None:
    file = write(tmp_path / "a.xlsx", [TITLES, [hostile] * len(TITLES)])
    status, found, _ = load(file, "--apply")
    assert (status, found["new"]) == (0, 1)
    library = ["--library", str(home)]
    assert main([*library, "list", "members", "--json"]) == 0
    for name, options in (("r.pdf", ["--full"]), ("r.xlsx", ["--full"]), ("m.xlsx", [])):
        assert main([*library, "export", "roster", *options, "-o", str(tmp_path / name)]) == 0
    _, again, _ = load(tmp_path / "r.xlsx")
    assert (again["rows"], again["unchanged"]) == (1, 1)
    assert main([*library, "check"]) == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.xlsx", "library", "m.xlsx", "r.pdf", "r.xlsx"]


def test_formulas_give_their_results_or_a_warning(tmp_path: Path, load: Callable[..., Outcome]) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["姓名", "联系电话"])
    sheet.append(["测试甲", "=1+1"])
    book.save(tmp_path / "a.xlsx")
    status, found, _ = load(tmp_path / "a.xlsx")
    assert (status, found["new"]) == (0, 1)
    assert "公式" in found["warnings"][0]["message"]


def bad_files(folder: Path) -> dict[str, Path]:
    whole = write(folder / "whole.xlsx", [TITLES, *([n, f"甲{n}"] for n in range(500))]).read_bytes()
    contents = {
        "empty.xlsx": b"",
        "blank.csv": b"\r\n \r\n",
        "truncated.xlsx": whole[: len(whole) // 2],
        "picture.xlsx": b"\x89PNG\r\n\x1a\n" + bytes(100),
        "noise.csv": bytes(range(256)) * 20,
        "letter.csv": "尊敬的同志：\n您好！\n".encode(),
        "page.xls": b"<html><table><tr><td>a</td></tr></table></html>",
        "paper.xlsx": b"%PDF-1.7 ...",
    }
    for name, data in contents.items():
        (folder / name).write_bytes(data)
    with (folder / "large.xlsx").open("wb") as file:
        file.truncate(200 * 1024 * 1024)
    with (folder / "million.csv").open("wb") as file:
        file.write("姓名,性别\n".encode() + "测试甲,男\n".encode() * 1_000_000)
    (folder / "folder.xlsx").mkdir()
    names = [*contents, "large.xlsx", "million.csv", "folder.xlsx", "missing.xlsx", "n" * 300]
    return {name: folder / name for name in names} | {"locked.xlsx": DATA / "roster_password.xlsx"}


def test_bad_files_get_one_chinese_sentence_and_change_nothing(
    home: Path, tmp_path: Path, load: Callable[..., Outcome]
) -> None:
    (tmp_path / "bad").mkdir()
    before = state_of(home)
    for name, file in bad_files(tmp_path / "bad").items():
        for options in ((), ("--apply",)):
            status, found, complaints = load(file, *options)
            assert (name, status, found) == (name, 1, {})
            assert re.fullmatch(r"[^\n]*[\u4e00-\u9fff][^\n]*。\n", complaints), name
            assert not re.search(r"Error|Exception|errno", complaints), name
    assert state_of(home) == before


def test_complaints_name_the_cell_and_never_the_number(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], load: Callable[..., Outcome]
) -> None:
    rows = [TITLES, [1, None, "男", None, None, "990000198506151232"], [2, "甲", "", "", "", "990000190001010026"]]
    file = write(tmp_path / "a.xlsx", rows)
    assert "99000019" not in load(file)[2]
    assert main(["--library", str(home), "import-roster", str(file)]) == 0
    output, complaints = capsys.readouterr()
    assert "（F3）" in output
    assert "99000019" not in output + complaints


def test_an_export_of_another_library_brings_everything_over(
    home: Path, tmp_path: Path, new_library: Callable[[str], Library], load: Callable[..., Outcome]
) -> None:
    load(messy(tmp_path), "--apply")
    file = tmp_path / "all.xlsx"
    assert main(["--library", str(home), "export", "roster", "--full", "-o", str(file)]) == 0
    other = new_library("other")
    other.close()
    assert main(["--library", str(other.folder), "import-roster", str(file), "--apply"]) == 0
    assert stored(other.folder) == stored(home)
    _, found, _ = load(file)
    assert (found["unchanged"], found["rows"]) == (8, 8)


def test_the_printed_roster_says_how_many_it_leaves_out(
    home: Path, tmp_path: Path, load: Callable[..., Outcome]
) -> None:
    load(messy(tmp_path), "--apply")  # without a column for the category: two rows have no date of admission either
    assert main(["--library", str(home), "export", "roster", "-o", str(tmp_path / "r.pdf")]) == 0
    document = pypdfium2.PdfDocument(tmp_path / "r.pdf")
    printed = re.sub(r"\s", "", "".join(page.get_textpage().get_text_range() for page in document))
    document.close()
    assert "共5人，其中正式党员5人" in printed
    assert "另有3人没有登记人员类别" in printed
