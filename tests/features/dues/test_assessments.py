from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partyroom.core.errors import DomainError
from partyroom.features.dues.assessments import (
    AssessmentDraft,
    guess_category,
    outcome_of,
    own_item,
    own_treatment,
    work_out,
)
from partyroom.features.dues.base import PayItem, item_rules, pay_item
from partyroom.features.dues.domain import DuesCategory, Treatment
from partyroom.features.dues.ledger import Choices
from partyroom.features.members.domain import Employment

JANUARY = date(2026, 1, 1)
CODES = sorted(code for code, rule in item_rules().items() if rule.group in ("wage", "deduction"))
ITEMS = st.lists(
    st.one_of(
        st.builds(pay_item, st.sampled_from(CODES), st.integers(0, 10**7)),
        st.builds(own_item, st.just("自有"), st.integers(0, 10**7), st.sampled_from(list(Treatment))),
    ),
    max_size=12,
)


def employed(*items: PayItem, **fields: object) -> AssessmentDraft:
    return replace(AssessmentDraft(1, JANUARY, DuesCategory.EMPLOYED, items), **fields)  # type: ignore[arg-type]


@given(ITEMS)
def test_the_base_is_what_counts_less_what_is_deducted_and_never_negative(items: list[PayItem]) -> None:
    worked = work_out(items, Choices(2026), DuesCategory.EMPLOYED)
    counted = sum(line.item.amount_fen for line in worked.of(Treatment.COUNTED))
    deducted = sum(line.item.amount_fen for line in worked.of(Treatment.DEDUCTED))
    assert worked.base_fen == max(0, counted - deducted)
    assert sorted(line.item.amount_fen for line in worked.lines) == sorted(item.amount_fen for item in items)


@given(ITEMS, st.randoms())
def test_the_order_of_items_does_not_matter(items: list[PayItem], random: object) -> None:
    mixed = list(items)
    random.shuffle(mixed)  # type: ignore[attr-defined]
    first, second = outcome_of(employed(*items), Choices(2026)), outcome_of(employed(*mixed), Choices(2026))
    assert first.assessed.due_fen == second.assessed.due_fen


def test_the_branchs_own_items_count_as_it_says_and_ask_for_their_ground() -> None:
    own = (own_item("校内津贴", 50000, Treatment.COUNTED), own_item("代扣", 10000, Treatment.DEDUCTED))
    left_out = own_item("慰问金", 20000, Treatment.LEFT_OUT)
    outcome = outcome_of(employed(pay_item("post", 300000), *own, left_out), Choices(2026))
    assert (outcome.assessed.base_fen, outcome.assessed.due_fen) == (340000, 3400)
    assert [text for text in outcome.warnings if "自行增加" in text] == [
        "“校内津贴”是支部自行增加的项目，请在备注里写明依据。",
        "“代扣”是支部自行增加的项目，请在备注里写明依据。",
    ]
    assert own_treatment("post") is None


def test_own_items_alone_are_a_base_and_no_complaint_of_missing_pay() -> None:
    outcome = outcome_of(employed(own_item("全部收入", 300000, Treatment.COUNTED)), Choices(2026))
    assert outcome.assessed.due_fen == 1500
    assert not any(text.startswith("没有填写") for text in outcome.warnings)


def test_df_18_the_cap_is_told_in_the_steps() -> None:
    steps = outcome_of(employed(base_fen=6_000_000), Choices(2026)).steps()
    assert steps == [
        "党费：60000.00×2%＝1200.00元，四舍五入到分为1200.00元",
        "每月一般不超过1000.00元，应交1000.00元",
    ]


def test_c3_the_farmers_amount_is_the_years_choice() -> None:
    draft = AssessmentDraft(1, JANUARY, DuesCategory.FARMER)
    assert outcome_of(draft, Choices(2026, farmer_fen=80)).assessed.due_fen == 80
    with pytest.raises(DomainError):
        outcome_of(draft, Choices(2026, farmer_fen=150))


def test_items_go_before_a_base_typed_by_hand() -> None:
    draft = employed(pay_item("post", 300000), base_fen=999999)
    assert outcome_of(draft, Choices(2026)).assessed.base_fen == 300000


def test_the_rosters_state_only_suggests_a_category() -> None:
    assert guess_category(Employment.RETIRED) is DuesCategory.RETIRED
    assert guess_category(Employment.OTHER) is None
    assert guess_category(None) is None
