"""From the archive to a folder or ZIP: 迎检材料, copies to edit on; and the checklists they follow."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QWidget

from partyroom.core.calendar import RecordedDate
from partyroom.features.archives.pack import COPIES, Checklist, PackPlan, Written, pack_name
from partyroom.features.archives.pack_service import PackWish, gather, list_checklists, note_full_pack
from partyroom.features.archives.parts import all_parts
from partyroom.ui.desk import Desk
from partyroom.ui.form import Field, FormDialog, Kind
from partyroom.ui.progress import Progress

EVERYTHING = -1
_FULL = "导出的文件里会有党员完整的证件号码和电话，并在修改记录里记下这次导出。确实需要吗？"
_SCANS = "扫描件和照片里的号码程序认不出来，交出去之前请自己看一遍。"


@dataclass(frozen=True, slots=True)
class Shape:
    """Where a package goes: a ZIP, or a new folder inside a chosen one."""

    zipped: bool
    name: str


class PackDialog(FormDialog):
    """Asks for checklist, period and form of an inspection pack; `wish` is what was asked for."""

    def __init__(self, desk: Desk, year: int, checklists: Sequence[Checklist], parent: QWidget | None = None) -> None:
        self._checklists = {one.id: one for one in checklists}
        choices: list[tuple[object, str]] = [(one.id, one.name) for one in checklists]
        choices.append((EVERYTHING, "不按清单，导出这段时间的全部材料"))
        fields = [
            Field("checklist", "检查清单", Kind.CHOICE, required=True, choices=choices, wide=True),
            Field("first", "从", Kind.DATE, required=True, exact=True),
            Field("last", "到", Kind.DATE, required=True, exact=True),
            Field("form", "导出为", Kind.CHOICE, required=True, choices=[("folder", "文件夹"), ("zip", "ZIP 压缩包")]),
            Field("masked", "遮盖证件号码和电话", Kind.CHECK, hint=_SCANS),
            Field("copies", "附可编辑副本（Word、Excel）", Kind.CHECK),
        ]
        values: dict[str, object] = {
            "checklist": checklists[0].id if checklists else EVERYTHING,
            "first": date(year, 1, 1),
            "last": date(year, 12, 31),
            "form": "folder",
            "masked": True,
            "copies": False,
        }
        super().__init__("导出迎检材料", fields, values, desk, accept_text="导出…", columns=2, parent=parent)
        self.setObjectName("pack_dialog")

    @property
    def wish(self) -> PackWish:
        """What the fields ask for."""
        values = self.values()
        return PackWish(
            first=_exact(values["first"]),
            last=_exact(values["last"]),
            checklist=self._checklists.get(_number(values["checklist"])),
            masked=bool(values["masked"]),
            copies=bool(values["copies"]),
        )


class CopiesDialog(FormDialog):
    """Asks of which registers Word and Excel copies are wanted."""

    def __init__(self, desk: Desk, year: int, parent: QWidget | None = None) -> None:
        choices: list[tuple[object, str]] = [("", "全部登记和记录"), *((one.key, one.title) for one in all_parts())]
        fields = [
            Field("part", "内容", Kind.CHOICE, choices=choices, wide=True),
            Field("first", "从", Kind.DATE, required=True, exact=True),
            Field("last", "到", Kind.DATE, required=True, exact=True),
            Field("form", "导出为", Kind.CHOICE, required=True, choices=[("folder", "文件夹"), ("zip", "ZIP 压缩包")]),
            Field("masked", "遮盖证件号码和电话", Kind.CHECK),
        ]
        values = {
            "part": "",
            "first": date(year, 1, 1),
            "last": date(year, 12, 31),
            "form": "folder",
            "masked": True,
        }
        super().__init__("导出 Word 和 Excel 副本", fields, values, desk, accept_text="导出…", parent=parent)
        self.setObjectName("copies_dialog")

    @property
    def wish(self) -> PackWish:
        """What the fields ask for."""
        values = self.values()
        key = str(values["part"] or "")
        return PackWish(
            first=_exact(values["first"]),
            last=_exact(values["last"]),
            masked=bool(values["masked"]),
            only_copies=True,
            parts=frozenset({key}) if key else frozenset(),
            title=COPIES,
        )


def ask_pack(desk: Desk, owner: QWidget, year: int) -> None:
    """Ask for an inspection pack and write it."""
    desk.tasks.read(list_checklists, partial(_open_pack, desk, owner, year), owner=owner, key="checklists")


def ask_copies(desk: Desk, owner: QWidget, year: int) -> None:
    """Ask for Word and Excel copies and write them."""
    _open(desk, owner, CopiesDialog(desk, year, owner.window()))


def choose_place(desk: Desk, title: str, shape: Shape) -> Path | None:
    """Ask where a package goes; None when the user thought better of it."""
    if shape.zipped:
        return desk.messages.choose_save(title, f"{shape.name}.zip", "ZIP 压缩包 (*.zip)")
    parent = desk.messages.choose_folder(f"{title}：选择位置（将在里面新建文件夹“{shape.name}”）")
    return None if parent is None else free_name(parent / shape.name)


def free_name(target: Path) -> Path:
    """The path, or with a number behind when something is there already."""
    number, free = 1, target
    while free.exists():
        number += 1
        free = target.with_name(f"{target.name}-{number}")
    return free


def open_place(place: Path) -> None:
    """Show a folder, or the folder around a file, in the system's file manager."""
    folder = place if place.is_dir() else place.parent
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))


