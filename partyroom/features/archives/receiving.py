"""Files from outside while they are put together to a 件: pure data, so that it can be told apart from the screen."""

from __future__ import annotations

from dataclasses import dataclass

from partyroom.features.archives.domain import ROLE_ORDER, Role


@dataclass(frozen=True, slots=True)
class Received:
    """A file as it came, its hash, and what is known of it; `pages` 0: not countable by the program."""

    name: str
    content: bytes
    sha256: str
    pages: int
    counted: bool
    lasting: bool
    problem: str
    role: Role = Role.ORIGINAL
    known: str = ""

    @property
    def state(self) -> str:
        """Whether there is a lasting form, and where the same file was filed already."""
        state = self.problem or "转为长期保存格式（PDF/A）"
        return f"{state} 已归档的“{self.known}”里有同样的文件。" if self.known else state


def lying(files: list[Received]) -> list[Received]:
    """The files in the order in which they lie in the 件 (DA-02); those of one role as they came."""
    return sorted(files, key=lambda file: ROLE_ORDER.index(file.role))


def usual_role(place: int) -> Role:
    """The first file is the paper itself, the others its annexes, until the user says otherwise."""
    return Role.ORIGINAL if place == 0 else Role.ANNEX
