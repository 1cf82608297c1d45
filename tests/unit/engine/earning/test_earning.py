"""What is earned for, by whom and why not: orders, redemptions, custom events, segments, tiers."""

import msgspec
import pytest

from engine.effects import ROUNDS_MAX
from engine.kernel import tables
from engine.segments.following import customers_at_once
from schemas.api import CustomerInput, OrderInput
from schemas.campaigns import (
    Campaign,
    CardTemplate,
    CreateCampaign,
    DeleteCampaign,
    DisableCampaign,
    VoucherTemplate,
)
from schemas.custom_events import CustomEventTracked, EventLoyalty, Loyalty, TrackCustomEvent
from schemas.customers import DeleteCustomer, UpdateCustomer
from schemas.earning import (
    CreateEarningRules,
    DeleteEarningRule,
    DisableEarningRule,
    EarningLimits,
    EarningRuleDeleted,
    EnableEarningRule,
    PendingTerms,
    PointsEarned,
    PointsTakenBack,
)
from schemas.loyalty_tiers import CreateLoyaltyTiers, NewLoyaltyTier, PointsRange
from schemas.orders import CreateOrder
from schemas.pending import AdjustPendingPoints
from schemas.programs import ReactionsStopped
from schemas.records import Decided
from schemas.redemptions import RollBackRedemption
from schemas.segments import CreateSegment, Segment
from schemas.vouchers import DeleteVoucher, DisableVoucher, Voucher
from tests.unit.engine.campaign_world import publish, run_actions
from tests.unit.engine.earning_world import (
    PROGRAM,
    become,
    card,
    earned,
    every,
    fixed,
    new_rule,
    order,
    points,
    program,
    reasons,
    rule,
    track,
)
from tests.unit.engine.world import World, customer, only, redeem, refused, voucher

CARD = VoucherTemplate(type="LOYALTY_CARD", loyalty_card=CardTemplate(0), quantity=None)


def name_card(world: World, code: str, who: str = "alice") -> Decided:
    """The record of a custom event that names a card."""
    named = CustomerInput(source_id=who)
    return world.when(TrackCustomEvent("visit", named, loyalty=Loyalty(code)))


def cards(world: World) -> list[Voucher]:
    """All cards there are."""
    return [each for each in world.view.scan(tables.VOUCHERS) if each.loyalty_card is not None]


@pytest.fixture
def world() -> World:
    """A program of which alice is a member."""
    made = World()
    program(made, "alice")
    return made


def test_a_paid_order_earns_once(world: World) -> None:
    rule(world, every(1000, 3))

    record = order(world, 12_999)

    assert earned(record) == [36]
    assert record.effects
    assert earned(become(world, "FULFILLED")) == []
    assert earned(become(world, "PAID")) == []
    assert points(world).balance == 36


def test_an_order_earns_when_it_becomes_paid(world: World) -> None:
    rule(world)

    assert earned(order(world, status="CREATED")) == []
    assert earned(become(world, "PAID")) == [10]


def test_an_order_that_is_fulfilled_counts_as_paid_once(world: World) -> None:
    rule(world)
    assert earned(order(world, status="FULFILLED")) == [10]
    assert earned(become(world, "PAID")) == earned(become(world, "FULFILLED")) == []
    order(world, source_id="o2", status="CREATED")
    assert earned(become(world, "FULFILLED", "o2")) == [10]
    assert only(become(world, "CANCELED", "o2"), PointsTakenBack).missing == 0
    assert earned(become(world, "FULFILLED", "o2")) == [10]
    assert points(world).balance == 20


def test_a_redemption_that_pays_an_order_earns_and_its_rollback_takes_it_back(
    world: World,
) -> None:
    rule(world)
    world.given(voucher("TEN"))

    record = world.when(redeem("TEN", customer=customer()))

    assert earned(record) == [10]
    redeemed = next(each for each in record.events if hasattr(each, "redemption_ids"))
    rolled_back = world.when(RollBackRedemption(redeemed.redemption_ids[0]))
    assert only(rolled_back, PointsTakenBack).points == 10
    assert points(world).balance == 0


def test_whoever_is_no_member_earns_nothing_and_nothing_is_told(world: World) -> None:
    rule(world)

    record = order(world, who="bob")

    assert (earned(record), reasons(record)) == ([], [])
    nobody = world.when(CreateOrder(OrderInput(source_id="o9", amount=1, status="PAID")))
    assert (earned(nobody), reasons(nobody)) == ([], [])


