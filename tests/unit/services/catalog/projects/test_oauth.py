"""Access tokens: made from a key pair, for some scopes, ended by time, by revocation, by the key."""

import base64
from typing import Any

import httpx
import pytest

from schemas.expiry import ExpireDue
from schemas.oauth import TokensForgotten
from schemas.projects import CONTROL_PROJECT, ApiKey, ReplaceKey
from schemas.records import Decided
from tests.contract.shapes import assert_shape
from tests.unit.runtime.http.test_edge import refused
from tests.unit.services.world import CLIENT, MANAGEMENT, OTHER, SERVER, World, asked, hash_token

ORIGIN = {"Origin": CLIENT["Origin"]}


async def _form(
    world: World, path: str, headers: dict[str, str] | None = None, **fields: str
) -> httpx.Response:
    return await world.http.post(f"/v1/oauth/{path}", data=fields, headers=headers or SERVER)


async def _token(world: World, scope: str) -> str:
    answer = await _form(world, "token", grant_type="client_credentials", scope=scope)
    assert answer.status_code == 200, answer.text
    assert answer.headers["cache-control"] == "no-store"
    body = answer.json()
    assert_shape(body, "OAuthTokenGenerateResponseBody")
    assert (body["client_id"], body["token_type"], body["scope"]) == ("app", "Bearer", scope)
    assert (body["expires_in"], body["expires_at"]) == (900, world.ledger.now // 1000 + 900)
    return str(body["access_token"])


def _bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


async def _vouchers(world: World, token: str) -> httpx.Response:
    return await world.call("POST", "/v1/vouchers/A/disable", headers=_bearer(token))


async def test_a_token_stands_for_its_key_within_its_scopes(world: World) -> None:
    await world.voucher("A")
    narrow = await _token(world, "vouchers client_validations")
    assert (await _vouchers(world, narrow)).status_code == 200
    missing = await world.call("POST", "/v1/redemptions", asked("A"), _bearer(narrow))
    assert refused(missing) == (403, "missing_required_permission")
    assert missing.json()["details"] == "One of the scopes api, redemptions is needed"
    whole = await _token(world, "api")
    for headers in (_bearer(whole), {"authorization": f"bearer {whole}"}):
        answer = await world.call("POST", "/v1/validations", asked("A"), headers)
        assert answer.status_code == 200, answer.text
    assert world.ledger.commands[-1].channel_id == "app"


@pytest.mark.parametrize("path", ["/management/v1/projects", "/v1/oauth/token"])
async def test_some_endpoints_ask_for_a_key_itself(world: World, path: str) -> None:
    token = await _token(world, "api client_api")
    method = "GET" if path.startswith("/management") else "POST"
    answer = await world.call(method, path, headers=_bearer(token))
    assert refused(answer) == (403, "missing_required_permission")


async def test_in_a_browser_a_token_is_bound_to_a_trusted_origin(world: World) -> None:
    await world.voucher("A", active=False)
    token = await _token(world, "client_validations")
    path, body = "/client/v1/validations", asked("A")
    answer = await world.call("POST", path, body, _bearer(token) | ORIGIN)
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == ORIGIN["Origin"]
    assert "explanation" not in answer.text
    for headers in ({}, {"Origin": "http://evil.test"}):
        foreign = await world.call("POST", path, body, _bearer(token) | headers)
        assert refused(foreign) == (403, "forbidden")
    other = await world.call("POST", "/client/v1/redemptions", body, _bearer(token) | ORIGIN)
    assert refused(other) == (403, "missing_required_permission")


async def test_a_token_ends_by_itself(world: World) -> None:
    await world.voucher("A")
    token = await _token(world, "api")
    world.ledger.now += 899_000
    assert (await _vouchers(world, token)).status_code == 200
    world.ledger.now += 1_000
    assert refused(await _vouchers(world, token)) == (401, "unauthorized")
    told = (await _form(world, "introspect", access_token=token)).json()
    assert (told["active"], told["expires_in"]) == (False, 0)
    gone = await _form(world, "token/revoke", access_token=token)
    assert refused(gone) == (404, "not_found")


async def test_a_token_is_revoked_and_forgotten_when_its_time_is_over(world: World) -> None:
    await world.voucher("A")
    token, other = await _token(world, "api"), await _token(world, "api")
    for _ in range(2):
        answer = await _form(world, "token/revoke", access_token=token)
        assert (answer.status_code, answer.content) == (204, b"")
    assert refused(await _vouchers(world, token)) == (401, "unauthorized")
    assert (await _vouchers(world, other)).status_code == 200
    told = (await _form(world, "introspect", access_token=token)).json()
    assert_shape(told, "OAuthTokenIntrospectResponseBody")
    assert (told["active"], told["expires_in"]) == (False, 900)
    world.ledger.now += 900_000
    swept = await world.ledger.send(CONTROL_PROJECT, ExpireDue(), key_kind="system")
    assert isinstance(swept.record, Decided)
    assert [type(each) for each in swept.record.events] == [TokensForgotten]
    again = await world.ledger.send(CONTROL_PROJECT, ExpireDue(), key_kind="system")
    assert isinstance(again.record, Decided)
    assert again.record.events == ()


async def test_a_token_ends_with_its_key(world: World) -> None:
    token = await _token(world, "api")
    new = ReplaceKey(ApiKey("app9", "proj", "server", hash_token("t9")))
    await world.ledger.send(CONTROL_PROJECT, new, key_kind="system")
    assert refused(await _vouchers(world, token)) == (401, "unauthorized")
    key = {"X-App-Id": "app9", "X-App-Token": "t9"}
    told = (await _form(world, "introspect", key, access_token=token)).json()
    assert told["active"] is False


async def test_introspection_tells_what_a_token_grants(world: World) -> None:
    token = await _token(world, "campaigns vouchers")
    told = (await _form(world, "introspect", access_token=token)).json()
    assert_shape(told, "OAuthTokenIntrospectResponseBody")
    assert (told["active"], told["scope"], told["access_token"]) == (
        True, "campaigns vouchers", token,
    )  # fmt: skip


async def test_another_project_s_token_is_unknown(world: World) -> None:
    token = await _token(world, "api")
    told = await _form(world, "introspect", OTHER, access_token=token)
    assert refused(told) == (400, "invalid_payload")
    revoked = await _form(world, "token/revoke", OTHER, access_token=token)
    assert refused(revoked) == (404, "not_found")
    assert token not in revoked.text


@pytest.mark.parametrize(
    ("fields", "key"),
    [
        ({}, "missing_parameters"),
        ({"scope": "api"}, "missing_parameters"),
        ({"grant_type": "client_credentials"}, "missing_parameters"),
        ({"grant_type": "client_credentials", "scope": ""}, "missing_parameters"),
        ({"grant_type": "password", "scope": "api"}, "invalid_grant_type"),
        ({"grant_type": "client_credentials", "scope": "api everything"}, "invalid_scope"),
        ({"grant_type": "client_credentials", "scope": " "}, "invalid_scope"),
    ],
)
async def test_a_token_that_cannot_be_had(world: World, fields: dict[str, str], key: str) -> None:
    assert refused(await _form(world, "token", None, **fields)) == (400, key)


async def test_the_form_itself_may_be_wrong(world: World) -> None:
    path = "/v1/oauth/token"
    form = SERVER | {"Content-Type": "application/x-www-form-urlencoded"}
    assert refused(await world.call("POST", path, {"a": 1})) == (415, "unsupported_media_type")
    for content in (b"\xff", b"scope=%ff", b"scope=a&scope=b", b"a=1&" * 30):
        answer = await world.http.post(path, content=content, headers=form)
        assert refused(answer) == (400, "invalid_payload")
    for headers in (CLIENT, MANAGEMENT):
        answer = await world.http.post(path, content=b"", headers=headers)
        assert refused(answer) == (403, "forbidden")


async def test_what_was_not_signed_here_is_no_token(world: World) -> None:
    token = await _token(world, "vouchers")
    content, _, signature = token.partition(".")
    padded = content + "=" * (-len(content) % 4)
    wider = base64.urlsafe_b64decode(padded).replace(b"vouchers", b"api")
    forged: list[Any] = [
        "", "x", ".", f"{content}.", f".{signature}", token[:-1], f"{token}A", f"{token}=",
        f"{base64.urlsafe_b64encode(wider).decode().rstrip('=')}.{signature}",
        "A" * 9000, "\xe9.\xe9",
    ]  # fmt: skip
    for each in forged:
        headers = {b"Authorization": f"Bearer {each}".encode("latin-1")}
        answer = await world.http.get("/v1/vouchers/A", headers=headers)
        assert refused(answer) == (401, "unauthorized"), each
    basic = await world.call("GET", "/v1/vouchers/A", headers={"Authorization": f"Basic {token}"})
    assert refused(basic) == (401, "unauthorized")


async def test_no_record_holds_a_token(world: World) -> None:
    token = await _token(world, "api")
    await _form(world, "token/revoke", access_token=token)
    signature = token.partition(".")[2]
    assert not any(signature in str(each) for each in (world.ledger.records, world.ledger.commands))
