"""What became of each redeemable of a request. Source: the API contract, section 5."""

from typing import Final

from engine.render.encode import Body, related_object_type
from engine.render.error import error_body
from engine.render.order import Sums, order_body
from engine.render.voucher import EMPTY_LIST, discount_body
from schemas.entities import Discount, KeyKind, Order, Outcome
from schemas.errors import Refusal

SKIPPED_MESSAGES: Final = {
    "applicable_redeemables_limit_exceeded": "Applicable redeemables limit exceeded",
    "applicable_redeemables_per_category_limit_exceeded": (
        "Applicable redeemables limit per category exceeded"
    ),
    "applicable_exclusive_redeemables_limit_exceeded": (
        "Applicable exclusive redeemables limit exceeded"
    ),
    "applicable_exclusive_redeemables_per_category_limit_exceeded": (
        "Applicable exclusive redeemables limit per category exceeded"
    ),
    "exclusion_rules_not_met": "Redeemable cannot be applied due to exclusion rules",
    "preceding_validation_failed": (
        "Redeemable cannot be applied due to preceding validation failure"
    ),
    "no_effect": "Redeemable cannot be applied due to no effect",
}
_UNEXPLAINED: Final = Refusal(400, "invalid_redeemables", "Invalid redeemables")


def applicable_body(outcome: Outcome, order: Order | None, sums: Sums) -> Body:
    """A redeemable that applies, with the order after it."""
    body = _head(outcome)
    if order is not None:
        body["order"] = order_body(order, sums)
    body["applicable_to"] = EMPTY_LIST
    body["inapplicable_to"] = EMPTY_LIST
    body["result"] = _result(outcome)
    return _with_voucher(body, outcome)


def inapplicable_body(outcome: Outcome, key_kind: KeyKind) -> Body:
    """A redeemable that does not apply, and why."""
    refusal = outcome.refusal or _UNEXPLAINED
    body = _head(outcome)
    body["result"] = {
        "error": error_body(refusal, key_kind),
        "details": {"message": refusal.message, "key": refusal.key},
    }
    return _with_voucher(body, outcome)


def skipped_body(outcome: Outcome) -> Body:
    """A redeemable that was not looked at, and which rule skipped it."""
    key = outcome.skipped_by or "preceding_validation_failed"
    body = _head(outcome)
    body["result"] = {"details": {"key": key, "message": SKIPPED_MESSAGES[key]}}
    return _with_voucher(body, outcome)


def _head(outcome: Outcome) -> Body:
    return {
        "status": outcome.status,
        "id": outcome.id,
        "object": related_object_type(outcome),
    }


def _with_voucher(body: Body, outcome: Outcome) -> Body:
    if outcome.voucher is not None:
        body["metadata"] = outcome.voucher.metadata
        body["categories"] = []
    return body


def _result(outcome: Outcome) -> Body:
    voucher = outcome.voucher
    if voucher is None:
        return {}
    if voucher.gift is not None:
        spent = outcome.taken.credits if outcome.taken else None
        return {"gift": {"balance": voucher.gift.balance, "credits": spent or 0}}
    return {"discount": effective_body(voucher.discount)} if voucher.discount else {}


def effective_body(discount: Discount) -> Body:
    """The discount as it works here, with what it leaves open filled in."""
    body = discount_body(discount)
    body.setdefault("effect", "APPLY_TO_ORDER")
    body["is_dynamic"] = False
    return body
