"""What feeds and webhooks show of members who are rewarded. Source: the contract's events of both.

How many points it cost is a member of `reward_redemption`. The contract has it as `balance`, too, a number where all other
events of a member have an object: the official Python client, which knows one kind of `balance` for all of them, fails
over a feed with such a one.
"""

from collections.abc import Iterable, Iterator
from typing import Final

from engine.answers.told import Told
from engine.kernel.encode import Body
from engine.redemptions.reward_body import taken_reward_body
from engine.vouchers.body import redeemed_voucher_body
from engine.vouchers.simple_body import campaign_of_voucher_body, simple_voucher_body
from schemas.customers import Customer
from schemas.redemptions import RedemptionRolledBack, RedemptionSucceeded
from schemas.rewards import RewardTaken
from schemas.vouchers import Voucher

#: A reward is redeemed and handed out in one.
_REWARDED: Final = (
    "customer.reward_redemptions.created",
    "customer.reward_redemptions.completed",
    "customer.rewarded",
)


def reward_data(card: Voucher | None, taken: RewardTaken, customer: Customer | None) -> Body:
    """The card that paid, its program, and what the customer got."""
    got = taken.voucher
    shown = None if got is None else redeemed_voucher_body(got)
    data: Body = {"reward": taken_reward_body(taken, customer, shown)}
    if card is None:
        return data
    shown_card = {"voucher": simple_voucher_body(card), "campaign": campaign_of_voucher_body(card)}
    return shown_card | data


def tell_rewarded(event: RedemptionSucceeded) -> Iterable[Told]:
    """What a customer got for points."""
    applied = [each for each in event.evaluation.outcomes if each.status == "APPLICABLE"]
    for redemption_id, outcome in zip(event.redemption_ids, applied, strict=False):
        taken, paid = outcome.reward, outcome.taken
        if taken is None:
            continue
        data = reward_data(outcome.voucher, taken, None)
        data |= _redemption_data(taken, redemption_id, 0 if paid is None else paid.points or 0)
        for name in _REWARDED:
            yield Told(event.customer_id, name, data, outcome.voucher, redemption_id)


def tell_taken_back(event: RedemptionRolledBack) -> Iterator[Told]:
    """What a customer got for points, and gave back."""
    name = "customer.reward_redemptions.rolledback"
    for each in event.rollbacks:
        if each.reward is not None:
            data = reward_data(each.voucher, each.reward, None)
            data |= _redemption_data(each.reward, each.redemption_id, each.points or 0)
            yield Told(event.customer_id, name, data, each.voucher, each.rollback_id)


def _redemption_data(taken: RewardTaken, redemption_id: str, points: int) -> Body:
    redemption = {"id": taken.id, "redemption_id": redemption_id, "points": points}
    return {"reward_redemption": redemption}
