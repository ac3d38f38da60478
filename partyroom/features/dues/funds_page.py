"""Section 上交与使用: the balance, what is to be handed up next, and every movement of the branch's dues."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from partyroom.core.calendar import RecordedDate, today
from partyroom.core.money import yuan
from partyroom.core.pictures import KeptFile
from partyroom.core.text import safe_file_name
from partyroom.documents.sheet import Sheet, render_xlsx
from partyroom.features.dues import funds_service as service
from partyroom.features.dues import publication_service
from partyroom.features.dues.funds import (
    WHOLE,
    Balance,
    Proposal,
    PublicationDraft,
    Reconciliation,
    next_proposal,
    share_text,
)
from partyroom.features.dues.funds_preview_dialog import preview_expenses, preview_publication, preview_slip
from partyroom.features.dues.funds_service import MovementQuery
from partyroom.features.dues.ledger import MovementKind, Use
from partyroom.features.dues.movement_dialog import ask_movement, ask_publication, ask_reversal
from partyroom.features.dues.movements import MovementRow
from partyroom.features.dues.publications_dialog import PublicationsDialog
from partyroom.features.dues.scan_dialog import FILTERS, fetch_scan, prepared
from partyroom.features.dues.section_page import Section
from partyroom.ui.desk import Desk
from partyroom.ui.naming import named
from partyroom.ui.progress import Progress
from partyroom.ui.saving import save_bytes
from partyroom.ui.table import Column, Filter, Query, TablePanel, Tone
from partyroom.ui.theme import scaled


class MovementSource:
    """Answers the list of movements of the year chosen."""

    def __init__(self, year: int) -> None:
        self.year = year

    def ids(self, session: Any, query: Query) -> list[int]:
        """Movements that fit the search, latest first unless asked otherwise."""
        asked = MovementQuery(
            search=query.search,
            year=self.year,
            kind=str(query.filters.get("kind", "")),
            used_for=str(query.filters.get("used_for", "")),
            sort=query.sort,
            descending=query.descending,
        )
        return service.list_movement_ids(session, asked)

    def rows(self, session: Any, ids: Sequence[int]) -> list[MovementRow]:
        """Lines of these movements."""
        return service.list_movement_rows(session, ids)


@dataclass(frozen=True, slots=True)
class Overview:
    """What stands above the list; `publication` says what was reported or is still to be, `late` that it is late."""

    year: int
    opened: bool
    balance: Balance
    proposal: Proposal | None
    reconciliation: Reconciliation
    publication: str
    late: bool


def overview_of(year: int, session: Any) -> Overview:
    """Read what stands above the list of a year."""
    purse = service.load_purse(session)
    made = publication_service.publications_in(session, year)
    warning = publication_service.publication_warning(session, year)
    return Overview(
        year=year,
        opened=year in purse.shares,
        balance=service.year_balance(session, year),
        proposal=next_proposal(purse.proposals(year), purse.today),
        reconciliation=service.reconcile(session, year),
        publication=warning or (made[0].text if made else ""),
        late=bool(warning),
    )


def proposal_text(overview: Overview) -> str:
    """What is to be handed up next, in a sentence."""
    if not overview.opened:
        return f"{overview.year}年度还没有开立，开立后会在这里算出应上交的党费。"
    proposal = overview.proposal
    if proposal is None:
        return f"{overview.year}年应上交的党费都已上交。"
    share = "全额上交" if proposal.share_bp == WHOLE else f"按{share_text(proposal.share_bp)}上交"
    parts = [f"收到 {yuan(proposal.received_fen, grouped=True)} 元", share]
    if proposal.handed_fen:
        parts.append(f"已上交 {yuan(proposal.handed_fen, grouped=True)} 元")
    if proposal.over_fen:
        parts.append(f"抵减以前多交的 {yuan(proposal.over_fen, grouped=True)} 元")
    detail = "，".join(parts)
    if not proposal.ended(today()):
        detail += "，尚未结束"
    return f"{proposal.period.label}应上交 {yuan(proposal.amount_fen, grouped=True)} 元（{detail}）"


def _on_day(row: MovementRow) -> str:
    return f"{row.on_day:%Y.%m.%d}"


def _kind(row: MovementRow) -> str:
    return row.kind.label if not row.reverses else f"冲正{row.kind.label}"


def _amount(row: MovementRow) -> str:
    return f"{'+' if row.signed_fen > 0 else '-'}{yuan(abs(row.signed_fen), grouped=True)}"


def _matter(row: MovementRow) -> str:
    parts = (row.period.label if row.period else "", row.used_for.label if row.used_for else "", row.matter)
    return " ".join(part for part in parts if part)


def _full(row: MovementRow) -> str:
    return "\n".join(filter(None, (_matter(row), row.note)))


def _state(row: MovementRow) -> str:
    if row.reversed_by:
        return f"已冲正 {row.reversed_by}"
    if row.reverses:
        return f"冲正 {row.reverses}"
    return "已结账" if row.closed else ""


def _tone(row: MovementRow) -> Tone:
    return "muted" if row.reversed_by or row.reverses else ""


def _voucher(row: MovementRow) -> str:
    return " ".join(filter(None, (row.voucher, "有扫描件" if row.scan else "")))


def _scan_tip(row: MovementRow) -> str:
    return row.scan


COLUMNS = (
    Column("on_day", "日期", 92, text=_on_day, tone=_tone),
    Column("kind", "类别", 108, text=_kind, tone=_tone),
    Column("amount", "金额（元）", 98, "right", text=_amount, tone=_tone),
    Column("matter", "期间、用途和事由", 196, text=_matter, tip=_full, tone=_tone, stretch=True),
    Column("handled_by", "上交人、经办人", 112),
    Column("counterpart", "收款人", 80),
    Column("organisation", "上级组织", 130, visible=False),
    Column("decided", "集体研究", 132, sortable=False),
    Column("approved", "审批", 110, visible=False, sortable=False),
    Column("voucher", "凭证", 96, text=_voucher, tip=_scan_tip),
    Column("number", "编号", 112, visible=False, sortable=False),
    Column("state", "状态", 144, sortable=False, text=_state, tip=_state, tone=_tone),
)


def total(rows: Sequence[MovementRow]) -> str:
    """What the rows bring in and take out; a reversal lowers its own side."""
    gained = sum(row.amount_fen for row in rows if row.kind.sign > 0)
    spent = sum(row.amount_fen for row in rows if row.kind.sign < 0)
    return f"转入 {yuan(gained, grouped=True)} 元，上交和使用 {yuan(spent, grouped=True)} 元" if rows else ""


class FundsPage(Section):
    """What comes into and goes out of the purse, besides what members pay."""

    title: ClassVar[str] = "上交与使用"
    watches: ClassVar[frozenset[str]] = frozenset({"dues_publications"})

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, parent)
        self.overview: Overview | None = None
        self.source = MovementSource(self.year)
        self._add_commands()
        self.body.addWidget(self._card())
        self.panel = TablePanel(
            desk,
            "dues_movements",
            COLUMNS,
            self.source,
            filters=(
                Filter("kind", "类别", [(kind.value, kind.label) for kind in MovementKind]),
                Filter("used_for", "用途", [(use.value, use.label) for use in Use]),
            ),
            placeholder="搜索事由、姓名、凭证号…",
            empty_text="这一年还没有上交、使用和下拨的记录。\n启用时先登记期初结存，每季度末登记上交。",
            empty_action=("期初结存", self.record_opening),
            noun="笔",
            summary=total,
        )
        self.body.addWidget(self.panel, 1)
        self._add_row_actions()
        self.setFocusProxy(self.panel)

    def reload(self, year: int | None = None) -> None:
        """Read the balance, the proposal and the list again."""
        super().reload(year)
        self.source.year = self.year
        self.desk.tasks.read(partial(overview_of, self.year), self._on_overview_read, owner=self, key="overview")
        self.panel.reload()

    def record_remittance(self) -> None:
        """Ask for a remittance, of the period that is proposed to begin with."""
        proposal = self.overview.proposal if self.overview else None
        ask_movement(self.desk, self, MovementKind.REMITTANCE, self.year, proposal.period if proposal else None)

    def record_large(self) -> None:
        """Ask for the remittance of the large sums."""
        ask_movement(self.desk, self, MovementKind.LARGE_REMITTANCE, self.year)

    def record_expense(self) -> None:
        """Ask for a use of dues."""
        ask_movement(self.desk, self, MovementKind.EXPENSE, self.year)

    def record_grant(self) -> None:
        """Ask for money granted from above."""
        ask_movement(self.desk, self, MovementKind.GRANT, self.year)

    def record_opening(self) -> None:
        """Ask for the balance the books begin with."""
        ask_movement(self.desk, self, MovementKind.OPENING, self.year)

    def print_publication(self) -> None:
        """Preview the yearly report to the members."""
        preview_publication(self.desk, self, self.year, groups=False)

    def print_publication_with_groups(self) -> None:
        """Preview it with the sums of the Party groups."""
        preview_publication(self.desk, self, self.year, groups=True)

    def record_publication(self) -> None:
        """Ask when the year's report was made."""
        ask_publication(self.desk, self, self.year, self._store_publication)

    def show_publications(self) -> None:
        """List the reports of the year that were noted."""
        PublicationsDialog(self.desk, self.year, self.record_publication, self.window()).open()

    def print_expenses(self) -> None:
        """Preview the register of what the year's dues were used for."""
        preview_expenses(self.desk, self, self.year)

    def export_shown(self) -> None:
        """Write exactly what the list shows into a workbook."""
        self.panel.shown_table(self._on_table_read)

    # Parts

    def _add_commands(self) -> None:
        self.add_action("登记上交", "export", self.record_remittance, shortcut="Ctrl+Shift+U", primary=True)
        self.add_action("登记使用", "coins", self.record_expense, shortcut="Ctrl+Shift+E")
        more = self.add_menu("更多登记", "add", "funds_more")
        self.add_action("上交大额党费…", "export", self.record_large, menu=more)
        self.add_action("上级下拨…", "download", self.record_grant, menu=more)
        self.add_action("期初结存…", "database", self.record_opening, menu=more)
        report = self.add_menu("公示和台账", "print", "funds_publication")
        self.add_action("打印年度公示…", "print", self.print_publication, menu=report)
        self.add_action("打印年度公示（附党小组合计）…", "group", self.print_publication_with_groups, menu=report)
        self.add_action("登记已经公示…", "check", self.record_publication, menu=report)
        self.add_action("公示记录…", "list", self.show_publications, menu=report)
        self.add_action("打印党费使用台账…", "coins", self.print_expenses, menu=report)
        self.add_spring()
        self.add_action("导出所见", "export", self.export_shown)

    def _card(self) -> QFrame:
        card = named(QFrame(), "card")
        self.proposal = _words("funds_proposal")
        self.remit = named(QPushButton("登记上交…"), "remit_button")
        self.remit.clicked.connect(self.record_remittance)
        self.balance = _words("funds_balance")
        self.large = _words("funds_large")
        self.remit_large = named(QPushButton("全额上交…"), "remit_large_button")
        self.remit_large.clicked.connect(self.record_large)
        self.publication = _words("funds_publication_note")
        column = QVBoxLayout(card)
        column.setContentsMargins(scaled(12), scaled(8), scaled(12), scaled(8))
        column.setSpacing(scaled(4))
        column.addWidget(self.balance)
        column.addLayout(_line(self.proposal, self.remit))
        column.addLayout(_line(self.large, self.remit_large))
        column.addWidget(self.publication)
        return card

    def _add_row_actions(self) -> None:
        add = self.panel.add_row_action
        add("打印上交单", "print", self._on_print_asked, single=True)
        add("附扫描件", "add", self._on_scan_asked, single=True)
        add("取出扫描件", "download", self._on_fetch_asked, single=True)
        add("冲正…", "undo", self._on_reversal_asked, danger=True, single=True)

    def _on_overview_read(self, overview: Overview) -> None:
        self.overview = overview
        proposal, balance, check = overview.proposal, overview.balance, overview.reconciliation
        self.proposal.setText(proposal_text(overview))
        self.remit.setVisible(proposal is not None and proposal.amount_fen > 0)
        self.balance.setText(balance.text if check.holds else f"{balance.text}\n{check.text}")
        self.balance.setToolTip(check.text)
        _tell(self.balance, warning=balance.balance_fen < 0 or not check.holds)
        self.large.setText(f"大额党费待上交 {yuan(balance.large_fen, grouped=True)} 元（单独全额上交，不计入结存）")
        for part in (self.large, self.remit_large):
            part.setVisible(balance.large_fen != 0)
        self.publication.setText(overview.publication)
        self.publication.setVisible(bool(overview.publication))
        _tell(self.publication, warning=overview.late)

    # Rows

    def _on_print_asked(self, ids: Sequence[int]) -> None:
        preview_slip(self.desk, self, ids[0])

    def _on_reversal_asked(self, ids: Sequence[int]) -> None:
        self.desk.tasks.read(partial(_rows, tuple(ids)), self._on_reversal_read, owner=self, key="reversal")

    def _on_reversal_read(self, rows: list[MovementRow]) -> None:
        for row in rows:
            if row.reversible:
                what = f"{row.number} {row.kind.label} {yuan(row.amount_fen, grouped=True)}元"
                ask_reversal(self.desk, self, row.id, what)
            else:
                self.desk.messages.inform("这笔记录已经冲正，或者本身就是冲正记录。")

    def _on_scan_asked(self, ids: Sequence[int]) -> None:
        path = self.desk.messages.choose_open("选择上交单、发票或凭证的扫描件", FILTERS)
        if path is not None:
            done = partial(self._on_scan_prepared, ids[0])
            self.desk.tasks.compute(partial(prepared, path), done, owner=self, title="正在处理扫描件")

    def _on_scan_prepared(self, movement_id: int, scan: KeptFile) -> None:
        work = partial(_attach, self.desk.store.attachments, movement_id, scan)
        self.desk.tasks.write("附党费凭证扫描件", work, owner=self)

    def _on_fetch_asked(self, ids: Sequence[int]) -> None:
        fetch_scan(self.desk, self, partial(_scan, self.desk.store.attachments, ids[0]))

    def _on_table_read(self, headings: list[str], lines: list[list[str]]) -> None:
        if not lines:
            self.desk.messages.inform("列表是空的，没有可以导出的内容。")
            return
        title = f"{self.year}年党费上交与使用"
        suggested = safe_file_name(f"{title}.xlsx")
        path = self.desk.messages.choose_save("导出所见", suggested, "Excel 工作簿 (*.xlsx)")
        if path is not None:
            widths = tuple(max(8.0, column.width / 7) for column in self.panel.visible_columns())
            work = partial(_write_sheet, Sheet(title, tuple(headings), lines, widths), path)
            self.desk.tasks.compute(work, partial(self._on_exported, path), owner=self, title="正在导出")

    def _on_exported(self, path: Path, count: int) -> None:
        self.desk.messages.inform(f"已导出{count}行：{path}")

    def _store_publication(self, values: dict[str, object]) -> None:
        day = values["on_day"]
        draft = PublicationDraft(
            year=self.year,
            on_day=(day.exact if isinstance(day, RecordedDate) else None) or today(),
            place=str(values["place"]),
            by=str(values["by"] or ""),
            note=str(values["note"] or ""),
        )
        self.desk.tasks.write(f"登记{self.year}年党费公示", partial(_publish, draft), owner=self)


def _words(name: str) -> QLabel:
    label = named(QLabel(), name)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    return label


def _line(text: QLabel, button: QPushButton) -> QHBoxLayout:
    line = QHBoxLayout()
    line.setSpacing(scaled(10))
    line.addWidget(text, 1)
    line.addWidget(button)
    return line


def _tell(label: QLabel, *, warning: bool) -> None:
    label.setProperty("note", "warning" if warning else None)
    label.style().unpolish(label)
    label.style().polish(label)


def _rows(ids: Sequence[int], session: Any) -> list[MovementRow]:
    return service.list_movement_rows(session, ids)


def _attach(files: Any, movement_id: int, scan: KeptFile, session: Any) -> None:
    service.attach_scan(session, files, movement_id, scan)


def _scan(files: Any, movement_id: int, session: Any) -> tuple[str, bytes]:
    return service.read_scan(session, files, movement_id)


def _write_sheet(sheet: Sheet, path: Path, _progress: Progress) -> int:
    save_bytes(path, render_xlsx(sheet))
    return len(sheet.rows)


def _publish(draft: PublicationDraft, session: Any) -> int:
    return publication_service.record_publication(session, draft)
