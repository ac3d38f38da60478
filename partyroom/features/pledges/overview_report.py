"""公开承诺年中、年终小结: how far the round is, in words and in numbers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from partyroom.core.calendar import chinese_date
from partyroom.documents.model import (
    Align,
    Block,
    Closing,
    Document,
    Heading,
    LedgerColumn,
    LedgerTable,
    PageStyle,
    Paragraph,
    Title,
)
from partyroom.features.organisation.domain import Branch
from partyroom.features.pledges.domain import PledgeDetail, PledgeRound, State
from partyroom.features.pledges.hours import hours_text
from partyroom.features.pledges.overview import Overview, overview, overview_text, stage_progress
from partyroom.features.pledges.reminders import is_overdue
from partyroom.features.pledges.report import day_text
from partyroom.features.pledges.stages import discussion_note

_YEAR_END_FROM = (10, 1)  # an overview before October is that of mid-year (custom)
_STAGES = (
    LedgerColumn("阶段", 20, Align.CENTRE),
    LedgerColumn("计划完成", 32, Align.CENTRE),
    LedgerColumn("实际完成", 32, Align.CENTRE),
    LedgerColumn("责任人", 30, Align.CENTRE),
    LedgerColumn("完成份数", 24, Align.CENTRE),
)
_CATEGORIES = (
    LedgerColumn("类别", 40, Align.CENTRE),
    LedgerColumn("承诺事项", 30, Align.CENTRE),
    LedgerColumn("已完成", 30, Align.CENTRE),
    LedgerColumn("未完成", 30, Align.CENTRE),
)
_PLEDGES = (
    LedgerColumn("序号", 11, Align.CENTRE),
    LedgerColumn("承诺人", 30, Align.CENTRE),
    LedgerColumn("事项", 13, Align.CENTRE),
    LedgerColumn("已完成", 17, Align.CENTRE),
    LedgerColumn("超期", 13, Align.CENTRE),
    LedgerColumn("践诺记录", 20, Align.CENTRE),
    LedgerColumn("时长\n（小时）", 18, Align.CENTRE),
    LedgerColumn("状态", 18, Align.CENTRE),
    LedgerColumn("评定", 16, Align.CENTRE),
)


def overview_document(year_round: PledgeRound, pledges: Sequence[PledgeDetail], branch: Branch, day: date) -> Document:
    """The overview as of `day`: what the branch wrote (or the numbers in words), stages, items, and a line a pledge.

    Up to the end of September it is that of mid-year, later that of the year's end (custom).
    """
    ending = day >= date(year_round.year, *_YEAR_END_FROM)
    title = f"{year_round.year}年度公开承诺{'年终' if ending else '年中'}小结"
    found = overview(year_round, pledges, day)
    written = (year_round.year_end if ending else year_round.mid_year).strip()
    theme = year_round.theme.strip().rstrip("。")
    blocks: tuple[Block, ...] = (
        Title(f"{branch.full_name}{title}"),
        Heading("一、总体情况"),
        *([Paragraph(f"主题：{theme}。")] if theme else []),
        Paragraph(written or overview_text(found)),
        *([Paragraph(overview_text(found))] if written and not _counts(written) else []),
        Heading("二、各环节进展"),
        LedgerTable(_STAGES, _stage_rows(year_round, pledges), footnote=discussion_note(year_round.discussion)),
        Heading("三、承诺事项完成情况"),
        LedgerTable(_CATEGORIES, *_category_rows(found)),
        Heading("四、各承诺人情况"),
        LedgerTable(_PLEDGES, _pledge_rows(pledges, day), size=10.0),
        Closing(branch.full_name, chinese_date(day)),
    )
    return Document(title, blocks, PageStyle.FORM, author=branch.full_name)


def _counts(written: str) -> bool:
    """Whether what the branch wrote began with the program's counting paragraph: told twice, the numbers may differ."""
    return written.startswith("截至") and "共作出公开承诺" in written


def _stage_rows(year_round: PledgeRound, pledges: Sequence[PledgeDetail]) -> tuple[tuple[str, ...], ...]:
    return tuple(
        (
            progress.stage.label,
            day_text(line.planned_until),
            day_text(line.actual_on),
            line.responsible,
            f"{progress.reached}/{progress.pledges}",
        )
        for progress in stage_progress(pledges)
        for line in [year_round.stage(progress.stage)]
    )


def _category_rows(found: Overview) -> tuple[tuple[tuple[str, ...], ...], tuple[str, ...]]:
    """Lines of the categories in use, and the sums."""
    rows = tuple(
        (category.label, str(items), str(done), str(items - done))
        for category, (items, done) in found.categories.items()
        if items
    )
    return rows, ("合计", str(found.items), str(found.done), str(found.items - found.done))


def _pledge_rows(pledges: Sequence[PledgeDetail], day: date) -> tuple[tuple[str, ...], ...]:
    return tuple(_pledge_row(number, pledge, day) for number, pledge in enumerate(pledges, 1))


def _pledge_row(number: int, pledge: PledgeDetail, day: date) -> tuple[str, ...]:
    items = pledge.standing_items
    deeds = [deed for deed in pledge.deeds if deed.on <= day]
    withdrawn = pledge.state is State.WITHDRAWN
    minutes = sum(deed.minutes or 0 for deed in deeds)
    return (
        str(number),
        pledge.name,
        str(len(items)),
        str(sum(item.done_on is not None and item.done_on <= day for item in items)),
        "" if withdrawn else str(sum(is_overdue(item, day) for item in items)),
        str(len(deeds)),
        hours_text(minutes) if minutes else "",
        pledge.state.label,
        pledge.appraisal.grade if pledge.state is State.APPRAISED else "",
    )
