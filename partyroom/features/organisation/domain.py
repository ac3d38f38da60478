"""The words of the organisation: branch, groups, departments, committee terms."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import NewType

from partyroom.core.calendar import RecordedDate, add_months

DepartmentId = NewType("DepartmentId", int)
GroupId = NewType("GroupId", int)
TermId = NewType("TermId", int)

TERM_YEARS = 3
"""Term of a school branch's committee, 一般 3 years (支部工作条例 Art 21, ZB-08)."""

COMMITTEE_FROM = 7
"""Full members from which a branch should have a committee (支部工作条例 Art 20, ZB-05)."""


@dataclass(frozen=True, slots=True)
class Branch:
    """The branch itself, as it signs its papers."""

    name: str
    school: str = ""
    superior: str = ""
    founded: RecordedDate | None = None
    office_phone: str = ""
    address: str = ""

    @property
    def full_name(self) -> str:
        """The name on paper: the school's name goes first unless the branch's name has it already."""
        return self.name if not self.school or self.school in self.name else self.school + self.name


@dataclass(frozen=True, slots=True)
class Department:
    """A 科室 with its head (科室负责人), who need not be a member."""

    id: int
    name: str
    head: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """A 党小组."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class Term:
    """A committee's term; `ends` is the day by which the next election is due."""

    id: int
    number: str
    started: date
    ends: date


def term_end(started: date) -> date:
    """When a term that began on `started` runs out: three calendar years later (Art 21, ZB-08)."""
    return add_months(started, 12 * TERM_YEARS)
