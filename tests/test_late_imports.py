"""What takes long to load is loaded when it is needed: a command without Qt, a window without the printing kit."""

from __future__ import annotations

import subprocess
import sys

import pytest

PRINTING = ("reportlab", "fontTools", "docx", "openpyxl", "pikepdf", "PySide6.QtPdf", "PySide6.QtPrintSupport")
SELDOM = ("alembic", "pypinyin", "pyqtgraph", "numpy")


def loaded_by(code: str, names: tuple[str, ...]) -> list[str]:
    script = f"import sys\n{code}\nsys.stderr.write(','.join(name for name in {names!r} if name in sys.modules))"
    done = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True)
    return [name for name in done.stderr.split(",") if name]


def test_the_measure_sees_what_is_loaded():
    assert loaded_by("import reportlab.pdfgen.canvas", PRINTING) == ["reportlab"]


@pytest.mark.parametrize("command", ["'calc', 'id', '1'", "'calc', 'date', '--from', '2026-01-31', '--months', '1'"])
def test_a_calculation_loads_neither_window_nor_database_nor_printing(command):
    code = f"from partyroom.app import main\nmain([{command}])"
    assert loaded_by(code, ("PySide6", "sqlalchemy", "sqlcipher3", *PRINTING, *SELDOM)) == []


def test_the_window_is_ready_to_open_without_what_prints_and_what_is_seldom_used():
    assert loaded_by("import partyroom.desktop", (*PRINTING, *SELDOM)) == []
