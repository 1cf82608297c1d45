"""Pending points over HTTP: listed, made active before their time, changed, canceled."""

from typing import Any, Final

from tests.unit.services.catalog.loyalty.test_earning_rules import AMOUNT, added
from tests.unit.services.catalog.loyalty.test_members import ANN, GROWING, joined
from tests.unit.services.catalog.loyalty.test_programs import made
from tests.unit.services.world import World

PENDING: Final = AMOUNT | {
    "source": {"banner": "B"},
    "pending_points": {"period_type": "DAY", "period_value": 7},
}


async def earned(world: World, orders: int = 1) -> tuple[str, list[dict[str, Any]]]:
    """A member's card, and its pending points, of so many orders."""
    await made(world, GROWING)
    member = await joined(world)
    await added(world, PENDING)
    for number in range(orders):
        order = {"source_id": f"o{number}", "amount": 1000 * (number + 1), "status": "PAID"} | ANN
        assert (await world.call("POST", "/v1/orders", order)).status_code == 200
    path = f"/v1/loyalties/members/{member['code']}/pending-points"
    return path, (await world.call("GET", path)).json()["data"]


async def card(world: World, path: str) -> dict[str, Any]:
    """What the member's card holds."""
    member = (await world.call("GET", path.removesuffix("/pending-points"))).json()
    shown: dict[str, Any] = member["loyalty_card"]
    return shown


async def test_points_of_a_paid_order_are_pending_until_their_day(world: World) -> None:
    path, [pending] = await earned(world)
    order = (await world.call("GET", "/v1/orders/o0")).json()
    assert pending["id"].startswith("lopp_")
    assert pending["points"] == 3
    assert pending["order_id"] == order["id"]
    assert pending["details"]["order"] == {"id": order["id"], "source_id": "o0"}
    assert pending["details"]["earning_rule"]["source"] == {"banner": "B"}
    assert await card(world, path) == {"points": 100, "balance": 100, "pending_points": 3}


async def test_pending_points_are_listed_from_a_cursor_of_a_member_and_of_a_program(
    world: World,
) -> None:
    path, everything = await earned(world, 3)
    ids = [each["id"] for each in everything]
    assert ids == sorted(ids, reverse=True)
    in_program = path.replace("/loyalties/", "/loyalties/L/")
    for where in (path, in_program, "/v1/loyalties/L/pending-points"):
        first = (await world.call("GET", f"{where}?limit=2&order=id")).json()
        assert (first["has_more"], first["more_starting_after"]) == (True, ids[1])
        rest = f"{where}?limit=2&order=id&starting_after_id={ids[1]}"
        last = (await world.call("GET", rest)).json()
        assert (last["has_more"], [each["id"] for each in last["data"]]) == (False, [ids[0]])
    assert (await world.call("GET", f"{path}?order=points")).status_code == 400
    for gone in ("L/members/none", "none/members/x", "members/none", "none"):
        answer = await world.call("GET", f"/v1/loyalties/{gone}/pending-points")
        assert answer.status_code == 404


async def test_pending_points_become_active_before_their_time(world: World) -> None:
    path, [pending] = await earned(world)
    one = f"{path}/{pending['id']}"
    answer = (await world.call("POST", f"{one}/activate")).json()
    assert answer.pop("related_object")["type"] == "voucher"
    assert answer == {
        "points": 3, "total": 103, "balance": 103, "type": "loyalty_card", "object": "balance",
        "operation_type": "MANUAL",
    }  # fmt: skip
    assert await card(world, path) == {"points": 103, "balance": 103}
    for what in ("activate", "cancel"):
        again = await world.call("POST", f"{one}/{what}")
        assert (again.status_code, again.json()["key"]) == (400, "invalid_pending_points_state")
    assert (await world.call("GET", path)).json()["data"] == []


async def test_pending_points_are_changed_and_canceled(world: World) -> None:
    path, [pending] = await earned(world)
    one = f"{path}/{pending['id']}"
    answer = (await world.call("POST", f"{one}/balance", {"points": 4})).json()
    assert answer.pop("related_object")["type"] == "voucher"
    assert answer == {"points": 4, "total": 7, "object": "balance", "operation_type": "MANUAL"}
    too_few = await world.call("POST", f"{one}/balance", {"points": -7})
    assert too_few.json()["key"] == "invalid_pending_points_state"
    assert (await world.call("POST", f"{one}/balance", {"points": 0})).status_code == 400
    assert (await world.call("POST", f"{one}/cancel")).status_code == 204
    assert await card(world, path) == {"points": 100, "balance": 100}
    for what in ("activate", "cancel"):
        assert (await world.call("POST", f"{path}/lopp_0/{what}")).status_code == 404
