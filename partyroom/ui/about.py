"""About the program, and the licences of what it is made from."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from partyroom.ui.dialog import Dialog
from partyroom.ui.naming import named
from partyroom.ui.theme import scaled


class AboutDialog(Dialog):
    """Shows `text` and the third-party parts as (name with version, licence, full text or '')."""

    def __init__(self, text: str, licences: Sequence[tuple[str, str, str]], parent: QWidget | None = None) -> None:
        super().__init__("关于党建活动室", parent)
        self.setObjectName("about_dialog")
        words = named(QLabel(text), "about_text")
        words.setTextFormat(Qt.TextFormat.PlainText)
        words.setWordWrap(True)
        words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        parts = named(QPlainTextEdit(), "licences", "第三方组件及其许可")
        parts.setReadOnly(True)
        parts.setPlainText(_licence_text(licences))
        parts.setMinimumSize(scaled(480), scaled(220))
        close = named(QPushButton("关闭"), "accept_button")
        close.setDefault(True)
        close.clicked.connect(self.accept)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(scaled(24), scaled(20), scaled(24), scaled(16))
        layout.setSpacing(scaled(12))
        layout.addWidget(named(QLabel("党建活动室"), "page_heading"))
        layout.addWidget(words)
        layout.addWidget(named(QLabel("使用的第三方组件"), "section_heading"))
        layout.addWidget(parts, 1)
        layout.addWidget(close, 0, Qt.AlignmentFlag.AlignRight)
        close.setFocus()


def _licence_text(licences: Sequence[tuple[str, str, str]]) -> str:
    overview = "\n".join(f"{name}：{licence}" for name, licence, _ in licences)
    full = [f"{name}（{licence}）\n\n{text.strip()}" for name, licence, text in licences if text.strip()]
    return ("\n\n" + "—" * 20 + "\n\n").join([overview, *full])