def test_each_program_gives_its_own(world: World) -> None:
    program(world, "alice", name="Other")
    rule(world, fixed(1))
    rule(world, fixed(2), name="Other")

    assert sorted(earned(order(world))) == [1, 2]
    assert (points(world).balance, points(world, "Other").balance) == (1, 2)


def test_a_card_a_program_or_a_rule_that_is_switched_off_gives_nothing(world: World) -> None:
    made = rule(world)
    world.when(DisableEarningRule(PROGRAM, made.id))
    assert reasons(order(world, source_id="a")) == ["active"]
    world.when(EnableEarningRule(PROGRAM, made.id))
    world.when(DisableVoucher(card(world).code))
    assert reasons(order(world, source_id="b")) == ["card_active"]
    world.when(DisableCampaign(PROGRAM))
    assert reasons(order(world, source_id="c")) == ["campaign_active"]


def test_a_custom_event_earns_by_its_name(world: World) -> None:
    rule(world, fixed(5), "visit")
    terms = {
        "type": "PROPORTIONAL",
        "calculation_type": "CUSTOM_EVENT_METADATA",
        "custom_event": {"metadata": {"every": 10, "points": 1, "property": "km"}},
    }
    rule(world, terms, "ran")

    assert earned(track(world)) == [5]
    assert earned(track(world, "ran", km=42)) == [4]
    assert reasons(track(world, "ran")) == ["no_points"]
    assert earned(track(world, "other")) == []
    assert points(world).balance == 9


def test_a_custom_event_that_names_a_card_earns_for_it_alone(world: World) -> None:
    program(world, "alice", name="Other")
    for name in (PROGRAM, "Other"):
        world.when(publish(name, "alice"))
        rule(world, fixed(5), "visit", name=name)
    first, second = card(world, "Other"), card(world, "Other", 1)

    [tracked] = (
        each.event
        for each in name_card(world, second.code).events
        if isinstance(each, CustomEventTracked)
    )
    assert tracked.loyalty == EventLoyalty(second.code, second.id, second.campaign_id or "")
    balances = {each.code: each.loyalty_card.balance for each in cards(world) if each.loyalty_card}
    assert {code for code, balance in balances.items() if balance} == {second.code}
    assert earned(name_card(world, first.id)) == [5]
    assert earned(track(world)) == [5, 5]


def test_a_card_that_a_custom_event_names_has_to_be_the_customers(world: World) -> None:
    program(world, "bob", name="Other")
    rule(world, fixed(5), "visit")
    world.given(voucher("TEN"))
    refusals = {card(world, "Other").code: "invalid_customer", "TEN": "not_found", "X": "not_found"}
    for code, refusal in refusals.items():
        assert refused(name_card(world, code)) == refusal
    assert refused(name_card(world, card(world).code, who="new")) == "invalid_customer"
    world.when(CreateCampaign(Campaign("", "Empty", "LOYALTY_PROGRAM", "STATIC", 0, CARD), 1))
    assert refused(name_card(world, card(world, "Empty").code)) == "invalid_voucher"
    # why a card that is switched off earns nothing is told as ever
    world.when(DisableVoucher(card(world).code))
    assert reasons(name_card(world, card(world).code)) == ["card_active"]


def test_entering_a_segment_earns_once_each_time(world: World) -> None:
    text = '{"junction":"and","metadata.vip":{"conditions":{"$is":[true]}}}'
    record = world.when(CreateSegment(Segment("", "VIP", 0, "auto-update", text)))
    run_actions(world)
    segment_id = next(each.segment.id for each in record.events if hasattr(each, "segment"))
    rule(world, fixed(50), "customer.segment.entered", segment_id=segment_id)

    for flag, gains in ((b"true", [50]), (b"true", []), (b"false", []), (b"true", [50])):
        changes = msgspec.Raw(b'{"metadata":{"vip":' + flag + b"}}")
        assert earned(world.when(UpdateCustomer("alice", changes))) == gains


def test_reaching_a_tier_earns_and_may_lift_into_the_next(world: World) -> None:
    rule(world, fixed(100))
    tiers = (
        NewLoyaltyTier("Silver", PointsRange(100, 149)),
        NewLoyaltyTier("Gold", PointsRange(150)),
    )
    world.when(CreateLoyaltyTiers(PROGRAM, tiers))
    run_actions(world)
    rule(world, fixed(60), "customer.loyalty.tier.joined")
    rule(world, fixed(7), "customer.loyalty.tier.upgraded")

    record = order(world)

    assert earned(record) == [100, 60, 7]
    assert points(world).balance == 167


