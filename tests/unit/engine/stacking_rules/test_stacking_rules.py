"""Stacking rules as they are stored: their caps, what contradicts itself, and rollbacks under them."""

from typing import Any

import msgspec
import pytest
from msgspec import structs

from schemas.api import OrderInput, OrderItemInput
from schemas.categories import Category, CategoryCreated
from schemas.redemptions import (
    RedemptionFailed,
    RedemptionRolledBack,
    RedemptionSucceeded,
    RollBackRedemption,
)
from schemas.stacking import (
    CATEGORIES_NAMED_MAX,
    CreateStackingRules,
    DeleteStackingRules,
    StackingRules,
    StackingRulesCreated,
    StackingRulesDeleted,
    StackingRulesUpdated,
    UpdateStackingRules,
)
from tests.unit.engine.stacking_world import row, ruled, rules
from tests.unit.engine.world import NOON, found, only, percent, redeem, refused

LIMITS = (
    "applicable_redeemables_limit",
    "applicable_redeemables_per_category_limit",
    "applicable_exclusive_redeemables_limit",
    "applicable_exclusive_redeemables_per_category_limit",
)
LISTS = (
    ("exclusive_categories", "joint_categories"),
    ("initial_amount_mode_categories", "discounted_amount_mode_categories"),
    ("no_effect_skip_categories", "no_effect_redeem_anyway_categories"),
)


def details(fields: dict[str, Any]) -> str | None:
    """What is wrong with the rules; None: nothing. Changes are looked at as the whole is."""
    record = ruled().when(CreateStackingRules(StackingRules(**fields)))
    world = ruled(StackingRules())
    changed = world.when(UpdateStackingRules("stk_1", msgspec.Raw(msgspec.json.encode(fields))))
    if record.refusal is None:
        assert only(record, StackingRulesCreated).stored.rules == StackingRules(**fields)
        assert only(changed, StackingRulesUpdated).stored.rules == StackingRules(**fields)
        return None
    assert refused(record) == refused(changed)
    assert changed.refusal is not None and changed.refusal.details == record.refusal.details
    return record.refusal.details


@pytest.mark.parametrize("name", LIMITS)
def test_a_limit_is_one_to_thirty(name: str) -> None:
    wrong = f"Property `.{name}` must be 1 to 30"
    for limit, expected in ((0, wrong), (1, None), (30, None), (31, wrong)):
        assert details({name: limit}) == expected


def test_a_request_has_at_most_thirty_and_as_many_as_may_apply() -> None:
    most = "Property `.redeemables_limit` must be 1 to 30"
    above = "Property `.applicable_redeemables_limit` must not be above redeemables_limit"
    for limit, expected in ((31, most), (30, None), (5, None), (4, above), (0, most)):
        assert details({"redeemables_limit": limit}) == expected


def test_a_category_has_a_limit_of_its_own_within_the_caps() -> None:
    name = "applicable_redeemables_category_limits"
    wrong = f"Property `.{name}.gold` must be 1 to 30"
    for limit, expected in ((0, wrong), (1, None), (30, None), (31, wrong)):
        assert details({name: {"silver": 1, "gold": limit}}) == expected
    assert details({name: {"none": 1}}) == "Cannot find category with id none"


@pytest.mark.parametrize("name", [name for name in LIMITS if name.endswith("per_category_limit")])
def test_a_limit_per_category_may_be_none(name: str) -> None:
    assert details({name: None}) is None


@pytest.mark.parametrize(("one", "other"), LISTS)
def test_a_category_is_in_one_of_two_lists(one: str, other: str) -> None:
    assert details({one: ("gold",), other: ("silver",)}) is None
    both = f"Property `.{one}` names gold, which {other} names, too"
    assert details({one: ("silver", "gold"), other: ("gold",)}) == both
    assert details({one: ("silver", "gold"), other: ("silver", "gold")}) == both
    for name in (one, other):
        assert details({name: ("none",)}) == "Cannot find category with id none"
    assert details({one: ("none",), other: ("nil",)}) == "Cannot find category with id none"


def test_the_rules_name_a_bounded_number_of_categories() -> None:
    ids = [f"cat_{n}" for n in range(CATEGORIES_NAMED_MAX + 1)]
    world = ruled().given(*(CategoryCreated(Category(each, each, 1, NOON)) for each in ids))
    half = CATEGORIES_NAMED_MAX // 2
    limits = dict.fromkeys(ids[half:-1], 3)
    fits = StackingRules(
        exclusive_categories=tuple(ids[:half]),
        no_effect_skip_categories=tuple(ids[:half]),
        applicable_redeemables_category_limits=limits,
    )
    more = structs.replace(fits, joint_categories=(ids[-1],))
    refusal = found(world.when(CreateStackingRules(more)).refusal)
    assert (refusal.key, refusal.details) == (
        "invalid_payload",
        f"Stacking rules name at most {CATEGORIES_NAMED_MAX} categories",
    )
    assert world.when(CreateStackingRules(fits)).refusal is None


