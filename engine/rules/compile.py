"""Sets of rules as closures: compiled once for each text, then only asked.

A rule holds when its conditions hold and, where rules lie within it, their logic holds. Of a rule
that chooses lines, the rules within are about each of them: `any` wants one line that is chosen and
meets them, `every` wants all lines chosen and meeting them, `none` wants no such line, and
`cheapest` and `most_expensive` look at that one line alone.

Who is refused is told one rule: the first that keeps the whole from holding, as deep as it lies.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

import msgspec

from engine.kernel.remembered import remember_results
from engine.pricing.basket import Line
from engine.rules.conditions import (
    Holds,
    choice_of,
    flag_of,
    line_condition,
    request_condition,
    segment_ids_of,
    whole_condition,
)
from engine.rules.facts import Facts
from engine.rules.logic import Expression, LogicError, logic_of
from engine.rules.name_kinds import Choosing, Chosen, OfLine, Plain
from engine.rules.names import dotted_name, find_name
from schemas.rules import DEPTH_MAX, ValidationRule, Violation

#: How many members of a list are told, and how much of a text: each refusal of a record says them.
TOLD_MAX = 20
TOLD_LENGTH_MAX = 500


class Rule(NamedTuple):
    """One rule of a set."""

    number: str
    name: str
    conditions: dict[str, Any]
    message: str | None
    holds: Holds
    #: What its conditions were asked of.
    found: Callable[[Facts, Chosen | None], Any]
    within: "Group | None" = None
    #: The lines that it chooses, for a rule that does.
    choose: Callable[[Facts], Sequence[Line]] | None = None
    needs_taken: bool = False


class Group(NamedTuple):
    """Rules and their logic."""

    logic: Expression
    rules: Mapping[str, Rule]
    holds: Holds

    @property
    def needs_taken(self) -> bool:
        """Whether a rule of it is about what the discount takes."""
        return any(
            rule.needs_taken or (rule.within is not None and rule.within.needs_taken)
            for rule in self.rules.values()
        )


class RuleSet:
    """The compiled rules of a set."""

    __slots__ = ("applicable", "group", "needs_taken")

    def __init__(self, group: Group | None) -> None:
        #: Its rules and their logic; None: it has none.
        self.group = group
        #: Gives the lines that the rules say the discount is for.
        self.applicable = () if group is None else tuple(_applicable_choices(group))
        #: Whether it can be decided only once the discount is worked out.
        self.needs_taken = group is not None and group.needs_taken

    def holds(self, facts: Facts) -> bool:
        """Whether they hold; where `needs_taken`, the facts have to say what is taken."""
        return self.group is None or self.group.holds(facts, None)

    def violation(self, rule: ValidationRule, facts: Facts) -> Violation | None:
        """Which rule fails, and the value that it compared; None: they hold.

        Where `needs_taken`, the facts have to say what is taken.
        """
        group = self.group
        if group is None or group.holds(facts, None):
            return None
        failed, value = _find_blamed(group, group.logic, facts, None, wanted=True)
        return Violation(
            rule_id=rule.id,
            name=failed.name,
            number=failed.number,
            conditions={name: _shorten(values) for name, values in failed.conditions.items()},
            value=value,
            message=failed.message or rule.error_message,
        )


def _applicable_choices(group: Group) -> Iterator[Callable[[Facts], Sequence[Line]]]:
    """Those of the choosing rules that have a `discount_applicable` within them."""
    for rule in group.rules.values():
        if rule.within is None:
            continue
        yield from _applicable_choices(rule.within)
        within = rule.within.rules.values()
        if rule.choose is not None and any(_says_applicable(each) for each in within):
            yield rule.choose


def _says_applicable(rule: Rule) -> bool:
    return rule.name.endswith(".discount_applicable") and flag_of(rule.conditions)


@remember_results(700_000)
def compile_rules(definition: str) -> RuleSet:
    """The rules of a definition (the JSON text of `ValidationRule.definition`)."""
    return RuleSet(_group(msgspec.json.decode(definition), "", DEPTH_MAX))


def _group(rules: Any, prefix: str, levels: int) -> Group | None:
    """The rules of one level; None: there are none."""
    if not isinstance(rules, dict):
        return None
    made = {
        number: _rule(prefix + number, rule, levels)
        for number, rule in rules.items()
        if number != "logic" and isinstance(rule, dict)
    }
    if not made:
        return None
    try:
        logic = logic_of(rules.get("logic"), made)
    except LogicError:
        logic = Expression("rule", number="?")
    return Group(logic, made, _compile_logic(logic, made))


def _compile_logic(logic: Expression, rules: Mapping[str, Rule]) -> Holds:
    if logic.join == "rule":
        rule = rules.get(logic.number)
        return _never if rule is None else rule.holds
    parts = [_compile_logic(part, rules) for part in logic.parts]
    if logic.join == "not":
        [negated] = parts
        return lambda facts, chosen: not negated(facts, chosen)
    if len(parts) == 2:
        one, other = parts
        if logic.join == "and":
            return lambda facts, chosen: one(facts, chosen) and other(facts, chosen)
        return lambda facts, chosen: one(facts, chosen) or other(facts, chosen)
    if logic.join == "and":
        return lambda facts, chosen: all(part(facts, chosen) for part in parts)
    return lambda facts, chosen: any(part(facts, chosen) for part in parts)


def _never(_: Facts, __: Chosen | None) -> bool:
    return False


def _rule(number: str, rule: dict[str, Any], levels: int) -> Rule:
    name = str(rule.get("name"))
    conditions = rule.get("conditions") or {}
    error = rule.get("error")
    message = error.get("message") if isinstance(error, dict) else None
    made = Rule(
        number=number,
        name=dotted_name(name),
        conditions=conditions if isinstance(conditions, dict) else {},
        message=message if isinstance(message, str) and message else None,
        holds=_never,
        found=lambda _, __: None,
    )
    if levels == 0 or not all(isinstance(values, list) for values in made.conditions.values()):
        return made
    within = _group(rule.get("rules"), f"{number}.", levels - 1)
    property_name = rule.get("property")
    meant = find_name(name)
    try:
        if isinstance(meant, Plain):
            return _about_request(made, meant, property_name, within)
        if isinstance(meant, OfLine):
            return _about_line(made, meant, property_name, within)
        if isinstance(meant, Choosing):
            return _choosing_rule(made, meant, property_name, within)
    except (ValueError, KeyError, IndexError, TypeError, AttributeError):
        return made
    return made


def _about_request(rule: Rule, meant: Plain, name: str | None, within: Group | None) -> Rule:
    def found(facts: Facts, _: Chosen | None) -> Any:
        if meant.kind == "segment":
            return [each for each in segment_ids_of(rule.conditions) if facts.in_segment(each)]
        value = meant.value(facts, name)
        return _PERSONAL if meant.personal and value is not None else _shorten(value)

    own = request_condition(meant, name, rule.conditions)
    return rule._replace(
        holds=_with(own, within),
        found=found,
        within=within,
        needs_taken=meant.needs == "taken",
    )


def _about_line(rule: Rule, meant: OfLine, name: str | None, within: Group | None) -> Rule:
    def found(facts: Facts, chosen: Chosen | None) -> Any:
        if chosen is not None:
            return _shorten(meant.value(facts, chosen, name))
        lines = facts.lines
        return _shorten([meant.value(facts, Chosen(lines, line), name) for line in lines])

    own = line_condition(meant, name, rule.conditions)
    return rule._replace(holds=_with(own, within), found=found, within=within)


def _with(own: Holds, within: Group | None) -> Holds:
    if within is None:
        return own
    inner = within.holds
    return lambda facts, chosen: own(facts, chosen) and inner(facts, chosen)


def _choosing_rule(rule: Rule, meant: Choosing, name: str | None, within: Group | None) -> Rule:
    choose = choice_of(meant, name, rule.conditions)
    inner = None if within is None else within.holds
    quantifier = meant.quantifier

    def met(facts: Facts, lines: Sequence[Line]) -> bool:
        """Whether one of the lines, or with `every` each of them, meets the rules within."""
        if inner is None:
            return bool(lines)
        how = all if quantifier == "every" else any
        return bool(lines) and how(inner(facts, Chosen(lines, line)) for line in lines)

    whole = whole_condition(meant, rule.conditions) if rule.conditions else None

    def holds(facts: Facts, _: Chosen | None) -> bool:
        if whole is not None and not whole(facts):
            return False
        lines = choose(facts)
        if whole is not None and inner is None:
            return True
        if quantifier == "none":
            return not met(facts, lines)
        if quantifier == "every" and len(lines) < len(facts.lines):
            return False
        return met(facts, lines)

    def found(facts: Facts, _: Chosen | None) -> Any:
        """What the order has: of each line the SKU, else the product."""
        names = ((*facts.skus(line)[:1], *facts.products(line)[:1]) for line in facts.lines)
        return _shorten([each[0] if each else None for each in names])

    return rule._replace(holds=holds, found=found, within=within, choose=choose)


def _find_blamed(
    group: Group, logic: Expression, facts: Facts, chosen: Chosen | None, *, wanted: bool
) -> tuple[Rule, Any]:
    """The rule that keeps the logic from being what is wanted, and what it was asked of."""
    if logic.join == "rule":
        rule = group.rules.get(logic.number)
        if rule is None:
            return Rule(logic.number, "", {}, None, _never, lambda _, __: None), None
        return _within(rule, facts, chosen) if wanted else (rule, rule.found(facts, chosen))
    if logic.join == "not":
        return _find_blamed(group, logic.parts[0], facts, chosen, wanted=not wanted)
    part = next(
        part
        for part in logic.parts
        if _compile_logic(part, group.rules)(facts, chosen) is not wanted
    )
    return _find_blamed(group, part, facts, chosen, wanted=wanted)


def _within(rule: Rule, facts: Facts, chosen: Chosen | None) -> tuple[Rule, Any]:
    """A rule that fails, or the one within it that makes it fail.

    One that says nothing of its own says what the one around it does.
    """
    found = _failing_within(rule, facts, chosen)
    if found is None:
        return rule, rule.found(facts, chosen)
    failed, value = found
    return (failed if failed.message else failed._replace(message=rule.message)), value


def _failing_within(rule: Rule, facts: Facts, chosen: Chosen | None) -> tuple[Rule, Any] | None:
    """The rule within it that fails, of the first of its lines where it chooses some."""
    group = rule.within
    if group is not None and rule.choose is not None:
        lines = rule.choose(facts)
        failing = (Chosen(lines, line) for line in lines)
        where = next((each for each in failing if not group.holds(facts, each)), None)
        if where is not None and not rule.name.endswith(".none"):
            return _find_blamed(group, group.logic, facts, where, wanted=True)
    elif group is not None and not group.holds(facts, chosen):
        return _find_blamed(group, group.logic, facts, chosen, wanted=True)
    return None


#: Stands for a personal value: records are kept in the clear.
_PERSONAL: Final = "(personal)"


def _shorten(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return [_shorten(each) for each in value[:TOLD_MAX]]
    return value[:TOLD_LENGTH_MAX] if isinstance(value, str) else value
