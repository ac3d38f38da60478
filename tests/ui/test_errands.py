from __future__ import annotations

import pytest
from PySide6.QtWidgets import QWidget

from partyroom.ui.errands import Errand
from partyroom.ui.main_window import MainWindow
from partyroom.ui.page import Page


class Asking(Page):
    title, icon = "会议记录", "meetings"


class Helpful(Page):
    title, icon = "党费", "dues"
    errands = frozenset({"collect"})

    def __init__(self, desk, parent=None):
        super().__init__(desk, parent)
        self.taken: list[Errand] = []

    def take(self, errand: Errand) -> None:
        self.taken.append(errand)


def test_an_errand_reaches_the_page_that_takes_it_though_nobody_looked_at_it_yet(desk, qtbot):
    window = MainWindow(desk, (Asking, Helpful), (), library_name="第一党支部")
    qtbot.addWidget(window)
    errand = Errand("collect", {"members": (3, 5)}, window)
    desk.errands.send(errand)
    assert window.page(Helpful).taken == [errand]
    assert isinstance(window.current_page(), Asking)


def test_what_nobody_takes_is_known_beforehand(desk, qtbot):
    window = MainWindow(desk, (Asking,), (), library_name="第一党支部")
    qtbot.addWidget(window)
    assert not desk.errands.taken("collect")
    with pytest.raises(KeyError):
        desk.errands.send(Errand("collect", {}, QWidget(window)))
