"""The handbook of a branch year: 60 members, 70 meetings, 300 attachments, in one go; pages per second, peak memory.

Ours reads the library, prints, binds, numbers and makes PDF/A. The others get what it is made of laid out for them
(texts, tables, pictures as files) and only have to typeset it with contents and page numbers: LibreOffice headless from
our Word copies, WeasyPrint from HTML, fpdf2. Each runs in a process of its own.

python tests/benchmarks/book.py [--members 60] [--meetings 70] [--attachments 300] [--runs 3]
"""

from __future__ import annotations

import argparse
import importlib.util
import io
import json
import os
import random
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from html import escape
from itertools import pairwise
from pathlib import Path
from typing import Any

from measuring import heading, own_peak, own_script, say, timed
from pages import Office, pages_of
from people import make_library
from PIL import Image, ImageFilter
from sqlalchemy.orm import Session

from partyroom import schema
from partyroom.core.paths import resources
from partyroom.core.pictures import prepare_file
from partyroom.documents.contribution import Request
from partyroom.documents.model import (
    Block,
    CaptionLine,
    Document,
    FormGrid,
    Heading,
    Labelled,
    LedgerTable,
    Note,
    PageStyle,
    Paragraph,
    Picture,
    Pictures,
    SignatureRow,
    Title,
)
from partyroom.features.archives.book import BookContent
from partyroom.features.archives.book_export import MadeBook, make_book
from partyroom.features.archives.book_service import read_book
from partyroom.features.archives.parts import all_parts
from partyroom.features.meetings.domain import MeetingDraft, PaperKind
from partyroom.features.meetings.papers_service import add_papers
from partyroom.features.meetings.service import expected_attendance, record_meeting
from partyroom.features.organisation.domain import Branch
from partyroom.features.organisation.service import save_branch
from partyroom.sample.meetings import meetings_told
from partyroom.storage.library import Library

MOMENT = datetime(2026, 1, 10, 9, 0)  # noqa: DTZ001  (a branch lives in one time zone)
REQUEST = Request(2025, today=MOMENT.date())
KINDS = ("committee", "group", "group", "group", "theme_day", "lecture", "assembly")
PHOTOS_PER_SCAN = 3
FANGSONG, HEI = "ZhuqueFangsong-Regular.ttf", "NotoSansSC-Medium-subset.ttf"


