"""Whether the rules of a set are well formed: what is wrong where, before anything is stored.

Everything that `engine/rules/compile.py` makes of a definition that passes is what it says; nothing
in it is too deep, too long or too many.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

import msgspec

from engine.formulas.formula import FormulaError, parse_formula
from engine.rules.bundles import BUNDLES_MAX
from engine.rules.logic import LENGTH_MAX as LOGIC_LENGTH_MAX
from engine.rules.logic import LogicError, numbers_in, parse_logic
from engine.rules.name_kinds import Choosing, OfLine, Plain
from engine.rules.names import find_name
from engine.rules.operators import OPERATORS, number_in
from engine.rules.refs import ref_of
from engine.rules.value_kinds import Kind
from schemas.base import AMOUNT_MAX, QUANTITY_MAX
from schemas.rules import (
    DEFINITION_LENGTH_MAX,
    DEPTH_MAX,
    ENTRIES_MAX,
    RULES_MAX,
    ApplicableItems,
    ItemEntry,
)

#: How many values a condition has at most, and how long a message is.
VALUES_MAX = 1000
MESSAGE_LENGTH_MAX = 1000
_NUMBER: Final = re.compile(r"\w{1,50}")
_WORDS: Final = frozenset({"and", "or", "not"})
_BUNDLE_QUANTITY: Final = "order.items.aggregated_quantity"
#: Kinds whose conditions name items or segments.
_NAMING: Final[frozenset[Kind]] = frozenset({"items", "segment"})
_LIMITS: Final = (
    ("quantity_limit", QUANTITY_MAX),
    ("aggregated_quantity_limit", QUANTITY_MAX),
    ("amount_limit", AMOUNT_MAX),
    ("aggregated_amount_limit", AMOUNT_MAX),
    ("price", AMOUNT_MAX),
)


class Wrong(NamedTuple):
    """Something that is wrong: where (`.rules.1.name`), and why."""

    path: str
    reason: str


def wrong_rules(rules: Any) -> Iterator[Wrong]:
    """What is wrong with the `rules` of a set, as decoded from JSON."""
    if not isinstance(rules, Mapping):
        yield Wrong(".rules", "has to be an object")
        return
    too_large = _too_large(rules)
    if too_large is not None:
        yield Wrong(".rules", too_large)
        return
    yield from _group(rules, ".rules")


def with_logic(rules: Mapping[str, Any]) -> dict[str, Any]:
    """Well-formed rules with the logic filled in where it is missing; no rules stay as they are."""
    found = dict(rules)
    numbers = [number for number in rules if number != "logic"]
    for number in numbers:
        within = rules[number].get("rules")
        if isinstance(within, Mapping):
            found[number] = {**rules[number], "rules": with_logic(within)}
    if numbers and not str(rules.get("logic") or "").strip():
        found["logic"] = _of_all(numbers)
    return found


def _of_all(numbers: Sequence[str]) -> str:
    """The logic that is filled in: all rules have to hold."""
    return " and ".join(numbers)


def wrong_bundle(rules: Any) -> Iterator[Wrong]:
    """What is wrong with the `bundle_rules` of a set, as decoded from JSON."""
    if not isinstance(rules, Mapping):
        yield Wrong(".bundle_rules", "has to be an object")
        return
    limit = rules.get("limit", 1)
    if limit is not None and (type(limit) is not int or not 1 <= limit <= BUNDLES_MAX):
        yield Wrong(".bundle_rules.limit", f"has to be a number from 1 to {BUNDLES_MAX}")
    parts = {number: rule for number, rule in rules.items() if number not in {"limit", "logic"}}
    if len(parts) > RULES_MAX:
        yield Wrong(".bundle_rules", f"has more than {RULES_MAX} rules")
        return
    for number, rule in parts.items():
        yield from _bundle_part(rule, f".bundle_rules.{number}")


def wrong_items(items: ApplicableItems) -> Iterator[Wrong]:
    """What is wrong with the items that a discount is for."""
    for name in ("included", "excluded"):
        entries: tuple[ItemEntry, ...] = getattr(items, name)
        path = f".applicable_to.{name}"
        if len(entries) > ENTRIES_MAX:
            yield Wrong(path, f"has more than {ENTRIES_MAX} entries")
            return
        for place, entry in enumerate(entries):
            yield from _entry(entry, f"{path}[{place}]")


def _too_large(rules: Mapping[str, Any]) -> str | None:
    """Why the whole is not looked at; by levels, so that its depth cannot be a problem."""
    level: list[Any] = [rules]
    count = 0
    for _ in range(DEPTH_MAX):
        found = [
            rule
            for each in level
            if isinstance(each, Mapping)
            for number, rule in each.items()
            if number != "logic"
        ]
        count += len(found)
        if count > RULES_MAX:
            return f"has more than {RULES_MAX} rules"
        level = [rule.get("rules") for rule in found if isinstance(rule, Mapping)]
    if any(level):
        return f"is deeper than {DEPTH_MAX} levels"
    try:
        length = len(msgspec.json.encode(rules))
    except RecursionError:
        return f"is deeper than {DEPTH_MAX} levels"
    if length > DEFINITION_LENGTH_MAX:
        return f"is longer than {DEFINITION_LENGTH_MAX} characters"
    return None


def _group(rules: Mapping[str, Any], path: str) -> Iterator[Wrong]:
    numbers = [number for number in rules if number != "logic"]
    for number in numbers:
        if not _NUMBER.fullmatch(number) or number.lower() in _WORDS:
            yield Wrong(f"{path}.{number}", "has to be numbered")
        else:
            yield from _rule(rules[number], f"{path}.{number}")
    logic = rules.get("logic")
    if not isinstance(logic, str | None):
        yield Wrong(f"{path}.logic", "has to be a text")
    elif logic is not None and logic.strip():
        yield from _logic(logic, numbers, path)
    elif len(_of_all(numbers)) > LOGIC_LENGTH_MAX:
        yield Wrong(f"{path}.logic", "is needed, as the numbers are too long for all of them")


def _logic(logic: str, numbers: Sequence[str], path: str) -> Iterator[Wrong]:
    try:
        read = parse_logic(logic)
    except LogicError as error:
        yield Wrong(f"{path}.logic", str(error))
        return
    unknown = sorted(set(numbers_in(read)) - set(numbers))
    if unknown:
        yield Wrong(f"{path}.logic", f"names rules that are not there: {', '.join(unknown)}")


def _rule(rule: Any, path: str) -> Iterator[Wrong]:
    if not isinstance(rule, Mapping):
        yield Wrong(path, "has to be an object")
        return
    name = rule.get("name")
    meant = find_name(name) if isinstance(name, str) else None
    if meant is None:
        yield Wrong(f"{path}.name", f"{name!r} is not the name of a rule")
    else:
        if meant.property and not (isinstance(rule.get("property"), str) and rule["property"]):
            yield Wrong(f"{path}.property", f"is needed by {name}")
        yield from _conditions(meant, rule.get("conditions"), f"{path}.conditions")
    error = rule.get("error")
    if error is not None:
        yield from _message(error, f"{path}.error")
    within = rule.get("rules")
    if isinstance(within, Mapping):
        yield from _group(within, f"{path}.rules")
    elif within is not None:
        yield Wrong(f"{path}.rules", "has to be an object")


def _message(error: Any, path: str) -> Iterator[Wrong]:
    message = error.get("message") if isinstance(error, Mapping) else error
    if message is not None and not isinstance(message, str):
        yield Wrong(f"{path}.message", "has to be a text")
    elif isinstance(message, str) and len(message) > MESSAGE_LENGTH_MAX:
        yield Wrong(f"{path}.message", f"is longer than {MESSAGE_LENGTH_MAX} characters")


def _conditions(meant: Plain | OfLine | Choosing, conditions: Any, path: str) -> Iterator[Wrong]:
    if not conditions:
        if not isinstance(meant, Choosing):
            yield Wrong(path, "has to have a condition")
        return
    if not isinstance(conditions, Mapping):
        yield Wrong(path, "has to be an object")
        return
    for name, values in conditions.items():
        reason = _wrong_condition(meant, name, values)
        if reason is not None:
            yield Wrong(f"{path}.{name}", reason)


def _wrong_condition(meant: Plain | OfLine | Choosing, name: str, values: Any) -> str | None:
    operator = OPERATORS.get(name)
    if operator is None:
        return "is not an operator"
    if meant.kind not in operator.kinds:
        return "does not fit this rule"
    if not isinstance(values, list) or not 0 < len(values) <= VALUES_MAX:
        return f"has to be a list of 1 to {VALUES_MAX} values"
    if operator.single and len(values) > 1:
        return "takes one value"
    reason = _wrong_values(meant.kind, name, values)
    if reason is not None:
        return reason
    try:
        operator.make(values)
    except (ValueError, TypeError) as error:
        return str(error)
    return None


def _wrong_values(kind: Kind, name: str, values: Sequence[Any]) -> str | None:
    if kind in _NAMING:
        known = all(ref_of(each) and _has_id(kind, each) for each in values)
        return None if known else "has to name objects with an id"
    if kind == "flag":
        known = all(each in (True, False, "true", "false") for each in values)
        return None if known and len(values) == 1 else "has to be true or false"
    if kind == "number" and name not in {"$has_value", "$is_unknown"}:
        numbers = all(number_in(each) is not None for each in values)
        return None if numbers else "has to be a number"
    if kind == "list" and name.startswith("$count"):
        return None
    if kind == "list" and name not in {"$has_value", "$is_unknown"}:
        return None if all(ref_of(each) for each in values) else "has to name objects with an id"
    plain = all(each is None or isinstance(each, str | int | float) for each in values)
    return None if plain else "has to have plain values"


def _has_id(kind: Kind, value: Any) -> bool:
    """Whether a segment is named by its id: it has no other name."""
    return kind != "segment" or isinstance(value, str) or bool(value.get("id"))


def _bundle_part(rule: Any, path: str) -> Iterator[Wrong]:
    if not isinstance(rule, Mapping) or rule.get("name") not in ("order.items.any", None):
        yield Wrong(f"{path}.name", "has to be order.items.any")
        return
    conditions = rule.get("conditions")
    asked = conditions.get("$is") if isinstance(conditions, Mapping) else None
    if not isinstance(asked, list) or len(asked) != 1 or ref_of(asked[0]) is None:
        yield Wrong(f"{path}.conditions.$is", "has to name one object with an id")
    within = rule.get("rules") or {}
    if not isinstance(within, Mapping):
        yield Wrong(f"{path}.rules", "has to be an object")
        return
    quantities = [number for number in within if number != "logic"]
    if len(quantities) > 1:
        yield Wrong(f"{path}.rules", "has to be one rule, the quantity")
        return
    for number in quantities:
        yield from _bundle_quantity(within[number], f"{path}.rules.{number}")


def _bundle_quantity(rule: Any, path: str) -> Iterator[Wrong]:
    """Of an item of a bundle its quantity; anything else would be passed over in silence."""
    if not isinstance(rule, Mapping) or rule.get("name") not in (_BUNDLE_QUANTITY, None):
        yield Wrong(f"{path}.name", f"has to be {_BUNDLE_QUANTITY}")
        return
    conditions = rule.get("conditions")
    asked = conditions.get("$is") if isinstance(conditions, Mapping) else None
    if (
        not isinstance(conditions, Mapping)
        or len(conditions) != 1
        or not isinstance(asked, list)
        or len(asked) != 1
        or type(asked[0]) is not int
        or not 1 <= asked[0] <= QUANTITY_MAX
    ):
        yield Wrong(f"{path}.conditions.$is", "has to be one quantity, and the only condition")


def _entry(entry: ItemEntry, path: str) -> Iterator[Wrong]:
    for name, largest in _LIMITS:
        value = getattr(entry, name)
        if value is not None and not 0 <= value <= largest:
            yield Wrong(f"{path}.{name}", f"has to be a number from 0 to {largest}")
    if not 1 <= entry.repeat <= QUANTITY_MAX:
        yield Wrong(f"{path}.repeat", "has to be 1 or more")
    if not 0 <= entry.skip_initially <= QUANTITY_MAX:
        yield Wrong(f"{path}.skip_initially", "has to be 0 or more")
    formulas = [("price_formula", entry.price_formula)]
    for limit in entry.product_limits:
        if limit.quantity is not None and not 0 <= limit.quantity <= QUANTITY_MAX:
            yield Wrong(f"{path}.{limit.name}", f"has to be a number from 0 to {QUANTITY_MAX}")
        formulas.append((f"{limit.name}_formula", limit.formula))
    for name, text in formulas:
        try:
            if text is not None:
                parse_formula(text)
        except FormulaError as error:
            yield Wrong(f"{path}.{name}", str(error))
