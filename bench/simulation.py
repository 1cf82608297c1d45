"""`python -m bench.simulation`: how fast the past is folded, and asked again, in processor time.

A history of one project is made by the core and lies in a log in memory; of redemptions one of three
is of two vouchers, and all are of a known customer. The state lies in RocksDB, in a temporary folder, as
in the child process that folds. Of a few turns the best counts.
"""

import asyncio
import gc
import time
from collections.abc import Awaitable, Callable
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Final

import typer

from engine.decide import decide
from engine.fold import StateFold
from engine.kernel.overlay import ProjectState
from engine.simulations.draft import make_draft
from runtime.keys.codec import Codec
from runtime.keys.keyring import Keyring
from runtime.log.chain import ChainState, chain_entry
from runtime.log.log import Entry
from runtime.log.memory_log import MemoryLog
from runtime.replica.past import PastJob, fold_past
from runtime.store.store import MemoryStore
from schemas.api import CustomerInput, OrderInput, OrderItemInput, Redeemable
from schemas.base import tag_of
from schemas.campaigns import Campaign, CreateCampaign
from schemas.commands import Command, CommandBody
from schemas.discounts import Discount
from schemas.errors import Refusal
from schemas.projects import OpenProject
from schemas.promotions import NewTier, PromotionTier
from schemas.records import Decided
from schemas.redemptions import RedeemStack
from schemas.rules import CreateValidationRule, ValidationRule
from schemas.simulations import Draft, SimulationAsked
from schemas.topics import LEDGER
from schemas.vouchers import CreateVoucher, Voucher
from services.analytics.simulations.simulate import SimulationJob, simulate
from tessera.hosts.past import GC_YOUNG_MAX

PROJECT: Final = "proj_bench"
BEGIN: Final = 1_700_000_000_000
STEP_MS: Final = 1000
VOUCHERS: Final = 200
CUSTOMERS: Final = 500
TURNS: Final = 3
#: How many requests of the past are to be asked again, a second of one processor.
SIMULATED_MIN: Final = 5000


class History:
    """A project's ledger, as it would lie in the topic."""

    def __init__(self) -> None:
        self.log = MemoryLog(lambda: 0)
        self.codec = Codec(Keyring(self.log, MemoryStore(), b"w" * 32), self)
        self.now = BEGIN
        self._store = MemoryStore()
        self._fold = StateFold(self._store)
        self._head = ChainState().head
        self._count = 0

    async def send(self, topic: str, partition: int, entry: Entry) -> int:
        """Takes the keys that the codec makes."""
        return self.log.append(topic, partition, [entry])

    def state(self) -> ProjectState:
        """The state as it is now."""
        return self._fold.settled_view(PROJECT)

    async def do(self, body: CommandBody) -> None:
        """Has a command decided, and records it."""
        self._count += 1
        self.now += STEP_MS
        command = Command(
            id=f"cmd_{self._count}",
            project=PROJECT,
            sent_at=self.now,
            deadline=self.now,
            seed=f"{self._count:032x}",
            key_kind="server",
            fingerprint="",
            body=body,
        )
        self._fold.begin()
        decision = decide(self._fold.view(PROJECT), command, self.now)
        record = Decided(
            command_offset=self._count,
            at=self.now,
            command_id=command.id,
            command_type=tag_of(type(body)),
            project=PROJECT,
            fingerprint="",
            events=decision.events,
            refusal=decision.refusal,
            customer=decision.customer,
        )
        self._fold.apply(record, self._count - 1)
        self._store.write(self._fold.commit())
        value = self.codec.encode_record(record)
        await self.codec.publish_pending()
        entry, self._head = chain_entry(Entry(PROJECT.encode(), value), self._head)
        self.log.append(LEDGER, 0, [entry])


async def make_history(requests: int) -> History:
    """So many redemptions, of vouchers that were made before."""
    history = History()
    await history.do(OpenProject())
    for number in range(VOUCHERS):
        discount = Discount("PERCENT", percent_off=Decimal(10))
        await history.do(
            CreateVoucher(Voucher("", f"V{number}", "DISCOUNT_VOUCHER", 0, discount=discount))
        )
    for number in range(requests):
        codes = {f"V{number % VOUCHERS}", f"V{(number * 7) % VOUCHERS}" if number % 3 == 0 else ""}
        items = (
            OrderItemInput(product_id="tea", quantity=1 + number % 3, price=1000),
            OrderItemInput(product_id="mug", quantity=1, price=500 + number % 900),
        )
        await history.do(
            RedeemStack(
                tuple(Redeemable("voucher", code) for code in sorted(codes) if code),
                OrderInput(items=items),
                CustomerInput(source_id=f"shopper-{number % CUSTOMERS}"),
            )
        )
    return history


def make_bound_draft(state: ProjectState) -> Draft:
    """A promotion of one tier, for large orders, four times a customer."""
    definition = (
        '{"1":{"name":"order.amount","conditions":{"$more_than":[3000]}},'
        '"2":{"name":"redemption.count.per_customer","conditions":{"$less_than_or_equal":[4]}},'
        '"logic":"1 and 2"}'
    )
    rule = CreateValidationRule(ValidationRule("", "own", 0, definition))
    discount = Discount("PERCENT", percent_off=Decimal(5))
    tier = PromotionTier("", "", "Tier", 0, discount=discount)
    campaign = Campaign("", "Draft", "PROMOTION", "STATIC", 0)
    command = CreateCampaign(campaign, tiers=(NewTier(tier, ("own",)),))
    made = make_draft(state, command, (rule,), BEGIN)
    if isinstance(made, Refusal):
        raise TypeError(made.message)
    return made


async def best_rate(count: int, run: Callable[[Path], Awaitable[None]]) -> float:
    """How many a second of processor time, in the best turn."""
    rates = []
    for _ in range(TURNS):
        with TemporaryDirectory(prefix="tessera-bench-") as folder:
            began = time.process_time()
            await run(Path(folder))
            rates.append(count / (time.process_time() - began))
    return max(rates)


async def measure(requests: int) -> tuple[float, float, int]:
    """Records folded and requests asked again, a second; and how many of these matched."""
    history = await make_history(requests)
    end = history.log.end_now(LEDGER, 0)
    draft = make_bound_draft(history.state().trial())
    asked = SimulationAsked(draft, BEGIN, history.now + 1)
    matched = 0
    # a child does so, too
    gc.collect()
    gc.freeze()
    gc.set_threshold(GC_YOUNG_MAX)

    async def fold(folder: Path) -> None:
        job = PastJob(PROJECT, 0, end, str(folder))
        await fold_past(history.log, history.codec, StateFold, job, lambda _: None)

    async def ask(folder: Path) -> None:
        nonlocal matched
        job = SimulationJob(PROJECT, 0, asked, str(folder / "state"))
        result = await simulate(history.log, history.codec, job, lambda _: None)
        matched = result.totals.redemptions_matched
        assert result.totals.redemptions == requests

    return await best_rate(end, fold), await best_rate(requests, ask), matched


def main(
    requests: Annotated[int, typer.Option(help="how many redemptions there were")] = 20_000,
) -> None:
    """Measure how fast the past is folded, and asked again with a draft."""
    folded, simulated, matched = asyncio.run(measure(requests))
    typer.echo(f"records folded            {folded:10,.0f} /s")
    typer.echo(
        f"requests simulated        {simulated:10,.0f} /s, at least {SIMULATED_MIN:,} expected"
    )
    typer.echo(f"of {requests:,} matched     {matched:10,}")


if __name__ == "__main__":
    typer.run(main)
