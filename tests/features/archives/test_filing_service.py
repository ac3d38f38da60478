from __future__ import annotations

import io
from dataclasses import replace
from datetime import date, datetime

import pikepdf
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from partyroom.core.calendar import stopped_at
from partyroom.core.errors import DomainError
from partyroom.core.filing import Retention
from partyroom.documents.contribution import Request
from partyroom.features.archives.boxes_service import (
    BoxDraft,
    bin_boxes,
    list_box_ids,
    list_box_rows,
    put_into_box,
    save_box,
    take_out,
)
from partyroom.features.archives.domain import (
    Fonds,
    Role,
    Secrecy,
    appraisal_due,
    file_by,
    reference_code,
)
from partyroom.features.archives.filing import (
    Category,
    PieceDraft,
    Unnumbered,
    give_numbers,
    retention_kinds,
    usual_categories,
)
from partyroom.features.archives.filing_service import (
    PieceQuery,
    Stamped,
    appraisal_list,
    archive_problems,
    bin_pieces,
    draft_of_offer,
    file_piece,
    files_of,
    list_piece_ids,
    list_piece_rows,
    main_file,
    offered,
    plan_numbers,
    store_numbers,
    update_piece,
)
from partyroom.features.archives.parts import all_parts
from partyroom.features.archives.piece_report import OutsideFile, prepare_outside, prepare_piece
from partyroom.features.archives.settings_service import (
    categories_of,
    fonds_of,
    save_categories,
    save_fonds,
    save_retention,
)
from partyroom.features.archives.tables import FileRecord, PieceRecord
from partyroom.storage.library import Library

FILED = datetime.fromisoformat("2026-03-02T10:00")
REQUEST = Request(2025, today=date(2026, 3, 2))


def picture(colour: str = "red") -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (60, 40), colour).save(buffer, "JPEG")
    return buffer.getvalue()


def outside(*names: tuple[str, Role]) -> list:
    files = [OutsideFile(name, picture(), role) for name, role in names]
    return prepare_outside(files, title="上级通知", author="县教育局党委", created=FILED)


@pytest.fixture
def file_one(library: Library):
    def run(title: str = "关于做好年度考核的通知", prepared=None, **fields: object) -> int:
        draft = replace(PieceDraft(2025, "mechanism", title, Retention.YEARS_30, dated=date(2025, 6, 1)), **fields)
        files = outside(("通知.jpg", Role.ORIGINAL)) if prepared is None else prepared
        with stopped_at(FILED):
            return library.write("归档", lambda s: file_piece(s, library.attachments, draft, files)).result

    return run


def rows(library: Library, query: PieceQuery | None = None):
    return library.read(lambda s: list_piece_rows(s, list_piece_ids(s, query or PieceQuery())))


def offers(library: Library):
    return library.read(lambda s: offered(s, all_parts(), REQUEST))


def test_everything_of_the_year_is_offered_once_until_it_is_filed(branch: Library) -> None:
    before = offers(branch)
    one = next(found for found in before if found.offer.source.startswith("meetings.assembly/"))
    assert (one.offer.category, one.offer.retention, one.offer.dated) == (
        "mechanism",
        Retention.PERMANENT,
        date(2025, 3, 5),
    )
    prepared = prepare_piece(one.piece, branch.attachments.get, author="第九党支部", created=FILED)
    with stopped_at(FILED):
        branch.write("归档", lambda s: file_piece(s, branch.attachments, draft_of_offer(one, 2025, ""), prepared))
    after = offers(branch)
    assert {found.offer.source for found in before} - {found.offer.source for found in after} == {one.offer.source}
    (row,) = rows(branch)
    assert (row.title, row.source, row.author) == (one.offer.title, one.offer.source, "样例中学第九党支部")
    assert row.pages == prepared[0].pages > 0
    with pytest.raises(DomainError, match="已经归档"):
        branch.write("归档", lambda s: file_piece(s, branch.attachments, draft_of_offer(one, 2025, ""), prepared))


def test_a_filed_paper_is_kept_as_it_came_and_as_pdf_a(branch: Library) -> None:
    one = next(found for found in offers(branch) if found.offer.source.startswith("members.branch/"))
    prepared = prepare_piece(one.piece, branch.attachments.get, author="第九党支部", created=FILED)
    piece = branch.write(
        "归档", lambda s: file_piece(s, branch.attachments, draft_of_offer(one, 2025, ""), prepared)
    ).result
    (file,) = branch.read(lambda s: files_of(s, piece))
    with pikepdf.open(io.BytesIO(branch.attachments.get(file.archival_sha256))) as pdf:
        assert pdf.open_metadata().get("pdfaid:part") == "2"
    assert branch.attachments.get(file.sha256) == prepared[0].content


