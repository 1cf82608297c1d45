"""What customers add up to: counted once for a whole record, after its decision.

Redemptions count for the customer whom they name, orders for their own, and what is left on a gift
card or a loyalty card for whoever holds it. A decision that concerns no customer gains no event. An
order counts while it is paid or fulfilled; what a customer spent on it is what was left to pay. The
last order is the newest that ever counted, also when it was canceled later. Nothing counts any more
for a customer who is gone for good, though vouchers, orders and rollbacks may still name one.
"""

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any, Final

from msgspec import structs

from engine.customers.amounts import Left, left_on_card, spent_on
from engine.customers.referred import with_referral
from engine.kernel import tables
from engine.kernel.decision import Decision
from engine.kernel.state import View
from schemas.actions import ACTION_EVENTS
from schemas.balances import BalanceAdjusted
from schemas.bin import BinEntryAdded, BinEntryRemoved, CampaignVouchersDeleted
from schemas.campaigns import CAMPAIGN_EVENTS
from schemas.custom_events import CUSTOM_EVENTS
from schemas.customers import CUSTOMER_EVENTS, CustomerCreated, CustomersSummed, CustomerSummary
from schemas.earning import (
    EarningRefused,
    OrderEarningsEnded,
    PointsEarned,
    PointsPending,
    PointsTakenBack,
)
from schemas.erasures import ERASURE_EVENTS
from schemas.evaluations import Taken
from schemas.events import QUIET_EVENTS, SETUP_EVENTS, Event, events_of
from schemas.loyalty_tiers import MEMBER_TIER_EVENTS
from schemas.orders import Order, OrderCreated, OrderUpdated
from schemas.pending import PendingPointsActivated, PendingPointsAdjusted, PendingPointsCanceled
from schemas.points import PointsExpired, PointsExpiring, PointsTransferred
from schemas.prizes import CustomerRewarded, RewardTakenBack, RewardWithheld
from schemas.promotion_events import PROMOTION_EVENTS
from schemas.publications import PublicationFailed, PublicationRepeated, PublicationSucceeded
from schemas.redemptions import (
    RedemptionFailed,
    RedemptionRolledBack,
    RedemptionsRetired,
    RedemptionSucceeded,
    RollbackFailed,
)
from schemas.referrals import (
    CustomerReferred,
    HolderRemoved,
    HoldersAdded,
    RefereeAdded,
    Referral,
    ReferralRevoked,
)
from schemas.segments import SEGMENT_EVENTS
from schemas.sessions import SESSION_EVENTS
from schemas.voucher_events import (
    VoucherCreated,
    VoucherDeleted,
    VoucherDisabled,
    VoucherEnabled,
    VoucherUpdated,
)
from schemas.vouchers import Voucher

_COUNTED: Final = frozenset({"PAID", "FULFILLED"})
_NOTHING: Final = CustomerSummary()
_UNTOUCHED: Final = Taken()


