"""Tiers and stacks where they are validated, redeemed and rolled back; what they add up to."""

from typing import Any

import pytest

from engine.answers.activity import activity_entries
from engine.answers.answer import render_answer
from engine.answers.hook_events import hook_events
from engine.counters.tallies import read_sums
from engine.evaluation.body import expand_redeemables, validation_body
from engine.evaluation.evaluate import Asker
from engine.kernel import tables
from engine.qualification.tier_offers import WantedTiers, find_applying_tiers
from engine.qualification.turns import run_at_once
from engine.redemptions.history_rows import redemption_rows
from schemas.api import OrderInput, OrderItemInput, Redeemable
from schemas.campaigns import DeleteCampaign, DisableCampaign
from schemas.promotions import CreateTier, DeleteTier, DisableTier, UpdateTier
from schemas.records import Decided
from schemas.redemptions import (
    RedemptionRolledBack,
    RedemptionSucceeded,
    RollBackRedemption,
    RollBackStack,
)
from schemas.sessions import SessionLocked
from services.analytics.sink.redemption_facts import redemption_facts
from services.analytics.sink.validation_facts import session_facts
from services.audit.sink.redemption_table import redemption_table_rows
from tests.unit.engine.promotion_world import (
    add,
    as_tier,
    campaign,
    category,
    new,
    promotion,
    raw,
    rule,
    stack,
    tier,
)
from tests.unit.engine.world import (
    DAY,
    World,
    amount,
    customer,
    lock,
    only,
    percent,
    redeem,
    refused,
    voucher,
)
from tests.unit.services.audit.examples import entities


def redeemed(world: World, *asked: str | Redeemable, **fields: Any) -> RedemptionSucceeded:
    """What comes of a redemption that succeeds."""
    record = world.when(redeem(*asked, **fields))
    assert record.refusal is None, record.refusal
    return only(record, RedemptionSucceeded)


def summary(world: World, name: str) -> tuple[int, int, int]:
    """How often a tier was redeemed, what the orders came to, and what it took."""
    found = tier(world, name)
    return found.redeemed_quantity, found.orders_amount, found.orders_discount


def answer(record: Decided) -> dict[str, Any]:
    """The body that the sender of the command gets."""
    body = render_answer(record, "server").body
    assert body is not None
    return body


def test_a_tier_counts_its_redemptions_and_what_they_come_to() -> None:
    world = World()
    made = promotion(world, new("A", percent("10")))
    asked = as_tier(world, "A")
    for order in (10_000, 5_000):
        redeemed(world, asked, order=order)
    assert summary(world, "A") == (2, 15_000, 1_500)
    redeemed(world, asked, order=None)
    assert summary(world, "A") == (3, 15_000, 1_500)
    assert read_sums(world.view, ("campaign", made.id)).count == 3
    assert read_sums(world.view, ("promotion_tier", asked.id)).discounted == 1_500


def test_a_rollback_takes_from_a_tier_what_the_redemption_added() -> None:
    world = World()
    promotion(world, new("A", amount(100)))
    asked = as_tier(world, "A")
    first = redeemed(world, asked, order=OrderInput(source_id="o", amount=1_000))
    redeemed(world, asked, order=OrderInput(source_id="p", amount=300))
    # the order grows before the rollback
    redeemed(world, voucher_in(world), order=OrderInput(source_id="o", amount=5_000))
    record = world.when(RollBackRedemption(first.redemption_ids[0]))
    [back] = only(record, RedemptionRolledBack).rollbacks
    assert (back.tier_id, back.voucher_id, back.campaign_name) == (asked.id, "", "Sale")
    assert summary(world, "A") == (1, 300, 100)
    body = answer(record)
    assert (body["related_object_type"], body["related_object_id"]) == ("promotion_tier", asked.id)
    assert body["promotion_tier"]["campaign"]["name"] == "Sale"


def voucher_in(world: World) -> str:
    """A voucher's code."""
    world.given(voucher("TEN"))
    return "TEN"


def test_a_stack_is_redeemed_as_its_tiers_in_its_order_and_taken_back() -> None:
    world = World()
    made = promotion(world, new("A", amount(1_000)), new("B", percent("10")))
    both = stack(world, "B", "A")
    before = world.view.get(tables.TIERS, tier(world, "A").id)
    record = world.when(redeem(Redeemable("promotion_stack", both.id), customer=customer()))
    event = only(record, RedemptionSucceeded)
    order = event.evaluation.order
    assert order is not None and order.discount_amount == 1_000 + 1_000
    body = answer(record)
    shown = [each["promotion_tier"]["name"] for each in body["redemptions"]]
    assert shown == ["B", "A"] and body["parent_redemption"]["related_object_type"] == "redemption"
    assert {each["object"] for each in body["redemptions"]} == {"redemption"}
    assert event.parent_id is not None
    assert read_sums(world.view, ("campaign", made.id)).count == 2
    world.when(RollBackStack(event.parent_id))
    assert summary(world, "A") == summary(world, "B") == (0, 0, 0)
    assert world.view.get(tables.TIERS, tier(world, "A").id) == before
    assert read_sums(world.view, ("campaign", made.id)).count == 0


