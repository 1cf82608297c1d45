"""What an entry of `applicable_to` makes of a discount, from the rule to what is to pay."""

from typing import Any

import pytest

from tests.unit.services.world import World


async def bound(world: World, discount: dict[str, Any], *entries: dict[str, Any]) -> str:
    """A voucher whose discount is for what these entries say."""
    voucher = await world.voucher("A", discount=discount)
    rule = await world.call(
        "POST",
        "/v1/validation-rules",
        {"name": "R", "applicable_to": {"included": list(entries)}},
    )
    assert rule.status_code == 200, rule.text
    assigned = await world.call(
        "POST",
        f"/v1/validation-rules/{rule.json()['id']}/assignments",
        {"related_object_id": voucher["id"], "related_object_type": "voucher"},
    )
    assert assigned.status_code == 200, assigned.text
    return str(rule.json()["id"])


def line(product: str, quantity: int, price: int, **more: Any) -> dict[str, Any]:
    return {"product_id": product, "quantity": quantity, "price": price, **more}


async def redeemed(world: World, *lines: dict[str, Any]) -> dict[str, Any]:
    """The order after the voucher, which a validation foretells."""
    body = {"redeemables": [{"object": "voucher", "id": "A"}], "order": {"items": list(lines)}}
    foretold = await world.call("POST", "/v1/validations", body)
    answer = await world.call("POST", "/v1/redemptions", body)
    assert answer.status_code == 200, answer.text
    order = answer.json()["order"]
    assert foretold.json()["order"]["total_amount"] == order["total_amount"]
    return dict(order)


HALF = {"type": "PERCENT", "percent_off": 50, "effect": "APPLY_TO_ITEMS"}


@pytest.mark.parametrize(
    ("effect", "off"),
    [
        ("APPLY_TO_CHEAPEST", 500),
        ("APPLY_TO_MOST_EXPENSIVE", 1500),
        ("APPLY_FROM_CHEAPEST", 5000),
        ("APPLY_TO_EVERY", 5000),
    ],
)
async def test_half_of_the_cheapest_unit_is_half_of_one_unit(
    world: World, effect: str, off: int
) -> None:
    entries = [{"object": "product", "id": "mug", "effect": effect, "target": "UNIT"}]
    await bound(world, HALF, *entries)
    order = await redeemed(world, line("mug", 4, 1000), line("mug", 2, 3000))
    assert order["total_discount_amount"] == off


@pytest.mark.parametrize(
    ("discount", "off"),
    [
        (HALF, 500),
        ({"type": "AMOUNT", "amount_off": 300, "effect": "APPLY_TO_ITEMS_BY_QUANTITY"}, 300),
        ({"type": "FIXED", "fixed_amount": 100, "effect": "APPLY_TO_ITEMS"}, 900),
    ],
)
async def test_one_unit_is_one_whatever_is_taken_of_it(
    world: World, discount: dict[str, Any], off: int
) -> None:
    entry = {"object": "product", "id": "mug", "effect": "APPLY_TO_CHEAPEST", "target": "UNIT"}
    await bound(world, discount, entry)
    order = await redeemed(world, line("mug", 4, 1000))
    assert order["total_discount_amount"] == off


FIXED = {"type": "FIXED", "fixed_amount": 0, "effect": "APPLY_TO_ITEMS"}
#: Of each product its units, its price, and the price that its entry gives it.
PRICED = [("a", 1, 6500, 5200), ("b", 1, 6000, 5400), ("c", 1, 2000, 0),
          ("d", 2, 5000, 4500), ("e", 2, 11000, 8800)]  # fmt: skip


@pytest.mark.parametrize("member", ["price", "price_formula"])
async def test_the_price_of_an_entry_is_what_a_unit_costs_with_a_fixed_amount(
    world: World, member: str
) -> None:
    entries: list[dict[str, Any]] = [
        {"object": "product", "id": named, member: new} for named, _, _, new in PRICED
    ]
    await bound(world, FIXED, *entries)
    order = await redeemed(world, *(line(named, units, old) for named, units, old, _ in PRICED))
    assert (order["amount"], order["total_discount_amount"]) == (46500, 9300)
    assert [item["subtotal_amount"] for item in order["items"]] == [
        units * new for _, units, _, new in PRICED
    ]


async def test_an_entry_without_a_price_leaves_it_to_the_fixed_amount(world: World) -> None:
    entries: list[dict[str, Any]] = [
        {"object": "product", "id": "a", "price": 400},
        {"object": "product", "id": "b"},
    ]
    await bound(world, FIXED | {"fixed_amount": 300}, *entries)
    order = await redeemed(world, line("a", 2, 1000), line("b", 1, 1000), line("c", 1, 1000))
    assert [item["subtotal_amount"] for item in order["items"]] == [800, 300, 1000]


async def test_a_price_above_what_a_unit_costs_takes_nothing(world: World) -> None:
    await bound(world, FIXED, {"object": "product", "id": "a", "price": 1200})
    order = await redeemed(world, line("a", 1, 1000))
    assert order["total_discount_amount"] == 0


async def test_a_price_is_of_as_many_units_as_the_entry_lets_in(world: World) -> None:
    entry = {"object": "product", "id": "a", "price": 100, "quantity_limit": 2}
    await bound(world, FIXED, entry)
    assert (await redeemed(world, line("a", 5, 1000)))["total_discount_amount"] == 1800


async def test_the_price_of_an_entry_is_what_a_percentage_is_of(world: World) -> None:
    await bound(world, HALF, {"object": "product", "id": "a", "price": 400})
    assert (await redeemed(world, line("a", 2, 1000)))["total_discount_amount"] == 400


