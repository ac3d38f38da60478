"""The papers of a meeting: 会议记录 for the file, 会议纪要 for the departments.

会议记录 has the fields that record books in use ask for (时间、地点、应到实到、缺席原因、议题、讨论、表决、决议、签字);
会议纪要 follows GB/T 9704-2012 clause 10.3.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from partyroom.core.calendar import chinese_date, chinese_datetime
from partyroom.core.errors import DomainError
from partyroom.documents.minutes import minutes_blocks
from partyroom.documents.model import (
    Blank,
    Block,
    CaptionLine,
    Cell,
    Document,
    FormGrid,
    FormRow,
    Heading,
    Labelled,
    Masthead,
    NumberLine,
    PageBreak,
    PageStyle,
    Paragraph,
    Picture,
    Pictures,
    Role,
    SignatureRow,
    Title,
)
from partyroom.features.meetings.domain import (
    LATE_AFTER_DAYS,
    Attendance,
    MeetingDetail,
    MeetingDraft,
    MeetingRow,
    Stage,
    State,
    Tally,
    judge_vote,
    kind_label,
    names_of,
    tally,
    written_late,
)
from partyroom.features.meetings.live_fields import (
    RESOLUTIONS,
    VOTES,
    absent_names,
    field_values,
    filled_minutes,
    numbered_resolution,
    vote_sentence,
)
from partyroom.features.meetings.outline import chinese_numeral
from partyroom.features.meetings.papers import Photo
from partyroom.features.organisation.domain import Branch

_NOBODY = "无"
_LABEL, _VALUE = 26.0, 52.0


@dataclass(frozen=True, slots=True)
class Annex:
    """The photos behind a record: `per_page` is 2 or 4."""

    photos: tuple[Photo, ...] = ()
    per_page: int = 2


def record_document(
    detail: MeetingDetail, branch: Branch, late_after: int = LATE_AFTER_DAYS, annex: Annex | None = None
) -> Document:
    """会议记录: the office form with every prescribed field and lines to sign on.

    A record written down more than `late_after` days after the meeting says so with its date (补录, custom).
    The photos of `annex` follow on pages of their own (附：会议照片).
    """
    draft = detail.draft
    counts = tally(draft.attendance)
    values = field_values(draft)
    rows = (
        _wide("会议名称", draft.title),
        _pair("会议时间", _period(draft), "会议地点", draft.place),
        _pair("主持人", draft.chair, "记录人", draft.recorder),
        _pair("应到人数", _expected(counts), "实到人数", _present(counts)),
        _wide("会议类型", _kinds(detail)),
        *([_wide("规定动作", _actions(draft))] if draft.actions else []),
        _wide("出席人员", "、".join(names_of(draft.attendance, State.PRESENT, State.LATE)) or _NOBODY),
        _wide("列席人员", _observers(draft)),
        _wide("缺席人员\n及原因", _absentees(draft.attendance)),
        _wide("会议议题", draft.topic or "；".join(item.title for item in draft.agenda)),
        _wide("会议议程", _agenda(draft)),
        _wide("会议内容\n及讨论情况", _proceedings(detail, counts), min_height=60.0, indent=True),
        *([_wide("表决情况", values[VOTES], indent=True)] if draft.votes else []),
        _wide("会议决议", values[RESOLUTIONS], min_height=18.0, indent=bool(draft.resolutions)),
    )
    blocks: tuple[Block, ...] = (
        Title(f"{branch.full_name}\n{kind_label(draft.kind, detail.kinds)}记录"),
        *_late_note(detail, late_after),
        FormGrid((_LABEL, _VALUE, _LABEL, _VALUE), rows),
        SignatureRow(("主持人（签字）：", "记录人（签字）：")),
        *_photo_pages(annex),
    )
    return Document(
        title=f"{draft.title}（会议记录）",
        blocks=blocks,
        page=PageStyle.FORM,
        author=branch.full_name,
        subject=f"{kind_label(draft.kind, detail.kinds)}，{chinese_date(draft.starts_at.date())}",
    )


def notice_document(detail: MeetingDetail, branch: Branch) -> Document:
    """会议纪要 in the 纪要 form of GB/T 9704 (10.3): masthead, number and date, text, then 出席、请假、列席."""
    draft = detail.draft
    blocks: list[Block] = [
        Masthead(f"{branch.full_name}会议纪要"),
        NumberLine(left=f"第{detail.number}号", right=chinese_date(draft.starts_at.date())),
        Title(draft.title),
        Paragraph(_opening(detail, branch)),
        *(body := minutes_blocks(filled_minutes(draft))),
        *_decisions(draft, sum(isinstance(block, Heading) and block.level == 1 for block in body)),
        Blank(1),
        Labelled("出席", "、".join(names_of(draft.attendance, State.PRESENT, State.LATE)) or _NOBODY),
    ]
    if away := absent_names(draft.attendance, State.LEAVE, State.DUTY):
        blocks.append(Labelled("请假", away))
    if missing := absent_names(draft.attendance, State.ABSENT):
        blocks.append(Labelled("缺席", missing))
    if (observers := _observers(draft)) != _NOBODY:
        blocks.append(Labelled("列席", observers))
    return Document(
        title=f"{draft.title}（会议纪要）",
        blocks=tuple(blocks),
        page=PageStyle.OFFICIAL,
        author=branch.full_name,
        subject=f"会议纪要第{detail.number}号",
    )


def minutes_document(
    detail: MeetingDetail, branch: Branch, form: str, late_after: int = LATE_AFTER_DAYS, annex: Annex | None = None
) -> Document:
    """One of the two papers by its name on the command line: `record` or `notice`; see `record_document`.

    Raises:
        KeyError: `form` is neither.
        DomainError: the meeting was not held: a plan has no minutes.
    """
    if detail.stage is not Stage.HELD:
        raise DomainError(f"“{detail.draft.title}”还没有召开或已取消，没有会议记录。")
    makers: dict[str, Callable[[MeetingDetail, Branch], Document]] = {
        "record": partial(record_document, late_after=late_after, annex=annex),
        "notice": notice_document,
    }
    return makers[form](detail, branch)


def row_as_json(row: MeetingRow) -> dict[str, object]:
    """A line of the list of meetings as data: codes beside their labels, times ISO, counts of people."""
    return {
        "id": row.id,
        "starts_at": row.starts_at.isoformat(timespec="minutes"),
        "kind": row.kind_code,
        "kind_label": row.kind,
        "also": list(row.also_codes),
        "also_labels": [label for label in row.also.split("、") if label],
        "title": row.title,
        "place": row.place,
        "chair": row.chair,
        "expected": row.expected,
        "present": row.present,
        "votes": row.votes,
        "resolutions": row.resolutions,
        "stage": row.stage.value,
        "stage_label": row.stage.label,
    }


def rows_as_text(rows: Sequence[MeetingRow]) -> list[tuple[str, ...]]:
    """The meetings in lines for reading: headings, one line a meeting, and how many there are."""
    lines: list[tuple[str, ...]] = [("编号", "时间", "会议类型", "会议名称", "地点", "主持人", "应到", "实到", "状态")]
    lines += [
        (
            str(row.id),
            row.starts_at.isoformat(sep=" ", timespec="minutes"),
            "、".join(filter(None, (row.kind, row.also))),
            row.title,
            row.place,
            row.chair,
            str(row.expected),
            str(row.present),
            row.stage.label,
        )
        for row in rows
    ]
    return [*lines, (f"共{len(rows)}次会议。",)]


def _photo_pages(annex: Annex | None) -> list[Block]:
    if annex is None or not annex.photos:
        return []
    pictures = tuple(Picture(photo.data, photo.caption) for photo in annex.photos)
    heading = Paragraph("附：会议照片", indent=False, role=Role.HEI)
    return [PageBreak(), heading, Pictures(pictures, annex.per_page)]


def _wide(label: str, text: str, *, min_height: float = 10.0, indent: bool = False) -> FormRow:
    return FormRow((Cell(label, label=True), Cell(text, span=3, indent=indent)), min_height)


def _late_note(detail: MeetingDetail, late_after: int) -> list[Block]:
    if not written_late(detail, late_after) or detail.recorded_at is None:
        return []
    return [CaptionLine(right=f"补录（{chinese_date(detail.recorded_at.date())}）")]


def _pair(label: str, text: str, other_label: str, other: str) -> FormRow:
    return FormRow((Cell(label, label=True), Cell(text), Cell(other_label, label=True), Cell(other)))


def _period(draft: MeetingDraft) -> str:
    start = chinese_datetime(draft.starts_at)
    if draft.ends_at is None:
        return start
    if draft.ends_at.date() == draft.starts_at.date():
        return f"{start}—{draft.ends_at:%H:%M}"
    return f"{start}至{chinese_datetime(draft.ends_at)}"


def _kinds(detail: MeetingDetail) -> str:
    kinds = "、".join(kind_label(code, detail.kinds) for code in (detail.draft.kind, *detail.draft.also))
    return f"{kinds}（{detail.group}）" if detail.group else kinds


def _expected(counts: Tally) -> str:
    return f"{counts.expected}人（正式党员{counts.expected_full}人）"


def _present(counts: Tally) -> str:
    return f"{counts.present}人（正式党员{counts.present_full}人）"


def _observers(draft: MeetingDraft) -> str:
    members = names_of(draft.attendance, State.OBSERVER)
    guests = [f"{guest.name}（{guest.unit}）" if guest.unit else guest.name for guest in draft.guests]
    return "、".join(members + guests) or _NOBODY


def _absentees(lines: tuple[Attendance, ...]) -> str:
    parts = [
        f"{state.label}：{names}"
        for state in (State.LEAVE, State.DUTY, State.ABSENT)
        if (names := absent_names(lines, state))
    ]
    excluded = [f"{line.name}（{line.excluded}）" for line in lines if line.excluded]
    if excluded:
        parts.append(f"不计入应到：{'、'.join(excluded)}")
    return "\n".join(parts) or _NOBODY


def _agenda(draft: MeetingDraft) -> str:
    return "\n".join(
        f"{number}. {item.title}" + (f"（{item.speaker}）" if item.speaker else "")
        for number, item in enumerate(draft.agenda, 1)
    )


def _actions(draft: MeetingDraft) -> str:
    return "、".join(f"{a.name}（{a.done_at:%H:%M}）" if a.done_at else a.name for a in draft.actions)


def _proceedings(detail: MeetingDetail, counts: Tally) -> str:
    return "\n".join(part for part in (_roll_call(detail, counts), filled_minutes(detail.draft)) if part)


def _roll_call(detail: MeetingDetail, counts: Tally) -> str:
    """The chair's opening sentence, said where something is put to the vote (支部工作条例 Art 11)."""
    draft = detail.draft
    kind = detail.kinds.get(draft.kind)
    if kind is None or not draft.votes or not counts.expected:
        return ""
    outcome = judge_vote(kind.vote_rule, counts.expected_voters, counts.present_voters, 0)
    verdict = "符合规定人数，可以开会" if outcome.quorum else "不足规定人数，不能进行表决"
    return f"本次会议应到有表决权的正式党员{counts.expected_voters}名，实到{counts.present_voters}名，{verdict}。"


