"""The words and rules of the roster: who is on it, which fields a record has, what is complete, who may vote.

Fields follow the collection form and the national roster columns (党员信息采集表, 官方采集 16 项).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from enum import Enum, StrEnum
from typing import NewType

from partyroom.core.calendar import RecordedDate, add_months, age_on, party_years
from partyroom.core.identity import Sex, check_identity

MemberId = NewType("MemberId", int)


class Category(StrEnum):
    """人员类别 and, before admission, the stage of development (细则 stages)."""

    FULL = "full"
    PROBATIONARY = "probationary"
    TARGET = "target"
    ACTIVIST = "activist"
    APPLICANT = "applicant"

    @property
    def label(self) -> str:
        """The words of the regulations."""
        return _CATEGORY_LABELS[self]

    @property
    def in_party(self) -> bool:
        """Whether a person of this category is counted as a Party member."""
        return self in (Category.FULL, Category.PROBATIONARY)


_CATEGORY_LABELS = {
    Category.FULL: "正式党员",
    Category.PROBATIONARY: "预备党员",
    Category.TARGET: "发展对象",
    Category.ACTIVIST: "入党积极分子",
    Category.APPLICANT: "入党申请人",
}


class Standing(StrEnum):
    """党籍状态 (own list: the national code table is not published)."""

    ACTIVE = "active"
    SUSPENDED = "suspended"
    STRUCK_OFF = "struck_off"
    RESIGNED = "resigned"
    EXPELLED = "expelled"
    DECEASED = "deceased"
    TRANSFERRED = "transferred"

    @property
    def label(self) -> str:
        """The words of the regulations."""
        return _STANDING_LABELS[self]


_STANDING_LABELS = {
    Standing.ACTIVE: "正常",
    Standing.SUSPENDED: "停止党籍",
    Standing.STRUCK_OFF: "已除名",
    Standing.RESIGNED: "已退党",
    Standing.EXPELLED: "已出党",
    Standing.DECEASED: "去世",
    Standing.TRANSFERRED: "已转出",
}


class Employment(StrEnum):
    """人员状态: how the person stands to the school."""

    ON_DUTY = "on_duty"
    RETIRED = "retired"
    STUDENT = "student"
    OTHER = "other"

    @property
    def label(self) -> str:
        """The words that school offices use."""
        return {"on_duty": "在职", "retired": "离退休", "student": "学生", "other": "其他"}[self.value]


class PostKind(StrEnum):
    """党内职务 (支部工作条例 Art 20, ZB-07; own list, GB/T 12403 codes unverified)."""

    SECRETARY = "secretary"
    DEPUTY = "deputy"
    ORGANISATION = "organisation"
    PUBLICITY = "publicity"
    DISCIPLINE = "discipline"
    YOUTH = "youth"
    COMMISSIONER = "commissioner"
    GROUP_LEADER = "group_leader"

    @property
    def label(self) -> str:
        """The title as it is printed."""
        return _POST_LABELS[self]

    @property
    def on_committee(self) -> bool:
        """Whether the post belongs to the 支部委员会."""
        return self is not PostKind.GROUP_LEADER


_POST_LABELS = {
    PostKind.SECRETARY: "书记",
    PostKind.DEPUTY: "副书记",
    PostKind.ORGANISATION: "组织委员",
    PostKind.PUBLICITY: "宣传委员",
    PostKind.DISCIPLINE: "纪检委员",
    PostKind.YOUTH: "青年委员",
    PostKind.COMMISSIONER: "委员",
    PostKind.GROUP_LEADER: "党小组组长",
}


class FieldKind(Enum):
    """How a roster field is typed, checked and shown."""

    TEXT = "text"
    LONG_TEXT = "long_text"
    NAME = "name"
    SEX = "sex"
    DATE = "date"
    IDENTITY = "identity"
    PHONE = "phone"
    ETHNICITY = "ethnicity"
    CATEGORY = "category"
    STANDING = "standing"
    EMPLOYMENT = "employment"
    DEPARTMENT = "department"
    GROUP = "group"
    FLAG = "flag"


@dataclass(frozen=True, slots=True)
class MemberField:
    """One field of a roster record: its code name, its heading on paper, how it is typed."""

    key: str
    label: str
    kind: FieldKind = FieldKind.TEXT
    section: str = ""
    expected: bool = False  # counted by the completeness check


_BASIC, _WORK, _STUDY, _PARTY, _CONTACT, _OTHER = (
    "基本信息",
    "工作信息",
    "学历学位",
    "党籍信息",
    "联系方式",
    "其他",
)

MEMBER_FIELDS: tuple[MemberField, ...] = (
    MemberField("name", "姓名", FieldKind.NAME, _BASIC, expected=True),
    MemberField("id_number", "公民身份号码", FieldKind.IDENTITY, _BASIC, expected=True),
    MemberField("sex", "性别", FieldKind.SEX, _BASIC, expected=True),
    MemberField("birth", "出生日期", FieldKind.DATE, _BASIC, expected=True),
    MemberField("ethnicity", "民族", FieldKind.ETHNICITY, _BASIC, expected=True),
    MemberField("native_place", "籍贯", FieldKind.TEXT, _BASIC),
    MemberField("category", "人员类别", FieldKind.CATEGORY, _PARTY, expected=True),
    MemberField("standing", "党籍状态", FieldKind.STANDING, _PARTY),
    MemberField("group", "党小组", FieldKind.GROUP, _PARTY),
    MemberField("applied", "申请入党日期", FieldKind.DATE, _PARTY),
    MemberField("activist_since", "列为积极分子日期", FieldKind.DATE, _PARTY),
    MemberField("target_since", "确定发展对象日期", FieldKind.DATE, _PARTY),
    MemberField("joined", "入党日期", FieldKind.DATE, _PARTY, expected=True),
    MemberField("joined_branch", "入党时所在党支部", FieldKind.TEXT, _PARTY),
    MemberField("introducers", "入党介绍人", FieldKind.TEXT, _PARTY),
    MemberField("full_since", "转正日期", FieldKind.DATE, _PARTY, expected=True),
    MemberField("full_branch", "转正时所在党支部", FieldKind.TEXT, _PARTY),
    MemberField("arrived", "转入本支部日期", FieldKind.DATE, _PARTY),
    MemberField("left", "离开本支部日期", FieldKind.DATE, _PARTY),
    MemberField("rights_suspended_from", "留党察看开始日期", FieldKind.DATE, _PARTY),
    MemberField("rights_suspended_until", "留党察看结束日期", FieldKind.DATE, _PARTY),
    MemberField("floating", "流动党员", FieldKind.FLAG, _PARTY),
    MemberField("missing", "失联情形", FieldKind.TEXT, _PARTY),
    MemberField("missing_since", "失联日期", FieldKind.DATE, _PARTY),
    MemberField("staff_number", "工作证号", FieldKind.TEXT, _WORK),
    MemberField("employment", "人员状态", FieldKind.EMPLOYMENT, _WORK),
    MemberField("department", "所在科室", FieldKind.DEPARTMENT, _WORK),
    MemberField("post", "工作岗位", FieldKind.TEXT, _WORK, expected=True),
    MemberField("title", "专业技术职务", FieldKind.TEXT, _WORK),
    MemberField("work_started", "参加工作日期", FieldKind.DATE, _WORK),
    MemberField("education", "学历", FieldKind.TEXT, _STUDY, expected=True),
    MemberField("education_kind", "教育类别", FieldKind.TEXT, _STUDY),
    MemberField("degree", "学位", FieldKind.TEXT, _STUDY),
    MemberField("school", "毕业院校", FieldKind.TEXT, _STUDY),
    MemberField("major", "专业", FieldKind.TEXT, _STUDY),
    MemberField("enrolled", "入学时间", FieldKind.DATE, _STUDY),
    MemberField("graduated", "毕业时间", FieldKind.DATE, _STUDY),
    MemberField("phone", "手机号码", FieldKind.PHONE, _CONTACT, expected=True),
    MemberField("landline", "固定电话", FieldKind.PHONE, _CONTACT),
    MemberField("address", "家庭住址", FieldKind.TEXT, _CONTACT, expected=True),
    MemberField("household", "户籍所在地", FieldKind.TEXT, _CONTACT),
    MemberField("archive_unit", "档案所在单位", FieldKind.TEXT, _OTHER),
    MemberField("other_party", "其他党团", FieldKind.TEXT, _OTHER),
    MemberField("other_party_joined", "加入其他党团日期", FieldKind.DATE, _OTHER),
    MemberField("remarks", "备注", FieldKind.LONG_TEXT, _OTHER),
)

FIELDS_BY_KEY: Mapping[str, MemberField] = {f.key: f for f in MEMBER_FIELDS}
"""The same fields by code name."""

SENSITIVE_FIELDS: frozenset[str] = frozenset({"id_number", "phone", "landline", "address", "household"})
"""Masked on screen and in exports unless asked for (个人信息保护法 Arts 28, 51)."""

ENUM_KINDS: Mapping[FieldKind, type[StrEnum]] = {
    FieldKind.SEX: Sex,
    FieldKind.CATEGORY: Category,
    FieldKind.STANDING: Standing,
    FieldKind.EMPLOYMENT: Employment,
}
"""Kinds whose stored value is a code; the label is never stored."""


@dataclass(frozen=True, slots=True)
class MemberDraft:
    """What a form or an import hands in for one person.

    Dates are RecordedDate (day, month, year or the text as typed); department and group are names, made when new.
    `typed` keeps, by field key, a text that no code of the field fits ("性别" = "不详"), so that nothing is lost.
    """

    name: str
    id_number: str = ""
    sex: Sex | None = None
    birth: RecordedDate | None = None
    ethnicity: str = ""
    native_place: str = ""
    category: Category | None = None
    standing: Standing = Standing.ACTIVE
    group: str = ""
    applied: RecordedDate | None = None
    activist_since: RecordedDate | None = None
    target_since: RecordedDate | None = None
    joined: RecordedDate | None = None
    joined_branch: str = ""
    introducers: str = ""
    full_since: RecordedDate | None = None
    full_branch: str = ""
    arrived: RecordedDate | None = None
    left: RecordedDate | None = None
    rights_suspended_from: RecordedDate | None = None
    rights_suspended_until: RecordedDate | None = None
    floating: bool = False
    missing: str = ""
    missing_since: RecordedDate | None = None
    staff_number: str = ""
    employment: Employment | None = None
    department: str = ""
    post: str = ""
    title: str = ""
    work_started: RecordedDate | None = None
    education: str = ""
    education_kind: str = ""
    degree: str = ""
    school: str = ""
    major: str = ""
    enrolled: RecordedDate | None = None
    graduated: RecordedDate | None = None
    phone: str = ""
    landline: str = ""
    address: str = ""
    household: str = ""
    archive_unit: str = ""
    other_party: str = ""
    other_party_joined: RecordedDate | None = None
    remarks: str = ""
    typed: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def from_values(cls, values: Mapping[str, object]) -> MemberDraft:
        """A draft from a form's values by field key; keys that no field has are refused by TypeError."""
        return cls(**values)  # type: ignore[arg-type]

    def values(self) -> dict[str, object]:
        """All values by field key, `typed` included."""
        return {f.name: getattr(self, f.name) for f in fields(self)}


