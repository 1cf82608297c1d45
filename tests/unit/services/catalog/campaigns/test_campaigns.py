"""Campaigns over HTTP: what bodies may say, what they get, and what is refused by name."""

from typing import Any

import pytest

from schemas.campaigns import AddVouchers, CreateCampaign
from tests.contract.shapes import assert_shape
from tests.unit.services.world import OTHER, SERVER, World, asked

TERMS: dict[str, Any] = {
    "name": "Spring",
    "voucher": {"type": "DISCOUNT_VOUCHER", "discount": {"type": "PERCENT", "percent_off": 10}},
}
NOTHING = {"object": "list", "data_ref": "data", "data": [], "total": 0}


async def create(world: World, **more: Any) -> dict[str, Any]:
    """Creates a campaign."""
    response = await world.call("POST", "/v1/campaigns", TERMS | more)
    assert response.status_code == 200, response.text
    body = dict(response.json())
    assert_shape(body, "CampaignsCreateResponseBody")
    return body


async def test_a_campaign_has_its_defaults_and_leaves_out_what_is_not_set(world: World) -> None:
    body = await create(world)
    assert body.pop("id").startswith("camp_")
    assert body.pop("created_at").endswith("Z")
    assert body == {
        "name": "Spring",
        "campaign_type": "DISCOUNT_COUPONS",
        "type": "STATIC",
        "voucher": {
            "type": "DISCOUNT_VOUCHER",
            "discount": {"type": "PERCENT", "percent_off": 10},
            "redemption": {"quantity": None},
            "code_config": {
                "length": 8,
                "charset": "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ",
                "pattern": "########",
            },
            "is_referral_code": False,
        },
        "auto_join": False,
        "join_once": False,
        "use_voucher_metadata_schema": True,
        "vouchers_count": 0,
        "active": True,
        "creation_status": "DONE",
        "vouchers_generation_status": "DONE",
        "protected": False,
        "category_id": None,
        "categories": [],
        "object": "campaign",
        "validation_rules_assignments": NOTHING,
        "access_settings_assignments": NOTHING,
    }


async def test_everything_that_is_said_is_shown(world: World) -> None:
    said = {
        "description": "for the spring",
        "campaign_type": "GIFT_VOUCHERS",
        "type": "AUTO_UPDATE",
        "start_date": "2023-11-01T00:00:00.000Z",
        "expiration_date": "2030-11-01T00:00:00.000Z",
        "validity_timeframe": {"interval": "P2D", "duration": "P1D"},
        "validity_day_of_week": [1, 2, 3],
        "validity_hours": {
            "daily": [{"start_time": "10:00", "expiration_time": "23:59", "days_of_week": [2]}]
        },
        "activity_duration_after_publishing": "P24D",
        "auto_join": True,
        "join_once": True,
        "metadata": {"season": "spring"},
    }
    config = {"length": 4, "charset": "abc", "prefix": "p-", "postfix": "-q", "initial_count": 2}
    voucher = {"type": "GIFT_VOUCHER", "gift": {"amount": 500}, "code_config": config}
    body = await create(world, voucher=voucher | {"redemption": {"quantity": 3}}, **said)
    assert {name: body[name] for name in said} == said
    assert body["voucher"]["gift"] == {"amount": 500, "balance": 500}
    assert body["voucher"]["code_config"] == config | {"pattern": "####"}
    assert body["voucher"]["redemption"] == {"quantity": 3}
    found = await world.call("GET", f"/v1/campaigns/{body['id']}")
    assert found.json() == body


async def test_the_first_code_works_at_once(world: World) -> None:
    body = await create(world, vouchers_count=700)
    assert (body["vouchers_count"], body["vouchers_generation_status"]) == (500, "IN_PROGRESS")
    command = world.ledger.commands[-1].body
    assert isinstance(command, CreateCampaign)
    assert command.request_id.startswith("v-")
    added = (await world.call("POST", "/v1/campaigns/Spring/vouchers")).json()
    assert_shape(added, "CampaignsVouchersCreateResponseBody")
    assert (added["campaign"], added["campaign_id"]) == ("Spring", body["id"])
    redeemed = await world.call("POST", "/v1/redemptions", asked(added["code"]))
    assert redeemed.status_code == 200
    assert redeemed.json()["redemptions"][0]["voucher"]["campaign"] == "Spring"


