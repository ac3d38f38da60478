"""The overviews of a round at mid-year and at its end: counts as of a day, and what the branch writes about them."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from typing import Any

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QCloseEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QTextBrowser,
    QVBoxLayout,
    QWidget,
)

from partyroom.core.calendar import chinese_date, today
from partyroom.core.errors import PartyroomError
from partyroom.features.pledges.domain import PledgeRound, RoundDraft, State
from partyroom.features.pledges.hours import hours_text
from partyroom.features.pledges.overview import Overview, mid_year_day, overview, overview_text, year_end_day
from partyroom.features.pledges.round_service import get_round, save_round
from partyroom.features.pledges.round_view_service import RoundView
from partyroom.ui.desk import Desk
from partyroom.ui.dialog import Dialog
from partyroom.ui.naming import named
from partyroom.ui.theme import COLOURS, scaled

_MID, _END = "mid_year", "year_end"


class OverviewDialog(Dialog):
    """Shows the counts above and the written overview below, for the one of the two that is chosen."""

    saved = Signal()

    def __init__(self, desk: Desk, view: RoundView, parent: QWidget | None = None) -> None:
        super().__init__(f"{view.year}年度公开承诺总览", parent)
        self.setObjectName("overview_dialog")
        assert view.round is not None
        self._desk = desk
        self._view = view
        self._round = view.round
        self._texts = {_MID: view.round.mid_year, _END: view.round.year_end}
        self._kept = dict(self._texts)
        self.choice = named(QComboBox(), "overview_choice", "哪一次总览")
        self.choice.addItem("年中总览（截至6月30日）", _MID)
        self.choice.addItem("年终总览（截至12月31日）", _END)
        self.counts = named(QTextBrowser(), "overview_counts", "统计")
        self.text = named(QPlainTextEdit(), "overview_text", "总览文字")
        self._lay_out()
        self.choice.currentIndexChanged.connect(self._show)
        self.text.textChanged.connect(self._on_text_changed)
        for keys in ("Ctrl+S", "Ctrl+Return"):
            QShortcut(QKeySequence(keys), self).activated.connect(self.save)
        self.choice.setCurrentIndex(int(today() > date(view.year, 9, 30)))
        self._show()

    def sizeHint(self) -> QSize:
        """Roomy; the base class keeps it within the screen."""
        return QSize(scaled(860), scaled(620))

    def _lay_out(self) -> None:
        self.fill_button = named(QPushButton("按统计生成文字"), "fill_overview")
        self.fill_button.clicked.connect(self.fill)
        self.save_button = named(QPushButton("保存"), "save_button")
        self.save_button.setProperty("primary", True)
        self.save_button.clicked.connect(self.save)
        close = named(QPushButton("关闭"), "cancel_button")
        close.clicked.connect(self.reject)
        head, foot = QHBoxLayout(), QHBoxLayout()
        head.addWidget(self.choice)
        head.addStretch(1)
        head.addWidget(self.fill_button)
        hint = named(QLabel("承诺状态按现在统计，践诺和完成情况按截止日期统计。年中、年终检查为惯例。"), "small_quiet")
        hint.setWordWrap(True)
        foot.addWidget(hint, 1)
        foot.addWidget(close)
        foot.addWidget(self.save_button)
        for button in (self.fill_button, self.save_button, close):
            button.setAutoDefault(False)
        self.counts.setOpenLinks(False)
        self.counts.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.text.setPlaceholderText("在这里写总览；点“按统计生成文字”先得到一段，再修改。")
        self.text.setTabChangesFocus(True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(scaled(16), scaled(12), scaled(16), scaled(12))
        layout.addLayout(head)
        layout.addWidget(self.counts, 3)
        layout.addWidget(self.text, 2)
        layout.addLayout(foot)

    @property
    def which(self) -> str:
        """'mid_year' or 'year_end'."""
        return str(self.choice.currentData())

    def found(self) -> Overview:
        """The counts of the chosen overview; of today where its day is still to come."""
        year = self._view.year
        day = mid_year_day(year) if self.which == _MID else year_end_day(year)
        return overview(self._round, self._view.pledges, min(day, max(today(), date(year, 1, 1))))

    def _show(self) -> None:
        self.counts.setHtml(overview_html(self.found()))
        kept = self._texts[self.which]
        if self.text.toPlainText() != kept:
            self.text.setPlainText(kept)

    def fill(self) -> None:
        """Begin the text with the counts; what stands there is replaced only with consent."""
        new = overview_text(self.found())
        old = self.text.toPlainText().strip()
        if old and old != new:
            text = "现在的文字将被替换；保存以前可以用 Ctrl+Z 换回来。"
            if not self._desk.messages.ask("替换总览文字？", text, accept="替换", reject="保留"):
                return
        cursor = self.text.textCursor()
        cursor.select(cursor.SelectionType.Document)
        cursor.insertText(new)

    def _on_text_changed(self) -> None:
        self._texts[self.which] = self.text.toPlainText()

    def save(self) -> None:
        """Store both texts."""
        if self._texts == self._kept:
            self.accept()
            return
        work = partial(_store, self._round.id, dict(self._texts))
        label = f"{self._view.year}年度公开承诺总览"
        self.save_button.setEnabled(False)
        self._desk.tasks.write(label, work, self._on_saved, owner=self, failed=self._on_failed)

    def _on_saved(self, _result: object) -> None:
        self._kept = dict(self._texts)
        self.saved.emit()
        self.accept()

    def _on_failed(self, error: Exception) -> None:
        self.save_button.setEnabled(True)
        if isinstance(error, PartyroomError):
            self._desk.messages.problem("没有保存", str(error))

    def reject(self) -> None:
        """Close without saving; ask first if something was typed."""
        text = "总览文字还没有保存。放弃后，刚才写的内容不再保留。"
        if self._texts != self._kept and not self._desk.messages.ask(
            "放弃没有保存的内容？", text, accept="放弃", reject="继续填写", danger=True
        ):
            return
        super().reject()

    def closeEvent(self, event: QCloseEvent) -> None:
        """The window's cross asks like Esc does."""
        event.ignore()
        self.reject()


