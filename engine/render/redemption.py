"""Redemptions: what a success answers, and each redemption as lists show it.

Source: the API contract, section 8. A single redemption has no parent and no key `redemption`;
in a stack each child names its parent, and the parent holds the final order.
"""

from typing import Any

from engine.calendar import iso
from engine.render.common import common_body, put_failure
from engine.render.encode import Body, related_object_type
from engine.render.order import Sums, order_body, running_sums
from engine.render.voucher import voucher_body
from schemas.base import Millis
from schemas.entities import Customer, Outcome
from schemas.events import RedemptionFailed, RedemptionSucceeded


def success_bodies(
    event: RedemptionSucceeded, at: Millis, customer: Customer | None
) -> tuple[list[Body], Body | None]:
    """One body for each redeemed redeemable, and the stack's parent where there is one."""
    order = event.evaluation.order
    sums = running_sums(event.evaluation)
    final = None
    if order is not None:
        final = order_body(order, sums[-1], keep=True, entries=order.redemptions)
    applied = [each for each in event.evaluation.outcomes if each.status == "APPLICABLE"]
    entries: list[Body] = []
    for entry_id, outcome, step in zip(event.redemption_ids, applied, sums, strict=False):
        body = common_body("redemption", entry_id, at, event, customer)
        body |= {"result": "SUCCESS", "status": "SUCCEEDED"}
        _put_session(body, event)
        if event.parent_id is None:
            body["order"] = final
        else:
            body["redemption"] = event.parent_id
            body["order"] = None if order is None else order_body(order, step, keep=True)
        _put_redeemed(body, outcome)
        entries.append(body)
    if event.parent_id is None:
        return entries, None
    parent = common_body("redemption", event.parent_id, at, event, customer)
    parent |= {"result": "SUCCESS", "status": "SUCCEEDED"}
    _put_session(parent, event)
    parent |= {
        "order": final,
        "related_redemptions": {
            "redemptions": [{"id": each, "date": parent["date"]} for each in event.redemption_ids]
        },
        "related_object_type": "redemption",
        "related_object_id": event.parent_id,
    }
    return entries, parent


def failure_bodies(event: RedemptionFailed, at: Millis, customer: Customer | None) -> list[Body]:
    """One body for each redeemable that failed."""
    order = event.evaluation.order
    untouched = _without_applied(running_sums(event.evaluation)[-1])
    shown = None if order is None else order_body(order, untouched, keep=bool(order.id))
    failed = [each for each in event.evaluation.outcomes if each.status == "INAPPLICABLE"]
    entries: list[Body] = []
    for entry_id, outcome in zip(event.redemption_ids, failed, strict=False):
        body = common_body("redemption", entry_id, at, event, customer)
        body |= {"result": "FAILURE", "status": "FAILED"}
        if outcome.refusal is not None:
            put_failure(body, outcome.refusal)
        _put_session(body, event)
        body["order"] = shown
        _put_redeemed(body, outcome)
        entries.append(body)
    return entries


def _without_applied(sums: Sums) -> Sums:
    """What the order would show without the redeemables before the one that failed."""
    items = {index: value - sums.items_applied.get(index, 0) for index, value in sums.items.items()}
    return Sums(sums.discount - sums.applied, 0, items)


def with_rollback(body: dict[str, Any], rollback_id: str, at: Millis) -> Body:
    """A redemption's body once it was rolled back; for readers that join the two."""
    related = dict(body.get("related_redemptions") or {})
    related["rollbacks"] = [{"id": rollback_id, "date": iso(at)}]
    return {**body, "status": "ROLLED_BACK", "related_redemptions": related}


def _put_session(body: Body, event: RedemptionSucceeded | RedemptionFailed) -> None:
    if event.session_key is not None:
        body["session"] = {"key": event.session_key}


def _put_redeemed(body: Body, outcome: Outcome) -> None:
    body["related_object_type"] = related_object_type(outcome)
    voucher = outcome.voucher
    if voucher is None:
        body["related_object_id"] = outcome.id
        return
    body["related_object_id"] = voucher.id
    body["voucher"] = voucher_body(voucher)
    spent = outcome.taken.credits if outcome.taken else None
    if spent is not None:
        body["amount"] = spent
        body["gift"] = {"amount": spent}
