"""What a redemption gives for the points of a card: a code, points for another card, or a product.

It happens in the record of the redemption, before the redemption itself, which shows what was
given. Where something cannot be given after all, nothing is redeemed.
"""

from typing import Final, NamedTuple

from msgspec import structs

from engine.balances.change import balance_adjusted_event
from engine.campaigns import fold as campaigns
from engine.kernel import tables
from engine.kernel.ids import new_id, numbered_command
from engine.kernel.lookup import find_campaign
from engine.kernel.room import Folds, unite_tables
from engine.kernel.state import View
from engine.publications import fold as publications
from engine.publications.giving import hand_out
from engine.redemptions.given import with_item
from engine.rewards.refusals import (
    out_of_stock,
    unknown_campaign,
    with_campaign_told,
)
from engine.vouchers import fold as vouchers
from schemas.balances import REWARD_SOURCE
from schemas.base import Millis
from schemas.commands import Command
from schemas.errors import Refusal, refuse
from schemas.evaluations import Evaluation, Outcome
from schemas.events import Event
from schemas.rewards import Reward, RewardCampaign, RewardTaken
from schemas.vouchers import Voucher

#: What is given is followed within the decision: each sees what those before it were given.
_FOLDS: Final[Folds] = unite_tables(campaigns.FOLDS, publications.FOLDS, vouchers.FOLDS)


class Rewarded(NamedTuple):
    """The evaluation with what each card was redeemed for, and the events that gave it.

    Where not all of it can be given, nothing is: the evaluation is one in which a card fails.
    """

    evaluation: Evaluation
    events: tuple[Event, ...] = ()
    is_given: bool = True


def give_rewards(
    view: View, command: Command, evaluation: Evaluation, customer_id: str | None, now: Millis
) -> Rewarded:
    """Gives what the cards of a valid evaluation are redeemed for."""
    paying = [n for n, each in enumerate(evaluation.outcomes) if _buys(view, each)]
    if not paying:
        return Rewarded(evaluation)
    giving = _Giving(view, command, customer_id, now)
    redeemed = {each.voucher.id for each in evaluation.applied if each.voucher is not None}
    outcomes = list(evaluation.outcomes)
    for n in paying:
        outcome = outcomes[n]
        taken = giving.give(outcome, n)
        got = taken.voucher if isinstance(taken, RewardTaken) else None
        if got is not None and got.id in redeemed:
            taken = _redeemed_as_well(got)
        if isinstance(taken, Refusal):
            outcomes[n] = structs.replace(
                outcome, status="INAPPLICABLE", refusal=taken, taken=None, units=()
            )
            failed = structs.replace(evaluation, outcomes=tuple(outcomes))
            return Rewarded(failed, is_given=False)
        outcomes[n] = structs.replace(outcome, reward=taken)
    shown = structs.replace(evaluation, outcomes=tuple(outcomes))
    return Rewarded(shown, tuple(giving.events))


class _Giving:
    """The state as what was given so far leaves it."""

    def __init__(self, view: View, command: Command, customer_id: str | None, now: Millis) -> None:
        self.events: list[Event] = []
        self._state = view.trial()
        self._command = command
        self._customer_id = customer_id
        self._now = now
        self._rewards: dict[str, Reward] = {}

    def give(self, outcome: Outcome, n: int) -> RewardTaken | Refusal:
        """What the card of that outcome is redeemed for."""
        reward_id = outcome.reward_id or ""
        reward = self._rewards.get(reward_id) or self._state.get(tables.REWARDS, reward_id)
        assert reward is not None, "nothing that was evaluated is gone"
        taken = RewardTaken(
            id=new_id(self._command.seed, "rewr_", n),
            reward=reward,
            assignment_id=outcome.assignment_id,
            loyalty_tier_id=outcome.loyalty_tier_id,
        )
        counted = _count(reward)
        if isinstance(counted, Refusal):
            return counted
        self._rewards[reward.id] = counted
        taken = structs.replace(taken, reward=counted)
        if reward.campaign is None:
            return with_item(self._state, taken)
        return self._with_code(reward.campaign, taken, outcome, n)

    def _with_code(
        self, named: RewardCampaign, taken: RewardTaken, outcome: Outcome, n: int
    ) -> RewardTaken | Refusal:
        """A code for the holder of the card; whoever is a member of a program already has a card."""
        state, command = self._state, numbered_command(self._command, "reward", n)
        campaign = find_campaign(state, named.id)
        holder_id = None if outcome.voucher is None else outcome.voucher.holder_id
        receiver_id = holder_id or self._customer_id
        if campaign is None or receiver_id is None:
            return unknown_campaign(named.id)
        to_held = campaign.join_once and named.type == "LOYALTY_PROGRAM"
        balance = named.balance or 0
        got = hand_out(state, command, campaign, receiver_id, balance, self._now, to_held=to_held)
        if isinstance(got, Refusal):
            unexplained = got.explanation is None
            return with_campaign_told(got, campaign.id, 0) if unexplained else got
        self._note(*got.events)
        if balance:
            self._note(balance_adjusted_event(command, got.booked, balance, REWARD_SOURCE))
        return structs.replace(
            taken, voucher=got.booked.voucher, kept=got.kept, expires_at=got.expires_at
        )

    def _note(self, *events: Event) -> None:
        for event in events:
            _FOLDS[type(event)](self._state, event, self._now)
            self.events.append(event)


def _buys(view: View, outcome: Outcome) -> bool:
    """Whether points are the price of something; an order that they pay for is none."""
    if outcome.status != "APPLICABLE" or outcome.assignment_id is None:
        return False
    reward = view.get(tables.REWARDS, outcome.reward_id or "")
    return reward is not None and reward.type != "COIN"


def _count(reward: Reward) -> Reward | Refusal:
    """The reward after one more was redeemed."""
    stock = None if reward.stock is None else reward.stock - 1
    counted = structs.replace(reward, stock=stock, redeemed=reward.redeemed + 1)
    return out_of_stock(reward, 0) or counted


def _redeemed_as_well(voucher: Voucher) -> Refusal:
    """The refusal of a voucher that the same request redeems and is given."""
    return refuse(
        "invalid_redeemables",
        f"{voucher.code} would be redeemed and be a reward at once",
        explanation={"rule": "reward_redeemed", "voucher_id": voucher.id},
    )