async def test_a_campaign_is_its_projects_own(world: World) -> None:
    body = await create(world)
    for named in ("Spring", body["id"]):
        response = await world.call("GET", f"/v1/campaigns/{named}", headers=OTHER)
        assert response.status_code == 404
        assert response.json()["resource_type"] == "campaign"


async def test_a_name_may_hold_any_character(world: World) -> None:
    name = "Ünï/50% a+b?c#d"
    body = await create(world, name=name)
    found = await world.call("GET", "/v1/campaigns/%C3%9Cn%C3%AF%2F50%25%20a%2Bb%3Fc%23d")
    assert found.json() == body


async def test_a_name_is_taken_once(world: World) -> None:
    await create(world)
    again = await world.call("POST", "/v1/campaigns", TERMS)
    assert (again.status_code, again.json()["key"]) == (409, "duplicate_found")


async def test_an_update_answers_the_campaign_and_null_clears(world: World) -> None:
    before = await create(world, expiration_date="2030-01-01", metadata={"a": 1})
    changes = {"expiration_date": None, "metadata": {"b": 2}, "description": "new"}
    response = await world.call("PUT", "/v1/campaigns/Spring", changes)
    after = response.json()
    assert_shape(after, "CampaignsUpdateResponseBody")
    assert "expiration_date" in before and "expiration_date" not in after
    assert (after["metadata"], after["description"]) == ({"a": 1, "b": 2}, "new")
    assert "updated_at" in after and "updated_at" not in before
    unknown = await world.call("PUT", "/v1/campaigns/Winter", changes)
    assert unknown.status_code == 404


async def test_switching_answers_an_empty_object(world: World) -> None:
    await create(world)
    for verb, active in (("disable", False), ("enable", True)):
        response = await world.call("POST", f"/v1/campaigns/Spring/{verb}")
        assert (response.status_code, response.json()) == (200, {})
        assert (await world.call("GET", "/v1/campaigns/Spring")).json()["active"] is active
        assert (await world.call("POST", f"/v1/campaigns/Winter/{verb}")).status_code == 404


@pytest.mark.parametrize("body", [b"", b"{}", b"null", b"1", b"1.0"])
async def test_one_voucher_needs_no_body(world: World, body: bytes) -> None:
    await create(world)
    response = await world.http.post(
        "/v1/campaigns/Spring/vouchers",
        content=body,
        headers=SERVER | {"content-type": "application/json"},
    )
    assert response.status_code == 200, response.text
    assert_shape(response.json(), "CampaignsVouchersCreateResponseBody")


@pytest.mark.parametrize(
    ("query", "body"), [("", 5), ("?vouchers_count=5", None), ("?vouchers_count=5", {})]
)
async def test_many_vouchers_are_an_action(world: World, query: str, body: Any) -> None:
    await create(world)
    response = await world.call("POST", f"/v1/campaigns/Spring/vouchers{query}", body)
    assert response.status_code == 202
    assert_shape(response.json(), "CampaignsVouchersCreateInBulkResponseBody")
    assert response.json()["async_action_id"].startswith("aa_")
    command = world.ledger.commands[-1].body
    assert isinstance(command, AddVouchers)
    assert command.count == 5


async def test_a_voucher_of_a_campaign_may_differ_from_it(world: World) -> None:
    await create(world)
    own = {
        "metadata": {"a": 1},
        "redemption": {"quantity": 2},
        "additional_info": "x",
        "start_date": "2023-01-01T00:00:00.000Z",
        "expiration_date": "2033-01-01T00:00:00.000Z",
    }
    for path in ("/vouchers", "/vouchers/MINE"):
        made = (await world.call("POST", f"/v1/campaigns/Spring{path}", own)).json()
        assert made["redemption"]["quantity"] == 2
        plain = {name: made[name] for name in own if name != "redemption"}
        assert plain == {name: value for name, value in own.items() if name != "redemption"}
    taken = await world.call("POST", "/v1/campaigns/Spring/vouchers/MINE")
    assert (taken.status_code, taken.json()["resource_type"]) == (409, "voucher")
    named = (await world.call("POST", "/v1/campaigns/Spring/vouchers", {"code": "HERS"})).json()
    assert named["code"] == "HERS"


