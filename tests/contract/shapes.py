"""Whether a body has the shape that the API's contract describes: names, types, required, enums.

`shapes.json` holds these facts for the answers of what is built so far. Two rules come from the
contract's prose: a member that is not required may be null, and what is not named may be there.
Where an answer of the real service leaves out what its description requires, `ABSENT` says so;
where a description contradicts the prose, or itself, `INSTEAD` and `MORE` say what holds.
"""

import json
import re
from collections.abc import Callable, Iterator
from collections.abc import Set as AbstractSet
from decimal import Decimal
from functools import cache, reduce
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
    ("LoyaltyCardTransaction", "source_id"),
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
    # a reward has a number for its amount everywhere else
    ("2_obj_campaign_object_campaigns_qualification", "amount"): {"type": "integer"},
    # a campaign's rule for codes has a number for their length everywhere else
    ("2_obj_campaign_object_voucher_object_DISCOUNT", "length"): {"type": "integer"},
    ("2_obj_campaign_object_voucher_object_GIFT_CARD", "length"): {"type": "integer"},
    ("2_obj_campaign_object_voucher_object_LOYALTY_CARD", "length"): {"type": "integer"},
}
#: Kinds of expiration of our own: days after earning, and days without activity.
_PERIODS = frozenset({"DAY", "INACTIVITY"})
_UNITS = frozenset({"ADD_SAME_ITEMS", "REPLACE_ITEMS"})
#: Values beside those of a shape's enum: effects that the prose names, and events of our own that
#: a webhook can ask for.
MORE = {
    "1_obj_voucher_object_discount_unit_one": _UNITS,
    "6_res_validate_voucher_discount_unit_product": _UNITS,
    "6_res_validate_voucher_discount_unit_sku": _UNITS,
    "DiscountUnitVouchersEffectTypes": _UNITS,
    # kinds of campaigns, conversions and rewards of our own
    "CampaignBase": {"GIVEAWAY"},
    # what goes on in the background for loyalty programs
    "AsyncActionBase": {"LOYALTY.MEMBERS_JOIN", "LOYALTY.TIERS_RECALCULATE"},
    "CustomerRedeemable": {"GIVEAWAY"},
    "ReferralProgram": {"segment", "CAMPAIGN"},
    "ManagementProjectsWebhookBase": {
        "alert.raised",
        "customer.segment.entered",
        "customer.segment.left",
        "voucher.loyalty_card.points_expiring",
    },
    "CampaignLoyaltyCard": _PERIODS,
    "EarningRuleExpirationRules": _PERIODS,
    "2_obj_campaign_object_voucher_object_LOYALTY_CARD": _PERIODS,
}

#: To the millisecond; the cursor of qualifications has further digits.
_DATE_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}(\d{3}){0,2}Z")
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_PATTERNS = {"date-time": _DATE_TIME, "date": _DATE}
_KINDS: dict[str, type] = {"object": dict, "string": str, "boolean": bool}

#: Whether a value has a shape.
Check = Callable[[Any], bool]
#: What was made of each shape that was looked at, by its id and the name of the shape around it.
_CHECKS: dict[tuple[int, str], tuple[dict[str, Any], Check]] = {}


def assert_shape(body: Any, shape: Shape) -> None:
    """Fails, naming every place, unless `body` has the shape."""
    told = SHAPES[shape] if isinstance(shape, str) else shape
    if _fits(body, told, shape if isinstance(shape, str) else ""):
        return
    wrong = list(_wrong(body, {"ref": shape} if isinstance(shape, str) else shape, "$", ""))
    assert not wrong, "\n".join(wrong)


@cache
def members_of(name: str) -> frozenset[str]:
    """As `named_members`, of a shape that has a name."""
    return named_members(SHAPES[name])


def named_members(shape: Shape) -> frozenset[str]:
    """The members that a shape names, whichever of its alternatives a body has."""
    if isinstance(shape, str):
        return members_of(shape)
    found = frozenset(shape.get("members", ()))
    if "ref" in shape:
        found |= members_of(shape["ref"])
    for part in (*shape.get("all", ()), *shape.get("one", ())):
        found |= named_members(part)
    return found


def _fits(value: Any, shape: dict[str, Any], name: str) -> bool:
    """Whether `_wrong` would find nothing: the same, made once of each shape and without words.

    Nearly every answer has its shape, and thousands are looked at.
    """
    return _check_of(shape, name)(value)


