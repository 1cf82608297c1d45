"""Categories, for lists that show them with what is in them."""

from collections.abc import Iterable

from engine.kernel import tables
from runtime.clickhouse.sinks import Reads
from schemas.categories import Category
from services.audit.lists import queries
from services.audit.sink.category_rows import KIND


async def categories_in(reads: Reads, project: str, ids: Iterable[str | None]) -> list[Category]:
    """Those of the categories that exist, by hierarchy."""
    wanted = sorted({each for each in ids if each is not None})
    if not wanted:
        return []
    rows = await reads.rows(queries.entities(project, KIND, wanted))
    found = [tables.CATEGORIES.decode(body.encode()) for _, body in rows]
    return sorted(found, key=lambda each: (each.hierarchy, each.id))
