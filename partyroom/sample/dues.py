"""The dues of the sample branch in 2026: bases, collection with its exceptions, what went up and was used.

The content is resources/sample/dues.json. Who was at a theme day paid there; what the meeting's record says of that is
written down the day after.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy.orm import Session

from partyroom.core.money import read_yuan
from partyroom.core.pictures import prepare_file
from partyroom.features.dues.assessments import AssessmentDraft
from partyroom.features.dues.assessments_service import save_assessment
from partyroom.features.dues.base import pay_item
from partyroom.features.dues.cells import Account
from partyroom.features.dues.collect_service import close_month, collect_month, record_payment, reverse_receipt
from partyroom.features.dues.domain import Change, DuesCategory, Reading
from partyroom.features.dues.funds import Period, PublicationDraft
from partyroom.features.dues.funds_service import record_movement, remittance_proposal
from partyroom.features.dues.ledger import (
    Choices,
    Every,
    Method,
    MovementKind,
    PayerKind,
    Purpose,
    ReliefKind,
    Share,
    Use,
    first_of,
    month_label,
)
from partyroom.features.dues.ledger_service import load_books
from partyroom.features.dues.movements import MovementDraft
from partyroom.features.dues.payments import AllocationDraft, CollectDraft, PaymentDraft
from partyroom.features.dues.publication_service import record_publication
from partyroom.features.dues.receipts_service import ReceiptQuery, list_receipt_ids, list_receipt_rows
from partyroom.features.dues.reliefs_service import ReasonDraft, ReliefDraft, save_account, save_reason, save_relief
from partyroom.features.dues.service import open_month_sheet
from partyroom.features.dues.years_service import save_choices
from partyroom.features.meetings.service import get_meeting, meeting_ids_between
from partyroom.sample.drawings import sheet
from partyroom.sample.steps import Step, by_name
from partyroom.storage.attachments import AttachmentFiles

_AT_ONCE, _AFTER_WORK, _NEXT_MORNING, _CLOSING = time(9, 30), time(17), time(9, 10), time(16)


def paying(content: Mapping[str, Any], files: AttachmentFiles) -> list[Step]:
    """A year of dues, step by step; one who was told of twice on a day is told of in the order of the file."""
    by, above = content["collector"], content["organisation"]
    opening = content["year"]
    steps = [Step(_at(opening["opened_on"]), f"开立{opening['year']}年党费账", _opening(opening))]
    steps += [Step(_at(one["on"]), f"核定党费基数：{one['reason']}", _assessing(one, by)) for one in content["bases"]]
    steps += [Step(_at(one["on"]), f"登记党费交至月份：{one['name']}", _accounting(one)) for one in content["accounts"]]
    for entry in content["reliefs"]:
        label = f"登记{ReliefKind(entry['kind']).label}党费：{entry['name']}"
        steps.append(Step(_at(entry["on"]), label, _relieving(entry, above)))
    steps += [
        Step(_at(one["on"], _AT_ONCE), f"冲正党费收据：{one['name']}", _reversing(one)) for one in content["reversals"]
    ]
    steps += [
        Step(_at(one["on"], _AFTER_WORK), f"登记党费：{one['name']}", _receiving(one, by))
        for one in content["payments"]
    ]
    steps += [step for one in content["months"] for step in _months(one, by)]
    for month, on in content["closings"]:
        label = f"{month_label(_day(month))}党费结账"
        steps.append(Step(_at(on, _CLOSING), label, _closing(_day(month), by)))
    for entry in content["movements"]:
        label = f"登记{MovementKind(entry['kind']).label}"
        steps.append(Step(_at(entry["on"], _AT_ONCE), label, _moving(entry, content, files)))
    steps += [
        Step(_at(one["on"], _AFTER_WORK), "登记党费公示", _publishing(one, content)) for one in content["publications"]
    ]
    steps += [Step(_at(one["on"]), f"登记未交党费的原因：{one['name']}", _reasoning(one)) for one in content["reasons"]]
    return steps


def _day(text: str) -> date:
    return date.fromisoformat(text)


def _maybe(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _at(day: str, moment: time = time(9, 20)) -> datetime:
    return datetime.combine(_day(day), moment)


def _opening(entry: Mapping[str, Any]) -> Callable[[Session], None]:
    choices = Choices(
        year=entry["year"],
        reading=Reading(entry["reading"]),
        change=Change(entry["change"]),
        rounding_fen=entry["rounding_fen"],
        share_bp=entry["share_bp"],
        every=Every(entry["every"]),
        base_month=_day(entry["base_month"]),
        note=entry["note"],
    )
    return lambda session: save_choices(session, choices)


def _assessing(group: Mapping[str, Any], by: str) -> Callable[[Session], None]:
    def work(session: Session) -> None:
        ids = by_name(session)
        for person in group["people"]:
            draft = AssessmentDraft(
                member_id=ids[person["name"]],
                from_month=_day(group["from"]),
                category=DuesCategory(person["category"]),
                items=tuple(pay_item(code, read_yuan(amount)) for code, amount in person["items"].items()),
                reason=group["reason"],
                assessed_on=_day(group["on"]),
                assessed_by=by,
            )
            save_assessment(session, draft)

    return work


def _accounting(entry: Mapping[str, Any]) -> Callable[[Session], None]:
    def work(session: Session) -> None:
        number = by_name(session)[entry["name"]]
        save_account(session, Account(number, paid_through=_day(entry["paid_through"]), note=entry["note"]))

    return work


def _relieving(entry: Mapping[str, Any], superior: str) -> Callable[[Session], None]:
    def work(session: Session) -> None:
        draft = ReliefDraft(
            member_id=by_name(session)[entry["name"]],
            kind=ReliefKind(entry["kind"]),
            from_month=_day(entry["from"]),
            until_month=_day(entry["until"]),
            amount_fen=read_yuan(entry["amount"]),
            reason=entry["reason"],
            applied_on=_day(entry["applied_on"]),
            branch_on=_day(entry["branch_on"]),
            superior_on=_day(entry["superior_on"]),
            superior=superior,
        )
        save_relief(session, draft)

    return work


def _reasoning(entry: Mapping[str, Any]) -> Callable[[Session], None]:
    def work(session: Session) -> None:
        save_reason(session, ReasonDraft(by_name(session)[entry["name"]], _day(entry["from"]), reason=entry["reason"]))

    return work


# Collecting


def _months(entry: Mapping[str, Any], collector: str) -> list[Step]:
    """A month's dues: from those named or present, then from the rest on a day of their own."""
    label = f"收取{month_label(_day(entry['month']))}党费"
    after = datetime.combine(_day(entry["on"]) + timedelta(days=1), _NEXT_MORNING)
    when = _at(entry["on"], _AFTER_WORK) if "names" in entry else after
    steps = [Step(when, label, _collecting(entry, collector))]
    if "rest_on" in entry:
        steps.append(Step(_at(entry["rest_on"], _AFTER_WORK), f"{label}（补收）", _collecting_rest(entry, collector)))
    return steps


