"""A year of dues of sixty members, told through the real window.

The year is opened, the finance office's pay list imported, every month collected with its exceptions, at a meeting too;
relief is decided, a receipt taken back, arrears are explained, months closed, quarters handed up, money spent, the year
published and every paper printed; in the end everything reconciles to the 分.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
import shiboken6
from openpyxl import load_workbook
from PySide6.QtCore import QItemSelectionModel, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox

from partyroom.app import main
from partyroom.core.calendar import RecordedDate
from partyroom.core.money import yuan
from partyroom.desktop import Desktop
from partyroom.features.dues.arrears_dialog import ArrearsDialog
from partyroom.features.dues.closing_dialog import ClosingDialog
from partyroom.features.dues.collect_dialog import CollectDialog
from partyroom.features.dues.collect_model import AMOUNT, NAME, PAYER, PAYER_NAME
from partyroom.features.dues.ledger import CellState
from partyroom.features.dues.ledger_model import CELL
from partyroom.features.dues.page import DuesPage
from partyroom.features.dues.pay_import_dialog import PayImportDialog
from partyroom.features.dues.payment_dialog import PaymentDialog
from partyroom.features.dues.relief_dialog import ReliefForm, ReliefsDialog
from partyroom.features.exchange.page import RosterPage
from partyroom.features.meetings.meeting_dialog import MeetingDialog
from partyroom.features.meetings.page import MeetingsPage
from partyroom.features.members.domain import Employment, MemberDraft, PostKind
from partyroom.features.members.member_dialog import MemberDialog
from partyroom.features.members.service import admit_member, appoint_committee
from partyroom.features.organisation.domain import Branch
from partyroom.features.organisation.service import open_term, save_branch
from partyroom.storage.library import Library
from partyroom.ui.messages import Scripted
from partyroom.ui.print_preview import PrintPreview

SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许"
NAMES = tuple(f"{surname}样{given}" for given in "甲乙丙" for surname in SURNAMES)
COLLECTOR = NAMES[1]
LATE, PARTIAL, GENEROUS, SICK, AHEAD, LARGE, BEHIND, NEEDY, MISTAKEN = NAMES[3:12]
RETIRED, STUDENT, NEW = NAMES[57:]
PAY = ((2000, 1400, 500), (3000, 2000, 500), (5000, 4000, 1000))
"""岗位工资, 薪级工资, 公积金 of three kinds of people: bases of 2900, 4500 and 8000 yuan."""
DUE = (1450, 4500, 12000)
"""What the three pay a month in 分: 0.5 %, 1 % and 1.5 % of the whole base (2008 Art 3)."""


def due_of(name: str) -> int:
    """What a member pays a month, in 分, reckoned apart from the program."""
    fixed = {RETIRED: 2400, STUDENT: 20}
    return fixed.get(name) or DUE[NAMES.index(name) % 3]


def due_through(last: int) -> int:
    """What all owe from January to a month; who joined on 20 May from May, who was relieved from April not any more."""
    months = {NEW: max(last - 4, 0), NEEDY: min(last, 3)}
    return sum(due_of(name) * months.get(name, last) for name in NAMES)


@pytest.fixture
def branch_folder(empty_library_folder: Path, tmp_path: Path, person: Callable[..., MemberDraft], at) -> Path:
    """Sixty members in three groups: one retired, one student, one probationary since May; closed."""
    at(5, month=1)
    apart: dict[str, dict[str, object]] = {
        RETIRED: {"employment": Employment.RETIRED},
        STUDENT: {"employment": Employment.STUDENT},
        NEW: {"category": "probationary", "joined": "2026-05-20", "full_since": None},
    }

    def fill(session) -> None:
        save_branch(session, Branch("样例小学党支部"))
        ids = []
        for number, name in enumerate(NAMES):
            fields = {"employment": Employment.ON_DUTY, "group": f"第{'一二三'[number % 3]}党小组"}
            ids.append(admit_member(session, person(name, **fields | apart.get(name, {}))))
        term = open_term(session, "第六届", date(2024, 11, 22))
        posts = (PostKind.SECRETARY, PostKind.ORGANISATION, PostKind.PUBLICITY)
        appoint_committee(session, term, date(2024, 11, 22), dict(zip(posts, ids[:3], strict=True)))

    folder = tmp_path / "样例支部"
    shutil.copytree(empty_library_folder, folder)
    with Library.open(folder) as library:
        library.write("样例", fill)
    return folder


class Treasurer:
    """Keeps the dues: what is done month after month."""

    def __init__(self, secretary, page: DuesPage, messages: Scripted, papers: Path) -> None:
        self.secretary = secretary
        self.page = page
        self.messages = messages
        self.papers = papers

    def section(self, number: int):
        """Bring a section to the front and read it again, as it is on a new day."""
        self.page.show_section(number)
        self.page.reload()
        self.secretary.settle()
        return self.page.sections[number]

    def read(self, name: str) -> str:
        """Save the open preview and read it."""
        return self.secretary.paper(self.papers / f"{name}.pdf")

    def row(self, name: str) -> int:
        """Where somebody stands in the ledger."""
        return next(row for row, line in enumerate(self.page.ledger.grid.model.lines) if line.name == name)

    def states(self, name: str) -> list[CellState]:
        """How somebody stands, month by month."""
        model, row = self.page.ledger.grid.model, self.row(name)
        return [model.index(row, month).data(CELL).state for month in range(12)]

    def select(self, name: str, *months: int) -> None:
        """Choose months of somebody in the grid."""
        grid = self.page.ledger.grid
        flags = QItemSelectionModel.SelectionFlag
        places = [grid.model.index(self.row(name), month - 1) for month in months]
        grid.view.setCurrentIndex(places[0])
        for place in places:
            grid.view.selectionModel().select(place, flags.Select)

    def begin_collecting(self) -> CollectDialog:
        """The first click of a month: 收本月党费."""
        self.secretary.trigger(self.page.ledger, "收本月党费")
        return self.secretary.dialog(CollectDialog)

    def finish_collecting(self, dialog: CollectDialog, *absent: str) -> None:
        """Untick the exceptions with the space bar, and click 收讫."""
        untick(dialog, *absent)
        self.secretary.press(dialog, "collect_button")
        assert not (shiboken6.isValid(dialog) and dialog.isVisible()), dialog.problem.text()

    def collect(self, *absent: str) -> None:
        """A month like any other."""
        self.finish_collecting(self.begin_collecting(), *absent)

    def close(self, *months: int) -> None:
        """Close months, the earliest first."""
        for month in months:
            self.secretary.trigger(self.page.ledger, "月份结账…")
            dialog = self.secretary.dialog(ClosingDialog)
            assert dialog.month == date(2026, month, 1)
            self.messages.prepare(True)
            self.secretary.press(dialog, "close_month_button")

    def read_the_record(self, form: MemberDialog) -> None:
        """The button of the member's form shows what was paid."""
        self.secretary.press(form, "member_dues_button")
        text = self.read("个人")
        for words in (LATE, "补交", "14.50", "174.00"):
            assert words in text, words

    def hand_up(self, share: str) -> str:
        """Hand up what is proposed and read the slip."""
        funds = self.section(3)
        assert share in funds.proposal.text()
        self.secretary.press(funds, "remit_button")
        self.secretary.fill(handled_by=COLLECTOR, counterpart="样例收款人", organisation="样例县教育局机关党委")
        funds.panel.select(funds.panel.model.ids[:1])
        self.secretary.trigger(funds.panel, "打印上交单")
        return self.read("上交单")


