"""Rollbacks: what a success answers, and each rollback as lists show it.

Source: the API contract, section 8. Amounts of credits are negative: they were given back.
"""

from collections.abc import Sequence
from typing import Final

from engine.campaigns.tiers.body import redeemed_tier_body
from engine.kernel.encode import Body
from engine.orders.body import order_body, sums_of
from engine.redemptions.common_body import common_body, put_failure, put_paid
from engine.redemptions.reward_body import taken_reward_body
from engine.vouchers.body import redeemed_voucher_body
from schemas.assignments import RuleAssignment
from schemas.base import Millis
from schemas.customers import Customer
from schemas.redemptions import RedemptionRolledBack, RollbackFailed, RolledBack

_TIER: Final = "promotion_tier"


def rolled_back_body(
    event: RedemptionRolledBack,
    at: Millis,
    customer: Customer | None,
    assignments: Sequence[RuleAssignment] = (),
) -> Body:
    """The answer of the endpoint for one redemption."""
    entries, _ = rollback_bodies(event, at, customer, assignments)
    return entries[0]


def stack_rolled_back_body(
    event: RedemptionRolledBack,
    at: Millis,
    customer: Customer | None,
    assignments: Sequence[RuleAssignment] = (),
) -> Body:
    """The answer of the endpoint for stacks."""
    entries, parent = rollback_bodies(event, at, customer, assignments)
    body: Body = {"rollbacks": entries}
    if parent is not None:
        body["parent_rollback"] = parent
    order = entries[0]["order"]
    if order is not None:
        body["order"] = order
    return body


def rollback_bodies(
    event: RedemptionRolledBack,
    at: Millis,
    customer: Customer | None,
    assignments: Sequence[RuleAssignment] = (),
) -> tuple[list[Body], Body | None]:
    """One body for each redemption taken back, and the parent's where there is one."""
    order = event.order
    shown = None
    if order is not None:
        shown = order_body(order, sums_of(order), keep=True, entries=order.redemptions)
    entries: list[Body] = []
    for each in event.rollbacks:
        body = _success(event, each.rollback_id, each.redemption_id, at, customer)
        body["order"] = shown
        body["related_object_type"], body["related_object_id"] = related_to_rollback(each)
        if each.voucher is not None:
            body["voucher"] = redeemed_voucher_body(each.voucher, assignments, each.categories)
        if each.tier is not None:
            body["promotion_tier"] = redeemed_tier_body(each.tier, each.campaign_name)
        put_paid(body, each.credits, each.points, -1)
        if each.reward is not None:
            got = each.reward.voucher
            given = None if got is None else redeemed_voucher_body(got, assignments)
            body["reward"] = taken_reward_body(each.reward, customer, given)
        entries.append(body)
    if event.parent_rollback_id is None or event.parent_redemption_id is None:
        return entries, None
    parent = _success(event, event.parent_rollback_id, event.parent_redemption_id, at, customer)
    parent["order"] = shown
    parent["related_object_type"] = "redemption"
    parent["related_object_id"] = event.parent_redemption_id
    return entries, parent


def rollback_failure_body(event: RollbackFailed, at: Millis, customer: Customer | None) -> Body:
    """A rollback that was refused, as lists show it."""
    body = common_body("redemption_rollback", event.rollback_id, at, event, customer)
    body |= {"redemption": event.redemption_id, "result": "FAILURE", "status": "FAILED"}
    if event.reason is not None:
        body["reason"] = event.reason
    put_failure(body, event.refusal)
    body["order"] = None
    body["related_object_type"], body["related_object_id"] = related_to_failed_rollback(event)
    return body


def related_to_rollback(each: RolledBack) -> tuple[str, str]:
    """Type and id of what was redeemed, and is taken back."""
    return ("voucher", each.voucher_id) if each.tier_id is None else (_TIER, each.tier_id)


def related_to_failed_rollback(event: RollbackFailed) -> tuple[str, str]:
    """Type and id of what was redeemed, and stays so."""
    if event.tier_id is not None:
        return _TIER, event.tier_id
    # a stack's parent has neither voucher nor tier
    return (
        ("voucher", event.voucher_id) if event.voucher_id else ("redemption", event.redemption_id)
    )


def _success(
    event: RedemptionRolledBack,
    rollback_id: str,
    redemption_id: str,
    at: Millis,
    customer: Customer | None,
) -> Body:
    body = common_body("redemption_rollback", rollback_id, at, event, customer)
    body |= {"redemption": redemption_id, "result": "SUCCESS", "status": "SUCCEEDED"}
    if event.reason is not None:
        body["reason"] = event.reason
    return body
