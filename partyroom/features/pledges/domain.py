"""The words of public pledges (公开承诺): a year's round, pledges with items and deeds, what was said and decided.

Sources: 《中国共产党支部工作条例（试行）》第二十二条 (承诺践诺, JY-21); the five steps 提诺, 审诺, 亮诺, 践诺, 评诺 are
the practice of branches, no article asks for them. So only contradictions are refused; the rest is said.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from partyroom.features.pledges.tally import Tally


class Stage(StrEnum):
    """The five steps of a round, in their order."""

    PROPOSE = "propose"
    REVIEW = "review"
    PUBLISH = "publish"
    FULFIL = "fulfil"
    APPRAISE = "appraise"

    @property
    def label(self) -> str:
        """The word that branches use."""
        return _STAGE_LABELS[self]


_STAGE_LABELS = {
    Stage.PROPOSE: "提诺",
    Stage.REVIEW: "审诺",
    Stage.PUBLISH: "亮诺",
    Stage.FULFIL: "践诺",
    Stage.APPRAISE: "评诺",
}


class State(StrEnum):
    """Where one pledge stands."""

    DRAFT = "draft"
    REVIEWED = "reviewed"
    PUBLISHED = "published"
    FULFILLING = "fulfilling"
    APPRAISED = "appraised"
    WITHDRAWN = "withdrawn"

    @property
    def label(self) -> str:
        """The word on screen and paper."""
        return _STATE_LABELS[self]


_STATE_LABELS = {
    State.DRAFT: "草稿",
    State.REVIEWED: "已审",
    State.PUBLISHED: "已公示",
    State.FULFILLING: "践诺中",
    State.APPRAISED: "已评",
    State.WITHDRAWN: "已撤回",
}


class PledgerKind(StrEnum):
    """Who pledges: the branch itself, a member of its committee, a Party member."""

    BRANCH = "branch"
    COMMITTEE = "committee"
    MEMBER = "member"

    @property
    def label(self) -> str:
        """The word on screen and paper."""
        return {"branch": "党支部", "committee": "班子成员", "member": "党员"}[self.value]


def pledger_key(kind: PledgerKind, member_id: int | None) -> str:
    """What tells a pledger in a round: 'branch', 'committee:3', 'member:12'."""
    return kind.value if member_id is None else f"{kind.value}:{member_id}"


class ItemCategory(StrEnum):
    """The four sides of a pledge (学习、工作、自律、服务), and what fits none."""

    STUDY = "study"
    WORK = "work"
    DISCIPLINE = "discipline"
    SERVICE = "service"
    OTHER = "other"

    @property
    def label(self) -> str:
        """The word on screen and paper."""
        return {"study": "学习", "work": "工作", "discipline": "自律", "service": "服务", "other": "其他"}[self.value]


class Opinion(StrEnum):
    """What the review says of one pledge."""

    AGREE = "agree"
    AMEND = "amend"
    RETURN = "return"

    @property
    def label(self) -> str:
        """The word on screen and paper."""
        return {"agree": "同意", "amend": "修改后同意", "return": "退回"}[self.value]


class Body(StrEnum):
    """Which meeting reviewed a pledge or decided its grade."""

    COMMITTEE = "committee"
    ASSEMBLY = "assembly"

    @property
    def label(self) -> str:
        """The word on screen and paper."""
        return {"committee": "支委会", "assembly": "党员大会"}[self.value]


class EventKind(StrEnum):
    """What happened to a pledge, as its history tells it."""

    PROPOSED = "proposed"
    REVIEWED = "reviewed"
    RETURNED = "returned"
    PUBLISHED = "published"
    STARTED = "started"
    APPRAISED = "appraised"
    CHANGED = "changed"
    CORRECTED = "corrected"
    WITHDRAWN = "withdrawn"
    REINSTATED = "reinstated"
    STEPPED_BACK = "stepped_back"

    @property
    def label(self) -> str:
        """The word on screen and paper."""
        return _EVENT_LABELS[self]


_EVENT_LABELS = {
    EventKind.PROPOSED: "提诺",
    EventKind.REVIEWED: "审诺",
    EventKind.RETURNED: "审诺退回",
    EventKind.PUBLISHED: "亮诺",
    EventKind.STARTED: "开始践诺",
    EventKind.APPRAISED: "评诺",
    EventKind.CHANGED: "变更承诺",
    EventKind.CORRECTED: "更正文字",
    EventKind.WITHDRAWN: "撤回",
    EventKind.REINSTATED: "恢复",
    EventKind.STEPPED_BACK: "退回上一步",
}


class PaperKind(StrEnum):
    """What a file of a pledge is."""

    SIGNED = "signed"
    WALL = "wall"
    PORTRAIT = "portrait"
    EVIDENCE = "evidence"
    OTHER = "other"

    @property
    def label(self) -> str:
        """The word on screen."""
        return _PAPER_LABELS[self]


_PAPER_LABELS = {
    PaperKind.SIGNED: "签字承诺书",
    PaperKind.WALL: "亮诺照片",
    PaperKind.PORTRAIT: "本人照片",
    PaperKind.EVIDENCE: "践诺佐证",
    PaperKind.OTHER: "其他",
}

PUBLIC_PLACES: tuple[str, ...] = ("公开栏", "网站", "公开栏、网站", "会议室上墙")
"""Where pledges are usually shown; any other place can be typed."""


@dataclass(frozen=True, slots=True)
class StageLine:
    """One step of a round: until when it is planned, when it was done, who sees to it."""

    stage: Stage
    planned_until: date | None = None
    actual_on: date | None = None
    responsible: str = ""


@dataclass(frozen=True, slots=True)
class Discussion:
    """The branch meeting that talked the round over: `should` and `present` count those with a vote."""

    on: date | None = None
    should: int | None = None
    present: int | None = None
    remark: str = ""


@dataclass(frozen=True, slots=True)
class RoundDraft:
    """What a form hands in for a year's round; no grades mean the usual ones of the rule data."""

    year: int
    title: str = ""
    theme: str = ""
    stages: tuple[StageLine, ...] = ()
    grades: tuple[str, ...] = ()
    discussion: Discussion = Discussion()
    mid_year: str = ""
    year_end: str = ""


