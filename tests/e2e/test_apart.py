"""What differs where a host `ledger` decides, for operators and on a busy machine."""

from collections.abc import Iterator

import pytest

from schemas.topics import COMMANDS
from tests.e2e.kafka_log import Log
from tests.e2e.shop import Shop
from tests.e2e.system import System
from tests.e2e.test_busy_machine import assert_answered_late
from tests.e2e.test_operation import assert_health_is_documented


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """Up, with a host `ledger`."""
    with System(tmp_path_factory.mktemp("apart"), TESSERA_LEDGER="apart").running() as started:
        yield started


def test_the_ledger_is_a_host_like_any_other(system: System) -> None:
    assert {"api", "ledger"} <= set(system.hosts)
    assert len({system.process(host).pid for host in system.hosts}) == len(system.hosts)
    status = system.command("status")
    assert status.returncode == 0, status.stdout
    assert [line.split()[0] for line in status.stdout.splitlines()[:-1]] == [
        "broker", "ledger", "distribution", "insight", "api"
    ]  # fmt: skip
    assert_health_is_documented(system)


async def test_what_is_decided_comes_by_the_topic(system: System) -> None:
    shop = Shop(system.url, system.keys)
    code = shop.discount().code
    shop.redeem(code)
    shop.close()
    log = Log(system.bootstrap)
    for stored in (await log.read(COMMANDS), await log.applied()):
        assert [each for each in stored if code in each.text] != []
    assert system.command("verify").returncode == 0


async def test_whoever_asks_while_the_ledger_does_not_run_is_answered_late(system: System) -> None:
    await assert_answered_late(system, "ledger")
