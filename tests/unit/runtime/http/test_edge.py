"""What every request passes: who asks, limits, faults, and what browsers may see."""

import asyncio
import re
from collections.abc import AsyncIterator
from typing import Any

import pytest
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from structlog.testing import capture_logs

from runtime.base.faults import NoSpace, NotSent, OutcomeUnknown, TooLarge
from runtime.http.auth import origin_spellings
from runtime.http.payload import BODY_BYTES_MAX
from runtime.http.service import Part, Service
from tests.contract.answers import wanting
from tests.contract.shapes import assert_shape
from tests.unit.services.world import CLIENT, MANAGEMENT, OTHER, SERVER, World, asked

REQUEST_ID = re.compile(r"v-[0-9a-f]{18}")


def refused(response: Any) -> tuple[int, str | None]:
    """Status and key of an error, whose shape is checked on the way."""
    body = response.json()
    assert_shape(body, "Error")
    assert body["code"] == response.status_code
    assert REQUEST_ID.fullmatch(body["request_id"])
    assert response.headers["x-request-id"] == body["request_id"]
    assert response.headers["content-type"] == "application/json"
    return response.status_code, body.get("key")


@pytest.mark.parametrize(
    ("path", "headers", "expected"),
    [
        ("/v1/validations", {}, (401, "unauthorized")),
        ("/v1/validations", {"X-App-Id": "app"}, (401, "unauthorized")),
        ("/v1/validations", SERVER | {"X-App-Token": "x"}, (401, "unauthorized")),
        ("/v1/validations", SERVER | {"X-App-Id": "nobody"}, (401, "unauthorized")),
        ("/v1/validations", SERVER | {"X-App-Token": "t-other"}, (401, "unauthorized")),
        ("/v1/validations", CLIENT, (403, "forbidden")),
        ("/v1/validations", MANAGEMENT, (403, "forbidden")),
        ("/client/v1/validations", SERVER, (403, "forbidden")),
        ("/client/v1/validations", {}, (401, "unauthorized")),
        ("/client/v1/validations", CLIENT | {"Origin": "http://evil.test"}, (403, "forbidden")),
        ("/client/v1/validations", CLIENT | {"Origin": "null"}, (403, "forbidden")),
        ("/management/v1/projects", SERVER, (403, "forbidden")),
        ("/v1/nothing/here", SERVER, (404, "not_found")),
        ("/nothing", {}, (404, "not_found")),
    ],
)
async def test_who_may_not_pass(
    world: World, path: str, headers: dict[str, str], expected: tuple[int, str]
) -> None:
    assert refused(await world.call("POST", path, asked("A"), headers)) == expected


async def test_a_client_without_an_origin_is_refused(world: World) -> None:
    headers = {name: value for name, value in CLIENT.items() if name != "Origin"}
    response = await world.call("POST", "/client/v1/validations", asked("A"), headers)
    assert refused(response) == (403, "forbidden")


async def test_nobody_passes_while_the_keys_may_be_stale(world: World) -> None:
    world.lag_ms = 1001
    response = await world.call("POST", "/v1/validations", asked("A"))
    assert refused(response) == (503, "unavailable")
    assert response.headers["retry-after"] == "1"


async def test_one_project_does_not_see_another(world: World) -> None:
    await world.voucher("MINE")
    assert refused(await world.call("GET", "/v1/vouchers/MINE", headers=OTHER))[0] == 404
    answer = await world.call("POST", "/v1/redemptions", asked("MINE"), OTHER)
    assert refused(answer) == (404, "not_found")
    assert (await world.call("GET", "/v1/vouchers/MINE")).json()["redemption"][
        "redeemed_quantity"
    ] == 0


async def test_a_method_that_is_not_served_has_no_key(world: World) -> None:
    assert refused(await world.call("PATCH", "/v1/vouchers/A")) == (405, None)
    assert refused(await world.call("DELETE", "/v1/redemptions")) == (405, None)


@pytest.mark.parametrize(
    ("origin", "written"),
    [
        ("http://Shop.test:3000", {"http://shop.test:3000", "http://shop.test"}),
        ("https://shop.test", {"https://shop.test"}),
        ("http://[::1]:80", {"http://[::1]:80", "http://[::1]"}),
        ("http://shop.test.evil", {"http://shop.test.evil"}),
        ("http://shop.test@evil", set()),
        ("null", set()),
        ("http://shop.test/x", set()),
    ],
)
def test_the_spellings_of_an_origin(origin: str, written: set[str]) -> None:
    assert origin_spellings(origin) == written


async def test_a_browser_at_a_trusted_origin_sees_answers_and_errors(world: World) -> None:
    preflight = {"Origin": CLIENT["Origin"], "Access-Control-Request-Method": "POST"}
    asked_first = await world.call("OPTIONS", "/client/v1/validations", headers=preflight)
    assert asked_first.status_code == 204
    answer = await world.call("POST", "/client/v1/validations", asked("A"), CLIENT)
    wrong = await world.call(
        "POST", "/client/v1/validations", asked("A"), CLIENT | {"X-Client-Token": "x"}
    )
    for response in (asked_first, answer, wrong):
        assert response.headers["access-control-allow-origin"] == CLIENT["Origin"]


