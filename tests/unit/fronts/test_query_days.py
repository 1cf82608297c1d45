"""A date without a time in the query of a list is a day where the project is; a time is an instant."""

from typing import Any

import pytest
from starlette.requests import Request

from engine.kernel.calendar import parse_iso
from engine.kernel.zones import zone_named
from fronts.query_string import Range, conditions_of, range_of, read_parameters
from runtime.http.internal import TIME_ZONE_HEADER
from schemas.base import DAY_MS, Millis
from services.audit.lists.filters import Where
from services.audit.lists.parameters import parameters_of
from services.audit.lists.vouchers import VOUCHERS
from tests.unit.services.world import MANAGEMENT, World

KIRITIMATI = zone_named("Pacific/Kiritimati")
#: When 2026-11-28 begins and ends there.
FIRST, NEXT = parse_iso("2026-11-27T10:00:00Z"), parse_iso("2026-11-28T10:00:00Z")


@pytest.mark.parametrize(
    ("value", "at"),
    [
        ("2026-11-28", FIRST),
        ("20261128", FIRST),
        (" 2026-11-28 ", FIRST),
        ("2026-11-28T00:00", parse_iso("2026-11-28")),
        ("2026-11-28 00:00", parse_iso("2026-11-28")),
        ("2026-11-28T00:00Z", parse_iso("2026-11-28")),
        ("2026-11-28T00:00+14:00", FIRST),
    ],
)
def test_a_date_is_a_day_of_the_zone_and_a_time_is_not(value: str, at: Millis) -> None:
    given = read_parameters([("created_at[after]", value)], KIRITIMATI)
    assert range_of(given, "created_at") == Range(after=at)


@pytest.mark.parametrize(
    ("operator", "value", "span"),
    [
        ("$is", "2026-11-28", (FIRST, NEXT)),
        ("$is", "2026-11-28T00:00", (parse_iso("2026-11-28"), parse_iso("2026-11-28") + 1)),
        ("$is_days_ago", "1", (FIRST - DAY_MS, NEXT - DAY_MS)),
        ("$is_days_in_future", "1", (FIRST + DAY_MS, NEXT + DAY_MS)),
    ],
)
def test_a_filter_for_a_day_means_that_of_the_zone(
    operator: str, value: str, span: tuple[int, int]
) -> None:
    name = f"filters[created_at][conditions][{operator}]"
    where = Where("p", NEXT - 1)
    where.satisfies(VOUCHERS.fields, *conditions_of(read_parameters([(name, value)], KIRITIMATI)))
    assert where.values["filter_0"] == [span]


def test_lists_of_the_audit_service_are_told_the_zone() -> None:
    header = (TIME_ZONE_HEADER.encode(), b"Pacific/Kiritimati")
    scope: dict[str, Any] = {"type": "http", "query_string": b"created_at[before]=2026-11-28"}
    there = parameters_of(Request(scope | {"headers": [header]}))
    assert range_of(there, "created_at").before == FIRST
    utc = parameters_of(Request(scope | {"headers": []}))
    assert range_of(utc, "created_at").before == parse_iso("2026-11-28")


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/v1/segments", {"name": "S", "type": "static"}),
        ("/v1/categories", {"name": "C", "hierarchy": 1}),
        ("/v1/rewards", {"name": "R", "parameters": {"coin": {"exchange_ratio": 1}}}),
        ("/v1/locations", {"name": "L", "shape": {
            "type": "circle", "distance": {"center": "52.2,21", "radius": "5 km"}}}),
    ],
)  # fmt: skip
async def test_lists_of_the_state_know_the_zone(
    world: World, path: str, body: dict[str, Any]
) -> None:
    zone = {"timezone": "Pacific/Kiritimati"}
    await world.call("PUT", "/management/v1/projects/proj", zone, MANAGEMENT)
    world.ledger.now = FIRST + 1
    made = await world.call("POST", path, body)
    assert made.status_code == 200, made.text
    for operator, total in (("$before", 0), ("$after", 1)):
        query = f"filters[created_at][conditions][{operator}]=2026-11-28"
        assert (await world.call("GET", f"{path}?{query}")).json()["total"] == total


async def test_skus_of_a_day_are_those_of_the_zone(world: World) -> None:
    zone = {"timezone": "Pacific/Kiritimati"}
    await world.call("PUT", "/management/v1/projects/proj", zone, MANAGEMENT)
    await world.call("POST", "/v1/products", {"source_id": "p"})
    world.ledger.now = FIRST
    await world.call("POST", "/v1/products/p/skus", {"sku": "S"})
    for query, total in (("start_date=2026-11-28", 1), ("start_date=2026-11-29", 0),
                         ("end_date=2026-11-27", 0), ("end_date=2026-11-28", 1)):  # fmt: skip
        listed = (await world.call("GET", f"/v1/products/p/skus?{query}")).json()
        assert listed["total"] == total, query
