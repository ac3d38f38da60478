"""An assembly of 300 people with minutes of 100,000 characters: editor, typing, save, and its papers.

python tests/benchmarks/record.py [--runs 5]
"""

from __future__ import annotations

import argparse
import os
import tempfile
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from measuring import heading, median_of, own_peak, say, timed
from people import make_library
from PySide6.QtCore import Qt
from PySide6.QtGui import QTextCursor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from search import minutes
from sqlalchemy.orm import Session

from partyroom.documents.pdf import render_pdf
from partyroom.drafts import KeptDrafts
from partyroom.features.meetings.domain import AgendaItem, MeetingDraft, Resolution, State, Vote, VoteMethod, VoteRule
from partyroom.features.meetings.meeting_dialog import MeetingDialog
from partyroom.features.meetings.office import papers_of, prepare_editor
from partyroom.features.meetings.report import minutes_document
from partyroom.features.meetings.search_service import find_in_minutes
from partyroom.features.meetings.service import expected_attendance, get_meeting, record_meeting, update_meeting
from partyroom.storage.library import Library
from partyroom.ui.desk import Desk
from partyroom.ui.messages import Scripted
from partyroom.ui.preferences import Preferences
from partyroom.ui.tasks import Tasks
from partyroom.ui.theme import apply_theme

PEOPLE = 300
CHARACTERS = 100_000
_KEYS = 40
_PARAGRAPH = (
    "与会同志围绕师德师风建设作了发言，认为要把学习成果落实到教育教学工作中去，做到思想上重视、行动上自觉。"
    "支部书记作总结讲话，对下一阶段的工作提出三点要求：一要加强学习，二要严守纪律，三要服务群众。"
)


