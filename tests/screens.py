"""Our eyes: `python tests/screens.py OUT` saves a picture of every tab, dialog and print preview.

It opens the sample branch without a screen, once at 1280×800 and once at 200 % scaling on a 1920×1080 screen (which
leaves 960×540 points), and writes PNG files into OUT/100 and OUT/200; papers are written as OUT/paper-*.png.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from archive_screens import photograph_archives
from dues_screens import photograph_dues

ROOT = Path(__file__).resolve().parent.parent
SIZES = {"100": (1280, 800, "1"), "200": (1920, 1080, "2")}
PATIENCE_MS = 20_000
OPENING_S = 60


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("--scaling", choices=sorted(SIZES), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.scaling:
        return take_pictures(options.out / options.scaling)
    for scaling, (width, height, factor) in SIZES.items():
        with tempfile.TemporaryDirectory(prefix="partyroom-screens-") as home:
            environment = os.environ | _private_home(Path(home)) | _screen(Path(home), width, height)
            environment |= {"QT_SCALE_FACTOR": factor, "PYTHONPATH": str(ROOT)}
            command = [sys.executable, str(Path(__file__).resolve()), str(options.out), "--scaling", scaling]
            status = subprocess.run(command, env=environment, check=False).returncode
            if status:
                return status
    return 0


def _private_home(home: Path) -> dict[str, str]:
    names = ("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "APPDATA", "LOCALAPPDATA")
    return dict.fromkeys(names, str(home))


def _screen(home: Path, width: int, height: int) -> dict[str, str]:
    """A pretended screen of that many pixels."""
    file = home / "screen.json"
    screen = {"name": "screen", "x": 0, "y": 0, "width": width, "height": height, "logicalDpi": 96}
    file.write_text(json.dumps({"screens": [screen]}), encoding="utf-8")
    return {"QT_QPA_PLATFORM": f"offscreen:configfile={file}"}


class Camera:
    """Waits until the program is at rest, then saves what a widget shows."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.taken = 0
        folder.mkdir(parents=True, exist_ok=True)

    def rest(self, desktop: Any, milliseconds: int = 350) -> None:
        from PySide6.QtTest import QTest

        desktop.waiting.wait_idle(PATIENCE_MS)
        if desktop.desk is not None:
            desktop.desk.tasks.wait_idle(PATIENCE_MS)
        QTest.qWait(milliseconds)
        if desktop.desk is not None:
            desktop.desk.tasks.wait_idle(PATIENCE_MS)

    def await_window(self, desktop: Any) -> Any:
        """The main window, once there is one: a busy machine takes its time to make the sample branch.

        The wait is `wait_idle`, as `QTest.qWait` would keep Python, and the work with it, from going on.
        """
        deadline = time.monotonic() + OPENING_S
        while desktop.window is None:
            if time.monotonic() > deadline:
                raise TimeoutError(f"no main window within {OPENING_S} s: {desktop.messages.problems}")
            desktop.waiting.wait_idle(1000)
            self.rest(desktop, 50)
        self.rest(desktop)
        return desktop.window

    def take(self, widget: Any, name: str) -> None:
        self.taken += 1
        target = self.folder / f"{self.taken:02d}-{name}.png"
        if not widget.grab().save(str(target)):
            raise OSError(f"cannot write {target}")
        print(target)


def take_pictures(folder: Path) -> int:
    """Walk through the program and photograph it; returns the exit status."""
    from PySide6.QtWidgets import QApplication

    from partyroom.desktop import Desktop
    from partyroom.ui.messages import Scripted
    from partyroom.ui.preferences import Preferences
    from partyroom.ui.theme import apply_theme, install_translation

    app = QApplication([])
    apply_theme(app)
    install_translation(app)
    camera = Camera(folder)
    desktop = Desktop(Preferences(), Scripted(), app)
    desktop.begin(None, sample=False)
    camera.rest(desktop)
    camera.take(desktop.start_page, "start-page")
    desktop.create_library()
    camera.rest(desktop)
    for dialog in _dialogs():
        camera.take(dialog, "new-branch")
        dialog.done(0)
    desktop.open_sample()
    window = camera.await_window(desktop)
    room = window.screen().availableGeometry().size()
    window.resize(min(1280, room.width()), min(800, room.height()))
    _roster(camera, desktop)
    _meetings(camera, desktop)
    photograph_dues(camera, desktop, _shoot)
    _pledges(camera, desktop)
    photograph_archives(camera, desktop, _shoot, _dialogs)
    _menus(camera, desktop)
    if folder.name == "100":
        _papers(folder.parent)
    window.close()
    return 0