def _collecting(entry: Mapping[str, Any], collector: str) -> Callable[[Session], None]:
    def work(session: Session) -> None:
        here, occasion = _present(session, entry)
        method = Method(entry.get("method", "cash"))
        _collect(session, entry, _day(entry["on"]), method, occasion, collector, here)

    return work


def _collecting_rest(entry: Mapping[str, Any], collector: str) -> Callable[[Session], None]:
    """Those who were away pay on another day; where that is the day before, it is those who had asked for leave."""

    def work(session: Session) -> None:
        on, method = _day(entry["rest_on"]), Method(entry["rest_method"])
        before = on < _day(entry["on"])
        names = entry["early"] if before else list(by_name(session))
        _collect(session, entry, on, method, "", collector, names)

    return work


def _collect(
    session: Session,
    entry: Mapping[str, Any],
    on: date,
    method: Method,
    occasion: str,
    collector: str,
    names: Sequence[str],
) -> None:
    month = _day(entry["month"])
    wanted = set(names) - set(entry.get("without", ()))
    ids = tuple(line.member_id for line in open_month_sheet(session, month) if line.open_fen and line.name in wanted)
    collect_month(session, CollectDraft(month, on, ids, method, collector, occasion))


def _present(session: Session, entry: Mapping[str, Any]) -> tuple[Sequence[str], str]:
    """Who paid on the month's day and on what occasion: those named, or those at the theme day."""
    if "names" in entry:
        return entry["names"], entry["occasion"]
    on = _day(entry["on"])
    held = [get_meeting(session, number).draft for number in meeting_ids_between(session, on, on)]
    meeting = next(draft for draft in held if draft.kind == "theme_day")
    return [line.name for line in meeting.attendance if line.state.here], meeting.title


