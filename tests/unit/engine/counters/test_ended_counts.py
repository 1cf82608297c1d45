"""What was counted for what is gone: sweeps drop it, and a rollback brings nothing of it back."""

import random
from typing import Any

import pytest

from engine.counters import tallies
from engine.counters.ended import (
    drop_ended_counts,
    end_counts,
    end_customer_counts,
    next_ended_counts,
)
from engine.counters.pending import TallyScope
from engine.counters.tallies import read_sums
from engine.expiry import next_due
from engine.kernel import tables
from engine.kernel.state import Table
from schemas.bin import DeleteBinEntry
from schemas.campaigns import DeleteCampaign
from schemas.commands import CommandBody
from schemas.customers import CustomerCreated, DeleteCustomer, UpsertCustomer
from schemas.erasures import ForgetCustomer
from schemas.expiry import ExpireDue
from schemas.promotions import DeleteTier
from schemas.redemptions import Redemption, RollBackRedemption
from schemas.vouchers import DeleteVoucher
from tests.unit.engine.product_limit_world import (
    EACH,
    EACH_PER_CUSTOMER,
    PER_TIER,
    in_sale,
    limit,
    order,
    tier,
    world,
)
from tests.unit.engine.rule_world import redeemed
from tests.unit.engine.world import NOON, World, customer, only, redeem

CAMPAIGN, PROMOTION = ("campaign", "camp"), ("campaign", "prom")
ALONE, TIER = ("voucher", "v_ALONE"), ("promotion_tier", "promo_1")
PEOPLE = ("ann", "bob", "eve")
COUNTED = (tables.TALLIES, tables.DISCOUNTED_UNITS, tables.CUSTOMER_SCOPES)
ENDS: list[tuple[CommandBody, TallyScope]] = [
    (DeleteVoucher("ALONE"), ALONE),
    (DeleteVoucher("ALONE", force=True), ALONE),
    (DeleteTier("promo_1"), TIER),
    (DeleteCampaign("camp"), CAMPAIGN),
    (DeleteCampaign("camp", force=True), CAMPAIGN),
    (DeleteCampaign("prom"), PROMOTION),
]


def played() -> World:
    """Each of three customers redeemed each of a voucher, a campaign's voucher and a tier."""
    limits = [limit(each, 50)["product_limits"][0] for each in (EACH, EACH_PER_CUSTOMER, PER_TIER)]
    made = world(in_sale(product_limits=tuple(limits)))
    for who in PEOPLE:
        for what in ("A", "ALONE", tier(1)):
            asked = redeem(what, order=order(mug=1, socks=1), customer=customer(who))
            assert made.when(asked).refusal is None
    return made


def kept(of: World, *words: str) -> list[str]:
    """The keys of what is counted and of what finds it that have these words in them."""
    begin = tuple(f"{table.name}/" for table in (*COUNTED, tables.ENDED_COUNTS))
    keys = [key.decode() for key in of.bytes if key.decode().startswith(begin)]
    return [key for key in keys if all(each in key.split("/") for each in words)]


def sums(of: World) -> int:
    """How many sums there are."""
    begin = tuple(f"{table.name}/".encode() for table in COUNTED[:2])
    return sum(key.startswith(begin) for key in of.bytes)


def swept(of: World) -> World:
    """The world after so many sweeps as are due."""
    while next_due(of.view) <= of.now:
        of.when(ExpireDue(), key_kind="system")
    return of


def redemptions(of: World, scope: TallyScope) -> list[Redemption]:
    def is_of(each: Redemption) -> bool:
        own = (each.related_object_type, each.related_object_id)
        return scope in (own, ("campaign", each.campaign_id))

    return [each for each in of.view.scan(tables.REDEMPTIONS) if is_of(each)]


@pytest.mark.parametrize(("end", "scope"), ENDS)
def test_what_was_counted_goes_with_what_it_was_counted_for(
    end: CommandBody, scope: TallyScope
) -> None:
    made = played()
    before = kept(made)
    own = kept(made, *scope)
    # its tally, of each customer a part and what finds it, of the key; units of two products,
    # for all and for each customer; a tier has besides those that are counted for it alone
    assert len(own) >= 8
    assert made.when(end).refusal is None
    assert next_due(made.view) <= made.now
    swept(made)
    gone = set(own)
    if scope == PROMOTION:
        # a tier ends with the work that its campaign's end began
        assert kept(made, *TIER)
    assert kept(made) == [each for each in before if each not in gone]


