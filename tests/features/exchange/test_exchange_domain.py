from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from partyroom.core.calendar import RecordedDate
from partyroom.core.cells import Merge, Sheet, SheetFacts
from partyroom.core.errors import DomainError
from partyroom.core.identity import Sex, check_digit
from partyroom.documents.workbooks.reading import read_workbook
from partyroom.features.exchange.domain import (
    Issue,
    ParsedRoster,
    contradictions,
    parse_sheet,
    parse_workbook,
    roster_sheets,
)
from partyroom.features.exchange.verdicts import ExistingMember, VerdictKind, judge_roster
from partyroom.features.members.domain import Category, MemberDraft

Parse = Callable[..., ParsedRoster]
TITLES = ["序号", "姓名", "性别", "出生年月", "身份证号", "入党时间", "转正时间"]


def messages(roster: ParsedRoster) -> list[str]:
    return [issue.message for issue in roster.warnings]


def test_a_person_with_all_kinds_of_values(parse: Parse) -> None:
    roster = parse(
        [
            ["某校党员花名册"],
            TITLES,
            [1, "测 试甲", "男", "1985.6", "990000198506151232", date(2005, 7, 1), "2006年7月"],
        ]
    )
    (row,) = roster.rows
    assert (row.row, row.name, row.marks) == (3, "测试甲", frozenset())
    assert row.values == {
        "name": "测试甲",
        "sex": Sex.MALE,
        "birth": RecordedDate("1985-06"),
        "id_number": "990000198506151232",
        "joined": RecordedDate("2005-07-01"),
        "full_since": RecordedDate("2006-07"),
    }
    assert roster.columns == {
        "姓名": "name",
        "性别": "sex",
        "出生年月": "birth",
        "身份证号": "id_number",
        "入党时间": "joined",
        "转正时间": "full_since",
    }
    assert (roster.header_row, roster.warnings, roster.refusals, roster.skipped) == (2, (), (), ())
    assert row.draft() == MemberDraft.from_values(dict(row.values))


def test_a_doubt_names_its_cell(parse: Parse) -> None:
    roster = parse([[], [], [], TITLES, [1, "测试甲", "男", "85.6", "", "", ""]])
    assert roster.warnings == (
        Issue(
            row=5,
            column="出生年月",
            cell="D5",
            value="85.6",
            message="第5行「出生年月」（D5）：年份只有两位，请补成四位；现按原样保留。",
        ),
    )
    assert roster.rows[0].marks == {"birth"}
    assert roster.rows[0].values["birth"] == RecordedDate("85.6")


def test_only_a_row_without_a_name_is_refused(parse: Parse) -> None:
    roster = parse(
        [
            TITLES,
            [1, "测试甲", "不详", "待查", "123", "??", "??"],
            [2, "", "男", "1985.6", "990000198506151232", "", ""],
            [3, " \u200b ", "男", "1985.6", "", "", ""],
            [4, "测试乙", "", "", "", "", ""],
        ]
    )
    assert [row.name for row in roster.rows] == ["测试甲", "测试乙"]
    assert [issue.row for issue in roster.refusals] == [3, 4]
    assert roster.refusals[0].message == "第3行「姓名」（B3）：没有姓名，这一行不能导入。"
    assert roster.rows[0].marks == {"sex", "birth", "id_number", "joined", "full_since"}
    assert roster.rows[0].typed == {"sex": "不详"}
    assert roster.rows[0].draft().typed == {"sex": "不详"}


def test_a_row_that_explains_the_header_is_passed_over(parse: Parse) -> None:
    hint = ["", "", "男/女", "年.月.日", "18位", "年.月.日", ""]
    roster = parse([TITLES, hint, [1, "测试甲", "男", "1985.6"]])
    assert [(s.row, s.reason) for s in roster.skipped] == [(2, "表头下的填写说明")]
    assert roster.refusals == ()
    assert [row.name for row in roster.rows] == ["测试甲"]


