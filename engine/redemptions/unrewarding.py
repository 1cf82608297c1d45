"""What a rollback takes back of what points were redeemed for.

A product is there again, and counts as not redeemed. A code that was handed out is switched off:
who redeemed it keeps it, and the rollback is refused. Points that were added to a card which the
customer had already are taken off it, if they are there; nothing is taken for those that expired.
So it is with a card that was new and got more since: it keeps that, and works.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from msgspec import structs

from engine.balances.decide import adjust_balance
from engine.kernel import tables
from engine.kernel.ids import numbered_command
from engine.kernel.lookup import find_living_voucher
from engine.kernel.state import View
from engine.redemptions.given import left_on, with_item
from engine.vouchers.fold import FOLDS as VOUCHER_FOLDS
from schemas.balances import REWARD_SOURCE, AdjustBalance
from schemas.base import Millis
from schemas.commands import Command
from schemas.errors import Refusal, refuse
from schemas.events import Event
from schemas.redemptions import Redemption
from schemas.rewards import Reward, RewardGiven, RewardTaken
from schemas.voucher_events import VoucherDisabled
from schemas.vouchers import Voucher


class TakenBack(NamedTuple):
    """What was redeemed, by the id of the redemption, as it is after it, and what brings that about."""

    rewards: dict[str, RewardTaken]
    events: tuple[Event, ...] = ()


NOTHING = TakenBack({})


def take_rewards_back(
    view: View, command: Command, redemptions: Iterable[Redemption], now: Millis
) -> TakenBack | Refusal:
    """Takes back what the cards were redeemed for, all of it or nothing.

    Several may have been rewarded on one card: each sees what those before it left there.
    """
    rewarded = [each for each in redemptions if each.reward is not None]
    vouchers = _take_vouchers_back(view, command, rewarded, now)
    if isinstance(vouchers, Refusal):
        return vouchers
    taken_back: dict[str, RewardTaken] = {}
    rewards: dict[str, Reward] = {}
    for redemption in rewarded:
        given = redemption.reward
        assert given is not None, "others were left out"
        reward = rewards.get(given.reward_id) or view.get(tables.REWARDS, given.reward_id)
        if reward is None:
            continue
        rewards[reward.id] = reward = _uncount(reward)
        taken = RewardTaken(
            id=given.id,
            reward=reward,
            assignment_id=given.assignment_id,
            voucher=vouchers.after.get(redemption.id),
            loyalty_tier_id=given.loyalty_tier_id,
            kept=given.kept,
        )
        taken_back[redemption.id] = with_item(view, taken)
    return TakenBack(taken_back, tuple(vouchers.events))


class _Vouchers(NamedTuple):
    """What was given, by the id of the redemption, as it is after it, and what brings that about."""

    after: dict[str, Voucher]
    events: list[Event]


def _take_vouchers_back(
    view: View, command: Command, rewarded: Sequence[Redemption], now: Millis
) -> _Vouchers | Refusal:
    """The last first: what came upon a card goes before the card that was new."""
    state, found = view.trial(), _Vouchers({}, [])
    for number, redemption in enumerate(reversed(rewarded)):
        given = redemption.reward
        assert given is not None, "others were left out"
        voucher = find_living_voucher(state, given.voucher_id) if given.voucher_id else None
        if voucher is None:
            continue
        own = numbered_command(command, "reward", number)
        undone = _take_voucher_back(state, own, redemption.id, given, voucher, now)
        if isinstance(undone, Refusal):
            return undone
        for event in undone:
            VOUCHER_FOLDS[type(event)](state, event, now)
        found.events.extend(undone)
        found.after[redemption.id] = _voucher_after(undone, voucher)
    return found


def _take_voucher_back(
    view: View,
    command: Command,
    redemption_id: str,
    given: RewardGiven,
    voucher: Voucher,
    now: Millis,
) -> tuple[Event, ...] | Refusal:
    points = given.balance
    if not given.kept:
        if _is_used(voucher):
            return _used(redemption_id, voucher)
        points = given.began
    if given.kept or left_on(voucher) > given.began:
        if given.expires_at is not None and given.expires_at < now:
            # nothing is left of it, and nothing else is taken for it
            return ()
        body = AdjustBalance(voucher.id, -points, REWARD_SOURCE)
        decision = adjust_balance(view, command, body, now)
        if isinstance(decision, Refusal):
            return _used(redemption_id, voucher)
        return decision.events
    if not voucher.active:
        return ()
    return (VoucherDisabled(structs.replace(voucher, active=False, updated_at=now)),)


def _voucher_after(events: tuple[Event, ...], voucher: Voucher) -> Voucher:
    """The voucher as the last of these events that holds it leaves it."""
    for event in reversed(events):
        after = getattr(event, "voucher", None)
        if isinstance(after, Voucher):
            return after
    return voucher


def _is_used(voucher: Voucher) -> bool:
    """Whether it was redeemed, or what it was given with is not all there."""
    gift, card = voucher.gift, voucher.loyalty_card
    if voucher.redeemed_quantity > 0:
        return True
    if gift is not None:
        return gift.balance < gift.amount - gift.subtracted_amount
    if card is None:
        return False
    return card.balance < card.points - card.subtracted_points - card.expired_points


def _used(redemption_id: str, voucher: Voucher) -> Refusal:
    card = voucher.loyalty_card or voucher.gift
    return refuse(
        "invalid_redemption",
        f"What redemption {redemption_id} was rewarded with was used: {voucher.code}",
        explanation={
            "rule": "reward_used",
            "voucher_id": voucher.id,
            "redeemed_quantity": voucher.redeemed_quantity,
            "balance": None if card is None else card.balance,
        },
    )


def _uncount(reward: Reward) -> Reward:
    """The reward after one of its redemptions was taken back."""
    stock = None if reward.stock is None else reward.stock + 1
    return structs.replace(reward, stock=stock, redeemed=max(reward.redeemed - 1, 0))
