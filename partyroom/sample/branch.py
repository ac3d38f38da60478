"""The sample branch: a synthetic school with a roster, meetings, dues, public pledges, and an archive begun.

The content lies in resources/sample: a JSON file for each subject and one file of meetings per month. It is told in
order of time through the services, each step on its own day, so that roles, rights and the change log are those of a
branch that kept its records from 2024-11 to 2026-11. Everybody is invented; ID numbers have region 99.

Counts at the end: 24 full members (2 of them retired) and 3 probationary members (27 in the Party), 5 people on the
way to it (1 发展对象, 2 积极分子, 2 申请人), 3 groups and a committee of 5; the dues of 2026 with January to September
closed, the pledges of 2025 (appraised) and 2026 (running), 4 filed pieces of 2025.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from partyroom import schema
from partyroom.core.calendar import stopped_at
from partyroom.features.meetings.sample_pictures import photographing
from partyroom.sample.aftermath import following_up, planning, settling, spreading
from partyroom.sample.dues import paying
from partyroom.sample.meetings import meetings_told, recording
from partyroom.sample.pledges import pledging
from partyroom.sample.roster import appointing, enter, found, later, lead
from partyroom.sample.steps import Step, content, day_after, later_on, morning
from partyroom.storage.attachments import AttachmentFiles
from partyroom.storage.library import Library

Report = Callable[[int, int, str], None]


def make_sample(folder: Path, report: Report | None = None) -> None:
    """Make a library with the sample branch in `folder`, which must be empty or not exist yet, and close it.

    `report` is told (done, total, what) after each step and may raise to stop. When it stops or fails, what was made
    is removed again.

    Raises:
        StorageError: the folder holds something already or cannot be written.
    """
    assert schema.TABLES  # a library is made with all its tables known
    existed = folder.exists()
    library = Library.create(folder)
    try:
        steps = _steps(library.attachments)
        for done, step in enumerate(steps, 1):
            with stopped_at(step.at):
                library.write(step.label, step.work)
            if report is not None:
                report(done, len(steps), step.label)
    except BaseException:
        library.close()
        _clear(folder, keep=existed)
        raise
    library.close()


def _clear(folder: Path, *, keep: bool) -> None:
    if not keep:
        shutil.rmtree(folder, ignore_errors=True)
        return
    for path in folder.iterdir():
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


def _steps(files: AttachmentFiles) -> list[Step]:
    """All that is to be written, in order of time."""
    organisation = content("organisation.json")
    people = content("people.json")["people"]
    entered = organisation["entered"]
    steps = [Step(morning(entered), "建立支部库", lambda session: found(session, organisation))]
    steps.append(
        Step(
            morning(entered),
            "录入花名册",
            lambda session: enter(session, people),
        )
    )
    steps.append(Step(morning(entered), "确定党小组组长", lambda session: lead(session, organisation["groups"])))
    for person in people:
        steps += later(person)
    for term in organisation["terms"]:
        steps.append(Step(later_on(term["on"]), f"登记{term['number']}支委会", appointing(term)))
    for entry in meetings_told(organisation):
        steps.append(Step(day_after(entry["at"]), f"记录会议：{entry['title']}", recording(entry)))
    steps += planning(content("plan.json"))
    steps += settling(content("absences.json"))
    steps += spreading(content("notices.json"))
    steps += following_up(content("follow_ups.json"), meetings_told(organisation))
    steps += paying(content("dues.json"), files)
    steps += pledging(content("pledges.json"), files)
    # The printing kit takes a while to load: only when a sample is made, not whenever the window opens.
    from partyroom.sample.archive import filing

    steps += filing(content("archive.json"), files)
    steps.append(Step(later_on("2026-11-21"), "添加照片", photographing(files)))
    return sorted(steps, key=lambda step: step.at)
