from __future__ import annotations

from partyroom.features.meetings.versions import DiffLine, Mark, compare_texts


def words(line: DiffLine) -> str:
    return "".join(text for _, text in line.pieces)


def rebuilt(lines, unwanted: Mark) -> list[str]:
    return [words(line) for line in lines if line.mark not in (unwanted, Mark.SKIPPED)]


def test_equal_texts_have_no_differences():
    assert compare_texts("一\n二", "一\n二") == []


def test_a_changed_word_is_marked_within_its_paragraph():
    removed, added = compare_texts("会议应到三十人，实到二十八人。", "会议应到三十人，实到二十九人。")
    assert removed.mark is Mark.REMOVED
    assert [piece for piece in removed.pieces if piece[0] is Mark.REMOVED] == [(Mark.REMOVED, "八")]
    assert [piece for piece in added.pieces if piece[0] is Mark.ADDED] == [(Mark.ADDED, "九")]


def test_paragraphs_that_have_little_in_common_are_told_apart_whole():
    removed, added = compare_texts("传达学习文件精神。", "布置下月工作任务")
    assert removed.pieces == ((Mark.REMOVED, "传达学习文件精神。"),)
    assert added.pieces == ((Mark.ADDED, "布置下月工作任务"),)


def test_what_did_not_change_is_left_out_but_for_its_neighbours():
    old = [f"第{i}段" for i in range(20)]
    new = [*old[:10], "新的一段", *old[10:]]
    lines = compare_texts("\n".join(old), "\n".join(new))
    assert [line.mark for line in lines] == [Mark.SKIPPED, Mark.SAME, Mark.ADDED, Mark.SAME, Mark.SKIPPED]
    assert [line.count for line in lines if line.mark is Mark.SKIPPED] == [9, 9]
    assert rebuilt(lines, Mark.REMOVED) == ["第9段", "新的一段", "第10段"]


def test_both_sides_can_be_read_off_the_comparison():
    old, new = "甲\n乙乙\n丙\n丁", "甲\n乙\n丙丙\n戊\n丁"
    lines = compare_texts(old, new)
    assert rebuilt(lines, Mark.ADDED) == old.split("\n")
    assert rebuilt(lines, Mark.REMOVED) == new.split("\n")


def test_a_first_version_is_all_new():
    assert [line.mark for line in compare_texts("", "甲\n乙")] == [Mark.REMOVED, Mark.ADDED, Mark.ADDED]
