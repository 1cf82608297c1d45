"""Points as prizes: on the card that there is, or a new one, with their time to expire; and back."""

from engine.answers.hook_events import hook_events
from engine.answers.transactions import transactions
from engine.kernel import tables
from schemas.balances import AdjustBalance
from schemas.base import DAY_MS
from schemas.points import PointsExpirationRules, PointsExpired
from schemas.prizes import CustomerRewarded, RewardTakenBack, RewardWithheld
from schemas.publications import PublicationSucceeded
from schemas.redemptions import RedemptionSucceeded, RollBackRedemption
from schemas.vouchers import DisableVoucher, LoyaltyCard
from tests.unit.engine.campaign_world import publish
from tests.unit.engine.program_world import (
    card_of,
    loyalty_program,
    points,
    refer,
    referral_program,
    referrer_code,
)
from tests.unit.engine.world import World, found, only

TEN_DAYS = PointsExpirationRules("DAY", 10)


def club(world: World, rules: PointsExpirationRules | None = None) -> str:
    """A program that gives both sides points; gives the code of its referrer, ann."""
    loyalty_program(world, expiration_rules=rules)
    referral_program(world, referee_reward=points(50), referrer_reward=points(100))
    return referrer_code(world).code


def loaded(world: World, who: str) -> LoyaltyCard:
    """What is on the customer's card."""
    return found(card_of(world, who, "Club").loyalty_card)


def test_a_card_is_published_to_whoever_has_none() -> None:
    world = World()
    code = club(world)
    world.when(publish("Club", "ann"))
    record = refer(world, code)
    assert len([each for each in record.events if isinstance(each, PublicationSucceeded)]) == 1
    assert (loaded(world, "bob").balance, loaded(world, "ann").balance) == (50, 100)
    refer(world, code, "cid")
    assert (loaded(world, "ann").points, loaded(world, "ann").balance) == (200, 200)


def test_points_expire_by_the_rules_of_their_program() -> None:
    world = World()
    refer(world, club(world, TEN_DAYS))
    [bucket] = world.view.scan(tables.POINTS_BUCKETS, card_of(world, "bob", "Club").id)
    assert bucket.points == 50
    assert loaded(world, "bob").next_expiration_at == bucket.expires_at > world.now + 9 * DAY_MS


def test_what_expired_by_then_is_told_before_more_is_given() -> None:
    world = World()
    code = club(world, TEN_DAYS)
    refer(world, code)
    world.now += 20 * DAY_MS
    record = refer(world, code, "cid")
    assert only(record, PointsExpired).points == 100
    assert loaded(world, "ann").balance == 100
    assert loaded(world, "ann").expired_points == 100


def test_points_go_back_with_the_redemption() -> None:
    world = World()
    record = refer(world, club(world, TEN_DAYS))
    [redemption_id] = only(record, RedemptionSucceeded).redemption_ids
    taken = world.when(RollBackRedemption(redemption_id))
    told = [each for each in taken.events if isinstance(each, RewardTakenBack)]
    assert [each.amount for each in told] == [50, 100]
    assert loaded(world, "bob").balance == loaded(world, "ann").balance == 0
    assert not list(world.view.scan(tables.POINTS_BUCKETS, card_of(world, "bob", "Club").id))
    assert [each.body["type"] for each in transactions(taken)] == ["POINTS_REMOVAL"] * 2


def test_transactions_and_webhooks_say_what_was_given() -> None:
    world = World()
    record = refer(world, club(world))
    booked = transactions(record)
    assert [each.body["type"] for each in booked] == ["POINTS_ADDITION"] * 2
    assert {each.body["reason"] for each in booked} == {"referral"}
    told = [event.name for event in hook_events(record)]
    assert told.count("customer.rewarded") == 2
    assert told.count("customer.rewarded.loyalty_points") == 2
    assert told.count("voucher.loyalty_card.transaction.created") == 2
    rewards = [each for each in hook_events(record) if each.name == "customer.rewarded"]
    assert [each.data["balance"] for each in rewards] == [{"points": 50}, {"points": 100}]


def test_nobody_is_given_points_on_a_card_that_is_switched_off() -> None:
    world = World()
    code = club(world)
    world.when(publish("Club", "ann"))
    world.when(DisableVoucher(card_of(world, "ann", "Club").code))
    record = refer(world, code)
    assert only(record, RewardWithheld).refusal.key == "voucher_cannot_be_published"
    assert [each.amount for each in record.events if isinstance(each, CustomerRewarded)] == [50]


def test_nothing_is_taken_for_points_that_expired() -> None:
    world = World()
    record = refer(world, club(world, TEN_DAYS))
    [redemption_id] = only(record, RedemptionSucceeded).redemption_ids
    world.now += 20 * DAY_MS
    world.when(
        AdjustBalance(card_of(world, "ann", "Club").code, 70, expiration_type="NON_EXPIRING")
    )
    assert loaded(world, "ann").expired_points == 100
    taken = world.when(RollBackRedemption(redemption_id))
    told = [each for each in taken.events if isinstance(each, RewardTakenBack)]
    assert [(each.amount, each.given.missing) for each in told] == [(0, 50), (0, 100)]
    assert loaded(world, "ann").balance == 70
    assert [each.body["type"] for each in transactions(taken)] == ["POINTS_EXPIRATION"]


def test_of_points_that_are_there_still_what_is_left_is_taken() -> None:
    world = World()
    record = refer(world, club(world, TEN_DAYS))
    [redemption_id] = only(record, RedemptionSucceeded).redemption_ids
    world.now += 5 * DAY_MS
    world.when(AdjustBalance(card_of(world, "ann", "Club").code, -30))
    taken = world.when(RollBackRedemption(redemption_id))
    told = [each for each in taken.events if isinstance(each, RewardTakenBack)]
    assert [(each.amount, each.given.missing) for each in told] == [(50, 0), (70, 30)]
