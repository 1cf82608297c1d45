"""Rows that are kept for a while: readers do not show what is older, and a task removes it.

A table says how far it is by its rows, so that is said again first, as when somebody is forgotten.
The engine moves what stays in its own time. Whatever this loses, the next look finds.
"""

import asyncio
from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

import structlog

from runtime.clickhouse.database import Database, DatabaseFault, Query, TableDef
from runtime.clickhouse.table import HERE, as_checkpoint, checkpoint, repeat_marker
from runtime.log.log import Place
from schemas.base import DAY_MS, Millis

#: How often it is looked whether anything is too old: nobody sees it meanwhile.
LOOK_SECONDS: Final = 3600.0

log = structlog.get_logger(__name__)


class Retention(NamedTuple):
    """How long rows stay; `at` is when they happened."""

    table: TableDef
    days: int
    #: What stays for good: a test of declared columns.
    unless: str = "0"

    def kept_from(self, now: Millis) -> Millis:
        """When the oldest that is kept happened."""
        return now - self.days * DAY_MS


async def remove_old(
    database: Database, retention: Retention, places: Sequence[Place], now: Millis
) -> None:
    """Removes what is older, for good; ends before the engine has done it. Raises DatabaseFault."""
    table = retention.table
    old = f"{HERE} AND log_index >= 0 AND at < {{kept_from:Int64}} AND NOT ({retention.unless})"
    for place in places:
        values = {**place._asdict(), "kept_from": retention.kept_from(now)}
        count = f"SELECT count() FROM {table.full_name} WHERE {old}"  # noqa: S608  declared names
        ((found,),) = await database.query(Query(count, values))
        if not found:
            continue
        at = as_checkpoint(await database.query(checkpoint(table, place)))
        if at.offset >= 0:
            await database.insert(table, [repeat_marker(table, place, at)])
        delete = f"ALTER TABLE {table.full_name} DELETE WHERE {old} SETTINGS mutations_sync = 0"
        await database.execute(Query(delete, values))


async def keep_removing(
    database: Database,
    retentions: Sequence[tuple[Retention, Sequence[Place]]],
    clock_ms: Callable[[], Millis],
) -> None:
    """Removes what is too old, now and again; runs for ever."""
    while True:
        try:
            for retention, places in retentions:
                await remove_old(database, retention, places, clock_ms())
        except DatabaseFault as fault:
            log.warning("old rows are not removed yet", reason=str(fault))
        await asyncio.sleep(LOOK_SECONDS)
