"""The public pledges of the sample branch: the round of 2025 from first to last, that of 2026 as it stands.

The content is resources/sample/pledges.json; the words of most items are those of the templates.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

from sqlalchemy.orm import Session

from partyroom.core.calendar import today
from partyroom.core.pictures import prepare_file
from partyroom.features.pledges.appraisal_service import save_appraisals
from partyroom.features.pledges.deeds_service import finish_item, record_deeds
from partyroom.features.pledges.domain import (
    Appraisal,
    Body,
    DeedDraft,
    Discussion,
    ItemCategory,
    ItemDraft,
    Opinion,
    PledgeDetail,
    PledgeDraft,
    PledgeItem,
    RoundDraft,
    Stage,
    StageLine,
)
from partyroom.features.pledges.overview import overview, overview_text
from partyroom.features.pledges.papers_service import add_evidence
from partyroom.features.pledges.round_service import get_round, save_round
from partyroom.features.pledges.service import get_pledge, get_pledges, pledges_of, save_pledge, sign_pledges
from partyroom.features.pledges.stage_service import (
    change_pledge,
    publish_pledges,
    review_pledges,
    withdraw_pledges,
)
from partyroom.features.pledges.stages import Change, Publication, Review
from partyroom.features.pledges.stages import Step as Stride
from partyroom.features.pledges.tally import Tally
from partyroom.features.pledges.templates import Role, day_in, pledge_rules
from partyroom.features.pledges.templates_service import Candidate, candidates
from partyroom.sample.drawings import scene
from partyroom.sample.steps import Step
from partyroom.storage.attachments import AttachmentFiles

_BRANCH = "支部"
_COMMITTEE = "支部委员会"


@dataclass
class _Round:
    """A round while it is told: its content, its id, whose pledge has which id, and the items it began with."""

    entry: Mapping[str, Any]
    id: int = 0
    pledges: dict[str, int] = field(default_factory=dict)
    items: dict[str, tuple[PledgeItem, ...]] = field(default_factory=dict)

    @property
    def year(self) -> int:
        return int(self.entry["year"])

    def day_of(self, stage: Stage) -> str:
        """The day on which a stage was done, as the content says it."""
        return str(next(line["actual"] for line in self.entry["stages"] if line["stage"] == stage.value))


def pledging(content: Mapping[str, Any], files: AttachmentFiles) -> list[Step]:
    """All rounds, step by step."""
    return [step for entry in content["rounds"] for step in _round(_Round(entry), files)]


def _day(text: str) -> date:
    return date.fromisoformat(text)


def _at(day: str, minute: int = 0) -> datetime:
    """In the afternoon: what happens on one day is told in the order of its minutes."""
    return datetime.combine(_day(day), time(17, 35 + minute))


def _round(told: _Round, files: AttachmentFiles) -> Iterator[Step]:
    entry = told.entry
    proposed, reviewed, published = (told.day_of(one) for one in (Stage.PROPOSE, Stage.REVIEW, Stage.PUBLISH))
    yield Step(_at(entry["opened_on"]), f"建立{told.year}年公开承诺", lambda session: _open(session, told))
    yield Step(_at(proposed), f"提诺：{told.year}年", lambda session: _propose(session, told, _everybody))
    yield Step(_at(reviewed), f"审诺：{told.year}年", lambda session: _review(session, told, list(told.pledges)))
    yield Step(_at(published), f"亮诺：{told.year}年", lambda session: _publish(session, told, list(told.pledges)))
    yield Step(_at(entry["signed_on"], 1), "登记承诺书签字", lambda session: _sign(session, told))
    for late in entry["later"]:
        yield from _late(told, late)
    for number, deed in enumerate(entry["deeds"]):
        yield Step(_at(deed["on"], 2), "登记践诺", _doing(told, deed, number, files))
    for done in entry["finished"]:
        yield Step(_at(done["on"], 3), f"承诺事项完成：{done['name']}", _finishing(told, done))
    for change in entry["changes"]:
        yield from _changed(told, change)
    for gone in entry["withdrawn"]:
        yield Step(_at(gone["on"], 4), f"撤回承诺：{gone['name']}", _withdrawing(told, gone))
    if "finished_on" in entry:
        yield Step(_at(entry["finished_on"], 5), "登记承诺事项完成", lambda session: _finish_all(session, told))
    for key, (on, text) in entry["overviews"].items():
        yield Step(_at(on, 7), f"填写{told.year}年承诺小结", _summing_up(told, key, text))
    if "appraised" in entry:
        yield Step(_at(entry["appraised"]["on"], 6), f"评诺：{told.year}年", lambda session: _appraise(session, told))


# The round and its stages


def _open(session: Session, told: _Round) -> None:
    entry = told.entry
    draft = RoundDraft(told.year, entry["title"], entry["theme"], _stages(told))
    told.id = save_round(session, draft)


def _stages(told: _Round) -> tuple[StageLine, ...]:
    """The five stages with the days that are over by now."""
    return tuple(
        StageLine(
            stage=Stage(line["stage"]),
            planned_until=_day(line["planned"]),
            actual_on=_day(line["actual"]) if line["actual"] and _day(line["actual"]) <= today() else None,
            responsible=line["by"],
        )
        for line in told.entry["stages"]
    )


def _keep_up(session: Session, told: _Round, **words: str) -> None:
    """Write into the round which stages are done by now, with the meeting that talked it over and overviews."""
    stored = get_round(session, told.id)
    talk = told.entry["discussion"]
    held = _day(talk["on"])
    discussion = Discussion(held, talk["should"], talk["present"], talk["remark"])
    draft = RoundDraft(
        year=told.year,
        title=stored.title,
        theme=stored.theme,
        stages=_stages(told),
        grades=stored.grades,
        discussion=discussion if held <= today() else stored.discussion,
        mid_year=words.get("mid_year", stored.mid_year),
        year_end=words.get("year_end", stored.year_end),
    )
    save_round(session, draft, told.id)


def _everybody(_candidate: Candidate) -> bool:
    return True


def _propose(session: Session, told: _Round, wanted: Callable[[Candidate], bool]) -> None:
    for number, candidate in enumerate(candidates(session, told.id)):
        if not wanted(candidate):
            continue
        name = _BRANCH if candidate.member_id is None else candidate.name
        kind = candidate.role.kind
        preamble = pledge_rules().preambles[kind]
        draft = PledgeDraft(kind, candidate.member_id, _items(told, name, candidate.role, number), preamble, today())
        told.pledges[name] = save_pledge(session, told.id, draft, person=candidate.name)
    new = [name for name in told.pledges if name not in told.items]
    stored = get_pledges(session, [told.pledges[name] for name in new])
    told.items |= {name: pledge.items for name, pledge in zip(new, stored, strict=True)}
    _keep_up(session, told)


def _items(told: _Round, name: str, role: Role, number: int) -> tuple[ItemDraft, ...]:
    """The role's first template, as many others as are wanted, other ones from person to person, and one's own."""
    own = [_item(one, name) for one in told.entry["own"].get(name, ())]
    count = told.entry["counts"].get(name, told.entry["count"]) - len(own)
    usual = [one for one in pledge_rules().templates if one.role is role]
    first, *others = usual
    turned = number % len(others)
    chosen = [first, *[*others[turned:], *others[:turned]][: count - 1]]
    by = "" if name == _BRANCH else name
    drafts = [
        ItemDraft(one.text, one.category, one.measure, day_in(told.year, one.due), by) for one in usual if one in chosen
    ]
    return (*drafts, *own)


def _item(one: Mapping[str, str], name: str) -> ItemDraft:
    return ItemDraft(one["text"], ItemCategory(one["category"]), one["measure"], _day(one["deadline"]), name)


def _review(session: Session, told: _Round, names: list[str]) -> None:
    amended = told.entry["amended"]
    reviews = {
        told.pledges[name]: Review(
            today(),
            _COMMITTEE,
            amended.get(name, ""),
            Opinion.AMEND if name in amended else Opinion.AGREE,
        )
        for name in names
    }
    review_pledges(session, reviews)
    _keep_up(session, told)


def _publish(session: Session, told: _Round, names: list[str]) -> None:
    shown = told.entry["shown"]
    publication = Publication(today(), "孙㛃", until=_day(shown["until"]), place=shown["place"])
    publish_pledges(session, [told.pledges[name] for name in names], publication)
    _keep_up(session, told)


def _sign(session: Session, told: _Round) -> None:
    without = told.entry["unsigned"]
    sign_pledges(session, [number for name, number in told.pledges.items() if name not in without], today())


def _late(told: _Round, late: Mapping[str, str]) -> Iterator[Step]:
    """Somebody who came in the middle of the year."""
    name = late["name"]

    def is_the_one(candidate: Candidate) -> bool:
        return candidate.name == name

    yield Step(_at(late["proposed_on"]), f"提诺：{name}", lambda session: _propose(session, told, is_the_one))
    if "reviewed_on" in late:
        yield from _shown_again(told, late)


def _shown_again(told: _Round, entry: Mapping[str, str]) -> Iterator[Step]:
    """One pledge reviewed, shown and signed on days of its own."""
    name = entry["name"]
    yield Step(_at(entry["reviewed_on"], 5), f"审诺：{name}", lambda session: _review(session, told, [name]))
    yield Step(_at(entry["published_on"], 6), f"亮诺：{name}", lambda session: _publish(session, told, [name]))
    signed = _at(entry["signed_on"], 7)
    label = f"登记承诺书签字：{name}"
    yield Step(signed, label, lambda session: sign_pledges(session, [told.pledges[name]], today()))


# What was done, changed and given up


def _item_for(told: _Round, name: str, entry: Mapping[str, Any]) -> int | None:
    """The item that an entry means: by the beginning of its words, else the first one of a category."""
    items = told.items[name]
    meant = [item for item in items if "begins" in entry and item.text.startswith(entry["begins"])]
    found = meant or [item for item in items if item.category == entry.get("category")]
    return found[0].id if found else None


def _doing(told: _Round, deed: Mapping[str, Any], picture: int, files: AttachmentFiles) -> Callable[[Session], None]:
    draft = DeedDraft(_day(deed["on"]), deed["text"], deed["place"], deed["minutes"], deed["witness"])

    def work(session: Session) -> None:
        targets = [(told.pledges[name], _item_for(told, name, deed)) for name in deed["names"]]
        ids = record_deeds(session, targets, draft)
        if "photo" in deed:
            added = add_evidence(session, files, ids[0], [prepare_file(f"{deed['photo']}.jpg", scene(picture))])
            assert added.ids

    return work


def _finishing(told: _Round, done: Mapping[str, Any]) -> Callable[[Session], None]:
    def work(session: Session) -> None:
        item = _item_for(told, done["name"], done)
        if item is None:
            raise ValueError(f"no such item: {done}")
        finish_item(session, item, today(), done["note"])

    return work


def _finish_all(session: Session, told: _Round) -> None:
    """At the end of the year all items are done but those of their own that some could not keep."""
    for pledge in pledges_of(session, told.id):
        unkept = pledge.name in told.entry["unfinished"]
        broken = {one["text"] for one in told.entry["own"].get(pledge.name, ()) if unkept}
        for item in pledge.standing_items:
            if item.text not in broken:
                finish_item(session, item.id, today(), "已按承诺完成")


def _changed(told: _Round, entry: Mapping[str, Any]) -> Iterator[Step]:
    def work(session: Session) -> None:
        pledge = get_pledge(session, told.pledges[entry["name"]])
        old, new = entry.get("replace", ("", ""))
        items = [
            ItemDraft(
                new if item.text == old else item.text,
                item.category,
                item.measure,
                item.deadline,
                item.responsible,
                item.id,
            )
            for item in pledge.standing_items
        ]
        items += [_item(one, entry["name"]) for one in entry.get("add", ())]
        change = Change(today(), entry["by"], entry["reason"], correction=entry.get("correction", False))
        change_pledge(session, pledge.id, items, pledge.preamble, change)

    yield Step(_at(entry["on"], 4), f"变更承诺：{entry['name']}", work)
    if "reviewed_on" in entry:
        yield from _shown_again(told, entry)


def _withdrawing(told: _Round, gone: Mapping[str, str]) -> Callable[[Session], None]:
    def work(session: Session) -> None:
        withdraw_pledges(session, [told.pledges[gone["name"]]], Stride(today(), gone["person"], gone["reason"]))

    return work


# Looking back


def _summing_up(told: _Round, key: str, text: str) -> Callable[[Session], None]:
    def work(session: Session) -> None:
        found = overview(get_round(session, told.id), pledges_of(session, told.id), today())
        _keep_up(session, told, **{key: f"{overview_text(found)}\n{text}"})

    return work


def _appraise(session: Session, told: _Round) -> None:
    """The members vote, colleagues answer papers, the branch meeting decides."""
    grades = get_round(session, told.id).grades
    save_appraisals(
        session,
        {
            pledge.id: _appraisal(told, pledge, grades, number)
            for number, pledge in enumerate(pledges_of(session, told.id))
        },
    )
    _keep_up(session, told)


def _appraisal(told: _Round, pledge: PledgeDetail, grades: tuple[str, ...], number: int) -> Appraisal:
    best, second = grades[0], grades[1]
    entry = told.entry["appraised"]
    kept = all(item.done for item in pledge.standing_items)
    grade = best if kept else second
    doubters = number % 3 if kept else entry["voters"] - 6 - number % 4
    away = number % 2
    voters, masses = entry["voters"], entry["masses"] - away
    return Appraisal(
        self_text="承诺事项全部完成。" if kept else "大部分承诺已经完成，有一项没有兑现，已说明原因，转入下一年度。",
        self_grade=grade,
        members=Tally(voters, voters, {best: voters - doubters, second: doubters}),
        masses=Tally(entry["masses"], masses, {best: masses - doubters, second: doubters}),
        grade=grade,
        comment="" if kept else "未兑现的事项转入2026年度继续承诺。",
        decided_on=today(),
        decided_by=Body.ASSEMBLY,
        person=entry["person"],
    )
