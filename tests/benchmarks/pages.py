"""Pages of minutes per second: our PDF, beside LibreOffice turning our Word copies of the same meetings into PDF.

python tests/benchmarks/pages.py [--runs 3] [--pages 300]
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

import pypdfium2
from measuring import heading, own_peak, peak_of, say, timed, tree_of

from partyroom.documents.model import Document
from partyroom.documents.pdf import render_pdf
from partyroom.documents.word import render_docx
from partyroom.features.meetings.report import minutes_document
from partyroom.features.meetings.service import MeetingQuery, get_meeting, list_meeting_ids
from partyroom.features.organisation.service import get_branch
from partyroom.sample.branch import make_sample
from partyroom.storage.library import Library


def main() -> None:
    """Take every meeting of the sample branch until there are pages enough: one file each, then all in one file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--pages", type=int, default=300)
    options = parser.parse_args()
    heading("Pages of minutes")
    with tempfile.TemporaryDirectory(prefix="partyroom-benchmark-") as scratch:
        documents = sample_documents(Path(scratch) / "library")
        cold_s, first = timed(lambda: render_pdf(documents))
        once = pages_of(first.data)
        repeated = documents * -(-options.pages // once)
        say(f"  {len(repeated)} papers of the sample branch, half records, half notices")
        say(f"  first time, fonts and caches included: {once / cold_s:.0f} pages/s")
        office = Office(Path(scratch))
        for label, batches in (("a file each", [[one] for one in repeated]), ("all in one file", [repeated])):
            say(f"  {label}:")
            compare(batches, options.runs, office)


def compare(batches: Sequence[Sequence[Document]], runs: int, office: Office) -> None:
    """Print the medians of our pages per second and of LibreOffice's, without and with making the Word files."""
    taken = [timed(lambda: [render_pdf(batch).data for batch in batches]) for _ in range(runs)]
    pages = sum(map(pages_of, taken[0][1]))
    ours = pages / statistics.median(seconds for seconds, _ in taken)
    say(_line("our PDF", pages, ours, 1.0, own_peak()))
    if not office.program:
        say("    LibreOffice is not installed: skipped")
        return
    writing_s, files = timed(lambda: office.write_word(batches))
    conversions = [office.convert(files) for _ in range(runs)]
    pages, peak = conversions[0][1], max(one[2] for one in conversions)
    seconds = statistics.median(one[0] for one in conversions)
    for label, all_s in (("Word files at hand", seconds), ("python-docx included", seconds + writing_s)):
        say(_line(f"LibreOffice, {label}", pages, pages / all_s, pages / all_s / ours, peak))


def _line(name: str, pages: int, speed: float, ratio: float, peak: float) -> str:
    return f"    {name:34} {pages:4d} pages {speed:7.1f} pages/s  {ratio:.2f}  peak {peak:.0f} MB"


class Office:
    """LibreOffice with a profile of its own."""

    def __init__(self, scratch: Path) -> None:
        self.program = shutil.which("soffice") or shutil.which("libreoffice")
        self._scratch = scratch
        self._profile = f"-env:UserInstallation={(scratch / 'profile').as_uri()}"
        if self.program:
            self._run(["--headless", "--terminate_after_init"])  # the first start makes the profile

    def write_word(self, batches: Sequence[Sequence[Document]]) -> list[Path]:
        """One Word file for each batch."""
        folder = Path(tempfile.mkdtemp(dir=self._scratch))
        files = [folder / f"{number:04d}.docx" for number in range(len(batches))]
        for path, batch in zip(files, batches, strict=True):
            path.write_bytes(render_docx(batch))
        return files

    def convert(self, files: Sequence[Path]) -> tuple[float, int, float]:
        """Make PDFs of Word files in one process: seconds, pages, peak memory in MB."""
        target = tempfile.mkdtemp(dir=self._scratch)
        seconds, peak = timed(lambda: self._run(["--headless", "--convert-to", "pdf", "--outdir", target, *files]))
        return seconds, sum(pages_of(path.read_bytes()) for path in Path(target).glob("*.pdf")), peak

    def _run(self, arguments: Sequence[str | Path]) -> float:
        command = [str(self.program), self._profile, *map(str, arguments)]
        peak = 0.0
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
            while process.poll() is None:
                peak = max(peak, sum(peak_of(pid) for pid in tree_of(process.pid)))
                try:
                    process.wait(0.05)
                except subprocess.TimeoutExpired:
                    continue
        return peak


def sample_documents(folder: Path) -> list[Document]:
    """Both papers of every meeting of the sample branch."""
    make_sample(folder)
    with Library.open(folder) as library:
        branch = library.read(get_branch)
        ids = library.read(lambda session: list_meeting_ids(session, MeetingQuery()))
        details = library.read(lambda session: [get_meeting(session, one) for one in ids])
    return [minutes_document(detail, branch, form) for detail in details for form in ("record", "notice")]


def pages_of(pdf: bytes) -> int:
    """How many pages a PDF has."""
    with pypdfium2.PdfDocument(pdf) as document:
        return len(document)


if __name__ == "__main__":
    main()
