"""States that are folded anew beside those in use, and taken at the next start of their host."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from engine.fold import StateFold, state_fingerprint
from runtime.log.chain import Damage
from runtime.log.log import LogError
from runtime.replica.replica import Replica
from runtime.store.folders import RebuiltFolder, StateFolder, drop_rebuilt
from runtime.store.store import RocksStore
from services.distribution.worker.state import KEPT
from tessera import rebuild_state as rebuilding
from tessera.rebuild_state import HostState, host_states, rebuild_state, rebuild_until_whole
from tests.integration.insight_world import LEDGER_PLACE
from tests.integration.test_verify import RECORDS, Ledger
from tests.unit.services.audit.examples import created, customer_created, decided

STATE = HostState("api", 0, None)


@pytest.fixture
async def ledger(tmp_path: Path) -> Ledger:
    made = Ledger(tmp_path)
    await made.fill([decided(created(f"C{n}"), command=n) for n in range(RECORDS - 1)])
    await made.fill([decided(customer_created(1), command=RECORDS)])
    await made.fold()
    return made


async def rebuild(ledger: Ledger, state: HostState = STATE) -> int:
    return await rebuild_state(ledger.log, ledger.codec, ledger.home, state, ledger.lines.append)


def rebuilt_of(ledger: Ledger) -> Path:
    path = STATE.folder(ledger.home).path
    return path.parent / RebuiltFolder.NAME / path.name


async def faults(ledger: Ledger) -> Sequence[str]:
    ledger.report.faults.clear()
    await ledger.verify()
    return list(ledger.report.faults)


def damage(ledger: Ledger) -> None:
    """Changes an entry of the state, and takes one."""
    store = RocksStore(STATE.folder(ledger.home).path)
    entries = [key for key, _ in store.scan(b"") if not key.startswith(b"~")]
    store.write({entries[0]: b"{}", entries[1]: None})
    store.close()


async def test_a_state_that_was_changed_equals_the_ledger_again(ledger: Ledger) -> None:
    damage(ledger)
    assert len(await faults(ledger)) == 1
    assert await rebuild(ledger) == RECORDS
    # nobody took it yet
    assert len(await faults(ledger)) == 1
    await ledger.fill([decided(created("late"), command=99)])
    await ledger.fold()
    assert await faults(ledger) == []
    assert not rebuilt_of(ledger).exists()
    assert any(f"up to {RECORDS}" in line for line in ledger.lines)


async def test_a_state_that_is_gone_is_there_again(ledger: Ledger) -> None:
    RocksStore.destroy(STATE.folder(ledger.home).path)
    await rebuild(ledger)
    STATE.folder(ledger.home).open().close()
    assert await faults(ledger) == []
    assert any("state api/0" in line for line in ledger.lines)


async def test_who_uses_the_state_is_not_disturbed_and_what_comes_meanwhile_is_folded(
    ledger: Ledger,
) -> None:
    replica = Replica(ledger.log, 0, STATE.folder(ledger.home), StateFold, ledger.codec)
    await rebuild(ledger)
    await ledger.fill([decided(created("late"), command=99)])
    await replica.catch_up()
    await replica.close()
    await rebuild(ledger)
    await ledger.fold()
    assert await faults(ledger) == []


async def test_what_is_kept_of_a_part_is_that_part(ledger: Ledger) -> None:
    state = HostState("distribution", 0, KEPT)
    await rebuild(ledger, state)
    state.folder(ledger.home).open().close()
    assert await faults(ledger) == []
    assert any("state distribution/0" in line for line in ledger.lines)


async def test_one_that_was_dropped_or_cut_off_leaves_the_state_as_it_was(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    drop = drop_rebuilt(ledger.home, "api")
    await rebuild(ledger)
    drop()
    assert not rebuilt_of(ledger).exists()
    drop()
    compact = RocksStore.compact

    def forgotten_meanwhile(store: RocksStore) -> None:
        compact(store)
        drop()

    with monkeypatch.context() as patched:
        patched.setattr(RocksStore, "compact", forgotten_meanwhile)
        with pytest.raises((FileNotFoundError, LogError)):
            await rebuild(ledger)
    assert await faults(ledger) == []
    # a rest of one that was killed is no hindrance
    rebuilt_of(ledger).with_name(f"{rebuilt_of(ledger).name}.new").mkdir(parents=True)
    await rebuild(ledger)
    await ledger.fold()
    assert await faults(ledger) == []


async def test_one_that_was_dropped_since_somebody_was_forgotten_begins_again(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    drop, compact, drops = drop_rebuilt(ledger.home, "api"), RocksStore.compact, [1, 2]

    def forgotten_meanwhile(store: RocksStore) -> None:
        compact(store)
        if drops:
            drops.pop()
            drop()

    monkeypatch.setattr(rebuilding, "RETRY_SECONDS", 0)
    monkeypatch.setattr(RocksStore, "compact", forgotten_meanwhile)
    told: list[str] = []
    await rebuild_until_whole(ledger.log, ledger.codec, ledger.home, STATE, told.append)
    assert sum("begins again" in line for line in told) == 2
    assert rebuilt_of(ledger).exists()


async def test_a_ledger_that_cannot_be_read_to_its_end_changes_nothing(ledger: Ledger) -> None:
    damage(ledger)
    entries = ledger.log._partition(*LEDGER_PLACE).entries
    end = len(entries)
    entries[3] = entries[3]._replace(value=b"{}", headers=())
    with pytest.raises(Damage):
        await rebuild(ledger)
    assert (len(entries), rebuilt_of(ledger).exists()) == (end, False)


def test_the_states_of_a_home_are_those_of_its_hosts(tmp_path: Path) -> None:
    for name in ("api/keys", "distribution", "insight/keys", "webhooks", "ledger-1"):
        (tmp_path / "state" / name).mkdir(parents=True)
    StateFolder(tmp_path, "ledger-1", 1, state_fingerprint()).open().close()
    assert [(each.host, each.partition) for each in host_states(tmp_path, 2)] == [
        ("api", 0), ("api", 1), ("distribution", 0), ("distribution", 1), ("ledger-1", 1),
    ]  # fmt: skip


def test_what_other_code_rebuilt_goes_with_its_state(tmp_path: Path) -> None:
    own = StateFolder(tmp_path, "api", 0, "new")
    own.open().close()
    kept = tmp_path / "state/api/rebuilt/0-new"
    left = [
        tmp_path / "state/api" / name for name in ("0-old", "rebuilt/0-old", "rebuilt/0-old.new")
    ]
    others = [tmp_path / "state/api" / name for name in ("1-old", "rebuilt/1-old")]
    for path in (kept, *left, *others):
        path.mkdir(parents=True)
    own.remove_others()
    assert [path.exists() for path in (kept, *left, *others)] == [True, *[False] * 3, True, True]
