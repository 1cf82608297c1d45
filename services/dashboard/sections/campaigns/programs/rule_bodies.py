"""What the form of an earning rule says, as the API takes it, and what it shows of a rule that there is."""

from collections.abc import Mapping
from typing import Any, Final

from starlette.datastructures import FormData

from services.dashboard.parts.hours import HOUR_FIELDS, hour_values, read_hours
from services.dashboard.parts.numbers import read_count
from services.dashboard.parts.show import Row, Show, read_minor, write_minor
from services.dashboard.sections.campaigns.programs import expiring
from services.dashboard.sections.campaigns.programs.rule_words import (
    CALCULATIONS,
    EVENTS,
    OF_MONEY,
    items_of,
    terms_of,
)

#: Fields that may come more than once: their values stand side by side.
MANY: Final = ("day", "product", "sku", "collection")
FIELDS: Final = (
    "event",
    "event_name",
    "segment",
    "tier",
    "calculation",
    "points",
    "every",
    "property",
    "formula",
    "rule",
    "banner",
    "pending",
    "limit_count",
    "limit_points",
    "limit_period",
    "start",
    "end",
    "active",
    *HOUR_FIELDS,
    *expiring.FIELDS,
)
#: What the API complains of → the field of the form.
PATHS: Final[Mapping[str, str]] = {
    **expiring.PATHS,
    ".event": "event_name",
    "points_formula": "formula",
    ".points": "points",
    ".every": "every",
    ".property": "property",
    "calculation_type": "calculation",
    "order_items": "product-find",
    "segment": "segment-find",
    "loyalty_tier": "tier",
    "validation_rule": "rule-find",
    "banner": "banner",
    "pending_points": "pending",
    "limits.count": "limit_count",
    "limits.points": "limit_points",
    "start_date": "start",
    "expiration_date": "end",
    "validity_hours": "from_hour",
    "validity_timeframe": "frame_count",
}
_KINDS: Final[Mapping[str, str]] = {
    "product": "product",
    "sku": "sku",
    "collection": "products_collection",
}


def read_values(form: FormData) -> dict[str, str]:
    """What was typed, by the names of the fields."""
    values = {name: str(form.get(name) or "").strip() for name in FIELDS}
    # a combobox that finds things of several kinds says which before the id
    many = {name: [str(each).removeprefix("sku:") for each in form.getlist(name)] for name in MANY}
    return values | {name: " ".join(each) for name, each in many.items()}


def new_values() -> dict[str, str]:
    """What the form shows at first: points for what is paid."""
    return {
        "event": "order.paid",
        "calculation": "ORDER_AMOUNT",
        "points": "1",
        "every": "10.00",
        "active": "true",
        "expire_kind": expiring.OF_PROGRAM,
    }


def calculations_of(event: str) -> list[str]:
    """What points may be a proportion of, for what they are given for."""
    if event == "order.paid":
        return [each for each in CALCULATIONS if each.startswith("ORDER_")]
    if event == "customer.segment.entered":
        return ["CUSTOMER_METADATA"]
    return [] if event else ["CUSTOM_EVENT_METADATA"]


def values_of(rule: Row, show: Show) -> dict[str, str]:
    """What the form shows of a rule that there is."""
    loyalty, limits = rule.get("loyalty") or {}, rule.get("limits") or {}
    terms, event = terms_of(loyalty), str(rule.get("event") or "")
    calculation = str(loyalty.get("calculation_type") or "FIXED")
    every = terms.get("every")
    is_money = calculation in OF_MONEY
    shown = {
        "event": event if event in dict(EVENTS) else "",
        "event_name": event,
        "segment": (rule.get("segment") or {}).get("id"),
        "tier": (rule.get("loyalty_tier") or {}).get("id"),
        "calculation": calculation,
        "points": terms.get("points"),
        "every": write_minor(every) if is_money else every,
        "property": terms.get("property"),
        "formula": terms.get("points_formula"),
        "rule": rule.get("validation_rule_id"),
        "banner": (rule.get("source") or {}).get("banner"),
        "pending": (rule.get("pending_points") or {}).get("period_value"),
        "limit_count": limits.get("count"),
        "limit_points": limits.get("points"),
        "limit_period": limits.get("period"),
        "start": show.local(rule.get("start_date")),
        "end": show.local(rule.get("expiration_date")),
        "day": " ".join(str(each) for each in rule.get("validity_day_of_week") or ()),
    }
    for name, kind in _KINDS.items():
        shown[name] = " ".join(each for named, each in items_of(terms) if named == kind)
    values = {name: "" if value is None else str(value) for name, value in shown.items()}
    own = rule.get("expiration_rules")
    expires = expiring.expiring_values(own) if own else {"expire_kind": expiring.OF_PROGRAM}
    return values | hour_values(rule) | expires


