"""What became of each redeemable of a request. Source: the API contract, section 5."""

from collections.abc import Collection
from typing import Final

from engine.categories.body import category_shown_body
from engine.kernel.encode import EMPTY_LIST, Body, related_object_type
from engine.kernel.error_body import failure_error_body
from engine.orders.body import OrderSums, order_body
from engine.pricing.discounts import effect_of
from engine.rules.body import item_entry_body
from engine.terms.body import discount_body
from schemas.discounts import Discount
from schemas.errors import Refusal
from schemas.evaluations import ItemsShown, Outcome, Taken
from schemas.orders import Order
from schemas.projects import KeyKind
from schemas.rules import BundleShown, UnitsShown

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
#: How many single units of a line are named.
UNITS_NAMED_MAX: Final = 100
_UNEXPLAINED: Final = Refusal(400, "invalid_redeemables", "Invalid redeemables")


def applicable_body(outcome: Outcome, order: Order | None, sums: OrderSums) -> Body:
    """A redeemable that applies, with the order after it."""
    body = _head(outcome)
    if order is not None:
        body["order"] = order_body(order, sums)
    body["applicable_to"] = items_body(outcome.applicable_to)
    body["inapplicable_to"] = items_body(outcome.inapplicable_to)
    body["result"] = result_body(outcome)
    return _with_origin(body, outcome)


def inapplicable_body(outcome: Outcome, key_kind: KeyKind) -> Body:
    """A redeemable that does not apply, and why."""
    refusal = outcome.refusal or _UNEXPLAINED
    body = _head(outcome)
    body["result"] = {
        "error": failure_error_body(refusal, key_kind),
        "details": {"message": refusal.message, "key": refusal.key},
    }
    if outcome.bundle is not None:
        body["result"]["bundle"] = bundle_body(outcome.bundle)
    return _with_origin(body, outcome)


def skipped_body(outcome: Outcome, key_kind: KeyKind) -> Body:
    """A redeemable that a stacking rule left out, and which one, with what it compared."""
    key = outcome.skipped_by or "preceding_validation_failed"
    body = _head(outcome)
    body["result"] = {"details": {"key": key, "message": SKIPPED_MESSAGES[key]}}
    if outcome.explanation and key_kind != "client":
        body["result"]["explanation"] = outcome.explanation
    return _with_origin(body, outcome)


def items_body(shown: tuple[ItemsShown, ...]) -> Body:
    """The items that a discount is for, or not for, with the lines of the order that are such."""
    if not shown:
        return EMPTY_LIST
    data = list(map(_items_body, shown))
    return {"object": "list", "data_ref": "data", "data": data, "total": len(data)}


def _items_body(shown: ItemsShown) -> Body:
    body = item_entry_body(shown.entry) | {"order_item_indices": shown.indices}
    if shown.entry.target == "UNIT":
        body["order_item_units"] = [_units_body(each, shown.entry.repeat) for each in shown.units]
    return body


def _units_body(shown: UnitsShown, repeat: int) -> Body:
    """The places of the units; a line may have so many that not all are named."""
    count = min(shown.count, UNITS_NAMED_MAX)
    return {
        "index": shown.index,
        "units": [shown.first + n * repeat for n in range(count)],
        "units_limit_exceeded": count < shown.count,
    }


def bundle_body(bundle: BundleShown) -> Body:
    """The bundles that an order has, and what is missing for another."""
    return {
        "quantity": bundle.quantity,
        "limit": bundle.limit,
        "identified": [
            {
                "id": each.id,
                "object": each.object,
                "item_index": each.index,
                "item_quantity": each.quantity,
            }
            for each in bundle.identified
        ],
        "missing": [
            {"id": each.id, "object": each.object, "item_quantity": each.quantity}
            for each in bundle.missing
        ],
    }


def _head(outcome: Outcome) -> Body:
    return {
        "status": outcome.status,
        "id": outcome.id,
        "object": related_object_type(outcome),
    }


def _with_origin(body: Body, outcome: Outcome) -> Body:
    origin = outcome.voucher or outcome.tier
    if origin is not None:
        body["metadata"] = origin.metadata
    return body


def expanded_body(outcome: Outcome, expand: Collection[str]) -> Body:
    """What the options to expand add to a redeemable, whatever became of it."""
    body = names_body(outcome) if "redeemable" in expand else {}
    if "category" in expand and (outcome.voucher or outcome.tier) is not None:
        body["categories"] = list(map(category_shown_body, outcome.categories))
    return body


def names_body(outcome: Outcome) -> Body:
    """What a redeemable and its campaign are called, as far as they have names."""
    origin = outcome.voucher or outcome.tier
    names: Body = {}
    if outcome.campaign_name is not None:
        names["campaign_name"] = outcome.campaign_name
    if origin is not None and origin.campaign_id is not None:
        names["campaign_id"] = origin.campaign_id
    if outcome.tier is not None:
        names["name"] = outcome.tier.name
        if outcome.tier.banner is not None:
            names["banner"] = outcome.tier.banner
    return names


def result_body(outcome: Outcome) -> Body:
    """What an applicable redeemable gives, and the bundles that it is for."""
    body = _given_body(outcome)
    if outcome.bundle is not None:
        body["bundle"] = bundle_body(outcome.bundle)
    return body


def _given_body(outcome: Outcome) -> Body:
    voucher, taken = outcome.voucher, outcome.taken or Taken()
    if voucher is not None and voucher.gift is not None:
        return {"gift": {"balance": voucher.gift.balance, "credits": taken.credits or 0}}
    if voucher is not None and voucher.loyalty_card is not None:
        card = {"points": taken.points or 0, "balance": voucher.loyalty_card.balance}
        return {"loyalty_card": card}
    return effective_discount(outcome)


def effective_discount(outcome: Outcome) -> Body:
    """The `discount` of a voucher or a tier as it works here; nothing where it has none."""
    offer = outcome.tier or outcome.voucher
    discount = outcome.worked or (offer and offer.discount)
    return {"discount": _effective(discount, dynamic=outcome.dynamic)} if discount else {}


def _effective(discount: Discount, *, dynamic: bool) -> Body:
    """The discount with what it leaves open filled in."""
    body = discount_body(discount)
    body.setdefault("effect", effect_of(discount, None))
    body["is_dynamic"] = dynamic
    return body
