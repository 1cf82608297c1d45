"""Keys are made, found again, and never believed when they were changed."""

import asyncio

import pytest

from runtime.keys.keyring import Keyring, KeyUnknown
from runtime.keys.recent import REMEMBERED_MAX
from runtime.keys.sealing import KeyringError
from runtime.log.log import Entry, InDoubt, LogError, Unsent
from runtime.log.memory_log import MemoryLog
from runtime.store.store import MemoryStore
from schemas.topics import CUSTOMER_KEYS
from tests.unit.runtime.keys.keyrings import (
    OWNER,
    WRAPPING,
    MemorySender,
    counted_bytes,
    keyring,
    opened,
)


def test_what_is_sealed_is_opened_and_looks_like_noise(log: MemoryLog) -> None:
    ring = keyring(log)
    sealed = ring.seal(OWNER, b"Ada Lovelace")
    assert ring.open(OWNER, sealed["key"], sealed["box"]) == b"Ada Lovelace"
    assert "Ada" not in sealed["box"]
    assert ring.seal(OWNER, b"Ada Lovelace")["box"] != sealed["box"]


def test_an_owner_has_one_key_and_owners_have_different_ones(log: MemoryLog) -> None:
    ring = keyring(log)
    first, second = ring.seal(OWNER, b"1"), ring.seal(OWNER, b"2")
    other = ring.seal("shop/cust_2", b"3")
    assert first["key"] == second["key"] != other["key"]
    assert len(ring.pending) == 2


async def test_another_process_opens_what_was_published(
    log: MemoryLog, sender: MemorySender
) -> None:
    ring, reader = keyring(log), keyring(log)
    sealed = ring.seal(OWNER, b"data")
    await ring.publish_pending(sender)
    assert not ring.pending
    with pytest.raises(KeyUnknown):
        reader.open(OWNER, **sealed)
    assert await opened(reader, **sealed) == b"data"
    assert reader.seal(OWNER, b"more")["key"] == sealed["key"]


async def test_the_topic_holds_no_key_in_the_clear(log: MemoryLog, sender: MemorySender) -> None:
    random = counted_bytes()
    ring = Keyring(log, MemoryStore(), WRAPPING, random_bytes=random)
    sealed = ring.seal(OWNER, b"data")
    await ring.publish_pending(sender)
    entry = await log.read_at(CUSTOMER_KEYS, 0, 0)
    assert entry.key == f"{OWNER}/{sealed['key']}".encode()
    secret = (2).to_bytes(4, "big") * 8
    assert secret not in entry.value


async def test_a_restarted_process_goes_on_with_its_store(
    log: MemoryLog, sender: MemorySender
) -> None:
    store = MemoryStore()
    ring = keyring(log, store)
    sealed = ring.seal(OWNER, b"data")
    await ring.publish_pending(sender)
    await ring.catch_up()
    await ring.close()
    log.drop_before(CUSTOMER_KEYS, 0, 1)
    again = keyring(log, store)
    await again.catch_up()
    assert again.open(OWNER, **sealed) == b"data"


async def test_keys_of_two_writers_for_one_owner_both_open(
    log: MemoryLog, sender: MemorySender
) -> None:
    first, second, reader = keyring(log), keyring(log), keyring(log)
    sealed = [ring.seal(OWNER, b"data") for ring in (first, second)]
    await asyncio.gather(first.publish_pending(sender), second.publish_pending(sender))
    assert sealed[0]["key"] != sealed[1]["key"]
    for each in sealed:
        assert await opened(reader, **each) == b"data"


@pytest.mark.parametrize("fault", [Unsent("full"), InDoubt("lost")])
async def test_a_send_that_fails_is_made_again(
    log: MemoryLog, sender: MemorySender, fault: Unsent | InDoubt
) -> None:
    ring = keyring(log)
    sealed = [ring.seal(f"shop/{number}", b"data") for number in range(3)]
    sender.faults = [fault, fault]
    await ring.publish_pending(sender)
    assert not ring.pending
    reader = keyring(log)
    for number, each in enumerate(sealed):
        assert await opened(reader, **each, owner=f"shop/{number}") == b"data"


