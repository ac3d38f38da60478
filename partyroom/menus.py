"""The menus of the main window: files, editing, tools, help."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any, Protocol

from PySide6.QtCore import QObject

from partyroom.core.calendar import RecordedDate, add_months, chinese_date, today
from partyroom.core.errors import DomainError, Problem
from partyroom.core.identity import check_identity
from partyroom.core.paths import resources
from partyroom.core.text import safe_file_name
from partyroom.features.archives.filing_service import archive_problems
from partyroom.features.dues.calculator_page import DUES_CALCULATOR
from partyroom.features.dues.check_service import dues_problems
from partyroom.features.meetings.domain import VoteRule
from partyroom.features.meetings.search import index_problems, only_index, rebuild_index
from partyroom.features.meetings.vote_calculation import vote_sentence
from partyroom.features.safekeeping import service as safekeeping
from partyroom.features.safekeeping.page import BinDialog, ChangesDialog
from partyroom.storage.library import Library
from partyroom.ui.about import AboutDialog
from partyroom.ui.calculators import Calculator, CalculatorsDialog
from partyroom.ui.desk import Desk
from partyroom.ui.form_fields import Field, Kind
from partyroom.ui.handbook import HandbookWindow
from partyroom.ui.main_window import Command, MainWindow
from partyroom.ui.progress import Progress
from partyroom.ui.settings_dialog import SettingsDialog

_VERSION = "0.1.0"
_ABOUT = (
    f"版本 {_VERSION}\n学校党支部的名册、会议记录、台账和公文，离线使用，数据都在本机。\n"
    "本程序按 MIT 许可证发布。依据的法规条文请以正式文本为准；程序只提醒，不替支部作决定。"
)


class Shell(Protocol):
    """What the menus ask of the running program."""

    def create_library(self) -> None:
        """Make a new library and open it."""

    def choose_library(self) -> None:
        """Open another library."""

    def open_sample(self) -> None:
        """Open the sample branch."""

    def restore_backup(self) -> None:
        """Put a backup in the place of the open library."""


class Menus(QObject):
    """Owns the slots behind the menus of one open library."""

    def __init__(self, shell: Shell, desk: Desk, library: Library) -> None:
        super().__init__()
        self._shell = shell
        self._desk = desk
        self._library = library
        self.window: MainWindow | None = None

    def commands(self) -> list[Command]:
        """All lines of all menus."""
        shell = self._shell
        return [
            Command("文件(&F)", "新建支部库…", "add", "", shell.create_library, "create"),
            Command("文件(&F)", "打开支部库…", "folder-open", "Ctrl+O", shell.choose_library, "open"),
            Command("文件(&F)", "打开示例支部", "sample", "", shell.open_sample, "sample"),
            Command("文件(&F)", "备份…", "backup", "Ctrl+B", self._on_backup_triggered, "backup", separated=True),
            Command("文件(&F)", "从备份恢复…", "restore", "", shell.restore_backup, "restore"),
            Command("文件(&F)", "退出", "logout", "Ctrl+Q", self._on_quit_triggered, "quit", separated=True),
            Command("编辑(&E)", "撤销上一次删除", "undo", "Ctrl+Z", self._on_undo_triggered, "undo"),
            Command("编辑(&E)", "回收站…", "delete", "", self._on_bin_triggered, "bin"),
            Command("编辑(&E)", "修改记录…", "history", "", self._on_changes_triggered, "changes"),
            Command("工具(&T)", "计算器…", "calculator", "", self._on_calculators_triggered, "calculators"),
            Command("工具(&T)", "检查支部库", "check", "", self._on_check_triggered, "check"),
            Command("工具(&T)", "设置…", "settings", "", self._on_settings_triggered, "settings", separated=True),
            Command("帮助(&H)", "使用手册", "help", "F1", self._on_handbook_triggered, "handbook"),
            Command("帮助(&H)", "关于", "info", "", self._on_about_triggered, "about"),
        ]

    def _on_backup_triggered(self) -> None:
        name = self._library.folder.name
        suggested = safe_file_name(f"{name}备份{today():%Y%m%d}") + ".partyroom"
        target = self._desk.messages.choose_save("备份到", suggested, "支部库备份 (*.partyroom)")
        if target is not None:
            work = partial(_backup, library=self._library, target=target)
            self._desk.tasks.compute(work, self._on_backed_up, owner=self, title="正在备份…")

    def _on_backed_up(self, target: Path) -> None:
        self._desk.messages.inform(f"已备份并核对：{target}")

    def _on_quit_triggered(self) -> None:
        if self.window is not None:
            self.window.close()

    def _on_undo_triggered(self) -> None:
        self._desk.tasks.write("撤销删除", safekeeping.restore_latest, self._on_undone, owner=self)

    def _on_undone(self, titles: str) -> None:
        self._desk.messages.inform(f"已恢复：{titles}")

    def _on_bin_triggered(self) -> None:
        BinDialog(self._desk, self.window).open()

    def _on_changes_triggered(self) -> None:
        ChangesDialog(self._desk, self.window).open()

    def _on_calculators_triggered(self) -> None:
        CalculatorsDialog(CALCULATORS, self.window).open()

    def _on_check_triggered(self) -> None:
        work = partial(_check, library=self._library)
        self._desk.tasks.compute(work, self._on_checked, owner=self, title="正在检查支部库…")

    def _on_checked(self, problems: list[str]) -> None:
        if problems and only_index(problems):
            text = "\n".join(["会议记录本身没有问题，只是全文查找的索引要重建。", *problems])
            if self._desk.messages.ask("重建全文查找的索引？", text, accept="重建索引"):
                self._desk.tasks.write("重建全文查找的索引", rebuild_index, self._on_rebuilt, owner=self)
        elif problems:
            text = "发现下列问题，请先备份，再从最近的备份恢复："
            self._desk.messages.problem("检查支部库", text, "\n".join(problems))
        else:
            self._desk.messages.inform("支部库完好：数据库、附件和结构都没有问题。")

    def _on_rebuilt(self, count: int) -> None:
        self._desk.messages.inform(f"全文查找的索引已重建，共{count}次会议。")

    def _on_settings_triggered(self) -> None:
        SettingsDialog(self._desk, parent=self.window).open()

    def _on_handbook_triggered(self) -> None:
        page = self.window.current_page() if self.window else None
        HandbookWindow.show_at(page.title if page else "", self.window)

    def _on_about_triggered(self) -> None:
        AboutDialog(_ABOUT, third_party(), self.window).open()


def third_party() -> list[tuple[str, str, str]]:
    """Name with version, licence and licence texts of everything the program is made from."""
    listed = json.loads((resources() / "licences" / "third_party.json").read_text(encoding="utf-8"))
    return [(f"{part['name']} {part['version']}".strip(), part["licence"], _texts(part["files"])) for part in listed]


def _texts(files: Sequence[str]) -> str:
    return "\n\n".join((resources() / name).read_text(encoding="utf-8") for name in files)


def _backup(progress: Progress, library: Library, target: Path) -> Path:
    library.backup_to(target, progress.step)
    return target


def _check(progress: Progress, library: Library) -> list[str]:
    progress.step(0, 0, "正在检查…")
    return library.check(index_problems, dues_problems, archive_problems)


def identity_answer(values: dict[str, object]) -> str:
    """The identity calculator: what a number says, or what is wrong with it."""
    checked = check_identity(str(values["number"]))
    if not checked.valid or checked.sex is None or checked.birth is None:
        return f"号码不正确：{checked.reason}"
    converted = f"（由15位换算为 {checked.normalised}）" if checked.converted else ""
    return f"号码正确{converted}：{checked.sex.label}，{chinese_date(checked.birth)}出生。"


def date_answer(values: dict[str, object]) -> str:
    """The date calculator: calendar months from a day, clamped to the month's end."""
    start, months = values["start"], values["months"]
    if not isinstance(start, RecordedDate) or start.exact is None:
        raise DomainError(Problem("请填写到日，如 2026-01-31。", "start"))
    assert isinstance(months, int)
    return chinese_date(add_months(start.exact, months))


