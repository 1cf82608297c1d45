"""Loyalty programs and their cards, as clients of the API are held to see them."""

from typing import Any, Final

import pytest

from engine.codes.code import CHARSET
from tests.unit.services.world import World

EMPTY_LIST: Final = {"object": "list", "data_ref": "data", "data": [], "total": 0}
CARD: Final = {"type": "LOYALTY_CARD", "loyalty_card": {"points": 1000}}
PROGRAM: Final = {"campaign_type": "LOYALTY_PROGRAM", "name": "L", "voucher": CARD}


async def _made(world: World, body: dict[str, Any]) -> dict[str, Any]:
    answer = await world.call("POST", "/v1/campaigns", body)
    assert answer.status_code == 200, answer.text
    made: dict[str, Any] = answer.json()
    assert (await world.call("GET", f"/v1/campaigns/{made['id']}")).json() == made
    return made


async def test_a_program_is_shown_as_a_campaign_of_coupons_with_its_cards(world: World) -> None:
    made = await _made(world, PROGRAM)
    assert made.pop("id").startswith("camp_")
    assert made.pop("created_at")
    assert made == {
        "name": "L", "campaign_type": "LOYALTY_PROGRAM", "type": "STATIC", "join_once": True,
        "auto_join": False, "use_voucher_metadata_schema": True, "vouchers_count": 0,
        "active": True, "creation_status": "DONE", "vouchers_generation_status": "DONE",
        "protected": False, "category_id": None, "categories": [], "object": "campaign",
        "voucher": {
            "type": "LOYALTY_CARD", "loyalty_card": {"points": 1000},
            "redemption": {"quantity": None}, "is_referral_code": False,
            "code_config": {"length": 8, "charset": CHARSET, "pattern": "########"},
        },
        "validation_rules_assignments": EMPTY_LIST, "access_settings_assignments": EMPTY_LIST,
    }  # fmt: skip


async def test_a_balance_beside_the_points_is_accepted_and_a_length_makes_a_pattern(
    world: World,
) -> None:
    voucher = CARD | {"loyalty_card": {"points": 1000, "balance": 7}, "code_config": {"length": 3}}
    made = await _made(world, PROGRAM | {"voucher": voucher})
    assert made["voucher"]["loyalty_card"] == {"points": 1000}
    assert made["voucher"]["code_config"]["pattern"] == "###"


async def test_a_card_of_a_program_begins_with_its_points(world: World) -> None:
    made = await _made(world, PROGRAM)
    card = (await world.call("POST", f"/v1/campaigns/{made['id']}/vouchers")).json()
    assert card["type"] == "LOYALTY_CARD"
    assert card["loyalty_card"] == {"points": 1000, "balance": 1000}
    assert (card["gift"], card["discount"], card.get("holder_id")) == (None, None, None)
    assert card["publish"]["count"] == 0
    shown = {name: card["redemption"][name] for name in ("quantity", "redeemed_quantity")}
    assert shown == {"quantity": None, "redeemed_quantity": 0}
    assert card["redemption"]["redeemed_points"] == 0
    for named in (card["code"], card["id"]):
        assert (await world.call("GET", f"/v1/vouchers/{named}")).json()["id"] == card["id"]
        for switch in ("disable", "enable"):
            answer = await world.call("POST", f"/v1/vouchers/{named}/{switch}")
            assert answer.json()["loyalty_card"] == {"points": 1000, "balance": 1000}


async def test_a_card_is_published_by_code_and_by_the_name_of_its_program(world: World) -> None:
    made = await _made(world, PROGRAM | {"type": "AUTO_UPDATE", "vouchers_count": 1})
    for who in ("ann", "ben"):
        body = {"customer": {"source_id": who}, "campaign": {"name": "L", "count": 1}}
        answer = await world.call("POST", "/v1/publications", body)
        assert answer.status_code == 200, answer.text
        assert answer.json()["voucher"]["loyalty_card"] == {"points": 1000, "balance": 1000}
    assert (await world.call("GET", f"/v1/campaigns/{made['id']}")).json()["vouchers_count"] == 2


async def test_a_program_keeps_what_it_says_of_points_and_tiers(world: World) -> None:
    rules = {"period_type": "MONTH", "period_value": 3, "rounding_type": "END_OF_MONTH"}
    tiers = {
        "qualification_type": "POINTS_IN_PERIOD", "qualification_period": "QUARTER",
        "start_date": {"type": "IMMEDIATE"},
        "expiration_date": {"type": "CUSTOM", "extend": "P3M",
                            # official clients send the unit whatever the type
                            "rounding": {"type": "QUARTER", "strategy": "END", "unit": "MONTH"}},
    }  # fmt: skip
    voucher = CARD | {"loyalty_card": {"points": 0, "expiration_rules": rules}}
    made = await _made(world, PROGRAM | {"voucher": voucher, "loyalty_tiers_expiration": tiers})
    assert made["voucher"]["loyalty_card"] == {"points": 0, "expiration_rules": rules}
    assert made["loyalty_tiers_expiration"] == tiers
    path = f"/v1/campaigns/{made['id']}"
    # what was read is sent back as it was
    again = (await world.call("PUT", path, made)).json()
    assert again == made | {"updated_at": again["updated_at"]}
    other: dict[str, Any] = tiers | {"expiration_date": {"type": "END_OF_PERIOD"}}
    answer = await world.call("PUT", path, {"loyalty_tiers_expiration": other})
    # the contract wants an end to say it, be it nothing
    other["expiration_date"]["extend"] = ""
    assert answer.json()["loyalty_tiers_expiration"] == other
    answer = await world.call("PUT", path, {"loyalty_tiers_expiration": other})
    assert answer.json()["loyalty_tiers_expiration"] == other
    answer = await world.call("PUT", path, {"loyalty_tiers_expiration": None})
    assert "loyalty_tiers_expiration" not in answer.json()


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"loyalty_card": {"points": -1}}, ".voucher.loyalty_card.points"),
        ({"loyalty_card": {}}, ".voucher.loyalty_card.points"),
        ({"type": "GIFT_VOUCHER"}, "LOYALTY_CARD"),
        ({"gift": {"amount": 5}}, ".voucher"),
        ({"loyalty_card": {"points": 1, "expiration_rules": {}}}, "period_type"),
        (
            {"loyalty_card": {"points": 1, "expiration_rules": {"period_type": "MONTH"}}},
            ".voucher.loyalty_card.expiration_rules.period_value",
        ),
    ],
)
async def test_cards_that_make_no_sense_are_refused_by_name(
    world: World, changes: dict[str, Any], named: str
) -> None:
    answer = await world.call("POST", "/v1/campaigns", PROGRAM | {"voucher": CARD | changes})
    assert answer.status_code == 400
    assert named in answer.json()["details"]


async def test_tiers_belong_to_a_program(world: World) -> None:
    tiers = {
        "qualification_type": "BALANCE",
        "start_date": {"type": "IMMEDIATE"},
        "expiration_date": {"type": "BALANCE_DROP"},
    }
    body = {"name": "G", "voucher": {"gift": {"amount": 5}}, "loyalty_tiers_expiration": tiers}
    answer = await world.call("POST", "/v1/campaigns", body)
    assert (answer.status_code, answer.json()["key"]) == (400, "invalid_campaign")
