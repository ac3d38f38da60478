"""What importing a pay list would do to each member's base; no database, no clock, nobody is guessed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum

from partyroom.core.errors import DomainError
from partyroom.core.money import yuan
from partyroom.core.names import normalise_name
from partyroom.features.dues.assessments import AssessmentDetail, AssessmentDraft, AssessmentRow, Outcome, outcome_of
from partyroom.features.dues.base import PayItem
from partyroom.features.dues.domain import DuesCategory, Treatment
from partyroom.features.dues.ledger import Choices
from partyroom.features.dues.pay_items import PayRow, PaySheet


class PayVerdict(StrEnum):
    """What becomes of a row."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    DOUBTFUL = "doubtful"
    UNKNOWN = "unknown"
    UNREADABLE = "unreadable"
    SKIPPED = "skipped"

    @property
    def label(self) -> str:
        """As it stands in the preview."""
        return {
            "new": "新核定",
            "changed": "有变化",
            "same": "无变化",
            "doubtful": "需确认",
            "unknown": "不在名单",
            "unreadable": "不能导入",
            "skipped": "跳过",
        }[self.value]

    @property
    def stores(self) -> bool:
        """Whether something is stored."""
        return self in (PayVerdict.NEW, PayVerdict.CHANGED)


@dataclass(frozen=True, slots=True)
class PayPerson:
    """A member who pays in the year, with what tells namesakes apart."""

    row: AssessmentRow
    staff_number: str = ""
    id_number: str = ""

    @property
    def id(self) -> int:
        """The member's id."""
        return self.row.id

    @property
    def label(self) -> str:
        """The person in words that tell namesakes apart."""
        parts = (self.row.name, self.row.department, self.row.group, self.staff_number and f"工号{self.staff_number}")
        return "，".join(part for part in parts if part)


@dataclass(frozen=True, slots=True)
class PayLine:
    """A row of the list with its verdict; `draft` is what would be stored, as a change of `assessment_id` if given."""

    source: PayRow
    verdict: PayVerdict
    member_id: int | None = None
    candidates: tuple[int, ...] = ()
    changes: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    draft: AssessmentDraft | None = None
    assessment_id: int | None = None
    outcome: Outcome | None = None


@dataclass(frozen=True, slots=True)
class PayPlan:
    """A workbook set against the members of a year. `decisions`: row → the member it is about, or None to skip it."""

    sheets: tuple[PaySheet, ...]
    people: Mapping[int, PayPerson]
    choices: Choices
    opened: date
    day: date
    chosen: int = 0
    decisions: Mapping[int, int | None] = field(default_factory=dict)
    lines: tuple[PayLine, ...] = ()

    @property
    def year(self) -> int:
        """The year of the bases."""
        return self.choices.year

    @property
    def sheet(self) -> PaySheet:
        """The sheet that is read."""
        return self.sheets[self.chosen]

    def count(self, verdict: PayVerdict) -> int:
        """How many rows have a verdict."""
        return sum(line.verdict is verdict for line in self.lines)

    @property
    def stored(self) -> int:
        """How many assessments would be stored."""
        return sum(line.verdict.stores for line in self.lines)

    def missing(self) -> list[str]:
        """Names of employed members of the year about whom no row is, or may be."""
        found = {line.member_id for line in self.lines}.union(*(line.candidates for line in self.lines))
        return [
            person.row.name
            for person in self.people.values()
            if person.id not in found and _category(person.row) is DuesCategory.EMPLOYED
        ]

    def with_sheet(self, number: int) -> PayPlan:
        """The plan for another sheet; decisions belonged to the old one."""
        return judged(replace(self, chosen=number, decisions={}))

    def decided(self, row: int, member_id: int | None) -> PayPlan:
        """The plan with a row about a member, or skipped."""
        return judged(replace(self, decisions={**self.decisions, row: member_id}))

    def undecided(self, row: int) -> PayPlan:
        """The plan with a row judged by what the list says again."""
        return judged(replace(self, decisions={key: one for key, one in self.decisions.items() if key != row}))


def plan_pay(
    sheets: Sequence[PaySheet], people: Sequence[PayPerson], choices: Choices, opened: date, day: date
) -> PayPlan:
    """Set a workbook against the members of the choices' year; the base month's sheet is read first.

    `opened` is the first month that is not closed, `day` the day on which the bases are settled.
    """
    wanted = choices.base_month
    number = next((place for place, one in enumerate(sheets) if wanted is not None and one.is_of(wanted)), 0)
    plan = PayPlan(tuple(sheets), {person.id: person for person in people}, choices, opened, day, number)
    return judged(plan)


def judged(plan: PayPlan) -> PayPlan:
    """The plan with the verdict of every row."""
    matched = [(row, *_match(plan, row)) for row in plan.sheet.rows]
    sure = Counter(found[0] for _, found, _ in matched if len(found) == 1)
    twice = {member for member, count in sure.items() if count > 1}
    return replace(plan, lines=tuple(_line(plan, row, found, why, twice) for row, found, why in matched))


def _match(plan: PayPlan, row: PayRow) -> tuple[tuple[int, ...], str]:
    """Whom a row is about: one member, several to be asked about, or nobody; and why it must be asked."""
    if row.row in plan.decisions:
        chosen = plan.decisions[row.row]
        return ((), "") if chosen is None else ((chosen,), "")
    people = list(plan.people.values())
    same_name = [one for one in people if normalise_name(one.row.name) == row.name]
    for key, words in (("id_number", "身份证号"), ("staff_number", "工作证号")):
        number = getattr(row, key)
        owners = [one for one in people if number and getattr(one, key).upper() == number.upper()]
        if len(owners) == 1 and owners[0] in same_name:
            return (owners[0].id,), ""
        if owners:
            both = {one.id for one in (*owners, *same_name)}
            return (*sorted(both), -1), f"{words}与花名册中的{owners[0].row.name}相同，姓名不同"
    if len(same_name) == 1 and (other := _other_number(row, same_name[0])):
        return (same_name[0].id, -1), f"姓名相同，{other}与花名册不同"
    if len(same_name) > 1:
        fitting = [one for one in same_name if not _other_number(row, one)]
        return (*(one.id for one in fitting or same_name), -1), "花名册里有同名的人"
    return tuple(one.id for one in same_name), ""


