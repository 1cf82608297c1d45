"""Redemptions and rollbacks as rows: the body that lists show, and what they filter by.

The body's `customer` is null; readers join it by `customer_id`, so that a customer who is
forgotten leaves every list.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from engine.kernel.encode import Body
from engine.redemptions.redemption_body import failure_bodies, success_bodies
from engine.redemptions.rollback_body import rollback_bodies, rollback_failure_body
from schemas.assignments import RuleAssignment
from schemas.base import Millis
from schemas.evaluations import Outcome
from schemas.events import BESIDE_REDEMPTION_EVENTS, events_of
from schemas.orders import Order
from schemas.records import Record
from schemas.redemptions import (
    RedemptionFailed,
    RedemptionRolledBack,
    RedemptionsRetired,
    RedemptionSucceeded,
    RollbackFailed,
)
from schemas.sessions import SESSION_EVENTS

Assignments = tuple[RuleAssignment, ...]


class RedemptionRow(NamedTuple):
    """One redemption, failure or rollback."""

    id: str
    #: `redemption` or `redemption_rollback`.
    object: str
    result: str
    status: str
    date: Millis
    #: The voucher's code; for an unknown one what the caller asked for; empty for what has none.
    voucher_code: str
    related_object_type: str
    related_object_id: str
    failure_code: str
    customer_id: str
    #: The stack's parent, of the same kind; empty when there is none.
    parent_id: str
    #: The redemption that a rollback took back or tried to.
    redemption_id: str
    order_id: str
    body: Body


def redemption_rows(record: Record) -> list[RedemptionRow]:
    """The rows of a record, children first, then their parent; mostly none."""
    rows: list[RedemptionRow] = []
    assignments: Assignments = getattr(record, "assignments", ())
    for event in getattr(record, "events", ()):
        rows_of = ROWS.get(type(event))
        if rows_of is not None:
            rows += rows_of(event, record.at, assignments)
    return rows


def _redemption_succeeded(
    event: RedemptionSucceeded, at: Millis, assignments: Assignments
) -> list[RedemptionRow]:
    entries, parent = success_bodies(event, at, None, assignments)
    order = event.evaluation.order
    outcomes = [each for each in event.evaluation.outcomes if each.status == "APPLICABLE"]
    rows = [
        _row(
            body,
            at,
            code=_code(outcome),
            parent_id=event.parent_id or "",
            order=order,
        )
        for body, outcome in zip(entries, outcomes, strict=False)
    ]
    if parent is not None:
        rows.append(_row(parent, at, order=order))
    return rows


def _redemption_failed(
    event: RedemptionFailed, at: Millis, assignments: Assignments
) -> list[RedemptionRow]:
    failed = [each for each in event.evaluation.outcomes if each.status == "INAPPLICABLE"]
    bodies = failure_bodies(event, at, None, assignments)
    return [
        _row(
            body,
            at,
            code=_code(outcome),
            order=event.evaluation.order,
        )
        for body, outcome in zip(bodies, failed, strict=False)
    ]


def _redemption_rolled_back(
    event: RedemptionRolledBack, at: Millis, assignments: Assignments
) -> list[RedemptionRow]:
    entries, parent = rollback_bodies(event, at, None, assignments)
    rows = [
        _row(
            body,
            at,
            code=each.code,
            parent_id=event.parent_rollback_id or "",
            redemption_id=each.redemption_id,
            order=event.order,
        )
        for body, each in zip(entries, event.rollbacks, strict=False)
    ]
    if parent is not None:
        redemption_id = event.parent_redemption_id or ""
        rows.append(_row(parent, at, redemption_id=redemption_id, order=event.order))
    return rows


def _not_rolled_back(event: RollbackFailed, at: Millis, _: Assignments) -> list[RedemptionRow]:
    body = rollback_failure_body(event, at, None)
    return [_row(body, at, code=event.code, redemption_id=event.redemption_id)]


def _code(outcome: Outcome) -> str:
    if outcome.voucher is not None:
        return outcome.voucher.code
    return outcome.id if outcome.object == "voucher" else ""


def _row(
    body: Body,
    at: Millis,
    *,
    code: str = "",
    parent_id: str = "",
    redemption_id: str = "",
    order: Order | None = None,
) -> RedemptionRow:
    return RedemptionRow(
        id=body["id"],
        object=body["object"],
        result=body["result"],
        status=body["status"],
        date=at,
        voucher_code=code,
        related_object_type=body["related_object_type"],
        related_object_id=body["related_object_id"],
        failure_code=body.get("failure_code", ""),
        customer_id=body["customer_id"] or "",
        parent_id=parent_id,
        redemption_id=redemption_id,
        order_id=order.id if order else "",
        body=body,
    )


#: The rows of each event.
ROWS: Final[Mapping[type[Any], Callable[[Any, Millis, Assignments], list[RedemptionRow]]]] = (
    MappingProxyType(
        {
            RedemptionSucceeded: _redemption_succeeded,
            RedemptionFailed: _redemption_failed,
            RedemptionRolledBack: _redemption_rolled_back,
            RollbackFailed: _not_rolled_back,
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