def test_a_nameless_first_row_with_data_is_refused(parse: Parse) -> None:
    roster = parse([TITLES, ["", "", "男", "1985.6"], [2, "测试甲"]])
    assert [issue.row for issue in roster.refusals] == [2]


def test_a_nameless_row_at_the_end_is_refused_when_it_holds_data(parse: Parse) -> None:
    roster = parse([TITLES, [1, "测试甲", "", "", "", "", ""], [2, "", "男", "1985.6", "", "", ""]])
    assert [issue.row for issue in roster.refusals] == [3]


@pytest.mark.parametrize(
    "footer",
    [
        ["填表人：测试丙", "", "", "", "", "审核人：测试丁", "2026年11月"],
        ["", "填表人: 测试丙"],
        ["合  计", "", "2人"],
        ["", "合计", "2人"],
        ["注：本表一式两份"],
        ["", "", "", "", "", "", "2026年11月22日"],
        ["制表日期：2026年11月22日"],
        ["共2人"],
        ["负责人（签字）：", "", "", "1985.6", "男"],
        ["说明:出生年月填到月"],
        ["以下空白"],
    ],
)
def test_footers_are_passed_over(parse: Parse, footer: list[str]) -> None:
    roster = parse([TITLES, [1, "测试甲", "男"], [2, "测试乙", "女"], [], footer])
    assert [row.name for row in roster.rows] == ["测试甲", "测试乙"]
    assert roster.refusals == ()
    assert [skipped.row for skipped in roster.skipped] == [5]
    assert roster.skipped[0].reason in {"表尾（填表人、合计、注等）", "不是名册内容"}


def test_prefilled_serial_numbers_and_repeated_headers_are_passed_over(parse: Parse) -> None:
    roster = parse([TITLES, [1, "测试甲", "男"], TITLES, [2, "测试乙", "女"], [3], [4, "", None]])
    assert [row.name for row in roster.rows] == ["测试甲", "测试乙"]
    assert [(s.row, s.reason) for s in roster.skipped] == [(3, "重复的表头"), (5, "只有序号"), (6, "只有序号")]


def test_a_person_called_like_a_footer_word_is_still_a_person(parse: Parse) -> None:
    roster = parse([TITLES, [1, "单位", "男"], [2, "注册", "女"], [3, "附议", "女"]])
    assert [row.name for row in roster.rows] == ["单位", "注册", "附议"]


def test_vertical_merges_are_filled_down_but_not_numbers_or_names(parse: Parse) -> None:
    rows = [
        ["姓名", "党小组", "手机"],
        ["测试甲", "第一党小组", "13800000001"],
        ["测试乙", "", ""],
        ["", "第二党小组", ""],
        ["测试丙", "", ""],
    ]
    roster = parse(rows, [Merge(1, 1, 2, 1), Merge(1, 2, 2, 2), Merge(2, 0, 3, 0), Merge(0, 0, 0, 2)])
    assert [row.values.get("group") for row in roster.rows] == ["第一党小组", "第一党小组", None]
    assert "phone" not in roster.rows[1].values
    assert [(s.row, s.reason[:4]) for s in roster.skipped] == [(4, "姓名单元")]


def test_formulas_without_results_and_errors_are_blank_and_told() -> None:
    facts = SheetFacts(frozenset({(1, 1)}), frozenset({(1, 2), (9, 9)}))
    roster = parse_sheet(Sheet("名册", [["姓名", "性别", "民族"], ["测试甲", "", ""]], facts=facts))
    assert roster.rows[0].values == {"name": "测试甲"}
    assert [(issue.cell, issue.value) for issue in roster.warnings] == [("B2", ""), ("C2", "")]
    assert "没有保存计算结果" in roster.warnings[0].message
    assert "公式错误" in roster.warnings[1].message


def test_october_in_a_text_file_is_doubted(parse: Parse) -> None:
    rows = [["姓名", "出生年月"], ["测试甲", "1985.1"]]
    assert messages(parse(rows)) == []
    assert "1985.10" in messages(parse(rows, typed=False))[0]


