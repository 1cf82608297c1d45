"""Access tokens on the running system: made from a key pair, bound by scopes, ended at once."""

import time
from collections.abc import Iterator
from uuid import uuid4

import httpx
import pytest

from tests.contract.answers import client
from tests.e2e.plain import ORIGIN, Plain, refused
from tests.e2e.shop import Shop, asked
from tests.e2e.system import System


def _token(plain: Plain, scope: str) -> str:
    form = {"grant_type": "client_credentials", "scope": scope}
    answer = plain.ask("POST", "/v1/oauth/token", data=form)
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert abs(body["expires_at"] - time.time() - 900) < 60
    return str(body["access_token"])


@pytest.fixture
def bearer(system: System) -> Iterator[httpx.Client]:
    """Plain HTTP without a key."""
    with client(base_url=system.url, patient=True) as made:
        yield made


def _headers(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def test_a_token_works_within_its_scopes_on_every_host(
    system: System, shop: Shop, plain: Plain, bearer: httpx.Client
) -> None:
    code = shop.discount().code
    headers = _headers(_token(plain, "vouchers redemptions"))
    # of the api host, then of one behind it
    for path in (f"/v1/vouchers/{code}", "/v1/vouchers", "/v1/redemptions"):
        assert bearer.get(path, headers=headers).status_code == 200
    redeemed = bearer.post("/v1/redemptions", json=asked((code,), {}), headers=headers)
    assert redeemed.status_code == 200
    for method, path in (("POST", "/v1/validations"), ("GET", "/v1/customers")):
        answer = bearer.request(method, path, headers=headers)
        assert refused(answer) == (403, "missing_required_permission")
    channel = redeemed.json()["redemptions"][0]["channel"]
    assert channel["channel_id"] == system.keys["app_id"]


def test_a_token_in_a_browser(shop: Shop, plain: Plain, bearer: httpx.Client) -> None:
    body = asked((shop.discount().code,), {})
    headers = _headers(_token(plain, "client_api"))
    path = "/client/v1/validations"
    good = bearer.post(path, json=body, headers=headers | {"Origin": ORIGIN})
    assert good.json()["valid"] is True
    assert good.headers["access-control-allow-origin"] == ORIGIN
    assert refused(bearer.post(path, json=body, headers=headers)) == (403, "forbidden")
    server = bearer.get("/v1/vouchers", headers=headers)
    assert refused(server) == (403, "missing_required_permission")


def test_a_revoked_token_ends_within_a_second(plain: Plain, bearer: httpx.Client) -> None:
    token = _token(plain, "api")
    headers = _headers(token)
    assert bearer.get("/v1/vouchers", headers=headers).status_code == 200
    told = plain.ask("POST", "/v1/oauth/introspect", data={"access_token": token})
    assert told.json()["active"] is True
    gone = plain.ask("POST", "/v1/oauth/token/revoke", data={"access_token": token})
    assert gone.status_code == 204
    deadline = time.monotonic() + 1.0
    while bearer.get("/v1/vouchers", headers=headers).status_code == 200:
        assert time.monotonic() < deadline
    assert refused(bearer.get("/v1/vouchers", headers=headers)) == (401, "unauthorized")
    told = plain.ask("POST", "/v1/oauth/introspect", data={"access_token": token})
    assert told.json()["active"] is False


def test_what_no_token_comes_of(plain: Plain) -> None:
    for form, key in (
        ({"grant_type": "client_credentials"}, "missing_parameters"),
        ({"grant_type": "password", "scope": "api"}, "invalid_grant_type"),
        ({"grant_type": "client_credentials", "scope": "root"}, "invalid_scope"),
    ):
        assert refused(plain.ask("POST", "/v1/oauth/token", data=form)) == (400, key)
    unknown = plain.ask("POST", "/v1/oauth/token/revoke", data={"access_token": uuid4().hex})
    assert refused(unknown) == (404, "not_found")
