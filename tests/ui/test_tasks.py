from __future__ import annotations

import gc
import threading
import weakref

import pytest
import shiboken6
from PySide6.QtCore import QObject, QThread
from PySide6.QtWidgets import QApplication, QPushButton, QWidget

from partyroom.core.errors import CancelledError, DomainError, StorageError
from partyroom.ui.progress import ProgressDialog


class Owner(QObject):
    def __init__(self) -> None:
        super().__init__()
        self.got: list[object] = []
        self.threads: list[object] = []
        self.errors: list[Exception] = []

    def take(self, result: object) -> None:
        self.got.append(result)
        self.threads.append(QThread.currentThread())

    def fail(self, error: Exception) -> None:
        self.errors.append(error)


@pytest.fixture
def owner(qapp) -> Owner:
    return Owner()


def test_result_of_a_read_arrives_on_the_thread_of_the_window(tasks, owner, qapp):
    worker = []
    tasks.read(lambda session: worker.append(threading.current_thread().name) or 7, owner.take, owner=owner)
    assert tasks.wait_idle()
    assert owner.got == [7]
    assert owner.threads == [qapp.thread()]
    assert worker == ["partyroom-store"]


def test_writes_keep_their_order_and_announce_changes_before_done(tasks, owner, store):
    seen = []
    tasks.data_changed.connect(seen.append)
    for number in range(20):
        tasks.write(f"第{number}步", lambda session, n=number: session.setdefault("n", []).append(n), owner=owner)
    tasks.write("最后", lambda session: "好", lambda result: seen.append(result), owner=owner)
    assert tasks.saving
    assert tasks.wait_idle()
    assert not tasks.saving
    assert store.session["n"] == list(range(20))
    assert seen == [frozenset({"things"})] * 21 + ["好"]


def test_write_is_acknowledged_only_after_the_store_returned(tasks, owner, store, qtbot):
    gate = threading.Event()
    states = []
    tasks.saving_changed.connect(states.append)
    tasks.write("慢", lambda session: gate.wait(5), owner.take, owner=owner)
    qtbot.wait(50)
    assert states == [True]
    assert owner.got == []
    gate.set()
    assert tasks.wait_idle()
    assert states == [True, False]
    assert owner.got == [True]


def test_waiting_goes_on_for_what_is_begun_when_all_seemed_done(tasks, owner):
    def begin_more() -> None:
        if len(owner.got) < 3:
            tasks.read(lambda session: len(owner.got) + 1, owner.take, owner=owner)

    tasks.idle.connect(begin_more)
    tasks.read(lambda session: 1, owner.take, owner=owner)
    assert tasks.wait_idle()
    assert owner.got == [1, 2, 3]


def test_result_for_an_owner_that_is_gone_is_dropped(tasks, owner):
    gate = threading.Event()
    tasks.read(lambda session: gate.wait(5), owner.take, owner=owner)
    shiboken6.delete(owner)
    gate.set()
    assert tasks.wait_idle()
    assert owner.got == []


def test_write_of_an_owner_that_is_gone_still_happens_and_its_failure_is_told(tasks, store, messages):
    first, second = Owner(), Owner()
    gate = threading.Event()
    tasks.write("等", lambda session: gate.wait(5), first.take, owner=first)
    tasks.write("存", _refuse, second.take, owner=second)
    shiboken6.delete(first)
    shiboken6.delete(second)
    gate.set()
    assert tasks.wait_idle()
    assert store.written == ["等"]
    assert messages.problems == [("存", "出生日期写错了。", "")]


def test_worker_never_frees_the_page_that_asked(tasks):
    freed_on = []

    def ask_and_leave() -> None:
        page = Owner()
        weakref.finalize(page, lambda: freed_on.append(threading.current_thread()))
        tasks.read(lambda session: page.objectName(), page.take, owner=page)

    ask_and_leave()
    assert tasks.wait_idle()
    gc.collect()
    assert freed_on == [threading.main_thread()]


def test_newer_read_with_the_same_key_replaces_the_older(tasks, owner):
    gate = threading.Event()
    tasks.read(lambda session: gate.wait(5), owner.take, owner=owner)
    for text in ("z", "zs", "zsf"):
        tasks.read(lambda session, text=text: text, owner.take, owner=owner, key="search")
    gate.set()
    assert tasks.wait_idle()
    assert owner.got == [True, "zsf"]


