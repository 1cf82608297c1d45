"""Categories, for lists that show them with what is in them."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final

from engine.kernel import tables
from runtime.clickhouse.reads import Reads
from schemas.categories import Category
from services.audit.lists import queries
from services.audit.lists.filters import Field, text
from services.audit.sink.category_rows import KIND
from services.audit.sink.entities import ENTITIES

#: The names of now by the ids: what was put into a category is found by the name that it has.
_NAMES: Final = (
    f"(SELECT mapFromArrays(groupArray(id), groupArray(alias)) FROM {ENTITIES.full_name} FINAL "  # noqa: S608
    f"WHERE project = {{project:String}} AND kind = '{KIND}' AND deleted = 0)"
)
#: Of an entity that is in a category: what it is called; empty where it is in none.
NAME: Final = f"{_NAMES}[category_id]"
_ID: Final = f"if(mapContains({_NAMES}, category_id), category_id, '')"
#: What lists are filtered by.
FIELDS: Final[Mapping[str, Field]] = MappingProxyType(
    {
        "category": text(NAME),
        "categories": text(NAME),
        "category_id": text(_ID),
        "category_ids": text(_ID),
    }
)


async def categories_in(reads: Reads, project: str, ids: Iterable[str | None]) -> list[Category]:
    """Those of the categories that exist, by hierarchy."""
    wanted = sorted({each for each in ids if each is not None})
    if not wanted:
        return []
    rows = await reads.rows(queries.entities(project, KIND, wanted))
    found = [tables.CATEGORIES.decode(body.encode()) for _, body in rows]
    return sorted(found, key=lambda each: (each.hierarchy, each.id))