@pytest.mark.parametrize(
    ("values", "doubtful"),
    [
        ({"id_number": "990000198506151232", "birth": RecordedDate("1985-06-16")}, ["birth"]),
        ({"id_number": "990000198506151232", "birth": RecordedDate("1985-06")}, []),
        ({"id_number": "990000198506151232", "birth": RecordedDate("待查")}, []),
        ({"id_number": "990000198506151232", "sex": Sex.FEMALE}, ["sex"]),
        ({"id_number": "990000198506151232", "sex": Sex.MALE}, []),
        ({"id_number": "990000198506151231", "sex": Sex.FEMALE, "birth": RecordedDate("1990")}, []),
        ({"birth": RecordedDate("1985-06-15"), "joined": RecordedDate("2003-06-14")}, ["joined"]),
        ({"birth": RecordedDate("1985-06-15"), "joined": RecordedDate("2003-06-15")}, []),
        ({"birth": RecordedDate("1985-06-15"), "joined": RecordedDate("2003-06")}, []),
        ({"birth": RecordedDate("1985-06-15"), "joined": RecordedDate("2003-05")}, ["joined"]),
        ({"id_number": "990000198506151232", "joined": RecordedDate("2003")}, []),
        ({"id_number": "990000198506151232", "joined": RecordedDate("2002")}, ["joined"]),
        ({"joined": RecordedDate("2005-07-01"), "full_since": RecordedDate("2005-06-30")}, ["full_since"]),
        ({"joined": RecordedDate("2005-07-01"), "full_since": RecordedDate("2005-07")}, []),
        ({"joined": RecordedDate("2005-07"), "full_since": RecordedDate("2006-07")}, []),
    ],
)
def test_contradictions_between_fields(values: dict[str, object], doubtful: list[str]) -> None:
    assert [key for key, _ in contradictions(values)] == doubtful


def test_a_contradiction_is_told_at_its_cell(parse: Parse) -> None:
    roster = parse([TITLES, [1, "测试甲", "女", "", "990000198506151232", "2005.7", "2004.7"]])
    assert messages(roster) == [
        "第2行「性别」（C2）：性别“女”与身份证号（男）不一致，请核对。",
        "第2行「转正时间」（G2）：转正日期2004年7月早于入党日期2005年7月，请核对。",
    ]
    assert roster.rows[0].marks == {"sex", "full_since"}


def test_the_same_person_twice_in_the_file_is_told(parse: Parse) -> None:
    roster = parse(
        [
            TITLES,
            [1, "测试甲", "", "1985.6", "990000198506151232"],
            [2, "测试乙", "", "1986.1", ""],
            [3, "测试甲改名", "", "", "990000198506151232"],
            [4, "测试乙", "", "1986.1.5", ""],
            [5, "测试乙", "", "1990.1", ""],
            [6, "测试甲", "", "1985.6", "990000198506151240"],
        ]
    )
    assert [row.same_as_row for row in roster.rows] == [None, None, 2, 3, None, None]
    assert messages(roster) == [
        "第4行「身份证号」（E4）：与第2行“测试甲”身份证号相同，可能是同一人，请核对。",
        "第5行「姓名」（B5）：与第3行“测试乙”姓名相同，出生日期不矛盾，可能是同一人，请核对。",
    ]


def test_numbers_that_lost_their_digits_do_not_make_two_people_one(parse: Parse) -> None:
    lost = 9.900001985061512e17
    roster = parse(
        [
            TITLES,
            [1, "测试甲", "", "", lost],
            [2, "测试乙", "", "", lost],
            [3, "测试丙", "", "", "1"],
            [4, "测试丁", "", "", "1"],
        ]
    )
    assert [row.same_as_row for row in roster.rows] == [None, None, None, None]


def test_two_titles_of_one_name_and_unknown_columns_are_noted(parse: Parse) -> None:
    roster = parse([["姓名", "学历", "学历", "血型"], ["测试甲", "本科", "硕士", "A"]])
    assert roster.rows[0].values["education"] == "大学本科"
    assert [column.title for column in roster.ignored] == ["学历", "血型"]
    assert len(roster.notes) == 2
    assert roster.columns == {"姓名": "name", "学历": "education"}


