"""An earning rule as one sentence: how many points for what, for whom, how often, from when on and for how long."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from services.dashboard.parts.show import Row, Show
from services.dashboard.sections.campaigns.programs.expiry_words import say_expiry

#: What a rule gives points for, as the API names it, and how a form calls it; empty: a custom event.
EVENTS: Final = (
    ("order.paid", "An order is paid"),
    ("", "A custom event happens"),
    ("customer.segment.entered", "A customer enters a segment"),
    ("customer.loyalty.tier.joined", "A member comes to a first tier"),
    ("customer.loyalty.tier.upgraded", "A member comes to a higher tier"),
    ("customer.loyalty.tier.prolonged", "A member keeps a tier"),
    ("customer.loyalty.tier.downgraded", "A member falls to a lower tier"),
    ("customer.loyalty.tier.left", "A member loses the last tier"),
)
#: Where the terms of each calculation stand, and of what it takes a proportion.
CALCULATIONS: Final[Mapping[str, tuple[str, str, str]]] = {
    "ORDER_AMOUNT": ("order", "amount", "The amount of the order"),
    "ORDER_TOTAL_AMOUNT": ("order", "total_amount", "What is left of it after discounts"),
    "ORDER_METADATA": ("order", "metadata", "A number in the metadata of the order"),
    "ORDER_ITEMS_QUANTITY": ("order_items", "quantity", "Units of products"),
    "ORDER_ITEMS_AMOUNT": ("order_items", "amount", "The amount of products"),
    "ORDER_ITEMS_SUBTOTAL_AMOUNT": (
        "order_items",
        "subtotal_amount",
        "What products cost after discounts",
    ),
    "CUSTOMER_METADATA": ("customer", "metadata", "A number in the metadata of the customer"),
    "CUSTOM_EVENT_METADATA": (
        "custom_event",
        "metadata",
        "A number in the metadata of the event",
    ),
}
#: Of these `every` is an amount of money.
OF_MONEY: Final = frozenset(
    {
        "ORDER_AMOUNT",
        "ORDER_TOTAL_AMOUNT",
        "ORDER_ITEMS_AMOUNT",
        "ORDER_ITEMS_SUBTOTAL_AMOUNT",
    }
)
PERIODS: Final = (
    ("", "Ever"),
    ("DAY", "A day"),
    ("WEEK", "A week"),
    ("MONTH", "A month"),
    ("YEAR", "A year"),
)
#: How many of its products, SKUs and collections a sentence names.
ITEMS_MAX: Final = 5
_DAYS: Final = ("Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat")
_TIERS: Final[Mapping[str, str]] = {
    "customer.loyalty.tier.joined": "coming to {} as the first tier",
    "customer.loyalty.tier.upgraded": "climbing to {}",
    "customer.loyalty.tier.prolonged": "keeping {}",
    "customer.loyalty.tier.downgraded": "falling to {}",
    "customer.loyalty.tier.left": "losing {}",
}


def terms_of(loyalty: Mapping[str, Any]) -> Mapping[str, Any]:
    """What says how many points, wherever the kind of rule has it."""
    where = CALCULATIONS.get(str(loyalty.get("calculation_type")))
    if loyalty.get("type") == "FIXED" or where is None:
        return loyalty
    return (loyalty.get(where[0]) or {}).get(where[1]) or {}


def say_rule(rule: Row, show: Show, names: Mapping[str, str]) -> str:
    """The sentence; `names` say what segments, tiers, products and sets of rules are called."""
    parts = [
        f"{say_points(rule.get('loyalty') or {}, show)} {_say_what(rule, show, names)}",
        *_say_whom(rule, names),
        *_say_when(rule),
        *_say_limits(rule.get("limits") or {}, show),
    ]
    days = (rule.get("pending_points") or {}).get("period_value")
    if days:
        parts.append(f"pending {days} day{'' if days == 1 else 's'}")
    if rule.get("expiration_rules"):
        parts.append(say_expiry(rule["expiration_rules"]))
    return ", ".join(parts) + "."


def say_points(loyalty: Mapping[str, Any], show: Show) -> str:
    """How many points at a time."""
    terms = terms_of(loyalty)
    points = terms.get("points")
    if terms.get("points_formula"):
        return f"As many points as {terms['points_formula']} gives, else {show.number(points)},"
    return "1 point" if points == 1 else f"{show.number(points)} points"


def _say_what(rule: Row, show: Show, names: Mapping[str, str]) -> str:
    loyalty, event = rule.get("loyalty") or {}, str(rule.get("event") or "")
    happened = _say_event(rule, event, names)
    calculation = str(loyalty.get("calculation_type") or "")
    if loyalty.get("type") == "FIXED" or calculation not in CALCULATIONS:
        return f"for {happened}"
    terms = terms_of(loyalty)
    every = terms.get("every")
    much = show.money(every) if calculation in OF_MONEY else show.number(every)
    if calculation.endswith("_METADATA"):
        whose = calculation.removesuffix("_METADATA").replace("_", " ").lower()
        return f"for every {much} of “{terms.get('property')}” in the metadata of the {whose}, for {happened}"
    items = _say_items(terms, names)
    if calculation == "ORDER_ITEMS_QUANTITY":
        return f"for every {much} of {items} in a paid order"
    if calculation == "ORDER_ITEMS_AMOUNT":
        return f"for every {much} of {items} in a paid order"
    if calculation == "ORDER_ITEMS_SUBTOTAL_AMOUNT":
        return f"for every {much} left after discounts of {items} in a paid order"
    left = "left after discounts of " if calculation == "ORDER_TOTAL_AMOUNT" else "of "
    return f"for every {much} {left}a paid order"


def _say_event(rule: Row, event: str, names: Mapping[str, str]) -> str:
    if event == "order.paid":
        return "each paid order"
    if event == "customer.segment.entered":
        segment = (rule.get("segment") or {}).get("id")
        return (
            f"entering the segment {names.get(segment, segment)}"
            if segment
            else ("entering any segment")
        )
    if event in _TIERS:
        tier = (rule.get("loyalty_tier") or {}).get("id")
        return _TIERS[event].format(names.get(tier, tier) if tier else "any tier")
    return f"each event “{event}”"


def _say_items(terms: Mapping[str, Any], names: Mapping[str, str]) -> str:
    ids = items_of(terms)
    if not ids:
        return "any products"
    said = [names.get(each, each) for _, each in ids[:ITEMS_MAX]]
    left = len(ids) - len(said)
    if left:
        said.append(f"{left} other{'' if left == 1 else 's'}")
    return " or ".join(said)


def items_of(terms: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The products, SKUs and collections that the terms are for: kind and id of each."""
    many = list(terms.get("applicable_to") or ())
    if terms.get("id"):
        many.append(terms)
    return [(str(each.get("object")), str(each.get("id"))) for each in many]


