"""What a reward that has its price needs beside the points, and who gets it.

In this order: the card is asked for by its holder, if it has one · for a code, somebody gets it ·
the campaign has a free code for that customer · for a product, there is one left. Those of the same
request count, as do the points of the card (points_balance).
"""

from collections.abc import Iterable, Mapping
from typing import Final

from engine.campaigns.free import campaign_closed, has_one, none_to_give
from engine.evaluation.offers import Offer, rules_of
from engine.kernel.held import find_held, works
from engine.kernel.lookup import find_campaign
from engine.kernel.state import View
from engine.rewards.paid import Payment
from engine.rewards.refusals import (
    out_of_stock,
    unknown_campaign,
    with_campaign_told,
)
from schemas.api import CustomerInput
from schemas.base import Millis
from schemas.errors import Refusal, refuse

_NOT_THE_HOLDER: Final = "Customer must be a holder of a loyalty card."


def named_or_holder(named: CustomerInput | None, offers: Iterable[Offer]) -> CustomerInput | None:
    """The customer of a request; where it names none, the holder of the member's card that pays."""
    if named is not None:
        return named
    for offer in offers:
        voucher = offer.voucher
        if voucher is None or offer.asked.reward is None or voucher.loyalty_card is None:
            continue
        if voucher.campaign_id is not None and voucher.holder_id is not None:
            return CustomerInput(id=voucher.holder_id)
    return None


def with_rules_of_reward(view: View, offer: Offer, payment: Payment) -> Offer:
    """The offer, bound by the rules of the reward's assignment, too."""
    if payment.assignment is None or not payment.assignment.rule_ids:
        return offer
    known = {each.id for each in offer.rules}
    more = rules_of(view, payment.assignment.rule_ids)
    return offer._replace(rules=(*offer.rules, *(each for each in more if each.id not in known)))


def refusal_of_reward(
    view: View,
    offer: Offer,
    payment: Payment,
    given: Mapping[str, int],
    asker_id: str | None,
    now: Millis,
) -> Refusal | None:
    """Why the card cannot be redeemed for it, however many points it has.

    `given` by `note_given`; `asker_id` is the customer that asks.
    """
    if payment.pays_order or offer.voucher is None:
        return None
    holder_id = offer.voucher.holder_id
    if holder_id is not None and asker_id not in (None, holder_id):
        return refuse(
            "invalid_customer",
            offer.voucher.code,
            message=_NOT_THE_HOLDER,
            explanation={"rule": "holder", "holder_id": holder_id, "customer_id": asker_id},
        )
    reward = payment.reward
    if reward.campaign is None:
        return out_of_stock(reward, given.get(reward.id, 0))
    receiver_id = holder_id or asker_id
    if receiver_id is None:
        return refuse(
            "missing_customer",
            "A customer is required to be given a voucher",
            explanation={"rule": "reward_receiver", "customer_id": None},
        )
    campaign = find_campaign(view, reward.campaign.id)
    if campaign is None:
        return unknown_campaign(reward.campaign.id)
    before = given.get(campaign.id, 0)
    refusal = campaign_closed(campaign, now)
    if refusal is None and campaign.join_once:
        held = find_held(view, receiver_id, campaign.id, now)
        if held is not None or before:
            is_card = reward.campaign.type == "LOYALTY_PROGRAM"
            usable = is_card and (held is None or works(held, now))
            return None if usable else has_one(campaign)
    if refusal is None:
        refusal = none_to_give(view, campaign, before + 1, now)
    return None if refusal is None else with_campaign_told(refusal, campaign.id, before)


def note_given(given: dict[str, int], payment: Payment) -> None:
    """Counts what is to be had of a reward; of a code, its campaign."""
    if payment.pays_order:
        return
    reward = payment.reward
    name = reward.id if reward.campaign is None else reward.campaign.id
    given[name] = given.get(name, 0) + 1
