"""The roster on paper and as a workbook."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from enum import StrEnum

from partyroom.core.calendar import RecordedDate, chinese_date
from partyroom.core.identity import mask_identity, mask_phone
from partyroom.documents.model import (
    Align,
    Block,
    CaptionLine,
    Document,
    LedgerColumn,
    LedgerTable,
    PageStyle,
    Title,
)
from partyroom.documents.sheet import Sheet
from partyroom.features.members.domain import (
    FIELDS_BY_KEY,
    MEMBER_FIELDS,
    Category,
    Employment,
    FieldKind,
    MemberDetail,
    MemberDraft,
    category_on,
    is_here,
    member_party_years,
)
from partyroom.features.organisation.domain import Branch


def mask_address(address: str) -> str:
    """An address up to the county, the rest as asterisks (PI-11, custom); short ones without a county wholly masked."""
    for ending in ("县", "区", "市", "旗"):
        place = address.find(ending)
        if 0 < place < len(address) - 1:
            return address[: place + 1] + "***"
    return "***" if address else ""


MASKS: dict[str, Callable[[str], str]] = {
    "id_number": mask_identity,
    "phone": mask_phone,
    "landline": mask_phone,
    "address": mask_address,
    "household": mask_address,
}
"""How each sensitive field is masked (个人信息保护法 Art 51, PI-11; the shapes are custom)."""


def shown(draft: MemberDraft, key: str, *, full: bool) -> str:
    """A field's value as people read it: labels for codes, typed text where no code fits, masked unless `full`."""
    value = getattr(draft, key)
    if not value and key in draft.typed:
        return draft.typed[key]
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, StrEnum):
        return str(value.label)  # type: ignore[attr-defined]
    if isinstance(value, RecordedDate):
        return value.short
    text = str(value)
    return text if full or key not in MASKS else MASKS[key](text)


_LISTED = (
    *("name", "sex", "birth", "category", "employment", "joined", "full_since"),
    *("group", "department", "id_number", "phone"),
)


def row_as_json(member: MemberDetail) -> dict[str, object]:
    """A line of the roster as data: codes beside their labels, dates ISO, sensitive numbers masked."""
    draft = member.draft
    line: dict[str, object] = {"id": int(member.id), "name": draft.name}
    for key in ("sex", "category", "standing", "employment"):
        code = getattr(draft, key)
        line[key] = code.value if code else None
        line[f"{key}_label"] = shown(draft, key, full=False)
    for key in ("birth", "joined", "full_since"):
        day = getattr(draft, key)
        line[key] = day.text if day else None
    for key in ("ethnicity", "education", "group", "department", "post", "id_number", "phone"):
        line[key] = shown(draft, key, full=False)
    return line | {"party_posts": [post.label for post in member.posts]}


def rows_as_text(members: Sequence[MemberDetail]) -> list[tuple[str, ...]]:
    """The roster in lines for reading: headings, one line a person, and how many there are of each kind."""
    heading = ("编号", *(FIELDS_BY_KEY[key].label for key in _LISTED), "党内职务")
    lines = (
        (
            str(member.id),
            *(shown(member.draft, key, full=False) for key in _LISTED),
            "、".join(post.label for post in member.posts),
        )
        for member in members
    )
    return [heading, *lines, (_head_count(members),)]


def _head_count(members: Sequence[MemberDetail]) -> str:
    """'共34人：正式党员26人（其中离退休2人），预备党员3人，…'."""
    parts = []
    for category in Category:
        of_kind = [m for m in members if m.draft.category is category]
        retired = sum(m.draft.employment is Employment.RETIRED for m in of_kind)
        if of_kind:
            parts.append(f"{category.label}{len(of_kind)}人" + (f"（其中离退休{retired}人）" if retired else ""))
    return f"共{len(members)}人" + (f"：{'，'.join(parts)}" if parts else "") + "。"