def test_da_02_files_lie_in_the_order_of_the_norm(library, file_one) -> None:
    given_order = outside(
        ("附件.jpg", Role.ANNEX),
        ("定稿.jpg", Role.FINAL_DRAFT),
        ("来文.jpg", Role.INCOMING),
        ("正本.jpg", Role.ORIGINAL),
        ("复文.jpg", Role.REPLY),
    )
    piece = file_one(prepared=given_order)
    names = [file.name for file in library.read(lambda s: files_of(s, piece))]
    assert names == ["复文.jpg", "正本.jpg", "定稿.jpg", "附件.jpg", "来文.jpg"]


def test_what_has_no_lasting_form_is_kept_and_said(library, file_one) -> None:
    (word,) = prepare_outside([OutsideFile("总结.docx", b"PK-not-really")], title="总结", author="", created=FILED)
    assert (word.archival, word.pages) == (None, 0)
    assert "没有长期保存格式" in word.problem
    piece = file_one(prepared=[word])
    (file,) = library.read(lambda s: files_of(s, piece))
    assert (library.attachments.get(file.sha256), file.archival_sha256) == (b"PK-not-really", "")


def test_da_06_reference_code() -> None:
    assert reference_code("Z109", 2011, Retention.PERMANENT, "BGS", 1) == "Z109-WS·2011-Y-BGS-0001"
    assert reference_code("", 2026, Retention.YEARS_10, "", 12) == "WS·2026-D10-0012"


def test_da_12_a_year_is_filed_by_the_end_of_june() -> None:
    assert file_by(2025) == date(2026, 6, 30)


def test_retention_runs_from_the_year_after_and_permanent_never_ends(library, file_one) -> None:
    assert appraisal_due(2015, Retention.YEARS_10) == date(2026, 1, 1)
    assert appraisal_due(2015, Retention.YEARS_30) == date(2046, 1, 1)
    assert appraisal_due(2015, Retention.PERMANENT) is None
    file_one("旧通知", year=2015, retention=Retention.YEARS_10, dated=date(2015, 5, 1))
    file_one("旧决议", year=2015, retention=Retention.PERMANENT, dated=date(2015, 5, 2))
    on_time = library.read(lambda s: appraisal_list(s, date(2026, 1, 1)))
    assert [one.row.title for one in on_time] == ["旧通知"]
    assert library.read(lambda s: appraisal_list(s, date(2025, 12, 31))) == []


def test_da_13_numbers_run_within_retention_by_category_and_date(library, file_one) -> None:
    late = file_one("二", dated=date(2025, 9, 1))
    early = file_one("一", dated=date(2025, 2, 1))
    education = file_one("三", category="education", dated=date(2025, 1, 1))
    forever = file_one("四", retention=Retention.PERMANENT)
    plan = library.read(lambda s: plan_numbers(s, 2025))
    assert [(one.piece_id, one.number) for one in plan] == [(forever, 1), (early, 1), (late, 2), (education, 3)]


@given(
    st.lists(st.tuples(st.sampled_from(Retention), st.sampled_from(["", "BGS"]), st.dates()), max_size=12),
    st.permutations(range(12)),
)
def test_numbers_do_not_depend_on_the_order_of_filing_and_have_no_gaps(pieces, order) -> None:
    waiting = [Unnumbered(n, *one, title=str(n)) for n, one in enumerate(pieces)]
    used = {(Retention.PERMANENT, ""): 7}
    plan = give_numbers(waiting, used, {})
    mixed = [waiting[n] for n in order if n < len(waiting)]
    assert give_numbers(mixed, used, {}) == plan
    series: dict[tuple[Retention, str], list[int]] = {}
    for one in plan:
        piece = waiting[one.piece_id]
        series.setdefault((piece.retention, piece.office), []).append(one.number)
    for key, numbers in series.items():
        start = used.get(key, 0)
        assert numbers == list(range(start + 1, start + 1 + len(numbers)))


def test_given_numbers_never_change_and_are_not_given_twice(library, file_one) -> None:
    first = file_one("一")
    library.write("编号", lambda s: store_numbers(s, library.attachments, [Stamped(first, 1)]))
    library.write("删除", lambda s: bin_pieces(s, [first]))
    second = file_one("二", dated=date(2025, 1, 1))
    plan = library.read(lambda s: plan_numbers(s, 2025))
    assert [(one.piece_id, one.number) for one in plan] == [(second, 2)]
    library.write("编号", lambda s: store_numbers(s, library.attachments, [Stamped(second, 2)]))
    with pytest.raises(DomainError, match="刚才已经编号"):
        library.write("编号", lambda s: store_numbers(s, library.attachments, [Stamped(second, 9)]))
    draft = PieceDraft(2025, "mechanism", "二", Retention.PERMANENT)
    with pytest.raises(DomainError, match="已经编了件号"):
        library.write("改", lambda s: update_piece(s, second, draft))


