"""The few modal boxes of the program: a question, and a problem that can be copied."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from partyroom.ui.dialog import Dialog
from partyroom.ui.icons import ACCENT, INK, pixmap
from partyroom.ui.naming import named
from partyroom.ui.theme import scaled


class _Box(Dialog):
    """A picture, a heading, a text and a row of buttons."""

    def __init__(self, title: str, text: str, picture: str, colour: str, parent: QWidget | None) -> None:
        super().__init__(title, parent)
        self._texts = QVBoxLayout()
        self._texts.setSpacing(scaled(8))
        self._texts.addWidget(_plain_label(title, "dialog_heading"))
        self._texts.addWidget(_plain_label(text, "message_text"))
        sign = QLabel()
        sign.setPixmap(pixmap(picture, scaled(28), colour, self.devicePixelRatioF()))
        sign.setAlignment(Qt.AlignmentFlag.AlignTop)
        upper = QHBoxLayout()
        upper.setSpacing(scaled(16))
        upper.addWidget(sign)
        upper.addLayout(self._texts, 1)
        self._buttons = QHBoxLayout()
        self._buttons.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(scaled(24), scaled(22), scaled(24), scaled(18))
        layout.setSpacing(scaled(20))
        layout.addLayout(upper, 1)
        layout.addLayout(self._buttons)
        self.setMinimumWidth(scaled(420))

    def _add_button(self, text: str, name: str) -> QPushButton:
        button = named(QPushButton(text), name)
        button.setAutoDefault(False)
        self._buttons.addWidget(button)
        return button


class QuestionBox(_Box):
    """Asks for yes or no in the words of the caller; what cannot be taken back has “no” as its default."""

    def __init__(
        self, title: str, text: str, accept: str, reject: str, *, danger: bool, parent: QWidget | None
    ) -> None:
        super().__init__(title, text, "alert" if danger else "help", ACCENT if danger else INK, parent)
        self.setObjectName("question_box")
        self._texts.addStretch(1)
        no = self._add_button(reject, "reject_button")
        no.clicked.connect(self.reject)
        yes = self._add_button(accept, "accept_button")
        yes.setProperty("danger" if danger else "primary", True)
        yes.clicked.connect(self.accept)
        default = no if danger else yes
        default.setDefault(True)
        default.setFocus()


class ProblemBox(_Box):
    """Says what went wrong; the details, if any, can be read and copied as a whole."""

    def __init__(self, title: str, text: str, detail: str, parent: QWidget | None) -> None:
        super().__init__(title, text, "alert", ACCENT, parent)
        self.setObjectName("problem_box")
        self._report = "\n\n".join(part for part in (title, text, detail) if part)
        if detail:
            view = named(QPlainTextEdit(detail), "problem_detail", "详细信息")
            view.setReadOnly(True)
            view.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
            view.setMinimumSize(scaled(520), scaled(180))
            self._texts.addWidget(view, 1)
        else:
            self._texts.addStretch(1)
        copy = self._add_button("复制内容", "copy_button")
        copy.clicked.connect(self._on_copy_clicked)
        close = self._add_button("知道了", "accept_button")
        close.setProperty("primary", True)
        close.setDefault(True)
        close.clicked.connect(self.accept)
        close.setFocus()

    def _on_copy_clicked(self) -> None:
        QGuiApplication.clipboard().setText(self._report)


def _plain_label(text: str, name: str) -> QLabel:
    label = named(QLabel(text), name)
    # What users typed turns up in messages; it is shown as the characters it is.
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label