def test_a_stack_goes_on_without_tiers_that_are_gone() -> None:
    world = World()
    promotion(world, new("A", amount(100)), new("B", amount(200)))
    both = Redeemable("promotion_stack", stack(world, "A", "B").id)
    world.when(DeleteTier(tier(world, "A").id))
    event = redeemed(world, both)
    assert [each.tier and each.tier.name for each in event.evaluation.outcomes] == ["B"]
    world.when(DeleteTier(tier(world, "B").id))
    assert refused(world.when(redeem(both))) == "not_found"


def test_a_stack_lends_its_category_to_its_tiers() -> None:
    world = World().given(category("cat_1", 2), category("cat_2", 1))
    promotion(world, new("A", category_id="cat_1"))
    asked = Redeemable("promotion_stack", stack(world, "A", category_id="cat_2").id)
    [outcome] = redeemed(world, asked).evaluation.outcomes
    assert [each.category.id for each in outcome.categories] == ["cat_2", "cat_1"]


def test_what_binds_a_tier_is_asked_in_order() -> None:
    world = World()
    made = promotion(world, "A", start_date=world.now - DAY, expiration_date=world.now + DAY)
    asked = as_tier(world, "A")
    redeemed(world, asked)
    world.when(UpdateTier(asked.id, raw(expiration_date=world.now - 1)))
    assert refused(world.when(redeem(asked))) == "promotion_not_active_now"
    world.when(UpdateTier(asked.id, raw(expiration_date=None, start_date=world.now + 1)))
    assert refused(world.when(redeem(asked))) == "promotion_not_active_now"
    world.when(UpdateTier(asked.id, raw(start_date=None)))
    world.when(DisableTier(asked.id))
    refusal = world.when(redeem(asked)).refusal
    assert refusal is not None
    assert (refusal.key, refusal.details) == (
        "promotion_inactive",
        f"Promotion Tier with id: {asked.id} is disabled.",
    )
    other = as_tier(world, add(world, "B").name)
    world.when(DisableCampaign(made.id))
    assert refused(world.when(redeem(other))) == "promotion_inactive"
    world.when(DeleteCampaign(made.id))
    assert refused(world.when(redeem(other))) == "not_found"


def test_rules_of_a_tier_and_of_its_campaign_bind_it() -> None:
    above = '{"1":{"name":"order.amount","conditions":{"$more_than":[500]}},"logic":"1"}'
    world = World().given(rule("val_t", above), rule("val_c", above.replace("500", "900")))
    promotion(world, new("A", validation_rules=("val_t",)), "B", validation_rules=("val_c",))
    record = world.when(redeem(as_tier(world, "A"), order=400))
    assert record.refusal is not None
    assert record.refusal.key == "order_rules_violated"
    assert "val_t, val_c" in (record.refusal.details or "")
    assert refused(world.when(redeem(as_tier(world, "B"), order=800))) == "order_rules_violated"
    redeemed(world, as_tier(world, "A"), order=1_000)


def test_a_session_holds_nothing_of_a_tier() -> None:
    world = World()
    promotion(world, "A")
    record = world.when(lock(as_tier(world, "A"), session="s"))
    assert only(record, SessionLocked).session.voucher_ids == ()
    facts = list(session_facts(record))
    assert facts[0].campaigns == [campaign(world).id]
    event = redeemed(world, as_tier(world, "A"), session="s")
    assert event.session_key == "s"


