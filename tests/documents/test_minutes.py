from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partyroom.documents.breaking import split_paragraphs
from partyroom.documents.minutes import minutes_blocks
from partyroom.documents.model import Heading, Paragraph, Role


@pytest.mark.parametrize(
    ("line", "level"),
    [
        ("一、会议基本情况", 1),
        ("十二、其他事项", 1),
        ("（一）学习情况", 2),
        ("(二)讨论情况", 2),
        ("1.传达学习", 3),
        ("2．研究部署", 3),
        ("3、表决", 3),
        ("（1）票数", 4),
        ("一、讨论情况：", 1),
    ],
)
def test_short_numbered_lines_are_headings_of_their_level(line: str, level: int) -> None:
    assert minutes_blocks(line) == (Heading(line, level),)


@pytest.mark.parametrize(
    "line",
    [
        "张三：我同意支委会的意见",
        "一、会议决定由张三负责此项工作。",
        "1.张三：同意",
        "1.5万元用于购书",
        "（一）" + "很长" * 21,
        "一、",
        "2026年11月22日",
        "会议一、二项议程合并",
    ],
)
def test_other_lines_are_paragraphs(line: str) -> None:
    assert minutes_blocks(line) == (Paragraph(line),)


def test_blank_lines_are_skipped_and_ends_are_trimmed() -> None:
    assert minutes_blocks("\n　　一、情况　\r\n\n 　\n正文\n") == (Heading("一、情况", 1), Paragraph("正文"))


def test_no_text_gives_no_blocks() -> None:
    assert minutes_blocks("") == ()


@given(st.text(st.sampled_from("一二、（）()1.．张三：同意。 　\n\t"), max_size=80))
def test_nothing_but_space_is_lost(text: str) -> None:
    kept = "".join(getattr(block, "lead", "") + getattr(block, "text", "") for block in minutes_blocks(text))
    bare = "".join(line.strip(" \u3000") for line in split_paragraphs(text))
    assert kept == bare


def test_a_long_numbered_line_leads_with_its_first_sentence() -> None:
    line = "（一）加强学习。各党小组每月组织一次集中学习。"
    assert minutes_blocks(line) == (
        Paragraph("各党小组每月组织一次集中学习。", lead="（一）加强学习。", lead_role=Role.KAI),
    )
    assert minutes_blocks("1.加强学习。各党小组每月学习。") == (Paragraph("1.加强学习。各党小组每月学习。"),)
