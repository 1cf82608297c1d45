"""The filters of segments: what they ask, and which make no sense."""

from typing import Any

import pytest

from engine.segments.belonging import belongs_to_segment
from schemas.customers import CustomerCreated, CustomersSummed, CustomerSummary
from schemas.personal import Address
from schemas.segments import CreateSegment
from tests.unit.engine.segments.segments import VIP, segment, someone
from tests.unit.engine.world import NOON, World

DATA: dict[str, Any] = {
    "name": "Ada",
    "email": "ada@example.org",
    "birthdate": "1990-05-01",
    "address": Address(city="Riga", country="LV"),
    "metadata": {"vip": True, "age": 30, "tags": ["a", "b"], "since": "2025-01-10"},
}
SUMMARY = CustomerSummary(orders_count=3, orders_amount=9000, last_order_amount=5000, succeeded=2)
FIELDS: list[tuple[str, dict[str, Any], bool]] = [
    ("name", {"$is": ["Ada"]}, True),
    ("name", {"$is": ["Bob"]}, False),
    ("email", {"$ends_with": ["example.org"]}, True),
    ("phone", {"$is_unknown": [True]}, True),
    ("phone", {"$has_value": [True]}, False),
    ("birthdate", {"$before": ["2000-01-01"]}, True),
    ("address.city", {"$in": ["Riga", "Oslo"]}, True),
    ("address.state", {"$is": ["x"]}, False),
    ("address.country", {"$not_in": ["LV"]}, False),
    ("metadata.vip", {"$is": [True]}, True),
    ("metadata.age", {"$more_than": [18], "$less_than": [31]}, True),
    ("metadata.age", {"$more_than": [18], "$less_than": [30]}, False),
    ("metadata.tags", {"$contains": ["b"]}, True),
    ("metadata.none", {"$is": ["x"]}, False),
    ("metadata.since", {"$less_than_ago": [6]}, True),
    ("metadata.since", {"$more_than_ago": [6]}, False),
    ("created_at", {"$more_than_ago": [0]}, True),
    ("summary.orders.total_count", {"$is": [3]}, True),
    ("summary.orders.total_amount", {"$more_than": [9000]}, False),
    ("summary.orders.average_amount", {"$is": [3000]}, True),
    ("summary.orders.last_order_amount", {"$is": [5000]}, True),
    ("summary.redemptions.total_succeeded", {"$more_than_or_equal": [2]}, True),
]


@pytest.mark.parametrize(("name", "conditions", "within"), FIELDS)
def test_a_filter_asks_what_a_customer_is_and_adds_up_to(
    name: str, conditions: dict[str, Any], within: bool
) -> None:
    who = someone(**DATA)
    world = World().given(CustomerCreated(who), CustomersSummed({who.id: SUMMARY}))
    found = segment({name: {"conditions": conditions}}, id="seg_1")
    assert belongs_to_segment(world.view, found, who, world.now) is within


@pytest.mark.parametrize(("junction", "within"), [("and", False), ("or", True), ("OR", True)])
def test_conditions_are_joined(junction: str, within: bool) -> None:
    who = someone(**DATA)
    asked = {"name": {"conditions": {"$is": ["Bob"]}}, **VIP, "junction": junction}
    assert belongs_to_segment(World().view, segment(asked), who, NOON) is within


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"shoe_size": {"conditions": {"$is": [1]}}}, ".filter.shoe_size"),
    ({"metadata.": {"conditions": {"$is": [1]}}}, ".filter.metadata."),
    ({"address.planet": {"conditions": {"$is": [1]}}}, ".filter.address.planet"),
    ({"name": {"conditions": {"$like": ["x"]}}}, ".filter.name.conditions.$like"),
    ({"name": {"conditions": {}}}, ".filter.name.conditions"),
    ({"name": {"$is": ["x"]}}, ".filter.name.conditions"),
    ({"metadata.n": {"conditions": {"$more_than": ["x"]}}}, "has to be a number or a date"),
    ({"metadata.n": {"conditions": {"$more_than": [1, 2]}}}, "one value"),
    ({"created_at": {"conditions": {"$dow": [[1]]}}}, "has to be days of the week"),
    ({"junction": "xor"}, ".filter.junction"),
    ({f"metadata.{n}": VIP["metadata.vip"] for n in range(101)}, "at most 100 fields"),
]


@pytest.mark.parametrize(("filter_", "told"), WRONG)
def test_a_filter_that_makes_no_sense_is_told_where(filter_: dict[str, Any], told: str) -> None:
    refusal = World().when(CreateSegment(segment(filter_))).refusal
    assert refusal is not None
    assert refusal.key == "invalid_payload"
    assert told in (refusal.details or "")


def test_a_segment_that_is_not_static_has_a_filter() -> None:
    for kind in ("auto-update", "passive"):
        refusal = World().when(CreateSegment(segment(type=kind))).refusal
        assert refusal is not None
        assert refusal.details == "Property `.filter` is required"