@dataclass(frozen=True, slots=True)
class MemberDetail:
    """The full record of one person as it is stored."""

    id: MemberId
    draft: MemberDraft
    posts: tuple[PostKind, ...] = ()


@dataclass(frozen=True, slots=True)
class MemberRow:
    """One line of the roster on screen."""

    id: int
    name: str
    sex: Sex | None
    ethnicity: str
    birth: RecordedDate | None
    age: int | None
    category: Category | None
    standing: Standing
    joined: RecordedDate | None
    full_since: RecordedDate | None
    party_years: int | None
    group: str
    department: str
    posts: str
    employment: Employment | None
    post: str
    title: str
    education: str
    id_number: str
    phone: str
    gaps: tuple[str, ...]

    @property
    def completeness(self) -> str:
        """How full the record is, in words."""
        return "完整" if not self.gaps else f"缺{len(self.gaps)}项"


def member_age(birth: RecordedDate | None, day: date) -> int | None:
    """Complete years of age on `day`; None when the date of birth is unknown or unreadable."""
    return None if birth is None else age_on(birth, day)


def member_party_years(draft_full_since: RecordedDate | None, category: Category | None, day: date) -> int | None:
    """党龄 in complete years from 转正之日 (细则 Art 33, FZ-27); None for who is known not to be a full member."""
    if category not in (Category.FULL, None) or draft_full_since is None:
        return None
    return party_years(draft_full_since, day)


