"""A user is a caller as a key is: rules, records, webhooks and other hosts know who it was."""

from typing import Any

import pytest

from engine.answers.hook_events import hook_events
from engine.answers.hook_payload import hook_payload
from runtime.http.auth import Caller
from runtime.http.errors import ApiError
from runtime.http.internal import InternalGate, write_login
from schemas.records import Decided
from tests.unit.runtime.http.test_edge import refused
from tests.unit.services.catalog.users.signing import (
    OWNER,
    Person,
    create_owner,
    person_with,
    sign_in,
)
from tests.unit.services.world import World, asked


async def _bind(world: World, code: str, name: str, **conditions: Any) -> None:
    """Has a rule bind a voucher."""
    await world.voucher(code)
    rules = {"1": {"name": name, "conditions": conditions}, "logic": "1"}
    rule = (await world.call("POST", "/v1/validation-rules", {"name": "R", "rules": rules})).json()
    path = f"/v1/validation-rules/{rule['id']}/assignments"
    assert (
        await world.call(
            "POST", path, {"related_object_id": code, "related_object_type": "voucher"}
        )
    ).status_code == 200


async def _redeem(person: Person, code: str) -> int:
    return (await person.ask("POST", "/v1/redemptions", asked(code))).status_code


async def test_a_redemption_names_the_user(world: World) -> None:
    await create_owner(world)
    ada = await sign_in(world)
    await world.voucher("TEN")
    answer = (await ada.ask("POST", "/v1/redemptions", asked("TEN"))).json()
    channel = answer["redemptions"][0]["channel"]
    assert channel["channel_type"] == "USER"
    assert channel["channel_id"].startswith("user_")
    record = world.ledger.records[-1]
    assert isinstance(record, Decided)
    assert record.key_kind == "user"
    assert OWNER not in repr(record)
    sources = [
        msg["event"]
        for told in hook_events(record)
        for msg in [{"event": hook_payload("proj", 1, record, told)}]
    ]
    assert all(b'"channel":"USER_PORTAL"' in each for each in sources)
    assert all(b'"user":{"id":"user_' in each for each in sources)
    noted = [each.caller for each in world.noted if each.path == "/v1/redemptions"]
    assert [(each.project, each.kind) for each in noted] == [("proj", "user")]


async def test_rules_compare_the_address_of_a_user(world: World) -> None:
    await create_owner(world)
    ada, other = await sign_in(world), await person_with(world, "USER")
    await _bind(world, "ADA", "redemption.user.login", **{"$is": [OWNER]})
    assert await _redeem(ada, "ADA") == 200
    assert await _redeem(other, "ADA") == 400
    assert (await world.call("POST", "/v1/redemptions", asked("ADA"))).status_code == 400
    valid = (await ada.ask("POST", "/v1/validations", asked("ADA"))).json()["valid"]
    assert valid is True
    assert (await world.call("POST", "/v1/validations", asked("ADA"))).json()["valid"] is False


async def test_redemptions_count_by_user_and_not_by_key(world: World) -> None:
    await create_owner(world)
    ada, other = await sign_in(world), await person_with(world, "USER")
    at_most = {"$less_than_or_equal": [1]}
    await _bind(world, "ONCE", "redemption.count.per_user", **at_most)
    assert [await _redeem(ada, "ONCE") for _ in range(2)] == [200, 400]
    assert await _redeem(other, "ONCE") == 200
    await _bind(world, "KEY", "redemption.count.per_api_key", **at_most)
    assert await _redeem(ada, "KEY") == 400
    assert (await world.call("POST", "/v1/redemptions", asked("KEY"))).status_code == 200


async def test_one_user_s_key_of_a_request_is_not_another_s(world: World) -> None:
    await create_owner(world)
    people = await sign_in(world), await person_with(world, "USER")
    await world.voucher("TEN")
    made = set()
    for person in people:
        person.headers["Idempotency-Key"] = "k"
        for _ in range(2):
            answer = await person.ask("POST", "/v1/redemptions", asked("TEN"))
            made.add(answer.json()["redemptions"][0]["id"])
    assert len(made) == 2


async def test_a_host_behind_is_told_of_the_user() -> None:
    gate = InternalGate("s")
    headers = {
        b"x-tessera-secret": b"s",
        b"x-tessera-project": b"proj",
        b"x-tessera-key-kind": b"user",
        b"x-tessera-key-id": b"user_1",
        b"x-tessera-login": write_login("łuk@shop.test").encode(),
    }
    for path in ("/v1/vouchers", "/management/v1/projects"):
        found = await gate.admit(path, headers)
        assert found == Caller("proj", "user", "user_1", "łuk@shop.test")
    with pytest.raises(ApiError):
        await gate.admit("/client/v1/validations", headers)


async def test_a_key_pair_counts_where_both_are_shown(world: World) -> None:
    viewer = await person_with(world, "VIEWER")
    viewer.headers |= {"X-App-Id": "app", "X-App-Token": "t-app"}
    assert (await viewer.ask("POST", "/v1/vouchers/X", {"type": "GIFT_VOUCHER"})).status_code == 400
    viewer.headers["X-App-Token"] = "wrong"
    assert refused(await viewer.ask("GET", "/v1/vouchers/X"))[0] == 401