def _dialogs() -> list[Any]:
    from PySide6.QtWidgets import QApplication, QDialog

    return [widget for widget in QApplication.topLevelWidgets() if isinstance(widget, QDialog) and widget.isVisible()]


@contextmanager
def _photographed(camera: Camera, desktop: Any, name: str) -> Iterator[list[Any]]:
    """Photograph the dialogs that the block opens, then close them. Dialogs run by `exec` are met by a timer."""
    from PySide6.QtCore import QTimer

    met: list[Any] = []

    def meet() -> None:
        for dialog in _dialogs():
            if dialog not in met:
                met.append(dialog)
                camera.take(dialog, name)
                dialog.done(0)

    timer = QTimer(interval=900)
    timer.timeout.connect(meet)
    timer.start()
    yield met
    camera.rest(desktop, 1200)
    timer.stop()
    meet()
    camera.rest(desktop, 50)
    if not met:
        raise LookupError(f"{name}: no dialog was shown")


def _shoot(camera: Camera, desktop: Any, name: str, action: Callable[[], object]) -> None:
    with _photographed(camera, desktop, name):
        action()


def _trigger(page: Any, text: str) -> Callable[[], object]:
    from PySide6.QtGui import QAction

    action = next(found for found in page.findChildren(QAction) if found.text().startswith(text))
    return action.trigger


def _roster(camera: Camera, desktop: Any) -> None:
    from partyroom.registry import FEATURES

    window = desktop.window
    window.show_page(FEATURES[0])
    page = window.page(FEATURES[0])
    camera.rest(desktop)
    camera.take(window, "roster")
    page.table.bar.search.setText("没有这个人")
    camera.rest(desktop, 600)
    camera.take(window, "roster-nothing-found")
    page.table.bar.search.setText("")
    camera.rest(desktop, 600)
    for text, name in (
        ("新增人员", "member-new"),
        ("打印花名册", "preview-roster"),
        ("导出 Excel", "export"),
        ("支部委员会", "committee"),
        ("党小组和科室", "units"),
        ("支部信息", "branch"),
    ):
        _shoot(camera, desktop, name, _trigger(page, text))
    ids = page.table.model.ids if hasattr(page.table.model, "ids") else [1]
    _shoot(camera, desktop, "member", partial(page.table.opened.emit, int(ids[0])))
    _shoot(camera, desktop, "import", partial(page.import_file, messy_roster(camera.folder)))


def _meetings(camera: Camera, desktop: Any) -> None:
    from PySide6.QtWidgets import QApplication

    from partyroom.features.meetings.meeting_dialog import MeetingDialog
    from partyroom.registry import FEATURES

    window = desktop.window
    window.show_page(FEATURES[1])
    page = window.page(FEATURES[1])
    camera.rest(desktop)
    camera.take(window, "meetings")
    first = desktop.library.read(_busy_meeting)
    page.edit_meeting(first)
    camera.rest(desktop, 800)
    editor = next(widget for widget in QApplication.topLevelWidgets() if isinstance(widget, MeetingDialog))
    for number, section in enumerate(editor.sections):
        editor.nav.setCurrentRow(number)
        camera.rest(desktop)
        camera.take(editor, f"meeting-{section.key}")
    editor.done(0)
    camera.rest(desktop)
    _shoot(camera, desktop, "meeting-new", page.create_meeting)
    _shoot(camera, desktop, "print-month", page.print_month)
    _shoot(camera, desktop, "plan", page.show_plan)
    _shoot(camera, desktop, "plan-list", partial(_open_plan_list, page))
    _shoot(camera, desktop, "kinds", page.show_kinds)
    _shoot(camera, desktop, "oath", partial(_open_oath, page))
    page._searched = "师德 教师"
    _shoot(camera, desktop, "search", page.search)
    page.panel.select([first])
    camera.rest(desktop)
    for text, name in (("预览会议记录", "preview-record"), ("预览会议纪要", "preview-notice")):
        _shoot(camera, desktop, name, _trigger(page, text))
    _meeting_papers(camera, desktop, page)
    _photos(camera, desktop, page)
    _absences(camera, desktop, page)


