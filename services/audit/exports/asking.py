"""What an export asks for, read from its parameters: columns, order and filters.

Filters in a body say what those in the query string of a list say, so they are read as those are.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from engine.kernel.calendar import Zone
from fronts.query_string import Condition, Given, conditions_of
from runtime.http.errors import ApiError, invalid_payload
from schemas.base import ID_LENGTH_MAX, Millis
from schemas.errors import refuse
from schemas.exports import ExportedObject
from services.audit.exports.objects import METADATA, OBJECTS, column_of
from services.audit.lists.filters import METADATA_PREFIX, Field, Where

COLUMNS_MAX: Final = 200
#: How many values the filters of an export have on all.
VALUES_MAX: Final = 1000
_FILTERS: Final = ".parameters.filters"
_CONDITIONS: Final = "conditions"


def check_columns(kind: ExportedObject, fields: tuple[str, ...]) -> None:
    """Raises ApiError for a column that there is not, and for one that comes twice."""
    if len(fields) > COLUMNS_MAX:
        raise invalid_payload(f"Property `.parameters.fields` has more than {COLUMNS_MAX} columns")
    for index, name in enumerate(fields):
        if column_of(kind, name) is None:
            known = ", ".join(OBJECTS[kind].columns)
            more = f", {METADATA_PREFIX}KEY" if METADATA in OBJECTS[kind].columns else ""
            details = f"Property `.parameters.fields[{index}]` must be one of {known}{more}"
            raise ApiError(refuse("invalid_export_fields", details))
        if name in fields[:index]:
            raise invalid_payload(f"Property `.parameters.fields[{index}]` comes twice")


def check_order(kind: ExportedObject, order: str) -> None:
    """Raises ApiError for an order that there is not."""
    known = OBJECTS[kind].orders
    if order.removeprefix("-") not in known:
        raise invalid_payload(
            f"Property `.parameters.order` must be one of {', '.join(known)}, or one after a `-`"
        )


def check_filters(
    kind: ExportedObject, filters: Mapping[str, Any], zone: Zone, now: Millis
) -> frozenset[str]:
    """The fields that the filters name. Raises ApiError for what no list would take."""
    return add_filters(Where("", now), OBJECTS[kind].filters, filters, zone)


def add_filters(
    where: Where,
    fields: Mapping[str, Field],
    filters: Mapping[str, Any],
    zone: Zone,
    place: str = _FILTERS,
) -> frozenset[str]:
    """Has the filters hold, which stand at that place of a body; the fields that they name.

    Raises ApiError for what no list would take.
    """
    conditions, junction = read_filters(filters, zone, place)
    try:
        where.satisfies(fields, conditions, junction)
    except ApiError as fault:
        raise _of_body(fault) from None
    return frozenset(each.field for each in conditions)


def read_filters(
    filters: Mapping[str, Any], zone: Zone, place: str = _FILTERS
) -> tuple[list[Condition], str]:
    """The filters and how they are joined. Raises ApiError for what is no filter."""
    given = list(_given(filters, zone, place))
    if len(given) > VALUES_MAX:
        raise invalid_payload(f"Property `{place}` has more than {VALUES_MAX} values")
    try:
        return conditions_of(given)
    except ApiError as fault:
        raise _of_body(fault) from None


def spell_filters(filters: Mapping[str, Any], spell: Callable[[str], str]) -> dict[str, Any]:
    """The filters with each whole code as its voucher has it."""

    def spelled(name: str, value: Any) -> Any:
        if name not in ("code", "voucher_code", "voucher") or not isinstance(value, dict):
            return value
        return {"conditions": {op: _spelled(each, spell) for op, each in _operators(value)}}

    return {name: spelled(name, value) for name, value in filters.items()}


def _spelled(value: Any, spell: Callable[[str], str]) -> Any:
    if isinstance(value, list):
        return [_spelled(each, spell) for each in value]
    return spell(value) if isinstance(value, str) else value


def _given(filters: Mapping[str, Any], zone: Zone, where: str) -> Iterator[Given]:
    for field, value in filters.items():
        name = f"{where}.{field}"[:ID_LENGTH_MAX]
        if value is None:
            continue
        if field == "junction":
            yield Given(("filters", "junction"), name, _text(name, value), zone)
            continue
        if not isinstance(value, dict):
            raise invalid_payload(f"Property `{name}` must be an object with `conditions`")
        for operator, compared in _operators(value):
            path = ("filters", field, "conditions", operator)
            place = f"{name}.conditions.{operator}"[:ID_LENGTH_MAX]
            for each in compared if isinstance(compared, list) else [compared]:
                yield Given(path, place, _text(place, each), zone)


def unread_members(
    filters: Mapping[str, Any], place: tuple[str, ...] = ("parameters", "filters")
) -> list[tuple[str, ...]]:
    """The paths of what stands beside the conditions of a field, which nobody reads."""
    return [
        (*place, field, member)
        for field, value in filters.items()
        if isinstance(value, dict) and isinstance(value.get(_CONDITIONS), dict)
        for member, told in value.items()
        if member != _CONDITIONS and told is not None
    ]


def _operators(value: dict[str, Any]) -> list[tuple[str, Any]]:
    """The conditions of a field; the states of some stand there without that word."""
    conditions = value.get(_CONDITIONS)
    found = conditions if isinstance(conditions, dict) else value
    return [(name, compared) for name, compared in found.items() if compared is not None]


def _text(name: str, value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    text = str(value) if isinstance(value, int | float) else value
    if not isinstance(text, str):
        raise invalid_payload(f"Property `{name}` must be a text, a number, or a list of them")
    if len(text) > ID_LENGTH_MAX:
        raise invalid_payload(f"Property `{name}` is longer than {ID_LENGTH_MAX} characters")
    return text


def _of_body(fault: ApiError) -> ApiError:
    """The fault of a filter, told as one of a body's."""
    details = fault.refusal.details or ""
    return invalid_payload(details.replace("Query param `", "Property `", 1))
