"""One 件: its description, its files, and the lasting form of the file chosen as it is kept."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePath
from typing import Any

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QDialogButtonBox,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QSplitter,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from partyroom.core.calendar import chinese_date
from partyroom.core.text import one_line, safe_file_name
from partyroom.features.archives.description_dialog import draft_of, fields_of_one, values_of
from partyroom.features.archives.filing import FiledRow, FileRow, PieceDraft
from partyroom.features.archives.filing_service import files_of, get_piece, list_piece_rows, update_piece
from partyroom.features.archives.outside_dialog import AddFilesDialog
from partyroom.features.archives.screen_service import Setting, setting_of
from partyroom.features.archives.stamp_dialog import ask_renewal
from partyroom.ui.desk import Desk
from partyroom.ui.dialog import Dialog
from partyroom.ui.form import FormDialog
from partyroom.ui.icons import icon
from partyroom.ui.naming import named
from partyroom.ui.progress import Progress
from partyroom.ui.saving import save_bytes
from partyroom.ui.table_model import plain_tip
from partyroom.ui.theme import row_height, scaled

_HEADINGS = ("在件内", "文件名", "页数", "长期保存")
_WIDTHS = (92, 150, 48, 84)
_NUMBER = Qt.ItemDataRole.UserRole


@dataclass(frozen=True, slots=True)
class Shown:
    """A piece as its dialog shows it."""

    row: FiledRow
    draft: PieceDraft
    files: tuple[FileRow, ...]


def open_piece(desk: Desk, owner: QWidget, piece_id: int) -> None:
    """Show a piece."""
    work = partial(_read_piece, piece_id)
    desk.tasks.read(work, partial(_open, desk, owner), owner=owner, key="piece")


def _open(desk: Desk, owner: QWidget, shown: Shown) -> None:
    PieceDialog(desk, shown, owner.window()).open()


def correct_piece(desk: Desk, owner: QWidget, piece_id: int) -> None:
    """Ask for a better description of a piece."""
    work = partial(_read_for_correction, piece_id)
    desk.tasks.read(work, partial(_ask_correction, desk, owner, piece_id), owner=owner, key="correction")


def _ask_correction(desk: Desk, owner: QWidget, piece_id: int, found: tuple[PieceDraft, Setting]) -> None:
    draft, setting = found
    save = partial(_store_correction, desk, owner, piece_id, draft)
    fields = fields_of_one(setting, draft)
    FormDialog("更正著录", fields, values_of(draft), desk, save=save, parent=owner.window()).open()


def _store_correction(desk: Desk, owner: QWidget, piece_id: int, draft: PieceDraft, values: dict[str, object]) -> None:
    corrected = draft_of(draft, values)
    desk.tasks.write(f"更正归档文件：{corrected.title}", partial(_update, piece_id, corrected), owner=owner)


class PieceDialog(Dialog):
    """The description on the left with the files below it, the chosen file's pages on the right."""

    def __init__(self, desk: Desk, shown: Shown, parent: QWidget | None = None) -> None:
        super().__init__("归档文件", parent)
        self.setObjectName("piece_dialog")
        self.setWindowFlag(Qt.WindowType.WindowMaximizeButtonHint)
        self._desk = desk
        self._shown = shown
        self.description = named(QLabel(), "piece_description")
        self.description.setTextFormat(Qt.TextFormat.PlainText)
        self.description.setWordWrap(True)
        self.description.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.list = named(QTreeWidget(), "piece_files", "件内文件")
        self.pages = QVBoxLayout()
        self.note = named(QLabel(), "piece_note")
        self.note.setTextFormat(Qt.TextFormat.PlainText)
        self.note.setWordWrap(True)
        self.note.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.pane: QWidget | None = None
        self.renew_button = named(QPushButton(icon("tag"), "更新归档章…"), "renew_button")
        self._lay_out()
        desk.tasks.data_changed.connect(self._on_data_changed)
        self._show(shown)

    def sizeHint(self) -> QSize:
        """Room for a page beside the description."""
        return QSize(scaled(1060), scaled(720))

    # Building

    def _lay_out(self) -> None:
        self.list.setHeaderLabels(_HEADINGS)
        self.list.setRootIsDecorated(False)
        self.list.setUniformRowHeights(True)
        for column, width in enumerate(_WIDTHS):
            self.list.setColumnWidth(column, scaled(width))
        self.list.header().setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        self.list.header().setStretchLastSection(False)
        self.list.currentItemChanged.connect(self._on_current_changed)
        self.list.itemActivated.connect(self.preview)
        left, right = QWidget(), QWidget()
        box = QVBoxLayout(left)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(self.description)
        box.addWidget(self.list, 1)
        rows = self._buttons()
        for row in rows:
            box.addLayout(row)
        self.renew_button.setAutoDefault(False)
        self.renew_button.clicked.connect(self.renew_stamp)
        rows[-1].insertWidget(rows[-1].count() - 1, self.renew_button)
        right.setLayout(self.pages)
        self.pages.setContentsMargins(0, 0, 0, 0)
        self.pages.addWidget(self.note)
        split = QSplitter()
        split.addWidget(left)
        split.addWidget(right)
        split.setChildrenCollapsible(False)
        split.setSizes([scaled(430), scaled(600)])
        close = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        close.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.addWidget(split, 1)
        layout.addWidget(close)

    def _buttons(self) -> list[QHBoxLayout]:
        rows = []
        for specifications in (
            (
                ("preview_button", "print", "预览和打印", self.preview),
                ("export_button", "download", "导出原件…", self.export_original),
            ),
            (
                ("add_files_button", "add", "添加文件…", self.add_files),
                ("correct_button", "edit", "更正著录…", self.correct),
            ),
        ):
            row = QHBoxLayout()
            for name, picture, text, slot in specifications:
                button = named(QPushButton(icon(picture), text), name)
                button.setAutoDefault(False)
                button.clicked.connect(slot)
                row.addWidget(button)
            row.addStretch()
            rows.append(row)
        return rows

    # Showing

    def _show(self, shown: Shown) -> None:
        chosen = self._chosen()
        self._shown = shown
        self.description.setText(description_of(shown.row))
        self.renew_button.setEnabled(shown.row.number is not None)
        self.list.blockSignals(True)
        self.list.clear()
        for number, file in enumerate(shown.files):
            state = "PDF/A" if file.archival_sha256 else "无"
            pages = str(file.pages) if file.pages else "未计"
            item = QTreeWidgetItem([file.role.label, one_line(file.name), pages, state])
            item.setData(0, _NUMBER, number)
            item.setSizeHint(0, QSize(0, row_height()))
            item.setToolTip(1, plain_tip(file.name) or "")
            self.list.addTopLevelItem(item)
            if number == 0 or (chosen is not None and chosen.id == file.id):
                self.list.setCurrentItem(item)
        self.list.blockSignals(False)
        self._on_current_changed()

    def _chosen(self) -> FileRow | None:
        item = self.list.currentItem()
        return self._shown.files[int(item.data(0, _NUMBER))] if item is not None else None

    def _on_current_changed(self) -> None:
        file = self._chosen()
        self._drop_pane()
        if file is None:
            self.note.setText("这一件没有文件。")
        elif not file.archival_sha256:
            self.note.setText(f"“{file.name}”没有长期保存格式（PDF/A），按原样保存，可以用“导出原件”取出。")
        else:
            self.note.setText("正在读取…")
            work = partial(_content, self._desk.store.attachments, file.archival_sha256)
            self._desk.tasks.read(work, self._on_content_read, owner=self, failed=self._on_content_failed, key="pages")

    def _on_content_read(self, pdf: bytes) -> None:
        # The kit that shows PDF takes a while to load: only when one is looked at.
        from partyroom.ui.pdf_pane import PdfPane

        self._drop_pane()
        self.note.hide()
        self.pane = PdfPane(pdf, self)
        self.pane.setAccessibleName("长期保存文件的页面")
        self.pages.addWidget(self.pane, 1)

    def _on_content_failed(self, error: Exception) -> None:
        self.note.setText(str(error))

    def _drop_pane(self) -> None:
        if self.pane is not None:
            self.pages.removeWidget(self.pane)
            self.pane.hide()
            self.pane.deleteLater()
            self.pane = None
        self.note.show()

    def _on_data_changed(self, tables: frozenset[str]) -> None:
        if tables & {"archive_pieces", "archive_files", "archive_boxes", "archive_fonds"}:
            work = partial(_read_piece, self._shown.row.id)
            self._desk.tasks.read(work, self._show, owner=self, failed=self._on_gone, key="piece")

    def _on_gone(self, _error: Exception) -> None:
        self.reject()

    # Doing

    def preview(self) -> None:
        """Open the lasting form of the chosen file in the preview."""
        file = self._chosen()
        if file is None or not file.archival_sha256:
            self._desk.messages.inform("这个文件没有长期保存格式，请用“导出原件”取出后用相应的软件打开。")
            return
        work = partial(_content, self._desk.store.attachments, file.archival_sha256)
        self._desk.tasks.read(work, partial(self._on_preview_read, file), owner=self, key="preview")

    def _on_preview_read(self, file: FileRow, pdf: bytes) -> None:
        from partyroom.ui.print_preview import PrintPreview

        name = safe_file_name(f"{self._shown.row.reference} {PurePath(file.name).stem}")
        PrintPreview(self._desk, one_line(file.name), pdf, name, parent=self).open()

    def export_original(self) -> None:
        """Ask where to and write the chosen file as it came."""
        if (file := self._chosen()) is not None:
            work = partial(_content, self._desk.store.attachments, file.sha256)
            self._desk.tasks.read(work, partial(self._on_original_read, file), owner=self, key="original")

    def _on_original_read(self, file: FileRow, content: bytes) -> None:
        path = self._desk.messages.choose_save("导出原件", safe_file_name(file.name), "所有文件 (*)")
        if path is not None:
            done = partial(self._on_saved, path)
            self._desk.tasks.compute(partial(_save, path, content), done, owner=self, title="正在保存")

    def _on_saved(self, path: Path, _nothing: None) -> None:
        self._desk.messages.inform(f"原件已保存到 {path}。")

    def add_files(self) -> None:
        """Put further files into the piece, such as the signed scan beside the record."""
        row = self._shown.row
        if row.number is not None:
            text = (
                "这一件已经编号、盖了归档章。添加文件后页数变了，接着会问是否更新章上的页数；"
                "已经打印的目录和备考表请重新打印。"
            )
            if not self._desk.messages.ask("仍要添加文件？", text, accept="继续添加"):
                return
        dialog = AddFilesDialog(self._desk, row.id, self._shown.draft, self)
        dialog.submitted.connect(self._on_files_added)
        dialog.open()

    def _on_files_added(self, _values: object) -> None:
        self.renew_stamp()

    def renew_stamp(self) -> None:
        """Offer a new stamp with the pages and the 全宗号 as they are now."""
        ask_renewal(self._desk, self, self._shown.row.id)

    def correct(self) -> None:
        """Ask for a better description."""
        correct_piece(self._desk, self, self._shown.row.id)


