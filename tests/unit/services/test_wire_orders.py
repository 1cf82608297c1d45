"""Orders, products and SKUs, as clients of the API are held to see them."""

from typing import Any, Final

import pytest

from tests.unit.services.catalog.imports.uploading import done
from tests.unit.services.world import World, asked

ORDER: Final = {
    "amount": 10000,
    "status": "CREATED",
    "items": [{"product_id": "i1", "quantity": 1}],
}


async def _ok(world: World, method: str, path: str, body: Any = None) -> Any:
    answer = await world.call(method, path, body)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_an_order_says_what_it_was_given_and_what_it_comes_to(world: World) -> None:
    made = await _ok(world, "POST", "/v1/orders", ORDER)
    [item] = made["items"]
    assert made == {
        "id": made["id"], "source_id": None, "created_at": made["created_at"], "updated_at": None,
        "status": "CREATED", "amount": 10000, "total_amount": 10000, "customer_id": None,
        "referrer_id": None, "object": "order",
        "items": [
            {"object": "order_item", "id": item["id"], "product_id": "i1", "quantity": 1}
        ],
    }  # fmt: skip
    path = f"/v1/orders/{made['id']}"
    assert await _ok(world, "GET", path) == made
    world.ledger.now += 1000
    changed = await _ok(world, "PUT", path, {"amount": 20000, "status": "PAID"})
    after = {"amount": 20000, "total_amount": 20000, "status": "PAID"}
    assert changed == made | after | {"updated_at": changed["updated_at"]}
    assert changed["updated_at"] is not None


async def test_metadata_is_empty_where_an_order_came_with_a_redemption(world: World) -> None:
    await world.voucher("A")
    redeemed = await _ok(world, "POST", "/v1/redemptions", asked("A", order=ORDER))
    read = await _ok(world, "GET", f"/v1/orders/{redeemed['order']['id']}")
    assert (redeemed["order"]["metadata"], read["metadata"]) == ({}, {})
    tagged = await _ok(world, "POST", "/v1/orders", ORDER | {"metadata": {"a": 1}})
    assert tagged["metadata"] == {"a": 1}


async def test_an_order_names_its_customer_and_keeps_what_is_said_of_a_product(
    world: World,
) -> None:
    customer = await _ok(world, "POST", "/v1/customers", {"source_id": "ann", "name": "Ann"})
    items = [{"quantity": 1, "product": {"name": "P"}}]
    body = {"customer": {"id": customer["id"]}, "items": items}
    made = await _ok(world, "POST", "/v1/orders", body)
    assert made["customer_id"] == customer["id"]
    assert made["customer"] == {"id": customer["id"], "object": "customer"}
    assert made["items"][0]["product"] == {"name": "P"}


async def test_what_was_given_in_a_redemption_is_still_the_same_line(world: World) -> None:
    await world.voucher("A")
    order = {"items": [{"product_id": "i1", "quantity": 1, "price": 5, "discount_quantity": 1}]}
    redeemed = await _ok(world, "POST", "/v1/redemptions", asked("A", order=order))
    path = f"/v1/orders/{redeemed['order']['id']}"
    read = await _ok(world, "GET", path)
    bare = [{k: v for k, v in item.items() if k != "id"} for item in read["items"]]
    assert (await _ok(world, "PUT", path, {"items": bare}))["items"] == read["items"]


async def test_a_product_without_skus_does_not_speak_of_them(world: World) -> None:
    product = await _ok(world, "POST", "/v1/products", {"name": "P"})
    path = f"/v1/products/{product['id']}"
    assert "skus" not in await _ok(world, "GET", path)
    answer = await world.call("POST", f"{path}/skus", {"name": "N", "price": 5000})
    assert answer.status_code == 200
    assert answer.headers["x-ignored-members"] == "name"
    assert (answer.json()["object"], answer.json()["price"]) == ("sku", 5000)
    assert (await _ok(world, "GET", path))["skus"]["data"] == [answer.json()]


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({}, None),
        ({"product_ids": ["prod_1"]}, "product_ids"),
        ({"source_ids": []}, None),
        ({"source_ids": None, "metadata": {"a": 1}}, None),
    ],
)
async def test_an_update_of_no_products_is_an_action_of_no_rows(
    world: World, body: dict[str, Any], told: str | None
) -> None:
    answer = await world.call("POST", "/v1/products/metadata/async", body)
    assert answer.status_code == 202
    assert list(answer.json()) == ["async_action_id"]
    assert answer.headers.get("x-ignored-members") == told
    action = await done(world, answer)
    assert (action["operation_status"], action["result"]["done_count"]) == ("SUCCESS", 0)


async def test_an_update_without_metadata_changes_nothing(world: World) -> None:
    await _ok(world, "POST", "/v1/products", {"source_id": "p", "metadata": {"a": 1}})
    answer = await world.call("POST", "/v1/products/metadata/async", {"source_ids": ["p"]})
    assert (await done(world, answer))["result"]["done_count"] == 1
    assert (await _ok(world, "GET", "/v1/products/p"))["metadata"] == {"a": 1}
