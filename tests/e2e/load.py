"""Many clients at once, each of which asks again until it has an answer.

Every request has an idempotency key of its own and is sent again, with the same key, after anything
that leaves its outcome open. So in the end each of them succeeded once or was refused once.
"""

import asyncio
import itertools
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx
import msgspec

from tests.contract.answers import async_client
from tests.e2e.kafka_log import Log, Stored
from tests.e2e.plain import Plain
from tests.e2e.shop import new_code
from tests.e2e.system import System

CLIENTS = 64
#: How long one request may go without an answer.
PATIENCE_SECONDS = 60.0
BACK_OFF_SECONDS = 0.1
#: Answers that leave the outcome open: not carried out now, or not known.
OPEN = frozenset({503, 504})
OFF, AMOUNT = 500, 10_000


@dataclass
class Tally:
    """What the clients were told, by redemption id; and how often they had to ask again."""

    succeeded: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    keys: Counter[str] = field(default_factory=Counter)
    asked_again: Counter[str] = field(default_factory=Counter)
    _moved: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def answered(self) -> int:
        """How many requests have their answer."""
        return len(self.succeeded) + len(self.failed)

    def note_success(self, redemption_id: str) -> None:
        """A redemption succeeded."""
        self.succeeded.append(redemption_id)
        self._moved.set()

    def note_failure(self, redemption_id: str, key: str) -> None:
        """A redemption was refused for good."""
        self.failed.append(redemption_id)
        self.keys[key] += 1
        self._moved.set()

    async def reached(self, answers: int) -> None:
        """Waits until so many requests have their answer."""
        while self.answered < answers:
            self._moved.clear()
            await self._moved.wait()


@dataclass(frozen=True)
class Asking:
    """How the clients ask, and for how long."""

    clients: int = CLIENTS
    #: The fronts in turn, each client from another one on; the system's own where none is named.
    urls: tuple[str, ...] = ()
    #: The headers of a key; the first project's server-side one where none is named.
    key: Mapping[str, str] | None = None
    patience_seconds: float = PATIENCE_SECONDS


async def redeem_many(
    system: System,
    code: str,
    requests: int,
    meanwhile: Callable[[Tally], Awaitable[None]] | None = None,
    *,
    asking: Asking = Asking(),
) -> Tally:
    """So many redemptions of one code by many clients; `meanwhile` runs beside them."""
    tally = Tally()
    waiting = iter([new_code() for _ in range(requests)])
    headers = asking.key or system.server_key
    urls = asking.urls or (system.url,)
    body = {"redeemables": [{"object": "voucher", "id": code}], "order": {"amount": AMOUNT}}

    async def client(number: int) -> None:
        fronts = itertools.cycle(urls[number % len(urls) :] + urls[: number % len(urls)])
        async with async_client(headers=headers, verify=False, timeout=20.0) as http:
            for key in waiting:
                async with asyncio.timeout(asking.patience_seconds):
                    await _answered(http, fronts, body, key, tally)

    beside = [meanwhile(tally)] if meanwhile else []
    await asyncio.gather(*map(client, range(asking.clients)), *beside)
    return tally


async def _answered(
    http: httpx.AsyncClient, fronts: Iterator[str], body: dict[str, Any], key: str, tally: Tally
) -> None:
    answer = await _asked(http, next(fronts), body, key, tally)
    while answer is None:
        await asyncio.sleep(BACK_OFF_SECONDS)
        answer = await _asked(http, next(fronts), body, key, tally)
    told = answer.json()
    if answer.status_code == 200:
        tally.note_success(told["redemptions"][0]["id"])
        return
    assert answer.status_code == 400, answer.text
    tally.note_failure(told["resource_id"], told["key"])


async def _asked(
    http: httpx.AsyncClient, front: str, body: dict[str, Any], key: str, tally: Tally
) -> httpx.Response | None:
    """The answer; None when it leaves the outcome open."""
    once = {"Idempotency-Key": key}
    try:
        answer = await http.post(f"{front}/v1/redemptions", json=body, headers=once)
    except httpx.TransportError as fault:
        tally.asked_again[type(fault).__name__] += 1
        return None
    if answer.status_code in OPEN:
        tally.asked_again[answer.json()["key"]] += 1
        return None
    return answer


async def assert_all_agree(
    system: System, plain: Plain, code: str, tally: Tally, since: str
) -> None:
    """The log, the voucher, the audit list and the metrics are what the clients were told."""
    succeeded, failed = recorded(await Log(system.bootstrap).applied(), code)
    assert sorted(succeeded) == sorted(tally.succeeded)
    assert sorted(failed) == sorted(tally.failed)
    assert len(set(succeeded)) == len(succeeded)
    voucher = plain.get(f"/v1/vouchers/{code}")
    assert voucher["redemption"]["redeemed_quantity"] == len(succeeded)
    for result, ids in (("SUCCESS", succeeded), ("FAILURE", failed)):
        listed = plain.get("/v1/redemptions", voucher_code=code, result=result)
        assert listed["total"] == len(ids)
    (reason, count), *others = tally.keys.items()
    query = {"filters[failure_code][conditions][$is]": reason}
    assert plain.get("/v1/redemptions", voucher_code=code, **query)["total"] == count
    assert others == []
    totals = plain.get("/v1/analytics/totals", **{"from": since})["totals"]
    assert totals["redemptions_succeeded"] == len(succeeded)
    assert totals["redemptions_failed"] == len(failed)
    assert totals["discount_amount"] == len(succeeded) * OFF
    assert totals["order_amount"] == len(succeeded) * AMOUNT
    assert totals["order_total_amount"] == len(succeeded) * (AMOUNT - OFF)


def recorded(records: Sequence[Stored], code: str) -> tuple[list[str], list[str]]:
    """The redemptions of a code in the log: those that succeeded, those that failed."""
    found: dict[str, list[str]] = {"redemption.succeeded": [], "redemption.failed": []}
    for stored in records:
        if code not in stored.text:
            continue
        for event in msgspec.json.decode(stored.value).get("events", ()):
            if event["type"] in found and event["evaluation"]["outcomes"][0]["id"] == code:
                found[event["type"]] += event["redemption_ids"]
    return found["redemption.succeeded"], found["redemption.failed"]
