from __future__ import annotations

import io
from functools import partial

import pytest
from PIL import Image
from sqlalchemy import select

from partyroom.core.errors import DomainError, StorageError
from partyroom.core.pictures import KeptFile, prepare_file
from partyroom.features.meetings import papers_service as papers
from partyroom.features.meetings.domain import PaperKind
from partyroom.features.meetings.minutes_service import finalise_minutes
from partyroom.features.meetings.service import bin_meetings
from partyroom.features.meetings.tables import MeetingPaper
from partyroom.storage.library import Library, restore_library
from partyroom.storage.recycle import purge


def photo(colour: str = "red", size: tuple[int, int] = (400, 300)) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", size, colour).save(buffer, "JPEG")
    return buffer.getvalue()


@pytest.fixture
def add(branch):
    def run(meeting_id: int, *files: KeptFile, kind: PaperKind | None = None) -> papers.Added:
        work = partial(
            papers.add_papers, files=branch.attachments, meeting_id=meeting_id, prepared=list(files), kind=kind
        )
        return branch.write("添加附件", work).result

    return run


@pytest.fixture
def rows(branch):
    return lambda meeting_id: branch.read(lambda session: papers.list_papers(session, meeting_id))


def named(*names: str) -> list[KeptFile]:
    return [KeptFile(name, name.encode(), picture=False) for name in names]


def test_files_are_kept_with_their_content_in_the_order_of_adding(add, rows, branch, stored):
    meeting = stored()
    picture = prepare_file("会场.jpg", photo())
    add(meeting, picture, *named("方案.docx"))
    add(meeting, *named("名单.xlsx"))
    assert [row.name for row in rows(meeting)] == ["会场.jpg", "方案.docx", "名单.xlsx"]
    assert [row.picture for row in rows(meeting)] == [True, False, False]
    assert rows(meeting)[0].size == len(picture.content)
    name, content = branch.read(lambda s: papers.read_paper(s, branch.attachments, rows(meeting)[1].id))
    assert (name, content) == ("方案.docx", "方案.docx".encode())


def test_the_kind_is_told_by_the_name_unless_it_is_given(add, rows, stored):
    meeting = stored()
    add(meeting, prepare_file("签到表.jpg", photo()), prepare_file("IMG_1.jpg", photo("blue")))
    add(meeting, *named("张三请假条.pdf", "会议记录签字原件.pdf", "方案.docx"))
    add(meeting, prepare_file("IMG_2.jpg", photo("green")), kind=PaperKind.SIGN_IN)
    kinds = [row.kind for row in rows(meeting)]
    assert kinds == [
        PaperKind.SIGN_IN,
        PaperKind.PHOTO,
        PaperKind.LEAVE,
        PaperKind.SIGNED,
        PaperKind.OTHER,
        PaperKind.SIGN_IN,
    ]


def test_the_same_content_is_not_added_twice_to_a_meeting(add, rows, stored):
    meeting, other = stored(), stored("另一次")
    picture = prepare_file("会场.jpg", photo())
    add(meeting, picture)
    again = add(meeting, picture, *named("新.pdf"))
    assert again.known == ("会场.jpg",)
    assert len(again.ids) == 1
    assert len(rows(meeting)) == 2
    assert len(add(other, picture).ids) == 1


def test_caption_and_kind_change_one_at_a_time(add, rows, branch, stored):
    meeting = stored()
    (paper,) = add(meeting, *named("会场.pdf")).ids
    branch.write("说明", lambda s: papers.describe_paper(s, paper, caption="  支部书记\n讲党课 "))
    branch.write("类别", lambda s: papers.describe_paper(s, paper, kind=PaperKind.SIGNED))
    assert [(row.caption, row.kind) for row in rows(meeting)] == [("支部书记 讲党课", PaperKind.SIGNED)]
    with pytest.raises(DomainError, match="最多100个字"):
        branch.write("说明", lambda s: papers.describe_paper(s, paper, caption="长" * 101))


@pytest.mark.parametrize(
    ("which", "place", "order"),
    [(0, 2, "乙丙甲"), (2, 0, "丙甲乙"), (1, 0, "乙甲丙"), (0, 99, "乙丙甲"), (2, -1, "丙甲乙"), (1, 1, "甲乙丙")],
)
def test_a_file_can_be_put_at_any_place(add, rows, branch, stored, which, place, order):
    meeting = stored()
    ids = add(meeting, *named("甲", "乙", "丙")).ids
    branch.write("排序", lambda s: papers.move_paper(s, ids[which], place))
    assert "".join(row.name for row in rows(meeting)) == order
    add(meeting, *named("丁"))
    assert "".join(row.name for row in rows(meeting)) == order + "丁"


