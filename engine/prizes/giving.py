"""Prizes handed out: points or credits on the customer's card, or a code that is published.

Each generator gives its events one after the other, and the next prize sees what they made of the
state, so the `view` has to be one into which they are folded as they come (engine/effects.py). A
prize that cannot be given is told as withheld, with the reason; nothing of it happens then.
"""

from collections.abc import Generator

from engine.kernel.ids import new_id
from engine.kernel.lookup import find_campaign, find_customer
from engine.kernel.state import View
from engine.publications.giving import HandedOut, hand_out
from schemas.base import Millis
from schemas.commands import Command
from schemas.errors import Refusal, not_found
from schemas.events import Event
from schemas.prize_terms import Prize
from schemas.prizes import CustomerRewarded, GivenPrize, Occasion, RewardWithheld

Giving = Generator[Event, None, GivenPrize | Refusal]


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
    handed = _give(view, command, prize, customer_id, now)
    if isinstance(handed, Refusal):
        yield RewardWithheld(occasion, customer_id, prize, handed)
        return handed
    yield from handed.events
    voucher, amount = handed.booked.voucher, prize.amount or 0
    given = GivenPrize(
        prize, customer_id, voucher.id, voucher.code, now, expires_at=handed.expires_at
    )
    yield CustomerRewarded(
        occasion,
        given,
        voucher,
        amount,
        new_id(command.seed, "vtx_") if amount else "",
        handed.booked.buckets,
        redemption_id,
        custom_event_id,
    )
    return given


def _give(
    view: View, command: Command, prize: Prize, customer_id: str, now: Millis
) -> HandedOut | Refusal:
    campaign = find_campaign(view, prize.campaign_id)
    if campaign is None:
        return not_found("campaign", prize.campaign_id)
    if find_customer(view, customer_id) is None:
        return not_found("customer", customer_id)
    to_held = prize.type != "CAMPAIGN"
    amount = prize.amount or 0
    return hand_out(view, command, campaign, customer_id, amount, now, to_held=to_held)
