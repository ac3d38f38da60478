"""`partyroom calc dues`: the vectors of the rule book through the command line."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from partyroom.app import main

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs `calc dues` in this process and gives status, output and complaints."""

    def run_in_process(*arguments: object) -> tuple[int, str, str]:
        capsys.readouterr()
        try:
            status = main(["calc", "dues", *map(str, arguments)])
        except SystemExit as stop:
            status = int(str(stop.code))
        output, complaints = capsys.readouterr()
        assert "Traceback" not in complaints
        return status, output, complaints

    return run_in_process


@pytest.mark.parametrize(
    ("arguments", "rate", "due", "before_cap"),
    [
        (("--base", "2501"), "0.005", "12.51", "12.51"),
        (("--base", "3000.01"), "0.01", "30.00", "30.00"),
        (("--base", "5001"), "0.015", "75.02", "75.02"),
        (("--base", "5466.47"), "0.015", "82.00", "82.00"),
        (("--base", "12,345.67", "--rounding", "0.1"), "0.02", "246.90", "246.90"),
        (("--base", "7654.32", "--rounding", "1"), "0.015", "115.00", "115.00"),
        (("--base", "60000"), "0.02", "1000.00", "1200.00"),
        (("--base", "60000", "--on", "2016-12-31"), "0.02", "1200.00", "1200.00"),
        (("--base", "６２００", "--category", "retired"), "0.01", "62.00", "62.00"),
        (("--base", "8000", "--category", "annual"), "0.015", "120.00", "120.00"),
        (("--base", "9000", "--category", "business"), "0.015", "135.00", "135.00"),
        (("--category", "student"), None, "0.20", "0.20"),
        (("--base", "4000", "--category", "student", "--rounding", "1"), None, "0.20", "0.20"),
        (("--category", "laid_off"), None, "0.20", "0.20"),
        (("--category", "relief"), None, "0.20", "0.20"),
        (("--category", "farmer", "--farmer-amount", "0.8"), None, "0.80", "0.80"),
    ],
)
def test_dues_are_given_as_json_without_floats(run: Run, arguments, rate, due, before_cap) -> None:
    status, output, _ = run(*arguments, "--json")
    found = json.loads(output, parse_float=lambda text: pytest.fail(f"a float: {text}"))
    assert status == 0
    assert list(found) == ["rate", "due", "before_cap", "source"]
    assert (found["rate"], found["due"], found["before_cap"]) == (rate, due, before_cap)
    assert "中组发〔2008〕3号）第" in found["source"]


def test_the_answer_for_people_shows_the_way_and_the_source(run: Run) -> None:
    status, output, complaints = run("--base", "5466.47")
    assert (status, complaints) == (0, "")
    assert output.splitlines() == [
        "每月应交党费：82.00元；类别：在职（按月取得工资）",
        "党费：5466.47×1.5%＝81.99705，四舍五入到分为82.00元",
        "依据：《关于中国共产党党费收缴、使用和管理的规定》（中组发〔2008〕3号）第一条、第二条",
    ]
    assert run("--category", "student")[1].startswith("每月应交党费：0.20元；类别：学生\n依据：")


def test_df_18_the_cap_is_explained(run: Run) -> None:
    status, output, complaints = run("--base", "60000")
    assert status == 0
    assert "＝1200.00元，不超过上限，为1000.00元" in output
    assert "组电明字〔2017〕5号" in output
    assert "自愿多交" in complaints


def test_df_12_the_usual_amount_of_farmers_comes_with_a_warning(run: Run) -> None:
    status, output, complaints = run("--category", "farmer", "--json")
    assert (status, json.loads(output)["due"]) == (0, "0.50")
    assert "本省规定的数额" in complaints


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--base", "五千"), "看不懂金额“五千”"),
        (("--base", "5000.005"), "小数多于两位"),
        (("--base", ""), "请填写金额"),
        (("--base", "-1"), "不能是负数"),
        (("--base", "1e9"), "看不懂"),
        (("--base", "99999999999"), "太大"),
        (("--category", "student", "--base", "x"), "看不懂"),
        (("--category", "farmer", "--farmer-amount", "0.10"), "0.20元至1.00元"),
        (("--category", "farmer", "--farmer-amount", "1.50"), "0.20元至1.00元"),
        (("--category", "farmer", "--farmer-amount", "x"), "农民党员每月的数额"),
        (("--base", "1", "--on", "2008-03-31"), "2008年4月1日以前"),
        (("--base", "1", "--on", "2026-13-01"), "看不懂日期"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(run: Run, arguments, words: str) -> None:
    status, output, complaints = run(*arguments)
    assert (status, output) == (1, "")
    assert words in complaints
    assert complaints.strip().endswith("。")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "请用 --base"),
        (("--category", "retired"), "请用 --base"),
        (("--base", "1", "--category", "worker"), "不能写“worker”"),
        (("--base", "1", "--rounding", "0.5"), "不能写“0.5”"),
    ],
)
def test_wrong_usage_ends_with_2(run: Run, arguments, words: str) -> None:
    status, output, complaints = run(*arguments)
    assert (status, output) == (2, "")
    assert words in complaints
