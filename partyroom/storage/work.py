"""The unit of work: one transaction per user action, with its change log, or nothing at all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from sqlalchemy import Engine, event
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.orm import Session

from partyroom.core.errors import StorageError
from partyroom.storage.audit import Recorder, leave_out_deleted
from partyroom.storage.years import guard_closed_years

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Written(Generic[T]):
    """What a committed action returned, the tables it changed, and its number in the change log."""

    result: T
    changes: frozenset[str]
    change_set: int | None


def read(engine: Engine, work: Callable[[Session], T]) -> T:
    """Run `work` on a consistent snapshot; whatever it changed is rolled back.

    Raises:
        StorageError: the disk or the file failed.
    """
    with disk_errors(), Session(engine, autoflush=False) as session:
        event.listen(session, "do_orm_execute", leave_out_deleted)
        try:
            return work(session)
        finally:
            session.rollback()


def write(engine: Engine, label: str, work: Callable[[Session], T]) -> Written[T]:
    """Run `work` in one transaction and commit it; when it raises, nothing is changed.

    `label` names the action in the change log. The call returns only after the commit is on disk.

    Raises:
        DomainError: it would change a closed year.
        StorageError: the disk or the file failed; nothing was changed.
    """
    recorder = Recorder(label)
    with disk_errors(), Session(engine.execution_options(immediate=True)) as session:
        event.listen(session, "do_orm_execute", leave_out_deleted)
        session.info["recorder"] = recorder
        recorder.attach(session)
        guard_closed_years(session)
        result = work(session)
        session.commit()
    return Written(result, frozenset(recorder.touched or ()), recorder.change_set_id)


def recorder_of(session: Session) -> Recorder:
    """The change log of a writing session."""
    recorder = session.info["recorder"]
    assert isinstance(recorder, Recorder)
    return recorder


class disk_errors:  # noqa: N801  (a context manager reads as a verb)
    """Turns SQLite's complaints about disk and file into sentences; our own bugs pass through."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        if not isinstance(error, DBAPIError) or isinstance(error, IntegrityError):
            return
        text = str(error.orig).casefold()
        for words, sentence in _DISK_SENTENCES:
            if words in text:
                raise StorageError(sentence) from error
        if isinstance(error, OperationalError) and "i/o" in text:
            raise StorageError("磁盘读写出错，刚才的改动没有保存。请检查磁盘或 U 盘是否松动。") from error


_DISK_SENTENCES = (
    ("database or disk is full", "磁盘已满，刚才的改动没有保存。请清理磁盘后再试。"),
    ("readonly database", "支部库所在的位置不能写入，刚才的改动没有保存。请检查文件夹权限。"),
    ("database is locked", "支部库正被其他程序占用，刚才的改动没有保存。请稍后再试。"),
    ("not a database", "支部库文件已损坏或不是支部库，请从备份恢复。"),
    ("malformed", "支部库文件已损坏，请从备份恢复。"),
    ("disk i/o error", "磁盘读写出错，刚才的改动没有保存。请检查磁盘或 U 盘是否松动。"),
    ("unable to open database file", "打不开支部库文件，请检查文件夹是否还在、有没有权限。"),
)
