"""Keys are forgotten with their owner, everywhere and for good."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from runtime.keys.keyring import Keyring, KeyUnknown
from runtime.log.log import Entry, InDoubt, LogError, Unsent
from runtime.log.memory_log import MemoryLog
from runtime.store.store import MemoryStore
from schemas.topics import CUSTOMER_KEYS
from tests.unit.runtime.keys.keyrings import OWNER, MemorySender, forget, keyring, opened


async def test_what_was_forgotten_cannot_be_opened_any_more(
    log: MemoryLog, sender: MemorySender
) -> None:
    ring = keyring(log)
    old = ring.seal(OWNER, b"old")
    other = ring.seal("shop/cust_2", b"other")
    await ring.publish_pending(sender)
    await ring.catch_up()
    await forget(log, OWNER)
    await ring.catch_up()
    assert await opened(ring, **old) is None
    assert await opened(ring, **old) is None
    assert ring.open("shop/cust_2", **other) == b"other"
    assert await opened(keyring(log), **old) is None


async def test_whoever_comes_back_after_being_forgotten_gets_a_new_key(
    log: MemoryLog, sender: MemorySender
) -> None:
    ring = keyring(log)
    old = ring.seal(OWNER, b"old")
    await ring.publish_pending(sender)
    await forget(log, OWNER)
    await ring.catch_up()
    new = ring.seal(OWNER, b"new")
    await ring.publish_pending(sender)
    assert new["key"] != old["key"]
    assert ring.open(OWNER, **new) == b"new"
    assert await opened(ring, **old) is None


@asynccontextmanager
async def followed(ring: Keyring) -> AsyncIterator[None]:
    following = asyncio.create_task(ring.follow())
    try:
        async with asyncio.timeout(120):
            yield
    finally:
        following.cancel()
        await asyncio.gather(following, return_exceptions=True)


async def _known(ring: Keyring, owner: str) -> None:
    """Returns once a key of the owner was read."""
    while next(ring._places_of(owner), None) is None:  # noqa: ASYNC110 - nothing tells
        await asyncio.sleep(0.001)


async def test_following_notices_at_once_what_comes_and_what_is_forgotten(
    log: MemoryLog, sender: MemorySender
) -> None:
    ring, other = keyring(log), keyring(log)
    async with followed(other):
        sealed = ring.seal(OWNER, b"data")
        await ring.publish_pending(sender)
        await _known(other, OWNER)
        assert other.open(OWNER, **sealed) == b"data"
        await forget(log, OWNER)
        await other.noted.wait()
        assert other.forgotten_owners() == [OWNER]
        with pytest.raises(KeyUnknown):
            other.open(OWNER, **sealed)


async def test_what_following_and_catching_up_both_read_is_folded_once(
    log: MemoryLog, sender: MemorySender
) -> None:
    ring = keyring(log)
    async with followed(ring):
        await asyncio.sleep(0)
        for number in range(1, 4):
            log.append(CUSTOMER_KEYS, 0, [Entry(b"no key", b"")])
            await ring.catch_up()
            await asyncio.sleep(0.001)
            assert ring.skipped == number
        ring.seal(OWNER, b"data")
        await ring.publish_pending(sender)
        await _known(ring, OWNER)


async def test_following_goes_on_after_the_topic_was_cut(
    log: MemoryLog, sender: MemorySender, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("runtime.keys.keyring.RETRY_SECONDS", 0.001)
    ring, other = keyring(log), keyring(log)
    ring.seal(OWNER, b"lost")
    ring.seal("shop/cust_2", b"lost")
    await ring.publish_pending(sender)
    async with followed(other):
        await _known(other, OWNER)
        log.truncate(CUSTOMER_KEYS, 0, 0)
        ring = keyring(log)
        ring.seal("shop/cust_3", b"kept")
        await ring.publish_pending(sender)
        await _known(other, "shop/cust_3")
        assert next(other._places_of(OWNER), None) is None


async def test_forgetting_destroys_all_keys_of_an_owner_and_of_nobody_else(
    log: MemoryLog, sender: MemorySender
) -> None:
    rings = [keyring(log), keyring(log)]
    sealed = [ring.seal(OWNER, b"Ada") for ring in rings]
    other = rings[0].seal(f"{OWNER}0", b"Eve")
    for ring in rings:
        await ring.publish_pending(sender)
        await ring.catch_up()
        assert not ring.is_forgotten(OWNER)
    await rings[0].forget([OWNER], sender)
    await rings[1].catch_up()
    for ring in (*rings, keyring(log)):
        assert [await opened(ring, each["key"], each["box"]) for each in sealed] == [None, None]
        assert await opened(ring, other["key"], other["box"], f"{OWNER}0") == b"Eve"
    await rings[1].forget([OWNER], sender)
    assert rings[1].seal(OWNER, b"new")["key"] not in {each["key"] for each in sealed}


async def test_a_key_that_was_never_published_is_forgotten_too(
    log: MemoryLog, sender: MemorySender
) -> None:
    ring = keyring(log)
    sealed = ring.seal(OWNER, b"Ada")
    await ring.forget([OWNER], sender)
    assert list(ring.pending) == []
    assert await opened(ring, sealed["key"], sealed["box"]) is None


@pytest.mark.parametrize("fault", [Unsent("full"), InDoubt("lost")])
async def test_forgetting_that_failed_is_done_again(
    log: MemoryLog, sender: MemorySender, fault: Unsent | InDoubt
) -> None:
    ring = keyring(log)
    sealed = ring.seal(OWNER, b"Ada")
    await ring.publish_pending(sender)
    sender.faults = [fault]
    with pytest.raises(LogError):
        await ring.forget([OWNER], sender)
    await ring.forget([OWNER], sender)
    assert await opened(ring, sealed["key"], sealed["box"]) is None


async def test_who_had_a_key_notes_its_end_until_all_is_cleaned(
    log: MemoryLog, sender: MemorySender
) -> None:
    store = MemoryStore()
    ring, late = keyring(log, store), keyring(log)
    ring.seal(OWNER, b"Ada")
    await ring.publish_pending(sender)
    await ring.catch_up()
    await ring.forget([OWNER], sender)
    again = keyring(log, store)
    assert again.forgotten_owners() == [OWNER]
    assert not again.is_forgotten(OWNER)
    again.compact()
    again.note_cleaned([OWNER])
    assert again.is_forgotten(OWNER)
    await again.catch_up()
    assert again.forgotten_owners() == []
    # one that meets the key and its end together cannot know whether a file has it
    await late.catch_up()
    assert late.forgotten_owners() == [OWNER]
