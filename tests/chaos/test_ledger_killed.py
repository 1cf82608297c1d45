"""A host `ledger` is killed, or frozen, while clients redeem: the run goes on, and nothing is lost.

Whatever was acknowledged is in the log, once; the limit holds; `tessera verify` finds the chain
whole and every state and table equal to a fresh fold.
"""

from collections.abc import Iterator

import pytest

from tests.chaos.killing import BACK_SECONDS_MAX, assert_costs_only_time
from tests.contract.answers import client
from tests.e2e.plain import Plain, refused
from tests.e2e.shop import Shop, asked, new_code
from tests.e2e.system import System, eventually

#: After how many answers a host is killed: among the successes, the ledger among the refusals, too.
KILLED_AFTER = {"ledger": (100, 500), "api": (100,)}


@pytest.fixture(scope="module", autouse=True)
def ledger_apart(system: System) -> Iterator[None]:
    """For all tests here commands are decided in a host of their own."""
    with system.apart():
        yield


@pytest.mark.parametrize("host", KILLED_AFTER)
async def test_a_killed_host_costs_nothing_but_time(
    system: System, shop: Shop, plain: Plain, host: str
) -> None:
    await assert_costs_only_time(system, shop, plain, host, KILLED_AFTER[host])


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