def _open_plan_list(page: Any) -> None:
    from PySide6.QtWidgets import QPushButton

    from partyroom.features.meetings.plan_dialog import PlanDialog

    dialog = PlanDialog(page.desk, parent=page)
    dialog.open()
    dialog.findChild(QPushButton, "list_view_button").click()


def _meeting_papers(camera: Camera, desktop: Any, page: Any) -> None:
    """What stands around a meeting: notices to the departments, the sign-in sheet, statistics."""
    from PySide6.QtWidgets import QApplication

    from partyroom.features.meetings.sign_in_dialog import preview_sign_in
    from partyroom.features.meetings.statistics_dialog import StatisticsDialog

    chosen = page.panel.selected_ids()
    _shoot(camera, desktop, "resolutions", page.show_resolutions)
    _minutes_history(camera, desktop, page, chosen[0])
    _shoot(camera, desktop, "notices", partial(page._on_notices_asked, chosen))
    _shoot(camera, desktop, "sign-in", partial(page._on_sign_in_asked, chosen))
    sheet = partial(preview_sign_in, desktop.desk, page, chosen[0], blank=False)
    _shoot(camera, desktop, "preview-sign-in", sheet)
    page.show_statistics()
    camera.rest(desktop)
    dialog = next(widget for widget in QApplication.topLevelWidgets() if isinstance(widget, StatisticsDialog))
    for number, name in enumerate(("people", "months", "chart")):
        dialog.tabs.setCurrentIndex(number)
        camera.rest(desktop, 800)
        camera.take(dialog, f"statistics-{name}")
    dialog.done(0)
    camera.rest(desktop)


def _photos(camera: Camera, desktop: Any, page: Any) -> None:
    """Photos of a meeting: their list, one large, and the annex of the record."""
    from PySide6.QtWidgets import QApplication

    from partyroom.features.meetings.meeting_dialog import MeetingDialog
    from partyroom.features.meetings.preview_dialog import preview_meetings
    from partyroom.features.meetings.sample_pictures import PHOTOGRAPHED
    from partyroom.features.meetings.service import meeting_ids_between

    (meeting,) = desktop.library.read(partial(meeting_ids_between, first=PHOTOGRAPHED, last=PHOTOGRAPHED))
    page.edit_meeting(meeting)
    camera.rest(desktop, 800)
    editor = next(widget for widget in QApplication.topLevelWidgets() if isinstance(widget, MeetingDialog))
    editor.go_to("papers")
    camera.rest(desktop)
    camera.take(editor, "meeting-photos")
    editor.papers.show_big()
    camera.rest(desktop)
    picture = next(one for one in _dialogs() if one.objectName() == "picture_dialog")
    camera.take(picture, "meeting-photo-large")
    picture.done(0)
    editor.done(0)
    camera.rest(desktop)
    desktop.settings.set("record_photos", "2")
    _shoot(camera, desktop, "preview-record-photos", partial(preview_meetings, desktop.desk, page, [meeting], "record"))
    desktop.settings.set("record_photos", "0")


def _absences(camera: Camera, desktop: Any, page: Any) -> None:
    """Leave slips and make-up lessons with their forms, previews and one person's record."""
    from PySide6.QtWidgets import QApplication

    from partyroom.features.meetings.absence_dialog import AbsenceDialog

    page.show_absences()
    camera.rest(desktop)
    dialog = next(widget for widget in QApplication.topLevelWidgets() if isinstance(widget, AbsenceDialog))
    for number, name in enumerate(("leave-slips", "make-ups")):
        dialog.show_tab(number)
        camera.rest(desktop)
        camera.take(dialog, name)
        panel = dialog.tabs.currentWidget().panel
        panel.view.selectRow(0)
        for text, form in (("登记请假条", "leave-slip"), ("已补课", "make-up"), ("此人的出勤", "person-absences")):
            action = next((one for one in panel.view.actions() if one.text().startswith(text)), None)
            if action is not None:
                action.trigger()
                camera.rest(desktop, 600)
                for other in _dialogs():
                    if other is not dialog and other is not page.window():
                        camera.take(other, f"{form}-{number}")
                        other.done(0)
    dialog.done(0)
    camera.rest(desktop)


