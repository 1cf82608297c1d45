"""Products and SKUs: created or completed, changed, deleted, and what their source ids lead to."""

import pytest

from engine.kernel import tables
from engine.products.decide import skus_of
from engine.products.find import find_item, find_product, find_sku
from schemas.bin import BinEntryAdded, DeleteBinEntry
from schemas.commands import CommandBody
from schemas.metadata import MetadataProperty, MetadataSchema, MetadataSchemaCreated
from schemas.products import (
    SKUS_MAX,
    CreateProduct,
    CreateSku,
    DeleteProduct,
    DeleteSku,
    Product,
    ProductDeleted,
    Sku,
    SkuCreated,
    UpdateProduct,
    UpdateSku,
)
from tests.unit.engine.catalogue_world import (
    create,
    create_sku,
    product,
    raw,
    sku,
    stored_product,
    update,
    update_sku,
)
from tests.unit.engine.world import NOON, World, only, refused


def test_a_product_is_created_and_found_by_id_and_source_id() -> None:
    world = World()
    made = product(world, "a@b/c+d", name="Mug", price=1000, attributes=("red",))
    assert made.id.startswith("prod_")
    assert (made.created_at, made.updated_at) == (NOON, None)
    for named in (made.id, "a@b/c+d"):
        assert find_product(world.view, named) == made
    assert find_product(world.view, "unknown") is None
    assert product(world, None).id != product(world, None).id


def test_creating_a_product_again_completes_it() -> None:
    world = World()
    made = product(world, name="Mug", price=1000, metadata={"a": 1}, attributes=("red",))
    again = product(world, price=1200, metadata={"b": 2})
    assert (again.id, again.name, again.price) == (made.id, "Mug", 1200)
    assert (again.metadata, again.attributes) == ({"a": 1, "b": 2}, ("red",))
    assert (again.created_at, again.updated_at) == (NOON, NOON)
    by_id = CreateProduct(Product(id=made.id, created_at=0, source_id="cup"))
    world.when(by_id)
    assert find_product(world.view, "mug") is None
    assert find_product(world.view, "cup") == stored_product(world, made.id)
    # a known source id may stand for the id
    world.when(CreateProduct(Product(id="cup", created_at=0, name="Cup")))
    assert stored_product(world, made.id).name == "Cup"


def test_an_update_sets_what_it_names_and_null_clears() -> None:
    world = World()
    made = product(world, name="Mug", price=1000, metadata={"a": 1}, attributes=("red",))
    update(world, "mug", price=0, metadata={"b": 2})
    changed = stored_product(world, made.id)
    assert (changed.name, changed.price, changed.metadata) == ("Mug", 0, {"a": 1, "b": 2})
    update(world, made.id, name=None, price=None, attributes=None, metadata=None)
    cleared = stored_product(world, made.id)
    assert (cleared.name, cleared.price) == (None, None)
    assert (cleared.attributes, cleared.metadata) == ((), {})
    update(world, made.id, source_id="cup")
    assert find_product(world.view, "mug") is None
    assert find_product(world.view, "cup") is not None
    assert refused(update(world, made.id, id="x")) == "invalid_payload"
    assert refused(update(world, made.id, price="x")) == "invalid_payload"


def test_a_source_id_belongs_to_one() -> None:
    world = World()
    mug, cup = product(world), product(world, "cup")
    assert refused(update(world, "cup", source_id="mug")) == "duplicate_source_id"
    both = CreateProduct(Product(id=cup.id, created_at=0, source_id="mug"))
    assert refused(world.when(both)) == "duplicate_source_id"
    red = sku(world)
    blue = sku(world, "mug-blue")
    assert refused(world.when(create_sku(of="cup"))) == "duplicate_source_id"
    assert refused(update_sku(world, "mug", blue.id, source_id="mug-red")) == "duplicate_source_id"
    # a product and a SKU may have the same: the product is meant unless the SKU is asked for
    product(world, "mug-red")
    assert find_sku(world.view, "mug-red") == red
    item = find_item(world.view, "mug-red")
    assert item is not None
    assert item.object == "product"
    assert mug.id != cup.id


