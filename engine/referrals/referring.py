"""Referrals as they come about by themselves: who redeems a code, and what converts.

A referee is whoever redeems a code that somebody else holds, or sends a custom event that names it;
there is one referral of a customer in a program, by the code that came first. It converts with the
redemption itself, with the program's custom event, or once the customer enters its segment; both
sides are rewarded then. A redemption that is rolled back takes its referral back with the rewards,
as far as they are there, and whoever kept some of a reward is not given one again.
"""

from collections.abc import Generator, Iterator
from types import MappingProxyType
from typing import NamedTuple

from msgspec import structs

from engine.campaigns.free import campaign_closed
from engine.kernel import tables
from engine.kernel.ids import holding_id, numbered_command
from engine.kernel.room import Reactions
from engine.kernel.state import View
from engine.prizes.giving import hand_out_prize
from engine.prizes.taking_back import take_back_prize
from engine.referrals.find import (
    conversions_of,
    find_referral,
    is_referee,
    program_of,
    tier_for,
)
from schemas.base import Millis
from schemas.campaigns import Campaign
from schemas.commands import Command
from schemas.custom_events import CustomEventTracked
from schemas.errors import Refusal
from schemas.events import Event
from schemas.prize_terms import Prize
from schemas.prizes import GivenPrize, Occasion, Side
from schemas.programs import Reacting
from schemas.redemptions import RedemptionRolledBack, RedemptionSucceeded
from schemas.referrals import (
    KEPT_BY_OTHERS_MAX,
    REFEREES_MAX,
    ConvertedBy,
    CustomerReferred,
    RefereeAdded,
    Referral,
    ReferralRevoked,
)
from schemas.segments import SegmentEntered
from schemas.vouchers import Voucher


class Conversion(NamedTuple):
    """What makes a referral count."""

    type: ConvertedBy
    id: str


def refer_by_redemption(
    view: View, command: Command, reacting: Reacting, event: RedemptionSucceeded, now: Millis
) -> Iterator[Event]:
    """Whoever redeemed a referral code is its referee, and is referred where that converts."""
    if not reacting.referring or event.customer_id is None:
        return
    applied = [each for each in event.evaluation.outcomes if each.status == "APPLICABLE"]
    for number, (outcome, redemption_id) in enumerate(
        zip(applied, event.redemption_ids, strict=False)
    ):
        voucher = outcome.voucher
        campaign = None if voucher is None else program_of(view, voucher)
        if voucher is None or campaign is None:
            continue
        known = find_referral(view, event.customer_id, campaign.id)
        if known is not None and is_referee(known):
            converts = known.status == "REFERRED" and known.voucher_id == voucher.id
            referral = known if converts and _converts_at_once(campaign) else None
        else:
            referral = new_referral(view, voucher, event.customer_id, now)
        if referral is None:
            continue
        referral = structs.replace(referral, redemption_id=redemption_id)
        if _converts_at_once(campaign):
            own = numbered_command(command, "referral", number)
            by = Conversion("redemption", redemption_id)
            yield from _convert(view, own, campaign, referral, by, now)
        else:
            yield RefereeAdded(referral)


def _converts_at_once(campaign: Campaign) -> bool:
    program = campaign.referral_program
    return program is not None and program.conversion_event_type == "redemption"


def refer_by_event(
    view: View, command: Command, reacting: Reacting, event: CustomEventTracked, now: Millis
) -> Iterator[Event]:
    """A code that the event names makes a referee; a program's own event converts."""
    if not reacting.referring:
        return
    tracked = event.event
    if tracked.referral is not None:
        voucher = view.get(tables.VOUCHERS, tracked.referral.voucher_id)
        referral = voucher and new_referral(view, voucher, tracked.customer_id, now)
        if referral:
            yield RefereeAdded(referral)
    by = Conversion("event", tracked.id)
    for number, campaign in enumerate(_programs(view, reacting, "custom_event", now)):
        program = campaign.referral_program
        if program is not None and program.custom_event == tracked.name:
            own = numbered_command(command, "referral", number)
            yield from _convert_referee(view, own, campaign, tracked.customer_id, by, now)


def refer_by_segment(
    view: View, command: Command, reacting: Reacting, event: SegmentEntered, now: Millis
) -> Iterator[Event]:
    """A referee who enters the segment of a program is referred."""
    if not reacting.referring:
        return
    for number, campaign in enumerate(_programs(view, reacting, "segment", now)):
        program = campaign.referral_program
        if program is not None and program.segment_id in event.segments:
            own = numbered_command(command, "referral", number)
            by = Conversion("segment", program.segment_id or "")
            yield from _convert_referee(view, own, campaign, event.customer_id, by, now)


def revoke_by_rollback(
    view: View, command: Command, _: Reacting, event: RedemptionRolledBack, now: Millis
) -> Iterator[Event]:
    """Nobody is a referee by a redemption that was rolled back; a program that is over revokes, too."""
    if event.customer_id is None:
        return
    for number, rolled_back in enumerate(event.rollbacks):
        redemption = view.get(tables.REDEMPTIONS, rolled_back.redemption_id)
        campaign_id = None if redemption is None else redemption.campaign_id
        referral = campaign_id and find_referral(view, event.customer_id, campaign_id)
        if not referral or referral.redemption_id != rolled_back.redemption_id:
            continue
        converted_by = (referral.related_object_type, referral.related_object_id)
        by_itself = converted_by == ("redemption", rolled_back.redemption_id)
        if referral.status == "CONVERTED" and not by_itself:
            # what it counts as did happen
            continue
        if is_referee(referral):
            own = numbered_command(command, "referral", number)
            yield from _revoke(view, own, referral, now)


