"""The conditions of one rule, made into tests: of the request, of a line, or of which lines.

Conditions of a rule hold together. Whatever is not well formed (engine/rules/check.py lets nothing
of the kind in) holds for nobody.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from engine.kernel.calendar import Moment
from engine.pricing.basket import Line
from engine.rules.date_tests import Test
from engine.rules.facts import Facts, is_plain
from engine.rules.matching import Match, match_of
from engine.rules.name_kinds import Choosing, Chosen, OfLine, Plain
from engine.rules.operators import OPERATORS
from engine.rules.place_tests import PLACES
from engine.rules.places import with_locations
from engine.rules.refs import COLLECTION, ref_of

#: Whether a rule's own conditions hold; the chosen lines are those of the rule that it is within.
Holds = Callable[[Facts, Chosen | None], bool]
Conditions = Mapping[str, Sequence[Any]]

#: What is asked of the ids of all lines as a whole, not of those of one line.
WHOLE: Final = frozenset(
    {"$count", "$count_more", "$count_less", "$from", "$not_differ", "$not_intersect"}
)
#: An order without lines has one value, which is missing.
_NO_LINES: Final = (None,)
_NEGATIVE: Final = frozenset({"$is_not", "$not_in"})


def test_of(conditions: Conditions) -> Test:
    """Whether a value meets all conditions. Raises ValueError, KeyError or IndexError."""
    tests = [OPERATORS[name].make(values) for name, values in conditions.items()]
    if len(tests) == 1:
        return tests[0]

    def test(value: Any, now: Moment) -> bool:
        return all(each(value, now) for each in tests)

    return test


def request_condition(named: Plain, name: str | None, conditions: Conditions) -> Holds:
    """Whether the request meets the conditions; of several values any or each, as the name says."""
    if named.kind == "segment":
        return _of_segments(conditions)
    if named.kind == "flag":
        wanted = flag_of(conditions)
        return lambda facts, _: not wanted or named.value(facts, name) is True
    test, value = test_of(conditions), _with_locations(named.value, conditions)
    if named.quantifier == "any":
        return lambda facts, _: any(
            test(each, facts.moment) for each in value(facts, name) or _NO_LINES
        )
    if named.quantifier == "each":
        return lambda facts, _: all(
            test(each, facts.moment) for each in value(facts, name) or _NO_LINES
        )
    return lambda facts, _: test(value(facts, name), facts.moment)


def line_condition(named: OfLine, name: str | None, conditions: Conditions) -> Holds:
    """Conditions about a line; where none was chosen, about any of the order."""
    if named.kind == "flag":
        wanted = flag_of(conditions)

        def test(facts: Facts, chosen: Chosen) -> bool:
            return not wanted or named.value(facts, chosen, name) is True
    else:
        meets, value = test_of(conditions), _with_locations(named.value, conditions)

        def test(facts: Facts, chosen: Chosen) -> bool:
            return meets(value(facts, chosen, name), facts.moment)

    def holds(facts: Facts, chosen: Chosen | None) -> bool:
        if chosen is not None:
            return test(facts, chosen)
        lines = facts.lines
        return any(test(facts, Chosen(lines, line)) for line in lines)

    return holds


def choice_of(
    named: Choosing, name: str | None, conditions: Conditions
) -> Callable[[Facts], Sequence[Line]]:
    """The lines that meet the conditions, of those that the name looks at."""
    meets = _line_test(named, name, conditions)
    among = named.among

    def choose(facts: Facts) -> Sequence[Line]:
        lines: Sequence[Line] = facts.lines
        if among is not None:
            found = among(facts.lines)
            lines = () if found is None else (found,)
        return [line for line in lines if meets(facts, line)]

    return choose


def whole_condition(named: Choosing, conditions: Conditions) -> Callable[[Facts], bool] | None:
    """The conditions that are asked of the ids of all lines together; None: there are none."""
    if named.kind != "list" or named.value is None:
        return None
    value = named.value
    refs = [ref for values in conditions.values() for each in values if (ref := ref_of(each))]
    test = test_of(
        {
            name: [each if (ref := ref_of(each)) is None else ref.id for each in values]
            for name, values in conditions.items()
        }
    )
    asked = {other: ref.id for ref in refs for other in (ref.id, ref.source_id) if other}
    said = named.said if all(each.startswith(("prod_", "sku_")) for each in asked) else None
    collections = [ref.id for ref in refs if ref.object == COLLECTION]

    def of_collection(facts: Facts, line: Line) -> str | None:
        return next((each for each in collections if facts.in_collection(each, line)), None)

    def holds(facts: Facts) -> bool:
        found: dict[str, None] = {}
        for line in facts.lines:
            if said is not None and is_plain(line.item):  # of which no source id is asked for
                one = getattr(line.item, said)
                if one is not None:
                    found[one] = None
                continue
            names = value(facts, line, None)
            if names:
                one = next((asked[each] for each in names if each in asked), None)
                found[one or of_collection(facts, line) or names[0]] = None
        return test(list(found) or None, facts.moment)

    return holds


def _with_locations(value: Callable[..., Any], conditions: Conditions) -> Callable[..., Any]:
    """The value; for conditions on places, one that knows the project's locations."""
    if PLACES.isdisjoint(conditions):
        return value
    return lambda facts, *named: with_locations(facts.view, value(facts, *named))


def flag_of(conditions: Conditions) -> bool:
    """Whether something is demanded: `$is [true]`; `$is [false]` asks for nothing."""
    return all(
        (values[0] in (True, "true")) is (name == "$is") for name, values in conditions.items()
    )


def segment_ids_of(conditions: Conditions) -> tuple[str, ...]:
    """The ids of the segments that conditions name."""
    refs = (ref_of(each) for values in conditions.values() for each in values)
    return tuple(ref.id for ref in refs if ref is not None)


def _of_segments(conditions: Conditions) -> Holds:
    asked = [(name in _NEGATIVE, segment_ids_of({name: each})) for name, each in conditions.items()]

    def holds(facts: Facts, _: Chosen | None) -> bool:
        return all(any(map(facts.in_segment, ids)) is not negative for negative, ids in asked)

    return holds


def _line_test(named: Choosing, name: str | None, conditions: Conditions) -> Match:
    """Whether a line is chosen by itself."""
    if named.kind == "any" and named.value is not None and conditions:
        value, test = _with_locations(named.value, conditions), test_of(conditions)
        return lambda facts, line: test(value(facts, line, name), facts.moment)
    own = {each: values for each, values in conditions.items() if each not in WHOLE}
    if not own:
        return lambda _, __: True
    if named.kind == "list" and not _NEGATIVE.issuperset(own) and not own.keys() <= {"$is", "$in"}:
        of_list = named.value
        assert of_list is not None
        texts = test_of(own)
        return lambda facts, line: texts(list(of_list(facts, line, name)), facts.moment)
    matches = [
        (each in _NEGATIVE, match_of(ref for value in values if (ref := ref_of(value))))
        for each, values in own.items()
    ]
    if len(matches) == 1 and not matches[0][0]:
        return matches[0][1]
    return lambda facts, line: all(
        match(facts, line) is not negative for negative, match in matches
    )
