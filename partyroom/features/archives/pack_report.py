"""迎检材料 on paper and on disk: every file under its number, the catalogue, copies to edit on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from partyroom.core.calendar import chinese_date
from partyroom.core.errors import DomainError
from partyroom.documents.archival import make_archival
from partyroom.documents.contribution import Fetch, Piece
from partyroom.documents.fonts import FontBook
from partyroom.documents.model import (
    Align,
    CaptionLine,
    Document,
    Footer,
    LedgerColumn,
    LedgerTable,
    Note,
    PageStyle,
    Title,
)
from partyroom.documents.pdf import render_pdf
from partyroom.documents.sheet import Sheet, render_xlsx
from partyroom.documents.word import render_docx
from partyroom.features.archives.pack import (
    CATALOGUE,
    COPIES,
    MISSING,
    CatalogueLine,
    Material,
    PackPlan,
    Written,
    file_name,
    folder_names,
)
from partyroom.features.archives.package import SUMS, Package, packaged
from partyroom.features.archives.piece_report import prepare_enclosures

Told = Callable[[int, int, str], None]

_WITHHELD = "文件里有未遮盖的证件号码或电话，没有附上"
_COLUMNS = (
    LedgerColumn("序号", 13.0, Align.CENTRE),
    LedgerColumn("材料名称", 76.0),
    LedgerColumn("日期", 28.0, Align.CENTRE),
    LedgerColumn("页数", 13.0, Align.CENTRE),
    LedgerColumn("文件名", 76.0),
    LedgerColumn("对应检查项", 42.0),
)


@dataclass(slots=True)
class _Work:
    plan: PackPlan
    package: Package
    fetch: Fetch
    fonts: FontBook | None
    folders: dict[str, str]
    lines: list[CatalogueLine] = field(default_factory=list)
    withheld: list[str] = field(default_factory=list)
    number: int = 0


def write_pack(
    plan: PackPlan, target: Path, fetch: Fetch, told: Told | None = None, fonts: FontBook | None = None
) -> Written:
    """Write a pack into the folder or ZIP `target`; it is there whole or not at all.

    `told` hears of every step; what it raises (CancelledError) ends the work.

    Raises:
        DomainError: there is nothing to write.
        StorageError: a filed file is missing or was changed, the disk is full or not writable.
    """
    if all(material.missing for material in plan.materials):
        raise DomainError("这段时间里没有可以导出的材料。")
    tell = told or (lambda _done, _total, _text: None)
    total = len(plan.materials) + 1
    with packaged(target, plan.moment) as package:
        work = _Work(plan, package, fetch, fonts, folder_names(plan))
        for done, material in enumerate(plan.materials):
            tell(done, total, plan.numbers.hide_in(material.title))
            _put(work, material)
        tell(total - 1, total, "正在编目录…")
        if not plan.only_copies:
            _put_catalogue(work)
        tell(total, total, "正在核对写入的文件…")
    missing = tuple(line.item for line in work.lines if not line.file and line.remark != _WITHHELD)
    return Written(len(package.sums) - 1, sum(line.pages for line in work.lines), missing, tuple(work.withheld))


def catalogue_document(plan: PackPlan, lines: Sequence[CatalogueLine]) -> Document:
    """迎检材料目录: what is in the pack, in the order of the checklist, and what is missing."""
    missing = sum(not line.file for line in lines)
    kept = len(lines) - missing
    pages = sum(line.pages for line in lines)
    rows = tuple(
        (
            line.number,
            f"{line.title}【{line.remark}】" if line.remark else line.title,
            line.dated.isoformat().replace("-", ".") if line.dated else "",
            str(line.pages or ""),
            line.file or MISSING,
            line.item,
        )
        for line in lines
    )
    span = f"{chinese_date(plan.first)}至{chinese_date(plan.last)}"
    footnote = f"共{kept}份文件、{pages}页" + (f"；缺{missing}项，在“文件名”栏写“缺”。" if missing else "。")
    shown = "证件号码和电话已经遮盖。" if plan.masked else "本套材料没有遮盖证件号码和电话，请妥善保管，用后收回。"
    check = f"核对文件是否被改动：文件的SHA-256值列在 {SUMS} 里，可用 sha256sum -c 核对，"
    check += "Windows 用 certutil -hashfile 文件名 SHA256。"
    blocks = (
        Title(plan.title + "目录"),
        CaptionLine(f"单位：{plan.branch}", span, chinese_date(plan.moment.date())),
        LedgerTable(_COLUMNS, rows, footnote=footnote),
        Note(f"说明：{shown}{check}"),
    )
    return Document(plan.title + "目录", blocks, PageStyle.LEDGER, Footer.COUNTED, plan.branch)


def _put(work: _Work, material: Material) -> None:
    plan, hide = work.plan, work.plan.numbers.hide_in
    title, item = hide(material.title), hide(material.item)
    if material.missing:
        if not plan.only_copies:
            work.lines.append(CatalogueLine("—", title, material.dated, 0, "", item, material.why))
        return
    work.number += 1
    if not plan.only_copies and not _put_stored(work, material, title, item):
        if material.piece is None:
            work.withheld.append(title)
            number = f"{work.number:03d}"
            work.lines.append(CatalogueLine(number, title, material.dated, 0, "", item, _WITHHELD))
        else:
            _put_fresh(work, material, material.piece, title, item)
    if material.piece is not None and (plan.copies or plan.only_copies):
        _put_copies(work, material, material.piece, title)


def _put_stored(work: _Work, material: Material, title: str, item: str) -> bool:
    """Add the files as they were filed; False when there are none that may be handed out."""
    contents = [(file, work.fetch(file.sha256)) for file in material.files]
    numbers = work.plan.numbers
    given = [(file, content) for file, content in contents if not numbers.found_in(file.name, content)]
    mains = [file for file, _ in given if not file.annex] or [file for file, _ in given if material.piece is None]
    if not mains:
        return False
    annex = 0
    for file, content in given:
        main = file is mains[0]
        annex += not main
        label = title if main else numbers.hide_in(Path(file.name).stem)
        _put_file(work, material, (label, file.name, content, file.pages), item, annex=0 if main else annex)
    if len(given) < len(contents):
        work.withheld.append(title)
        number = f"{work.number:03d}"
        work.lines.append(CatalogueLine(number, f"{title}的附件", material.dated, 0, "", item, _WITHHELD))
    return True


def _put_fresh(work: _Work, material: Material, piece: Piece, title: str, item: str) -> None:
    """Print a piece for the pack, its enclosures behind it."""
    plan = work.plan
    documents = plan.numbers.hide(list(piece.compose(work.fetch)))
    paper = render_pdf(documents, work.fonts)
    content = make_archival(paper.data, title=title, author=plan.branch, created=plan.moment)
    _put_file(work, material, (title, "x.pdf", content, paper.pages), item)
    annex, withheld = 0, False
    for file in prepare_enclosures(piece.enclosures, work.fetch, plan.moment):
        lasting = file.archival if file.archival is not None else file.content
        name = file.name if file.archival is None else f"{Path(file.name).stem}.pdf"
        if plan.numbers.found_in(file.name, file.content):
            withheld = True
            continue
        annex += 1
        _put_file(work, material, (Path(file.name).stem, name, lasting, file.pages), item, annex=annex)
    if withheld:
        work.withheld.append(title)
        line = CatalogueLine(f"{work.number:03d}", f"{title}的附件", material.dated, 0, "", item, _WITHHELD)
        work.lines.append(line)


def _put_file(work: _Work, material: Material, file: tuple[str, str, bytes, int], item: str, *, annex: int = 0) -> None:
    label, stored, content, pages = file
    name = file_name(work.number, label, stored, annex=annex)
    work.package.put(f"{work.folders[material.category]}/{name}", content)
    number = f"{work.number:03d}" + (f"附{annex}" if annex else "")
    remark = "" if annex else material.why
    work.lines.append(CatalogueLine(number, label, material.dated, pages, name, item, remark))


def _put_copies(work: _Work, material: Material, piece: Piece, title: str) -> None:
    """Word and Excel beside: what offices edit on."""
    folder = f"{COPIES}/{work.folders[material.category]}"
    numbers = work.plan.numbers
    documents = numbers.hide(list(piece.compose(work.fetch)))
    work.package.put(f"{folder}/{file_name(work.number, title, 'x.docx')}", render_docx(documents))
    sheets = numbers.hide(list(piece.sheets())) if piece.sheets is not None else []
    if sheets:
        work.package.put(f"{folder}/{file_name(work.number, title, 'x.xlsx')}", render_xlsx(*sheets))


def _put_catalogue(work: _Work) -> None:
    plan = work.plan
    document = catalogue_document(plan, work.lines)
    data = render_pdf(document, work.fonts).data
    work.package.put(CATALOGUE, make_archival(data, title=document.title, author=plan.branch, created=plan.moment))
    if plan.copies:
        work.package.put(f"{COPIES}/{Path(CATALOGUE).stem}.xlsx", render_xlsx(catalogue_sheet(plan, work.lines)))


def catalogue_sheet(plan: PackPlan, lines: Sequence[CatalogueLine]) -> Sheet:
    """The catalogue for Excel."""
    rows = [
        (
            line.number,
            line.title,
            line.dated.isoformat() if line.dated else "",
            line.pages,
            line.file or MISSING,
            line.item,
            line.remark,
        )
        for line in lines
    ]
    headings = (*(column.title for column in _COLUMNS), "备注")
    return Sheet(plan.title + "目录", headings, rows, (8, 40, 12, 8, 44, 22, 30))
