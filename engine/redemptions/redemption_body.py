"""Redemptions as answers and lists show each of them, those that failed included.

Source: the API contract, section 8. A single redemption has no parent and no key `redemption`;
in a stack each child names its parent, and the parent holds the final order.
"""

from collections.abc import Sequence

from engine.campaigns.tiers.body import redeemed_tier_body
from engine.kernel.encode import Body, related_object_type
from engine.kernel.error_body import explanation_of
from engine.kernel.reasons import reason_of
from engine.orders.body import order_body, running_sums, untouched_sums
from engine.redemptions.common_body import common_body, put_failure, put_paid
from engine.redemptions.reward_body import paid_reward_body, taken_reward_body
from engine.vouchers.body import redeemed_voucher_body
from schemas.assignments import RuleAssignment
from schemas.base import Millis
from schemas.customers import Customer
from schemas.evaluations import Outcome, Taken
from schemas.redemptions import RedemptionFailed, RedemptionSucceeded


def success_bodies(
    event: RedemptionSucceeded,
    at: Millis,
    customer: Customer | None,
    assignments: Sequence[RuleAssignment] = (),
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
        _put_redeemed(body, outcome, customer, assignments)
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


def failure_bodies(
    event: RedemptionFailed,
    at: Millis,
    customer: Customer | None,
    assignments: Sequence[RuleAssignment] = (),
) -> list[Body]:
    """One body for each redeemable that failed, with why: only server-side keys list them."""
    order = event.evaluation.order
    untouched = untouched_sums(event.evaluation)
    shown = None if order is None else order_body(order, untouched, keep=bool(order.id))
    failed = [each for each in event.evaluation.outcomes if each.status == "INAPPLICABLE"]
    entries: list[Body] = []
    for entry_id, outcome in zip(event.redemption_ids, failed, strict=False):
        body = common_body("redemption", entry_id, at, event, customer)
        body |= {"result": "FAILURE", "status": "FAILED"}
        if outcome.refusal is not None:
            put_failure(body, outcome.refusal)
            body["reason"] = reason_of(outcome.refusal)
            body["explanation"] = explanation_of(outcome.refusal)
        _put_session(body, event)
        body["order"] = shown
        _put_redeemed(body, outcome, customer, assignments)
        entries.append(body)
    return entries


def _put_session(body: Body, event: RedemptionSucceeded | RedemptionFailed) -> None:
    if event.session_key is not None:
        body["session"] = {"key": event.session_key}


def _put_redeemed(
    body: Body,
    outcome: Outcome,
    customer: Customer | None,
    assignments: Sequence[RuleAssignment],
) -> None:
    body["related_object_type"] = related_object_type(outcome)
    body["related_object_id"] = outcome.related_id
    taken = outcome.taken or Taken()
    if outcome.tier is not None:
        body["promotion_tier"] = redeemed_tier_body(outcome.tier, outcome.campaign_name)
    if outcome.voucher is not None:
        body["voucher"] = redeemed_voucher_body(
            outcome.voucher, assignments, [each.category for each in outcome.categories]
        )
    put_paid(body, taken.credits, taken.points, 1)
    if outcome.reward_id is not None:
        body["reward"] = paid_reward_body(outcome)
    if outcome.reward is not None:
        got = outcome.reward.voucher
        shown = None if got is None else redeemed_voucher_body(got, assignments)
        body["reward"] = taken_reward_body(outcome.reward, customer, shown)
