"""党费收缴使用情况公示: the yearly report to the members, sums only.

Sources: 中组发〔2008〕3号 Arts 17–21 and 28 (DF-25, DF-26); the sheet is that of GB/T 9704-2012.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from partyroom.core.calendar import chinese_date
from partyroom.core.money import to_decimal, yuan
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
from partyroom.documents.sheet import Sheet
from partyroom.features.dues.funds import MonthTotals, Publication
from partyroom.features.dues.ledger import Use
from partyroom.features.organisation.domain import Branch

_DECEMBER = 12
_DUTY = "党支部每年至少向党员公布一次党费收缴情况"


def publication_document(
    paper: Publication,
    branch: Branch,
    day: date,
    *,
    months: Sequence[MonthTotals] = (),
    first_day: date | None = None,
    last_day: date | None = None,
) -> Document:
    """The 公示 of a year, dated `day`, shown from `first_day` to `last_day`; `months` adds the sums of each month."""
    shown = f"，公示时间为{chinese_date(first_day)}至{chinese_date(last_day)}" if first_day and last_day else ""
    opening = (
        f"按照《关于中国共产党党费收缴、使用和管理的规定》关于{_DUTY}的要求，现将{branch.full_name}"
        f"{paper.year}年度党费收缴、使用和管理情况（截至{chinese_date(paper.until)}）公示如下{shown}。"
    )
    blocks: list[Block] = [
        Title(f"关于{paper.year}年度党费收缴、使用和管理情况的公示", blank_above=0),
        Paragraph("全体党员：", indent=False),
        Paragraph(opening),
        Heading("一、党费收缴情况"),
        Paragraph(_collected(paper)),
        *_months(months),
        *_groups(paper),
        Heading("二、党费上交、使用和结存情况"),
        Paragraph(_used(paper)),
        _account(paper),
        *_large(paper),
        Heading("三、有关说明"),
        Paragraph(
            "本公示只列汇总数，不涉及党员个人交纳情况；党员本人可以向支部查询自己的交纳记录。"
            "对公示内容有意见的，请向支部委员会反映。" + (f"本年度已于{paper.published}。" if paper.published else "")
        ),
        Closing(branch.full_name, chinese_date(day)),
    ]
    return Document(
        title=f"{paper.year}年度党费收缴使用情况公示",
        blocks=tuple(blocks),
        page=PageStyle.OFFICIAL,
        author=branch.full_name,
        subject="党费公示",
    )


def _collected(paper: Publication) -> str:
    text = (
        f"本年度应交纳党费的党员{paper.members}名，{_through(paper)}应交党费{yuan(paper.due_fen)}元，"
        f"实交党费{yuan(paper.paid_fen)}元"
        + (f"，另有自愿多交{yuan(paper.extra_fen)}元" if paper.extra_fen else "")
        + f"。足额交纳的党员{paper.in_full}名"
    )
    text += f"，经批准免交的{paper.exempt}名" if paper.exempt else ""
    text += f"，尚未核定基数的{paper.unknown}名" if paper.unknown else ""
    if paper.in_arrears:
        return f"{text}，尚有{paper.in_arrears}名党员未足额交纳。"
    return f"{text}，没有欠交。"


def _through(paper: Publication) -> str:
    """'截至10月底' within a year: what is asked and paid is told of the months over, the account of every day."""
    return f"截至{paper.through.month}月底" if paper.through and paper.through.month < _DECEMBER else ""


def _used(paper: Publication) -> str:
    balance = paper.balance
    spent = f"使用{yuan(balance.spent_fen)}元" if balance.spent_fen else "没有使用支出"
    return (
        f"上年结存{yuan(balance.opening_fen)}元，本年收缴{yuan(balance.received_fen)}元，"
        f"上级下拨{yuan(balance.granted_fen)}元，上交上级党组织{yuan(balance.remitted_fen)}元，{spent}，"
        f"期末结存{yuan(balance.balance_fen)}元。收支明细如下（单位：元）："
    )


def _account(paper: Publication) -> LedgerTable:
    balance = paper.balance
    spent = {one.use: one for one in paper.uses}
    rows = [
        ("上年结存", yuan(balance.opening_fen), ""),
        ("本年收缴党费", yuan(balance.received_fen), ""),
        ("上级下拨党费", yuan(balance.granted_fen), ""),
        ("上交上级党组织", yuan(balance.remitted_fen), ""),
        ("使用党费", yuan(balance.spent_fen), ""),
    ]
    for number, use in enumerate(Use, 1):
        one = spent.get(use)
        times = f"{one.times}次" if one and one.times else ""
        rows.append((f"　{number}．{use.label}", yuan(one.amount_fen if one else 0), times))
    columns = (LedgerColumn("项目", 84), LedgerColumn("金额", 38, Align.RIGHT), LedgerColumn("备注", 34))
    return LedgerTable(columns, tuple(rows), ("期末结存", yuan(balance.balance_fen), ""), size=12.0)


def _large(paper: Publication) -> list[Block]:
    balance = paper.balance
    if not (balance.large_opening_fen or balance.large_received_fen or balance.large_remitted_fen):
        return []
    text = (
        f"大额党费另行记账：上年结存{yuan(balance.large_opening_fen)}元，本年收到{yuan(balance.large_received_fen)}元，"
        f"已上交{yuan(balance.large_remitted_fen)}元，待上交{yuan(balance.large_fen)}元。"
    )
    return [Paragraph(text)]


def _months(months: Sequence[MonthTotals]) -> list[Block]:
    if not months:
        return []
    rows = tuple(
        (f"{one.month.month}月", yuan(one.received_fen), yuan(one.remitted_fen), yuan(one.spent_fen)) for one in months
    )
    sums = (sum(one.received_fen for one in months), sum(one.remitted_fen for one in months))
    totals = ("合计", *map(yuan, sums), yuan(sum(one.spent_fen for one in months)))
    columns = (
        LedgerColumn("月份", 26, Align.CENTRE),
        *(LedgerColumn(title, 40, Align.RIGHT) for title in ("收缴", "上交", "使用")),
    )
    return [
        Paragraph("各月收缴、上交和使用情况（单位：元）："),
        LedgerTable(columns, rows, totals, size=12.0, least_row=7.0),
    ]


def _groups(paper: Publication) -> list[Block]:
    if not paper.groups:
        return []
    columns = (
        LedgerColumn("党小组", 56),
        LedgerColumn("人数", 24, Align.CENTRE),
        LedgerColumn("应交", 38, Align.RIGHT),
        LedgerColumn("实交", 38, Align.RIGHT),
    )
    rows = tuple((one.group, str(one.members), yuan(one.due_fen), yuan(one.paid_fen)) for one in paper.groups)
    totals = (
        "合计",
        str(sum(one.members for one in paper.groups)),
        yuan(sum(one.due_fen for one in paper.groups)),
        yuan(sum(one.paid_fen for one in paper.groups)),
    )
    return [Paragraph("各党小组收缴情况（单位：元）："), LedgerTable(columns, rows, totals, size=12.0)]


def publication_sheet(paper: Publication, branch: Branch, months: Sequence[MonthTotals]) -> Sheet:
    """The sums of each month as a workbook, those of the year last; no names, amounts as numbers (DF-26, PI-11)."""
    fields = ("due_fen", "received_fen", "remitted_fen", "spent_fen")
    rows: list[tuple[str | int | Decimal, ...]] = [
        (f"{one.month.month}月", *(to_decimal(getattr(one, field)) for field in fields)) for one in months
    ]
    rows.append(("合计", *(to_decimal(sum(getattr(one, field) for one in months)) for field in fields)))
    headings = ("月份", "应交部分（元）", "收缴合计（元）", "上交（元）", "使用（元）")
    note = f"截至{chinese_date(paper.until)}；“应交部分”是收缴合计中用于应交党费的金额，其余为自愿多交。"
    title = f"{branch.full_name}{paper.year}年度党费收缴、使用和管理情况"
    return Sheet(title, headings, rows, (10, 18, 18, 16, 16), note, name="公示")
