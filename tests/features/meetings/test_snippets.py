"""Hits are found as the index finds them; a snippet shows them in their surroundings and nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partyroom.features.meetings.snippets import first_hit, hits_of, marked, search_words, snippet

TEXTS = st.text(alphabet="周𬭎三 师德风\n\t·%_<b>&Aaßẞ", max_size=120)
WORDS = st.text(alphabet="周𬭎三师德风·%<b>&Aaß ", min_size=1, max_size=6)


def bare(text: str) -> str:
    return "".join(text.casefold().split())


@pytest.mark.parametrize(
    ("text", "word", "found"),
    [
        ("师德师风", "师", [(0, 1), (2, 3)]),
        ("第 一\n季度", "第一季", [(0, 5)]),
        ("周𬭎三与𬭎", "𬭎", [(1, 2), (4, 5)]),
        ("WPS和wps", "wps", [(0, 3), (4, 7)]),
        ("Straße西", "sse", [(4, 6)]),
        ("Straße西", "西", [(6, 7)]),
        ("啊啊啊", "啊啊", [(0, 2)]),
        ("无关", "师", []),
        ("无关", "", []),
    ],
)
def test_hits_do_not_mind_white_space_and_case(text, word, found):
    assert hits_of(text, word) == found


def test_words_of_a_search_come_once_and_small():
    assert search_words(" 双减\u3000WPS 双减 ") == ("双减", "wps")


@given(TEXTS, WORDS)
def test_hits_are_the_word_and_there_is_one_where_the_index_finds_one(text, asked):
    for word in search_words(asked):
        hits = hits_of(text, word)
        assert bool(hits) == (word in bare(text))
        assert all(word in bare(text[start:end]) for start, end in hits)
        assert all(text[start].strip() and text[end - 1].strip() for start, end in hits)


@given(TEXTS, WORDS)
def test_marked_parts_are_the_whole_text(text, asked):
    parts = marked(text, search_words(asked))
    assert "".join(part for part, _ in parts).split() == text.split()
    assert all(part for part, _ in parts)


@given(TEXTS, WORDS)
def test_snippet_is_cut_from_the_text_and_shows_each_word_that_stands_in_it(text, asked):
    words = search_words(asked)
    standing = [word for word in words if word in bare(text)]
    piece = snippet(text, words)
    assert (piece is not None) == bool(standing)
    if piece is None:
        return
    assert piece.words == len(standing)
    flat = bare(text)
    assert all(bare(fragment) in flat for fragment in piece.text.split("…"))
    marked_text = "|".join(bare(part) for part, hit in piece.parts if hit)
    assert all(word in marked_text for word in standing)
    assert piece.count == sum(len(hits_of(text, word)) for word in words)


def test_snippet_of_long_minutes_shows_both_places_and_hides_the_rest():
    text = "开头" + "甲" * 300 + "双减工作" + "乙" * 300 + "师德师风" + "丙" * 300
    piece = snippet(text, ("师德", "双减"))
    assert piece.text.startswith("…甲")
    assert piece.text.endswith("丙…")
    assert [part for part, hit in piece.parts if hit] == ["双减", "师德"]
    assert piece.text.count("…") == 3
    assert len(piece.text) < 140


def test_snippet_of_a_short_text_is_all_of_it_in_one_line():
    assert snippet("一、师德\n二、师风", ("师风",)).text == "一、师德 二、师风"


def test_first_hit_takes_the_first_word_that_stands_there():
    assert first_hit("甲乙 丙", ("丁", "乙丙")) == (1, 4)
    assert first_hit("甲", ("丁",)) is None
