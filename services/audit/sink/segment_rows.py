"""Segments as lists know them, and the table of who is in one.

A row says of a customer that it came into a segment, or left; of a static segment as it is said, of an
`auto-update` one as it is told (engine/segments/following.py). Who is in the bin is in none: readers
join the customers. Of a passive segment nobody is told.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from runtime.clickhouse.database import Column
from runtime.clickhouse.table import sink_table
from schemas.customers import CUSTOMER_EVENTS
from schemas.events import BESIDE_MEMBERSHIP_EVENTS, events_of
from schemas.records import Decided, Record
from schemas.segments import (
    SegmentCreated,
    SegmentDeleted,
    SegmentEntered,
    SegmentLeft,
    SegmentUpdated,
)
from services.audit.sink.entities import EntityRow, entity_row, gone_row

#: A segment, a customer, and whether it is in it.
_Move = tuple[str, str, int]

KIND: Final = "segment"
_NAME: Final = "LowCardinality(String)"

MEMBERS = sink_table(
    "segment_members",
    (
        Column("project", _NAME),
        Column("segment_id", _NAME),
        Column("customer_id", "String"),
        Column("within", "UInt8"),
    ),
    order_by=("project", "segment_id", "customer_id"),
    latest_only=True,
)


class MemberRow(NamedTuple):
    """Whether a customer is in a segment."""

    project: str
    segment_id: str
    customer_id: str
    within: int


def segment_changed(project: str, event: SegmentCreated | SegmentUpdated) -> tuple[EntityRow, ...]:
    """The segment as it is."""
    segment = event.segment
    return (entity_row(project, KIND, segment, texts={"type": segment.type}),)


def segment_deleted(project: str, event: SegmentDeleted) -> tuple[EntityRow, ...]:
    """That the segment is gone; its members are told to nobody any more."""
    return (gone_row(project, KIND, event.segment.id),)


def member_table_rows(record: Record) -> list[MemberRow]:
    """Who came into a segment with a record, and who left."""
    rows: list[MemberRow] = []
    if isinstance(record, Decided):
        for event in record.events:
            tell = MOVES.get(type(event))
            if tell is not None:
                rows += [MemberRow(record.project, *move) for move in tell(event)]
    return rows


def _segment_created(event: SegmentCreated) -> Iterator[_Move]:
    for customer_id in event.customer_ids:
        yield event.segment.id, customer_id, 1


def _segment_updated(event: SegmentUpdated) -> Iterator[_Move]:
    for customer_id in event.entered:
        yield event.segment.id, customer_id, 1
    for customer_id in event.left:
        yield event.segment.id, customer_id, 0


def _segment_entered(event: SegmentEntered) -> Iterator[_Move]:
    for segment_id in event.segments:
        yield segment_id, event.customer_id, 1


def _segment_left(event: SegmentLeft) -> Iterator[_Move]:
    for segment_id in event.segments:
        yield segment_id, event.customer_id, 0


#: Who is in a segment, or no longer, by what happened.
MOVES: Final[Mapping[type[Any], Callable[[Any], Iterable[_Move]]]] = MappingProxyType(
    {
        SegmentCreated: _segment_created,
        SegmentUpdated: _segment_updated,
        SegmentEntered: _segment_entered,
        SegmentLeft: _segment_left,
    }
)

#: What moves nobody.
UNMOVED: Final = events_of(
    # Nobody asks for the members of a segment that is gone.
    SegmentDeleted,
    BESIDE_MEMBERSHIP_EVENTS,
    CUSTOMER_EVENTS,
)
