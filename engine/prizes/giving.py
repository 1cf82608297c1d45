"""Prizes handed out: points or credits on the customer's card, or a code that is published.

Each generator gives its events one after the other and looks at the state between them, so the
`view` has to be one into which they are folded as they come (engine/effects.py). A prize that
cannot be given is told as withheld, with the reason; nothing of it happens then, but that a new
card may have been published for it.
"""

from collections.abc import Generator

from msgspec import structs

from engine.campaigns.free import Withheld, campaign_closed, take_next_vouchers
from engine.kernel import tables
from engine.kernel.ids import new_id, numbered_command
from engine.kernel.lookup import find_campaign, find_customer
from engine.kernel.state import View
from engine.points.buckets import Booked, add_points_by
from engine.points.decide import points_expired_events
from engine.points.expiration import expiration_rules_of
from engine.publications.giving import give_vouchers_event
from schemas.base import AMOUNT_MAX, Millis
from schemas.campaigns import Campaign
from schemas.commands import Command
from schemas.errors import Refusal, not_found, refuse
from schemas.events import Event
from schemas.prize_terms import Prize
from schemas.prizes import CustomerRewarded, GivenPrize, Occasion, RewardWithheld
from schemas.vouchers import Voucher

Giving = Generator[Event, None, GivenPrize | Refusal]
_Publishing = Generator[Event, None, Voucher | Refusal]


def hand_out_prize(
    view: View,
    command: Command,
    prize: Prize,
    customer_id: str,
    occasion: Occasion,
    now: Millis,
    *,
    redemption_id: str | None = None,
    custom_event_id: str | None = None,
) -> Giving:
    """Gives the customer the prize; the command's seed is that of this prize alone."""
    rewarded = yield from _give(view, command, prize, customer_id, now)
    if isinstance(rewarded, Refusal):
        yield RewardWithheld(occasion, customer_id, prize, rewarded)
        return rewarded
    voucher = rewarded.voucher
    given = GivenPrize(prize, customer_id, voucher.id, voucher.code, now)
    amount = prize.amount or 0
    yield CustomerRewarded(
        occasion,
        given,
        voucher,
        amount,
        new_id(command.seed, "vtx_") if amount else "",
        rewarded.buckets,
        redemption_id,
        custom_event_id,
    )
    return given


def _give(
    view: View, command: Command, prize: Prize, customer_id: str, now: Millis
) -> Generator[Event, None, Booked | Refusal]:
    campaign = find_campaign(view, prize.campaign_id)
    if campaign is None:
        return not_found("campaign", prize.campaign_id)
    if find_customer(view, customer_id) is None:
        return not_found("customer", customer_id)
    refusal = campaign_closed(campaign, now)
    if refusal is not None:
        return refusal
    if prize.type == "CAMPAIGN":
        code = yield from _publish(view, command, campaign, customer_id, now)
        return code if isinstance(code, Refusal) else Booked(code)
    card = _held_card(view, campaign, customer_id, now)
    if card is None:
        made = yield from _publish(view, command, campaign, customer_id, now)
        if isinstance(made, Refusal):
            return made
        card = made
    yield from points_expired_events(view, command, card, now, number=1)
    card = view.get(tables.VOUCHERS, card.id) or card
    return _add(view, command, card, prize.amount or 0, now)


def _held_card(view: View, campaign: Campaign, customer_id: str, now: Millis) -> Voucher | None:
    """The customer's first card of the campaign that can be used."""
    for holding in view.scan(tables.HOLDINGS, customer_id, campaign.id):
        card = view.get(tables.VOUCHERS, holding.voucher_id)
        if card is not None and card.active and not _is_over(card, now):
            return card
    return None


def _is_over(card: Voucher, now: Millis) -> bool:
    return card.expiration_date is not None and now > card.expiration_date


def _publish(
    view: View, command: Command, campaign: Campaign, customer_id: str, now: Millis
) -> _Publishing:
    """The next code of the campaign, in the customer's hands; one that was there already is none."""
    if campaign.join_once and next(view.scan(tables.HOLDINGS, customer_id, campaign.id), None):
        details = f"The customer has a voucher of {campaign.name} already"
        return refuse("voucher_cannot_be_published", details)
    own = numbered_command(command, "prize", 0)
    found = take_next_vouchers(view, own, campaign, 1, now)
    if isinstance(found, Withheld):
        return found.refusal
    yield from found.made
    published = give_vouchers_event(own, campaign, customer_id, found, now)
    yield published
    return published.vouchers[0]


def _add(view: View, command: Command, card: Voucher, amount: int, now: Millis) -> Booked | Refusal:
    """The card with so many points or credits more, and the buckets that it changes."""
    if card.loyalty_card is not None:
        if card.loyalty_card.points + amount > AMOUNT_MAX:
            return _too_much(card)
        rules, bucket_id = expiration_rules_of(view, card), new_id(command.seed, "lopb_")
        return add_points_by(view, card, amount, now, bucket_id=bucket_id, rules=rules)
    gift = card.gift
    if gift is None or gift.amount + amount > AMOUNT_MAX:
        return _too_much(card)
    gift = structs.replace(gift, amount=gift.amount + amount, balance=gift.balance + amount)
    return Booked(structs.replace(card, gift=gift, updated_at=now))


def _too_much(card: Voucher) -> Refusal:
    return refuse(
        "invalid_balance",
        f"The balance has to stay between 0 and {AMOUNT_MAX}",
        resource_id=card.id,
        resource_type="voucher",
    )
