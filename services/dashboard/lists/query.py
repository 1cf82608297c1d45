"""What a list shows, as the address keeps it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any, Final
from urllib.parse import urlencode

from starlette.datastructures import QueryParams

from services.dashboard.lists.fields import (
    WITHOUT_VALUE,
    WORDS,
    Condition,
    Field,
    find_field,
    make_condition,
    read_condition,
)
from services.dashboard.parts.show import Show, read_minor

SIZES: Final = (25, 50, 100)
PAGE_MAX: Final = 1_000
CONDITIONS_MAX: Final = 20
NO_NAMES: Final[Mapping[str, str]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Query:
    """Filters, order, page, and which row is open."""

    path: str
    default_order: str
    conditions: tuple[Condition, ...] = ()
    order: str = ""
    page: int = 1
    size: int = SIZES[0]
    open: str = ""
    #: Columns that are shown besides or instead; empty: those of the list.
    columns: tuple[str, ...] = ()
    #: Where the page begins, for lists that go on by a cursor.
    cursor: str = ""
    #: The saved view that it began with.
    view: str = ""
    #: What is called how of what the filters name by id; not in the address.
    names: Mapping[str, str] = field(default_factory=dict, compare=False)

    def href(self, **change: Any) -> str:
        """The address of the same list with something else."""
        new = replace(self, **change)
        pairs = [("f", str(each)) for each in new.conditions]
        if new.order and new.order != new.default_order:
            pairs.append(("order", new.order))
        if new.page != 1:
            pairs.append(("page", str(new.page)))
        if new.size != SIZES[0]:
            pairs.append(("size", str(new.size)))
        if new.columns:
            pairs.append(("columns", ",".join(new.columns)))
        if new.cursor:
            pairs.append(("cursor", new.cursor))
        if new.view:
            pairs.append(("view", new.view))
        if new.open:
            pairs.append(("open", new.open))
        return new.path + (f"?{urlencode(pairs)}" if pairs else "")

    def start(self) -> "Query":
        """The same list from its first row, with none open."""
        return replace(self, page=1, cursor="", open="")

    def before_open(self) -> str:
        """The address of the same list with a row open, up to the row's key, which is quoted."""
        closed = self.href(open="")
        return f"{closed}{'&' if '?' in closed else '?'}open="

    def without(self, index: int) -> str:
        """The address without one of the filters."""
        kept = self.conditions[:index] + self.conditions[index + 1 :]
        return self.href(conditions=kept, page=1, cursor="", open="")

    def for_api(self, fields: Sequence[Field], show: Show) -> list[tuple[str, str]]:
        """The same for the API."""
        pairs = [("limit", str(self.size))]
        if self.order:
            pairs.append(("order", self.order))
        if self.page != 1:
            pairs.append(("page", str(self.page)))
        return pairs + self.filters_for_api(fields, show)

    def filters_for_api(self, fields: Sequence[Field], show: Show) -> list[tuple[str, str]]:
        """The filters alone, as a query string takes them."""
        pairs = []
        for each in self.conditions:
            found = find_field(fields, each.field)
            if found is not None:
                pairs.append(api_pair(found, each, show))
        return pairs

    def filters_body(self, fields: Sequence[Field], show: Show) -> dict[str, Any]:
        """The same as bodies take them: `{field: {"conditions": {operator: [values]}}}`."""
        return filters_body(self.conditions, fields, show)


def filters_body(
    conditions: Sequence[Condition], fields: Sequence[Field], show: Show
) -> dict[str, Any]:
    """Filters as the body of an export or of an action on many takes them."""
    body: dict[str, Any] = {}
    for each in conditions:
        found = find_field(fields, each.field)
        if found is None:
            continue
        name, value = api_pair(found, each, show)
        if not name.startswith("filters["):
            name = f"filters[{found.parameter.partition('[')[0]}][conditions][${each.op}]"
        field, _, rest = name.removeprefix("filters[").rpartition("][conditions][")
        conditions_of = body.setdefault(field, {"conditions": {}})["conditions"]
        conditions_of.setdefault(rest.removesuffix("]"), []).append(value)
    return body


def read_query(
    params: QueryParams,
    path: str,
    fields: Sequence[Field],
    *,
    order: str,
    sorts: frozenset[str],
) -> Query:
    """What an address asks for; what this list does not know is left out of it."""
    conditions = [
        found
        for text in params.getlist("f")[:CONDITIONS_MAX]
        if (found := read_condition(text, fields)) is not None
    ]
    added = _added(params, fields)
    if added is not None and added not in conditions:
        conditions.append(added)
    wanted = params.get("order", "")
    size = params.get("size", "")
    page = params.get("page", "")
    return Query(
        path=path,
        default_order=order,
        conditions=tuple(conditions),
        order=wanted if wanted.lstrip("-") in sorts else order,
        page=min(PAGE_MAX, max(1, int(page))) if page.isdecimal() and len(page) < 6 else 1,
        size=int(size) if size in map(str, SIZES) else SIZES[0],
        open=params.get("open", "")[:512],
        columns=_columns(params),
        cursor=params.get("cursor", "")[:512],
        view=params.get("view", "")[:64],
    )


def _added(params: QueryParams, fields: Sequence[Field]) -> Condition | None:
    """What the form says that adds one."""
    name = params.get("field", "")
    if name == "metadata":
        name = f"metadata.{params.get('key', '').strip()}"
    return make_condition(fields, name, params.get("op", ""), params.get("value", ""))


def _columns(params: QueryParams) -> tuple[str, ...]:
    """The columns that are asked for, as an address names them or as the form does."""
    named = params.get("columns", "").split(",") + params.getlist("column")
    return tuple(filter(None, named))[:40]


def api_pair(found: Field, condition: Condition, show: Show) -> tuple[str, str]:
    """A filter as the API takes it."""
    value = condition.value
    if found.kind == "money":
        minor = read_minor(value)
        value = str(minor) if minor is not None else value
    if found.kind == "time" and condition.op in ("after", "before"):
        value = (show.from_local(value) or value) if "T" in value else value
    if found.kind == "state":
        return f"filters[{found.name}][conditions][${value}]", "true"
    if found.parameter:
        parameter = found.parameter
        return (f"{parameter}[{condition.op}]" if found.kind == "time" else parameter), value
    if condition.op in WITHOUT_VALUE:
        value = "true"
    return f"filters[{condition.field}][conditions][${condition.op}]", value


def say_condition(
    found: Field, condition: Condition, show: Show, names: Mapping[str, str] = NO_NAMES
) -> tuple[str, str]:
    """A filter in words: `Result is`, `FAILURE`; `names`: of what is chosen by id."""
    label = found.label
    if condition.field.startswith("metadata."):
        label = f"Metadata {condition.field[9:]}"
    value = dict(found.choices).get(condition.value, condition.value)
    if found.lookup:
        value = names.get(value, value)
    if found.kind == "money" and (minor := read_minor(value)) is not None:
        value = show.money(minor)
    if found.kind == "time" and "T" in value:
        value = value.replace("T", " ")
    return f"{label} {WORDS[condition.op]}", value
