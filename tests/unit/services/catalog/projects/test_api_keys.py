"""API keys of a project over the management API, and what their tokens open."""

from typing import Any

import pytest

from tests.unit.services.catalog.projects.managing import PROJECTS, failed, made
from tests.unit.services.world import MANAGEMENT, SERVER, World

KEYS = f"{PROJECTS}/proj/keys"
HOUR_MS = 3_600_000
TILL = {"kind": "server", "name": "Till"}


async def made_key(world: World, **more: Any) -> dict[str, Any]:
    answer = await world.call("POST", KEYS, TILL | more, MANAGEMENT)
    assert answer.status_code == 200, answer.text
    assert answer.headers["cache-control"] == "no-store"
    return dict(answer.json())


def pair(key: dict[str, Any]) -> dict[str, str]:
    return {"X-App-Id": key["id"], "X-App-Token": key["token"]}


async def opens(world: World, headers: dict[str, str]) -> bool:
    answer = await world.call("GET", "/v1/rewards", headers=headers)
    return answer.status_code == 200


async def listed(world: World, key_id: str) -> dict[str, Any]:
    answer = await world.call("GET", KEYS, headers=MANAGEMENT)
    (found,) = [each for each in answer.json()["data"] if each["id"] == key_id]
    return dict(found)


async def test_a_key_opens_what_its_kind_opens_and_its_token_is_shown_once(world: World) -> None:
    key = await made_key(world)
    assert await opens(world, pair(key))
    shown = await listed(world, key["id"])
    assert {name: key[name] for name in key if name != "token"} == {
        name: value for name, value in shown.items() if name != "last_used_at"
    }
    assert (shown["kind"], shown["name"], shown["active"]) == ("server", "Till", True)
    everything = await world.call("GET", KEYS, headers=MANAGEMENT)
    assert key["token"] not in everything.text
    assert "hash" not in everything.text
    assert key["token"] not in repr(world.ledger.records)


async def test_those_that_came_with_the_project_are_listed_first(world: World) -> None:
    await made_key(world)
    answer = (await world.call("GET", KEYS, headers=MANAGEMENT)).json()
    assert answer["total"] == 4
    assert [each["kind"] for each in answer["data"]] == ["client", "management", "server", "server"]
    project = (await world.call("GET", KEYS, headers=MANAGEMENT)).json()["data"][0]
    assert (project["name"], project["active"]) == (None, True)


async def test_the_same_request_again_shows_the_same_token(world: World) -> None:
    headers = MANAGEMENT | {"Idempotency-Key": "till-1"}
    first = (await world.call("POST", KEYS, TILL, headers)).json()
    assert (await world.call("POST", KEYS, TILL, headers)).json() == first
    again = await world.call("POST", KEYS, TILL | {"name": "Other"}, headers)
    assert failed(again) == (409, "idempotency_key_reused")
    # of another project it is another key
    other = (await world.call("POST", f"{PROJECTS}/proj2/keys", TILL, headers)).json()
    assert other.get("id") != first["id"]
    path = f"{KEYS}/{first['id']}/rotate"
    rotated = (await world.call("POST", path, {"overlap_hours": 1}, headers)).json()
    assert (await world.call("POST", path, {"overlap_hours": 1}, headers)).json() == rotated


async def test_a_rotated_key_works_on_until_its_overlap_is_over(world: World) -> None:
    key = await made_key(world)
    path = f"{KEYS}/{key['id']}/rotate"
    new = (await world.call("POST", path, {"overlap_hours": 2}, MANAGEMENT)).json()
    assert new["replaces"]["id"] == key["id"]
    assert new["replaces"]["replaced_by"] == new["id"]
    assert new["replaces"]["expires_at"] is not None
    assert await opens(world, pair(key))
    assert await opens(world, pair(new))
    token = await _access_token(world, pair(key))
    world.ledger.now += 2 * HOUR_MS - 60_000
    assert await opens(world, pair(key))
    world.ledger.now += 60_000
    assert not await opens(world, pair(key))
    assert not await opens(world, {"Authorization": f"Bearer {token}"})
    assert (await listed(world, key["id"]))["active"] is False
    assert await opens(world, pair(new))


async def test_without_an_overlap_the_key_before_ends_at_once(world: World) -> None:
    key = await made_key(world)
    answer = await world.call("POST", f"{KEYS}/{key['id']}/rotate", {}, MANAGEMENT)
    assert answer.json()["replaces"]["revoked_at"] is not None
    assert not await opens(world, pair(key))
    assert await opens(world, pair(answer.json()))
    again = await world.call("POST", f"{KEYS}/{key['id']}/rotate", {}, MANAGEMENT)
    assert failed(again) == (400, "invalid_payload")