class Summaries:
    """The summaries that a record changes, as they are after what was counted so far."""

    def __init__(self, view: View, events: Iterable[Event]) -> None:
        self._view = view
        self._events = events
        self._before: dict[str, CustomerSummary] = {}
        self._after: dict[str, CustomerSummary] = {}
        self._balances: dict[str, Left | None] = {}
        self._orders: dict[str, Order] = {}

    @property
    def changed(self) -> dict[str, CustomerSummary]:
        """Those that are another than before, by customer."""
        before = self._before
        return {each: after for each, after in self._after.items() if after != before[each]}

    def add(self, customer_id: str | None, **differences: int) -> None:
        """Counts something for a customer; no sum falls below zero."""
        if customer_id is None:
            return
        summary = self._of(customer_id)
        if summary is None:
            return
        counted = {
            name: max(getattr(summary, name) + difference, 0)
            for name, difference in differences.items()
        }
        self._after[customer_id] = structs.replace(summary, **counted)

    def voucher(self, voucher: Voucher) -> None:
        """A voucher is as given; its holder has what is left on it."""
        if voucher.gift is not None or voucher.loyalty_card is not None:
            self._holds(voucher.id, left_on_card(voucher))

    def voucher_gone(self, voucher_id: str) -> None:
        """A voucher is nobody's any more."""
        self._holds(voucher_id, None)

    def _holds(self, voucher_id: str, held: Left | None) -> None:
        if voucher_id in self._balances:
            before = self._balances[voucher_id]
        else:
            before = left_on_card(self._view.get(tables.VOUCHERS, voucher_id))
        if before != held:
            if before is not None:
                self.add(
                    before.holder_id, amount_to_go=-before.credits, points_to_go=-before.points
                )
            if held is not None:
                self.add(held.holder_id, amount_to_go=held.credits, points_to_go=held.points)
        self._balances[voucher_id] = held

    def order(self, order: Order | None, *, created: bool = False) -> None:
        """An order is as given; `created` when it was not there before."""
        if order is None or order.customer_id is None:
            return
        before = self._orders.get(order.id)
        if before is None and not created:
            before = self._view.get(tables.ORDERS, order.id)
        self._orders[order.id] = order
        if before is not None and before.status in _COUNTED:
            self.add(before.customer_id, orders_count=-1, orders_amount=-spent_on(before))
        if order.status not in _COUNTED:
            return
        self.add(order.customer_id, orders_count=1, orders_amount=spent_on(order))
        summary = self._of(order.customer_id)
        if summary is None:
            return
        made = order.created_at or 0
        if order.id == summary.last_order_id or made >= (summary.last_order_at or 0):
            self._after[order.customer_id] = structs.replace(
                summary,
                last_order_id=order.id,
                last_order_amount=spent_on(order),
                last_order_at=made,
            )

    def referred(self, referral: Referral, *, converted: bool) -> None:
        """Somebody was referred in a program, or that was taken back."""
        self.add(referral.referrer_id, referred_customers=1 if converted else -1)
        summary = self._of(referral.customer_id)
        if summary is None:
            return
        self._after[referral.customer_id] = with_referral(summary, referral, converted=converted)

    def _of(self, customer_id: str) -> CustomerSummary | None:
        """What the customer adds up to so far; None for one who is gone for good."""
        found = self._after.get(customer_id)
        if found is None:
            found = self._view.get(tables.CUSTOMER_SUMMARIES, customer_id)
            if found is None:
                # whoever has a summary is there: it goes with its customer
                if not self._is_there(customer_id):
                    return None
                found = _NOTHING
            self._before[customer_id] = found
        return found

    def _is_there(self, customer_id: str) -> bool:
        return self._view.get(tables.CUSTOMERS, customer_id) is not None or any(
            isinstance(each, CustomerCreated) and each.customer.id == customer_id
            for each in self._events
        )


def with_summaries(view: View, decision: Decision) -> Decision:
    """The decision, with what it changes in the customers' summaries as one more event."""
    sums: Summaries | None = None
    for event in decision.events:
        count = COUNTS.get(type(event))
        if count is not None:
            sums = sums or Summaries(view, decision.events)
            count(sums, event)
    changed = sums.changed if sums is not None else None
    if not changed:
        return decision
    return Decision(
        (*decision.events, CustomersSummed(changed)), decision.refusal, decision.customer
    )


def _redemption_succeeded(sums: Summaries, event: RedemptionSucceeded) -> None:
    credits = points = 0
    for outcome in event.evaluation.outcomes:
        if outcome.status == "APPLICABLE" and outcome.voucher is not None:
            sums.voucher(outcome.voucher)
            taken = outcome.taken or _UNTOUCHED
            credits += taken.credits or 0
            points += taken.points or 0
    sums.add(
        event.customer_id,
        succeeded=len(event.redemption_ids),
        redeemed_amount=credits,
        redeemed_points=points,
    )
    sums.order(event.evaluation.order, created=event.order_created)


def _redemption_failed(sums: Summaries, event: RedemptionFailed) -> None:
    sums.add(event.customer_id, failed=len(event.redemption_ids))


def _redemption_rolled_back(sums: Summaries, event: RedemptionRolledBack) -> None:
    credits = sum(each.credits or 0 for each in event.rollbacks)
    for each in event.rollbacks:
        if each.voucher is not None:
            sums.voucher(each.voucher)
    points = sum(each.points or 0 for each in event.rollbacks)
    sums.add(
        event.customer_id,
        rolled_back=len(event.rollbacks),
        redeemed_amount=-credits,
        redeemed_points=-points,
    )
    sums.order(event.order)


