from __future__ import annotations

import os
import signal
import subprocess
import textwrap

from partyroom.features.meetings.meeting_dialog import draft_key
from partyroom.storage.library import Library

KILLED = """
    import os, sys
    from functools import partial
    from pathlib import Path
    import partyroom.schema
    from PySide6.QtCore import QTimer
    from PySide6.QtWidgets import QApplication
    from partyroom.drafts import KeptDrafts
    from partyroom.features.meetings import meeting_dialog
    from partyroom.features.meetings.domain import State
    from partyroom.features.meetings.office import prepare_editor
    from partyroom.storage.library import Library
    from partyroom.ui.desk import Desk
    from partyroom.ui.messages import Scripted
    from partyroom.ui.preferences import Preferences
    from partyroom.ui.tasks import Tasks

    app = QApplication([])
    library = Library.open(Path(sys.argv[1]))
    tasks = Tasks(library, Scripted())
    desk = Desk(tasks, Scripted(), Preferences(Path(sys.argv[1]) / "s.json"), library, KeptDrafts(tasks, {}))
    dialog = meeting_dialog.MeetingDialog(desk, library.read(partial(prepare_editor, meeting_id=None)), kind="assembly")
    dialog.open()
    tasks.wait_idle()
    dialog.basics._cells["place"].editor.set_value("会议室")
    dialog.attendance.view.go_to(4)
    dialog.attendance.view.mark(State.LEAVE)
    dialog.minutes.edit.insertPlainText("讨论到一半")

    def tell():
        if library.load_draft("meeting:new"):
            print("kept", flush=True)

    timer = QTimer(interval=50)
    timer.timeout.connect(tell)
    timer.start()
    app.exec()
"""


def test_what_was_typed_survives_a_killed_program(branch, python):
    folder = branch.folder
    branch.close()
    environment = os.environ | {"QT_QPA_PLATFORM": "offscreen"}
    command = [python, "-c", textwrap.dedent(KILLED), folder]
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment, text=True) as process:
        assert process.stdout.readline() == "kept\n"
        process.send_signal(signal.SIGKILL)
    assert process.returncode == -signal.SIGKILL
    reopened = Library.open(folder)
    kept = reopened.load_draft(draft_key(None))
    reopened.close()
    assert kept is not None
    sections = kept.payload["sections"]
    assert sections["minutes"] == "讨论到一半"
    assert sections["attendance"]["lines"][4]["state"] == "leave"
