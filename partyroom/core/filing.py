"""Two words of filing that every feature uses: the category of a paper and how long it is kept."""

from __future__ import annotations

from enum import StrEnum


class Field(StrEnum):
    """The eight norms that a county files by (SZ-06); a branch may rename, add and hide categories of its own."""

    MECHANISM = "mechanism"
    RULES = "rules"
    ROOM = "room"
    RECRUITMENT = "recruitment"
    EDUCATION = "education"
    MANAGEMENT = "management"
    CONDUCT = "conduct"
    FILING = "filing"

    @property
    def label(self) -> str:
        """The county's word."""
        return {
            "mechanism": "工作机制",
            "rules": "制度建设",
            "room": "阵地建设",
            "recruitment": "党员发展",
            "education": "党员教育",
            "management": "党员管理",
            "conduct": "作风建设",
            "filing": "档案管理",
        }[self.value]


class Retention(StrEnum):
    """How long a piece is kept (国家档案局8号令); the code is the one of the 档号 (DA-06)."""

    PERMANENT = "Y"
    YEARS_30 = "D30"
    YEARS_10 = "D10"

    @property
    def label(self) -> str:
        """As it stands in catalogues."""
        return {"Y": "永久", "D30": "30年", "D10": "10年"}[self.value]
