"""纪要通报: which departments have the notice, who acknowledged it, and the papers that go to them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QMenu, QPushButton, QVBoxLayout, QWidget

from partyroom.core.calendar import RecordedDate, today
from partyroom.core.errors import DomainError
from partyroom.core.text import safe_file_name
from partyroom.features.meetings import notice_service as service
from partyroom.features.meetings.domain import MeetingDetail
from partyroom.features.meetings.notice_list_page import COLUMNS, EVERYWHERE, DeliverySource, summary
from partyroom.features.meetings.notices import Address, DeliveryState, Distribution
from partyroom.features.organisation.domain import Branch
from partyroom.features.organisation.service import list_departments
from partyroom.ui.desk import Desk
from partyroom.ui.dialog import Dialog
from partyroom.ui.form import Field, FormDialog, Kind
from partyroom.ui.naming import named
from partyroom.ui.progress import Progress
from partyroom.ui.saving import save_bytes
from partyroom.ui.table import Filter, TablePanel
from partyroom.ui.theme import scaled

Notices = tuple[list[tuple[MeetingDetail, Distribution]], Branch]


class NoticeDialog(Dialog):
    """The notices of the meetings chosen in the list, or of all meetings whose distribution was begun."""

    def __init__(self, desk: Desk, meeting_ids: Sequence[int], parent: QWidget | None = None) -> None:
        super().__init__("纪要通报", parent)
        self.setObjectName("notice_dialog")
        self.setWindowFlag(Qt.WindowType.WindowMaximizeButtonHint)
        self._desk = desk
        self._meetings = tuple(meeting_ids)
        self._source = DeliverySource(meeting_ids)
        self.caution = named(QLabel(), "notice_caution")
        self.caution.setTextFormat(Qt.TextFormat.PlainText)
        self.caution.setWordWrap(True)
        self.caution.hide()
        self.panel = TablePanel(
            desk,
            "notices",
            COLUMNS,
            self._source,
            filters=(
                Filter("scope", "范围", ((EVERYWHERE, "所有已分发的会议"),)),
                Filter("state", "状态", [(state.value, state.label) for state in DeliveryState]),
            ),
            placeholder="搜索会议、科室、缺席人员…",
            empty_text="没有可以通报的会议纪要。\n会议召开以后，纪要发给所有科室；科室在党员花名册的“党小组和科室”里登记。",
            noun="份",
            summary=summary,
        )
        scope = self.panel.findChild(QComboBox, "filter_scope")
        assert scope is not None
        scope.setItemText(0, "所选会议")
        self._lay_out()
        desk.tasks.data_changed.connect(self._on_data_changed)
        self._reload()

    def _lay_out(self) -> None:
        self.panel.add_row_action("标为已发…", "check", self._on_sent_asked)
        self.panel.add_row_action("登记签收…", "list-check", self._on_acknowledge_asked)
        self.panel.add_row_action("撤回登记", "undo", self._on_withdraw_asked)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(scaled(16), scaled(12), scaled(16), scaled(12))
        layout.setSpacing(scaled(10))
        layout.addWidget(self.caution)
        layout.addWidget(self.panel, 1)
        layout.addLayout(self._buttons())

    def _buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        for text, name, slot in (
            ("全部标为已发…", "send_all_button", self.send_all),
            ("分发范围…", "departments_button", self.choose_departments),
        ):
            row.addWidget(self._button(text, name, slot))
        row.addStretch(1)
        menu = QMenu(self)
        for text, name, slot in (
            ("每科室一份，合并预览", "print_departments", self.print_departments),
            ("每科室一个文件…", "save_departments", self.save_departments),
            ("签收单", "print_receipts", self.print_receipts),
        ):
            action = menu.addAction(text, slot)
            action.setObjectName(name)
        printing = self._button("打印", "print_button", None)
        printing.setMenu(menu)
        row.addWidget(printing)
        row.addWidget(self._button("关闭", "close_button", self.reject))
        return row

    def _button(self, text: str, name: str, slot: Callable[[], object] | None) -> QPushButton:
        button = named(QPushButton(text), name)
        button.setAutoDefault(False)
        if slot is not None:
            button.clicked.connect(slot)
        return button

    def sizeHint(self) -> QSize:
        """Wide enough for the columns; the base class keeps it within the screen."""
        return QSize(scaled(1040), scaled(600))

    # Reading

    def _reload(self) -> None:
        self.panel.reload()
        read = partial(_read_distributions, self._meetings)
        self._desk.tasks.read(read, self._on_distributions_read, owner=self, key="caution")

    def _on_data_changed(self, kinds: frozenset[str]) -> None:
        if not kinds.isdisjoint({"notice_deliveries", "meetings", "attendance", "make_ups", "departments"}):
            self._reload()

    def _on_distributions_read(self, found: Sequence[Distribution]) -> None:
        people = [f"{p.name}（{one.label}）" for one in found for p in one.stranded]
        shown = "、".join(people[:6]) + (f"等{len(people)}人" if len(people) > 6 else "")
        self.caution.setText(f"缺席人员没有科室，或者所在科室不在分发范围，纪要里没有科室提到：{shown}。")
        self.caution.setVisible(bool(people))

    def _addresses(self, ids: Sequence[int]) -> list[Address]:
        return [row.address for row in self._source.rows(None, ids)]

    # Acts

    def send_all(self) -> None:
        """Mark every notice of the chosen meetings as sent, on a day to be confirmed."""
        self._desk.tasks.read(partial(_read_distributions, self._meetings), self._on_all_read, owner=self)

    def _on_all_read(self, found: Sequence[Distribution]) -> None:
        lines = [line for one in found for line in one.deliveries if line.state is DeliveryState.UNSENT]
        if not lines:
            done = "所选会议的纪要都已经标为已发。"
            none = "所选会议还没有召开，或者还没有登记科室。"
            self._desk.messages.problem("没有要标的", done if any(one.deliveries for one in found) else none)
            return
        self._ask_sent([(line.meeting_id, line.department) for line in lines])

    def _on_sent_asked(self, ids: Sequence[int]) -> None:
        self._ask_sent(self._addresses(ids))

    def _ask_sent(self, addresses: Sequence[Address]) -> None:
        fields = [Field("sent_on", "发出日期", Kind.DATE, required=True, exact=True)]
        values = {"sent_on": RecordedDate.of(today())}
        save = partial(self._store_sent, tuple(addresses))
        title = f"标为已发（{len(addresses)}份）"
        FormDialog(title, fields, values, self._desk, save=save, accept_text="标为已发", parent=self).open()

    def _store_sent(self, addresses: Sequence[Address], values: dict[str, object]) -> None:
        work = partial(_mark_sent, addresses, _exact(values["sent_on"]))
        self._desk.tasks.write("会议纪要标为已发", work, owner=self)

    def _on_acknowledge_asked(self, ids: Sequence[int]) -> None:
        addresses = self._addresses(ids)
        heads = {row.delivery.head for row in self._source.rows(None, ids)}
        fields = [
            Field("by", "签收人", hint="不填时各记科室负责人"),
            Field("day", "签收日期", Kind.DATE, required=True, exact=True),
        ]
        values = {"by": heads.pop() if len(heads) == 1 else "", "day": RecordedDate.of(today())}
        save = partial(self._store_acknowledged, tuple(addresses))
        title = f"登记签收（{len(addresses)}份）"
        FormDialog(title, fields, values, self._desk, save=save, accept_text="登记", parent=self).open()

    def _store_acknowledged(self, addresses: Sequence[Address], values: dict[str, object]) -> None:
        work = partial(_acknowledge, addresses, _exact(values["day"]), str(values["by"]))
        self._desk.tasks.write("登记会议纪要签收", work, owner=self)

    def _on_withdraw_asked(self, ids: Sequence[int]) -> None:
        addresses = self._addresses(ids)
        text = f"{len(addresses)}份纪要的发出和签收登记将被清除。"
        if self._desk.messages.ask("撤回登记？", text, accept="撤回", danger=True):
            self._desk.tasks.write("撤回会议纪要的登记", partial(_withdraw, tuple(addresses)), owner=self)

    def choose_departments(self) -> None:
        """Ask which departments get the notice of a meeting: of the selected line, or of the only one there is."""
        rows = self._source.rows(None, self.panel.selected_ids())
        meetings = {row.address[0] for row in rows} or set(self._meetings)
        if len(meetings) != 1:
            self._desk.messages.problem("请先选一次会议", "分发范围按会议设定，请在表里选中一次会议的一行。")
            return
        self._desk.tasks.read(partial(_read_range, meetings.pop()), self._on_range_read, owner=self)

    def _on_range_read(self, found: tuple[Distribution | None, list[str]]) -> None:
        distribution, names = found
        if distribution is None:
            return
        present = [line.department for line in distribution.deliveries]
        choices = [(name, name) for name in dict.fromkeys([*names, *present])]
        field = Field("departments", "发给", Kind.PEOPLE, required=True, choices=choices)
        save = partial(self._store_departments, distribution.meeting_id)
        values = {"departments": tuple(present)}
        FormDialog(f"分发范围：{distribution.label}", [field], values, self._desk, save=save, parent=self).open()

    def _store_departments(self, meeting_id: int, values: dict[str, object]) -> None:
        chosen = values["departments"]
        assert isinstance(chosen, tuple)
        work = partial(_choose, meeting_id, tuple(str(name) for name in chosen))
        self._desk.tasks.write("设定会议纪要的分发范围", work, owner=self)

    # Papers

    def print_departments(self) -> None:
        """Preview the notices, a copy for each department."""
        self._read_notices(self._on_notices_to_preview)

    def _read_notices(self, done: Callable[[Notices], None]) -> None:
        rows = self._source.rows(None, self.panel.selected_ids())
        meetings = tuple({row.address[0]: None for row in rows}) or self._meetings
        self._desk.tasks.read(partial(_read_notices, meetings), done, owner=self)

    def _on_notices_to_preview(self, notices: Notices) -> None:
        if self._nothing(notices):
            return
        work, done = partial(_typeset, notices), partial(self._show, "会议纪要（每科室一份）")
        self._desk.tasks.compute(work, done, owner=self, title="正在排版会议纪要")

    def _show(self, name: str, printed: tuple[bytes, tuple[str, ...]]) -> None:
        from partyroom.ui.print_preview import PrintPreview

        pdf, warnings = printed
        PrintPreview(self._desk, name, pdf, safe_file_name(name), warnings=warnings, parent=self).open()

    def save_departments(self) -> None:
        """Save a file for each department in a folder to be chosen."""
        self._read_notices(self._on_notices_to_save)

    def _on_notices_to_save(self, notices: Notices) -> None:
        if self._nothing(notices):
            return
        folder = self._desk.messages.choose_folder("选择保存各科室纪要的文件夹")
        if folder is None:
            return
        taken = [name for name in _file_names(notices) if (folder / name).exists()]
        text = f"“{folder.name}”里已有{len(taken)}个同名文件，如“{taken[0]}”。" if taken else ""
        if taken and not self._desk.messages.ask("替换已有的文件？", text, accept="替换", danger=True):
            return
        work, done = partial(_save_all, notices, folder), partial(self._on_saved, folder)
        self._desk.tasks.compute(work, done, owner=self, title="正在保存各科室的纪要")

    def _on_saved(self, folder: Path, count: int) -> None:
        self._desk.messages.inform(f"已保存{count}个文件到 {folder}")

    def print_receipts(self) -> None:
        """Preview 签收单."""
        self._read_notices(self._on_notices_to_sign)

    def _on_notices_to_sign(self, notices: Notices) -> None:
        if not self._nothing(notices):
            work, done = partial(_typeset_receipts, notices, today()), partial(self._show, "会议纪要签收单")
            self._desk.tasks.compute(work, done, owner=self, title="正在排版签收单")

    def _nothing(self, notices: Notices) -> bool:
        nothing = not any(distribution.deliveries for _, distribution in notices[0])
        if nothing:
            self._desk.messages.problem("没有可以打印的", "所选会议还没有召开，或者还没有登记科室。")
        return nothing


def _exact(value: object) -> date:
    day = value.exact if isinstance(value, RecordedDate) else None
    if day is None:
        raise DomainError("请填写年月日。")
    return day


def _read_distributions(meeting_ids: Sequence[int], session: Any) -> list[Distribution]:
    return service.distributions(session, meeting_ids)


def _read_range(meeting_id: int, session: Any) -> tuple[Distribution | None, list[str]]:
    found = service.distributions(session, [meeting_id])
    return (found[0] if found else None), [department.name for department in list_departments(session)]


def _read_notices(meeting_ids: Sequence[int], session: Any) -> Notices:
    return service.notices_of(session, meeting_ids)


def _mark_sent(addresses: Sequence[Address], day: date, session: Any) -> int:
    return service.mark_sent(session, addresses, day)


def _acknowledge(addresses: Sequence[Address], day: date, by: str, session: Any) -> int:
    return service.acknowledge(session, addresses, day, by)


def _withdraw(addresses: Sequence[Address], session: Any) -> int:
    return service.withdraw(session, addresses)


def _choose(meeting_id: int, departments: Sequence[str], session: Any) -> None:
    service.choose_departments(session, meeting_id, departments)


def _typeset(notices: Notices, progress: Progress) -> tuple[bytes, tuple[str, ...]]:
    # The printing kit takes a while to load: only when something is printed.
    from partyroom.documents.pdf import render_pdf
    from partyroom.features.meetings.notice_report import department_notice

    pairs, branch = notices
    documents = [department_notice(detail, branch, line) for detail, one in pairs for line in one.deliveries]
    rendered = render_pdf(documents, progress=progress.step)
    return rendered.data, rendered.missing


def _typeset_receipts(notices: Notices, day: date, progress: Progress) -> tuple[bytes, tuple[str, ...]]:
    from partyroom.documents.pdf import render_pdf
    from partyroom.features.meetings.notice_report import receipt_ledger

    rendered = render_pdf(receipt_ledger([one for _, one in notices[0]], notices[1], day), progress=progress.step)
    return rendered.data, rendered.missing


def _file_names(notices: Notices) -> list[str]:
    from partyroom.features.meetings.notice_report import department_files

    return department_files([(detail, line) for detail, one in notices[0] for line in one.deliveries])


def _save_all(notices: Notices, folder: Path, progress: Progress) -> int:
    from partyroom.documents.pdf import render_pdf
    from partyroom.features.meetings.notice_report import department_notice

    pairs, branch = notices
    lines = [(detail, line) for detail, one in pairs for line in one.deliveries]
    for done, (name, (detail, line)) in enumerate(zip(_file_names(notices), lines, strict=True), 1):
        save_bytes(folder / name, render_pdf(department_notice(detail, branch, line)).data)
        progress.step(done, len(lines))
    return len(lines)
