"""What webhooks are told of balances: what was added, earned, pending, expired, taken back; and of rules.

The contract knows one name for what comes and what goes: the amount says which.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

from engine.answers.hook_payload import Told
from engine.answers.hook_transactions import tell_transactions
from engine.answers.points_shown import earned_data
from engine.earning.body import earning_rule_body, pending_points_body
from engine.kernel.encode import Body
from engine.points.body import bucket_body
from engine.vouchers.body import voucher_body
from schemas.balances import BalanceAdjusted
from schemas.earning import (
    EarningRuleCreated,
    EarningRuleDeleted,
    EarningRuleDisabled,
    EarningRuleEnabled,
    EarningRuleUpdated,
    PointsEarned,
    PointsPending,
    PointsTakenBack,
)
from schemas.pending import (
    PendingPointsActivated,
    PendingPointsAdjusted,
    PendingPointsCanceled,
)
from schemas.points import PointsExpired, PointsExpiring, PointsTransferred
from schemas.records import Decided
from schemas.vouchers import Voucher

_ADDED: Final = "voucher.loyalty_card.points_aded"


def _rule(name: str) -> Callable[[Any, Decided], Told]:
    def tell(event: Any, _: Decided) -> Told:
        yield name, {"earning_rule": earning_rule_body(event.rule)}

    return tell


def _balance_adjusted(event: BalanceAdjusted, record: Decided) -> Told:
    is_gift = event.voucher.loyalty_card is None
    name = "voucher.gift.balance_aded" if is_gift else _ADDED
    yield name, _balance(event.voucher, event.amount, record)
    yield from tell_transactions(event, record)


def _points_expired(event: PointsExpired, record: Decided) -> Told:
    voucher = voucher_body(event.voucher, record.assignments, record.categories)
    points = {"points": event.points}
    yield "voucher.loyalty_card.points_expired", {"voucher": voucher, **points}
    yield from tell_transactions(event, record)


def _points_expiring(event: PointsExpiring, record: Decided) -> Told:
    """What is over soon, and when; a name that the contract does not know."""
    voucher = voucher_body(event.voucher, record.assignments, record.categories)
    told: Body = {"points": event.points, "buckets": list(map(bucket_body, event.buckets))}
    yield "voucher.loyalty_card.points_expiring", {"voucher": voucher, **told}


def _earned(event: PointsEarned, record: Decided) -> Told:
    shown = {"id": event.customer_id, "object": "customer"}
    yield "customer.rewarded.loyalty_points", {"customer": shown} | earned_data(event)
    yield _ADDED, _balance(event.voucher, event.points, record)
    yield from tell_transactions(event, record)


def _taken_back(event: PointsTakenBack, record: Decided) -> Told:
    if event.points:
        yield _ADDED, _balance(event.voucher, -event.points, record)
        yield from tell_transactions(event, record)


def _balance(voucher: Voucher, points: int, record: Decided) -> Body:
    shown = voucher_body(voucher, record.assignments, record.categories)
    return {"voucher": shown, "balance": {"amount": points}}


def _pending(name: str) -> Callable[[Any, Decided], Told]:
    def tell(event: Any, record: Decided) -> Told:
        shown = voucher_body(event.voucher, record.assignments, record.categories)
        yield name, {"voucher": shown, "pending_points": pending_points_body(event.pending)}
        yield from tell_transactions(event, record)

    return tell


#: What webhooks are told.
TELLS: Final[Mapping[type[Any], Callable[[Any, Decided], Told]]] = MappingProxyType(
    {
        EarningRuleCreated: _rule("campaign.earning_rule.assigned"),
        EarningRuleUpdated: _rule("campaign.earning_rule.updated"),
        EarningRuleEnabled: _rule("campaign.earning_rule.enabled"),
        EarningRuleDisabled: _rule("campaign.earning_rule.disabled"),
        EarningRuleDeleted: _rule("campaign.earning_rule.deleted"),
        BalanceAdjusted: _balance_adjusted,
        PointsExpired: _points_expired,
        PointsExpiring: _points_expiring,
        PointsTransferred: tell_transactions,
        PointsEarned: _earned,
        PointsTakenBack: _taken_back,
        PointsPending: _pending("voucher.loyalty_card.pending_points.aded"),
        PendingPointsActivated: _pending("voucher.loyalty_card.pending_points.activated"),
        PendingPointsAdjusted: _pending("voucher.loyalty_card.pending_points.updated"),
        PendingPointsCanceled: _pending("voucher.loyalty_card.pending_points.canceled"),
    }
)
