"""`tessera rebuild`: has the insight host fill tables anew, and says how far it is.

See runtime/clickhouse/rebuild.py. For a stopped system the host is started for as long as it takes.
"""

import asyncio
import time
from collections.abc import Callable
from contextlib import nullcontext
from typing import Final

import httpx
import msgspec

from runtime.base.secrets import Secrets
from runtime.base.settings import Settings, read_master_key
from runtime.clickhouse.rebuild import Progress
from runtime.clickhouse.sinks import REBUILD_PATH
from runtime.http.internal import KEY_KIND_HEADER, SECRET_HEADER
from tessera.hosts.insight_tables import REBUILDABLE
from tessera.installation import reach_installation
from tessera.verify_tables import insight_started

POLL_SECONDS: Final = 0.5
TELL_SECONDS: Final = 5.0
ASK_SECONDS_MAX: Final = 30.0

Write = Callable[[str], None]


class RebuildError(Exception):
    """The tables were not rebuilt; they are as they were. The message says why."""


async def rebuild_tables(settings: Settings, service: str, write: Write, tell: Write) -> None:
    """Rebuilds the tables of a service. Raises RebuildError, NoInstallation."""
    async with reach_installation(settings) as installation:
        found = installation.settings
        running = nullcontext() if installation.running else insight_started(found)
        async with running, _client(found) as client:
            began = time.monotonic()
            try:
                done = await _follow(client, sorted(REBUILDABLE[service]), tell)
            except (httpx.HTTPError, msgspec.MsgspecError) as fault:
                raise RebuildError(f"The insight host does not answer: {fault!r}") from fault
            seconds = time.monotonic() - began
    rate = done.of / max(seconds, 0.001)
    write(f"{service}: rebuilt from {done.of} records in {seconds:.1f} s, {rate:,.0f} a second")


async def _follow(client: httpx.AsyncClient, names: list[str], tell: Write) -> Progress:
    """Starts the rebuild and waits for its end. Raises RebuildError."""
    answer = await client.post(REBUILD_PATH, content=msgspec.json.encode(names))
    told = time.monotonic()
    while True:
        if answer.status_code == httpx.codes.SERVICE_UNAVAILABLE:
            raise RebuildError(
                "The insight host cannot do it now: tables are being rebuilt already."
            )
        answer.raise_for_status()
        found = msgspec.json.decode(answer.content, type=Progress)
        if found.fault is not None:
            raise RebuildError(f"It ended before its time, and nothing was changed: {found.fault}.")
        if found.is_done:
            return found
        if time.monotonic() - told >= TELL_SECONDS:
            told = time.monotonic()
            tell(f"{found.records} of {found.of} records")
        await asyncio.sleep(POLL_SECONDS)
        answer = await client.get(REBUILD_PATH)


def _client(settings: Settings) -> httpx.AsyncClient:
    secret = Secrets.from_master(read_master_key(settings)).internal.hex()
    return httpx.AsyncClient(
        base_url=f"http://127.0.0.1:{settings.insight_port}",
        headers={SECRET_HEADER: secret, KEY_KIND_HEADER: "system"},
        timeout=ASK_SECONDS_MAX,
        trust_env=False,
    )
