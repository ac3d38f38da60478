"""The user's settings, each declared once; settings file and settings dialog are built from this table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

SettingValue = bool | int | str


@dataclass(frozen=True, slots=True)
class Setting:
    """One thing the user may choose.

    `default` also says of which type the value is. A text setting with `choices` takes only one of them; a
    whole number stays between `lowest` and `highest`. `unit` is printed behind the number.
    """

    key: str
    label: str
    default: SettingValue
    section: str
    choices: Sequence[tuple[str, str]] = ()
    hint: str = ""
    lowest: int = 0
    highest: int = 999_999
    unit: str = ""

    def read(self, value: object) -> SettingValue:
        """Return `value` if this setting may have it, the default otherwise (an edited or damaged file)."""
        if isinstance(self.default, bool):
            return value if isinstance(value, bool) else self.default
        if isinstance(self.default, int):
            if not isinstance(value, int) or isinstance(value, bool):
                return self.default
            return value if self.lowest <= value <= self.highest else self.default
        if not isinstance(value, str):
            return self.default
        allowed = {code for code, _ in self.choices}
        return value if not allowed or value in allowed else self.default


SETTINGS: tuple[Setting, ...] = (
    Setting(
        "large_text",
        "大字模式",
        False,
        "界面",
        hint="文字和行高放大四分之一，适合看小字吃力时使用",
    ),
    Setting(
        "reopen_last",
        "启动时直接打开上次的支部库",
        True,
        "界面",
    ),
    Setting(
        "late_after_days",
        "会后超过多少天才记录，算作补录",
        7,
        "会议",
        lowest=1,
        highest=365,
        unit="天",
        hint="补录的会议记录打印“补录”和日期；天数是惯例，没有统一规定，可按本单位要求改",
    ),
    Setting(
        "document_fonts",
        "公文字体",
        "system",
        "打印",
        choices=(("system", "优先用本机的方正、仿宋_GB2312 等字体"), ("bundled", "一律用随软件提供的字体")),
        hint="选“随软件提供”时，换一台电脑打印，分页也不会变",
    ),
    Setting(
        "print_shift_right",
        "打印位置向右移",
        0,
        "打印",
        lowest=-100,
        highest=100,
        unit="× 0.1 毫米",
        hint="填负数即向左移；先打印校准页再调整",
    ),
    Setting(
        "print_shift_down",
        "打印位置向下移",
        0,
        "打印",
        lowest=-100,
        highest=100,
        unit="× 0.1 毫米",
        hint="填负数即向上移",
    ),
    Setting(
        "keep_originals",
        "添加照片时另存一份原图",
        False,
        "会议",
        hint="平时只留缩小的一份，够打印用，也不含拍摄地点；原图占地方，并可能带有拍摄地点",
    ),
    Setting(
        "record_photos",
        "会议记录后附照片",
        "0",
        "打印",
        choices=(("0", "不附"), ("2", "每页两张"), ("4", "每页四张")),
        hint="只附类别为“照片”的图片，预览时可以改",
    ),
    Setting(
        "make_up_days",
        "补课期限",
        30,
        "会议",
        hint="会后多少天以内补课，是学校自定的要求；只影响以后保存的会议",
        lowest=1,
        highest=365,
        unit="天",
    ),
)


_BY_KEY = {one.key: one for one in SETTINGS}


def setting(key: str) -> Setting:
    """Return the declaration of `key`.

    Raises:
        KeyError: no such setting is declared.
    """
    return _BY_KEY[key]
