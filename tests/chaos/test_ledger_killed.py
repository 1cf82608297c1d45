"""Where commands are decided is changed between starts, and killed where it is a host `ledger`.

State, keys and memory are what they were, there and back. Whatever was acknowledged is in the log,
once; the limit holds; `tessera verify` finds the chain whole and every state and table equal to a
fresh fold.
"""

from collections.abc import Iterator
from contextlib import ExitStack

import httpx
import pytest

from tests.chaos.killing import BACK_SECONDS_MAX, assert_costs_only_time, assert_verified
from tests.contract.answers import client
from tests.e2e.plain import Plain, refused
from tests.e2e.shop import Shop, asked, new_code
from tests.e2e.system import System, eventually

#: After how many answers a host is killed: among the successes, the ledger among the refusals, too.
KILLED_AFTER = {"ledger": (60, 280), "api": (60,)}


class Bought:
    """A code for three redemptions: one before the ledger moves, one while it is away, one after."""

    def __init__(self, system: System) -> None:
        self._plain = Plain(system.url, system.server_key)
        shop = Shop(system.url, system.keys)
        self.code = shop.discount(redemption={"quantity": 3}).code
        shop.close()
        self._key = {"Idempotency-Key": new_code()}
        self._first = self.redeem(headers=self._key)
        assert self._first.status_code == 200, self._first.text

    def redeem(self, **more: dict[str, str]) -> httpx.Response:
        """One redemption more, or refused."""
        return self._plain.ask("POST", "/v1/redemptions", json=asked((self.code,), {}), **more)

    def is_known(self) -> bool:
        """Whether the first answer comes again to who asks the same again."""
        return self.redeem(headers=self._key).content == self._first.content

    def close(self) -> None:
        """Gives the connections back."""
        self._plain.close()


@pytest.fixture(scope="module")
def bought(system: System) -> Iterator[Bought]:
    """What the hosts `api` had decided before."""
    made = Bought(system)
    yield made
    made.close()


@pytest.fixture(scope="module", autouse=True)
def apart(system: System, bought: Bought) -> Iterator[ExitStack]:
    """For all tests here commands are decided in a host of their own, until this is closed."""
    with ExitStack() as stack:
        stack.enter_context(system.apart())
        yield stack


def test_a_host_of_its_own_goes_on_with_the_same_data(
    system: System, shop: Shop, bought: Bought
) -> None:
    assert _told(system) == ["broker", "ledger", "distribution", "insight", "api"]
    assert bought.is_known()
    assert bought.redeem().status_code == 200
    assert shop.state(bought.code) == (2, None)


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


def test_after_all_of_it_every_state_and_table_is_what_the_log_says(system: System) -> None:
    assert_verified(system)


def test_the_hosts_decide_again_with_the_same_data(
    system: System, shop: Shop, plain: Plain, bought: Bought, apart: ExitStack
) -> None:
    known = shop.state(bought.code)
    apart.close()
    assert _told(system) == ["broker", "distribution", "insight", "api"]
    # it would not be rid of whoever is forgotten from now on
    assert list((system.home / "state").glob("ledger*")) == []
    assert bought.is_known()
    assert shop.state(bought.code) == known
    while shop.state(bought.code) != (3, None):
        assert bought.redeem().status_code == 200
    assert refused(bought.redeem()) == (400, "quantity_exceeded")
    assert shop.state(bought.code) == (3, None)
    assert len(plain.redemptions(bought.code)) == 4
    assert_verified(system)


def _told(system: System) -> list[str]:
    """The processes that `tessera status` names, all of them well."""
    told = system.command("status")
    assert told.returncode == 0, told.stdout
    return [line.split()[0] for line in told.stdout.splitlines()[:-1]]
