"""党员公开承诺 for the wall: a poster each, or the whole branch in cards. Both are public: no private data on them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from partyroom.core.calendar import chinese_date
from partyroom.core.errors import DomainError
from partyroom.documents.fonts import FontBook
from partyroom.documents.pdf import RenderedPdf
from partyroom.documents.poster import Poster, PosterSize, render_posters
from partyroom.documents.poster_frame import PosterFrame
from partyroom.documents.wall_sheet import Card, render_wall
from partyroom.features.organisation.domain import Branch
from partyroom.features.pledges.domain import PledgeDetail, PledgeItem, PledgerKind, PledgeRound, State
from partyroom.features.pledges.public_text import public_text

_HEADINGS = {
    PledgerKind.BRANCH: "党支部公开承诺",
    PledgerKind.COMMITTEE: "班子成员公开承诺",
    PledgerKind.MEMBER: "党员公开承诺",
}


def poster_pdf(
    pledges: Sequence[PledgeDetail],
    branch: Branch,
    *,
    size: PosterSize = PosterSize.A3,
    portraits: Mapping[int, bytes] | None = None,
    fonts: FontBook | None = None,
) -> RenderedPdf:
    """A poster for each pledge in force; `portraits` are photos by pledge id, the telephone is the office's alone.

    Raises:
        DomainError: none of them is in force, or a photo cannot be read.
    """
    photos = portraits or {}
    posters = [
        Poster(
            _frame(_HEADINGS[pledge.kind], pledge.year, branch, [pledge]),
            pledge.name,
            _items(pledge),
            _post(pledge),
            public_text(pledge.preamble),
            photos.get(pledge.id),
        )
        for pledge in _in_force(pledges)
    ]
    return render_posters(posters, size, fonts)


def wall_pdf(
    year_round: PledgeRound,
    pledges: Sequence[PledgeDetail],
    branch: Branch,
    *,
    size: PosterSize = PosterSize.A3,
    portraits: Mapping[int, bytes] | None = None,
    fonts: FontBook | None = None,
) -> RenderedPdf:
    """All pledges in force on as few sheets as can be read, in their order.

    Raises:
        DomainError: none of them is in force, or a photo cannot be read.
    """
    photos = portraits or {}
    standing = _in_force(pledges)
    cards = [Card(pledge.name, _items(pledge), _post(pledge), photos.get(pledge.id)) for pledge in standing]
    kinds = {pledge.kind for pledge in standing}
    heading = _HEADINGS[kinds.pop()] if len(kinds) == 1 else _HEADINGS[PledgerKind.MEMBER]
    return render_wall(_frame(heading, year_round.year, branch, standing), cards, size, fonts)


def _in_force(pledges: Sequence[PledgeDetail]) -> list[PledgeDetail]:
    standing = [pledge for pledge in pledges if pledge.state is not State.WITHDRAWN and pledge.standing_items]
    if not standing:
        raise DomainError("所选的承诺都已撤回或没有承诺事项，没有可以张贴的内容。")
    return standing


def _frame(heading: str, year: int, branch: Branch, pledges: Sequence[PledgeDetail]) -> PosterFrame:
    shown = max((pledge.published_from for pledge in pledges if pledge.published_from), default=None)
    proposed = max(pledge.proposed_on for pledge in pledges)
    day = f"公示日期：{chinese_date(shown)}" if shown else f"承诺日期：{chinese_date(proposed)}"
    phone = f"监督电话：{branch.office_phone}" if branch.office_phone.strip() else ""
    return PosterFrame(heading, f"{branch.full_name} {year}年度".strip(), day, phone)


def _items(pledge: PledgeDetail) -> tuple[str, ...]:
    return tuple(_item(item, pledge.year) for item in pledge.standing_items)


def _item(item: PledgeItem, year: int) -> str:
    """The item and its deadline, without the year that stands above."""
    text, day = public_text(item.text).strip(), item.deadline
    if day is None:
        return text
    return f"{text}（{f'{day.month}月{day.day}日' if day.year == year else chinese_date(day)}前完成）"


def _post(pledge: PledgeDetail) -> str:
    """The post, or where somebody works; the branch itself has those who answer for it."""
    if pledge.kind is PledgerKind.BRANCH:
        names = dict.fromkeys(item.responsible for item in pledge.standing_items if item.responsible)
        return f"责任人：{'、'.join(names)}" if names else ""
    return pledge.post or pledge.department
