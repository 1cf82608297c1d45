"""The keys of a set of rules: what a request must have, one of them, for the set to be met.

A key is necessary, never sufficient: whatever is found by it is tried in full. A set for which
nothing of the kind can be said has the key `ANYTHING`, which every request has.

- Of `and` one part's keys are enough: the most selective. Of `or` those of all parts together. What
  is negated says nothing.
- Items, SKUs and products are keyed by what they are called, collections and segments by their ids,
  metadata by property and value, and amounts by a bucket: four to each doubling, so that what is
  found needlessly lies within a quarter of the order's amount.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from math import floor
from types import MappingProxyType
from typing import Any, Final

import msgspec

from engine.kernel.remembered import remember_results
from engine.qualification.narrowing import asks_for, logic_of, narrow_definition, rules_in
from engine.rules.line_names import chooses_lines, flat_name
from engine.rules.logic import Expression
from engine.rules.operators import number_in
from engine.rules.refs import COLLECTION, ref_of
from schemas.qualifications import RuleKey, Space
from schemas.rules import ValidationRule

#: How many keys a set has at most; one with more alternatives is looked at by every request.
KEYS_MAX: Final = 32
ANYTHING: Final = RuleKey("anything")
ITEM: Final = "item"
AMOUNT: Final = "amount"
SEGMENT: Final = "segment"
IN_COLLECTION: Final = "collection"
#: The metadata that keys are made of; each is a name of conditions in its older spelling.
METADATA: Final = ("customer_metadata", "order_metadata", "redemption_metadata")

Keys = tuple[RuleKey, ...]

#: The most selective first.
_RANKS: Final[Mapping[str, int]] = MappingProxyType(
    {ITEM: 0, **dict.fromkeys(METADATA, 1), IN_COLLECTION: 2, SEGMENT: 3, AMOUNT: 4}
)
_ONE_OF: Final = frozenset({"$is", "$in"})
_AT_LEAST: Final = frozenset(
    {"$is", "$in", "$more_than", "$more_than_or_equal", "$greater_than_or_equal"}
)
#: What is left to pay is never more than the amount.
_AMOUNTS: Final = frozenset({"order_amount", "order_total_amount"})


def keys_by_space(rule: ValidationRule | None) -> dict[Space, Keys]:
    """The keys of a set for each of the spaces; a set that is gone binds nothing.

    A set that is not about items has none in the space of products: by it nothing is found there.
    """
    if rule is None:
        return {"all": (ANYTHING,), "audience": (ANYTHING,), "products": ()}
    return {
        "all": keys_of(rule.definition) or (ANYTHING,),
        "audience": keys_of(narrow_definition(rule.definition, "customer")) or (ANYTHING,),
        "products": _of_products(rule),
    }


def _of_products(rule: ValidationRule) -> Keys:
    keys = keys_of(narrow_definition(rule.definition, "items"))
    if keys is None and names_entries(rule):
        keys = _of_entries(rule)
    return keys or ((ANYTHING,) if is_about_items(rule) else ())


def is_about_items(rule: ValidationRule) -> bool:
    """Whether the set demands items, or names those that the discount is for."""
    demands = asks_for(rule.definition, "items") or rule.bundle is not None
    return demands or names_entries(rule)


@remember_results(500_000)
def keys_of(definition: str) -> Keys | None:
    """The keys of a definition, one of which a request has that meets it; None: nothing is said."""
    return _of_level(msgspec.json.decode(definition))


def names_entries(rule: ValidationRule) -> bool:
    """Whether the set names the items that the discount is for."""
    items = rule.applicable_to
    return bool(items.included) and not items.included_all


def bucket_of(amount: int) -> str:
    """The bucket of an amount above zero, as a text that sorts as amounts do."""
    shift = max(amount.bit_length() - 3, 0)
    return f"{shift * 4 + (amount >> shift):04d}"


def value_keys(kind: str, name: str, value: Any) -> Iterator[RuleKey]:
    """The keys of a property's value, one for each member of a list.

    Values that a condition takes for equal have the same key.
    """
    members = value if isinstance(value, list | tuple) else (value,)
    for member in members:
        if isinstance(member, str | int | float):
            yield RuleKey(kind, name, _plain(member))


def _plain(value: str | float) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    number: float | Decimal | None = number_in(value)
    if number is None and not isinstance(value, str):
        number = value
    # numbers of all kinds that are equal have the same hash
    return str(value).lower() if number is None else f"#{hash(number)}"


def _of_level(rules: Any) -> Keys | None:
    numbered = rules_in(rules)
    logic = logic_of(rules) if numbered else None
    return None if logic is None else _of_logic(logic, numbered)


def _of_logic(logic: Expression, numbered: Mapping[str, dict[str, Any]]) -> Keys | None:
    if logic.join == "rule":
        rule = numbered.get(logic.number)
        return None if rule is None else _of_rule(rule)
    if logic.join == "not":
        return None
    parts = [_of_logic(part, numbered) for part in logic.parts]
    return _best(parts) if logic.join == "and" else _together(parts)


def _best(parts: Iterable[Keys | None]) -> Keys | None:
    """The most selective of keys that all hold."""
    found = [part for part in parts if part is not None]
    if not found:
        return None
    return min(
        found, key=lambda keys: (max((_RANKS[each.kind] for each in keys), default=0), len(keys))
    )


def _together(parts: Sequence[Keys | None]) -> Keys | None:
    """The keys of alternatives."""
    found: dict[RuleKey, None] = {}
    for part in parts:
        if part is None:
            return None
        found |= dict.fromkeys(part)
    return tuple(found) if len(found) <= KEYS_MAX else None


def _of_rule(rule: Mapping[str, Any]) -> Keys | None:
    name = flat_name(str(rule.get("name")))
    conditions = rule.get("conditions") or {}
    if not isinstance(conditions, dict) or not all(
        isinstance(values, list) for values in conditions.values()
    ):
        return None
    own = [_of_condition(name, rule.get("property"), *each) for each in conditions.items()]
    # what lies within a rule that chooses lines is about the lines
    within = None if chooses_lines(name) else _of_level(rule.get("rules"))
    return _best([*own, within])


def _of_condition(name: str, field: Any, operator: str, values: Sequence[Any]) -> Keys | None:
    if name in _AMOUNTS and operator in _AT_LEAST:
        return _of_amounts(values)
    if operator not in _ONE_OF:
        return None
    if name == "customer_segment":
        return _of_refs(values, SEGMENT)
    if chooses_lines(name):
        if name in ("order_items_none", "product_metadata"):
            return None
        return _of_refs(values, ITEM)
    if name in METADATA and isinstance(field, str):
        return _of_values(name, field, values)
    return None


def _of_amounts(values: Sequence[Any]) -> Keys | None:
    numbers = [number_in(value) for value in values]
    known = [number for number in numbers if number is not None]
    least = floor(min(known)) if known and len(known) == len(numbers) else 0
    return (RuleKey(AMOUNT, bucket_of(least)),) if least > 0 else None


def _of_values(kind: str, name: str, values: Sequence[Any]) -> Keys | None:
    if not all(isinstance(value, str | int | float) for value in values):
        return None
    return _bound_keys(key for value in values for key in value_keys(kind, name, value))


def _of_refs(values: Sequence[Any], kind: str) -> Keys | None:
    refs = [ref_of(value) for value in values]
    found: list[RuleKey] = []
    for ref in refs:
        if ref is None:
            return None
        if kind == ITEM and ref.object == COLLECTION:
            found.append(RuleKey(IN_COLLECTION, ref.id))
            continue
        found.append(RuleKey(kind, ref.id))
        if kind == ITEM and ref.source_id:
            found.append(RuleKey(kind, ref.source_id))
    return _bound_keys(found)


def _of_entries(rule: ValidationRule) -> Keys | None:
    """The keys of the items that the discount is for."""
    entries = rule.applicable_to.included
    values = [
        {"id": each.id, "object": each.object, "source_id": each.source_id} for each in entries
    ]
    return _of_refs(values, ITEM)


def _bound_keys(keys: Iterable[RuleKey]) -> Keys | None:
    found = tuple(dict.fromkeys(keys))
    return found if len(found) <= KEYS_MAX else None
