"""Passing on: what the other host gets, what it may not be told, and what the caller gets back."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.types import Message

from runtime.http.forward import Forward, make_client
from runtime.http.host import Host
from runtime.http.internal import InternalGate, Positions, positions_of, time_zone_of
from runtime.http.routing import PATHS_KEPT, caller_of, read_ident
from runtime.http.service import Service
from tests.unit.runtime.http.test_edge import refused
from tests.unit.services.world import CLIENT, MANAGEMENT, SERVER, World

SECRET = "between hosts"


async def _echo(request: Request) -> Response:
    return JSONResponse(
        {
            "id": read_ident(request, "id"),
            "caller": list(caller_of(request)),
            "positions": [[*place, offset] for place, offset in positions_of(request).items()],
            "time_zone": time_zone_of(request),
            "query": request.url.query,
            "headers": sorted(request.headers),
            "body": (await request.body()).decode(),
        },
        headers={"X-Own": "kept", "Connection": "close"},
    )


async def _stream(_: Request) -> Response:
    async def parts() -> AsyncIterator[bytes]:
        for _ in range(3):
            yield b"x" * 1000

    return StreamingResponse(parts())


async def _fail(_: Request) -> Response:
    raise RuntimeError


INSIGHT = Host(
    "insight",
    (
        Service(
            "audit",
            routes=(
                Route("/v1/echo/{id:ident}", _echo, methods=["GET", "POST"]),
                Route("/v1/stream", _stream),
                Route("/v1/fail", _fail),
            ),
        ),
    ),
    InternalGate(SECRET),
)


async def _positions(_: str) -> Positions:
    return {("ledger", 0): 41, ("validations", 3): 7}


def _forward(transport: httpx.AsyncBaseTransport, secret: str = SECRET) -> Forward:
    return Forward(
        make_client("http://insight", transport), secret, _positions, lambda _: "Pacific/Auckland"
    )


@pytest.fixture
async def world() -> AsyncIterator[World]:
    transport = httpx.ASGITransport(INSIGHT, raise_app_exceptions=False)
    async with World(forward=_forward(transport)) as made:
        yield made


async def test_a_request_goes_on_as_it_came_without_its_secrets(world: World) -> None:
    headers = SERVER | {"X-Tessera-Secret": "guess", "X-Tessera-Project": "other"}
    answer = await world.call("POST", "/v1/echo/a%2Fb", {"x": 1}, headers, params={"q[$in]": "ü"})
    body: dict[str, Any] = answer.json()
    assert body["id"] == "a/b"
    assert body["caller"] == ["proj", "server", "app", "", ""]
    assert body["positions"] == [["ledger", 0, 41], ["validations", 3, 7]]
    assert body["query"] == str(answer.request.url.query, "ascii")
    assert body["body"] == '{"x":1}'
    assert body["time_zone"] == "Pacific/Auckland"
    assert "x-app-token" not in body["headers"]
    assert answer.headers["x-own"] == "kept"
    assert "connection" not in answer.headers


async def test_a_streamed_answer_comes_back_whole(world: World) -> None:
    assert (await world.call("GET", "/v1/stream")).content == b"x" * 3000


async def test_what_neither_host_serves(world: World) -> None:
    # once the long way, and once known to be served elsewhere
    for _ in range(2):
        assert refused(await world.call("GET", "/v1/nothing")) == (404, "not_found")
        assert refused(await world.call("GET", "/v1/vouchers/A/balance")) == (405, None)
        assert refused(await world.call("PATCH", "/v1/vouchers/A")) == (405, None)
        assert refused(await world.call("GET", "/nothing", headers={})) == (404, "not_found")


async def test_what_is_read_behind_is_read_there_again_and_nothing_else_is(world: World) -> None:
    for _ in range(2):
        read = await world.call("GET", "/v1/echo/x")
        assert (read.status_code, read.json()["id"]) == (200, "x")
    assert (await world.call("POST", "/v1/echo/x", {"x": 1})).json()["body"] == '{"x":1}'
    assert refused(await world.call("GET", "/v1/echo/x", headers={})) == (401, "unauthorized")


async def test_only_so_many_paths_are_kept(world: World) -> None:
    for at in range(PATHS_KEPT + 2):
        assert (await world.call("GET", f"/v1/echo/{at}")).json()["id"] == str(at)
    assert (await world.call("GET", "/v1/echo/0")).json()["id"] == "0"


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("/client/v1/../../v1/echo/x", CLIENT),
        ("/management/v1/x/../../../v1/echo/x", MANAGEMENT),
        ("/v1/x/../echo/x", SERVER),
        ("/v1/./echo/x", SERVER),
    ],
)
async def test_a_path_with_dots_goes_no_further(
    world: World, path: str, headers: dict[str, str]
) -> None:
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        sent.append(message)

    # a client of its own, since the usual one resolves the dots itself
    scope = {
        "type": "http",
        "method": "GET",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "headers": [(name.lower().encode(), text.encode()) for name, text in headers.items()],
    }
    await world.host(scope, receive, send)
    assert sent[0]["status"] == 404


@pytest.mark.parametrize("kind", ["client", "management", "system"])
async def test_a_host_behind_serves_a_path_to_its_own_kind_of_key_only(kind: str) -> None:
    transport = httpx.ASGITransport(INSIGHT)
    headers = {"X-Tessera-Secret": SECRET, "X-Tessera-Key-Kind": kind}
    async with httpx.AsyncClient(transport=transport, base_url="http://insight") as http:
        assert refused(await http.get("/v1/echo/x", headers=headers)) == (401, "unauthorized")


async def test_a_fault_behind_has_the_request_id_of_the_answer(world: World) -> None:
    assert refused(await world.call("GET", "/v1/fail")) == (500, "internal_error")


async def test_without_the_secret_nothing_is_answered_but_health() -> None:
    transport = httpx.ASGITransport(INSIGHT)
    async with httpx.AsyncClient(transport=transport, base_url="http://insight") as http:
        for headers in ({}, {"X-Tessera-Secret": "guess", "X-Tessera-Key-Kind": "server"}):
            assert refused(await http.get("/v1/echo/x", headers=headers)) == (401, "unauthorized")
        assert (await http.get("/health")).status_code == 200


@pytest.mark.parametrize(
    ("fault", "method", "expected"),
    [
        (httpx.ConnectError, "GET", (503, "unavailable")),
        (httpx.ConnectTimeout, "POST", (503, "unavailable")),
        (httpx.PoolTimeout, "POST", (503, "unavailable")),
        (httpx.ReadTimeout, "GET", (503, "unavailable")),
        (httpx.ReadTimeout, "POST", (504, "outcome_unknown")),
    ],
)
async def test_a_host_that_cannot_be_had(
    fault: type[httpx.TransportError], method: str, expected: tuple[int, str]
) -> None:
    def fail(_: httpx.Request) -> httpx.Response:
        raise fault("no")

    async with World(forward=_forward(httpx.MockTransport(fail))) as world:
        for _ in range(2):
            assert refused(await world.call(method, "/v1/echo/x")) == expected