def untick(dialog: CollectDialog, *names: str) -> None:
    """Leave out these people as the keyboard does."""
    for row, line in enumerate(dialog.model.lines):
        if line.name in names:
            dialog.view.setCurrentIndex(dialog.model.index(row, NAME))
            QTest.keyClick(dialog.view, Qt.Key.Key_Space)
    assert {line.name for line in dialog.model.lines if not line.ticked} == set(names)


def put(dialog: CollectDialog, name: str, column: int, text: str) -> None:
    """Change a cell of the list."""
    row = next(row for row, line in enumerate(dialog.model.lines) if line.name == name)
    assert dialog.model.setData(dialog.model.index(row, column), text)


def test_a_year_of_dues_of_sixty_members(
    desktop: Desktop, secretary, branch_folder: Path, tmp_path: Path, at: Callable[..., None], save_xlsx
) -> None:
    messages = desktop.messages
    assert isinstance(messages, Scripted)
    page = secretary.enter(branch_folder, DuesPage)
    treasurer = Treasurer(secretary, page, messages, tmp_path)
    open_the_year(treasurer)
    assess_everybody(treasurer, save_xlsx)
    first_quarter(treasurer, at)
    second_quarter(treasurer, at)
    third_quarter(treasurer, at)
    collect_at_the_meeting(treasurer, at)
    end_of_the_year(treasurer, at)
    everything_reconciles(treasurer)
    look_at_the_charts(treasurer)
    print_what_is_left(treasurer)
    assert messages.errors == []
    assert messages.problems == []
    assert desktop.window is not None
    desktop.window.close()
    assert main(["--library", str(branch_folder), "check"]) == 0


