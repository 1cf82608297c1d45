"""OAuth clients: keys that make access tokens of some scopes, and open nothing themselves."""

from typing import Any

import httpx
import pytest

from tests.unit.runtime.http.test_edge import refused
from tests.unit.services.catalog.projects.test_api_keys import KEYS, listed, made_key, opens, pair
from tests.unit.services.world import CLIENT, MANAGEMENT, World, asked


async def token(world: World, key: dict[str, Any], scope: str) -> httpx.Response:
    form = {"grant_type": "client_credentials", "scope": scope}
    return await world.http.post("/v1/oauth/token", data=form, headers=pair(key))


async def bearer(world: World, key: dict[str, Any], scope: str) -> dict[str, str]:
    answer = await token(world, key, scope)
    assert answer.status_code == 200, answer.text
    assert answer.json()["client_id"] == key["id"]
    return {"Authorization": f"Bearer {answer.json()['access_token']}"}


async def test_its_tokens_open_what_it_may_and_it_opens_nothing_itself(world: World) -> None:
    await world.voucher("A")
    key = await made_key(world, scopes=["rewards", "client_api", "rewards"])
    assert key["scopes"] == (await listed(world, key["id"]))["scopes"] == ["rewards", "client_api"]
    own = await world.call("GET", "/v1/rewards", headers=pair(key))
    assert refused(own) == (403, "forbidden")
    assert "makes access tokens" in own.json()["details"]
    assert await opens(world, await bearer(world, key, "rewards"))
    within = await bearer(world, key, "client_validations") | {"Origin": CLIENT["Origin"]}
    answer = await world.call("POST", "/client/v1/validations", asked("A"), within)
    assert answer.status_code == 200


@pytest.mark.parametrize("scope", ["api", "vouchers", "rewards vouchers", "client_rewards"])
async def test_a_client_asks_for_no_more_than_it_has(world: World, scope: str) -> None:
    key = await made_key(world, scopes=["rewards"])
    assert refused(await token(world, key, scope))[0] == 400
    assert refused(await token(world, key, scope))[1] == "invalid_scope"


async def test_one_that_may_everything_of_servers_may_each_part_of_it(world: World) -> None:
    key = await made_key(world, scopes=["api"])
    await bearer(world, key, "api vouchers")
    assert refused(await token(world, key, "client_api"))[1] == "invalid_scope"


async def test_another_in_its_place_may_no_more_and_its_end_ends_its_tokens(world: World) -> None:
    key = await made_key(world, scopes=["rewards"])
    opened = await bearer(world, key, "rewards")
    path = f"{KEYS}/{key['id']}"
    new = (await world.call("POST", f"{path}/rotate", {"overlap_hours": 1}, MANAGEMENT)).json()
    assert new["scopes"] == new["replaces"]["scopes"] == ["rewards"]
    assert refused(await token(world, new, "vouchers"))[1] == "invalid_scope"
    assert await opens(world, opened)
    await world.call("DELETE", path, headers=MANAGEMENT)
    assert not await opens(world, opened)
    assert refused(await token(world, key, "rewards"))[0] == 401


async def test_a_key_of_no_scopes_is_none(world: World) -> None:
    key = await made_key(world)
    assert key["scopes"] is None
    assert await opens(world, pair(key))
