"""Product collections: their members, one by one or by a filter, and whether an item is one."""

import json
from typing import Any

import pytest

from engine.collections.body import collection_body
from engine.collections.decide import RULES_TOLD_MAX, delete_collection, with_members
from engine.collections.members import is_member
from engine.kernel import tables
from engine.kernel.geo import make_point
from engine.kernel.overlay import ProjectState
from engine.kernel.state import Table, encode
from schemas.api import ProductInput
from schemas.collections import (
    COLLECTIONS_MAX,
    MEMBERS_MAX,
    MEMBERS_SHOWN_MAX,
    CollectionCreated,
    CollectionUpdated,
    DeleteCollection,
    ProductCollection,
    UpdateCollection,
)
from schemas.errors import Refusal
from schemas.locations import Circle, Location, LocationCreated, LocationDeleted
from schemas.orders import OrderItem
from schemas.products import DeleteProduct, Product, ProductCreated
from schemas.records import Decided
from schemas.rules import (
    ApplicableItems,
    DeleteValidationRule,
    ItemEntry,
    ValidationRule,
    ValidationRuleCreated,
    ValidationRuleUpdated,
)
from schemas.segments import FILTER_LENGTH_MAX
from schemas.topics import RECORD_BYTES_MAX
from tests.unit.engine.catalogue_world import collection, create_collection, product, raw, sku
from tests.unit.engine.world import DAY, NOON, World, found, only, refused

RED = {"junction": "and", "metadata.color": {"conditions": {"$is": ["red"]}}}


def is_in(world: World, of: ProductCollection, **item: Any) -> bool:
    stored = found(world.view.get(tables.COLLECTIONS, of.id))
    return is_member(world.view, stored, OrderItem(**item), world.now)


def update(world: World, of: ProductCollection, **changes: Any) -> Decided:
    return world.when(UpdateCollection(of.id, raw(changes)))


def test_members_are_named_by_id_or_source_id_and_each_counts_once() -> None:
    world = World()
    mug, cup = product(world), product(world, "cup")
    red = sku(world)
    made = collection(world, products=("mug", mug.id, cup.id), skus=("mug-red",))
    assert made.products == tuple(sorted((mug.id, cup.id)))
    assert (made.skus, made.sku_products) == ((red.id,), (mug.id,))
    assert made.members_count == 3
    stored = found(world.view.get(tables.COLLECTIONS, made.id))
    assert (stored.products, stored.skus) == ((), ())
    assert with_members(world.view, stored) == made
    assert collection_body(with_members(world.view, stored))["products"] == [
        *({"id": each, "object": "product"} for each in made.products),
        {"id": red.id, "product_id": mug.id, "object": "sku"},
    ]


def test_a_product_stands_for_its_skus_and_a_sku_for_itself() -> None:
    world = World()
    mug, cup = product(world, price=1), product(world, "cup")
    red, blue = sku(world), sku(world, "mug-blue")
    of_mugs = collection(world, products=(mug.id,))
    of_reds = collection(world, skus=(red.id,))
    lines: list[tuple[dict[str, Any], bool, bool]] = [
        ({"product_id": mug.id}, True, False),
        ({"product_id": "mug"}, True, False),
        ({"source_id": "mug"}, True, False),
        ({"product": ProductInput(source_id="mug")}, True, False),
        ({"sku_id": red.id}, True, True),
        ({"sku_id": "mug-red"}, True, True),
        ({"source_id": "mug-red", "related_object": "sku"}, True, True),
        ({"product_id": mug.id, "sku_id": blue.id}, True, False),
        ({"product_id": cup.id}, False, False),
        ({"product_id": "unknown"}, False, False),
        ({}, False, False),
    ]
    for line, in_mugs, in_reds in lines:
        assert is_in(world, of_mugs, **line) is in_mugs, line
        assert is_in(world, of_reds, **line) is in_reds, line