def _rollback_failed(sums: Summaries, event: RollbackFailed) -> None:
    sums.add(event.customer_id, rollbacks_failed=1)


def _order_created(sums: Summaries, event: OrderCreated) -> None:
    sums.order(event.order, created=True)


def _order_updated(sums: Summaries, event: OrderUpdated) -> None:
    sums.order(event.order)


def _voucher_changed(sums: Summaries, event: Any) -> None:
    """The event holds the card as it is after it."""
    sums.voucher(event.voucher)


def _points_transferred(sums: Summaries, event: PointsTransferred) -> None:
    for move in event.moves:
        sums.voucher(move.origin)
    sums.voucher(event.voucher)


def _reward_taken_back(sums: Summaries, event: RewardTakenBack) -> None:
    if event.voucher is not None:
        sums.voucher(event.voucher)


def _customer_referred(sums: Summaries, event: CustomerReferred) -> None:
    sums.referred(event.referral, converted=True)


def _referral_revoked(sums: Summaries, event: ReferralRevoked) -> None:
    if event.converted:
        sums.referred(event.referral, converted=False)


def _publication_succeeded(sums: Summaries, event: PublicationSucceeded) -> None:
    for voucher in event.vouchers:
        sums.voucher(voucher)


def _voucher_deleted(sums: Summaries, event: VoucherDeleted) -> None:
    sums.voucher_gone(event.voucher_id)


def _campaign_vouchers_deleted(sums: Summaries, event: CampaignVouchersDeleted) -> None:
    for voucher_id in event.ids:
        sums.voucher_gone(voucher_id)


#: What is counted.
COUNTS: Final[Mapping[type[Any], Callable[[Summaries, Any], None]]] = MappingProxyType(
    {
        RedemptionSucceeded: _redemption_succeeded,
        RedemptionFailed: _redemption_failed,
        RedemptionRolledBack: _redemption_rolled_back,
        RollbackFailed: _rollback_failed,
        VoucherUpdated: _voucher_changed,
        VoucherDeleted: _voucher_deleted,
        CampaignVouchersDeleted: _campaign_vouchers_deleted,
        PublicationSucceeded: _publication_succeeded,
        BalanceAdjusted: _voucher_changed,
        PointsExpired: _voucher_changed,
        PointsTransferred: _points_transferred,
        CustomerRewarded: _voucher_changed,
        RewardTakenBack: _reward_taken_back,
        CustomerReferred: _customer_referred,
        ReferralRevoked: _referral_revoked,
        PointsEarned: _voucher_changed,
        PointsTakenBack: _voucher_changed,
        PendingPointsActivated: _voucher_changed,
        OrderCreated: _order_created,
        OrderUpdated: _order_updated,
    }
)

#: What changes nothing that a customer adds up to.
UNCOUNTED: Final = events_of(
    # Nobody redeems, orders or holds anything by it, in a session not yet.
    SETUP_EVENTS,
    ACTION_EVENTS,
    CUSTOM_EVENTS,
    QUIET_EVENTS,
    RewardWithheld,
    HoldersAdded,
    HolderRemoved,
    RefereeAdded,
    MEMBER_TIER_EVENTS,
    PROMOTION_EVENTS,
    SEGMENT_EVENTS,
    SESSION_EVENTS,
    PublicationFailed,
    # A new voucher is nobody's before it is published.
    CAMPAIGN_EVENTS,
    VoucherCreated,
    # Holder and balance stay as they are.
    PointsPending,
    PendingPointsAdjusted,
    PendingPointsCanceled,
    EarningRefused,
    OrderEarningsEnded,
    PublicationRepeated,
    VoucherEnabled,
    VoucherDisabled,
    PointsExpiring,
    BinEntryAdded,
    RedemptionsRetired,
    # What a customer adds up to goes with the customer, and is itself not counted.
    CUSTOMER_EVENTS,
    BinEntryRemoved,
    ERASURE_EVENTS,
)
