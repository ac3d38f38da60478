"""The form for one person of the roster."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from partyroom.core.calendar import RecordedDate
from partyroom.core.identity import check_identity
from partyroom.features.members import service
from partyroom.features.members.domain import (
    ENUM_KINDS,
    MEMBER_FIELDS,
    Category,
    Employment,
    FieldKind,
    MemberDetail,
    MemberDraft,
    MemberField,
    Standing,
)
from partyroom.features.members.report import MASKS
from partyroom.ui.desk import Desk
from partyroom.ui.errands import Errand
from partyroom.ui.form import Field, FormDialog, Kind
from partyroom.ui.naming import named
from partyroom.ui.theme import scaled

_RECORDS = (("member_dues", "党费交纳记录…"), ("member_pledges", "承诺与评诺…"))
"""What other rooms know of a member: errands with values `member` (the id) and `name`."""
_SECRETS = ("id_number", "phone", "landline")
_WHOLE_NUMBER = 18
_SUGGESTIONS: Mapping[str, tuple[str, ...]] = {
    "education": ("博士研究生", "硕士研究生", "大学本科", "大学专科", "中专", "高中", "初中"),
    "degree": ("博士", "硕士", "学士"),
    "education_kind": ("全日制教育", "在职教育"),
    "title": ("正高级教师", "高级教师", "一级教师", "二级教师", "三级教师"),
    "missing": ("外出务工", "单位改制破产", "毕业去向不明", "单位改变", "出国", "居住地改变", "其他"),
    "ethnicity": ("汉族", "回族", "满族", "蒙古族", "藏族", "维吾尔族", "苗族", "彝族", "壮族", "朝鲜族", "土家族"),
}


class MemberDialog(FormDialog):
    """Adds or edits one person. A valid ID number fills in sex and birth date where they are blank."""

    def __init__(
        self,
        desk: Desk,
        detail: MemberDetail | None,
        groups: Sequence[str],
        departments: Sequence[str],
        parent: QWidget | None = None,
    ) -> None:
        self._detail = detail
        draft = detail.draft if detail else MemberDraft(name="", category=Category.FULL, employment=Employment.ON_DUTY)
        fields = [_form_field(field, draft, groups, departments) for field in MEMBER_FIELDS]
        super().__init__(
            f"党员信息：{draft.name}" if detail else "新增人员",
            fields,
            draft.values(),
            desk,
            save=self._store,
            draft_key=f"member-{detail.id}" if detail else "member-new",
            parent=parent,
        )
        self._filled: dict[str, object] = {}  # what we read out of the ID number, and may replace
        number = self.grid.cells["id_number"].editor
        number.changed.connect(self._on_number_changed)
        number.left.connect(self._on_number_left)
        self.revealed.connect(self._on_revealed)
        self._offer_records()

    def _offer_records(self) -> None:
        """A strip with what other rooms keep of a Party member, as far as somebody answers for it."""
        if self._detail is None or self._detail.draft.category not in (Category.FULL, Category.PROBATIONARY):
            return
        offered = [(name, text) for name, text in _RECORDS if self._desk.errands.taken(name)]
        if not offered:
            return
        strip = named(QWidget(), "member_records", "履历")
        row = QHBoxLayout(strip)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(scaled(8))
        row.addWidget(named(QLabel("履历"), "quiet"))
        for name, text in offered:
            button = named(QPushButton(text), f"{name}_button")
            button.setAutoDefault(False)
            button.clicked.connect(partial(self._on_record_clicked, name))
            row.addWidget(button)
        row.addStretch()
        layout = self.layout()
        assert isinstance(layout, QVBoxLayout)
        layout.insertWidget(layout.count() - 1, strip)

    def _on_record_clicked(self, name: str) -> None:
        assert self._detail is not None
        self._desk.errands.send(Errand(name, {"member": self._detail.id, "name": self._detail.draft.name}, self))

    def _store(self, values: dict[str, object]) -> None:
        typed = dict(self._detail.draft.typed) if self._detail else {}
        for key in list(typed):
            if values.get(key) not in (None, ""):
                typed.pop(key)
        if values["standing"] is None:
            values["standing"] = Standing.ACTIVE
        draft = MemberDraft.from_values({**values, "typed": typed})
        if self._detail is None:
            work: Callable[..., object] = partial(service.admit_member, draft=draft)
            self._desk.tasks.write(f"新增人员：{draft.name}", work, owner=self)
        else:
            if draft == self._detail.draft:
                return
            work = partial(service.update_member, member_id=self._detail.id, draft=draft)
            self._desk.tasks.write(f"修改人员信息：{draft.name}", work, owner=self)

    def _on_number_changed(self) -> None:
        # The first 15 digits of many a number of 18 are themselves a valid number of the old kind.
        if len(str(self.grid.cells["id_number"].editor.value())) >= _WHOLE_NUMBER:
            self._on_number_left()

    def _on_number_left(self) -> None:
        checked = check_identity(str(self.grid.cells["id_number"].editor.value()))
        if checked.valid and checked.sex is not None and checked.birth is not None:
            self._fill("sex", checked.sex)
            self._fill("birth", RecordedDate.of(checked.birth))

    def _fill(self, key: str, value: object) -> None:
        """Fill a field that is blank or still holds what an earlier number gave; what the user typed stays."""
        editor = self.grid.cells[key].editor
        if editor.blank() or (key in self._filled and editor.value() == self._filled[key]):
            editor.set_value(value)
            self._filled[key] = value

    def _on_revealed(self, key: str) -> None:
        if self._detail is None:
            return
        label = next(field.label for field in MEMBER_FIELDS if field.key == key)
        note = f"查看{label}：{self._detail.draft.name}"
        self._desk.tasks.write(note, partial(service.note_revealed, what=note), owner=self)


def _form_field(field: MemberField, draft: MemberDraft, groups: Sequence[str], departments: Sequence[str]) -> Field:
    hint = f"导入时写的是“{draft.typed[field.key]}”，请选择" if field.key in draft.typed else ""
    common = {"key": field.key, "label": field.label, "section": field.section, "hint": hint}
    if field.kind in ENUM_KINDS:
        choices: tuple[tuple[object, str], ...] = tuple(
            (code, str(code.label))  # type: ignore[attr-defined]
            for code in ENUM_KINDS[field.kind]
        )
        return Field(**common, kind=Kind.CHOICE, choices=choices)  # type: ignore[arg-type]
    if field.kind is FieldKind.DATE:
        return Field(**common, kind=Kind.DATE)  # type: ignore[arg-type]
    if field.kind is FieldKind.FLAG:
        return Field(**common, kind=Kind.CHECK)  # type: ignore[arg-type]
    if field.kind is FieldKind.LONG_TEXT:
        return Field(**common, kind=Kind.LONG_TEXT, rows=3)  # type: ignore[arg-type]
    if field.key in _SECRETS:
        caution = _number_caution if field.key == "id_number" else None
        return Field(**common, kind=Kind.SECRET, mask=MASKS[field.key], caution=caution)  # type: ignore[arg-type]
    suggestions = {"group": tuple(groups), "department": tuple(departments)}.get(
        field.key, _SUGGESTIONS.get(field.key, ())
    )
    if suggestions or field.key in ("group", "department"):
        choices = tuple((text, text) for text in suggestions)
        return Field(**common, kind=Kind.OPEN_CHOICE, choices=choices)  # type: ignore[arg-type]
    return Field(**common, kind=Kind.TEXT, required=field.key == "name")  # type: ignore[arg-type]


def _number_caution(value: object) -> str:
    checked = check_identity(str(value))
    return "" if checked.valid else f"{checked.reason}已按原样保留，请核对。"
