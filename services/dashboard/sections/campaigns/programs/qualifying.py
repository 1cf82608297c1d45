"""How members come to a tier and lose it: told in sentences, chosen in a form, written as the API takes it."""

from calendar import month_name
from collections.abc import Mapping
from typing import Any, Final

from htpy import Node, div, fragment, li, span, ul

from services.dashboard.parts.forms import Errors, field_choice
from services.dashboard.parts.hours import UNITS, duration_field, duration_values, read_span
from services.dashboard.parts.icons import icon
from services.dashboard.parts.numbers import read_whole

#: What the API complains of → the field of the form.
PATHS: Final[Mapping[str, str]] = {
    "qualification_type": "tiers_by",
    "qualification_period": "tiers_period",
    "loyalty_tiers_expiration.start_date": "tiers_start",
    "loyalty_tiers_expiration.expiration_date": "tiers_end",
    "expiration_date.extend": "tiers_extend_count",
    "expiration_date.rounding": "tiers_rounding",
}
FIELDS: Final = (
    "tiers_by",
    "tiers_period",
    "tiers_start",
    "tiers_end",
    "tiers_extend_count",
    "tiers_extend_unit",
    "tiers_rounding",
    "tiers_strategy",
    "tiers_month",
)
_BY: Final = (
    ("BALANCE", "By the balance of the card"),
    ("POINTS_IN_PERIOD", "By points that are earned in a period"),
)
_PERIODS: Final = (
    ("MONTH", "A month"),
    ("QUARTER", "A quarter"),
    ("HALF_YEAR", "Half a year"),
    ("YEAR", "A year"),
)
_STARTS: Final = (
    ("IMMEDIATE", "At once"),
    ("NEXT_PERIOD", "With the next period"),
)
_ENDS: Final[Mapping[str, tuple[tuple[str, str], ...]]] = {
    "BALANCE": (
        ("BALANCE_DROP", "When the balance drops below it"),
        ("CUSTOM", "After a time"),
    ),
    "POINTS_IN_PERIOD": (
        ("END_OF_PERIOD", "With the end of the period"),
        ("END_OF_NEXT_PERIOD", "With the end of the next period"),
        ("CUSTOM", "After a time"),
    ),
}
_ROUNDINGS: Final = (
    ("", "On that day"),
    ("MONTH", "Moved to the month"),
    ("QUARTER", "Moved to the quarter"),
    ("HALF_YEAR", "Moved to the half of the year"),
    ("YEAR", "Moved to the year"),
    ("CUSTOM", "Moved to a month that is named"),
)
_STRATEGIES: Final = (("END", "To its end"), ("START", "To its beginning"))
#: As the API counts them here: from 0.
_MONTHS: Final = tuple((str(at), month_name[at + 1]) for at in range(12))
_LAST_MONTH: Final = "11"
_WORDS: Final[Mapping[str, str]] = {
    "MONTH": "month",
    "QUARTER": "quarter",
    "HALF_YEAR": "half of the year",
    "YEAR": "year",
}


# --- in words


def say_qualifying(rules: Mapping[str, Any] | None) -> list[str]:
    """How one comes to a tier, when it begins, and when it is lost; a sentence each."""
    told = rules or {}
    is_balance = told.get("qualification_type") != "POINTS_IN_PERIOD"
    period = _WORDS.get(str(told.get("qualification_period")), "period")
    end = told.get("expiration_date") or {}
    start = (told.get("start_date") or {}).get("type")
    first = (
        "The balance of the card says the tier: whoever has as many points as its range says is in it."
        if is_balance
        else f"Points that are earned within a {period} say the tier; what is spent of them counts on."
    )
    second = (
        "A tier begins with the next " + period
        if start == "NEXT_PERIOD"
        else "A tier begins as soon as the points are reached"
    )
    return [first, f"{second}, {_say_end(end, period)}."]


def _say_end(end: Mapping[str, Any], period: str) -> str:
    extend, kind = say_duration(end.get("extend")), end.get("type")
    if kind == "CUSTOM":
        return f"and lasts {extend or 'for a time'}{_say_rounding(end.get('rounding'))}"
    later = f" and {extend}" if extend else ""
    if kind == "END_OF_PERIOD":
        return f"and lasts until the end of the {period}{later}"
    if kind == "END_OF_NEXT_PERIOD":
        return f"and lasts until the end of the next {period}{later}"
    return "and is lost when the balance drops below it"


def _say_rounding(rounding: Mapping[str, Any] | None) -> str:
    if not rounding:
        return ""
    edge = "beginning" if rounding.get("strategy") == "START" else "end"
    if rounding.get("type") == "CUSTOM":
        number = rounding.get("value")
        is_month = isinstance(number, int) and 0 <= number <= 11
        month = month_name[number + 1] if is_month else "a month"
        return f", moved to the {edge} of {month}"
    return f", moved to the {edge} of the {_WORDS.get(str(rounding.get('type')), 'period')}"


