"""Who is referred by whom, what converts, what both sides get, and what a rollback takes back."""

from decimal import Decimal
from typing import Any

from engine.customers.body import customer_body
from engine.kernel import tables
from schemas.balances import AdjustBalance
from schemas.campaigns import DisableCampaign, VoucherTemplate
from schemas.custom_events import CustomEventTracked, Referral, TrackCustomEvent
from schemas.discounts import Discount
from schemas.prizes import CustomerRewarded, RewardTakenBack, RewardWithheld
from schemas.redemptions import RedemptionSucceeded, RollBackRedemption
from schemas.referrals import CreateReferralTier, CustomerReferred, RefereeAdded, ReferralTier
from schemas.segments import CreateSegment, Segment
from schemas.vouchers import DeleteVoucher
from tests.unit.engine.campaign_world import id_of
from tests.unit.engine.program_world import (
    card_of,
    code_campaign,
    code_of,
    credits,
    credits_of,
    customer_id,
    gift_campaign,
    refer,
    referral,
    referral_program,
    referrer_code,
)
from tests.unit.engine.world import HOUR, World, customer, only, redeem, refused


def program(world: World, **terms: Any) -> str:
    """A double-sided program; gives the code of its referrer, ann."""
    gift_campaign(world)
    referral_program(world, referee_reward=credits(300), referrer_reward=credits(700), **terms)
    return referrer_code(world).code


def roll_back(world: World, record: object) -> None:
    """The redemption of a record is rolled back."""
    [redemption_id] = only(record, RedemptionSucceeded).redemption_ids  # type: ignore[arg-type]
    taken_back = world.when(RollBackRedemption(redemption_id))
    assert taken_back.refusal is None


def test_a_redemption_refers_and_rewards_both_sides_in_its_record() -> None:
    world = World()
    code = program(world)
    record = refer(world, code)
    told = only(record, CustomerReferred)
    assert told.referral.referrer_id == customer_id(world, "ann")
    assert (told.referral.status, told.conversions) == ("CONVERTED", 1)
    assert (credits_of(world, "bob"), credits_of(world, "ann")) == (300, 700)
    order = only(record, RedemptionSucceeded).evaluation.order
    assert order is not None and order.referrer_id == customer_id(world, "ann")


def test_customers_show_by_whom_they_came_and_how_many_came_by_them() -> None:
    world = World()
    code = program(world)
    refer(world, code)
    refer(world, code, "cid")
    ann, bob = (
        customer_body(
            world.customer(customer_id(world, who)),
            world.view.get(tables.CUSTOMER_SUMMARIES, customer_id(world, who)),
        )
        for who in ("ann", "bob")
    )
    assert ann["loyalty"]["referred_customers"] == 2
    assert ann["referrals"] == {"total": 0, "campaigns": []}
    [shown] = bob["referrals"]["campaigns"]
    assert shown["referrer_id"] == ann["id"] and shown["related_object_type"] == "redemption"


def test_a_customer_is_referred_once_by_the_code_that_came_first() -> None:
    world = World()
    first = program(world)
    second = referrer_code(world, "dan").code
    refer(world, first)
    again = refer(world, second)
    assert not any(isinstance(each, CustomerReferred) for each in again.events)
    refer(world, first)
    assert (credits_of(world, "bob"), credits_of(world, "ann")) == (300, 700)
    assert referral(world).referrer_id == customer_id(world, "ann")


def test_nobody_is_referred_by_a_code_that_nobody_holds_or_without_a_customer() -> None:
    world = World()
    code = program(world)
    for body in (redeem(code), redeem(code, customer=None)):
        record = world.when(body)
        assert record.refusal is None
        assert not any(isinstance(each, CustomerReferred) for each in record.events)


def test_the_same_customer_e_mail_or_phone_is_not_referred() -> None:
    same = {
        "customer": customer("ann"),
        "email": customer("bob", email=" Ann@Shop.test "),
        "phone": customer("cid", phone="0048 123-456-789"),
    }
    for name, who in same.items():
        world = World()
        code = program(world)
        world.when(redeem(code, customer=customer("eve")))
        ann = customer("ann", email="ann@shop.test", phone="+48 123 456 789")
        record = world.when(redeem("none", customer=ann))
        assert refused(record) == "not_found"
        record = world.when(redeem(code, customer=who))
        assert refused(record) == "referrer_not_permitted_to_redeem"
        assert record.refusal is not None and record.refusal.details == code
        assert record.refusal.explanation == {"rule": "referrer", "same": name}


