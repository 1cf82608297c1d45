"""The order of application, what percentages are of, which lines count, and what is shown of it."""

from typing import Any

import pytest

from schemas.api import OrderInput, OrderItemInput, Redeemable
from schemas.assignments import AssignRule
from schemas.campaigns import Campaign, CampaignCreated
from schemas.errors import Refusal
from schemas.evaluations import Evaluation
from schemas.redemptions import RedemptionFailed, RedemptionSucceeded
from schemas.rules import ApplicableItems, ValidationRuleCreated
from tests.unit.engine.promotion_world import as_tier, new, promotion
from tests.unit.engine.promotion_world import stack as stack_of
from tests.unit.engine.rule_world import entry, one, rule
from tests.unit.engine.stacking_world import evaluated, reasons, row, ruled, rules, taken
from tests.unit.engine.world import NOON, amount, only, percent, redeem, refused, voucher

# --- the order of application


def test_the_order_of_the_request_is_the_default() -> None:
    world = ruled()
    asked = row(world, "A:silver B:gold", A=percent("50"), B=amount(1000))
    evaluation = evaluated(world, asked)
    assert (evaluation.sequence, taken(evaluation)) == ((), [5000, 1000])


HIERARCHY: dict[str, tuple[str, tuple[int, ...]]] = {
    "lower goes first": ("A:silver B:gold", (1, 0)),
    "without a category last": ("A B:deal C D:gold", (3, 1, 0, 2)),
    "of one category as requested": ("A:gold B:silver C:gold", (0, 2, 1)),
    "without any as requested": ("A B C", ()),
    "in order already": ("A:gold B:silver C", ()),
}


@pytest.mark.parametrize("given", [pytest.param(each, id=name) for name, each in HIERARCHY.items()])
def test_categories_rank_by_their_hierarchy(given: tuple[str, tuple[int, ...]]) -> None:
    named, sequence = given
    sorting = rules(redeemables_sorting_rule="CATEGORY_HIERARCHY")
    world = ruled(sorting)
    assert evaluated(world, row(world, named)).sequence == sequence


def test_what_goes_first_takes_first() -> None:
    sorting = rules(redeemables_sorting_rule="CATEGORY_HIERARCHY")
    world = ruled(sorting)
    asked = row(world, "A:silver B:gold", A=percent("50"), B=amount(1000))
    evaluation = evaluated(world, asked)
    assert taken(evaluation) == [4500, 1000]
    assert [each.id for each in evaluation.applied] == ["B", "A"]


def test_limits_and_failures_count_in_the_order_of_application() -> None:
    sorting = rules(redeemables_sorting_rule="CATEGORY_HIERARCHY", applicable_redeemables_limit=1)
    world = ruled(sorting)
    assert reasons(evaluated(world, row(world, "A B:silver C:gold"))) == ["limit", "limit", "ok"]
    failing = ruled(rules(redeemables_sorting_rule="CATEGORY_HIERARCHY"))
    asked = row(failing, "A B:silver OFF:gold")
    assert reasons(evaluated(failing, asked)) == ["preceding", "preceding", "failed"]


def test_below_the_hierarchy_tiers_go_by_their_place() -> None:
    sorting = rules(
        redeemables_sorting_rule="CATEGORY_HIERARCHY",
        applicable_redeemables_per_category_limit=None,
    )
    world = ruled(sorting)
    promotion(world, new("first", category_id="gold"), new("second", category_id="gold"))
    (code,) = row(world, "V:gold")
    asked = (as_tier(world, "second"), as_tier(world, "first"), code)
    # a voucher has no place, and goes before the tiers of its category
    assert evaluated(world, asked).sequence == (2, 1, 0)


def test_what_is_in_two_categories_ranks_by_the_first_of_them() -> None:
    sorting = rules(redeemables_sorting_rule="CATEGORY_HIERARCHY")
    world = ruled(sorting).given(_campaign(category_id="gold"))
    world.given(voucher("TWO", amount(1), campaign_id="camp_1", category_id="deal"))
    asked = (*row(world, "A:silver"), Redeemable("voucher", "TWO"))
    assert evaluated(world, asked).sequence == (1, 0)


