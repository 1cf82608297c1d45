"""Transactions of gift and loyalty cards: what changed a balance, by whom and to what.

Each is made of one event, so its id derives from the redemption, the rollback or the adjustment
that it belongs to, and a refund can name the transaction that it takes back. Source: the API
contract, section 10.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final

from engine.answers.booking import (
    Transaction,
    book_transaction,
    transfer_transactions,
    with_points,
)
from engine.answers.earned_transactions import BOOKS as EARNED_BOOKS
from engine.kernel.encode import Body
from engine.kernel.ids import new_id
from schemas.actions import ACTION_EVENTS
from schemas.balances import BalanceAdjusted
from schemas.base import Millis
from schemas.bin import BIN_EVENTS
from schemas.campaigns import CAMPAIGN_EVENTS
from schemas.custom_events import CUSTOM_EVENTS
from schemas.customers import CUSTOMER_EVENTS
from schemas.earning import (
    EarningRefused,
    OrderEarningsEnded,
    PointsPending,
)
from schemas.erasures import ERASURE_EVENTS
from schemas.events import QUIET_EVENTS, SETUP_EVENTS, Event, events_of
from schemas.loyalty_tiers import MEMBER_TIER_EVENTS
from schemas.orders import ORDER_EVENTS, Order
from schemas.pending import (
    PendingPointsAdjusted,
    PendingPointsCanceled,
)
from schemas.points import PointsExpired, PointsExpiring, PointsTransferred
from schemas.prizes import CustomerRewarded, RewardTakenBack, RewardWithheld
from schemas.promotion_events import PROMOTION_EVENTS
from schemas.publications import PUBLICATION_EVENTS
from schemas.records import Decided
from schemas.redemptions import (
    RedemptionFailed,
    RedemptionRolledBack,
    RedemptionsRetired,
    RedemptionSucceeded,
    RollbackFailed,
)
from schemas.referrals import REFERRAL_EVENTS
from schemas.segments import SEGMENT_EVENTS
from schemas.sessions import SESSION_EVENTS
from schemas.voucher_events import (
    VoucherCreated,
    VoucherDeleted,
    VoucherDisabled,
    VoucherEnabled,
    VoucherUpdated,
)

#: Why a prize was given.
_REASONS: Final = {"REFEREE": "referral", "REFERRER": "referral", "WINNER": "giveaway"}


def transactions(record: Decided) -> list[Transaction]:
    """The transactions of a record, in the order of its events; mostly none."""
    found: list[Transaction] = []
    for event in record.events:
        found += transactions_of(event, record.at)
    return found


def transactions_of(event: Event, at: Millis) -> list[Transaction]:
    """The transactions of one event; mostly none."""
    book = BOOKS.get(type(event))
    return [] if book is None else list(book(event, at))


def _redemption_succeeded(event: RedemptionSucceeded, at: Millis) -> list[Transaction]:
    found = []
    applied = [each for each in event.evaluation.outcomes if each.status == "APPLICABLE"]
    for outcome, redemption_id in zip(applied, event.redemption_ids, strict=False):
        taken = outcome.taken
        paid = 0 if taken is None else taken.credits or taken.points
        if outcome.voucher is None or not paid:
            continue
        details = _order(event.evaluation.order) | {"redemption": {"id": redemption_id}}
        if outcome.reward_id is not None:
            details["reward"] = {"id": outcome.reward_id, "name": outcome.reward_name}
        transaction_id = new_id(redemption_id, "vtx_")
        found.append(
            book_transaction(
                outcome.voucher, transaction_id, "REDEMPTION", -paid, at, details=details
            )
        )
    return found


def _redemption_rolled_back(event: RedemptionRolledBack, at: Millis) -> Iterator[Transaction]:
    """A card that is gone gets nothing back, and has no transaction."""
    for each in event.rollbacks:
        paid = each.credits or each.points
        if each.voucher is None or not paid:
            continue
        # what it got back too late is another transaction, which follows
        refunded = with_points(each.voucher, each.expired)
        rollback = {"rollback": {"id": each.rollback_id}}
        yield book_transaction(
            refunded,
            new_id(each.rollback_id, "vtx_"),
            "REFUND",
            paid,
            at,
            reason=event.reason,
            related=new_id(each.redemption_id, "vtx_"),
            details=_order(event.order) | {"redemption": {"id": each.redemption_id}} | rollback,
        )


def _balance_adjusted(event: BalanceAdjusted, at: Millis) -> Iterator[Transaction]:
    yield book_transaction(
        event.voucher,
        event.transaction_id,
        "ADDITION" if event.amount > 0 else "REMOVAL",
        event.amount,
        at,
        source=event.source,
        source_id=event.source_id,
        reason=event.reason,
        operation="MANUAL",
    )


def _points_expired(event: PointsExpired, at: Millis) -> Iterator[Transaction]:
    yield book_transaction(event.voucher, event.transaction_id, "EXPIRATION", -event.points, at)


def _rewarded(event: CustomerRewarded, at: Millis) -> Iterator[Transaction]:
    """A code that is given books nothing."""
    if event.amount:
        reason = _REASONS[event.occasion.side]
        yield book_transaction(
            event.voucher, event.transaction_id, "ADDITION", event.amount, at, reason=reason
        )


def _reward_taken_back(event: RewardTakenBack, at: Millis) -> Iterator[Transaction]:
    if event.amount and event.voucher is not None:
        reason = _REASONS[event.occasion.side]
        yield book_transaction(
            event.voucher, event.transaction_id, "REMOVAL", -event.amount, at, reason=reason
        )


def _order(order: Order | None) -> Body:
    return {} if order is None else {"order": {"id": order.id, "source_id": order.source_id}}


#: What each event books.
BOOKS: Final[Mapping[type[Any], Callable[[Any, Millis], Iterable[Transaction]]]] = MappingProxyType(
    {
        RedemptionSucceeded: _redemption_succeeded,
        RedemptionRolledBack: _redemption_rolled_back,
        BalanceAdjusted: _balance_adjusted,
        PointsExpired: _points_expired,
        PointsTransferred: transfer_transactions,
        CustomerRewarded: _rewarded,
        RewardTakenBack: _reward_taken_back,
        **EARNED_BOOKS,
    }
)

#: What books nothing.
UNBOOKED: Final = events_of(
    # Points that are pending are in no balance, and what is refused comes to none.
    PointsPending,
    PendingPointsAdjusted,
    PendingPointsCanceled,
    EarningRefused,
    OrderEarningsEnded,
    # It is about no card.
    SETUP_EVENTS,
    ACTION_EVENTS,
    CUSTOM_EVENTS,
    CUSTOMER_EVENTS,
    ERASURE_EVENTS,
    QUIET_EVENTS,
    REFERRAL_EVENTS,
    RewardWithheld,
    MEMBER_TIER_EVENTS,
    ORDER_EVENTS,
    PROMOTION_EVENTS,
    SEGMENT_EVENTS,
    # A card begins with its balance, changes hands with it, and takes it along when it goes.
    BIN_EVENTS,
    CAMPAIGN_EVENTS,
    PUBLICATION_EVENTS,
    VoucherCreated,
    VoucherUpdated,
    VoucherEnabled,
    VoucherDisabled,
    VoucherDeleted,
    # Nothing is paid: it is only held, or was refused, or is long over.
    SESSION_EVENTS,
    PointsExpiring,
    RedemptionFailed,
    RollbackFailed,
    RedemptionsRetired,
)
