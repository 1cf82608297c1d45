"""Where each event of the ledger lies, and what it concerns: its data is read from the ledger.

So nothing personal is here, and whoever is forgotten is forgotten in the log of events, too.
Redemptions and rollbacks, of which there are many, have their rows in their own table. What
customers add up to has none: it lies beside what changed it, and each event names its neighbours.
"""

from collections.abc import Iterable, Iterator
from typing import Any, Final, NamedTuple

from msgspec import Struct

from engine.redemptions.history_rows import ROWS
from runtime.clickhouse.database import Column
from runtime.clickhouse.table import sink_table
from schemas.base import Millis, tag_of
from schemas.customers import CustomersSummed
from schemas.records import Decided, Record

_NAME: Final = "LowCardinality(String)"
#: How many ids of an event it is found by: of thousands of codes that are made at once only some.
IDS_MAX: Final = 64
#: How deep ids are looked for: an event, its evaluation, an outcome, its voucher, a part of that.
DEPTH_MAX: Final = 5
#: Whoever calls something by these names means something else, or a person.
_OTHERS: Final = frozenset({"source_id", "tracking_id", "channel_id", "category_id"})
#: Events that no log shows.
UNLOGGED: Final = frozenset({CustomersSummed})
#: Events without a row here.
ELSEWHERE: Final = frozenset({*ROWS, *UNLOGGED})

EVENTS = sink_table(
    "events",
    (
        Column("project", _NAME),
        Column("at", "Int64", "Delta, ZSTD(1)"),
        Column("type", _NAME),
        #: Its place in its record.
        Column("event_index", "UInt32"),
        Column("ids", "Array(String)", "ZSTD(1)"),
    ),
    # A project lies in one partition, so the order of the log is the order of time.
    order_by=("project", "log_offset", "log_index"),
    found_by=("ids",),
)


class EventRow(NamedTuple):
    """An event as its table holds it."""

    project: str
    at: Millis
    type: str
    event_index: int
    #: Of the entities that it concerns, and codes of vouchers.
    ids: list[str]


def event_table_rows(record: Record) -> Iterable[EventRow]:
    """A row for each event that is not in another table."""
    if not isinstance(record, Decided):
        return ()
    return [
        EventRow(record.project, record.at, tag_of(type(event)), index, ids_of(event))
        for index, event in enumerate(record.events)
        if type(event) not in ELSEWHERE
    ]


def ids_of(event: Struct) -> list[str]:
    """The ids and codes that an event names, each once, the first `IDS_MAX` of them."""
    found: dict[str, None] = {}
    for each in _named(event, "", DEPTH_MAX):
        found[each] = None
        if len(found) == IDS_MAX:
            break
    return list(found)


def _named(value: Any, name: str, depth: int) -> Iterator[str]:
    if isinstance(value, str):
        if value and _is_id(name):
            yield value
    elif isinstance(value, Struct):
        if depth:
            for field in value.__struct_fields__:
                yield from _named(getattr(value, field), field, depth - 1)
    elif isinstance(value, tuple):
        for each in value:
            yield from _named(each, name, depth)


def _is_id(name: str) -> bool:
    if name in ("id", "ids", "code", "codes", "session_key", "session_keys"):
        return True
    return name.endswith(("_id", "_ids")) and name not in _OTHERS
