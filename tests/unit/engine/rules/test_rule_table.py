"""Each rule name with each operator, as data (`rule_table.json`): a value that meets it, one that
does not, and none at all. A pair that the table does not have is refused."""

from pathlib import Path
from typing import Any, Literal

import msgspec
import pytest
from msgspec import Struct, field

from engine.kernel import tables
from engine.kernel.geo import make_point
from engine.rules.check import wrong_rules
from engine.rules.facts import Facts
from engine.rules.name_kinds import Choosing, OfLine, Plain
from engine.rules.names import CHOOSING, OF_LINE, PLAIN
from engine.rules.operators import OPERATORS
from schemas.api import ProductInput
from schemas.locations import Circle, Location
from tests.unit.engine.rule_world import (
    MUG,
    customer,
    everything_known,
    facts,
    line,
    of_campaign,
    one,
    order,
    state,
    violation,
)
from tests.unit.engine.world import NOON

NAMES: dict[str, Plain | OfLine | Choosing] = {**PLAIN, **OF_LINE, **CHOOSING}
METADATA = {
    "number": 7,
    "text": "blue moon",
    "date": "2025-01-13T18:30:00Z",
    "ahead": "2025-01-18T01:00:00Z",
    "list": ["a", "b"],
    "place": {"lat": 52.1, "lon": 21.0},
}


class Row(Struct, frozen=True, forbid_unknown_fields=True):
    """Values that make the operator hold, and not; of numbers, what is added to the value."""

    met: list[Any]
    missed: list[Any] | None = None
    #: Which of the two a missing value meets.
    missing: Literal["met", "missed", "both"] | None = None


class Name(Struct, frozen=True, forbid_unknown_fields=True, rename={"classes": "as"}):
    """What a name's value is in the request of which everything is known."""

    kind: str
    #: Classes of values: properties of metadata, or the one that its value has.
    classes: list[str]
    value: int | None = None
    #: What a request about nothing has: no value, no line to have one, 0; or it has the value.
    missing: Literal["value", "nothing", "zero", "never"] = "value"


class Table(Struct, frozen=True, forbid_unknown_fields=True):
    """The file."""

    #: Kind of value → the operators that fit it.
    fits: dict[str, list[str]]
    conditions: dict[str, dict[str, Row]]
    names: dict[str, Name] = field(default_factory=dict)


TABLE = msgspec.json.decode(
    (Path(__file__).parent / "rule_table.json").read_bytes(), type=Table, strict=True
)


def known(key_id: str, user: str | None) -> Facts:
    """A campaign's voucher, 10.00 off before it, for an order of one line: five mugs."""
    mugs = line(
        MUG, 5, 42_00, sku_id="sku_mug", metadata=METADATA, product=ProductInput(metadata=METADATA)
    )
    view = state()
    for location_id, lon in (("loc_near", 21.0), ("loc_far", 11.0)):
        circle = Circle("", "", make_point(lon, 52.0), 50_000)
        view.put(tables.LOCATIONS, Location(location_id, location_id, circle, NOON), location_id)
    before = everything_known(
        customer=customer(METADATA),
        redemption_metadata=METADATA,
        event_metadata=METADATA,
        voucher=of_campaign(),
        user=user,
    )
    return facts(
        order(mugs, metadata=METADATA, discount_amount=10_00),
        view,
        **{
            name: getattr(before, name)
            for name in ("customer", "redemption_metadata", "event_metadata", "voucher", "user")
        },
        key_id=key_id,
        taken=before.taken,
        pending=before.pending,
    )


KNOWN, NOTHING = known("app_1", "blue moon"), facts()
#: A key that asks by itself: where a user does, names of keys have no value.
BY_KEY = known("app_1", None)
#: A key and a person that go by a text of the table.
NAMED = known("blue moon", "blue moon")
NAMED_KEY = known("blue moon", None)


def facts_for(name: str, kind: str) -> Facts:
    """A request that has a value for the name."""
    if "api_key" in name:
        return NAMED_KEY if kind == "text" else BY_KEY
    return NAMED if kind == "text" else KNOWN


def met(name: str, operator: str, values: list[Any], at: Facts, key: str) -> bool:
    """Whether the condition holds; it has to be well formed, and to mean the same by the older
    name and, about a line, within a rule that chooses all lines."""
    rules = one(name, {operator: values}, property=key)
    assert list(wrong_rules(rules)) == [], (name, operator, values)
    found = violation(rules, at) is None
    same = [one(name.replace(".", "_"), {operator: values}, property=key)]
    if name in OF_LINE:
        same.append(one("order.items.any", {}, rules=rules))
    for each in same:
        assert (violation(each, at) is None) is found, (name, operator, values)
    return found


def asked(row: Row, entry: Name, kind: str, which: str, value: int | None) -> list[Any]:
    """The values of a condition; those of numbers are given as differences."""
    values = getattr(row, which)
    if kind != "number":
        return list(values)
    base = METADATA["number"] if entry.kind == "any" else value
    return [
        each if isinstance(each, bool) else (1 if base is None else base) + each for each in values
    ]


def test_the_table_has_every_name_every_operator_and_what_fits() -> None:
    assert TABLE.names.keys() == NAMES.keys()
    assert {name: each.kind for name, each in TABLE.names.items()} == {
        name: each.kind for name, each in NAMES.items()
    }
    assert {name for fits in TABLE.fits.values() for name in fits} == OPERATORS.keys()
    for name, entry in TABLE.names.items():
        covered = {operator for each in entry.classes for operator in TABLE.conditions[each]}
        assert covered == set(TABLE.fits[entry.kind]), name


@pytest.mark.parametrize("name", TABLE.names)
def test_what_does_not_fit_is_refused(name: str) -> None:
    fits = TABLE.fits[TABLE.names[name].kind]
    for operator in OPERATORS.keys() - set(fits):
        wrong = list(wrong_rules(one(name, {operator: [1]}, property="text")))
        assert [each.reason for each in wrong] == ["does not fit this rule"], operator


@pytest.mark.parametrize("name", TABLE.names)
def test_each_operator_is_met_missed_and_asked_of_nothing(name: str) -> None:
    entry = TABLE.names[name]
    for kind in entry.classes:
        for operator, row in TABLE.conditions[kind].items():
            for which in ("met", "missed"):
                if getattr(row, which) is None:
                    continue
                values = asked(row, entry, kind, which, entry.value)
                if entry.kind != "number" or entry.value is not None:
                    at = facts_for(name, entry.kind)
                    found = met(name, operator, values, at, kind)
                    assert found is (which == "met"), (operator, values)
                expected = row.missing in {which, "both"}
                if entry.missing in {"zero", "never"}:
                    expected = which == "met"
                    values = asked(row, entry, kind, which, 0)
                elif entry.missing == "nothing" or entry.kind == "flag":
                    expected = False
                at = KNOWN if NAMES[name].property else NOTHING
                assert met(name, operator, values, at, "none") is expected, (operator, "missing")
