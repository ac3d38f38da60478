"""A year's round of public pledges of sixty members, told through the real window.

The year is opened, drafts are made from templates, some come from Excel, one is returned by the review; all are shown,
deeds with a photo are recorded, one pledge is changed and one withdrawn, the year is looked over, appraised and every
paper printed; the results stand by the members in the end.
"""

from __future__ import annotations

import io
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
import shiboken6
from openpyxl import Workbook
from PIL import Image

from partyroom.desktop import Desktop
from partyroom.features.exchange.page import RosterPage
from partyroom.features.members.domain import MemberDraft, PostKind
from partyroom.features.members.member_dialog import MemberDialog
from partyroom.features.members.service import admit_member, appoint_committee
from partyroom.features.organisation.domain import Branch
from partyroom.features.organisation.service import open_term, save_branch
from partyroom.features.pledges.appraisal_dialog import AppraisalDialog
from partyroom.features.pledges.appraisal_service import member_results
from partyroom.features.pledges.domain import Body, State
from partyroom.features.pledges.items_model import TEXT
from partyroom.features.pledges.make_dialog import MakeDialog
from partyroom.features.pledges.overview_dialog import OverviewDialog
from partyroom.features.pledges.page import PledgesPage
from partyroom.features.pledges.pledge_dialog import DEEDS, PledgeDialog
from partyroom.features.pledges.pledge_import_dialog import PledgeImportDialog
from partyroom.features.pledges.results_dialog import ResultsDialog
from partyroom.features.pledges.service import pledges_of
from partyroom.storage.library import Library
from partyroom.ui.messages import Scripted

SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许"
NAMES = tuple(f"{surname}样{given}" for given in "甲乙丙" for surname in SURNAMES)
IMPORTED, RETURNED, CHANGED, LEAVING, BUSY, RENEWED = NAMES[5:11]


@pytest.fixture
def branch_folder(empty_library_folder: Path, tmp_path: Path, person: Callable[..., MemberDraft], at) -> Path:
    """Sixty members with a committee of three; closed."""
    at(5, month=1)

    def fill(session) -> None:
        save_branch(session, Branch("样例中学党支部"))
        ids = [admit_member(session, person(name, department=f"第{n % 5}科")) for n, name in enumerate(NAMES)]
        term = open_term(session, "第六届", date(2025, 1, 5))
        posts = (PostKind.SECRETARY, PostKind.ORGANISATION, PostKind.PUBLICITY)
        appoint_committee(session, term, date(2025, 1, 5), dict(zip(posts, ids[:3], strict=True)))

    folder = tmp_path / "branch"
    shutil.copytree(empty_library_folder, folder)
    library = Library.open(folder)
    library.write("样例", fill)
    library.close()
    return folder


def ids_of(page: PledgesPage, *names: str) -> list[int]:
    """The pledges of these people, of all without names."""
    assert page.view is not None
    return [one.id for one in page.view.pledges if not names or one.name in names]


def step(secretary, page: PledgesPage, act: str, ids: list[int], **values: object) -> None:
    """Choose pledges, choose an action and fill in its form."""
    page.panel.select(ids)
    secretary.trigger(page.panel, act)
    secretary.fill(**values)


def editor_of(secretary, page: PledgesPage, name: str) -> PledgeDialog:
    """Open the pledge of somebody."""
    page.edit_pledge(ids_of(page, name)[0])
    secretary.settle()
    return secretary.dialog(PledgeDialog)