def main() -> None:
    """Make the meeting, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    runs = parser.parse_args().runs
    heading(f"An assembly of {PEOPLE} with {CHARACTERS:,} characters of minutes")
    app = QApplication([])
    apply_theme(app)
    with tempfile.TemporaryDirectory(prefix="partyroom-benchmark-") as scratch:
        make_library(Path(scratch) / "library", PEOPLE)
        with Library.open(Path(scratch) / "library") as library:
            seconds, meeting = timed(lambda: library.write("记录", record).result)
            line("record it", seconds)
            measure_store(library, meeting, runs)
            measure_editor(library, meeting, Path(scratch), runs)
            measure_papers(library, meeting, min(runs, 3))
    say(f"  peak {own_peak():.0f} MB")


def line(what: str, seconds: float, limit: str = "") -> None:
    """Print one figure."""
    say(f"  {what:<44}{seconds * 1000:>10.1f} ms{limit}")


def body() -> str:
    """Minutes with headings, 100,000 characters long, no paragraph like another."""
    pieces = (
        f"（{'一二三四五六七八九十'[n % 10]}）第{n}位同志发言\n{minutes(n)}\n" for n in range(CHARACTERS // 2_000 + 1)
    )
    return "".join(pieces)[:CHARACTERS]


def record(session: Session) -> int:
    """Store the meeting: every ninth person on leave, three votes, five resolutions."""
    starts = datetime(2026, 9, 10, 15)  # noqa: DTZ001
    lines = tuple(
        replace(one, state=State.LEAVE, reason="因公出差") if i % 9 == 0 else one
        for i, one in enumerate(expected_attendance(session, "assembly", starts.date()))
    )
    present = sum(1 for one in lines if one.state is State.PRESENT and one.votes)
    should = sum(1 for one in lines if one.votes)
    vote = Vote("通过年度计划", VoteRule.RESOLUTION, VoteMethod.HANDS, should, present, present, 0, 0)
    draft = MeetingDraft(
        "assembly",
        "三百人党员大会",
        starts,
        ends_at=starts + timedelta(hours=3),
        attendance=lines,
        agenda=tuple(AgendaItem(f"第{i}项议程") for i in range(1, 9)),
        votes=(vote,) * 3,
        resolutions=tuple(Resolution(f"第{i}项决议：{_PARAGRAPH}") for i in range(1, 6)),
        minutes=body(),
    )
    return int(record_meeting(session, draft))


def measure_store(library: Library, meeting: int, runs: int) -> None:
    """Reading for the editor, saving with a changed text and mark, searching in it."""
    line("read for the editor", median_of(runs, lambda: library.read(partial(prepare_editor, meeting_id=meeting))))
    saves = iter(range(1_000))

    def save() -> None:
        library.write("修改", partial(_change, meeting=meeting, number=next(saves)))

    line("save a change of text and of one mark", median_of(runs, save))
    found = median_of(runs, lambda: library.read(partial(find_in_minutes, asked="师德 书记作总结")))
    line("search in it, for the dialog", found)


def _change(session: Session, meeting: int, number: int) -> None:
    draft = get_meeting(session, meeting).draft
    marked = replace(draft.attendance[1], state=State.LATE if number % 2 else State.PRESENT)
    lines = (draft.attendance[0], marked, *draft.attendance[2:])
    update_meeting(session, meeting, replace(draft, minutes=f"{number}{draft.minutes}", attendance=lines, votes=()))


def measure_editor(library: Library, meeting: int, folder: Path, runs: int) -> None:
    """Opening the editor, typing in the middle of the text, what follows a pause in typing, the kept draft."""
    messages = Scripted()
    tasks = Tasks(library, messages)
    desk = Desk(tasks, messages, Preferences(folder / "settings.json"), library, KeptDrafts(tasks, {}))
    preparation = library.read(partial(prepare_editor, meeting_id=meeting))
    made: list[MeetingDialog] = []

    def build() -> None:
        made.append(MeetingDialog(desk, preparation))

    line("build the editor", median_of(runs, build))
    editor = made[-1]
    editor.show()
    tasks.wait_idle(20_000)
    line("go to the minutes for the first time", timed(lambda: _shown(editor, "minutes"))[0])
    edit = editor.minutes.edit
    cursor = QTextCursor(edit.document())
    cursor.setPosition(CHARACTERS // 2)
    edit.setTextCursor(cursor)
    line("a key in the middle of the text", median_of(_KEYS, lambda: _typed(editor)))
    assert len(edit.toPlainText()) >= CHARACTERS + _KEYS, "the keys did not arrive"
    line("find the next hit", median_of(runs, partial(_found, editor)))
    assert editor.minutes.finder.note.text().startswith("第"), editor.minutes.finder.note.text()
    line("review after a pause", median_of(runs, editor._review_now))
    line("keep the draft", median_of(runs, editor._keep_draft))
    line("show the attendance of 300", timed(lambda: _shown(editor, "attendance"))[0])
    tasks.wait_idle(20_000)
    for one in made:
        one.done(0)
    tasks.shut_down()


def _shown(editor: MeetingDialog, key: str) -> None:
    editor.go_to(key)
    editor.grab()


def _typed(editor: MeetingDialog) -> None:
    QTest.keyClick(editor.minutes.edit, Qt.Key.Key_A)
    editor.minutes.edit.viewport().grab()


def _found(editor: MeetingDialog) -> None:
    editor.minutes.finder.word.setText("第40位同志")
    editor.minutes.finder._on_next_clicked()


def measure_papers(library: Library, meeting: int, runs: int) -> None:
    """Both papers as the preview makes them: read, composed, set as PDF."""
    for form, name in (("record", "会议记录"), ("notice", "会议纪要")):
        seconds = median_of(runs, partial(_paper, library, meeting, form))
        line(f"{name} as PDF, {len(_paper(library, meeting, form)) / 1e6:.1f} MB", seconds)


def _paper(library: Library, meeting: int, form: str) -> bytes:
    details, branch = library.read(partial(papers_of, meeting_ids=[meeting]))
    return render_pdf([minutes_document(detail, branch, form) for detail in details]).data


if __name__ == "__main__":
    main()
