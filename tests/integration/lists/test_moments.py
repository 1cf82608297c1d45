"""Lists that go on from a time, over a real engine: thirty rows of one millisecond are all there."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from schemas.actions import ActionStarted, AsyncAction, ImportOrders
from schemas.collections import CollectionCreated, ProductCollection
from schemas.custom_events import CustomEvent, CustomEventTracked
from schemas.customers import Customer, CustomerCreated
from schemas.personal import Personal, PersonalData
from schemas.products import Product, ProductCreated
from tests.integration.insight_host import Insight, running
from tests.unit.services.audit.examples import PROJECT, START, decided

MANY = range(30)
SIZES = (1, 7, 30)


@pytest.fixture
async def insight(tmp_path: Path) -> AsyncIterator[Insight]:
    async with running(tmp_path) as found:
        yield found


async def all_of(
    insight: Insight, path: str, parameter: str, size: int, *, has_more: bool, order: str = ""
) -> set[str]:
    """What a client gathers that goes on from the time of each page's last row."""
    seen: set[str] = set()
    cursor = ""
    for _ in range(60):
        answer = await insight.get(f"{path}?limit={size}{order}{cursor}")
        rows: list[dict[str, Any]] = answer[answer["data_ref"]]
        ids = {each["id"] for each in rows}
        more = answer["has_more"] if has_more else bool(ids - seen)
        seen |= ids
        if not more:
            return seen
        cursor = f"&{parameter}={rows[-1]['created_at']}"
    raise AssertionError("the pages have no end")


def person(number: int, at: int) -> CustomerCreated:
    owner = f"cust_{number:02d}"
    data = PersonalData(source_id=f"source_{number}")
    return CustomerCreated(Customer(owner, Personal(f"{PROJECT}/{owner}", data), at))


@pytest.mark.parametrize("older", [0, 4])
async def test_all_customers_of_a_millisecond_are_listed_without_a_first_cursor(
    insight: Insight, older: int
) -> None:
    insight.world.append(
        decided(
            *(person(n, START) for n in MANY),
            *(person(50 + n, START - 1 - n) for n in range(older)),
        )
    )
    for size in SIZES:
        for order in ("&order=-created_at", "&order=created_at"):
            found = await all_of(
                insight, "/v1/customers", "starting_after", size, has_more=True, order=order
            )
            assert len(found) == 30 + older
    first = await insight.get("/v1/customers?limit=7")
    assert (len(first["customers"]), first["has_more"]) == (7, True)


async def test_all_products_of_a_collection_are_listed(insight: Insight) -> None:
    products = [Product(f"prod_{n:02d}", START) for n in MANY]
    older = [Product("prod_old", START - 9)]
    members = tuple(each.id for each in products + older)
    collections = (
        ProductCollection("pc_1", "Named", START, products=members),
        ProductCollection("pc_2", "Met", START, "AUTO_UPDATE", filter="{}"),
    )
    insight.world.append(
        decided(*map(ProductCreated, products + older), *map(CollectionCreated, collections))
    )
    for size in SIZES:
        for each in ("pc_1", "pc_2"):
            path = f"/v1/product-collections/{each}/products"
            found = await all_of(insight, path, "starting_after", size, has_more=False)
            assert found == set(members)
    path = "/v1/product-collections/pc_1/products?order=updated_at&starting_after=2024-01-01"
    assert (await insight.get(path, 400))["key"] == "invalid_query_params"


async def test_all_entries_of_the_older_feed_are_listed(insight: Insight) -> None:
    insight.world.append(decided(person(1, START - 5), at=START - 5))
    events = (CustomEventTracked(CustomEvent(f"ev_{n}", "e", "cust_01", START)) for n in MANY)
    insight.world.append(decided(*events, at=START))
    for size in SIZES:
        path = "/v1/customers/cust_01/activities"
        found = await all_of(insight, path, "starting_after", size, has_more=False)
        assert len(found) == 31


async def test_all_async_actions_are_listed(insight: Insight) -> None:
    insight.world.append(
        decided(
            *(
                ActionStarted(AsyncAction(f"aa_{n:02d}", "ORDERS.IMPORT", ImportOrders(), 1, START))
                for n in MANY
            )
        )
    )
    for size in SIZES:
        found = await all_of(insight, "/v1/async-actions", "end_date", size, has_more=True)
        assert len(found) == 30
