from __future__ import annotations

import io
from datetime import date
from functools import partial

import pytest
from PIL import Image

from partyroom.core.errors import DomainError
from partyroom.core.pictures import KeptFile, prepare_file
from partyroom.features.pledges import papers_service as papers
from partyroom.features.pledges.deeds_service import record_deed, remove_deeds
from partyroom.features.pledges.domain import DeedDraft, PaperKind, State
from partyroom.features.pledges.service import note_pledge


def photo(colour: str = "red") -> bytes:
    buffer = io.BytesIO()
    exif = Image.Exif()
    exif[0x010E] = "place of a home"
    Image.new("RGB", (400, 300), colour).save(buffer, "JPEG", exif=exif)
    return buffer.getvalue()


@pytest.fixture
def add(branch):
    def run(number: int, kind: PaperKind, *files: KeptFile) -> papers.Added:
        work = partial(papers.add_papers, files=branch.attachments, pledge_id=number, prepared=files, kind=kind)
        return branch.write("添加附件", work).result

    return run


def test_the_signed_pledge_and_the_wall_are_kept_apart(pledge, add, detail, branch) -> None:
    number = pledge()
    add(number, PaperKind.SIGNED, KeptFile("承诺书.pdf", b"%PDF", picture=False))
    add(number, PaperKind.WALL, prepare_file("上墙.jpg", photo()))
    found = detail(number)
    assert [row.name for row in found.papers_of(PaperKind.SIGNED)] == ["承诺书.pdf"]
    assert [(row.name, row.picture) for row in found.papers_of(PaperKind.WALL)] == [("上墙.jpg", True)]
    paper = found.papers_of(PaperKind.SIGNED)[0].id
    assert branch.read(lambda s: papers.read_paper(s, branch.attachments, paper)) == ("承诺书.pdf", b"%PDF")


def test_evidence_belongs_to_its_deed_without_the_place_it_was_taken_at(pledge, branch, detail) -> None:
    number = pledge(State.FULFILLING)
    deed = branch.write("践诺", lambda s: record_deed(s, number, None, DeedDraft(date(2026, 4, 1), "做"))).result
    assert b"place of a home" in photo()
    file = prepare_file("现场.jpg", photo())
    added = [
        branch.write("佐证", lambda s: papers.add_evidence(s, branch.attachments, deed, [file])).result for _ in "12"
    ]
    assert ([len(one.ids) for one in added], added[1].known) == ([1, 0], ("现场.jpg",))
    (row,) = detail(number).deeds[0].papers
    branch.write("说明", lambda s: papers.describe_paper(s, row.id, " 宣讲\n现场 "))
    ((shown,),) = branch.read(lambda s: papers.evidence_of(s, branch.attachments, [number])).values()
    assert (shown.caption, b"place of a home" in shown.data) == ("宣讲 现场", False)
    assert detail(number).papers_of(PaperKind.EVIDENCE) == ()


def test_a_deed_removed_takes_its_evidence_along(pledge, branch, detail) -> None:
    number = pledge(State.FULFILLING)
    deed = branch.write("践诺", lambda s: record_deed(s, number, None, DeedDraft(date(2026, 4, 1), "做"))).result
    file = KeptFile("证明.pdf", b"x", picture=False)
    branch.write("佐证", lambda s: papers.add_evidence(s, branch.attachments, deed, [file]))
    branch.write("删除", lambda s: remove_deeds(s, [deed]))
    assert detail(number).papers == ()


def test_the_photo_of_the_person_is_one_and_shown_only_if_wanted(pledge, add, detail, branch) -> None:
    number = pledge()
    add(number, PaperKind.PORTRAIT, prepare_file("甲.jpg", photo("red")))
    add(number, PaperKind.PORTRAIT, prepare_file("乙.jpg", photo("blue")))
    assert [row.name for row in detail(number).papers_of(PaperKind.PORTRAIT)] == ["乙.jpg"]
    portraits = partial(papers.portraits_of, files=branch.attachments, pledge_ids=[number])
    assert branch.read(portraits) == {}
    branch.write("照片", lambda s: note_pledge(s, number, signed_on=None, show_photo=True, remarks=""))
    assert list(branch.read(portraits)) == [number]
    with pytest.raises(DomainError, match="请选图片文件"):
        add(number, PaperKind.PORTRAIT, KeptFile("甲.pdf", b"x", picture=False))


def test_an_original_is_handed_out_under_its_own_suffix(pledge, add, branch) -> None:
    number = pledge()
    buffer = io.BytesIO()
    Image.new("RGB", (40, 30), "red").save(buffer, "PNG")
    added = add(number, PaperKind.WALL, prepare_file("墙.png", buffer.getvalue(), keep_original=True))
    name, content = branch.read(lambda s: papers.read_paper(s, branch.attachments, added.ids[0], original=True))
    assert (name, content) == ("墙（原图）.png", buffer.getvalue())


def test_files_are_removed_and_captions_kept_short(pledge, add, detail, branch) -> None:
    number = pledge()
    (paper,) = add(number, PaperKind.OTHER, KeptFile("甲.pdf", b"x", picture=False)).ids
    with pytest.raises(DomainError, match="最多100个字"):
        branch.write("说明", lambda s: papers.describe_paper(s, paper, "长" * 101))
    with pytest.raises(DomainError, match="没有保留原图"):
        branch.read(lambda s: papers.read_paper(s, branch.attachments, paper, original=True))
    assert branch.write("移除", lambda s: papers.remove_papers(s, [paper])).result == 1
    assert detail(number).papers == ()
    with pytest.raises(DomainError, match="已经移除"):
        branch.write("移除", lambda s: papers.remove_papers(s, [paper]))