def test_rules_that_feed_one_another_stop(world: World) -> None:
    rule(world, fixed(100))
    program(world, "alice", name="Other")
    ranges = [PointsRange(n * 100, n * 100 + 99) for n in range(1, 20)]
    tiers = tuple(NewLoyaltyTier(str(n), each) for n, each in enumerate(ranges))
    world.when(CreateLoyaltyTiers(PROGRAM, tiers))
    run_actions(world)
    for event in ("joined", "upgraded"):
        rule(world, fixed(100), f"customer.loyalty.tier.{event}")

    record = order(world)

    assert 2 < len(earned(record)) <= ROUNDS_MAX
    assert record.events[-1] == ReactionsStopped(ROUNDS_MAX, {"voucher.points_earned": 1})
    assert record.effects


def test_reactions_that_end_by_themselves_tell_nothing_of_it(world: World) -> None:
    rule(world, fixed(100))
    assert not [each for each in order(world).events if isinstance(each, ReactionsStopped)]


def test_what_the_event_says_is_which_rule_gave_what(world: World) -> None:
    made = rule(world, fixed(5), banner="Five")

    event = only(order(world, source_id="o7"), PointsEarned)

    assert (event.rule_id, event.banner, event.trigger.name) == (made.id, "Five", "o7")
    assert event.trigger.event == "order.paid"


def test_a_card_that_is_gone_loses_nothing(world: World) -> None:
    rule(world)
    order(world)
    world.when(DeleteVoucher(card(world).code))

    record = become(world, "CANCELED")

    assert not [each for each in record.events if isinstance(each, PointsTakenBack)]
    assert list(world.view.scan(tables.ORDER_EARNINGS)) == []


def test_a_customer_in_the_bin_earns_nothing(world: World) -> None:
    rule(world)
    order(world, status="CREATED")
    world.when(DeleteCustomer("alice"))
    assert earned(become(world, "PAID")) == []


def test_rules_end_with_their_program(world: World) -> None:
    made = rule(world)

    record = world.when(DeleteCampaign(PROGRAM))

    assert only(record, EarningRuleDeleted).rule.id == made.id
    assert world.view.get(tables.REACTING, tables.THE_ONE) is None


def test_a_program_reacts_while_it_has_rules(world: World) -> None:
    first, second = rule(world), rule(world)
    for each, reacts in ((first, True), (second, False)):
        world.when(DeleteEarningRule(PROGRAM, each.id))
        assert (world.view.get(tables.REACTING, tables.THE_ONE) is not None) is reacts


def test_a_program_has_so_many_rules_at_most(world: World) -> None:
    rules = tuple(new_rule() for _ in range(100))
    assert world.when(CreateEarningRules(PROGRAM, rules)).refusal is None
    assert refused(world.when(CreateEarningRules(PROGRAM, rules[:1]))) == "invalid_payload"


def test_rules_are_created_all_or_none(world: World) -> None:
    record = world.when(CreateEarningRules(PROGRAM, (new_rule(), new_rule(fixed(-1)))))
    assert refused(record) == "invalid_payload"
    assert list(world.view.scan(tables.EARNING_RULES)) == []
    assert refused(world.when(CreateEarningRules("None", (new_rule(),)))) == "not_found"


@pytest.mark.parametrize("change", [15, -9])
def test_limits_forget_of_a_canceled_order_what_they_counted_and_not_what_became_of_it(
    world: World, change: int
) -> None:
    rule(world, limits=EarningLimits(points=30), pending_points=PendingTerms(5))
    order(world, source_id="o1")
    [pending] = world.view.scan(tables.PENDING_POINTS)
    order(world, source_id="o2")
    assert world.when(AdjustPendingPoints(card(world).id, pending.id, change)).refusal is None
    become(world, "CANCELED", "o1")
    for number in range(3, 6):
        order(world, source_id=f"o{number}")
    assert points(world).pending_points == 30


def test_another_holder_of_a_program_earns_by_the_own_limits(world: World) -> None:
    world.when(publish(PROGRAM, "bob"))
    rule(world, limits=EarningLimits(count=1))
    assert earned(order(world, source_id="a")) == [10]
    assert earned(order(world, source_id="b", who="bob")) == [10]
    assert reasons(order(world, source_id="c")) == ["limit_count"]


def test_work_in_the_background_does_fewer_customers_at_once_where_they_earn(
    world: World,
) -> None:
    before = customers_at_once(world.view)
    for _ in range(4):
        rule(world)

    assert before == 500
    assert customers_at_once(world.view) == 300_000 // (4 * 1500)
