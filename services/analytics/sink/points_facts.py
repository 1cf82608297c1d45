"""The facts of points: what came to the cards of programs, what left them, and what is to come.

What moves a balance is what lists show as transactions; beside it stands what makes and ends cards,
and what is pending.
"""

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final

from engine.answers.transactions import transactions_of
from schemas.base import Millis
from schemas.campaigns import VouchersGenerated
from schemas.earning import PointsPending
from schemas.pending import PendingPointsAdjusted, PendingPointsCanceled
from schemas.voucher_events import VoucherCreated, VoucherDeleted

#: Campaign, kind, count and amount.
PointsFact = tuple[str, str, int, int]

#: By the type of a transaction.
_KINDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "POINTS_ADDITION": "points_added",
        "POINTS_REMOVAL": "points_subtracted",
        "POINTS_ACCRUAL": "points_rewarded",
        "POINTS_REDEMPTION": "points_redeemed",
        "POINTS_REFUND": "points_rolledback",
        "POINTS_EXPIRATION": "points_expired",
        "POINTS_TRANSFER_IN": "points_transferred_in",
        "POINTS_TRANSFER_OUT": "points_transferred_out",
        "PENDING_POINTS_ACTIVATION": "pending_points_activated",
    }
)


def points_facts(event: Any, at: Millis) -> Iterator[PointsFact]:
    """What an event of a record of that time did to points; mostly nothing."""
    tell = BESIDE.get(type(event))
    if tell is not None:
        yield from tell(event)
    for _, __, campaign, body in transactions_of(event, at):
        kind = _KINDS.get(body["type"])
        if kind is not None:
            yield campaign, kind, 1, abs(body["details"]["balance"]["points"])


def _vouchers_generated(event: VouchersGenerated) -> Iterator[PointsFact]:
    card, count = event.template.loyalty_card, len(event.ids)
    if card is not None and count:
        yield event.campaign.id, "points_created", count, count * card.balance


def _voucher_created(event: VoucherCreated) -> Iterator[PointsFact]:
    card = event.voucher.loyalty_card
    if card is not None:
        yield event.voucher.campaign_id or "", "points_created", 1, card.balance


def _voucher_deleted(event: VoucherDeleted) -> Iterator[PointsFact]:
    if event.points:
        campaign = "" if event.campaign is None else event.campaign.id
        yield campaign, "points_deleted", 1, event.points


def _points_pending(event: PointsPending) -> Iterator[PointsFact]:
    yield event.pending.campaign_id, "pending_points_added", 1, event.pending.points


def _pending_adjusted(event: PendingPointsAdjusted) -> Iterator[PointsFact]:
    became = "added" if event.points > 0 else "subtracted"
    yield event.pending.campaign_id, f"pending_points_{became}", 1, abs(event.points)


def _pending_canceled(event: PendingPointsCanceled) -> Iterator[PointsFact]:
    yield event.pending.campaign_id, "pending_points_canceled", 1, event.pending.points


#: What happens to points that is no transaction.
BESIDE: Final[Mapping[type[Any], Callable[[Any], Iterator[PointsFact]]]] = MappingProxyType(
    {
        VouchersGenerated: _vouchers_generated,
        VoucherCreated: _voucher_created,
        VoucherDeleted: _voucher_deleted,
        PointsPending: _points_pending,
        PendingPointsAdjusted: _pending_adjusted,
        PendingPointsCanceled: _pending_canceled,
    }
)