def test_the_stamped_file_takes_the_place_of_the_lasting_one_only(library, file_one) -> None:
    piece = file_one()
    file = library.read(lambda s: main_file(s, piece))
    assert file is not None
    stamped = Stamped(piece, 1, file.id, b"%PDF stamped")
    library.write("编号", lambda s: store_numbers(s, library.attachments, [stamped]))
    after = library.read(lambda s: main_file(s, piece))
    assert after is not None
    assert library.attachments.get(after.archival_sha256) == b"%PDF stamped"
    assert after.sha256 == file.sha256
    (row,) = rows(library)
    assert (row.reference, row.piece_number) == ("WS·2025-D30-0001", "0001")


def test_a_changed_file_is_noticed(library, file_one) -> None:
    piece = file_one()
    file = library.read(lambda s: main_file(s, piece))
    assert file is not None
    assert library.check(archive_problems) == []
    path = library.attachments.path(file.archival_sha256)
    path.write_bytes(path.read_bytes().replace(b"%PDF-1.7", b"%PDF-1.4", 1))
    assert any("已被改动" in problem for problem in library.check(archive_problems))


def test_a_piece_whose_files_and_pages_disagree_is_noticed(library, file_one) -> None:
    piece = file_one()

    def damage(session) -> None:
        record = session.get_one(PieceRecord, piece)
        record.pages = 9

    library.write("改坏", damage)
    assert library.read(archive_problems) == ["归档文件“关于做好年度考核的通知”（2025年）登记9页，文件共1页。"]
    library.write("删文件", lambda s: s.delete(s.get_one(FileRecord, 1)))
    assert "没有文件" in library.read(archive_problems)[0]


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"title": " "}, "请填写题名"),
        ({"category": "nonsense"}, "请选择类别"),
        ({"dated": date(2026, 3, 3)}, "不能晚于今天"),
        ({"office": "B-GS"}, "不能有“-”"),
        ({"prepared": []}, "至少一个文件"),
    ],
)
def test_what_cannot_be_filed_is_refused_in_words(file_one, library, fields, sentence) -> None:
    title = str(fields.pop("title", "通知")) if "title" in fields else "通知"
    with pytest.raises(DomainError, match=sentence):
        file_one(title, **fields)
    assert rows(library) == []


def test_filed_pieces_are_found_by_words_category_and_year(library, file_one) -> None:
    file_one("一号文", document_number="教党〔2025〕5号")
    file_one(
        "二号文", category="education", year=2024, dated=date(2024, 5, 1), own_title=True, secrecy=Secrecy.INTERNAL
    )
    assert [row.title for row in rows(library, PieceQuery(search="〔2025〕5"))] == ["一号文"]
    assert [row.title for row in rows(library, PieceQuery(category="education"))] == ["[二号文]"]
    assert [row.title for row in rows(library, PieceQuery(year="2024"))] == ["[二号文]"]
    assert [row.title for row in rows(library, PieceQuery(search="%"))] == []


def test_the_eight_categories_can_become_ten_and_used_ones_stay(library, file_one) -> None:
    assert [c.label for c in usual_categories()] == [
        "工作机制",
        "制度建设",
        "阵地建设",
        "党员发展",
        "党员教育",
        "党员管理",
        "作风建设",
        "档案管理",
    ]
    file_one()
    more = [*usual_categories(), Category("", "典型材料"), Category("", "上级文件")]
    library.write("类别", lambda s: save_categories(s, more))
    assert [c.label for c in library.read(categories_of)][-2:] == ["典型材料", "上级文件"]
    without = [c for c in library.read(categories_of) if c.code != "mechanism"]
    with pytest.raises(DomainError, match="已有归档文件"):
        library.write("类别", lambda s: save_categories(s, without))
    hidden = [replace(c, hidden=c.code == "rules") for c in library.read(categories_of)]
    library.write("类别", lambda s: save_categories(s, hidden))
    assert [c.code for c in library.read(categories_of) if c.hidden] == ["rules"]
    with pytest.raises(DomainError, match="不能重复"):
        library.write("类别", lambda s: save_categories(s, [*hidden, Category("", "党员教育")]))


