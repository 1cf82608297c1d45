"""What can be exported is said once for fronts and once for tables, and both say the same."""

import pytest

from schemas.exports import ExportedObject
from services.audit.exports.objects import OBJECTS, column_of, is_personal
from services.audit.exports.sources import SOURCES
from tests.architecture.markdown import read_table


@pytest.mark.parametrize("kind", OBJECTS)
def test_filters_and_orders_are_those_of_the_tables(kind: ExportedObject) -> None:
    told, there = OBJECTS[kind], SOURCES[kind]
    for name, field in told.filters.items():
        assert there.fields[name].kind == field.kind, name
        assert there.fields[name].states.keys() == field.states.keys(), name
    assert told.filters.keys() == there.fields.keys()
    assert set(told.orders) == there.orders.keys()
    # the order of a file that names none
    assert told.orders[0] == next(iter(there.orders))


@pytest.mark.parametrize("kind", OBJECTS)
def test_the_columns_without_any_named_are_there(kind: ExportedObject) -> None:
    assert set(OBJECTS[kind].default) <= OBJECTS[kind].columns.keys()
    names = OBJECTS[kind].columns.keys() | OBJECTS[kind].filters.keys()
    assert OBJECTS[kind].personal <= names


def test_a_key_of_the_metadata_is_a_column() -> None:
    column = column_of("voucher", "metadata.a.b")
    assert column is not None
    assert column({"metadata": {"a.b": 1}}) == 1
    assert column({"metadata": {}}) is None
    assert column({}) is None
    assert column_of("voucher", "metadata.") is None
    assert column_of("voucher_transactions", "metadata.a") is None


def test_what_shows_a_person() -> None:
    assert is_personal("customer", "metadata.size")
    assert not is_personal("customer", "id")
    assert not is_personal("voucher", "metadata.size")
    assert is_personal("redemption", "customer")


def test_the_documented_columns() -> None:
    rows = read_table(
        "docs/services/audit.md",
        "exported object",
        "columns; without `fields` those before the stroke",
        "sorted by",
    )
    assert [kind for kind, *_ in rows] == list(OBJECTS)
    for kind, columns, orders in rows:
        told = OBJECTS[kind]  # type: ignore[index]  # a row that is none fails
        default, _, others = columns.partition(" / ")
        assert tuple(default.strip("`").split()) == told.default
        assert set(others.strip("`").split()) == told.columns.keys() - set(told.default)
        assert tuple(orders.strip("`").split()) == told.orders
