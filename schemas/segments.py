"""Segments: groups of customers, named one by one or by a filter."""

from typing import Final, Literal

from schemas.base import Millis, Shape, Unanswered

SEGMENTS_MAX = 1000
#: How many segments with a filter tell who enters and leaves.
FOLLOWED_MAX = 100
#: How many customers a request may name.
MEMBERS_MAX = 20_000
#: How long the text of a filter is at most.
FILTER_LENGTH_MAX = 50_000


class Segment(Shape, frozen=True):
    """A group of customers.

    A static one has members; of the others `filter` says who belongs to it (JSON text, as the API
    shows it). Of an auto-update one entering and leaving are told; a passive one is only asked.
    """

    id: str
    name: str
    created_at: Millis
    type: Literal["static", "auto-update", "passive"] = "static"
    filter: str | None = None
    updated_at: Millis | None = None


class FollowedSegments(Shape, frozen=True):
    """The ids of the segments of which entering and leaving are told."""

    ids: tuple[str, ...] = ()


class KnownSegments(Shape, frozen=True):
    """The ids of the followed segments that a customer is known to be in."""

    ids: tuple[str, ...] = ()


class CreateSegment(Shape, tag="create_segment", frozen=True):
    """Creates a segment; `customers` are ids or source ids, of a static one."""

    segment: Segment
    customers: tuple[str, ...] = ()
    request_id: str = ""


class UpdateSegment(Shape, tag="update_segment", frozen=True):
    """Sets what is named of a segment: its name, its filter, or all members of a static one."""

    segment_id: str
    #: None: as it is, as with the others.
    name: str | None = None
    filter: str | None = None
    #: Ids or source ids.
    customers: tuple[str, ...] | None = None
    request_id: str = ""


class DeleteSegment(Shape, tag="delete_segment", frozen=True):
    """Removes a segment."""

    segment_id: str


class SegmentCreated(Shape, tag="segment.created", frozen=True):
    """A segment exists, with these customers in it."""

    segment: Segment
    customer_ids: tuple[str, ...] = ()


class SegmentUpdated(Shape, tag="segment.updated", frozen=True):
    """A segment changed; of a static one these customers came, and those went."""

    segment: Segment
    entered: tuple[str, ...] = ()
    left: tuple[str, ...] = ()


class SegmentDeleted(Shape, tag="segment.deleted", frozen=True):
    """A segment is gone."""

    segment: Segment


class SegmentEntered(Unanswered, tag="customer.segment_entered", frozen=True):
    """A customer belongs to these segments from now on; their names by their ids."""

    customer_id: str
    segments: dict[str, str]


class SegmentLeft(Unanswered, tag="customer.segment_left", frozen=True):
    """A customer belongs to these segments no longer; their names by their ids."""

    customer_id: str
    segments: dict[str, str]


SegmentCommand = CreateSegment | UpdateSegment | DeleteSegment
SegmentEvent = SegmentCreated | SegmentUpdated | SegmentDeleted | SegmentEntered | SegmentLeft
#: Segments and who is in them; no customer changes by it.
SEGMENT_EVENTS: Final = frozenset(
    {SegmentCreated, SegmentUpdated, SegmentDeleted, SegmentEntered, SegmentLeft}
)
