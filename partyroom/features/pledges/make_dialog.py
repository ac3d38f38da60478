"""为还没有承诺的党员套用模板: who has none yet, by which role's templates, made in one write."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from partyroom.core.errors import PartyroomError
from partyroom.features.pledges.lines_page import Lines
from partyroom.features.pledges.round_view_service import RoundView
from partyroom.features.pledges.templates import Role, Template
from partyroom.features.pledges.templates_service import Candidate, candidates, list_templates, make_pledges
from partyroom.ui.desk import Desk
from partyroom.ui.dialog import Dialog
from partyroom.ui.naming import named
from partyroom.ui.theme import scaled

_TITLES = ("姓名", "科室", "角色", "承诺类别")
Offer = tuple[list[Candidate], list[Template]]


class MakeDialog(Dialog):
    """Lists the candidates, all ticked, each with the role suggested; `made` tells the new ids."""

    made = Signal(object)

    def __init__(self, desk: Desk, view: RoundView, offer: Offer, parent: QWidget | None = None) -> None:
        super().__init__("为还没有承诺的党员套用模板", parent)
        self.setObjectName("make_dialog")
        assert view.round is not None
        self._desk = desk
        self._round = view.round
        self._candidates, templates = offer
        self._usual = {role: sum(one.role is role and one.usual for one in templates) for role in Role}
        self.tree = Lines("make_candidates", "还没有承诺的人", _TITLES, (200, 120, 180, 100), stretch=1)
        self.boxes: list[QComboBox] = []
        self.count = named(QLabel(), "quiet")
        self.make_button = named(QPushButton(), "make_button")
        self._lay_out()
        self._fill()
        self.tree.itemChanged.connect(self._on_item_changed)
        QShortcut(QKeySequence("Ctrl+Return"), self).activated.connect(self.make)
        self._show_count()

    def sizeHint(self) -> QSize:
        """Roomy; the base class keeps it within the screen."""
        return QSize(scaled(760), scaled(560))

    def _lay_out(self) -> None:
        note = QLabel(
            "每人按所选角色的常用模板生成一份草稿，写明时限和责任人；生成以后可以逐份修改，审诺以前都是草稿。"
            "角色按职务和在岗情况推荐，可以改选。"
        )
        note.setWordWrap(True)
        all_button = named(QPushButton("全选"), "tick_all")
        all_button.clicked.connect(partial(self.tick, Qt.CheckState.Checked))
        none_button = named(QPushButton("全不选"), "tick_none")
        none_button.clicked.connect(partial(self.tick, Qt.CheckState.Unchecked))
        cancel = named(QPushButton("取消"), "cancel_button")
        cancel.clicked.connect(self.reject)
        self.make_button.setProperty("primary", True)
        self.make_button.clicked.connect(self.make)
        foot = QHBoxLayout()
        foot.addWidget(all_button)
        foot.addWidget(none_button)
        foot.addWidget(self.count, 1)
        foot.addWidget(cancel)
        foot.addWidget(self.make_button)
        for button in (all_button, none_button, cancel, self.make_button):
            button.setAutoDefault(False)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(scaled(16), scaled(12), scaled(16), scaled(12))
        layout.addWidget(note)
        layout.addWidget(self.tree, 1)
        layout.addLayout(foot)

    def _fill(self) -> None:
        for candidate in self._candidates:
            line = QTreeWidgetItem([candidate.name, candidate.department, "", candidate.role.kind.label])
            line.setCheckState(0, Qt.CheckState.Checked)
            self.tree.addTopLevelItem(line)
            box = named(QComboBox(), "role_box", f"{candidate.name}的角色")
            fitting = [role for role in Role if (role is Role.BRANCH) == (candidate.member_id is None)]
            for role in fitting:
                box.addItem(f"{role.label}（{self._usual[role]}项）", role.value)
            box.setCurrentIndex(box.findData(candidate.role.value))
            box.activated.connect(partial(self._on_role_activated, line, box))
            self.tree.setItemWidget(line, 2, box)
            self.boxes.append(box)
        self.tree.begin()

    def chosen(self) -> list[Candidate]:
        """Those ticked, with the role chosen for each."""
        found = []
        for number, candidate in enumerate(self._candidates):
            line = self.tree.topLevelItem(number)
            if line is not None and line.checkState(0) == Qt.CheckState.Checked:
                found.append(replace(candidate, role=Role(str(self.boxes[number].currentData()))))
        return found

    def tick(self, state: Qt.CheckState) -> None:
        """Tick all or none."""
        for number in range(self.tree.topLevelItemCount()):
            line = self.tree.topLevelItem(number)
            if line is not None:
                line.setCheckState(0, state)

    def _on_role_activated(self, line: QTreeWidgetItem, box: QComboBox, _place: int) -> None:
        line.setText(3, Role(str(box.currentData())).kind.label)

    def _on_item_changed(self) -> None:
        self._show_count()

    def _show_count(self) -> None:
        count = len(self.chosen())
        self.count.setText(f"共{len(self._candidates)}份还没有写，已选{count}份")
        self.make_button.setText(f"生成{count}份草稿" if count else "生成草稿")
        self.make_button.setEnabled(bool(count))

    def make(self) -> None:
        """Make the drafts, all or none."""
        chosen = self.chosen()
        if not chosen or not self.make_button.isEnabled():
            return
        self.make_button.setEnabled(False)
        label = f"套用模板生成承诺（{len(chosen)}份）"
        work = partial(_make, self._round.id, chosen)
        self._desk.tasks.write(label, work, self._on_made, owner=self, failed=self._on_failed)

    def _on_made(self, ids: list[int]) -> None:
        self.made.emit(ids)
        self.accept()

    def _on_failed(self, error: Exception) -> None:
        self.make_button.setEnabled(True)
        if isinstance(error, PartyroomError):
            self._desk.messages.problem("没有生成", str(error))


def read_offer(round_id: int, session: Any) -> Offer:
    """Who has no pledge yet, and the templates there are.

    Raises:
        DomainError: the round is gone.
    """
    return candidates(session, round_id), list_templates(session)


def _make(round_id: int, chosen: Sequence[Candidate], session: Any) -> list[int]:
    return make_pledges(session, round_id, chosen)
