"""The words and rules of filing (DA/T 22-2015 《归档文件整理规则》).

A 件 (piece) is one document with everything that belongs to it; its parts lie in the order of DA-02. Numbers and names
of columns follow the standard; what is local (fonds number, office codes, retention) is the branch's to set.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from partyroom.core.calendar import add_months
from partyroom.core.filing import Retention

BOX_THICKNESSES = (20, 30, 40, 50)
"""Millimetres of the spine (DA-09)."""

KIND_CODE = "WS"
"""档案门类代码 of documents (文书, DA-06)."""


class Role(StrEnum):
    """What a file is within its piece, in the order in which they lie (DA-02)."""

    ORIGINAL = "original"
    FINAL_DRAFT = "final_draft"
    MAIN = "main"
    ANNEX = "annex"
    COPY = "copy"
    FORWARDING = "forwarding"
    FORWARDED = "forwarded"
    REPLY = "reply"
    INCOMING = "incoming"

    @property
    def label(self) -> str:
        """As the standard says."""
        return {
            "original": "正本（原件）",
            "final_draft": "定稿",
            "main": "正文",
            "annex": "附件",
            "copy": "复制件",
            "forwarding": "转发文",
            "forwarded": "被转发文",
            "reply": "复文",
            "incoming": "来文",
        }[self.value]


ROLE_ORDER = (
    Role.FORWARDING,
    Role.REPLY,
    Role.ORIGINAL,
    Role.FINAL_DRAFT,
    Role.MAIN,
    Role.ANNEX,
    Role.COPY,
    Role.FORWARDED,
    Role.INCOMING,
)
"""正本 before 定稿, 正文 before 附件, 原件 before 复制件, 转发文 before 被转发文, 复文 before 来文 (DA-02)."""


class Secrecy(StrEnum):
    """密级 of a piece; the program is for what is not secret, and says so."""

    NONE = "none"
    INTERNAL = "internal"

    @property
    def label(self) -> str:
        """As it stands in the catalogue."""
        return {"none": "", "internal": "内部"}[self.value]


@dataclass(frozen=True, slots=True)
class Fonds:
    """Whose archive it is: 全宗号 (4 characters), 全宗名称, and 机构(问题) codes in use."""

    number: str = ""
    name: str = ""
    office: str = ""


def reference_code(fonds: str, year: int, retention: Retention, office: str, number: int) -> str:
    """档号 `全宗号-WS·年度-保管期限-机构(问题)-件号` (DA-06); parts that are not set are left out with their dash."""
    parts = [f"{fonds}-{KIND_CODE}·{year}" if fonds else f"{KIND_CODE}·{year}", retention.value]
    if office:
        parts.append(office)
    return "-".join([*parts, f"{number:04d}"])


def appraisal_due(year: int, retention: Retention) -> date | None:
    """The day from which a piece of `year` is due for appraisal (鉴定); None for what is kept for ever.

    Years are counted from the end of the year of filing. Nothing is ever deleted by the program.
    """
    years = {Retention.YEARS_30: 30, Retention.YEARS_10: 10}.get(retention)
    return None if years is None else add_months(date(year + 1, 1, 1), 12 * years)


def file_by(year: int) -> date:
    """The day by which a year should be filed: the end of June of the next (DA-12, unverified: a custom)."""
    return date(year + 1, 6, 30)
