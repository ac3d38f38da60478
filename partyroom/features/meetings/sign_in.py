"""The words of the sign-in sheet (签到表)."""

from __future__ import annotations

from dataclasses import dataclass

from partyroom.features.meetings.domain import MeetingDraft
from partyroom.features.organisation.domain import Branch


@dataclass(frozen=True, slots=True)
class Signer:
    """One line of the sheet: a name, the department or group, and what is known beforehand (请假)."""

    name: str
    unit: str = ""
    remark: str = ""
    observer: bool = False


@dataclass(frozen=True, slots=True)
class SignIn:
    """What a sign-in sheet is printed from; `kind` is the label, `signers` has observers last."""

    draft: MeetingDraft
    kind: str
    signers: tuple[Signer, ...]
    branch: Branch
