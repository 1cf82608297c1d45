"""The protocol of the ledger under every mishap that a seed can think of."""

import os
import time
from collections.abc import Iterator

import pytest

from tests.simulation.invariants import check
from tests.simulation.world import World

STEPS = 350
SEEDS = int(os.environ.get("SIMULATION_SEEDS", "1000"))
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


def test_removing_the_deadline_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.admission.is_in_time", lambda command, appended_at: True)
    assert is_noticed("decides a late command")