def test_a_removed_file_leaves_the_meeting_but_its_content_stays(add, rows, branch, stored):
    meeting = stored()
    ids = add(meeting, *named("甲", "乙", "丙")).ids
    sha256 = rows(meeting)[1].sha256
    assert branch.write("移除", lambda s: papers.remove_papers(s, [ids[1]])).result == 1
    assert [row.name for row in rows(meeting)] == ["甲", "丙"]
    assert branch.attachments.get(sha256) == "乙".encode()
    assert branch.read(lambda s: s.scalars(select(MeetingPaper.ordinal)).all()) == [0, 1]
    with pytest.raises(DomainError, match="已经移除"):
        branch.write("移除", lambda s: papers.remove_papers(s, [ids[1]]))


def test_a_finalised_record_takes_its_signed_original_and_lets_go_of_nothing(add, rows, branch, stored):
    meeting = stored(minutes="会议内容")
    (paper,) = add(meeting, *named("甲")).ids
    branch.write("定稿", lambda s: finalise_minutes(s, meeting))
    add(meeting, *named("签字原件.pdf"))
    assert len(rows(meeting)) == 2
    for change in (
        lambda s: papers.remove_papers(s, [paper]),
        lambda s: papers.describe_paper(s, paper, caption="改"),
        lambda s: papers.move_paper(s, paper, 1),
    ):
        with pytest.raises(DomainError, match="定稿"):
            branch.write("改", change)


def test_the_original_comes_back_untouched_and_is_missed_with_a_sentence(add, rows, branch, stored):
    meeting = stored()
    big = photo(size=(3000, 2000))
    add(meeting, prepare_file("大.jpg", big, keep_original=True), prepare_file("小.jpg", photo("blue")))
    first, second = rows(meeting)
    assert (first.original, second.original) == (True, False)
    read = partial(papers.read_paper, files=branch.attachments, original=True)
    assert branch.read(lambda s: read(s, paper_id=first.id)) == ("大（原图）.jpg", big)
    with pytest.raises(DomainError, match="没有保留原图"):
        branch.read(lambda s: read(s, paper_id=second.id))


def test_only_pictures_of_the_kind_photo_are_printed(add, branch, stored):
    meeting = stored()
    ids = add(
        meeting, prepare_file("会场.jpg", photo()), prepare_file("签到表.jpg", photo("blue")), *named("方案.pdf")
    ).ids
    branch.write("说明", lambda s: papers.describe_paper(s, ids[0], caption="会场全景"))
    found = branch.read(lambda s: papers.photos_of(s, branch.attachments, [meeting]))
    assert [photo.caption for photo in found[meeting]] == ["会场全景"]
    assert found[meeting][0].data == prepare_file("会场.jpg", photo()).content


def test_a_backup_carries_the_photos_of_a_meeting(add, rows, branch, stored, tmp_path):
    meeting = stored()
    add(meeting, prepare_file("会场.jpg", photo()))
    kept = rows(meeting)
    branch.backup_to(tmp_path / "备份.partyroom")
    restore_library(tmp_path / "备份.partyroom", tmp_path / "另一台")
    with Library.open(tmp_path / "另一台") as other:
        assert other.check() == []
        assert other.read(lambda s: papers.list_papers(s, meeting)) == kept
        found = other.read(lambda s: papers.photos_of(s, other.attachments, [meeting]))
    assert found[meeting][0].data == prepare_file("会场.jpg", photo()).content


def test_damage_to_a_photo_is_found_and_said(add, rows, branch, stored):
    meeting = stored()
    add(meeting, prepare_file("会场.jpg", photo()))
    (row,) = rows(meeting)
    branch.attachments.path(row.sha256).write_bytes(b"damaged")
    assert any("会场.jpg" in text for text in branch.check())
    with pytest.raises(StorageError):
        branch.read(lambda s: papers.read_paper(s, branch.attachments, row.id))


def test_a_meeting_with_photos_can_be_purged(add, branch, stored):
    meeting = stored()
    add(meeting, prepare_file("会场.jpg", photo()))
    branch.write("回收", lambda s: bin_meetings(s, [meeting]))
    branch.write("清除", lambda s: purge(s, "meetings", meeting))
    assert branch.read(lambda s: s.scalars(select(MeetingPaper)).all()) == []
