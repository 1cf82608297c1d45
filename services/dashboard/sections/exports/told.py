"""What a file was asked to hold, in words."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from htpy import Node, li, span, ul

from services.dashboard.lists.fields import WITHOUT_VALUE, WORDS, Condition, Field, find_field
from services.dashboard.parts.facts import facts
from services.dashboard.parts.reasons import say_value
from services.dashboard.parts.show import Show

_TIME_ENDS = ("_at", "date")


def say_order(order: str) -> str:
    """The order of the rows: `created at, newest first`."""
    name = order.removeprefix("-")
    is_time, is_down = name.endswith(_TIME_ENDS), order != name
    if is_time:
        way = "newest first" if is_down else "oldest first"
    else:
        way = "descending" if is_down else "ascending"
    return f"{name.replace('_', ' ')}, {way}"


def conditions_in(filters: Any, fields: Sequence[Field]) -> list[Condition]:
    """Filters of an export as conditions of a list, those of each operator apart."""
    return [] if not isinstance(filters, Mapping) else list(_read(filters, fields))


def _read(filters: Mapping[str, Any], fields: Sequence[Field]) -> Iterator[Condition]:
    for name, asked in filters.items():
        if not isinstance(asked, Mapping):
            continue
        for operator, values in (asked.get("conditions") or {}).items():
            op, found = str(operator).removeprefix("$"), find_field(fields, name)
            if found is not None and found.kind == "state":
                yield Condition(name, "is", op)
            else:
                yield Condition(name, op, _joined(values))


def _joined(values: Any) -> str:
    return ",".join(map(str, values)) if isinstance(values, list) else str(values)


def asked_facts(
    parameters: Any, fields: Sequence[Field], names: Mapping[str, str], show: Show
) -> Node:
    """Columns, order and rows of a file; `names`: of what the filters name by id."""
    asked = parameters if isinstance(parameters, Mapping) else {}
    rows = conditions_in(asked.get("filters"), fields)
    said = [say_filter(each, fields, names, show) for each in rows]
    joins_any = (asked.get("filters") or {}).get("junction") in ("or", "OR")
    columns = ", ".join(str(each).replace("_", " ") for each in asked.get("fields") or ())
    return facts(
        ("Rows asked for", [joins_any and span["Any of these"], ul[(li[each] for each in said)]])
        if said
        else ("Rows asked for", "All there are"),
        ("Columns", columns or "Those of the kind"),
        ("Order", say_order(str(asked["order"]))) if asked.get("order") else None,
    )


def say_filter(
    condition: Condition, fields: Sequence[Field], names: Mapping[str, str], show: Show
) -> Node:
    """One filter as a sentence: `Date is after 1 Nov 2026, 00:00`."""
    name, op, value = condition.field, condition.op, condition.value
    found = find_field(fields, name)
    label = name.replace("_", " ") if found is None else found.label
    if name.startswith("metadata."):
        label = f"Metadata {name.removeprefix('metadata.')}"
    said = f"{label} {WORDS.get(op, op.replace('_', ' '))}"
    if op in WITHOUT_VALUE:
        return said
    if found is None:
        return f"{said} {say_value(value)}"
    if found.kind == "time" and op in ("after", "before"):
        return [f"{said} ", show.when(value)]
    if found.kind == "money" and value.removeprefix("-").isdecimal():
        return f"{said} {show.money(int(value))}"
    return f"{said} {dict(found.choices).get(value) or names.get(value) or value}"