def _say_whom(rule: Row, names: Mapping[str, str]) -> list[str]:
    bound = rule.get("validation_rule_id")
    return [f"where {names.get(bound, bound)} holds"] if bound else []


def _say_when(rule: Row) -> list[str]:
    said: list[str] = []
    days = [_DAYS[each] for each in rule.get("validity_day_of_week") or () if 0 <= each <= 6]
    if days:
        said.append("only on " + ", ".join(days))
    said += [
        f"from {each.get('start_time')} to {each.get('expiration_time')}"
        for each in (rule.get("validity_hours") or {}).get("daily") or ()
    ]
    return said


def _say_limits(limits: Mapping[str, Any], show: Show) -> list[str]:
    word = dict(PERIODS).get(str(limits.get("period") or ""), "Ever").lower()
    often = "" if word == "ever" else f" {word}"
    said: list[str] = []
    if limits.get("count"):
        times = "once" if limits["count"] == 1 else f"{show.number(limits['count'])} times"
        said.append(f"{times}{often} at most")
    if limits.get("points"):
        said.append(f"{show.number(limits['points'])} points{often} at most")
    return said


def named_of(rules: Sequence[Row], items_max: int) -> dict[str, set[str]]:
    """The ids of what rules name, by the list that they are in; of each rule so many items."""
    found: dict[str, set[str]] = {"rules": set(), "segments": set(), "items": set()}
    for each in rules:
        if each.get("validation_rule_id"):
            found["rules"].add(str(each["validation_rule_id"]))
        if (each.get("segment") or {}).get("id"):
            found["segments"].add(str(each["segment"]["id"]))
        items = items_of(terms_of(each.get("loyalty") or {}))[:items_max]
        found["items"] |= {f"{kind}:{name}" for kind, name in items}
    return found
