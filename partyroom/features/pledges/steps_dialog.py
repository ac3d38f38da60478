"""Forms that record a step of one or several pledges: day, person, remark, and what the step needs besides."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from typing import Any

from PySide6.QtWidgets import QWidget

from partyroom.core.calendar import RecordedDate, chinese_date, today
from partyroom.features.pledges import service, stage_service
from partyroom.features.pledges.domain import PUBLIC_PLACES, Event, Opinion, PledgeDetail, Stage, State
from partyroom.features.pledges.round_view_service import RoundView
from partyroom.features.pledges.stages import ORDER, Publication, Review, Step, next_state
from partyroom.ui.desk import Desk
from partyroom.ui.form import Field, FormDialog, Kind

Values = Mapping[str, object]
Work = Callable[[Any], object]
_NAMES_TOLD = 12


def ask_review(desk: Desk, parent: QWidget, pledges: Sequence[PledgeDetail], view: RoundView) -> FormDialog | None:
    """Record the 审诺 of drafts; pledges in another state are named and left out."""
    chosen = fitting(desk, pledges, State.REVIEWED, "审诺")
    opinions = [(one.value, one.label) for one in Opinion]
    fields = [
        _day("审诺日期"),
        _person("审诺人", ("支委会", "党员大会", *view.committee), required=True, hint="会议名称或审核人姓名"),
        Field("opinion", "审诺意见", Kind.CHOICE, required=True, choices=opinions),
        _remark("修改建议或退回理由", hint="选“退回”时必须填写"),
    ]
    values: dict[str, object] = {"opinion": Opinion.AGREE.value, "person": "支委会"}
    return _ask(desk, parent, "登记审诺", "审诺", chosen, fields, values, _review)


def ask_publication(desk: Desk, parent: QWidget, pledges: Sequence[PledgeDetail], view: RoundView) -> FormDialog | None:
    """Record the 亮诺 of reviewed pledges."""
    chosen = fitting(desk, pledges, State.PUBLISHED, "亮诺")
    responsible = view.round.stage(Stage.PUBLISH).responsible if view.round else ""
    fields = [
        _day("公示（上墙）日期"),
        Field("until", "公示截止", Kind.DATE, exact=True, hint="全年公示的可以不填"),
        Field("place", "公示地点", Kind.OPEN_CHOICE, required=True, choices=[(one, one) for one in PUBLIC_PLACES]),
        _person("经办人", view.committee),
        _remark("备注"),
    ]
    values: dict[str, object] = {"place": PUBLIC_PLACES[0], "person": responsible}
    return _ask(desk, parent, "登记亮诺", "亮诺", chosen, fields, values, _publish)


def ask_start(desk: Desk, parent: QWidget, pledges: Sequence[PledgeDetail], view: RoundView) -> FormDialog | None:
    """Record that 践诺 has begun."""
    chosen = fitting(desk, pledges, State.FULFILLING, "开始践诺")
    responsible = view.round.stage(Stage.FULFIL).responsible if view.round else ""
    fields = [_day("开始日期"), _person("登记人", view.committee), _remark("备注")]
    return _ask(desk, parent, "开始践诺", "开始践诺", chosen, fields, {"person": responsible}, _start)


def ask_signature(desk: Desk, parent: QWidget, pledges: Sequence[PledgeDetail]) -> FormDialog | None:
    """Note the day on which 承诺书 were signed."""
    fields = [Field("on", "签字日期", Kind.DATE, required=True, exact=True)]
    return _ask(desk, parent, "登记承诺书签字", "承诺书签字", pledges, fields, {}, _sign)


def ask_withdrawal(desk: Desk, parent: QWidget, pledges: Sequence[PledgeDetail], view: RoundView) -> FormDialog | None:
    """Withdraw pledges for a reason; their words, deeds and history stay."""
    fields = [_day("撤回日期"), _person("经办人", view.committee), _remark("撤回原因", required=True)]
    return _ask(desk, parent, "撤回承诺", "撤回承诺", pledges, fields, {}, _withdraw)


def ask_step_back(desk: Desk, parent: QWidget, pledge: PledgeDetail, view: RoundView) -> FormDialog | None:
    """Take back a stage that was recorded by mistake."""
    fields = [_day("退回日期"), _person("经办人", view.committee), _remark("退回原因", required=True)]
    return _ask(desk, parent, "退回上一步", "承诺退回上一步", [pledge], fields, {}, _step_back)


def ask_reinstatement(desk: Desk, parent: QWidget, pledge: PledgeDetail, view: RoundView) -> FormDialog | None:
    """Put a withdrawn pledge in force again."""
    fields = [_day("恢复日期"), _person("经办人", view.committee), _remark("恢复原因", required=True)]
    return _ask(desk, parent, "恢复承诺", "恢复承诺", [pledge], fields, {}, _reinstate)


def ask_redate(desk: Desk, parent: QWidget, pledge: PledgeDetail, event: Event, view: RoundView) -> FormDialog | None:
    """Correct day, person and remark of a line of the history."""
    fields = [_day(f"{event.kind.label}日期"), _person("经办人", view.committee), _remark("备注")]
    values: dict[str, object] = {"on": event.on, "person": event.person, "remark": event.remark}
    save = partial(_redate, event.id)
    return _ask(desk, parent, f"更正{event.kind.label}", f"更正{event.kind.label}记录", [pledge], fields, values, save)


def fitting(desk: Desk, pledges: Sequence[PledgeDetail], target: State, word: str) -> list[PledgeDetail]:
    """Those of the chosen pledges whose next state is `target`; says why when there is none."""
    chosen = [pledge for pledge in pledges if next_state(pledge.state) is target]
    if not chosen:
        states = "、".join(dict.fromkeys(pledge.state.label for pledge in pledges))
        desk.messages.inform(f"选中的承诺现在是“{states}”，不能登记{word}。{_advice(pledges, target)}")
    return chosen


def exact_day(values: Values, key: str) -> date | None:
    """The whole day that a form's field holds."""
    value = values.get(key)
    return value.exact if isinstance(value, RecordedDate) else None


