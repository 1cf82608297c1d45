"""Sets of rules that nobody saved, tried over HTTP."""

from typing import Any

import pytest

from tests.unit.services.world import World

TRY = "/v1/validation-rules/try"
LARGE = {
    "name": "order.amount",
    "conditions": {"$more_than": [5000]},
    "error": {"message": "Buy more"},
}
ADULT = {"name": "customer.metadata", "property": "age", "conditions": {"$more_than": [17]}}
MUGS = {
    "name": "product.id",
    "conditions": {"$is": ["mug"]},
    "rules": {"1": {"name": "product.quantity", "conditions": {"$more_than": [1]}}},
}
LINES = [
    {"product_id": "shirt", "quantity": 1, "price": 3000},
    {"product_id": "mug", "quantity": 1, "price": 1000},
    {"product_id": "mug", "quantity": 3, "price": 1000},
]


async def tried(world: World, rules: dict[str, Any], **more: Any) -> dict[str, Any]:
    """What a try answers."""
    response = await world.call("POST", TRY, {"rules": rules} | more)
    assert response.status_code == 200, response.text
    return dict(response.json())


async def test_each_rule_is_told_with_what_it_found(world: World) -> None:
    cart = {"order": {"amount": 4000}, "customer": {"metadata": {"age": 20}}}
    body = await tried(world, {"1": LARGE, "2": ADULT, "logic": "1 or 2"}, cart=cart)
    assert body["valid"] is True
    assert body["logic"] == "1 or 2"
    assert body["failed"] is None
    first, second = body["rules"]
    assert first == {
        "number": "1",
        "path": ".rules.1",
        "field": "order.amount",
        "property": None,
        "valid": False,
        "conditions": [{"operator": "$more_than", "expected": [5000]}],
        "found": 4000,
        "message": "Buy more",
    }
    # personal, so not told
    assert (second["property"], second["valid"], second["found"]) == ("age", True, "(personal)")


async def test_the_rule_that_decides_is_told_with_its_refusal(world: World) -> None:
    body = await tried(world, {"1": LARGE}, cart={"order": {"amount": 4000}})
    assert body["valid"] is False
    assert body["failed"] == {
        "number": "1",
        "field": "order.amount",
        "found": 4000,
        "message": "Buy more",
        "key": "order_rules_violated",
    }


async def test_rules_about_lines_are_told_for_each_chosen_line(world: World) -> None:
    body = await tried(world, {"1": MUGS}, cart={"order": {"items": LINES}})
    assert body["valid"] is True
    around, within = body["rules"]
    assert [(each["index"], each["valid"]) for each in around["lines"]] == [(1, False), (2, True)]
    assert (within["path"], within["number"], within["valid"]) == (".rules.1.rules.1", "1.1", True)
    assert within["lines"] == [
        {"index": 1, "valid": False, "found": 1},
        {"index": 2, "valid": True, "found": 3},
    ]


async def test_a_rule_within_every_holds_where_all_lines_meet_it(world: World) -> None:
    within = {"1": {"name": "order.items.quantity", "conditions": {"$more_than": [1]}}}
    every = {"name": "order.items.every", "conditions": {}, "rules": within}
    body = await tried(world, {"1": every}, cart={"order": {"items": LINES}})
    assert [each["valid"] for each in body["rules"]] == [False, False]


async def test_items_that_a_discount_would_be_for_are_shown(world: World) -> None:
    items = {"included": [{"object": "product", "id": "mug"}]}
    body = await tried(world, {}, applicable_to=items, cart={"order": {"items": LINES}})
    assert body["valid"] is True
    assert [each["order_item_indices"] for each in body["applicable_to"]["data"]] == [[1, 2]]


async def test_a_bundle_that_is_missing_is_told(world: World) -> None:
    part = {"name": "order.items.any", "conditions": {"$is": [{"id": "hat", "object": "product"}]}}
    body = await tried(world, {}, bundle_rules={"1": part}, cart={"order": {"items": LINES}})
    assert body["valid"] is False
    assert body["failed"]["field"] == "bundle_rules"
    assert body["bundle"]["missing"][0]["id"] == "hat"


async def test_counts_and_the_discount_are_those_of_what_would_be_bound(world: World) -> None:
    await world.voucher("CARD", type="GIFT_VOUCHER", gift={"amount": 5000}, discount=None)
    rules = {
        "1": {"name": "campaign.redemptions.count", "conditions": {"$less_than_or_equal": [1]}},
        "2": {"name": "redemption.gift.amount", "conditions": {"$more_than": [1000]}},
    }
    cart = {"order": {"amount": 4000}}
    nothing = await tried(world, rules, cart=cart)
    assert [(each["valid"], each["found"]) for each in nothing["rules"]] == [(False, None)] * 2
    bound = await tried(world, rules, cart=cart, redeemable={"object": "voucher", "id": "CARD"})
    assert [(each["valid"], each["found"]) for each in bound["rules"]] == [(True, 1), (True, 4000)]
    assert bound["valid"] is True


async def test_nothing_is_recorded(world: World) -> None:
    before = len(world.ledger.records)
    await tried(world, {"1": LARGE}, cart={"customer": {"source_id": "ada"}})
    assert len(world.ledger.records) == before
    assert world.topic.entries == []
    assert (await world.call("GET", "/v1/customers/ada")).status_code == 404


@pytest.mark.parametrize(
    ("body", "status", "key", "details"),
    [
        (
            {"rules": {"1": LARGE | {"name": "order.size"}}},
            400,
            "invalid_validation_rules",
            "Property `.rules.1.name` 'order.size' is not the name of a rule",
        ),
        (
            {"rules": {}, "cart": {"order": {"amount": "x"}}},
            400,
            "invalid_payload",
            "Property `.cart.order.amount`",
        ),
        ({"rules": {}, "cart": 5}, 400, "invalid_payload", "cart"),
        ({"rules": {}, "cart": {"customer": {"id": "cust_x"}}}, 404, "not_found", "cust_x"),
        ({"rules": {}, "cart": {"order": {"id": "ord_x"}}}, 404, "not_found", "ord_x"),
        ({"rules": {}, "redeemable": {"object": "voucher", "id": "X"}}, 404, "not_found", "X"),
        ({"rules": {}, "redeemable": {"object": "order", "id": "X"}}, 400, "invalid_payload", "redeemable.object"),
    ],
)  # fmt: skip
async def test_what_is_wrong_is_told_as_when_it_is_saved(
    world: World, body: dict[str, Any], status: int, key: str, details: str
) -> None:
    response = await world.call("POST", TRY, body)
    assert (response.status_code, response.json()["key"]) == (status, key)
    assert details in response.json()["details"]
