"""Customers: in full, and as others show them. Source: the API contract, section 10."""

from types import MappingProxyType
from typing import Any

from engine.kernel.calendar import iso
from engine.kernel.encode import Body
from engine.kernel.money import divide_half_up
from engine.kernel.room import Answers, shows, shows_nothing
from schemas.customers import (
    Customer,
    CustomerCreated,
    CustomerDeleted,
    CustomerLoyalty,
    CustomerReferral,
    CustomerSummary,
    CustomerUnchanged,
    CustomerUpdated,
)
from schemas.personal import PersonalData
from schemas.records import Decided

_NOTHING_KNOWN = PersonalData()
_NOTHING_SUMMED = CustomerSummary()
_NO_LOYALTY = CustomerLoyalty({})
_TEXTS = ("source_id", "name", "description", "email", "phone", "birthday", "birthdate")


def customer_body(
    customer: Customer,
    summary: CustomerSummary | None = None,
    loyalty: CustomerLoyalty | None = None,
) -> Body:
    """The customer with what its redemptions and orders add up to; None: there were none.

    `address` is null when unset, and has the lines that were given; `metadata` and the other
    members are absent.
    """
    data = customer.personal.data or _NOTHING_KNOWN
    body: Body = {"id": customer.id}
    body.update((name, value) for name in _TEXTS if (value := getattr(data, name)) is not None)
    body["address"] = None if data.address is None else data.address.lines()
    if data.metadata is not None:
        body["metadata"] = data.metadata
    known = summary or _NOTHING_SUMMED
    body["summary"] = _summary(known)
    body["loyalty"] = _loyalty(loyalty, known)
    body["referrals"] = {
        "total": len(known.referrals),
        "campaigns": list(map(_referral, known.referrals)),
    }
    body["system_metadata"] = {}
    body["created_at"] = iso(customer.created_at)
    if customer.updated_at is not None:
        body["updated_at"] = iso(customer.updated_at)
    body["object"] = "customer"
    return body


def _referral(referral: CustomerReferral) -> Body:
    return {
        "campaign_id": referral.campaign_id,
        "referrer_id": referral.referrer_id,
        "related_object_id": referral.related_object_id,
        "related_object_type": referral.related_object_type,
        "date": iso(referral.at),
    }


def gone_customer_body(customer_id: str) -> Body:
    """One who is gone for good, where the contract wants a customer."""
    return {"id": customer_id, "object": "customer"}


def simple_customer_body(customer: Customer) -> Body:
    """The customer as a redemption shows it."""
    data = customer.personal.data or _NOTHING_KNOWN
    body: Body = {"id": customer.id}
    for name in ("name", "email", "source_id"):
        value = getattr(data, name)
        if value is not None:
            body[name] = value
    body["metadata"] = data.metadata or {}
    body["object"] = "customer"
    return body


def short_customer_body(customer: Customer) -> Body:
    """The customer as a publication and an event show it: what is known, and nothing empty."""
    body = simple_customer_body(customer)
    if not body["metadata"]:
        del body["metadata"]
    return body


def _loyalty(loyalty: CustomerLoyalty | None, summary: CustomerSummary) -> Body:
    """What the customer has in loyalty programs, and in each; lists know the sum of all cards alone.

    Beside them are the referral programs in which somebody came by the customer.
    """
    known = loyalty or _NO_LOYALTY
    shown: dict[str, Body] = {}
    for program_id, each in known.campaigns.items():
        shown[program_id] = {"points": each.points, "referred_customers": 0}
        if each.loyalty_tier is not None:
            shown[program_id]["loyalty_tier"] = each.loyalty_tier
    for program_id, count in known.referred.items():
        shown[program_id] = {"points": 0, "referred_customers": count}
    points = [each.points for each in known.campaigns.values()]
    return {
        "points": sum(points) if points else summary.points_to_go,
        "referred_customers": summary.referred_customers,
        "campaigns": shown,
    }


def _summary(summary: CustomerSummary) -> dict[str, Any]:
    count = summary.orders_count
    orders: dict[str, Any] = {
        "total_amount": summary.orders_amount,
        "total_count": count,
        "average_amount": divide_half_up(summary.orders_amount, count) if count else 0,
        "last_order_amount": summary.last_order_amount,
    }
    if summary.last_order_at is not None:
        orders["last_order_date"] = iso(summary.last_order_at)
    return {
        "redemptions": {
            "total_redeemed": max(summary.succeeded - summary.rolled_back, 0),
            "total_failed": summary.failed,
            "total_succeeded": summary.succeeded,
            "total_rolled_back": summary.rolled_back,
            "total_rollback_failed": summary.rollbacks_failed,
            "total_rollback_succeeded": summary.rolled_back,
            "gift": {
                "redeemed_amount": summary.redeemed_amount,
                "amount_to_go": summary.amount_to_go,
            },
            "loyalty_card": {
                "redeemed_points": summary.redeemed_points,
                "points_to_go": summary.points_to_go,
            },
        },
        "orders": orders,
    }


def customer_of(record: Decided) -> Customer | None:
    """The customer that the record is about, as it was after it."""
    for event in reversed(record.events):
        if isinstance(event, CustomerCreated | CustomerUpdated | CustomerUnchanged):
            return event.customer
    return record.customer


ANSWERS: Answers = MappingProxyType(
    {
        CustomerCreated: shows(customer_body, "customer"),
        CustomerUpdated: shows(customer_body, "customer", "summary", "loyalty"),
        CustomerUnchanged: shows(customer_body, "customer", "summary", "loyalty"),
        CustomerDeleted: shows_nothing,
    }
)
