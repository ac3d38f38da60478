"""The only place that speaks to the user: a strip above the page, questions, problems, file choosers."""

from __future__ import annotations

import logging
import sys
import traceback
import weakref
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from types import TracebackType

import shiboken6
from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QApplication, QFileDialog, QWidget

from partyroom.core.errors import bare_traceback
from partyroom.core.paths import documents_folder
from partyroom.ui.message_box import ProblemBox, QuestionBox

_log = logging.getLogger(__name__)


class Level(Enum):
    """How much a line in the strip matters."""

    INFO = "info"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Notice:
    """A line for the strip, with a button when there is something to do about it (such as 撤销)."""

    level: Level
    text: str
    action: str = ""
    slot: Callable[[], None] | None = None


class Messages(QObject):
    """Speaks for the program; the main window shows what `said` carries in its strip."""

    said = Signal(object)

    def __init__(self, window: QWidget | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._window = weakref.ref(window) if window is not None else None
        self._folder = documents_folder()
        self._seen: set[str] = set()

    def attach(self, window: QWidget) -> None:
        """Name the main window, above which questions appear when no dialog is open."""
        self._window = weakref.ref(window)

    def inform(self, text: str, *, action: str = "", slot: Callable[[], None] | None = None) -> None:
        """Say something neutral that goes away by itself; `action` names a button that calls `slot`."""
        self.said.emit(Notice(Level.INFO, text, action, slot))

    def warn(self, text: str, *, action: str = "", slot: Callable[[], None] | None = None) -> None:
        """Say something the user should know; it stays until closed or replaced."""
        self.said.emit(Notice(Level.WARNING, text, action, slot))

    def ask(self, title: str, text: str, *, accept: str, reject: str = "取消", danger: bool = False) -> bool:
        """Ask and wait for the answer; a dangerous question has refusal as its default."""
        box = QuestionBox(title, text, accept, reject, danger=danger, parent=self._above())
        return bool(box.exec())

    def problem(self, title: str, text: str, detail: str = "") -> None:
        """Show what went wrong in a box that can be copied; does not wait for the user."""
        ProblemBox(title, text, detail, self._above()).open()

    def unexpected(self, error: BaseException) -> None:
        """Log an error of ours with its traceback; show each kind once, later ones as a line in the strip."""
        # Our own line names nothing the user typed; the log keeps of the traceback only the places (see `app`).
        _log.error("An unexpected error occurred.", exc_info=error)
        kind = _signature(error)
        if kind in self._seen:
            self.warn("刚才的操作没有完成：又遇到了同一个程序错误，已记入日志。")
            return
        self._seen.add(kind)
        detail = bare_traceback(error)
        text = "程序遇到了没有料到的错误，刚才的操作没有完成，其他内容不受影响。\n请复制下面的内容发给维护人员。"
        self.problem("没有完成", text, detail)

    def catch_uncaught(self) -> None:
        """Report errors raised in slots, which Qt would only print."""
        sys.excepthook = self._on_uncaught

    def choose_save(self, title: str, suggested: str, filters: str) -> Path | None:
        """Ask where to save; `filters` as Qt writes them: 'Excel 工作簿 (*.xlsx)'. None when cancelled."""
        start = str(self._folder / suggested)
        chosen, used = QFileDialog.getSaveFileName(self._above(), title, start, filters)
        path = self._chosen(_with_suffix(chosen, used))
        # The system asked about the name as it was typed, not about the one with the suffix.
        if path is not None and str(path) != str(Path(chosen)) and path.exists():
            text = f"“{path.name}”已经存在，要替换它吗？"
            return path if self.ask("文件已存在", text, accept="替换", danger=True) else None
        return path

    def choose_open(self, title: str, filters: str) -> Path | None:
        """Ask for an existing file; None when cancelled."""
        chosen, _ = QFileDialog.getOpenFileName(self._above(), title, str(self._folder), filters)
        return self._chosen(chosen)

    def choose_files(self, title: str, filters: str) -> list[Path]:
        """Ask for any number of existing files; none when cancelled."""
        chosen, _ = QFileDialog.getOpenFileNames(self._above(), title, str(self._folder), filters)
        return [path for text in chosen if (path := self._chosen(text)) is not None]

    def choose_folder(self, title: str) -> Path | None:
        """Ask for a folder; None when cancelled."""
        chosen = QFileDialog.getExistingDirectory(self._above(), title, str(self._folder))
        return self._chosen(chosen)

    def _chosen(self, text: str) -> Path | None:
        if not text:
            return None
        path = Path(text)
        self._folder = path if path.is_dir() else path.parent
        return path

    def _above(self) -> QWidget | None:
        window = self._window() if self._window is not None else None
        if window is not None and not shiboken6.isValid(window):
            window = None
        return QApplication.activeModalWidget() or window or QApplication.activeWindow()

    def _on_uncaught(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, Exception):
            self.unexpected(error)
        else:
            sys.__excepthook__(kind, error, trace)


class Scripted(Messages):
    """A stand-in for tests: records what was said and gives the answers prepared for it, in order.

    An unprepared question fails the test instead of blocking it.
    """

    def __init__(self, *answers: bool | Path | None) -> None:
        super().__init__()
        self._answers: deque[bool | Path | None] = deque(answers)
        self.informed: list[str] = []
        self.warned: list[str] = []
        self.asked: list[tuple[str, str]] = []
        self.problems: list[tuple[str, str, str]] = []
        self.errors: list[BaseException] = []

    def prepare(self, *answers: bool | Path | None) -> None:
        """Add answers for the questions to come."""
        self._answers.extend(answers)

    def inform(self, text: str, *, action: str = "", slot: Callable[[], None] | None = None) -> None:
        """Record it, and let a strip show it."""
        self.informed.append(text)
        super().inform(text, action=action, slot=slot)

    def warn(self, text: str, *, action: str = "", slot: Callable[[], None] | None = None) -> None:
        """Record it, and let a strip show it."""
        self.warned.append(text)
        super().warn(text, action=action, slot=slot)

    def ask(
        self,
        title: str,
        text: str,
        *,
        accept: str,  # noqa: ARG002 - the words on the buttons do not change the answer
        reject: str = "取消",  # noqa: ARG002
        danger: bool = False,  # noqa: ARG002
    ) -> bool:
        """Give the prepared answer."""
        self.asked.append((title, text))
        return self._answer(title) is True

    def problem(self, title: str, text: str, detail: str = "") -> None:
        """Record it."""
        self.problems.append((title, text, detail))

    def unexpected(self, error: BaseException) -> None:
        """Record it; a test that expects none asserts that `errors` is empty."""
        self.errors.append(error)

    def choose_save(self, title: str, suggested: str, filters: str) -> Path | None:  # noqa: ARG002
        """Give the prepared path."""
        return self._path(title)

    def choose_open(self, title: str, filters: str) -> Path | None:  # noqa: ARG002
        """Give the prepared path."""
        return self._path(title)

    def choose_files(self, title: str, filters: str) -> list[Path]:  # noqa: ARG002
        """Give the prepared path alone, or nothing."""
        path = self._path(title)
        return [path] if path is not None else []

    def choose_folder(self, title: str) -> Path | None:
        """Give the prepared path."""
        return self._path(title)

    def _path(self, title: str) -> Path | None:
        answer = self._answer(title)
        assert not isinstance(answer, bool), f"a path or None must be prepared for {title!r}"
        return answer

    def _answer(self, title: str) -> bool | Path | None:
        assert self._answers, f"no answer was prepared for {title!r}"
        return self._answers.popleft()


def _signature(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    place = f"{frames[-1].filename}:{frames[-1].lineno}" if frames else ""
    return f"{type(error).__qualname__}@{place}"


def _with_suffix(chosen: str, used_filter: str) -> str:
    """Add the first suffix of the chosen filter where the user left it out (Linux choosers do not)."""
    if not chosen or "*." not in used_filter:
        return chosen
    suffixes = [part.strip(" )") for part in used_filter.split("*")[1:]]
    known = any(chosen.casefold().endswith(suffix.casefold()) for suffix in suffixes if suffix)
    return chosen if known else chosen + suffixes[0]