def table(folder: Path) -> Path:
    """Two items of one person, as a department hands them in."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (
        ["公开承诺表"],
        ["姓名", "承诺事项", "完成时限"],
        [IMPORTED, "帮扶学生", "年底"],
        ["", "听课", "6月底"],
    ):
        sheet.append(row)
    book.save(folder / "承诺表.xlsx")
    return folder / "承诺表.xlsx"


def photo(folder: Path) -> Path:
    """A photo of a deed."""
    buffer = io.BytesIO()
    Image.new("RGB", (400, 300), "red").save(buffer, "JPEG")
    (folder / "帮扶.jpg").write_bytes(buffer.getvalue())
    return folder / "帮扶.jpg"


def test_a_round_of_pledges_from_proposal_to_appraisal(
    secretary, desktop: Desktop, branch_folder: Path, tmp_path: Path, at
) -> None:
    messages = desktop.messages
    assert isinstance(messages, Scripted)
    at(8, month=1)
    page = secretary.enter(branch_folder, PledgesPage)
    propose(secretary, page, messages, tmp_path)
    at(20, month=2)
    review_and_publish(secretary, page, at)
    fulfil(secretary, page, messages, tmp_path, at)
    at(20, month=12)
    appraise(secretary, page)
    papers(secretary, page, tmp_path)
    check(desktop)
    read_the_results(secretary)
    assert messages.errors == []
    assert messages.problems == []


def propose(secretary, page: PledgesPage, messages: Scripted, folder: Path) -> None:
    secretary.press(page, "open_round")
    secretary.fill(theme="立足岗位作表率")
    messages.prepare(table(folder))
    secretary.trigger(page, "导入…")
    secretary.settle()
    secretary.press(secretary.dialog(PledgeImportDialog), "accept_import")
    secretary.trigger(page, "套用模板…")
    dialog = secretary.dialog(MakeDialog)
    assert len(dialog.chosen()) == 60  # the branch and everybody but the one imported
    secretary.press(dialog, "make_button")
    assert len(page.panel.model.ids) == 61


def review_and_publish(secretary, page: PledgesPage, at) -> None:
    step(secretary, page, "审诺…", ids_of(page, RETURNED), opinion="return", remark="写明次数")
    others = [one for one in ids_of(page) if one not in ids_of(page, RETURNED)]
    step(secretary, page, "审诺…", others, person="支委会")
    editor = editor_of(secretary, page, RETURNED)
    model = editor.words.table.model
    model.setData(model.index(0, TEXT), "全年听课20节")
    editor.save()
    secretary.settle()
    step(secretary, page, "审诺…", ids_of(page, RETURNED), opinion="amend", person="支委会")
    at(1, month=3)
    step(secretary, page, "亮诺…", ids_of(page), place="公开栏")
    assert set(secretary.column(page.panel, "state")) == {"已公示"}
    step(secretary, page, "登记签字…", ids_of(page))
    assert set(secretary.column(page.panel, "signed_on")) == {"2026-03-01"}


def fulfil(secretary, page: PledgesPage, messages: Scripted, folder: Path, at) -> None:
    at(10, month=5)
    step(secretary, page, "登记践诺…", ids_of(page), text="义务植树", minutes="2")
    editor = editor_of(secretary, page, BUSY)
    editor.tabs.setCurrentIndex(DEEDS)
    editor.deeds.record()
    secretary.fill(text="与学生谈心", minutes="1", witness=NAMES[0])
    messages.prepare(photo(folder))
    editor.deeds.files.add_actions[0].trigger()
    secretary.settle()
    editor.deeds.mark_done()
    secretary.fill(note="全部完成")
    editor.done(0)
    step(secretary, page, "撤回…", ids_of(page, LEAVING), remark="调离学校")
    reword(secretary, page, CHANGED, "全年撰写学习笔记24篇", remark="笔误", way="correction")
    reword(secretary, page, RENEWED, "全年听课30节", remark="岗位变动", way="change")
    renewed = ids_of(page, RENEWED)
    for act, values in (("审诺…", {"person": "支委会"}), ("亮诺…", {"place": "公开栏"}), ("开始践诺…", {})):
        step(secretary, page, act, renewed, **values)
    at(1, month=7)
    page.show_overview()
    overview = secretary.dialog(OverviewDialog)
    overview.choice.setCurrentIndex(0)
    overview.fill()
    secretary.press(overview, "save_button")


def reword(secretary, page: PledgesPage, name: str, text: str, **why: object) -> None:
    """Change the first item of a pledge that was shown, and say why."""
    editor = editor_of(secretary, page, name)
    editor.words.unlock_button.click()
    model = editor.words.table.model
    model.setData(model.index(0, TEXT), text)
    editor.save()
    secretary.fill(**why)
    if shiboken6.isValid(editor):
        editor.done(0)


def appraise(secretary, page: PledgesPage) -> None:
    page.reload()
    secretary.settle()
    assert page.reminding.isVisible()
    page.panel.select([one.id for one in page.view.pledges if one.state is State.FULFILLING])
    secretary.trigger(page.panel, "评诺…")
    dialog = secretary.dialog(AppraisalDialog)
    assert dialog.list.count() == 60
    for row in range(60):
        dialog.list.setCurrentRow(row)
        for name, votes in (("issued", "60"), ("returned", "58"), ("grade0", "50"), ("grade1", "8")):
            dialog.cells["members"][name].setText(votes)
        dialog.grade.setCurrentIndex(1 if row else 2)
        dialog.decided_by.setCurrentIndex(dialog.decided_by.findData(Body.ASSEMBLY.value))
        dialog.decided_on.setText("2026.12.19")
        dialog._on_edited()
    assert dialog.results["members"].text().startswith("有效58票，无效0票")
    secretary.press(dialog, "save_button")
    assert not shiboken6.isValid(dialog) or not dialog.isVisible()
    assert sorted(secretary.column(page.panel, "state")) == sorted(["已评"] * 60 + ["已撤回"])


def papers(secretary, page: PledgesPage, folder: Path) -> None:
    """Every paper of the round is made; each bears what it should."""
    for number, (text, words) in enumerate(
        (
            ("全部承诺书…", NAMES[59]),
            ("全支部海报（A3）…", "公开承诺"),
            ("公示名单…", NAMES[59]),
            ("践诺台账（附照片）…", "义务植树"),
            ("评诺汇总表…", NAMES[59]),
            ("年中小结…", "截至2026年6月30日"),
            ("空白表…", "承诺书"),
        )
    ):
        secretary.trigger(page, text)
        secretary.settle()
        assert words in secretary.paper(folder / f"{number}.pdf"), text


def check(desktop: Desktop) -> None:
    """What the members' pages are told."""
    assert desktop.library is not None
    pledges = {one.name: one for one in desktop.library.read(lambda s: pledges_of(s, 1))}
    assert [item.text for item in pledges[IMPORTED].items] == ["帮扶学生", "听课"]
    assert pledges[CHANGED].versions[0].reason == "笔误"
    assert pledges[RENEWED].version == 2
    assert pledges[RENEWED].items[0].text == "全年听课30节"
    assert pledges[LEAVING].withdrawn_reason == "调离学校"
    assert len(pledges[BUSY].deeds) == 2
    assert [len(deed.papers) for deed in pledges[BUSY].deeds if "谈心" in deed.text] == [1]
    member = pledges[BUSY].member_id
    assert member is not None
    (result,) = desktop.library.read(lambda s: member_results(s, member))
    assert (result.grade, result.done, result.deeds) == ("好", 1, 2)


def read_the_results(secretary) -> None:
    """The member's form in the roster leads to what came of the pledge."""
    roster = secretary.turn_to(RosterPage)
    names = secretary.column(roster.table, "name")
    shown: list[list[str]] = []

    def look(form: MemberDialog) -> None:
        secretary.press(form, "member_pledges_button")
        results = secretary.dialog(ResultsDialog)
        shown.append([secretary.column(results.panel, key)[0] for key in ("year", "state", "grade", "deeds")])
        results.done(0)

    secretary.meanwhile(MemberDialog, look)
    roster.table.opened.emit(roster.table.model.ids[names.index(BUSY)])
    secretary.settle()
    assert shown == [["2026年", "已评", "好", "2"]]
