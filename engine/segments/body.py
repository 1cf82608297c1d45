"""Segments. Source: the API contract, sections 10 and 11."""

from types import MappingProxyType

import msgspec

from engine.kernel.calendar import iso
from engine.kernel.encode import Body
from engine.kernel.room import Answers, shows, shows_nothing
from schemas.segments import Segment, SegmentCreated, SegmentDeleted, SegmentUpdated


def segment_body(segment: Segment) -> Body:
    """The segment as its own endpoints show it; a static one has no filter."""
    body: Body = {
        "id": segment.id,
        "name": segment.name,
        "created_at": iso(segment.created_at),
        "type": segment.type,
        "filter": None if segment.filter is None else msgspec.json.decode(segment.filter),
        "object": "segment",
    }
    if segment.updated_at is not None:
        body["updated_at"] = iso(segment.updated_at)
    return body


def simple_segment_body(segment_id: str, name: str) -> Body:
    """The segment as what concerns a customer shows it."""
    return {"id": segment_id, "name": name, "object": "segment"}


ANSWERS: Answers = MappingProxyType(
    {
        SegmentCreated: shows(segment_body, "segment"),
        SegmentUpdated: shows(segment_body, "segment"),
        SegmentDeleted: shows_nothing,
    }
)
