"""Hosts are killed while many clients redeem one code: the run goes on, and nothing is lost.

Commands are decided in the host `api`, which loses them with all that it knows. Whatever was
acknowledged is in the log, once; the limit holds; `tessera verify` finds the chain whole and every
state and table equal to a fresh fold.
"""

import asyncio

import pytest

from schemas.topics import COMMANDS
from tests.chaos.killing import (
    QUANTITY,
    REQUESTS,
    assert_costs_only_time,
    assert_limit_held,
    assert_verified,
)
from tests.e2e.kafka_log import Log
from tests.e2e.load import OFF, Asking, Tally, assert_all_agree, redeem_many
from tests.e2e.plain import Plain
from tests.e2e.shop import Shop
from tests.e2e.system import START_SECONDS_MAX, System
from tests.e2e.test_analytics import now

#: After how many answers a host is killed: among the successes, who decides among the refusals, too.
KILLED_AFTER = {"api": (60, 280), "insight": (60,), "broker": (60,)}


@pytest.mark.parametrize("host", KILLED_AFTER)
async def test_a_killed_host_costs_nothing_but_time(
    system: System, shop: Shop, plain: Plain, host: str
) -> None:
    await assert_costs_only_time(system, shop, plain, host, KILLED_AFTER[host])


async def test_a_stop_in_order_amid_requests_costs_nothing_but_time(
    system: System, shop: Shop, plain: Plain
) -> None:
    code = shop.discount(OFF, redemption={"quantity": QUANTITY}).code
    began, killed = now(), system.logs()["supervisor"].count("killing")

    async def start_anew(tally: Tally) -> None:
        await tally.reached(60)
        await asyncio.to_thread(system.down)
        await asyncio.to_thread(system.up)

    patient = Asking(patience_seconds=2 * START_SECONDS_MAX)
    tally = await redeem_many(system, code, REQUESTS, start_anew, asking=patient)
    assert_limit_held(tally)
    # nothing took so long to end that it was killed
    assert system.logs()["supervisor"].count("killing") == killed
    await assert_all_agree(system, plain, code, tally, began)


async def test_what_the_front_decides_itself_takes_no_way_through_the_topic(
    system: System, shop: Shop
) -> None:
    code = shop.discount().code
    shop.redeem(code)
    log = Log(system.bootstrap)
    assert [each for each in await log.read(COMMANDS) if code in each.text] == []
    assert [each for each in await log.applied() if code in each.text] != []


def test_after_all_of_it_every_state_and_table_is_what_the_log_says(system: System) -> None:
    assert_verified(system)