def test_the_members_are_named_anew_by_an_update() -> None:
    world = World()
    mug, cup = product(world), product(world, "cup")
    made = collection(world, products=(mug.id,))
    renamed = only(update(world, made, name="Some"), CollectionUpdated).collection
    assert (renamed.name, renamed.products) == ("Some", (mug.id,))
    changed = only(update(world, made, products=["cup"]), CollectionUpdated).collection
    assert (changed.products, changed.members_count) == ((cup.id,), 1)
    assert not is_in(world, made, product_id=mug.id)
    assert is_in(world, made, product_id=cup.id)
    update(world, made, products=[], skus=[])
    assert not list(world.view.scan(tables.COLLECTION_MEMBERS, made.id))
    assert refused(update(world, made, created_at=1)) == "invalid_payload"
    assert refused(update(world, made, type="AUTO_UPDATE")) == "invalid_payload"


@pytest.mark.parametrize(
    ("given", "fields", "met"),
    [
        ({"price": {"conditions": {"$more_than": [500]}}}, {"price": 900}, True),
        ({"price": {"conditions": {"$more_than": [500]}}}, {"price": 500}, False),
        ({"price": {"conditions": {"$more_than": [500]}}}, {}, False),
        ({"name": {"conditions": {"$starts_with": ["M"]}}}, {"name": "Mug"}, True),
        ({"source_id": {"conditions": {"$is": ["mug"]}}}, {}, True),
        ({"attributes": {"conditions": {"$contains": ["red"]}}}, {"attributes": ("red",)}, True),
        (RED, {"metadata": {"color": "red"}}, True),
        (RED, {"metadata": {"color": "blue"}}, False),
        ({"metadata.color": {"conditions": {"$is_unknown": [True]}}}, {}, True),
        ({"created_at": {"conditions": {"$less_than_ago": [1]}}}, {}, True),
        ({"created_at": {"conditions": {"$more_than_ago": [1]}}}, {}, False),
        ({"junction": "or", **RED, "price": {"conditions": {"$is": [1]}}}, {"price": 1}, False),
        ({**RED, "junction": "or", "price": {"conditions": {"$is": [1]}}}, {"price": 1}, True),
        ({"junction": "and"}, {}, True),
    ],
)
def test_a_filter_asks_about_the_product_as_the_catalogue_has_it(
    given: dict[str, Any], fields: dict[str, Any], met: bool
) -> None:
    world = World()
    product(world, **fields)
    made = collection(world, type="AUTO_UPDATE", filter=json.dumps(given))
    assert is_in(world, made, source_id="mug") is met
    assert not is_in(world, made, source_id="unknown")


def test_a_filter_follows_the_catalogue_the_time_and_the_request() -> None:
    world = World()
    product(world, metadata={"color": "red"})
    blue = sku(world, "mug-blue", metadata={"color": "blue"})
    of_red = collection(world, type="AUTO_UPDATE", filter=json.dumps(RED))
    new = {"created_at": {"conditions": {"$less_than_ago": [1]}}}
    of_new = collection(world, type="AUTO_UPDATE", filter=json.dumps(new))
    assert is_in(world, of_red, source_id="mug")
    assert is_in(world, of_red, sku_id=blue.id)
    product(world, metadata={"color": "blue"})
    assert not is_in(world, of_red, source_id="mug")
    said = ProductInput(metadata={"color": "red"})
    assert is_in(world, of_red, source_id="mug", product=said)
    assert is_in(world, of_new, source_id="mug")
    world.now += 2 * DAY
    assert not is_in(world, of_new, source_id="mug")
    world.when(DeleteProduct("mug"))
    assert not is_in(world, of_red, source_id="mug", product=said)


