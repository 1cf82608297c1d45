"""Nothing that happens is passed over unseen by what services keep of the ledger."""

from collections.abc import Collection, Mapping
from typing import Any, get_args

import pytest

from schemas.events import Event
from services.analytics.live import counting
from services.analytics.sink import campaign_tables, redemption_facts, validation_facts
from services.audit.sink import segment_rows, validation_table
from services.audit.sink import tables as audit
from services.distribution.webhooks import outbox
from services.distribution.worker import state as worker

#: Whoever makes something of events: its table, and what it passes over.
TABLES: Mapping[str, tuple[Collection[type[Any]], frozenset[type[Any]]]] = {
    "entities": (audit.ROWS, audit.UNLISTED),
    "validations": (validation_table.ROWS, validation_table.UNLISTED),
    "segments": (segment_rows.MOVES, segment_rows.UNMOVED),
    "campaigns": (campaign_tables.ROWS, campaign_tables.UNLISTED),
    "campaign facts": (campaign_tables.COUNTS, campaign_tables.UNCOUNTED),
    "redemption facts": (redemption_facts.COUNTS, redemption_facts.UNCOUNTED),
    "rates": (counting.COUNTS, counting.UNCOUNTED),
    "validation facts": (validation_facts.COUNTS, validation_facts.UNCOUNTED),
    "outbox": (outbox.REGISTERS, outbox.UNREGISTERED),
    "worker": (worker.CHANGING, worker.UNCHANGING),
}


@pytest.mark.parametrize(("table", "passed_over"), TABLES.values(), ids=TABLES)
def test_every_event_is_in_the_table_or_is_passed_over(
    table: Collection[type[Any]], passed_over: frozenset[type[Any]]
) -> None:
    assert set(table) | passed_over == set(get_args(Event))
    assert not set(table) & passed_over