@dataclass(frozen=True, slots=True)
class PledgeRound:
    """A year's round as it is stored: all five stages in order; `mid_year` and `year_end` are written overviews."""

    id: int
    year: int
    title: str
    theme: str
    stages: tuple[StageLine, ...]
    grades: tuple[str, ...]
    discussion: Discussion = Discussion()
    mid_year: str = ""
    year_end: str = ""

    def stage(self, stage: Stage) -> StageLine:
        """The line of one stage; an empty one where the round says nothing of it."""
        return next((line for line in self.stages if line.stage is stage), StageLine(stage))


@dataclass(frozen=True, slots=True)
class ItemDraft:
    """One item of a pledge; `id` is that of the stored item it stands for, None for a new one."""

    text: str
    category: ItemCategory = ItemCategory.OTHER
    measure: str = ""
    deadline: date | None = None
    responsible: str = ""
    id: int | None = None


@dataclass(frozen=True, slots=True)
class PledgeDraft:
    """What a form hands in for one pledge; `member_id` is None for the branch alone, `proposed_on` None for today."""

    kind: PledgerKind
    member_id: int | None
    items: tuple[ItemDraft, ...]
    preamble: str = ""
    proposed_on: date | None = None
    show_photo: bool = False
    remarks: str = ""


@dataclass(frozen=True, slots=True)
class PledgeItem:
    """One item as it is stored; `retired_in` is its last version (its deeds stay), None while it stands."""

    id: int
    text: str
    category: ItemCategory
    measure: str
    deadline: date | None
    responsible: str
    done_on: date | None = None
    done_note: str = ""
    retired_in: int | None = None

    @property
    def done(self) -> bool:
        """Whether it was declared done."""
        return self.done_on is not None


@dataclass(frozen=True, slots=True)
class PaperRow:
    """One file of a pledge or of one of its deeds; `size` counts bytes."""

    id: int
    name: str
    kind: PaperKind
    caption: str
    size: int
    sha256: str
    picture: bool
    original: bool
    deed_id: int | None = None


@dataclass(frozen=True, slots=True)
class Photo:
    """A picture for printing: JPEG data and what stands below it."""

    data: bytes
    caption: str


@dataclass(frozen=True, slots=True)
class DeedDraft:
    """A deed (践诺记录) to store; `minutes` is how long it took, None where nobody counted."""

    on: date
    text: str
    place: str = ""
    minutes: int | None = None
    witness: str = ""


