"""The protocol of the ledger under every mishap that a seed can think of."""

import os
import time
from collections.abc import Iterator

import pytest

from engine.fold import StateFold
from runtime.log.log import Unsent
from runtime.replica.followed import Loan
from runtime.replica.inbox import Handed, Inbox
from services.redemption.ledger.batch import Batch, Flight
from services.redemption.ledger.writer import Writer
from tests.simulation.invariants import check
from tests.simulation.world import World

STEPS = 350
SEEDS = int(os.environ.get("SIMULATION_SEEDS", "400"))
#: A mutation that goes unnoticed for so many seeds is not covered.
MUTATION_SEEDS = 400


def run_seed(seed: int) -> World:
    """A storm of `STEPS` happenings, the calm after it, and what must hold then."""
    world = World(seed)
    try:
        for _ in range(STEPS):
            world.tick()
        writer = world.settle()
        check(world, writer.replica.store)
    except Exception as fault:
        fault.add_note(f"seed {seed}")
        raise
    finally:
        world.scheduler.end()
    return world


def failures(seeds: range) -> Iterator[str]:
    """How seeds fail, each after its number."""
    for seed in seeds:
        try:
            run_seed(seed)
        except Exception as fault:  # noqa: BLE001  a mutated writer may fail in any way
            yield f"seed {seed}: {fault!r}"


def is_noticed(as_what: str) -> bool:
    """Whether some seed fails with those words."""
    return any(as_what in each for each in failures(range(MUTATION_SEEDS)))


def test_every_seed_keeps_every_promise() -> None:
    started = time.perf_counter()
    voids = 0
    for seed in range(SEEDS):
        world = run_seed(seed)
        voids += sum(each.followed.replica.chain.state.voids for each in world.readers)
    seconds = time.perf_counter() - started
    print(f"{SEEDS} seeds in {seconds:.1f} s, {SEEDS / seconds * 60:.0f} a minute, {voids} voids")
    assert voids > SEEDS / 20, "the storm is too mild to void records"


def test_the_same_seed_replays_exactly() -> None:
    first, second = run_seed(7), run_seed(7)
    assert first.ledger() == second.ledger()
    assert first.scheduler.steps == second.scheduler.steps


def test_removing_the_chain_check_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("runtime.log.chain.follows", lambda prev, head: True)
    assert is_noticed("decides command")


def test_removing_the_offset_check_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "services.redemption.ledger.writer.require_expected", lambda base, expected: None
    )
    assert is_noticed("is not the fold of the log")


def test_removing_the_dedupe_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.admission.find_seen", lambda view, command_id, now: None)
    assert is_noticed("decided more than once")


def test_trusting_a_drawn_id_after_it_was_sent_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Handed, "is_new", property(lambda handed: handed.is_drawn))
    assert is_noticed("decided more than once")


def test_removing_the_deadline_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.admission.is_in_time", lambda command, appended_at: True)
    assert is_noticed("decides a late command")


def test_forgetting_what_was_in_a_batch_in_doubt_is_noticed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(Inbox, "put_back", lambda self, handed: None)
    assert is_noticed("were never told")


def test_forgetting_who_waits_when_a_writer_ends_is_noticed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(Inbox, "close", lambda self: None)
    assert is_noticed("were never told")


def test_calling_what_was_taken_not_sent_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Handed, "give_up", lambda self, reason: Unsent(reason))
    assert is_noticed("was not sent, and is decided")


def test_deciding_what_its_front_gave_up_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Inbox, "__bool__", lambda self: bool(self._waiting))
    assert is_noticed("not sent, and decided all the same")


def test_answering_before_it_is_acknowledged_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    settle = Writer._settle

    async def tell_first(self: Writer, flight: Flight) -> None:
        for place, handed in flight.batch.handed:
            handed.tell(flight.batch.records[place], flight.expected + place)
        await settle(self, flight)

    monkeypatch.setattr(Writer, "_settle", tell_first)
    assert is_noticed("told of what the front does not show")


def test_showing_what_is_not_acknowledged_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(StateFold, "settled_view", StateFold.view)
    assert is_noticed("a front showed what is not in the log")


def test_an_open_batch_without_records_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    decide_batch = Writer._decide_batch

    def decide_nothing(self: Writer) -> Batch:
        if not self.stopping and not self._waiting and not self._inbox:
            self._fold().begin()
        return decide_batch(self)

    monkeypatch.setattr(Writer, "_decide_batch", decide_nothing)
    assert is_noticed("is not the fold of the log")


def test_counting_what_was_handed_over_as_one_of_the_topic_is_noticed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    decide_handed = Writer._decide_handed

    def go_on(self: Writer, batch: Batch) -> None:
        decide_handed(self, batch)
        self._next_command += len(batch.handed)

    monkeypatch.setattr(Writer, "_decide_handed", go_on)
    assert is_noticed("decides what was not sent")


def test_never_asking_whether_the_log_ends_elsewhere_is_noticed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(Loan, "is_astray", False)
    assert is_noticed("a deposed front waits for ever")
