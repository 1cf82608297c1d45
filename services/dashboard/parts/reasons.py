"""Why something was refused: the reason, the rule that decided, what it expected and what it found."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

from htpy import Node, b, code, div, span

from services.dashboard.parts.facts import facts, link
from services.dashboard.parts.show import NOTHING, Show

#: Members of an explanation that are amounts in minor units, and those that are times.
_MONEY: Final = frozenset(
    {"amount", "amount_max", "balance", "credits", "discounted", "order_amount"}
)
_TIMES: Final = frozenset({"now", "start_date", "expiration_date"})
#: Members that are told by themselves.
_TOLD: Final = frozenset({"reason", "rule", "violations", "campaign_id"})
NO_WORDS: Final[Mapping[str, str]] = MappingProxyType({})


def reason_box(
    explanation: Mapping[str, Any] | None,
    show: Show,
    *,
    key: str,
    message: str,
    words: Mapping[str, str] = NO_WORDS,
) -> Node:
    """Why it was refused, from the `explanation` that the API gives with an error.

    `words`: what ids and fields in it are called, as far as that is known.
    """
    told = explanation or {}
    violations = [each for each in told.get("violations") or [] if isinstance(each, Mapping)]
    return div(".why")[
        b[told.get("reason") or message or "Refused"],
        message and message != told.get("reason") and span[message],
        key and code[key],
        (_violation(each, show, words) for each in violations),
        None if violations else _compared(told, show),
    ]


def _violation(violation: Mapping[str, Any], show: Show, words: Mapping[str, str]) -> Node:
    rule = violation.get("validation_rule_id")
    name, number = str(violation.get("name") or ""), violation.get("number")
    is_money = name.endswith(("amount", "price", "amount_discounted"))
    said = words.get(name, name) or NOTHING

    def say(value: Any) -> str:
        if isinstance(value, list):
            return ", ".join(map(say, value))
        if is_money and isinstance(value, int) and not isinstance(value, bool):
            return show.money(value)
        if isinstance(value, str):
            return words.get(value, value) or "nothing"
        return say_value(value, show)

    return facts(
        ("Validation rule", link(words.get(str(rule), str(rule)), f"/validation-rules/{rule}"))
        if rule
        else None,
        ("Looks at", f"{said} (rule {number})" if number else said),
        ("Expected", say_conditions(violation.get("conditions"), say)),
        ("Found", say(violation.get("value"))),
    )


def _compared(told: Mapping[str, Any], show: Show) -> Node:
    compared = [
        (name.replace("_", " ").capitalize(), _say_member(name, value, show))
        for name, value in told.items()
        if name not in _TOLD
    ]
    campaign = told.get("campaign_id")
    if not told.get("rule"):
        return None
    return facts(
        ("Rule", str(told["rule"]).replace("_", " ")),
        ("Of the campaign", link(str(campaign), f"/campaigns/{campaign}")) if campaign else None,
        *compared,
    )


def _say_member(name: str, value: Any, show: Show) -> Node:
    if name in _TIMES:
        return show.when(value)
    if name in _MONEY and isinstance(value, int):
        return show.money(value)
    return say_value(value, show)


def say_conditions(conditions: Any, say: Callable[[Any], str]) -> str:
    """Conditions of a rule: `more than $10.00`."""
    if not isinstance(conditions, Mapping):
        return say(conditions)
    return " and ".join(
        f"{str(name).removeprefix('$').replace('_', ' ')} {say(value)}"
        for name, value in conditions.items()
    )


def say_value(value: Any, show: Show | None = None) -> str:
    """Any value of the API in one line."""
    if value is None or value in ([], {}, ""):
        return "nothing"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {say_value(each, show)}" for name, each in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(say_value(each, show) for each in value)
    if show is not None and isinstance(value, int | float):
        return show.number(value)
    return str(value)
