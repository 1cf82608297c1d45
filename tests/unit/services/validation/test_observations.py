"""Observations: none is lost that can be kept, and what is on its way is bounded and awaited."""

import asyncio

import pytest

from runtime.http.errors import ApiError
from runtime.log.log import Entry, InDoubt, Unsent
from schemas.observations import ValidationObserved
from services.validation.observations import ATTEMPTS_MAX, Observations


class Flaky:
    """Fails as often as told, and waits until it is let go."""

    def __init__(self, *faults: Exception) -> None:
        self.faults = list(faults)
        self.sent: list[Entry] = []
        self.open = asyncio.Event()
        self.open.set()

    async def send(self, topic: str, partition: int, entry: Entry) -> int:
        await self.open.wait()
        if self.faults:
            raise self.faults.pop()
        self.sent.append(entry)
        return len(self.sent) - 1


def _seen(number: int) -> ValidationObserved:
    return ValidationObserved(f"valid_{number}", "p", at=0, valid=True, key_kind="server")


async def test_what_failed_is_sent_again() -> None:
    flaky = Flaky(Unsent(), InDoubt())
    observations = Observations(flaky, lambda _: 0, retry_seconds=0)
    observations.observe(_seen(1))
    assert await observations.position("p") == 0
    assert [dict(entry.headers)["id"] for entry in flaky.sent] == [b"valid_1"]
    assert observations.lost == 0


async def test_what_cannot_be_kept_is_counted() -> None:
    flaky = Flaky(*[Unsent()] * ATTEMPTS_MAX)
    observations = Observations(flaky, lambda _: 0, retry_seconds=0)
    observations.observe(_seen(1))
    await observations.drain()
    await asyncio.sleep(0)
    assert (observations.lost, flaky.sent) == (1, [])


async def test_more_than_allowed_on_their_way_are_refused() -> None:
    flaky = Flaky()
    flaky.open.clear()
    observations = Observations(flaky, lambda _: 0, pending_max=2)
    observations.observe(_seen(1))
    observations.observe(_seen(2))
    with pytest.raises(ApiError):
        observations.observe(_seen(3))
    assert await observations.position("p", timeout_seconds=0.01) == -1
    flaky.open.set()
    assert await observations.position("p") == 1
    await asyncio.sleep(0)
    assert not observations.full