def names_of(pledges: Sequence[PledgeDetail]) -> str:
    """The pledgers' names for titles and labels of the change log."""
    names = [pledge.name for pledge in pledges]
    return "、".join(names) if len(names) <= 3 else f"{names[0]}等{len(names)}份"


def _advice(pledges: Sequence[PledgeDetail], target: State) -> str:
    """What to do first, or, for those that are past the step, how to put it right."""
    if all(pledge.state in ORDER[ORDER.index(target) :] for pledge in pledges):
        return "这一步已经登记过；日期要更正的，请打开承诺，在“经过和版本”里更正。"
    return {
        State.REVIEWED: "审诺只用于草稿。",
        State.PUBLISHED: "请先登记审诺。",
        State.FULFILLING: "请先登记亮诺。",
        State.APPRAISED: "请先登记践诺。",
    }.get(target, "")


def _day(label: str) -> Field:
    return Field("on", label, Kind.DATE, required=True, exact=True)


def _person(label: str, names: Sequence[str], *, required: bool = False, hint: str = "") -> Field:
    choices = [(name, name) for name in dict.fromkeys(names)]
    return Field("person", label, Kind.OPEN_CHOICE, choices=choices, required=required, hint=hint)


def _remark(label: str, *, required: bool = False, hint: str = "") -> Field:
    return Field("remark", label, Kind.LONG_TEXT, rows=3, required=required, hint=hint)


def _ask(
    desk: Desk,
    parent: QWidget,
    title: str,
    label: str,
    pledges: Sequence[PledgeDetail],
    fields: Sequence[Field],
    values: Values,
    work: Callable[[Sequence[int], Values, Any], object],
) -> FormDialog | None:
    if not pledges:
        return None
    ids = tuple(pledge.id for pledge in pledges)
    names = names_of(pledges)
    save = partial(_save, desk, parent, f"{label}：{names}", ids, work)
    initial = {"on": RecordedDate.of(today()), **values}
    dialog = FormDialog(f"{title}（{names}）", _explained(fields, pledges), initial, desk, save=save, parent=parent)
    dialog.open()
    return dialog


def _explained(fields: Sequence[Field], pledges: Sequence[PledgeDetail]) -> list[Field]:
    """Several pledges are named below the day, so that nobody is dated by mistake."""
    if len(pledges) < 2:
        return list(fields)
    names = "、".join(pledge.name for pledge in pledges[:_NAMES_TOLD])
    more = f"等{len(pledges)}份" if len(pledges) > _NAMES_TOLD else ""
    first, *others = fields
    hint = f"用于选中的{len(pledges)}份：{names}{more}"
    return [replace(first, hint=hint), *others]


def _save(
    desk: Desk,
    parent: QWidget,
    label: str,
    ids: Sequence[int],
    work: Callable[[Sequence[int], Values, Any], object],
    values: Values,
) -> None:
    desk.tasks.write(label, partial(work, ids, values), owner=parent)


def _step(values: Values) -> Step:
    return Step(exact_day(values, "on") or today(), str(values.get("person", "")), str(values.get("remark", "")))


def _review(ids: Sequence[int], values: Values, session: Any) -> object:
    step, opinion = _step(values), Opinion(str(values["opinion"]))
    return stage_service.review_pledges(session, dict.fromkeys(ids, Review(step.on, step.person, step.remark, opinion)))


def _publish(ids: Sequence[int], values: Values, session: Any) -> object:
    step = _step(values)
    until, place = exact_day(values, "until"), str(values["place"])
    publication = Publication(step.on, step.person, step.remark, until, place)
    return stage_service.publish_pledges(session, ids, publication)


def _start(ids: Sequence[int], values: Values, session: Any) -> object:
    return stage_service.start_pledges(session, ids, _step(values))


def _sign(ids: Sequence[int], values: Values, session: Any) -> object:
    return service.sign_pledges(session, ids, _step(values).on)


def _withdraw(ids: Sequence[int], values: Values, session: Any) -> object:
    return stage_service.withdraw_pledges(session, ids, _step(values))


def _step_back(ids: Sequence[int], values: Values, session: Any) -> object:
    return stage_service.step_back(session, ids[0], _step(values))


def _reinstate(ids: Sequence[int], values: Values, session: Any) -> object:
    return stage_service.reinstate_pledge(session, ids[0], _step(values))


def _redate(event_id: int, ids: Sequence[int], values: Values, session: Any) -> object:
    step = _step(values)
    stage_service.redate_event(session, ids[0], event_id, step.on, step.person, step.remark)
    return None


def day_text(day: date | None) -> str:
    """A day in words, blank without one."""
    return chinese_date(day) if day is not None else ""
