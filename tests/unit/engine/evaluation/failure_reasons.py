"""One request that breaks everything, and what mends it, one field a row."""

from typing import Any, NamedTuple

from schemas.api import CustomerInput, OrderInput, OrderItemInput
from schemas.base import AMOUNT_MAX
from schemas.orders import Order
from schemas.vouchers import Gift
from tests.unit.engine.world import DAY, NOON, gift_card

#: Discounted by more than the request says that it costs.
STORED = Order(id="ord_1", source_id="basket-1", amount=1000, discount_amount=600)
ITEMS = (OrderItemInput(source_id="mug", quantity=1, amount=100),)
RULES: dict[str, dict[str, Any]] = {
    "val_order": {"name": "order.amount", "conditions": {"$more_than": [500]}},
    "val_customer": {"name": "customer.segment", "conditions": {"$is": [{"id": "seg_vip"}]}},
    "val_redemption": {
        "name": "redemption.metadata",
        "property": "channel",
        "conditions": {"$is": ["shop"]},
    },
}
VIP, GUEST = CustomerInput(id="cust_vip"), CustomerInput(id="cust_guest")
#: A gift card for items that breaks every term of its own.
CARD = gift_card(
    "CARD",
    gift=Gift(amount=1000, balance=0, effect="APPLY_TO_ITEMS"),
    active=False,
    start_date=NOON + 2 * DAY,
    expiration_date=NOON - DAY,
    quantity=1,
    redeemed_quantity=1,
    rule_ids=tuple(RULES),
)


def _violated(rule_id: str, value: Any) -> dict[str, Any]:
    """What is told of the first violated set; further ones follow it."""
    rule = RULES[rule_id]
    told = {"validation_rule_id": rule_id, "name": rule["name"], "number": "1"}
    return {"violations": told | {"conditions": rule["conditions"], "value": value}}


class Row(NamedTuple):
    """What a request fails with, and the one field whose change mends it."""

    key: str
    message: str
    reason: str
    rule: str
    #: Of the voucher, or of the request.
    field: str
    value: Any


ROWS = [
    Row(
        "invalid_payload",
        "Invalid payload",
        "Invalid input data",
        "invalid_payload",
        "fault",
        None,
    ),
    Row(
        "invalid_amount",
        "Invalid Amount",
        "Order amount was specified incorrectly",
        "amount",
        "order",
        OrderInput(source_id="basket-1", amount=500),
    ),
    Row(
        "invalid_order",
        "Invalid order",
        "Order was specified incorrectly",
        "discounted_amount",
        "order",
        OrderInput(),
    ),
    Row(
        "not_found",
        "Resource not found",
        "Voucher did not exist",
        "exists",
        "code",
        "CARD",
    ),
    Row(
        "voucher_disabled",
        "voucher is disabled",
        "Voucher was disabled",
        "active",
        "active",
        True,
    ),
    Row(
        "voucher_not_active",
        "voucher is not active yet",
        "Voucher was not active yet",
        "start_date",
        "start_date",
        NOON - 2 * DAY,
    ),
    Row(
        "voucher_expired",
        "voucher expired",
        "Voucher expired",
        "expiration_date",
        "expiration_date",
        NOON,
    ),
    Row(
        "quantity_exceeded",
        "quantity exceeded",
        "Redemption quantity exceeded",
        "quantity",
        "quantity",
        2,
    ),
    Row(
        "gift_amount_exceeded",
        "gift amount exceeded",
        "Gift voucher amount exceeded",
        "gift_balance",
        "gift",
        Gift(amount=1000, balance=1000, effect="APPLY_TO_ITEMS"),
    ),
    Row(
        "missing_amount",
        "Missing amount",
        "Order amount was not specified",
        "amount_to_pay",
        "order",
        OrderInput(amount=100),
    ),
    Row(
        "missing_order_items",
        "Missing applicable order items",
        "Order items were not specified",
        "items_to_pay",
        "order",
        OrderInput(amount=100, items=ITEMS),
    ),
    Row(
        "order_rules_violated",
        "order does not match validation rules",
        "Order does not match validation rules",
        "validation_rules",
        "order",
        OrderInput(amount=1000, items=ITEMS),
    ),
    Row(
        "missing_customer",
        "Missing customer",
        "Customer was not specified",
        "validation_rules",
        "customer",
        GUEST,
    ),
    Row(
        "customer_rules_violated",
        "customer does not match segment rules",
        "Customer does not match to the segment",
        "validation_rules",
        "customer",
        VIP,
    ),
    Row(
        "redemption_rules_violated",
        "redemption does not match validation rules",
        "Redemption conditions not met",
        "validation_rules",
        "metadata",
        {"channel": "shop"},
    ),
]
#: What is told beside the reason and the rule: the condition and what was compared.
WHEN = "2025-01-15T12:00:00.000Z"
TOLD: dict[str, dict[str, Any]] = {
    "invalid_payload": {},
    "invalid_amount": {"amount": str(AMOUNT_MAX + 1), "amount_max": AMOUNT_MAX},
    "invalid_order": {"amount": 500, "discounted": 600},
    "not_found": {"object": "voucher", "id": "NONE"},
    "voucher_disabled": {"active": False},
    "voucher_not_active": {"now": WHEN, "start_date": "2025-01-17T12:00:00.000Z"},
    "voucher_expired": {"now": WHEN, "expiration_date": "2025-01-14T12:00:00.000Z"},
    "quantity_exceeded": {"quantity": 1, "redeemed_quantity": 1, "held_by_sessions": 0},
    "gift_amount_exceeded": {"credits": None, "balance": 0, "held_by_sessions": 0},
    "missing_amount": {"order_amount": None},
    "missing_order_items": {"order_items": 0},
    "order_rules_violated": _violated("val_order", 100),
    "missing_customer": _violated("val_customer", []),
    "customer_rules_violated": _violated("val_customer", []),
    "redemption_rules_violated": _violated("val_redemption", None),
}
NAMES = [row.key for row in ROWS]
