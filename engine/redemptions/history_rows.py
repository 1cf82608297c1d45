"""Redemptions and rollbacks as rows: what lists filter by, and the body that they show.

The body's `customer` is null; readers join it by `customer_id`, so that a customer who is
forgotten leaves every list. A row is made when it is stored, a body when it is read or sent.
"""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from engine.kernel.encode import Body, related_object_type
from engine.kernel.reasons import reason_of
from engine.redemptions.common_body import Recorded
from engine.redemptions.redemption_body import failure_bodies, success_bodies
from engine.redemptions.rollback_body import (
    related_to_failed_rollback,
    related_to_rollback,
    rollback_bodies,
    rollback_failure_body,
)
from schemas.assignments import RuleAssignment
from schemas.base import Millis
from schemas.evaluations import Outcome
from schemas.events import BESIDE_REDEMPTION_EVENTS, events_of
from schemas.promotions import PromotionTier
from schemas.redemptions import (
    RedemptionFailed,
    RedemptionRolledBack,
    RedemptionsRetired,
    RedemptionSucceeded,
    RollbackFailed,
)
from schemas.sessions import SESSION_EVENTS
from schemas.vouchers import Voucher

_REDEMPTION: Final = "redemption"
_ROLLBACK: Final = "redemption_rollback"
_DONE: Final = ("SUCCESS", "SUCCEEDED")
_NOT_DONE: Final = ("FAILURE", "FAILED")


class RedemptionRow(NamedTuple):
    """One redemption, failure or rollback; a text is empty where there is no such thing."""

    id: str
    #: `redemption` or `redemption_rollback`.
    object: str
    result: str
    status: str
    #: The voucher's code; for an unknown one what the caller asked for.
    voucher_code: str
    related_object_type: str
    related_object_id: str
    campaign_id: str
    campaign_name: str
    failure_code: str
    #: Of failed redemptions the sentence of the dashboard; what is said of a rollback is its own.
    reason: str
    customer_id: str
    tracking_id: str
    order_id: str
    #: The stack's parent, of the same kind.
    parent_id: str = ""
    #: The redemption that a rollback took back or tried to.
    redemption_id: str = ""
    #: What it took off the order, or a rollback gave back, in minor units.
    discount: int = 0


def redemption_rows(event: Recorded) -> list[RedemptionRow]:
    """The rows of an event, children first, then their parent."""
    return ROWS[type(event)](event)


def redemption_bodies(
    event: Recorded, at: Millis, assignments: Sequence[RuleAssignment] = ()
) -> list[Body]:
    """What lists show of the rows of an event, in their order."""
    return BODIES[type(event)](event, at, assignments)


def _succeeded_rows(event: RedemptionSucceeded) -> list[RedemptionRow]:
    order_id = event.evaluation.order.id if event.evaluation.order else ""
    applied = [each for each in event.evaluation.outcomes if each.status == "APPLICABLE"]
    rows = [
        _outcome_row(redemption_id, _DONE, outcome, event, order_id)
        for redemption_id, outcome in zip(event.redemption_ids, applied, strict=False)
    ]
    if event.parent_id is None:
        return rows
    parent = _parent_row(_REDEMPTION, event.parent_id, event.parent_id, event, order_id)
    parent = parent._replace(discount=sum(row.discount for row in rows))
    return [*(row._replace(parent_id=event.parent_id) for row in rows), parent]


def _failed_rows(event: RedemptionFailed) -> list[RedemptionRow]:
    order_id = event.evaluation.order.id if event.evaluation.order else ""
    failed = [each for each in event.evaluation.outcomes if each.status == "INAPPLICABLE"]
    return [
        _outcome_row(redemption_id, _NOT_DONE, outcome, event, order_id)
        for redemption_id, outcome in zip(event.redemption_ids, failed, strict=False)
    ]


def _rolled_back_rows(event: RedemptionRolledBack) -> list[RedemptionRow]:
    order_id = event.order.id if event.order else ""
    rows = [
        RedemptionRow(
            each.rollback_id,
            _ROLLBACK,
            *_DONE,
            each.code,
            *related_to_rollback(each),
            *_campaign_of(each.voucher, each.tier, each.campaign_name),
            "",
            "",
            event.customer_id or "",
            event.tracking_id or "",
            order_id,
            event.parent_rollback_id or "",
            each.redemption_id,
            each.discount,
        )
        for each in event.rollbacks
    ]
    redemption_id = event.parent_redemption_id
    if event.parent_rollback_id is not None and redemption_id is not None:
        row = _parent_row(_ROLLBACK, event.parent_rollback_id, redemption_id, event, order_id)
        total = sum(each.discount for each in event.rollbacks)
        rows.append(row._replace(redemption_id=redemption_id, discount=total))
    return rows


