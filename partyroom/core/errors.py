"""What may go wrong, told apart by whose business it is to mend it."""

from __future__ import annotations

import traceback
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with what the user gave, in a sentence that says how to mend it.

    `field` is the code name of the form field that the sentence belongs beside, or None for the whole form.
    """

    message: str
    field: str | None = None


class PartyroomError(Exception):
    """Root of every error whose text is a Chinese sentence fit for the user."""


class DomainError(PartyroomError):
    """The input contradicts the data or the rule book; nothing was changed."""

    def __init__(self, *problems: Problem | str) -> None:
        self.problems: Sequence[Problem] = tuple(p if isinstance(p, Problem) else Problem(p) for p in problems)
        super().__init__("\n".join(p.message for p in self.problems))


class StorageError(PartyroomError):
    """The user's disk, library or another program is in the way; not a fault of ours."""


class CancelledError(PartyroomError):
    """The user pressed cancel; nothing was changed."""

    def __init__(self) -> None:
        super().__init__("已取消，没有做任何改动。")


def bare_traceback(error: BaseException) -> str:
    """Where an error and those behind it arose, without their messages: these may quote what the user typed."""
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    before = f"{bare_traceback(cause)}\n\n" if cause is not None else ""
    frames = "".join(traceback.format_tb(error.__traceback__))
    number = getattr(error, "errno", None)
    known = f" (errno {number})" if isinstance(number, int) else ""
    return f"{before}{frames}{type(error).__module__}.{type(error).__qualname__}{known}"