async def test_deleting_answers_an_action_and_nothing_is_found(world: World) -> None:
    await create(world)
    code = (await world.call("POST", "/v1/campaigns/Spring/vouchers")).json()["code"]
    gone = await world.call("DELETE", "/v1/campaigns/Spring?force=true")
    assert gone.status_code == 202
    assert_shape(gone.json(), "CampaignsDeleteResponseBody")
    for path in ("/v1/campaigns/Spring", f"/v1/vouchers/{code}"):
        assert (await world.call("GET", path)).status_code == 404
    assert (await world.call("DELETE", "/v1/campaigns/Spring")).status_code == 404


BAD: list[tuple[Any, str, str]] = [
    (TERMS | {"campaign_type": "PROMOTION", "promotion": {}}, "invalid_payload", "PROMOTION"),
    (TERMS | {"promotion": {"tiers": []}}, "invalid_payload", "PROMOTION"),
    ({"name": "N"}, "invalid_payload", ".voucher"),
    (TERMS | {"campaign_type": "LOYALTY_PROGRAM"}, "invalid_payload", "LOYALTY_PROGRAM"),
    (TERMS | {"campaign_type": "REFERRAL_PROGRAM"}, "invalid_payload", "REFERRAL_PROGRAM"),
    ({"voucher": TERMS["voucher"]}, "invalid_payload", ".name"),
    ({"name": "X"}, "invalid_payload", ".voucher"),
    (TERMS | {"name": ""}, "invalid_payload", ".name"),
    (TERMS | {"type": "STANDALONE"}, "invalid_payload", ".type"),
    (TERMS | {"campaign_type": "GIFT_VOUCHERS"}, "invalid_payload", ".voucher"),
    (TERMS | {"voucher": {"type": "DISCOUNT_VOUCHER"}}, "invalid_payload", ".voucher"),
    (TERMS | {"vouchers_count": -1}, "invalid_payload", ".vouchers_count"),
    (TERMS | {"vouchers_count": 20_000_001}, "invalid_payload", ".vouchers_count"),
    (TERMS | {"access_settings": {"assign": {"areas_ids": ["ar_1"]}}}, "not_found", "ar_1"),
    (TERMS | {"start_date": "soon"}, "invalid_payload", ".start_date"),
    (TERMS | {"category": "shoes"}, "not_found", "shoes"),
    (TERMS | {"validation_rules": ["val_1"]}, "not_found", "val_1"),
    (
        TERMS | {"start_date": "2030-01-02", "expiration_date": "2030-01-01"},
        "invalid_expiration_date",
        "start_date",
    ),
    (TERMS | {"activity_duration_after_publishing": "soon"}, "invalid_campaign", "ISO 8601"),
]


@pytest.mark.parametrize(("body", "key", "named"), BAD)
async def test_a_campaign_that_makes_no_sense_is_refused_by_name(
    world: World, body: Any, key: str, named: str
) -> None:
    response = await world.call("POST", "/v1/campaigns", body)
    assert response.status_code == (404 if key == "not_found" else 400)
    assert response.json()["key"] == key
    assert named in response.json()["details"]


async def test_too_small_a_code_config_is_refused(world: World) -> None:
    config = {"charset": "ab", "length": 3}
    body = TERMS | {"voucher": TERMS["voucher"] | {"code_config": config}, "vouchers_count": 9}
    response = await world.call("POST", "/v1/campaigns", body)
    assert (response.status_code, response.json()["key"]) == (400, "invalid_code_config")
    assert "8 codes" in response.json()["details"]


@pytest.mark.parametrize(
    ("query", "body", "key"),
    [
        ("?vouchers_count=0", {}, "invalid_query_params"),
        ("?vouchers_count=x", {}, "invalid_query_params"),
        ("?vouchers_count=20000001", {}, "invalid_query_params"),
        ("?count=2", {}, "invalid_query_params"),
        ("?vouchers_count=2", {"code": "A"}, "invalid_payload"),
        ("", {"metadata": 5}, "invalid_payload"),
        ("", 0, "invalid_payload"),
        ("", 2.5, "invalid_payload"),
        ("", True, "invalid_payload"),
        ("", [1], "invalid_payload"),
        ("", {"category": "shoes"}, "not_found"),
    ],
)
async def test_vouchers_that_make_no_sense_are_refused(
    world: World, query: str, body: Any, key: str
) -> None:
    await create(world)
    response = await world.call("POST", f"/v1/campaigns/Spring/vouchers{query}", body)
    assert response.json()["key"] == key, response.text


