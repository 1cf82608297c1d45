"""Loyalty programs: made, read, changed, deleted, and no other campaign among them."""

from typing import Any, Final

import pytest

from tests.unit.services.world import World

CARD: Final = {"type": "LOYALTY_CARD", "loyalty_card": {"points": 100}}
PROGRAM: Final = {"name": "L", "voucher": CARD}
COUPONS: Final = {"name": "C", "voucher": {"discount": {"type": "AMOUNT", "amount_off": 5}}}


async def made(world: World, body: dict[str, Any] = PROGRAM) -> dict[str, Any]:
    """A program, as it was answered."""
    answer = await world.call("POST", "/v1/loyalties", body)
    assert answer.status_code == 200, answer.text
    program: dict[str, Any] = answer.json()
    return program


async def test_a_program_is_a_campaign_that_both_paths_show(world: World) -> None:
    body = PROGRAM | {
        "type": "AUTO_UPDATE", "vouchers_count": 10, "metadata": {"campaign": True},
        "voucher": CARD | {"redemption": {"quantity": 100}, "code_config": {"pattern": "AB-###"}},
    }  # fmt: skip
    program = await made(world, body)
    assert (program["campaign_type"], program["join_once"]) == ("LOYALTY_PROGRAM", True)
    for path in ("loyalties", "campaigns"):
        for named in (program["id"], "L"):
            answer = await world.call("GET", f"/v1/{path}/{named}")
            assert answer.json() == program
    assert program["vouchers_count"] == 10
    assert program["voucher"]["code_config"]["pattern"] == "AB-###"


async def test_a_name_is_given_to_one_campaign(world: World) -> None:
    await made(world)
    answer = await world.call("POST", "/v1/loyalties", PROGRAM)
    assert (answer.status_code, answer.json()["key"]) == (409, "duplicate_found")


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
async def test_a_campaign_that_is_no_program_is_not_found(world: World, method: str) -> None:
    await world.call("POST", "/v1/campaigns", COUPONS)
    body = {"description": "D"} if method == "PUT" else None
    for named in ("C", "none"):
        answer = await world.call(method, f"/v1/loyalties/{named}", body)
        assert (answer.status_code, answer.json()["key"]) == (404, "not_found")


async def test_a_program_is_changed_and_what_is_not_named_stays(world: World) -> None:
    program = await made(world)
    body = {"description": "D", "auto_join": True, "type": "AUTO_UPDATE"}
    changed = (await world.call("PUT", "/v1/loyalties/L", body)).json()
    assert changed == program | body | {"updated_at": changed["updated_at"]}


@pytest.mark.parametrize(
    ("rules", "status"),
    [
        ({"period_type": "DAY", "period_value": 36_500}, 200),
        ({"period_type": "INACTIVITY", "period_value": 36_500}, 200),
        ({"period_type": "MONTH", "period_value": 1200, "notice_days": 365}, 200),
        ({"period_type": "DAY", "period_value": 36_501}, 400),
        ({"period_type": "MONTH", "period_value": 1201}, 400),
        ({"period_type": "MONTH", "period_value": 1, "notice_days": 366}, 400),
    ],
)
async def test_points_last_as_long_as_the_engine_knows(
    world: World, rules: dict[str, Any], status: int
) -> None:
    card = CARD | {"loyalty_card": {"points": 0, "expiration_rules": rules}}
    answer = await world.call("POST", "/v1/loyalties", {"name": "L", "voucher": card})
    assert answer.status_code == status, answer.text


async def test_a_program_that_is_deleted_leaves_with_its_cards(world: World) -> None:
    program = await made(world, PROGRAM | {"vouchers_count": 1})
    member = {"customer": {"source_id": "ann"}}
    card = (await world.call("POST", "/v1/loyalties/L/members", member)).json()
    answer = await world.call("DELETE", "/v1/loyalties/L?force=true")
    assert answer.status_code == 200
    assert answer.json()["async_action_id"]
    for path in (f"loyalties/{program['id']}", f"loyalties/members/{card['code']}"):
        assert (await world.call("GET", f"/v1/{path}")).status_code == 404


@pytest.mark.parametrize(
    ("body", "named"),
    [
        (PROGRAM | {"campaign_type": "GIFT_VOUCHERS"}, ".campaign_type"),
        (COUPONS, ".voucher"),
        ({"name": "L"}, ".voucher"),
        ({"voucher": CARD}, ".name"),
        (PROGRAM | {"promotion": {"tiers": []}}, ".promotion"),
        (PROGRAM | {"voucher": {"type": "LOYALTY_CARD"}}, ".voucher"),
    ],
)
async def test_what_is_no_program_is_refused_by_name(
    world: World, body: dict[str, Any], named: str
) -> None:
    answer = await world.call("POST", "/v1/loyalties", body)
    assert (answer.status_code, answer.json()["key"]) == (400, "invalid_payload")
    assert named in answer.json()["details"]
