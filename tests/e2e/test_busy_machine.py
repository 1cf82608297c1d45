"""A busy machine is slow, and open: requests are answered late.

They are while eight processes burn its cores, and while a part of the system does not run at all.
While what was written last is still on its way there, lists and metrics may put off who asks. Where
a machine is so slow that a wait is longer than the system waits, anything may. Whoever is put off
asks again, under the same `Idempotency-Key`, and is answered.
"""

import asyncio
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.contract.answers import ASKED_AGAIN_MAX, PUT_OFF, async_client
from tests.e2e.shop import asked, new_code
from tests.e2e.system import System

BURNERS = 8
BURN_SECONDS = 15
#: They end by themselves, whatever becomes of the test.
BURN = f"""
import time
end = time.monotonic() + {BURN_SECONDS}
while time.monotonic() < end:
    pass
"""
CLIENT_SECONDS = 300.0
#: How many clients do each of the things below.
CLIENTS = 3
#: How long a part does not run: longer than keys may be old, shorter than requests are waited for.
STOPPED_SECONDS = 3.0
#: How whoever is to ask again is answered: nothing was done, or nobody knows.
LATE = {PUT_OFF, 504}
#: What may put off who asks however short a part does not run.
LISTS = {"list", "totals"}
#: How old the knowledge of keys may be, which is how long a revoked one may still work.
REVOKED_SECONDS = 1.0

#: Of which request, and with which status.
Statuses = Counter[tuple[str, int]]


@contextmanager
def burning() -> Iterator[Callable[[], bool]]:
    """Burns all cores; gives whether it still does."""
    command = (sys.executable, "-I", "-S", "-c", BURN)
    burners = [subprocess.Popen(command, stdin=subprocess.DEVNULL) for _ in range(BURNERS)]
    try:
        yield lambda: any(each.poll() is None for each in burners)
    finally:
        for each in burners:
            each.kill()
        for each in burners:
            each.wait()


class Asking:
    """Asks as a client does, again while put off or where nobody knows; counts the answers."""

    def __init__(self, system: System, http: httpx.AsyncClient) -> None:
        self.statuses: Statuses = Counter()
        self._key = system.server_key
        self._http = http

    async def __call__(self, named: str, method: str, path: str, **more: Any) -> httpx.Response:
        headers = more.pop("headers", self._key) | {"Idempotency-Key": uuid4().hex}
        for _ in range(ASKED_AGAIN_MAX):
            answer = await self._http.request(method, path, headers=headers, **more)
            self.statuses[named, answer.status_code] += 1
            if answer.status_code not in LATE:
                return answer
            # who is put off is told for how long; who may have been heard is not
            pause = answer.headers["retry-after"] if answer.status_code == PUT_OFF else "1"
            await asyncio.sleep(float(pause))
        raise AssertionError(f"{named} is never answered: {self.statuses}")

    def require_answers(self) -> None:
        """Each kind of request was answered, and none was refused but with a revoked token."""
        assert {status for _, status in self.statuses} <= {200, 204, 401, *LATE}, self.statuses
        named = {name for name, _ in self.statuses}
        assert named >= {"voucher", "read", "validation", "redemption", "list", "totals", "revoked"}
        assert {name for name, status in self.statuses if status == 401} == {"revoked"}


@asynccontextmanager
async def asking_of(system: System) -> AsyncIterator[Asking]:
    """Many clients; each kind of their requests has to be answered by the end."""
    limits = httpx.Limits(max_connections=100)
    async with async_client(base_url=system.url, timeout=CLIENT_SECONDS, limits=limits) as http:
        ask = Asking(system, http)
        yield ask
        ask.require_answers()


async def test_whoever_asks_a_busy_machine_is_answered(system: System) -> None:
    async with asking_of(system) as ask:
        with burning() as burns:

            async def again(once: Callable[[Asking], Awaitable[None]]) -> None:
                while burns():
                    await once(ask)

            await asyncio.gather(*(again(each) for each in STORIES for _ in range(CLIENTS)))


@pytest.mark.parametrize("part", ["api", "insight", "broker"])
async def test_whoever_asks_while_a_part_does_not_run_is_answered_late(
    system: System, part: str
) -> None:
    await assert_answered_late(system, part)


async def assert_answered_late(system: System, part: str) -> None:
    """Whoever asks while that process does not run is answered when it does."""
    async with asking_of(system) as ask:
        process = system.process(part)
        process.suspend()
        try:
            waiting = [asyncio.create_task(each(ask)) for each in STORIES]
            await asyncio.sleep(STOPPED_SECONDS)
        finally:
            process.resume()
        await asyncio.gather(*waiting)
        late = {(name, status) for name, status in ask.statuses if status in LATE}
        assert late <= {(name, PUT_OFF) for name in LISTS}, ask.statuses


async def _voucher(ask: Asking) -> str:
    code = new_code()
    body = {"type": "DISCOUNT_VOUCHER", "discount": {"type": "PERCENT", "percent_off": 10}}
    await ask("voucher", "POST", f"/v1/vouchers/{code}", json=body)
    return code


async def _read_and_write(ask: Asking) -> None:
    code = await _voucher(ask)
    read = await ask("read", "GET", f"/v1/vouchers/{code}")
    assert read.json()["code"] == code
    redeemed = await ask("redemption", "POST", "/v1/redemptions", json=asked((code,), {}))
    assert redeemed.json()["redemptions"][0]["result"] == "SUCCESS"
    read = await ask("read", "GET", f"/v1/vouchers/{code}")
    assert read.json()["redemption"]["redeemed_quantity"] == 1


async def _validate(ask: Asking) -> None:
    code = await _voucher(ask)
    valid = await ask("validation", "POST", "/v1/validations", json=asked((code,), {}))
    assert valid.json()["valid"] is True
    body = {"scenario": "ALL", "order": {"amount": 10_000}}
    await ask("qualification", "POST", "/v1/qualifications", json=body)


async def _read_total(ask: Asking, path: str, **params: Any) -> int:
    """How long a list is that holds everything written before."""
    total: int = (await ask("list", "GET", path, params=params)).json()["total"]
    return total


async def _list_what_was_written(ask: Asking) -> None:
    code = await _voucher(ask)
    await ask("redemption", "POST", "/v1/redemptions", json=asked((code,), {}))
    assert await _read_total(ask, "/v1/redemptions", voucher_code=code) == 1
    assert await _read_total(ask, "/v1/vouchers", limit=1) >= 1
    await ask("totals", "GET", "/v1/analytics/totals")


async def _revoke(ask: Asking) -> None:
    form = {"grant_type": "client_credentials", "scope": "vouchers"}
    token = (await ask("token", "POST", "/v1/oauth/token", data=form)).json()["access_token"]
    bearer = {"Authorization": f"Bearer {token}"}
    let_in = await ask("bearer", "GET", "/v1/vouchers", headers=bearer, params={"limit": 1})
    assert let_in.status_code == 200
    await ask("revocation", "POST", "/v1/oauth/token/revoke", data={"access_token": token})
    await asyncio.sleep(REVOKED_SECONDS)
    path = f"/v1/vouchers/{new_code()}"
    assert (await ask("revoked", "GET", path, headers=bearer)).status_code == 401


STORIES = (_read_and_write, _validate, _list_what_was_written, _revoke)
