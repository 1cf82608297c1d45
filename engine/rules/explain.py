"""What becomes of every rule of a set, for whoever builds it: whether it holds, and what it found.

A refusal names the one rule that decides (engine/rules/compile.py); here each is asked for itself.
A rule within one that chooses lines is asked of each of those, and holds where one of them meets it,
or, within `every`, where all do.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

import msgspec

from engine.rules.compile import Group, Rule, compile_rules
from engine.rules.facts import Facts
from engine.rules.name_kinds import Chosen

#: Of how many lines it is told what a rule found.
LINES_TOLD_MAX: Final = 100


class LineTried(NamedTuple):
    """What became of a rule for one line, by its place in the order."""

    place: int
    holds: bool
    found: Any


class RuleTried(NamedTuple):
    """What became of one rule."""

    rule: Rule
    #: Where it stands in the set: `.rules.1.rules.2`.
    path: str
    property: str | None
    holds: bool
    #: What its conditions were asked of.
    found: Any
    #: For one within a rule that chooses lines, those; for one that chooses, which it chose.
    lines: tuple[LineTried, ...] | None = None


class _Around(NamedTuple):
    """The lines that the rule around chose, and whether all of them have to meet its rules."""

    chosen: Sequence[Chosen]
    every: bool


def explain_rules(definition: str, facts: Facts) -> list[RuleTried]:
    """Each rule of a definition that was checked, in its order; those within after the one around."""
    group = compile_rules(definition).group
    if group is None:
        return []
    return list(_explain_group(group, msgspec.json.decode(definition), ".rules", facts, None))


def _explain_group(
    group: Group, rules: Mapping[str, Any], path: str, facts: Facts, around: _Around | None
) -> Iterator[RuleTried]:
    for number, rule in group.rules.items():
        said, own_path = rules[number], f"{path}.{number}"
        # what chooses lines does so among all of the order, wherever it stands
        tried = _try_rule(rule, facts, None if rule.choose is not None else around)
        yield tried._replace(path=own_path, property=said.get("property"))
        if rule.within is None:
            continue
        inner = around
        if rule.choose is not None:
            lines = rule.choose(facts)
            chosen = [Chosen(lines, line) for line in lines]
            inner = _Around(chosen, rule.name.endswith(".every"))
        yield from _explain_group(rule.within, said["rules"], f"{own_path}.rules", facts, inner)


def _try_rule(rule: Rule, facts: Facts, around: _Around | None) -> RuleTried:
    if around is None:
        lines = None if rule.choose is None else tuple(_lines_chosen(rule, facts))
        holds = rule.holds(facts, None)
        return RuleTried(rule, "", None, holds, rule.found(facts, None), lines)
    each = [rule.holds(facts, chosen) for chosen in around.chosen]
    places = _places_of(facts)
    told = tuple(
        LineTried(places[id(chosen.line)], holds, rule.found(facts, chosen))
        for chosen, holds in zip(around.chosen[:LINES_TOLD_MAX], each, strict=False)
    )
    holds = bool(each) and (all(each) if around.every else any(each))
    return RuleTried(rule, "", None, holds, [line.found for line in told], told)


def _lines_chosen(rule: Rule, facts: Facts) -> Iterator[LineTried]:
    """The lines that a rule chooses, and whether each meets the rules within it."""
    assert rule.choose is not None
    lines, places = rule.choose(facts), _places_of(facts)
    for line in lines[:LINES_TOLD_MAX]:
        met = rule.within is None or rule.within.holds(facts, Chosen(lines, line))
        yield LineTried(places[id(line)], met, None)


def _places_of(facts: Facts) -> dict[int, int]:
    return {id(line): place for place, line in enumerate(facts.lines)}
