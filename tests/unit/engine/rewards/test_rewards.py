"""What points pay: the arithmetic of paying with points."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Raw

from engine.evaluation.evaluate import Asker, evaluate_for
from engine.kernel import tables
from engine.rewards.payment import points_for, worth_of_points
from schemas.api import OrderInput, OrderItemInput, Redeemable, RewardChoice
from schemas.assignments import AssignRule
from schemas.evaluations import Outcome, Taken
from schemas.rewards import REWARDS_MAX, CreateReward, Reward, RewardCreated, UpdateReward
from schemas.rules import ApplicableItems, ValidationRuleCreated
from tests.unit.engine.rule_world import entry, rule
from tests.unit.engine.world import World, loyalty_card, redeem


def reward(ratio: str = "1", points: int = 1, **more: str) -> Reward:
    return Reward("rew_1", "R", 0, Decimal(ratio), points, **more)  # type: ignore[arg-type]


#: Major units, for so many points, points, what they pay in minor units.
WORTH: list[tuple[str, int, int, int]] = [
    ("1", 1, 5, 500),
    ("0.1", 1, 5, 50),
    ("0.01", 3, 2, 0),
    ("0.01", 3, 3, 1),
    ("1", 3, 1, 33),
    ("1", 3, 3, 100),
    ("2.5", 10, 25, 625),
]
#: Major units, for so many points, an amount in minor units, the points that pay it.
NEEDED: list[tuple[str, int, int, int]] = [
    ("1", 1, 500, 5),
    ("1", 1, 501, 6),
    ("0.01", 3, 1, 3),
    ("1", 3, 33, 1),
    ("1", 3, 34, 2),
    ("1", 1, 0, 0),
]


@pytest.mark.parametrize(("ratio", "of", "points", "paid"), WORTH)
def test_points_are_worth_what_the_ratio_says(ratio: str, of: int, points: int, paid: int) -> None:
    assert worth_of_points(reward(ratio, of), points) == paid


@pytest.mark.parametrize(("ratio", "of", "amount", "points"), NEEDED)
def test_the_fewest_points_pay_an_amount(ratio: str, of: int, amount: int, points: int) -> None:
    assert points_for(reward(ratio, of), amount) == points


@given(
    ratio=st.decimals("0.001", "1000", places=3),
    of=st.integers(1, 1000),
    amount=st.integers(0, 10**9),
)
def test_one_point_less_would_not_pay_it(ratio: Decimal, of: int, amount: int) -> None:
    given_reward = reward(str(ratio), of)
    points = points_for(given_reward, amount)
    assert worth_of_points(given_reward, points) >= amount
    assert amount == 0 or worth_of_points(given_reward, points - 1) < amount


@given(
    ratio=st.decimals("0.001", "1000", places=3),
    of=st.integers(1, 1000),
    points=st.integers(0, 10**9),
)
def test_what_points_pay_never_needs_more_of_them(ratio: Decimal, of: int, points: int) -> None:
    given_reward = reward(str(ratio), of)
    assert points_for(given_reward, worth_of_points(given_reward, points)) <= points


def paid(reward_id: str, order: OrderInput | None, points: int | None = None) -> Outcome:
    """What becomes of a card of 1,000 points that pays for an order; its rules name the mugs."""
    world = World().given(
        RewardCreated(reward()),
        loyalty_card(),
        ValidationRuleCreated(rule(items=ApplicableItems(included=(entry("mug"),)))),
    )
    world.when(AssignRule("val_1", "v_POINTS", "voucher"))
    asked = Redeemable("voucher", "POINTS", reward=RewardChoice(reward_id, points))
    request = redeem(asked, order=order)
    (outcome,) = evaluate_for(world.view, request, Asker(None, "server"), world.now).outcomes
    return outcome


def test_points_pay_for_the_whole_of_the_order_whatever_the_rules_name() -> None:
    items = (OrderItemInput(product_id="mug", price=300), OrderItemInput(price=450))
    outcome = paid("rew_1", OrderInput(items=items))
    assert outcome.taken == Taken(order=750, points=8)
    assert (outcome.reward_id, outcome.reward_name) == ("rew_1", "R")
    assert paid("rew_1", OrderInput(items=items), 3).taken == Taken(order=300, points=3)


def test_points_pay_nothing_where_there_is_nothing_to_pay() -> None:
    assert paid("rew_1", OrderInput(amount=0)).taken == Taken(points=0)


def test_a_reward_that_does_not_exist_fails_the_card() -> None:
    outcome = paid("rew_2", OrderInput(amount=100))
    assert (outcome.object, outcome.id, outcome.status) == ("voucher", "POINTS", "INAPPLICABLE")
    assert outcome.refusal is not None
    assert outcome.refusal.details == "Cannot find reward with id rew_2"


def test_an_update_sets_what_it_names_and_merges_metadata() -> None:
    world = World().given(RewardCreated(reward(metadata={"a": 1})))  # type: ignore[arg-type]
    world.when(UpdateReward("rew_1", Raw(b'{"name":"S","metadata":{"b":2}}')))
    stored = world.view.get(tables.REWARDS, "rew_1")
    assert stored is not None
    assert (stored.name, stored.metadata, stored.exchange_ratio) == (
        "S",
        {"a": 1, "b": 2},
        Decimal(1),
    )
    assert stored.updated_at == world.now
    refusal = world.when(UpdateReward("rew_1", Raw(b'{"exchange_ratio":"0"}'))).refusal
    assert refusal is not None
    assert refusal.key == "invalid_payload"


def test_a_project_has_a_bounded_number_of_rewards() -> None:
    world = World().given(
        *(RewardCreated(Reward(f"rew_{n}", "R", 0, Decimal(1))) for n in range(REWARDS_MAX))
    )
    refusal = world.when(CreateReward(reward())).refusal
    assert refusal is not None
    assert str(REWARDS_MAX) in (refusal.details or "")
