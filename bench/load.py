"""A load generator: so many connections, each with one request under way, for so long.

It sends prepared bytes and reads only as much of an answer as it needs, so that it takes little of
the machine that it shares with the system it measures.
"""

import asyncio
import time
from dataclasses import dataclass, field
from typing import cast

STATUS_AT = slice(9, 12)
_LENGTH = b"content-length: "


@dataclass(frozen=True)
class Result:
    """What was measured; latencies in milliseconds."""

    connections: int
    requests: int
    failures: int
    per_second: float
    p50_ms: float
    p99_ms: float


@dataclass
class _Tally:
    end_at: float
    latencies: list[float] = field(default_factory=list)
    failures: int = 0


class _Client(asyncio.Protocol):
    """One connection; asks again as soon as it is answered, until the end."""

    def __init__(self, request: bytes, tally: _Tally, done: asyncio.Future[None]) -> None:
        self._request = request
        self._tally = tally
        self._done = done
        self._buffer = b""
        self._sent_at = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._ask()

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head_end = self._buffer.find(b"\r\n\r\n")
        if head_end < 0:
            return
        head = self._buffer[:head_end].lower()
        at = head.find(_LENGTH)
        length = int(head[at + len(_LENGTH) :].split(b"\r\n", 1)[0]) if at >= 0 else 0
        if len(self._buffer) < head_end + 4 + length:
            return
        now = time.perf_counter()
        self._tally.latencies.append(now - self._sent_at)
        if not head[STATUS_AT].startswith(b"2"):
            self._tally.failures += 1
        self._buffer = b""
        if now < self._tally.end_at:
            self._ask()
        else:
            self._transport.close()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002  a protocol's
        if not self._done.done():
            self._done.set_result(None)

    def _ask(self) -> None:
        self._sent_at = time.perf_counter()
        self._transport.write(self._request)


async def run_load(port: int, request: bytes, connections: int, seconds: float) -> Result:
    """Sends `request` over and over on `connections` connections for `seconds`."""
    loop = asyncio.get_running_loop()
    started_at = time.perf_counter()
    tally = _Tally(started_at + seconds)
    finished = [loop.create_future() for _ in range(connections)]
    for done in finished:
        await loop.create_connection(
            lambda done=done: _Client(request, tally, done),  # type: ignore[misc]
            "127.0.0.1",
            port,
        )
    await asyncio.gather(*finished)
    elapsed = time.perf_counter() - started_at
    latencies = sorted(tally.latencies)
    return Result(
        connections=connections,
        requests=len(latencies),
        failures=tally.failures,
        per_second=round(len(latencies) / elapsed, 1),
        p50_ms=round(_quantile(latencies, 0.5) * 1000, 2),
        p99_ms=round(_quantile(latencies, 0.99) * 1000, 2),
    )


def _quantile(ordered: list[float], share: float) -> float:
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else 0.0


def http_request(method: str, path: str, headers: dict[str, str], body: bytes = b"") -> bytes:
    """A request as bytes, for a connection that is kept."""
    named = {"Host": "127.0.0.1", "Content-Length": str(len(body)), **headers}
    lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in named.items())]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body