def _pledges(camera: Camera, desktop: Any) -> None:
    """A year's pledges, the editor of one, and the dialogs and papers of the round."""
    from partyroom.features.pledges.page import PledgesPage
    from partyroom.ui.errands import Errand

    window = desktop.window
    window.show_page(PledgesPage)
    page = window.page(PledgesPage)
    camera.rest(desktop, 600)
    camera.take(window, "pledges")
    _shoot(camera, desktop, "pledge-round", page.plan_round)
    year = page.view.year
    page.show_year(year + 1)
    camera.rest(desktop)
    camera.take(window, "pledges-unopened")
    page.show_year(year)
    camera.rest(desktop)
    _pledge(camera, desktop, page)
    for name, action in (
        ("new", page.create_pledge),
        ("reminders", page.show_reminders),
        ("register", page.show_register),
        ("overview", page.show_overview),
        ("templates", page.show_templates),
    ):
        _shoot(camera, desktop, f"pledge-{name}", action)
    results = next(one.member_id for one in page.view.pledges if one.member_id is not None)
    errand = Errand("member_pledges", {"member": results, "name": "示例"}, page)
    _shoot(camera, desktop, "pledge-results", partial(page.take, errand))
    fulfilling = [one.id for one in page.view.pledges if one.state == "fulfilling"]
    drafts = [one.id for one in page.view.pledges if one.state == "draft"]
    for name, act, ids in (
        ("review", page._review, drafts),
        ("deed", page._record, fulfilling[:1]),
        ("appraisal", page._appraise, fulfilling[:6]),
    ):
        if ids:
            _shoot(camera, desktop, f"pledge-{name}", partial(page._on_step_asked, act, ids))
    for name, action in (
        ("letters", partial(page._on_letters_asked, fulfilling[:2])),
        ("poster", partial(page._on_posters_asked, "A4", fulfilling[:1])),
        ("wall", partial(page._preview_wall, "A3")),
        ("register", partial(page._preview_register, photos=True)),
    ):
        _shoot(camera, desktop, f"preview-pledge-{name}", action)


def _pledge(camera: Camera, desktop: Any, page: Any) -> None:
    """The parts of the editor, for the pledge with most deeds."""
    if not page.view.pledges:
        return
    page.edit_pledge(max(page.view.pledges, key=lambda one: len(one.deeds)).id)
    camera.rest(desktop, 600)
    editor = next(one for one in _dialogs() if one.objectName() == "pledge_dialog")
    for number, name in enumerate(("words", "deeds", "files", "history")):
        editor.tabs.setCurrentIndex(number)
        camera.rest(desktop)
        camera.take(editor, f"pledge-{name}")
    editor.done(0)
    camera.rest(desktop)


def _open_oath(page: Any) -> None:
    from partyroom.features.meetings.oath_dialog import OathDialog

    OathDialog(page).open()


def _minutes_history(camera: Camera, desktop: Any, page: Any, meeting_id: int) -> None:
    """The versions of minutes after a change, and a finalised record."""
    from PySide6.QtWidgets import QApplication

    from partyroom.features.meetings.meeting_dialog import MeetingDialog
    from partyroom.features.meetings.service import meeting_ids_between

    desktop.library.write("修改会议记录", partial(_rewrite, meeting_id))
    page.edit_meeting(meeting_id)
    camera.rest(desktop, 800)
    editor = next(widget for widget in QApplication.topLevelWidgets() if isinstance(widget, MeetingDialog))
    editor.go_to("minutes")
    editor.minutes.finder.open()
    camera.rest(desktop)
    camera.take(editor, "meeting-find-replace")
    editor.minutes.versions_requested.emit()
    camera.rest(desktop, 800)
    camera.take(next(one for one in _dialogs() if one.objectName() == "version_dialog"), "meeting-versions")
    editor.done(0)
    camera.rest(desktop)
    first = desktop.library.read(partial(meeting_ids_between, first=date(2024, 1, 1), last=date(2024, 12, 31)))[0]
    _shoot(camera, desktop, "meeting-finalised", partial(page.edit_meeting, first))


