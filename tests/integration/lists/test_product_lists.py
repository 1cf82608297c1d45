"""The lists of products and collections over a real engine, and of what is in a collection."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from engine.kernel.geo import make_point
from schemas.bin import BinEntry, BinEntryAdded
from schemas.collections import (
    MEMBERS_SHOWN_MAX,
    CollectionCreated,
    CollectionDeleted,
    CollectionUpdated,
    ProductCollection,
)
from schemas.locations import Circle, Location, LocationCreated, LocationDeleted
from schemas.products import (
    Product,
    ProductCreated,
    ProductDeleted,
    ProductUpdated,
    Sku,
    SkuCreated,
    SkuDeleted,
)
from schemas.rules import ValidationRule, ValidationRuleCreated
from schemas.segments import Segment, SegmentCreated
from services.audit.lists import products
from tests.contract.shapes import assert_shape
from tests.integration.insight_host import Insight, is_, running
from tests.unit.services.audit.examples import DAY, START, decided


@pytest.fixture
async def insight(tmp_path: Path) -> AsyncIterator[Insight]:
    async with running(tmp_path) as found:
        yield found


def product(number: int, **fields: Any) -> Product:
    made: dict[str, Any] = {
        "id": f"prod_{number}",
        "created_at": START + number,
        "source_id": f"p{number}",
    }
    return Product(**(made | fields))


def sku(number: int, of: int = 1, **fields: Any) -> Sku:
    made: dict[str, Any] = {
        "id": f"sku_{number}",
        "product_id": f"prod_{of}",
        "created_at": START + 10 + number,
    }
    return Sku(**(made | fields))


def collection(number: int, **fields: Any) -> ProductCollection:
    made: dict[str, Any] = {
        "id": f"pc_{number}",
        "name": f"C{number}",
        "created_at": START + number,
    }
    return ProductCollection(**(made | fields))


def numbers(entries: list[dict[str, Any]]) -> str:
    return "".join(each["id"].partition("_")[2] for each in entries)


async def test_products_are_listed_with_their_skus(insight: Insight) -> None:
    insight.world.append(
        decided(
            ProductCreated(product(1, name="Mug", price=100, attributes=("red", "big"))),
            ProductCreated(product(2, name="Cup", price=200, metadata={"vip": True})),
            ProductCreated(product(3, created_at=START + 2 * DAY)),
            ProductCreated(product(4)),
            ProductDeleted(product(4), ("sku_9",)),
            *(SkuCreated(sku(number)) for number in range(1, 4)),
            SkuDeleted(sku(2)),
            SkuCreated(sku(9, of=4)),
        ),
        decided(ProductUpdated(product(1, name="Mug", price=100, updated_at=START + 5 * DAY))),
    )
    wanted = {
        "": "321", "order=created_at": "123", "limit=1&page=2": "2", "order=-updated_at": "132",
        is_("name", "$is", "Cup"): "2", is_("price", "$more_than", "100"): "2",
        is_("source_id", "$in", "p1"): "1", is_("metadata.vip", "$is", "true"): "2",
        is_("name", "$is_unknown", ""): "3", is_("updated_at", "$has_value", ""): "1",
    }  # fmt: skip
    found = {}
    for query in wanted:
        answer = await insight.get(f"/v1/products?{query}")
        assert_shape(answer, "ProductsListResponseBody")
        found[query] = numbers(answer["products"])
    assert found == wanted
    [mug] = (await insight.get(f"/v1/products?{is_('name', '$is', 'Mug')}"))["products"]
    assert (numbers(mug["skus"]["data"]), mug["skus"]["total"]) == ("31", 2)
    third = (await insight.get("/v1/products"))["products"][0]
    assert "skus" not in third
    after = f"/v1/products?start_date={third['created_at']}"
    assert numbers((await insight.get(after))["products"]) == "3"
    before = f"/v1/products?end_date={third['created_at']}"
    assert numbers((await insight.get(before))["products"]) == "321"
    between = f"{before}&start_date={third['created_at']}"
    assert (await insight.get(between))["total"] == 1
    for query in ("order=name", "start_date=soon", "customer=x", is_("planet", "$is", "x")):
        wrong = await insight.get(f"/v1/products?{query}", 400)
        assert wrong["key"] == "invalid_query_params"


async def test_collections_are_listed_and_small_ones_with_their_members(insight: Insight) -> None:
    many = tuple(f"prod_{number}" for number in range(MEMBERS_SHOWN_MAX + 1))
    text = json.dumps({"junction": "and", "price": {"conditions": {"$more_than": [150]}}})
    few = collection(
        1, products=("prod_1",), skus=("sku_1",), sku_products=("prod_1",), members_count=2
    )
    insight.world.append(
        decided(
            CollectionCreated(few),
            CollectionCreated(collection(2, products=many, members_count=len(many))),
            CollectionCreated(collection(3, type="AUTO_UPDATE", filter=text)),
            CollectionCreated(collection(4)),
            CollectionDeleted(collection(4)),
        )
    )
    answer = await insight.get("/v1/product-collections")
    assert_shape(answer, "ProductCollectionsListResponseBody")
    assert (numbers(answer["data"]), answer["total"]) == ("321", 3)
    by_filter, large, small = answer["data"]
    assert by_filter["filter"] == json.loads(text)
    assert "products" not in large
    assert small["products"] == [
        {"id": "prod_1", "object": "product"},
        {"id": "sku_1", "product_id": "prod_1", "object": "sku"},
    ]
    auto = f"/v1/product-collections?{is_('type', '$is', 'auto_update')}"
    assert numbers((await insight.get(auto))["data"]) == "3"


async def test_what_is_in_a_static_collection_is_listed(insight: Insight) -> None:
    members: dict[str, Any] = {"products": ("prod_1", "prod_2", "prod_9"), "skus": ("sku_1",)}
    insight.world.append(
        decided(
            *(ProductCreated(product(number)) for number in range(1, 5)),
            SkuCreated(sku(1, of=3)),
            CollectionCreated(collection(1, products=("prod_4",), members_count=1)),
        ),
        decided(CollectionUpdated(collection(1, **members, members_count=4))),
    )
    path = "/v1/product-collections/pc_1/products"
    answer = await insight.get(path)
    assert_shape(answer, "ProductCollectionsProductsListResponseBody")
    assert [each["id"] for each in answer["data"]] == ["sku_1", "prod_2", "prod_1"]
    assert answer["total"] == 3
    assert answer["data"][0]["product"]["id"] == "prod_3"
    assert "skus" not in answer["data"][1]
    page = await insight.get(f"{path}?limit=1&page=2&order=created_at")
    assert ([each["id"] for each in page["data"]], page["total"]) == (["prod_2"], 3)
    cursor = answer["data"][0]["created_at"]
    rest = await insight.get(f"{path}?starting_after={cursor}")
    assert ([each["id"] for each in rest["data"]], rest["total"]) == (["prod_2", "prod_1"], 3)
    numbers = "/v1/analytics/summaries?by=collection&ids=pc_1,none"
    counted = (await insight.get(numbers))["data"]
    assert [each["named_members_count"] for each in counted] == [3, 0]
    insight.world.append(decided(ProductDeleted(product(1)), BinEntryAdded(entry())))
    assert (await insight.get(path))["total"] == 2
    assert (await insight.get(numbers))["data"][0]["named_members_count"] == 2
    missing = await insight.get("/v1/product-collections/pc_x/products", 404)
    assert missing["resource_type"] == "products_collection"
    [binned] = (await insight.get("/v1/trash-bin"))["data"]
    assert (binned["resource_type"], binned["resource_name"]) == ("product", "Mug")


async def test_what_meets_a_filter_is_listed(
    insight: Insight, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(products, "BATCH_MAX", 2)
    text = json.dumps({"junction": "and", "price": {"conditions": {"$more_than": [150]}}})
    insight.world.append(
        decided(
            *(ProductCreated(product(number, price=100 * number)) for number in range(1, 6)),
            SkuCreated(sku(1, of=1, price=200)),
            SkuCreated(sku(2, of=1)),
            CollectionCreated(collection(1, type="AUTO_UPDATE", filter=text)),
        )
    )
    path = "/v1/product-collections/pc_1/products"
    answer = await insight.get(path)
    assert_shape(answer, "ProductCollectionsProductsListResponseBody")
    ids = [each["id"] for each in answer["data"]]
    assert ids == ["sku_1", "prod_5", "prod_4", "prod_3", "prod_2"]
    assert answer["total"] == 5
    page = await insight.get(f"{path}?limit=2&page=2&order=created_at")
    assert [each["id"] for each in page["data"]] == ["prod_4", "prod_5"]
    cursor = answer["data"][2]["created_at"]
    rest = await insight.get(f"{path}?starting_after={cursor}")
    assert ([each["id"] for each in rest["data"]], rest["total"]) == (["prod_3", "prod_2"], 5)
    rest = await insight.get(f"{path}?starting_after={cursor}&order=created_at")
    assert ([each["id"] for each in rest["data"]], rest["total"]) == (["prod_5", "sku_1"], 5)
    rest = await insight.get(f"{path}?order=-updated_at&limit=2&page=3")
    assert ([each["id"] for each in rest["data"]], rest["total"]) == (["prod_2"], 5)


async def test_a_filter_may_ask_where_products_are(insight: Insight) -> None:
    near = Location("loc_1", "L", Circle("50, 20", "5 km", make_point(20, 50), 5000), START)
    gone = Location("loc_2", "M", near.shape, START)
    places = {1: 20.01, 2: 21.0, 3: 20.0}
    texts = [
        json.dumps({"metadata.at": {"conditions": {"$inside": [each]}}})
        for each in ("loc_1", "loc_2")
    ]
    insight.world.append(
        decided(
            *(
                ProductCreated(product(number, metadata={"at": {"lat": 50, "lon": lon}}))
                for number, lon in places.items()
            ),
            LocationCreated(near),
            LocationCreated(gone),
            LocationDeleted(gone),
            *(
                CollectionCreated(collection(number, type="AUTO_UPDATE", filter=text))
                for number, text in enumerate(texts, 1)
            ),
        )
    )
    answer = await insight.get("/v1/product-collections/pc_1/products")
    assert [each["id"] for each in answer["data"]] == ["prod_3", "prod_1"]
    assert (await insight.get("/v1/product-collections/pc_2/products"))["total"] == 0
    asked = {"name": "order.metadata", "property": "at", "conditions": {"$inside": ["loc_1"]}}
    rule = ValidationRule("val_1", "Near", START, json.dumps({"1": asked, "logic": "1"}))
    segment = Segment("seg_1", "Here", START + 50, type="auto-update", filter=texts[0])
    insight.world.append(decided(ValidationRuleCreated(rule), SegmentCreated(segment)))
    uses = await insight.get("/v1/locations/loc_1/uses")
    assert [(each["object"], each["id"], each["name"]) for each in uses["data"]] == [
        ("segment", "seg_1", "Here"),
        ("products_collection", "pc_1", "C1"),
        ("validation_rules", "val_1", "Near"),
    ]
    page = await insight.get("/v1/locations/loc_1/uses?limit=1&page=2")
    assert ([each["id"] for each in page["data"]], page["total"]) == (["pc_1"], 3)
    # one that is gone, one that there is, and a text that stands in what asks for it
    counted = await insight.get("/v1/analytics/summaries?by=location&ids=loc_2,loc_1,logic")
    assert [each["uses_count"] for each in counted["data"]] == [0, 3, 0]
    await insight.get("/v1/locations/loc_2/uses", status=404)
    await insight.get("/v1/locations/loc_1/uses?order=name", status=400)


async def test_a_filter_is_tried_before_it_is_kept(insight: Insight) -> None:
    insight.world.append(
        decided(
            *(ProductCreated(product(n, price=100 * n)) for n in range(1, 5)), SkuCreated(sku(1))
        )
    )
    path, dear = "/v1/product-collections/try", {"price": {"conditions": {"$more_than": [150]}}}
    answer = (await insight.post(path, {"filter": dear, "limit": 2})).json()
    assert ([each["id"] for each in answer["data"]], answer["total"]) == (["prod_4", "prod_3"], 3)
    assert_shape(answer, "ProductCollectionsProductsListResponseBody")
    assert (await insight.post(path, {"filter": {}})).json()["total"] == 5
    for wrong, told in (
        ({}, ".filter"),
        ({"filter": "x"}, ".filter"),
        ({"filter": {"planet": {"conditions": {"$is": ["x"]}}}}, ".filter.planet"),
        ({"filter": {"price": {}}}, ".filter.price.conditions"),
        ({"filter": {}, "limit": 101}, ".limit"),
    ):
        refused = (await insight.post(path, wrong, 400)).json()
        assert refused["key"] == "invalid_payload"
        assert f"`{told}" in refused["details"]


def entry() -> BinEntry:
    return BinEntry("tbe_1", "product", "prod_1", "Mug", START + 20)