def new_referral(view: View, voucher: Voucher, customer_id: str, now: Millis) -> Referral | None:
    """The customer as a referee of the code; None where there is one of the program, or cannot be."""
    referrer_id, campaign_id = voucher.holder_id, voucher.campaign_id
    if referrer_id is None or campaign_id is None or referrer_id == customer_id:
        return None
    before = find_referral(view, customer_id, campaign_id)
    if is_referee(before) or (view.get(tables.REFEREE_COUNTS, voucher.id) or 0) >= REFEREES_MAX:
        return None
    kept = () if before is None else _kept_by_referrers(before)
    own = next((each for each in kept if each.customer_id == referrer_id), None)
    others = tuple(each for each in kept if each is not own)
    return Referral(
        id=holding_id(customer_id, voucher.id),
        campaign_id=campaign_id,
        voucher_id=voucher.id,
        code=voucher.code,
        voucher_type=voucher.type,
        referrer_id=referrer_id,
        customer_id=customer_id,
        created_at=now,
        referee_reward=None if before is None else _kept(before.referee_reward),
        referrer_reward=own,
        kept_by_others=others[-KEPT_BY_OTHERS_MAX:],
    )


def _kept_by_referrers(before: Referral) -> tuple[GivenPrize, ...]:
    last = _kept(before.referrer_reward)
    return before.kept_by_others if last is None else (*before.kept_by_others, last)


def _kept(given: GivenPrize | None) -> GivenPrize | None:
    return given if given is not None and given.outstanding else None


def _programs(view: View, reacting: Reacting, kind: str, now: Millis) -> Iterator[Campaign]:
    """The programs that convert by that, and are on and not over."""
    for campaign_id in reacting.referring:
        campaign = view.get(tables.CAMPAIGNS, campaign_id)
        if campaign is None or campaign.referral_program is None:
            continue
        if campaign.referral_program.conversion_event_type != kind:
            continue
        if campaign.deleted_at is None and campaign_closed(campaign, now) is None:
            yield campaign


def _convert_referee(
    view: View,
    command: Command,
    campaign: Campaign,
    customer_id: str,
    by: Conversion,
    now: Millis,
) -> Iterator[Event]:
    referral = find_referral(view, customer_id, campaign.id)
    if referral is not None and referral.status == "REFERRED":
        yield from _convert(view, command, campaign, referral, by, now)


def _convert(
    view: View,
    command: Command,
    campaign: Campaign,
    referral: Referral,
    by: Conversion,
    now: Millis,
) -> Iterator[Event]:
    program = campaign.referral_program
    assert program is not None
    conversions = conversions_of(view, campaign.id, referral.referrer_id) + 1
    tier = tier_for(view, campaign.id, conversions)
    referee = yield from _reward(
        view, command, program.referee_reward, referral, "REFEREE", by, now
    )
    referrer = yield from _reward(
        view,
        command,
        program.referrer_reward if tier is None else tier.reward,
        referral,
        "REFERRER",
        by,
        now,
        None if tier is None else tier.id,
    )
    converted = structs.replace(
        referral,
        status="CONVERTED",
        converted_at=now,
        related_object_type=by.type,
        related_object_id=by.id,
        referee_reward=referee,
        referrer_reward=referrer,
    )
    name = program.custom_event if by.type == "event" else None
    code = view.get(tables.VOUCHERS, referral.voucher_id)
    yield CustomerReferred(
        converted, conversions, name, converted.created_at if code is None else code.created_at
    )


def _reward(
    view: View,
    command: Command,
    prize: Prize | None,
    referral: Referral,
    side: Side,
    by: Conversion,
    now: Millis,
    tier_id: str | None = None,
) -> Generator[Event, None, GivenPrize | None]:
    """What the side has for the referral; nothing anew where it kept something of before."""
    is_referee_side = side == "REFEREE"
    before = referral.referee_reward if is_referee_side else referral.referrer_reward
    if before is not None or prize is None:
        return before
    given = yield from hand_out_prize(
        view,
        numbered_command(command, side, 0),
        prize,
        referral.customer_id if is_referee_side else referral.referrer_id,
        Occasion(side, referral.campaign_id, referral.id, tier_id),
        now,
        redemption_id=by.id if by.type == "redemption" else None,
        custom_event_id=by.id if by.type == "event" else None,
    )
    return None if isinstance(given, Refusal) else given


def _revoke(view: View, command: Command, referral: Referral, now: Millis) -> Iterator[Event]:
    referee = yield from _take_back(
        view, command, referral.referee_reward, referral, "REFEREE", now
    )
    referrer = yield from _take_back(
        view, command, referral.referrer_reward, referral, "REFERRER", now
    )
    revoked = structs.replace(
        referral, status="REVOKED", referee_reward=referee, referrer_reward=referrer
    )
    yield ReferralRevoked(revoked, converted=referral.status == "CONVERTED")


def _take_back(
    view: View,
    command: Command,
    given: GivenPrize | None,
    referral: Referral,
    side: Side,
    now: Millis,
) -> Generator[Event, None, GivenPrize | None]:
    if given is None or given.taken_back:
        return given
    occasion = Occasion(side, referral.campaign_id, referral.id)
    own = numbered_command(command, side, 0)
    return (yield from take_back_prize(view, own, given, occasion, now))


#: What makes customers referred, and what takes it back.
REACTIONS: Reactions = MappingProxyType(
    {
        RedemptionSucceeded: refer_by_redemption,
        RedemptionRolledBack: revoke_by_rollback,
        CustomEventTracked: refer_by_event,
        SegmentEntered: refer_by_segment,
    }
)
