"""Validation rules and the entries of items. Source: the contract, section 7."""

import re
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Final

import msgspec

from engine.kernel.calendar import iso
from engine.kernel.encode import Body, nearest_number
from engine.kernel.room import Answers, shows, shows_nothing
from schemas.rules import (
    ApplicableItems,
    ItemEntry,
    ValidationRule,
    ValidationRuleCreated,
    ValidationRuleDeleted,
    ValidationRuleUpdated,
)

_NUMBER: Final = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,15})?")
_ENTRY_MEMBERS = (
    "source_id",
    "product_id",
    "product_source_id",
    "price",
    "quantity_limit",
    "aggregated_quantity_limit",
    "amount_limit",
    "aggregated_amount_limit",
)


def rule_body(rule: ValidationRule) -> Body:
    """The set of rules as its endpoints show it; what it says nothing of is not there."""
    body: Body = {
        "id": rule.id,
        "name": rule.name,
        "rules": msgspec.json.decode(rule.definition),
        "type": rule.type,
        "context_type": rule.context_type,
        "applicable_to": _items_body(rule.applicable_to),
        "created_at": iso(rule.created_at),
        "object": "validation_rules",
    }
    if rule.assignments_count:
        body["assignments_count"] = rule.assignments_count
    if rule.bundle is not None:
        body["bundle_rules"] = msgspec.json.decode(rule.bundle)
    if rule.error_message is not None:
        body["error"] = {"message": rule.error_message}
    if rule.updated_at is not None:
        body["updated_at"] = iso(rule.updated_at)
    return body


def _items_body(items: ApplicableItems) -> Body | None:
    """The lists that have entries; null where nothing is said of items."""
    if items == ApplicableItems():
        return None
    body: Body = {
        name: list(map(item_entry_body, entries))
        for name, entries in (("included", items.included), ("excluded", items.excluded))
        if entries
    }
    return body | {"included_all": items.included_all}


def item_entry_body(entry: ItemEntry) -> Body:
    """An entry of items with its defaults filled in."""
    body: Body = {"object": entry.object, "id": entry.id}
    for name in _ENTRY_MEMBERS:
        value: Any = getattr(entry, name)
        if value is not None:
            body[name] = value
    if entry.price_formula is not None:
        body["price_formula"] = _formula_shown(entry.price_formula)
    for limit in entry.product_limits:
        if limit.quantity is not None:
            body[limit.name] = limit.quantity
        if limit.formula is not None:
            body[f"{limit.name}_formula"] = limit.formula
    body |= {
        "strict": False,
        "effect": entry.effect,
        "repeat": entry.repeat,
        "skip_initially": entry.skip_initially,
        "target": entry.target,
    }
    return body


def _formula_shown(formula: str) -> float | str:
    """Official clients take a number there, so one that is nothing else is shown as such."""
    return nearest_number(Decimal(formula)) if _NUMBER.fullmatch(formula) else formula


ANSWERS: Answers = MappingProxyType(
    {
        ValidationRuleCreated: shows(rule_body, "rule"),
        ValidationRuleUpdated: shows(rule_body, "rule"),
        ValidationRuleDeleted: shows_nothing,
    }
)
