"""Work outside the window's thread: one database worker for reads and writes, other threads for documents.

Rules kept here so that no page has to think of them: results arrive on the window's thread; a result whose
owner has gone is dropped; writes run one after another in the order they were asked for and are acknowledged
only after the store has returned; a worker thread never holds the last reference to a widget.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from queue import SimpleQueue
from typing import Any, Protocol, TypeVar

import shiboken6
from PySide6.QtCore import QDeadlineTimer, QEventLoop, QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QWidget

from partyroom.core.errors import CancelledError, PartyroomError
from partyroom.ui.messages import Messages
from partyroom.ui.progress import Progress, ProgressDialog

_log = logging.getLogger(__name__)
T = TypeVar("T")

SHOW_PROGRESS_AFTER_MS = 500


class Store(Protocol):
    """What the window needs of a library; `storage` provides it."""

    def read(self, work: Callable[[Any], Any]) -> Any:
        """Run `work(session)` and return what it returns."""

    def write(self, label: str, work: Callable[[Any], Any]) -> Any:
        """Run `work(session)` in one transaction; the answer has `.result` and `.changes`."""

    @property
    def attachments(self) -> Any:
        """The contents of attached files, to be handed on to services that ask for them."""


class _Sort(Enum):
    READ = "read"
    WRITE = "write"
    COMPUTE = "compute"


@dataclass(eq=False)
class Job:
    """One piece of work from request to delivery.

    `watchers` hear of its end after `done` or `failed`; one that returns True has taken the error over.
    """

    sort: _Sort
    run: Callable[[], Any] | None
    done: Callable[[Any], None] | None
    failed: Callable[[Exception], None] | None
    owner: QObject
    title: str = ""
    key: str | None = None
    superseded: bool = False
    progress: Progress | None = None
    watchers: list[Callable[[Exception | None], bool]] = field(default_factory=list)


class _Outcome:
    """What came of the job `number`."""

    __slots__ = ("changes", "error", "number", "result")

    def __init__(self, number: int) -> None:
        self.number = number
        self.result: Any = None
        self.changes: frozenset[str] = frozenset()
        self.error: Exception | None = None

    def empty(self) -> None:
        """Forget everything, so that the worker's own last reference to this shell frees nothing."""
        self.result = self.error = None