def test_two_columns_of_one_title_are_both_listed(parse: Parse) -> None:
    roster = parse([["姓名", "联系电话", "联系电话"], ["测试甲", "13800000000", "0536-1234567"]])
    assert roster.columns == {"姓名": "name", "联系电话": "phone", "联系电话（C列）": "landline"}


def test_the_first_sheet_with_a_header_is_read_and_others_are_named() -> None:
    cover = Sheet("封面", [["某校"]])
    full = Sheet("正式党员", [["姓名", "性别"], ["测试甲", "男"]])
    probationary = Sheet("预备党员", [["姓名", "性别"], ["测试乙", "女"]])
    assert roster_sheets([cover, full, probationary]) == [full, probationary]
    roster = parse_workbook([cover, full, probationary])
    assert roster.sheet == "正式党员"
    assert "“预备党员”" in roster.notes[0]
    assert parse_workbook([cover, full]).notes == ()


def test_without_a_header_the_file_is_refused() -> None:
    with pytest.raises(DomainError, match="没有找到表头"):
        parse_workbook([Sheet("表", [["甲", "乙"], ["1", "2"]])])
    with pytest.raises(DomainError, match="没有找到表头"):
        parse_sheet(Sheet("表", [["甲", "乙"]]))
    with pytest.raises(DomainError, match="空的"):
        parse_workbook([Sheet("表", [])])


def test_a_row_of_invisible_characters_is_blank(parse: Parse) -> None:
    roster = parse([TITLES, ["\x1b", "", "\u200b"], [1, "测试甲"]])
    assert (len(roster.rows), roster.refusals, roster.skipped) == (1, (), ())


def test_a_header_alone_holds_nobody(parse: Parse) -> None:
    assert parse([TITLES]).rows == ()


def test_an_old_workbook_from_an_office(data_folder: Path) -> None:
    roster = parse_workbook(read_workbook(data_folder / "roster_97.xls"))
    assert [(row.row, row.name, row.values["group"]) for row in roster.rows] == [
        (3, "测试甲", "第一党小组"),
        (4, "测试乙", "第一党小组"),
        (5, "测试丙", "第二党小组"),
    ]
    assert [row.values["birth"] for row in roster.rows] == [
        RecordedDate("1985-06-15"),
        RecordedDate("1985-06-15"),
        RecordedDate("1962-03"),
    ]
    assert roster.rows[0].values["phone"] == "13800000001"
    assert [(issue.cell, issue.value) for issue in roster.warnings] == [("F4", "990000198506151000")]
    assert [skipped.row for skipped in roster.skipped] == [7]


def test_a_messy_workbook_from_an_office(save_xlsx: Callable[..., Path]) -> None:
    path = save_xlsx(
        [
            ["中共某校支部委员会党员花名册"],
            ["填报单位（盖章）：某校", None, None, None, None, "2026年11月"],
            ["序号", "姓  名", "基本情况", None, "入党情况", None, "党小组", "备注", "血型"],
            [None, None, "出生年月\n（年.月）", "*公民身份号码", "时间", "介绍人"],
            [1, "测 试甲", 1985.1, 990000198510151239, "2005年7月", "测试丙，测试丁", "第一党小组", "=1+1", "A"],
            [],
            [2, "阿依•测试", 31213, "990000198506151240", 20060701, None, None, "<b>&{}", "B"],
            [3, None, "1990.1", None, None, None, None, None, None],
            [4],
            ["填表人：测试戊", None, None, None, None, "2026年11月22日"],
        ],
        merges=["A1:I1", "A3:A4", "B3:B4", "C3:D3", "E3:F3", "G5:G7"],
    )
    roster = parse_workbook(read_workbook(path))
    assert roster.header_row == 4
    assert [row.name for row in roster.rows] == ["测试甲", "阿依·测试"]
    first, second = (dict(row.values) for row in roster.rows)
    assert first["birth"] == RecordedDate("1985-01")
    assert first["id_number"] == "990000198510151000"
    assert first["joined"] == RecordedDate("2005-07")
    assert first["introducers"] == "测试丙、测试丁"
    assert second["birth"] == RecordedDate("1985-06-15")
    assert second["joined"] == RecordedDate("2006-07-01")
    assert second["group"] == "第一党小组"
    assert second["remarks"] == "<b>&{}"
    assert [issue.cell for issue in roster.warnings] == ["C5", "D5", "H5"]
    assert [issue.row for issue in roster.refusals] == [8]
    assert [skipped.row for skipped in roster.skipped] == [9, 10]
    assert roster.columns["入党时间"] == "joined"