def test_a_stack_is_applied_in_its_own_order_and_lends_its_tiers_its_category() -> None:
    world = ruled(rules(applicable_redeemables_per_category_limit=2))
    promotion(world, "one", "two", "three")
    made = stack_of(world, "three", "one", "two", category_id="gold")
    evaluation = evaluated(world, (Redeemable("promotion_stack", made.id),))
    assert reasons(evaluation) == ["ok", "ok", "category"]
    assert [each.id for each in evaluation.outcomes] == list(made.tier_ids)
    assert {each.stack_id for each in evaluation.outcomes} == {made.id}


# --- several categories


def test_one_exclusive_category_makes_exclusive_and_full_ones_limit() -> None:
    world = ruled(rules()).given(_campaign(category_id="excl"))
    world.given(voucher("TWO", amount(1), campaign_id="camp_1", category_id="join"))
    two = Redeemable("voucher", "TWO")
    # exclusive although joint, too: regular ones are left out
    assert reasons(evaluated(world, (*row(world, "A"), two))) == ["excluded", "ok"]
    # either category may be full
    for other in ("B:join", "C:excl"):
        assert reasons(evaluated(world, (*row(world, other), two))) == ["ok", "category"]


def test_a_joint_one_takes_no_room_of_exclusive_ones_of_its_category() -> None:
    no_limit = rules(applicable_redeemables_per_category_limit=None)
    world = ruled(no_limit).given(_campaign(category_id="excl"))
    world.given(voucher("TWO", amount(1), campaign_id="camp_1", category_id="join"))
    asked = (*row(world, "A:join"), Redeemable("voucher", "TWO"))
    assert reasons(evaluated(world, asked)) == ["ok", "ok"]


def test_each_category_of_an_exclusive_one_limits_it() -> None:
    each = rules(
        applicable_redeemables_per_category_limit=None, applicable_exclusive_redeemables_limit=5
    )
    world = ruled(each).given(_campaign(category_id="excl"))
    world.given(voucher("TWO", amount(1), campaign_id="camp_1", category_id="excl2"))
    asked = (*row(world, "A:excl2"), Redeemable("voucher", "TWO"))
    assert reasons(evaluated(world, asked)) == ["ok", "exclusive-category"]


# --- what percentages are of

#: Mode, the two lists, and what three times 10% take of 100.00: of `gold`, of `silver`, of neither.
CALCULATION: list[tuple[str, tuple[str, ...], tuple[str, ...], list[int]]] = [
    ("DISCOUNTED_AMOUNT", (), (), [1000, 900, 810]),
    ("INITIAL_AMOUNT", (), (), [1000, 1000, 1000]),
    ("DISCOUNTED_AMOUNT", ("silver",), (), [1000, 1000, 800]),
    ("INITIAL_AMOUNT", (), ("silver",), [1000, 900, 1000]),
    ("DISCOUNTED_AMOUNT", ("silver",), ("gold",), [1000, 1000, 800]),
    ("INITIAL_AMOUNT", ("silver",), ("gold",), [1000, 1000, 1000]),
    # a list that only repeats the mode changes nothing
    ("DISCOUNTED_AMOUNT", (), ("silver",), [1000, 900, 810]),
    ("INITIAL_AMOUNT", ("silver",), (), [1000, 1000, 1000]),
]


@pytest.mark.parametrize(("mode", "initial", "discounted", "expected"), CALCULATION)
def test_percentages_are_of_the_initial_or_of_what_is_left(
    mode: Any, initial: tuple[str, ...], discounted: tuple[str, ...], expected: list[int]
) -> None:
    given = rules(
        discount_calculation_mode=mode,
        initial_amount_mode_categories=initial,
        discounted_amount_mode_categories=discounted,
    )
    world = ruled(given)
    ten = percent("10")
    asked = row(world, "A:gold B:silver C", A=ten, B=ten, C=ten)
    assert taken(evaluated(world, asked)) == expected


def test_initial_percentages_of_items_are_of_the_lines_as_they_were() -> None:
    world = ruled(rules(discount_calculation_mode="INITIAL_AMOUNT"))
    half = percent("50", effect="APPLY_TO_ITEMS")
    items = (OrderItemInput(price=1000), OrderItemInput(price=300))
    asked = row(world, "A B C", A=half, B=half, C=half)
    assert taken(evaluated(world, asked, order=OrderInput(items=items))) == [650, 650, 0]


def test_the_highest_category_in_a_list_decides_what_percentages_are_of() -> None:
    lists = rules(
        discount_calculation_mode="INITIAL_AMOUNT",
        initial_amount_mode_categories=("deal",),
        discounted_amount_mode_categories=("gold",),
    )
    world = ruled(lists).given(_campaign(category_id="gold"))
    made = {"campaign_id": "camp_1", "category_id": "deal"}
    world.given(voucher("TWO", percent("10"), **made))
    asked = (*row(world, "A"), Redeemable("voucher", "TWO"))
    assert taken(evaluated(world, asked)) == [100, 990]


