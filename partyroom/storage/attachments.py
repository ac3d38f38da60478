"""Files that belong to records, kept once each under the hash of their content."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Text, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from partyroom.core.errors import StorageError
from partyroom.core.files import write_durably
from partyroom.core.text import one_line
from partyroom.storage.base import Base, ShortText

CHUNK = 1 << 20


class Attachment(Base):
    """A stored file: its content's SHA-256 names it on disk, `name` is what people call it."""

    __tablename__ = "attachments"

    id: Mapped[int] = mapped_column(primary_key=True)
    sha256: Mapped[str] = mapped_column(Text, index=True)
    name: Mapped[str] = mapped_column(ShortText)
    size: Mapped[int]


@dataclass(frozen=True, slots=True)
class AttachmentFiles:
    """The folder of attachment contents in a library: `ab/abcdef…`."""

    folder: Path

    def path(self, sha256: str) -> Path:
        """Where the content with this hash lies."""
        return self.folder / sha256[:2] / sha256

    def put(self, content: bytes) -> str:
        """Store `content` durably and return its hash; the same content is stored once, a damaged copy is replaced.

        Raises:
            StorageError: the disk is full or not writable; nothing is left behind.
        """
        sha256 = hashlib.sha256(content).hexdigest()
        target = self.path(sha256)
        try:
            if target.is_file() and target.read_bytes() == content:
                return sha256
            target.parent.mkdir(parents=True, exist_ok=True)
            write_durably(target, content)
        except OSError as error:
            raise StorageError("附件没有保存：磁盘已满或文件夹不能写入。") from error
        return sha256

    def get(self, sha256: str) -> bytes:
        """The content with this hash.

        Raises:
            StorageError: it is missing or no longer what was stored.
        """
        try:
            content = self.path(sha256).read_bytes()
        except OSError as error:
            raise StorageError("附件文件不见了，请从备份恢复。") from error
        if hashlib.sha256(content).hexdigest() != sha256:
            raise StorageError("附件文件已被改动或损坏，请从备份恢复。")
        return content


def attach(session: Session, files: AttachmentFiles, name: str, content: bytes) -> int:
    """Store `content` under `name` and return the attachment's id."""
    attachment = Attachment(sha256=files.put(content), name=one_line(name)[:200], size=len(content))
    session.add(attachment)
    session.flush()
    return attachment.id


def attachment_problems(session: Session, files: AttachmentFiles) -> list[str]:
    """One sentence for every attachment whose file is missing or changed."""
    problems = []
    for attachment in session.scalars(select(Attachment).order_by(Attachment.id)):
        try:
            files.get(attachment.sha256)
        except StorageError as error:
            problems.append(f"附件“{attachment.name}”：{error}")
    return problems