def test_five_thousand_rows_are_read_and_judged_in_time(tmp_path: Path) -> None:
    path = _large_roster(tmp_path / "large.xlsx")
    started = time.process_time()
    roster = parse_workbook(read_workbook(path))
    people = [ExistingMember(i, row.name, row.birth, row.id_number, row.values) for i, row in enumerate(roster.rows)]
    verdicts = judge_roster(roster.rows, people)
    elapsed = time.process_time() - started
    started = time.process_time()
    CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()
    bare = time.process_time() - started
    assert len(roster.rows) == 5000
    assert {verdict.kind for verdict in verdicts} == {VerdictKind.UNCHANGED}
    assert elapsed < 100 * bare  # some 15 times the bare reading; a search through all for each would take thousands


def _large_roster(path: Path) -> Path:
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("名册")
    titles = "序号 姓名 性别 民族 身份证号 出生年月 籍贯 学历 学位 毕业院校 专业 入党时间 转正时间 党小组"
    sheet.append([*titles.split(), "科室", "职务", "职称", "手机", "家庭住址", "备注"])
    for i in range(5000):
        birth = date(1960, 1, 1) + timedelta(days=i * 2)
        body = f"990000{birth:%Y%m%d}{i % 1000:03d}"
        cells: list[object] = [i + 1, f"测{chr(0x4E00 + i)}试", "男" if i % 2 else "女", "汉", body + check_digit(body)]
        cells += [
            f"{birth.year}.{birth.month:02d}",
            "某省某县",
            "本科",
            "学士",
            "某大学",
            "数学",
            date(birth.year + 25, 3, 4),
        ]
        cells += [
            f"{birth.year + 26}年3月",
            "第一党小组",
            "教务处",
            "教师",
            "一级教师",
            13800000000 + i,
            "某市某区1号",
            "备注",
        ]
        sheet.append(cells)
    book.save(path)
    return path


CELLS = st.one_of(st.just(""), st.text(st.characters(), max_size=12), st.floats(), st.dates(), st.booleans())


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=400, deadline=None)
@given(st.lists(st.lists(CELLS, max_size=9), max_size=8))
def test_any_rows_below_a_header_are_read_refused_or_passed_over(rows: list[list[object]]) -> None:
    titles = ["姓名", "性别", "出生年月", "身份证号", "入党时间", "转正时间", "手机", "民族"]
    roster = parse_sheet(Sheet("名册", [titles, *rows]))  # type: ignore[list-item]
    told = [row.row for row in roster.rows] + [i.row for i in roster.refusals] + [s.row for s in roster.skipped]
    assert len(told) == len(set(told))
    for row in roster.rows:
        assert row.name
        assert row.draft().name == row.name
        assert set(row.typed) | set(row.incomplete) <= set(row.marks) | {"address"}
    for issue in (*roster.warnings, *roster.refusals):
        assert issue.message.startswith(f"第{issue.row}行「")
        assert issue.cell.endswith(str(issue.row))


def test_category_words_from_a_political_status_column(parse: Parse) -> None:
    roster = parse([["姓名", "政治面貌"], ["测试甲", "中共党员"], ["测试乙", "中共预备党员"], ["测试丙", "群众"]])
    assert [row.values.get("category") for row in roster.rows] == [Category.FULL, Category.PROBATIONARY, None]
    assert roster.rows[2].typed == {"category": "群众"}
