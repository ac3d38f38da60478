"""What importing a row would do: make a person, change one, change nothing, or ask first. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from partyroom.core.calendar import RecordedDate
from partyroom.core.identity import check_identity
from partyroom.core.names import normalise_name
from partyroom.features.exchange.domain import ParsedRow, distinct_people, known_birth
from partyroom.features.members.domain import FIELDS_BY_KEY


class VerdictKind(StrEnum):
    """What happens to a row."""

    NEW = "new"
    UPDATE = "update"
    UNCHANGED = "unchanged"
    PROBLEM = "problem"

    @property
    def label(self) -> str:
        """The word in the preview."""
        return {"new": "新增", "update": "更新", "unchanged": "无变化", "problem": "需确认"}[self.value]


@dataclass(frozen=True, slots=True)
class ExistingMember:
    """A person of the library as far as matching needs one; `values` by field key, `typed` among them."""

    id: int
    name: str
    birth: RecordedDate | None
    id_number: str
    values: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Change:
    """One field that an import changes; blanks are None or ''."""

    key: str
    old: object
    new: object


@dataclass(frozen=True, slots=True)
class Verdict:
    """What importing a row would do.

    `member_id` is the person changed (UPDATE, UNCHANGED); `candidates` are those among whom the user must
    choose (PROBLEM), to be judged again with `compare`; `kept` names fields whose present value is better
    than the file's and stays; `reason` is a Chinese sentence where one is due.
    """

    kind: VerdictKind
    member_id: int | None = None
    changes: tuple[Change, ...] = ()
    candidates: tuple[int, ...] = ()
    kept: tuple[str, ...] = ()
    reason: str = ""


class Directory:
    """The people of a library, found by number and by name in no time for any size."""

    def __init__(self, members: Sequence[ExistingMember]) -> None:
        self._by_number: dict[str, list[ExistingMember]] = {}
        self._by_name: dict[str, list[ExistingMember]] = {}
        for member in members:
            if member.id_number:
                self._by_number.setdefault(_plain_number(member.id_number), []).append(member)
            self._by_name.setdefault(normalise_name(member.name), []).append(member)

    def candidates(self, row: ParsedRow) -> list[ExistingMember]:
        """Everyone with the row's identity number, then everyone with its name."""
        same_number = self._by_number.get(_plain_number(row.id_number), []) if row.id_number else []
        same_name = self._by_name.get(row.name, [])
        return [*same_number, *(member for member in same_name if member not in same_number)]


def judge_roster(rows: Sequence[ParsedRow], members: Sequence[ExistingMember]) -> list[Verdict]:
    """One verdict for each row, in the same order.

    A row about a person of an earlier row of the file is a PROBLEM, and so is the second row that would
    change one person.
    """
    directory = Directory(members)
    taken: dict[int, int] = {}
    verdicts: list[Verdict] = []
    for row in rows:
        verdict = judge(row, directory.candidates(row))
        earlier = row.same_as_row
        if earlier is None and verdict.member_id is not None:
            earlier = taken.get(verdict.member_id)
        if earlier is not None:
            ids = (verdict.member_id,) if verdict.member_id is not None else verdict.candidates
            reason = f"与文件第{earlier}行可能是同一人，请选择跳过这一行或作为另一人导入。"
            verdict = Verdict(VerdictKind.PROBLEM, candidates=ids, reason=reason)
        elif verdict.member_id is not None:
            taken[verdict.member_id] = row.row
        verdicts.append(verdict)
    return verdicts