async def test_a_browser_elsewhere_sees_nothing(world: World) -> None:
    evil = {"Origin": "http://evil.test", "Access-Control-Request-Method": "POST"}
    for path in ("/client/v1/validations", "/v1/validations"):
        response = await world.call("OPTIONS", path, headers=evil)
        assert response.status_code == 403
        assert "access-control-allow-origin" not in response.headers


async def _chunks(size: int) -> AsyncIterator[bytes]:
    for _ in range(size // 65_536 + 1):
        yield b" " * 65_536


@pytest.mark.parametrize("path", ["/v1/redemptions", "/v1/vouchers"])
async def test_a_body_that_is_too_large_is_413(world: World, path: str) -> None:
    whole = await world.http.post(path, content=b" " * (BODY_BYTES_MAX + 1), headers=SERVER)
    assert refused(whole) == (413, "payload_too_large")
    chunked = await world.http.post(path, content=_chunks(BODY_BYTES_MAX), headers=SERVER)
    assert refused(chunked) == (413, "payload_too_large")


@pytest.mark.parametrize("path", ["/v1/redemptions", "/v1/vouchers"])
async def test_a_body_of_another_kind_is_415(world: World, path: str) -> None:
    headers = SERVER | {"Content-Type": "text/xml"}
    response = await world.http.post(path, content=b"<a/>", headers=headers)
    assert refused(response) == (415, "unsupported_media_type")


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (NotSent("full"), (503, "unavailable")),
        (TooLarge(1_000_000, 983_040), (413, "payload_too_large")),
        (OutcomeUnknown("cmd_7"), (504, "outcome_unknown")),
        (RuntimeError("secret detail"), (500, "internal_error")),
    ],
)
async def test_a_fault_shows_no_more_than_it_must(
    world: World, fault: Any, expected: tuple[int, str]
) -> None:
    world.ledger.fault = fault
    provoked = wanting(expected[0])
    response = await world.call("POST", "/v1/redemptions", asked("A"), extensions=provoked)
    assert refused(response) == expected
    assert "secret" not in response.text
    if expected[0] == 504:
        assert "cmd_7" in response.json()["details"]


async def test_a_write_that_a_full_disk_stops_says_so_and_shows_no_folder(world: World) -> None:
    await world.voucher("A")
    world.ledger.fault = NoSpace("only 1.0 MiB are left in /data/state")
    response = await world.call("POST", "/v1/redemptions", asked("A"))
    assert refused(response) == (503, "unavailable")
    assert response.headers["retry-after"] == "1"
    assert "too little space on the disk" in response.json()["details"]
    assert "/data" not in response.text
    assert (await world.call("GET", "/v1/vouchers/A")).status_code == 200


async def test_a_fault_is_logged_without_what_may_name_a_person(world: World) -> None:
    await world.call("POST", "/v1/customers", {"source_id": "ann@x"})
    fault: Any = RuntimeError("broken")
    world.ledger.fault = fault
    with capture_logs() as logged:
        response = await world.call(
            "PUT", "/v1/customers/ann@x", {"name": "Ann"}, extensions=wanting(500)
        )
    assert refused(response) == (500, "internal_error")
    (failed,) = [each for each in logged if each["event"] == "request failed"]
    assert failed["path"] == "/v1/customers/*"


async def test_more_requests_at_once_than_allowed_are_503() -> None:
    waiting = asyncio.Event()

    async def wait(_: Request) -> Response:
        await waiting.wait()
        return Response()

    slow = Service("slow", routes=(Route("/slow", wait),))
    async with World(extra=(slow,)) as world:
        world.host._edge._requests_max = 1
        first = asyncio.create_task(world.call("GET", "/slow", headers={}))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        second = await world.call("GET", "/slow", headers={})
        health = await world.call("GET", "/health", headers={})
        waiting.set()
        assert refused(second) == (503, "unavailable")
        assert (await first).status_code == health.status_code == 200


async def test_requests_that_wait_for_what_is_known_of_keys_are_bounded() -> None:
    known = asyncio.Event()

    async def is_younger(_: float) -> bool:
        return await known.wait()

    async with World(extra=(Service("own"),)) as world:
        world.host._edge._requests_max = 3
        world.host._edge._gate._directory._is_younger = is_younger  # type: ignore[attr-defined]  # a KeyGate
        waiting = [asyncio.create_task(world.call("GET", "/v1/nothing")) for _ in range(3)]
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert refused(await world.call("GET", "/v1/nothing")) == (503, "unavailable")
        assert (await world.call("GET", "/health", headers={})).status_code == 200
        known.set()
        assert [refused(each)[0] for each in await asyncio.gather(*waiting)] == [404] * 3


async def test_health_names_the_part_that_is_not_well() -> None:
    part = Part("ok", 12)
    service = Service("some", health=lambda: {"some": part})
    async with World(extra=(service,)) as world:
        well = await world.call("GET", "/health", headers={})
        assert (well.status_code, well.json()["status"]) == (200, "ok")
        assert well.json()["parts"]["some"] == {"state": "ok", "lag_ms": 12}
        part = Part("catching up", 5000)
        ill = await world.call("GET", "/health", headers={})
        assert (ill.status_code, ill.json()["parts"]["some"]["state"]) == (503, "catching up")


async def test_every_endpoint_is_described_without_a_key(world: World) -> None:
    described = (await world.call("GET", "/openapi.json", headers={})).json()
    assert {"/v1/vouchers/{code}", "/v1/redemptions", "/v1/analytics/top"} <= described[
        "paths"
    ].keys()
