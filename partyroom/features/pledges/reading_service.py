"""Mapped pledges as the frozen rows that pages and papers read."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from partyroom.features.pledges.domain import (
    Appraisal,
    Deed,
    Event,
    ItemCategory,
    PaperRow,
    PledgeDetail,
    PledgeItem,
    PledgeRow,
    State,
    Version,
    VersionItem,
)
from partyroom.features.pledges.reminders import is_overdue
from partyroom.features.pledges.tables import (
    AppraisalRecord,
    DeedRecord,
    EventRecord,
    ItemRecord,
    PledgePaperRecord,
    PledgeRecord,
    PledgeVersionRecord,
)
from partyroom.features.pledges.tally import Tally
from partyroom.storage.attachments import Attachment


def as_detail(session: Session, records: Sequence[PledgeRecord]) -> list[PledgeDetail]:
    """Mapped pledges with everything that belongs to them, in their order."""
    wanted = {paper.attachment_id for record in records for paper in record.papers}
    stored = session.scalars(select(Attachment).where(Attachment.id.in_(wanted))) if wanted else ()
    files = {attachment.id: attachment for attachment in stored}
    return [_detail(record, files) for record in records]


def as_row(record: PledgeRecord, day: date) -> PledgeRow:
    """A mapped pledge as a line of the list, overdue as of `day`."""
    items = [as_item(item) for item in record.items if item.retired_in is None]
    open_days = [item.deadline for item in items if item.done_on is None and item.deadline]
    running = record.state not in (State.WITHDRAWN, State.APPRAISED)
    return PledgeRow(
        id=record.id,
        name=record.name,
        kind=record.kind,
        department=record.department,
        group=record.group,
        post=record.post,
        state=record.state,
        version=record.version,
        items=len(items),
        done=sum(item.done for item in items),
        overdue=sum(is_overdue(item, day) for item in items) if running else 0,
        deeds=len(record.deeds),
        last_deed=max((deed.on_day for deed in record.deeds), default=None),
        next_due=min(open_days, default=None) if running else None,
        proposed_on=record.proposed_on,
        reviewed_on=record.reviewed_on,
        published_from=record.published_from,
        signed_on=record.signed_on,
        grade=record.appraisal.grade if record.appraisal and record.state is State.APPRAISED else "",
    )


def as_item(record: ItemRecord) -> PledgeItem:
    """A mapped item."""
    return PledgeItem(
        record.id,
        record.text,
        record.category,
        record.measure,
        record.deadline,
        record.responsible,
        record.done_on,
        record.done_note,
        record.retired_in,
    )


def as_event(record: EventRecord) -> Event:
    """A mapped line of the history."""
    return Event(
        record.id,
        record.kind,
        record.before,
        record.after,
        record.on_day,
        record.person,
        record.remark,
        record.version,
        record.recorded_at,
    )


def as_paper(record: PledgePaperRecord, attachment: Attachment) -> PaperRow:
    """A mapped file with its content's name, size and hash."""
    return PaperRow(
        id=record.id,
        name=attachment.name,
        kind=record.kind,
        caption=record.caption,
        size=attachment.size,
        sha256=attachment.sha256,
        picture=attachment.name.endswith(".jpg"),
        original=record.original_id is not None,
        deed_id=record.deed_id,
    )


def as_appraisal(record: AppraisalRecord | None) -> Appraisal:
    """A mapped appraisal; an empty one where there is none."""
    if record is None:
        return Appraisal()
    return Appraisal(
        self_text=record.self_text,
        self_grade=record.self_grade,
        members=Tally(record.members_issued, record.members_returned, dict(record.members_counts)),
        masses=Tally(record.masses_issued, record.masses_returned, dict(record.masses_counts)),
        grade=record.grade,
        comment=record.comment,
        decided_on=record.decided_on,
        decided_by=record.decided_by,
        person=record.person,
    )


def _detail(record: PledgeRecord, files: dict[int, Attachment]) -> PledgeDetail:
    papers = tuple(as_paper(paper, files[paper.attachment_id]) for paper in record.papers)
    return PledgeDetail(
        id=record.id,
        round_id=record.round_id,
        year=record.round.year,
        kind=record.kind,
        member_id=record.member_id,
        name=record.name,
        department=record.department,
        group=record.group,
        post=record.post,
        state=record.state,
        version=record.version,
        preamble=record.preamble,
        items=tuple(as_item(item) for item in record.items),
        proposed_on=record.proposed_on,
        reviewed_on=record.reviewed_on,
        reviewer=record.reviewer,
        opinion=record.opinion,
        review_remark=record.review_remark,
        published_from=record.published_from,
        published_until=record.published_until,
        place=record.place,
        started_on=record.started_on,
        withdrawn_on=record.withdrawn_on,
        withdrawn_reason=record.withdrawn_reason,
        signed_on=record.signed_on,
        show_photo=record.show_photo,
        remarks=record.remarks,
        deeds=tuple(_deed(deed, papers) for deed in record.deeds),
        events=tuple(as_event(event) for event in record.events),
        versions=tuple(_version(version) for version in record.versions),
        papers=papers,
        appraisal=as_appraisal(record.appraisal),
    )


def _deed(record: DeedRecord, papers: Sequence[PaperRow]) -> Deed:
    return Deed(
        record.id,
        record.item_id,
        record.on_day,
        record.text,
        record.place,
        record.minutes,
        record.witness,
        tuple(paper for paper in papers if paper.deed_id == record.id),
    )


def _version(record: PledgeVersionRecord) -> Version:
    items = tuple(
        VersionItem(
            text=str(item["text"]),
            category=ItemCategory(item["category"]),
            measure=str(item["measure"]),
            deadline=date.fromisoformat(item["deadline"]) if item["deadline"] else None,
            responsible=str(item["responsible"]),
        )
        for item in record.items
    )
    return Version(
        record.number,
        items,
        record.preamble,
        record.reason,
        record.changed_on,
        record.changed_by,
        record.correction,
    )
