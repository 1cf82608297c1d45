"""Redemptions and rollbacks as rows: the body that lists show, and what they filter and sum by.

The body's `customer` is null; readers join it by `customer_id`, so that a customer who is
forgotten leaves every list. Amounts are in minor units and signed: a rollback's are negative.
Within a request the order is counted once, on the single entry or on the parent; a parent's own
`discount` is 0, since its children have it.
"""

from typing import NamedTuple

from engine.render.encode import Body
from engine.render.redemption import failure_bodies, success_bodies
from engine.render.rollback import rollback_bodies, rollback_failure_body
from schemas.base import Millis
from schemas.entities import Order, Taken
from schemas.events import (
    RedemptionFailed,
    RedemptionRolledBack,
    RedemptionSucceeded,
    RollbackFailed,
)
from schemas.records import Record


class RedemptionRow(NamedTuple):
    """One redemption, failure or rollback."""

    id: str
    #: `redemption` or `redemption_rollback`.
    object: str
    result: str
    status: str
    date: Millis
    #: The voucher's code; for an unknown one what the caller asked for; empty for a parent.
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
    discount: int
    credits: int
    order_amount: int
    order_total: int
    is_parent: bool
    body: Body


def redemption_rows(record: Record) -> list[RedemptionRow]:
    """The rows of a record, children first, then their parent; mostly none."""
    rows: list[RedemptionRow] = []
    for event in getattr(record, "events", ()):
        match event:
            case RedemptionSucceeded():
                rows += _succeeded(event, record.at)
            case RedemptionFailed():
                rows += _failed(event, record.at)
            case RedemptionRolledBack():
                rows += _rolled_back(event, record.at)
            case RollbackFailed():
                body = rollback_failure_body(event, record.at, None)
                rows.append(
                    _row(body, record.at, code=event.code, redemption_id=event.redemption_id)
                )
    return rows


def _succeeded(event: RedemptionSucceeded, at: Millis) -> list[RedemptionRow]:
    entries, parent = success_bodies(event, at, None)
    order = event.evaluation.order
    amount = (order and order.amount) or 0
    total = amount - _discounts(order)
    outcomes = [each for each in event.evaluation.outcomes if each.status == "APPLICABLE"]
    rows = [
        _row(
            body,
            at,
            code=outcome.voucher.code if outcome.voucher else outcome.id,
            parent_id=event.parent_id or "",
            order=order,
            discount=_taken(outcome.taken),
            spent=(outcome.taken and outcome.taken.credits) or 0,
            amount=0 if parent else amount,
            total=0 if parent else total,
        )
        for body, outcome in zip(entries, outcomes, strict=False)
    ]
    if parent is not None:
        rows.append(_row(parent, at, order=order, amount=amount, total=total, is_parent=True))
    return rows


def _failed(event: RedemptionFailed, at: Millis) -> list[RedemptionRow]:
    failed = [each for each in event.evaluation.outcomes if each.status == "INAPPLICABLE"]
    return [
        _row(
            body,
            at,
            code=outcome.voucher.code if outcome.voucher else outcome.id,
            order=event.evaluation.order,
        )
        for body, outcome in zip(failure_bodies(event, at, None), failed, strict=False)
    ]


def _rolled_back(event: RedemptionRolledBack, at: Millis) -> list[RedemptionRow]:
    entries, parent = rollback_bodies(event, at, None)
    order = event.order
    amount = (order and order.amount) or 0
    total = amount - _discounts(order) - sum(each.discount for each in event.rollbacks)
    rows = [
        _row(
            body,
            at,
            code=each.code,
            parent_id=event.parent_rollback_id or "",
            redemption_id=each.redemption_id,
            order=order,
            discount=-each.discount,
            spent=-(each.credits or 0),
            amount=0 if parent else -amount,
            total=0 if parent else -total,
        )
        for body, each in zip(entries, event.rollbacks, strict=False)
    ]
    if parent is not None:
        rows.append(
            _row(
                parent,
                at,
                redemption_id=event.parent_redemption_id or "",
                order=order,
                amount=-amount,
                total=-total,
                is_parent=True,
            )
        )
    return rows


def _row(
    body: Body,
    at: Millis,
    *,
    code: str = "",
    parent_id: str = "",
    redemption_id: str = "",
    order: Order | None = None,
    discount: int = 0,
    spent: int = 0,
    amount: int = 0,
    total: int = 0,
    is_parent: bool = False,
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
        discount=discount,
        credits=spent,
        order_amount=amount,
        order_total=total,
        is_parent=is_parent,
        body=body,
    )


def _taken(taken: Taken | None) -> int:
    return 0 if taken is None else taken.order + sum(amount for _, amount in taken.items)


def _discounts(order: Order | None) -> int:
    if order is None:
        return 0
    return order.discount_amount + sum(each.discount_amount for each in order.items or ())
