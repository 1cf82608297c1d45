"""What is bad about validation rules, products, customers, orders and events."""

from typing import Any, Final

from tests.unit.services.bad_input.asking import Ask, Before, Rows, delete, get, post, put, shown
from tests.unit.services.strange import AMOUNT, TERMS

RULE: Final = {"1": {"name": "order.amount", "conditions": {"$more_than": [5]}}}


def _set(**more: Any) -> dict[str, Any]:
    return {"name": "R"} | more


def _bind(object_id: str, **more: Any) -> tuple[Ask, ...]:
    return post("validation-rules/<rule>/assignments", {"related_object_id": object_id} | more)


RULES: Final[Rows] = {
    "a member of the wrong type; no name; strict other than false; an unknown type, context_type or related_object_type": (
        *post("validation-rules", {}, _set(rules=5), _set(type="odd"), _set(context_type="odd"),
              _set(applicable_to={"included": [{"object": "product", "id": "p", "strict": True}]})),
        *_bind("A", related_object_type="odd"),
    ),
    "rules, bundle rules or items that make no sense or exceed a bound, told by their path": post(
        "validation-rules", _set(rules={"1": {"name": "odd", "conditions": {"$is": [1]}}}),
        _set(rules={"1": {"name": "order.amount", "conditions": {"$odd": [1]}}}),
        _set(rules=RULE | {"logic": "1 and 2"}), _set(bundle_rules={"quantity": 1, "1": {}}),
    ),
    "an object with more than 50 sets": shown(
        "tests/unit/engine/assignments/test_assignments.py::test_an_object_is_bound_by_so_many_sets_at_most"
    ),
    "an unknown set, assignment or object": (
        *get("validation-rules/none"), *put("validation-rules/none", {"name": "R"}),
        *delete("validation-rules/<rule>/assignments/none"), *_bind("none"),
        *post("validation-rules/none/assignments", {"related_object_id": "A"}),
    ),
    "an assignment that exists": _bind("A"),
}  # fmt: skip
BEFORE_RULES: Final[Before] = (("bound", _bind("A")[0]),)
REFUSED: Final[Rows] = {
    "options.recalculate_tiers of a campaign that is no loyalty program": put(
        "campaigns/Spring", {"options": {"recalculate_tiers": True}}
    ),
    "another referrer or referrer_id of /v1/orders than that of the redeemed code; is_referral_code: true of a voucher without its program": (
        *post("orders", {"referrer": {"source_id": "ann"}}, {"referrer": {"id": "cust_1"}}, {"referrer_id": "cust_1"}),
        *post("vouchers", TERMS | {"is_referral_code": True}),
    ),
    "a campaign's type STANDALONE": post(
        "campaigns", {"name": "N", "type": "STANDALONE", "voucher": TERMS}
    ),
}  # fmt: skip
PRODUCTS: Final[Rows] = {
    "a member of the wrong type; a price that is no whole number from 0 on; a second id than that of the path": (
        *post("products", {"name": 5}, {"price": -1}, {"price": 1.5}, {"metadata": [1]}),
        *put("products/p", {"id": "prod_none"}),
        *post("products/p/skus", {"price": "5"}),
    ),
    "an unknown product, SKU or collection, one in the bin, an unknown id in a creation": (
        *get("products/none", "products/gone", "skus/none", "product-collections/none"),
        *post("products", {"id": "prod_none"}),
        *post("products/none/skus", {}),
        *post("product-collections", {"name": "C", "type": "STATIC", "products": [
            {"id": "none", "object": "product"}]}),
    ),
    "a source id of another product or SKU, be it in the bin": (
        *put("products/q", {"source_id": "p"}, {"source_id": "gone"}),
        *post("products/q/skus", {"source_id": "s"}),
    ),
    "a filter of an unknown field or operator, with a value that does not fit it, or for a STATIC collection; members of an AUTO_UPDATE one; another type": post(
        "product-collections",
        *({"name": "C", "type": "AUTO_UPDATE", "filter": {"junction": "and", name: {"conditions": each}}}
          for name, each in (("odd", {"$is": [1]}), ("price", {"$odd": [1]}), ("price", {"$more_than": ["x"]}))),
        {"name": "C", "type": "STATIC", "filter": {"junction": "and"}},
        {"name": "C", "type": "AUTO_UPDATE", "products": [{"id": "<product>", "object": "product"}]},
        {"name": "C", "type": "ODD"},
    ) + put("product-collections/<collection>", {"type": "AUTO_UPDATE"}),
    "more than 20,000 members of a collection": post("product-collections", {
        "name": "C", "type": "STATIC",
        "products": [{"id": "p", "object": "product"}] * 20_001}),
    "deleting a collection that validation rules name": delete("product-collections/<collection>"),
    "an order that overrides an unknown id": post("orders", {"items": [
        {"product": {"id": "prod_none", "override": True}}]}),
    "an order that overrides more than 100 products and SKUs": post("orders", {"items": [
        {"source_id": f"new{n}", "product": {"source_id": f"new{n}", "name": "N", "override": True}}
        for n in range(101)]}),
}  # fmt: skip
BEFORE_PRODUCTS: Final[Before] = (
    ("q", Ask("POST", "/v1/products", {"source_id": "q"})),
    ("gone", Ask("POST", "/v1/products", {"source_id": "gone"})),
    ("binned", Ask("DELETE", "/v1/products/gone")),
    ("named", Ask("POST", "/v1/validation-rules", _set(
        rules={"1": {"name": "product.id", "conditions": {
            "$is": [{"id": "<collection>", "object": "products_collection"}]}}},
        applicable_to={"included": [{"object": "products_collection", "id": "<collection>"}]}))),
)  # fmt: skip
PEOPLE: Final[Rows] = {
    "a member of the wrong type or out of bounds; a birthdate that is no date; an id in the body that is not that of the path": (
        *post("customers", {"name": 5}, {"metadata": [1]}, {"birthdate": "soon"}),
        *put("customers/ann", {"id": "cust_none"}),
        *post("orders", {"amount": "5"}, {"status": "SENT"}, {"items": [{"amount": 1}] * 501}),
        *put("orders/o", {"id": "ord_none"}),
    ),
    "an unknown customer or order; a customer in the bin; an unknown id without a source id": (
        *get("customers/none", "customers/gone", "orders/none"),
        *put("customers/none", {}), *put("orders/none", {}),
        *post("customers", {"id": "cust_none"}), *post("orders", {"id": "ord_none"}),
        *post("events", {"event": "e", "customer": {"id": "cust_none"}}),
    ),
    "a source id that belongs to another customer or order, be it in the bin": (
        *post("customers", {"id": "<customer>", "source_id": "ben"}),
        *put("orders/<order>", {"source_id": "o1"}),
    ),
    "an amount below what was discounted of the order": put("orders/o1", {"amount": 999}),
    "items whose sum is above 10¹⁵": post("orders", {"items": [{"price": 10**15, "quantity": 2}]}),
    "an event without a name or with one over 300 characters, or without customer": post(
        "events", {"customer": {"source_id": "ann"}}, {"event": "e" * 301, "customer": {"source_id": "ann"}},
        {"event": "e"},
    ),
    "an event whose customer says nothing": post("events", {"event": "e", "customer": {}}),
    "an event that names a loyalty card that is none of a program": post(
        "events", {"event": "e", "customer": {"source_id": "ann"}, "loyalty": {"code": "A"}}
    ),
}  # fmt: skip
BEFORE_PEOPLE: Final[Before] = (
    ("d", Ask("POST", "/v1/vouchers/D", {"discount": AMOUNT})),
    ("off", Ask("POST", "/v1/redemptions", {
        "redeemables": [{"object": "voucher", "id": "D"}],
        "order": {"source_id": "o1", "amount": 5000}})),
    ("ben", Ask("POST", "/v1/customers", {"source_id": "ben"})),
    ("left", Ask("POST", "/v1/customers", {"source_id": "gone"})),
    ("binned", Ask("DELETE", "/v1/customers/gone")),
)  # fmt: skip
