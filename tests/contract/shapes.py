"""Whether a body has the shape that the API's contract describes: names, types, required, enums.

`shapes.json` holds these facts for the answers of what is built so far. Two rules come from the
contract's prose: a member that is not required may be null, and what is not named may be there.
Where an answer of the real service leaves out what its description requires, `ABSENT` says so;
where a description contradicts the prose, or itself, `INSTEAD` and `MORE` say what holds.
"""

import json
import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

#: A shape by its name, or the shape itself.
Shape = str | dict[str, Any]

SHAPES: dict[str, dict[str, Any]] = json.loads(
    (Path(__file__).parent / "shapes.json").read_text("utf-8")
)
#: Required by the description, left out by the service: a redemption without a parent, and what a
#: deletion for good does not count.
ABSENT = {
    ("RedemptionBase", "redemption"),
    ("CustomersPermanentDeletionCreateResponseBody", "customer_events"),
    ("CustomersPermanentDeletionCreateResponseBody", "order_events"),
}
#: Required and null where there is nothing to say: a card or a voucher of no campaign, an order
#: that the shop has no name for.
NULL = {
    ("VoucherTransactionBase", "campaign_id"),
    ("VoucherTransaction", "source_id"),
    ("ListPublicationsItemVoucher", "campaign"),
}
#: Never null, says the contract, whatever their description says.
NEVER_NULL = {("CustomerSummary", "redemptions"), ("CustomerSummary", "orders")}
_CATEGORIES: dict[str, Any] = {"type": "array", "items": {"ref": "Category"}}
_RING: dict[str, Any] = {"type": "array", "items": {"type": "array", "items": {"type": "number"}}}
_RINGS: dict[str, Any] = {"type": "array", "items": _RING}
#: Members that the description tells otherwise.
INSTEAD: dict[tuple[str, str], dict[str, Any]] = {
    # the format is said to be GeoJSON (RFC 7946), which has lists of rings, and degrees as numbers;
    # the description has one list of whole numbers less in each other
    ("GeojsonPolygon", "coordinates"): _RINGS,
    ("GeojsonMultiPolygon", "coordinates"): {"type": "array", "items": _RINGS},
    # described with the whole customer; the service shows whoever gets something in the short form
    ("PublicationsCreateBaseResponseBody", "customer"): {"ref": "SimpleCustomer"},
    ("ListPublicationsItemBase", "customer"): {"ref": "SimpleCustomer"},
    # a stack's categories are categories where it is read and listed, and stacks where it is made
    ("PromotionsStacksCreateResponseBody", "categories"): _CATEGORIES,
    ("PromotionsStacksUpdateResponseBody", "categories"): _CATEGORIES,
    # the older shapes have one category by the name of a list; everything newer has the list
    ("2_obj_campaign_object_campaigns_qualification", "categories"): _CATEGORIES,
    ("6_res_validate_promotion_object", "categories"): _CATEGORIES,
    # one is true or false by itself and a text for each tier, in the same answer
    ("6_res_validate_promotion_object", "valid"): {"type": "boolean"},
    # a campaign's rule for codes has a number for their length everywhere else
    ("2_obj_campaign_object_voucher_object_DISCOUNT", "length"): {"type": "integer"},
    ("2_obj_campaign_object_voucher_object_GIFT_CARD", "length"): {"type": "integer"},
    ("2_obj_campaign_object_voucher_object_LOYALTY_CARD", "length"): {"type": "integer"},
}
_UNITS = frozenset({"ADD_SAME_ITEMS", "REPLACE_ITEMS"})
#: Values beside those of a shape's enum: effects that the prose names, and events of our own that
#: a webhook can ask for.
MORE = {
    "1_obj_voucher_object_discount_unit_one": _UNITS,
    "6_res_validate_voucher_discount_unit_product": _UNITS,
    "6_res_validate_voucher_discount_unit_sku": _UNITS,
    "DiscountUnitVouchersEffectTypes": _UNITS,
    "ManagementProjectsWebhookBase": {
        "alert.raised",
        "customer.segment.entered",
        "customer.segment.left",
    },
}

#: To the millisecond; the cursor of qualifications has further digits.
_DATE_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}(\d{3}){0,2}Z")
_DATE = re.compile(r"\d{4}-\d\d-\d\d")


def assert_shape(body: Any, shape: Shape) -> None:
    """Fails, naming every place, unless `body` has the shape."""
    wrong = list(_wrong(body, {"ref": shape} if isinstance(shape, str) else shape, "$", ""))
    assert not wrong, "\n".join(wrong)


def named_members(shape: Shape) -> frozenset[str]:
    """The members that a shape names, whichever of its alternatives a body has."""
    told = SHAPES[shape] if isinstance(shape, str) else shape
    found = frozenset(told.get("members", ()))
    if "ref" in told:
        found |= named_members(told["ref"])
    for part in (*told.get("all", ()), *told.get("one", ())):
        found |= named_members(part)
    return found


def _wrong(value: Any, shape: dict[str, Any], at: str, name: str) -> Iterator[str]:
    if value is None and shape.get("nullable"):
        return
    if "ref" in shape:
        yield from _wrong(value, SHAPES[shape["ref"]], at, shape["ref"])
        return
    for part in shape.get("all", ()):
        yield from _wrong(value, part, at, name)
    if "one" in shape:
        found = [list(_wrong(value, part, at, name)) for part in shape["one"]]
        if all(found):
            yield from min(found, key=len)
    kind = shape.get("type") or ("object" if "members" in shape else None)
    if kind is not None and not _is_kind(value, kind):
        yield f"{at}: {kind} wanted, found {value!r}"
        return
    if "enum" in shape and value not in shape["enum"] and value not in MORE.get(name, ()):
        yield f"{at}: one of {shape['enum']} wanted, found {value!r}"
    if "minimum" in shape and value < shape["minimum"]:
        yield f"{at}: {value!r} is below {shape['minimum']}"
    yield from _wrong_text(value, shape, at)
    yield from _wrong_members(value, shape, at, name)
    for index, item in enumerate(value if "items" in shape else ()):
        yield from _wrong(item, shape["items"], f"{at}[{index}]", name)


def _wrong_text(value: Any, shape: dict[str, Any], at: str) -> Iterator[str]:
    pattern = {"date-time": _DATE_TIME, "date": _DATE}.get(shape.get("format", ""))
    if pattern is not None and not pattern.fullmatch(value):
        yield f"{at}: {shape['format']} wanted, found {value!r}"


def _wrong_members(value: Any, shape: dict[str, Any], at: str, name: str) -> Iterator[str]:
    members = shape.get("members", {})
    required = set(shape.get("required", ()))
    for member in sorted(required):
        if member not in value and (name, member) not in ABSENT:
            yield f"{at}.{member}: is missing"
    for member, inner in members.items():
        if member not in value:
            continue
        optional = member not in required and (name, member) not in NEVER_NULL
        may_be_null = optional or (name, member) in NULL
        if value[member] is None and may_be_null:
            continue
        yield from _wrong(value[member], INSTEAD.get((name, member), inner), f"{at}.{member}", name)
    if "values" in shape:
        for key, item in value.items():
            if key in members:
                continue
            yield from _wrong(item, shape["values"], f"{at}.{key}", name)


def _is_kind(value: Any, kind: str) -> bool:
    if kind in ("integer", "number"):
        kinds = int if kind == "integer" else (int, float, Decimal)
        return isinstance(value, kinds) and not isinstance(value, bool)
    if kind == "array":
        return isinstance(value, list | tuple)
    known: dict[str, type] = {"object": dict, "string": str, "boolean": bool}
    return isinstance(value, known[kind])