def test_a_filter_may_ask_where_a_product_is() -> None:
    near = Circle("50, 20", "5 km", make_point(20, 50), 5000)
    world = World().given(LocationCreated(Location("loc_1", "L", near, NOON)))
    for name, lon in (("near", 20.01), ("far", 21)):
        product(world, name, metadata={"at": {"lat": 50, "lon": lon}})
    inside = {"metadata.at": {"conditions": {"$inside": ["loc_1"]}}}
    made = collection(world, type="AUTO_UPDATE", filter=json.dumps(inside))
    assert is_in(world, made, source_id="near")
    assert not is_in(world, made, source_id="far")
    said = ProductInput(metadata={"at": {"lat": 50, "lon": 20}})
    assert is_in(world, made, source_id="far", product=said)
    world.given(LocationDeleted(Location("loc_1", "L", near, NOON)))
    assert not is_in(world, made, source_id="near")


@pytest.mark.parametrize(
    "fields",
    [
        {"name": ""},
        {"filter": json.dumps(RED)},
        {"type": "AUTO_UPDATE"},
        {"type": "AUTO_UPDATE", "filter": json.dumps(RED), "products": ("mug",)},
        {"type": "AUTO_UPDATE", "filter": '{"planet": {"conditions": {"$is": [1]}}}'},
        {"type": "AUTO_UPDATE", "filter": '{"metadata.": {"conditions": {"$is": [1]}}}'},
        {"type": "AUTO_UPDATE", "filter": '{"name": {"conditions": {"$like": [1]}}}'},
        {"type": "AUTO_UPDATE", "filter": '{"junction": "xor"}'},
        {"type": "AUTO_UPDATE", "filter": "[]"},
        {"type": "AUTO_UPDATE", "filter": json.dumps(RED) + " " * FILTER_LENGTH_MAX},
        {"products": ("mug",) * (MEMBERS_MAX + 1)},
    ],
)
def test_a_collection_that_is_wrong_is_refused(fields: dict[str, Any]) -> None:
    world = World()
    product(world)
    assert refused(world.when(create_collection(**fields))) == "invalid_payload"


def test_members_have_to_be_there() -> None:
    world = World()
    assert refused(world.when(create_collection(products=("mug",)))) == "not_found"
    assert refused(world.when(create_collection(skus=("mug",)))) == "not_found"
    made = collection(world)
    assert refused(update(world, made, skus=["mug"])) == "not_found"


def test_a_collection_that_rules_name_stays() -> None:
    world = World()
    mug = product(world)
    before = {key.split(b"/")[0] for key in world.bytes}
    made = collection(world, products=(mug.id,))
    text = f'{{"1": {{"name": "product.id", "conditions": {{"$is": ["{made.id}"]}}}}}}'
    rule = ValidationRule(id="val_1", name="Mugs", created_at=NOON, definition=text)
    world.given(ValidationRuleCreated(rule))
    record = world.when(DeleteCollection(made.id))
    assert refused(record) == "resource_in_use"
    assert "val_1" in (found(record.refusal).details or "")
    other = collection(world, products=(mug.id,))
    world.when(DeleteCollection(other.id))
    for body in (DeleteCollection(other.id), UpdateCollection(other.id, raw({}))):
        assert refused(world.when(body)) == "not_found"
    left = [key for key in world.bytes if other.id.encode() in key]
    assert not left
    assert {b"product", b"product-source"} <= before


def naming(collection_id: str, **fields: Any) -> dict[str, Any]:
    """Rules of which one names a collection."""
    named = {"id": collection_id, "object": "products_collection"}
    return {"1": {"name": "order.items.any", "conditions": {"$is": [named]}, **fields}}


