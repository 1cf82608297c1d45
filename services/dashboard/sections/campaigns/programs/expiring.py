"""When points expire: chosen in a form that tells it as a sentence, and written as the API takes it."""

from calendar import month_name
from collections.abc import Mapping
from typing import Any, Final

from htpy import Node, b, div, p

from services.dashboard.parts.forms import Errors, field_choice, field_text
from services.dashboard.parts.numbers import read_whole
from services.dashboard.sections.campaigns.programs.expiry_words import ENDS, say_expiring

PATH: Final = "/campaigns/new/expiring"
#: The names of all its fields.
FIELDS: Final = (
    "expire_kind",
    "expire_count",
    "expire_rounding",
    "expire_month",
    "expire_day",
    "expire_notice",
)
#: What the API complains of → the field of the form.
PATHS: Final[Mapping[str, str]] = {
    "period_type": "expire_kind",
    "period_value": "expire_count",
    "rounding_type": "expire_rounding",
    "rounding_value": "expire_month",
    "fixed_month": "expire_month",
    "fixed_day": "expire_day",
    "notice_days": "expire_notice",
}
KINDS: Final = (
    ("", "Never"),
    ("MONTH", "Some months after they were earned"),
    ("DAY", "Some days after they were earned"),
    ("FIXED_DAY_OF_YEAR", "All on one day of the year"),
    ("INACTIVITY", "When the card was not used for some days"),
)
OF_PROGRAM: Final = "program"
_ROUNDINGS: Final = (
    ("", "At the end of that day"),
    ("END_OF_MONTH", "At the end of that month"),
    ("END_OF_QUARTER", "At the end of that quarter"),
    ("END_OF_HALF_YEAR", "At the end of that half of the year"),
    ("END_OF_YEAR", "At the end of that year"),
    ("PARTICULAR_MONTH", "At the end of a month that is named"),
)
_MONTHS: Final = tuple((str(at), month_name[at]) for at in range(1, 13))


def expiring_fields(
    values: Mapping[str, str], errors: Errors, *, may_follow: bool = False, title: str = ""
) -> Node:
    """The fields, those that belong to what is chosen, and what they say as a sentence.

    `may_follow`: they may say nothing of their own, and leave it to the program, which alone says
    how long before it is told.
    """
    kind = values.get("expire_kind", "")
    # a rule has no word for never: what says nothing expires as the program says
    kinds = ((OF_PROGRAM, "As the program says"), *KINDS[1:]) if may_follow else KINDS
    again = {
        "hx-get": PATH + ("?follow=true" if may_follow else ""),
        "hx-trigger": "change",
        "hx-target": "this",
        "hx-swap": "outerMorph",
        "hx-include": "#expiring",
        "hx-push-url": "false",
    }
    return div("#expiring.stack", again)[
        field_choice("expire_kind", title or "Points expire", kinds, kind, errors=errors),
        _fields_of(kind, values, errors, tells=not may_follow),
        p("#expiring-said.sentence", role="status")[
            "Points expire as the program says."
            if kind == OF_PROGRAM
            else b[say_expiring(expiring_rules(values))]
        ],
    ]


def _fields_of(kind: str, values: Mapping[str, str], errors: Errors, *, tells: bool) -> Node:
    if kind in ("", OF_PROGRAM):
        return None
    rounding = values.get("expire_rounding", "") if kind == "MONTH" else ""
    has_month = kind == "FIXED_DAY_OF_YEAR" or rounding == "PARTICULAR_MONTH"
    return div(".fields")[
        kind != "FIXED_DAY_OF_YEAR"
        and _number(
            "expire_count", "Months" if kind == "MONTH" else "Days", values, errors, "Such as 12"
        ),
        kind == "MONTH"
        and field_choice("expire_rounding", "And then", _ROUNDINGS, rounding, errors=errors),
        kind == "FIXED_DAY_OF_YEAR" and _number("expire_day", "Day", values, errors),
        has_month
        and field_choice(
            "expire_month", "Month", _MONTHS, values.get("expire_month") or "12", errors=errors
        ),
        tells
        and _number("expire_notice", "Days told ahead", values, errors, "Empty: it is not told"),
    ]


def _number(
    name: str, text: str, values: Mapping[str, str], errors: Errors, hint: str = ""
) -> Node:
    return field_text(
        name,
        text,
        values.get(name),
        errors=errors,
        hint=hint,
        inputmode="numeric",
        autocomplete="off",
    )


def expiring_values(rules: Mapping[str, Any] | None) -> dict[str, str]:
    """What the fields show of rules that there are."""
    if not rules:
        return {}
    month = rules.get("fixed_month") or rules.get("rounding_value")
    shown = {
        "expire_kind": rules.get("period_type"),
        "expire_count": rules.get("period_value"),
        "expire_rounding": rules.get("rounding_type"),
        "expire_month": month,
        "expire_day": rules.get("fixed_day"),
        "expire_notice": rules.get("notice_days"),
    }
    return {name: "" if value is None else str(value) for name, value in shown.items()}


def read_expiring(values: Mapping[str, str], errors: dict[str, str]) -> dict[str, Any] | None:
    """What was chosen as the API takes it; None: points never expire, or as the program says."""
    kind = values.get("expire_kind", "")
    if kind not in dict(KINDS) or not kind:
        return None
    rules: dict[str, Any] = {"period_type": kind}
    if kind == "FIXED_DAY_OF_YEAR":
        _put(rules, "fixed_day", "expire_day", values, errors)
        rules["fixed_month"] = read_whole(values.get("expire_month") or "12")
    else:
        _put(rules, "period_value", "expire_count", values, errors)
    rounding = values.get("expire_rounding", "")
    if kind == "MONTH" and rounding in ENDS:
        rules["rounding_type"] = rounding
    elif kind == "MONTH" and rounding == "PARTICULAR_MONTH":
        month = read_whole(values.get("expire_month") or "12")
        rules |= {"rounding_type": rounding, "rounding_value": month}
    if values.get("expire_notice"):
        _put(rules, "notice_days", "expire_notice", values, errors)
    return rules


def expiring_rules(values: Mapping[str, str]) -> dict[str, Any]:
    """What was chosen so far, to be told; empty: points never expire."""
    return read_expiring(values, {}) or {}


def _put(
    rules: dict[str, Any],
    member: str,
    name: str,
    values: Mapping[str, str],
    errors: dict[str, str],
) -> None:
    count = read_whole(values.get(name, ""))
    if not count:
        errors[name] = "A whole number above zero is wanted"
    else:
        rules[member] = count
