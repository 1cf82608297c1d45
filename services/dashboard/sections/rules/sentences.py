"""Rules in words: `Order amount before discounts is at least €50.00`."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from services.dashboard.parts.show import Show
from services.dashboard.sections.rules.catalogue import Catalogue, Operator
from services.dashboard.sections.rules.naming import Names, name_of
from services.dashboard.sections.rules.tree import Condition, Group, Rule, RuleSet
from services.dashboard.sections.rules.values import HOURS, THINGS, WEEKDAYS, show_value

JOINS: Final[Mapping[str, str]] = {"and": "all of", "or": "any of", "not": "none of"}
VALUES_SAID_MAX: Final = 5
_SMALL: Final = frozenset({"segment", "location"})


def say_rule(rule: Rule, catalogue: Catalogue, names: Names, show: Show) -> str:
    """A rule as a sentence, with the rules about the lines that it chooses."""
    found = catalogue.field(rule.name)
    label = f"{found.label} {rule.property}" if rule.property else found.label
    asked = [say_condition(each, rule.name, catalogue, names, show) for each in rule.conditions]
    said = f"{label} {' and '.join(asked)}".strip()
    if rule.within is not None:
        inner = say_set(rule.within, catalogue, names, show)
        said += f", where {inner}" if inner else ""
    return said


def say_set(rules: RuleSet, catalogue: Catalogue, names: Names, show: Show) -> str:
    """All rules as one sentence."""
    return _say_group(rules.root, catalogue, names, show)


def _say_group(group: Group, catalogue: Catalogue, names: Names, show: Show) -> str:
    said = [
        say_rule(each, catalogue, names, show)
        if isinstance(each, Rule)
        else _in_parentheses(each, group, catalogue, names, show)
        for each in group.parts
    ]
    if group.join == "not":
        return f"not {' or '.join(said)}" if said else ""
    return f" {'or' if group.join == 'or' else 'and'} ".join(said)


def _in_parentheses(
    group: Group, around: Group, catalogue: Catalogue, names: Names, show: Show
) -> str:
    said = _say_group(group, catalogue, names, show)
    is_alone = len(around.parts) == 1 and around.join != "not"
    return said if is_alone or len(group.parts) == 1 else f"({said})"


def say_condition(
    condition: Condition, name: str, catalogue: Catalogue, names: Names, show: Show
) -> str:
    """What is asked: `is at least €50.00`."""
    kind = catalogue.field(name).kind
    operator = catalogue.operator(kind, condition.operator)
    if (
        operator.takes == "flag"
        and operator.value == "bool"
        and condition.operator not in ("$is", "$is_not")
    ):
        is_meant = condition.values and condition.values[0] in (True, "true")
        return operator.label if is_meant else f"not: {operator.label}"
    first = catalogue.first_object(kind)
    said = [say_value(each, operator, first, names, show) for each in condition.values]
    if not said:
        return f"{operator.label} …"
    more = len(said) - VALUES_SAID_MAX
    text = " or ".join(said[:VALUES_SAID_MAX]) + (f" or {more} more" if more > 0 else "")
    return f"{operator.label} {text}"


def say_value(value: Any, operator: Operator, first_object: str, names: Names, show: Show) -> str:
    """A value in words."""
    kind = operator.value
    if kind in THINGS:
        shown = show_value(value, kind, first_object, show)
        return name_of(names, f"{kind}:{shown}" if kind in _SMALL else shown)
    if kind == "money" and type(value) is int:
        return show.money(value)
    if kind == "weekday" and isinstance(value, int) and 0 <= value < len(WEEKDAYS):
        return WEEKDAYS[value]
    if kind == "hours" and isinstance(value, str) and (found := HOURS.fullmatch(value)):
        days = [WEEKDAYS[int(each)] for each in (found[3] or "").split(",") if each]
        return f"{found[1]} to {found[2]}" + (f" on {', '.join(days)}" if days else "")
    if kind == "date":
        return show_value(value, kind, first_object, show).replace("T", " ")
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value if isinstance(value, str) else show_value(value, "any", first_object, show)


def say_found(value: Any, name: str, catalogue: Catalogue, names: Names, show: Show) -> str:
    """The value that a trial found, in words."""
    if value is None:
        return "nothing"
    if catalogue.field(name).kind == "money" and type(value) is int:
        return show.money(value)
    if isinstance(value, Sequence) and not isinstance(value, str):
        some = value[:VALUES_SAID_MAX]
        return ", ".join(say_found(each, name, catalogue, names, show) for each in some)
    if isinstance(value, Mapping):
        return str(value.get("source_id") or value.get("id") or "known")
    if isinstance(value, bool):
        return "yes" if value else "no"
    called = (names.get(f"{kind}:{value}") for kind in _SMALL)
    return next(filter(None, called), str(value))
