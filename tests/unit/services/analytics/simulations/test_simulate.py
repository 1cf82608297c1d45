"""A simulation of a draft equals what happens where it is live, to the unit."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import msgspec

from engine.kernel.calendar import iso
from runtime.log.log import Entry
from schemas.simulations import SimulationAsked, SimulationResult
from schemas.topics import VALIDATIONS
from services.analytics.simulations.simulate import Progress, SimulationJob, simulate
from services.catalog.campaigns.simulations import SimulationBody, read_simulation
from tests.unit.services.analytics.simulations.month import Numbers, Shop, compare, make_month
from tests.unit.services.ledger import START_MS
from tests.unit.services.validation.past_world import RecordedLog
from tests.unit.services.world import MANAGEMENT, World

DAY_MS = 86_400_000
PROJECT = "proj"
MONTH = make_month(7, 300)
RULE = {
    "name": "own",
    "rules": {
        "1": {"name": "order.amount", "conditions": {"$more_than": [2000]}, "rules": {}},
        "2": {
            "name": "redemption.count.per_customer",
            "conditions": {"$less_than_or_equal": [4]},
            "rules": {},
        },
        "logic": "1 and 2",
    },
}
BUDGET = {
    "name": "budget",
    "rules": {
        "1": {
            "name": "campaign.orders.amount_discounted",
            "conditions": {"$less_than_or_equal": [60_000]},
            "rules": {},
        }
    },
}
ITEMS = {
    "name": "items",
    "applicable_to": {"included": [{"object": "product", "source_id": "tea"}]},
}


def tier(name: str, discount: dict[str, Any], *rules: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "action": {"discount": discount}, "validation_rules": list(rules)} | more


TEN = {"type": "PERCENT", "percent_off": 10}
FEW = {"type": "AMOUNT", "amount_off": 150}
DRAFTS: dict[str, tuple[dict[str, Any], list[dict[str, Any]]]] = {
    "one": ({"tiers": [tier("T", TEN)]}, []),
    "bound": ({"tiers": [tier("T", TEN, "own", "budget")]}, [RULE, BUDGET]),
    "two": ({"tiers": [tier("T", TEN, "own"), tier("U", FEW)]}, [RULE]),
    "items": (
        {
            "tiers": [
                tier(
                    "T", {"type": "PERCENT", "percent_off": 30, "effect": "APPLY_TO_ITEMS"}, "items"
                )
            ]
        },
        [ITEMS],
    ),
}


async def live(
    world: World, promotion: dict[str, Any], rules: list[dict[str, Any]]
) -> tuple[str, ...]:
    """The campaign, made in a world; its tiers."""
    ids = {}
    for rule in rules:
        made = await world.call("POST", "/v1/validation-rules", rule)
        ids[rule["name"]] = made.json()["id"]
    tiers = [
        each | {"validation_rules": [ids[name] for name in each["validation_rules"]]}
        for each in promotion["tiers"]
    ]
    body = {"name": "Live", "campaign_type": "PROMOTION", "promotion": {"tiers": tiers}}
    made = await world.call("POST", "/v1/campaigns", body)
    assert made.status_code == 200, made.text
    return tuple(each["id"] for each in made.json()["promotion"]["tiers"])


def read(world: World, **body: Any) -> SimulationAsked:
    """What a body asks for, in a world as it is now."""
    return read_simulation(world.ledger.view(PROJECT), SimulationBody.model_validate(body), "r")


async def simulated(
    world: World, asked: SimulationAsked, folder: Path, told: list[Progress] | None = None
) -> SimulationResult:
    """What a simulation of what a world recorded comes to."""
    recorded = RecordedLog()
    await recorded.take(world)
    await world.observations.drain()
    for seen in world.topic.entries:
        recorded.log.append(VALIDATIONS, 0, [Entry(PROJECT.encode(), msgspec.json.encode(seen))])
    job = SimulationJob(PROJECT, 0, asked, str(folder / "state"))
    tell = (told if told is not None else []).append
    return await simulate(recorded.log, recorded.codec, job, tell)


def shown(result: SimulationResult) -> Numbers:
    totals = result.totals
    return Numbers(
        totals.redemptions,
        totals.redemptions_matched,
        totals.redemptions_rescued,
        totals.redemptions_rolled_back,
        totals.validations,
        totals.validations_matched,
        totals.discount_amount,
        totals.order_amount,
        totals.order_total_amount,
        totals.offers_displaced,
        totals.offers_reduced,
        totals.displaced_amount,
        set(),
        {
            each.begins_at: each.figures.discount_amount
            for each in result.days
            if each.figures.discount_amount
        },
    )


async def stack(world: World, stacking: dict[str, Any], *, exclusive: bool) -> str | None:
    """Gives a world stacking rules, under which a category, which is given, may be exclusive."""
    only = None
    if exclusive:
        made = await world.call("POST", "/v1/categories", {"name": "Only", "hierarchy": 1})
        only = str(made.json()["id"])
        stacking = stacking | {"exclusive_categories": [only]}
    path = "/management/v1/projects/proj/stacking-rules"
    answer = await world.call("POST", path, stacking, MANAGEMENT)
    assert answer.status_code == 200, answer.text
    return only


@asynccontextmanager
async def without(
    stacking: dict[str, Any] | None = None, *, exclusive: bool = False
) -> AsyncIterator["Before"]:
    """A shop that goes through a month without the draft, under these stacking rules."""
    async with World() as world:
        made = Before(Shop(world), stacking, exclusive)
        await made.shop.begin()
        await made.begin(world)
        begin = world.ledger.now = START_MS + 1000
        await made.shop.go_through(MONTH)
        made.period = {"from": iso(begin), "to": iso(world.ledger.now + 1)}
        yield made


@dataclass
class Before:
    """The month as it was, with which drafts are compared that are live."""

    shop: Shop
    stacking: dict[str, Any] | None
    exclusive: bool
    period: dict[str, str] = field(default_factory=dict)

    async def begin(self, world: World) -> str | None:
        """The stacking rules of a world; the category that is exclusive under them, if one is."""
        if self.stacking is None:
            return None
        return await stack(world, self.stacking, exclusive=self.exclusive)

    async def both(self, folder: Path, name: str, placing: str) -> tuple[Numbers, SimulationResult]:
        """What really happens with a draft, and what a simulation of it says."""
        promotion, rules = DRAFTS[name]
        async with World() as live_world:
            after = Shop(live_world)
            await after.begin()
            only = await self.begin(live_world)
            if only is not None:
                tiers = [each | {"category_id": only} for each in promotion["tiers"]]
                promotion = {"tiers": tiers}
            live_world.ledger.now = START_MS + 1000
            after.tiers = await live(live_world, promotion, rules)
            after.placing, after.repeats = placing, self.shop
            await after.go_through(MONTH)
            asked = read(
                self.shop.world,
                campaign={"name": "Draft", "campaign_type": "PROMOTION", "promotion": promotion},
                validation_rules=rules,
                placing=placing,
                **self.period,
            )
            result = await simulated(self.shop.world, asked, folder / f"{name} {placing}")
            return compare(self.shop, after), result


def held_to(really: Numbers, result: SimulationResult) -> None:
    """The simulation says what really happened."""
    assert result.unique_customers == len(really.customers)
    days = {day: discount for day, discount in really.by_day.items() if discount}
    assert shown(result) == replace(really, customers=set(), by_day=days)


async def test_a_simulation_equals_the_same_month_with_the_campaign_live(tmp_path: Path) -> None:
    async with without() as before:
        for name, placing in (*((name, "last") for name in DRAFTS), ("bound", "first")):
            really, result = await before.both(tmp_path, name, placing)
            held_to(really, result)
            assert really.matched > 20, (name, placing)
            assert really.rolled_back > 0, (name, placing)
            assert really.validations_matched > 5, (name, placing)
        really, result = await before.both(tmp_path, "one", "first")
        assert_displaced_is_told_offer_by_offer(really, result)


def assert_displaced_is_told_offer_by_offer(really: Numbers, result: SimulationResult) -> None:
    assert really.reduced == result.totals.offers_reduced > 0
    assert sum(each.amount for each in result.offers) == really.displaced_amount
    assert result.offers_count == len(result.offers) > 1
    amounts = [each.amount for each in result.offers]
    assert amounts == sorted(amounts, reverse=True)


async def test_what_only_a_part_of_applies_to_may_be_rescued(tmp_path: Path) -> None:
    async with without({"redeemables_application_mode": "PARTIAL"}) as before:
        really, result = await before.both(tmp_path, "two", "last")
    held_to(really, result)
    assert really.rescued > 0


async def test_an_exclusive_draft_leaves_others_out(tmp_path: Path) -> None:
    async with without({}, exclusive=True) as before:
        really, result = await before.both(tmp_path, "bound", "last")
    held_to(really, result)
    assert really.displaced > 10
