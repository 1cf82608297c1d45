"""Two hosts `api` on the same brokers: each serves every project, and decides for some partitions.

What belongs to a partition of the other goes through the topic. When one is gone, or does not run
for a while, the other decides for all.
"""

import asyncio
import zlib
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from schemas.topics import COMMANDS
from tests.chaos.conftest import DEADLINE_MS
from tests.chaos.killing import BACK_SECONDS_MAX, assert_limit_held, assert_verified
from tests.chaos.second_front import SecondFront, written_by
from tests.e2e.kafka_log import Log
from tests.e2e.load import OFF, Asking, Tally, assert_all_agree, redeem_many
from tests.e2e.manager import Manager
from tests.e2e.plain import Plain
from tests.e2e.shop import new_code
from tests.e2e.system import System, eventually
from tests.e2e.test_analytics import now

PARTITIONS = frozenset(range(4))
#: Of each project.
QUANTITY, REQUESTS, CLIENTS = 60, 180, 8
PATIENCE_SECONDS = 240.0
#: How long the partitions of a front that is gone may take to move.
MOVED_SECONDS_MAX = 120.0

Meanwhile = Callable[[Tally], Awaitable[None]]


class Project(NamedTuple):
    """A project of one partition, and its server-side key."""

    partition: int
    key: dict[str, str]


@pytest.fixture(scope="module")
def projects(system: System) -> list[Project]:
    """One in each partition."""
    manager = Manager(system.url, system.keys)
    found: dict[int, Project] = {}
    while found.keys() != PARTITIONS:
        made = manager.new_project(name=new_code())
        keys = made.server_side_key
        key = {"X-App-Id": keys.app_id, "X-App-Token": keys.app_token}
        partition = zlib.crc32(made.id.encode()) % len(PARTITIONS)
        found.setdefault(partition, Project(partition, key))
    manager.close()
    return [found[partition] for partition in sorted(found)]


@pytest.fixture
def second(system: System, tmp_path: Path) -> Iterator[SecondFront]:
    """Up, and the partitions are shared; the system has them all again afterwards."""
    made = SecondFront(
        system, tmp_path / "second", {"TESSERA_COMMAND_DEADLINE_MS": str(DEADLINE_MS)}
    )
    with made.running():
        eventually(lambda: _are_shared(system, made), MOVED_SECONDS_MAX)
        yield made
    eventually(lambda: written_by(system.url) == PARTITIONS, MOVED_SECONDS_MAX)
    eventually(system.is_healthy, BACK_SECONDS_MAX)


def _are_shared(system: System, second: SecondFront) -> bool:
    own, others = written_by(system.url), written_by(second.url)
    return bool(own and others) and not own & others and own | others == PARTITIONS


async def test_each_of_two_fronts_serves_every_project_and_a_limit_holds(
    system: System, second: SecondFront, projects: list[Project]
) -> None:
    codes = await _redeemed(system, second, projects)
    stored = await Log(system.bootstrap).read(COMMANDS)
    for code in codes:
        ways = [each for each in stored if code in each.text]
        # half of them were asked where the partition is written
        assert 0 < len(ways) < REQUESTS, code


async def test_a_front_decides_for_one_that_was_killed(
    system: System, second: SecondFront, projects: list[Project]
) -> None:
    async def kill(tally: Tally) -> None:
        await tally.reached(QUANTITY // 2)
        await asyncio.to_thread(second.kill)

    await _redeemed(system, second, projects, kill)
    eventually(lambda: written_by(system.url) == PARTITIONS, MOVED_SECONDS_MAX)


async def test_a_front_decides_for_one_that_does_not_run_and_shares_again_when_it_does(
    system: System, second: SecondFront, projects: list[Project]
) -> None:
    async def freeze(tally: Tally) -> None:
        await tally.reached(QUANTITY // 2)
        frozen = system.process("api")
        frozen.suspend()
        try:
            await asyncio.to_thread(
                eventually, lambda: written_by(second.url) == PARTITIONS, MOVED_SECONDS_MAX
            )
        finally:
            frozen.resume()

    await _redeemed(system, second, projects, freeze)
    eventually(lambda: _are_shared(system, second), MOVED_SECONDS_MAX)
    eventually(system.is_healthy, BACK_SECONDS_MAX)
    assert_verified(system)


async def _redeemed(
    system: System,
    second: SecondFront,
    projects: list[Project],
    meanwhile: Meanwhile | None = None,
) -> list[str]:
    """A limited code of every project is asked for at both fronts; the codes."""
    began = now()
    plains = [Plain(system.url, project.key) for project in projects]
    codes = [_limited(each) for each in plains]
    tallies = await asyncio.gather(
        *(
            redeem_many(
                system,
                code,
                REQUESTS,
                meanwhile if project is projects[0] else None,
                asking=Asking(CLIENTS, (system.url, second.url), project.key, PATIENCE_SECONDS),
            )
            for project, code in zip(projects, codes, strict=True)
        )
    )
    eventually(system.is_healthy, BACK_SECONDS_MAX)
    for plain, code, tally in zip(plains, codes, tallies, strict=True):
        assert_limit_held(tally, QUANTITY, REQUESTS)
        await assert_all_agree(system, plain, code, tally, began)
        plain.close()
    return codes


def _limited(plain: Plain) -> str:
    code = new_code()
    body: dict[str, Any] = {
        "type": "DISCOUNT_VOUCHER",
        "discount": {"type": "AMOUNT", "amount_off": OFF},
        "redemption": {"quantity": QUANTITY},
    }
    made = plain.ask("POST", f"/v1/vouchers/{code}", json=body)
    assert made.status_code == 200, made.text
    return code