def open_the_year(treasurer: Treasurer) -> None:
    """60 % go up every quarter; the books begin with 200 yuan."""
    ledger = treasurer.section(0)
    assert "2026年度还没有开立" in ledger.grid.note.text.text()
    ledger.grid.note.button.click()
    treasurer.secretary.settle()
    treasurer.secretary.fill(base_month=RecordedDate("2025-12"), share=60, every="quarter")
    assert ledger.collect_action.isEnabled()
    funds = treasurer.section(3)
    treasurer.secretary.trigger(funds, "期初结存…")
    treasurer.secretary.fill(on_day=date(2026, 1, 1), amount_fen=20000)
    assert "200.00" in funds.balance.text()


def assess_everybody(treasurer: Treasurer, save_xlsx) -> None:
    """The finance office's list for those at work; pension and student by hand; the 审核表 to be signed."""
    bases = treasurer.section(1)
    treasurer.messages.prepare(pay_list(save_xlsx))
    treasurer.secretary.trigger(bases, "从Excel导入工资项目")
    dialog = treasurer.secretary.dialog(PayImportDialog)
    assert dialog.accept_button.text() == "导入（核定58人）"
    treasurer.secretary.press(dialog, "accept_pay_import")
    assert bases.note.text() == "还有2人未核定。"
    select = treasurer.secretary.select
    select(bases.panel, [STUDENT])
    treasurer.secretary.trigger(bases.panel, "按定额核定…")
    treasurer.secretary.fill(category="student")
    select(bases.panel, [RETIRED])
    treasurer.secretary.trigger(bases.panel, "核定…")
    treasurer.secretary.fill(category="retired", base=480000)
    assert bases.note.text() == "2026年度60人的基数都已核定。"
    dues = dict(zip(treasurer.secretary.column(bases.panel, "name"), monthly(treasurer, bases), strict=True))
    assert dues == {name: yuan(due_of(name)) for name in NAMES}
    treasurer.secretary.trigger(bases, "打印审核表")
    text = treasurer.read("审核表")
    for words in ("基数审核表", *NAMES, "8000.00", "120.00", "24.00"):
        assert words in text, words
    select(bases.panel, [GENEROUS])
    treasurer.secretary.trigger(bases.panel, "打印核定单")
    text = treasurer.read("核定单")
    for words in (GENEROUS, "岗位工资", "5000.00", "住房公积金", "120.00"):
        assert words in text, words


def monthly(treasurer: Treasurer, bases) -> list[str]:
    return treasurer.secretary.column(bases.panel, "due")


