"""Orders and the catalogue: prices and names that come from it, and what goes to it."""

from typing import Any, Literal

import pytest
from msgspec import structs

from engine.orders.lines import line_of
from engine.orders.overrides import OVERRIDES_MAX
from engine.products.find import find_product, find_sku
from schemas.api import OrderInput, OrderItemInput, ProductInput, SkuInput
from schemas.bin import BinEntryAdded
from schemas.discounts import Discount
from schemas.orders import CreateOrder, OrderCreated, OrderItem, OrderUpdated, UpdateOrder
from schemas.products import DeleteProduct, ProductCreated, ProductUpdated, SkuCreated, SkuUpdated
from schemas.records import Decided
from schemas.redemptions import RedemptionFailed, RedemptionSucceeded
from tests.unit.engine.catalogue_world import product, sku
from tests.unit.engine.world import World, found, lock, only, redeem, refused, voucher


def order(*items: OrderItemInput, **fields: Any) -> OrderInput:
    return OrderInput(items=items, **fields)


def line(world: World, **given: Any) -> OrderItem:
    return line_of(world.view, OrderItemInput(**given))


def changes(record: Decided) -> list[str]:
    """What the record did to the catalogue."""
    kinds = (ProductCreated, ProductUpdated, SkuCreated, SkuUpdated)
    return [type(each).__name__ for each in record.events if isinstance(each, kinds)]


def test_a_line_without_a_price_gets_the_catalogues_price_ids_and_names() -> None:
    world = World()
    mug = product(world, name="Mug", price=1000, metadata={"a": 1})
    red, blue = sku(world, sku="red", price=1200), sku(world, "mug-blue", sku="blue")
    shown = ProductInput(id=mug.id, source_id="mug", name="Mug", price=1000)
    of_mug: list[dict[str, Any]] = [
        {"product_id": mug.id},
        {"product_id": "mug"},
        {"source_id": "mug", "related_object": "product"},
        {"source_id": "mug"},
        {"product": ProductInput(source_id="mug")},
    ]
    for given in of_mug:
        made = line(world, quantity=3, **given)
        assert (made.price, made.amount, made.product_id) == (1000, 3000, mug.id), given
        assert (made.product, made.sku, made.sku_id) == (shown, None, None)
    of_red: list[dict[str, Any]] = [
        {"sku_id": red.id},
        {"sku_id": "mug-red"},
        {"source_id": "mug-red", "related_object": "sku"},
        {"product_id": mug.id, "sku": SkuInput(id=red.id)},
    ]
    for given in of_red:
        made = line(world, **given)
        assert (made.price, made.amount) == (1200, 1200), given
        assert (made.product_id, made.sku_id, made.product) == (mug.id, red.id, shown)
        assert made.sku == SkuInput(id=red.id, source_id="mug-red", sku="red", price=1200)
    assert line(world, sku_id=blue.id).price == 1000


def test_what_the_caller_says_goes_before_the_catalogue() -> None:
    world = World()
    mug = product(world, name="Mug", price=1000)
    said = line(world, product_id=mug.id, amount=700)
    assert (said.price, said.amount) == (None, 700)
    said = line(world, source_id="mug", price=800)
    assert (said.price, said.amount, said.product_id) == (800, 800, mug.id)
    own = ProductInput(source_id="mug", name="My mug", price=900, metadata={"a": 1})
    said = line(world, product=own)
    assert (said.price, said.product) == (900, structs.replace(own, id=mug.id))


def test_a_line_with_an_id_and_a_price_is_taken_as_it_is() -> None:
    class Nothing:
        """A view that must not be asked."""

    given = OrderItemInput(product_id="p", price=100, quantity=2)
    made = line_of(Nothing(), given)  # type: ignore[arg-type]
    assert (made.amount, made.product) == (200, None)


def test_what_is_unknown_or_in_the_bin_has_no_price() -> None:
    world = World()
    mug = product(world, price=1000)
    only(world.when(DeleteProduct("mug")), BinEntryAdded)
    for given in ({"product_id": mug.id}, {"source_id": "mug"}, {"product_id": "x"}):
        made = line(world, **given)
        assert (made.price, made.amount, made.product) == (None, None, None)


def test_an_order_of_products_costs_what_the_catalogue_says() -> None:
    world = World().given(voucher())
    mug = product(world, price=1000)
    given = order(OrderItemInput(product_id="mug", quantity=2), OrderItemInput(product_id=mug.id))
    record = world.when(redeem("TEN", order=given))
    saved = found(only(record, RedemptionSucceeded).evaluation.order)
    assert (saved.amount, saved.discount_amount) == (3000, 300)
    # a saved order keeps its prices
    product(world, price=5000)
    again = order(*given.items or (), id=saved.id)
    assert only(world.when(CreateOrder(order())), OrderCreated).order.amount is None
    assert only(world.when(UpdateOrder(saved.id, OrderInput())), OrderUpdated).order.amount == 3000
    assert only(world.when(UpdateOrder(saved.id, again)), OrderUpdated).order.amount == 15_000


