"""What an earning rule gives: so many points, or so many for every so much of something.

Of an order: its amount, the amount after discounts, a number of its metadata; the units, amounts or
amounts after discounts of its items, all of them or those that the rule is for. Of the customer or
of a custom event: a number of the metadata. A whole number of times `every` counts, and points are
rounded down. Source of the forms: the API contract.
"""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from engine.formulas.formula import FormulaError, parse_formula
from engine.formulas.operands import RequestOperands, property_of
from engine.pricing.basket import Line
from engine.pricing.sums import left_to_pay
from engine.rules.facts import Facts
from engine.rules.matching import match_of
from engine.rules.operators import number_in
from engine.rules.refs import COLLECTION, Ref
from schemas.base import AMOUNT_MAX, ID_LENGTH_MAX, is_number
from schemas.earning import ORDER_PAID, SEGMENT_ENTERED, TIER_CHANGES

#: How many products, SKUs and collections a rule is for.
REFS_MAX: Final = 100
_OBJECTS: Final = frozenset({"product", "sku", COLLECTION})
#: What is measured is within these, so that points can be reckoned exactly.
_NONE: Final = Decimal(0)
_MOST: Final = Decimal(AMOUNT_MAX)
#: What says how many points.
POINTS: Final = frozenset({"every", "points", "points_formula"})


class Form(NamedTuple):
    """Where a proportional rule says its terms, and which members they have beside the points."""

    path: tuple[str, str]
    more: frozenset[str] = frozenset()


_ITEMS: Final = frozenset({"object", "id", "applicable_to"})
_PROPERTY: Final = frozenset({"property"})
#: By `calculation_type`.
FORMS: Final[Mapping[str, Form]] = MappingProxyType(
    {
        "ORDER_AMOUNT": Form(("order", "amount")),
        "ORDER_TOTAL_AMOUNT": Form(("order", "total_amount")),
        "ORDER_METADATA": Form(("order", "metadata"), _PROPERTY),
        "ORDER_ITEMS_QUANTITY": Form(("order_items", "quantity"), _ITEMS),
        "ORDER_ITEMS_AMOUNT": Form(("order_items", "amount"), _ITEMS),
        "ORDER_ITEMS_SUBTOTAL_AMOUNT": Form(("order_items", "subtotal_amount"), _ITEMS),
        "CUSTOMER_METADATA": Form(("customer", "metadata"), _PROPERTY),
        "CUSTOM_EVENT_METADATA": Form(("custom_event", "metadata"), _PROPERTY),
    }
)
_OF_ORDERS: Final = frozenset(each for each in FORMS if each.startswith("ORDER_"))


def calculations_of(event: str) -> frozenset[str]:
    """Which calculations a rule for an event may have."""
    if event == ORDER_PAID:
        return _OF_ORDERS
    if event == SEGMENT_ENTERED:
        return frozenset({"CUSTOMER_METADATA"})
    return frozenset() if event in TIER_CHANGES else frozenset({"CUSTOM_EVENT_METADATA"})


# --- what is wrong with them


def wrong_terms(loyalty: Mapping[str, Any], event: str) -> str | None:
    """Which property of the terms is wrong for a rule of that event, and why; None: none is."""
    return next(_wrongs(loyalty, event), None)


def _wrongs(loyalty: Mapping[str, Any], event: str) -> Iterator[str]:
    kind = loyalty.get("type")
    if kind == "FIXED":
        yield from _unknown(loyalty, frozenset({"type", "points", "points_formula"}), ".loyalty")
        yield from _wrong_points(loyalty, ".loyalty")
        return
    if kind != "PROPORTIONAL":
        yield "Property `.loyalty.type` has to be FIXED or PROPORTIONAL"
        return
    calculation = loyalty.get("calculation_type")
    if not isinstance(calculation, str) or calculation not in FORMS:
        yield f"Property `.loyalty.calculation_type` has to be one of {', '.join(FORMS)}"
        return
    if calculation not in calculations_of(event):
        yield f"Property `.loyalty.calculation_type`: {calculation} does not belong to {event}"
        return
    form = FORMS[calculation]
    of, what = form.path
    path = f".loyalty.{of}.{what}"
    yield from _unknown(loyalty, frozenset({"type", "calculation_type", of}), ".loyalty")
    holder = loyalty.get(of)
    terms = holder.get(what) if isinstance(holder, dict) else None
    if not isinstance(holder, dict) or not isinstance(terms, dict):
        yield f"Property `{path}` has to be an object"
        return
    yield from _unknown(holder, frozenset({what}), f".loyalty.{of}")
    yield from _unknown(terms, POINTS | form.more, path)
    if not _is_whole(terms.get("every"), 1):
        yield f"Property `{path}.every` has to be a whole number from 1 to {AMOUNT_MAX}"
    yield from _wrong_points(terms, path)
    if form.more == _PROPERTY:
        named = terms.get("property")
        if not isinstance(named, str) or not 0 < len(named) <= ID_LENGTH_MAX:
            yield f"Property `{path}.property` has to name a property of the metadata"
    yield from _wrong_items(terms, path)