def say_duration(text: object) -> str:
    """A duration of one unit in words; any other as it is written."""
    values = duration_values("x", text)
    count, unit = values["x_count"], dict(UNITS).get(values["x_unit"], "")
    if not count or not unit:
        return count
    return f"1 {unit.removesuffix('s')}" if count == "1" else f"{count} {unit}"


def qualifying_said(rules: Mapping[str, Any] | None) -> Node:
    """The sentences as nodes."""
    return div("#qualifying-said", role="status")[
        ul(".sentences")[(li[icon("right", 13), span[each]] for each in say_qualifying(rules))]
    ]


# --- in a form


def qualifying_fields(
    values: Mapping[str, str], errors: Errors, again: Mapping[str, str] | None = None
) -> Node:
    """The fields, those that belong to what is chosen; `again`: asks for them anew for another."""
    by = values.get("tiers_by") or "BALANCE"
    is_period = by == "POINTS_IN_PERIOD"
    end = values.get("tiers_end", "")
    if end not in dict(_ENDS[by]):
        end = _ENDS[by][0][0]
    rules = read_qualifying({**values, "tiers_by": by, "tiers_end": end}, {})
    return div("#qualifying.stack", dict(again or {}))[
        field_choice("tiers_by", "Members come to a tier", _BY, by, errors=errors),
        is_period
        and div(".fields")[
            field_choice(
                "tiers_period", "Period", _PERIODS, values.get("tiers_period"), errors=errors
            ),
            field_choice(
                "tiers_start", "A tier begins", _STARTS, values.get("tiers_start"), errors=errors
            ),
        ],
        field_choice("tiers_end", "A tier is lost", _ENDS[by], end, errors=errors),
        end != "BALANCE_DROP"
        and duration_field(
            "tiers_extend",
            "It lasts" if end == "CUSTOM" else "And lasts longer by",
            {"tiers_extend_unit": "M", **values},
            errors,
        ),
        end == "CUSTOM" and _rounding_fields(values, errors),
        qualifying_said(rules),
    ]


def _rounding_fields(values: Mapping[str, str], errors: Errors) -> Node:
    rounding = values.get("tiers_rounding", "")
    return div(".fields")[
        field_choice("tiers_rounding", "And ends", _ROUNDINGS, rounding, errors=errors),
        rounding
        and field_choice(
            "tiers_strategy", "Where in it", _STRATEGIES, values.get("tiers_strategy")
        ),
        rounding == "CUSTOM"
        and fragment[
            field_choice("tiers_month", "Month", _MONTHS, values.get("tiers_month") or _LAST_MONTH)
        ],
    ]


def qualifying_values(rules: Mapping[str, Any] | None) -> dict[str, str]:
    """What the fields show of what a program says."""
    told = rules or {}
    end = told.get("expiration_date") or {}
    rounding = end.get("rounding") or {}
    shown = {
        "tiers_by": told.get("qualification_type"),
        "tiers_period": told.get("qualification_period"),
        "tiers_start": (told.get("start_date") or {}).get("type"),
        "tiers_end": end.get("type"),
        "tiers_rounding": rounding.get("type"),
        "tiers_strategy": rounding.get("strategy"),
        "tiers_month": rounding.get("value"),
    }
    values = {name: "" if value is None else str(value) for name, value in shown.items()}
    return values | duration_values("tiers_extend", end.get("extend"))


def read_qualifying(values: Mapping[str, str], errors: dict[str, str]) -> dict[str, Any]:
    """What was chosen as the API takes it; what is wrong goes into `errors`."""
    by = "POINTS_IN_PERIOD" if values.get("tiers_by") == "POINTS_IN_PERIOD" else "BALANCE"
    is_period = by == "POINTS_IN_PERIOD"
    kind = values.get("tiers_end", "")
    if kind not in dict(_ENDS[by]):
        kind = _ENDS[by][0][0]
    rules: dict[str, Any] = {"qualification_type": by}
    if is_period:
        rules["qualification_period"] = values.get("tiers_period") or "MONTH"
    later = is_period and values.get("tiers_start") == "NEXT_PERIOD"
    end: dict[str, Any] = {"type": kind, "extend": ""}
    if kind != "BALANCE_DROP":
        end["extend"] = read_span(values, "tiers_extend")
    if kind == "CUSTOM" and not end["extend"]:
        errors["tiers_extend_count"] = "Say how long a tier lasts"
    rounding = values.get("tiers_rounding", "")
    if kind == "CUSTOM" and rounding in dict(_ROUNDINGS) and rounding:
        end["rounding"] = {"type": rounding, "strategy": values.get("tiers_strategy") or "END"}
        if rounding == "CUSTOM":
            month = read_whole(values.get("tiers_month") or _LAST_MONTH)
            end["rounding"] |= {"unit": "MONTH", "value": month}
    return rules | {
        "start_date": {"type": "NEXT_PERIOD" if later else "IMMEDIATE"},
        "expiration_date": end,
    }
