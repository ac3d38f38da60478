"""What an import will do, row by row, with the user's choices for the doubtful ones. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from partyroom.core.calendar import RecordedDate
from partyroom.core.identity import check_identity
from partyroom.features.exchange.domain import Issue, ParsedRoster, ParsedRow
from partyroom.features.exchange.verdicts import ExistingMember, Verdict, VerdictKind, compare, judge_roster
from partyroom.features.members.domain import FIELDS_BY_KEY, MemberDraft


class ChoiceKind(StrEnum):
    """What the user may decide about a doubtful row."""

    NEW = "new"
    UPDATE = "update"
    SKIP = "skip"


@dataclass(frozen=True, slots=True)
class Choice:
    """The decision about one row; `member_id` is whom to update."""

    kind: ChoiceKind
    member_id: int | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """What happens to one row. `into_row` names an earlier row of the file whose new person this row completes."""

    row: ParsedRow
    verdict: Verdict
    choice: Choice | None = None
    into_row: int | None = None

    @property
    def doubtful(self) -> bool:
        """Whether the user was, or is, asked about this row."""
        return self.choice is not None

    @property
    def skipped(self) -> bool:
        """Whether the user left this row out."""
        return self.choice is not None and self.choice.kind is ChoiceKind.SKIP


@dataclass(frozen=True, slots=True)
class RosterPlan:
    """A parsed roster with one step for every row that has a name."""

    parsed: ParsedRoster
    steps: tuple[Step, ...]
    members: Mapping[int, ExistingMember] = field(default_factory=dict)

    @property
    def warnings(self) -> tuple[Issue, ...]:
        """Doubts about cells, and about who a row is."""
        title = next((title for title, key in self.parsed.columns.items() if key == "name"), "姓名")
        asked = [
            Issue(step.row.row, title, "", step.row.name, f"第{step.row.row}行“{step.row.name}”：{step.verdict.reason}")
            for step in self.steps
            if step.verdict.reason
        ]
        return tuple(sorted([*self.parsed.warnings, *asked], key=lambda issue: issue.row))

    @property
    def refusals(self) -> tuple[Issue, ...]:
        """Rows without a name."""
        return self.parsed.refusals

    def count(self, kind: VerdictKind) -> int:
        """How many rows end with this verdict."""
        return sum(step.verdict.kind is kind for step in self.steps)

    @property
    def skipped(self) -> int:
        """How many rows the user chose to leave out."""
        return sum(step.skipped for step in self.steps)

    def record(self, step: Step) -> MemberDraft:
        """The whole record of the step's person as it is stored afterwards, whatever blanks and doubts the row has."""
        base = self._before(step)
        return filled(step.row.draft()) if base is None else merged(base, step)

    def changes(self, step: Step) -> dict[str, object]:
        """What the step alters of somebody already known, by field key."""
        base = self._before(step)
        if base is None or step.verdict.kind is not VerdictKind.UPDATE:
            return {}
        after = merged(base, step)
        return {key: _shown(after, key) for key in FIELDS_BY_KEY if _shown(after, key) != _shown(base, key)}

    def _before(self, step: Step) -> MemberDraft | None:
        if step.into_row is not None:
            earlier = next(earlier for earlier in self.steps if earlier.row.row == step.into_row)
            return None if earlier.skipped else self.record(earlier)
        if step.verdict.member_id is None:
            return None
        member = self.members[step.verdict.member_id]
        return MemberDraft.from_values({"name": member.name, **member.values})

    def with_choice(self, row: int, choice: Choice) -> RosterPlan:
        """The plan after the user decided about a row (its number as in the file)."""
        return self.with_choices({row: choice})

    def with_choices(self, choices: Mapping[int, Choice]) -> RosterPlan:
        """The plan after the user decided about several rows, by their numbers in the file."""
        steps = (
            step if (choice := choices.get(step.row.row)) is None else _decided(step, choice, self)
            for step in self.steps
        )
        decided = {step.row.row: step for step in steps}
        return replace(self, steps=tuple(_following(step, decided) for step in decided.values()))

    def summary(self, *, applied: bool) -> list[str]:
        """The plan in lines for reading."""
        done = "已导入" if applied else "核对结果（没有写入）"
        counts = (
            f"{done}：共{len(self.steps) + len(self.refusals)}行，新增{self.count(VerdictKind.NEW)}，"
            f"更新{self.count(VerdictKind.UPDATE)}，无变化{self.count(VerdictKind.UNCHANGED)}，"
            f"不能导入{len(self.refusals)}。"
        )
        return [counts, *self.parsed.notes, *(issue.message for issue in self.warnings)]

    def as_json(self, *, applied: bool) -> dict[str, object]:
        """The plan as data: counts, columns, preview, warnings and refusals."""
        return {
            "rows": len(self.steps) + len(self.refusals),
            "new": self.count(VerdictKind.NEW),
            "update": self.count(VerdictKind.UPDATE),
            "unchanged": self.count(VerdictKind.UNCHANGED),
            "refused": len(self.refusals),
            "columns": dict(self.parsed.columns),
            "preview": [_preview(step, self) for step in self.steps],
            "warnings": [_issue(issue) for issue in self.warnings],
            "refusals": [_issue(issue) for issue in self.refusals],
            "notes": list(self.parsed.notes),
            "applied": applied,
        }


