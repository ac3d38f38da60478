"""What the user says about a handbook: the text of an own page, what a file is, the summary, how many blank forms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from partyroom.core.pictures import KeptFile
from partyroom.features.archives import book_service as service
from partyroom.features.archives.book import MOST_BLANKS, OwnPage, usual_blanks
from partyroom.features.archives.book_service import Anchor, PageDraft
from partyroom.ui.desk import Desk
from partyroom.ui.form import Field, FormDialog, Kind
from partyroom.ui.naming import named
from partyroom.ui.theme import scaled

_OWN: Final = ""
_LONGEST: Final = 36  # characters of a record in the list of records, else the form grows wider than the screen
_TEXT_HINT: Final = "每个自然段另起一行；身份证号码、电话等敏感信息不要写进手册"
_FILE_HINT: Final = "签字原件、签到表等选它所属的记录，装在那份记录之后；其他文件单独作为一部分"


class TextPageDialog(FormDialog):
    """An own page of typed text, new or to be changed."""

    def __init__(self, desk: Desk, year: int, page: OwnPage | None = None, parent: QWidget | None = None) -> None:
        self._year, self._page = year, page
        fields = [
            Field("title", "标题", required=True, wide=True),
            Field("text", "正文", Kind.LONG_TEXT, required=True, rows=14, hint=_TEXT_HINT),
        ]
        values = {"title": page.title if page else "", "text": page.text if page else ""}
        key = f"book-page-{page.id}" if page else f"book-page-new-{year}"
        title = "修改附页" if page else "添加文字附页"
        super().__init__(title, fields, values, desk, save=self._store, draft_key=key, columns=1, parent=parent)
        self.setObjectName("text_page_dialog")

    def _store(self, values: dict[str, object]) -> None:
        draft = PageDraft(str(values["title"]), str(values["text"]), self._page.beside if self._page else "")
        files = self._desk.store.attachments
        if self._page is None:
            work: Any = partial(_add, files, self._year, [draft])
        else:
            work = partial(_update, files, self._page.id, draft)
        self._desk.tasks.write(f"手册附页：{draft.title}", work, owner=self)


class FilePageDialog(FormDialog):
    """Files for the handbook: an own chapter, or behind the record they belong to."""

    def __init__(
        self,
        desk: Desk,
        year: int,
        files: Sequence[KeptFile],
        anchors: Sequence[Anchor],
        *,
        beside: str = "",
        page: OwnPage | None = None,
        parent: QWidget | None = None,
    ) -> None:
        self._year, self._files, self._page = year, tuple(files), page
        records = [(one.key, _short(f"{one.section}：{one.title}")) for one in anchors]
        choices = [(_OWN, "单独作为一部分（附页）"), *records]
        known = {key for key, _ in choices}
        if page is not None and page.beside not in known:
            choices.append((page.beside, "（原来的记录已不在本年度）"))
        fields = [Field("beside", "装在哪里", Kind.CHOICE, required=False, choices=choices, hint=_FILE_HINT, wide=True)]
        if page is not None or len(files) == 1:
            fields.insert(0, Field("title", "标题", required=True, wide=True))
        name = page.title if page else files[0].name.rpartition(".")[0] if files else ""
        values = {"title": name, "beside": page.beside if page else beside}
        title = "修改附件" if page else f"装入手册的文件（{len(files)}个）"
        accept = "保存" if page else "添加"
        super().__init__(title, fields, values, desk, save=self._store, accept_text=accept, columns=1, parent=parent)
        self.setObjectName("file_page_dialog")

    def _store(self, values: dict[str, object]) -> None:
        beside, files = str(values["beside"] or ""), self._desk.store.attachments
        if self._page is not None:
            draft = PageDraft(str(values["title"]), self._page.text, beside)
            work: Any = partial(_update, files, self._page.id, draft)
            self._desk.tasks.write(f"手册附件：{draft.title}", work, owner=self)
            return
        drafts = [PageDraft(one.name.rpartition(".")[0] or one.name, beside=beside, file=one) for one in self._files]
        if len(drafts) == 1:
            drafts = [replace(drafts[0], title=str(values["title"]))]
        work = partial(_add, files, self._year, drafts)
        self._desk.tasks.write(f"手册附件（{len(drafts)}个）", work, owner=self)


class SummaryDialog(FormDialog):
    """年度总结: the text as it is, or drafted from the figures of the year."""

    def __init__(self, desk: Desk, year: int, text: str, proposal: str, parent: QWidget | None = None) -> None:
        self._year, self._proposal = year, proposal
        field = Field("summary", "总结", Kind.LONG_TEXT, rows=16, hint="每个自然段另起一行；留空就不装入手册")
        super().__init__(
            f"{year}年度工作总结",
            [field],
            {"summary": text},
            desk,
            save=self._store,
            draft_key=f"book-summary-{year}",
            columns=1,
            parent=parent,
        )
        self.setObjectName("summary_dialog")
        self.propose_button = named(QPushButton("填入本年度数据"), "propose_button")
        self.propose_button.setEnabled(bool(proposal))
        self.propose_button.setAutoDefault(False)
        self.propose_button.clicked.connect(self.propose)
        note = named(QLabel("只有支部库里记着的数字，成绩和不足请自己写。"), "small_quiet")
        row = QHBoxLayout()
        row.addWidget(self.propose_button)
        row.addWidget(note, 1)
        layout = self.layout()
        assert isinstance(layout, QVBoxLayout)
        layout.insertLayout(0, row)
        self.resize(scaled(720), scaled(520))

    def propose(self) -> None:
        """Put the figures below what is written."""
        editor = self.grid.cells["summary"].editor
        written = str(editor.value() or "").strip()
        if self._proposal not in written:
            editor.set_value("\n".join(part for part in (written, self._proposal) if part))

    def _store(self, values: dict[str, object]) -> None:
        work = partial(_save_summary, self._year, str(values["summary"]))
        self._desk.tasks.write(f"{self._year}年度总结", work, owner=self)


class BlankDialog(FormDialog):
    """How many of each form a blank handbook is to have; `chosen` tells it."""

    chosen = Signal(object)

    def __init__(self, desk: Desk, year: int, forms: Sequence[tuple[str, str]], parent: QWidget | None = None) -> None:
        fields = [
            Field(key, title, Kind.NUMBER, required=True, lowest=0, highest=MOST_BLANKS, unit="份")
            for key, title in forms
        ]
        values: Mapping[str, object] = {key: usual_blanks(key) for key, _ in forms}
        super().__init__(f"{year}年度空白手册：每种表几份（0 份不装入）", fields, values, desk, accept_text="生成",
                         parent=parent)  # fmt: skip
        self.setObjectName("blank_dialog")
        self.submitted.connect(self._on_submitted)

    @property
    def unsaved(self) -> bool:
        """Numbers of forms are nothing that could be lost."""
        return False

    def _on_submitted(self, values: dict[str, object]) -> None:
        self.chosen.emit({key: int(str(count)) for key, count in values.items()})


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def _add(files: Any, year: int, drafts: Sequence[PageDraft], session: Any) -> None:
    for draft in drafts:
        service.add_page(session, files, year, draft)


def _update(files: Any, page_id: int, draft: PageDraft, session: Any) -> None:
    service.update_page(session, files, page_id, draft)


def _save_summary(year: int, text: str, session: Any) -> None:
    service.save_summary(session, year, text)