def main() -> None:
    """Make the branch, then let the contestants run one after the other."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name, count in (("members", 60), ("meetings", 70), ("attachments", 300), ("runs", 3)):
        parser.add_argument(f"--{name}", type=int, default=count)
    parser.add_argument("--contestant", choices=sorted(CONTESTANTS), help=argparse.SUPPRESS)
    parser.add_argument("--scratch", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    assert schema.TABLES
    if options.contestant:
        say(json.dumps(CONTESTANTS[options.contestant](options.scratch)))
        return
    heading("The handbook of a branch year")
    with tempfile.TemporaryDirectory(prefix="partyroom-benchmark-") as folder:
        scratch = Path(folder)
        size = make_year(scratch / "library", options)
        counts = f"{options.members} members, {options.meetings} meetings, {options.attachments} attachments"
        say(f"  {counts} of {size:.0f} MB")
        lay_out(scratch)
        compete(scratch, options.runs)


def compete(scratch: Path, runs: int) -> None:
    """Print a line for each contestant: seconds, processor time, pages per second, their ratio to ours, peak memory.

    Ours runs before, between and after the others, so that other work on the machine hits all alike.
    """
    ours = [run_apart("ours", scratch) for _ in range(runs)]
    others = {"LibreOffice, Word file at hand": office(scratch)}
    for name, label in (("weasyprint", "WeasyPrint"), ("fpdf", "fpdf2")):
        ours.append(run_apart("ours", scratch))
        known = importlib.util.find_spec(name) is not None
        others[label] = run_apart(name, scratch) if known else {}
    ours.append(run_apart("ours", scratch))
    middle = sorted(ours, key=lambda one: one["processor"])[len(ours) // 2]
    _line("ours, PDF/A with contents and links", middle, middle)
    say(f"    reading the year {middle['reading']:.2f} s; cancel is heeded after {middle['step']:.2f} s at most")
    for label, one in others.items():
        _line(label, one, middle)


def _line(name: str, one: dict[str, Any], ours: dict[str, Any]) -> None:
    if not one:
        say(f"    {name} is not installed (fpdf2, WeasyPrint: dependency group bench): skipped")
        return
    speed, own = one["pages"] / one["processor"], ours["pages"] / ours["processor"]
    say(
        f"    {name:36} {one['pages']:4d} pages {one['seconds']:6.1f} s, processor {one['processor']:5.1f} s"
        f" {speed:6.1f} pages/s  {speed / own:.2f}  peak {one['peak']:.0f} MB  file {one['size'] / 1e6:.0f} MB"
    )


def run_apart(name: str, scratch: Path) -> dict[str, Any]:
    """What a contestant answers from a process of its own."""
    command = own_script("book.py", "--contestant", name, "--scratch", str(scratch))
    done = subprocess.run(command, check=True, capture_output=True, text=True, encoding="utf-8")
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


# The branch


def make_year(folder: Path, options: argparse.Namespace) -> float:
    """A library with a year of meetings, photos and signed scans; the size of its attachments in MB."""
    make_library(folder, options.members)
    with Library.open(folder) as library:
        ids = library.write("benchmark", lambda session: _meetings(session, options.meetings)).result
        total = 0
        for number in range(options.attachments):
            photo = number % (PHOTOS_PER_SCAN + 1) != PHOTOS_PER_SCAN
            data = picture(number, (1600, 1200) if photo else (1654, 2339), grey=not photo)
            total += len(data)
            kind = PaperKind.PHOTO if photo else PaperKind.SIGNED
            file = prepare_file(f"{kind.label}{number}.jpg", data)
            meeting = ids[number // (PHOTOS_PER_SCAN + 1) % len(ids)]
            library.write("paper", lambda s, m=meeting, f=file, k=kind: add_papers(s, library.attachments, m, [f], k))
    return total / 1e6


def _meetings(session: Session, count: int) -> list[int]:
    save_branch(session, Branch("样例学校党支部", "样例学校", "样例县教育局党委"))
    ids, texts = [], sample_minutes()
    for number in range(count):
        starts = datetime(2025, 1, 6, 15, 30) + timedelta(days=5 * number)  # noqa: DTZ001
        kind = KINDS[number % len(KINDS)]
        lines = expected_attendance(session, kind, starts.date())
        draft = MeetingDraft(
            kind, f"第{number + 1}次会议", starts, attendance=lines, minutes=texts[number % len(texts)]
        )
        ids.append(int(record_meeting(session, draft)))
    return ids


def sample_minutes() -> list[str]:
    """The minutes of the sample branch's meetings: the characters that offices use."""
    organisation = json.loads((resources() / "sample" / "organisation.json").read_text(encoding="utf-8"))
    return [str(meeting["text"]).strip() for meeting in meetings_told(organisation) if meeting.get("text")]


