"""Sessions over HTTP: which there are, and giving one back as a whole."""

from typing import Any

import pytest

from services.validation import sessions
from tests.unit.services.ledger import START_MS
from tests.unit.services.world import OTHER, World, asked

ANN = {"source_id": "ann", "name": "Ann"}
HOUR = 3_600_000


async def _locked(world: World, key: str, *codes: str, **more: Any) -> None:
    session = {"type": "LOCK", "key": key, "ttl": 1, "ttl_unit": "HOURS"}
    answer = await world.call("POST", "/v1/validations", asked(*codes, session=session, **more))
    assert answer.json()["valid"] is True, answer.text


async def _listed(world: World, **query: Any) -> dict[str, Any]:
    answer = await world.call("GET", "/v1/sessions", params=query)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def _keys(world: World, **query: Any) -> list[str]:
    return [each["key"] for each in (await _listed(world, **query))["data"]]


async def test_a_session_shows_what_it_holds_for_whom_and_until_when(world: World) -> None:
    voucher = await world.voucher("A")
    card = await world.gift("CARD", 3000)
    await _locked(world, "cart", "A", "CARD", customer=ANN)
    body = await _listed(world)
    (session,) = body["data"]
    assert body == {
        "object": "list",
        "data_ref": "data",
        "data": [
            {
                "key": "cart",
                "object": "session",
                "type": "LOCK",
                "ttl": 1,
                "ttl_unit": "HOURS",
                "locked_at": "2023-11-14T22:13:20.000Z",
                "expires_at": "2023-11-14T23:13:20.000Z",
                "customer_id": session["customer"]["id"],
                "customer": session["customer"],
                "holds": [
                    {
                        "voucher_id": voucher["id"],
                        "code": "A",
                        "campaign_id": None,
                        "quantity": 1,
                        "credits": 0,
                        "points": 0,
                    },
                    {
                        "voucher_id": card["id"],
                        "code": "CARD",
                        "campaign_id": None,
                        "quantity": 1,
                        "credits": 3000,
                        "points": 0,
                    },
                ],
            }
        ],
        "has_more": False,
    }
    assert session["customer"]["source_id"] == "ann"


async def test_sessions_are_found_by_key_code_and_customer(world: World) -> None:
    await world.voucher("A")
    voucher = await world.voucher("B")
    await _locked(world, "one", "A", customer=ANN)
    await _locked(world, "two", "A", "B")
    assert await _keys(world, key="one") == ["one"]
    assert await _keys(world, key="none") == []
    assert await _keys(world, code="A") == ["one", "two"]
    assert await _keys(world, code=voucher["id"]) == ["two"]
    assert await _keys(world, code="NONE") == []
    assert await _keys(world, customer="ann") == ["one"]
    assert await _keys(world, customer="bob") == []
    assert await _keys(world, key="two", code="B") == ["two"]
    assert await _keys(world, key="one", code="B") == []
    assert await _keys(world, key="two", customer="ann") == []


async def test_what_was_redeemed_is_held_no_more(world: World) -> None:
    await world.voucher("A")
    await world.voucher("B")
    await _locked(world, "cart", "A", "B")
    session = {"type": "LOCK", "key": "cart"}
    await world.call("POST", "/v1/redemptions", asked("A", session=session))
    ((hold,),) = [each["holds"] for each in (await _listed(world))["data"]]
    assert hold["code"] == "B"
    await world.call("POST", "/v1/redemptions", asked("B", session=session))
    assert await _keys(world) == []


async def test_a_session_that_is_over_is_not_shown_though_nothing_swept_it(world: World) -> None:
    await world.voucher("A")
    await _locked(world, "cart", "A")
    world.ledger.now = START_MS + HOUR - 1
    assert await _keys(world) == ["cart"]
    world.ledger.now = START_MS + HOUR
    assert (
        await _keys(world) == await _keys(world, key="cart") == await _keys(world, code="A") == []
    )
    answer = await world.call("DELETE", "/v1/sessions/cart")
    assert answer.status_code == 404


async def test_pages_of_sessions_hold_each_once(world: World) -> None:
    await world.voucher("A")
    names = [f"cart {number}" for number in range(5)]
    for name in names:
        await _locked(world, name, "A")
    for query in ({}, {"code": "A"}):
        found: list[str] = []
        body = await _listed(world, limit=2, **query)
        while True:
            found += [each["key"] for each in body["data"]]
            if not body["has_more"]:
                break
            after = body["more_starting_after"]
            body = await _listed(world, limit=2, starting_after_id=after, **query)
        assert found == names
        assert len(await _keys(world, limit=5, **query)) == 5


async def test_a_page_looks_at_so_many_and_goes_on(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sessions, "LOOKED_AT_MAX", 2)
    await world.voucher("A")
    for key, more in (("1", {}), ("2", {}), ("3", {"customer": ANN})):
        await _locked(world, key, "A", **more)
    body = await _listed(world, customer="ann")
    assert (body["data"], body["has_more"], body["more_starting_after"]) == ([], True, "2")
    assert await _keys(world, customer="ann", starting_after_id="2") == ["3"]


async def test_an_ended_session_gives_back_all_that_it_held(world: World) -> None:
    await world.voucher("A", redemption={"quantity": 1})
    await world.voucher("B", redemption={"quantity": 1})
    await _locked(world, "my cart/1", "A", "B")
    assert (await world.call("POST", "/v1/redemptions", asked("A"))).status_code == 400
    path = "/v1/sessions/my%20cart%2F1"
    assert (await world.call("DELETE", path, headers=OTHER)).status_code == 404
    answer = await world.call("DELETE", path)
    assert (answer.status_code, answer.content) == (204, b"")
    assert await _keys(world) == []
    again = await world.call("DELETE", path)
    assert (again.status_code, again.json()["resource_id"]) == (404, "my cart/1")
    for code in ("A", "B"):
        assert (await world.call("POST", "/v1/redemptions", asked(code))).status_code == 200


async def test_another_projects_sessions_are_not_seen(world: World) -> None:
    await world.voucher("A")
    await _locked(world, "cart", "A")
    answer = await world.call("GET", "/v1/sessions", headers=OTHER)
    assert answer.json()["data"] == []


@pytest.mark.parametrize(
    "query",
    [{"limit": "0"}, {"limit": "101"}, {"page": "2"}, {"key": ""}, {"voucher": "A"}],
)
async def test_what_is_no_parameter_of_the_list_is_refused(
    world: World, query: dict[str, str]
) -> None:
    answer = await world.call("GET", "/v1/sessions", params=query)
    assert (answer.status_code, answer.json()["key"]) == (400, "invalid_query_params")
    (name,) = query
    assert f"`{name}`" in answer.json()["details"]
