"""Prizes in the state: the cards and codes as they are after them."""

from types import MappingProxyType

from engine.kernel.room import Folds
from engine.kernel.state import State
from engine.points.fold import store_buckets
from engine.vouchers.fold import store_voucher
from schemas.base import Millis
from schemas.prizes import CustomerRewarded, RewardTakenBack


def reward_changed(state: State, event: CustomerRewarded | RewardTakenBack, _: Millis) -> None:
    """The card and its buckets, or the code, are as the event says."""
    if event.voucher is not None:
        store_voucher(state, event.voucher)
        store_buckets(state, event.buckets)


FOLDS: Folds = MappingProxyType(
    {
        CustomerRewarded: reward_changed,
        RewardTakenBack: reward_changed,
    }
)
