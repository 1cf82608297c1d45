"""A world whose past can be asked: what the ledger recorded lies in a log, and is folded from it."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx

from engine.fold import StateFold
from engine.kernel.calendar import iso
from runtime.http.forward import Forward, make_client
from runtime.http.host import Host
from runtime.http.internal import InternalGate
from runtime.keys.codec import Codec
from runtime.keys.keyring import Keyring
from runtime.log.chain import ChainState, chain_entry
from runtime.log.log import Entry
from runtime.log.memory_log import MemoryLog
from runtime.replica.past import PastJob, fold_past
from runtime.replica.past_states import PastStates
from runtime.store.store import MemoryStore
from schemas.projects import CONTROL_PROJECT
from schemas.topics import LEDGER
from services.validation.past import past_service
from tessera.hosts.past import Past
from tests.unit.services.world import HASH_KEY, SERVER, World

SECRET = "s" * 16


class RecordedLog:
    """The records of a world's ledger, as they would lie in the topic."""

    def __init__(self) -> None:
        self.log = MemoryLog(lambda: 0)
        self.codec = Codec(Keyring(self.log, MemoryStore(), b"w" * 32), self)
        self._head = ChainState().head

    async def send(self, topic: str, partition: int, entry: Entry) -> int:
        return self.log.append(topic, partition, [entry])

    async def take(self, world: World) -> None:
        """Takes what the world recorded since."""
        for record in world.ledger.records[self.log.end_now(LEDGER, 0) :]:
            project = getattr(record, "project", CONTROL_PROJECT)
            value = self.codec.encode_record(record)
            await self.codec.publish_pending()
            entry, self._head = chain_entry(Entry(project.encode(), value), self._head)
            self.log.append(LEDGER, 0, [entry])


class PastWorld(World):
    """A world beside which stands the host that answers as of then."""

    states: PastStates
    jobs: list[PastJob]
    short: str | None = None

    async def then(
        self, path: str, body: Any, as_of: Any, headers: dict[str, str] = SERVER
    ) -> httpx.Response:
        """The answer as of a time or a position."""
        if isinstance(as_of, int):
            as_of = iso(as_of)
        mark = "&" if "?" in path else "?"
        return await self.call("POST", f"{path}{mark}as_of={as_of}", body, headers)


@asynccontextmanager
async def past_world(folder: Path, **bounds: Any) -> AsyncIterator[PastWorld]:
    """The world; `bounds` are of its states of then."""
    world = PastWorld()
    recorded = RecordedLog()
    world.jobs = []

    async def run(job: PastJob, tell: Callable[[int], None]) -> None:
        world.jobs.append(job)
        await fold_past(recorded.log, recorded.codec, StateFold, job, tell)

    run = bounds.pop("run", run)
    world.states = PastStates(folder / "past", run, **bounds)
    past = Past(recorded.log, world.states, lambda: world.short, lambda: world.ledger.now)
    host = Host("insight", (past_service(past.open, HASH_KEY, HASH_KEY),), InternalGate(SECRET))

    async def positions(_: str) -> dict[tuple[str, int], int]:
        await recorded.take(world)
        return {(LEDGER, 0): recorded.log.end_now(LEDGER, 0) - 1}

    client = make_client("http://insight", httpx.ASGITransport(host, raise_app_exceptions=False))
    world.forward = Forward(client, SECRET, positions, lambda _: "Etc/UTC")
    async with client, world:
        yield world
    await world.states.close()
