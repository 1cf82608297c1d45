"""What a process that may write partitions tells the group, and of itself."""

from collections.abc import AsyncIterator, Collection
from pathlib import Path

import pytest
from typer.testing import CliRunner

from runtime.base.settings import Settings
from tessera.cli import app
from tessera.hosts.parts import Parts
from tessera.hosts.writing import Writing, name_member

NONE_YET = "no partition is assigned yet"


@pytest.fixture
async def parts(tmp_path: Path) -> AsyncIterator[Parts]:
    made = Parts(Settings(home=tmp_path), "api")
    yield made
    await made.close()


async def test_a_front_to_which_no_partition_falls_is_well_once_it_was_told(parts: Parts) -> None:
    front = Writing(parts, {})
    assert [part.state for part in front.service.health().values()] == [NONE_YET]
    await front.take(frozenset())
    assert front.service.health() == {}
    await front.give_back(frozenset())
    assert [part.state for part in front.service.health().values()] == [NONE_YET]


async def test_a_front_is_not_well_before_what_falls_to_it_has_a_writer(
    parts: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    front = Writing(parts, {})
    seen: list[str] = []

    async def start(_: Collection[int]) -> None:
        seen.extend(part.state for part in front.service.health().values())

    monkeypatch.setattr(front.partitions, "assigned", start)
    await front.take(frozenset({0}))
    assert seen == [NONE_YET]


async def test_a_host_ledger_without_a_partition_is_not(parts: Parts) -> None:
    host = Writing(parts)
    await host.take(frozenset())
    assert [part.state for part in host.service.health().values()] == [NONE_YET]


async def test_old_state_is_looked_for_once_in_a_process(parts: Parts) -> None:
    assert "clean-up" in Writing(parts).service.tasks
    assert "clean-up" not in Writing(parts, {}).service.tasks


def test_fronts_of_different_homes_are_different_members_of_the_group(tmp_path: Path) -> None:
    one, other = (Settings(home=tmp_path / name) for name in ("one", "other"))
    assert name_member(one) == name_member(one) != name_member(other)
    slots = [Settings(home=tmp_path, ledger="apart", ledger_slot=slot) for slot in ("0", "1")]
    assert [name_member(each) for each in slots] == ["ledger-0", "ledger-1"]


def test_a_host_ledger_says_why_it_does_not_start_where_fronts_decide(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TESSERA_HOME", str(tmp_path))
    said = CliRunner().invoke(app, ["host", "ledger"])
    assert said.exit_code == 1
    assert "TESSERA_LEDGER=apart" in said.stderr
