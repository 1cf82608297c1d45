"""Segments in the state: by id, with the members of static ones and who is known to be in others."""

from types import MappingProxyType

from engine.kernel import tables
from engine.kernel.room import Folds
from engine.kernel.state import State
from schemas.base import Millis
from schemas.segments import (
    FollowedSegments,
    KnownSegments,
    SegmentCreated,
    SegmentDeleted,
    SegmentEntered,
    SegmentLeft,
    SegmentUpdated,
)


def segment_created(state: State, event: SegmentCreated, _: Millis) -> None:
    """The segment has these members, or is followed from now on."""
    segment = event.segment
    state.put(tables.SEGMENTS, segment, segment.id)
    for customer_id in event.customer_ids:
        _join(state, segment.id, customer_id)
    if segment.type == "auto-update":
        before = state.get(tables.FOLLOWED, tables.THE_ONE) or FollowedSegments()
        _put_followed(state, (*before.ids, segment.id))


def segment_updated(state: State, event: SegmentUpdated, _: Millis) -> None:
    """The segment is as it says, and has these members more and less."""
    segment = event.segment
    state.put(tables.SEGMENTS, segment, segment.id)
    for customer_id in event.entered:
        _join(state, segment.id, customer_id)
    for customer_id in event.left:
        _leave(state, segment.id, customer_id)


def segment_deleted(state: State, event: SegmentDeleted, _: Millis) -> None:
    """The segment is gone.

    Customers who were in a followed one are left with its id, which is never used again; it goes
    with the next thing that is told of them.
    """
    segment = event.segment
    state.delete(tables.SEGMENTS, segment.id)
    for customer_id in list(state.scan(tables.SEGMENT_MEMBERS, segment.id)):
        _leave(state, segment.id, customer_id)
    followed = state.get(tables.FOLLOWED, tables.THE_ONE)
    if followed is not None and segment.id in followed.ids:
        _put_followed(state, tuple(each for each in followed.ids if each != segment.id))


def segment_entered(state: State, event: SegmentEntered, _: Millis) -> None:
    """The customer is known to be in these, too."""
    known = _known_segments(state, event.customer_id)
    _put_known_segments(
        state, event.customer_id, (*known, *(each for each in event.segments if each not in known))
    )


def segment_left(state: State, event: SegmentLeft, _: Millis) -> None:
    """The customer is known to be in these no longer."""
    known = _known_segments(state, event.customer_id)
    _put_known_segments(
        state, event.customer_id, tuple(each for each in known if each not in event.segments)
    )


def _join(state: State, segment_id: str, customer_id: str) -> None:
    state.put(tables.SEGMENT_MEMBERS, customer_id, segment_id, customer_id)
    state.put(tables.CUSTOMER_SEGMENTS, segment_id, customer_id, segment_id)


def _leave(state: State, segment_id: str, customer_id: str) -> None:
    state.delete(tables.SEGMENT_MEMBERS, segment_id, customer_id)
    state.delete(tables.CUSTOMER_SEGMENTS, customer_id, segment_id)


def _put_followed(state: State, ids: tuple[str, ...]) -> None:
    if ids:
        state.put(tables.FOLLOWED, FollowedSegments(ids), tables.THE_ONE)
    else:
        state.delete(tables.FOLLOWED, tables.THE_ONE)


def _known_segments(state: State, customer_id: str) -> tuple[str, ...]:
    """Those of the segments that are followed still."""
    known = state.get(tables.KNOWN_SEGMENTS, customer_id)
    followed = state.get(tables.FOLLOWED, tables.THE_ONE)
    if known is None or followed is None:
        return ()
    return tuple(each for each in known.ids if each in followed.ids)


def _put_known_segments(state: State, customer_id: str, ids: tuple[str, ...]) -> None:
    if ids:
        state.put(tables.KNOWN_SEGMENTS, KnownSegments(ids), customer_id)
    else:
        state.delete(tables.KNOWN_SEGMENTS, customer_id)


FOLDS: Folds = MappingProxyType(
    {
        SegmentCreated: segment_created,
        SegmentUpdated: segment_updated,
        SegmentDeleted: segment_deleted,
        SegmentEntered: segment_entered,
        SegmentLeft: segment_left,
    }
)
