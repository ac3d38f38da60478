from __future__ import annotations

from dataclasses import dataclass

import pytest

from partyroom.ui.table import Column, Filter, Query, TablePanel

SURNAMES = ["张", "李", "王", "欧阳", "单"]


@dataclass(frozen=True)
class Person:
    id: int
    name: str
    group: int
    number: str
    note: str = ""


class People:
    """A list in memory that answers like a database."""

    def __init__(self, count: int) -> None:
        self.people = {
            i: Person(i, f"{SURNAMES[i % 5]}{i:04d}", i % 3, f"1101011990010{i:04d}X") for i in range(1, count + 1)
        }
        self.queries: list[Query] = []
        self.error: Exception | None = None

    def ids(self, session, query):
        self.queries.append(query)
        if self.error is not None:
            raise self.error
        found = [p for p in self.people.values() if query.search in p.name]
        if "group" in query.filters:
            found = [p for p in found if p.group == query.filters["group"]]
        if query.sort:
            found.sort(key=lambda p: getattr(p, query.sort), reverse=query.descending)
        return [p.id for p in found]

    def rows(self, session, ids):
        return [self.people[i] for i in ids if i in self.people]


COLUMNS = (
    Column("name", "姓名"),
    Column("group", "党小组", text=lambda p: f"第{p.group}小组", align="center"),
    Column("number", "证件号", 180, mask=lambda text: text[:3] + "*" * (len(text) - 3), sortable=False),
    Column("note", "备注", visible=False),
)


@pytest.fixture
def columns() -> tuple[Column, ...]:
    return COLUMNS


@pytest.fixture
def people_of() -> type[People]:
    return People


@pytest.fixture
def people() -> People:
    return People(33)


@pytest.fixture
def make(desk, qtbot, people):
    def build(source=None, **options) -> TablePanel:
        options = {
            "filters": [Filter("group", "党小组", [(0, "第0小组"), (1, "第1小组"), (9, "第9小组")])],
            "empty_text": "还没有人，请新增。",
        } | options
        panel = TablePanel(desk, "people", COLUMNS, source or people, **options)
        qtbot.addWidget(panel)
        panel.resize(900, 500)
        with qtbot.waitExposed(panel):
            panel.show()
        panel.activateWindow()
        panel.reload()
        assert desk.tasks.wait_idle()
        return panel

    return build


@pytest.fixture
def panel(make) -> TablePanel:
    return make()


@pytest.fixture
def settle(desk, qtbot):
    """Wait until the delays of search and sum have passed and all answers are there."""

    def wait(milliseconds: int = 260) -> None:
        qtbot.wait(milliseconds)
        assert desk.tasks.wait_idle()

    return wait
