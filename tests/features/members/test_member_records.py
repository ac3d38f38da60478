"""The strip of a member's form that leads to what other rooms keep of the member."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QPushButton, QWidget

from partyroom.features.members import service
from partyroom.features.members.member_dialog import MemberDialog


@pytest.fixture
def opening(desk, library, person, qtbot):
    def build(name: str, **fields: object) -> MemberDialog:
        member = library.write("录入", lambda session: service.admit_member(session, person(name, **fields))).result
        detail = library.read(lambda session: service.get_member(session, member))
        dialog = MemberDialog(desk, detail, (), ())
        qtbot.addWidget(dialog)
        dialog.open()
        return dialog

    return build


def texts(dialog: MemberDialog) -> list[str]:
    strip = dialog.findChild(QWidget, "member_records")
    return [button.text() for button in strip.findChildren(QPushButton)] if strip is not None else []


def test_what_nobody_answers_is_not_offered(desk, opening):
    assert texts(opening("张三")) == []
    desk.errands.offer("member_dues", print)
    assert texts(opening("李四")) == ["党费交纳记录…"]
    desk.errands.offer("member_pledges", print)
    assert texts(opening("王五")) == ["党费交纳记录…", "承诺与评诺…"]


def test_each_button_asks_for_this_member_in_front_of_the_form(desk, opening):
    asked = []
    for name in ("member_dues", "member_pledges"):
        desk.errands.offer(name, asked.append)
    opening("张三")
    dialog = opening("李四")
    for name in ("member_pledges", "member_dues"):
        button = dialog.findChild(QPushButton, f"{name}_button")
        assert button is not None
        button.click()
    assert [errand.name for errand in asked] == ["member_pledges", "member_dues"]
    for errand in asked:
        assert errand.values == {"member": 2, "name": "李四"}
        assert errand.window is dialog


def test_who_is_no_party_member_and_a_new_person_have_no_records(desk, opening, qtbot):
    desk.errands.offer("member_dues", print)
    assert texts(opening("王五", category="applicant", joined=None, full_since=None)) == []
    assert texts(opening("单雄", category="probationary", full_since=None)) == ["党费交纳记录…"]
    new = MemberDialog(desk, None, (), ())
    qtbot.addWidget(new)
    assert texts(new) == []
