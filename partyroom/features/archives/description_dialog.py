"""The description of a 件 as a form: what is asked of one piece, of several at once, and what comes of the answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from partyroom.core.calendar import RecordedDate, today
from partyroom.core.filing import Retention
from partyroom.core.text import one_line
from partyroom.features.archives.domain import Secrecy
from partyroom.features.archives.filing import PieceDraft, RetentionKind, retention_kinds
from partyroom.features.archives.screen_service import Setting
from partyroom.ui.form import Field, FormDialog, Kind

SECRECY_HINT = "本软件只用于非涉密文件；涉密文件不得录入，按保密规定另行管理"
_EARLIEST = 1921
_NOT_MARKED = "不标密级"
_RETENTIONS = [(one.value, one.label) for one in Retention]
_SECRECIES = [(one.value, one.label or _NOT_MARKED) for one in Secrecy]


def fields_of_one(setting: Setting, draft: PieceDraft, *, kinds: bool = False) -> list[Field]:
    """The fields of one piece, whose category may be out of use; `kinds` offers the usual kinds of material.

    What the program made belongs to its year: filed under another, it would be offered again in its own.
    """
    fields = [
        Field("title", "题名", required=True, wide=True),
        Field("own_title", "题名是自拟的（目录中加方括号）", Kind.CHECK),
        Field("category", "类别", Kind.CHOICE, required=True, choices=setting.choices_with(draft.category)),
        Field("author", "责任者", hint="制发文件的组织或个人"),
        Field("document_number", "文号", hint="文件上印的发文字号，没有的留空"),
        Field("dated", "日期", Kind.DATE, exact=True, validate=_refuse_future, hint="文件的形成日期"),
    ]
    if not draft.source:
        highest = today().year
        fields.append(Field("year", "归档年度", Kind.NUMBER, required=True, lowest=_EARLIEST, highest=highest))
    if kinds:
        fields.append(Field("kind", "材料种类", Kind.CHOICE, choices=_kind_choices(), hint="选了会带出保管期限"))
    return [
        *fields,
        Field("retention", "保管期限", Kind.CHOICE, required=True, choices=_RETENTIONS),
        Field("office", "机构（问题）", validate=refuse_marks, hint="代码，如 BGS；不分机构的留空"),
        Field("secrecy", "密级", Kind.CHOICE, required=True, choices=_SECRECIES, hint=SECRECY_HINT),
        Field("remark", "备注", wide=True),
    ]


def fields_of_many(setting: Setting) -> list[Field]:
    """The fields that several pieces get in common; blank ones leave each piece as it is."""
    own: tuple[object, str] = (None, "各件不变")
    return [
        Field("author", "责任者", hint="留空：各件不变"),
        Field("category", "类别", Kind.CHOICE, choices=[own, *setting.category_choices]),
        Field("retention", "保管期限", Kind.CHOICE, choices=[own, *_RETENTIONS]),
        Field("office", "机构（问题）", validate=refuse_marks, hint="代码，如 BGS；不分机构的留空"),
        Field("secrecy", "密级", Kind.CHOICE, required=True, choices=_SECRECIES, hint=SECRECY_HINT),
    ]


def values_of(draft: PieceDraft) -> dict[str, object]:
    """What a form of one piece shows at first."""
    return {
        "title": draft.title,
        "own_title": draft.own_title,
        "category": draft.category or None,
        "author": draft.author,
        "document_number": draft.document_number,
        "dated": draft.dated,
        "year": draft.year,
        "retention": draft.retention.value,
        "office": draft.office,
        "secrecy": draft.secrecy.value,
        "remark": draft.remark,
    }


def draft_of(before: PieceDraft, values: dict[str, object]) -> PieceDraft:
    """The description that a form of one piece says; `before` gives what it does not ask."""
    day, year = values["dated"], values.get("year")
    return replace(
        before,
        year=year if isinstance(year, int) else before.year,
        title=one_line(str(values["title"])),
        own_title=bool(values["own_title"]),
        category=str(values["category"]),
        author=one_line(str(values["author"])),
        document_number=one_line(str(values["document_number"])),
        dated=day.exact if isinstance(day, RecordedDate) else None,
        retention=Retention(str(values["retention"])),
        office=one_line(str(values["office"])),
        secrecy=Secrecy(str(values["secrecy"])),
        remark=str(values["remark"]),
    )


def drafts_of(before: Sequence[PieceDraft], values: dict[str, object]) -> list[PieceDraft]:
    """The descriptions of several pieces after a form in common."""
    author, category, retention = one_line(str(values["author"])), values["category"], values["retention"]
    return [
        replace(
            draft,
            author=author or draft.author,
            category=str(category) if category else draft.category,
            retention=Retention(str(retention)) if retention else draft.retention,
            office=one_line(str(values["office"])),
            secrecy=Secrecy(str(values["secrecy"])),
        )
        for draft in before
    ]


def follow_kind(dialog: FormDialog) -> None:
    """Let the choice of a kind of material set the retention and say what the two sources have."""
    cells = dialog.grid.cells
    kinds = {kind.code: kind for kind in retention_kinds()}

    def on_kind_changed() -> None:
        kind = kinds.get(str(cells["kind"].editor.value()))
        if kind is not None:
            cells["retention"].editor.set_value(kind.retention.value)
            cells["kind"].note.setText(sources_text(kind))
            cells["kind"].note.show()

    cells["kind"].changed.connect(on_kind_changed)


def sources_text(kind: RetentionKind) -> str:
    """What the two sources say of a kind of material."""
    first, second = kind.first or "未列", kind.second or "未列"
    return f"南昌大学档案馆表：{first}；通行的党组织文件表：{second}。两者不同时由支部定。"


def refuse_marks(value: object) -> str:
    """Why the code of an office cannot be used."""
    found = any(mark in str(value) for mark in "-·")
    return "机构（问题）代码里不能有“-”和“·”，它们用来分隔档号。" if found else ""


def _refuse_future(value: object) -> str:
    late = isinstance(value, RecordedDate) and value.exact is not None and value.exact > today()
    return "文件的日期不能晚于今天。" if late else ""


def _kind_choices() -> list[tuple[object, str]]:
    return [(kind.code, f"{kind.label}（{kind.retention.label}）") for kind in retention_kinds()]
