"""Whatever happens in whatever order, nobody is rewarded twice, and what is taken back is gone."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from engine.customers.loyalty import loyalty_of
from engine.kernel import tables
from engine.kernel.ids import holding_id
from schemas.commands import CommandBody
from schemas.custom_events import Referral as NamedReferral
from schemas.custom_events import TrackCustomEvent
from schemas.prizes import CustomerRewarded, RewardTakenBack
from schemas.redemptions import RollBackRedemption
from schemas.referrals import AddHolders, NamedHolder, RemoveHolder
from tests.unit.engine.program_world import (
    code_campaign,
    code_of,
    credits,
    customer_id,
    gift_campaign,
    referral_program,
    referrer_code,
)
from tests.unit.engine.world import World, customer, redeem

REFERRERS = ("ann", "bob")
PEOPLE = (*REFERRERS, "cid", "dan", "eve")
PROGRAMS = ("Friends", "Signed")
REWARD = 300

#: What happens: a kind of step, a program, a referrer, a customer, a number.
STEPS = st.lists(
    st.tuples(
        st.sampled_from(
            (
                *("redeem",) * 4,
                *("roll_back",) * 3,
                *("event", "event_with_code", "spend", "spend", "add", "remove"),
            )
        ),
        st.sampled_from(PROGRAMS),
        st.sampled_from(REFERRERS),
        st.sampled_from(PEOPLE),
        st.integers(0, 7),
    ),
    max_size=30,
)


def make_world() -> tuple[World, dict[tuple[str, str], str]]:
    """Two programs, one of which rewards with codes, with a code of each referrer."""
    world = World()
    gift_campaign(world)
    code_campaign(world)
    referral_program(world, referee_reward=credits(REWARD), referrer_reward=credits(REWARD))
    referral_program(
        world,
        "Signed",
        conversion_event_type="custom_event",
        custom_event="signed_up",
        referee_reward=code_of(),
        referrer_reward=credits(REWARD),
    )
    codes = {
        (name, who): referrer_code(world, who, name).code for name in PROGRAMS for who in REFERRERS
    }
    return world, codes


def step_body(
    world: World,
    codes: dict[tuple[str, str], str],
    kind: str,
    name: str,
    by: str,
    who: str,
    nth: int,
) -> CommandBody:
    """The command of a step; `nth` picks one of what there is."""
    code = codes[name, by]
    match kind:
        case "redeem":
            return redeem(code, customer=customer(who))
        case "roll_back":
            ids = [each.id for each in world.view.scan(tables.REDEMPTIONS)]
            return RollBackRedemption(ids[nth % len(ids)] if ids else "r_none")
        case "event":
            return TrackCustomEvent("signed_up", customer(who))
        case "event_with_code":
            return TrackCustomEvent("signed_up", customer(who), referral=NamedReferral(code))
        case "add":
            return AddHolders(code, (NamedHolder(customer(who)),))
        case "remove":
            voucher = world.view.get(tables.VOUCHER_CODES, code) or ""
            known = world.view.get(tables.CUSTOMER_SOURCES, tables.source_key(who)) or ""
            return RemoveHolder(code, holding_id(known, voucher))
        case _:
            held = [
                each.code
                for each in world.view.scan(tables.VOUCHERS)
                if each.holder_id is not None and not each.is_referral_code
            ]
            chosen = held[nth % len(held)] if held else "none"
            return redeem(chosen, order=100 + 50 * nth, customer=customer(who))


@given(STEPS)
def test_nobody_is_rewarded_twice(steps: list[tuple[str, str, str, str, int]]) -> None:
    world, codes = make_world()
    #: What of each reward its customer has or kept, by program, referee and side.
    standing: Counter[tuple[str, str, str]] = Counter()
    for step in steps:
        record = world.when(step_body(world, codes, *step))
        for event in record.events:
            if isinstance(event, CustomerRewarded):
                key = reward_key(world, event)
                assert standing[key] == 0
                standing[key] = event.amount or 1
            elif isinstance(event, RewardTakenBack):
                key = reward_key(world, event)
                is_code = event.given.prize.amount is None
                taken = 1 - event.given.missing if is_code else event.amount
                standing[key] -= taken
                assert standing[key] == event.given.missing
        assert all(value <= REWARD for value in standing.values())
        hold_laws(world)


def reward_key(world: World, event: CustomerRewarded | RewardTakenBack) -> tuple[str, str, str]:
    """The program, the customer who was referred, and the side."""
    occasion = event.occasion
    referees = {
        each.id: each.customer_id
        for each in world.view.scan(tables.REFERRALS)
        if each.campaign_id == occasion.campaign_id
    }
    return occasion.campaign_id, referees[occasion.subject_id], occasion.side


def hold_laws(world: World) -> None:
    """What is counted is what a recount says, and no card is below zero."""
    referrals = list(world.view.scan(tables.REFERRALS))
    converted = [each for each in referrals if each.status == "CONVERTED"]
    conversions = Counter((each.campaign_id, each.referrer_id) for each in converted)
    for (campaign_id, referrer_id), count in conversions.items():
        assert world.view.get(tables.CONVERSIONS, campaign_id, referrer_id) == count
    assert sum(world.view.scan(tables.CONVERSIONS)) == len(converted)
    here = Counter(each.voucher_id for each in referrals if each.status != "REVOKED")
    assert sum(world.view.scan(tables.REFEREE_COUNTS)) == sum(here.values())
    assert len(list(world.view.scan(tables.REFEREES))) == sum(here.values())
    assert all(each.referrer_id != each.customer_id for each in referrals)
    for who in REFERRERS:
        own = customer_id(world, who)
        summary = world.view.get(tables.CUSTOMER_SUMMARIES, own)
        referred = sum(each.referrer_id == own for each in converted)
        assert (0 if summary is None else summary.referred_customers) == referred
        loyalty = loyalty_of(world.view, own, world.now)
        assert (0 if loyalty is None else sum(loyalty.referred.values())) == referred
    for each in world.view.scan(tables.VOUCHERS):
        if each.gift is not None:
            assert each.gift.balance >= 0
            left = each.gift.amount - each.gift.subtracted_amount - each.redeemed_amount
            assert each.gift.balance == left
