"""Why a redemption failed, in the words of the dashboard. Source: the failure reasons of the API.

Fifteen sentences for all refusals: each key belongs to the one that says what the caller can do
about it, and a key that is none of them is about the request itself.
"""

from typing import Final

from schemas.errors import Refusal

NOT_THERE: Final = "Voucher did not exist"
INVALID_ORDER: Final = "Order was specified incorrectly"
INVALID_INPUT: Final = "Invalid input data"

_SENTENCES: Final = {
    "voucher_not_active": "Voucher was not active yet",
    "voucher_expired": "Voucher expired",
    "voucher_disabled": "Voucher was disabled",
    "promotion_inactive": "Voucher was disabled",
    "quantity_exceeded": "Redemption quantity exceeded",
    "gift_amount_exceeded": "Gift voucher amount exceeded",
    "loyalty_card_points_exceeded": "Gift voucher amount exceeded",
    "order_rules_violated": "Order does not match validation rules",
    "customer_rules_violated": "Customer does not match to the segment",
    "redemption_rules_violated": "Redemption conditions not met",
    "no_effect": "Redemption conditions not met",
    "voucher_not_active_now": "Redemption conditions not met",
    "promotion_not_active_now": "Redemption conditions not met",
    "invalid_order": INVALID_ORDER,
    "missing_order": INVALID_ORDER,
    "invalid_amount": "Order amount was specified incorrectly",
    "missing_amount": "Order amount was not specified",
    "missing_order_items": "Order items were not specified",
    "missing_order_items_amount": "Order items were not specified",
    "referrer_not_permitted_to_redeem": "Redemption conditions not met",
    "missing_customer": "Customer was not specified",
}
#: What was not found, where that is not just invalid input.
_NOT_FOUND: Final = {
    "voucher": NOT_THERE,
    "promotion_tier": NOT_THERE,
    "promotion_stack": NOT_THERE,
    "order": INVALID_ORDER,
}


def reason_of(refusal: Refusal) -> str:
    """The dashboard's sentence for a refusal; what has none of its own is invalid input."""
    if refusal.key == "not_found":
        return _NOT_FOUND.get(refusal.resource_type or "", INVALID_INPUT)
    return _SENTENCES.get(refusal.key, INVALID_INPUT)