async def test_a_deleted_key_opens_nothing_and_is_then_taken_from_the_list(world: World) -> None:
    key = await made_key(world)
    path = f"{KEYS}/{key['id']}"
    assert (await world.call("DELETE", path, headers=MANAGEMENT)).status_code == 204
    assert not await opens(world, pair(key))
    assert (await listed(world, key["id"]))["revoked_at"] is not None
    assert (await world.call("DELETE", path, headers=MANAGEMENT)).status_code == 204
    assert failed(await world.call("DELETE", path, headers=MANAGEMENT)) == (404, None)


async def test_a_pair_of_the_project_can_be_ended_and_stays_in_the_list(world: World) -> None:
    for _ in range(2):
        answer = await world.call("DELETE", f"{KEYS}/app", headers=MANAGEMENT)
        assert answer.status_code == 204
    assert not await opens(world, SERVER)
    assert (await listed(world, "app"))["active"] is False


async def test_a_key_cannot_end_itself_and_another_can(world: World) -> None:
    answer = await world.call("DELETE", f"{KEYS}/man", headers=MANAGEMENT)
    assert failed(answer) == (400, "invalid_payload")
    key = await made_key(world, kind="management", name="Team")
    headers = {"X-Management-Id": key["id"], "X-Management-Token": key["token"]}
    answer = await world.call("DELETE", f"{KEYS}/man", headers=headers)
    assert answer.status_code == 204
    assert (await world.call("GET", KEYS, headers=MANAGEMENT)).status_code == 401


async def test_a_key_is_renamed(world: World) -> None:
    key = await made_key(world)
    answer = await world.call("PUT", f"{KEYS}/{key['id']}", {"name": " Old till "}, MANAGEMENT)
    assert answer.json()["name"] == "Old till"
    assert (await listed(world, key["id"]))["name"] == "Old till"
    assert await opens(world, pair(key))


async def test_last_use_is_told_as_far_as_it_is_known(world: World) -> None:
    world.used = {"app": 1_700_000_000_000 - 1_700_000_000_000 % HOUR_MS}
    assert (await listed(world, "app"))["last_used_at"] == "2023-11-14T22:00:00.000Z"
    assert (await listed(world, "man"))["last_used_at"] is None
    world.used = None
    assert "last_used_at" not in await listed(world, "app")


async def test_a_key_manages_the_keys_of_its_own_project_alone(world: World) -> None:
    project = await made(world)
    headers = {
        "X-Management-Id": project["management_key"]["app_id"],
        "X-Management-Token": project["management_key"]["app_token"],
    }
    for method, path, body in (
        ("GET", "", None),
        ("POST", "", TILL),
        ("PUT", "/app", {"name": "Mine"}),
        ("POST", "/app/rotate", {}),
        ("DELETE", "/app", None),
    ):
        assert failed(await world.call(method, KEYS + path, body, headers)) == (404, None)
    own = f"{PROJECTS}/{project['id']}/keys"
    assert (await world.call("GET", own, headers=headers)).json()["total"] == 3


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"kind": "server"},
        {"name": "Till"},
        TILL | {"kind": "system"},
        TILL | {"kind": 5},
        TILL | {"name": ""},
        TILL | {"name": "   "},
        TILL | {"name": "x" * 101},
        TILL | {"name": 5},
        TILL | {"token": "mine"},
    ],
)
async def test_a_new_key_that_makes_no_sense_is_refused(world: World, body: Any) -> None:
    answer = await world.call("POST", KEYS, body, MANAGEMENT)
    assert failed(answer) == (400, "invalid_payload")


@pytest.mark.parametrize("hours", [-1, 169, 1.5, "2", None, True, 10**30])
async def test_an_overlap_that_makes_no_sense_is_refused(world: World, hours: Any) -> None:
    answer = await world.call("POST", f"{KEYS}/app/rotate", {"overlap_hours": hours}, MANAGEMENT)
    assert failed(answer) == (400, "invalid_payload")
    assert await opens(world, SERVER)


async def _access_token(world: World, headers: dict[str, str]) -> str:
    form = {"grant_type": "client_credentials", "scope": "api"}
    answer = await world.http.post("/v1/oauth/token", data=form, headers=headers)
    return str(answer.json()["access_token"])