def gaps(draft: MemberDraft) -> tuple[str, ...]:
    """Labels of the fields a complete record still needs, and of those whose value cannot be right.

    Applicants are not asked for 入党日期, and 预备党员 not for 转正日期.
    """
    found: list[str] = []
    for member_field in MEMBER_FIELDS:
        if not member_field.expected or _not_yet_due(member_field.key, draft.category):
            continue
        value = getattr(draft, member_field.key)
        unreadable = isinstance(value, RecordedDate) and not value.readable
        if not value or unreadable:
            found.append(member_field.label)
    if draft.id_number and not check_identity(draft.id_number).valid:
        found.append("公民身份号码")
    return tuple(found)


def _not_yet_due(key: str, category: Category | None) -> bool:
    in_party = category is None or category.in_party
    return (key == "joined" and not in_party) or (key == "full_since" and category is not Category.FULL)


def is_voter(draft: MemberDraft, day: date) -> bool:
    """Whether the person has the right to vote on `day` (选举条例 Art 5: ZB-35, ZB-36).

    Only full members of the branch in good standing vote; 留党察看 suspends the right.
    """
    return category_on(draft, day) is Category.FULL and is_here(draft, day) and not _rights_suspended(draft, day)


def _rights_suspended(draft: MemberDraft, day: date) -> bool:
    """Whether 留党察看 may be running on `day`: a month counts whole, an unknown or unreadable end as open."""
    start, end = draft.rights_suspended_from, draft.rights_suspended_until
    if start is None and end is None:
        return False
    first = start.first_day if start else None
    last = end.last_day if end else None
    return (first is None or first <= day) and (last is None or day <= last)


def category_on(draft: MemberDraft, day: date) -> Category | None:
    """The category the person had on `day`, read from the recorded dates; today's category where they are silent.

    A roster that says nothing of categories still says who had joined: such a person counts as a full member from
    转正, or, where that date is missing, from the usual year after joining (细则 Art 31, FZ-23). Nothing is stored.
    """
    joined = draft.joined.first_day if draft.joined else None
    full_since = draft.full_since.first_day if draft.full_since else None
    if draft.category is None and joined is not None:
        full_since = full_since or add_months(joined, 12)
    elif draft.category is None or not draft.category.in_party:
        return draft.category
    if joined is not None and day < joined:
        return Category.TARGET
    if draft.category is not Category.PROBATIONARY and full_since is not None and day < full_since:
        return Category.PROBATIONARY
    return draft.category or Category.FULL


def is_here(draft: MemberDraft, day: date) -> bool:
    """Whether the person belonged to this branch on `day`: arrived by then, and not gone before (JY-14)."""
    arrived = draft.arrived.first_day if draft.arrived else None
    left = draft.left.first_day if draft.left else None
    if arrived is not None and day < arrived:
        return False
    if draft.standing is Standing.ACTIVE:
        return left is None or day < left
    return left is not None and day < left