def roster_document(members: Sequence[MemberDetail], branch: Branch, day: date, *, full: bool) -> Document:
    """党员花名册 on A4 landscape: who is here on `day`, full members first, with sums below."""
    here = [(m, category_on(m.draft, day)) for m in members if is_here(m.draft, day)]
    people = sorted(
        ((member, category) for member, category in here if category is not None and category.in_party),
        key=lambda pair: pair[1] is not Category.FULL,
    )
    rows = tuple(_line(number, member, kind, day, full=full) for number, (member, kind) in enumerate(people, 1))
    formal = sum(category is Category.FULL for _, category in people)
    unknown = sum(category is None for _, category in here)
    table = LedgerTable(
        columns=_COLUMNS,
        rows=rows,
        footnote=f"共{len(people)}人，其中正式党员{formal}人，预备党员{len(people) - formal}人。"
        + (f"另有{unknown}人没有登记人员类别，也没有可用的入党日期，未列入。" if unknown else "")
        + ("" if full else "证件号码和电话已遮盖。"),
        size=9.0,
    )
    blocks: tuple[Block, ...] = (
        Title(f"{branch.full_name}党员花名册"),
        CaptionLine(left=f"填报单位：{branch.full_name}", right=f"统计日期：{chinese_date(day)}"),
        table,
    )
    return Document(title="党员花名册", blocks=blocks, page=PageStyle.LEDGER, author=branch.full_name)


def roster_sheet(members: Sequence[MemberDetail], branch: Branch, *, full: bool) -> Sheet:
    """Everybody on the roster with every field, in a form that the import reads back."""
    rows: list[tuple[str | int, ...]] = [
        (number, *(shown(member.draft, field.key, full=full) for field in MEMBER_FIELDS))
        for number, member in enumerate(members, 1)
    ]
    headings = ("序号", *(field.label for field in MEMBER_FIELDS))
    return Sheet(
        title=f"{branch.full_name}党员花名册",
        headings=headings,
        rows=rows,
        widths=(6.0, *(_width(field.kind, field.label) for field in MEMBER_FIELDS)),
    )


def _width(kind: FieldKind, label: str) -> float:
    fixed = {FieldKind.IDENTITY: 22.0, FieldKind.PHONE: 15.0, FieldKind.DATE: 14.0, FieldKind.LONG_TEXT: 30.0}
    return max(fixed.get(kind, 12.0), 2.2 * len(label) + 2)


_COLUMNS = (
    LedgerColumn("序号", 10, Align.CENTRE),
    LedgerColumn("姓名", 20, Align.CENTRE),
    LedgerColumn("性别", 10, Align.CENTRE),
    LedgerColumn("民族", 14, Align.CENTRE),
    LedgerColumn("出生日期", 21, Align.CENTRE),
    LedgerColumn("学历", 18, Align.CENTRE),
    LedgerColumn("公民身份号码", 36, Align.CENTRE),
    LedgerColumn("入党日期", 21, Align.CENTRE),
    LedgerColumn("转正日期", 21, Align.CENTRE),
    LedgerColumn("党龄", 11, Align.CENTRE),
    LedgerColumn("党小组", 22, Align.CENTRE),
    LedgerColumn("所在科室", 22, Align.CENTRE),
    LedgerColumn("职务", 24, Align.CENTRE),
    LedgerColumn("手机号码", 25, Align.CENTRE),
)


def _line(number: int, member: MemberDetail, category: Category, day: date, *, full: bool) -> tuple[str, ...]:
    draft = member.draft
    years = member_party_years(draft.full_since, draft.category, day)
    name = draft.name if category is Category.FULL else f"{draft.name}（预备）"
    posts = "、".join(post.label for post in member.posts) or draft.post
    return (
        str(number),
        name,
        shown(draft, "sex", full=full),
        draft.ethnicity,
        shown(draft, "birth", full=full),
        draft.education,
        shown(draft, "id_number", full=full),
        shown(draft, "joined", full=full),
        shown(draft, "full_since", full=full),
        "" if years is None else str(years),
        draft.group,
        draft.department,
        posts,
        shown(draft, "phone", full=full),
    )
