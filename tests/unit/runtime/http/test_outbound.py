"""Where requests to addresses of clients may go: by text, by what a name resolves to, and no other."""

import asyncio
import ipaddress
import socket
import threading
from collections.abc import Sequence
from typing import Any

import pytest

from runtime.http.outbound import (
    ANSWER_BYTES_MAX,
    RESOLVERS_MAX,
    Outbound,
    Resolve,
    Unreachable,
    is_public,
    resolve,
    wrong_target,
)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "127.255.0.1",
        "10.0.0.1",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "0.1.2.3",
        "192.0.2.1",
        "198.18.0.1",
        "224.0.0.1",
        "239.1.2.3",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "fe80::1",
        "fc00::1",
        "fd12:3456::1",
        "fec0::1",
        "ff02::1",
        "ff0e::1",
        "2001:db8::1",
        "::ffff:10.0.0.1",
        "::ffff:7f00:1",
        "::127.0.0.1",
        "64:ff9b::10.0.0.1",
        "2002:7f00:1::",
        "2001:0:4136:e378:8000:63bf:3fff:fdd2",
    ],
)
def test_special_networks_are_not_public(address: str) -> None:
    assert not is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "93.184.216.34", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::8.8.8.8"]
)
def test_public_networks_are(address: str) -> None:
    assert is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    "url",
    [
        "http://shop.test",
        "https://shop.test:8443/a?b=c",
        "http://8.8.8.8/",
        "http://[2606:4700::1]/",
    ],
)
def test_good_targets(url: str) -> None:
    assert wrong_target(url, allow_private=False) is None


@pytest.mark.parametrize(
    "url",
    [
        "",
        "shop.test",
        "//shop.test",
        "file:///etc/passwd",
        "gopher://shop.test/",
        "http:///path",
        "http://a:b@shop.test/",
        "http://@shop.test/",
        "http://shop.test/#x",
        "http://shop.test:0/",
        "http://shop.test:x/",
        "http://[::1",
        "http://żółw.test/",
        "http://shop.test/\n",
        "http://localhost/",
        "http://LOCALHOST./",
        "http://127.0.0.1/",
        "http://[::ffff:127.0.0.1]/",
    ],
)
def test_bad_targets(url: str) -> None:
    assert wrong_target(url, allow_private=False) is not None


def _resolving(*addresses: str) -> Resolve:
    def resolve(_: str, port: int) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, port)) for each in addresses]

    return resolve


@pytest.mark.parametrize(
    "addresses",
    [("127.0.0.1",), ("8.8.8.8", "10.0.0.1"), ("169.254.169.254",), ("::ffff:10.0.0.1",)],
)
async def test_a_name_that_leads_into_a_private_network_is_not_asked(
    addresses: tuple[str, ...],
) -> None:
    outbound = Outbound(timeout_seconds=2, allow_private=False, resolve=_resolving(*addresses))
    with pytest.raises(Unreachable, match="private network"):
        await outbound.post("http://shop.test/", b"{}", {})
    await outbound.close()


async def _serve(answer: bytes, got: list[bytes]) -> tuple[asyncio.Server, int]:
    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        got.append(await reader.readuntil(b"\r\n\r\n"))
        try:
            writer.write(answer)
            await writer.drain()
        except ConnectionError:
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(take, "127.0.0.1", 0)
    return server, server.sockets[0].getsockname()[1]


async def test_the_connection_goes_to_the_address_and_names_the_host() -> None:
    got: list[bytes] = []
    server, port = await _serve(b"HTTP/1.1 204 No Content\r\n\r\n", got)
    outbound = Outbound(timeout_seconds=5, allow_private=True)
    assert await outbound.post(f"http://localhost:{port}/a?b=c", b"{}", {"x-y": "z"}) == 204
    assert got[0].startswith(b"POST /a?b=c HTTP/1.1\r\n")
    assert f"host: localhost:{port}\r\n".encode() in got[0].lower()
    await outbound.close()
    server.close()


async def test_an_answer_without_end_is_cut() -> None:
    got: list[bytes] = []
    body = b"x" * (ANSWER_BYTES_MAX * 4)
    server, port = await _serve(b"HTTP/1.1 200 OK\r\n\r\n" + body, got)
    outbound = Outbound(timeout_seconds=5, allow_private=True)
    assert await outbound.post(f"http://127.0.0.1:{port}/", b"{}", {}) == 200
    await outbound.close()
    server.close()


async def test_who_does_not_answer_in_time_or_at_all_is_unreachable() -> None:
    outbound = Outbound(timeout_seconds=0.2, allow_private=True)

    async def hold(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    server = await asyncio.start_server(hold, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    with pytest.raises(Unreachable, match=r"no answer within 0\.2 s"):
        await outbound.post(f"http://127.0.0.1:{port}/", b"{}", {})
    server.close()
    await server.wait_closed()
    with pytest.raises(Unreachable, match="the request failed"):
        await outbound.post(f"http://127.0.0.1:{port}/", b"{}", {})
    await outbound.close()


async def test_names_that_nobody_answers_for_hold_up_no_other() -> None:
    ended = threading.Event()

    def slowly(host: str, port: int) -> Sequence[tuple[Any, ...]]:
        if host.startswith("dead"):
            ended.wait(30)
        return resolve(host, port)

    got: list[bytes] = []
    server, port = await _serve(b"HTTP/1.1 204 No Content\r\n\r\n", got)
    outbound = Outbound(timeout_seconds=20, allow_private=True, resolve=slowly)
    dead = [
        asyncio.create_task(outbound.post(f"http://dead{number}.test/", b"{}", {}))
        for number in range(100)
    ]
    await asyncio.sleep(0)
    async with asyncio.timeout(120):
        assert await outbound.post(f"http://localhost:{port}/", b"{}", {}) == 204
    assert not any(task.done() for task in dead)
    for task in dead:
        task.cancel()
    await asyncio.gather(*dead, return_exceptions=True)
    ended.set()
    await outbound.close()
    server.close()


async def test_where_no_thread_can_be_had_no_place_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    outbound = Outbound(timeout_seconds=5, allow_private=True)
    with monkeypatch.context() as patched:
        patched.setattr(threading.Thread, "start", fails)
        for _ in range(RESOLVERS_MAX + 1):
            with pytest.raises(Unreachable, match="no name can be resolved now"):
                await outbound.post("http://shop.test/", b"{}", {})
    assert outbound._resolving == 0
    await outbound.close()


async def test_a_server_that_speaks_no_tls_is_named_as_such() -> None:
    async def speak(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        writer.close()

    server = await asyncio.start_server(speak, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    outbound = Outbound(timeout_seconds=5, allow_private=True)
    with pytest.raises(Unreachable, match=r"^TLS failed: "):
        await outbound.post(f"https://127.0.0.1:{port}/", b"{}", {})
    await outbound.close()
    server.close()
