"""Customers: in full, and as others show them. Source: the API contract, section 10."""

from typing import Any

from engine.calendar import iso
from engine.render.encode import Body
from schemas.entities import Customer
from schemas.personal import Address, PersonalData

_NOTHING_KNOWN = PersonalData()
_TEXTS = ("source_id", "name", "description", "email", "phone", "birthday", "birthdate")
_ADDRESS = ("city", "state", "line_1", "line_2", "country", "postal_code")


def customer_body(customer: Customer) -> Body:
    """The customer with its summaries, which stand at zero until history is summed.

    `address` is null when unset; `metadata` and the other members are absent.
    """
    data = customer.personal.data or _NOTHING_KNOWN
    body: Body = {"id": customer.id}
    body.update((name, value) for name in _TEXTS if (value := getattr(data, name)) is not None)
    body["address"] = _address(data.address) if data.address else None
    if data.metadata is not None:
        body["metadata"] = data.metadata
    body["summary"] = _summary()
    body["loyalty"] = {"points": 0, "referred_customers": 0, "campaigns": {}}
    body["referrals"] = {"total": 0, "campaigns": []}
    body["system_metadata"] = {}
    body["created_at"] = iso(customer.created_at)
    if customer.updated_at is not None:
        body["updated_at"] = iso(customer.updated_at)
    body["object"] = "customer"
    return body


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


def _address(address: Address) -> Body:
    return {name: getattr(address, name) for name in _ADDRESS}


def _summary() -> dict[str, Any]:
    return {
        "redemptions": {
            "total_redeemed": 0,
            "total_failed": 0,
            "total_succeeded": 0,
            "total_rolled_back": 0,
            "total_rollback_failed": 0,
            "total_rollback_succeeded": 0,
            "gift": {"redeemed_amount": 0, "amount_to_go": 0},
            "loyalty_card": {"redeemed_points": 0, "points_to_go": 0},
        },
        "orders": {
            "total_amount": 0,
            "total_count": 0,
            "average_amount": 0,
            "last_order_amount": 0,
        },
    }
