"""Counting the votes of 评诺: papers issued and returned, votes for each grade, the rest invalid."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal

from partyroom.core.errors import Problem


@dataclass(frozen=True, slots=True)
class Tally:
    """Votes of one kind of voters: papers `issued` and `returned`, and `counts` by grade."""

    issued: int = 0
    returned: int = 0
    counts: Mapping[str, int] = field(default_factory=dict)

    @property
    def valid(self) -> int:
        """Papers that say one grade."""
        return sum(self.counts.values())

    @property
    def invalid(self) -> int:
        """Papers returned that say none, or more than one."""
        return self.returned - self.valid

    @property
    def held(self) -> bool:
        """Whether there was a vote at all."""
        return bool(self.issued or self.returned or self.valid)

    def share(self, grade: str) -> Decimal | None:
        """The votes for a grade as per cent of the valid ones, to one decimal half-up; None without votes."""
        if not self.valid:
            return None
        exact = Decimal(100 * self.counts.get(grade, 0)) / self.valid
        return exact.quantize(Decimal("0.1"), ROUND_HALF_UP)


def tally_problems(tally: Tally, grades: Sequence[str], who: str, field_name: str) -> list[Problem]:
    """What cannot be in a tally of `who` ('党员', '群众'), as problems of the form field `field_name`.

    Papers returned never exceed those issued, votes never those returned; a blank or spoiled paper is invalid.
    """
    found = []
    if min(tally.issued, tally.returned, *tally.counts.values(), 0) < 0:
        found.append(f"{who}测评的票数不能是负数。")
    strangers = [grade for grade, count in tally.counts.items() if grade not in grades and count]
    if strangers:
        found.append(f"{who}测评里有本年度没有的等次：{'、'.join(strangers)}。")
    if tally.returned > tally.issued:
        found.append(f"{who}测评收回{tally.returned}票，多于发出的{tally.issued}票，请核对。")
    if tally.valid > tally.returned:
        found.append(f"{who}测评各等次合计{tally.valid}票，多于收回的{tally.returned}票，请核对。")
    return [Problem(message, field_name) for message in found]


def tally_text(tally: Tally, grades: Sequence[str]) -> str:
    """For paper: '发出30票，收回29票：好20、较好8，无效1票'; blank without a vote."""
    if not tally.held:
        return ""
    votes = "、".join(f"{grade}{tally.counts.get(grade, 0)}" for grade in grades)
    invalid = f"，无效{tally.invalid}票" if tally.invalid else ""
    return f"发出{tally.issued}票，收回{tally.returned}票：{votes}{invalid}"