def test_a_sku_lives_with_its_product() -> None:
    world = World()
    mug = product(world, name="Mug", price=1000)
    red = sku(world, sku="red", attributes={"color": "red"}, currency="EUR")
    assert red.id.startswith("sku_")
    assert red.product_id == mug.id
    again = sku(world, of=mug.id, price=900, metadata={"a": 1})
    assert (again.id, again.sku, again.price) == (red.id, "red", 900)
    update_sku(world, mug.id, "mug-red", price=None, attributes=None)
    changed = find_sku(world.view, red.id)
    assert changed is not None
    assert (changed.price, changed.attributes) == (None, {})
    # without a price of its own it costs what the product costs
    item = find_item(world.view, "mug-red")
    assert item is not None
    assert (item.price, item.object, item.source_id) == (1000, "sku", "mug")
    product(world, "cup")
    assert refused(update_sku(world, "cup", red.id, price=1)) == "not_found"
    assert refused(world.when(DeleteSku("cup", red.id))) == "not_found"


def test_a_product_goes_to_the_bin_with_its_skus_and_keeps_the_source_ids() -> None:
    world = World()
    mug = product(world, name="Mug")
    sku(world)
    early = sku(world, "mug-blue")
    world.when(DeleteSku("mug", early.id))
    record = world.when(DeleteProduct("mug"))
    entry = only(record, BinEntryAdded).entry
    assert (entry.resource_type, entry.resource_name) == ("product", "Mug")
    assert len(only(record, ProductDeleted).sku_ids) == 1
    for named in ("mug", mug.id, "mug-red", "mug-blue"):
        assert find_item(world.view, named) is None
        assert refused(world.when(DeleteProduct(named))) == "not_found"
    assert refused(world.when(create())) == "duplicate_source_id"
    product(world, "cup")
    for taken in ("mug-red", "mug-blue"):
        assert refused(world.when(create_sku(taken, "cup"))) == "duplicate_source_id"
    world.when(DeleteBinEntry(entry.id))
    assert product(world).id != mug.id
    assert sku(world, of="cup").source_id == "mug-red"
    # the SKU that was deleted before has an entry of its own
    assert refused(world.when(create_sku("mug-blue", "cup"))) == "duplicate_source_id"
    [left] = world.view.scan(tables.BIN)
    assert (left.resource_type, left.resource_id) == ("sku", early.id)
    assert left.resource_parent_id == mug.id
    world.when(DeleteBinEntry(left.id))
    assert sku(world, "mug-blue", "cup").id != early.id


def test_force_leaves_nothing_behind() -> None:
    world = World()
    before = world.bytes.keys()
    mug = product(world)
    red = sku(world)
    sku(world, "mug-blue")
    world.when(DeleteSku("mug", red.id, force=True))
    assert find_sku(world.view, red.id) is None
    assert [each.source_id for each in skus_of(world.view, mug.id)] == ["mug-blue"]
    record = world.when(DeleteProduct("mug", force=True))
    assert only(record, ProductDeleted).force
    left = {key.split(b"/")[0] for key in world.bytes.keys() - before}
    assert left == {b"seen"}


@pytest.mark.parametrize(
    "body",
    [
        CreateProduct(Product(id="prod_x", created_at=0)),
        CreateSku("mug", Sku(id="sku_x", product_id="", created_at=0)),
        CreateSku("none", Sku(id="", product_id="", created_at=0)),
        UpdateProduct("none", raw({})),
        UpdateSku("none", "x", raw({})),
        UpdateSku("mug", "none", raw({})),
        DeleteProduct("none"),
        DeleteSku("mug", "none"),
    ],
)
def test_what_is_not_there_is_not_found(body: CommandBody) -> None:
    world = World()
    product(world)
    assert refused(world.when(body)) == "not_found"


def test_a_product_has_a_bounded_number_of_skus() -> None:
    world = World()
    mug = product(world)
    world.given(
        *(SkuCreated(Sku(id=f"sku_{n}", product_id=mug.id, created_at=n)) for n in range(SKUS_MAX))
    )
    assert refused(world.when(create_sku())) == "invalid_payload"


def test_metadata_of_products_and_skus_follows_the_schema_of_products() -> None:
    schema = MetadataSchema(
        id="ms_1",
        related_object="product",
        properties={"color": MetadataProperty(type="string")},
        created_at=NOON,
        allow_defined_only=True,
    )
    world = World()
    product(world, "old", metadata={"size": 1})
    world.given(MetadataSchemaCreated(schema))
    wrong = {"size": 1}
    assert refused(world.when(create("new", metadata=wrong))) == "metadata_validation_failed"
    product(world, metadata={"color": "red"})
    assert refused(update(world, "mug", metadata=wrong)) == "metadata_validation_failed"
    assert refused(world.when(create_sku(metadata=wrong))) == "metadata_validation_failed"
    sku(world, metadata={"color": "red"})
    changed = update_sku(world, "mug", "mug-red", metadata=wrong)
    assert refused(changed) == "metadata_validation_failed"
    # what does not change it is not refused for it
    assert update(world, "old", price=1).refusal is None
