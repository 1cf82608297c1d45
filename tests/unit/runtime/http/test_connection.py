"""What a connection makes of heads that are too large, do not end, or are none."""

import asyncio
import json
import random
import tracemalloc
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress

import pytest
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from runtime.http.host import Host
from runtime.http.internal import InternalGate
from runtime.http.limits import HEADERS_BYTES_MAX, HEADERS_MAX, URL_BYTES_MAX
from runtime.http.service import Service
from runtime.http.serving import serve_host
from tests.contract.shapes import assert_shape
from tests.ports import public_port
from tests.unit.runtime.http.test_host import _healthy

END = b"\r\n\r\n"
GET = b"GET /health HTTP/1.1\r\nhost: x\r\n"
MIB = 1024 * 1024


@asynccontextmanager
async def serving(
    reading: asyncio.Event | None = None, *, routes: Sequence[Route] = ()
) -> AsyncIterator[int]:
    """The port of a host with these routes; `POST /health/length` says how long the body was."""

    async def length(request: Request) -> Response:
        if reading is not None:
            reading.set()
        return Response(str(len(await request.body())))

    host = Host(
        "some",
        (Service("one", routes=(Route("/health/length", length, methods=["POST"]), *routes)),),
        Open(),
    )
    port = public_port()
    task = asyncio.create_task(serve_host(host, bind="127.0.0.1", port=port))
    await _healthy(port)
    try:
        yield port
    finally:
        host.failed.set()
        await task


class Open(InternalGate):
    """Lets everybody in."""

    def __init__(self) -> None:
        super().__init__("s")

    async def admit(self, *_: object) -> None:
        return None


async def said(port: int, *pieces: bytes) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body of the answer to what is sent piece by piece."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
        async with asyncio.timeout(120):
            head = (await reader.readuntil(END)).decode().split("\r\n")
            headers = dict(line.split(": ", 1) for line in head[1:] if line)
            body = await reader.readexactly(int(headers["content-length"]))
        return int(head[0].split(" ")[1]), headers, body
    finally:
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()


async def refused(port: int, *pieces: bytes) -> tuple[int, str, bool]:
    """Status and key of a refusal in the API's shape, and whether the connection ends."""
    status, headers, body = await said(port, *pieces)
    error = json.loads(body)
    assert_shape(error, "Error")
    assert (error["code"], headers["content-type"]) == (status, "application/json")
    assert headers["x-request-id"] == error["request_id"]
    return status, error["key"], headers.get("connection") == "close"


def address(length: int) -> bytes:
    """A request whose path and query have that length."""
    path = b"/health"
    query = b"q" * (length - len(path))
    return b"GET " + path + b"?" + query + b" HTTP/1.1\r\nhost: x" + END


def with_headers(size: int) -> bytes:
    """A request whose headers have that size."""
    return b"GET /health HTTP/1.1\r\nx: " + b"v" * (size - 1) + END


def with_many(count: int) -> bytes:
    """A request with so many headers."""
    return b"GET /health HTTP/1.1\r\n" + b"x: v\r\n" * count + b"\r\n"


async def test_the_limits_are_exact() -> None:
    async with serving() as port:
        for within in (
            address(URL_BYTES_MAX),
            with_headers(HEADERS_BYTES_MAX),
            with_many(HEADERS_MAX),
        ):
            assert (await said(port, within))[0] == 200
        assert await refused(port, address(URL_BYTES_MAX + 1)) == (414, "uri_too_long", False)
        for beyond in (with_headers(HEADERS_BYTES_MAX + 1), with_many(HEADERS_MAX + 1)):
            assert await refused(port, beyond) == (431, "headers_too_large", False)


@pytest.mark.parametrize(
    ("start", "status", "key"),
    [
        (b"GET /", 414, "uri_too_long"),
        (b"GET /?", 414, "uri_too_long"),
        (GET + b"x: ", 431, "headers_too_large"),
        (GET, 431, "headers_too_large"),
        (b"", 431, "headers_too_large"),
    ],
    ids=["a path", "a query", "a header", "headers", "empty lines"],
)
async def test_a_head_without_end_is_answered_and_not_kept(
    start: bytes, status: int, key: str
) -> None:
    """8 MiB are sent; what is kept of them stays far below."""
    more = {b"": b"\r\n" * 32_768, GET: b"x: y\r\n" * 10_000}.get(start, b"x" * 65_536)
    pieces = [start, *[more] * (8 * MIB // len(more))]
    async with serving() as port:
        assert await refused(port, start, more, more) == (status, key, True)
        tracemalloc.start()
        assert await refused(port, *pieces) == (status, key, True)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert peak < 4 * MIB
        # others are served as before
        assert (await said(port, GET + b"\r\n"))[0] == 200


async def test_trailers_without_end_end_the_connection() -> None:
    reading = asyncio.Event()
    start = b"POST /health/length HTTP/1.1\r\ntransfer-encoding: chunked" + END + b"1\r\nx\r\n0\r\n"
    async with serving(reading) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(start)
        await reading.wait()
        with suppress(ConnectionError):
            for _ in range(20):
                writer.write(b"x: " + b"y" * 8000 + b"\r\n")
                await writer.drain()
        async with asyncio.timeout(120):
            assert await reader.read() == b""
        writer.close()


async def test_a_large_body_in_small_pieces_is_no_head() -> None:
    body = random.Random(4).randbytes(700_000)
    start = b"POST /health/length HTTP/1.1\r\ncontent-length: 700000" + END
    pieces = [body[at : at + 10_000] for at in range(0, len(body), 10_000)]
    async with serving() as port:
        status, _, answer = await said(port, start, *pieces)
        assert (status, answer) == (200, b"700000")


async def test_many_requests_on_one_connection_are_no_head_either() -> None:
    async with serving() as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for _ in range(50):
            writer.write(with_headers(4000))
            head = await reader.readuntil(END)
            assert head.startswith(b"HTTP/1.1 200 ")
            length = next(x for x in head.split(b"\r\n") if x.startswith(b"content-length"))
            await reader.readexactly(int(length.split(b": ")[1]))
        writer.close()
        await writer.wait_closed()


@pytest.mark.parametrize(
    "rubbish", [b"rubbish\r\n\r\n", b"\x16\x03\x01\x02\x00\x01", b"GET\r\n\r\n"]
)
async def test_what_is_no_http_is_400(rubbish: bytes) -> None:
    async with serving() as port:
        assert await refused(port, rubbish) == (400, "invalid_payload", True)
