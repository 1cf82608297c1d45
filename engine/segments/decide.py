"""Segments: created of customers that are named, or with a filter; changed; deleted."""

from types import MappingProxyType

import msgspec
from msgspec import structs

from engine.background.decide import start_action_event
from engine.kernel import tables
from engine.kernel.decision import Decision
from engine.kernel.ids import new_id
from engine.kernel.lookup import find_customer, unknown_customer
from engine.kernel.room import Decisions
from engine.kernel.state import View
from engine.rules.filters import FilterError, fields_of, parse_filter
from engine.segments.belonging import is_customer_field
from engine.segments.following import FOLLOW
from schemas.actions import FollowSegment
from schemas.base import Millis
from schemas.commands import Command
from schemas.errors import Refusal, not_found, refuse
from schemas.segments import (
    FILTER_LENGTH_MAX,
    FOLLOWED_MAX,
    MEMBERS_MAX,
    SEGMENTS_MAX,
    CreateSegment,
    DeleteSegment,
    SegmentCreated,
    SegmentDeleted,
    SegmentUpdated,
    UpdateSegment,
)


def create_segment(
    view: View, command: Command, body: CreateSegment, now: Millis
) -> Decision | Refusal:
    """Creates a segment; of one that is followed, an action finds who is in it already."""
    if sum(1 for _ in view.scan(tables.SEGMENTS)) >= SEGMENTS_MAX:
        return _invalid("", f"A project has at most {SEGMENTS_MAX} segments")
    given = structs.replace(
        body.segment, id=new_id(command.seed, "seg_"), created_at=now, updated_at=None
    )
    if given.type == "static":
        members = _members(view, body.customers)
        if isinstance(members, Refusal):
            return members
        return Decision((SegmentCreated(structs.replace(given, filter=None), members),))
    refusal = invalid_filter(given.filter)
    if refusal is not None:
        return refusal
    created = SegmentCreated(given)
    if given.type == "passive":
        return Decision((created,))
    followed = view.get(tables.FOLLOWED, tables.THE_ONE)
    if followed is not None and len(followed.ids) >= FOLLOWED_MAX:
        reason = f"A project has at most {FOLLOWED_MAX} segments of the type auto-update"
        return _invalid("", reason)
    work = FollowSegment(given.id)
    # the last event is the one that answers
    return Decision((start_action_event(command, FOLLOW, work, None, now), created))


def update_segment(
    view: View, command: Command, body: UpdateSegment, now: Millis
) -> Decision | Refusal:
    """Sets what is named; where a filter that is followed changes, an action finds who moves."""
    segment = view.get(tables.SEGMENTS, body.segment_id)
    if segment is None:
        return not_found("segment", body.segment_id)
    foreign = "filter" if segment.type == "static" else "customers"
    if getattr(body, foreign) is not None:
        return _invalid(f".{foreign}", f"does not belong to a {segment.type} segment")
    refusal = None if body.filter is None else invalid_filter(body.filter)
    if refusal is not None:
        return refusal
    after = structs.replace(
        segment,
        name=segment.name if body.name is None else body.name,
        filter=segment.filter if body.filter is None else body.filter,
        updated_at=now,
    )
    if body.customers is not None:
        members = _members(view, body.customers)
        if isinstance(members, Refusal):
            return members
        before = dict.fromkeys(view.scan(tables.SEGMENT_MEMBERS, segment.id))
        wanted = dict.fromkeys(members)
        entered = tuple(each for each in wanted if each not in before)
        left = tuple(each for each in before if each not in wanted)
        return Decision((SegmentUpdated(after, entered, left),))
    updated = SegmentUpdated(after)
    if segment.type != "auto-update" or after.filter == segment.filter:
        return Decision((updated,))
    work = FollowSegment(segment.id)
    # the last event is the one that answers
    return Decision((start_action_event(command, FOLLOW, work, None, now), updated))


def delete_segment(view: View, _: Command, body: DeleteSegment, __: Millis) -> Decision | Refusal:
    """Removes a segment; nobody is told to have left it."""
    segment = view.get(tables.SEGMENTS, body.segment_id)
    if segment is None:
        return not_found("segment", body.segment_id)
    return Decision((SegmentDeleted(segment),))


def invalid_filter(text: str | None) -> Refusal | None:
    """The refusal of a filter that cannot be read, or is about what customers do not have."""
    if text is None:
        return _invalid(".filter", "is required")
    if len(text) > FILTER_LENGTH_MAX:
        return _invalid(".filter", f"is longer than {FILTER_LENGTH_MAX} characters")
    try:
        parse_filter(text)
    except FilterError as error:
        return _invalid(f".filter.{error.field}" if error.field else ".filter", error.reason)
    except (msgspec.DecodeError, RecursionError):
        return _invalid(".filter", "is no JSON of a bounded depth")
    for name in fields_of(msgspec.json.decode(text)):
        if not is_customer_field(name):
            return _invalid(f".filter.{name}", "is nothing that a customer has")
    return None


def _members(view: View, named: tuple[str, ...]) -> tuple[str, ...] | Refusal:
    """The ids of the customers, each once."""
    if len(named) > MEMBERS_MAX:
        return _invalid(".customers", f"names more than {MEMBERS_MAX}")
    found: dict[str, None] = {}
    for each in named:
        customer = find_customer(view, each)
        if customer is None:
            return unknown_customer(each)
        found[customer.id] = None
    return tuple(found)


def _invalid(path: str, reason: str) -> Refusal:
    return refuse("invalid_payload", f"Property `{path}` {reason}" if path else reason)


DECISIONS: Decisions = MappingProxyType(
    {
        CreateSegment: create_segment,
        UpdateSegment: update_segment,
        DeleteSegment: delete_segment,
    }
)
