"""What the things are called that a list is filtered by: a filter is kept by id, and read by name."""

import asyncio
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

from services.dashboard.lists.fields import Condition, Field, find_field
from services.dashboard.web.asking import ask_quietly
from services.dashboard.web.visit import Visit, escape_segment

#: Where one of a kind of lookup is asked for.
_PATHS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "campaign": "/v1/campaigns/{}",
        "promotion": "/v1/campaigns/{}",
        "loyalty-program": "/v1/campaigns/{}",
        "category": "/v1/categories/{}",
        "customer": "/v1/customers/{}",
        "segment": "/v1/segments/{}",
        "validation-rule": "/v1/validation-rules/{}",
    }
)


async def find_chosen_names(
    visit: Visit, fields: Sequence[Field], conditions: Sequence[Condition]
) -> Mapping[str, str]:
    """Names by id of what the conditions name, as far as they may be seen; the rest stand by id."""
    kinds = {each.value: found.lookup for each, found in _lookups(fields, conditions)}
    paths = [_PATHS[kind].format(escape_segment(name)) for name, kind in kinds.items()]
    rows = await asyncio.gather(*(ask_quietly(visit.api.get(each)) for each in paths))
    return {name: _called(row, name) for name, row in zip(kinds, rows, strict=True) if row}


def _lookups(
    fields: Sequence[Field], conditions: Sequence[Condition]
) -> list[tuple[Condition, Field]]:
    pairs = ((each, find_field(fields, each.field)) for each in conditions if each.value)
    return [(each, found) for each, found in pairs if found is not None and found.lookup in _PATHS]


def _called(row: Mapping[str, Any], name: str) -> str:
    return str(row.get("name") or row.get("source_id") or row.get("email") or name)
