"""The dialog for every record: built from field descriptions, saved by keyboard, safe through a crash."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial

import shiboken6
from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from partyroom.core.calendar import chinese_datetime, now
from partyroom.core.errors import CancelledError, DomainError, PartyroomError, Problem
from partyroom.ui.desk import Desk
from partyroom.ui.dialog import Dialog
from partyroom.ui.form_fields import Field, Kind
from partyroom.ui.form_grid import FormGrid
from partyroom.ui.naming import named
from partyroom.ui.theme import scaled

__all__ = ["Field", "FormDialog", "Kind"]

_DRAFT_AFTER_MS = 1000
_NARROW = 900
_FEW = 4


class FormDialog(Dialog):
    """Lets the user fill in `fields` and hands the values to `save`.

    `save` checks and stores the values, either at once or by asking `desk.tasks` to write: the dialog waits for every
    write that `save` asked for and closes when all have succeeded. A DomainError, raised by `save` or by a write,
    is shown beside its fields and the dialog stays. `submitted` tells the values after the dialog succeeded.

    With a `draft_key`, what was typed is kept in `desk.drafts` and offered again after a crash.
    """

    submitted = Signal(object)
    revealed = Signal(str)

    def __init__(
        self,
        title: str,
        fields: Sequence[Field],
        values: Mapping[str, object],
        desk: Desk,
        *,
        save: Callable[[dict[str, object]], None] | None = None,
        draft_key: str | None = None,
        accept_text: str = "保存",
        columns: int = 2,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(title, parent)
        self.setObjectName("form_dialog")
        self._desk = desk
        self._save = save
        self._draft_key = draft_key
        self._waiting = 0
        self._failed = False
        self._kept: dict[str, object] | None = None
        narrow = self.screen().availableGeometry().width() < scaled(_NARROW)
        columns = 1 if narrow or len(fields) <= _FEW else columns
        self.grid = FormGrid(fields, values, columns=columns)
        self._untouched = self.grid.drafts()
        enter = "Ctrl+S 保存" if accept_text == "保存" else "Ctrl+Enter 确定"
        self._keys = f"带 * 的必须填写。{enter}，Esc 取消。"
        self._lay_out(accept_text)
        self._autosave = QTimer(self, singleShot=True, interval=_DRAFT_AFTER_MS)
        self._autosave.timeout.connect(self._on_autosave_timeout)
        self.grid.changed.connect(self._on_grid_changed)
        self.grid.revealed.connect(self.revealed)
        for keys in ("Ctrl+S", "Ctrl+Return", "Ctrl+Enter"):
            QShortcut(QKeySequence(keys), self).activated.connect(self.submit)
        self._offer_draft()

    def values(self) -> dict[str, object]:
        """What is entered now, or what was entered when the dialog succeeded (also after it was freed)."""
        return dict(self._kept) if self._kept is not None else self.grid.values()

    def submit(self) -> None:
        """Check the fields and save."""
        if self._waiting:
            return
        problems = self.grid.problems()
        self.show_problems(problems)
        if problems:
            return
        values = self.grid.values()
        self._failed = False
        try:
            writes = self._desk.tasks.collect_writes(partial(self._save, values) if self._save else _nothing)
        except CancelledError:
            return
        except PartyroomError as error:
            self._show_error(error)
            return
        self._waiting = len(writes)
        for job in writes:
            job.watchers.append(self._on_write_ended)
        self._set_busy(busy=bool(writes))
        if not writes:
            self._succeed()

    def show_problems(self, problems: Sequence[Problem]) -> None:
        """Show each problem beside its field, the others above the form; the first wrong field gets the focus."""
        first = self.grid.show_problems(problems)
        others = [problem.message for problem in problems if problem.field not in self.grid.cells]
        self._problem_text.setText("\n".join(others))
        self._problem_bar.setVisible(bool(others))
        if first is not None:
            first.editor.setFocus()
            QTimer.singleShot(0, first, partial(self._scroll.ensureWidgetVisible, first, 0, scaled(40)))

    @property
    def unsaved(self) -> bool:
        """Whether the user changed anything since the form was opened."""
        return self._kept is None and self.grid.drafts() != self._untouched

    def reject(self) -> None:
        """Close without saving; ask first if something was typed."""
        if self._waiting:
            return
        if self.unsaved:
            text = "填写的内容还没有保存。关闭后，这些内容将不再保留。"
            if not self._desk.messages.ask("放弃填写的内容？", text, accept="放弃", reject="继续填写", danger=True):
                return
            self._discard_draft()
        self._autosave.stop()
        super().reject()

    def closeEvent(self, event: QCloseEvent) -> None:
        """The window's cross asks like Esc does."""
        event.ignore()
        self.reject()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter goes to the next field: saving half a form by a key that input methods use too would annoy."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not isinstance(self.focusWidget(), QPushButton):
            self.focusNextChild()
        else:
            super().keyPressEvent(event)

    def sizeHint(self) -> QSize:
        """As high as the fields need; the base class keeps it within the screen."""
        content = self.grid.sizeHint()
        chrome = super().sizeHint().height() - self._scroll.sizeHint().height()
        return QSize(
            max(content.width() + scaled(64), self._comfortable_width()), content.height() + chrome + scaled(8)
        )

    def _comfortable_width(self) -> int:
        return scaled(860 if self.grid.columns == 2 else 560)

    def _lay_out(self, accept_text: str) -> None:
        self._draft_bar, self._draft_text, buttons = _bar("draft_bar")
        self._restore = named(QPushButton("恢复"), "restore_button")
        self._restore.clicked.connect(self._on_restore_clicked)
        drop = named(QPushButton("丢弃"), "discard_button")
        drop.clicked.connect(self._on_discard_clicked)
        buttons.addWidget(self._restore)
        buttons.addWidget(drop)
        self._problem_bar, self._problem_text, _ = _bar("form_problem_bar")
        self._scroll = named(QScrollArea(), "form_scroll")
        self._scroll.setWidgetResizable(True)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setWidget(self.grid)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(scaled(20), scaled(16), scaled(20), scaled(14))
        layout.setSpacing(scaled(10))
        layout.addWidget(self._draft_bar)
        layout.addWidget(self._problem_bar)
        layout.addWidget(self._scroll, 1)
        self.grid.chain()
        layout.addLayout(self._buttons(accept_text))

    def _buttons(self, accept_text: str) -> QHBoxLayout:
        self._state = named(QLabel(self._keys), "small_quiet")
        self._cancel = named(QPushButton("取消"), "cancel_button")
        self._cancel.clicked.connect(self.reject)
        self._accept = named(QPushButton(accept_text), "save_button")
        self._accept.setProperty("primary", True)
        self._accept.clicked.connect(self.submit)
        row = QHBoxLayout()
        row.addWidget(self._state, 1)
        row.addWidget(self._cancel)
        row.addWidget(self._accept)
        for button in self.findChildren(QPushButton):
            button.setAutoDefault(False)
        return row

    def _set_busy(self, *, busy: bool) -> None:
        for part in (self.grid, self._accept, self._cancel, self._draft_bar):
            part.setEnabled(not busy)
        self._state.setText("正在保存…" if busy else self._keys)

    def _on_write_ended(self, error: Exception | None) -> bool:
        if not shiboken6.isValid(self):
            return False
        self._waiting -= 1
        handled = isinstance(error, PartyroomError)
        if error is not None:
            self._failed = True
        if self._waiting == 0:
            self._set_busy(busy=False)
            if not self._failed:
                self._succeed()
        if isinstance(error, PartyroomError):
            self._show_error(error)
        return handled

    def _show_error(self, error: PartyroomError) -> None:
        self.show_problems(error.problems if isinstance(error, DomainError) else [Problem(str(error))])

    def _succeed(self) -> None:
        self._kept = self.grid.values()
        self._autosave.stop()
        self._discard_draft()
        self.submitted.emit(self._kept)
        self.accept()

    # Drafts

    def _offer_draft(self) -> None:
        self._draft_bar.hide()
        self._problem_bar.hide()
        self._offered = self._desk.drafts.load(self._draft_key) if self._draft_key else None
        kept = self._offered.get("values") if self._offered else None
        if self._offered is None or not isinstance(kept, dict) or kept == self._untouched:
            self._offered = None
            return
        self._draft_text.setText(f"发现上次没有保存的内容{_moment(self._offered)}。")
        self._draft_bar.show()

    def _on_restore_clicked(self) -> None:
        if self._offered is not None:
            self.grid.restore(self._offered["values"])
        self._draft_bar.hide()

    def _on_discard_clicked(self) -> None:
        self._discard_draft()
        self._draft_bar.hide()

    def _on_grid_changed(self) -> None:
        if self._draft_key:
            self._autosave.start()

    def _on_autosave_timeout(self) -> None:
        if not self._draft_key or not self.unsaved:
            return
        payload = {"saved_at": now().isoformat(sep=" "), "values": self.grid.drafts()}
        try:
            self._desk.drafts.save(self._draft_key, payload)
        except PartyroomError as error:
            self._desk.messages.warn(f"正在填写的内容没能自动保留，请及时保存。{error}")

    def _discard_draft(self) -> None:
        if self._draft_key:
            self._desk.drafts.discard(self._draft_key)


def _bar(name: str) -> tuple[QFrame, QLabel, QHBoxLayout]:
    """A coloured line across the form: its frame, its text and the room for buttons."""
    frame = named(QFrame(), name)
    text = named(QLabel(), f"{name}_text")
    text.setTextFormat(Qt.TextFormat.PlainText)
    text.setWordWrap(True)
    row = QHBoxLayout(frame)
    row.setContentsMargins(scaled(12), scaled(6), scaled(8), scaled(6))
    row.addWidget(text, 1)
    return frame, text, row


def _moment(payload: Mapping[str, object]) -> str:
    try:
        return f"（{chinese_datetime(datetime.fromisoformat(str(payload.get('saved_at'))))}）"
    except ValueError:
        return ""


def _nothing() -> None:
    """Saving is up to whoever listens to `submitted`."""