def vote_answer(values: dict[str, object]) -> str:
    """The vote calculator: whether a vote passed and what it needs, with the article."""
    counts = [values[key] for key in ("should", "present", "yes")]
    should, present, yes = (count if isinstance(count, int) else 0 for count in counts)
    return vote_sentence(VoteRule(str(values["kind"])), should, present, yes)


CALCULATORS: Sequence[Any] = (
    Calculator(
        "身份证号",
        (Field("number", "公民身份号码", required=True),),
        identity_answer,
        "依据：GB 11643-1999《公民身份号码》",
    ),
    Calculator(
        "日期推算",
        (
            Field("start", "起始日期", Kind.DATE, required=True, exact=True),
            Field(
                "months",
                "月数",
                Kind.NUMBER,
                required=True,
                lowest=-1200,
                highest=1200,
                unit="个月",
                hint="一年填 12；往前推填负数",
            ),
        ),
        date_answer,
        "按自然月推算，月末没有对应日期时取当月最后一天。",
    ),
    Calculator(
        "表决",
        (
            Field(
                "kind", "表决事项", Kind.CHOICE, required=True, choices=[(rule.value, rule.label) for rule in VoteRule]
            ),
            Field("should", "应到会有表决权", Kind.NUMBER, required=True, lowest=0, unit="人", hint="预备党员不计入"),
            Field("present", "实到会有表决权", Kind.NUMBER, required=True, lowest=0, unit="人"),
            Field("yes", "赞成", Kind.NUMBER, required=True, lowest=0, unit="票", hint="弃权、废票不算赞成"),
        ),
        vote_answer,
        "赞成票按应到会有表决权的人数计算，不是按实到人数；会议是否有效以正式文件为准。",
    ),
    DUES_CALCULATOR,
)
