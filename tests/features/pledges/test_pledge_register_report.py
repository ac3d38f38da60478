"""践诺台账, 评诺汇总表, 公示 and 小结 on paper and as workbooks."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date

import docx
import openpyxl
import pdfplumber
import pytest
from PIL import Image

from partyroom.documents.model import PageStyle, Pictures
from partyroom.documents.pdf import render_pdf
from partyroom.documents.sheet import render_xlsx
from partyroom.documents.word import render_docx
from partyroom.features.organisation.domain import Branch
from partyroom.features.pledges.appraisal_report import appraisal_document, appraisal_sheet, blank_appraisal_document
from partyroom.features.pledges.domain import Appraisal, Body, Deed, PaperKind, PaperRow, Photo, State
from partyroom.features.pledges.overview_report import overview_document
from partyroom.features.pledges.publication_report import (
    blank_publication_document,
    publication_document,
    publication_sheet,
)
from partyroom.features.pledges.register_report import blank_register_document, register_document, register_sheet
from partyroom.features.pledges.tally import Tally

BRANCH = Branch("第一党支部", "样例小学", office_phone="0531-88886666")
DAY = date(2026, 11, 22)
MM = 72 / 25.4


def _paper(number: int, *, picture: bool = True) -> PaperRow:
    return PaperRow(number, f"{number}.jpg", PaperKind.EVIDENCE, "", 1, f"{number:064d}", picture, original=False)


@pytest.fixture
def deeds() -> tuple[Deed, ...]:
    """Two deeds for the second item, the later one first, and one for the pledge as a whole."""
    return (
        Deed(
            3, 12, date(2026, 5, 8), "家访一次", "和平里", 90, "李四", (_paper(1), _paper(2), _paper(3, picture=False))
        ),
        Deed(2, 12, date(2026, 4, 5), "谈心一次", "", None, ""),
        Deed(1, None, date(2026, 3, 8), "义务植树", "校园", 120, "赵一", (_paper(4),)),
    )


@pytest.fixture(scope="module")
def jpeg() -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", (400, 300), "#336699").save(stream, "JPEG")
    return stream.getvalue()


@pytest.fixture
def appraised(shown):
    """Makes an appraised pledge with 29 valid of 30 votes of members and 50 of the masses."""

    def make(number: int, name: str, grade: str = "好"):
        found = Appraisal(
            "能按承诺完成",
            "好",
            Tally(31, 30, {"好": 21, "较好": 8}),
            Tally(50, 50, {"好": 40, "较好": 9, "差": 1}),
            grade,
            f"{name}践诺认真",
            date(2026, 12, 12),
            Body.ASSEMBLY,
        )
        return shown(id=number, name=name, appraisal=found, state=State.APPRAISED)

    return make


# 践诺台账


def test_the_register_tells_items_deeds_and_evidence_in_order(shown, year_round, deeds, printed) -> None:
    items = shown().items
    pledge = shown(items=(replace(items[0], done_on=date(2026, 11, 20)), items[1]), deeds=deeds)
    (page,) = printed(register_document(year_round, [pledge], BRANCH, DAY))
    assert "样例小学第一党支部2026年度践诺台账" in page
    assert "1吴六1.撰写学习笔记12篇2026.12.102026.11.20完成" in page
    first = page.index("1吴六2.结对帮扶1名学生2026.6.302026.4.5谈心一次超期未完成")
    second = page.index("1吴六2.同上2026.5.8家访一次（和平里）1.5李四照片2张材料1份")
    whole = page.index("1吴六（整体承诺）2026.3.8义务植树（校园）2赵一照片1张")
    assert first < second < whole
    assert "共1份承诺，事项2项，已完成1项；践诺记录3条，累计3.5小时。" in page
    assert page.index("累计3.5小时") < page.index("审核人（签字）：")


def test_photos_follow_behind_and_are_referred_to_by_number(shown, year_round, deeds, jpeg, printed) -> None:
    photos = {3: (Photo(jpeg, "与家长交谈"), Photo(jpeg, "")), 1: (Photo(jpeg, ""),)}
    paper = register_document(year_round, [shown(deeds=deeds)], BRANCH, DAY, photos=photos)
    pages = printed(paper)
    assert "照片2张（图1—2）材料1份" in pages[0]
    assert "照片1张（图3）" in pages[0]
    assert pages[1].startswith("附：践诺照片")
    for words in ("图1吴六2026年5月8日与家长交谈", "图2吴六2026年5月8日家访一次", "图3吴六2026年3月8日义务植树"):
        assert words in pages[1]
    with pdfplumber.open(io.BytesIO(render_pdf(paper).data)) as pdf:
        assert [len(page.images) for page in pdf.pages] == [0, 3]


def test_without_photos_there_is_no_annex(shown, year_round, deeds) -> None:
    paper = register_document(year_round, [shown(deeds=deeds)], BRANCH, DAY)
    assert not any(isinstance(block, Pictures) for block in paper.blocks)


def test_an_item_is_judged_on_the_day_of_the_paper(shown, year_round, printed) -> None:
    items = shown().items
    pledge = shown(items=(replace(items[0], done_on=date(2026, 11, 23)),))
    assert "进行中" in printed(register_document(year_round, [pledge], BRANCH, DAY))[0]
    assert "2026.11.23完成" in printed(register_document(year_round, [pledge], BRANCH, date(2026, 11, 23)))[0]
    late = printed(register_document(year_round, [shown()], BRANCH, date(2026, 12, 11)))[0]
    assert late.count("超期未完成") == 2


def test_a_withdrawn_pledge_keeps_its_deeds_but_owes_nothing(shown, year_round, deeds, printed) -> None:
    (page,) = printed(
        register_document(year_round, [shown(deeds=deeds, state=State.WITHDRAWN)], BRANCH, date(2026, 12, 31))
    )
    assert page.count("已撤回") == 2
    assert "超期" not in page
    assert "家访一次" in page
    assert "事项0项" in page


def test_an_item_of_an_older_version_is_listed_with_its_deeds_only(shown, year_round, deeds, printed) -> None:
    items = shown().items
    retired = tuple(replace(item, retired_in=1) for item in items)
    (page,) = printed(register_document(year_round, [shown(items=retired, deeds=deeds)], BRANCH, DAY))
    assert "结对帮扶1名学生（已变更）" in page
    assert "学习笔记" not in page


def test_the_sheet_of_the_register_names_the_item_on_every_line(shown, year_round, deeds) -> None:
    book = openpyxl.load_workbook(
        io.BytesIO(render_xlsx(register_sheet(year_round, [shown(name="=1+1", deeds=deeds)], BRANCH, DAY)))
    )
    rows = [tuple(cell.value or "" for cell in row) for row in book["践诺台账"].iter_rows(min_row=3)]
    assert [row[2] for row in rows] == [
        "1. 撰写学习笔记12篇",
        "2. 结对帮扶1名学生",
        "2. 结对帮扶1名学生",
        "（整体承诺）",
    ]
    assert [row[4] for row in rows] == ["", "2026.4.5", "2026.5.8", "2026.3.8"]
    assert rows[0][0] == 1
    assert all(row[1] == "=1+1" for row in rows)
    assert book["践诺台账"]["B3"].data_type == "s"


def test_the_register_for_word_says_the_same(shown, year_round, deeds) -> None:
    paper = register_document(year_round, [shown(deeds=deeds)], BRANCH, DAY)
    file = docx.Document(io.BytesIO(render_docx(paper)))
    cells = [cell.text for table in file.tables for row in table.rows for cell in row.cells]
    assert {"1. 撰写学习笔记12篇", "家访一次（和平里）", "照片2张\n材料1份"} <= set(cells)


# 评诺汇总表


def test_the_summary_counts_votes_and_sums_them_to_the_vote(appraised, shown, year_round, printed) -> None:
    pledges = [appraised(1, "周𬭎"), appraised(2, "阿卜杜热合曼麦麦提江", "较好"), shown(id=3, name="吴六")]
    (page,) = printed(appraisal_document(year_round, pledges, BRANCH, DAY))
    for words in (
        "党员发出党员收回党员好党员较好党员一般党员差党员无效群众发出",
        "1周𬭎好31302180015050409010好周𬭎践诺认真",
        "2阿卜杜热合曼麦麦提江好31302180015050409010较好",
        "3吴六合计",
        "合计62604216002100100801802" + "0",
        "共3份承诺，支部评定：好1份、较好1份，未评定1份。",
        "监票人（签字）：",
        "党支部书记（签字）：",
    ):
        assert words in page


def test_the_sheet_of_the_summary_has_numbers_that_add_up(appraised, year_round) -> None:
    sheet = appraisal_sheet(year_round, [appraised(n, f"党员{n}") for n in range(1, 8)], BRANCH)
    book = openpyxl.load_workbook(io.BytesIO(render_xlsx(sheet)))
    rows = [tuple(cell.value for cell in row) for row in book["评诺汇总表"].iter_rows(min_row=3, max_row=10)]
    assert rows[-1][1] == "合计"
    for column in range(3, 17):
        assert rows[-1][column] == sum(row[column] for row in rows[:-1])
    assert rows[-1][3:10] == (217, 210, 147, 56, 0, 0, 7)


def test_withdrawn_pledges_are_not_appraised(appraised, shown, year_round, printed) -> None:
    pages = printed(
        appraisal_document(year_round, [appraised(1, "周𬭎"), shown(id=2, state=State.WITHDRAWN)], BRANCH, DAY)
    )
    assert "吴六" not in pages[0]
    assert "共1份承诺" in pages[0]


def test_signatures_never_stand_alone_on_a_page(appraised, year_round, printed) -> None:
    for count in range(8, 16):
        pages = printed(appraisal_document(year_round, [appraised(n, f"党员{n}") for n in range(count)], BRANCH, DAY))
        assert "合计" in pages[-1]
        assert "监票人（签字）：" in pages[-1]


def test_grades_of_another_name_are_counted_too(shown, year_round, printed) -> None:
    pledge = shown(appraisal=Appraisal(members=Tally(5, 5, {"优秀": 5})))
    assert "党员优秀" in printed(appraisal_document(year_round, [pledge], BRANCH, DAY))[0]


# 公示


def test_gk_04_the_publication_has_no_private_data(shown, year_round, printed) -> None:
    items = shown().items
    number = "11010519491231002X"
    told = (replace(items[0], text=f"帮扶王某（{number}，电话13812345678）", measure="联系138-1234-5678"), items[1])
    pledge = shown(items=told, remarks="患病在家", appraisal=Appraisal("自评语"))
    text = "".join(printed(publication_document(year_round, [pledge], BRANCH, date(2026, 3, 1))))
    sheet = publication_sheet(year_round, [pledge], BRANCH)
    everything = text + "".join(str(cell) for row in sheet.rows for cell in row)
    for secret in (number, "13812345678", "138-1234-5678", "患病", "自评语", "语文科"):
        assert secret not in everything
    assert everything.count("110***********002X") == 2
    assert everything.count("138****5678") == 4
    assert "监督电话：0531-88886666" in text


def test_the_publication_lists_every_item_with_its_pledger(shown, year_round, printed) -> None:
    pledges = [shown(), shown(id=2, name="周𬭎"), shown(id=3, name="郑七", state=State.WITHDRAWN)]
    paper = publication_document(
        year_round, pledges, BRANCH, date(2026, 3, 1), first_day=date(2026, 3, 1), last_day=date(2026, 3, 7)
    )
    text = "".join(printed(paper))
    assert "样例小学第一党支部2026年度公开承诺事项公示" in text
    assert "经2026年2月20日审诺，现将2026年度公开承诺2份、承诺事项4项予以公示" in text
    assert "公示期：2026年3月1日至2026年3月7日。" in text
    assert "2周𬭎教研组长撰写学习笔记12篇每月一篇2026.12.10吴六2周𬭎教研组长结对帮扶1名学生" in text
    assert "郑七" not in text
    assert text.count("第一党支部2026年3月1日") == 1


def test_a_branch_without_an_office_telephone_prints_none(shown, year_round, printed) -> None:
    paper = publication_document(year_round, [shown()], Branch("样例小学党支部"), date(2026, 3, 1))
    assert "监督电话" not in "".join(printed(paper))


# 小结


def test_the_overview_counts_and_speaks_of_mid_year_or_year_end(shown, year_round, deeds, printed) -> None:
    pledges = [shown(deeds=deeds), shown(id=2, name="周𬭎")]
    mid = "".join(printed(overview_document(year_round, pledges, BRANCH, date(2026, 6, 30))))
    end = "".join(printed(overview_document(year_round, pledges, BRANCH, date(2026, 12, 31))))
    assert "2026年度公开承诺年中小结" in mid
    assert "2026年度公开承诺年终小结" in end
    assert "截至2026年6月30日，共作出公开承诺2份" in mid
    assert "1吴六20033.5已公示" in mid
    assert "2周𬭎2020" in end
    assert "亮诺2026年3月15日2/2" in mid
    assert "合计404" in mid


def test_what_the_branch_wrote_itself_comes_first(shown, year_round, printed) -> None:
    written = replace(year_round, mid_year="上半年总体良好。", year_end="全年总体良好。")
    mid = "".join(printed(overview_document(written, [shown()], BRANCH, date(2026, 9, 30))))
    end = "".join(printed(overview_document(written, [shown()], BRANCH, date(2026, 10, 1))))
    assert mid.index("上半年总体良好") < mid.index("截至2026年9月30日")
    assert "全年总体良好" in end
    assert "上半年" not in end


def test_a_text_begun_with_the_counts_is_not_followed_by_other_counts(shown, year_round, printed) -> None:
    written = replace(year_round, theme="立足岗位。", mid_year="截至2026年7月2日，共作出公开承诺1份。\n进展正常。")
    mid = "".join(printed(overview_document(written, [shown()], BRANCH, date(2026, 9, 30))))
    assert "主题：立足岗位。截至2026年7月2日" in mid
    assert "截至2026年9月30日，共作出" not in mid


# 空白表


@pytest.mark.parametrize(
    ("blank", "words"),
    [
        (blank_register_document, "序号承诺人承诺事项完成时限践诺日期践诺情况"),
        (blank_appraisal_document, "党员好党员较好党员一般党员差党员无效"),
        (blank_publication_document, "序号承诺人职务（科室）承诺事项践诺措施完成时限责任人"),
    ],
)
def test_blank_forms_are_one_landscape_page_with_numbered_lines(blank, words: str, printed) -> None:
    paper = blank()
    assert paper.page is PageStyle.LEDGER
    (page,) = printed(paper)
    assert words in page
    assert "12345678910" in page


def test_the_blank_summary_takes_the_grades_given(printed) -> None:
    (page,) = printed(blank_appraisal_document(("满意", "不满意")))
    assert "党员满意党员不满意党员无效" in page
    assert "较好" not in page
