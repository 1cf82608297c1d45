"""Sets of rules, narrowed to what a scenario asks for.

A rule that is not asked for is taken as met, wherever it stands: `1 and 2` becomes `1`, and of
`1 or 2` nothing is left to ask. Under `not` it is taken as not met, which comes to the same. So
whoever meets a set meets it narrowed. Rules within a rule that is not asked for are not asked, nor
is what is negated and partly asked for.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final, Literal

import msgspec
from msgspec import structs

from engine.kernel.remembered import remember_results
from engine.rules.line_names import chooses_lines, flat_name, is_of_items
from engine.rules.logic import LENGTH_MAX, Expression, LogicError, all_of, parse_logic
from schemas.rules import ValidationRule

About = Literal["customer", "items", "both"]


def _of_customer(name: str) -> bool:
    return flat_name(name).startswith("customer_")


_ASKED: Final[Mapping[About, Callable[[str], bool]]] = MappingProxyType(
    {
        "customer": _of_customer,
        "items": is_of_items,
        "both": lambda name: _of_customer(name) or is_of_items(name),
    }
)
_NOTHING: Final = "{}"


def narrow_rule(rule: ValidationRule, about: About) -> ValidationRule:
    """The set with the rules that are asked for; a bundle is about items."""
    return structs.replace(
        rule,
        definition=narrow_definition(rule.definition, about),
        bundle=None if about == "customer" else rule.bundle,
    )


@remember_results(1_000_000)
def narrow_definition(definition: str, about: About) -> str:
    """The definition with only the rules that are asked for."""
    left = _prune_rules(msgspec.json.decode(definition), _ASKED[about])
    return _NOTHING if left is None else msgspec.json.encode(left).decode()


def left_out_names(rule: ValidationRule, about: About | None) -> tuple[str, ...]:
    """The names of the rules that are not asked for, as the set has them, each once."""
    if about is None:
        return ()
    asked = narrow_rule(rule, about)
    names = Counter(_names(rule)) - Counter(_names(asked))
    return tuple(names)


def _names(rule: ValidationRule) -> Iterator[str]:
    """The names of all rules of a set, however deep; of a bundle that of all of it."""
    yield from _names_in(msgspec.json.decode(rule.definition))
    if rule.bundle is not None:
        yield "bundle_rules"


def _names_in(rules: Any) -> Iterator[str]:
    for each in rules_in(rules).values():
        yield str(each.get("name"))
        yield from _names_in(each.get("rules"))


def asks_for(definition: str, about: About) -> bool:
    """Whether the definition demands anything of the kind."""
    return narrow_definition(definition, about) != _NOTHING


def logic_of(rules: Mapping[str, Any]) -> Expression | None:
    """The logic of a level of rules, as engine/rules/compile.py reads it; None: nothing meets it.

    A level without rules has to be told apart before: everything meets it.
    """
    text = rules.get("logic")
    try:
        if isinstance(text, str) and text.strip():
            return parse_logic(text)
    except LogicError:
        return None
    return all_of(rules_in(rules))


def rules_in(rules: Any) -> dict[str, dict[str, Any]]:
    """The rules of one level, by their numbers."""
    if not isinstance(rules, dict):
        return {}
    return {
        number: rule
        for number, rule in rules.items()
        if number != "logic" and isinstance(rule, dict)
    }


def _prune_rules(rules: Any, asked: Callable[[str], bool]) -> dict[str, Any] | None:
    """The rules that are asked for, with their logic; None: none is."""
    numbered = rules_in(rules)
    if not numbered:
        return None
    logic = logic_of(rules)
    if logic is None:
        return dict(rules)
    kept: dict[str, Any] = {}

    def left_of(each: Expression, *, positive: bool) -> Expression | None:
        if each.join == "rule":
            return each if _keep(each.number, positive=positive) else None
        if each.join == "not":
            inner = left_of(each.parts[0], positive=not positive)
            return None if inner is None else Expression("not", parts=(inner,))
        parts = [left_of(part, positive=positive) for part in each.parts]
        left = tuple(part for part in parts if part is not None)
        # one free part frees the whole of an `or`, and of an `and` that is negated
        if not left or (len(left) < len(parts) and (each.join == "or") is positive):
            return None
        return left[0] if len(left) == 1 else Expression(each.join, parts=left)

    def _keep(number: str, *, positive: bool) -> bool:
        rule = numbered.get(number)
        if rule is None:
            return True
        name = str(rule.get("name"))
        if not asked(name):
            return False
        within = rules_in(rule.get("rules"))
        if within and not chooses_lines(name):
            inner = _prune_rules(rule["rules"], asked)
            if inner != rule["rules"]:
                if not positive:
                    return False
                rule = {**rule, "rules": inner or {}}
        kept[number] = rule
        return True

    left = left_of(logic, positive=True)
    if left is None:
        return None
    text = _text(left)
    return None if len(text) > LENGTH_MAX else kept | {"logic": text}


def _text(logic: Expression, outer: str = "or") -> str:
    if logic.join == "rule":
        return logic.number
    if logic.join == "not":
        return f"not {_text(logic.parts[0], 'not')}"
    text = f" {logic.join} ".join(_text(part, logic.join) for part in logic.parts)
    return text if outer in ("or", logic.join) else f"({text})"