TENTH = {"type": "PERCENT", "percent_off": 10, "effect": "APPLY_TO_ITEMS"}


async def stocked(world: World) -> dict[str, str]:
    """A product and a SKU of it that have source ids; the id of each."""
    product = await world.call("POST", "/v1/products", {"source_id": "mug-1", "price": 1000})
    path = f"/v1/products/{product.json()['id']}/skus"
    sku = await world.call("POST", path, {"source_id": "mug-1-red", "sku": "Red"})
    return {"product": product.json()["id"], "sku": sku.json()["id"]}


@pytest.mark.parametrize(("kind", "source_id"), [("product", "mug-1"), ("sku", "mug-1-red")])
async def test_an_entry_may_name_its_object_by_its_source_id_alone(
    world: World, kind: str, source_id: str
) -> None:
    ids = await stocked(world)
    rule_id = await bound(world, TENTH, {"object": kind, "source_id": source_id})
    rule = (await world.call("GET", f"/v1/validation-rules/{rule_id}")).json()
    (entry,) = rule["applicable_to"]["included"]
    assert (entry["id"], entry["source_id"]) == (ids[kind], source_id)
    for named in (
        {f"{kind}_id": ids[kind]},
        {"source_id": source_id, "related_object": kind},
        {kind: {"source_id": source_id}},
    ):
        other = {"product_id": "other", "quantity": 1, "price": 1000}
        order = await redeemed(world, {"quantity": 1, "price": 1000, **named}, other)
        assert order["total_discount_amount"] == 100, named


async def test_what_the_catalogue_does_not_know_is_known_by_the_source_id(world: World) -> None:
    await bound(world, TENTH, {"object": "product", "source_id": "new"})
    order = await redeemed(world, {"source_id": "new", "quantity": 1, "price": 1000})
    assert order["total_discount_amount"] == 100
    made = await world.call("POST", "/v1/products", {"source_id": "new", "price": 1000})
    for price in ({}, {"price": 1000}):
        named = {"product_id": made.json()["id"], "quantity": 1, **price}
        assert (await redeemed(world, named))["total_discount_amount"] == 100


async def test_an_excluded_entry_may_be_named_so_too(world: World) -> None:
    ids = await stocked(world)
    rule_id = await bound(world, TENTH, {"object": "product", "id": "other"})
    items = {"included_all": True, "excluded": [{"object": "product", "source_id": "mug-1"}]}
    path = f"/v1/validation-rules/{rule_id}"
    changed = await world.call("PUT", path, {"applicable_to": items})
    assert changed.json()["applicable_to"]["excluded"][0]["id"] == ids["product"]
    order = await redeemed(world, line(ids["product"], 1, 1000), line("other", 1, 1000))
    assert order["total_discount_amount"] == 100


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        ({"object": "product"}, "id or source_id is required"),
        ({"object": "product", "id": "", "source_id": ""}, "id or source_id is required"),
        ({"object": "products_collection", "source_id": "c"}, "id is required"),
    ],
)
async def test_an_entry_that_names_nothing_is_refused(
    world: World, entry: dict[str, Any], reason: str
) -> None:
    body = {"name": "R", "applicable_to": {"included": [entry]}}
    answer = await world.call("POST", "/v1/validation-rules", body)
    assert answer.status_code == 400
    assert answer.json()["details"] == (
        f"Property `.applicable_to.included[0]` is not valid: {reason}"
    )


MUG_1 = {"source_id": "mug-1", "object": "product", "type": "product_or_sku"}
MUGS = {"name": "order.items.any", "conditions": {"$is": [MUG_1]}}


async def test_a_condition_may_name_a_product_by_its_source_id_alone(world: World) -> None:
    ids = await stocked(world)
    voucher = await world.voucher("A")
    rule = await world.call("POST", "/v1/validation-rules", {"name": "R", "rules": {"1": MUGS}})
    await world.call(
        "POST",
        f"/v1/validation-rules/{rule.json()['id']}/assignments",
        {"related_object_id": voucher["id"], "related_object_type": "voucher"},
    )
    for product, valid in ((ids["product"], True), ("other", False)):
        body = {
            "redeemables": [{"object": "voucher", "id": "A"}],
            "order": {"items": [line(product, 1, 1000)]},
        }
        assert (await world.call("POST", "/v1/validations", body)).json()["valid"] is valid
        found = await world.call("POST", "/v1/qualifications", body)
        assert (found.json()["redeemables"]["total"] == 1) is valid


@pytest.mark.parametrize(
    ("name", "named"),
    [
        ("customer.segment", {"source_id": "s"}),
        ("order.items.any", {"source_id": "c", "type": "products_collection"}),
        ("order.items.any", {"name": "c"}),
    ],
)
async def test_a_segment_and_a_collection_have_no_source_id(
    world: World, name: str, named: dict[str, str]
) -> None:
    rules = {"1": {"name": name, "conditions": {"$is": [named]}}}
    answer = await world.call("POST", "/v1/validation-rules", {"name": "R", "rules": rules})
    assert answer.status_code == 400
    assert "has to name objects with an id" in answer.json()["details"]


async def test_a_collection_may_name_its_members_by_source_id_alone(world: World) -> None:
    ids = await stocked(world)
    members = [{"object": "product", "source_id": "mug-1"}, {"object": "sku", "id": ids["sku"]}]
    body = {"name": "C", "type": "STATIC", "products": members}
    made = await world.call("POST", "/v1/product-collections", body)
    assert made.status_code == 200, made.text
    assert {each["id"] for each in made.json()["products"]} == set(ids.values())
