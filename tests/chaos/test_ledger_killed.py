"""Hosts are killed while many clients redeem one code: the run goes on, and nothing is lost.

Whatever was acknowledged is in the log, once; the limit holds; `tessera verify` finds the chain
whole and every state and table equal to a fresh fold.
"""

import asyncio
from collections.abc import Awaitable, Callable

import psutil
import pytest

from tests.contract.answers import client
from tests.e2e.load import OFF, Tally, assert_all_agree, redeem_many
from tests.e2e.plain import Plain, refused
from tests.e2e.shop import Shop, asked, new_code
from tests.e2e.system import System, eventually
from tests.e2e.test_analytics import now

QUANTITY, REQUESTS = 500, 2000
#: After how many answers a host is killed: among the successes, the ledger among the refusals, too.
KILLED_AFTER = {"ledger": (200, 1000), "api": (200,), "insight": (200,), "broker": (200,)}
BACK_SECONDS_MAX = 60.0


@pytest.mark.parametrize("host", KILLED_AFTER)
async def test_a_killed_host_costs_nothing_but_time(
    system: System, shop: Shop, plain: Plain, host: str
) -> None:
    code = shop.discount(OFF, redemption={"quantity": QUANTITY}).code
    began = now()
    killed: list[int] = []
    tally = await redeem_many(system, code, REQUESTS, _killing(system, host, killed))
    assert len(killed) == len(KILLED_AFTER[host])
    assert tally.answered == REQUESTS
    assert len(tally.succeeded) == QUANTITY
    assert tally.keys == {"quantity_exceeded": REQUESTS - QUANTITY}
    eventually(system.is_healthy, BACK_SECONDS_MAX)
    assert system.process(host).pid not in killed
    await assert_all_agree(system, plain, code, tally, began)
    assert_verified(system)


def test_a_ledger_that_does_not_answer_is_told_as_what_it_is(
    system: System, shop: Shop, plain: Plain
) -> None:
    code, key = shop.discount().code, {"Idempotency-Key": new_code()}
    ledger = system.process("ledger")
    ledger.suspend()
    try:
        headers = system.server_key | key
        with client(base_url=system.url, headers=headers, timeout=30.0) as http:
            answer = http.post("/v1/redemptions", json=asked((code,), {}))
        assert refused(answer) == (504, "outcome_unknown")
        assert answer.json()["resource_id"] in answer.json()["details"]
        assert eventually(lambda: not system.is_healthy())
    finally:
        ledger.resume()
    eventually(system.is_healthy, BACK_SECONDS_MAX)
    redeemed = plain.ask("POST", "/v1/redemptions", json=asked((code,), {}), headers=key)
    assert redeemed.status_code == 200, redeemed.text
    assert shop.state(code) == (1, None)
    assert len(plain.redemptions(code)) == 1


def _killing(system: System, host: str, killed: list[int]) -> Callable[[Tally], Awaitable[None]]:
    async def kill(tally: Tally) -> None:
        for answers in KILLED_AFTER[host]:
            await tally.reached(answers)
            process = await _running(system, host, killed)
            process.kill()
            killed.append(process.pid)

    return kill


async def _running(system: System, host: str, killed: list[int]) -> psutil.Process:
    async with asyncio.timeout(BACK_SECONDS_MAX):
        while True:
            for process in system.processes(host):
                if process.pid not in killed:
                    return process
            await asyncio.sleep(0.1)


def assert_verified(system: System) -> None:
    """`tessera verify` finds nothing."""
    verified = system.command("verify")
    assert verified.returncode == 0, verified.stdout + verified.stderr
