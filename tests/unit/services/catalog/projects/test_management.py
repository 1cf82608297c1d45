"""The management API over the real core: projects, webhooks, metadata schemas."""

import asyncio
from typing import Any

import httpx
import pytest

from engine.kernel import tables
from runtime.base.faults import NotSent
from runtime.replica.commands import Answered
from tests.unit.services.world import CLIENT, MANAGEMENT, SECRETS, World

PROJECTS = "/management/v1/projects"
NEW = {
    "name": "Second",
    "timezone": "Europe/Warsaw",
    "currency": "PLN",
    "case_sensitive_codes": True,
}
HOOK = {"target_url": "https://shop.test/hook", "events": ["voucher.created"]}
SCHEMA = {
    "related_object": "voucher",
    "properties": {"brand": {"type": "string", "optional": False, "array": False}},
}


def key(body: dict[str, Any], kind: str = "management") -> dict[str, str]:
    """The headers of a new project's key."""
    if kind == "management":
        pair = body["management_key"]
        return {"X-Management-Id": pair["app_id"], "X-Management-Token": pair["app_token"]}
    pair = body["server_side_key"]
    return {"X-App-Id": pair["app_id"], "X-App-Token": pair["app_token"]}


async def made(world: World, **more: Any) -> dict[str, Any]:
    answer = await world.call("POST", PROJECTS, NEW | more, MANAGEMENT)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def failed(answer: httpx.Response) -> tuple[int, str | None]:
    """Status and key; a 404 of the management API has none."""
    return answer.status_code, answer.json().get("key")


async def test_a_new_projects_keys_work_at_once_and_are_stored_nowhere(world: World) -> None:
    body = await made(world, client_trusted_domains=["https://second.test"])
    assert (body["name"], body["currency"]) == ("Second", "PLN")
    assert body["client_trusted_domains"] == ["https://second.test"]
    listed = await world.call("GET", "/v1/metadata-schemas", headers=key(body, "server"))
    assert listed.status_code == 200
    own = await world.call("GET", PROJECTS, headers=key(body))
    assert [each["id"] for each in own.json()["data"]] == [body["id"]]
    written = repr(world.ledger.records) + repr(world.ledger.commands)
    for pair in ("server_side_key", "client_side_key", "management_key"):
        assert body[pair]["app_token"] not in written
    assert body["webhook_token"] == SECRETS.webhook_token(body["id"])
    assert body["webhook_token"] not in written
    shown = (await world.call("GET", f"{PROJECTS}/{body['id']}", headers=MANAGEMENT)).json()
    assert "server_side_key" not in shown
    assert shown == {name: value for name, value in body.items() if not name.endswith("_key")}


async def test_the_same_request_again_shows_the_same_project(world: World) -> None:
    headers = MANAGEMENT | {"Idempotency-Key": "one"}
    first = await world.call("POST", PROJECTS, NEW, headers)
    again = await world.call("POST", PROJECTS, NEW, headers)
    assert first.json() == again.json()
    other = await world.call("POST", PROJECTS, NEW | {"name": "Third"}, headers)
    assert failed(other) == (409, "idempotency_key_reused")


async def test_the_first_key_manages_all_and_a_projects_own_that_one(world: World) -> None:
    body = await made(world)
    everything = (await world.call("GET", PROJECTS, headers=MANAGEMENT)).json()
    assert {each["id"] for each in everything["data"]} == {"proj", "proj2", body["id"]}
    assert failed(await world.call("GET", f"{PROJECTS}/proj", headers=key(body))) == (
        404,
        None,
    )
    assert failed(await world.call("POST", PROJECTS, NEW, key(body))) == (403, "forbidden")
    own = f"{PROJECTS}/{body['id']}"
    assert failed(await world.call("DELETE", own, headers=key(body))) == (403, "forbidden")
    assert (await world.call("PUT", own, {"name": "New"}, key(body))).json()["name"] == "New"
    assert failed(await world.call("GET", f"{PROJECTS}/proj/webhooks", headers=key(body))) == (
        404,
        None,
    )


