"""Search in 20,000 minutes of 2,000 characters: the index of characters beside LIKE, and the calls that screens make.

python tests/benchmarks/search.py [--runs 7] [--meetings 20000]
"""

from __future__ import annotations

import argparse
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from itertools import accumulate
from pathlib import Path

from measuring import heading, median_of, own_peak, say, timed
from sqlalchemy import func, insert, or_, select, text
from sqlalchemy.orm import Session

from partyroom import schema
from partyroom.features.meetings.search import phrases, rebuild_index
from partyroom.features.meetings.search_service import find_in_minutes
from partyroom.features.meetings.service import MeetingQuery, list_meeting_ids
from partyroom.features.meetings.tables import Meeting
from partyroom.storage.library import Library

LENGTH = 2_000
LIMIT_S = 0.050
WORDS = 20_000  # as many as a large dictionary's common part
RARE = ("𬭎", "㛃", "𠅤𬀩")
QUERIES = (
    ("one common character", "师"),
    ("one middling character", "{middling}"),
    ("two characters", "党员"),
    ("a word of the text", "{word}"),
    ("a rare word", "{seldom}"),
    ("a rare character", "𬭎"),
    ("a phrase of eight", "{phrase}"),
    ("two words", "党员 {word}"),
    ("two words, everywhere", "党员 教师"),
    ("three words", "师 {middling} {seldom}"),
    ("no hit", "龘龘"),
)
_USUAL = (
    "党员", "支部", "会议", "学习", "教师", "师德", "师风", "学生", "工作", "讨论", "发言", "通过", "决议", "党费",
    "教学", "双减", "校园", "安全", "活动", "同志", "认为", "建议", "下一步", "落实", "检查", "书记", "委员", "党小组",
)  # fmt: skip


