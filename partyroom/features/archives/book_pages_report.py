"""The pages of the handbook that are its own: cover, notes, summary, typed pages, what could not be bound in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from partyroom.core.calendar import chinese_date
from partyroom.documents.model import (
    Align,
    Blank,
    Block,
    Cell,
    Closing,
    Document,
    Footer,
    FormGrid,
    FormRow,
    PageStyle,
    Paragraph,
    Title,
)
from partyroom.features.archives.book import TITLE, BookContent
from partyroom.features.organisation.domain import Branch

MISSING_TITLE = "未能装入的附件"


def cover_document(branch: Branch, year: int, *, blank: bool = False) -> Document:
    """The cover: name of the book, year, branch; with lines to write on in a blank book."""
    unit = branch.full_name or "　　　　　　　　　　"
    rows = [("党支部名称", "" if blank and not branch.full_name else unit), ("所属党组织", branch.superior)]
    if blank:
        rows += [("党支部书记", ""), ("启用日期", f"{year}年　　月　　日")]
    blocks: tuple[Block, ...] = (
        Blank(3.5),
        Title(TITLE, blank_above=0, blank_below=1, size=40),
        Title(f"（{year}年度）", blank_above=0, blank_below=4 if blank else 8, size=26),
        FormGrid(
            (1.0, 2.6),
            tuple(FormRow((Cell(label, label=True), Cell(text, align=Align.CENTRE)), 16) for label, text in rows),
            size=16,
        ),
    )
    return Document(TITLE, blocks, footer=Footer.NONE, author=branch.full_name)


def notes_document(content: BookContent, left_out: Sequence[str]) -> Document:
    """编制说明: as of which day, what is in it and what is not."""
    whose = f"{content.branch.full_name}{content.year}年1月1日至{chinese_date(content.as_of)}"
    count = len(content.sections)
    texts = [
        f"一、本手册收入{whose}的记录、台账和材料，共{count}个部分，由支部库中的同一份数据生成。",
        "二、公民身份号码、联系电话等敏感信息已作遮盖，完整信息由党支部依规定保管。",
        "三、页码连续编排；签字原件、扫描件和其他外来文件装在所属记录之后，缩小影印，占用页码。",
    ]
    if content.empty:
        texts.append(f"四、下列部分本年度没有内容，没有编入：{'、'.join(content.empty)}。")
    if left_out:
        figure = "五" if content.empty else "四"
        texts.append(f"{figure}、有{len(left_out)}个附件未能装入，见手册最后“{MISSING_TITLE}”。")
    return _plain("编 制 说 明", texts, content.branch)


def blank_notes_document(branch: Branch) -> Document:
    """填写说明 of a blank book."""
    texts = [
        "一、本手册由党支部专人保管、及时填写，不得后补、涂改；确需更正的，划线更正并由更正人签名。",
        "二、使用黑色或蓝黑色墨水笔填写，字迹工整，不留空白项；没有的项目填写“无”。",
        "三、会议记录写明时间、地点、主持人、记录人、应到和实到人数、缺席人员及原因、议题、发言和决议，由主持人和记录人签名。",
        "四、记录页不够时按同样格式加页，加页与原页连续保管。",
        "五、年度终了，由党支部书记审核签名，按归档要求移交档案。",
    ]
    return _plain("填 写 说 明", texts, branch)


def summary_document(branch: Branch, year: int, text: str, day: date) -> Document:
    """年度工作总结 with the branch's name and the day."""
    blocks: tuple[Block, ...] = (
        Title(f"{year}年度工作总结"),
        Paragraph(text),
        Closing(branch.full_name, chinese_date(day)),
    )
    return Document(f"{year}年度工作总结", blocks, author=branch.full_name)


def blank_summary_document() -> Document:
    """A page to write the summary on."""
    rows = (
        FormRow((Cell("一年来的主要工作", label=True), Cell("")), 110),
        FormRow((Cell("存在的问题", label=True), Cell("")), 45),
        FormRow((Cell("下一年的打算", label=True), Cell("")), 45),
        FormRow(
            (Cell("党支部书记（签字）", label=True), Cell("　　　　　　　　年　　月　　日", align=Align.RIGHT)), 14
        ),
    )
    blocks: tuple[Block, ...] = (Title("年度工作总结"), FormGrid((1.0, 5.0), rows))
    return Document("年度工作总结", blocks, page=PageStyle.FORM)


def own_page_document(title: str, text: str) -> Document:
    """An own page (附页) of typed text."""
    return Document(title, (Title(title), Paragraph(text)))


def missing_document(problems: Sequence[str]) -> Document:
    """The last chapter of a book that lacks something: what, and why."""
    texts = ["编制手册时，下列附件缺失、损坏或不是可以装订的文件，没有装入："]
    texts += [f"{number}. {problem}" for number, problem in enumerate(problems, 1)]
    return Document(MISSING_TITLE, (Title(MISSING_TITLE), Paragraph("\n".join(texts))))


def _plain(title: str, texts: Sequence[str], branch: Branch) -> Document:
    blocks = (Title(title), Paragraph("\n".join(texts)))
    return Document(title, blocks, footer=Footer.NONE, author=branch.full_name)
