"""移交: who hands over to whom; the inventory to print, the package for the other PC."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QWidget

from partyroom.core.calendar import RecordedDate, now, today
from partyroom.features.archives.handover import Facts, Signers, package_name
from partyroom.features.archives.handover_service import gather_facts, note_handover, write_handover
from partyroom.features.archives.pack_dialog import Shape, choose_place, open_place
from partyroom.features.archives.parts import all_parts
from partyroom.ui.desk import Desk
from partyroom.ui.form import Field, FormDialog, Kind
from partyroom.ui.progress import Progress

PREVIEW, FOLDER, ZIP = "preview", "folder", "zip"
_TITLE = "党支部资料移交清单"
_PRIVATE = (
    "移交包里有全部资料，包括党员完整的证件号码和电话，没有遮盖。请当面移交，对方恢复并核对无误后，"
    "删除U盘等处的副本。确定制作吗？"
)


class HandoverDialog(FormDialog):
    """Asks who signs the inventory, and whether to look at it or to make the package."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        choices: list[tuple[object, str]] = [
            (PREVIEW, "先看移交清单（可打印）"),
            (FOLDER, "制作移交包：文件夹"),
            (ZIP, "制作移交包：ZIP 压缩包"),
        ]
        fields = [
            Field("what", "要做什么", Kind.CHOICE, required=True, choices=choices, wide=True),
            Field("giver", "移交人", hint="可以留空，打印后手写。"),
            Field("receiver", "接收人"),
            Field("witness", "监交人"),
            Field("day", "移交日期", Kind.DATE, required=True, exact=True),
            Field("note", "备注", Kind.LONG_TEXT, rows=3, hint="纸质档案、印章、现金、存折等另行点交的，写在这里。"),
        ]
        values: dict[str, object] = {"what": PREVIEW, "day": today()}
        super().__init__("移交", fields, values, desk, accept_text="继续", columns=2, parent=parent)
        self.setObjectName("handover_dialog")

    @property
    def signers(self) -> Signers:
        """Who signs."""
        values = self.values()
        day = values["day"]
        exact = day.exact if isinstance(day, RecordedDate) else None
        giver, receiver, witness, note = (str(values[key]) for key in ("giver", "receiver", "witness", "note"))
        return Signers(giver, receiver, witness, exact, note)


def ask_handover(desk: Desk, owner: QWidget) -> None:
    """Ask who hands over to whom and make what is wanted."""
    dialog = HandoverDialog(desk, owner.window())

    def submitted(values: dict[str, object]) -> None:
        start_handover(desk, owner, dialog.signers, str(values["what"]))

    dialog.submitted.connect(submitted)
    dialog.open()


def start_handover(desk: Desk, owner: QWidget, signers: Signers, what: str) -> None:
    """Show the inventory, or make the package after a warning."""
    if what == PREVIEW:
        done = partial(_typeset, desk, owner, signers)
        desk.tasks.read(_facts, done, owner=owner, key="handover")
    elif desk.messages.ask("制作移交包？", _PRIVATE, accept="制作", danger=True):
        work = partial(_noted, signers)
        done = partial(_choose, desk, owner, signers, what == ZIP)
        desk.tasks.write("制作移交包", work, done, owner=owner)


def _facts(session: Any) -> Facts:
    return gather_facts(session, all_parts())


def _noted(signers: Signers, session: Any) -> Facts:
    note_handover(session, signers.giver, signers.receiver)
    return gather_facts(session, all_parts())


def _typeset(desk: Desk, owner: QWidget, signers: Signers, facts: Facts) -> None:
    work = partial(_inventory, facts, signers, now(), desk.settings.text("document_fonts"))
    desk.tasks.compute(work, partial(_show, desk, owner, facts, signers), owner=owner, title=f"正在排版{_TITLE}")


def _inventory(facts: Facts, signers: Signers, moment: datetime, fonts: str, progress: Progress) -> bytes:
    from partyroom.documents.fonts import FontSource, shared_book
    from partyroom.features.archives.handover_report import inventory_pdf

    progress.step(0, 0, f"正在排版{_TITLE}")
    return inventory_pdf(facts, signers, moment.replace(microsecond=0), shared_book(FontSource(fonts)))


def _show(desk: Desk, owner: QWidget, facts: Facts, signers: Signers, pdf: bytes) -> None:
    from partyroom.ui.print_preview import Copy, PrintPreview

    copies: list[Copy] = [("另存为 Word…", "docx", partial(_word, facts, signers))]
    PrintPreview(desk, _TITLE, pdf, _TITLE, copies=copies, parent=owner.window()).open()


def _word(facts: Facts, signers: Signers) -> bytes:
    from partyroom.documents.word import render_docx
    from partyroom.features.archives.handover_report import inventory_document

    return render_docx(inventory_document(facts, signers))


def _choose(desk: Desk, owner: QWidget, signers: Signers, zipped: bool, facts: Facts) -> None:
    place = choose_place(desk, "制作移交包", Shape(zipped, package_name(facts.branch, facts.day)))
    if place is None:
        return
    typeset = partial(_inventory, facts, signers, now(), desk.settings.text("document_fonts"))
    work = partial(_write, desk.store.attachments, place, now(), typeset)
    desk.tasks.compute(work, partial(_on_written, desk), owner=owner, title="正在制作移交包")


def _write(files: Any, place: Path, moment: datetime, typeset: Callable[[Progress], bytes], progress: Progress) -> Path:
    write_handover(files, place, typeset(progress), moment=moment, told=progress.step)
    return place


def _on_written(desk: Desk, place: Path) -> None:
    text = f"移交包已制作：{place.name}。在另一台电脑上按“说明.txt”恢复，打印移交清单签字。"
    desk.messages.inform(text, action="打开文件夹", slot=partial(open_place, place))
