"""The tree that a form of the builder holds, after what its button asked for.

Each part of the tree is named by a hidden field `part` (`set:ID:RULE`, `group:ID:PARENT`,
`rule:ID:PARENT`), in the order of the page, and its own fields by its id.
"""

from collections.abc import Mapping
from dataclasses import replace
from itertools import count
from typing import Any

from starlette.datastructures import FormData

from engine.rules.logic import LogicError, numbers_in, parse_logic
from services.dashboard.parts.numbers import read_whole
from services.dashboard.parts.show import Show
from services.dashboard.sections.rules.catalogue import Catalogue, Operator
from services.dashboard.sections.rules.editing import change, ids_after
from services.dashboard.sections.rules.form_text import read_json, text_of
from services.dashboard.sections.rules.tree import (
    Condition,
    Group,
    Rule,
    RuleSet,
    place_rules,
)
from services.dashboard.sections.rules.values import THINGS, read_values


def read_tree(form: FormData, catalogue: Catalogue, show: Show) -> tuple[RuleSet, dict[str, str]]:
    """The tree, and what is wrong with the texts of its logic by the names of their fields."""
    sets: dict[str, RuleSet] = {}
    groups: dict[str, Group] = {}
    rules: dict[str, Rule] = {}
    root: RuleSet | None = None
    for said in form.getlist("part"):
        kind, number, parent = (*str(said).split(":"), "", "")[:3]
        if read_whole(number) is None:
            continue
        if kind == "set":
            made = _read_set(form, number)
            sets[number] = made
            if parent in rules:
                rules[parent].within = made
            root = root or made
        elif kind == "group":
            group = _read_group(form, number)
            groups[number] = group
            _hang_group(group, parent, sets, groups)
        elif parent in groups:
            rules[number] = _read_rule(form, number, catalogue, show)
            groups[parent].parts.append(rules[number])
    if root is None:
        root = RuleSet(1, Group(2), Group(3, "spare"))
    return root, _take_logic(form, root, sets)


def do_asked(rules: RuleSet, asked: str) -> None:
    """Does what a button asks for: `up:12`, `uncondition:12:1`."""
    verb, number, at = (*asked.split(":"), "", "")[:3]
    part = read_whole(number)
    if part is not None:
        change(rules, verb, part, read_whole(at) or 0)


def _read_set(form: FormData, number: str) -> RuleSet:
    text = form.get(f"logicwas-{number}")
    # ids below zero are those of roots that the form does not name; it names them both
    return RuleSet(int(number), Group(-1), Group(-2, "spare"), None if text is None else str(text))


def _read_group(form: FormData, number: str) -> Group:
    join = text_of(form, f"join-{number}")
    if join == "or":
        return Group(int(number), "or")
    if join == "not":
        return Group(int(number), "not")
    return Group(int(number), "spare" if join == "spare" else "and")


def _hang_group(
    group: Group, parent: str, sets: Mapping[str, RuleSet], groups: Mapping[str, Group]
) -> None:
    if parent in sets and group.join == "spare":
        sets[parent].spare = group
    elif parent in sets:
        sets[parent].root = group
    elif parent in groups:
        groups[parent].parts.append(group)


def _read_rule(form: FormData, number: str, catalogue: Catalogue, show: Show) -> Rule:
    raw = read_json(form, f"raw-{number}")
    name, was = text_of(form, f"field-{number}"), text_of(form, f"was-{number}")
    rule = Rule(
        int(number),
        text_of(form, f"number-{number}") or number,
        name,
        text_of(form, f"property-{number}"),
        message=text_of(form, f"message-{number}"),
        raw=raw,
    )
    found = catalogue.field(name)
    is_other = catalogue.field(was).kind != found.kind
    if not found.needs_property:
        rule.property = str(raw.get("property") or "") if not is_other else ""
    conditions = [] if is_other else _read_conditions(form, rule, catalogue, show)
    operators = catalogue.operators(found.kind)
    if not conditions and not found.conditions_optional and operators:
        # A count is there to be limited, an amount to be reached.
        usual = "$less_than_or_equal" if found.group == "budget" else "$more_than_or_equal"
        best = next((each for each in operators if each.name == usual), operators[0])
        first = operators[0] if found.kind == "any" else best
        conditions = [Condition(first.name, _typed_meanwhile(form, rule, first, show))]
    rule.conditions = conditions
    if found.about != "lines":
        rule.within = None
    return rule


def _typed_meanwhile(form: FormData, rule: Rule, operator: Operator, show: Show) -> list[Any]:
    """What was typed as the value before the page showed that the rule is about something else."""
    place = f"{rule.id}-0"
    texts = _texts(form, place)
    if operator.value in THINGS or f"shown-{place}" not in form:
        return []
    shown = str(form.get(f"shown-{place}")).splitlines()
    return [] if texts == shown else read_values(texts, operator, "", show, ())


def _read_conditions(
    form: FormData, rule: Rule, catalogue: Catalogue, show: Show
) -> list[Condition]:
    kind = catalogue.field(rule.name).kind
    asked = text_of(form, f"conditions-{rule.id}")
    known: Mapping[str, Any] = rule.raw.get("conditions") or {}
    found: list[Condition] = []
    for at in range(min(read_whole(asked) or 0, 20)):
        place = f"{rule.id}-{at}"
        name = text_of(form, f"op-{place}")
        operator = catalogue.operator(kind, name)
        before = catalogue.operator(kind, text_of(form, f"opwas-{place}"))
        texts = _texts(form, place)
        if (operator.value, operator.takes) != (before.value, before.takes):
            texts = ["true"] if operator.takes == "flag" else []
        first = catalogue.first_object(kind)
        values = read_values(texts, operator, first, show, known.get(name, ()))
        if name:
            found.append(Condition(name, values))
    return found


def _texts(form: FormData, place: str) -> list[str]:
    """What a condition is asked with: fields of hours and periods make one value."""
    if f"from-{place}" in form:
        days = ",".join(str(each) for each in form.getlist(f"days-{place}"))
        said = [text_of(form, f"from-{place}"), text_of(form, f"to-{place}")]
        return [";".join([*said, days] if days else said)] if all(said) else []
    lines = (str(each).splitlines() for each in form.getlist(f"value-{place}"))
    return [line for each in lines for line in each]


def _take_logic(form: FormData, root: RuleSet, sets: Mapping[str, RuleSet]) -> dict[str, str]:
    """Has the text of the logic, where somebody changed it, say where the rules stand."""
    errors: dict[str, str] = {}
    for number, rules in sets.items():
        text, was = text_of(form, f"logic-{number}"), text_of(form, f"logicshown-{number}")
        if not text or text == was:
            continue
        known = {rule.number: rule for rule in rules.rules()}
        try:
            said = parse_logic(text)
        except LogicError as fault:
            errors[f"logic-{number}"] = f"The logic {fault}"
            continue
        unknown = sorted(set(numbers_in(said)) - set(known))
        if unknown:
            errors[f"logic-{number}"] = f"There is no rule {', '.join(unknown)}"
            continue
        used: set[str] = set()
        ids = count(next(ids_after(root)))

        def take(
            name: str,
            known: Mapping[str, Rule] = known,
            used: set[str] = used,
            ids: "count[int]" = ids,
        ) -> Rule:
            rule = known[name]
            if name in used:
                # named once more: it stands there once more, and is written as one
                return replace(rule, id=next(ids), within=None)
            used.add(name)
            return rule

        rules.root = Group(rules.root.id)
        place_rules(rules, said, take, known, ids)
        rules.text = text
    return errors