def _not_rolled_back_rows(event: RollbackFailed) -> list[RedemptionRow]:
    return [
        RedemptionRow(
            event.rollback_id,
            _ROLLBACK,
            *_NOT_DONE,
            event.code,
            *related_to_failed_rollback(event),
            "",
            "",
            event.refusal.key,
            "",
            event.customer_id or "",
            event.tracking_id or "",
            "",
            redemption_id=event.redemption_id,
        )
    ]


def _outcome_row(
    redemption_id: str,
    became: tuple[str, str],
    outcome: Outcome,
    event: RedemptionSucceeded | RedemptionFailed,
    order_id: str,
) -> RedemptionRow:
    voucher, refusal, taken = outcome.voucher, outcome.refusal, outcome.taken
    code = outcome.id if outcome.object == "voucher" else ""
    return RedemptionRow(
        redemption_id,
        _REDEMPTION,
        *became,
        code if voucher is None else voucher.code,
        related_object_type(outcome),
        outcome.related_id,
        *_campaign_of(voucher, outcome.tier, outcome.campaign_name),
        "" if refusal is None else refusal.key,
        "" if refusal is None else reason_of(refusal),
        event.customer_id or "",
        event.tracking_id or "",
        order_id,
        "",
        "",
        0 if taken is None else taken.total,
    )


def _parent_row(
    kind: str, entry_id: str, related_id: str, event: Recorded, order_id: str
) -> RedemptionRow:
    """The row of a stack, which is related to a redemption: itself, or what was taken back."""
    return RedemptionRow(
        entry_id,
        kind,
        *_DONE,
        "",
        "redemption",
        related_id,
        "",
        "",
        "",
        "",
        event.customer_id or "",
        event.tracking_id or "",
        order_id,
    )


def _campaign_of(
    voucher: Voucher | None, tier: PromotionTier | None, name: str | None
) -> tuple[str, str]:
    """The campaign's id and name; `name` is that of the tier's."""
    campaign_id = (voucher and voucher.campaign_id) or (tier and tier.campaign_id)
    return campaign_id or "", (voucher and voucher.campaign) or (tier and name) or ""


def _succeeded_bodies(
    event: RedemptionSucceeded, at: Millis, assignments: Sequence[RuleAssignment]
) -> list[Body]:
    return _with_parent(*success_bodies(event, at, None, assignments))


def _failed_bodies(
    event: RedemptionFailed, at: Millis, assignments: Sequence[RuleAssignment]
) -> list[Body]:
    return failure_bodies(event, at, None, assignments)


def _rolled_back_bodies(
    event: RedemptionRolledBack, at: Millis, assignments: Sequence[RuleAssignment]
) -> list[Body]:
    return _with_parent(*rollback_bodies(event, at, None, assignments))


def _not_rolled_back_bodies(
    event: RollbackFailed, at: Millis, _: Sequence[RuleAssignment]
) -> list[Body]:
    return [rollback_failure_body(event, at, None)]


def _with_parent(entries: list[Body], parent: Body | None) -> list[Body]:
    return entries if parent is None else [*entries, parent]


#: The rows of each event, and their bodies.
ROWS: Final[Mapping[type[Any], Callable[[Any], list[RedemptionRow]]]] = MappingProxyType(
    {
        RedemptionSucceeded: _succeeded_rows,
        RedemptionFailed: _failed_rows,
        RedemptionRolledBack: _rolled_back_rows,
        RollbackFailed: _not_rolled_back_rows,
    }
)
BODIES: Final[Mapping[type[Any], Callable[[Any, Millis, Sequence[RuleAssignment]], list[Body]]]] = (
    MappingProxyType(
        {
            RedemptionSucceeded: _succeeded_bodies,
            RedemptionFailed: _failed_bodies,
            RedemptionRolledBack: _rolled_back_bodies,
            RollbackFailed: _not_rolled_back_bodies,
        }
    )
)

#: What is not in the list of redemptions.
UNLISTED: Final = events_of(
    # It redeems nothing, a session not yet.
    BESIDE_REDEMPTION_EVENTS,
    SESSION_EVENTS,
    # They leave the state and stay in the list.
    RedemptionsRetired,
)
