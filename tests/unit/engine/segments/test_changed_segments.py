"""Segments that change: their members, and who another filter lets in."""

import json
from typing import Any

import pytest

from engine.kernel import tables
from engine.segments.belonging import belongs_to_segment, segments_of
from schemas.customers import CustomerCreated
from schemas.segments import SegmentEntered, SegmentLeft, SegmentUpdated, UpdateSegment
from tests.unit.engine.segments.segments import VIP, create, run, segment, someone
from tests.unit.engine.world import NOON, World


def test_an_update_names_all_members_of_a_static_segment_anew() -> None:
    world = World().given(*(CustomerCreated(someone(n)) for n in (1, 2, 3)))
    static = create(world, segment(), "s1", "s2")
    record = world.when(UpdateSegment(static, name="T", customers=("s3", "s2")))
    [event] = record.events
    assert isinstance(event, SegmentUpdated)
    assert (event.segment.name, event.segment.updated_at) == ("T", world.now)
    assert (event.entered, event.left) == ((someone(3).id,), (someone(1).id,))
    found = world.view.get(tables.SEGMENTS, static)
    assert found is not None
    within = [belongs_to_segment(world.view, found, someone(n), NOON) for n in (1, 2, 3)]
    assert within == [False, True, True]
    assert [each.id for each in segments_of(world.view, someone(1), NOON)] == []


def test_who_is_let_in_by_another_filter_enters_and_who_is_not_leaves() -> None:
    world = World().given(
        CustomerCreated(someone(1, metadata={"vip": True})),
        CustomerCreated(someone(2, metadata={"vip": False})),
        CustomerCreated(someone(3, metadata={"vip": False, "new": 1})),
    )
    auto = create(world, segment(VIP))
    other = json.dumps({"metadata.vip": {"conditions": {"$is": [False]}}})
    record = world.when(UpdateSegment(auto, filter=other))
    assert isinstance(record.events[-1], SegmentUpdated)
    told = [each for done in run(world) for each in done.events]
    entered = {each.customer_id for each in told if isinstance(each, SegmentEntered)}
    left = {each.customer_id for each in told if isinstance(each, SegmentLeft)}
    assert (entered, left) == ({someone(2).id, someone(3).id}, {someone(1).id})
    world.when(UpdateSegment(auto, name="T"))
    assert run(world) == [], "a name moves nobody"


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"filter": "{}"}, "filter"),
        ({"customers": ("nobody",)}, "customer"),
    ],
)
def test_what_an_update_of_a_static_segment_cannot_say(changes: dict[str, Any], told: str) -> None:
    world = World()
    static = create(world, segment())
    refusal = world.when(UpdateSegment(static, **changes)).refusal
    assert refusal is not None
    assert told in (refusal.details or "")
    assert world.when(UpdateSegment("seg_none")).refusal is not None
