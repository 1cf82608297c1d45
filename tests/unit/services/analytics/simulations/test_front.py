"""Simulations over HTTP: asked for where the catalogue is, made and kept where the past is."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from runtime.http.forward import Forward, make_client
from runtime.http.host import Host
from runtime.http.internal import InternalGate
from runtime.log.log import LogError
from schemas.simulations import DayFigures, DisplacedOffer, Figures, SimulationResult, TierFigures
from schemas.topics import LEDGER
from services.analytics.simulations.front import simulation_service
from services.analytics.simulations.runs import ATTEMPTS_MAX, KEPT_MAX, OPEN_MAX, Simulations
from services.analytics.simulations.simulate import Progress, SimulationJob
from tests.contract.answers import async_client
from tests.unit.runtime.http.test_edge import refused
from tests.unit.services.world import CLIENT, OTHER, SERVER, World

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


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[Simulating]:
    async with simulating(tmp_path) as made:
        yield made


async def test_a_simulation_is_asked_for_and_read_when_it_is_done(world: Simulating) -> None:
    made = (await world.asked(BODY | {"placing": "first"})).json()
    assert made["campaign"] == "Draft"
    assert (made["status"], made["placing"], made["tiers"]) == ("SCHEDULED", "first", ["Ten"])
    assert (made["from"], made["to"]) == ("2024-01-01T00:00:00.000Z", "2024-02-01T00:00:00.000Z")
    done = await world.ended(made["id"])
    assert (done["status"], done["progress"], done["failure"]) == ("DONE", 100, None)
    result = done["result"]
    assert result["totals"]["discount_amount"] == 1000
    assert result["totals"]["unique_customers"] == 1
    assert result["tiers"] == [{"name": "Ten", "redemptions": 1, "discount_amount": 1000}]
    assert result["displaced"][0]["amount"] == 500
    assert result["not_matched"] == {"order_rules_violated": 2}
    listed = (await world.call("GET", PATH)).json()
    assert [each["id"] for each in listed["data"]] == [made["id"]]
    assert listed["data"][0]["result"] is None
    assert len(world.ledger.records) == 4  # nothing but the two projects


async def test_progress_is_told_while_it_runs(world: Simulating) -> None:
    world.past.gate.clear()
    made = (await world.asked()).json()
    await world.past.began.get()
    running = (await world.call("GET", f"{PATH}/{made['id']}")).json()
    assert (running["status"], running["progress"]) == ("IN_PROGRESS", 25)
    world.past.gate.set()
    assert (await world.ended(made["id"]))["status"] == "DONE"


async def test_deleting_ends_what_runs(world: Simulating) -> None:
    world.past.gate.clear()
    first = (await world.asked()).json()
    world.ledger.now += 1
    second = (await world.asked()).json()
    await world.past.began.get()
    assert (await world.call("DELETE", f"{PATH}/{first['id']}")).status_code == 204
    assert world.past.killed == 1
    assert refused(await world.call("GET", f"{PATH}/{first['id']}")) == (404, "not_found")
    world.past.gate.set()
    assert (await world.ended(second["id"]))["status"] == "DONE"


async def test_somebody_may_be_forgotten_while_one_is_being_removed(world: Simulating) -> None:
    world.past.gate.clear()
    world.past.ending.clear()
    made = (await world.asked()).json()
    await world.past.began.get()
    removing = asyncio.create_task(world.call("DELETE", f"{PATH}/{made['id']}"))
    await world.past.ends.wait()
    beginning = asyncio.create_task(world.simulations.begin_again(["proj"]))
    for _ in range(9):
        await asyncio.sleep(0)
    assert not beginning.done()
    world.past.ending.set()
    await beginning
    assert (await removing).status_code == 204
    assert len(world.past.jobs) == 1


async def test_nobody_sees_the_simulations_of_another_project(world: Simulating) -> None:
    made = (await world.asked()).json()
    path = f"{PATH}/{made['id']}"
    for method in ("GET", "DELETE"):
        assert refused(await world.call(method, path, headers=OTHER)) == (404, "not_found")
    assert (await world.call("GET", PATH, headers=OTHER)).json()["total"] == 0
    assert refused(await world.call("GET", PATH, headers=CLIENT))[0] in (401, 403)


async def test_only_so_many_of_a_project_wait(world: Simulating) -> None:
    world.past.gate.clear()
    for _ in range(OPEN_MAX):
        assert (await world.asked()).status_code == 200
    assert refused(await world.asked()) == (429, "too_many_requests")
    assert (await world.asked(headers=OTHER)).status_code == 200


async def test_the_oldest_that_are_done_go_first(world: Simulating) -> None:
    ids = []
    for _ in range(KEPT_MAX + 2):
        world.ledger.now += 1
        ids.append((await world.asked()).json()["id"])
        await world.ended(ids[-1])
    listed = (await world.call("GET", PATH)).json()
    assert listed["total"] <= KEPT_MAX
    assert listed["data"][0]["id"] == ids[-1]
    assert ids[0] not in [each["id"] for each in listed["data"]]


async def test_a_past_that_cannot_be_read_fails_the_simulation(world: Simulating) -> None:
    world.past.steps = [LogError("away")]
    made = (await world.asked()).json()
    failed = await world.ended(made["id"])
    assert (failed["status"], failed["result"]) == ("FAILED", None)
    assert failed["failure"] == "The past cannot be read"
    world.past.steps = [RESULT]
    again = (await world.asked()).json()
    assert (await world.ended(again["id"]))["status"] == "DONE"


async def test_simulations_outlive_the_host_and_begin_again(tmp_path: Path) -> None:
    stuck = Past()
    stuck.gate.clear()
    async with simulating(tmp_path, stuck) as world:
        stuck.gate.set()
        done = (await world.asked()).json()
        await world.ended(done["id"])
        stuck.gate.clear()
        left = (await world.asked()).json()
        for _ in range(2):
            await stuck.began.get()
    async with simulating(tmp_path) as world:
        assert (await world.ended(left["id"]))["status"] == "DONE"
        assert (await world.ended(done["id"]))["result"]["unread"] == 0


async def test_one_that_never_ends_is_given_up(tmp_path: Path) -> None:
    for _ in range(ATTEMPTS_MAX):
        stuck = Past()
        stuck.gate.clear()
        async with simulating(tmp_path, stuck) as world:
            if not world.simulations.of("proj"):
                await world.asked()
            await stuck.began.get()
    async with simulating(tmp_path) as world:
        (left,) = world.simulations.of("proj")
        failed = await world.ended(left.id)
        assert failed["failure"] == "It did not come to its end"


async def test_what_runs_begins_again_where_somebody_is_forgotten(world: Simulating) -> None:
    world.past.gate.clear()
    made = (await world.asked()).json()
    await world.past.began.get()
    await world.simulations.begin_again(["proj2"])
    assert world.past.killed == 0
    await world.simulations.begin_again(["proj"])
    assert world.past.killed == 1
    world.past.gate.set()
    assert (await world.ended(made["id"]))["status"] == "DONE"
    assert len(world.past.jobs) == 2


async def test_coupons_are_simulated_as_if_everybody_had_one(world: Simulating) -> None:
    voucher = {"type": "DISCOUNT_VOUCHER", "discount": {"type": "AMOUNT", "amount_off": 300}}
    coupons = {"name": "Coupons", "campaign_type": "DISCOUNT_COUPONS", "voucher": voucher}
    made = (await world.asked(BODY | {"campaign": coupons})).json()
    assert made["tiers"] == ["Coupons"]
    await world.ended(made["id"])
    (tier,) = world.past.jobs[0].asked.draft.tiers
    assert tier.discount is not None
    assert tier.discount.amount_off == 300


async def test_rules_are_bound_by_name_or_copied_as_they_are_now(world: Simulating) -> None:
    rules = {"1": {"name": "order.amount", "conditions": {"$more_than": [5000]}, "rules": {}}}
    body = {"name": "R", "rules": rules}
    known = (await world.call("POST", "/v1/validation-rules", body)).json()["id"]
    records = len(world.ledger.records)
    tier = TIER | {"validation_rules": [known, "own"]}
    campaign = CAMPAIGN | {"promotion": {"tiers": [tier]}}
    asked = BODY | {"campaign": campaign, "validation_rules": [body | {"name": "own"}]}
    made = (await world.asked(asked)).json()
    await world.ended(made["id"])
    draft = world.past.jobs[0].asked.draft
    assert len(draft.rules) == len(draft.tiers[0].rule_ids) == 2
    assert known not in {each.id for each in draft.rules}
    assert set(draft.tiers[0].rule_ids) == {each.id for each in draft.rules}
    assert len(world.ledger.records) == records


GIFT = {"type": "GIFT_VOUCHER", "gift": {"amount": 500}}
OFF = {"type": "DISCOUNT_VOUCHER", "discount": {"type": "AMOUNT", "amount_off": 300}}


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"to": "2024-01-01"}, "Property `.to` has to be after `.from`"),
        ({"to": "2026-01-01"}, "by 400 days at most"),
        ({"from": "soon"}, "Property `.from` is not valid"),
        ({"placing": "middle"}, "Property `.placing` is not valid"),
        ({"campaign": {"campaign_type": "PROMOTION"}}, "Property `.campaign.name` is required"),
        (
            {"campaign": {"name": "D", "campaign_type": "PROMOTION"}},
            "Property `.campaign.promotion.tiers` needs a tier",
        ),
        (
            {"campaign": {"name": "D", "campaign_type": "GIFT_VOUCHERS", "voucher": GIFT}},
            "Property `.campaign.campaign_type` has to be PROMOTION or DISCOUNT_COUPONS",
        ),
        (
            {"campaign": {"name": "D", "voucher": OFF | {"redemption": {"quantity": 1}}}},
            "Property `.campaign.voucher.redemption` is of codes",
        ),
        (
            {"campaign": {"name": "D", "voucher": OFF, "vouchers_count": 5}},
            "Property `.campaign.vouchers_count` is of codes",
        ),
        (
            {"validation_rules": [{"name": "R", "rules": {}}, {"name": "R", "rules": {}}]},
            "Property `.validation_rules` has the same name twice",
        ),
    ],
)
async def test_what_cannot_be_simulated_is_refused_by_name(
    world: Simulating, changed: dict[str, Any], told: str
) -> None:
    answer = await world.asked(BODY | changed)
    assert refused(answer) == (400, "invalid_payload")
    assert told in answer.json()["details"]
    assert world.past.jobs == []


async def test_a_member_that_nobody_reads_is_told(world: Simulating) -> None:
    answer = await world.asked(BODY | {"budget": 3, "campaign": CAMPAIGN | {"odd": 1}})
    assert answer.status_code == 200
    assert answer.headers["x-ignored-members"] == "campaign.odd, budget"


async def test_an_unknown_rule_of_the_draft_is_not_found(world: Simulating) -> None:
    campaign = CAMPAIGN | {"promotion": {"tiers": [TIER | {"validation_rules": ["val_0"]}]}}
    assert refused(await world.asked(BODY | {"campaign": campaign})) == (404, "not_found")


async def test_a_name_that_is_taken_may_be_simulated(world: Simulating) -> None:
    assert (await world.call("POST", "/v1/campaigns", CAMPAIGN)).status_code == 200
    assert (await world.asked()).json()["campaign"] == "Draft"