# --- lines that were taken from


ITEMS = OrderInput(
    items=(
        OrderItemInput(product_id="mug", price=1000),
        OrderItemInput(product_id="shirt", price=3000),
    )
)
ONCE: dict[str, tuple[str, list[int]]] = {
    "stacked, discounts go on where others took": ("STACK", [100, 390, 351, 500]),
    "once, lines that were taken from are left out": ("ONCE", [100, 300, 0, 500]),
}


@pytest.mark.parametrize("given", [pytest.param(each, id=name) for name, each in ONCE.items()])
def test_lines_may_be_discounted_once(given: tuple[Any, list[int]]) -> None:
    mode, expected = given
    world = ruled(rules(redeemables_products_application_mode=mode))
    tenth = percent("10", effect="APPLY_TO_ITEMS")
    asked = row(world, "MUG ITEMS AGAIN ORDER", ITEMS=tenth, AGAIN=tenth, ORDER=amount(500))
    world.given(ValidationRuleCreated(rule({}, items=ApplicableItems((entry("mug"),)))))
    world.when(AssignRule("val_1", "v_MUG", "voucher"))
    assert taken(evaluated(world, asked, order=ITEMS)) == expected


# --- rules between the steps


def test_an_exclusive_one_that_only_a_regular_one_lets_in_stays_out() -> None:
    for mode, expected in (("PARTIAL", "ok failed ok"), ("ALL", "ok failed preceding")):
        world = ruled(rules(redeemables_application_mode=mode))
        under = rule(one("order.total_amount", {"$less_than": [10000]}))
        asked = row(world, "A E:excl C")
        world.given(ValidationRuleCreated(under))
        world.when(AssignRule("val_1", "v_E", "voucher"))
        assert reasons(evaluated(world, asked)) == expected.split()


def test_an_exclusive_one_that_was_not_asked_for_a_failure_before_it_is_excluded() -> None:
    """The joint one fails alone; with what the regular one takes it applies, and so would E."""
    world = ruled(rules(applicable_redeemables_per_category_limit=None))
    under = rule(one("order.total_amount", {"$less_than": [10000]}))
    asked = row(world, "A J:join E:excl")
    world.given(ValidationRuleCreated(under))
    world.when(AssignRule("val_1", "v_J", "voucher"))
    assert reasons(evaluated(world, asked)) == ["ok", "ok", "excluded"]


def test_rules_see_the_order_as_those_before_left_it() -> None:
    """Source: the API contract, section 6, 11."""
    world = ruled()
    over = rule(one("order.total_amount", {"$more_than": [10000]}))
    world.given(ValidationRuleCreated(over))
    asked = row(world, "TEN TWENTY", TEN=percent("10"), TWENTY=percent("20"))
    for code in ("TEN", "TWENTY"):
        world.when(AssignRule("val_1", f"v_{code}", "voucher"))
    assert reasons(evaluated(world, asked, order=10500)) == ["ok", "failed"]
    assert taken(evaluated(world, asked[::-1], order=10500)) == [2100]
    assert taken(evaluated(world, asked, order=12000)) == [1200, 2160]


def test_the_requested_order_decides_what_the_rules_of_the_later_one_see() -> None:
    """Source: the API contract, section 6, 11: 20% off what is above 100.00, and 10% off 105.00."""
    world = ruled(rules(redeemables_application_mode="PARTIAL"))
    world.given(ValidationRuleCreated(rule(one("order.total_amount", {"$more_than": [10000]}))))
    asked = row(world, "TEN TWENTY", TEN=percent("10"), TWENTY=percent("20"))
    world.when(AssignRule("val_1", "v_TWENTY", "voucher"))
    for requested, expected, left in ((asked, [1050], 9450), (asked[::-1], [840, 2100], 7560)):
        evaluation = evaluated(world, requested, order=10500)
        assert sorted(taken(evaluation)) == expected
        assert 10500 - sum(taken(evaluation)) == left


# --- the request as a whole


