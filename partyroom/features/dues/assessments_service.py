"""Use cases of assessments: put down a member's base, change or remove it, repeat last year's.

Closed months stay as they were closed: nothing that begins in or before one is stored, changed or removed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from partyroom.core.calendar import add_months, today
from partyroom.core.errors import DomainError, Problem
from partyroom.core.names import sort_key
from partyroom.core.text import clean_text, one_line
from partyroom.features.dues.assessments import (
    COPIED,
    AssessedItem,
    AssessmentDetail,
    AssessmentDraft,
    AssessmentRow,
    AssessmentState,
    Outcome,
    change_warning,
    guess_category,
    known_items,
    outcome_of,
)
from partyroom.features.dues.base import PayItem
from partyroom.features.dues.cells import Account, Person, Span, span_of
from partyroom.features.dues.domain import DuesCategory
from partyroom.features.dues.ledger import Choices, first_of, month_label, months_of
from partyroom.features.dues.tables import (
    AccountRecord,
    AssessmentRecord,
    BaseItemRecord,
    ClosingRecord,
)
from partyroom.features.dues.years_service import get_choices
from partyroom.features.members.domain import MemberDetail
from partyroom.features.members.service import all_details, get_member
from partyroom.features.organisation.tables import GroupRecord
from partyroom.storage.recycle import put_in_bin


def choices_for(session: Session, year: int) -> Choices:
    """What the branch decided for a year; the usual choices as long as the year is not opened."""
    return get_choices(session, year) or Choices(year)


def last_closed(session: Session) -> date | None:
    """The latest month that was closed."""
    return session.scalar(select(func.max(ClosingRecord.month)))


def first_open(session: Session, year: int) -> date:
    """The first month of a year from which an assessment may run."""
    closed = last_closed(session)
    january = date(year, 1, 1)
    return january if closed is None else max(january, add_months(closed, 1))


def save_assessment(session: Session, draft: AssessmentDraft, assessment_id: int | None = None) -> int:
    """Store a new assessment, or change one, and return its id.

    Raises:
        DomainError: the member or the assessment is gone, it would begin in a closed month, another one begins in
            the same month, an item is not known or is named twice, or the base is negative.
    """
    get_member(session, draft.member_id)
    record = None if assessment_id is None else _record(session, assessment_id)
    _refuse_closed(session, draft.from_month, record)
    _refuse_twice(session, draft, assessment_id)
    _refuse_items(draft.items)
    outcome = outcome_of(draft, choices_for(session, draft.from_month.year))
    if record is None:
        record = AssessmentRecord(member_id=draft.member_id, from_month=draft.from_month)
        _fill(record, draft, outcome)
        session.add(record)
    else:
        record.from_month = draft.from_month
        _fill(record, draft, outcome)
    session.flush()
    return record.id


def check_assessment(session: Session, draft: AssessmentDraft, assessment_id: int | None = None) -> tuple[str, ...]:
    """What should be looked at again before an assessment is stored: warnings in whole sentences."""
    choices = choices_for(session, draft.from_month.year)
    others = session.execute(
        select(AssessmentRecord.id, AssessmentRecord.from_month).where(AssessmentRecord.member_id == draft.member_id)
    )
    earlier = [month for other_id, month in others if other_id != assessment_id]
    change = change_warning(draft, choices, earlier)
    return (*outcome_of(draft, choices).warnings, *((change,) if change else ()))


def get_assessment(session: Session, assessment_id: int) -> AssessmentDetail:
    """One assessment with its items.

    Raises:
        DomainError: it is not there any more.
    """
    record = _record(session, assessment_id)
    return _detail(record, get_member(session, record.member_id).draft.name)


def bin_assessment(session: Session, assessment_id: int) -> None:
    """Move an assessment to the recycle bin.

    Raises:
        DomainError: a month that it began in or runs through is closed.
    """
    record = _record(session, assessment_id)
    closed = last_closed(session)
    if closed is not None and record.from_month <= closed:
        raise DomainError(f"{month_label(closed)}及以前已结账，从{month_label(record.from_month)}起的核定不能删除。")
    put_in_bin(record)


def assessments_of(session: Session, year: int) -> list[AssessmentRow]:
    """Everybody who pays here in some month of a year: without an assessment first, then by group and name."""
    spans = _spans(session)
    stored = _stored(session)
    groups = session.scalars(select(GroupRecord.name).order_by(GroupRecord.ordinal))
    places: dict[str, int] = {name: place for place, name in enumerate(groups)}
    rows = []
    for detail in all_details(session):
        months = [month for month in months_of(year) if spans[detail.id].covers(month)]
        if months:
            row = _row(detail, months, stored.get(detail.id, ()))
            rows.append(replace(row, group_order=places.get(row.group, len(places))))
    order = list(AssessmentState)
    return sorted(rows, key=lambda row: (order.index(row.state), row.group_order, row.name_key, row.id))


def copy_last_year(session: Session, year: int) -> int:
    """Repeat last year's base for everybody who has none for `year` yet, by this year's choices; return how many.

    The items are worked out anew, so that a switch or rate that changed takes effect.
    """
    count = 0
    opened = first_open(session, year)
    for row in assessments_of(session, year):
        begin = max(opened, row.first_month)
        if row.state is not AssessmentState.CARRIED or row.current is None or begin.year != year:
            continue
        draft = replace(row.current.draft, from_month=begin, reason=COPIED, assessed_on=today())
        save_assessment(session, draft)
        count += 1
    return count


def assess_fixed(session: Session, year: int, member_ids: Iterable[int], category: DuesCategory) -> int:
    """Put members into a category with a fixed amount, from their first open month of `year`; return how many.

    Who already has an assessment from that month gets it changed.

    Raises:
        DomainError: the category is not one with a fixed amount.
    """
    if category.by_base:
        raise DomainError(f"“{category.label}”按基数交纳，请逐人核定。")
    wanted = set(member_ids)
    opened = first_open(session, year)
    count = 0
    for row in assessments_of(session, year):
        begin = max(opened, row.first_month)
        if row.id not in wanted or begin.year != year:
            continue
        same = next((one.id for one in row.history if one.from_month == begin), None)
        draft = AssessmentDraft(row.id, begin, category, reason="类别变化" if row.history else "年初核定")
        save_assessment(session, draft, same)
        count += 1
    return count


def _refuse_closed(session: Session, month: date, record: AssessmentRecord | None) -> None:
    if month != first_of(month):
        raise DomainError(Problem("请写到月份。", "from_month"))
    closed = last_closed(session)
    if closed is None:
        return
    following = month_label(add_months(closed, 1))
    if month <= closed:
        text = f"{month_label(closed)}及以前已结账，基数只能从{following}起核定。"
        raise DomainError(Problem(text, "from_month"))
    if record is not None and record.from_month <= closed:
        text = f"{month_label(closed)}及以前已按这次核定结账，不能再改；请从{following}起另行核定，原因写“更正”。"
        raise DomainError(Problem(text, "from_month"))


def _refuse_twice(session: Session, draft: AssessmentDraft, assessment_id: int | None) -> None:
    same = session.scalar(
        select(AssessmentRecord.id).where(
            AssessmentRecord.member_id == draft.member_id, AssessmentRecord.from_month == draft.from_month
        )
    )
    if same is not None and same != assessment_id:
        text = f"从{month_label(draft.from_month)}起已经有一次核定，请修改那一次，或换一个月份。"
        raise DomainError(Problem(text, "from_month"))


def _refuse_items(items: Sequence[PayItem]) -> None:
    known = known_items()
    for item in items:
        if item.code not in known:
            raise DomainError(Problem(f"“{item.label}”不是已知的工资项目。", "items"))
        if not one_line(item.label):
            raise DomainError(Problem("自行增加的项目请写上名称。", "items"))


def _fill(record: AssessmentRecord, draft: AssessmentDraft, outcome: Outcome) -> None:
    result = outcome.assessed
    record.category = draft.category
    record.base_fen = result.base_fen
    record.rate_bp = result.rate_bp
    record.before_cap_fen = result.before_cap_fen
    record.due_fen = result.due_fen
    record.rounding_fen = result.rounding_fen
    record.rule_version = result.rule_version
    record.source = result.source
    record.reason = one_line(draft.reason)
    record.assessed_on = draft.assessed_on or today()
    record.assessed_by = one_line(draft.assessed_by)
    record.note = clean_text(draft.note).strip()
    lines = [
        (line.item.code, one_line(line.item.label), line.item.amount_fen, line.treatment)
        for line in outcome.worked.lines
        if draft.items
    ]
    if [(one.code, one.label, one.amount_fen, one.treatment) for one in record.items] != lines:
        record.items = [
            BaseItemRecord(ordinal=number, code=code, label=label, amount_fen=amount, treatment=treatment)
            for number, (code, label, amount, treatment) in enumerate(lines)
        ]


def _record(session: Session, assessment_id: int) -> AssessmentRecord:
    record = session.get(AssessmentRecord, assessment_id)
    if record is None or record.deleted_at is not None:
        raise DomainError("这次核定已被删除，请刷新后再试。")
    return record


def _detail(record: AssessmentRecord, name: str) -> AssessmentDetail:
    return AssessmentDetail(
        id=record.id,
        member_id=record.member_id,
        name=name,
        from_month=record.from_month,
        category=record.category,
        items=tuple(AssessedItem(one.code, one.label, one.amount_fen, one.treatment) for one in record.items),
        base_fen=record.base_fen,
        rate_bp=record.rate_bp,
        before_cap_fen=record.before_cap_fen,
        due_fen=record.due_fen,
        rounding_fen=record.rounding_fen,
        rule_version=record.rule_version,
        source=record.source,
        reason=record.reason,
        assessed_on=record.assessed_on,
        assessed_by=record.assessed_by,
        note=record.note,
    )


def _stored(session: Session) -> Mapping[int, Sequence[AssessmentRecord]]:
    """All live assessments by member, earliest first."""
    found: dict[int, list[AssessmentRecord]] = {}
    statement = (
        select(AssessmentRecord).options(selectinload(AssessmentRecord.items)).order_by(AssessmentRecord.from_month)
    )
    for record in session.scalars(statement):
        found.setdefault(record.member_id, []).append(record)
    return found


def _spans(session: Session) -> Mapping[int, Span]:
    """In which months everybody on the roster pays here."""
    accounts = {
        one.member_id: Account(one.member_id, one.paid_through, one.start_month, one.stop_month, one.note)
        for one in session.scalars(select(AccountRecord))
    }
    return {one.id: span_of(person_of(one), accounts.get(one.id)) for one in all_details(session)}


def person_of(detail: MemberDetail) -> Person:
    """One of the roster, as far as dues go."""
    draft = detail.draft
    return Person(
        id=detail.id,
        name=draft.name,
        name_key=sort_key(draft.name),
        group=draft.group,
        department=draft.department,
        category=draft.category,
        standing=draft.standing,
        joined=draft.joined,
        arrived=draft.arrived,
        left=draft.left,
    )


def _row(detail: MemberDetail, months: Sequence[date], records: Sequence[AssessmentRecord]) -> AssessmentRow:
    draft = detail.draft
    running = [record for record in records if record.from_month <= months[-1]]
    history = tuple(_detail(one, draft.name) for one in running if one.from_month.year == months[0].year)
    current = history[-1] if history else _detail(running[-1], draft.name) if running else None
    state = AssessmentState.MISSING
    if current is not None:
        # a fixed amount does not change with the year, so there is nothing to settle anew
        settled = bool(history) or not current.category.by_base
        state = AssessmentState.ASSESSED if settled else AssessmentState.CARRIED
    return AssessmentRow(
        id=detail.id,
        name=draft.name,
        name_key=sort_key(draft.name),
        group=draft.group,
        department=draft.department,
        guess=guess_category(draft.employment),
        state=state,
        first_month=months[0],
        months=len(months),
        current=current,
        history=history,
        year_fen=sum(_due_in(month, running) for month in months),
    )


def _due_in(month: date, records: Sequence[AssessmentRecord]) -> int:
    running = [record for record in records if record.from_month <= month]
    return running[-1].due_fen if running else 0
