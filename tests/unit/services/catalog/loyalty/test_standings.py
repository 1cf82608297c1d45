"""How members stand, over HTTP: the tier, by how many points, and what is missing to the next."""

from typing import Any, Final

import pytest

from tests.unit.services.world import World

PROGRAM: Final = {
    "campaign_type": "LOYALTY_PROGRAM",
    "name": "L",
    "type": "AUTO_UPDATE",
    "voucher": {"type": "LOYALTY_CARD", "loyalty_card": {"points": 0}},
}
SILVER: Final = {"name": "Silver", "points": {"from": 100, "to": 499}}
GOLD: Final = {"name": "Gold", "points": {"from": 500}}
EMPTY: Final = {"name": "Nobody", "points": {}}
PATH: Final = "/v1/loyalties/L/standings"


async def _member(world: World, *tiers: dict[str, Any]) -> dict[str, Any]:
    assert (await world.call("POST", "/v1/campaigns", PROGRAM)).status_code == 200
    if tiers:
        answer = await world.call("POST", "/v1/loyalties/L/tiers", list(tiers))
        assert answer.status_code == 200, answer.text
    body = {"customer": {"source_id": "ann"}, "campaign": {"name": "L", "count": 1}}
    answer = await world.call("POST", "/v1/publications", body)
    voucher: dict[str, Any] = answer.json()["voucher"]
    return voucher


async def _standing(world: World, card: dict[str, Any]) -> dict[str, Any]:
    answer = await world.call("GET", f"{PATH}?ids={card['id']}")
    assert answer.status_code == 200, answer.text
    [found] = answer.json()["data"]
    standing: dict[str, Any] = found
    return standing


async def _give(world: World, card: dict[str, Any], points: int) -> None:
    path = f"/v1/vouchers/{card['code']}/balance"
    answer = await world.call("POST", path, {"amount": points})
    assert answer.status_code == 200, answer.text


async def test_what_is_missing_to_the_next_tier_is_told_with_the_tier(world: World) -> None:
    card = await _member(world, SILVER, GOLD, EMPTY)
    first = await _standing(world, card)
    assert (first["tier"], first["start_date"]) == (None, None)
    assert (first["next_tier"]["name"], first["next_tier"]["missing"]) == ("Silver", 100)
    await _give(world, card, 340)
    climbed = await _standing(world, card)
    assert (climbed["tier"]["name"], climbed["points"]) == ("Silver", 340)
    assert climbed["start_date"] is not None
    assert climbed["expiration_date"] is None
    assert climbed["next_tier"]["points"] == {"from": 500}
    assert climbed["next_tier"]["missing"] == 160
    await _give(world, card, 160)
    highest = await _standing(world, card)
    assert (highest["tier"]["name"], highest["next_tier"]) == ("Gold", None)


async def test_of_who_is_no_member_nothing_is_said(world: World) -> None:
    card = await _member(world)
    for ids in (card["id"], "v_none"):
        answer = await world.call("GET", f"{PATH}?ids={ids}")
        assert answer.json() == {"object": "list", "data_ref": "data", "data": [], "total": 0}
    assert (await world.call("GET", "/v1/loyalties/M/standings?ids=v_1")).status_code == 404


@pytest.mark.parametrize("query", ["", "?ids=", "?ids=a,,b", f"?ids={','.join('a' * 101)}"])
async def test_ids_have_to_be_some_and_not_too_many(world: World, query: str) -> None:
    await _member(world)
    many = ",".join(f"v_{at}" for at in range(101))
    answer = await world.call("GET", PATH + query.replace(",".join("a" * 101), many))
    assert (answer.status_code, answer.json()["key"]) == (400, "invalid_query_params")