async def test_an_update_sets_what_it_names(world: World) -> None:
    body = await made(world, description="A shop", dial_code="+48")
    path = f"{PROJECTS}/{body['id']}"
    changes = {"currency": "EUR", "dial_code": None, "client_redeem_enabled": False}
    changed = (await world.call("PUT", path, changes, MANAGEMENT)).json()
    unnamed = set(body) - set(changes) - {"server_side_key", "client_side_key", "management_key"}
    assert {name: changed[name] for name in changes} == changes
    assert {name: changed[name] for name in unnamed} == {name: body[name] for name in unnamed}


async def test_two_updates_at_once_lose_nothing(world: World) -> None:
    """Both have read the project before either is decided."""
    body = await made(world)
    path = f"{PROJECTS}/{body['id']}"
    decide, both = world.ledger.send, asyncio.Barrier(2)

    async def send(*args: Any, **named: Any) -> Answered:
        await both.wait()
        return await decide(*args, **named)

    world.ledger.send = send  # type: ignore[method-assign]
    changes = ({"currency": "EUR"}, {"description": "A shop", "client_publish_enabled": True})
    answers = await asyncio.gather(
        *(world.call("PUT", path, change, MANAGEMENT) for change in changes)
    )
    assert [each.status_code for each in answers] == [200, 200]
    now = (await world.call("GET", path, headers=MANAGEMENT)).json()
    merged = changes[0] | changes[1]
    assert {name: now[name] for name in merged} == merged


async def test_the_same_update_again_gets_the_first_answer_and_changes_nothing(
    world: World,
) -> None:
    body = await made(world)
    path = f"{PROJECTS}/{body['id']}"
    keyed = MANAGEMENT | {"Idempotency-Key": "u"}
    first = await world.call("PUT", path, {"currency": "EUR"}, keyed)
    await world.call("PUT", path, {"currency": "USD"}, MANAGEMENT)
    again = await world.call("PUT", path, {"currency": "EUR"}, keyed)
    assert again.json() == first.json()
    assert (await world.call("GET", path, headers=MANAGEMENT)).json()["currency"] == "USD"


async def test_client_side_keys_may_do_what_the_project_lets_them(world: World) -> None:
    path = f"{PROJECTS}/proj"
    for flag, asked in (
        ("client_redeem_enabled", "/client/v1/redemptions"),
        ("client_redeem_enabled", "/client/v1/redeem"),
        ("client_publish_enabled", "/client/v1/publish"),
    ):
        for on in (True, False, True):
            await world.call("PUT", path, {flag: on}, MANAGEMENT)
            answer = await world.call("POST", asked, {}, CLIENT)
            assert (answer.status_code == 403) is not on


@pytest.mark.parametrize("on", [True, False])
async def test_flags_of_what_the_contract_has_no_client_side_endpoint_for_switch_nothing(
    world: World, on: bool
) -> None:
    flags = (
        "client_list_vouchers_enabled",
        "client_create_customer_enabled",
        "client_loyalty_events_enabled",
        "client_set_voucher_expiration_date_enabled",
    )
    shown = await world.call("PUT", f"{PROJECTS}/proj", dict.fromkeys(flags, on), MANAGEMENT)
    assert {name: shown.json()[name] for name in flags} == dict.fromkeys(flags, on)
    for method, path in (
        ("GET", "/client/v1/vouchers"),
        ("POST", "/client/v1/customers"),
        ("PUT", "/client/v1/vouchers/A"),
    ):
        assert failed(await world.call(method, path, {}, CLIENT)) == (404, "not_found")
    event = {"event": "bought", "customer": {"source_id": "ann"}}
    for more in ({"loyalty": {"code": "A"}}, {"referral": {"code": "A"}}):
        answer = await world.call("POST", "/client/v1/events", event | more, CLIENT)
        assert failed(answer) == (400, "invalid_payload")
    # a customer may come about with what a browser is let to do
    assert (await world.call("POST", "/client/v1/events", event, CLIENT)).status_code == 200


async def test_a_deleted_project_is_gone_with_its_keys(world: World) -> None:
    body = await made(world)
    path = f"{PROJECTS}/{body['id']}"
    assert (await world.call("DELETE", path, headers=MANAGEMENT)).status_code == 204
    for headers in (MANAGEMENT, key(body)):
        answer = await world.call("GET", path, headers=headers)
        assert answer.status_code in (401, 404)
    answer = await world.call("GET", "/v1/metadata-schemas", headers=key(body, "server"))
    assert answer.status_code == 401
    assert failed(await world.call("DELETE", path, headers=MANAGEMENT)) == (404, None)
    listed = (await world.call("GET", PROJECTS, headers=MANAGEMENT)).json()
    assert body["id"] not in {each["id"] for each in listed["data"]}


