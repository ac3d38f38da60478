from __future__ import annotations

from sqlalchemy import func, select

from partyroom.storage.audit import ChangeSet
from partyroom.storage.library import Library


def test_draft_is_found_again_after_the_program_is_gone(library, fixed_today) -> None:
    library.save_draft("meeting/new", {"title": "半份记录", "votes": [1, None, {"a": "𬭎"}]})
    library.close()
    with Library.open(library.folder) as again:
        draft = again.load_draft("meeting/new")
    assert draft is not None
    assert draft.payload == {"title": "半份记录", "votes": [1, None, {"a": "𬭎"}]}
    assert draft.saved_at == fixed_today


def test_saving_again_replaces_and_discarding_forgets(library) -> None:
    library.save_draft("k", {"text": "一"})
    library.save_draft("k", {"text": "二"})
    assert library.load_draft("k").payload == {"text": "二"}
    library.discard_draft("k")
    library.discard_draft("k")
    assert library.load_draft("k") is None


def test_draft_takes_any_text_that_a_keyboard_can_make(library) -> None:
    hostile = {"a": "<b>&'; DROP TABLE drafts --{}%_\x00\ud800"}
    library.save_draft("'; DROP TABLE drafts --", hostile)
    assert library.load_draft("'; DROP TABLE drafts --").payload == hostile


def test_drafts_are_no_part_of_the_change_log(library) -> None:
    library.save_draft("k", {})
    assert library.read(lambda s: s.scalar(select(func.count()).select_from(ChangeSet))) == 0