async def test_the_same_creation_again_is_answered_by_the_first(world: World) -> None:
    once = {**SERVER, "Idempotency-Key": "k"}
    first = await world.call("POST", "/v1/campaigns", TERMS | {"vouchers_count": 3}, once)
    again = await world.call("POST", "/v1/campaigns", TERMS | {"vouchers_count": 3}, once)
    assert first.status_code == again.status_code == 200
    assert first.json() == again.json()


async def test_a_voucher_that_names_a_campaign_may_leave_to_it_what_it_gives(world: World) -> None:
    voucher = {
        "gift": {"amount": 700},
        "redemption": {"quantity": 3},
        "code_config": {"prefix": "G-"},
    }
    campaign = await create(world, name="Cards", voucher=voucher)
    body = {
        "campaign": "Cards",
        "metadata": {"a": 1},
        "active": False,
        "start_date": "2030-01-01",
        "validity_timeframe": {"duration": "PT1H", "interval": "P1D"},
        "validity_hours": {"daily": [{"start_time": "09:00", "expiration_time": "10:00"}]},
        "validity_day_of_week": [1],
    }
    drawn = (await world.call("POST", "/v1/vouchers", body)).json()
    assert_shape(drawn, "VouchersCreateResponseBody")
    assert drawn["code"].startswith("G-")
    assert (drawn["type"], drawn["gift"]["balance"]) == ("GIFT_VOUCHER", 700)
    assert (drawn["redemption"]["quantity"], drawn["campaign_id"]) == (3, campaign["id"])
    assert (drawn["metadata"], drawn["active"]) == ({"a": 1}, False)
    assert drawn["start_date"] == "2030-01-01T00:00:00.000Z"
    assert drawn["validity_timeframe"] == body["validity_timeframe"]
    assert drawn["validity_hours"]["daily"][0]["start_time"] == "09:00"
    assert drawn["validity_day_of_week"] == [1]
    own = body | {"campaign_id": campaign["id"], "redemption": {"quantity": None}}
    named = await world.call("POST", "/v1/vouchers/MINE", own | {"type": "GIFT_VOUCHER"})
    assert (named.json()["code"], named.json()["redemption"]["quantity"]) == ("MINE", None)
    config = {"campaign": "Cards", "code_config": {"prefix": "H-"}}
    assert (await world.call("POST", "/v1/vouchers", config)).json()["code"].startswith("H-")
    value = {"campaign": "Cards", "gift": {"amount": 5, "subtracted_amount": 3}}
    other = (await world.call("POST", "/v1/vouchers/FIVE", value)).json()
    assert (other["type"], other["gift"]) == ("GIFT_VOUCHER", {"amount": 5, "balance": 5})
    read = (await world.call("GET", f"/v1/campaigns/{campaign['id']}")).json()
    assert read["vouchers_count"] == 4


@pytest.mark.parametrize(
    ("body", "status", "key", "named"),
    [
        ({"campaign": "Cards", "type": "DISCOUNT_VOUCHER"}, 400, "invalid_voucher", "DISCOUNT"),
        (
            {"campaign": "Cards", "discount": TERMS["voucher"]["discount"]},
            400,
            "invalid_voucher",
            "GIFT",
        ),
        ({"campaign": "Lost"}, 404, "not_found", "Lost"),
        ({"campaign": "Cards", "code": "TAKEN"}, 409, "duplicate_found", "TAKEN"),
        ({"campaign": "Cards", "category": "shoes"}, 404, "not_found", "shoes"),
        ({"campaign": ""}, 400, "invalid_payload", "a discount, a gift or a loyalty_card is"),
        ({}, 400, "invalid_payload", "a discount, a gift or a loyalty_card is required"),
        ({"type": "GIFT_VOUCHER"}, 400, "invalid_payload", "gift is required"),
        ({"campaign": "", "gift": 5}, 400, "invalid_payload", ".gift"),
    ],
)
async def test_a_voucher_that_leaves_too_much_is_refused_by_name(
    world: World, body: Any, status: int, key: str, named: str
) -> None:
    await create(world, name="Cards", voucher={"gift": {"amount": 700}})
    await world.voucher("TAKEN")
    answer = await world.call("POST", "/v1/vouchers", body)
    assert (answer.status_code, answer.json()["key"]) == (status, key), answer.text
    assert named in answer.json()["details"]
