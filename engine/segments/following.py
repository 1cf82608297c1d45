"""Who enters and leaves the followed segments: told with whatever changes the customer.

Entering and leaving are found after a decision, as what customers add up to
(engine/customers/summaries.py): each customer whom it changes is asked for all followed segments,
and what is not as it was known is told. A new segment is known of nobody, and another filter may let
others in, so an action looks
through the customers that exist; who changes meanwhile is told of at once, and not again.

What time alone changes (`$more_than_ago`, for example) is told with the next thing that happens to
the customer; rules never wait for that (engine/segments/belonging.py).
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from engine.background.chunk import Chunk, share_of
from engine.kernel import tables
from engine.kernel.decision import Decision
from engine.kernel.reacting import bytes_earned, bytes_earned_by
from engine.kernel.state import View, encode
from engine.segments.belonging import belongs_to_segment
from schemas.actions import AsyncAction, FollowSegment, Rows
from schemas.base import Millis
from schemas.commands import Command
from schemas.customers import (
    Customer,
    CustomerCreated,
    CustomerDeleted,
    CustomersSummed,
    CustomerSummary,
    CustomerUnchanged,
    CustomerUpdated,
)
from schemas.events import BESIDE_MEMBERSHIP_EVENTS, Event, events_of
from schemas.segments import SEGMENT_EVENTS, KnownSegments, Segment, SegmentEntered, SegmentLeft

#: As the action is called; it is in no list, since the contract does not know it.
FOLLOW = "SEGMENTS.FOLLOW"
#: The customers' ids are looked through by their first hexadecimal digits.
_PREFIX = "cust_"
DIGITS = 3
PARTS = 16**DIGITS
#: A chunk ends after so many customers, or parts without any, or with what is told at once.
CUSTOMERS_MAX = 500
PARTS_MAX = 512
#: How often customers are asked about segments in one decision, about; a long filter counts for
#: several. So few customers always fit.
ASKED_MAX = 10_000
CUSTOMERS_MIN = 20
_FILTER_CHARACTERS = 200
#: How many bytes a decision tells of segments, about. Beyond it, the rest is told another time.
TOLD_BYTES_MAX = 150_000
_EVENT_BYTES = 100
#: How many bytes what members earn takes of a decision about many customers, about.
EARNED_BYTES_MAX = 300_000
#: As earning rules call it.
_ENTERED = "customer.segment.entered"


def with_segment_moves(view: View, decision: Decision, now: Millis) -> Decision:
    """The decision, with who of the customers that it changes enters or leaves a segment."""
    segments = view.get(tables.FOLLOWED, tables.THE_ONE)
    if segments is None:
        return decision
    changed, summaries = _changed_customers(decision)
    if not changed and not summaries:
        return decision
    asked = [found for each in segments.ids if (found := view.get(tables.SEGMENTS, each))]
    told: list[Event] = []
    left = TOLD_BYTES_MAX
    for customer_id in changed | dict.fromkeys(summaries):
        customer = changed.get(customer_id) or view.get(tables.CUSTOMERS, customer_id)
        if customer is None:
            continue
        for event in _moves(view, asked, customer, summaries.get(customer_id), now):
            left -= _bytes_of(event)
            if left >= 0:
                told.append(event)
    return replace(decision, events=(*decision.events, *told)) if told else decision


def customers_at_once(view: View) -> int:
    """How many customers a decision may change, so that asking each for all segments stays short."""
    segments = view.get(tables.FOLLOWED, tables.THE_ONE)
    asked = 0
    for segment_id in () if segments is None else segments.ids:
        segment = view.get(tables.SEGMENTS, segment_id)
        if segment is not None:
            asked += 1 + len(segment.filter or "") // _FILTER_CHARACTERS
    most = max(CUSTOMERS_MIN, min(CUSTOMERS_MAX, ASKED_MAX // max(asked, 1)))
    earned = bytes_earned(view, "order.paid", _ENTERED)
    return most if not earned else max(1, min(most, EARNED_BYTES_MAX // earned))


def follow_segment(
    view: View,
    command: Command,
    action: AsyncAction,
    work: FollowSegment,
    _: Rows | None,
    now: Millis,
) -> Chunk:
    """Looks through the next customers; the cursor counts the parts that their ids lie in.

    A part of which not everything can be told at once is looked through again: who was told of is
    known then.
    """
    segment = view.get(tables.SEGMENTS, work.segment_id)
    if segment is None:
        return Chunk((), 0)
    seen, part, told = 0, action.cursor, 0
    most = share_of(command, TOLD_BYTES_MAX)
    end = min(part + PARTS_MAX, PARTS)
    moves: list[Event] = []
    for customer in view.scan(tables.CUSTOMERS, after=_begin(part)):
        if customer.id >= _begin(end):
            break
        if told >= most:
            end = _part_of(customer.id)
            break
        if seen >= CUSTOMERS_MAX and customer.id >= _begin(part + 1):
            end = part + 1
            break
        part, seen = _part_of(customer.id), seen + 1
        for event in _moves(view, [segment], customer, None, now):
            told += _bytes_of(event) + bytes_earned_by(view, customer.id, _ENTERED)
            moves.append(event)
    return Chunk(tuple(moves), seen, cursor=end, finished=end == PARTS)


def _bytes_of(event: SegmentEntered | SegmentLeft) -> int:
    return _EVENT_BYTES + len(encode(event.segments))


def _begin(part: int) -> str:
    """What comes before the ids of a part, and after those of the part before it."""
    return f"{_PREFIX}{part:0{DIGITS}x}" if part < PARTS else f"{_PREFIX}g"


def _part_of(customer_id: str) -> int:
    return int(customer_id[len(_PREFIX) : len(_PREFIX) + DIGITS], 16)


def _changed_customers(
    decision: Decision,
) -> tuple[dict[str, Customer], dict[str, CustomerSummary]]:
    """The customers that a decision changes, and what they add up to then, by their ids."""
    customers: dict[str, Customer] = {}
    summaries: dict[str, CustomerSummary] = {}
    for event in decision.events:
        change = CHANGES.get(type(event))
        if change is not None:
            change(event, customers, summaries)
    return customers, summaries


def _customer_changed(
    event: CustomerCreated | CustomerUpdated | CustomerDeleted,
    customers: dict[str, Customer],
    _: dict[str, CustomerSummary],
) -> None:
    customers[event.customer.id] = event.customer


def _customers_summed(
    event: CustomersSummed, _: dict[str, Customer], summaries: dict[str, CustomerSummary]
) -> None:
    summaries |= event.summaries


#: What each event changes of customers and what they add up to.
CHANGES: Mapping[
    type[Any], Callable[[Any, dict[str, Customer], dict[str, CustomerSummary]], None]
] = MappingProxyType(
    {
        CustomerCreated: _customer_changed,
        CustomerUpdated: _customer_changed,
        CustomerDeleted: _customer_changed,
        CustomersSummed: _customers_summed,
    }
)

#: What brings no customer into a segment and none out.
UNCHANGED = events_of(
    BESIDE_MEMBERSHIP_EVENTS,
    CustomerUnchanged,
    # It is what following ends in, or a segment that an action follows.
    SEGMENT_EVENTS,
)


def _moves(
    view: View,
    segments: list[Segment],
    customer: Customer,
    summary: CustomerSummary | None,
    now: Millis,
) -> Iterator[SegmentEntered | SegmentLeft]:
    known = (view.get(tables.KNOWN_SEGMENTS, customer.id) or KnownSegments()).ids
    entered: dict[str, str] = {}
    left: dict[str, str] = {}
    for segment in segments:
        within = belongs_to_segment(view, segment, customer, now, summary)
        if within is not (segment.id in known):
            (entered if within else left)[segment.id] = segment.name
    if entered:
        yield SegmentEntered(customer.id, entered)
    if left:
        yield SegmentLeft(customer.id, left)
