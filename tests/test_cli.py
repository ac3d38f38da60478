"""The program without a window, as somebody uses it who knows only its commands."""

from __future__ import annotations

import io
import json
import logging
import re
import shutil
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import docx
import pypdfium2
import pytest
from sqlalchemy import text

import partyroom.cli
from partyroom.app import main
from partyroom.core.paths import config_folder
from partyroom.storage.attachments import attach
from partyroom.storage.library import Library

Run = Callable[..., tuple[int, str, str]]

CHINESE = re.compile(r"[\u4e00-\u9fff].*[。；！？)）]$")


@pytest.fixture
def branch(made_sample: Path, tmp_path: Path) -> Path:
    """A copy of the sample branch that the test may change."""
    return Path(shutil.copytree(made_sample, tmp_path / "branch"))


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs a command in this process and gives status, output and complaints."""

    def run_in_process(*arguments: object) -> tuple[int, str, str]:
        capsys.readouterr()
        try:
            status = main([str(argument) for argument in arguments])
        except SystemExit as stop:
            status = int(str(stop.code))
        output, complaints = capsys.readouterr()
        assert "Traceback" not in complaints
        return status, output, complaints

    return run_in_process


def pages_of(pdf: Path) -> list[str]:
    document = pypdfium2.PdfDocument(pdf)
    try:
        return [page.get_textpage().get_text_range() for page in document]
    finally:
        document.close()


# calculators


@pytest.mark.parametrize(
    ("number", "sex", "birth"),
    [
        ("11010519491231002X", "female", "1949-12-31"),
        ("11010519491231002x", "female", "1949-12-31"),
        ("１１０１０５１９４９１２３１００２Ｘ", "female", "1949-12-31"),
        (" 110105 19491231 002X ", "female", "1949-12-31"),
        ("440524188001010014", "male", "1880-01-01"),
        ("990000190001010016", "male", "1900-01-01"),
        ("990000190001010024", "female", "1900-01-01"),
        ("990000200002290132", "male", "2000-02-29"),
        ("990000199912318880", "female", "1999-12-31"),
        ("990000198506151232", "male", "1985-06-15"),
        ("990000198506151240", "female", "1985-06-15"),
        ("000000190001010017", "male", "1900-01-01"),
        ("990000197001010069", "female", "1970-01-01"),
        ("990000196203030178", "male", "1962-03-03"),
        ("99000019880808002X", "female", "1988-08-08"),
    ],
)
def test_right_identity_numbers_tell_sex_and_birth(run: Run, number: str, sex: str, birth: str) -> None:
    status, output, complaints = run("calc", "id", number, "--json")
    assert (status, complaints) == (0, "")
    assert json.loads(output) == {"valid": True, "sex": sex, "birth": birth, "reason": ""}


@pytest.mark.parametrize(
    ("number", "words"),
    [
        ("990000190001010026", "校验码"),
        ("990000190002290014", "出生日期"),
        ("990000199913010013", "出生日期"),
        ("99000019850615123", "18位"),
        ("", "为空"),
        ("九九〇〇", "字符"),
    ],
)
def test_wrong_identity_numbers_tell_why(run: Run, number: str, words: str) -> None:
    status, output, _ = run("calc", "id", number, "--json")
    found = json.loads(output)
    assert status == 0
    assert list(found) == ["valid", "sex", "birth", "reason"]
    assert (found["valid"], found["sex"], found["birth"]) == (False, None, None)
    assert words in found["reason"]
    assert "不正确" in run("calc", "id", number)[1]


def test_an_identity_number_of_15_digits_is_converted_and_says_so(run: Run) -> None:
    found = json.loads(run("calc", "id", "990000850302123", "--json")[1])
    assert (found["valid"], found["sex"], found["birth"]) == (True, "male", "1985-03-02")
    assert "99000019850302123X" in found["reason"]


@pytest.mark.parametrize(
    ("first", "months", "expected"),
    [
        ("2026-01-31", 1, "2026-02-28"),
        ("2024-01-31", 1, "2024-02-29"),
        ("2026-06-15", 1, "2026-07-15"),
        ("2024-02-29", 12, "2025-02-28"),
        ("2025-11-22", 12, "2026-11-22"),
        ("2023-05-10", 12, "2024-05-10"),
        ("2025-11-30", 3, "2026-02-28"),
        ("2026-08-31", 6, "2027-02-28"),
        ("2026-05-31", 6, "2026-11-30"),
        ("2026-05-31", 12, "2027-05-31"),
        ("2026-08-31", 1, "2026-09-30"),
        ("2026-12-31", 1, "2027-01-31"),
        ("2026-03-31", -1, "2026-02-28"),
        ("2026年1月31日", 1, "2026-02-28"),
        ("20260131", 1, "2026-02-28"),
        ("2026.1.31", 0, "2026-01-31"),
    ],
)
def test_dates_move_by_calendar_months(run: Run, first: str, months: int, expected: str) -> None:
    assert run("calc", "date", "--from", first, "--months", months)[:2] == (0, f"{expected}\n")
    output = run("calc", "date", "--from", first, "--months", months, "--json")[1]
    assert json.loads(output) == {"date": expected}


@pytest.mark.parametrize(("first", "months"), [("昨天", 1), ("2026-01", 1), ("2026-02-30", 1), ("2026-01-01", 10**6)])
def test_dates_that_cannot_be_are_refused(run: Run, first: str, months: int) -> None:
    status, output, complaints = run("calc", "date", "--from", first, "--months", months)
    assert (status, output) == (1, "")
    assert CHINESE.search(complaints.strip())


# wrong usage


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["tanz"], "不能写“tanz”"),
        (["list"], "缺少 members|meetings"),
        (["list", "people"], "不能写“people”"),
        (["list", "members"], "请用 --library"),
        (["check"], "请用 --library"),
        (["restore", "x"], "请用 --library"),
        (["sample"], "缺少 DIR"),
        (["export"], "缺少 内容"),
        (["calc", "id"], "缺少 NUMBER"),
        (["calc", "date", "--from", "2026-01-01"], "缺少 --months"),
        (["calc", "date", "--from", "2026-01-01", "--months", "x"], "应当是整数"),
        (["calc", "id", "1", "--colour"], "不认识 --colour"),
        (["--library"], "后面缺少内容"),
        (["--library", "x", "export", "minutes", "-o", "y"], "--meeting 编号"),
        (["--library", "x", "export", "minutes", "-o", "y", "--from", "2026-01-01"], "--from 和 --to"),
        (["--library", "x", "export", "minutes", "--meeting", "1"], "缺少 -o/--output"),
        (["--library", "x", "export", "minutes", "-o", "y", "--meeting", "eins"], "应当是整数"),
        (["--library", "x", "import-roster", "y", "--app"], "不认识 --app"),
    ],
)
def test_wrong_usage_ends_with_2_and_a_chinese_sentence(run: Run, arguments: list[str], words: str) -> None:
    status, output, complaints = run(*arguments)
    assert (status, output) == (2, "")
    assert complaints.startswith("用法：partyroom")
    assert words in complaints.splitlines()[-1]
    assert not re.search(r"argument|required|invalid|usage", complaints)


def test_help_is_chinese(run: Run) -> None:
    status, output, _ = run("--help")
    assert status == 0
    assert "用法：" in output
    assert "选项" in output


# sample and lists


def test_the_sample_is_made_once_into_a_folder(made_sample: Path, run: Run) -> None:
    before = sorted(made_sample.rglob("*"))
    status, output, complaints = run("sample", made_sample)
    assert (status, output) == (1, "")
    assert "别的文件" in complaints
    assert sorted(made_sample.rglob("*")) == before


def test_two_samples_are_equal_to_the_byte_in_lists_and_papers(branch: Path, tmp_path: Path, run: Run) -> None:
    assert run("sample", tmp_path / "again")[0] == 0
    for what in ("members", "meetings"):
        first = run("--library", branch, "list", what, "--json")
        assert first == run("--library", tmp_path / "again", "list", what, "--json")
    for options in (("minutes", "--meeting", 1), ("minutes", "--meeting", 1, "--format", "docx"), ("roster", "--full")):
        papers = []
        for folder in (branch, tmp_path / "again"):
            assert run("--library", folder, "export", *options, "-o", tmp_path / "paper")[0] == 0
            papers.append((tmp_path / "paper").read_bytes())
        assert papers[0] == papers[1]


def test_the_sample_has_the_people_promised(branch: Path, run: Run) -> None:
    status, output, complaints = run("--library", branch, "list", "members", "--json")
    people = json.loads(output)
    assert (status, complaints) == (0, "")
    counts = Counter(p["category"] for p in people)
    assert counts == {"full": 24, "probationary": 3, "target": 1, "activist": 2, "applicant": 2}
    assert [p["category"] for p in people if p["employment"] == "retired"] == ["full", "full"]
    assert len({p["group"] for p in people if p["group"]}) == 3
    assert sum(any(post != "党小组组长" for post in p["party_posts"]) for p in people) == 5


def test_lists_give_codes_labels_iso_dates_and_masked_numbers(branch: Path, run: Run) -> None:
    people = json.loads(run("--library", branch, "list", "members", "--json")[1])
    for person in people:
        assert person["sex"] in ("male", "female")
        assert person["sex_label"] in ("男", "女")
        assert re.fullmatch(r"\d{4}-\d{2}-\d{2}", person["birth"])
        assert person["joined"] is None or re.fullmatch(r"\d{4}-\d{2}(-\d{2})?", person["joined"])
        assert re.fullmatch(r"990\*{11}\d{3}[\dX]", person["id_number"])
        assert person["phone"] == "" or "****" in person["phone"]
    meetings = json.loads(run("--library", branch, "list", "meetings", "--json")[1])
    assert len(meetings) > 50
    assert {"committee", "assembly", "group"} <= {meeting["kind"] for meeting in meetings}
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d", meeting["starts_at"]) for meeting in meetings)
    assert meetings == sorted(meetings, key=lambda meeting: str(meeting["starts_at"]))


def test_lists_for_reading_have_headings_and_a_sum(branch: Path, run: Run) -> None:
    lines = run("--library", branch, "list", "members")[1].splitlines()
    assert lines[0].startswith("编号\t姓名\t性别")
    assert len(lines) == 1 + 32 + 1
    assert lines[-1].startswith("共32人：正式党员24人（其中离退休2人），预备党员3人")
    assert run("--library", branch, "list", "meetings")[1].splitlines()[-1].startswith("共")


# exports


def test_one_meeting_as_every_form_and_format_into_a_new_folder(branch: Path, tmp_path: Path, run: Run) -> None:
    meeting = json.loads(run("--library", branch, "list", "meetings", "--json")[1])[0]
    for form, word in (("record", "记录人"), ("notice", "会议纪要")):
        target = tmp_path / "新 文件夹" / f"{form}.pdf"
        options = ("--meeting", meeting["id"], "--form", form)
        status, output, complaints = run("--library", branch, "export", "minutes", *options, "-o", target)
        assert (status, complaints) == (0, "")
        assert str(target) in output
        printed = "".join(pages_of(target))
        assert word in printed
        assert meeting["place"] in printed.replace("\r\n", "")
        word_file = target.with_suffix(".docx")
        assert run("--library", branch, "export", "minutes", *options, "-o", word_file)[0] == 0
        assert docx.Document(str(word_file)).core_properties.title.startswith(meeting["title"])


def test_a_period_is_one_file_in_which_each_meeting_counts_its_pages_anew(
    branch: Path, tmp_path: Path, run: Run
) -> None:
    meetings = json.loads(run("--library", branch, "list", "meetings", "--json")[1])
    wanted = [m for m in meetings if m["starts_at"].startswith("2026-03")]
    period = ("--from", "2026.3.1", "--to", "2026年3月31日")
    pdf, word_file = tmp_path / "三月.pdf", tmp_path / "三月.docx"
    assert run("--library", branch, "export", "minutes", *period, "--form", "notice", "-o", pdf)[0] == 0
    starts = [page for page in pages_of(pdf) if "— 1 —" in page]
    assert len(starts) == len(wanted) > 1
    assert run("--library", branch, "export", "minutes", *period, "--form", "notice", "-o", word_file)[0] == 0
    assert len(docx.Document(str(word_file)).sections) == len(wanted)
    month = ("--from", "2026-03", "--to", "2026-03")
    assert run("--library", branch, "export", "minutes", *month, "--form", "notice", "-o", tmp_path / "b")[0] == 0
    assert (tmp_path / "b").read_bytes() == pdf.read_bytes()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--meeting", "99999"), ["没有这次会议的记录"]),
        (("--meeting", "-1"), ["没有这次会议的记录"]),
        (("--meeting", "9" * 40), ["没有这次会议的记录"]),
        (("--from", "2000-01-01", "--to", "2000-12-31"), ["这段时间里没有会议"]),
        (("--from", "2026-05-01", "--to", "2026-04-01"), ["晚于结束日期"]),
        (("--from", "昨天", "--to", "2026-02-30"), ["“昨天”", "“2026-02-30”"]),
    ],
)
def test_what_cannot_be_exported_is_refused_and_nothing_written(
    branch: Path, tmp_path: Path, run: Run, options: tuple[str, ...], words: list[str]
) -> None:
    target = tmp_path / "x.pdf"
    status, output, complaints = run("--library", branch, "export", "minutes", *options, "-o", target)
    assert (status, output) == (1, "")
    assert len(complaints.splitlines()) == len(words)
    assert all(word in line for word, line in zip(words, complaints.splitlines(), strict=True))
    assert not target.exists()


def test_an_export_replaces_a_file_but_never_a_folder_nor_the_library(branch: Path, tmp_path: Path, run: Run) -> None:
    export = ("--library", branch, "export", "minutes", "--meeting", 1, "-o")
    old = tmp_path / "old.pdf"
    old.write_text("old")
    assert run(*export, old)[0] == 0
    assert old.read_bytes().startswith(b"%PDF")
    before = (branch / "library.db").read_bytes()
    for target in (tmp_path, branch / "library.db", branch / "attachments" / "x.pdf", old / "x.pdf", "a" * 300):
        status, output, complaints = run(*export, target)
        assert (status, output) == (1, "")
        assert CHINESE.search(complaints.strip())
    assert run("--library", branch, "backup", branch / "library.db")[0] == 1
    assert (branch / "library.db").read_bytes() == before
    assert run("--library", branch, "check")[0] == 0


def test_the_roster_is_masked_unless_full_and_full_is_written_down(branch: Path, tmp_path: Path, run: Run) -> None:
    number = re.compile(r"990099\d{11}[\dX]")
    # the printed roster is of the Party's members, the workbook of everybody
    for ending, people in (("pdf", 27), ("xlsx", 32)):
        export = ("--library", branch, "export", "roster", "-o", tmp_path / f"roster.{ending}")
        assert run(*export)[0] == 0
        masked = printed_roster(tmp_path / f"roster.{ending}")
        assert not number.search(masked)
        assert "990***********" in masked
        assert run(*export, "--full")[0] == 0
        assert len(set(number.findall(printed_roster(tmp_path / f"roster.{ending}")))) == people
    with Library.open(branch) as library:
        count = "SELECT count(*) FROM change_sets WHERE label LIKE '导出完整花名册%'"
        assert library.read(lambda session: session.scalar(text(count))) == 2


def printed_roster(path: Path) -> str:
    import openpyxl

    if path.suffix == ".pdf":
        return re.sub(r"\s", "", "".join(pages_of(path)))
    sheet = openpyxl.load_workbook(path).active
    assert sheet is not None
    return "\n".join(str(cell) for row in sheet.iter_rows(values_only=True) for cell in row)


# safekeeping


def test_a_backup_restored_elsewhere_and_over_a_library_is_the_same(branch: Path, tmp_path: Path, run: Run) -> None:
    packed, elsewhere = tmp_path / "new" / "backup.zip", tmp_path / "elsewhere"
    whole = run("--library", branch, "list", "members", "--json")
    assert run("--library", branch, "backup", packed)[0] == 0
    assert run("--library", elsewhere, "restore", packed)[0] == 0
    assert run("--library", elsewhere, "list", "members", "--json") == whole
    with Library.open(branch) as library:
        library.write("x", lambda session: session.execute(text("UPDATE members SET name = '改过'")))
    assert run("--library", branch, "list", "members", "--json") != whole
    assert run("--library", branch, "restore", packed)[0] == 0
    assert run("--library", branch, "list", "members", "--json") == whole
    assert run("--library", branch, "check")[0] == 0


def test_a_truncated_backup_is_refused_and_the_library_as_before(branch: Path, tmp_path: Path, run: Run) -> None:
    packed = tmp_path / "backup.zip"
    assert run("--library", branch, "backup", packed)[0] == 0
    packed.write_bytes(packed.read_bytes()[:-200])
    before = (branch / "library.db").read_bytes()
    status, _, complaints = run("--library", branch, "restore", packed)
    assert status == 1
    assert "备份" in complaints
    assert (branch / "library.db").read_bytes() == before


def test_check_notices_a_stale_search_index_and_makes_it_anew(branch: Path, run: Run) -> None:
    with Library.open(branch) as library:
        library.write("损坏", lambda session: session.execute(text("DELETE FROM minutes_search WHERE rowid = 1")))
    status, _, complaints = run("--library", branch, "check")
    assert status == 1
    assert "全文查找的索引少了1次会议" in complaints
    assert "check --rebuild-index" in complaints
    status, output, complaints = run("--library", branch, "check", "--rebuild-index")
    assert (status, complaints) == (0, "")
    assert output.startswith("全文查找的索引已重建，共")
    assert run("--library", branch, "check")[0] == 0


def test_check_finds_a_sound_library_sound_and_a_damaged_attachment_damaged(branch: Path, run: Run) -> None:
    status, output, complaints = run("--library", branch, "check")
    assert (status, complaints) == (0, "")
    assert "完好" in output
    with Library.open(branch) as library:
        library.write("x", lambda session: attach(session, library.attachments, "照片.jpg", b"picture"))
    assert run("--library", branch, "check")[0] == 0
    files = (path for path in (branch / "attachments").rglob("*") if path.is_file())
    stored = next(path for path in files if path.read_bytes() == b"picture")
    stored.chmod(0o600)
    stored.write_bytes(b"pictuer")
    status, output, complaints = run("--library", branch, "check")
    assert (status, output) == (1, "")
    assert "照片.jpg" in complaints


@pytest.mark.parametrize("place", [0, 60_000])
def test_every_command_on_a_damaged_database_ends_with_a_sentence(
    branch: Path, tmp_path: Path, run: Run, place: int
) -> None:
    with (branch / "library.db").open("r+b") as file:
        file.seek(place)
        file.write(b"\xa5" * 100_000)
    for command in (
        ("check",),
        ("list", "members"),
        ("list", "meetings", "--json"),
        ("export", "minutes", "--meeting", 1, "-o", tmp_path / "x.pdf"),
        ("backup", tmp_path / "x.zip"),
    ):
        status, output, complaints = run("--library", branch, *command)
        assert (status, output) == (1, "")
        assert CHINESE.search(complaints.strip())


def test_a_folder_without_a_library_and_one_in_use_are_refused(branch: Path, tmp_path: Path, run: Run) -> None:
    for folder in (tmp_path / "nowhere", tmp_path, "a" * 300):
        status, _, complaints = run("--library", folder, "list", "members")
        assert (status, complaints.count("\n")) == (1, 1)
    with Library.open(branch):
        status, _, complaints = run("--library", branch, "list", "members")
    assert status == 1
    assert "正在被使用" in complaints


# what must never be seen


@pytest.fixture
def fault(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    def fail(number: str) -> Any:
        raise ValueError(f"unexpected {number}")

    monkeypatch.setattr(partyroom.cli, "check_identity", fail)
    level = logging.getLogger().level
    yield
    logging.getLogger().setLevel(level)


@pytest.mark.usefixtures("fault")
def test_a_fault_of_ours_is_a_sentence_on_screen_and_a_place_in_the_log(run: Run) -> None:
    status, output, complaints = run("calc", "id", "990000198506151232")
    assert (status, output) == (1, "")
    assert complaints.count("\n") == 1
    assert "内部出错" in complaints
    log = (config_folder() / "partyroom.log").read_text(encoding="utf-8")
    assert "ValueError" in log
    assert "990000198506151232" not in complaints + log


def test_it_runs_as_a_process_and_through_its_script(branch: Path, python: Path) -> None:
    script = python.with_name("partyroom.exe" if python.suffix == ".exe" else "partyroom")
    for program in ([str(python), "-m", "partyroom"], [str(script)]):
        done = subprocess.run([*program, "calc", "id", "11010519491231002X", "--json"], capture_output=True)
        assert done.returncode == 0
        assert json.loads(done.stdout)["birth"] == "1949-12-31"
        assert done.stderr == b""
    listing = [str(python), "-m", "partyroom", "--library", str(branch), "list", "members"]
    done = subprocess.run(listing, capture_output=True, env={"LC_ALL": "C", "PATH": "", "HOME": str(branch)})
    assert done.returncode == 0
    assert "正式党员" in done.stdout.decode()
    refused = subprocess.run([*listing[:-1], "dogs"], capture_output=True)
    assert refused.returncode == 2
    assert "命令写法不对" in refused.stderr.decode()


def test_a_reader_who_has_seen_enough_is_no_fault(branch: Path, python: Path) -> None:
    command = [str(python), "-m", "partyroom", "--library", str(branch), "list", "meetings", "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        complaints = io.BytesIO(process.stderr.read()).getvalue()
    assert complaints == b""


@pytest.mark.parametrize(
    ("kind", "counts", "expected"),
    [
        ("resolution", (8, 4, 4), {"quorum": True, "passed": False, "need_present": 4, "need_yes": 5}),
        ("committee", (5, 3, 3), {"quorum": True, "passed": True, "need_present": 3, "need_yes": 3}),
        ("acceptance", (8, 4, 4), {"quorum": False, "passed": False, "need_present": 5, "need_yes": 5}),
        ("election", (10, 8, 6), {"quorum": True, "passed": True, "need_present": 8, "need_yes": 6}),
    ],
)
def test_votes_are_judged_by_the_rule_of_their_kind(run, kind, counts, expected):
    should, present, yes = map(str, counts)
    arguments = ("calc", "vote", "--kind", kind, "--should", should, "--present", present, "--yes", yes)
    status, output, _ = run(*arguments, "--json")
    assert (status, json.loads(output)) == (0, expected)
    status, output, _ = run(*arguments)
    assert status == 0
    assert "依据：《" in output


@pytest.mark.parametrize(
    ("should", "present", "yes"), [("5", "6", "1"), ("5", "4", "5"), ("5", "-1", "0"), ("0", "0", "0")]
)
def test_impossible_votes_are_refused_with_a_sentence(run, should, present, yes):
    arguments = ("--should", should, "--present", present, "--yes", yes, "--json")
    status, output, complaints = run("calc", "vote", "--kind", "resolution", *arguments)
    assert (status, output) == (1, "")
    assert complaints.endswith("。\n")


def test_a_kind_of_vote_that_does_not_exist_is_wrong_usage(run):
    assert run("calc", "vote", "--kind", "x", "--should", "5", "--present", "5", "--yes", "5")[0] == 2


def test_plans_are_listed_only_when_asked_for_and_have_no_minutes(run, branch, tmp_path):
    folder = branch
    held = json.loads(run("--library", str(folder), "list", "meetings", "--json")[1])
    assert {one["stage"] for one in held} == {"held"}
    planned = json.loads(run("--library", str(folder), "list", "meetings", "--stage", "planned", "--json")[1])
    every = json.loads(run("--library", str(folder), "list", "meetings", "--stage", "all", "--json")[1])
    assert planned
    assert {one["stage"] for one in every} == {"held", "planned", "cancelled"}
    target = tmp_path / "record.pdf"
    status, _, complaints = run(
        "--library", str(folder), "export", "minutes", "--meeting", str(planned[0]["id"]), "-o", str(target)
    )
    assert (status, target.exists()) == (1, False)
    assert "没有会议记录" in complaints
    period = ("--from", "2026-12-01", "--to", "2026-12-31")
    status, _, complaints = run("--library", str(folder), "export", "minutes", *period, "-o", str(target))
    assert (status, complaints) == (1, "这段时间里没有会议记录。\n")