def pay_list(save_xlsx) -> Path:
    """As a finance office makes it: a title, a serial number, spaced names, a sum at the foot."""
    rows: list[list[object]] = [
        ["样例小学2025年12月工资发放表"],
        ["序号", "姓 名", "岗位工资", "薪级工资", "交通补贴", "住房公积金", "备注"],
    ]
    for number, name in enumerate(NAMES):
        if name not in (RETIRED, STUDENT):
            post, grade, fund = PAY[number % 3]
            spaced = f"{name[0]} {name[1:]}" if number % 7 == 0 else name
            rows.append([number + 1, spaced, post, f"{grade:,}.00", 300, fund, ""])
    rows.append(["", "合计", "", "", "", "", "制表：样例"])
    return save_xlsx(rows, merges=["A1:G1"], name="2025年12月工资.xlsx")


def first_quarter(treasurer: Treasurer, at: Callable[..., None]) -> None:
    """Late, partial and generous payers; a receipt taken back; three months closed and handed up."""
    ledger = treasurer.section(0)
    at(12, month=1)
    dialog = treasurer.begin_collecting()
    assert len(dialog.model.lines) == 59  # the new member owes from May
    put(dialog, PARTIAL, AMOUNT, "20")
    treasurer.finish_collecting(dialog, LATE, BEHIND)
    assert treasurer.states(PARTIAL)[0] is CellState.PARTIAL
    at(12, month=2)
    dialog = treasurer.begin_collecting()
    put(dialog, GENEROUS, AMOUNT, "125")
    put(dialog, SICK, PAYER, "relative")
    put(dialog, SICK, PAYER_NAME, "样例亲属")
    treasurer.finish_collecting(dialog, LATE, BEHIND)
    treasurer.select(PARTIAL, 1)
    pay_chosen(treasurer, 2500)
    assert treasurer.states(PARTIAL)[:2] == [CellState.LATE, CellState.PAID]
    at(12, month=3)
    treasurer.collect(LATE, BEHIND)
    treasurer.select(LATE, 1, 2, 3)
    pay_chosen(treasurer, 3 * due_of(LATE))
    assert treasurer.states(LATE)[:3] == [CellState.LATE, CellState.LATE, CellState.PAID]
    take_back_and_receive_anew(treasurer)
    at(8, month=4)
    assert ledger.strip.isHidden()
    treasurer.section(0)
    assert ledger.strip_text.text() == "连续未交党费：3至4个月的1人（提示）。"
    treasurer.close(1, 2, 3)
    treasurer.hand_up("按60%上交")
    spend(treasurer)


def pay_chosen(treasurer: Treasurer, amount_fen: int) -> None:
    """What is open in the chosen months of one member is proposed, and paid."""
    treasurer.secretary.trigger(treasurer.page.ledger, "收选中的…")
    dialog = treasurer.secretary.dialog(PaymentDialog)
    assert dialog.values()["amount_fen"] == amount_fen
    treasurer.secretary.fill()


def take_back_and_receive_anew(treasurer: Treasurer) -> None:
    """The receipt stays, another with the opposite sign stands beside it, and a third is right."""
    receipts = treasurer.section(2)
    treasurer.secretary.choose(receipts, "filter_month", "3月")
    treasurer.secretary.select(receipts.panel, [MISTAKEN])
    treasurer.secretary.trigger(receipts.panel, "冲正…")
    treasurer.secretary.fill(reason="方式登记错误，应为微信")
    assert treasurer.secretary.column(receipts.panel, "name").count(MISTAKEN) == 2
    treasurer.section(0)
    assert treasurer.states(MISTAKEN)[2] is not CellState.PAID
    treasurer.select(MISTAKEN, 3)
    treasurer.secretary.trigger(treasurer.page.ledger, "收选中的…")
    treasurer.secretary.fill(method="wechat")
    assert treasurer.states(MISTAKEN)[2] is CellState.PAID
    receipts = treasurer.section(2)
    treasurer.secretary.choose(receipts, "filter_state", "有效")
    treasurer.secretary.select(receipts.panel, [MISTAKEN])
    treasurer.secretary.trigger(receipts.panel, "打印收据")
    text = treasurer.read("收据")
    for words in (MISTAKEN, "壹佰贰拾元整", "微信", "2026年3月", "收据", "存根"):
        assert words in text, words
    treasurer.secretary.choose(receipts, "filter_state", "全部")
    treasurer.secretary.choose(receipts, "filter_month", "全部")


