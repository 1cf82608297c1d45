"""Qualifications, as clients of the API are held to see them."""

from typing import Any, Final

from tests.unit.services.world import World

EMPTY_ORDER: Final = {"customer_id": None, "referrer_id": None, "object": "order"}
EMPTY_LIST: Final = {"data": [], "total": 0, "data_ref": "data", "object": "list"}
OFF: Final = {"discount": {"type": "AMOUNT", "amount_off": 2000}}


async def _ok(world: World, path: str, body: Any) -> Any:
    answer = await world.call("POST", path, body)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_the_order_is_shown_as_it_was_sent_and_is_nobodys(world: World) -> None:
    await _ok(world, "/v1/vouchers/A", OFF)
    customer = await _ok(world, "/v1/customers", {"source_id": "ann"})
    filters = {"resource_type": {"conditions": {"$in": ["voucher"]}}}
    body = {
        "customer": {"id": customer["id"]},
        "order": {"amount": 20000},
        "options": {"limit": 5, "filters": filters},
    }
    found = await _ok(world, "/v1/qualifications", body)
    assert found["order"] == {"amount": 20000, "metadata": {}, **EMPTY_ORDER}
    [row] = found["redeemables"]["data"]
    assert (row["order"]["amount"], row["order"]["total_amount"]) == (20000, 18000)
    assert (row["order"]["customer_id"], row["order"]["referrer_id"]) == (None, None)
    assert "customer" not in row["order"]


async def test_nothing_of_the_order_is_calculated(world: World) -> None:
    await _ok(world, "/v1/products", {"source_id": "p", "price": 700})
    items = [{"source_id": "p", "quantity": 2}, {"product_id": "q", "price": 100}]
    order = {"source_id": "o", "status": "PAID", "items": items, "metadata": {"a": 1}}
    found = await _ok(world, "/v1/qualifications", {"order": order})
    shown = [{"object": "order_item", **each} for each in items]
    assert found["order"] == EMPTY_ORDER | order | {"items": shown}


async def test_a_discount_of_items_leaves_an_order_without_items_as_it_is(world: World) -> None:
    effect = OFF["discount"] | {"effect": "APPLY_TO_ITEMS"}
    await _ok(world, "/v1/vouchers/A", {"discount": effect})
    found = await _ok(world, "/v1/qualifications", {"order": {"amount": 20000}})
    [row] = found["redeemables"]["data"]
    assert row["order"]["total_amount"] == 20000


async def test_a_row_is_exactly_what_there_is_to_say(world: World) -> None:
    made = await _ok(world, "/v1/vouchers/A", OFF)
    await _ok(world, "/v1/vouchers/B", OFF)
    options = {
        "expand": ["redeemable", "category", "validation_rules"],
        "filters": {"code": {"conditions": {"$is": ["A"]}}},
    }
    body = {"customer": {"name": "Nobody"}, "order": {}, "options": options}
    found = await _ok(world, "/v1/qualifications", body)
    assert found["redeemables"]["data"] == [
        {
            "id": "A",
            "object": "voucher",
            "created_at": made["created_at"],
            "result": {
                "discount": {
                    "type": "AMOUNT",
                    "effect": "APPLY_TO_ORDER",
                    "amount_off": 2000,
                    "is_dynamic": False,
                }
            },
            "order": EMPTY_ORDER,
            "applicable_to": EMPTY_LIST,
            "inapplicable_to": EMPTY_LIST,
            "metadata": {},
            "categories": [],
        }
    ]


async def test_categories_and_rules_are_shown_where_they_are_asked_for_and_there_are_some(
    world: World,
) -> None:
    category = await _ok(world, "/v1/categories", {"name": "C", "hierarchy": 1})
    rule = await _ok(world, "/v1/validation-rules", {"name": "R"})
    terms = OFF | {"category_id": category["id"], "validation_rules": [rule["id"]]}
    await _ok(world, "/v1/vouchers/A", terms)
    [plain] = (await _ok(world, "/v1/qualifications", {}))["redeemables"]["data"]
    assert not {"categories", "validation_rules_assignments"} & plain.keys()
    options = {"expand": ["category", "validation_rules"]}
    [row] = (await _ok(world, "/v1/qualifications", {"options": options}))["redeemables"]["data"]
    assert [each["name"] for each in row["categories"]] == ["C"]
    assert row["validation_rules_assignments"]["total"] == 1


async def test_a_stack_shows_its_categories_where_they_are_asked_for(world: World) -> None:
    category = await _ok(world, "/v1/categories", {"name": "C", "hierarchy": 1})
    await _ok(world, "/v1/campaigns", {"name": "N", "campaign_type": "PROMOTION"})
    tier = await _ok(world, "/v1/promotions/N/tiers", {"name": "T", "action": OFF})
    stack = {"name": "S", "tiers": {"ids": [tier["id"]]}, "category_id": category["id"]}
    await _ok(world, "/v1/promotions/N/stacks", stack)
    body = {"scenario": "PROMOTION_STACKS", "order": {"amount": 5000}, "customer": {"name": "A"}}
    [plain] = (await _ok(world, "/v1/qualifications", body))["redeemables"]["data"]
    assert "categories" not in plain
    assert "categories" not in plain["redeemables"][0]
    for order in (plain["order"], plain["redeemables"][0]["order"]):
        assert (order["customer_id"], order["total_amount"]) == (None, 3000)
    asked = body | {"options": {"expand": ["category"]}}
    [row] = (await _ok(world, "/v1/qualifications", asked))["redeemables"]["data"]
    for shown in (row, row["redeemables"][0]):
        assert [each["name"] for each in shown["categories"]] == ["C"]


async def test_a_page_says_that_there_is_more(world: World) -> None:
    for code in "ABC":
        await _ok(world, f"/v1/vouchers/{code}", OFF)
    found = (await _ok(world, "/v1/qualifications", {"options": {"limit": 1}}))["redeemables"]
    assert (found["total"], found["has_more"]) == (1, True)
