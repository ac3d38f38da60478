"""What will come out of the printer, and from here to the printer, to PDF, to Word or Excel: the same everywhere."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Final

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction, QIcon, QKeySequence, QShortcut
from PySide6.QtPdfWidgets import QPdfView
from PySide6.QtPrintSupport import QPrintDialog, QPrinter
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QMenu,
    QSpinBox,
    QToolBar,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from partyroom.core.errors import StorageError
from partyroom.core.text import safe_file_name
from partyroom.ui.calibration import print_calibration
from partyroom.ui.desk import Desk
from partyroom.ui.dialog import Dialog
from partyroom.ui.icons import INK, WHITE, icon
from partyroom.ui.pdf_pane import PdfPane
from partyroom.ui.print_position import PrintPositionDialog, present_shift
from partyroom.ui.printing import (
    Shift,
    chosen_pages,
    draw_pages,
    lp_arguments,
    prefers_lp,
    prepare,
    send_with_lp,
    sheet,
)
from partyroom.ui.progress import Progress
from partyroom.ui.saving import save_bytes
from partyroom.ui.table_model import plain_tip
from partyroom.ui.theme import scaled
from partyroom.ui.warning_strip import WarningStrip

Copy = tuple[str, str, Callable[[], bytes]]

_KINDS: Final = {
    "pdf": "PDF 文件 (*.pdf)",
    "docx": "Word 文档 (*.docx)",
    "xlsx": "Excel 工作簿 (*.xlsx)",
    "csv": "CSV 文件 (*.csv)",
}
_ICONS: Final = {"docx": "file-word", "xlsx": "file-excel", "pdf": "file-pdf"}
_FIT_WIDTH, _FIT_PAGE = -1.0, -2.0
_ZOOMS: Final = (
    ("适合宽度", _FIT_WIDTH),
    ("整页", _FIT_PAGE),
    *((f"{round(factor * 100)} %", factor) for factor in (0.5, 0.75, 1.0, 1.25, 1.5, 2.0, 3.0)),
)


class PrintPreview(Dialog):
    """Shows a PDF as it will be printed.

    Args:
        desk: The services of the window.
        title: Title of the window and of the print job.
        pdf: The document.
        file_name: Suggested name of saved files, without suffix.
        warnings: Sentences above the pages, e.g. about characters that no font has; plain text.
        copies: Further forms of the document: label, suffix and what makes it (run outside the window's thread).
        parent: Owner.
    """

    def __init__(
        self,
        desk: Desk,
        title: str,
        pdf: bytes,
        file_name: str,
        *,
        warnings: Sequence[str] = (),
        copies: Sequence[Copy] = (),
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(title, parent)
        self.desk = desk
        self.setObjectName("print_preview")
        self.setWindowFlag(Qt.WindowType.WindowMaximizeButtonHint)
        self._title = title
        self._pdf = pdf
        self._file_name = file_name.removesuffix(".pdf")
        self.pane = PdfPane(pdf, self)
        self.page_box = QSpinBox()
        self.page_total = QLabel()
        self.zoom_box = QComboBox()
        self.status = QLabel()
        self.toolbar = QToolBar()
        self.foot = QHBoxLayout()
        self.foot.addWidget(self.status, 1)
        self._fill_toolbar(copies)
        self._fill_foot()
        self._lay_out(warnings)
        self._connect()
        self._show_pages()
        self.resize(scaled(980), scaled(820))
        self.pane.setFocus()

    # Building

    def _fill_toolbar(self, copies: Sequence[Copy]) -> None:
        self.toolbar.setObjectName("preview_toolbar")
        self.toolbar.setAccessibleName("工具栏")
        self.toolbar.setIconSize(QSize(scaled(18), scaled(18)))
        self.toolbar.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.print_action = self._add_action("打印…", "print", QKeySequence.StandardKey.Print, primary=True)
        self._add_print_menu()
        self.save_action = self._add_action("另存为 PDF…", "file-pdf", QKeySequence.StandardKey.Save)
        for label, suffix, make in copies:
            action = self._add_action(label, _ICONS.get(suffix, "save"))
            action.triggered.connect(partial(save_copy, self, label, suffix, make))

    def _fill_foot(self) -> None:
        self.status.setObjectName("status_label")
        self.status.setTextFormat(Qt.TextFormat.PlainText)
        self.status.setMinimumWidth(1)  # a long path is cut off rather than widening the window
        self.zoom_box.setObjectName("zoom_box")
        self.zoom_box.setAccessibleName("缩放")
        for text, factor in _ZOOMS:
            self.zoom_box.addItem(text, factor)
        self.page_box.setObjectName("page_box")
        self.page_box.setAccessibleName("页码")
        self.page_box.setKeyboardTracking(False)
        self.page_box.setButtonSymbols(QSpinBox.ButtonSymbols.NoButtons)
        self.page_box.setAlignment(Qt.AlignmentFlag.AlignCenter)
        key = QKeySequence.StandardKey
        self.smaller_action = self._add_small_action("缩小", "zoom-out", key.ZoomOut)
        self.foot.addWidget(self.zoom_box)
        self.larger_action = self._add_small_action("放大", "zoom-in", key.ZoomIn)
        self.foot.addSpacing(scaled(16))
        self.back_action = self._add_small_action("上一页", "chevron-left", "Ctrl+PgUp")
        self.foot.addWidget(QLabel("第"))
        self.foot.addWidget(self.page_box)
        self.foot.addWidget(self.page_total)
        self.on_action = self._add_small_action("下一页", "chevron-right", "Ctrl+PgDown")

    def _add_action(
        self, text: str, icon_name: str, key: QKeySequence.StandardKey | str = "", *, primary: bool = False
    ) -> QAction:
        action = self._action(text, icon(icon_name, WHITE if primary else INK), key)
        self.toolbar.addAction(action)
        button = self.toolbar.widgetForAction(action)
        button.setProperty("primary", primary)
        button.setAccessibleName(text)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return action

    def _add_small_action(self, text: str, icon_name: str, key: QKeySequence.StandardKey | str) -> QAction:
        action = self._action(text, icon(icon_name), key)
        button = QToolButton()
        button.setDefaultAction(action)
        button.setIconSize(QSize(scaled(18), scaled(18)))
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
        button.setAccessibleName(text)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.foot.addWidget(button)
        return action

    def _action(self, text: str, picture: QIcon, key: QKeySequence.StandardKey | str) -> QAction:
        action = QAction(picture, text, self)
        if key:
            action.setShortcut(QKeySequence(key))
            shown = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
            action.setToolTip(f"{text.rstrip('…')}（{shown}）")
        return action

    def _add_print_menu(self) -> None:
        more = QToolButton()
        more.setObjectName("print_menu_button")
        more.setText("打印设置")
        more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        more.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        menu = QMenu(more)
        menu.addAction("打印校准页…", self.print_calibration_page).setObjectName("print_calibration")
        menu.addAction("设置打印位置…", self.set_position).setObjectName("set_position")
        more.setMenu(menu)
        self.toolbar.addWidget(more)

    def _lay_out(self, warnings: Sequence[str]) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(scaled(12), scaled(10), scaled(12), scaled(10))
        layout.setSpacing(scaled(8))
        layout.addWidget(self.toolbar)
        if warnings:
            layout.addWidget(WarningStrip(warnings))
        layout.addWidget(self.pane, 1)
        layout.addLayout(self.foot)

    def _connect(self) -> None:
        self.print_action.triggered.connect(self.print_document)
        self.save_action.triggered.connect(self.save_pdf)
        self.smaller_action.triggered.connect(self._on_smaller_triggered)
        self.larger_action.triggered.connect(self._on_larger_triggered)
        self.back_action.triggered.connect(self._on_back_triggered)
        self.on_action.triggered.connect(self._on_on_triggered)
        self.zoom_box.activated.connect(self._on_zoom_activated)
        self.page_box.valueChanged.connect(self._on_page_typed)
        self.pane.page_changed.connect(self._on_page_changed)
        self.pane.zoom_changed.connect(self._show_zoom)
        for key, slot in (
            ("Home", self._on_home_pressed),
            ("End", self._on_end_pressed),
            ("Ctrl+0", self.pane.fit_width),
            ("Ctrl+=", self._on_larger_triggered),
        ):
            QShortcut(QKeySequence(key), self.pane, slot, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)

    # Looking

    def _show_pages(self) -> None:
        if not self.pane.readable:
            self._say("这份文件不能预览。可以先另存，再用别的程序打开。")
            self.print_action.setEnabled(False)
        count = max(self.pane.page_count, 1)
        self.page_box.setRange(1, count)
        self.page_total.setText(f"/ {count} 页")
        self._on_page_changed(self.pane.page)

    def _on_page_changed(self, page: int) -> None:
        self.page_box.blockSignals(True)
        self.page_box.setValue(page + 1)
        self.page_box.blockSignals(False)
        self.back_action.setEnabled(page > 0)
        self.on_action.setEnabled(page < self.pane.page_count - 1)

    def _on_page_typed(self, number: int) -> None:
        self.pane.go_to(number - 1)

    def _on_back_triggered(self) -> None:
        self.pane.go_to(self.pane.page - 1)

    def _on_on_triggered(self) -> None:
        self.pane.go_to(self.pane.page + 1)

    def _on_home_pressed(self) -> None:
        self.pane.go_to(0)

    def _on_end_pressed(self) -> None:
        self.pane.go_to(self.pane.page_count - 1)

    def _on_smaller_triggered(self) -> None:
        self.pane.zoom_by(-1)

    def _on_larger_triggered(self) -> None:
        self.pane.zoom_by(1)

    def _on_zoom_activated(self, place: int) -> None:
        factor = float(self.zoom_box.itemData(place))
        if factor == _FIT_WIDTH:
            self.pane.fit_width()
        elif factor == _FIT_PAGE:
            self.pane.fit_page()
        else:
            self.pane.zoom_to(factor)

    def _show_zoom(self) -> None:
        factor = self.pane.view.zoomFactor()
        mode = self.pane.view.zoomMode()
        fitted = {QPdfView.ZoomMode.FitToWidth: _FIT_WIDTH, QPdfView.ZoomMode.FitInView: _FIT_PAGE}.get(mode)
        place = self.zoom_box.findData(fitted if fitted is not None else factor)
        if place < 0:  # a step between those on offer
            self.zoom_box.setPlaceholderText(f"{round(factor * 100)} %")
        self.zoom_box.setCurrentIndex(place)

    def _say(self, text: str) -> None:
        self.status.setText(text)
        self.status.setToolTip(plain_tip(text) or "")

    # Printing

    def ask_printer(self) -> QPrinter | None:
        """Let the user choose printer, pages and copies; None when cancelled."""
        printer = QPrinter(QPrinter.PrinterMode.HighResolution)
        printer.setDocName(self._title)
        if self.pane.readable:
            printer.setPageLayout(sheet(self.pane.document.pagePointSize(0)))
        prepare(printer)
        dialog = QPrintDialog(printer, self)
        dialog.setMinMax(1, max(self.pane.page_count, 1))
        dialog.setOption(QPrintDialog.PrintDialogOption.PrintPageRange)
        dialog.setOption(QPrintDialog.PrintDialogOption.PrintCurrentPage)
        dialog.setOption(QPrintDialog.PrintDialogOption.PrintToFile)
        accepted = dialog.exec()
        dialog.deleteLater()
        return printer if accepted else None

    def print_document(self) -> None:
        """Ask for a printer and print in the background."""
        printer = self.ask_printer()
        if printer is None:
            return
        pages = chosen_pages(printer, self.pane.page_count, max(self.pane.page, 0))
        if not pages:
            self._say("没有选中要打印的页。")
            return
        work = self._printing(printer, pages, present_shift(self.desk))
        done = partial(self._on_printed, len(pages))
        self.desk.tasks.compute(work, done, owner=self, title="正在打印")

    def _printing(self, printer: QPrinter, pages: Sequence[int], shift: Shift) -> Callable[[Progress], None]:
        whole = list(pages) == list(range(self.pane.page_count))
        if _goes_to_pdf(printer) and whole and shift == Shift():
            return partial(_write, Path(printer.outputFileName()), self._pdf)
        if prefers_lp(printer, shift):
            arguments = lp_arguments(printer, pages, self.pane.page_count, self._title)
            return partial(_send, self._pdf, arguments)
        return partial(_draw, self._pdf, printer, pages, shift)

    def _on_printed(self, pages: int, _result: None) -> None:
        self._say(f"已发送到打印机，共 {pages} 页。")

    def print_calibration_page(self) -> None:
        """Print the page of rulers."""
        printer = self.ask_printer()
        if printer is None:
            return
        try:
            print_calibration(printer, present_shift(self.desk))
        except StorageError as error:
            self.desk.messages.problem("没有打印", str(error))
        else:
            self._say("校准页已发送到打印机。")

    def set_position(self) -> None:
        """Let the user say by how much pages must be moved."""
        PrintPositionDialog(self.desk, self).open()

    # Saving

    def save_pdf(self) -> None:
        """Save exactly the bytes that are shown."""
        self.save_as("另存为 PDF", "pdf", partial(bytes, self._pdf))

    def save_as(self, title: str, suffix: str, make: Callable[[], bytes]) -> None:
        """Ask where to, make the file in the background and write it whole or not at all."""
        suggested = safe_file_name(f"{self._file_name}.{suffix}")
        kind = _KINDS.get(suffix, f"{suffix.upper()} 文件 (*.{suffix})")
        path = self.desk.messages.choose_save(title.rstrip("…"), suggested, kind)
        if path is not None:
            work = partial(_make_and_write, path, make)
            self.desk.tasks.compute(work, partial(self._on_saved, path), owner=self, title=title.rstrip("…"))

    def _on_saved(self, path: Path, _result: None) -> None:
        self._say(f"已保存到 {path}")


def save_copy(preview: PrintPreview, label: str, suffix: str, make: Callable[[], bytes]) -> None:
    """Save another form of the document that `preview` shows."""
    preview.save_as(label, suffix, make)


def _goes_to_pdf(printer: QPrinter) -> bool:
    return printer.outputFormat() == QPrinter.OutputFormat.PdfFormat and bool(printer.outputFileName())


def _write(path: Path, pdf: bytes, _progress: Progress) -> None:
    save_bytes(path, pdf)


def _send(pdf: bytes, arguments: Sequence[str], _progress: Progress) -> None:
    send_with_lp(pdf, arguments)


def _draw(pdf: bytes, printer: QPrinter, pages: Sequence[int], shift: Shift, progress: Progress) -> None:
    draw_pages(pdf, printer, pages, shift, progress.step)


def _make_and_write(path: Path, make: Callable[[], bytes], _progress: Progress) -> None:
    save_bytes(path, make())
