"""A host: what it starts it ends, and a task that fails takes it down."""

import asyncio
import signal
import socket
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email.utils import parsedate_to_datetime
from pathlib import Path

import httpx
import pytest

from runtime.http.host import Host
from runtime.http.internal import InternalGate
from runtime.http.server import Shared
from runtime.http.service import Service
from runtime.http.serving import HostFailed, serve_host
from tests.ports import public_port


async def _healthy(port: int) -> httpx.Response:
    async with httpx.AsyncClient(trust_env=False) as http:
        for _ in range(12_000):
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


#: A host that says that it is closed in order.
SERVES = """
import sys
from contextlib import asynccontextmanager
import uvloop
from runtime.http.host import Host
from runtime.http.serving import serve_host
from runtime.http.internal import InternalGate
from runtime.http.service import Service

@asynccontextmanager
async def lifespan():
    yield
    print("closed", flush=True)

host = Host("some", (Service("one", lifespan=lifespan),), InternalGate("s"))
uvloop.run(serve_host(host, bind="127.0.0.1", port=int(sys.argv[1])))
"""


@pytest.mark.parametrize("asked", [signal.SIGTERM, signal.SIGINT])
async def test_a_host_that_sleeps_ends_in_order_when_it_is_asked_to(asked: signal.Signals) -> None:
    port = public_port()
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-P", "-c", SERVES, str(port)),
        cwd=Path(__file__).parents[4],
        env={"PYTHONPATH": "."},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    await _healthy(port)
    process.send_signal(asked)
    async with asyncio.timeout(120):
        told, _ = await process.communicate()
    assert told == b"closed\n"


async def test_answers_say_when_they_were_given() -> None:
    host = Host("some", (), InternalGate("s"))
    port = public_port()
    serving = asyncio.create_task(serve_host(host, bind="127.0.0.1", port=port))
    before = int(time.time())
    said = parsedate_to_datetime((await _healthy(port)).headers["date"]).timestamp()
    assert before <= said <= time.time()
    host.failed.set()
    await serving


def test_the_date_goes_on_with_the_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    shared = Shared()
    for now, said in ((0.9, b"00:00:00"), (1.0, b"00:00:01"), (1.9, b"00:00:01")):
        monkeypatch.setattr("time.time", lambda now=now: now)
        assert shared.default_headers == [(b"date", b"Thu, 01 Jan 1970 %s GMT" % said)]
