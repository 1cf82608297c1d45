"""Filters of segments and collections in words, as the API keeps them."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from services.dashboard.parts.show import Show

#: Operators of such filters → how they are said between the field and the values.
WORDS: Final[Mapping[str, str]] = {
    "$is": "is",
    "$in": "is one of",
    "$is_not": "is not",
    "$not_in": "is none of",
    "$contains": "contains",
    "$not_contain": "does not contain",
    "$starts_with": "starts with",
    "$ends_with": "ends with",
    "$more_than": "is more than",
    "$more_than_or_equal": "is at least",
    "$more_than_equal": "is at least",
    "$less_than": "is less than",
    "$less_than_or_equal": "is at most",
    "$less_than_equal": "is at most",
    "$after": "is after",
    "$before": "is before",
    "$is_after": "is after",
    "$is_before": "is before",
    "$less_than_ago": "was within the last days:",
    "$more_than_ago": "was longer ago than days:",
    "$inside": "is inside",
    "$not_inside": "is not inside",
    "$has_value": "is known",
    "$is_unknown": "is not known",
}
JUNCTIONS: Final[Mapping[str, str]] = {"and": "and", "or": "or"}


def field_words(name: str, labels: Mapping[str, str]) -> str:
    """A field by its label; one of metadata by its name."""
    if name in labels:
        return labels[name]
    if name.startswith("metadata."):
        return f"metadata {name[9:]}"
    return name.replace("_", " ").replace(".", " ")


def say_filter(
    rule: Any, labels: Mapping[str, str], money: Sequence[str] = (), show: Show | None = None
) -> list[str]:
    """Its conditions, a sentence each; empty where there are none.

    `money`: the fields whose values are amounts in minor units.
    """
    if not isinstance(rule, Mapping):
        return []
    said = []
    for name, what in rule.items():
        conditions = what.get("conditions") if isinstance(what, Mapping) else None
        for op, values in (conditions or {}).items():
            told = [
                _say_value(each, show if name in money else None, show)
                for each in (values if isinstance(values, list) else [values])
            ]
            words = WORDS.get(op, op.removeprefix("$").replace("_", " "))
            alone = op in ("$has_value", "$is_unknown")
            value = "" if alone else f" {' or '.join(told)}"
            said.append(f"{field_words(name, labels)} {words}{value}")
    return said


def _say_value(value: Any, amounts: Show | None, show: Show | None) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int) and amounts is not None:
        return amounts.money(value)
    is_time = isinstance(value, str) and len(value) > len("2026-01-31") and "T" in value
    local = show.local(value) if show is not None and is_time else ""
    return local.replace("T", " ") or str(value)


def say_in_one(rule: Any, labels: Mapping[str, str], show: Show, money: Sequence[str] = ()) -> str:
    """The same as one sentence; empty where it says nothing."""
    junction = JUNCTIONS.get(str((rule or {}).get("junction") or "and").lower(), "and")
    return f", {junction} ".join(say_filter(rule, labels, money, show))