def plan_roster(parsed: ParsedRoster, members: Sequence[ExistingMember]) -> RosterPlan:
    """Decide what happens to every row; doubtful ones get a choice that loses nothing and can be changed.

    A row with the valid identity number of an earlier row completes that row's person. A namesake about whom nothing
    tells is taken for somebody of that name whom the row would not change, or for the one person of that name, if
    there is just one, else for somebody new.
    """
    by_id = {member.id: member for member in members}
    verdicts = judge_roster(parsed.rows, members)
    by_row = {row.row: row for row in parsed.rows}
    taken = {verdict.member_id for verdict in verdicts if verdict.member_id is not None}
    steps: list[Step] = []
    for row, verdict in zip(parsed.rows, verdicts, strict=True):
        step = _first_step(row, verdict, by_row, by_id, taken)
        if step.verdict.member_id is not None:
            taken.add(step.verdict.member_id)
        steps.append(step)
    return RosterPlan(_with_note_of_filling(parsed, steps), tuple(steps), by_id)


def _with_note_of_filling(parsed: ParsedRoster, steps: Sequence[Step]) -> ParsedRoster:
    new = [step.row.draft() for step in steps if step.verdict.kind is VerdictKind.NEW]
    count = sum(filled(draft) != draft for draft in new)
    if not count:
        return parsed
    note = f"有{count}人没有填写性别或出生日期，按身份证号补上。"
    return replace(parsed, notes=(*parsed.notes, note))


def filled(draft: MemberDraft) -> MemberDraft:
    """The record with sex and birth date from a valid identity number where they are blank (GB 11643-1999)."""
    if draft.birth is not None and (draft.sex is not None or "sex" in draft.typed):
        return draft
    check = check_identity(draft.id_number) if draft.id_number else None
    if check is None or not check.valid or check.birth is None:
        return draft
    sex = draft.sex if "sex" in draft.typed else draft.sex or check.sex
    return replace(draft, sex=sex, birth=draft.birth or RecordedDate.of(check.birth))


def merged(draft: MemberDraft, step: Step) -> MemberDraft:
    """The record after the step's changes; a text that fitted no code goes when a value comes."""
    values = draft.values()
    typed = dict(draft.typed)
    for change in step.verdict.changes:
        if change.key in step.row.typed and change.key not in step.row.values:
            typed[change.key] = str(change.new)
        else:
            values[change.key] = change.new
            typed.pop(change.key, None)
    after = MemberDraft.from_values({**values, "typed": typed})
    return filled(after) if step.verdict.changes else after


