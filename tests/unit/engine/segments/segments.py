"""Segments, customers who may be in them, and the work that looks through these."""

import json
from typing import Any

from engine.kernel import tables
from schemas.actions import RunChunk
from schemas.customers import Customer
from schemas.personal import Personal, PersonalData
from schemas.records import Decided
from schemas.segments import CreateSegment, Segment, SegmentCreated, SegmentEntered, SegmentLeft
from tests.unit.engine.world import DAY, NOON, World

VIP = {"metadata.vip": {"conditions": {"$is": [True]}}}


def someone(number: int = 1, **said: Any) -> Customer:
    """A customer whose id begins with three digits of the number."""
    customer_id = f"cust_{number:03x}{number:021x}"
    data = PersonalData(source_id=f"s{number}", **said)
    return Customer(customer_id, Personal(f"p/{customer_id}", data), NOON - DAY)


def segment(filter_: dict[str, Any] | None = None, **fields: Any) -> Segment:
    text = None if filter_ is None else json.dumps(filter_)
    kind = "static" if filter_ is None else "auto-update"
    terms: dict[str, Any] = {"id": "", "name": "S", "created_at": 0, "type": kind, "filter": text}
    return Segment(**(terms | fields))


def create(world: World, given: Segment, *customers: str) -> str:
    """Creates a segment and runs its action to the end; its id."""
    record = world.when(CreateSegment(given, customers))
    assert record.refusal is None, record.refusal
    run(world)
    return next(each.segment.id for each in record.events if isinstance(each, SegmentCreated))


def run(world: World) -> list[Decided]:
    """Does everything that is left to do."""
    done: list[Decided] = []
    while True:
        action = next(iter(world.view.scan(tables.OPEN_ACTIONS)), None)
        if action is None:
            return done
        number = world.view.get(tables.ACTIONS, action.id).next_chunk  # type: ignore[union-attr]
        done.append(world.when(RunChunk(action.id, number)))


def moves(record: Decided) -> list[tuple[str, set[str]]]:
    """What a record tells of entering and leaving."""
    told = []
    for event in record.events:
        if isinstance(event, SegmentEntered | SegmentLeft):
            how = "in" if isinstance(event, SegmentEntered) else "out"
            told.append((how, set(event.segments)))
    return told
