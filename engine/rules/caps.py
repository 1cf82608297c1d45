"""What a set of rules lets the redemptions of its campaign add up to at most.

A bound counts where nothing else in the set can stand in for it: the set's logic joins its rule to the
rest by `and`. What refills, by day, week or month, is no bound.
"""

from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Any, Final, NamedTuple

import msgspec

from engine.rules.logic import Expression, LogicError, logic_of
from engine.rules.names import dotted_name
from engine.rules.operators import number_in

#: The names whose rules can be bounds (engine/rules/names.py).
CAPPED: Final = (
    "campaign.orders.amount",
    "campaign.orders.amount_discounted",
    "campaign.redemptions.count",
    "campaign.redemptions.customers_count",
)


class Cap(NamedTuple):
    """The most that what the rule of this name counts may be: minor units, or a number."""

    name: str
    limit: int


def caps_of(definition: str) -> list[Cap]:
    """The bounds in a definition (`ValidationRule.definition`), of each name the lowest."""
    rules = msgspec.json.decode(definition)
    if not isinstance(rules, dict):
        return []
    named = {key: rule for key, rule in rules.items() if key != "logic" and isinstance(rule, dict)}
    try:
        logic = logic_of(rules.get("logic"), named)
    except LogicError:
        return []
    lowest: dict[str, int] = {}
    for number in _wanted_always(logic):
        cap = _cap_of(named.get(number, {}))
        if cap is not None:
            lowest[cap.name] = min(cap.limit, lowest.get(cap.name, cap.limit))
    return [Cap(name, lowest[name]) for name in CAPPED if name in lowest]


def _wanted_always(logic: Expression) -> list[str]:
    if logic.join == "rule":
        return [logic.number]
    if logic.join == "and":
        return [number for part in logic.parts for number in _wanted_always(part)]
    return []


def _cap_of(rule: dict[str, Any]) -> Cap | None:
    name = dotted_name(str(rule.get("name")))
    conditions = rule.get("conditions")
    if name not in CAPPED or not isinstance(conditions, dict):
        return None
    limits = []
    for operator, values in conditions.items():
        number = number_in(values[0]) if isinstance(values, list) and values else None
        if number is None:
            continue
        # what is counted is whole
        if operator == "$less_than":
            limits.append(int(Decimal(number).to_integral_value(ROUND_CEILING)) - 1)
        elif operator == "$less_than_or_equal":
            limits.append(int(Decimal(number).to_integral_value(ROUND_FLOOR)))
    return Cap(name, min(limits)) if limits else None