def _rewrite(meeting_id: int, session: Any) -> None:
    """A line with live fields, and a word changed elsewhere."""
    from dataclasses import replace

    from partyroom.features.meetings.service import get_meeting, update_meeting

    draft = get_meeting(session, meeting_id).draft
    first, _, rest = draft.minutes.partition("\n")
    line = "党员应到〔应到人数〕，实到〔实到人数〕，缺席：〔缺席名单〕。"
    update_meeting(session, meeting_id, replace(draft, minutes=f"{first}\n{line}\n{rest.replace('会议', '大会')}"))


def _busy_meeting(session: Any) -> int:
    """A meeting with votes, resolutions and long minutes."""
    from partyroom.features.meetings.service import MeetingQuery, list_meeting_ids, list_rows

    rows = list_rows(session, list_meeting_ids(session, MeetingQuery()))
    return max(rows, key=lambda row: (bool(row.votes and row.resolutions), row.minutes_length)).id


def _menus(camera: Camera, desktop: Any) -> None:
    window = desktop.window
    desktop.library.write("移入回收站", _bin_somebody)
    for key, name in (
        ("bin", "recycle-bin"),
        ("changes", "change-log"),
        ("calculators", "calculators"),
        ("settings", "settings"),
        ("handbook", "handbook"),
        ("about", "about"),
    ):
        _shoot(camera, desktop, name, window.action(key).trigger)
    desktop.settings.set("large_text", True)
    camera.rest(desktop, 600)
    camera.take(window, "large-text")
    desktop.settings.set("large_text", False)


def _bin_somebody(session: Any) -> None:
    from partyroom.features.meetings.service import MeetingQuery, bin_meetings, list_meeting_ids

    bin_meetings(session, list_meeting_ids(session, MeetingQuery())[:2])


def messy_roster(folder: Path) -> Path:
    """A workbook as offices make them: title, merged cells, serial numbers, blank rows, a footer, and mistakes."""
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    sheet.append(["样例县第九十九中学党员花名册"])
    sheet.merge_cells("A1:I1")
    sheet.append(["序号", "姓 名", "性别", "民族", "出生年月", "公民身份号码", "入党时间", "党小组", "联系电话"])
    sheet.append([1, "赵甲一", "男", "汉", "1972年3月", "", "1996.7.1", "第一党小组", 19900000001])
    sheet.append([2, "新来一", "女", "汉族", 31108, "990000198503020040", "2010-7-1", "第二党小组", "19900000091"])
    sheet.append([3, "新来二", "不详", "回", "1985.13", "990000190002290014", "20100701", "第二党小组", "1990000009"])
    sheet.append([])
    sheet.append([4, "", "男"])
    sheet.append([5, "新来三", "男", "汉族", "1990年6月", 990000199006150018, "2015年", "第三党小组", ""])
    sheet.append(["", "", "", "", "", "", "", "填表人：示例", ""])
    target = folder / "花名册.xlsx"
    book.save(target)
    return target


def _papers(folder: Path) -> None:
    """The first pages of each kind of paper as pictures, from what the preview would print."""
    import pypdfium2

    from partyroom.app import main as command
    from partyroom.core.paths import sample_folder

    with tempfile.TemporaryDirectory() as scratch:
        copy = Path(scratch) / "copy"
        command(["sample", str(copy)])
        assert sample_folder().exists()
        for name, arguments in (
            ("record", ["minutes", "--meeting", "1", "--form", "record"]),
            ("notice", ["minutes", "--meeting", "1", "--form", "notice"]),
            ("roster", ["roster"]),
        ):
            target = Path(scratch) / f"{name}.pdf"
            command(["--library", str(copy), "export", *arguments, "-o", str(target)])
            document = pypdfium2.PdfDocument(target)
            for number in range(min(3, len(document))):
                document[number].render(scale=1.4).to_pil().save(folder / f"paper-{name}-{number + 1}.png")
            document.close()


if __name__ == "__main__":
    sys.exit(main())
