"""关闭年度: what to look at first, then signing off by name; opening again with a reason."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from functools import partial
from typing import Any

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QListWidget, QPushButton, QVBoxLayout, QWidget

from partyroom.core.calendar import today
from partyroom.core.errors import CancelledError, DomainError, PartyroomError
from partyroom.features.archives.closing import CARRIED_TITLE, ClosedPaper, ClosingPlan, OpenItem
from partyroom.features.archives.closing_service import close_year, plan_closing, reopen_year
from partyroom.features.archives.open_items_service import open_items
from partyroom.features.archives.parts import all_parts
from partyroom.features.organisation.service import get_branch
from partyroom.ui.desk import Desk
from partyroom.ui.dialog import Dialog
from partyroom.ui.form import Field, FormDialog, Kind
from partyroom.ui.form_grid import FormGrid
from partyroom.ui.naming import named
from partyroom.ui.progress import Progress
from partyroom.ui.rows import even_rows
from partyroom.ui.theme import scaled

_MEANING = (
    "关闭时把本年的全部材料排成PDF存进支部库，以后照原样查看和打印；本年的记录从此只读。"
    "没有办完的决议、补课、欠交和承诺列入结转事项清单，下一年继续办理。确需更正时，写明原因可以重新打开。"
)


class YearClosingDialog(Dialog):
    """Shows what is open, asks for a name, renders the papers and closes the year."""

    def __init__(self, desk: Desk, year: int, parent: QWidget | None = None) -> None:
        super().__init__(f"关闭{year}年度", parent)
        self.setObjectName("year_closing_dialog")
        self._desk = desk
        self._year = year
        self._plan: ClosingPlan | None = None
        self._lay_out()
        self._read()

    def sizeHint(self) -> QSize:
        """Room for a list of what is open."""
        return QSize(scaled(700), scaled(520))

    def submit(self) -> None:
        """Check the name, render the papers and close the year."""
        problems = self.grid.problems()
        self.grid.show_problems(problems)
        if problems or self._plan is None:
            return
        self._set_busy(busy=True)
        work = partial(
            _render, self._plan, self._desk.store.attachments.get, self._desk.settings.text("document_fonts")
        )
        title = f"正在保存{self._year}年的材料"
        self._desk.tasks.compute(work, self._on_rendered, owner=self, title=title, failed=self._on_failed)

    def _lay_out(self) -> None:
        self.state = _label("正在核对…", "closing_state")
        self.list = named(QListWidget(), "closing_findings", "关闭前请核对")
        self.list.setWordWrap(True)
        self.list.setResizeMode(QListWidget.ResizeMode.Adjust)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setSpacing(scaled(2))
        even_rows(self.list)
        self.grid = FormGrid([Field("by", "关闭人", required=True), Field("note", "说明")], {}, columns=2)
        self.problem = _label("", "field_problem")
        self.problem.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(scaled(20), scaled(14), scaled(20), scaled(14))
        layout.setSpacing(scaled(10))
        layout.addWidget(_label(_MEANING, "quiet"))
        layout.addWidget(self.state)
        layout.addWidget(self.list, 1)
        layout.addWidget(self.grid)
        layout.addWidget(self.problem)
        layout.addLayout(self._foot())
        self.grid.chain()

    def _foot(self) -> QHBoxLayout:
        self.cancel_button = named(QPushButton("取消"), "cancel_button")
        self.cancel_button.clicked.connect(self.reject)
        self.close_button = named(QPushButton("关闭年度"), "close_year_button")
        self.close_button.setProperty("primary", True)
        self.close_button.clicked.connect(self.submit)
        self.close_button.setEnabled(False)
        row = QHBoxLayout()
        row.addStretch()
        for button in (self.cancel_button, self.close_button):
            button.setAutoDefault(False)
            row.addWidget(button)
        return row

    def _read(self) -> None:
        work = partial(_planned, self._year)
        self._desk.tasks.read(work, self._on_planned, owner=self, failed=self._on_failed, key="plan")

    def _on_planned(self, plan: ClosingPlan) -> None:
        self._plan = plan
        self.list.clear()
        self.list.addItems([f"{finding.subject}：{finding.text}" for finding in plan.findings])
        papers = f"本年共{len(plan.pieces)}份材料。"
        self.state.setText(
            f"{papers}关闭前请核对下列{len(plan.findings)}项，都不妨碍关闭："
            if plan.findings
            else f"{papers}没有发现缺漏。"
        )
        self._set_busy(busy=False)

    def _on_rendered(self, papers: Sequence[ClosedPaper]) -> None:
        assert self._plan is not None
        values = self.grid.values()
        files = self._desk.store.attachments
        work = partial(_close, files, self._plan, papers, str(values["by"]), str(values["note"]))
        self._desk.tasks.write(f"关闭{self._year}年度", work, self._on_closed, owner=self, failed=self._on_failed)

    def _on_closed(self, count: int) -> None:
        self._desk.messages.inform(f"{self._year}年度已关闭，保存了{count}份材料。")
        self.accept()

    def _on_failed(self, error: Exception) -> None:
        if isinstance(error, CancelledError):
            self._set_busy(busy=False)
            return
        if not isinstance(error, PartyroomError):
            self._desk.messages.unexpected(error)
            return
        beside = [p for p in error.problems if p.field] if isinstance(error, DomainError) else []
        self.grid.show_problems(beside)
        self.problem.setText("" if beside else str(error))
        self.problem.setVisible(not beside)
        self._set_busy(busy=False)
        if self._plan is not None and not beside:
            self._read()  # what it would be closed with has changed

    def _set_busy(self, *, busy: bool) -> None:
        self.grid.setEnabled(not busy)
        self.close_button.setEnabled(not busy and self._plan is not None)


def preview_open_items(desk: Desk, owner: QWidget, year: int) -> None:
    """Show 结转事项清单 of a year as it would be now, with copies for Word and Excel."""
    desk.tasks.read(partial(_open, year), partial(_typeset, desk, owner, year), owner=owner, key="carried")


class ReopenDialog(FormDialog):
    """Asks who opens a closed year again, and why."""

    def __init__(self, desk: Desk, year: int, parent: QWidget | None = None) -> None:
        hint = "例如：漏记一次会议，经支委会同意补记。原因和姓名会留在年度记录里。"
        fields = [
            Field("by", "重新打开的人", required=True),
            Field("reason", "原因", Kind.LONG_TEXT, required=True, hint=hint),
        ]
        title = f"重新打开{year}年度"
        super().__init__(title, fields, {}, desk, save=self._reopen, accept_text="重新打开", parent=parent)
        self.setObjectName("reopen_dialog")
        self._year = year

    def _reopen(self, values: dict[str, object]) -> None:
        work = partial(_reopen, self._year, str(values["by"]), str(values["reason"]))
        self._desk.tasks.write(f"重新打开{self._year}年度", work, self._on_reopened, owner=self)

    def _on_reopened(self, _nothing: None) -> None:
        self._desk.messages.inform(f"{self._year}年度已重新打开，更正后请再次关闭。")


def _label(text: str, name: str) -> QLabel:
    label = named(QLabel(text), name)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    return label


def _open(year: int, session: Any) -> tuple[str, list[OpenItem]]:
    return get_branch(session).full_name, open_items(session, date(year, 12, 31))


def _typeset(desk: Desk, owner: QWidget, year: int, found: tuple[str, list[OpenItem]]) -> None:
    work = partial(_carried, year, found, desk.settings.text("document_fonts"))
    done = partial(_show, desk, owner, year, found)
    desk.tasks.compute(work, done, owner=owner, title="正在排版结转事项清单")


def _carried(year: int, found: tuple[str, list[OpenItem]], fonts: str, progress: Progress) -> bytes:
    from partyroom.documents.fonts import FontSource, shared_book
    from partyroom.documents.pdf import render_pdf
    from partyroom.features.archives.closing_report import carried_document

    document = carried_document(found[1], found[0], year, today())
    return render_pdf(document, shared_book(FontSource(fonts)), progress.step).data


def _show(desk: Desk, owner: QWidget, year: int, found: tuple[str, list[OpenItem]], pdf: bytes) -> None:
    from partyroom.ui.print_preview import Copy, PrintPreview

    title = f"{year}年度{CARRIED_TITLE}"
    copies: list[Copy] = [
        ("另存为 Word…", "docx", partial(_word, year, found)),
        ("另存为 Excel…", "xlsx", partial(_excel, year, found)),
    ]
    PrintPreview(desk, title, pdf, title, copies=copies, parent=owner.window()).open()


def _word(year: int, found: tuple[str, list[OpenItem]]) -> bytes:
    from partyroom.documents.word import render_docx
    from partyroom.features.archives.closing_report import carried_document

    return render_docx(carried_document(found[1], found[0], year, today()))


def _excel(year: int, found: tuple[str, list[OpenItem]]) -> bytes:
    from partyroom.documents.sheet import render_xlsx
    from partyroom.features.archives.closing_report import carried_sheet

    return render_xlsx(carried_sheet(found[1], year))


def _planned(year: int, session: Any) -> ClosingPlan:
    return plan_closing(session, all_parts(), year)


def _render(plan: ClosingPlan, fetch: Callable[[str], bytes], fonts: str, progress: Progress) -> list[ClosedPaper]:
    from partyroom.documents.fonts import FontSource, shared_book
    from partyroom.features.archives.closing_report import render_papers

    return render_papers(plan, fetch, progress.step, shared_book(FontSource(fonts)))


def _close(files: Any, plan: ClosingPlan, papers: Sequence[ClosedPaper], by: str, note: str, session: Any) -> int:
    return close_year(session, files, plan, papers, by, note)


def _reopen(year: int, by: str, reason: str, session: Any) -> None:
    reopen_year(session, year, by, reason)