def _refuse(session: object) -> None:
    raise DomainError("出生日期写错了。")


def _break(session: object) -> None:
    raise ZeroDivisionError("内部")


def test_known_errors_go_to_failed_or_else_to_the_user(tasks, owner, messages):
    tasks.write("新增党员", _refuse, owner=owner, failed=owner.fail)
    tasks.write("新增党员", _refuse, owner=owner)
    assert tasks.wait_idle()
    assert [str(error) for error in owner.errors] == ["出生日期写错了。"]
    assert messages.problems == [("新增党员", "出生日期写错了。", "")]


def test_unknown_errors_are_reported_as_ours_and_not_handed_to_the_page(tasks, owner, messages):
    tasks.read(_break, owner.take, owner=owner, failed=owner.fail)
    assert tasks.wait_idle()
    assert owner.errors == []
    assert [type(error) for error in messages.errors] == [ZeroDivisionError]


def test_storage_error_of_a_read_says_what_is_in_the_way(tasks, owner, messages):
    def full(session: object) -> None:
        raise StorageError("磁盘已满。")

    tasks.read(full, owner.take, owner=owner)
    assert tasks.wait_idle()
    assert messages.problems == [("没有完成", "磁盘已满。", "")]


def test_short_compute_shows_no_dialog(tasks, owner):
    tasks.compute(lambda progress: 3, owner.take, owner=owner, title="生成会议记录")
    assert tasks.wait_idle()
    assert owner.got == [3]
    assert not _progress_dialogs()


def _progress_dialogs() -> list[ProgressDialog]:
    return [w for w in QApplication.topLevelWidgets() if isinstance(w, ProgressDialog) and w.isVisible()]


def test_long_compute_shows_progress_and_stops_when_cancelled(tasks, messages, qtbot):
    window = QWidget()
    qtbot.addWidget(window)
    window.show()
    got: list[object] = []
    stopped = threading.Event()

    def work(progress):
        try:
            while True:
                progress.step(3, 12, "第 3 页")
                stopped.wait(0.01)
        except CancelledError:
            stopped.set()
            raise

    tasks.compute(work, got.append, owner=window, title="生成工作手册")
    qtbot.waitUntil(lambda: bool(_progress_dialogs()), timeout=2000)
    dialog = _progress_dialogs()[0]
    assert "第 3 页  3 / 12" in dialog.findChild(QWidget, "quiet").text()
    dialog.close()
    assert dialog.isVisible(), "closing asks the job to stop; the dialog stays until it has"
    assert tasks.wait_idle()
    assert stopped.is_set()
    assert got == []
    assert messages.informed == ["已取消，没有做任何改动。"]
    assert not dialog.isVisible()


def test_cancel_button_is_pressed_once(tasks, qtbot):
    window = QWidget()
    qtbot.addWidget(window)
    gate = threading.Event()
    tasks.compute(lambda progress: gate.wait(5), lambda result: None, owner=window, title="导出")
    qtbot.waitUntil(lambda: bool(_progress_dialogs()), timeout=2000)
    button = _progress_dialogs()[0].findChild(QPushButton, "cancel_button")
    button.click()
    assert not button.isEnabled()
    gate.set()
    assert tasks.wait_idle()


def test_second_click_on_the_same_compute_does_nothing(tasks, owner):
    gate = threading.Event()
    for _ in range(3):
        tasks.compute(lambda progress: gate.wait(5), owner.take, owner=owner, title="打印")
    gate.set()
    assert tasks.wait_idle()
    assert owner.got == [True]


def test_wait_idle_gives_up_in_time(tasks, owner):
    gate = threading.Event()
    tasks.read(lambda session: gate.wait(5), owner.take, owner=owner)
    assert not tasks.wait_idle(30)
    gate.set()
    assert tasks.wait_idle()


def test_shutting_down_finishes_the_writes_asked_for(qapp, store, messages, owner):
    from partyroom.ui.tasks import Tasks

    tasks = Tasks(store, messages)
    for number in range(5):
        tasks.write(f"第{number}步", lambda session: None, owner.take, owner=owner)
    tasks.shut_down()
    assert len(store.written) == 5
    assert owner.got == []