def test_a_request_has_no_more_redeemables_than_the_rules_allow() -> None:
    world = ruled(rules(redeemables_limit=2, applicable_redeemables_limit=2))
    assert reasons(evaluated(world, row(world, "A B"))) == ["ok", "ok"]
    evaluation = evaluated(world, row(world, "A B C"))
    assert reasons(evaluation) == ["failed", "preceding", "preceding"]
    assert _refusal(evaluation).key == "invalid_redeemables"
    assert _refusal(evaluation).details == "At most 2 redeemables can be used together"


def test_one_redeemable_may_stand_for_more_than_the_limit() -> None:
    world = ruled(rules(redeemables_limit=1, applicable_redeemables_limit=1))
    promotion(world, "one", "two")
    made = stack_of(world, "one", "two")
    asked = (Redeemable("promotion_stack", made.id),)
    assert reasons(evaluated(world, asked)) == ["ok", "limit"]


def test_a_stack_beside_others_and_the_same_twice_fail_the_request() -> None:
    world = ruled(rules(redeemables_application_mode="PARTIAL"))
    (code,) = row(world, "A")
    beside = evaluated(world, (code, Redeemable("promotion_stack", "stack_1")))
    twice = evaluated(world, (code, Redeemable("voucher", "v_A")))
    assert [each.object for each in beside.outcomes] == ["voucher", "promotion_stack"]
    assert _refusal(beside).key == "invalid_redeemables"
    assert _refusal(twice).key == "duplicated_redeemables"
    for evaluation in (beside, twice):
        assert not evaluation.valid
        assert reasons(evaluation) == ["failed", "preceding"]


def test_a_redemption_that_would_take_nothing_fails_with_that() -> None:
    world = ruled(rules(redeemables_no_effect_rule="SKIP"))
    asked = row(world, "NIL1 NIL2")
    assert not evaluated(world, asked).valid
    record = world.when(redeem(*asked))
    failed = only(record, RedemptionFailed)
    assert reasons(failed.evaluation) == ["failed", "no-effect"]
    assert len(failed.redemption_ids) == 1
    assert refused(record) == "no_effect"
    assert record.refusal is not None and record.refusal.details == "NIL1"
    told = {"rule": "redeemables_no_effect_rule", "no_effect_rule": "SKIP"}
    assert record.refusal.explanation == told


def test_what_takes_from_items_only_has_an_effect() -> None:
    world = ruled(rules(redeemables_no_effect_rule="SKIP"))
    items = percent("10", effect="APPLY_TO_ITEMS")
    assert reasons(evaluated(world, row(world, "ITEMS", ITEMS=items), order=ITEMS)) == ["ok"]


# --- what is shown


def test_an_outcome_shows_what_the_rules_make_of_its_categories() -> None:
    world = ruled(rules()).given(_campaign(category_id="join"))
    world.given(voucher("TWO", amount(1), campaign_id="camp_1", category_id="excl"))
    asked = (*row(world, "A:gold"), Redeemable("voucher", "TWO"))
    regular, exclusive = evaluated(world, asked).outcomes
    shown = [(each.category.id, each.stacking_rules_type) for each in exclusive.categories]
    assert shown == [("excl", "EXCLUSIVE"), ("join", "JOINT")]
    assert exclusive.campaign_name == "Sale"
    assert [each.stacking_rules_type for each in regular.categories] == [None]
    assert regular.voucher is not None and regular.campaign_name is None
    assert regular.skipped_by == "exclusion_rules_not_met"


def test_only_rules_of_the_projects_own_are_told() -> None:
    own = rules(applicable_redeemables_limit=3)
    for given in (None, own):
        world = ruled(given)
        assert evaluated(world, row(world, "A")).stacking == given


def test_what_is_redeemed_follows_the_order_of_application() -> None:
    sorting = rules(redeemables_sorting_rule="CATEGORY_HIERARCHY")
    world = ruled(sorting)
    asked = row(world, "A:silver B:gold", A=percent("50"), B=amount(1000))
    validated = evaluated(world, asked)
    record = world.when(redeem(*asked))
    redeemed = only(record, RedemptionSucceeded).evaluation
    assert redeemed.sequence == validated.sequence == (1, 0)
    assert taken(redeemed) == taken(validated) == [4500, 1000]


def _campaign(**fields: Any) -> CampaignCreated:
    made = Campaign("camp_1", "Sale", "DISCOUNT_COUPONS", "STATIC", NOON, **fields)
    return CampaignCreated(made)


def _refusal(evaluation: Evaluation) -> Refusal:
    refusal = evaluation.outcomes[0].refusal
    assert refusal is not None
    return refusal
