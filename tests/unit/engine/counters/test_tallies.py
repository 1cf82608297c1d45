"""Tallies: what budgets are compared with."""

import random

import pytest

from engine.counters import tallies
from engine.counters.tallies import read_sums
from engine.kernel import tables
from engine.kernel.overlay import ProjectState
from schemas.evaluations import Taken
from schemas.redemptions import Redemption, RollBackRedemption
from schemas.tallies import Period, Sums, Tally
from tests.unit.engine.rule_world import redeemed, state
from tests.unit.engine.world import DAY, NOON, World, customer, redeem, voucher

CAMPAIGN = ("campaign", "camp_1")


def empty() -> ProjectState:
    return World().view.trial()


@pytest.mark.parametrize(
    ("period", "count", "customers"),
    [(None, 4, 2), ("daily", 2, 2), ("weekly", 3, 2), ("monthly", 3, 2)],
)
def test_redemptions_count_in_their_periods(
    period: Period | None, count: int, customers: int
) -> None:
    found = read_sums(state(), CAMPAIGN, (), period, NOON)
    assert (found.count, found.customers) == (count, customers)
    assert (found.amount, found.discounted) == (count * 100_00, count * 10_00)


@pytest.mark.parametrize(
    ("later", "period", "count"),
    [
        (0, "daily", 2),
        (DAY // 2 - 1, "daily", 2),
        (DAY // 2, "daily", 0),
        # Wednesday, so Monday is five days later
        (4 * DAY, "weekly", 3),
        (5 * DAY, "weekly", 0),
        (16 * DAY, "monthly", 3),
        (17 * DAY, "monthly", 0),
    ],
)
def test_a_period_that_is_over_counts_nothing(later: int, period: Period, count: int) -> None:
    assert read_sums(state(), CAMPAIGN, (), period, NOON + later).count == count


def test_what_was_never_redeemed_counts_nothing() -> None:
    assert read_sums(empty(), CAMPAIGN) == Sums()


def test_a_request_counts_its_order_and_its_customer_once() -> None:
    found = empty()
    tallies.count_redemptions(
        found, [redeemed(1, NOON), redeemed(2, NOON), redeemed(3, NOON, customer_id=None)]
    )
    sums = read_sums(found, CAMPAIGN)
    assert (sums.count, sums.amount, sums.discounted) == (3, 100_00, 30_00)


def test_a_tier_counts_for_itself_and_for_its_campaign() -> None:
    found = empty()
    of_tier = {"related_object_type": "promotion_tier", "related_object_id": "promo_1"}
    tallies.count_redemptions(found, [redeemed(1, NOON, **of_tier), redeemed(2, NOON)])
    assert read_sums(found, CAMPAIGN).count == 2
    assert read_sums(found, ("promotion_tier", "promo_1")).count == 1


def test_a_voucher_without_a_campaign_counts_for_itself() -> None:
    found = empty()
    tallies.count_redemptions(found, [redeemed(1, NOON, campaign_id=None)])
    assert read_sums(found, ("voucher", "v_1")).count == 1
    assert read_sums(found, ("voucher", "v_1"), ("customer", "cust_1")).count == 1
    assert read_sums(found, ("voucher", "v_1"), ("key", "app_1")).count == 1
    assert read_sums(found, ("voucher", "v_1"), ("key", "app_2")).count == 0


def test_a_rollback_takes_back_from_a_period_only_while_it_is_still_the_redemptions() -> None:
    found = empty()
    old, new = redeemed(1, NOON - DAY), redeemed(2, NOON, customer_id="cust_2")
    tallies.count_redemptions(found, [old])
    tallies.count_redemptions(found, [new])
    tallies.take_back_redemptions(found, [old])
    assert read_sums(found, CAMPAIGN).count == 1
    assert read_sums(found, CAMPAIGN).customers == 1
    assert read_sums(found, CAMPAIGN, (), "daily", NOON).count == 1
    assert read_sums(found, CAMPAIGN, (), "daily", NOON).customers == 1
    assert read_sums(found, CAMPAIGN, (), "weekly", NOON).count == 1


def test_rolling_everything_back_counts_nothing() -> None:
    """Of random redemptions in random order, on which the sums are compared with plain ones."""
    chance = random.Random(5)
    found = empty()
    requests: list[list[Redemption]] = []
    at = NOON
    for n in range(60):
        at += chance.randrange(DAY)
        who = chance.choice(["cust_1", "cust_2", "cust_3", None])
        requests.append(
            [
                redeemed(
                    10 * n + each, at, customer_id=who, taken=Taken(order=chance.randrange(99))
                )
                for each in range(chance.randrange(1, 4))
            ]
        )
        tallies.count_redemptions(found, requests[-1])
        _agree(found, requests, at)
    while requests:
        tallies.take_back_redemptions(found, requests.pop(chance.randrange(len(requests))))
        _agree(found, requests, at)
    assert all(tally.ever == Sums() for tally in found.scan(tables.TALLIES))


def _agree(found: ProjectState, requests: list[list[Redemption]], now: int) -> None:
    for period, begins in [(None, 0), ("daily", now - now % DAY)]:
        counted = [request for request in requests if request[0].at >= begins]
        sums = read_sums(found, CAMPAIGN, (), period, now)  # type: ignore[arg-type]
        every = [each for request in counted for each in request]
        assert sums.count == len(every)
        assert sums.amount == 100_00 * len(counted)
        assert sums.discounted == sum(each.taken.total for each in every if each.taken)
        assert sums.customers == len({each.customer_id for each in every} - {None})


def test_the_fold_counts_redemptions_and_takes_them_back() -> None:
    world = World().given(voucher("TEN"))
    world.when(redeem("TEN", customer=customer()), n=1)
    tally = world.view.get(tables.TALLIES, "voucher", "v_TEN")
    assert tally is not None
    assert tally.ever == Sums(count=1, amount=10_000, discounted=1_000, customers=1)
    assert world.view.get(tables.TALLIES, "voucher", "v_TEN", "key", "app_1") is not None
    [redemption] = world.view.scan(tables.REDEMPTIONS)
    world.when(RollBackRedemption(redemption.id), n=2)
    after = world.view.get(tables.TALLIES, "voucher", "v_TEN")
    assert after == Tally(
        day=Sums(began_at=tally.day.began_at),
        week=Sums(began_at=tally.week.began_at),
        month=Sums(began_at=tally.month.began_at),
    )