def _unknown(given: Mapping[str, Any], known: frozenset[str], path: str) -> Iterator[str]:
    for name, value in given.items():
        if name not in known and value is not None:
            yield f"Property `{path}.{name}` does not belong to these terms"


def _wrong_points(given: Mapping[str, Any], path: str) -> Iterator[str]:
    if not _is_whole(given.get("points"), 0):
        yield f"Property `{path}.points` has to be a whole number from 0 to {AMOUNT_MAX}"
    formula = given.get("points_formula")
    if formula is None:
        return
    if not isinstance(formula, str):
        yield f"Property `{path}.points_formula` has to be a text"
        return
    try:
        parse_formula(formula)
    except FormulaError as error:
        place = error.position + 1
        yield f"Property `{path}.points_formula` at character {place}: {error.reason}"


def _wrong_items(terms: Mapping[str, Any], path: str) -> Iterator[str]:
    single = {name: terms[name] for name in ("object", "id") if terms.get(name) is not None}
    if single:
        yield from _wrong_ref(single, path)
    many = terms.get("applicable_to")
    if many is None:
        return
    if not isinstance(many, list) or len(many) > REFS_MAX:
        yield f"Property `{path}.applicable_to` has to be a list of at most {REFS_MAX}"
        return
    for number, each in enumerate(many):
        yield from _wrong_ref(each, f"{path}.applicable_to[{number}]")


def _wrong_ref(given: Any, path: str) -> Iterator[str]:
    if not isinstance(given, dict):
        yield f"Property `{path}` has to be an object"
        return
    kind = given.get("object")
    if not isinstance(kind, str) or kind not in _OBJECTS:
        yield f"Property `{path}.object` has to be product, sku or {COLLECTION}"
    named = given.get("id")
    if not isinstance(named, str) or not 0 < len(named) <= ID_LENGTH_MAX:
        yield f"Property `{path}.id` has to be an id"


def _is_whole(value: Any, least: int) -> bool:
    return is_number(value) and least <= value <= AMOUNT_MAX and value == int(value)


# --- what they give


def points_of(loyalty: Mapping[str, Any], facts: Facts) -> int:
    """The points that sound terms give, none below 0; the order is that of the facts."""
    if loyalty["type"] == "FIXED":
        return _round_down(_points_each(loyalty, facts))
    form = FORMS[loyalty["calculation_type"]]
    of, what = form.path
    terms = loyalty[of][what]
    measure = min(max(_measure(loyalty["calculation_type"], terms, facts), _NONE), _MOST)
    return _round_down(measure // int(terms["every"]) * _points_each(terms, facts))


def refs_of(loyalty: Mapping[str, Any]) -> tuple[Ref, ...]:
    """The products, SKUs and collections that the terms are for; none: all items."""
    items = loyalty.get("order_items")
    if loyalty["type"] == "FIXED" or not items:
        return ()
    [terms] = items.values()
    named = list(terms.get("applicable_to") or ())
    if terms.get("id") is not None:
        named.append({"object": terms.get("object"), "id": terms["id"]})
    return tuple(Ref(each["id"], each["object"]) for each in named)


def _points_each(terms: Mapping[str, Any], facts: Facts) -> Decimal:
    formula = terms.get("points_formula")
    found = None
    if formula is not None:
        found = parse_formula(formula).value(RequestOperands(facts))
    return Decimal(int(terms["points"])) if found is None else found


def _round_down(points: Decimal) -> int:
    return max(int(points), 0)


def _measure(calculation: str, terms: Mapping[str, Any], facts: Facts) -> Decimal:
    """Of what points are a proportion; 0 where there is none."""
    order = facts.basket.initial
    match calculation:
        case "ORDER_AMOUNT":
            return Decimal(order.amount or 0)
        case "ORDER_TOTAL_AMOUNT":
            return Decimal(left_to_pay(order) or 0)
        case "ORDER_METADATA":
            return _number(order.metadata, terms)
        case "CUSTOMER_METADATA":
            return _number(facts.customer_metadata, terms)
        case "CUSTOM_EVENT_METADATA":
            return _number(facts.event_metadata, terms)
        case _:
            return Decimal(sum(_of_line(calculation, each) for each in _lines(terms, facts)))


def _lines(terms: Mapping[str, Any], facts: Facts) -> list[Line]:
    refs = refs_of({"type": "PROPORTIONAL", "order_items": {"": terms}})
    if not refs:
        return facts.lines
    matches = match_of(refs)
    return [line for line in facts.lines if matches(facts, line)]


def _of_line(calculation: str, line: Line) -> int:
    if calculation == "ORDER_ITEMS_QUANTITY":
        return line.quantity
    return (line.amount or 0) if calculation == "ORDER_ITEMS_AMOUNT" else line.left


def _number(metadata: Mapping[str, Any] | None, terms: Mapping[str, Any]) -> Decimal:
    found = number_in(property_of(metadata, terms["property"]))
    return Decimal(0) if found is None else Decimal(str(found))
