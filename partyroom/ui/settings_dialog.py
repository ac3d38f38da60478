"""The settings dialog, built from the table in `core.settings`."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QWidget

from partyroom.core.settings import SETTINGS, Setting, SettingValue
from partyroom.ui.desk import Desk
from partyroom.ui.form import FormDialog
from partyroom.ui.form_fields import Field, Kind


class SettingsDialog(FormDialog):
    """Shows every setting of the table and keeps what the user chose; whoever depends on one hears `changed`."""

    def __init__(self, desk: Desk, settings: Sequence[Setting] = SETTINGS, parent: QWidget | None = None) -> None:
        values: dict[str, object] = {one.key: desk.settings.value(one.key) for one in settings}
        fields = [_field(one) for one in settings]
        super().__init__("设置", fields, values, desk, save=self._keep, columns=1, parent=parent)
        self.setObjectName("settings_dialog")

    def _keep(self, values: dict[str, object]) -> None:
        kept: dict[str, SettingValue] = {k: v for k, v in values.items() if isinstance(v, (bool, int, str))}
        self._desk.settings.update(kept)


def _field(one: Setting) -> Field:
    if isinstance(one.default, bool):
        return Field(one.key, one.label, Kind.CHECK, section=one.section, hint=one.hint)
    if isinstance(one.default, int):
        return Field(
            one.key,
            one.label,
            Kind.NUMBER,
            required=True,
            section=one.section,
            hint=one.hint,
            lowest=one.lowest,
            highest=one.highest,
            unit=one.unit,
        )
    kind = Kind.CHOICE if one.choices else Kind.TEXT
    return Field(
        one.key, one.label, kind, required=bool(one.choices), choices=one.choices, section=one.section, hint=one.hint
    )
