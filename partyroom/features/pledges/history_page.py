"""What happened to a pledge, line by line, and the words of its older versions."""

from __future__ import annotations

import html
from collections.abc import Sequence
from datetime import date

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSplitter,
    QTextBrowser,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from partyroom.core.calendar import chinese_date
from partyroom.features.pledges.domain import Event, PledgeDetail, PledgeItem, State, VersionItem
from partyroom.features.pledges.lines_page import Lines, tell
from partyroom.ui.naming import named
from partyroom.ui.theme import COLOURS, scaled

_TITLES = ("日期", "经过", "状态", "经办人", "版本", "备注")
_WIDTHS = (104, 96, 128, 96, 54, 200)
_EVENT = Qt.ItemDataRole.UserRole


class HistoryPage(QWidget):
    """Shows history and versions; the signals ask for what can be done about them."""

    redate_requested = Signal(object)
    back_requested = Signal()
    withdraw_requested = Signal()
    reinstate_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._detail: PledgeDetail | None = None
        self.tree = Lines("pledge_history", "承诺的经过", _TITLES, _WIDTHS, stretch=5)
        self.versions = named(QTextBrowser(), "pledge_versions", "各版承诺文字")
        self._lay_out()
        self.tree.itemSelectionChanged.connect(self._show_actions)
        self.tree.itemDoubleClicked.connect(self._on_redate_clicked)

    def _lay_out(self) -> None:
        self.tree.setMinimumHeight(scaled(80))
        self.versions.setOpenLinks(False)
        self.versions.setMinimumHeight(scaled(60))
        split = QSplitter(Qt.Orientation.Vertical)
        split.addWidget(self.tree)
        split.addWidget(self.versions)
        split.setChildrenCollapsible(False)
        row = QHBoxLayout()
        self.redate_button = self._button("更正日期…", "redate_event")
        self.redate_button.clicked.connect(self._on_redate_clicked)
        self.back_button = self._button("退回上一步…", "step_back")
        self.back_button.clicked.connect(self.back_requested)
        self.withdraw_button = self._button("撤回承诺…", "withdraw_pledge")
        self.withdraw_button.clicked.connect(self.withdraw_requested)
        self.reinstate_button = self._button("恢复承诺…", "reinstate_pledge")
        self.reinstate_button.clicked.connect(self.reinstate_requested)
        for button in (self.redate_button, self.back_button, self.withdraw_button, self.reinstate_button):
            row.addWidget(button)
        row.addStretch(1)
        row.addWidget(named(QLabel("撤回、变更以后，原来的文字和记录都保留在这里。"), "small_quiet"))
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, scaled(8), 0, 0)
        outer.setSpacing(scaled(6))
        outer.addLayout(row)
        outer.addWidget(split, 1)
        self.setFocusProxy(self.tree)

    def _button(self, text: str, name: str) -> QPushButton:
        button = named(QPushButton(text), name)
        button.setAutoDefault(False)
        return button

    def show_pledge(self, detail: PledgeDetail) -> None:
        """Show a stored pledge."""
        self._detail = detail
        self.tree.clear()
        for event in detail.events:
            line = _line(event)
            self.tree.addTopLevelItem(line)
            self.tree.setCurrentItem(line)
        self.versions.setHtml(versions_html(detail))
        self._show_actions()

    def chosen_event(self) -> Event | None:
        """The line that is selected."""
        line = self.tree.currentItem()
        event_id = line.data(0, _EVENT) if line is not None else None
        events = self._detail.events if self._detail else ()
        return next((event for event in events if event.id == event_id), None)

    def _show_actions(self) -> None:
        state = self._detail.state if self._detail else State.DRAFT
        self.redate_button.setEnabled(self.chosen_event() is not None)
        self.back_button.setEnabled(state not in (State.DRAFT, State.WITHDRAWN))
        self.withdraw_button.setVisible(state is not State.WITHDRAWN)
        self.withdraw_button.setEnabled(state is not State.APPRAISED)
        self.reinstate_button.setVisible(state is State.WITHDRAWN)

    def _on_redate_clicked(self) -> None:
        if (event := self.chosen_event()) is not None:
            self.redate_requested.emit(event)


def versions_html(detail: PledgeDetail) -> str:
    """All versions, the running one first; everything typed is escaped."""
    current = _version_html(f"第{detail.version}版（现行）", detail.preamble, detail.standing_items, COLOURS["ink"])
    older = [
        _version_html(
            f"第{one.number}版　{chinese_date(one.changed_on)}{'更正文字' if one.correction else '变更'}"
            f"{f'，{one.changed_by}' if one.changed_by else ''}{f'。原因：{one.reason}' if one.reason else ''}",
            one.preamble,
            one.items,
            COLOURS["soft"],
        )
        for one in sorted(detail.versions, key=lambda one: one.number, reverse=True)
    ]
    return "<html><body>" + "".join([current, *older]) + "</body></html>"


def _version_html(title: str, preamble: str, items: Sequence[PledgeItem | VersionItem], colour: str) -> str:
    lines = [f"<p style='color:{colour}'><b>{html.escape(title)}</b></p>"]
    if preamble:
        lines.append(f"<p style='color:{colour}'>{_escaped(preamble)}</p>")
    lines += [
        f"<p style='color:{colour}'>{number}. 〔{item.category.label}〕{_escaped(item.text)}{_more(item)}</p>"
        for number, item in enumerate(items, 1)
    ]
    return "".join(lines)


def _more(item: PledgeItem | VersionItem) -> str:
    deadline: date | None = item.deadline
    parts = [
        f"措施：{_escaped(item.measure.rstrip('。；'))}" if item.measure else "",
        f"时限：{chinese_date(deadline)}" if deadline else "",
        f"责任人：{html.escape(item.responsible)}" if item.responsible else "",
    ]
    told = "；".join(part for part in parts if part)
    return f"（{told}）" if told else ""


def _escaped(text: str) -> str:
    return html.escape(text).replace("\n", "<br>")


def _line(event: Event) -> QTreeWidgetItem:
    before = event.before.label if event.before else ""
    states = f"{before}→{event.after.label}" if before and event.before is not event.after else event.after.label
    remark = " ".join(event.remark.split())
    line = QTreeWidgetItem([f"{event.on:%Y-%m-%d}", event.kind.label, states, event.person, str(event.version), remark])
    tell(line, 5, event.remark)
    line.setData(0, _EVENT, event.id)
    return line
