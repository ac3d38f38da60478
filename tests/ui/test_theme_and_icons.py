from __future__ import annotations

import re

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QFontMetrics, QIcon, QPalette, QRawFont
from PySide6.QtWidgets import QLineEdit

from partyroom.core.paths import resources
from partyroom.ui import theme
from partyroom.ui.icons import icon, icon_names, pixmap
from partyroom.ui.style_sheet import STYLE_SHEET

ROOMS = [
    "dashboard",
    "members",
    "recruitment",
    "meetings",
    "dues",
    "pledges",
    "appraisal",
    "learning",
    "programmes",
    "activity_room",
    "supervision",
    "honours",
    "archives",
]
COMMANDS = [
    "add",
    "edit",
    "delete",
    "trash",
    "restore",
    "search",
    "filter",
    "columns",
    "copy",
    "import",
    "export",
    "print",
    "preview",
    "save",
    "settings",
    "help",
    "undo",
    "calendar",
    "eye",
    "eye-off",
    "refresh",
    "folder",
    "backup",
    "user",
    "users",
    "building",
    "check",
    "x",
    "alert",
    "info",
    "chevron-left",
    "file-pdf",
    "file-word",
    "file-excel",
    "calculator",
    "large-text",
]


@pytest.fixture
def themed(qapp):
    yield qapp
    theme.apply_theme(qapp)
    qapp.setStyleSheet("")


@pytest.mark.parametrize("name", [*ROOMS, *COMMANDS])
def test_every_room_and_command_has_its_icon(qapp, name):
    assert not icon(name).isNull()


def test_all_pictures_can_be_drawn_in_any_colour(qapp):
    for name in icon_names():
        image = pixmap(name, 24, "#B3261E").toImage()
        opaque = [c for x in range(24) for y in range(24) if (c := image.pixelColor(x, y)).alpha() == 255]
        # Blending may be off by one in each part.
        assert all(abs(c.red() - 0xB3) + abs(c.green() - 0x26) + abs(c.blue() - 0x1E) <= 3 for c in opaque), name
        assert any(image.pixelColor(x, y).alpha() for x in range(24) for y in range(24)), name


def test_unknown_icon_names_its_neighbours(qapp):
    with pytest.raises(LookupError, match="calendar"):
        icon("calender")


@pytest.mark.parametrize("ratio", [1.0, 1.5, 2.0])
def test_icons_are_sharp_at_every_scaling(qapp, ratio):
    drawn = pixmap("add", 20, ratio=ratio)
    assert drawn.size() == QSize(round(20 * ratio), round(20 * ratio))
    assert drawn.deviceIndependentSize().toSize() == QSize(20, 20)
    assert icon("add").pixmap(QSize(20, 20), ratio).width() == round(20 * ratio)


def test_disabled_icons_are_paler(qapp):
    normal = icon("add").pixmap(QSize(24, 24), QIcon.Mode.Normal).toImage()
    faded = icon("add").pixmap(QSize(24, 24), QIcon.Mode.Disabled).toImage()
    assert faded.pixelColor(12, 12).lightness() > normal.pixelColor(12, 12).lightness() + 60


def test_every_picture_of_the_style_sheet_exists():
    names = set(re.findall(r"controls:([\w-]+\.svg)", STYLE_SHEET))
    assert names
    assert all((resources() / "icons" / "controls" / name).is_file() for name in names)


def test_large_letters_are_a_quarter_larger(themed):
    theme.apply_theme(themed)
    points, row = themed.font().pointSizeF(), theme.row_height()
    theme.apply_theme(themed, large=True)
    assert themed.font().pointSizeF() == pytest.approx(points * 1.25)
    assert theme.row_height() == round(row * 1.25)
    assert theme.scaled(100) == 125


def test_style_sheet_reaches_the_widgets(themed, qtbot):
    theme.apply_theme(themed)
    line = QLineEdit()
    qtbot.addWidget(line)
    assert line.sizeHint().height() >= 28
    assert themed.palette().color(QPalette.ColorRole.Window) == QColor(theme.COLOURS["page"])
    assert themed.style().objectName() in ("fusion", "")
    assert "$" not in themed.styleSheet()


def test_rare_characters_of_names_can_be_shown(themed):
    families = theme.bundled_families()
    if not families:
        pytest.skip("the bundled fonts are not in resources/fonts")
    metrics = QFontMetrics(theme.interface_font())
    assert all(metrics.inFontUcs4(ord(character)) for character in "张䶮㛃翀堃")
    fonts = [QRawFont.fromFont(font_of(family)) for family in families]
    assert any(font.supportsCharacter("䶮") for font in fonts)


def font_of(family: str):
    font = theme.interface_font()
    font.setFamilies([family])
    return font


def test_buttons_of_qt_itself_speak_chinese(qapp):
    assert theme.install_translation(qapp)
    text = qapp.translate("QPlatformTheme", "Cancel")
    assert text == "取消"
