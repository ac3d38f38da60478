"""践诺台账: every item with its deadline, what was done for it and when, the evidence, and whether it is done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from partyroom.core.calendar import chinese_date
from partyroom.documents.model import (
    Align,
    Block,
    CaptionLine,
    Document,
    Heading,
    LedgerColumn,
    LedgerTable,
    PageBreak,
    PageStyle,
    Picture,
    Pictures,
    SignatureRow,
    Title,
)
from partyroom.documents.sheet import Sheet
from partyroom.features.organisation.domain import Branch
from partyroom.features.pledges.domain import Deed, Photo, PledgeDetail, PledgeItem, PledgeRound, State
from partyroom.features.pledges.hours import hours_text
from partyroom.features.pledges.reminders import is_overdue
from partyroom.features.pledges.report import short_day

TITLE = "践诺台账"
_COLUMNS = (
    LedgerColumn("序号", 11, Align.CENTRE),
    LedgerColumn("承诺人", 26, Align.CENTRE),
    LedgerColumn("承诺事项", 50),
    LedgerColumn("完成时限", 22, Align.CENTRE),
    LedgerColumn("践诺日期", 22, Align.CENTRE),
    LedgerColumn("践诺情况", 54),
    LedgerColumn("时长\n（小时）", 17, Align.CENTRE),
    LedgerColumn("证明人", 18, Align.CENTRE),
    LedgerColumn("佐证材料", 21, Align.CENTRE),
    LedgerColumn("完成情况", 20, Align.CENTRE),
)
_SIGNATURES = SignatureRow(("填表人（签字）：", "审核人（签字）：", "日期："), size=12.0)
_BLANK_ROWS = 10
_WIDTHS = (6.0, 12.0, 40.0, 14.0, 14.0, 50.0, 12.0, 12.0, 12.0, 18.0)


@dataclass(frozen=True, slots=True)
class _Entry:
    """A deed for an item (either may be missing); `first` is the item's first line."""

    number: int
    pledge: PledgeDetail
    place: int
    item: PledgeItem | None
    deed: Deed | None
    first: bool


def register_document(
    year_round: PledgeRound,
    pledges: Sequence[PledgeDetail],
    branch: Branch,
    day: date,
    *,
    photos: Mapping[int, Sequence[Photo]] | None = None,
) -> Document:
    """The register as it stands on `day`; `photos` by deed are printed behind it and referred to by their numbers."""
    entries = _entries(pledges)
    figures, pictures = _annex(entries, photos or {})
    rows = tuple(_line(entry, day, figures) for entry in entries)
    annex: tuple[Block, ...] = (PageBreak(), Heading("附：践诺照片"), Pictures(pictures, 4)) if pictures else ()
    title = f"{year_round.year}年度{TITLE}"
    blocks: tuple[Block, ...] = (
        Title(f"{branch.full_name}{title}"),
        CaptionLine(left=f"填报单位：{branch.full_name}", right=f"统计日期：{chinese_date(day)}", size=10.5),
        LedgerTable(_COLUMNS, rows, footnote=_sums(pledges), size=9.0, keep_last=True),
        _SIGNATURES,
        *annex,
    )
    return Document(title, blocks, PageStyle.LEDGER, author=branch.full_name)


def register_sheet(year_round: PledgeRound, pledges: Sequence[PledgeDetail], branch: Branch, day: date) -> Sheet:
    """The same as a workbook; every line names its item in full, so that it can be sorted and filtered."""
    rows: list[tuple[str | int, ...]] = []
    for entry in _entries(pledges):
        line = _line(replace(entry, first=True), day, {})
        rows.append((entry.number, *line[1:]))
    headings = tuple(column.title.replace("\n", "") for column in _COLUMNS)
    title = f"{branch.full_name}{year_round.year}年度{TITLE}"
    return Sheet(title, headings, rows, _WIDTHS, name=TITLE)


def blank_register_document() -> Document:
    """The register to fill in by hand."""
    rows = tuple((str(number), *("",) * (len(_COLUMNS) - 1)) for number in range(1, _BLANK_ROWS + 1))
    table = LedgerTable(_COLUMNS, rows, size=9.0, least_row=11.0)
    caption = CaptionLine(left="填报单位：", right="　　　　年度", size=10.5)
    return Document(TITLE, (Title(TITLE), caption, table, _SIGNATURES), PageStyle.LEDGER)