async def test_the_same_deletion_again_gets_the_first_answer(world: World) -> None:
    one, two = await made(world), await made(world, name="Third")
    keyed = MANAGEMENT | {"Idempotency-Key": "d"}
    path = f"{PROJECTS}/{one['id']}"
    for _ in range(2):
        assert (await world.call("DELETE", path, headers=keyed)).status_code == 204
    other = await world.call("DELETE", f"{PROJECTS}/{two['id']}", headers=keyed)
    assert failed(other) == (409, "idempotency_key_reused")
    assert (await world.call("GET", f"{PROJECTS}/{two['id']}", headers=MANAGEMENT)).is_success
    new = await world.call("DELETE", path, headers=MANAGEMENT | {"Idempotency-Key": "e"})
    assert failed(new) == (404, None)
    wrong = await world.call("DELETE", path, headers=MANAGEMENT | {"Idempotency-Key": "x" * 256})
    assert failed(wrong) == (400, "invalid_payload")
    stranger = await world.call("DELETE", path, headers=key(two) | {"Idempotency-Key": "d"})
    assert failed(stranger) == (404, None)


@pytest.mark.parametrize("again", [MANAGEMENT, MANAGEMENT | {"Idempotency-Key": "d"}])
async def test_a_deletion_that_was_cut_off_is_completed_by_the_next(
    world: World, again: dict[str, str]
) -> None:
    body = await made(world)
    path = f"{PROJECTS}/{body['id']}"
    decide = world.ledger.send

    async def send(project: str, *args: Any, **named: Any) -> Answered:
        if project == body["id"]:
            raise NotSent
        return await decide(project, *args, **named)

    world.ledger.send = send  # type: ignore[method-assign]
    assert (await world.call("DELETE", path, headers=again)).status_code == 503
    world.ledger.send = decide  # type: ignore[method-assign]
    assert world.ledger.view(body["id"]).get(tables.OPENED, body["id"]) is not None
    assert (await world.call("DELETE", path, headers=again)).status_code == 204
    assert world.ledger.view(body["id"]).get(tables.OPENED, body["id"]) is None


async def test_the_installations_own_project_stays(world: World) -> None:
    answer = await world.call("DELETE", f"{PROJECTS}/proj", headers=MANAGEMENT)
    assert failed(answer) == (400, "resource_in_use")


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"name": None},
        {"timezone": "no such zone!"},
        {"timezone": "Mars/Olympus"},
        {"timezone": "europe/warsaw"},
        {"timezone": "../../etc/localtime"},
        {"currency": "zloty"},
        {"currency": "QQQ"},
        {"currency": "eur"},
        {"case_sensitive_codes": False},
        {"client_trusted_domains": ["shop.test"]},
        {"api_usage_notifications": {"api_calls": {"enabled": True}}},
        {"colour": "red"},
    ],
)
async def test_a_wrong_project_is_refused(world: World, wrong: dict[str, Any]) -> None:
    before = len(world.ledger.records)
    answer = await world.call("POST", PROJECTS, NEW | wrong, MANAGEMENT)
    assert failed(answer) == (400, "invalid_payload")
    assert len(world.ledger.records) == before