def test_a_rollback_takes_back_what_is_there_of_the_rewards() -> None:
    world = World()
    code = program(world)
    record = refer(world, code)
    # ann spends 400 of her 700
    spent = world.when(redeem(card_of(world, "ann").code, order=400, customer=customer("ann")))
    assert spent.refusal is None
    roll_back(world, record)
    revoked = referral(world)
    assert (credits_of(world, "bob"), credits_of(world, "ann")) == (0, 0)
    assert revoked.status == "REVOKED"
    assert revoked.referrer_reward is not None and revoked.referrer_reward.missing == 400
    assert revoked.referee_reward is not None and revoked.referee_reward.missing == 0
    summary = world.view.get(tables.CUSTOMER_SUMMARIES, customer_id(world, "bob"))
    assert summary is not None and summary.referrals == ()


def test_another_referrer_is_rewarded_whatever_the_one_of_before_kept() -> None:
    world = World()
    code, other = program(world), referrer_code(world, "dan").code
    first = refer(world, code)
    world.when(AdjustBalance(card_of(world, "ann").code, -700))
    roll_back(world, first)
    second = refer(world, other)
    assert (credits_of(world, "dan"), credits_of(world, "ann")) == (700, 0)
    roll_back(world, second)
    assert credits_of(world, "dan") == 0
    refer(world, code)
    # who kept the reward is known still
    assert credits_of(world, "ann") == 0


def test_who_kept_some_of_a_reward_is_given_none_again() -> None:
    world = World()
    code = program(world)
    record = refer(world, code)
    world.when(redeem(card_of(world, "ann").code, order=1, customer=customer("ann")))
    roll_back(world, record)
    refer(world, code)
    assert (credits_of(world, "bob"), credits_of(world, "ann")) == (300, 0)
    assert referral(world).status == "CONVERTED"


def test_an_unused_code_is_switched_off_and_a_used_one_stays() -> None:
    world = World()
    code_campaign(world)
    referral_program(world, referee_reward=code_of(), referrer_reward=code_of())
    record = refer(world, referrer_code(world).code)
    rewards = [each for each in record.events if isinstance(each, CustomerRewarded)]
    assert [each.occasion.side for each in rewards] == ["REFEREE", "REFERRER"]
    refer(world, card_of(world, "bob", "Thanks").code)
    roll_back(world, record)
    assert card_of(world, "bob", "Thanks").active
    assert not card_of(world, "ann", "Thanks").active
    kept = referral(world).referee_reward
    assert kept is not None and kept.missing == 1


def test_a_custom_event_converts_a_referee() -> None:
    world = World()
    code = program(world, conversion_event_type="custom_event", custom_event="signed_up")
    record = refer(world, code)
    assert only(record, RefereeAdded).referral.status == "REFERRED"
    other = world.when(TrackCustomEvent("looked_around", customer("bob")))
    assert len(other.events) == 1
    record = world.when(TrackCustomEvent("signed_up", customer("bob")))
    told = only(record, CustomerReferred).referral
    event = only(record, CustomEventTracked).event
    assert (told.related_object_type, told.related_object_id) == ("event", event.id)
    assert (credits_of(world, "bob"), credits_of(world, "ann")) == (300, 700)
    again = world.when(TrackCustomEvent("signed_up", customer("bob")))
    assert not any(isinstance(each, CustomerReferred) for each in again.events)


def test_an_event_that_names_a_code_makes_a_referee_and_converts() -> None:
    world = World()
    code = program(world, conversion_event_type="custom_event", custom_event="signed_up")
    body = TrackCustomEvent("signed_up", customer("bob"), referral=Referral(code))
    record = world.when(body)
    assert only(record, CustomerReferred).referral.id == only(record, RefereeAdded).referral.id
    shown = only(record, CustomEventTracked).event.referral
    assert shown is not None and shown.referrer_id == customer_id(world, "ann")