def description_of(row: FiledRow) -> str:
    """The description of a piece, a line for each group of particulars."""
    where = "，".join(filter(None, (f"{row.year}年度", row.retention.label, row.office, row.category_label, row.box)))
    particulars = (
        ("责任者", row.author),
        ("文号", row.document_number),
        ("日期", chinese_date(row.dated) if row.dated else ""),
        ("密级", row.secrecy.label),
        ("页数", str(row.pages) if row.pages else "未计"),
    )
    line = "；".join(f"{name}：{text}" for name, text in particulars if text)
    return "\n".join(filter(None, (row.title, row.reference or "未编件号", where, line, row.remark)))


def _read_piece(piece_id: int, session: Any) -> Shown:
    draft, files = get_piece(session, piece_id), files_of(session, piece_id)
    return Shown(list_piece_rows(session, [piece_id])[0], draft, tuple(files))


def _read_for_correction(piece_id: int, session: Any) -> tuple[PieceDraft, Setting]:
    return get_piece(session, piece_id), setting_of(session)


def _update(piece_id: int, draft: PieceDraft, session: Any) -> None:
    update_piece(session, piece_id, draft)


def _content(files: Any, sha256: str, _session: Any) -> bytes:
    content: bytes = files.get(sha256)
    return content


def _save(path: Path, content: bytes, _progress: Progress) -> None:
    save_bytes(path, content)
