"""Validations and redemptions, as clients of the API are held to see them."""

from typing import Any, Final

import pytest

from tests.unit.services.world import World, asked

OFF: Final = {"type": "AMOUNT", "amount_off": 1000}
#: The sums of the order after 10.00 off the product.
SUMS: Final = {
    "items_discount_amount": 1000, "total_discount_amount": 1000,
    "items_applied_discount_amount": 1000, "total_applied_discount_amount": 1000,
    "total_amount": 19000,
}  # fmt: skip


async def _ok(world: World, path: str, body: Any) -> Any:
    answer = await world.call("POST", path, body)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def _product_discount(world: World, code: str) -> str:
    """A voucher of 10.00 off a product; the product's id."""
    product = await _ok(world, "/v1/products", {"source_id": "p"})
    items = {"included": [{"object": "product", "id": product["id"]}]}
    rule = await _ok(world, "/v1/validation-rules", {"name": "R", "applicable_to": items})
    discount = OFF | {"effect": "APPLY_TO_ITEMS"}
    terms = {"discount": discount, "validation_rules": [rule["id"]]}
    await _ok(world, f"/v1/vouchers/{code}", terms)
    product_id: str = product["id"]
    return product_id


def _line(product_id: str, **more: Any) -> dict[str, Any]:
    return {
        "related_object": "product", "product_id": product_id, "product": {"id": product_id},
        "quantity": 1, "amount": 20000, "price": 20000,
    } | more  # fmt: skip


async def test_the_discount_quantity_that_a_caller_gives_is_kept(world: World) -> None:
    product_id = await _product_discount(world, "A")
    line = _line(product_id, discount_quantity=1)
    valid = await _ok(world, "/v1/validations", asked("A", order={"items": [line]}))
    [row] = valid["redeemables"]
    item = {
        "object": "order_item", **line, "discount_amount": 1000, "applied_discount_amount": 1000,
        "subtotal_amount": 19000,
    }  # fmt: skip
    for order in (row["order"], valid["order"]):
        assert order["items"] == [item]
        assert {name: order[name] for name in SUMS} == SUMS
        assert (order["metadata"], order["referrer_id"]) == ({}, None)
        assert "initial_amount" not in order
    [entry] = row["applicable_to"]["data"]
    wanted = {
        "object": "product", "id": product_id, "strict": False, "effect": "APPLY_TO_EVERY",
        "order_item_indices": [0],
    }  # fmt: skip
    assert {name: entry[name] for name in wanted} == wanted


async def test_items_without_one_have_no_discount_quantity(world: World) -> None:
    product_id = await _product_discount(world, "A")
    order = {"items": [_line(product_id), _line("other", discount_quantity=0)]}
    valid = await _ok(world, "/v1/validations", asked("A", order=order))
    without, nothing = valid["order"]["items"]
    assert "discount_quantity" not in without
    assert nothing["discount_quantity"] == 0


async def test_units_that_are_given_away_count_whatever_the_caller_gives(world: World) -> None:
    product = await _ok(world, "/v1/products", {"source_id": "p", "price": 500})
    free = {"type": "UNIT", "unit_off": 2, "unit_type": product["id"], "effect": "ADD_NEW_ITEMS"}
    await _ok(world, "/v1/vouchers/FREE", {"discount": free})
    line = {"product_id": product["id"], "quantity": 1, "price": 500, "discount_quantity": 1}
    valid = await _ok(world, "/v1/validations", asked("FREE", order={"items": [line]}))
    [item] = valid["order"]["items"]
    assert (item["discount_quantity"], item["quantity"]) == (2, 3)


async def test_what_a_caller_gives_outlives_a_redemption_and_its_rollback(world: World) -> None:
    product_id = await _product_discount(world, "A")
    order = {"source_id": "o", "items": [_line(product_id, discount_quantity=1)]}
    redeemed = await _ok(world, "/v1/redemptions", asked("A", order=order))
    assert redeemed["order"]["items"][0]["discount_quantity"] == 1
    [entry] = redeemed["redemptions"]
    await _ok(world, f"/v1/redemptions/{entry['id']}/rollback", {})
    stored = (await world.call("GET", "/v1/orders/o")).json()
    assert stored["items"][0]["discount_quantity"] == 1
    assert "discount_amount" not in stored["items"][0]


async def test_the_initial_amount_is_shown_where_units_that_were_added_changed_it(
    world: World,
) -> None:
    product = await _ok(world, "/v1/products", {"source_id": "p", "price": 500})
    free = {"type": "UNIT", "unit_off": 1, "unit_type": product["id"], "effect": "ADD_NEW_ITEMS"}
    await _ok(world, "/v1/vouchers/FREE", {"discount": free})
    await world.voucher("A")
    valid = await _ok(world, "/v1/validations", asked("A", "FREE", amount=2000))
    first, second = (each["order"] for each in valid["redeemables"])
    assert "initial_amount" not in first
    for order in (second, valid["order"]):
        assert (order["initial_amount"], order["amount"]) == (2000, 2500)
    redeemed = await _ok(world, "/v1/redemptions", asked("A", amount=2000))
    assert "initial_amount" not in redeemed["order"]


@pytest.mark.parametrize("session", [{}, {"session": {"type": "LOCK"}}])
async def test_categories_are_shown_where_they_are_asked_for(
    world: World, session: dict[str, Any]
) -> None:
    category = await _ok(world, "/v1/categories", {"name": "C", "hierarchy": 1})
    await world.voucher("IN", category_id=category["id"])
    await world.voucher("NONE")
    await world.voucher("OFF", active=False)
    for codes in (("IN", "NONE"), ("IN", "OFF", "NONE")):
        plain = await _ok(world, "/v1/validations", asked(*codes, **session))
        rows = plain["redeemables"]
        assert len(rows) == len(codes)
        assert all("categories" not in each and each["metadata"] == {} for each in rows)
        options = {"expand": ["category"]}
        shown = await _ok(world, "/v1/validations", asked(*codes, options=options, **session))
        lists = ("redeemables", "inapplicable_redeemables", "skipped_redeemables")
        for row in (each for name in lists for each in shown.get(name, ())):
            names = [each["name"] for each in row["categories"]]
            assert names == (["C"] if row["id"] == "IN" else [])
            assert "campaign_name" not in row


async def test_what_is_refused_is_listed_twice_and_without_an_order(world: World) -> None:
    await world.voucher("OFF", active=False)
    refused = await _ok(world, "/v1/validations", asked("OFF"))
    assert refused["valid"] is False
    assert refused["redeemables"] == refused["inapplicable_redeemables"]
    assert [each["id"] for each in refused["redeemables"]] == ["OFF"]
    assert not {"skipped_redeemables", "order"} & refused.keys()