def overview_html(found: Overview) -> str:
    """The counts as tables; names are escaped."""
    kinds = "、".join(f"{kind.label}{count}份" for kind, count in found.kinds.items() if count) or "还没有承诺"
    withdrawn = found.states.get(State.WITHDRAWN, 0)
    hours = f"，累计{hours_text(found.minutes)}小时" if found.minutes else ""
    summary = (
        f"<p>截至<b>{chinese_date(found.day)}</b>：承诺<b>{found.pledges}</b>份（{kinds}）"
        f"{f'，另有撤回{withdrawn}份' if withdrawn else ''}；事项<b>{found.items}</b>项，完成<b>{found.done}</b>项，"
        f"超期<b>{found.overdue}</b>项；践诺记录<b>{found.deeds}</b>条{hours}。</p>"
    )
    parts = [
        summary,
        _table("状态", {state.label: str(count) for state, count in found.states.items()}),
        _table(
            "类别（完成/事项）",
            {category.label: f"{done}/{items}" for category, (items, done) in found.categories.items()},
        ),
        _table("评诺等次", {html.escape(grade): str(count) for grade, count in found.grades.items()}),
        _names("还没有践诺记录", found.without_deed),
        _names("有超期事项", found.overdue_names),
    ]
    return "<html><body>" + "".join(parts) + "</body></html>"


def _table(title: str, cells: Mapping[str, str]) -> str:
    heads = "".join(f"<td align='center'>{head}</td>" for head in cells)
    values = "".join(f"<td align='center'><b>{value}</b></td>" for value in cells.values())
    return (
        f"<p>{title}</p><table width='100%' cellspacing='0' cellpadding='5'>"
        f"<tr bgcolor='{COLOURS['stripe']}'>{heads}</tr><tr>{values}</tr></table>"
    )


def _names(title: str, names: Sequence[str]) -> str:
    return f"<p>{title}（{len(names)}份）：{html.escape('、'.join(names)) or '无'}</p>"


def round_as_draft(found: PledgeRound) -> RoundDraft:
    """A stored round as it would be handed in again."""
    return RoundDraft(
        found.year, found.title, found.theme, found.stages, found.grades, found.discussion, found.mid_year,
        found.year_end,
    )  # fmt: skip


def _store(round_id: int, texts: Mapping[str, str], session: Any) -> int:
    draft = round_as_draft(get_round(session, round_id))
    return save_round(session, replace(draft, mid_year=texts[_MID], year_end=texts[_END]), round_id)