@pytest.mark.parametrize(("end", "scope"), ENDS)
@pytest.mark.parametrize("sweeps", [0, 1, 20])
def test_a_rollback_after_the_end_brings_nothing_back(
    monkeypatch: pytest.MonkeyPatch, end: CommandBody, scope: TallyScope, sweeps: int
) -> None:
    monkeypatch.setattr("engine.counters.ended.DROPPED_MAX", 3)
    made = played()
    taken = redemptions(made, scope)
    made.when(end)
    for _ in range(sweeps):
        made.when(ExpireDue(), key_kind="system")
    for each in taken:
        assert made.when(RollBackRedemption(each.id)).refusal is None
    assert kept(swept(made), *scope) == []


def test_a_sweep_drops_a_bounded_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.counters.ended.DROPPED_MAX", 2)
    made = played()
    made.when(DeleteCampaign("camp"))
    made.when(DeleteVoucher("ALONE"))
    made.when(ForgetCustomer("bob"))
    made.now += tables.WINDOW_MS
    left, sweeps = sums(made), 0
    while next_ended_counts(made.view) is not None:
        made.when(ExpireDue(), key_kind="system")
        sweeps += 1
        assert left - 2 <= sums(made)
        left = sums(made)
    assert sweeps > 5
    for gone in (CAMPAIGN, ALONE):
        assert kept(made, *gone) == []
    assert len(list(made.view.scan(tables.CUSTOMER_SCOPES))) == 2 * (len(PEOPLE) - 1)


@pytest.mark.parametrize("forgets", [True, False])
def test_a_customer_takes_its_part_along(forgets: bool) -> None:
    made = played()
    ids = {
        each.personal.data.source_id: each.id
        for each in made.view.scan(tables.CUSTOMERS)
        if each.personal.data is not None
    }
    others = [each for each in kept(made) if ids["bob"] not in each.split("/")]
    # what finds its part, its tally, and units of two products; those of the tier have no limit
    # of a customer
    assert len(kept(made, ids["bob"], *PROMOTION)) == 4
    assert len(kept(made, ids["bob"], *TIER)) == 2
    if forgets:
        made.when(ForgetCustomer("bob"))
    else:
        made.when(DeleteCustomer("bob"))
        assert next_due(made.view) > made.now
        [entry] = made.view.scan(tables.BIN)
        made.when(DeleteBinEntry(entry.id))
    for each in redemptions(made, CAMPAIGN):
        made.when(RollBackRedemption(each.id))
    after = read_sums(made.view, CAMPAIGN)
    assert (after.count, after.amount, after.discounted, after.customers) == (0, 0, 0, 0)
    made.now += tables.WINDOW_MS - 1
    assert kept(swept(made), ids["bob"])
    made.now += 1
    left = kept(swept(made))
    # but for the units that the rollbacks took back
    taken_back = {each for each in others if each.startswith("discounted") and "/camp/" in each}
    assert taken_back
    assert set(left) == set(others) - taken_back
    assert read_sums(made.view, ALONE).customers == len(PEOPLE)


def test_who_redeemed_nothing_leaves_nothing_to_sweep() -> None:
    made = played()
    ann = only(made.when(UpsertCustomer(customer("zoe"))), CustomerCreated).customer
    made.when(ForgetCustomer(ann.id))
    made.when(DeleteVoucher("A"))
    made.when(DeleteTier("promo_2"))
    assert next_due(made.view) > made.now


def test_whatever_ends_in_whatever_order_nothing_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of random redemptions; ids that hold what keys are made of."""
    monkeypatch.setattr("engine.counters.ended.DROPPED_MAX", 4)
    chance = random.Random(7)
    people, scopes = ["c/1", "c%2F1", "c%2"], [("campaign", "x"), ("voucher", "customer")]
    for _ in range(20):
        found = World().view.trial()
        for n in range(chance.randrange(1, 12)):
            named: dict[str, Any] = {
                "campaign_id": chance.choice(["x", None]),
                "related_object_id": "customer",
                "customer_id": chance.choice([*people, None]),
            }
            tallies.count_redemptions(found, [redeemed(n, NOON + n, **named)])
        ends = [*scopes, *(("customer", who) for who in people)]
        chance.shuffle(ends)
        for kind, who in ends:
            if kind == "customer":
                end_customer_counts(found, who, NOON)
            else:
                end_counts(found, (kind, who))
            if chance.randrange(2):
                drop_ended_counts(found, NOON + chance.randrange(2) * tables.WINDOW_MS)
        for _ in range(20):
            drop_ended_counts(found, NOON + tables.WINDOW_MS)
        left: list[Table[Any]] = [*COUNTED, tables.ENDED_COUNTS]
        assert [each.name for each in left if any(True for _ in found.scan(each))] == []