def main() -> None:
    """Make the library, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--meetings", type=int, default=20_000)
    options = parser.parse_args()
    assert schema.TABLES
    heading(f"Search in {options.meetings:,} minutes of {LENGTH:,} characters")
    with tempfile.TemporaryDirectory(prefix="partyroom-benchmark-") as scratch:
        folder = Path(scratch) / "library"
        with Library.create(folder) as library:
            library.write("benchmark", lambda session: _fill(session, options.meetings))
            before = library.read(_size)
            seconds, _ = timed(lambda: library.write("index", rebuild_index))
            after = library.read(_size)
            say(f"  texts {before / 1e6:.0f} MB; index {(after - before) / 1e6:.0f} MB, built in {seconds:.0f} s")
            measure(library, options.runs)
            say(f"  peak {own_peak():.0f} MB")


def measure(library: Library, runs: int) -> None:
    """Print a line for each query: what it finds, LIKE, the index, the list's call, the dialog's call.

    The last two also in processor time, which other work on the machine does not lengthen.
    """
    names = sample_words()
    worst = worst_busy = 0.0
    say(f"  {'query':<24}{'meetings':>9}{'LIKE':>9}{'index':>9}{'times':>8}{'list':>9}{'dialog':>9}{'CPU':>14}   (ms)")
    for title, pattern in QUERIES:
        asked = pattern.format(**names)
        query = MeetingQuery(search=asked)
        found = library.read(lambda session, query=query: list_meeting_ids(session, query))
        assert len(found) == library.read(lambda session, asked=asked: _like(session, asked))
        like = median_of(3, _reading(library, lambda session, asked=asked: _like(session, asked)))
        bare = median_of(runs, _reading(library, lambda session, asked=asked: _bare(session, asked)))
        in_list = _reading(library, lambda session, query=query: list_meeting_ids(session, query))
        in_dialog = _reading(library, lambda session, asked=asked: find_in_minutes(session, asked))
        taken = [median_of(runs, in_list), median_of(runs, in_dialog)]
        busy = [_busy(runs, in_list), _busy(runs, in_dialog)]
        worst, worst_busy = max(worst, *taken), max(worst_busy, *busy)
        figures = f"{like * 1000:>9.1f}{bare * 1000:>9.1f}{like / bare:>7.0f}×"
        figures += "".join(
            f"{value * 1000:>{width}.1f}" for value, width in zip([*taken, *busy], (9, 9, 7, 7), strict=True)
        )
        say(f"  {title:<24}{len(found):>9,}{figures}")
    for what, value in (("call", worst), ("in processor time", worst_busy)):
        say(f"  slowest {what} {value * 1000:.1f} ms; under {LIMIT_S * 1000:.0f}: {'yes' if value < LIMIT_S else 'NO'}")


def _busy(runs: int, work: Callable[[], object]) -> float:
    """The median of the processor seconds of several runs."""
    taken = []
    for _ in range(runs):
        start = time.process_time()
        work()
        taken.append(time.process_time() - start)
    return statistics.median(taken)


def _reading(library: Library, work: Callable[[Session], object]) -> Callable[[], object]:
    return lambda: library.read(work)


def _like(session: Session, asked: str) -> int:
    """What a program without an index does: look for each word in each text."""
    fields = (Meeting.minutes, Meeting.title, Meeting.topic, Meeting.place, Meeting.chair)
    conditions = [or_(*(field.contains(word, autoescape=True) for field in fields)) for word in asked.split()]
    return session.scalar(select(func.count()).select_from(Meeting).where(*conditions)) or 0


def _bare(session: Session, asked: str) -> int:
    """The index alone, counted."""
    statement = text("SELECT count(*) FROM minutes_search WHERE minutes_search MATCH :asked")
    return session.scalar(statement, {"asked": phrases(asked)}) or 0


def _size(session: Session) -> int:
    pages, size = (session.scalar(text(f"PRAGMA {what}")) for what in ("page_count", "page_size"))
    free = session.scalar(text("PRAGMA freelist_count"))
    return int((pages - free) * size)


def sample_words() -> dict[str, str]:
    """Words of known rank of the generated text, and a run of eight characters that stands in it."""
    words = vocabulary()
    body = minutes(4_711)
    start = next(i for i in range(300, len(body)) if body[i : i + 8].isalpha() and len(body[i : i + 8]) == 8)
    return {
        "middling": words[2_000][0],
        "word": words[500],
        "seldom": words[15_000],
        "phrase": body[start : start + 8],
    }


def vocabulary() -> list[str]:
    """20,000 words of one to four characters, the commonest first; always the same."""
    chance = random.Random(1)
    # Characters, too, are common or rare: about 3,500 in use.
    weights = list(accumulate(1 / (rank + 20) for rank in range(3_500)))
    letters = [chr(0x4E00 + code) for code in chance.sample(range(20_000), 3_500)]
    words = dict.fromkeys(_USUAL)
    while len(words) < WORDS:
        length = chance.choices((1, 2, 3, 4), (10, 65, 15, 10))[0]
        words["".join(chance.choices(letters, cum_weights=weights, k=length))] = None
    return list(words)


_VOCABULARY = vocabulary()
_WEIGHTS = list(accumulate(1 / (rank + 3) for rank in range(len(_VOCABULARY))))


def minutes(number: int) -> str:
    """The minutes of a meeting: words by Zipf's law, punctuation, paragraphs, seldom a rare character."""
    chance = random.Random(number)
    parts: list[str] = []
    length = 0
    while length < LENGTH:
        part = (
            chance.choices(_VOCABULARY, cum_weights=_WEIGHTS, k=1)[0]
            + chance.choices(("", "，", "。", "\n", "、"), (80, 9, 6, 2, 3))[0]
        )
        parts.append(part)
        length += len(part)
    if number % 199 == 0:
        parts.insert(len(parts) // 2, chance.choice(RARE))
    return "".join(parts)[:LENGTH]


def _fill(session: Session, count: int) -> None:
    connection = session.connection()
    for start in range(0, count, 1_000):
        rows = list(_rows(range(start, min(start + 1_000, count))))
        connection.execute(insert(Meeting.__table__), rows)


def _rows(numbers: range) -> Iterator[dict[str, object]]:
    for number in numbers:
        starts = datetime(2000, 1, 1, 15) + timedelta(hours=11 * number)  # noqa: DTZ001
        yield {
            "id": number + 1,
            "kind": "assembly",
            "also": [],
            "title": f"{starts:%Y年%m月%d日}党员大会",
            "starts_at": starts,
            "place": "党员活动室",
            "chair": "赵甲",
            "recorder": "钱乙",
            "topic": "",
            "minutes": minutes(number),
            "number": number % 300,
            "recorded_at": starts,
            "stage": "held",
            "cancel_reason": "",
            "reopen_reason": "",
        }


if __name__ == "__main__":
    main()