def _open_pack(desk: Desk, owner: QWidget, year: int, checklists: Sequence[Checklist]) -> None:
    _open(desk, owner, PackDialog(desk, year, checklists, owner.window()))


def _open(desk: Desk, owner: QWidget, dialog: PackDialog | CopiesDialog) -> None:
    def submitted(values: dict[str, object]) -> None:
        _start(desk, owner, dialog.wish, zipped=values["form"] == "zip")

    dialog.submitted.connect(submitted)
    dialog.open()


def _start(desk: Desk, owner: QWidget, wish: PackWish, *, zipped: bool) -> None:
    done = partial(_choose, desk, owner, zipped)
    if wish.masked:
        desk.tasks.read(partial(_gathered, wish), done, owner=owner, key="pack")
    elif desk.messages.ask("不遮盖就导出？", _FULL, accept="导出", danger=True):
        desk.tasks.write(f"导出{wish.title}（不遮盖）", partial(_noted, wish), done, owner=owner)


def _gathered(wish: PackWish, session: Any) -> PackPlan:
    return gather(session, all_parts(), wish)


def _noted(wish: PackWish, session: Any) -> PackPlan:
    note_full_pack(session, wish)
    return gather(session, all_parts(), wish)


def _choose(desk: Desk, owner: QWidget, zipped: bool, plan: PackPlan) -> None:
    if all(material.missing for material in plan.materials):
        desk.messages.warn("这段时间里没有可以导出的材料，请换一段时间或换一份清单。")
        return
    place = choose_place(desk, f"导出{plan.title}", Shape(zipped, pack_name(plan)))
    if place is None:
        return
    work = partial(_write, plan, place, desk.store.attachments.get, desk.settings.text("document_fonts"))
    done = partial(_on_written, desk, plan, place)
    desk.tasks.compute(work, done, owner=owner, title=f"正在导出{plan.title}")


def _write(plan: PackPlan, place: Path, fetch: Callable[[str], bytes], fonts: str, progress: Progress) -> Written:
    # The printing kit takes a while to load: only when something is printed.
    from partyroom.documents.fonts import FontSource, shared_book
    from partyroom.features.archives.pack_report import write_pack

    return write_pack(plan, place, fetch, progress.step, shared_book(FontSource(fonts)))


def _on_written(desk: Desk, plan: PackPlan, place: Path, written: Written) -> None:
    said = f"已导出{plan.title}：{place.name}，共{written.files}个文件。"
    slot = partial(open_place, place)
    if written.missing:
        said += f"缺{len(written.missing)}项：{_named(written.missing)}，目录里已写明“缺”。"
    if written.withheld:
        said += f"有{len(written.withheld)}项含未遮盖的号码，没有附上：{_named(written.withheld)}。"
    if written.missing or written.withheld:
        desk.messages.warn(said, action="打开文件夹", slot=slot)
    else:
        desk.messages.inform(said, action="打开文件夹", slot=slot)


def _named(names: Sequence[str]) -> str:
    shown = "、".join(names[:5])
    return shown if len(names) <= 5 else f"{shown}等"


def _exact(value: object) -> date:
    day = value.exact if isinstance(value, RecordedDate) else value
    assert isinstance(day, date)
    return day


def _number(value: object) -> int:
    assert isinstance(value, int)
    return value