def _check_of(shape: dict[str, Any], name: str) -> Check:
    key = (id(shape), name)
    found = _CHECKS.get(key)
    if found is None:
        # the shape is kept beside, so that no other one ever has its id
        found = _CHECKS[key] = (shape, _made_check(shape, name))
    return found[1]


def _made_check(shape: dict[str, Any], name: str) -> Check:
    nullable = bool(shape.get("nullable"))
    if "ref" in shape:
        ref = shape["ref"]
        # found when it is asked: a shape may hold itself
        return lambda value: (value is None and nullable) or _check_of(SHAPES[ref], ref)(value)
    checks = list(_made_checks(shape, name))
    check = reduce(_made_both, checks) if checks else _any_value
    return (lambda value: value is None or check(value)) if nullable else check


def _any_value(_: Any) -> bool:
    return True


def _made_both(first: Check, then: Check) -> Check:
    return lambda value: first(value) and then(value)


def _made_checks(shape: dict[str, Any], name: str) -> Iterator[Check]:
    """All that must hold: what comes later is asked only of what has the right kind."""
    for part in shape.get("all", ()):
        yield _check_of(part, name)
    if "one" in shape:
        yield _made_any([_check_of(part, name) for part in shape["one"]])
    kind = _kind_of(shape)
    if kind is not None:
        yield _made_kind(kind)
    if "enum" in shape:
        yield (*shape["enum"], *MORE.get(name, ())).__contains__
    minimum, pattern = shape.get("minimum"), _PATTERNS.get(shape.get("format", ""))
    if minimum is not None:
        yield lambda value: bool(value >= minimum)
    if pattern is not None:
        yield lambda value: pattern.fullmatch(value) is not None
    has_members = _made_member_check(shape, name)
    if has_members is not None:
        yield has_members
    if "items" in shape:
        yield _made_every(_check_of(shape["items"], name))


def _made_any(parts: list[Check]) -> Check:
    def check(value: Any) -> bool:
        return any(part(value) for part in parts)

    return check


def _made_every(has_shape: Check) -> Check:
    def check(value: Any) -> bool:
        return all(map(has_shape, value))

    return check


def _made_kind(kind: str) -> Check:
    if kind in _KINDS:
        wanted = _KINDS[kind]
        return lambda value: isinstance(value, wanted)
    return lambda value: _is_kind(value, kind)


def _made_member_check(shape: dict[str, Any], name: str) -> Check | None:
    members, values = shape.get("members", {}), shape.get("values")
    required = frozenset(shape.get("required", ()))
    if not (members or required or "values" in shape):
        return None
    wanted = [member for member in required if (name, member) not in ABSENT]
    rows = [
        (
            member,
            _check_of(INSTEAD.get((name, member), inner), name),
            _may_be_null(name, member, required),
        )
        for member, inner in members.items()
    ]
    fits_value = None if values is None else _check_of(values, name)

    def check(value: Any) -> bool:
        for member in wanted:
            if member not in value:
                return False
        for member, has_shape, may_be_null in rows:
            if member in value:
                found = value[member]
                if not (found is None and may_be_null) and not has_shape(found):
                    return False
        return fits_value is None or all(
            fits_value(item) for key, item in value.items() if key not in members
        )

    return check


def _may_be_null(name: str, member: str, required: AbstractSet[str]) -> bool:
    optional = member not in required and (name, member) not in NEVER_NULL
    return optional or (name, member) in NULL


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
    kind = _kind_of(shape)
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
    pattern = _PATTERNS.get(shape.get("format", ""))
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
        if value[member] is None and _may_be_null(name, member, required):
            continue
        yield from _wrong(value[member], INSTEAD.get((name, member), inner), f"{at}.{member}", name)
    if "values" in shape:
        for key, item in value.items():
            if key in members:
                continue
            yield from _wrong(item, shape["values"], f"{at}.{key}", name)


def _kind_of(shape: dict[str, Any]) -> str | None:
    """What kind of JSON a shape wants, if it says so."""
    has_members = "members" in shape or "required" in shape
    return shape.get("type") or ("object" if has_members else None)


def _is_kind(value: Any, kind: str) -> bool:
    if kind in ("integer", "number"):
        kinds = int if kind == "integer" else (int, float, Decimal)
        return isinstance(value, kinds) and not isinstance(value, bool)
    if kind == "array":
        return isinstance(value, list | tuple)
    return isinstance(value, _KINDS[kind])
