"""Points of members: what expires when, what goes to others, and what feeds say of it."""

from typing import Any, Final

from tests.unit.services.catalog.loyalty.test_programs import PROGRAM, made
from tests.unit.services.world import World

#: Its points expire at the end of the month after the next.
EXPIRING: Final = PROGRAM | {
    "type": "AUTO_UPDATE",
    "voucher": {
        "type": "LOYALTY_CARD",
        "loyalty_card": {
            "points": 0,
            "expiration_rules": {
                "period_type": "MONTH",
                "period_value": 2,
                "rounding_type": "END_OF_MONTH",
            },
        },
    },
}


async def member(world: World, name: str, points: int = 0) -> dict[str, Any]:
    """A member of the program L with so many points, added by hand."""
    body = {"customer": {"source_id": name}}
    joined: dict[str, Any] = (await world.call("POST", "/v1/loyalties/L/members", body)).json()
    if points:
        await world.call("POST", f"/v1/vouchers/{joined['code']}/balance", {"amount": points})
    return joined


async def card(world: World, code: str) -> dict[str, Any]:
    """The card as it is shown."""
    found: dict[str, Any] = (await world.call("GET", f"/v1/vouchers/{code}")).json()
    shown: dict[str, Any] = found["loyalty_card"]
    return shown


async def test_what_is_added_expires_as_the_program_says(world: World) -> None:
    await made(world, EXPIRING)
    ann = await member(world, "ann")
    assert await card(world, ann["code"]) == {"points": 0, "balance": 0}
    answer = await world.call("POST", f"/v1/vouchers/{ann['code']}/balance", {"amount": 30})
    assert answer.json() == {
        "amount": 30,
        "total": 30,
        "balance": 30,
        "type": "loyalty_card",
        "operation_type": "MANUAL",
        "object": "balance",
        "related_object": {"type": "voucher", "id": ann["id"]},
    }
    shown = await card(world, ann["code"])
    listed = await world.call("GET", f"/v1/loyalties/L/members/{ann['code']}/points-expiration")
    (bucket,) = listed.json()["data"]
    assert shown == {
        "points": 30,
        "balance": 30,
        "next_expiration_date": bucket["expires_at"],
        "next_expiration_points": 30,
    }
    assert (bucket["voucher_id"], bucket["bucket"]) == (ann["id"], {"total_points": 30})
    assert (bucket["status"], bucket["object"]) == ("ACTIVE", "loyalty_points_bucket")
    assert listed.json()["total"] == 1


async def test_a_page_of_what_expires_is_within_its_program(world: World) -> None:
    await made(world, EXPIRING)
    await made(world, EXPIRING | {"name": "M"})
    ann = await member(world, "ann", 30)
    path = f"/v1/loyalties/L/members/{ann['id']}/points-expiration"
    assert (await world.call("GET", f"{path}?limit=1&page=2")).json()["data"] == []
    refused = await world.call("GET", path.replace("/L/", "/M/"))
    assert refused.status_code == 404
    refused = await world.call("GET", f"{path}?order=points")
    assert (refused.status_code, refused.json()["key"]) == (400, "invalid_query_params")


async def test_points_of_the_cards_that_are_named_go_to_the_member(world: World) -> None:
    await made(world, EXPIRING)
    ann, ben, cem = [await member(world, name, 50) for name in ("ann", "ben", "cem")]
    moves = [
        {"code": ben["code"], "points": 20, "source_id": "t-1", "reason": "gift"},
        {"code": cem["id"], "points": 50, "source_id": "t-2"},
    ]
    answer = await world.call("POST", f"/v1/loyalties/L/members/{ann['code']}/transfers", moves)
    assert answer.status_code == 200, answer.text
    assert (answer.json()["id"], answer.json()["loyalty_card"]["balance"]) == (ann["id"], 120)
    assert answer.json()["loyalty_card"]["next_expiration_points"] == 120
    given = await card(world, ben["code"])
    assert (given["points"], given["balance"], given["subtracted_points"]) == (50, 30, 20)
    empty = await card(world, cem["code"])
    assert empty == {"points": 50, "balance": 0, "subtracted_points": 50}


async def test_nothing_goes_where_not_all_of_it_can(world: World) -> None:
    await made(world, EXPIRING)
    ann, ben, cem = [await member(world, name, 50) for name in ("ann", "ben", "cem")]
    path = f"/v1/loyalties/L/members/{ann['code']}/transfers"
    some = {"code": ben["code"], "points": 20, "source_id": "t-1"}
    bad = {
        "[1].points": [some, {"code": cem["code"], "points": 51, "source_id": "t-2"}],
        "[1].code": [some, some],
        "[0].code": [some | {"code": ann["code"]}],
        "[0].source_id": [{"code": ben["code"], "points": 20}],
        "list should have at least 1 item": [],
    }
    for named, body in bad.items():
        refused = await world.call("POST", path, body)
        assert refused.status_code == 400
        assert named in refused.json()["details"]
    for body in ([], [some] * 21, [some | {"points": 0}]):
        assert (await world.call("POST", path, body)).status_code == 400
    refused = await world.call("POST", path, [some | {"code": "none"}])
    assert refused.status_code == 404
    for each in (ann, ben, cem):
        assert (await card(world, each["code"]))["balance"] == 50
