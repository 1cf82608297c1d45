"""Kills hosts while many clients redeem one code, and tells whether anything was lost by it."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

import psutil

from tests.e2e.load import OFF, Tally, assert_all_agree, redeem_many
from tests.e2e.plain import Plain
from tests.e2e.shop import Shop
from tests.e2e.system import System, eventually
from tests.e2e.test_analytics import now

QUANTITY, REQUESTS = 150, 500
BACK_SECONDS_MAX = 60.0


async def assert_costs_only_time(
    system: System, shop: Shop, plain: Plain, host: str, killed_after: Sequence[int]
) -> None:
    """The host is killed after so many answers: all is answered, and nothing is lost or done twice."""
    code = shop.discount(OFF, redemption={"quantity": QUANTITY}).code
    began = now()
    killed: list[int] = []
    tally = await redeem_many(system, code, REQUESTS, _killing(system, host, killed_after, killed))
    assert len(killed) == len(killed_after)
    assert_limit_held(tally)
    eventually(system.is_healthy, BACK_SECONDS_MAX)
    assert system.process(host).pid not in killed
    await assert_all_agree(system, plain, code, tally, began)


def assert_limit_held(tally: Tally, quantity: int = QUANTITY, requests: int = REQUESTS) -> None:
    """Every request was answered, and as many as could succeed did."""
    assert tally.answered == requests
    assert len(tally.succeeded) == quantity
    assert tally.keys == {"quantity_exceeded": requests - quantity}


def assert_verified(system: System) -> None:
    """`tessera verify` finds nothing."""
    verified = system.command("verify")
    assert verified.returncode == 0, verified.stdout + verified.stderr


def _killing(
    system: System, host: str, killed_after: Sequence[int], killed: list[int]
) -> Callable[[Tally], Awaitable[None]]:
    async def kill(tally: Tally) -> None:
        for answers in killed_after:
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
