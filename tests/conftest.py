"""Fixtures of the whole suite: nothing of the user's is touched, the clock can stand, a library is at hand."""

# ruff: noqa: DTZ001  (a branch lives in one time zone)

from __future__ import annotations

import gc
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextvars import ContextVar
from datetime import datetime
from pathlib import Path

import openpyxl
import pytest
from filelock import FileLock
from hypothesis import HealthCheck, settings

from partyroom.core import calendar
from partyroom.core.calendar import RecordedDate
from partyroom.features.members.domain import MEMBER_FIELDS, Category, FieldKind, MemberDraft
from partyroom.storage.library import Library

# Before anything of Qt is imported, and for child processes too.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

settings.register_profile("usual", deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile(
    "ci", deadline=None, max_examples=25, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("ci" if os.environ.get("CI") else "usual")

MOMENT = datetime(2026, 11, 22, 10, 0)  # a Sunday


def pytest_collection_finish() -> None:
    """What is loaded by now stays to the end: leave it out of every further collection of garbage."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True, scope="module")
def _keep_what_was_loaded() -> None:
    """What earlier files loaded (modules, fonts, a sample) stays: collecting after each window test leaves it out.

    Not after each test: a test's windows are freed only when pytest has let go of its fixtures.
    """
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True, scope="session")
def _leave_nothing_on_the_clipboard() -> Iterator[None]:
    """The offscreen platform crashes when the interpreter ends while a copied table is still on its clipboard."""
    yield
    gui = sys.modules.get("PySide6.QtGui")
    if gui is not None and gui.QGuiApplication.instance() is not None:
        gui.QGuiApplication.clipboard().clear()


@pytest.fixture(autouse=True)
def _collect_on_this_thread(request: pytest.FixtureRequest) -> Iterator[None]:
    """As the program does: what is left of a window must not be found and destroyed by a worker thread."""
    if "qapp" not in request.fixturenames:
        yield
        return
    gc.disable()
    yield
    gc.collect()
    gc.enable()


def pytest_configure(config: pytest.Config) -> None:
    """Give the whole run, collection included, a home of its own."""
    home = Path(tempfile.mkdtemp(prefix="partyroom-tests-"))
    patch = pytest.MonkeyPatch()
    patch.setenv("HOME", str(home))
    for variable, folder in (
        ("XDG_CONFIG_HOME", ".config"),
        ("XDG_DATA_HOME", ".local"),
        ("XDG_STATE_HOME", ".state"),
        ("XDG_CACHE_HOME", ".cache"),
        ("XDG_DOCUMENTS_DIR", "Documents"),
    ):
        (home / folder).mkdir()
        patch.setenv(variable, str(home / folder))
    config.add_cleanup(patch.undo)
    config.add_cleanup(lambda: shutil.rmtree(home, ignore_errors=True))


@pytest.fixture(scope="session")
def empty_library_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new library, closed; made once because making one loads alembic. Copy it, never change it."""
    import partyroom.schema  # noqa: F401  (makes the metadata complete)

    folder = tmp_path_factory.mktemp("made-once") / "library"
    Library.create(folder).close()
    return folder


@pytest.fixture
def new_library(empty_library_folder: Path, tmp_path: Path) -> Iterator[Callable[[str], Library]]:
    """Makes further open libraries in the test's folder, by folder name; all are closed at the end."""
    made: list[Library] = []

    def make(name: str) -> Library:
        folder = tmp_path / name
        shutil.copytree(empty_library_folder, folder)
        made.append(Library.open(folder))
        return made[-1]

    yield make
    for library in made:
        library.close()


@pytest.fixture
def library(new_library: Callable[[str], Library]) -> Library:
    """An open, empty library in the test's own folder."""
    return new_library("library")


@pytest.fixture
def fixed_today(monkeypatch: pytest.MonkeyPatch) -> datetime:
    """Lets the clock stand at 22 November 2026, 10:00, in every thread; `calendar.stopped_at` still works within."""
    monkeypatch.setattr(calendar, "_STOPPED", ContextVar("stopped_clock_of_tests", default=MOMENT))
    return MOMENT


@pytest.fixture
def person() -> Callable[..., MemberDraft]:
    """Makes drafts of full members of long standing; any field can be given, dates as text."""

    def make(name: str = "张三", **fields: object) -> MemberDraft:
        values: dict[str, object] = {"category": Category.FULL, "joined": "2001-07-01", "full_since": "2002-07-01"}
        values |= fields
        dates = {key: RecordedDate(text) for key, text in values.items() if key in _DATES and isinstance(text, str)}
        return MemberDraft.from_values({"name": name, **values, **dates})

    return make


_DATES = frozenset(field.key for field in MEMBER_FIELDS if field.kind is FieldKind.DATE)


@pytest.fixture
def python() -> Path:
    """The interpreter for tests that need another process."""
    return Path(sys.executable)


@pytest.fixture
def save_xlsx(tmp_path: Path) -> Callable[..., Path]:
    """Saves rows as the one sheet of a workbook and returns its path."""

    def save(rows: Sequence[Sequence[object]], merges: Sequence[str] = (), name: str = "名册.xlsx") -> Path:
        book = openpyxl.Workbook()
        sheet = book.active
        assert sheet is not None
        sheet.title = "党员名册"
        for row in rows:
            sheet.append(list(row))
        for area in merges:
            sheet.merge_cells(area)
        path = tmp_path / name
        book.save(path)
        return path

    return save


@pytest.fixture
def data_folder() -> Path:
    """Files that other programs made."""
    return Path(__file__).parent / "data"


@pytest.fixture(scope="session")
def made_sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample branch for tests that read it: made once for all workers, each with a copy of its own to open."""
    from partyroom.sample.branch import make_sample

    own = tmp_path_factory.getbasetemp()
    shared = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "made-sample"
    with FileLock(shared.with_suffix(".lock")):
        if not shared.exists():
            make_sample(shared)
    return Path(shutil.copytree(shared, tmp_path_factory.mktemp("sample") / "支部"))
