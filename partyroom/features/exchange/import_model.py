"""The preview of an import as a table: every row of the file with what will happen to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor

from partyroom.core.calendar import RecordedDate
from partyroom.features.exchange.domain import Issue
from partyroom.features.exchange.plan import ChoiceKind, RosterPlan, Step
from partyroom.features.exchange.verdicts import ExistingMember, VerdictKind
from partyroom.features.members.domain import FIELDS_BY_KEY

AnyIndex = QModelIndex | QPersistentModelIndex

HEADINGS: Final = ("行号", "姓名", "结果", "变化", "提醒")
_TONES: Final = {"新增": "#2E7D4F", "更新": "#1F5FA8", "不能导入": "#B3261E", "跳过": "#8A8F98"}


class Show(StrEnum):
    """Which rows the preview lists."""

    ALL = "all"
    NEW = "new"
    UPDATE = "update"
    UNCHANGED = "unchanged"
    DOUBTFUL = "doubtful"
    WARNED = "warned"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class PreviewLine:
    """One line: the row's number in the file, its name, verdict, changes and doubts in words.

    `step` is None for a row that cannot be imported.
    """

    row: int
    name: str
    verdict: str
    changes: tuple[str, ...]
    doubts: tuple[str, ...]
    step: Step | None


def preview_lines(plan: RosterPlan) -> list[PreviewLine]:
    """All rows of the file that hold somebody, in their order."""
    doubts: dict[int, list[str]] = {}
    for issue in plan.warnings:
        doubts.setdefault(issue.row, []).append(_short(issue))
    lines = [
        PreviewLine(s.row.row, s.row.name, verdict_words(s), change_texts(s), tuple(doubts.get(s.row.row, ())), s)
        for s in plan.steps
    ]
    lines += [PreviewLine(i.row, "", "不能导入", (), (_short(i),), None) for i in plan.refusals]
    return sorted(lines, key=lambda line: line.row)


def verdict_words(step: Step) -> str:
    """The result in a word; for a doubtful row with whom the person is taken for."""
    if step.choice is None:
        return step.verdict.kind.label
    if step.choice.kind is ChoiceKind.SKIP:
        return "跳过"
    return f"{'另一人' if step.choice.kind is ChoiceKind.NEW else '同一人'}，{step.verdict.kind.label}"


def candidate_text(member: ExistingMember) -> str:
    """Somebody of the roster in words that tell namesakes apart."""
    birth = member.birth.label + "生" if member.birth is not None else "出生日期未填"
    others = (_shown(member.values.get(key)) for key in ("department", "post", "category"))
    return "，".join((member.name, birth, *(text for text in others if text)))


def change_texts(step: Step) -> tuple[str, ...]:
    """What an update changes: 字段：旧 → 新."""
    return tuple(
        f"{FIELDS_BY_KEY[change.key].label}：{_shown(change.old) or '（空）'} → {_shown(change.new)}"
        for change in step.verdict.changes
    )


def row_texts(step: Step) -> list[tuple[str, str]]:
    """Label and value of everything the row says."""
    values: dict[str, object] = {**step.row.values, **step.row.typed}
    return [(field.label, _shown(values[key])) for key, field in FIELDS_BY_KEY.items() if key in values]


def _shown(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, RecordedDate):
        return value.short
    if isinstance(value, bool):
        return "是" if value else "否"
    return str(getattr(value, "label", value))


def _short(issue: Issue) -> str:
    """The sentence without the row, which the line shows already."""
    return issue.message.removeprefix(f"第{issue.row}行")


class ImportModel(QAbstractTableModel):
    """The lines of a plan, all or some; the plan is replaced as a whole when the user decides something."""

    def __init__(self, plan: RosterPlan, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._all = preview_lines(plan)
        self._show = Show.ALL
        self._lines = self._all
        self._counts = self._counted()

    def put(self, plan: RosterPlan) -> None:
        """Show another state of the same file."""
        self.beginResetModel()
        self._all = preview_lines(plan)
        self._counts = self._counted()
        self._lines = [line for line in self._all if _fits(line, self._show)]
        self.endResetModel()

    def show(self, what: Show) -> None:
        """List only rows of one sort."""
        self.beginResetModel()
        self._show = what
        self._lines = [line for line in self._all if _fits(line, what)]
        self.endResetModel()

    def counts(self) -> dict[Show, int]:
        """How many rows there are of each sort."""
        return self._counts

    def _counted(self) -> dict[Show, int]:
        return {what: sum(_fits(line, what) for line in self._all) for what in Show}

    def line(self, row: int) -> PreviewLine:
        """The line at a position of the table."""
        return self._lines[row]

    def positions(self, numbers: Sequence[int]) -> list[int]:
        """Where rows of the file stand in the table now."""
        wanted = set(numbers)
        return [place for place, line in enumerate(self._lines) if line.row in wanted]

    def rowCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008, N802
        """Number of lines shown."""
        return 0 if parent.isValid() else len(self._lines)

    def columnCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008, N802
        """Number of columns."""
        return 0 if parent.isValid() else len(HEADINGS)

    def headerData(  # noqa: N802
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        """Headings of the columns."""
        if role != Qt.ItemDataRole.DisplayRole or orientation is not Qt.Orientation.Horizontal:
            return None
        return HEADINGS[section]

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Text and colour of the verdict."""
        if not index.isValid():
            return None
        line = self._lines[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            texts = (str(line.row), line.name, line.verdict, "；".join(line.changes), "；".join(line.doubts))
            return texts[index.column()]
        if role == Qt.ItemDataRole.ForegroundRole and index.column() == 2:
            tone = "#9A6700" if line.step is not None and line.step.doubtful else _TONES.get(line.verdict)
            return QColor(tone) if tone else None
        return None


def _fits(line: PreviewLine, what: Show) -> bool:
    if what is Show.ALL:
        return True
    if what is Show.REFUSED:
        return line.step is None
    if what is Show.WARNED:
        return bool(line.doubts)
    if line.step is None:
        return False
    if what is Show.DOUBTFUL:
        return line.step.doubtful
    return line.step.verdict.kind is VerdictKind(what.value)