def judge(row: ParsedRow, candidates: Sequence[ExistingMember]) -> Verdict:
    """Decide about one row, given everyone who has its number or its name.

    The same identity number is the same person; otherwise the same name with a compatible birth date, staff
    number or telephone. A namesake about whom nothing tells is left to the user.
    """
    number = _plain_number(row.id_number)
    same_number = [m for m in candidates if number and _plain_number(m.id_number) == number]
    if not check_identity(number).valid:  # a wrong number may be wrong in the same way for two people
        same_number = [m for m in same_number if normalise_name(m.name) == row.name]
    if same_number:
        return _one_of(row, same_number, "身份证号")
    namesakes = [m for m in candidates if normalise_name(m.name) == row.name]
    possible = [m for m in namesakes if not distinct_people(row.id_number, m.id_number)]
    certain = [m for m in possible if _known_same(row, m)]
    if certain:
        return _one_of(row, certain, "姓名和出生日期")
    unknown = [m for m in possible if not _known_different(row, m)]
    if unknown:
        ids = tuple(m.id for m in unknown)
        reason = f"名册中已有{len(ids)}位“{row.name}”，但没有身份证号或出生日期可以比对，请选择是同一人还是新增。"
        return Verdict(VerdictKind.PROBLEM, candidates=ids, reason=reason)
    return Verdict(VerdictKind.NEW)


def _one_of(row: ParsedRow, members: Sequence[ExistingMember], words: str) -> Verdict:
    if len(members) > 1:
        ids = tuple(member.id for member in members)
        reason = f"名册中有{len(ids)}人与这一行的{words}相同，请选择要更新的人。"
        return Verdict(VerdictKind.PROBLEM, candidates=ids, reason=reason)
    return compare(row, members[0])


def compare(row: ParsedRow, member: ExistingMember) -> Verdict:
    """The verdict when the row is known to be about this member: UPDATE or UNCHANGED.

    Blanks never erase. A less precise date, an unreadable date, a text that fits no code, an incomplete value and
    an invalid identity number never replace something better.
    """
    changes: list[Change] = []
    kept: list[str] = []
    for key, new in row.values.items():
        old = member.name if key == "name" else member.values.get(key)
        if _same(old, new):
            continue
        if _worse(key, old, new, row):
            kept.append(key)
        else:
            changes.append(Change(key, old, new))
    changes.extend(_typed_changes(row, member))
    kind = VerdictKind.UPDATE if changes else VerdictKind.UNCHANGED
    return Verdict(kind, member.id, tuple(changes), (), tuple(kept), _reason(row, member, kept))


def _typed_changes(row: ParsedRow, member: ExistingMember) -> list[Change]:
    present = member.values.get("typed")
    typed: Mapping[str, object] = present if isinstance(present, Mapping) else {}
    return [
        Change(key, typed.get(key, ""), text)
        for key, text in row.typed.items()
        if not member.values.get(key) and typed.get(key) != text
    ]


def _reason(row: ParsedRow, member: ExistingMember, kept: Sequence[str]) -> str:
    sentences: list[str] = []
    if normalise_name(member.name) != row.name:
        sentences.append(f"身份证号相同而姓名不同：名册中是“{member.name}”，文件中是“{row.name}”。")
    doubtful = [FIELDS_BY_KEY[key].label for key in kept if key in row.marks or key in row.incomplete]
    if doubtful:
        sentences.append(f"文件中的{'、'.join(doubtful)}有疑问，保留名册中原有的内容。")
    return "".join(sentences)


def _same(old: object, new: object) -> bool:
    if old == new:
        return True
    if isinstance(old, str) and isinstance(new, str):
        return old.strip() == new.strip()
    return new is False and old is None


def _worse(key: str, old: object, new: object, row: ParsedRow) -> bool:
    if old is None or old == "":
        return False
    if isinstance(old, RecordedDate) and isinstance(new, RecordedDate):
        return old.refines(new) or (old.readable and not new.readable)
    if key in row.incomplete:
        return True
    if key == "id_number":
        return check_identity(str(old)).valid and not check_identity(str(new)).valid
    return False


def _known_same(row: ParsedRow, member: ExistingMember) -> bool:
    birth = known_birth(member.birth, member.id_number)
    if row.birth is not None and birth is not None:
        return row.birth.compatible_with(birth)
    return any(
        row.values.get(key) and row.values.get(key) == member.values.get(key)
        for key in ("id_number", "staff_number", "phone")
    )


def _known_different(row: ParsedRow, member: ExistingMember) -> bool:
    birth = known_birth(member.birth, member.id_number)
    return row.birth is not None and birth is not None and not row.birth.compatible_with(birth)


def _plain_number(number: str) -> str:
    return check_identity(number).normalised if number else ""
