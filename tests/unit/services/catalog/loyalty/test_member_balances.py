"""The balance of a member over HTTP: exactly what is answered, and what its transactions say."""

from tests.unit.services.catalog.loyalty.test_members import GROWING, joined
from tests.unit.services.catalog.loyalty.test_programs import made
from tests.unit.services.world import World


async def test_points_are_added_to_a_member_by_code_and_id_and_in_its_program(
    world: World,
) -> None:
    await made(world, GROWING)
    member = await joined(world)
    expected = {
        "points": 88, "type": "loyalty_card", "object": "balance", "operation_type": "MANUAL",
        "related_object": {"type": "voucher", "id": member["id"]},
    }  # fmt: skip
    paths = (f"members/{member['code']}", f"members/{member['id']}", f"L/members/{member['id']}")
    for number, path in enumerate(paths, 1):
        body = {"points": 88, "source_id": "S", "reason": "R"}
        answer = await world.call("POST", f"/v1/loyalties/{path}/balance", body)
        total = 100 + 88 * number
        assert answer.json() == expected | {"total": total, "balance": total}


async def test_points_are_taken_off_and_expire_as_it_is_said(world: World) -> None:
    await made(world, GROWING)
    member = await joined(world)
    path = f"/v1/loyalties/members/{member['code']}/balance"
    answer = (await world.call("POST", path, {"points": -40})).json()
    assert (answer["points"], answer["balance"]) == (-40, 60)
    day = {"points": 5, "expiration_type": "CUSTOM_DATE", "expiration_date": "2030-01-01"}
    assert (await world.call("POST", path, day)).status_code == 200
    card = (await world.call("GET", f"/v1/vouchers/{member['code']}")).json()["loyalty_card"]
    assert (card["balance"], card["next_expiration_points"]) == (65, 5)
    never = {"points": 5, "expiration_type": "NON_EXPIRING"}
    assert (await world.call("POST", path, never)).json()["balance"] == 70


async def test_a_balance_that_cannot_be_is_refused(world: World) -> None:
    await made(world, GROWING)
    await made(world, GROWING | {"name": "M"})
    member = await joined(world)
    path = f"/v1/loyalties/members/{member['code']}/balance"
    for bad in ({}, {"points": 0}, {"points": 1.5}, {"points": 1, "expiration_type": "ODD"}):
        assert (await world.call("POST", path, bad)).status_code == 400
    refused = await world.call("POST", path, {"points": -101})
    assert refused.json()["key"] == "invalid_balance"
    for gone in ("members/none", f"M/members/{member['code']}", f"none/members/{member['code']}"):
        answer = await world.call("POST", f"/v1/loyalties/{gone}/balance", {"points": 1})
        assert answer.status_code == 404
