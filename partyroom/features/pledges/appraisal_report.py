"""评诺汇总表: for every pledge the own word, the votes of members and masses, the branch's grade and comment."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date

from partyroom.core.calendar import chinese_date
from partyroom.documents.model import (
    Align,
    CaptionLine,
    Document,
    LedgerColumn,
    LedgerTable,
    PageStyle,
    SignatureRow,
    Title,
)
from partyroom.documents.sheet import Sheet
from partyroom.features.organisation.domain import Branch
from partyroom.features.pledges.domain import PledgeDetail, PledgeRound, State
from partyroom.features.pledges.tally import Tally
from partyroom.features.pledges.templates import pledge_rules

TITLE = "评诺汇总表"
_VOTES = ("发出", "收回")
_INVALID = "无效"
_NUMBER, _NAME, _OWN, _VOTE, _GRADE, _COMMENT = 10.0, 24.0, 14.0, 11.0, 16.0, 38.0  # mm
_SIGNATURES = SignatureRow(("监票人（签字）：", "计票人（签字）：", "党支部书记（签字）：", "日期："), size=12.0)
_BLANK_ROWS = 11


def appraisal_document(year_round: PledgeRound, pledges: Sequence[PledgeDetail], branch: Branch, day: date) -> Document:
    """The summary as it stands on `day`: a line a pledge, sums of the votes, how many have which grade, signatures."""
    standing = _standing(pledges)
    grades = _grades(year_round, standing)
    rows = tuple(tuple(map(str, _line(number, one, grades))) for number, one in enumerate(standing, 1))
    title = f"{year_round.year}年度公开承诺{TITLE}"
    table = LedgerTable(
        _columns(grades),
        rows,
        totals=tuple(map(str, _totals(standing, grades))) if rows else (),
        footnote=_found(standing, grades),
        size=9.0,
        keep_last=True,
    )
    caption = CaptionLine(
        left=f"填报单位：{branch.full_name}", right=f"统计日期：{chinese_date(day)}　单位：票", size=10.5
    )
    blocks = (Title(f"{branch.full_name}{title}"), caption, table, _SIGNATURES)
    return Document(title, blocks, PageStyle.LEDGER, author=branch.full_name)


def appraisal_sheet(year_round: PledgeRound, pledges: Sequence[PledgeDetail], branch: Branch) -> Sheet:
    """The same as a workbook, the votes as numbers."""
    standing = _standing(pledges)
    grades = _grades(year_round, standing)
    rows: list[tuple[str | int, ...]] = [_line(number, one, grades) for number, one in enumerate(standing, 1)]
    if rows:
        rows.append(_totals(standing, grades))
    headings = tuple(column.title.replace("\n", "") for column in _columns(grades))
    widths = (6.0, 14.0, 10.0, *(10.0,) * (2 * _votes_of(grades)), 12.0, 50.0)
    title = f"{branch.full_name}{year_round.year}年度公开承诺{TITLE}"
    return Sheet(title, headings, rows, widths, note=_found(standing, grades), name=TITLE)


def blank_appraisal_document(grades: Sequence[str] = ()) -> Document:
    """The summary to fill in by hand, with the usual grades of the rule data if none are given."""
    columns = _columns(tuple(grades) or pledge_rules().grades)
    rows = tuple((str(number), *("",) * (len(columns) - 1)) for number in range(1, _BLANK_ROWS + 1))
    table = LedgerTable(columns, rows, size=9.0, least_row=9.5)
    caption = CaptionLine(left="填报单位：", right="　　　　年度　单位：票", size=10.5)
    return Document(TITLE, (Title(TITLE), caption, table, _SIGNATURES), PageStyle.LEDGER)


def _standing(pledges: Sequence[PledgeDetail]) -> list[PledgeDetail]:
    return [pledge for pledge in pledges if pledge.state is not State.WITHDRAWN]


def _grades(year_round: PledgeRound, pledges: Sequence[PledgeDetail]) -> tuple[str, ...]:
    """Those of the round, and any a vote was counted for under another name."""
    counted = (
        grade
        for pledge in pledges
        for tally in (pledge.appraisal.members, pledge.appraisal.masses)
        for grade, count in tally.counts.items()
        if count
    )
    return tuple(dict.fromkeys((*year_round.grades, *counted)))


def _votes_of(grades: Sequence[str]) -> int:
    return len(_VOTES) + len(grades) + 1


def _columns(grades: Sequence[str]) -> tuple[LedgerColumn, ...]:
    votes = (*_VOTES, *grades, _INVALID)
    return (
        LedgerColumn("序号", _NUMBER, Align.CENTRE),
        LedgerColumn("承诺人", _NAME, Align.CENTRE),
        LedgerColumn("自评", _OWN, Align.CENTRE),
        *(LedgerColumn(f"党员\n{vote}", _VOTE, Align.CENTRE) for vote in votes),
        *(LedgerColumn(f"群众\n{vote}", _VOTE, Align.CENTRE) for vote in votes),
        LedgerColumn("支部\n评定", _GRADE, Align.CENTRE),
        LedgerColumn("评定意见", _COMMENT),
    )


def _line(number: int, pledge: PledgeDetail, grades: Sequence[str]) -> tuple[str | int, ...]:
    found = pledge.appraisal
    return (
        number,
        pledge.name,
        found.self_grade,
        *_votes(found.members, grades),
        *_votes(found.masses, grades),
        found.grade,
        found.comment,
    )


def _votes(tally: Tally, grades: Sequence[str]) -> tuple[str | int, ...]:
    """The numbers of a vote; blanks where none was held."""
    if not tally.held:
        return ("",) * _votes_of(grades)
    return (tally.issued, tally.returned, *(tally.counts.get(grade, 0) for grade in grades), tally.invalid)


def _totals(pledges: Sequence[PledgeDetail], grades: Sequence[str]) -> tuple[str | int, ...]:
    members = _sum([pledge.appraisal.members for pledge in pledges], grades)
    masses = _sum([pledge.appraisal.masses for pledge in pledges], grades)
    return ("", "合计", "", *members, *masses, "", "")


def _sum(tallies: Sequence[Tally], grades: Sequence[str]) -> tuple[str | int, ...]:
    counts = {grade: sum(tally.counts.get(grade, 0) for tally in tallies) for grade in grades}
    total = Tally(sum(tally.issued for tally in tallies), sum(tally.returned for tally in tallies), counts)
    return _votes(total, grades)


def _found(pledges: Sequence[PledgeDetail], grades: Sequence[str]) -> str:
    """'共8份承诺，支部评定：好5份、较好2份，未评定1份。'."""
    given = Counter(pledge.appraisal.grade for pledge in pledges)
    order = dict.fromkeys((*grades, *given))
    named = "、".join(f"{grade}{given[grade]}份" for grade in order if grade and given[grade])
    open_ones = f"未评定{given['']}份" if given[""] else ""
    return (
        f"共{len(pledges)}份承诺" + "，".join(filter(None, (f"，支部评定：{named}" if named else "", open_ones))) + "。"
    )