def rule_body(
    values: Mapping[str, str], show: Show, errors: dict[str, str], *, is_new: bool
) -> dict[str, Any]:
    """The rule as the API takes it; what is wrong with it goes into `errors`."""
    event = values["event"]
    body: dict[str, Any] = {"loyalty": _loyalty(values, event, errors)}
    if is_new:
        body |= _event_of(values, event, errors)
    body["source"] = {"banner": values["banner"] or None}
    body["validation_rule_id"] = values["rule"] or None
    days = _count("pending", values, errors)
    body["pending_points"] = {"period_type": "DAY", "period_value": days} if days else None
    body["expiration_rules"] = expiring.read_expiring(values, errors)
    limits = {
        "count": _count("limit_count", values, errors),
        "points": _count("limit_points", values, errors),
    }
    period = {"period": values["limit_period"] or None}
    body["limits"] = limits | period if any(limits.values()) else None
    for name, member in (("start", "start_date"), ("end", "expiration_date")):
        moment = show.from_local(values[name]) if values[name] else None
        if values[name] and moment is None:
            errors[name] = "That is no date and time"
        body[member] = moment
    days_of_week = sorted(int(each) for each in values["day"].split() if each in set("0123456"))
    body["validity_day_of_week"] = days_of_week or None
    body |= read_hours(values, errors)
    if is_new:
        body["active"] = values["active"] == "true"
        body = {name: value for name, value in body.items() if value is not None}
    return body


def _event_of(values: Mapping[str, str], event: str, errors: dict[str, str]) -> dict[str, Any]:
    named = event or values["event_name"]
    if not named:
        errors["event_name"] = "Say how the event is called"
    body: dict[str, Any] = {"event": named}
    if event == "customer.segment.entered" and values["segment"]:
        body["segment"] = {"id": values["segment"]}
    if event.startswith("customer.loyalty.tier.") and values["tier"]:
        body["loyalty_tier"] = {"id": values["tier"]}
    return body


def _loyalty(values: Mapping[str, str], event: str, errors: dict[str, str]) -> dict[str, Any]:
    points = read_count(values["points"])
    if points is None:
        errors["points"] = "A whole number of points is wanted"
    terms: dict[str, Any] = {"points": points}
    if values["formula"]:
        terms["points_formula"] = values["formula"]
    calculation = values["calculation"]
    if calculation not in calculations_of(event):
        return {"type": "FIXED", **terms}
    is_money = calculation in OF_MONEY
    every = read_minor(values["every"]) if is_money else read_count(values["every"])
    if not every or every < 0:
        errors["every"] = "Say for how much" + (", such as 10.00" if is_money else "")
    terms["every"] = every
    if calculation.endswith("_METADATA"):
        terms["property"] = values["property"]
        if not values["property"]:
            errors["property"] = "Say which property of the metadata"
    of, what, _ = CALCULATIONS[calculation]
    if of == "order_items":
        items = [
            {"object": kind, "id": each}
            for name, kind in _KINDS.items()
            for each in values[name].split()
        ]
        if items:
            terms["applicable_to"] = items
    return {"type": "PROPORTIONAL", "calculation_type": calculation, of: {what: terms}}


def _count(name: str, values: Mapping[str, str], errors: dict[str, str]) -> int | None:
    if not values[name]:
        return None
    count = read_count(values[name])
    if count is None:
        errors[name] = "A whole number is wanted"
    return count
