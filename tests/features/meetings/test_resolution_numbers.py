from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

from sqlalchemy import select

from partyroom.features.meetings.tables import ResolutionRecord
from partyroom.storage.library import Library

FIXTURE = Path(__file__).resolve().parents[2] / "data" / "library_0001.db"


def _decide(database: Path) -> None:
    """Two further meetings before the one of the fixture: one of the year before, one of the same day."""
    with sqlite3.connect(database) as connection:
        columns = [row[1] for row in connection.execute("PRAGMA table_info(meetings)")]
        (one,) = connection.execute("SELECT * FROM meetings").fetchall()
        meeting = dict(zip(columns, one, strict=True))
        connection.execute("DELETE FROM resolutions")
        for number, moment in ((101, "2024-03-05 15:00:00.000000"), (102, meeting["starts_at"])):
            values = {**meeting, "id": number, "starts_at": moment}
            places = ", ".join("?" for _ in columns)
            connection.execute(f"INSERT INTO meetings VALUES ({places})", [values[name] for name in columns])
        for meeting_id, ordinal, text in (
            (102, 0, "丁"), (meeting["id"], 1, "丙"), (meeting["id"], 0, "乙"), (101, 0, "甲"),
        ):  # fmt: skip
            connection.execute(
                "INSERT INTO resolutions (meeting_id, ordinal, text, responsible, deadline) VALUES (?, ?, ?, '', '')",
                (meeting_id, ordinal, text),
            )
    connection.close()


def test_resolutions_from_before_there_were_numbers_get_them_in_order_of_time(tmp_path):
    folder = tmp_path / "library"
    folder.mkdir()
    shutil.copyfile(FIXTURE, folder / "library.db")
    _decide(folder / "library.db")
    with Library.open(folder) as library:
        found = library.read(lambda s: dict(s.execute(select(ResolutionRecord.text, ResolutionRecord.number)).all()))
    years = {text: number[:4] for text, number in found.items()}
    assert found["甲"] == "2024-01"
    assert years["乙"] == years["丙"] == years["丁"] != "2024"
    assert [found[text][4:] for text in "乙丙丁"] == ["-01", "-02", "-03"]
