"""Rules as PHP writes them, which has one kind of array: an empty map is `[]` there."""

from collections.abc import Mapping
from typing import Any, Final

#: The members of a rule that are maps.
_MAPS: Final = ("conditions", "rules", "error")


def with_maps(rules: Any) -> Any:
    """The rules of a set, as decoded from JSON, with maps in the place of empty lists."""
    if not isinstance(rules, Mapping):
        return {} if rules == [] else rules
    return {number: _with_maps(rule) for number, rule in rules.items()}


def _with_maps(rule: Any) -> Any:
    if not isinstance(rule, Mapping):
        return rule
    found = {**rule, **{name: {} for name in _MAPS if rule.get(name) == []}}
    return found | {"rules": with_maps(found["rules"])} if "rules" in found else found
