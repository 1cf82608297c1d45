"""What feeds show of points that were earned, are pending, or were taken back, and of what earned none."""

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any, Final

from engine.answers.points_shown import (
    activated_data,
    added_data,
    earned_data,
    pending_data,
    refusal_data,
)
from engine.answers.told import Told
from schemas.earning import EarningRefused, PointsEarned, PointsPending, PointsTakenBack
from schemas.loyalty_tiers import Standing
from schemas.pending import PendingPointsActivated, PendingPointsAdjusted, PendingPointsCanceled

#: Rules that gave nothing. The contract has no name for it, and clients that know its names alone
#: fail over another: feeds show it to whoever asks for this type.
EARNING_REFUSED: Final = "customer.earning.refused"
_REWARDED: Final = "customer.rewarded.loyalty_points"
_ADDED: Final = "customer.voucher.loyalty_card.points_added"
_PENDING: Final = "customer.voucher.loyalty_card.pending_points"


def _points_earned(event: PointsEarned) -> Iterable[Told]:
    """By each rule: the reward, and the points that came."""
    rewarded = Told(event.customer_id, _REWARDED, earned_data(event), event.voucher)
    return (rewarded, Told(event.customer_id, _ADDED, added_data(event), event.voucher))


def _points_taken_back(event: PointsTakenBack) -> Iterable[Told]:
    return (Told(event.customer_id, _ADDED, added_data(event), event.voucher),)


def _pending(became: str) -> Callable[[Any], Iterable[Told]]:
    def tell(
        event: PointsPending | PendingPointsAdjusted | PendingPointsCanceled,
    ) -> Iterable[Told]:
        customer_id, name = event.pending.customer_id, f"{_PENDING}.{became}"
        return (Told(customer_id, name, pending_data(event), event.voucher),)

    return tell


def _pending_activated(event: PendingPointsActivated) -> Iterable[Told]:
    customer_id, data = event.pending.customer_id, activated_data(event)
    return (Told(customer_id, f"{_PENDING}.activated", data, event.voucher),)


def _earning_refused(event: EarningRefused) -> Iterable[Told]:
    for card in event.cards:
        # what says of which card and program it is
        offer = Standing(card.voucher_id, event.customer_id, card.campaign_id, 0)
        yield Told(event.customer_id, EARNING_REFUSED, refusal_data(event, card), offer)


#: What each event tells.
TELLS: Final[Mapping[type[Any], Callable[[Any], Iterable[Told]]]] = MappingProxyType(
    {
        PointsEarned: _points_earned,
        PointsTakenBack: _points_taken_back,
        PointsPending: _pending("added"),
        PendingPointsActivated: _pending_activated,
        PendingPointsAdjusted: _pending("updated"),
        PendingPointsCanceled: _pending("canceled"),
        EarningRefused: _earning_refused,
    }
)
