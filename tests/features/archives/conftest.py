"""A branch with a closed year behind it, for filing."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from partyroom.core.calendar import read_date
from partyroom.features.meetings.domain import MeetingDraft
from partyroom.features.meetings.service import expected_attendance, record_meeting
from partyroom.features.members.domain import Category, MemberDraft, PostKind
from partyroom.features.members.service import admit_member, appoint_committee
from partyroom.features.organisation.domain import Branch
from partyroom.features.organisation.service import open_term, save_branch
from partyroom.storage.library import Library


@pytest.fixture
def branch(library: Library) -> Library:
    def fill(session) -> None:
        save_branch(session, Branch("第九党支部", "样例中学", "样例县教育局党委"))
        ids = [
            admit_member(
                session,
                MemberDraft(
                    name,
                    category=Category.FULL,
                    joined=read_date("2010-07-01"),
                    full_since=read_date("2011-07-01"),
                    group="第一党小组",
                    id_number="990000198506151232" if name == "赵一" else "",
                    phone="13900001234",
                ),
            )
            for name in ("赵一", "钱二", "孙三", "李四", "周五", "吴六", "郑七")
        ]
        term = open_term(session, "第三届", date(2024, 9, 1))
        appoint_committee(session, term, date(2024, 9, 1), {PostKind.SECRETARY: ids[1]})
        for kind, title, day in (
            ("assembly", "第一季度党员大会", datetime.fromisoformat("2025-03-05T15:00")),
            ("lecture", "三月党课", datetime.fromisoformat("2025-03-12T15:00")),
            ("visit", "走访老党员", datetime.fromisoformat("2025-03-20T09:00")),
            ("assembly", "上年党员大会", datetime.fromisoformat("2024-12-05T15:00")),
        ):
            lines = expected_attendance(session, kind, day.date())
            record_meeting(session, MeetingDraft(kind, title, day, attendance=lines, minutes="学习文件。"))

    library.write("准备", fill)
    return library
