"""What a form is made of: descriptions of its fields."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum


class Kind(Enum):
    """Which sort of thing a field takes, and as which type its value comes and goes.

    Blank is None, except for texts ('') and people (()).
    """

    TEXT = "text"  # str, one line
    LONG_TEXT = "long_text"  # str, several lines
    DATE = "date"  # core.calendar.RecordedDate; takes date as well
    TIME = "time"  # datetime.time
    DATETIME = "datetime"  # datetime.datetime
    CHOICE = "choice"  # the code of one of `choices`
    OPEN_CHOICE = "open_choice"  # str, with `choices` as suggestions
    NUMBER = "number"  # int, or Decimal when the field has decimals
    MONEY = "money"  # int of 分; typed and shown in yuan
    CHECK = "check"  # bool
    SECRET = "secret"  # noqa: S105 - str, shown masked until the eye is pressed
    PEOPLE = "people"  # tuple of codes of `choices`, in their order


@dataclass(frozen=True)
class Field:
    """One field of a form.

    `choices` are pairs of code and label. `validate` gets the value and answers with a Chinese sentence that says how
    to mend it, or ''; `caution` does the same for what is odd but will be kept as it is. `mask` turns a secret into
    what may be seen over the shoulder. `exact` refuses dates that are not known to the day. `decimals`, `lowest`,
    `highest` and `unit` are for numbers. Money takes `lowest` and `highest` in whole yuan and is not negative unless
    `lowest` is.
    """

    key: str
    label: str
    kind: Kind = Kind.TEXT
    required: bool = False
    choices: Sequence[tuple[object, str]] = ()
    hint: str = ""
    section: str = ""
    wide: bool = False
    rows: int = 4
    mask: Callable[[str], str] | None = None
    validate: Callable[[object], str] | None = None
    caution: Callable[[object], str] | None = None
    exact: bool = False
    decimals: int = 0
    lowest: int | None = None
    highest: int | None = None
    unit: str = ""

    @property
    def spans(self) -> bool:
        """Whether the field takes both columns of the form."""
        return self.wide or self.kind in (Kind.LONG_TEXT, Kind.PEOPLE)
