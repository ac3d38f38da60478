"""How the program looks: Fusion with our own palette, fonts and style sheet, in normal and large letters."""

from __future__ import annotations

import logging
from functools import cache
from string import Template

from PySide6.QtCore import QDir, QLibraryInfo, QLocale, QTranslator
from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette
from PySide6.QtWidgets import QApplication, QStyleFactory

from partyroom.core.paths import resources
from partyroom.ui.style_sheet import STYLE_SHEET

_log = logging.getLogger(__name__)

COLOURS = {
    "accent": "#B3261E",
    "accent_dark": "#8F1D17",
    "accent_pale": "#FBECEA",
    "page": "#F4F5F7",
    "card": "#FFFFFF",
    "ink": "#1F2329",
    "soft": "#5B6470",
    "faint": "#9AA2AC",
    "line": "#DFE3E8",
    "line_dark": "#C3C9D1",
    "hover": "#ECEFF3",
    "chosen": "#E3E9F1",
    "focus": "#3D6FB4",
    "stripe": "#F9FAFB",
    "amber": "#FFF6E0",
    "amber_dark": "#7A5200",
    "amber_line": "#E9C46A",
    "blue_pale": "#EAF2FC",
    "blue_line": "#A9C6EA",
}
LARGE = 1.25
_POINTS = 10.0
_SYSTEM_FAMILIES = (
    "Microsoft YaHei UI",
    "Microsoft YaHei",
    "Noto Sans CJK SC",
    "Source Han Sans SC",
    "PingFang SC",
    "HarmonyOS Sans SC",
    "WenQuanYi Micro Hei",
)
# The sans serif one serves where the PC has no Chinese font; the serif one has the rare characters of names.
_BUNDLED = ("NotoSansSC*.ttf", "NotoSerifSC*Regular*.ttf")


def scale() -> float:
    """1.0, or 1.25 in large letters."""
    app = QApplication.instance()
    value = app.property("partyroom_scale") if app is not None else None
    return float(value) if value else 1.0


def scaled(pixels: int) -> int:
    """A length in device-independent pixels at normal letters, as it is at the present letter size."""
    return round(pixels * scale())


def row_height() -> int:
    """The height of a line in tables and lists, in device-independent pixels."""
    return scaled(34)


def apply_theme(app: QApplication, *, large: bool = False) -> None:
    """Dress the whole program; may be called again when the user switches large letters on or off."""
    app.setProperty("partyroom_scale", LARGE if large else 1.0)
    if app.style().objectName() != "fusion":
        app.setStyle(QStyleFactory.create("Fusion"))
    app.setPalette(_palette())
    app.setFont(interface_font())
    QDir.setSearchPaths("controls", [str(resources() / "icons" / "controls")])
    app.setStyleSheet(_style_sheet())


def install_translation(app: QApplication) -> bool:
    """Make Qt's own dialogs and menus speak Chinese; False if this Qt came without the translation."""
    QLocale.setDefault(QLocale(QLocale.Language.Chinese, QLocale.Country.China))
    translator = QTranslator(app)
    folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
    if not translator.load("qtbase_zh_CN", folder):
        _log.warning("The Chinese translation of Qt is missing.")
        return False
    return app.installTranslator(translator)


def interface_font(factor: float = 1.0) -> QFont:
    """The font of the window, `factor` times its size, with ours behind the system's for rare characters."""
    font = QFont()
    font.setFamilies([*_system_families(), *bundled_families()])
    font.setPointSizeF(_POINTS * scale() * factor)
    font.setStyleStrategy(QFont.StyleStrategy.PreferAntialias)
    return font


@cache
def bundled_families() -> tuple[str, ...]:
    """Register the fonts that come with the program and return their family names; empty if absent."""
    families: list[str] = []
    for pattern in _BUNDLED:
        for path in sorted((resources() / "fonts").glob(pattern)):
            number = QFontDatabase.addApplicationFont(str(path))
            if number == -1:
                _log.warning("The font %s cannot be used.", path.name)
                continue
            families.extend(QFontDatabase.applicationFontFamilies(number)[:1])
    return tuple(dict.fromkeys(families))


@cache
def _system_families() -> tuple[str, ...]:
    present = set(QFontDatabase.families())
    return tuple(name for name in _SYSTEM_FAMILIES if name in present)


def _palette() -> QPalette:
    role = QPalette.ColorRole
    palette = QPalette()
    for name, roles in {
        "page": (role.Window, role.Button),
        "card": (role.Base, role.ToolTipBase, role.HighlightedText, role.Light),
        "stripe": (role.AlternateBase,),
        "ink": (role.WindowText, role.Text, role.ButtonText, role.ToolTipText),
        "faint": (role.PlaceholderText,),
        "focus": (role.Highlight, role.Link, role.Accent),
        "line": (role.Midlight, role.Mid),
        "line_dark": (role.Dark,),
    }.items():
        for one in roles:
            palette.setColor(one, QColor(COLOURS[name]))
    faded = QColor(COLOURS["faint"])
    for one in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, one, faded)
    return palette


def _style_sheet() -> str:
    sizes = {f"px{length}": f"{scaled(length)}px" for length in range(2, 35)}
    points = {
        "small": f"{_POINTS * scale() * 0.9:.2f}pt",
        "large": f"{_POINTS * scale() * 1.2:.2f}pt",
        "huge": f"{_POINTS * scale() * 1.8:.2f}pt",
    }
    return Template(STYLE_SHEET).substitute(COLOURS | sizes | points)
