"""A host: what it starts it ends, and a task that fails takes it down."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest

from runtime.http.host import Host, HostFailed, serve_host
from runtime.http.internal import InternalGate
from runtime.http.service import Service
from tests.ports import public_port


async def _healthy(port: int) -> httpx.Response:
    async with httpx.AsyncClient(trust_env=False) as http:
        for _ in range(500):
            try:
                return await http.get(f"http://127.0.0.1:{port}/health")
            except httpx.ConnectError:
                await asyncio.sleep(0.01)
    raise TimeoutError


async def test_a_failed_task_ends_the_host_and_everything_is_closed() -> None:
    happened: list[str] = []
    fail = asyncio.Event()

    @asynccontextmanager
    async def lifespan() -> AsyncIterator[None]:
        happened.append("opened")
        yield
        happened.append("closed")

    async def runs() -> None:
        happened.append("runs")
        try:
            await asyncio.Event().wait()
        finally:
            happened.append("ended")

    async def fails() -> None:
        await fail.wait()
        raise RuntimeError("broken")

    async def done() -> None:
        happened.append("done")

    tasks = {"runs": runs, "fails": fails, "done": done}
    host = Host("some", (Service("one", tasks=tasks, lifespan=lifespan),), InternalGate("s"))
    port = public_port()

    async def break_when_healthy() -> None:
        happened.append(str((await _healthy(port)).json()["status"]))
        fail.set()

    breaking = asyncio.create_task(break_when_healthy())
    with pytest.raises(HostFailed):
        await serve_host(host, bind="127.0.0.1", port=port)
    await breaking
    assert host.health()["some"].state == "one/fails failed"
    assert happened == ["opened", "runs", "done", "ok", "ended", "closed"]


async def test_a_port_that_is_taken_ends_the_host() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        host = Host("some", (), InternalGate("s"))
        with pytest.raises(HostFailed):
            await serve_host(host, bind="127.0.0.1", port=taken.getsockname()[1])