def _opening(detail: MeetingDetail, branch: Branch) -> str:
    draft = detail.draft
    counts = tally(draft.attendance)
    who = f"{branch.full_name}{detail.group}" if detail.group else branch.full_name
    place = f"在{draft.place}" if draft.place else ""
    chair = f"会议由{draft.chair}主持，" if draft.chair else "会议"
    present = f"应到{counts.expected}人，实到{counts.present}人。" if counts.expected else ""
    return (
        f"{chinese_datetime(draft.starts_at)}，{who}{place}召开{draft.title}。{chair}{present}现将会议情况纪要如下："
        if present
        else f"{chinese_datetime(draft.starts_at)}，{who}{place}召开{draft.title}。现将会议情况纪要如下："
    )


def _decisions(draft: MeetingDraft, headings: int) -> list[Block]:
    """Votes and resolutions as sections that go on counting where the minutes' own headings (一、二、) ended."""
    sections: list[tuple[str, list[Block]]] = []
    if draft.votes:
        sections.append(("表决情况", [Paragraph(vote_sentence(vote)) for vote in draft.votes]))
    if draft.resolutions:
        decided = enumerate(draft.resolutions, 1)
        sections.append(("会议议定事项", [Paragraph(numbered_resolution(*one)) for one in decided]))
    blocks: list[Block] = []
    for number, (title, paragraphs) in enumerate(sections, headings + 1):
        numbered = f"{chinese_numeral(number)}、{title}" if headings else title
        blocks += [Heading(numbered, 1), *paragraphs]
    return blocks
