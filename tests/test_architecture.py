"""The rules of the house that a machine can check; import-linter's contracts (pyproject.toml) are run from here too."""

from __future__ import annotations

import ast
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "partyroom"
FEATURES = PACKAGE / "features"
LONGEST_FILE = 600
LONGEST_FUNCTION = 60
VAGUE_NAMES = {"utils", "util", "common", "helpers", "helper", "manager", "model_utils", "misc"}

# A page that outgrew its file is split by subject, and the pieces keep one of these endings: attendance_dialog.py.
SCREEN_ENDINGS = ("page", "dialog", "wizard", "model")  # the last: a Qt item model
SCREEN_PACKAGES = ("ui",)
SCREEN_MODULES = ("__main__", "app", "desktop", "menus", "drafts", "registry")
ABOVE_DOMAIN = ("tables", "service", "report", "page")

Finder = Callable[[ast.AST], Iterator[int]]


@pytest.fixture(autouse=True, scope="module")
def _forget_trees() -> Iterator[None]:
    yield
    tree.cache_clear()


def sources(*folders: Path) -> list[Path]:
    """Every Python file below the folders."""
    return sorted(path for folder in folders for path in folder.rglob("*.py"))


@cache
def tree(path: Path) -> ast.Module:
    """Parsed once for all rules; finders only look."""
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def offences(paths: Iterable[Path], find: Finder) -> list[str]:
    """`file:line` of everything that a finder finds."""
    return [f"{path.relative_to(ROOT)}:{line}" for path in paths for line in find(tree(path))]


def is_screen(path: Path) -> bool:
    """Whether a file of the package may use Qt."""
    inside = path.relative_to(PACKAGE)
    if inside.parts[0] in SCREEN_PACKAGES or (len(inside.parts) == 1 and inside.stem in SCREEN_MODULES):
        return True
    return inside.parts[0] == "features" and inside.stem.rpartition("_")[2] in SCREEN_ENDINGS


def imported(node: ast.AST) -> Iterator[tuple[str, int]]:
    """Full names that a tree imports anywhere, functions included: `from a import b` counts as a and as a.b."""
    for part in ast.walk(node):
        if isinstance(part, ast.Import):
            yield from ((alias.name, part.lineno) for alias in part.names)
        elif isinstance(part, ast.ImportFrom) and part.module:
            yield part.module, part.lineno
            yield from ((f"{part.module}.{alias.name}", part.lineno) for alias in part.names)


def importing(*packages: str) -> Finder:
    """A finder of imports of these packages or of anything inside them."""

    def find(node: ast.AST) -> Iterator[int]:
        for name, line in imported(node):
            if any(name == package or name.startswith(f"{package}.") for package in packages):
                yield line

    return find


def find_foreign_imports(node: ast.AST) -> Iterator[int]:
    """Imports that a pure domain must not have: all but the standard library, the core, domains and their pieces."""
    for name, line in imported(node):
        parts = name.split(".")
        pure = parts[0] in sys.stdlib_module_names and parts[0] != "sqlite3"
        core = name == "partyroom" or parts[:2] == ["partyroom", "core"]
        feature = parts[:2] == ["partyroom", "features"] and "".join(parts[3:4]) not in ABOVE_DOMAIN
        if not (pure or core or feature):
            yield line


def domain_files() -> set[Path]:
    """Every domain.py with the pieces of its feature that it was split into, and theirs."""
    found: set[Path] = set()
    queue = list(FEATURES.glob("*/domain.py"))
    while queue:
        path = queue.pop()
        if path not in found and path.is_file():
            found.add(path)
            own = f"partyroom.features.{path.parent.name}."
            names = [name for name, _ in imported(tree(path)) if name.startswith(own)]
            queue.extend(ROOT / f"{name.replace('.', '/')}.py" for name in names)
    return found


def find_tables_imports(node: ast.AST) -> Iterator[int]:
    """Imports of a feature's mapped classes."""
    for name, line in imported(node):
        if name.startswith("partyroom.features.") and "tables" in name.split(".")[3:4]:
            yield line


def find_process_events(node: ast.AST) -> Iterator[int]:
    """Uses of the bandage that lets a slot run in the middle of another."""
    for part in ast.walk(node):
        if isinstance(part, ast.Attribute) and part.attr == "processEvents":
            yield part.lineno


def find_clock_reads(node: ast.AST) -> Iterator[int]:
    """Readings of the date or time of day, by Python's clock or by Qt's."""
    clocks = {
        "date": {"today"},
        "datetime": {"today", "now", "utcnow"},
        "QDate": {"currentDate"},
        "QTime": {"currentTime"},
        "QDateTime": {"currentDateTime", "currentDateTimeUtc"},
        "time": {"localtime", "gmtime", "strftime"},
    }
    for part in ast.walk(node):
        if isinstance(part, ast.Attribute):
            owner = part.value
            name = owner.attr if isinstance(owner, ast.Attribute) else owner.id if isinstance(owner, ast.Name) else ""
            if part.attr in clocks.get(name, ()):
                yield part.lineno


def find_more_than_a_docstring(node: ast.AST) -> Iterator[int]:
    """The first statement of a module that is not its docstring."""
    body = node.body if isinstance(node, ast.Module) else []
    for position, statement in enumerate(body):
        text = isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
        if position > 0 or not text:
            yield statement.lineno
            return