def test_a_redemption_keeps_of_the_rules_what_is_about_its_redeemables() -> None:
    given = rules(
        redeemables_application_mode="PARTIAL",
        applicable_redeemables_category_limits={"join": 2, "gold": 3},
        initial_amount_mode_categories=("gold", "join2"),
        no_effect_skip_categories=("silver",),
    )
    kept = StackingRules(
        redeemables_application_mode="PARTIAL",
        joint_categories=("join",),
        applicable_redeemables_category_limits={"join": 2, "gold": 3},
        initial_amount_mode_categories=("gold",),
    )
    world = ruled(given)
    asked = row(world, "A:join OFF:gold")
    assert only(world.when(redeem(*asked)), RedemptionSucceeded).evaluation.stacking == kept
    failed = only(world.when(redeem(asked[1])), RedemptionFailed).evaluation
    assert found(failed.stacking).applicable_redeemables_category_limits == {"gold": 3}
    assert failed.partial and found(failed.stacking).joint_categories == ()


def test_there_is_one_set_until_it_is_deleted() -> None:
    world = ruled()
    made = only(world.when(CreateStackingRules(rules())), StackingRulesCreated).stored
    assert made.id.startswith("stk_")
    assert (made.created_at, made.updated_at) == (world.now, None)
    assert refused(world.when(CreateStackingRules(rules()))) == "stacking_rules_exist"
    deleted = only(world.when(DeleteStackingRules(made.id)), StackingRulesDeleted)
    assert deleted.stored == made
    again = only(world.when(CreateStackingRules(rules())), StackingRulesCreated).stored
    assert again.id != made.id


def test_a_change_is_of_the_set_that_is_there() -> None:
    world = ruled(rules())
    limit = msgspec.Raw(b'{"redeemables_limit":7}')
    after = only(world.when(UpdateStackingRules("stk_1", limit), after=5), StackingRulesUpdated)
    assert after.stored.rules == rules(redeemables_limit=7)
    assert (after.stored.created_at, after.stored.updated_at) == (NOON, world.now)
    for other in (world, ruled()):
        for body in (UpdateStackingRules("stk_other", limit), DeleteStackingRules("stk_other")):
            refusal = found(other.when(body).refusal)
            assert (refusal.key, refusal.resource_type) == ("not_found", "stacking_rules")
            assert refusal.details == "Cannot find stacking_rules with id stk_other"


#: Mode, and what the order is after a rollback: status, amount, off the order, off its item, units.
ROLLBACKS: list[tuple[Any, tuple[str, int, int, int, int]]] = [
    ("WITH_ORDER", ("CANCELED", 1000, 0, 0, 1)),
    ("WITHOUT_ORDER", ("PAID", 1000, 90, 100, 1)),
]


@pytest.mark.parametrize(("mode", "expected"), ROLLBACKS)
def test_a_rollback_takes_the_order_back_or_leaves_it_as_it_was_paid(
    mode: Any, expected: tuple[str, int, int, int, int]
) -> None:
    world = ruled(rules(redeemables_rollback_order_mode=mode))
    item = percent("10", effect="APPLY_TO_ITEMS")
    codes = row(world, "ITEM TEN", ITEM=item, TEN=percent("10"))
    basket = OrderInput(source_id="basket", items=(OrderItemInput(product_id="mug", price=1000),))
    redeemed = [only(world.when(redeem(code, order=basket)), RedemptionSucceeded) for code in codes]
    for event in reversed(redeemed):
        (redemption_id,) = event.redemption_ids
        rolled_back = only(world.when(RollBackRedemption(redemption_id)), RedemptionRolledBack)
        assert rolled_back.order == world.order(found(rolled_back.order).id)
    order = world.order(found(redeemed[0].evaluation.order).id)
    (line,) = found(order.items)
    assert (
        *(order.status, order.amount, order.discount_amount),
        *(line.discount_amount, line.quantity),
    ) == expected
    assert all(entry.rollback_id for entry in order.redemptions)
    assert {world.voucher(code.id).redeemed_quantity for code in codes} == {0}
