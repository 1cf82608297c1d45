"""What the buttons of the builder do to a tree: add, move, nest, copy, remove."""

import copy
from collections.abc import Iterator
from itertools import count

from services.dashboard.sections.rules.tree import (
    Condition,
    Group,
    Ids,
    Rule,
    RuleSet,
    every_rule,
    rules_in,
)

#: The rule that a new one begins as.
FIRST: tuple[str, str] = ("order.amount", "$more_than_or_equal")
FIRST_WITHIN: tuple[str, str] = ("order.items.quantity", "$more_than_or_equal")


def new_set(ids: Ids, *, is_within: bool = False) -> RuleSet:
    """A set with one rule to begin with."""
    rules = RuleSet(next(ids), Group(next(ids)), Group(next(ids), "spare"))
    rules.root.parts.append(new_rule(rules, ids, is_within=is_within))
    return rules


def new_rule(rules: RuleSet, ids: Ids, *, is_within: bool) -> Rule:
    """One more rule with the next free number."""
    name, operator = FIRST_WITHIN if is_within else FIRST
    return Rule(
        next(ids), next_number(rules), name, conditions=[Condition(operator, [])], raw={"name": ""}
    )


def next_number(rules: RuleSet) -> str:
    """A number above all that are taken."""
    taken = [int(each.number) for each in rules.rules() if each.number.isdecimal()]
    return str(max(taken, default=0) + 1)


def ids_after(rules: RuleSet) -> Ids:
    """Ids that nothing in the tree has."""
    return count(max(_ids(rules)) + 1)


def change(rules: RuleSet, verb: str, number: int, at: int = 0) -> None:
    """Does what a button says to the part with that id. What is not there stays as it is."""
    ids = ids_after(rules)
    for each in every_set(rules):
        part, holder = _find(each, number)
        if part is None:
            continue
        if isinstance(part, Group):
            _change_group(each, part, verb, ids, is_within=each is not rules)
        else:
            _change_rule(part, verb, ids, at)
        if holder is not None:
            _change_place(each, holder, part, verb, ids)
        return


def every_set(rules: RuleSet) -> Iterator[RuleSet]:
    """The set, and those within its rules."""
    yield rules
    for rule in every_rule(rules):
        if rule.within is not None:
            yield rule.within


def _change_group(rules: RuleSet, group: Group, verb: str, ids: Ids, *, is_within: bool) -> None:
    if verb == "rule":
        group.parts.append(new_rule(rules, ids, is_within=is_within))
    elif verb == "group":
        inner = Group(next(ids), "or" if group.join == "and" else "and")
        group.parts.append(inner)
        inner.parts.append(new_rule(rules, ids, is_within=is_within))


def _change_rule(rule: Rule, verb: str, ids: Ids, at: int) -> None:
    if verb == "condition":
        rule.conditions.append(Condition("", []))
    elif verb == "uncondition" and at < len(rule.conditions):
        rule.conditions.pop(at)
    elif verb == "within" and rule.within is None:
        rule.within = new_set(ids, is_within=True)
    elif verb == "without":
        rule.within = None


def _change_place(rules: RuleSet, holder: Group, part: Rule | Group, verb: str, ids: Ids) -> None:
    at = _place_in(holder, part)
    if verb == "remove":
        holder.parts.pop(at)
    elif verb == "nest":
        holder.parts[at] = Group(next(ids), "or" if holder.join == "and" else "and", [part])
    elif verb == "copy":
        holder.parts.insert(at + 1, _copied(rules, part, ids))
    elif verb == "use":
        holder.parts.pop(at)
        rules.root.parts.append(part)
    elif verb in ("up", "down"):
        _move(rules, holder, at, up=verb == "up")


def _move(rules: RuleSet, holder: Group, at: int, *, up: bool) -> None:
    """One place further, into the group that stands there, or out of the one that ends there."""
    part = holder.parts.pop(at)
    to = at - 1 if up else at
    beside = holder.parts[to] if 0 <= to < len(holder.parts) else None
    if isinstance(beside, Group) and isinstance(part, Rule):
        beside.parts.insert(len(beside.parts) if up else 0, part)
    elif beside is not None:
        holder.parts.insert(at - 1 if up else at + 1, part)
    else:
        outer = _holder_of(rules.root, holder)
        if outer is None:
            holder.parts.insert(at, part)
        else:
            outer.parts.insert(_place_in(outer, holder) + (0 if up else 1), part)


def _copied(rules: RuleSet, part: Rule | Group, ids: Ids) -> Rule | Group:
    """The same with ids and numbers of its own."""
    found = copy.deepcopy(part)
    inside = [found] if isinstance(found, Rule) else list(rules_in(found))
    first = int(next_number(rules))
    for at, rule in enumerate(inside):
        rule.number = str(first + at)
    _name_anew(found, ids)
    return found


def _name_anew(part: Rule | Group | RuleSet, ids: Ids) -> None:
    part.id = next(ids)
    if isinstance(part, RuleSet):
        _name_anew(part.root, ids)
        _name_anew(part.spare, ids)
    elif isinstance(part, Group):
        for each in part.parts:
            _name_anew(each, ids)
    elif part.within is not None:
        _name_anew(part.within, ids)


def _find(rules: RuleSet, number: int) -> tuple[Rule | Group | None, Group | None]:
    """The part with that id in a set, without those within, and the group that holds it."""
    for root in (rules.root, rules.spare):
        if root.id == number:
            return root, None
        for group in _groups(root):
            for part in group.parts:
                if part.id == number:
                    return part, group
    return None, None


def _groups(group: Group) -> Iterator[Group]:
    yield group
    for part in group.parts:
        if isinstance(part, Group):
            yield from _groups(part)


def _holder_of(root: Group, inner: Group) -> Group | None:
    return next((each for each in _groups(root) if any(part is inner for part in each.parts)), None)


def _place_in(holder: Group, part: Rule | Group) -> int:
    return next(at for at, each in enumerate(holder.parts) if each is part)


def _ids(rules: RuleSet) -> Iterator[int]:
    for each in every_set(rules):
        yield each.id
        for root in (each.root, each.spare):
            for group in _groups(root):
                yield group.id
                yield from (part.id for part in group.parts)
