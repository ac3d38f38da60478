"""What the papers of the dues are made of: plain rows of names, months and 分, ready to be drawn."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from partyroom.core.identity import mask_identity, mask_phone
from partyroom.features.dues.cells import LedgerLine
from partyroom.features.dues.domain import DuesCategory
from partyroom.features.dues.ledger import DueKind, Method, PayerKind, Purpose, ReliefKind, Share
from partyroom.features.dues.rates import rate_text, rules_on


@dataclass(frozen=True, slots=True)
class ReceiptPart:
    """What a receipt counts for: one month, one share."""

    month: date
    share: Share
    amount_fen: int


@dataclass(frozen=True, slots=True)
class ReceiptPaper:
    """A 收据. `base_fen` and `standard` are empty when the months differ or pay a fixed amount.

    `reverses` is the number of the receipt that this one takes back (its amounts are then negative), `note` why.
    """

    number: str
    received_on: date
    name: str
    amount_fen: int
    parts: tuple[ReceiptPart, ...]
    method: Method
    payer: PayerKind = PayerKind.SELF
    payer_name: str = ""
    purpose: Purpose = Purpose.ORDINARY
    group: str = ""
    base_fen: int | None = None
    standard: str = ""
    collector: str = ""
    note: str = ""
    reverses: str = ""

    @property
    def months(self) -> tuple[date, ...]:
        """The months it counts for, in order."""
        return tuple(sorted({part.month for part in self.parts}))


@dataclass(frozen=True, slots=True)
class SignatureLine:
    """A member on the sheet of a month; `paid_fen` includes what was given beyond the due."""

    name: str
    kind: DueKind
    due_fen: int
    base_fen: int = 0
    standard: str = ""
    paid_fen: int = 0
    paid_on: date | None = None
    method: Method | None = None
    remark: str = ""


@dataclass(frozen=True, slots=True)
class PersonalYear:
    """One year of a member: the line of the ledger and the receipts received in it."""

    year: int
    line: LedgerLine
    receipts: tuple[ReceiptPaper, ...] = ()


@dataclass(frozen=True, slots=True)
class ReliefPaper:
    """An application to pay less or nothing; what is empty is left to be written by hand."""

    name: str = ""
    kind: ReliefKind | None = None
    from_month: date | None = None
    until_month: date | None = None
    amount_fen: int = 0
    due_fen: int | None = None
    category: DuesCategory | None = None
    group: str = ""
    reason: str = ""
    applied_on: date | None = None
    branch_on: date | None = None
    superior: str = ""
    superior_on: date | None = None


def standard_text(rate_bp: int) -> str:
    """The 执行标准: '1.5%', or 定额 for those who pay a fixed amount."""
    return rate_text(rate_bp) if rate_bp else "定额"


def standard_of(line: LedgerLine, day: date) -> str:
    """The 执行标准 of a line of the ledger by the rules in force on `day`; '' as long as nothing is assessed."""
    if line.category is None:
        return ""
    return standard_text(rules_on(day).tables[line.category].rate_of(line.base_fen) if line.category.by_base else 0)


_CARD = re.compile(r"(?<![0-9])[0-9]{14,18}[0-9Xx](?![0-9])")
_MOBILE = re.compile(r"(?<![0-9])1[0-9]{10}(?![0-9])")


def without_numbers(text: str) -> str:
    """A remark with identity, card and telephone numbers masked: none of them belongs on a paper of dues (PI-11)."""
    masked = _CARD.sub(lambda found: mask_identity(found.group()), text)
    return _MOBILE.sub(lambda found: mask_phone(found.group()), masked)
