"""A set of rules as a tree: its logic as groups of rules, from and to what the API has.

What is read and not changed is written as it was: numbers, the text of the logic, how values are
written, rules that the logic does not name. A rule that the logic names twice stands twice; as long
as the two are the same, they are written as one.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Any, Final, Literal

from engine.rules.logic import Expression, LogicError, all_of, logic_of, parse_logic

Join = Literal["and", "or", "not", "spare"]
Ids = Iterator[int]
#: Members of a rule that are fields of their own here.
_OWN: Final = frozenset({"name", "property", "conditions", "error", "rules"})


@dataclass(slots=True)
class Condition:
    """An operator and its values, as the API has them."""

    operator: str
    values: list[Any]


@dataclass(slots=True)
class Rule:
    """One rule; `raw` is what the API gave, without the rules within."""

    id: int
    number: str
    name: str
    property: str = ""
    conditions: list[Condition] = field(default_factory=list)
    message: str = ""
    within: "RuleSet | None" = None
    raw: Mapping[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Group:
    """Rules and groups, and how they are joined: all of them, any, none; `spare`: not asked."""

    id: int
    join: Join = "and"
    parts: "list[Rule | Group]" = field(default_factory=list)


@dataclass(slots=True)
class RuleSet:
    """Rules with their logic: of a whole set, or of the lines that a rule chooses."""

    id: int
    root: Group
    spare: Group
    #: The logic as it was written; None: it was not.
    text: str | None = None

    def rules(self) -> Iterator[Rule]:
        """Its rules in their order, without those within."""
        yield from rules_in(self.root)
        yield from rules_in(self.spare)


def rules_in(group: Group) -> Iterator[Rule]:
    """The rules of a group and of its groups."""
    for part in group.parts:
        if isinstance(part, Rule):
            yield part
        else:
            yield from rules_in(part)


def every_rule(rules: RuleSet) -> Iterator[Rule]:
    """All rules, those within included."""
    for rule in rules.rules():
        yield rule
        if rule.within is not None:
            yield from every_rule(rule.within)


def read_rules(rules: Mapping[str, Any], ids: Ids | None = None) -> RuleSet:
    """The tree of what the API has."""
    ids = count(1) if ids is None else ids
    text = rules.get("logic")
    numbers = [number for number in rules if number != "logic"]
    try:
        logic = logic_of(text, numbers)
    except LogicError:
        logic = all_of(numbers)
    found = RuleSet(next(ids), Group(next(ids)), Group(next(ids), "spare"), text)
    known = {number: rules[number] for number in numbers}
    place_rules(found, logic, lambda number: _read_rule(number, known[number], ids), known, ids)
    return found


def place_rules(
    rules: RuleSet, logic: Expression, make: Any, numbers: Mapping[str, Any], ids: Ids
) -> None:
    """Puts rules where the logic has them; those that it does not name are spare."""
    used: set[str] = set()

    def place(said: Expression) -> "Rule | Group | None":
        if said.join == "rule":
            if said.number not in numbers:
                return None
            used.add(said.number)
            rule: Rule = make(said.number)
            return rule
        inner = said.parts[0] if said.join == "not" else said
        parts = inner.parts if said.join != "not" or inner.join == "or" else (inner,)
        placed = [place(each) for each in parts]
        return Group(next(ids), said.join, [each for each in placed if each is not None])

    whole = place(logic)
    if isinstance(whole, Group):
        rules.root = whole
    else:
        rules.root.parts = [whole] if whole is not None else []
    rules.spare.parts = [make(number) for number in numbers if number not in used]


def _read_rule(number: str, rule: Mapping[str, Any], ids: Ids) -> Rule:
    within, error = rule.get("rules"), rule.get("error")
    conditions = rule.get("conditions") or {}
    return Rule(
        next(ids),
        number,
        str(rule.get("name") or ""),
        str(rule.get("property") or ""),
        [Condition(each, list(values)) for each, values in conditions.items()],
        str((error.get("message") if isinstance(error, Mapping) else error) or ""),
        read_rules(within, ids) if isinstance(within, Mapping) and within else None,
        {name: value for name, value in rule.items() if name != "rules" or not value},
    )


def write_rules(rules: RuleSet) -> dict[str, Any]:
    """The same as the API takes it."""
    body: dict[str, Any] = {}
    for rule in rules.rules():
        body.setdefault(rule.number, write_rule(rule))
    logic = logic_text(rules)
    if logic is not None:
        body["logic"] = logic
    return body


def write_rule(rule: Rule) -> dict[str, Any]:
    """One rule as the API takes it; members that are not said stay as they were."""
    raw = rule.raw
    body = {"name": rule.name} | {name: raw[name] for name in raw if name not in _OWN}
    if rule.property or raw.get("property") in ("", None):
        said = rule.property or raw.get("property")
        body |= {"property": said} if rule.property or "property" in raw else {}
    conditions = {each.operator: each.values for each in rule.conditions}
    if conditions or "conditions" in raw:
        body["conditions"] = conditions or (
            {} if raw.get("conditions") else raw.get("conditions", {})
        )
    error = raw.get("error")
    was = str((error.get("message") if isinstance(error, Mapping) else error) or "")
    if "error" in raw and was == rule.message:
        body["error"] = error
    elif rule.message:
        body["error"] = {"message": rule.message}
    if rule.within is not None and any(rule.within.rules()):
        body["rules"] = write_rules(rule.within)
    elif "rules" in raw:
        body["rules"] = raw["rules"]
    return body


def logic_text(rules: RuleSet) -> str | None:
    """The logic as text: as it was written while it still says the same, else anew."""
    meant = expression_of(rules.root)
    numbers = [rule.number for rule in rules.rules()]
    if rules.text is None or not rules.text.strip():
        says_all = meant == _plain(all_of(dict.fromkeys(numbers)))
        if says_all or meant is None:
            return rules.text
    else:
        try:
            if parse_logic(rules.text) == meant:
                return rules.text
        except LogicError:
            pass
    return "" if meant is None else say_logic(meant)


def _plain(said: Expression) -> Expression | None:
    return None if said.join == "and" and not said.parts else said


def expression_of(part: Rule | Group) -> Expression | None:
    """What a part of the tree says; None: nothing is in it."""
    if isinstance(part, Rule):
        return Expression("rule", part.number)
    said = tuple(each for each in map(expression_of, part.parts) if each is not None)
    if not said:
        return None
    if part.join == "not":
        inner = said[0] if len(said) == 1 else Expression("or", parts=said)
        return Expression("not", parts=(inner,))
    if len(said) == 1:
        return said[0]
    return Expression("or" if part.join == "or" else "and", parts=said)


def say_logic(said: Expression) -> str:
    """The text of a logic, with no more parentheses than it needs."""
    if said.join == "rule":
        return said.number
    if said.join == "not":
        return f"not {_within(said.parts[0], ('rule', 'not'))}"
    bare = ("rule", "not", "and") if said.join == "or" else ("rule", "not")
    return f" {said.join} ".join(_within(each, bare) for each in said.parts)


def _within(said: Expression, bare: tuple[str, ...]) -> str:
    text = say_logic(said)
    return text if said.join in bare else f"({text})"


def find_by_path(rules: RuleSet, path: str) -> Rule | None:
    """The rule that a path of the API names: `.rules.1.rules.2.conditions.$is`."""
    steps = path.split(".")
    found: Rule | None = None
    within: RuleSet | None = rules
    for at in range(len(steps) - 1):
        if steps[at] != "rules" or within is None:
            continue
        rule = next((each for each in within.rules() if each.number == steps[at + 1]), None)
        if rule is None:
            return found
        found, within = rule, rule.within
    return found
