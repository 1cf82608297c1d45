"""Campaigns, as clients of the API are held to see them."""

from typing import Any, Final

import pytest

from tests.unit.services.world import World

AMOUNT: Final = {"type": "AMOUNT", "amount_off": 1000}
EMPTY_LIST: Final = {"object": "list", "data_ref": "data", "data": [], "total": 0}
PROMOTION: Final = {"name": "N", "campaign_type": "PROMOTION"}


async def _made(world: World, body: dict[str, Any]) -> dict[str, Any]:
    answer = await world.call("POST", "/v1/campaigns", body)
    assert answer.status_code == 200, answer.text
    made: dict[str, Any] = answer.json()
    assert (await world.call("GET", f"/v1/campaigns/{made['id']}")).json() == made
    return made


@pytest.mark.parametrize(
    "body",
    [
        {"voucher": {"type": "DISCOUNT_VOUCHER", "discount": AMOUNT}},
        {"voucher": {"type": "GIFT_VOUCHER", "gift": {"amount": 500}}},
        {"campaign_type": "PROMOTION"},
    ],
)
async def test_every_campaign_says_that_no_areas_are_assigned(
    world: World, body: dict[str, Any]
) -> None:
    made = await _made(world, {"name": "N"} | body)
    assert made["access_settings_assignments"] == EMPTY_LIST


async def test_a_promotion_says_nothing_of_vouchers_nor_of_rules_that_it_has_not(
    world: World,
) -> None:
    made = await _made(world, PROMOTION)
    assert not {"vouchers_count", "validation_rules_assignments", "voucher"} & made.keys()
    assert made["promotion"] == {
        "object": "list", "data_ref": "tiers", "tiers": [], "total": 0, "has_more": False,
    }  # fmt: skip
    rule = (await world.call("POST", "/v1/validation-rules", {"name": "R"})).json()
    bound = await _made(world, PROMOTION | {"name": "B", "validation_rules": [rule["id"]]})
    assert bound["validation_rules_assignments"]["total"] == 1


async def test_a_campaign_of_vouchers_says_how_many_and_what_binds_them(world: World) -> None:
    made = await _made(world, {"name": "N", "voucher": {"discount": AMOUNT}})
    assert made["vouchers_count"] == 0
    assert made["validation_rules_assignments"] == EMPTY_LIST


async def test_a_tier_whose_discount_stands_in_the_action_itself_is_one_without(
    world: World,
) -> None:
    tier = {"name": "T", "banner": "B", "action": AMOUNT}
    body = PROMOTION | {"promotion": {"tiers": [tier]}}
    answer = await world.call("POST", "/v1/campaigns", body)
    assert answer.status_code == 200, answer.text
    told = "promotion.tiers[0].action.type, promotion.tiers[0].action.amount_off"
    assert answer.headers["x-ignored-members"] == told
    [made] = answer.json()["promotion"]["tiers"]
    assert (made["name"], made["banner"], made["action"]) == ("T", "B", {})


@pytest.mark.parametrize(
    ("voucher", "kind"),
    [
        ({"type": "DISCOUNT_VOUCHER", "discount": AMOUNT}, "DISCOUNT_COUPONS"),
        ({"type": "GIFT_VOUCHER", "gift": {"amount": 500}}, "GIFT_VOUCHERS"),
        ({"gift": {"amount": 500}}, "GIFT_VOUCHERS"),
        ({"type": "LOYALTY_CARD", "loyalty_card": {"points": 1000}}, "LOYALTY_PROGRAM"),
    ],
)
async def test_a_campaign_has_the_type_of_its_vouchers(
    world: World, voucher: dict[str, Any], kind: str
) -> None:
    for said in ({}, {"campaign_type": None}, {"campaign_type": kind}):
        made = await _made(world, {"name": f"N{said}", "voucher": voucher} | said)
        assert made["campaign_type"] == kind


@pytest.mark.parametrize("kind", [["GIFT_VOUCHER"], {"name": "GIFT_VOUCHER"}, 1, "COUPON"])
async def test_what_is_no_type_of_vouchers_is_refused_by_name(world: World, kind: Any) -> None:
    voucher = {"type": kind, "gift": {"amount": 500}}
    answer = await world.call("POST", "/v1/campaigns", {"name": "N", "voucher": voucher})
    assert answer.status_code == 400
    assert "`.voucher.type`" in answer.json()["details"]
