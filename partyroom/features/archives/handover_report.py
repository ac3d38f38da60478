"""移交清单 on paper: what is handed over, counted, and who signs for it."""

from __future__ import annotations

from datetime import datetime

from partyroom.core.calendar import chinese_date
from partyroom.documents.archival import make_archival
from partyroom.documents.fonts import FontBook
from partyroom.documents.model import (
    Align,
    Block,
    CaptionLine,
    Cell,
    Document,
    Footer,
    FormGrid,
    FormRow,
    Heading,
    LedgerColumn,
    LedgerTable,
    Note,
    PageStyle,
    Title,
)
from partyroom.documents.pdf import render_pdf
from partyroom.features.archives.closing import OpenItem
from partyroom.features.archives.handover import BACKUP, Facts, Signers, register_rows

TITLE = "党支部资料移交清单"

_REGISTERS = (
    LedgerColumn("序号", 12.0, Align.CENTRE),
    LedgerColumn("名称", 46.0),
    LedgerColumn("年度和份数", 76.0),
    LedgerColumn("合计", 16.0, Align.CENTRE),
)
_FILED = (
    LedgerColumn("年度", 30.0, Align.CENTRE),
    LedgerColumn("保管期限", 30.0, Align.CENTRE),
    LedgerColumn("件数", 30.0, Align.CENTRE),
    LedgerColumn("页数", 30.0, Align.CENTRE),
    LedgerColumn("盒数", 30.0, Align.CENTRE),
)
_OPEN = (
    LedgerColumn("序号", 12.0, Align.CENTRE),
    LedgerColumn("类别", 26.0, Align.CENTRE),
    LedgerColumn("事项", 64.0),
    LedgerColumn("责任人", 20.0, Align.CENTRE),
    LedgerColumn("时限", 28.0, Align.CENTRE),
)


def inventory_document(facts: Facts, signers: Signers) -> Document:
    """移交清单: registers by years, what is filed, the dues' balance, open items, three signatures."""
    day = signers.day or facts.day
    blocks: list[Block] = [
        Title(TITLE),
        CaptionLine(f"单位：{facts.branch}", right=chinese_date(day)),
        Heading("一、电子资料"),
        _electronic(facts),
        Heading("二、各类登记和记录"),
        _registers(facts),
        Heading("三、已归档文件"),
        _filed(facts),
        Heading("四、党费"),
        _dues(facts),
        Heading("五、未办结事项"),
        _open(facts.open_items),
        Heading("六、移交签字"),
        _signatures(signers),
        Note("本清单一式三份，移交人、接收人、监交人各存一份。纸质档案、印章、现金和存折请当面点清，写入备注。"),
    ]
    return Document(TITLE, tuple(blocks), PageStyle.FORM, Footer.COUNTED, facts.branch)


def inventory_pdf(facts: Facts, signers: Signers, moment: datetime, fonts: FontBook | None = None) -> bytes:
    """移交清单 as PDF/A; `moment` goes into its metadata."""
    data = render_pdf(inventory_document(facts, signers), fonts).data
    return make_archival(data, title=TITLE, author=facts.branch, created=moment)


def _electronic(facts: Facts) -> FormGrid:
    closed = "、".join(f"{year}年" for year in facts.closed_years) or "无"
    rows = (
        _wide("支部库", f"“{BACKUP}”1份，用“党建活动室”打开"),
        _pair("党员花名册", f"{facts.members}人", "附件", f"{facts.attachments}个，约{facts.megabytes}MB"),
        _pair("已关闭年度", closed, "回收站", f"{facts.binned}项"),
    )
    return FormGrid((30.0, 45.0, 30.0, 45.0), rows)


def _registers(facts: Facts) -> LedgerTable:
    rows = tuple(
        (str(number), register, years, f"{count}份")
        for number, (register, years, count) in enumerate(register_rows(facts.registers), 1)
    )
    return LedgerTable(_REGISTERS, rows or (("", "还没有记录", "", ""),))


def _filed(facts: Facts) -> LedgerTable:
    rows = tuple(
        (f"{line.year}年", line.retention.label, str(line.pieces), str(line.pages), str(line.boxes))
        for line in facts.filed
    )
    if not rows:
        return LedgerTable(_FILED, (("还没有归档", "", "", "", ""),))
    sums = [sum(getattr(line, name) for line in facts.filed) for name in ("pieces", "pages", "boxes")]
    return LedgerTable(_FILED, rows, totals=("合计", "", *map(str, sums)))


def _dues(facts: Facts) -> FormGrid:
    rows = [_wide("账面情况", facts.balance or "没有启用党费台账")]
    if facts.large:
        rows.append(_wide("待上交大额党费", facts.large))
    rows.append(_wide("现金、存款核对", ""))
    return FormGrid((30.0, 45.0, 30.0, 45.0), tuple(rows))


def _open(items: tuple[OpenItem, ...]) -> LedgerTable:
    rows = tuple(
        (str(number), item.kind, item.text, item.person, f"{item.due:%Y.%m.%d}" if item.due else "")
        for number, item in enumerate(items, 1)
    )
    return LedgerTable(_OPEN, rows or (("", "", "没有未办结的事项", "", ""),))


def _signatures(signers: Signers) -> FormGrid:
    people = (("移交人", signers.giver), ("接收人", signers.receiver), ("监交人", signers.witness))
    rows = [
        FormRow(
            (
                Cell(role, label=True),
                Cell(name),
                Cell("签字", label=True),
                Cell("　　　　年　月　日", align=Align.RIGHT),
            ),
            14.0,
        )
        for role, name in people
    ]
    rows.append(FormRow((Cell("备注", label=True), Cell(signers.note, span=3)), 24.0))
    return FormGrid((24.0, 40.0, 24.0, 62.0), tuple(rows))


def _wide(label: str, text: str) -> FormRow:
    return FormRow((Cell(label, label=True), Cell(text, span=3, align=Align.LEFT)))


def _pair(left: str, text: str, right: str, other: str) -> FormRow:
    return FormRow((Cell(left, label=True), Cell(text), Cell(right, label=True), Cell(other)))
