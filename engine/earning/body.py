"""Earning rules, and what becomes of pending points. Source: the API contract's schemas."""

from types import MappingProxyType
from typing import Final

import msgspec

from engine.balances.body import balance_body
from engine.kernel.calendar import iso, iso_or_none
from engine.kernel.encode import Body
from engine.kernel.room import Answers, Rendered, shows, shows_nothing
from engine.terms.body import times_body
from schemas.earning import (
    ORDER_PAID,
    EarningRule,
    EarningRuleCreated,
    EarningRuleDeleted,
    EarningRuleDisabled,
    EarningRuleEnabled,
    EarningRuleUpdated,
)
from schemas.pending import (
    PendingPoints,
    PendingPointsActivated,
    PendingPointsAdjusted,
    PendingPointsCanceled,
)
from schemas.projects import KeyKind
from schemas.records import Decided

#: How the contract's ids of what carries a rule out begin; here it is the rule itself.
_AUTOMATION: Final = "auto_"


def earning_rule_body(rule: EarningRule) -> Body:
    """The rule as its endpoints show it; its points are said as the request said them."""
    body: Body = {
        "id": rule.id,
        "created_at": iso(rule.created_at),
        "loyalty": rule.loyalty,
        "event": rule.event,
    }
    for name, subject in (
        ("custom_event", {"schema_id": rule.schema_id}),
        ("segment", {"id": rule.segment_id}),
        ("loyalty_tier", {"id": rule.loyalty_tier_id}),
    ):
        if None not in subject.values():
            body[name] = subject
    if rule.pending_points is not None:
        body["pending_points"] = {
            "period_type": "DAY",
            "period_value": rule.pending_points.period_value,
        }
    body["source"] = {
        **({} if rule.banner is None else {"banner": rule.banner}),
        "object_id": rule.campaign_id,
        "object_type": "campaign",
    }
    body |= times_body(rule)
    if rule.expiration_rules is not None:
        body["expiration_rules"] = msgspec.to_builtins(rule.expiration_rules)
    if rule.limits is not None:
        body["limits"] = msgspec.to_builtins(rule.limits)
    return body | {
        "metadata": rule.metadata,
        "validation_rule_id": rule.rule_ids[0] if rule.rule_ids else None,
        "active": rule.active,
        "automation_id": _AUTOMATION + rule.id.partition("_")[2],
        "updated_at": iso_or_none(rule.updated_at),
        "object": "earning_rule",
    }


def pending_points_body(pending: PendingPoints) -> Body:
    """Pending points as their lists show them."""
    details: Body = {}
    if pending.tier is not None:
        tier = {"id": pending.tier.id, "name": pending.tier.name}
        details |= {"loyalty_tier": tier, "holder_loyalty_tier": tier}
    details["event"] = {
        "type": f"customer.{ORDER_PAID}",
        "entity_id": pending.order_id,
        "created_at": iso(pending.created_at),
        "category": "EFFECT",
    }
    details["earning_rule"] = {"id": pending.rule_id, "source": {"banner": pending.banner or ""}}
    details["order"] = {"id": pending.order_id, "source_id": pending.order_source_id}
    body: Body = {
        "id": pending.id,
        "voucher_id": pending.voucher_id,
        "campaign_id": pending.campaign_id,
        "customer_id": pending.customer_id,
        "order_id": pending.order_id,
        "points": pending.points,
        "activates_at": pending.activates_on,
        "details": details,
        "created_at": iso(pending.created_at),
    }
    if pending.updated_at is not None:
        body["updated_at"] = iso(pending.updated_at)
    return body


def _pending_activated(event: PendingPointsActivated, _: Decided, __: KeyKind) -> Rendered:
    body = balance_body(event.voucher, event.points)
    body.pop("amount", None)
    return Rendered(200, body)


def _pending_adjusted(event: PendingPointsAdjusted, _: Decided, __: KeyKind) -> Rendered:
    """What came and how many there are; the balance stays what it is."""
    body = {
        "points": event.points,
        "total": event.pending.points,
        "object": "balance",
        "related_object": {"type": "voucher", "id": event.voucher.id},
        "operation_type": "MANUAL",
    }
    return Rendered(200, body)


ANSWERS: Answers = MappingProxyType(
    {
        EarningRuleCreated: shows(earning_rule_body, "rule"),
        EarningRuleUpdated: shows(earning_rule_body, "rule"),
        EarningRuleEnabled: shows(earning_rule_body, "rule"),
        EarningRuleDisabled: shows(earning_rule_body, "rule"),
        EarningRuleDeleted: shows_nothing,
        PendingPointsActivated: _pending_activated,
        PendingPointsAdjusted: _pending_adjusted,
        PendingPointsCanceled: shows_nothing,
    }
)