def _first_step(
    row: ParsedRow,
    verdict: Verdict,
    by_row: Mapping[int, ParsedRow],
    members: Mapping[int, ExistingMember],
    taken: set[int],
) -> Step:
    if verdict.kind is not VerdictKind.PROBLEM:
        return Step(row, verdict)
    earlier = by_row.get(row.same_as_row or -1)
    if earlier is not None and not verdict.candidates and _same_valid_number(row, earlier):
        found = compare(row, _as_member(earlier))
        return Step(row, replace(found, member_id=None), into_row=earlier.row)
    step = Step(row, verdict)
    # Namesakes whom nothing tells apart were imported from such rows before: one row each, and nothing changes.
    free = (number for number in verdict.candidates if number not in taken)
    settled = next((n for n in free if compare(row, members[n]).kind is VerdictKind.UNCHANGED), None)
    if settled is not None:
        return _settled(step, Choice(ChoiceKind.UPDATE, settled), members)
    if len(verdict.candidates) == 1 and (earlier is None or _same_valid_number(row, earlier)):
        return _settled(step, Choice(ChoiceKind.UPDATE, verdict.candidates[0]), members)
    return _settled(step, Choice(ChoiceKind.NEW), members)


def _decided(step: Step, choice: Choice, plan: RosterPlan) -> Step:
    return _settled(replace(step, into_row=None), choice, plan.members)


def _following(step: Step, steps: Mapping[int, Step]) -> Step:
    """A row that completes an earlier one stands for itself when that one is left out."""
    if step.into_row is None:
        return step
    earlier = steps[step.into_row]
    if earlier.skipped:
        return replace(step, verdict=replace(step.verdict, kind=VerdictKind.NEW, changes=()))
    return replace(step, verdict=replace(compare(step.row, _as_member(earlier.row)), member_id=None))


def _settled(step: Step, choice: Choice, members: Mapping[int, ExistingMember]) -> Step:
    old = step.verdict
    if choice.kind is ChoiceKind.UPDATE and choice.member_id is not None:
        found = compare(step.row, members[choice.member_id])
        verdict = replace(found, candidates=old.candidates, reason=old.reason)
    else:
        kind = VerdictKind.NEW if choice.kind is ChoiceKind.NEW else VerdictKind.UNCHANGED
        verdict = Verdict(kind, None, (), old.candidates, (), old.reason)
    return Step(step.row, verdict, choice)


def _same_valid_number(one: ParsedRow, other: ParsedRow) -> bool:
    if not one.id_number or not other.id_number:
        return False
    first, second = check_identity(one.id_number), check_identity(other.id_number)
    return first.valid and second.valid and first.normalised == second.normalised


def _as_member(row: ParsedRow) -> ExistingMember:
    draft = row.draft()
    return ExistingMember(0, draft.name, draft.birth, draft.id_number, draft.values())


def _preview(step: Step, plan: RosterPlan) -> dict[str, object]:
    """The columns of the file, birth and joined always among them, with what is stored afterwards."""
    after = plan.record(step)
    line: dict[str, object] = {"row": step.row.row, "name": step.row.name, "verdict": step.verdict.kind.value}
    for key in ("birth", "joined", *FIELDS_BY_KEY):
        value = _shown(after, key)
        if key in ("name", "birth", "joined") or value not in (None, "", False):
            line[key] = value
    return line | {"changes": plan.changes(step)}


def _shown(draft: MemberDraft, key: str) -> object:
    """A field as plain data: dates ISO, codes, and a text as typed where no code fits."""
    value = getattr(draft, key)
    if not value and key in draft.typed:
        return draft.typed[key]
    if isinstance(value, RecordedDate):
        return value.text
    return value.value if isinstance(value, StrEnum) else value


def _issue(issue: Issue) -> dict[str, object]:
    return {
        "row": issue.row,
        "column": issue.column,
        "cell": issue.cell,
        "value": issue.value,
        "message": issue.message,
    }
