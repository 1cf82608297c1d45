"""Filters of segments and collections: conditions on the fields of one entity, joined by a junction.

`{"junction": "and", "email": {"conditions": {"$contains": ["@"]}}, "metadata.vip": {...}}`. Each
text is read once; a test asks for the values of those fields only that it is about.
Source of the form: the API contract, section 11; the operators are those of validation rules.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

import msgspec

from engine.kernel.calendar import Moment
from engine.kernel.remembered import remember_results
from engine.rules.date_tests import Test
from engine.rules.operators import OPERATORS
from engine.rules.place_tests import PLACES

FIELDS_MAX: Final = 100
VALUES_MAX: Final = 1000
#: The value of a field of an entity; None where it has none.
Values = Callable[[str], Any]
#: Whether the values of an entity meet the filter at a moment.
Filter = Callable[[Values, Moment], bool]
_JUNCTIONS: Final[Mapping[str, Callable[..., bool]]] = {"and": all, "or": any}


class FilterError(ValueError):
    """A filter that cannot be read: of which field (empty: as a whole), and why."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field or 'the filter'} {reason}")
        self.field = field
        self.reason = reason


class _Condition(NamedTuple):
    field: str
    tests: tuple[Test, ...]


@remember_results(400_000)
def parse_filter(text: str) -> Filter:
    """The filter that a JSON text says; an empty one is met by everything. Raises FilterError."""
    return _read(msgspec.json.decode(text))


def fields_of(given: Mapping[str, Any]) -> list[str]:
    """The fields that a filter is about."""
    return [name for name in given if name != "junction"]


def locations_in(text: str) -> set[str]:
    """The ids of the locations that a filter asks of."""
    given: dict[str, Any] = msgspec.json.decode(text)
    return {
        location_id
        for name in fields_of(given)
        for operator, values in given[name]["conditions"].items()
        if operator in PLACES
        for location_id in (values if isinstance(values, list) else [values])
    }


def _read(given: Any) -> Filter:
    if not isinstance(given, dict):
        raise FilterError("", "has to be an object")
    said = given.get("junction", "and")
    join = _JUNCTIONS.get(said.lower()) if isinstance(said, str) else None
    if join is None:
        raise FilterError("junction", "has to be `and` or `or`")
    names = fields_of(given)
    if len(names) > FIELDS_MAX:
        raise FilterError("", f"has at most {FIELDS_MAX} fields")
    conditions = tuple(_Condition(name, _tests(name, given[name])) for name in names)

    def meets(values: Values, now: Moment) -> bool:
        if not conditions:
            return True
        return join(
            all(test(value, now) for test in condition.tests)
            for condition in conditions
            for value in (values(condition.field),)
        )

    return meets


def _tests(field: str, given: Any) -> tuple[Test, ...]:
    conditions = given.get("conditions") if isinstance(given, dict) else None
    if not isinstance(conditions, dict) or not conditions:
        raise FilterError(f"{field}.conditions", "has to be an object with an operator")
    return tuple(_test(f"{field}.conditions", name, value) for name, value in conditions.items())


def _test(path: str, name: str, value: Any) -> Test:
    operator = OPERATORS.get(name)
    if operator is None:
        known = ", ".join(sorted(OPERATORS))
        raise FilterError(f"{path}.{name}", f"is no operator; there are {known}")
    values = value if isinstance(value, list) else [value]
    if not values or len(values) > VALUES_MAX or (operator.single and len(values) > 1):
        wanted = "one value" if operator.single else f"1 to {VALUES_MAX} values"
        raise FilterError(f"{path}.{name}", f"has to have {wanted}")
    try:
        return operator.make(values)
    except ValueError as error:
        raise FilterError(f"{path}.{name}", str(error)) from None