async def test_a_webhook_is_made_read_changed_and_deleted(world: World) -> None:
    path = f"{PROJECTS}/proj2/webhooks"
    hook = (await world.call("POST", path, HOOK, MANAGEMENT)).json()
    assert hook == HOOK | {
        "id": hook["id"],
        "active": True,
        "created_at": hook["created_at"],
        "object": "webhook",
    }
    one = f"{path}/{hook['id']}"
    assert (await world.call("GET", one, headers=MANAGEMENT)).json() == hook
    listed = (await world.call("GET", path, headers=MANAGEMENT)).json()
    assert (listed["data"], listed["total"]) == ([hook], 1)
    off = HOOK | {"active": False, "events": []}
    assert (await world.call("PUT", one, off, MANAGEMENT)).json() == hook | off
    # Another project knows nothing of it.
    elsewhere = f"{PROJECTS}/proj/webhooks/{hook['id']}"
    assert failed(await world.call("GET", elsewhere, headers=MANAGEMENT)) == (404, None)
    assert (await world.call("DELETE", one, headers=MANAGEMENT)).status_code == 204
    assert failed(await world.call("GET", one, headers=MANAGEMENT)) == (404, None)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "shop.test",
        "ftp://shop.test/",
        "http://",
        "http://user:secret@shop.test/",
        "http://shop.test/#part",
        "http://shop test/",
        "http://127.0.0.1/",
        "http://localhost:8000/",
        "http://10.1.2.3/",
        "http://169.254.169.254/latest",
        "http://[::1]/",
        "http://[::ffff:127.0.0.1]/",
        "http://0.0.0.0/",
        "http://224.0.0.1/",
        "http://shop.test:99999/",
        "http://" + "a" * 2050,
    ],
)
async def test_an_address_that_nothing_may_go_to_is_refused(world: World, url: str) -> None:
    path = f"{PROJECTS}/proj/webhooks"
    answer = await world.call("POST", path, HOOK | {"target_url": url}, MANAGEMENT)
    assert failed(answer) == (400, "invalid_payload")
    assert "secret" not in answer.text


@pytest.mark.parametrize(
    "wrong", [{"events": ["voucher.bought"]}, {"events": "all"}, {"active": "yes"}, {"secret": "x"}]
)
async def test_a_wrong_webhook_is_refused(world: World, wrong: dict[str, Any]) -> None:
    answer = await world.call("POST", f"{PROJECTS}/proj/webhooks", HOOK | wrong, MANAGEMENT)
    assert failed(answer) == (400, "invalid_payload")


async def test_a_redelivery_is_asked_for(world: World) -> None:
    path = f"{PROJECTS}/proj/webhooks"
    hook = (await world.call("POST", path, HOOK, MANAGEMENT)).json()
    again = f"{path}/{hook['id']}/redeliveries"
    answer = await world.call("POST", again, {"event_id": "event_none"}, MANAGEMENT)
    assert failed(answer) == (404, None)


async def test_a_schema_is_made_read_changed_and_deleted(world: World) -> None:
    path = f"{PROJECTS}/proj/metadata-schemas"
    schema = (await world.call("POST", path, SCHEMA, MANAGEMENT)).json()
    assert schema["related_object"] == "voucher"
    assert schema["properties"]["brand"]["type"] == "string"
    assert failed(await world.call("POST", path, SCHEMA, MANAGEMENT)) == (409, "duplicate_found")
    one = f"{path}/{schema['id']}"
    changed = {"properties": {"size": {"type": "number", "lt": 5, "exact_length": None}}}
    updated = (await world.call("PUT", one, changed, MANAGEMENT)).json()
    assert set(updated["properties"]) == {"size"}
    assert repr(updated["properties"]["size"]["lt"]) == "5"
    assert updated["updated_at"] is not None
    assert (await world.call("GET", one, headers=MANAGEMENT)).json() == updated
    older = (await world.call("GET", "/v1/metadata-schemas/voucher")).json()
    assert older["id"] == schema["id"]
    listed = (await world.call("GET", "/v1/metadata-schemas")).json()
    assert (listed["schemas"], listed["total"]) == ([older], 1)
    assert (await world.call("DELETE", one, headers=MANAGEMENT)).status_code == 204
    assert failed(await world.call("GET", one, headers=MANAGEMENT)) == (404, None)
    assert failed(await world.call("GET", "/v1/metadata-schemas/voucher")) == (404, "not_found")


@pytest.mark.parametrize(
    "definition",
    [
        {"type": "text"},
        {"type": "number", "min_length": 1},
        {"type": "string", "lt": 1},
        {"type": "string", "eq": [1]},
        {"type": "number", "eq": ["1"]},
        {"type": "boolean", "eq": [1]},
        {"type": "string", "object_type": "place"},
        {"type": "string", "optional": "yes"},
        {"type": "string", "colour": "red"},
    ],
)
async def test_a_wrong_schema_is_refused(world: World, definition: dict[str, Any]) -> None:
    body = {"related_object": "voucher", "properties": {"brand": definition}}
    answer = await world.call("POST", f"{PROJECTS}/proj/metadata-schemas", body, MANAGEMENT)
    assert failed(answer) == (400, "invalid_payload")