def spend(treasurer: Treasurer) -> None:
    """300 yuan for journals, decided by the committee before it was spent."""
    funds = treasurer.section(3)
    treasurer.secretary.trigger(funds, "登记使用")
    treasurer.secretary.fill(
        used_for="reading",
        amount_fen=30000,
        matter="订阅党刊12份",
        decided_on=date(2026, 4, 2),
        decided_by="支委会",
        approved_by=NAMES[0],
        approved_on=date(2026, 4, 3),
        voucher="FP001",
    )
    assert "订阅报刊、资料和设备 订阅党刊12份" in treasurer.secretary.column(funds.panel, "matter")


def second_quarter(treasurer: Treasurer, at: Callable[..., None]) -> None:
    """A quarter ahead with consent; relief with its decisions; five months without a payment are pointed out."""
    treasurer.section(0)
    pay_a_quarter(treasurer)
    relieve(treasurer)
    treasurer.collect(BEHIND)
    at(12, month=5)
    treasurer.collect(BEHIND)
    assert treasurer.states(AHEAD)[3:6] == [CellState.PAID, CellState.AHEAD, CellState.AHEAD]
    assert treasurer.states(NEEDY)[2:5] == [CellState.PAID, CellState.EXEMPT, CellState.EXEMPT]
    assert treasurer.states(NEW)[3:5] == [CellState.NONE, CellState.PAID]
    at(2, month=6)
    ledger = treasurer.section(0)
    assert not ledger.strip.isHidden()
    assert ledger.strip_text.text() == "连续未交党费：5个月的1人（提醒）。"
    at(12, month=6)
    treasurer.collect(BEHIND)


def pay_a_quarter(treasurer: Treasurer) -> None:
    treasurer.select(AHEAD, 4)
    treasurer.secretary.trigger(treasurer.page.ledger, "收一人党费…")
    treasurer.secretary.fill(
        amount_fen=3 * due_of(AHEAD), surplus="ahead", consent_note="支委会2026年4月2日同意按季度交纳"
    )


def relieve(treasurer: Treasurer) -> None:
    """Without the superior's approval a member at work is refused, with the article."""
    treasurer.select(NEEDY, 4)
    treasurer.secretary.trigger(treasurer.page.ledger, "少交、免交…")
    reliefs = treasurer.secretary.dialog(ReliefsDialog)
    treasurer.secretary.press(reliefs, "add_relief_button")
    form = treasurer.secretary.dialog(ReliefForm)
    for key, value in (
        ("kind", "exempt"),
        ("from_month", RecordedDate("2026-04")),
        ("reason", "重病，生活困难"),
        ("applied_on", date(2026, 3, 26)),
        ("branch_on", date(2026, 4, 2)),
    ):
        form.grid.cells[key].editor.set_value(value)
    form.submit()
    treasurer.secretary.settle()
    assert "2008年规定第七条" in form.grid.cells["superior_on"].note.text()
    treasurer.secretary.fill(superior_on=date(2026, 4, 7), superior="样例县教育局机关党委")
    assert treasurer.secretary.column(reliefs.panel, "name") == [NEEDY]
    reliefs.panel.select(reliefs.panel.model.ids)
    treasurer.secretary.trigger(reliefs.panel, "打印审批表")
    text = treasurer.read("审批表")
    for words in (NEEDY, "重病，生活困难", "免交", "2026年4月7日"):
        assert words in text, words
    reliefs.accept()


