"""The management API over the real core: projects."""

import asyncio
from typing import Any

import pytest

from engine.kernel import tables
from runtime.base.faults import NotSent
from runtime.replica.command_sender import Answered
from tests.unit.services.catalog.projects.managing import NEW, PROJECTS, failed, key, made
from tests.unit.services.world import CLIENT, MANAGEMENT, SECRETS, World


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


async def test_a_browser_names_a_loyalty_card_where_the_project_lets_it(world: World) -> None:
    path, event = f"{PROJECTS}/proj", {"event": "bought", "customer": {"source_id": "ann"}}
    named = event | {"loyalty": {"code": "A"}}
    for on in (None, True, False):
        if on is not None:
            await world.call("PUT", path, {"client_loyalty_events_enabled": on}, MANAGEMENT)
        refusal = failed(await world.call("POST", "/client/v1/events", named, CLIENT))
        assert refusal == ((404, "not_found") if on else (403, "forbidden"))
        assert failed(await world.call("POST", "/v1/events", named)) == (404, "not_found")
        assert (await world.call("POST", "/client/v1/events", event, CLIENT)).status_code == 200


@pytest.mark.parametrize("on", [True, False])
async def test_flags_of_what_the_contract_has_no_client_side_endpoint_for_switch_nothing(
    world: World, on: bool
) -> None:
    flags = (
        "client_list_vouchers_enabled",
        "client_create_customer_enabled",
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
    answer = await world.call(
        "POST", "/client/v1/events", event | {"referral": {"code": "A"}}, CLIENT
    )
    assert failed(answer) == (404, "not_found")
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
        {"case_sensitive_codes": None},
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


async def test_a_project_says_once_whether_its_codes_tell_case(world: World) -> None:
    body = await made(world, case_sensitive_codes=False)
    assert body["case_sensitive_codes"] is False
    headers = key(body, "server")
    voucher = {"type": "DISCOUNT_VOUCHER", "discount": {"type": "AMOUNT", "amount_off": 1}}
    created = await world.call("POST", "/v1/vouchers/Straße", voucher, headers)
    assert created.status_code == 200, created.text
    again = await world.call("POST", "/v1/vouchers/STRASSE", voucher, headers)
    assert failed(again) == (409, "duplicate_found")
    read = await world.call("GET", "/v1/vouchers/STRASSE", headers=headers)
    assert read.json()["code"] == "Straße"
    changed = await world.call(
        "PUT", f"{PROJECTS}/{body['id']}", {"case_sensitive_codes": True}, MANAGEMENT
    )
    assert failed(changed) == (400, "invalid_payload")
