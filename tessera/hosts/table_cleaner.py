"""How the host `insight` erases: apart from the others, which do without ClickHouse's client."""

from collections.abc import Sequence

import structlog

from runtime.clickhouse.database import Database, DatabaseFault, Query
from runtime.clickhouse.reads import Reads
from runtime.clickhouse.table import UNERASED, forget_old_parts, oldest_part
from runtime.log.log import LogError
from services.audit.sink.activity_table import ACTIVITY
from services.audit.sink.entities import ENTITIES

log = structlog.get_logger(__name__)


class TableCleaner:
    """Waits until nobody who was forgotten is in a file of the tables."""

    def __init__(self, database: Database, reads: Reads) -> None:
        self._database = database
        self._reads = reads
        #: When nothing of the owner was in the tables any more, in seconds by the engine's clock.
        self._gone_at: dict[str, int] = {}

    async def clean(self, owners: Sequence[str]) -> Sequence[str]:
        try:
            if not await self._is_current(owners):
                return ()
            return await self._find_cleaned(owners)
        except (LogError, DatabaseFault) as fault:
            log.warning("not erased yet", reason=str(fault))
            return ()

    async def _is_current(self, owners: Sequence[str]) -> bool:
        """Whether the tables have met the ends of these owners.

        What gathers for the tables may be of somebody whom they never had.
        """
        if all(owner in self._gone_at for owner in owners):
            return True
        return await self._reads.are_current([table.name for table in (ENTITIES, ACTIVITY)])

    async def _find_cleaned(self, owners: Sequence[str]) -> Sequence[str]:
        named = [owner.partition("/") for owner in owners]
        shown = Query(
            f"SELECT DISTINCT project, id FROM {ENTITIES.full_name} "  # noqa: S608  declared names
            "WHERE kind = 'customer' AND project IN {projects:Array(String)} "
            "AND id IN {ids:Array(String)} AND body != ''",
            {"projects": [each[0] for each in named], "ids": [each[2] for each in named]},
        )
        left = {f"{project}/{owner}" for project, owner in await self._database.query(shown)}
        ((unerased, now),) = await self._database.query(UNERASED)
        for owner in owners:
            if owner not in left and not unerased:
                self._gone_at.setdefault(owner, now)
        gone = [owner for owner in owners if owner in self._gone_at]
        if not gone:
            return ()
        oldest = []
        for table in (ENTITIES, ACTIVITY):
            await self._database.execute(forget_old_parts(table))
            ((removed_at,),) = await self._database.query(oldest_part(table))
            oldest.append(removed_at)
        # each by itself, so that none waits for those who are forgotten after it
        cleared = [owner for owner in gone if self._gone_at[owner] < min(oldest)]
        for owner in cleared:
            del self._gone_at[owner]
        return cleared