def test_what_an_event_says_of_a_referral_has_to_be_so() -> None:
    world = World()
    code = program(world, conversion_event_type="custom_event", custom_event="signed_up")
    world.when(redeem("none", customer=customer("dan")))
    own = code_campaign(world)
    plain = referrer_code(world, "dan", own.name).code
    wrong = {
        "not_found": [(Referral("none"), "bob"), (Referral(code, "nobody"), "bob")],
        "invalid_voucher": [(Referral(plain), "bob")],
        "invalid_customer": [(Referral(code, "dan"), "bob")],
        "referrer_not_permitted_to_redeem": [(Referral(code), "ann")],
    }
    for key, cases in wrong.items():
        for named, who in cases:
            record = world.when(TrackCustomEvent("signed_up", customer(who), referral=named))
            assert refused(record) == key
            assert not record.events


def test_entering_a_segment_converts_a_referee() -> None:
    world = World()
    text = '{"metadata.vip": {"conditions": {"$is": [true]}}, "junction": "and"}'
    segment = Segment("", "VIP", 0, "auto-update", text)
    made = world.when(CreateSegment(segment))
    assert made.refusal is None, made.refusal
    [segment_id] = [each.id for each in world.view.scan(tables.SEGMENTS)]
    code = program(world, conversion_event_type="segment", segment_id=segment_id)
    refer(world, code)
    record = world.when(redeem(code, customer=customer("bob", metadata={"vip": True})))
    told = only(record, CustomerReferred).referral
    assert (told.related_object_type, told.related_object_id) == ("segment", segment_id)


def test_a_rollback_before_the_conversion_takes_the_code_from_the_referee() -> None:
    world = World()
    code = program(world, conversion_event_type="custom_event", custom_event="signed_up")
    record = refer(world, code)
    roll_back(world, record)
    assert referral(world).status == "REVOKED"
    record = world.when(TrackCustomEvent("signed_up", customer("bob")))
    assert len(record.events) == 1


def test_a_rollback_after_an_event_converted_changes_nothing() -> None:
    world = World()
    code = program(world, conversion_event_type="custom_event", custom_event="signed_up")
    record = refer(world, code)
    world.when(TrackCustomEvent("signed_up", customer("bob")))
    roll_back(world, record)
    assert referral(world).status == "CONVERTED"
    assert credits_of(world, "ann") == 700


def test_a_tier_gives_its_reward_from_its_conversion_on() -> None:
    world = World()
    code = program(world)
    tier = ReferralTier("", "", 2, credits(900), 0)
    made = world.when(CreateReferralTier(id_of(world, "Friends"), tier))
    assert made.refusal is None
    for who in ("bob", "cid", "dan"):
        refer(world, code, who)
    assert credits_of(world, "ann") == 700 + 900 + 900


def test_a_reward_that_cannot_be_given_is_told_with_the_reason() -> None:
    world = World()
    gifts = gift_campaign(world, type="STATIC")
    referral_program(world, referee_reward=credits(300))
    record = refer(world, referrer_code(world).code)
    withheld = only(record, RewardWithheld)
    assert withheld.refusal.key == "no_voucher_suitable_for_publication"
    assert withheld.prize.campaign_id == gifts.id
    assert referral(world).referee_reward is None
    assert only(record, CustomerReferred).referral.status == "CONVERTED"


def test_a_program_that_is_over_converts_no_more() -> None:
    world = World()
    code = program(world, conversion_event_type="custom_event", custom_event="signed_up")
    refer(world, code)
    world.when(DisableCampaign(id_of(world, "Friends")))
    record = world.when(TrackCustomEvent("signed_up", customer("bob")), after=HOUR)
    assert len(record.events) == 1


def test_a_card_that_is_gone_gives_nothing_back() -> None:
    world = World()
    code = program(world)
    record = refer(world, code)
    world.when(DeleteVoucher(card_of(world, "bob").code, force=True))
    [redemption_id] = only(record, RedemptionSucceeded).redemption_ids
    taken = world.when(RollBackRedemption(redemption_id))
    gone = [each for each in taken.events if isinstance(each, RewardTakenBack)]
    assert [(each.voucher is None, each.given.missing) for each in gone] == [
        (True, 300),
        (False, 0),
    ]


def test_a_discount_of_percent_is_a_referral_code_as_well() -> None:
    world = World()
    percent = Discount(type="PERCENT", percent_off=Decimal(10))
    template = VoucherTemplate(type="DISCOUNT_VOUCHER", discount=percent, is_referral_code=True)
    referral_program(world, voucher=template)
    code = referrer_code(world)
    assert code.is_referral_code
    assert only(refer(world, code.code), CustomerReferred).conversions == 1
