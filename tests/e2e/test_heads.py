"""Addresses and headers at their limits and beyond, as a real server really answers them."""

import json
import socket
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor

import pytest

from runtime.http.limits import HEADERS_BYTES_MAX, HEADERS_MAX, URL_BYTES_MAX
from tests.contract.shapes import assert_shape
from tests.e2e.plain import Plain, refused
from tests.e2e.shop import new_code
from tests.e2e.system import System

MIB = 1024 * 1024
SECONDS_MAX = 20.0


def raw(system: System, pieces: Iterable[bytes]) -> tuple[int, str]:
    """Status and key of what answers these bytes; afterwards the connection is closed."""
    with socket.create_connection(("127.0.0.1", system.port), SECONDS_MAX) as client:
        for piece in pieces:
            client.sendall(piece)
        answer = b""
        while received := client.recv(65_536):
            answer += received
    head, _, body = answer.partition(b"\r\n\r\n")
    error = json.loads(body)
    assert_shape(error, "Error")
    status = int(head.split(b" ")[1])
    assert error["code"] == status
    return status, error["key"]


@pytest.mark.parametrize(
    ("path", "good"),
    [("/v1/vouchers/{}", 404), ("/v1/redemptions?customer={}", 400)],
    ids=["api", "insight"],
)
def test_an_address_is_served_up_to_its_limit(plain: Plain, path: str, good: int) -> None:
    """One value of a query may be less long, which only the host behind can say."""
    room = URL_BYTES_MAX - len(path.replace("?", "").format(""))
    assert plain.ask("GET", path.format("x" * room)).status_code == good
    assert refused(plain.ask("GET", path.format("x" * (room + 1)))) == (414, "uri_too_long")


@pytest.mark.parametrize("path", ["/v1/campaigns/none", "/v1/redemptions"], ids=["api", "insight"])
def test_headers_are_served_up_to_their_limits(plain: Plain, path: str) -> None:
    # the client adds some of its own, and so does one host to what it passes on to the other
    room = HEADERS_BYTES_MAX - 2048
    assert plain.ask("GET", path, headers={"x-long": "v" * room}).status_code in (200, 404)
    beyond = {"x-long": "v" * HEADERS_BYTES_MAX}
    assert refused(plain.ask("GET", path, headers=beyond)) == (431, "headers_too_large")
    many = {f"x-{number}": "v" for number in range(HEADERS_MAX)}
    assert refused(plain.ask("GET", path, headers=many)) == (431, "headers_too_large")


@pytest.mark.parametrize(
    ("start", "more", "expected"),
    [
        (b"GET /v1/vouchers/", b"x" * 65_536, (414, "uri_too_long")),
        (b"GET /v1/vouchers?code=", b"x" * 65_536, (414, "uri_too_long")),
        (b"GET / HTTP/1.1\r\nx: ", b"x" * 65_536, (431, "headers_too_large")),
        (b"GET / HTTP/1.1\r\n", b"x: y\r\n" * 10_000, (431, "headers_too_large")),
    ],
    ids=["path", "query", "header", "headers"],
)
def test_a_head_that_does_not_end_is_answered_and_costs_no_memory(
    system: System, plain: Plain, start: bytes, more: bytes, expected: tuple[int, str]
) -> None:
    before = system.process("api").memory_info().rss
    pieces = [start, *[more] * (4 * MIB // len(more))]
    # each connection stays open for a second after its answer
    with ThreadPoolExecutor() as pool:
        answers = [pool.submit(raw, system, pieces) for _ in range(5)]
    assert [each.result() for each in answers] == [expected] * 5
    assert system.process("api").memory_info().rss - before < 16 * MIB
    assert plain.ask("GET", f"/v1/vouchers/{new_code()}").status_code == 404


def test_what_is_no_http_is_answered_in_the_same_shape(system: System) -> None:
    assert raw(system, [b"rubbish\r\n\r\n"]) == (400, "invalid_payload")
