"""Citizen identity numbers (GB 11643-1999), and how numbers are masked on screen and paper."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache

from partyroom.core import calendar

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"
_OLDEST_YEAR = 1800  # the standard's own sample was born in 1880
_NOISE = re.compile(r"[\s'’‘`´]+")


class Sex(StrEnum):
    """Sex as the registers write it (GB/T 2261.1-2003: 1 男, 2 女)."""

    MALE = "male"
    FEMALE = "female"

    @property
    def label(self) -> str:
        """男 or 女."""
        return "男" if self is Sex.MALE else "女"


@dataclass(frozen=True, slots=True)
class IdentityCheck:
    """What an identity number says.

    `normalised` is the number without spaces, in half-width digits with a capital X, of 18 digits if it was
    converted; `sex` and `birth` are None and `reason` is a Chinese sentence when it is not valid.
    """

    valid: bool
    normalised: str
    sex: Sex | None = None
    birth: date | None = None
    reason: str = ""
    converted: bool = False


def check_identity(number: str) -> IdentityCheck:
    """Check an identity number: form, birth date, check digit (GB 11643-1999).

    Full-width digits, spaces, a leading apostrophe and a lower-case x are accepted. A number of 15 digits
    (before 1999) is converted: “19” before the year and the computed check digit. The region is not checked.
    """
    plain = _NOISE.sub("", unicodedata.normalize("NFKC", number)).upper()
    if re.fullmatch(r"[0-9]{15}", plain):
        body = plain[:6] + "19" + plain[6:]
        return _judge(body + check_digit(body), typed=plain, converted=True)
    reason = _fault_of_form(plain)
    if reason:
        return IdentityCheck(valid=False, normalised=plain, reason=reason)
    return _judge(plain, typed=plain, converted=False)


@lru_cache(maxsize=16384)  # an import compares the same numbers many times
def check_digit(body: str) -> str:
    """The last character that belongs to the first 17 digits."""
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, body, strict=True))
    return _CHECKS[total % 11]


def _fault_of_form(plain: str) -> str:
    if not plain:
        return "身份证号为空。"
    if re.fullmatch(r"[0-9]{17}[0-9X]", plain):
        return ""
    if not re.fullmatch(r"[0-9]*X?", plain):
        return "身份证号中有不应出现的字符，只能是数字，最后一位可以是X。"
    return f"身份证号应为18位，这里是{len(plain)}位。"


def _judge(full: str, *, typed: str, converted: bool) -> IdentityCheck:
    birth = _birth(full)
    if birth is None:
        part = full[6:14] if not converted else full[8:14]
        return IdentityCheck(valid=False, normalised=typed, reason=f"身份证号中的出生日期“{part}”不存在。")
    if birth > calendar.today():
        return IdentityCheck(valid=False, normalised=typed, reason=f"身份证号中的出生日期“{full[6:14]}”在今天之后。")
    expected = check_digit(full[:17])
    if full[17] != expected:
        # the right digit is not told: nine times in ten another digit is the one mistyped
        return IdentityCheck(
            valid=False, normalised=typed, reason="身份证号的校验码不对，可能有一位输错了，请与证件核对。"
        )
    sex = Sex.MALE if int(full[16]) % 2 else Sex.FEMALE
    return IdentityCheck(valid=True, normalised=full, sex=sex, birth=birth, converted=converted)


def _birth(full: str) -> date | None:
    try:
        day = date(int(full[6:10]), int(full[10:12]), int(full[12:14]))
    except ValueError:
        return None
    return day if day.year >= _OLDEST_YEAR else None


def mask_identity(number: str) -> str:
    """First 3 and last 4 shown, the rest '*', length kept; shorter than 8: all '*' (custom, PI-11)."""
    if len(number) < 8:
        return "*" * len(number)
    return number[:3] + "*" * (len(number) - 7) + number[-4:]


def mask_phone(number: str) -> str:
    """'138****5678'; at least four characters are always hidden, shorter than 8: all (custom, PI-11)."""
    if len(number) < 8:
        return "*" * len(number)
    tail = min(4, len(number) - 7)
    return number[:3] + "*" * (len(number) - 3 - tail) + number[-tail:]