@pytest.mark.parametrize("part", ["definition", "included", "excluded", "bundle", "within"])
def test_whatever_part_of_a_set_names_a_collection_keeps_it(part: str) -> None:
    world = World()
    product(world)
    made, other = collection(world), collection(world)
    items = (ItemEntry(object="products_collection", id=made.id),)
    text, within = json.dumps(naming(made.id)), naming("pc_none", rules=naming(made.id))
    parts: dict[str, dict[str, Any]] = {
        "definition": {"definition": text},
        "within": {"definition": json.dumps(within)},
        "bundle": {"bundle": text},
        "included": {"applicable_to": ApplicableItems(included=items)},
        "excluded": {"applicable_to": ApplicableItems(excluded=items)},
    }
    named = ValidationRule(id="val_1", name=made.id, created_at=NOON, **parts[part])
    unnamed = ValidationRule(id="val_1", name=made.id, created_at=NOON)
    world.given(ValidationRuleCreated(named))
    assert refused(world.when(DeleteCollection(made.id))) == "resource_in_use"
    assert world.when(DeleteCollection(other.id)).refusal is None
    world.given(ValidationRuleUpdated(unnamed))
    assert list(world.view.scan(tables.COLLECTION_RULES)) == []
    world.given(ValidationRuleUpdated(named))
    assert refused(world.when(DeleteCollection(made.id))) == "resource_in_use"
    assert world.when(DeleteValidationRule("val_1")).refusal is None
    assert world.when(DeleteCollection(made.id)).refusal is None
    assert list(world.view.scan(tables.COLLECTION_RULES)) == []


def test_a_deletion_looks_at_no_set_and_tells_some_of_many() -> None:
    world = World()
    made = collection(world)
    text = json.dumps(naming(made.id))
    rules = [ValidationRule(f"val_{n:02}", "x", NOON, text) for n in range(2 * RULES_TOLD_MAX)]
    world.given(*map(ValidationRuleCreated, rules))
    view, asked = world.view, list[str]()

    class Watched(ProjectState):
        """A view that notes which tables are gone through."""

        def scan(self, table: Table[Any], *parts: str, **how: Any) -> Any:
            asked.append(table.name)
            return super().scan(table, *parts, **how)

    body = DeleteCollection(made.id)
    watched = Watched(view._overlay, view.project)
    refusal = delete_collection(watched, world.command(body), body, NOON)
    assert isinstance(refusal, Refusal)
    assert asked == [tables.COLLECTION_RULES.name]
    told = (refusal.explanation or {})["validation_rules"]
    assert told == [each.id for each in rules[:RULES_TOLD_MAX]]


def test_a_project_has_a_bounded_number_of_collections() -> None:
    world = World()
    world.given(
        *(
            CollectionCreated(ProductCollection(id=f"pc_{n}", name="x", created_at=n))
            for n in range(COLLECTIONS_MAX)
        )
    )
    assert refused(world.when(create_collection())) == "invalid_payload"


def test_the_largest_collection_fits_a_record() -> None:
    ids = tuple(f"prod_{n:018x}" for n in range(MEMBERS_MAX))
    largest = ProductCollection(id="pc_1", name="All", created_at=NOON, products=ids)
    assert len(encode(CollectionCreated(largest))) < RECORD_BYTES_MAX - 64 * 1024


def test_a_member_of_a_large_collection_costs_a_look_up() -> None:
    world = World()
    count = 2 * MEMBERS_SHOWN_MAX
    products = [
        Product(id=f"prod_{n:018x}", created_at=n, source_id=f"source-{n}") for n in range(count)
    ]
    world.given(*(ProductCreated(each) for each in products))
    made = collection(world, products=tuple(each.id for each in products))
    assert made.members_count == count
    assert "products" not in collection_body(made)
    stored = found(world.view.get(tables.COLLECTIONS, made.id))
    assert with_members(world.view, stored) == stored

    class Counted:
        """A view that counts what is asked of it, and scans nothing."""

        project = world.project
        asked = 0

        def get(self, table: Any, *parts: str) -> Any:
            self.asked += 1
            return world.view.get(table, *parts)

    view = Counted()
    assert is_member(view, stored, OrderItem(source_id=f"source-{count - 1}"), NOON)  # type: ignore[arg-type]
    assert view.asked <= 4