def _other_number(row: PayRow, person: PayPerson) -> str:
    """Which number says that the row is about somebody else."""
    if row.id_number and person.id_number and row.id_number != person.id_number.upper():
        return "身份证号"
    return "工作证号" if row.staff_number and person.staff_number and row.staff_number != person.staff_number else ""


def _line(plan: PayPlan, row: PayRow, found: tuple[int, ...], why: str, twice: set[int]) -> PayLine:
    candidates = tuple(one for one in found if one >= 0)
    if row.row in plan.decisions and plan.decisions[row.row] is None:
        return PayLine(row, PayVerdict.SKIPPED, notes=row.notes)
    if row.problems:
        member = found[0] if len(found) == 1 else None
        return PayLine(row, PayVerdict.UNREADABLE, member, notes=(*row.problems, *row.notes))
    if why:
        return PayLine(row, PayVerdict.DOUBTFUL, None, candidates, notes=(f"{why}，请确认是哪一位。", *row.notes))
    if not found:
        return PayLine(row, PayVerdict.UNKNOWN, notes=(f"{plan.year}年度交纳党费的名单里没有这个人。",))
    if found[0] in twice:
        words = "表中有几行是同一个人，请跳过多余的行。"
        return PayLine(row, PayVerdict.DOUBTFUL, None, found, notes=(words, *row.notes))
    return _compare(plan, row, plan.people[found[0]].row)


def _compare(plan: PayPlan, row: PayRow, member: AssessmentRow) -> PayLine:
    """The verdict on a row about a known member."""
    if not row.items:
        return PayLine(row, PayVerdict.UNREADABLE, member.id, notes=("这一行没有金额，没有可导入的内容。",))
    old = member.history[-1] if member.history else None
    category = _category(member)
    if old is not None and old.category is category and _amounts(old) == {i.code: i.amount_fen for i in row.items}:
        return PayLine(row, PayVerdict.SAME, member.id, notes=row.notes)
    draft, assessment_id = _draft(plan, row, member, category, old)
    if draft is None:
        return PayLine(row, PayVerdict.UNREADABLE, member.id, notes=("各月都已结账，基数不能再改。",))
    try:
        outcome = outcome_of(draft, plan.choices)
    except DomainError as error:
        return PayLine(row, PayVerdict.UNREADABLE, member.id, notes=(str(error), *row.notes))
    if not outcome.worked.of(Treatment.COUNTED):
        words = f"按{category.label}计算，表中没有一个项目计入基数；类别不对的，请逐人核定。"
        return PayLine(row, PayVerdict.UNREADABLE, member.id, notes=(words, *row.notes))
    notes = [*row.notes, *outcome.warnings]
    known = member.category or member.guess
    if known is not None and known is not category:
        notes.append(f"原来是{known.label}，因表中有工资按{category.label}核定，请核对。")
    if "base" in row.sums and row.sums["base"] != outcome.assessed.base_fen:
        notes.append(
            f"合计不符：表中税后工资总额（基数）{yuan(row.sums['base'])}元，"
            f"按规定算出来是{yuan(outcome.assessed.base_fen)}元。"
        )
    verdict = PayVerdict.NEW if old is None else PayVerdict.CHANGED
    changes = _changes(old, row.items) if old is not None else ()
    return PayLine(row, verdict, member.id, (), changes, tuple(notes), draft, assessment_id, outcome)


def _draft(
    plan: PayPlan, row: PayRow, member: AssessmentRow, category: DuesCategory, old: AssessmentDetail | None
) -> tuple[AssessmentDraft | None, int | None]:
    """What would be stored, and which assessment it changes: one that began in an open month is changed."""
    begin = max(plan.opened, member.first_month)
    if begin.year != plan.year:
        return None, None
    if old is not None and old.from_month >= plan.opened:
        return replace(old.draft, category=category, items=row.items, base_fen=0), old.id
    reason = "年初核定" if old is None else "更正"
    return AssessmentDraft(member.id, begin, category, row.items, reason=reason, assessed_on=plan.day), None


def _category(member: AssessmentRow) -> DuesCategory:
    """The category in force where it goes by a base, else the roster's guess, else employed: there is a pay slip."""
    known = member.category or member.guess
    return known if known is not None and known.by_base else DuesCategory.EMPLOYED


def _amounts(detail: AssessmentDetail) -> dict[str, int]:
    return {item.code: item.amount_fen for item in detail.items if item.amount_fen}


def _changes(old: AssessmentDetail, items: Sequence[PayItem]) -> tuple[str, ...]:
    before = {item.code: (item.label, item.amount_fen) for item in old.items if item.amount_fen}
    after = {item.code: (item.label, item.amount_fen) for item in items}
    if not before and old.category.by_base:
        return (f"原来直接填写的基数{yuan(old.base_fen)}元改为按项目计算",)
    if not before:
        return (f"原来按定额每月{yuan(old.due_fen)}元改为按项目计算",)
    found: list[str] = []
    for code in dict.fromkeys((*before, *after)):
        label, was = before.get(code, (after.get(code, ("", 0))[0], 0))
        now = after.get(code, ("", 0))[1]
        if was != now:
            found.append(f"{label}：{yuan(was)} → {yuan(now)}")
    return tuple(found)