@dataclass(frozen=True, slots=True)
class Deed:
    """A deed as it is stored; `item_id` is None when it serves the pledge as a whole."""

    id: int
    item_id: int | None
    on: date
    text: str
    place: str
    minutes: int | None
    witness: str
    papers: tuple[PaperRow, ...] = ()


@dataclass(frozen=True, slots=True)
class Event:
    """One line of a pledge's history: what happened, when, by whom, and from which state to which."""

    id: int
    kind: EventKind
    before: State | None
    after: State
    on: date
    person: str
    remark: str
    version: int
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class VersionItem:
    """An item as it read in an older version."""

    text: str
    category: ItemCategory
    measure: str
    deadline: date | None
    responsible: str


@dataclass(frozen=True, slots=True)
class Version:
    """An older version of a pledge: its words, and why and when they were replaced."""

    number: int
    items: tuple[VersionItem, ...]
    preamble: str
    reason: str
    changed_on: date
    changed_by: str
    correction: bool


@dataclass(frozen=True, slots=True)
class Appraisal:
    """The 评诺 of one pledge: by oneself, by members, by the masses (counts), and the branch's grade."""

    self_text: str = ""
    self_grade: str = ""
    members: Tally = field(default_factory=Tally)
    masses: Tally = field(default_factory=Tally)
    grade: str = ""
    comment: str = ""
    decided_on: date | None = None
    decided_by: Body | None = None
    person: str = ""


@dataclass(frozen=True, slots=True)
class PledgeDetail:
    """One pledge, whole. Dates are those of the running version; earlier ones stand in `events`."""

    id: int
    round_id: int
    year: int
    kind: PledgerKind
    member_id: int | None
    name: str
    department: str
    group: str
    post: str
    state: State
    version: int
    preamble: str
    items: tuple[PledgeItem, ...]
    proposed_on: date
    reviewed_on: date | None = None
    reviewer: str = ""
    opinion: Opinion | None = None
    review_remark: str = ""
    published_from: date | None = None
    published_until: date | None = None
    place: str = ""
    started_on: date | None = None
    withdrawn_on: date | None = None
    withdrawn_reason: str = ""
    signed_on: date | None = None
    show_photo: bool = False
    remarks: str = ""
    deeds: tuple[Deed, ...] = ()
    events: tuple[Event, ...] = ()
    versions: tuple[Version, ...] = ()
    papers: tuple[PaperRow, ...] = ()
    appraisal: Appraisal = field(default_factory=Appraisal)

    @property
    def standing_items(self) -> tuple[PledgeItem, ...]:
        """The items of the running version."""
        return tuple(item for item in self.items if item.retired_in is None)

    def deeds_of(self, item_id: int) -> tuple[Deed, ...]:
        """The deeds for one item, in order of time."""
        return tuple(deed for deed in self.deeds if deed.item_id == item_id)

    def papers_of(self, kind: PaperKind) -> tuple[PaperRow, ...]:
        """The pledge's own files of one kind, deeds' files left out."""
        return tuple(paper for paper in self.papers if paper.kind is kind and paper.deed_id is None)


@dataclass(frozen=True, slots=True)
class PledgeRow:
    """One line of the list of pledges on screen."""

    id: int
    name: str
    kind: PledgerKind
    department: str
    group: str
    post: str
    state: State
    version: int
    items: int
    done: int
    overdue: int
    deeds: int
    last_deed: date | None
    next_due: date | None
    proposed_on: date
    reviewed_on: date | None
    published_from: date | None
    signed_on: date | None
    grade: str

    @property
    def progress(self) -> str:
        """Items done of all: '2/5'."""
        return f"{self.done}/{self.items}"


@dataclass(frozen=True, slots=True)
class DeedRow:
    """One line of the register of deeds (践诺台账); `papers` counts its evidence."""

    id: int
    pledge_id: int
    name: str
    kind: PledgerKind
    department: str
    item: str
    category: ItemCategory | None
    on: date
    text: str
    place: str
    minutes: int | None
    witness: str
    papers: int


@dataclass(frozen=True, slots=True)
class PledgeResult:
    """What a year's pledge came to, for the member's page and for 民主评议; `grade` is blank until 评诺."""

    pledge_id: int
    year: int
    title: str
    kind: PledgerKind
    state: State
    grade: str
    comment: str
    decided_on: date | None
    decided_by: Body | None
    items: int
    done: int
    deeds: int
