"""Forms of 践诺: a deed of one pledge or of several, and an item declared done."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from PySide6.QtWidgets import QWidget

from partyroom.core.calendar import RecordedDate, today
from partyroom.core.errors import DomainError
from partyroom.features.pledges import deeds_service
from partyroom.features.pledges.domain import Deed, DeedDraft, PledgeDetail, PledgeItem, State
from partyroom.features.pledges.hours import hours_text, read_hours
from partyroom.features.pledges.reminders import short_text
from partyroom.features.pledges.steps_dialog import exact_day, names_of
from partyroom.ui.desk import Desk
from partyroom.ui.form import Field, FormDialog, Kind

_WHOLE = 0  # stands for the pledge as a whole among the choices of items
_OPEN = (State.PUBLISHED, State.FULFILLING)


def ask_deed(
    desk: Desk,
    parent: QWidget,
    pledge: PledgeDetail,
    names: Sequence[str],
    *,
    item_id: int | None = None,
    deed: Deed | None = None,
    stored: Callable[[int], None] | None = None,
) -> FormDialog | None:
    """Record a deed of a pledge, or change `deed`; `stored` is told the id."""
    if not told_open(desk, [pledge]):
        return None
    own = deed.item_id if deed else None  # a deed may stay with an item that was changed away since
    able = [item for item in pledge.items if item.retired_in is None or item.id == own]
    items = [(item.id, f"{number}. {short_text(item.text, 40)}") for number, item in enumerate(able, 1)]
    fields = [
        Field("item", "对应事项", Kind.CHOICE, required=True, choices=[*items, (_WHOLE, "整份承诺")], wide=True),
        *_deed_fields(names),
    ]
    chosen = deed.item_id if deed else item_id
    values = _deed_values(deed) | {"item": chosen if chosen is not None else items[0][0] if items else _WHOLE}
    if deed is not None and deed.item_id is None:
        values["item"] = _WHOLE
    save = partial(_save_deed, desk, parent, pledge, deed, stored)
    title = f"{'修改' if deed else '登记'}践诺记录（{pledge.name}）"
    dialog = FormDialog(title, fields, values, desk, save=save, draft_key=_draft_key(pledge, deed), parent=parent)
    dialog.open()
    return dialog


def ask_shared_deed(
    desk: Desk, parent: QWidget, pledges: Sequence[PledgeDetail], names: Sequence[str]
) -> FormDialog | None:
    """Record one deed that several took part in, for each pledge as a whole."""
    able = [pledge for pledge in pledges if pledge.state in _OPEN]
    if not told_open(desk, pledges):
        return None
    save = partial(_save_shared, desk, parent, able)
    title = f"登记共同践诺（{names_of(able)}）"
    dialog = FormDialog(title, _deed_fields(names), _deed_values(None), desk, save=save, parent=parent)
    dialog.open()
    return dialog


def ask_done(desk: Desk, parent: QWidget, pledge: PledgeDetail, item: PledgeItem) -> FormDialog | None:
    """Declare an item done."""
    if not told_open(desk, [pledge]):
        return None
    last = max((deed.on for deed in pledge.deeds_of(item.id)), default=today())
    fields = [
        Field("done_on", "完成日期", Kind.DATE, required=True, exact=True, hint=short_text(item.text, 60)),
        Field("note", "完成情况", Kind.LONG_TEXT, rows=3, hint="可以不填"),
    ]
    save = partial(_save_done, desk, parent, pledge, item)
    values = {"done_on": RecordedDate.of(item.done_on or last), "note": item.done_note}
    dialog = FormDialog(f"承诺事项完成（{pledge.name}）", fields, values, desk, save=save, parent=parent)
    dialog.open()
    return dialog


def told_open(desk: Desk, pledges: Sequence[PledgeDetail]) -> bool:
    """Whether deeds can be recorded for any of these pledges now; says what is missing where not."""
    if any(pledge.state in _OPEN for pledge in pledges):
        return True
    states = "、".join(dict.fromkeys(pledge.state.label for pledge in pledges))
    closed = all(pledge.state is State.APPRAISED for pledge in pledges)
    advice = "要补登请先退回上一步。" if closed else "践诺要在亮诺之后登记。"
    desk.messages.inform(f"承诺现在是“{states}”，不能登记践诺。{advice}")
    return False


def _deed_fields(names: Sequence[str]) -> list[Field]:
    people = [(name, name) for name in names]
    return [
        Field("on", "践诺日期", Kind.DATE, required=True, exact=True),
        Field("minutes", "时长（小时）", hint="可以不填，例如1.5", validate=_hours_problem),
        Field("text", "践诺情况", Kind.LONG_TEXT, required=True, rows=4),
        Field("place", "地点"),
        Field("witness", "证明人", Kind.OPEN_CHOICE, choices=people),
    ]


def _deed_values(deed: Deed | None) -> dict[str, object]:
    if deed is None:
        return {"on": RecordedDate.of(today())}
    return {
        "on": deed.on,
        "minutes": hours_text(deed.minutes) if deed.minutes else "",
        "text": deed.text,
        "place": deed.place,
        "witness": deed.witness,
    }


def _hours_problem(value: object) -> str:
    try:
        read_hours(str(value))
    except DomainError as error:
        return str(error)
    return ""


def _draft(values: Mapping[str, object]) -> DeedDraft:
    return DeedDraft(
        on=exact_day(values, "on") or today(),
        text=str(values["text"]),
        place=str(values["place"]),
        minutes=read_hours(str(values["minutes"])),
        witness=str(values["witness"]),
    )


def _draft_key(pledge: PledgeDetail, deed: Deed | None) -> str:
    return f"pledge_deed:{deed.id}" if deed else f"pledge_deed:new:{pledge.id}"


def _save_deed(
    desk: Desk,
    parent: QWidget,
    pledge: PledgeDetail,
    deed: Deed | None,
    stored: Callable[[int], None] | None,
    values: Mapping[str, object],
) -> None:
    chosen = values["item"]
    item_id = int(str(chosen)) or None
    work = partial(_store_deed, pledge.id, deed.id if deed else None, item_id, _draft(values))
    label = f"{'修改' if deed else '登记'}践诺记录：{pledge.name}"
    desk.tasks.write(label, work, stored, owner=parent)


def _save_shared(desk: Desk, parent: QWidget, pledges: Sequence[PledgeDetail], values: Mapping[str, object]) -> None:
    work = partial(_store_shared, tuple(pledge.id for pledge in pledges), _draft(values))
    desk.tasks.write(f"登记共同践诺：{names_of(pledges)}", work, owner=parent)


def _save_done(
    desk: Desk, parent: QWidget, pledge: PledgeDetail, item: PledgeItem, values: Mapping[str, object]
) -> None:
    day = exact_day(values, "done_on") or today()
    work = partial(_finish, item.id, day, str(values["note"]))
    desk.tasks.write(f"承诺事项完成：{pledge.name}", work, owner=parent)


def _store_deed(pledge_id: int, deed_id: int | None, item_id: int | None, draft: DeedDraft, session: Any) -> int:
    if deed_id is None:
        return deeds_service.record_deed(session, pledge_id, item_id, draft)
    deeds_service.change_deed(session, deed_id, item_id, draft)
    return deed_id


def _store_shared(pledge_ids: Sequence[int], draft: DeedDraft, session: Any) -> list[int]:
    return deeds_service.record_deeds(session, [(pledge_id, None) for pledge_id in pledge_ids], draft)


def _finish(item_id: int, day: Any, note: str, session: Any) -> None:
    deeds_service.finish_item(session, item_id, day, note)