async def test_keys_that_cannot_be_published_stay_pending(
    log: MemoryLog, sender: MemorySender, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("runtime.keys.keyring.PUBLISH_RETRY_SECONDS", 0)
    ring = keyring(log)
    ring.seal(OWNER, b"data")
    sender.faults = [Unsent("down")] * 100
    with pytest.raises(LogError):
        await ring.publish_pending(sender)
    assert len(ring.pending) == 1


async def test_a_box_belongs_to_its_owner_and_its_key(log: MemoryLog) -> None:
    ring = keyring(log)
    mine, other = ring.seal(OWNER, b"mine"), ring.seal("shop/cust_2", b"other")
    with pytest.raises(KeyringError):
        ring.open("shop/cust_2", other["key"], mine["box"])
    with pytest.raises(KeyringError):
        ring.open("shop/cust_2", mine["key"], mine["box"])
    for broken in (mine["box"][:-8], "AAAA" + mine["box"][4:], "", "not base64!"):
        with pytest.raises(KeyringError):
            ring.open(OWNER, mine["key"], broken)


async def test_another_master_key_is_noticed(log: MemoryLog, sender: MemorySender) -> None:
    ring = keyring(log)
    sealed = ring.seal(OWNER, b"data")
    await ring.publish_pending(sender)
    await ring.catch_up()
    ring.require_master_key()
    stranger = keyring(log, wrapping=b"x" * 32)
    stranger.require_master_key()
    await stranger.catch_up()
    with pytest.raises(KeyringError, match="another master key"):
        stranger.require_master_key()
    with pytest.raises(KeyringError, match="another master key"):
        stranger.open(OWNER, **sealed)


async def test_a_topic_that_was_cut_is_read_anew(log: MemoryLog, sender: MemorySender) -> None:
    ring = keyring(log)
    lost = ring.seal(OWNER, b"lost")
    ring.seal("shop/cust_2", b"x")
    await ring.publish_pending(sender)
    await ring.catch_up()
    log.truncate(CUSTOMER_KEYS, 0, 0)
    kept = keyring(log)
    sealed = kept.seal("shop/cust_3", b"kept")
    await kept.publish_pending(sender)
    assert await opened(ring, **sealed, owner="shop/cust_3") == b"kept"
    assert await opened(ring, **lost) is None


async def test_more_owners_than_are_remembered_keep_their_keys(
    log: MemoryLog, sender: MemorySender, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert REMEMBERED_MAX > 1000
    monkeypatch.setattr("runtime.keys.recent.REMEMBERED_MAX", 3)
    ring = keyring(log)
    sealed = {f"shop/{number}": ring.seal(f"shop/{number}", b"data") for number in range(10)}
    for owner, each in sealed.items():
        assert ring.open(owner, **each) == b"data"
    await ring.publish_pending(sender)
    await ring.catch_up()
    for owner, each in sealed.items():
        assert ring.open(owner, **each) == b"data"
        assert ring.seal(owner, b"again")["key"] == each["key"]
    assert not ring.pending


@pytest.mark.parametrize(
    ("key", "value"),
    [
        (b"\xff\xfe/k", b'{"wrapped":"AAAA"}'),
        (b"\xff\xfe/k", b""),
        (b"no owner", b'{"wrapped":"AAAA"}'),
        (f"{OWNER}/k".encode(), b"\xff"),
        (f"{OWNER}/k".encode(), b"[" * 100_000),
        (f"{OWNER}/k".encode(), b'{"wrapped":"%"}'),
        (f"{OWNER}/k".encode(), b'{"wrapped":"AAAA"}'),
    ],
)
async def test_what_is_no_usable_key_is_skipped_and_never_sealed_with(
    log: MemoryLog, sender: MemorySender, key: bytes, value: bytes
) -> None:
    ring = keyring(log)
    sealed = ring.seal(OWNER, b"data")
    await ring.publish_pending(sender)
    log.append(CUSTOMER_KEYS, 0, [Entry(key, value)])
    later = ring.seal("shop/cust_2", b"later")
    await ring.publish_pending(sender)

    reader = keyring(log)
    await reader.catch_up()
    reader.require_master_key()
    assert reader.skipped == 1
    assert reader.open(OWNER, **sealed) == b"data"
    assert reader.open("shop/cust_2", **later) == b"later"
    assert reader.seal(OWNER, b"more")["key"] == sealed["key"]


async def test_a_forgery_neither_replaces_a_key_nor_is_one(
    log: MemoryLog, sender: MemorySender
) -> None:
    ring = keyring(log)
    sealed = ring.seal(OWNER, b"data")
    await ring.publish_pending(sender)
    forged = b'{"wrapped":"%s"}' % (b"A" * 80)
    log.append(CUSTOMER_KEYS, 0, [Entry(f"{OWNER}/{sealed['key']}".encode(), forged)])
    log.append(CUSTOMER_KEYS, 0, [Entry(b"a first/k", forged)])
    reader = keyring(log)
    await reader.catch_up()
    reader.require_master_key()
    assert reader.open(OWNER, **sealed) == b"data"
    assert reader.open("a first", **reader.seal("a first", b"own")) == b"own"
