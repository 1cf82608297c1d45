"""What the log of events asks: two tables together hold where every event lies.

Redemptions and rollbacks have the rows of their own table, several for one event; the first of
them, which holds the event, stands for it. Its place in its record is not in there, and is
`UNPLACED`: only one event of a record is a redemption or a rollback.
"""

from collections.abc import Collection
from typing import Final

from fronts.query_string import Page, Range
from runtime.clickhouse.database import Query
from services.audit.lists.filters import Where
from services.audit.sink.api_call_table import API_CALLS
from services.audit.sink.event_table import EVENTS
from services.audit.sink.redemption_table import REDEMPTIONS

UNPLACED: Final = -1
_REDEMPTION_TYPE: Final = (
    "multiIf(object = 'redemption', concat('redemption.', "
    "if(result = 'SUCCESS', 'succeeded', 'failed')), "
    "result = 'SUCCESS', 'redemption.rolled_back', 'rollback.failed')"
)
#: How long before and after an event its call is looked for: calls are noted when they end.
CALL_MS_MAX: Final = 120_000
#: By what each parameter finds a redemption; other events have all of it in their `ids`.
NAMED_BY: Final = {
    "customer": ("customer_id",),
    "campaign": ("campaign_id",),
    "voucher": ("voucher_code", "related_object_id"),
    "order_id": ("order_id",),
    "redemption": ("id", "redemption_id", "parent_id"),
}


class WantedEvents:
    """Which events are asked for: tests of both tables that mean the same."""

    def __init__(self, project: str) -> None:
        self._events = Where(project)
        self._redemptions = Where(project)
        #: Tests of any row of a redemption.
        self._rows = Where(project)

    def of_types(self, types: Collection[str]) -> None:
        """Of one of these types."""
        self._events.add("type IN {types:Array(String)}", types=list(types))
        self._redemptions.add(f"{_REDEMPTION_TYPE} IN {{types:Array(String)}}", types=list(types))

    def of_object(self, name: str) -> None:
        """Of a type that begins with that word."""
        self._events.add("splitByChar('.', type)[1] = {object:String}", object=name)
        self._redemptions.add(
            f"splitByChar('.', {_REDEMPTION_TYPE})[1] = {{object:String}}", object=name
        )

    def within(self, wanted: Range) -> None:
        """In that time."""
        self._events.within("at", wanted)
        self._redemptions.within("at", wanted)

    def concerning(self, parameter: str, ids: Collection[str]) -> None:
        """What concerns one of these, by the parameter of `NAMED_BY` that names them."""
        place = f"{{{parameter}_ids:Array(String)}}"
        values = {f"{parameter}_ids": list(ids)}
        self._events.add(f"hasAny(ids, {place})", **values)
        tests = " OR ".join(f"{column} IN {place}" for column in NAMED_BY[parameter])
        self._rows.add(f"({tests})", **values)

    def at(self, partition: int, offset: int) -> None:
        """Of that record."""
        for where in (self._events, self._redemptions):
            where.add(
                "log_partition = {partition:UInt16} AND log_offset = {offset_at:Int64}",
                partition=partition,
                offset_at=offset,
            )

    def between(self, partition: int, first: int, last: int) -> None:
        """Of the records from one to another, both included."""
        for where in (self._events, self._redemptions):
            where.add(
                "log_partition = {partition:UInt16} "
                "AND log_offset BETWEEN {first_offset:Int64} AND {last_offset:Int64}",
                partition=partition,
                first_offset=first,
                last_offset=last,
            )

    def count(self) -> Query:
        """How many there are on all pages."""
        return Query(
            f"SELECT (SELECT count() FROM {EVENTS.full_name} WHERE {self._event_tests}) "  # noqa: S608
            f"+ (SELECT count() FROM {REDEMPTIONS.full_name} WHERE {self._redemption_tests})",
            self._values,
        )

    def page(self, page: Page) -> Query:
        """(partition, offset, place in the record or UNPLACED, type) of a page, in the log's order."""
        direction = " DESC" if page.descending else ""
        order = f"ORDER BY log_offset{direction}, log_index{direction}"
        part = f"{order} LIMIT {{part:UInt32}}"
        return Query(
            "SELECT log_partition, log_offset, event_index, type FROM ("  # noqa: S608  constants
            "SELECT * FROM (SELECT log_partition, log_offset, log_index, "
            "toInt64(event_index) AS event_index, toString(type) AS type "
            f"FROM {EVENTS.full_name} WHERE {self._event_tests} {part}) UNION ALL "
            "SELECT * FROM (SELECT log_partition, log_offset, log_index, "
            f"toInt64({UNPLACED}) AS event_index, {_REDEMPTION_TYPE} AS type "
            f"FROM {REDEMPTIONS.full_name} WHERE {self._redemption_tests} {part})) "
            f"ORDER BY log_offset{direction}, event_index{direction} "
            "LIMIT {limit:UInt32} OFFSET {offset:UInt32}",
            {
                **self._values,
                "part": page.offset + page.limit,
                "limit": page.limit,
                "offset": page.offset,
            },
        )

    @property
    def _event_tests(self) -> str:
        return f"{self._events.text} AND log_index >= 0"

    @property
    def _redemption_tests(self) -> str:
        tests = f"{self._redemptions.text} AND body != ''"
        if len(self._rows.values) == 1:
            return tests
        return (
            f"{tests} AND log_offset IN (SELECT log_offset FROM {REDEMPTIONS.full_name} "  # noqa: S608
            f"WHERE {self._rows.text})"
        )

    @property
    def _values(self) -> dict[str, object]:
        return {**self._events.values, **self._redemptions.values, **self._rows.values}


def calls_of(project: str, offsets: Collection[int], since: int, until: int) -> Query:
    """(offset, id, method, path, status, key) of the calls that these records answered."""
    return Query(
        "SELECT record_offset, id, method, path, status, key_id "  # noqa: S608  constants
        f"FROM {API_CALLS.full_name} WHERE project = {{project:String}} "
        "AND record_offset IN {offsets:Array(Int64)} "
        "AND at BETWEEN {since:Int64} AND {until:Int64} ORDER BY at, id LIMIT 1000",
        {
            "project": project,
            "offsets": list(offsets),
            "since": since - CALL_MS_MAX,
            "until": until + CALL_MS_MAX,
        },
    )


def managing_calls_of(names: Collection[str]) -> Query:
    """(project and offset, id, method, path, status, key) of calls of other projects."""
    return Query(
        "SELECT other_record, id, method, path, status, key_id "  # noqa: S608  constants
        f"FROM {API_CALLS.full_name} WHERE other_record IN {{names:Array(String)}} "
        "ORDER BY at, id LIMIT 1000",
        {"names": list(names)},
    )
