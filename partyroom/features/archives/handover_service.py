"""移交: counting what is there, and the package that another PC opens."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from datetime import date, datetime
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from partyroom.core.calendar import today
from partyroom.core.errors import StorageError
from partyroom.core.money import yuan
from partyroom.documents.contribution import Part, Request
from partyroom.features.archives.closing_service import years_with_data
from partyroom.features.archives.handover import (
    BACKUP,
    EXPLANATION,
    INVENTORY,
    Facts,
    FiledLine,
    RegisterLine,
)
from partyroom.features.archives.open_items_service import open_items
from partyroom.features.archives.package import packaged
from partyroom.features.archives.tables import BoxRecord, PieceRecord
from partyroom.features.dues.funds_service import balance_on
from partyroom.features.dues.years_service import opened_years
from partyroom.features.members.service import note_revealed
from partyroom.features.members.tables import Member
from partyroom.features.organisation.service import get_branch
from partyroom.storage.attachments import Attachment, AttachmentFiles
from partyroom.storage.backup import write_backup
from partyroom.storage.recycle import list_bin
from partyroom.storage.years import closed_years

Told = Callable[[int, int, str], None]


def gather_facts(session: Session, parts: Sequence[Part], day: date | None = None) -> Facts:
    """Everything that is there on `day` (today), counted."""
    day = day or today()
    branch = get_branch(session)
    years = sorted(year for year in years_with_data(session) | {day.year} if year <= day.year)
    registers = [
        RegisterLine(part.title, year, len(part.produce(session, Request(year, today=day))))
        for part in parts
        for year in years
    ]
    balance = balance_on(session, day) if opened_years(session) else None
    sizes = session.execute(select(func.count(Attachment.sha256.distinct()), func.sum(Attachment.size))).one()
    return Facts(
        branch=branch.full_name,
        day=day,
        members=session.scalar(select(func.count()).select_from(Member)) or 0,
        binned=len(list_bin(session)),
        registers=tuple(line for line in registers if line.pieces),
        filed=tuple(_filed(session)),
        closed_years=tuple(sorted(closed_years(session))),
        balance="" if balance is None else balance.text,
        large="" if balance is None or not balance.large_fen else f"{yuan(balance.large_fen, grouped=True)}元",
        attachments=int(sizes[0] or 0),
        megabytes=round(int(sizes[1] or 0) / 1_000_000),
        open_items=tuple(open_items(session, day)),
    )


def note_handover(session: Session, giver: str, receiver: str) -> None:
    """Write down in the change log that everything, full numbers included, was handed over."""
    note_revealed(
        session, f"制作移交包（含全部证件号码和电话），移交人：{giver or '未填'}，接收人：{receiver or '未填'}"
    )


def write_handover(
    files: AttachmentFiles, target: Path, inventory: bytes, *, moment: datetime, told: Told | None = None
) -> None:
    """Write the package into the folder or ZIP `target`: backup, inventory, explanation, sums; whole or not at all.

    Args:
        files: Those of the library; it lies in the folder above them.
        target: A ZIP when it is called so, else a folder that is empty or not there yet.
        inventory: 移交清单 as PDF.
        moment: When it is made.
        told: Hears of every step; what it raises (CancelledError) ends the work.

    Raises:
        StorageError: the disk is full or not writable, or the library is damaged.
    """
    library = files.folder.parent
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        # Beside the target: the system's folder for such things may be a small disk in memory.
        with (
            tempfile.TemporaryDirectory(prefix=".partyroom-", dir=target.parent) as scratch,
            packaged(target, moment) as package,
        ):
            backup = Path(scratch) / BACKUP
            write_backup(library, backup, told)
            if told is not None:
                told(0, 0, "正在写移交包…")
            package.put_file(BACKUP, backup)
            package.put(INVENTORY, inventory)
            package.put(EXPLANATION, _explanation(moment).encode("utf-8-sig"))
    except OSError as error:
        raise StorageError(f"移交包“{target.name}”没有写成，请检查磁盘空间和文件夹权限。") from error


def _filed(session: Session) -> list[FiledLine]:
    boxes = {
        (year, retention): count
        for year, retention, count in session.execute(
            select(BoxRecord.year, BoxRecord.retention, func.count())
            .where(BoxRecord.deleted_at.is_(None))
            .group_by(BoxRecord.year, BoxRecord.retention)
        )
    }
    rows = session.execute(
        select(PieceRecord.year, PieceRecord.retention, func.count(), func.sum(PieceRecord.pages))
        .where(PieceRecord.deleted_at.is_(None))
        .group_by(PieceRecord.year, PieceRecord.retention)
        .order_by(PieceRecord.year, PieceRecord.retention.desc())
    )
    return [
        FiledLine(year, retention, count, int(pages or 0), boxes.get((year, retention), 0))
        for year, retention, count, pages in rows
    ]


def _explanation(moment: datetime) -> str:
    lines = (
        "党支部资料移交包",
        f"制作时间：{moment:%Y-%m-%d %H:%M}",
        "",
        "一、里面有什么",
        f"{BACKUP}：全部资料（党员、会议、党费、承诺、档案和附件），用“党建活动室”打开。",
        f"{INVENTORY}：移交清单，打印后由移交人、接收人、监交人签字，各存一份。",
        "sha256sums.txt：以上文件的校验值，用来确认拷贝过程中没有损坏。",
        "",
        "二、在另一台电脑上打开",
        f"1. 安装并启动“党建活动室”，在开始页选“从备份恢复…”，选中“{BACKUP}”。",
        "2. 选择存放支部库的位置，程序在里面新建一个文件夹，恢复后自动打开。",
        "   启动后直接打开了别的支部的：先在“设置”里取消“启动时直接打开上次的支部库”，重新启动，就到开始页。",
        "   菜单“文件”里的“从备份恢复…”会替换正打开着的支部，只用来恢复这个支部自己的备份。",
        "3. 恢复后对照移交清单核对人数、份数和党费结存。",
        "",
        "三、请注意",
        "里面有党员的证件号码和电话，没有遮盖。请当面移交，核对无误后，由移交人删除自己电脑和U盘上的副本。",
    )
    return "\r\n".join(lines) + "\r\n"