def test_retention_can_be_changed_for_a_kind_of_paper_and_back(branch: Library) -> None:
    part = next(part for part in all_parts() if part.key == "members.roster")

    def kept() -> Retention:
        return next(one.offer.retention for one in offers(branch) if one.part.key == part.key)

    assert kept() is Retention.PERMANENT
    branch.write("期限", lambda s: save_retention(s, part, Retention.YEARS_30))
    assert kept() is Retention.YEARS_30
    branch.write("期限", lambda s: save_retention(s, part, Retention.PERMANENT))
    assert kept() is Retention.PERMANENT


def test_usual_retentions_follow_the_rule_data() -> None:
    kinds = {kind.code: kind.retention for kind in retention_kinds()}
    assert kinds["resolution"] is kinds["minutes"] is Retention.PERMANENT
    assert kinds["dues"] is kinds["transfer"] is Retention.YEARS_30
    assert kinds["speech"] is Retention.YEARS_10


def test_fonds_has_four_characters(library: Library) -> None:
    library.write("全宗", lambda s: save_fonds(s, Fonds("z109", "样例中学", "BGS")))
    assert library.read(fonds_of) == Fonds("Z109", "样例中学", "BGS")
    for bad in ("Z10", "Z1099", "全宗一号"):
        with pytest.raises(DomainError, match="4位"):
            library.write("全宗", lambda s, bad=bad: save_fonds(s, Fonds(bad)))


class TestBoxes:
    @pytest.fixture
    def numbered(self, library, file_one):
        def run(title: str, **fields: object) -> int:
            piece = file_one(title, **fields)
            plan = library.read(lambda s: plan_numbers(s, int(fields.get("year", 2025))))
            stamped = [Stamped(one.piece_id, one.number) for one in plan]
            library.write("编号", lambda s: store_numbers(s, library.attachments, stamped))
            return piece

        return run

    def test_a_box_tells_its_first_and_last_number(self, library, numbered) -> None:
        pieces = [numbered(title) for title in ("一", "二", "三")]
        box = library.write("建盒", lambda s: save_box(s, BoxDraft(2025, Retention.YEARS_30))).result
        library.write("装盒", lambda s: put_into_box(s, box, pieces))
        (row,) = library.read(lambda s: list_box_rows(s, list_box_ids(s)))
        assert (row.draft.number, row.pieces, row.pages, row.span) == (1, 3, 3, "0001—0003")
        assert [one.box for one in rows(library)] == ["第1盒"] * 3
        with pytest.raises(DomainError, match="还有文件"):
            library.write("删盒", lambda s: bin_boxes(s, [box]))
        library.write("取出", lambda s: take_out(s, pieces))
        library.write("删盒", lambda s: bin_boxes(s, [box]))
        assert library.read(list_box_ids) == []

    @pytest.mark.parametrize(
        "fields",
        [{"year": 2024, "dated": date(2024, 1, 1)}, {"retention": Retention.PERMANENT}, {"office": "BGS"}],
        ids=["year", "retention", "office"],
    )
    def test_da_11_what_differs_does_not_go_into_one_box(self, library, numbered, fields) -> None:
        piece = numbered("一", **fields)
        box = library.write("建盒", lambda s: save_box(s, BoxDraft(2025, Retention.YEARS_30))).result
        with pytest.raises(DomainError, match="不放在同一盒"):
            library.write("装盒", lambda s: put_into_box(s, box, [piece]))

    def test_only_numbered_pieces_go_into_a_box(self, library, file_one) -> None:
        piece = file_one()
        box = library.write("建盒", lambda s: save_box(s, BoxDraft(2025, Retention.YEARS_30))).result
        with pytest.raises(DomainError, match="先编号"):
            library.write("装盒", lambda s: put_into_box(s, box, [piece]))

    def test_box_numbers_run_within_year_and_retention_and_are_unique(self, library) -> None:
        for _ in range(2):
            library.write("建盒", lambda s: save_box(s, BoxDraft(2025, Retention.YEARS_30)))
        library.write("建盒", lambda s: save_box(s, BoxDraft(2025, Retention.PERMANENT)))
        drafts = [row.draft for row in library.read(lambda s: list_box_rows(s, list_box_ids(s)))]
        assert sorted((d.retention.value, d.number) for d in drafts) == [("D30", 1), ("D30", 2), ("Y", 1)]
        with pytest.raises(DomainError, match="已经有第2盒"):
            library.write("建盒", lambda s: save_box(s, BoxDraft(2025, Retention.YEARS_30, number=2)))
        with pytest.raises(DomainError, match="20、30、40、50毫米"):
            library.write("建盒", lambda s: save_box(s, BoxDraft(2025, Retention.YEARS_30, thickness=35)))