def find_long_functions(node: ast.AST) -> Iterator[int]:
    """Functions over the ceiling, their docstring not counted."""
    for part in ast.walk(node):
        if isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef):
            first = part.body[1] if ast.get_docstring(part) and len(part.body) > 1 else part.body[0]
            if (part.end_lineno or 0) - first.lineno + 1 > LONGEST_FUNCTION:
                yield part.lineno


@pytest.mark.parametrize(
    ("find", "guilty", "innocent"),
    [
        (find_process_events, "QApplication.processEvents()", "text = 'processEvents'"),
        (find_clock_reads, "from datetime import date\nd = date.today()", "from x import today\nd = today()"),
        (find_clock_reads, "import datetime\nd = datetime.datetime.now()", "d = datetime.date(1, 2, 3)"),
        (find_clock_reads, "QDate.currentDate()", "calendar.now()"),
        (find_more_than_a_docstring, '"""x."""\nimport os', '"""x."""'),
        (find_more_than_a_docstring, "import os", ""),
        (find_foreign_imports, "import sqlalchemy", "import json\nfrom partyroom.core.calendar import today"),
        (find_foreign_imports, "from partyroom.storage import base", "from partyroom.core import calendar"),
        (find_foreign_imports, "from partyroom.features.x.tables import M", "import partyroom.features.x.domain"),
        (find_foreign_imports, "from partyroom.features.x import service", "from partyroom.features.x.cells import A"),
        (find_tables_imports, "from partyroom.features.members.tables import M", "from partyroom.ui.tables import A"),
        (find_tables_imports, "import partyroom.features.x.tables", "import partyroom.features.x.domain"),
        (find_tables_imports, "from partyroom.features.members import tables", "from partyroom.ui import table"),
        (importing("PySide6"), "def f():\n    from PySide6.QtCore import Qt", "import PySide6x"),
        (find_long_functions, "def f():\n" + "    pass\n" * 61, "def f():\n" + "    pass\n" * 60),
    ],
)  # fmt: skip
def test_finders_tell_guilty_from_innocent(find: Finder, guilty: str, innocent: str) -> None:
    assert list(find(ast.parse(guilty)))
    assert not list(find(ast.parse(innocent)))


def test_import_contracts_hold() -> None:
    program = shutil.which("lint-imports", path=str(Path(sys.executable).parent))
    assert program, "import-linter is not in the environment of the tests"
    result = subprocess.run([program, "--no-logo", "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr


def test_everything_below_the_page_loads_without_qt() -> None:
    # A leak through an __init__.py is invisible to import-linter; here Qt is made impossible to import.
    modules = [
        ".".join(path.relative_to(ROOT).with_suffix("").parts)
        for path in sources(PACKAGE)
        if not is_screen(path) and path.stem != "__init__" and "migrations" not in path.parts
    ]
    assert "partyroom.core.errors" in modules
    script = (
        "import importlib, sys\n"
        "for name in ('PySide6', 'shiboken6'):\n"
        "    sys.modules[name] = None\n"
        "for name in sys.argv[1:]:\n"
        "    importlib.import_module(name)\n"
    )
    command = [sys.executable, "-c", script, *modules]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr


def test_only_screens_of_a_feature_use_qt() -> None:
    below = [path for path in sources(PACKAGE) if not is_screen(path)]
    assert offences(below, importing("PySide6", "shiboken6", "pyqtgraph", "partyroom.ui")) == []


def test_screens_of_a_feature_see_rows_and_never_tables_or_the_database() -> None:
    screens = [path for path in sources(FEATURES) if is_screen(path)]
    database = importing("sqlalchemy", "alembic", "sqlcipher3", "sqlite3", "partyroom.storage", "partyroom.schema")
    assert offences(screens, database) + offences(screens, find_tables_imports) == []


def test_a_domain_and_its_pieces_are_pure() -> None:
    files = domain_files()
    assert FEATURES / "members" / "domain.py" in files
    assert offences(sorted(files), find_foreign_imports) == []


def test_only_the_calendar_reads_the_clock() -> None:
    others = [path for path in sources(PACKAGE) if path != PACKAGE / "core" / "calendar.py"]
    assert offences(others, find_clock_reads) == []


def test_nobody_pumps_the_event_loop_by_hand() -> None:
    assert offences(sources(PACKAGE, ROOT / "tests"), find_process_events) == []


def test_packages_hold_a_docstring_and_nothing_more() -> None:
    packages = [path for path in sources(PACKAGE) if path.name == "__init__.py"]
    assert offences(packages, find_more_than_a_docstring) == []
    assert [path for path in packages if not ast.get_docstring(tree(path))] == []


def test_files_and_functions_stay_small_enough_to_read() -> None:
    paths = sources(PACKAGE, ROOT / "build_spec", ROOT / "tests")
    long_files = [str(p.relative_to(ROOT)) for p in paths if len(p.read_text("utf-8").splitlines()) > LONGEST_FILE]
    code = [p for p in sources(PACKAGE, ROOT / "build_spec") if "migrations" not in p.parts]  # those are generated
    assert long_files + offences(code, find_long_functions) == []


def test_no_module_has_a_name_that_says_nothing() -> None:
    assert [str(path.relative_to(ROOT)) for path in sources(PACKAGE) if path.stem in VAGUE_NAMES] == []


def test_every_feature_is_in_the_glossary() -> None:
    glossary = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").partition("## Glossary")[2]
    features = [path.parent.name for path in FEATURES.glob("*/__init__.py")]
    assert "members" in features
    assert [name for name in features if f"`{name}`" not in glossary] == []