def test_an_override_updates_the_catalogue_when_an_order_is_saved() -> None:
    world = World().given(voucher())
    mug = product(world, name="Mug", price=1000, metadata={"a": 1})
    said = ProductInput(override=True, name="Cup", price=800, metadata={"b": 2})
    item = OrderItemInput(product_id=mug.id, quantity=2, product=said)
    assert not changes(world.when(lock("TEN", order=order(item), session="s")))
    assert found(find_product(world.view, "mug")).price == 1000
    record = world.when(redeem("TEN", order=order(item), session="s"))
    assert changes(record) == ["ProductUpdated"]
    changed = found(find_product(world.view, "mug"))
    assert (changed.name, changed.price, changed.metadata) == ("Cup", 800, {"a": 1, "b": 2})
    assert found(only(record, RedemptionSucceeded).evaluation.order).amount == 1600
    plain = OrderItemInput(product_id=mug.id, product=ProductInput(name="No", price=1))
    for override in (None, False):
        kept = structs.replace(plain, product=structs.replace(said, override=override, price=1))
        assert not changes(world.when(CreateOrder(order(kept))))


@pytest.mark.parametrize("create", [True, False])
def test_an_override_creates_what_has_a_new_source_id(create: bool) -> None:
    world = World().given(voucher())
    item = OrderItemInput(
        source_id="mug",
        product=ProductInput(override=True, name="Mug", price=1000),
        sku=SkuInput(override=True, source_id="mug-red", sku="red", price=1200),
    )
    body = CreateOrder(order(item)) if create else redeem("TEN", order=order(item))
    record = world.when(body)
    assert changes(record) == ["ProductCreated", "SkuCreated"]
    mug, red = found(find_product(world.view, "mug")), found(find_sku(world.view, "mug-red"))
    assert (mug.name, red.sku, red.product_id) == ("Mug", "red", mug.id)
    saved = (
        only(record, OrderCreated).order
        if create
        else found(only(record, RedemptionSucceeded).evaluation.order)
    )
    [made] = found(saved.items)
    assert (made.product_id, made.sku_id, made.price) == (mug.id, red.id, 1200)
    # the same again completes both, and names none anew
    assert changes(world.when(CreateOrder(order(item)))) == ["ProductUpdated", "SkuUpdated"]


def test_one_order_names_a_new_product_many_times() -> None:
    world = World()
    items = [
        OrderItemInput(source_id="mug", product=ProductInput(override=True, price=n))
        for n in range(3)
    ]
    assert changes(world.when(CreateOrder(order(*items)))) == [
        "ProductCreated",
        "ProductUpdated",
        "ProductUpdated",
    ]
    assert found(find_product(world.view, "mug")).price == 2


def test_browsers_change_no_catalogue() -> None:
    world = World().given(voucher())
    mug = product(world, price=1000)
    item = OrderItemInput(product_id=mug.id, product=ProductInput(override=True, price=1))
    record = world.when(redeem("TEN", order=order(item)), key_kind="client")
    only(record, RedemptionSucceeded)
    assert found(find_product(world.view, "mug")).price == 1000


def test_a_failed_redemption_changes_no_catalogue() -> None:
    world = World()
    item = OrderItemInput(source_id="mug", product=ProductInput(override=True, price=1))
    record = world.when(redeem("NONE", order=order(item)))
    only(record, RedemptionFailed)
    assert find_product(world.view, "mug") is None


def test_an_override_of_what_is_not_there_fails() -> None:
    world = World().given(voucher())
    unknown = OrderItemInput(product_id="prod_x", product=ProductInput(override=True, price=1))
    alone = OrderItemInput(sku=SkuInput(override=True, source_id="red", price=1))
    for item in (unknown, alone):
        assert refused(world.when(CreateOrder(order(item)))) == "not_found"
        record = world.when(redeem("TEN", order=order(item)))
        assert refused(record) == "not_found"
        only(record, RedemptionFailed)
    many = OrderItemInput(source_id="mug", product=ProductInput(override=True))
    record = world.when(CreateOrder(order(*[many] * (OVERRIDES_MAX + 1))))
    assert refused(record) == "invalid_order"


def test_a_unit_discount_adds_a_product_at_the_catalogues_price() -> None:
    world = World()
    mug = product(world, name="Mug", price=1000)
    effects: tuple[Literal["ADD_NEW_ITEMS", "ADD_MISSING_ITEMS"], ...]
    effects = "ADD_NEW_ITEMS", "ADD_MISSING_ITEMS"
    for effect in effects:
        free = Discount(type="UNIT", unit_off=2, unit_type="mug", effect=effect)
        world.given(voucher(effect, free))
        item = OrderItemInput(product_id="prod_other", price=500)
        record = world.when(redeem(effect, order=order(item)))
        saved = found(only(record, RedemptionSucceeded).evaluation.order)
        _, added = found(saved.items)
        assert (added.product_id, added.quantity, added.price) == (mug.id, 2, 1000)
        assert (added.amount, added.discount_amount) == (2000, 2000)
        assert (saved.amount, saved.items_discount) == (2500, 2000)