class Tasks(QObject):
    """The only way from a page to the store and to long work."""

    data_changed = Signal(object)
    saving_changed = Signal(bool)
    idle = Signal()
    _arrived = Signal(object)

    def __init__(self, store: Store, messages: Messages, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self._messages = messages
        self._jobs: dict[int, Job] = {}
        self._dialogs: dict[int, ProgressDialog] = {}
        self._next = 0
        self._written: list[Job] | None = None
        self._queue: SimpleQueue[int | None] = SimpleQueue()
        self._threads: set[threading.Thread] = set()
        self._arrived.connect(self._on_arrived, Qt.ConnectionType.QueuedConnection)
        self._worker = threading.Thread(target=self._serve_store, name="partyroom-store", daemon=True)
        self._worker.start()

    # Requests, all from the window's thread

    def read(
        self,
        work: Callable[[Any], T],
        done: Callable[[T], None],
        *,
        owner: QObject,
        failed: Callable[[Exception], None] | None = None,
        key: str | None = None,
    ) -> None:
        """Run `work(session)` on the database thread and hand its result to `done` on this one.

        With a `key`, a newer read of the same owner and key replaces this one: its result is never delivered.
        """
        if key is not None:
            for other in self._jobs.values():
                if other.sort is _Sort.READ and other.owner is owner and other.key == key:
                    other.superseded = True
        store = self._store
        self._enqueue(Job(_Sort.READ, lambda: (store.read(work), frozenset()), done, failed, owner, key=key))

    def write(
        self,
        label: str,
        work: Callable[[Any], T],
        done: Callable[[T], None] | None = None,
        *,
        owner: QObject,
        failed: Callable[[Exception], None] | None = None,
    ) -> None:
        """Run `work(session)` as one transaction called `label`, after all writes asked for before.

        After the commit `data_changed` is emitted with the kinds of things changed, then `done` gets the
        result. The write itself happens even if the owner goes away meanwhile.
        """
        store = self._store

        def run() -> tuple[Any, frozenset[str]]:
            written = store.write(label, work)
            return written.result, frozenset(written.changes)

        job = Job(_Sort.WRITE, run, done, failed, owner, title=label)
        if self._written is not None:
            self._written.append(job)
        was_saving = self.saving
        self._enqueue(job)
        if not was_saving:
            self.saving_changed.emit(True)

    def compute(
        self,
        work: Callable[[Progress], T],
        done: Callable[[T], None],
        *,
        owner: QObject,
        title: str,
        failed: Callable[[Exception], None] | None = None,
        quiet: bool = False,
    ) -> None:
        """Run `work(progress)` on a thread of its own: documents, files, anything long without a session.

        After half a second a dialog called `title` shows the progress and offers to cancel; work that the user did
        not ask for is `quiet` and shows none. While such a job of the same owner and title is under way, asking
        again does nothing: a double click is not two papers.
        """
        busy = (job for job in self._jobs.values() if job.sort is _Sort.COMPUTE)
        if any(job.owner is owner and job.title == title for job in busy):
            return
        progress = Progress()
        job = Job(
            _Sort.COMPUTE,
            lambda: (work(progress), frozenset()),
            done,
            failed,
            owner,
            title=title,
            progress=progress,
        )
        number = self._register(job)
        thread = threading.Thread(target=self._run, args=(number,), name="partyroom-job", daemon=True)
        self._threads.add(thread)
        thread.start()
        if quiet:
            return
        wait = QTimer(self, singleShot=True, interval=SHOW_PROGRESS_AFTER_MS)
        wait.setProperty("job", number)
        wait.timeout.connect(self._on_wait_timeout)
        wait.start()

    @property
    def saving(self) -> bool:
        """Whether a write has been asked for and not yet been acknowledged by the store."""
        return any(job.sort is _Sort.WRITE for job in self._jobs.values())

    @property
    def busy(self) -> bool:
        """Whether anything at all is under way."""
        return bool(self._jobs)

    def collect_writes(self, action: Callable[[], None]) -> list[Job]:
        """Run `action` and return the writes it asked for, so that a form can wait for them."""
        outer, self._written = self._written, []
        try:
            action()
            return self._written
        finally:
            self._written = outer

    def wait_idle(self, timeout_ms: int = 5000) -> bool:
        """Let the window live until nothing is under way; False if that took longer than `timeout_ms`."""
        deadline = QDeadlineTimer(timeout_ms)
        while self._jobs and not deadline.hasExpired():  # what hears `idle` may begin more
            loop = QEventLoop()
            self.idle.connect(loop.quit)
            QTimer.singleShot(deadline.remainingTime(), loop, loop.quit)
            loop.exec()
        return not self._jobs

    def shut_down(self) -> None:
        """Finish the writes asked for, cancel long work, end the threads; nothing is delivered any more."""
        if not self._worker.is_alive():
            return
        for job in self._jobs.values():
            job.superseded = job.sort is _Sort.READ
            if job.progress is not None:
                job.progress.cancel()
        self._queue.put(None)
        self._worker.join()
        for thread in list(self._threads):
            thread.join(5)
        self._arrived.disconnect(self._on_arrived)
        for dialog in self._dialogs.values():
            dialog.deleteLater()
        self._dialogs.clear()
        self._jobs.clear()

    # On the worker threads: no Qt object is touched here but the signal `_arrived`

    def _serve_store(self) -> None:
        while True:
            number = self._queue.get()
            if number is None:
                return
            self._run(number)

    def _run(self, number: int) -> None:
        outcome = _Outcome(number)
        run = None if self._jobs[number].superseded else self._jobs[number].run
        if run is not None:
            try:
                outcome.result, outcome.changes = run()
            except Exception as error:  # noqa: BLE001 - every failure is reported on the window's thread
                outcome.error = error
        # Let go before the window hears of it: the last reference to a page must not die on this thread.
        del run
        self._arrived.emit(outcome)

    # Delivery, on the window's thread again

    def _register(self, job: Job) -> int:
        self._next += 1
        self._jobs[self._next] = job
        return self._next

    def _enqueue(self, job: Job) -> None:
        self._queue.put(self._register(job))

    def _on_wait_timeout(self) -> None:
        wait = self.sender()
        number = int(wait.property("job"))
        wait.deleteLater()
        job = self._jobs.get(number)
        if job is None or job.progress is None or not shiboken6.isValid(job.owner):
            return
        window = job.owner.window() if isinstance(job.owner, QWidget) else None
        dialog = ProgressDialog(job.title, job.progress, window)
        self._dialogs[number] = dialog
        dialog.show()

    def _on_arrived(self, outcome: _Outcome) -> None:
        job = self._jobs.pop(outcome.number, None)
        if job is None:
            return  # sent before the shutdown, arrived after it
        self._threads = {thread for thread in self._threads if thread.is_alive()}
        dialog = self._dialogs.pop(outcome.number, None)
        if dialog is not None and shiboken6.isValid(dialog):
            dialog.hide()
            dialog.deleteLater()
        if job.sort is _Sort.WRITE and not self.saving:
            self.saving_changed.emit(False)
        try:
            self._deliver(job, outcome)
        finally:
            outcome.empty()
            if not self._jobs:
                self.idle.emit()

    def _deliver(self, job: Job, outcome: _Outcome) -> None:
        if outcome.changes:
            self.data_changed.emit(outcome.changes)
        if outcome.error is not None:
            self._fail(job, outcome.error)
            return
        if job.superseded:
            return
        try:
            if job.done is not None and shiboken6.isValid(job.owner):
                job.done(outcome.result)
        finally:
            # The store has the change whatever the page does with the result: a form must not wait for ever.
            for watcher in job.watchers:
                watcher(None)

    def _fail(self, job: Job, error: Exception) -> None:
        alive = shiboken6.isValid(job.owner)
        handled = False
        if job.failed is not None and alive and isinstance(error, PartyroomError):
            job.failed(error)
            handled = True
        for watcher in job.watchers:
            handled = watcher(error) or handled
        # A read or a document nobody waits for any more may fail in silence; a lost write never.
        if not handled and (alive or job.sort is _Sort.WRITE):
            self._report(job, error)

    def _report(self, job: Job, error: Exception) -> None:
        if isinstance(error, CancelledError):
            self._messages.inform(str(error))
        elif isinstance(error, PartyroomError):
            self._messages.problem(job.title or "没有完成", str(error))
        else:
            self._messages.unexpected(error)