def third_quarter(treasurer: Treasurer, at: Callable[..., None]) -> None:
    """A large sum goes up whole; six months are a warning until the branch accepts a reason."""
    at(2, month=7)
    ledger = treasurer.section(0)
    assert ledger.strip_text.text() == "连续未交党费：6个月以上的1人（预警）。"
    explain_the_arrears(treasurer)
    assert ledger.strip.isHidden()
    treasurer.close(4, 5, 6)
    treasurer.hand_up("按60%上交")
    give_a_large_sum(treasurer)
    for month in (7, 8, 9):
        at(12, month=month)
        treasurer.section(0)
        treasurer.collect(BEHIND)
    at(9, month=10)
    treasurer.close(7, 8, 9)
    treasurer.hand_up("按60%上交")
    treasurer.section(0)
    treasurer.collect(BEHIND)


def explain_the_arrears(treasurer: Treasurer) -> None:
    treasurer.secretary.press(treasurer.page.ledger, "arrears_button")
    arrears = treasurer.secretary.dialog(ArrearsDialog)
    assert treasurer.secretary.column(arrears.panel, "name") == [BEHIND]
    assert treasurer.secretary.column(arrears.panel, "run") == ["6个月"]
    assert "请支部核实" in treasurer.secretary.column(arrears.panel, "text")[0]
    treasurer.secretary.select(arrears.panel, [BEHIND])
    treasurer.secretary.trigger(arrears.panel, "记录原因…")
    treasurer.secretary.fill(
        from_month=RecordedDate("2026-01"),
        until_month=None,
        reason="赴外地照料病人，回校后补交",
        accepted_on=date(2026, 7, 1),
        accepted_by="支委会",
    )
    assert treasurer.secretary.column(arrears.panel, "level") == [""]
    arrears.accept()


def give_a_large_sum(treasurer: Treasurer) -> None:
    treasurer.section(0)
    treasurer.select(LARGE, 7)
    treasurer.secretary.trigger(treasurer.page.ledger, "收一人党费…")
    treasurer.secretary.fill(amount_fen=100_000, purpose="large")
    funds = treasurer.section(3)
    assert "大额党费待上交 1,000.00 元" in funds.large.text()
    treasurer.secretary.press(funds, "remit_large_button")
    treasurer.secretary.fill(handled_by=COLLECTOR)
    assert funds.large.isHidden()


def collect_at_the_meeting(treasurer: Treasurer, at: Callable[..., None]) -> None:
    """现场交纳党费 opens the month's sheet for those who are present; the others pay later in the month."""
    at(12, 16)
    meetings = treasurer.secretary.turn_to(MeetingsPage)
    treasurer.secretary.trigger(meetings, "新建会议")
    editor = treasurer.secretary.dialog(MeetingDialog)
    kinds = editor.findChild(QComboBox, "field_kind")
    assert kinds is not None
    kinds.setCurrentText("主题党日")
    for name, text in (("field_title", "十一月主题党日"), ("field_start", "15:30"), ("field_end", "16:30")):
        treasurer.secretary.type_into(editor, name, text)
    treasurer.secretary.qtbot.waitUntil(lambda: len(editor.attendance.lines) == len(NAMES), timeout=20_000)
    editor.go_to("attendance")
    view = editor.attendance.view
    view.setFocus()
    for row, line in enumerate(editor.attendance.lines):
        if line.name in (SICK, BEHIND):
            view.go_to(row)
            QTest.keyClick(view, Qt.Key.Key_3)  # 请假
    editor.go_to("agenda")
    treasurer.secretary.press(editor, "collect_dues_button")
    sheet = treasurer.secretary.dialog(CollectDialog)
    assert {line.name for line in sheet.model.lines} == set(NAMES) - {SICK, BEHIND, NEEDY}
    assert sheet.grid.values()["occasion"] == "十一月主题党日"
    treasurer.finish_collecting(sheet)
    editor.save()
    treasurer.secretary.settle()
    at(20)
    treasurer.secretary.turn_to(DuesPage)
    treasurer.section(0)
    treasurer.collect(BEHIND)
    catch_up(treasurer)


