"""A year's round: its title and theme, its five stages with days and responsible persons, who talked it over."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from PySide6.QtWidgets import QWidget

from partyroom.core.calendar import EARLIEST_YEAR, LATEST_YEAR, today
from partyroom.core.errors import DomainError, Problem
from partyroom.features.pledges.domain import Discussion, PledgeRound, RoundDraft, Stage, StageLine
from partyroom.features.pledges.round_service import round_of, save_round
from partyroom.features.pledges.round_view_service import RoundView
from partyroom.features.pledges.steps_dialog import exact_day
from partyroom.features.pledges.templates import pledge_rules
from partyroom.ui.desk import Desk
from partyroom.ui.form import Field, FormDialog, Kind


def ask_round(desk: Desk, parent: QWidget, view: RoundView, stored: Callable[[int], None]) -> FormDialog:
    """Begin a round, or change the one of the year; `stored` is told the year."""
    found = view.round
    stages = found.stages if found else view.stages
    values: dict[str, object] = {
        "year": view.year,
        "title": found.title if found else f"{view.year}年度公开承诺",
        "theme": found.theme if found else "",
        "grades": "、".join(found.grades if found else pledge_rules().grades),
        **_discussion_values(found),
    }
    for line in stages:
        values |= {
            f"{line.stage}_planned_until": line.planned_until,
            f"{line.stage}_actual_on": line.actual_on,
            f"{line.stage}_responsible": line.responsible,
        }
    title = "本年度安排" if found else "开启年度公开承诺"
    save = partial(_save, desk, parent, found, stored)
    dialog = FormDialog(title, _fields(view), values, desk, save=save, parent=parent)
    dialog.setObjectName("round_dialog")
    dialog.open()
    return dialog


def _fields(view: RoundView) -> list[Field]:
    people = [(name, name) for name in dict.fromkeys((*view.committee, *(one.name for one in view.members)))]
    year = Field("year", "年度", Kind.NUMBER, required=True, lowest=EARLIEST_YEAR, highest=LATEST_YEAR)
    fields = [
        *([] if view.round else [year]),
        Field("title", "名称", wide=True),
        Field("theme", "主题", wide=True, hint="例如“亮身份、践承诺、作表率”"),
        Field("grades", "评诺等次", wide=True, hint="用顿号分开，从高到低；没有统一规定，按上级要求填写"),
    ]
    notes = pledge_rules().stage_notes
    for stage in Stage:
        section = f"{stage.label}　{notes[stage]}"
        fields += [
            Field(f"{stage}_planned_until", "计划完成", Kind.DATE, exact=True, section=section),
            Field(f"{stage}_actual_on", "实际完成", Kind.DATE, exact=True, section=section),
            Field(f"{stage}_responsible", "责任人", Kind.OPEN_CHOICE, choices=people, section=section),
        ]
    section = "讨论承诺的党员大会"
    return [
        *fields,
        Field("discussed_on", "会议日期", Kind.DATE, exact=True, section=section),
        Field("should", "应到（有表决权）", Kind.NUMBER, lowest=0, highest=9999, unit="人", section=section),
        Field("present", "实到", Kind.NUMBER, lowest=0, highest=9999, unit="人", section=section),
        Field("discussion", "讨论情况", Kind.LONG_TEXT, rows=2, section=section),
    ]


def _discussion_values(found: PledgeRound | None) -> dict[str, object]:
    held = found.discussion if found else Discussion()
    return {"discussed_on": held.on, "should": held.should, "present": held.present, "discussion": held.remark}


def round_draft(values: Mapping[str, object], found: PledgeRound | None) -> RoundDraft:
    """What the form holds; the written overviews stay as they are."""
    grades = tuple(part.strip() for part in str(values["grades"]).replace("，", "、").replace(",", "、").split("、"))
    return RoundDraft(
        year=found.year if found else _whole(values["year"]) or today().year,
        title=str(values["title"]),
        theme=str(values["theme"]),
        stages=tuple(
            StageLine(
                stage,
                exact_day(values, f"{stage}_planned_until"),
                exact_day(values, f"{stage}_actual_on"),
                str(values[f"{stage}_responsible"]),
            )
            for stage in Stage
        ),
        grades=tuple(grade for grade in grades if grade),
        discussion=Discussion(
            exact_day(values, "discussed_on"),
            _whole(values["should"]),
            _whole(values["present"]),
            str(values["discussion"]),
        ),
        mid_year=found.mid_year if found else "",
        year_end=found.year_end if found else "",
    )


def _whole(value: object) -> int | None:
    return value if isinstance(value, int) else None


def _save(
    desk: Desk,
    parent: QWidget,
    found: PledgeRound | None,
    stored: Callable[[int], None],
    values: Mapping[str, object],
) -> None:
    draft = round_draft(values, found)
    label = f"{'修改' if found else '开启'}{draft.year}年度公开承诺"
    work = partial(_store, draft, found.id if found else None)
    desk.tasks.write(label, work, stored, owner=parent)


def _store(draft: RoundDraft, round_id: int | None, session: Any) -> int:
    if round_id is None and round_of(session, draft.year) is not None:
        raise DomainError(Problem(f"{draft.year}年度已经开启，请在上面选择那一年。", "year"))
    save_round(session, draft, round_id)
    return draft.year