def state_text(item: PledgeItem, state: State, day: date) -> str:
    """How far an item is on `day`: '2026.6.1完成', '超期未完成', '进行中', '已撤回'."""
    if item.done_on is not None and item.done_on <= day:
        return f"{short_day(item.done_on)}\n完成"
    if state is State.WITHDRAWN:
        return "已撤回"
    return "超期未完成" if is_overdue(item, day) else "进行中"


def _entries(pledges: Sequence[PledgeDetail]) -> list[_Entry]:
    found: list[_Entry] = []
    for number, pledge in enumerate(pledges, 1):
        items: list[tuple[PledgeItem | None, tuple[Deed, ...]]] = [
            (item, pledge.deeds_of(item.id)) for item in pledge.items if _listed(pledge, item)
        ]
        loose = tuple(deed for deed in pledge.deeds if deed.item_id is None)
        if loose:
            items.append((None, loose))
        for place, (item, deeds) in enumerate(items, 1):
            ordered = sorted(deeds, key=lambda deed: (deed.on, deed.id))
            first = _Entry(number, pledge, place, item, ordered[0] if ordered else None, first=True)
            found += [first, *(replace(first, deed=deed, first=False) for deed in ordered[1:])]
    return found


def _listed(pledge: PledgeDetail, item: PledgeItem) -> bool:
    """Items that stand, and such of older versions as something was done for."""
    return item.retired_in is None or bool(pledge.deeds_of(item.id))


def _line(entry: _Entry, day: date, figures: Mapping[int, tuple[int, int]]) -> tuple[str, ...]:
    item, deed = entry.item, entry.deed
    words, deadline, state = _item_texts(entry, day)
    return (
        str(entry.number),
        entry.pledge.name,
        words,
        deadline,
        short_day(deed.on) if deed else "",
        _deed_text(deed) if deed else "",
        hours_text(deed.minutes) if deed and deed.minutes else "",
        deed.witness if deed else "",
        _evidence(deed, figures.get(deed.id)) if deed else "",
        state if item is None or entry.first else "",
    )


def _item_texts(entry: _Entry, day: date) -> tuple[str, str, str]:
    item = entry.item
    if item is None:
        return "（整体承诺）", "", ""
    if not entry.first:
        return f"{entry.place}. 同上", "", ""
    changed = "（已变更）" if item.retired_in is not None else ""
    state = changed.strip("（）") or state_text(item, entry.pledge.state, day)
    return (
        f"{entry.place}. {item.text}{changed}",
        short_day(item.deadline),
        state,
    )


def _deed_text(deed: Deed) -> str:
    return f"{deed.text}（{deed.place}）" if deed.place.strip() else deed.text


def _evidence(deed: Deed, figures: tuple[int, int] | None) -> str:
    """'照片2张（图1—2）' in two lines, other papers counted apart."""
    pictures = sum(paper.picture for paper in deed.papers)
    others = len(deed.papers) - pictures
    parts = []
    if pictures:
        parts.append(f"照片{pictures}张")
    if figures:
        first, last = figures
        parts.append(f"（图{first}）" if first == last else f"（图{first}—{last}）")
    if others:
        parts.append(f"材料{others}份")
    return "\n".join(parts)


def _annex(
    entries: Sequence[_Entry], photos: Mapping[int, Sequence[Photo]]
) -> tuple[dict[int, tuple[int, int]], tuple[Picture, ...]]:
    """The numbers of the first and last photo of each deed, and the photos with their captions."""
    figures: dict[int, tuple[int, int]] = {}
    pictures: list[Picture] = []
    for entry in entries:
        deed = entry.deed
        shown = photos.get(deed.id, ()) if deed else ()
        if deed is None or not shown:
            continue
        figures[deed.id] = (len(pictures) + 1, len(pictures) + len(shown))
        for photo in shown:
            words = photo.caption.strip() or deed.text.strip()
            caption = f"图{len(pictures) + 1}　{entry.pledge.name}　{chinese_date(deed.on)}　{words}"
            pictures.append(Picture(photo.data, caption))
    return figures, tuple(pictures)


def _sums(pledges: Sequence[PledgeDetail]) -> str:
    items = [item for pledge in pledges if pledge.state is not State.WITHDRAWN for item in pledge.standing_items]
    deeds = [deed for pledge in pledges for deed in pledge.deeds]
    minutes = sum(deed.minutes or 0 for deed in deeds)
    hours = f"，累计{hours_text(minutes)}小时" if minutes else ""
    done = sum(item.done for item in items)
    return f"共{len(pledges)}份承诺，事项{len(items)}项，已完成{done}项；践诺记录{len(deeds)}条{hours}。"
