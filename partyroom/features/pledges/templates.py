"""Template items of pledges by role, and the other rule data of pledges (resources/rules/pledges.json)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from partyroom.core.calendar import add_months
from partyroom.core.paths import resources
from partyroom.features.members.domain import Employment, PostKind
from partyroom.features.pledges.domain import ItemCategory, ItemDraft, PledgerKind, Stage, StageLine


class Role(StrEnum):
    """For whom a template is written."""

    TEACHER = "teacher"
    HEAD = "head"
    RETIRED = "retired"
    STUDENT = "student"
    SECRETARY = "secretary"
    COMMITTEE = "committee"
    BRANCH = "branch"

    @property
    def label(self) -> str:
        """The word on screen."""
        return _ROLE_LABELS[self]

    @property
    def kind(self) -> PledgerKind:
        """As whom somebody of this role pledges."""
        if self is Role.BRANCH:
            return PledgerKind.BRANCH
        return PledgerKind.COMMITTEE if self in (Role.SECRETARY, Role.COMMITTEE) else PledgerKind.MEMBER


_ROLE_LABELS = {
    Role.TEACHER: "教师",
    Role.HEAD: "科室负责人",
    Role.RETIRED: "离退休党员",
    Role.STUDENT: "学生党员",
    Role.SECRETARY: "书记、副书记",
    Role.COMMITTEE: "支部委员",
    Role.BRANCH: "党支部",
}


@dataclass(frozen=True, slots=True)
class Template:
    """One template item; `due` is the usual deadline as 'MM-DD' or blank.

    `usual` ones are taken when pledges are made for everybody at once. `id` is None for those of the rule data.
    """

    role: Role
    text: str
    category: ItemCategory
    measure: str = ""
    due: str = ""
    usual: bool = True
    id: int | None = None


@dataclass(frozen=True, slots=True)
class PledgeRules:
    """The rule data: usual grades, days of warning, when mid-year begins ('MM-DD'), stages, preambles, templates."""

    source: str
    grades: tuple[str, ...]
    due_soon_days: int
    mid_year: str
    stage_ends: Mapping[Stage, str]
    stage_notes: Mapping[Stage, str]
    preambles: Mapping[PledgerKind, str]
    templates: tuple[Template, ...]


@lru_cache(maxsize=1)
def pledge_rules() -> PledgeRules:
    """The rule data of pledges, read once."""
    stored: dict[str, Any] = json.loads((resources() / "rules" / "pledges.json").read_text(encoding="utf-8"))
    stages = stored["stages"]
    return PledgeRules(
        source=stored["source"],
        grades=tuple(stored["grades"]),
        due_soon_days=stored["due_soon_days"],
        mid_year=stored["mid_year"],
        stage_ends=MappingProxyType({Stage(line["stage"]): line["until"] for line in stages}),
        stage_notes=MappingProxyType({Stage(line["stage"]): line["note"] for line in stages}),
        preambles=MappingProxyType({PledgerKind(kind): text for kind, text in stored["preambles"].items()}),
        templates=tuple(_template(role, item) for role, items in stored["roles"].items() for item in items),
    )


def _template(role: str, item: Mapping[str, Any]) -> Template:
    return Template(
        Role(role), item["text"], ItemCategory(item["category"]), item["measure"], item["due"], usual=item["usual"]
    )


def day_in(year: int, month_day: str) -> date | None:
    """'12-10' as a day of `year`; 29 February becomes the 28th in common years, blank None.

    Raises:
        ValueError: it is no day of a year.
    """
    if not month_day:
        return None
    in_leap_year = date.fromisoformat(f"2000-{month_day}")
    return add_months(in_leap_year, 12 * (year - in_leap_year.year))


def usual_stages(year: int) -> tuple[StageLine, ...]:
    """The five stages of a round as branches usually plan them (custom; no article gives days)."""
    ends = pledge_rules().stage_ends
    return tuple(StageLine(stage, day_in(year, ends[stage])) for stage in Stage)


def likely_role(name: str, posts: Iterable[PostKind], employment: Employment | None, heads: Iterable[str]) -> Role:
    """The role whose templates fit a person best: post before headship before employment; a suggestion only."""
    held = set(posts)
    if held & {PostKind.SECRETARY, PostKind.DEPUTY}:
        return Role.SECRETARY
    if any(post.on_committee for post in held):
        return Role.COMMITTEE
    if name in heads:
        return Role.HEAD
    return {Employment.RETIRED: Role.RETIRED, Employment.STUDENT: Role.STUDENT}.get(
        employment or Employment.OTHER, Role.TEACHER
    )


def items_from(templates: Sequence[Template], role: Role, year: int, responsible: str = "") -> tuple[ItemDraft, ...]:
    """The usual items of a role as a pledge's items, with deadlines in `year`."""
    return tuple(
        ItemDraft(one.text, one.category, one.measure, day_in(year, one.due), responsible)
        for one in templates
        if one.role is role and one.usual
    )
