from __future__ import annotations

import io
import re
from functools import partial

import pikepdf
import pytest

from partyroom.core.paths import resources
from partyroom.documents.archival_check import archival_problems
from partyroom.features.archives.boxes_service import list_box_ids, list_box_rows
from partyroom.features.archives.filing import FiledRow
from partyroom.features.archives.filing_service import (
    PieceQuery,
    archive_problems,
    list_piece_ids,
    list_piece_rows,
    main_file,
)
from partyroom.features.archives.settings_service import fonds_of
from partyroom.storage.library import Library


def _pieces(library: Library) -> list[FiledRow]:
    return library.read(lambda session: list_piece_rows(session, list_piece_ids(session, PieceQuery())))


def test_pieces_are_numbered_in_their_series(sample: Library) -> None:
    assert [row.reference for row in _pieces(sample)] == [
        "Z099-WS·2025-Y-DZB-0001",
        "Z099-WS·2025-Y-DZB-0002",
        "Z099-WS·2025-Y-DZB-0003",
        "Z099-WS·2025-D30-DZB-0001",
    ]
    assert sample.read(fonds_of).name == "样例县第九十九中学"


def test_one_piece_came_from_outside(sample: Library) -> None:
    (outside,) = [row for row in _pieces(sample) if not row.source]
    assert outside.author == "中共样例县教育局委员会"
    assert outside.document_number


def test_the_stamped_papers_are_lasting(sample: Library) -> None:
    for row in _pieces(sample):
        file = sample.read(partial(main_file, piece_id=row.id))
        assert file is not None
        content = sample.attachments.get(file.archival_sha256)
        assert archival_problems(content) == []
        with pikepdf.open(io.BytesIO(content)) as pdf:
            assert len(pdf.pages) == row.pages


def test_what_is_kept_for_ever_lies_in_a_box(sample: Library) -> None:
    (box,) = sample.read(lambda session: list_box_rows(session, list_box_ids(session)))
    assert (box.pieces, box.span) == (3, "0001—0003")


def test_the_archive_is_sound(sample: Library) -> None:
    assert sample.read(archive_problems) == []


@pytest.mark.parametrize("name", ["dues.json", "pledges.json", "archive.json"])
def test_nothing_told_looks_like_a_number_of_a_person(name: str) -> None:
    text = (resources() / "sample" / name).read_text(encoding="utf-8")
    assert re.findall(r"\d{11,}", text) == []