def test_rows_feeds_and_facts_name_the_campaign_of_a_tier() -> None:
    world = World()
    made = promotion(world, "A")
    asked = as_tier(world, "A")
    record = world.when(redeem(asked, customer=customer()))
    [row] = redemption_rows(only(record, RedemptionSucceeded))
    assert (row.voucher_code, row.related_object_type, row.related_object_id) == (
        "",
        "promotion_tier",
        asked.id,
    )
    [stored] = redemption_table_rows(record)
    assert (stored[9], stored[10]) == (made.id, "Sale")
    [fact] = redemption_facts(record)
    assert (fact.campaign, fact.discount) == (made.id, 100)
    [entry] = [each for each in activity_entries(record) if "redemption" in each.type]
    assert (entry.campaign_id, entry.campaign_type) == (made.id, "PROMOTION")
    assert "promotion_tier" in [each.kind for each in entities(record)]
    told = {each.name: each.data for each in hook_events(record)}
    assert told["redemption.succeeded"]["redemption"]["promotion_tier"]["id"] == asked.id
    back = world.when(RollBackRedemption(row.id))
    [stored] = redemption_table_rows(back)
    assert (stored[6], stored[9], stored[10]) == ("", made.id, "Sale")
    [entry] = [each for each in activity_entries(back) if "rollback" in each.type]
    assert (entry.campaign_id, entry.campaign_type) == (made.id, "PROMOTION")
    assert "promotion_tier" in [each.kind for each in entities(back)]


def test_a_failed_attempt_names_the_tier_and_no_code() -> None:
    world = World()
    made = promotion(world, "A")
    asked = as_tier(world, "A")
    world.when(DisableTier(asked.id))
    record = world.when(redeem(asked))
    [row] = redemption_table_rows(record)
    assert (row[6], row[7], row[8], row[9]) == ("", "promotion_tier", asked.id, made.id)
    [fact] = redemption_facts(record)
    assert (fact.kind, fact.campaign) == ("failed", made.id)
    [unknown] = redemption_table_rows(world.when(redeem(Redeemable("promotion_tier", "promo_9"))))
    assert (unknown[6], unknown[8]) == ("", "promo_9")


def test_webhooks_and_rows_are_told_of_tiers_and_stacks() -> None:
    world = World()
    promotion(world, "A", "B")
    made = world.when(CreateTier("Sale", new("C").tier, hierarchy=1))
    assert [each.name for each in hook_events(made)] == ["campaign.promotion_tier.created"]
    rows = entities(made)
    place = "promotion_tier_place"
    assert [each.kind for each in rows] == [place, place, "promotion_tier", place, "campaign"]
    assert [each.numbers["hierarchy"] for each in rows if each.kind == place] == [2, 3, 1]
    body = answer(made)
    assert (body["hierarchy"], body["campaign"]["active"]) == (1, True)
    gone = world.when(DeleteTier(body["id"]))
    assert [each.name for each in hook_events(gone)] == ["campaign.promotion_tier.deleted"]
    assert [each.deleted for each in entities(gone)] == [1, 1, 0]
    assert render_answer(gone, "server").status == 204


def test_expanded_redeemables_say_what_they_are_called() -> None:
    world = World()
    made = promotion(world, new("A", banner="Hurry"))
    record = world.when(lock(as_tier(world, "A"), "nothing"))
    evaluation = record.events[-1].evaluation  # type: ignore[union-attr]
    body = expand_redeemables(
        validation_body("valid_1", evaluation, "server"), evaluation, ("redeemable",)
    )
    known, unknown = body["redeemables"]
    assert {name: known[name] for name in ("name", "banner", "campaign_name", "campaign_id")} == {
        "name": "A",
        "banner": "Hurry",
        "campaign_name": "Sale",
        "campaign_id": made.id,
    }
    assert "name" not in unknown and body["inapplicable_redeemables"] == [unknown]


@pytest.mark.parametrize(("order", "names"), [(400, ["B"]), (600, ["A", "B"]), (None, ["B"])])
def test_the_tiers_that_apply_are_those_that_a_redemption_would_take(
    order: int | None, names: list[str]
) -> None:
    above = '{"1":{"name":"order.amount","conditions":{"$more_than":[500]}},"logic":"1"}'
    world = World().given(rule("val_1", above))
    promotion(world, new("A", validation_rules=("val_1",)), "B", "C")
    promotion(world, "X", name="Gone")
    world.when(DeleteCampaign("Gone"))
    world.when(DisableTier(tier(world, "C").id))
    item = OrderItemInput(product_id="p", quantity=1, price=order)
    asked = None if order is None else OrderInput(items=(item,))

    def found(wanted: WantedTiers) -> list[str]:
        asker = Asker(None, "server")
        steps = find_applying_tiers(world.view, asked, asker, None, wanted, world.now)
        return [each.tier.name for each in run_at_once(steps)]

    assert found(WantedTiers()) == names
    assert found(WantedTiers(campaign_ids=frozenset({campaign(world).id}))) == names
    assert found(WantedTiers(campaign_ids=frozenset({"camp_9"}))) == []
    assert found(WantedTiers(lambda _: False)) == []