def _receiving(entry: Mapping[str, Any], collector: str) -> Callable[[Session], None]:
    def work(session: Session) -> None:
        number, on = by_name(session)[entry["name"]], _day(entry["on"])
        allocations = _allocations(session, entry, number)
        large = read_yuan(entry["large"]) if "large" in entry else 0
        draft = PaymentDraft(
            member_id=number,
            received_on=on,
            amount_fen=large or sum(part.amount_fen for part in allocations),
            method=Method(entry["method"]),
            payer=PayerKind(entry.get("payer", "self")),
            payer_name=entry.get("payer_name", ""),
            purpose=Purpose.LARGE if large else Purpose.ORDINARY,
            allocations=allocations,
            ahead=entry.get("ahead", False),
            consent_note=entry.get("consent", ""),
            note=entry.get("note", ""),
            occasion=entry.get("occasion", ""),
            collector=collector,
        )
        record_payment(session, draft)

    return work


def _allocations(session: Session, entry: Mapping[str, Any], number: int) -> tuple[AllocationDraft, ...]:
    """Each month named in full, and what was given beyond that on the month of the day."""
    months = [_day(month) for month in entry["months"]]
    if not months:
        return ()
    books = load_books(session, months[0], months[-1], None, [number])
    found = [AllocationDraft(month, Share.DUE, books.cell(number, month).open_fen) for month in months]
    if "extra" in entry:
        found.append(AllocationDraft(first_of(_day(entry["on"])), Share.VOLUNTARY, read_yuan(entry["extra"])))
    return tuple(found)


def _reversing(entry: Mapping[str, Any]) -> Callable[[Session], None]:
    def work(session: Session) -> None:
        query = ReceiptQuery(member_id=by_name(session)[entry["name"]], state="valid")
        rows = list_receipt_rows(session, list_receipt_ids(session, query))
        wrong = next(row for row in rows if row.received_on == _day(entry["received_on"]))
        reverse_receipt(session, wrong.id, entry["reason"])

    return work


def _closing(month: date, by: str) -> Callable[[Session], None]:
    def work(session: Session) -> None:
        close_month(session, month, by, "已与收据逐笔核对")

    return work


# The purse


def _moving(entry: Mapping[str, Any], content: Mapping[str, Any], files: AttachmentFiles) -> Callable[[Session], None]:
    """Money handed up as the account proposes, or of the amount that the entry says; slips come with their scan."""

    def work(session: Session) -> None:
        kind, on = MovementKind(entry["kind"]), _day(entry["on"])
        period = Period(*(_day(month) for month in entry["months"])) if "months" in entry else None
        proposal = remittance_proposal(session, period) if period else None
        amount = proposal.amount_fen if proposal else read_yuan(entry["amount"])
        above = kind in (MovementKind.REMITTANCE, MovementKind.LARGE_REMITTANCE, MovementKind.GRANT)
        spent = kind is MovementKind.EXPENSE
        draft = MovementDraft(
            kind=kind,
            on_day=on,
            amount_fen=amount,
            period=period,
            used_for=Use(entry["used_for"]) if spent else None,
            matter=entry.get("matter", f"上交{period.label}党费" if period else ""),
            handled_by=content["collector"],
            counterpart=entry.get("counterpart", ""),
            organisation=content["organisation"] if above else "",
            decided_on=_maybe(entry.get("decided_on")),
            decided_by="支委会" if spent else "",
            approved_by="赵甲一" if spent else "",
            approved_on=_maybe(entry.get("approved_on")),
            voucher=entry.get("voucher", ""),
        )
        scan = None
        if kind is MovementKind.REMITTANCE:
            lines = (f"交款单位：样例县第九十九中学支部　　日期：{entry['on']}", draft.matter, f"票号：{draft.voucher}")
            scan = prepare_file(f"{draft.voucher}.jpg", sheet("党费收缴凭证", lines))
        record_movement(session, draft, files, scan)

    return work


def _publishing(entry: Mapping[str, Any], content: Mapping[str, Any]) -> Callable[[Session], None]:
    draft = PublicationDraft(
        content["year"]["year"], _day(entry["on"]), entry["place"], content["collector"], entry["note"]
    )

    def work(session: Session) -> None:
        record_publication(session, draft)

    return work
