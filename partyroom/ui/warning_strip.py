"""Warnings above something that is shown: plain text, the first few in full, all of them in the tool tip."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QWidget

from partyroom.ui.icons import icon
from partyroom.ui.table_model import plain_tip
from partyroom.ui.theme import scaled

_SHOWN: Final = 3


class WarningStrip(QFrame):
    """A strip in the colour of warnings."""

    def __init__(self, warnings: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("message_strip")
        self.setProperty("level", "warning")
        shown = list(warnings[:_SHOWN])
        if len(warnings) > len(shown):
            shown.append(f"……共 {len(warnings)} 条，鼠标停在这里可以看到全部。")
        text = QLabel("\n".join(shown))
        text.setTextFormat(Qt.TextFormat.PlainText)
        text.setWordWrap(True)
        text.setToolTip(plain_tip("\n".join(warnings)) or "")
        sign = QLabel()
        sign.setPixmap(icon("warning").pixmap(scaled(18), scaled(18)))
        line = QHBoxLayout(self)
        line.addWidget(sign, 0, Qt.AlignmentFlag.AlignTop)
        line.addWidget(text, 1)