def catch_up(treasurer: Treasurer) -> None:
    """Eleven months in one go need a word of explanation, in months that are closed too."""
    treasurer.select(BEHIND, 11)
    treasurer.secretary.trigger(treasurer.page.ledger, "收一人党费…")
    treasurer.secretary.fill(amount_fen=11 * due_of(BEHIND), note="在外照料病人，经支委会认可后补交")
    assert treasurer.states(BEHIND)[:11] == [CellState.LATE] * 10 + [CellState.PAID]


def end_of_the_year(treasurer: Treasurer, at: Callable[..., None]) -> None:
    """The signature sheet of December, the ledger, the publication, and a year in which nobody owes anything."""
    at(10, month=12)
    treasurer.section(0)
    treasurer.close(10, 11)
    treasurer.collect()
    treasurer.secretary.trigger(treasurer.page.ledger, "交纳签名表…")
    treasurer.secretary.fill(month=date(2026, 12, 1))
    text = treasurer.read("签名表")
    for words in ("2026年12月", *NAMES, "120.00", "免交"):
        assert words in text, words
    funds = treasurer.section(3)
    treasurer.secretary.trigger(funds, "打印年度公示…")
    text = treasurer.read("公示")
    assert "没有欠交" in text
    assert "300.00" in text
    assert f"应交党费{yuan(due_through(11))}元" in text
    assert not any(name in text for name in NAMES)
    treasurer.secretary.trigger(funds, "打印党费使用台账…")
    text = treasurer.read("使用台账")
    for words in ("订阅党刊12份", "300.00", "FP001", "支委会"):
        assert words in text, words
    treasurer.secretary.trigger(funds, "登记已经公示…")
    treasurer.secretary.fill(on_day=date(2026, 12, 10), place="支部公开栏", by=COLLECTOR)
    assert "2026年12月10日在支部公开栏公示" in funds.publication.text()


def everything_reconciles(treasurer: Treasurer) -> None:
    """Ledger, receipts and purse agree with what the test reckons by itself."""
    due = due_through(12)
    ledger = treasurer.section(0)
    total = yuan(due, grouped=True)
    assert ledger.summary.text() == f"60人　应交{total}　实交{total}　欠交0.00元"
    funds = treasurer.section(3)
    overview = funds.overview
    assert overview.reconciliation.holds
    received = due + 500  # one gave five yuan more
    assert overview.reconciliation.received_fen == received
    balance = overview.balance
    assert balance.balance_fen == 20000 + received - balance.remitted_fen - 30000
    assert balance.large_remitted_fen == 100_000
    assert balance.large_fen == 0


def look_at_the_charts(treasurer: Treasurer) -> None:
    """The charts are drawn from the same figures; in December one was relieved."""
    shown = treasurer.section(4).charts
    assert shown.collected[11].due_fen == due_through(12) - due_through(11)
    assert sum(month.paid_fen for month in shown.collected) == due_through(12)
    assert {month.total for month in shown.arrears} == {0}


def print_what_is_left(treasurer: Treasurer) -> None:
    """The ledger of the year, in Excel too, and the record of one member, from the member's form in the roster."""
    treasurer.section(0)
    treasurer.secretary.trigger(treasurer.page.ledger, "年度台账")
    preview = treasurer.secretary.dialog(PrintPreview)
    workbook = treasurer.papers / "台账.xlsx"
    treasurer.messages.prepare(workbook)
    treasurer.secretary.trigger(preview, "另存为 Excel…")
    text = treasurer.read("台账")
    for words in (*NAMES, yuan(due_through(12))):
        assert words in text, words
    written = {cell.value for row in load_workbook(workbook).active for cell in row}
    assert set(NAMES) < written
    roster = treasurer.secretary.turn_to(RosterPage)
    names = treasurer.secretary.column(roster.table, "name")
    looking = treasurer.secretary.meanwhile(MemberDialog, treasurer.read_the_record)
    roster.table.opened.emit(roster.table.model.ids[names.index(LATE)])
    treasurer.secretary.settle()
    assert not looking.isActive()
