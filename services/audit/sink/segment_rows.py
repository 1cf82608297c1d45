"""Segments as lists know them, and the table of who is in one.

A row says of a customer that it came into a segment, or left; of a static segment as it is said, of an
`auto-update` one as it is told (engine/segments/following.py). Who is in the bin is in none: readers
join the customers. Of a passive segment nobody is told.
"""

from collections.abc import Iterator
from typing import Final, NamedTuple

from runtime.clickhouse.database import Column
from runtime.clickhouse.table import sink_table
from schemas.records import Decided, Record
from schemas.segments import (
    SegmentCreated,
    SegmentDeleted,
    SegmentEntered,
    SegmentLeft,
    SegmentUpdated,
)
from services.audit.sink.entities import EntityRow, entity_row, gone_row

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
    """That the segment is gone_row; nobody asks for its members any more."""
    return (gone_row(project, KIND, event.segment.id),)


def member_table_rows(record: Record) -> Iterator[MemberRow]:
    """Who came into a segment with a record, and who left."""
    if not isinstance(record, Decided):
        return
    for event in record.events:
        for segment_id, customer_id, within in _moves(event):
            yield MemberRow(record.project, segment_id, customer_id, within)


def _moves(event: object) -> Iterator[tuple[str, str, int]]:
    match event:
        case SegmentCreated():
            for customer_id in event.customer_ids:
                yield event.segment.id, customer_id, 1
        case SegmentUpdated():
            for customer_id in event.entered:
                yield event.segment.id, customer_id, 1
            for customer_id in event.left:
                yield event.segment.id, customer_id, 0
        case SegmentEntered() | SegmentLeft():
            for segment_id in event.segments:
                yield segment_id, event.customer_id, int(isinstance(event, SegmentEntered))
