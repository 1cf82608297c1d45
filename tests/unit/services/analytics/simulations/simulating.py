"""A world beside which stands the host that simulates, with a child that does what a test has it do."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import httpx

from runtime.http.forward import Forward, make_client
from runtime.http.host import Host
from runtime.http.internal import InternalGate
from schemas.simulations import DayFigures, DisplacedOffer, Figures, SimulationResult, TierFigures
from schemas.topics import LEDGER
from services.analytics.simulations.front import simulation_service
from services.analytics.simulations.runs import Simulations
from services.analytics.simulations.simulate import Progress, SimulationJob
from tests.contract.answers import async_client
from tests.unit.services.world import SERVER, World

PATH = "/v1/analytics/simulations"
TIER = {"name": "Ten", "action": {"discount": {"type": "PERCENT", "percent_off": 10}}}
CAMPAIGN = {"name": "Draft", "campaign_type": "PROMOTION", "promotion": {"tiers": [TIER]}}
BODY = {"campaign": CAMPAIGN, "from": "2024-01-01", "to": "2024-02-01"}
SECRET = "s" * 16
RESULT = SimulationResult(
    Figures(redemptions=3, redemptions_matched=1, discount_amount=1000),
    (DayFigures(0, Figures(redemptions=3)),),
    (TierFigures("Ten", 1, 1000),),
    unique_customers=1,
    offers=(DisplacedOffer("voucher", "v_1", None, 1, 0, 500),),
    offers_count=1,
    refused={"order_rules_violated": 2},
)


class Past:
    """Stands for the child that simulates: it does what a test has it do."""

    def __init__(self) -> None:
        self.jobs: list[SimulationJob] = []
        self.steps: list[Any] = [RESULT]
        self.gate = asyncio.Event()
        self.gate.set()
        self.killed = 0
        #: A child that is killed takes until `ending` to be gone; `ends` tells that it is killed.
        self.ends = asyncio.Event()
        self.ending = asyncio.Event()
        self.ending.set()
        #: One for each that runs, once it has told of its progress.
        self.began: asyncio.Queue[None] = asyncio.Queue()

    async def run(self, job: SimulationJob) -> AsyncIterator[Progress | SimulationResult]:
        self.jobs.append(job)
        try:
            yield Progress(1, 4)
            self.began.put_nowait(None)
            await self.gate.wait()
        except asyncio.CancelledError:
            self.killed += 1
            self.ends.set()
            await self.ending.wait()
            raise
        for step in self.steps:
            if isinstance(step, Exception):
                raise step
            yield step

    async def copy_nearest(self, project: str, offset: int, into: Path) -> None:
        del project, offset, into

    async def find(self, partition: int, moment: int) -> int:
        del partition, moment
        return 0


class Simulating(World):
    """A world beside which stands the host that simulates."""

    past: Past
    simulations: Simulations

    async def asked(self, body: Any = BODY, headers: dict[str, str] = SERVER) -> httpx.Response:
        return await self.call("POST", PATH, body, headers)

    async def ended(self, simulation_id: str) -> dict[str, Any]:
        """A simulation once it is not open any more."""
        while True:
            body: dict[str, Any] = (await self.call("GET", f"{PATH}/{simulation_id}")).json()
            if body["status"] in ("DONE", "FAILED"):
                return body
            await asyncio.sleep(0)


@asynccontextmanager
async def simulating(folder: Path, past: Past | None = None) -> AsyncIterator[Simulating]:
    world = Simulating()
    world.past = past or Past()
    world.simulations = Simulations(
        folder / "kept",
        folder / "work",
        world.past.run,
        world.past,
        world.past.find,
        lambda: world.ledger.now,
    )
    host = Host("insight", (simulation_service(world.simulations),), InternalGate(SECRET))

    async def positions(_: str) -> dict[tuple[str, int], int]:
        return {(LEDGER, 0): len(world.ledger.records) - 1}

    client = make_client("http://insight", httpx.ASGITransport(host, raise_app_exceptions=False))
    world.forward = Forward(client, SECRET, positions, lambda _: "Etc/UTC")
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(client)
        await stack.enter_async_context(world)
        transport = httpx.ASGITransport(world.host, raise_app_exceptions=False)
        await world.http.aclose()
        world.http = async_client(transport=transport, base_url="http://api")
        working = asyncio.create_task(world.simulations.work())
        try:
            yield world
        finally:
            working.cancel()
            await asyncio.wait((working,))
