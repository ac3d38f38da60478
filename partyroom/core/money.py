"""Money: the one place that reads and writes amounts of yuan.

An amount is an integer of 分 wherever it is kept and a Decimal where it is multiplied; no float takes part. How
amounts are written in capitals follows 《正确填写票据和结算凭证的基本规定》 (支付结算办法, 银发〔1997〕393号, annex 1).
"""

from __future__ import annotations

import re
import unicodedata
from decimal import ROUND_HALF_UP, Decimal

from partyroom.core.text import one_line

MOST_YUAN = 1_000_000_000
"""More than any branch will see, or a slip of the finger."""

_NUMBER = re.compile(r"(-?)([0-9]{1,3}(?:[, ][0-9]{3})+|[0-9]+)?(?:\.([0-9]*))?")
_DRESS = re.compile(r"^(-?)\s*(?:人民币|RMB|CNY)?\s*[:：]?\s*[¥￥]?\s*(.*?)\s*(?:[元圆]\s*[整正]?)?$", re.IGNORECASE)
_SHOWN = 20


def read_yuan(text: object) -> int:
    """The amount in 分 that somebody typed, or that stands in a cell of a table.

    Texts may have thousands separators, a currency sign, 元 behind and full-width digits; int and Decimal are yuan.
    A float is what a spreadsheet holds for a sum that it shows as 598.80: its shortest decimal form is taken and
    rounded half up to 分, because pay lists are calculated by formula there and 12.505 or 0.1+0.2 must not be refused
    for a fraction that nobody sees. In a text, more than two decimals are refused: somebody meant them.

    Raises:
        ValueError: nothing is there, it is no amount, it has parts of a 分, or it is absurdly large; the text of the
            error is a Chinese sentence for the user.
    """
    if isinstance(text, float):
        number = Decimal(repr(text))
        return rounded(_sensible(number, text))
    if isinstance(text, (int, Decimal)) and not isinstance(text, bool):
        return _exact(_sensible(Decimal(text), text))
    return _exact(_sensible(_number(text), text))


def yuan(fen: int, grouped: bool = False) -> str:
    """The amount with two decimals: '1234.50', grouped '1,234.50', negative '-5.00'."""
    whole, part = divmod(abs(fen), 100)
    sign = "-" if fen < 0 else ""
    return f"{sign}{whole:,}.{part:02d}" if grouped else f"{sign}{whole}.{part:02d}"


def to_decimal(fen: int) -> Decimal:
    """The amount in yuan with two decimals."""
    return Decimal(fen).scaleb(-2)


def to_fen(amount: Decimal) -> int:
    """The amount in 分.

    Raises:
        ValueError: the amount has parts of a 分, or is no number.
    """
    if not amount.is_finite():
        raise ValueError("金额不是一个数。")
    return _exact(amount)


def rounded(amount: Decimal, unit: int = 1) -> int:
    """The amount of yuan in 分, rounded half up to whole units of so many 分 (1 分, 10 角, 100 元)."""
    return int((amount * 100 / unit).quantize(Decimal(1), ROUND_HALF_UP)) * unit


def _number(text: object) -> Decimal:
    words = unicodedata.normalize("NFKC", "" if text is None or isinstance(text, bool) else str(text))
    words = words.replace("−", "-").strip()
    if not words:
        raise ValueError("请填写金额。")
    dressed = _DRESS.match(words)
    bare = dressed.group(1) + dressed.group(2) if dressed else words
    found = _NUMBER.fullmatch(bare)
    if found is None or not (found.group(2) or found.group(3)):
        raise ValueError(f"看不懂金额“{_shown(text)}”，请写成 1234.50 这样的数。")
    sign, whole, part = found.group(1), found.group(2) or "0", found.group(3) or ""
    if len(part) > 2:
        raise ValueError(f"金额“{_shown(text)}”的小数多于两位，请写到分。")
    return Decimal(f"{sign}{re.sub('[, ]', '', whole)}.{part or 0}")


def _sensible(number: Decimal, text: object) -> Decimal:
    if not number.is_finite():
        raise ValueError(f"看不懂金额“{_shown(text)}”，请写成 1234.50 这样的数。")
    if abs(number) > MOST_YUAN:
        raise ValueError(f"金额“{_shown(text)}”太大，请核对。")
    return number


def _exact(number: Decimal) -> int:
    fen = number * 100
    if fen != fen.to_integral_value():
        raise ValueError(f"金额“{_shown(number)}”的小数多于两位，请写到分。")
    return int(fen)


def _shown(text: object) -> str:
    line = one_line(str(text))
    return line if len(line) <= _SHOWN else line[:_SHOWN] + "…"


_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_PLACES = ("", "拾", "佰", "仟")
_GROUPS = ("", "万", "亿")


def capitals(fen: int) -> str:
    """The amount in capitals (大写): 壹佰贰拾叁元肆角伍分.

    整 closes an amount without 分; 零 stands for zeros between digits, and between 元 and 分 when there is no 角.

    Raises:
        ValueError: the amount has more than twelve digits before the point.
    """
    whole, part = divmod(abs(fen), 100)
    jiao, cents = divmod(part, 10)
    if whole >= 10**12:
        raise ValueError("金额太大，不能写成大写。")
    words = f"{_whole_in_capitals(whole)}元" if whole or not part else ""
    if jiao:
        words += f"{_DIGITS[jiao]}角"
    elif cents and whole:
        words += "零"
    words += f"{_DIGITS[cents]}分" if cents else "整"
    return f"负{words}" if fen < 0 else words


def _whole_in_capitals(number: int) -> str:
    words = ""
    gap = False
    for place in reversed(range(len(_GROUPS))):
        group = number // 10 ** (4 * place) % 10_000
        if not group:
            gap = True
            continue
        if words and (gap or group < 1000):
            words += "零"
        words += _group_in_capitals(group) + _GROUPS[place]
        gap = False
    return words or "零"


def _group_in_capitals(group: int) -> str:
    words = ""
    gap = False
    for place in reversed(range(4)):
        digit = group // 10**place % 10
        if digit:
            words += ("零" if gap and words else "") + _DIGITS[digit] + _PLACES[place]
        gap = not digit
    return words
