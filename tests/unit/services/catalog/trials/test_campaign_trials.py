"""Campaigns that nobody saved, tried over HTTP."""

from typing import Any

import pytest

from tests.unit.services.world import World

TRY = "/v1/campaigns/try"
OFF = {"type": "AMOUNT", "amount_off": 500}
COUPONS = {"name": "Spring", "voucher": {"type": "DISCOUNT_VOUCHER", "discount": OFF}}
CART: dict[str, Any] = {"order": {"amount": 4000}}
LARGE = {"1": {"name": "order.amount", "conditions": {"$more_than": [5000]}}}


def promotion(*tiers: dict[str, Any]) -> dict[str, Any]:
    """A promotion with tiers."""
    return {"name": "Sale", "campaign_type": "PROMOTION", "promotion": {"tiers": list(tiers)}}


async def tried(world: World, campaign: dict[str, Any], **more: Any) -> dict[str, Any]:
    """What a try answers."""
    response = await world.call("POST", TRY, {"campaign": campaign, "cart": CART} | more)
    assert response.status_code == 200, response.text
    return dict(response.json())


async def test_a_voucher_of_it_is_tried(world: World) -> None:
    before = len(world.ledger.records)
    voucher = COUPONS["voucher"] | {"code_config": {"pattern": "SPRING-##"}}  # type: ignore[operator]
    body = await tried(world, COUPONS | {"vouchers_count": 100, "voucher": voucher})
    (row,) = body["redeemables"]
    assert row["id"].startswith("SPRING-")
    assert body["valid"] is True
    assert (row["object"], row["status"], row["name"]) == ("voucher", "APPLICABLE", None)
    assert row["order"]["total_amount"] == 3500
    assert row["result"]["discount"]["amount_off"] == 500
    assert len(world.ledger.records) == before
    assert world.topic.entries == []
    assert (await world.call("GET", "/v1/campaigns/Spring")).status_code == 404


async def test_each_tier_is_tried_alone(world: World) -> None:
    first = {"name": "A", "action": {"discount": OFF}}
    off = {"name": "B", "action": {"discount": OFF}, "active": False}
    body = await tried(world, promotion(first, off))
    told = [(each["name"], each["status"]) for each in body["redeemables"]]
    assert told == [("A", "APPLICABLE"), ("B", "INAPPLICABLE")]
    assert body["redeemables"][1]["result"]["details"]["key"] == "promotion_inactive"
    assert body["valid"] is True


async def test_rules_that_are_not_saved_bind_it_by_their_names(world: World) -> None:
    sets = [{"name": "Large", "rules": LARGE, "error": {"message": "Buy more"}}]
    bound = COUPONS | {"validation_rules": ["Large"]}
    body = await tried(world, bound, validation_rules=sets)
    (row,) = body["redeemables"]
    assert body["valid"] is False
    assert row["result"]["details"]["key"] == "order_rules_violated"
    assert row["result"]["error"]["error"]["message"] == "Buy more"
    large = {"order": {"amount": 6000}}
    assert (await tried(world, bound, validation_rules=sets, cart=large))["valid"] is True
    tier = {"name": "A", "action": {"discount": OFF}, "validation_rules": ["Large"]}
    assert (await tried(world, promotion(tier), validation_rules=sets))["valid"] is False


async def test_saved_rules_bind_it_by_their_ids(world: World) -> None:
    made = await world.call("POST", "/v1/validation-rules", {"name": "Large", "rules": LARGE})
    bound = COUPONS | {"validation_rules": [made.json()["id"]]}
    assert (await tried(world, bound))["valid"] is False


async def test_it_is_asked_at_the_time_that_is_said(world: World) -> None:
    dated = COUPONS | {"start_date": "2100-01-01", "expiration_date": "2100-01-31"}
    now = await tried(world, dated)
    assert now["redeemables"][0]["result"]["details"]["key"] == "voucher_not_active"
    assert (await tried(world, dated, at="2100-01-15"))["valid"] is True
    late = await tried(world, dated, at="2100-02-15T12:00:00Z")
    assert late["redeemables"][0]["result"]["details"]["key"] == "voucher_expired"


async def test_a_campaign_that_would_be_refused_is_refused_here(world: World) -> None:
    pattern = {"code_config": {"pattern": "X-#", "charset": "AB"}}
    few = COUPONS | {"voucher": COUPONS["voucher"] | pattern, "vouchers_count": 3}  # type: ignore[operator]
    response = await world.call("POST", TRY, {"campaign": few})
    saved = await world.call("POST", "/v1/campaigns", few)
    assert response.status_code == saved.status_code == 400
    assert response.json()["key"] == saved.json()["key"] == "invalid_code_config"
    assert response.json()["details"] == saved.json()["details"]


@pytest.mark.parametrize(
    ("body", "status", "key", "details"),
    [
        ({"campaign": COUPONS | {"name": "Taken"}}, 409, "duplicate_found", "Taken"),
        ({"campaign": {"name": "N"}}, 400, "invalid_payload", ".voucher"),
        ({"campaign": COUPONS | {"validation_rules": ["val_x"]}}, 404, "not_found", "val_x"),
        ({"validation_rules": [{"name": "R"}, {"name": "R"}]}, 400, "invalid_payload", "twice"),
        ({"validation_rules": [{"name": "R", "rules": {"1": {}}}]}, 400, "invalid_validation_rules", ".rules.1.name"),
        ({"cart": {"customer": {"id": "cust_x"}}}, 404, "not_found", "cust_x"),
        ({"cart": {"order": {"items": 5}}}, 400, "invalid_payload", ".cart.order.items"),
        ({"at": "soon"}, 400, "invalid_payload", ".at"),
    ],
)  # fmt: skip
async def test_what_is_wrong_is_told(
    world: World, body: dict[str, Any], status: int, key: str, details: str
) -> None:
    await world.call("POST", "/v1/campaigns", COUPONS | {"name": "Taken"})
    response = await world.call("POST", TRY, {"campaign": COUPONS} | body)
    assert (response.status_code, response.json()["key"]) == (status, key)
    assert details in response.json()["details"]