def picture(number: int, size: tuple[int, int], *, grey: bool) -> bytes:
    """A JPEG with as much in it as a photo or a scanned page has."""
    chance = random.Random(number)
    small = Image.frombytes("RGB", (size[0] // 8, size[1] // 8), chance.randbytes(size[0] // 8 * (size[1] // 8) * 3))
    image = small.resize(size, Image.Resampling.BICUBIC).filter(ImageFilter.GaussianBlur(2))
    buffer = io.BytesIO()
    (image.convert("L") if grey else image).save(buffer, "JPEG", quality=80)
    return buffer.getvalue()


# What the others get


@dataclass(frozen=True)
class Laid:
    """The book without its typesetting: kind ('title', 'text', 'label', 'table', 'picture') and what belongs to it."""

    kind: str
    text: str = ""
    rows: tuple[tuple[tuple[str, int, int], ...], ...] = ()
    across: bool = False


def lay_out(scratch: Path) -> None:
    """Write the content of the book to files: `laid.json` with pictures beside it, `book.docx`."""
    from partyroom.documents.word import render_docx

    with Library.open(scratch / "library") as library:
        content = library.read(lambda session: read_book(session, all_parts(), REQUEST))
        documents = list(_documents(content, library.attachments.get))
    items = [item for document in documents for item in _laid(document, scratch)]
    (scratch / "laid.json").write_text(json.dumps([_as_json(item) for item in items]), encoding="utf-8")
    if Office(scratch).program:
        seconds, data = timed(lambda: render_docx(documents))
        (scratch / "book.docx").write_bytes(data)
        (scratch / "writing.json").write_text(json.dumps(seconds), encoding="utf-8")


def _documents(content: BookContent, fetch: Any) -> Iterator[Document]:
    for section in content.sections:
        for one in section.pieces:
            yield from one.piece.compose(fetch)
            for scan in one.scans:
                yield Document(scan.name, (Pictures((Picture(fetch(scan.sha256), scan.caption),)),))


def _laid(document: Document, scratch: Path) -> Iterator[Laid]:
    across = document.page is PageStyle.LEDGER
    yield Laid("page", document.title, across=across)
    for block in document.blocks:
        yield from _of_block(block, scratch)


def _of_block(block: Block, scratch: Path) -> Iterator[Laid]:
    if isinstance(block, Title | Heading):
        yield Laid("title", block.text)
    elif isinstance(block, Paragraph | Note):
        yield from (Laid("text", line) for line in block.text.splitlines())
    elif isinstance(block, Labelled):
        yield Laid("text", f"{block.label}：{block.text}")
    elif isinstance(block, CaptionLine):
        yield Laid("label", f"{block.left}　{block.centre}　{block.right}")
    elif isinstance(block, SignatureRow):
        yield Laid("label", "　　　　".join(block.labels))
    elif isinstance(block, FormGrid):
        yield Laid("table", rows=tuple(tuple((c.text, c.span, c.rows) for c in row.cells) for row in block.rows))
    elif isinstance(block, LedgerTable):
        rows = (tuple(column.title for column in block.columns), *block.rows)
        yield Laid("table", rows=tuple(tuple((text, 1, 1) for text in row) for row in rows))
    elif isinstance(block, Pictures):
        for item in block.items:
            path = scratch / f"picture{len(list(scratch.glob('picture*')))}.jpg"
            path.write_bytes(item.data)
            yield Laid("picture", f"{path}\n{item.caption}")


def _as_json(item: Laid) -> dict[str, object]:
    return {"kind": item.kind, "text": item.text, "rows": item.rows, "across": item.across}


# The contestants


def ours(scratch: Path) -> dict[str, Any]:
    """Read, print, bind; then once more to see how long its steps are."""
    with Library.open(scratch / "library") as library:
        reading, content = timed(lambda: library.read(lambda session: read_book(session, all_parts(), REQUEST)))
        fetch = library.attachments.get
        seconds, made = timed(lambda: make_book(content, fetch, created=MOMENT))
        assert isinstance(made, MadeBook), made
        answer = _answer(made.book.data, reading + seconds)
        return answer | {"reading": reading, "step": _longest_step(content, fetch)}


def _longest_step(content: BookContent, fetch: Any) -> float:
    """The longest time between two moments at which the user's cancel is heeded."""
    moments = [time.perf_counter()]
    make_book(content, fetch, created=MOMENT, told=lambda *_standing: moments.append(time.perf_counter()))
    moments.append(time.perf_counter())
    return max(after - before for before, after in pairwise(moments))


def office(scratch: Path) -> dict[str, Any]:
    """LibreOffice turns our Word copy of everything into PDF."""
    program = Office(scratch)
    if not program.program:
        return {}
    before = _children()
    seconds, pages, peak = program.convert([scratch / "book.docx"])
    spent = _children() - before
    say(f"    (python-docx took {json.loads((scratch / 'writing.json').read_text()):.1f} s to write the Word file)")
    return {"seconds": seconds, "processor": spent, "pages": pages, "peak": peak, "size": _size_below(scratch)}


def _children() -> float:
    """Processor time of the programs that were run and have ended."""
    times = os.times()
    return times.children_user + times.children_system


def _size_below(scratch: Path) -> int:
    return max((path.stat().st_size for path in scratch.glob("*/book.pdf")), default=0)


def weasyprint(scratch: Path) -> dict[str, Any]:
    """HTML with the bundled fonts, contents by target-counter, numbers in the margin."""
    import weasyprint as engine

    items = _items(scratch)
    start = time.perf_counter()
    data = engine.HTML(string=_html(items)).write_pdf()
    return _answer(data, time.perf_counter() - start)


def _html(items: list[dict[str, Any]]) -> str:
    fonts = resources() / "fonts"
    entries = [
        f'<li><a href="#p{n}">{escape(item["text"])}</a></li>' for n, item in enumerate(items) if item["kind"] == "page"
    ]
    body = "".join(_tag(number, item) for number, item in enumerate(items))
    return f"""<html><head><style>
@font-face {{ font-family: Body; src: url({(fonts / FANGSONG).as_uri()}); }}
@font-face {{ font-family: Head; src: url({(fonts / HEI).as_uri()}); }}
@page {{ size: A4; margin: 25mm; @bottom-center {{ content: counter(page); }} }}
@page across {{ size: A4 landscape; }}
body {{ font: 12pt Body; }} h1 {{ font: 18pt Head; text-align: center; }} h6 {{ break-before: page; margin: 0; }}
table {{ border-collapse: collapse; width: 100%; }} td {{ border: 0.5pt solid; padding: 1mm; }}
.across {{ page: across; }} img {{ max-width: 100%; max-height: 110mm; }}
li a::after {{ content: target-counter(attr(href), page); }}
</style></head><body><ol>{"".join(entries)}</ol>{body}</body></html>"""


def _tag(number: int, item: dict[str, Any]) -> str:
    text = escape(item["text"])
    if item["kind"] == "page":
        return f'<h6 id="p{number}"{" class=across" if item["across"] else ""}></h6>'
    if item["kind"] == "title":
        return f"<h1>{text}</h1>"
    if item["kind"] == "picture":
        path, _, caption = item["text"].partition("\n")
        return f'<p><img src="{Path(path).as_uri()}"><br>{escape(caption)}</p>'
    if item["kind"] == "table":
        rows = "".join(f"<tr>{''.join(map(_cell, row))}</tr>" for row in item["rows"])
        return f"<table>{rows}</table>"
    return f"<p>{text}</p>"


def _cell(cell: tuple[str, int, int]) -> str:
    text, span, rows = cell
    return f'<td colspan="{span}" rowspan="{rows}">{escape(text).replace(chr(10), "<br>")}</td>'


def fpdf(scratch: Path) -> dict[str, Any]:
    """fpdf2 with the bundled fonts, its tables, its contents and numbers."""
    import fpdf as engine

    items = _items(scratch)
    start = time.perf_counter()

    class Numbered(engine.FPDF):
        def footer(self) -> None:
            self.set_y(-15)
            self.set_font("Body", size=12)
            self.cell(0, 10, str(self.page_no()), align="C")

    pdf = Numbered(format="A4")
    fonts = resources() / "fonts"
    pdf.add_font("Body", fname=fonts / FANGSONG)
    pdf.add_font("Head", fname=fonts / HEI)
    pdf.set_font("Body", size=12)
    pdf.add_page()
    count = sum(item["kind"] == "page" for item in items)
    pdf.insert_toc_placeholder(_fpdf_contents, pages=count // 40 + 1, allow_extra_pages=True)
    for item in items:
        _draw(pdf, item)
    data = bytes(pdf.output())
    return _answer(data, time.perf_counter() - start)


def _fpdf_contents(pdf: Any, outline: Any) -> None:
    for entry in outline:
        pdf.cell(0, 6, f"{entry.name} {entry.page_number}", new_x="LMARGIN", new_y="NEXT")


def _draw(pdf: Any, item: dict[str, Any]) -> None:
    text = item["text"]
    if item["kind"] == "page":
        pdf.add_page(orientation="L" if item["across"] else "P")
        pdf.start_section(text)
    elif item["kind"] == "picture":
        path, _, caption = text.partition("\n")
        if pdf.get_y() > 150:
            pdf.add_page()
        pdf.image(path, w=pdf.epw, h=110, keep_aspect_ratio=True)
        pdf.multi_cell(0, 6, caption, new_x="LMARGIN", new_y="NEXT")
    elif item["kind"] == "table":
        _draw_table(pdf, item["rows"])
    else:
        pdf.set_font("Head" if item["kind"] == "title" else "Body", size=18 if item["kind"] == "title" else 12)
        pdf.multi_cell(0, 8, text, new_x="LMARGIN", new_y="NEXT")
        pdf.set_font("Body", size=12)


def _draw_table(pdf: Any, rows: list[list[tuple[str, int, int]]]) -> None:
    """A table; fpdf2 breaks no row over pages, so what is too long for one stands between two tables."""
    short: list[list[tuple[str, int, int]]] = []
    for cells in [*rows, []]:
        if cells and max(len(words) for words, _, _ in cells) < 300:
            short.append(cells)
            continue
        if short:
            with pdf.table(first_row_as_headings=False, line_height=6) as table:
                for line in short:
                    row = table.row()
                    for words, span, down in line:
                        row.cell(words, colspan=span, rowspan=down)
            short = []
        for words, _, _ in cells:
            pdf.multi_cell(0, 8, words, new_x="LMARGIN", new_y="NEXT")


def _items(scratch: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((scratch / "laid.json").read_text(encoding="utf-8"))
    return found


def _answer(data: bytes, seconds: float) -> dict[str, Any]:
    """What a contestant tells; processor time includes the start of its process and the loading of its modules."""
    peak, processor = own_peak(), time.process_time()
    return {"pages": pages_of(data), "seconds": seconds, "processor": processor, "peak": peak, "size": len(data)}


CONTESTANTS = {"ours": ours, "weasyprint": weasyprint, "fpdf": fpdf}

if __name__ == "__main__":
    main()
