"""Records hide what is personal, commands survive whatever bytes come."""

import json
import time
import traceback
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.keys.codec import (
    NESTING_MAX,
    Codec,
    UnreadableCommand,
    UnreadableRecord,
    is_nested_too_deep,
)
from runtime.keys.keyring import Keyring, KeyUnknown
from runtime.keys.sealing import KeyringError
from runtime.log.log import Entry, StoredEntry
from runtime.log.memory_log import MemoryLog
from runtime.store.store import MemoryStore
from schemas.api import CustomerInput, OrderInput, Redeemable
from schemas.commands import Command, CommandBody
from schemas.customers import Customer, CustomerCreated, CustomerUpdated, UpsertCustomer
from schemas.personal import Address, Personal, PersonalData
from schemas.projects import OpenProject
from schemas.records import Decided, Expired, Record, WriterStarted
from schemas.redemptions import RedeemStack
from schemas.topics import CUSTOMER_KEYS

OWNER = "shop/cust_1"
ADA = PersonalData(
    source_id="ada@example.com",
    name="Ada Lovelace",
    address=Address(city="London"),
    metadata={"segment": "vip", "visits": 3},
    guest_key="hash of ada",
)


class World:
    """A codec with its own keyring over a shared log."""

    def __init__(self, log: MemoryLog) -> None:
        self.log = log
        self.keyring = Keyring(log, MemoryStore(), b"w" * 32)
        self.codec = Codec(self.keyring, self)

    async def send(self, topic: str, partition: int, entry: Entry) -> int:
        return self.log.append(topic, partition, [entry])


@pytest.fixture
def world(log: MemoryLog) -> World:
    return World(log)


def customer(data: PersonalData | None = ADA) -> Customer:
    return Customer("cust_1", Personal(OWNER, data), 5)


def decided(data: PersonalData | None = ADA) -> Decided:
    """A record with personal data in two events and beside them."""
    return Decided(
        command_offset=1,
        at=2,
        command_id="cmd_1",
        command_type="upsert_customer",
        project="shop",
        fingerprint="f",
        events=(CustomerCreated(customer(data)), CustomerUpdated(customer(data))),
        customer=customer(data),
    )


def stored(value: bytes) -> StoredEntry:
    return StoredEntry(0, 0, b"shop", value)


def command(body: CommandBody) -> Command:
    return Command(
        id="cmd_1",
        project="shop",
        sent_at=1,
        deadline=2,
        seed="0" * 32,
        key_kind="server",
        fingerprint="f",
        body=body,
    )


def test_a_record_comes_back_as_it_was(world: World) -> None:
    record = decided()
    assert world.codec.decode_record(world.codec.encode_record(record)) == record


def test_a_record_shows_nothing_personal(world: World) -> None:
    value = world.codec.encode_record(decided())
    for secret in (b"Ada", b"example.com", b"London", b"vip", b"visits", b"hash of"):
        assert secret not in value
    sealed = json.loads(value)["events"][0]["customer"]["personal"]
    assert sealed.keys() == {"owner", "key", "box"}
    assert sealed["owner"] == OWNER


@pytest.mark.parametrize(
    "record",
    [
        Expired(command_offset=1, at=2, command_id="c", project="p"),
        WriterStarted(command_offset=-1, at=0, writer="w", host="h", code_version="1"),
    ],
)
def test_records_without_customers_need_no_keys(world: World, record: Record) -> None:
    value = world.codec.encode_record(record)
    assert world.codec.now(stored(value)) == record
    assert not world.keyring.pending


async def test_a_reader_reads_the_keys_that_a_record_needs(log: MemoryLog, world: World) -> None:
    value = world.codec.encode_record(decided())
    await world.codec.publish_pending()
    reader = World(log)
    assert reader.codec.now(stored(value)) is None
    with pytest.raises(KeyUnknown):
        reader.codec.decode_record(value)
    assert await reader.codec.later(stored(value)) == decided()
    assert reader.codec.now(stored(value)) == decided()


async def test_whoever_was_forgotten_decodes_without_data(log: MemoryLog, world: World) -> None:
    value = world.codec.encode_record(decided())
    await world.codec.publish_pending()
    key = (await log.read_at(CUSTOMER_KEYS, 0, 0)).key
    log.append(CUSTOMER_KEYS, 0, [Entry(key, b"")])
    reader = World(log)
    forgotten = await reader.codec.later(stored(value))
    assert forgotten == decided(None)
    assert reader.codec.now(stored(value)) == forgotten


def test_what_has_no_data_is_stored_without_a_key(world: World) -> None:
    value = world.codec.encode_record(decided(None))
    assert json.loads(value)["customer"]["personal"] == {"owner": OWNER}
    assert world.codec.decode_record(value) == decided(None)
    assert not world.keyring.pending


def test_a_box_that_was_moved_to_another_customer_is_refused(world: World) -> None:
    value = world.codec.encode_record(decided())
    moved = value.replace(OWNER.encode(), b"shop/cust_2")
    with pytest.raises((KeyringError, KeyUnknown)):
        world.codec.decode_record(moved)


@pytest.mark.parametrize(
    "value", [b"", b"{}", b"[]", b"\xff", b'{"type":"command.unheard_of"}', b"[" * 100_000]
)
def test_bytes_that_are_no_record_are_named_so(world: World, value: bytes) -> None:
    with pytest.raises(UnreadableRecord):
        world.codec.decode_record(value)


@pytest.mark.parametrize(
    "body",
    [
        OpenProject(),
        UpsertCustomer(CustomerInput(name="Ada", metadata={"a": [1, 2.5, None]})),
        RedeemStack(
            (Redeemable("voucher", "CODE"),), order=OrderInput(amount=10), metadata={"é": "ü"}
        ),
    ],
)
def test_a_command_comes_back_as_it_was(world: World, body: CommandBody) -> None:
    value = world.codec.encode_command(command(body))
    assert world.codec.decode_command(value) == command(body)


def test_a_command_cannot_hold_a_personal_value(world: World) -> None:
    smuggled: Any = OrderInput(metadata={"who": Personal(OWNER, ADA)})
    with pytest.raises(TypeError):
        world.codec.encode_command(command(RedeemStack((), order=smuggled)))


def plain(**changes: Any) -> dict[str, Any]:
    """A command as JSON has it."""
    body = {"type": "redeem_stack", "redeemables": [{"object": "voucher", "id": "A"}]}
    envelope: dict[str, Any] = {
        "id": "cmd_1",
        "project": "shop",
        "sent_at": 1,
        "deadline": 2,
        "seed": "0" * 32,
        "key_kind": "server",
        "fingerprint": "f",
        "body": body,
    }
    return envelope | changes


def with_metadata(value: bytes) -> bytes:
    marked = plain()
    marked["body"]["metadata"] = {"a": "MARK"}
    return json.dumps(marked).encode().replace(b'"MARK"', value)


SECRET = "ada@example.com"
HOSTILE: dict[str, bytes] = {
    "nothing": b"",
    "another shape": b"[]",
    "a scalar": b"1",
    "a cut": with_metadata(b"1")[:-3],
    "a byte order mark": b"\xef\xbb\xbf" + with_metadata(b"1"),
    "no text": bytes(range(256)),
    "text that is not UTF-8": with_metadata(b'"\xff"'),
    "half a surrogate pair": with_metadata(b'"\\ud800"'),
    "nesting without end": with_metadata(b"[" * 500_000 + b"]" * 500_000),
    "nesting that does not close": b"[" * 500_000,
    "objects without end": with_metadata(b'{"a":' * 100_000 + b"1" + b"}" * 100_000),
    "nesting just too deep": with_metadata(b"[" * 70 + b"]" * 70),
    "an integer of a million digits": with_metadata(b"9" * 1_000_000),
    "a number out of range": with_metadata(b"1e999"),
    "not a number": with_metadata(b"NaN"),
    "an unknown command": json.dumps(plain(body={"type": SECRET})).encode(),
    "an unknown kind of key": json.dumps(plain(key_kind=SECRET)).encode(),
    "a wrong seed": json.dumps(plain(seed=SECRET)).encode(),
    "a wrong type": json.dumps(plain(sent_at=SECRET)).encode(),
    "an empty id": json.dumps(plain(id="")).encode(),
    "a missing member": json.dumps({"id": SECRET}).encode(),
    "quotes that never end": b"[" * 100 + b'"' + b'\\"' * 500_000,
    "a backslash at the end": b"[" * 100 + b'"' + b"\\",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_bytes_that_are_no_command_are_refused_in_words_that_tell_nothing(
    world: World, name: str
) -> None:
    began = time.thread_time()
    with pytest.raises(UnreadableCommand) as refused:
        world.codec.decode_command(HOSTILE[name])
    # of the processor: what grows with the square of the bytes would take minutes
    assert time.thread_time() - began < 20
    assert SECRET not in str(refused.value)
    assert SECRET not in "".join(traceback.format_exception(refused.value))


def test_the_reason_names_the_place(world: World) -> None:
    with pytest.raises(UnreadableCommand, match=r"at \$\.body\.redeemables\[0\]\.object"):
        world.codec.decode_command(
            json.dumps(
                plain(body={"type": "redeem_stack", "redeemables": [{"object": 1, "id": "A"}]})
            ).encode()
        )


@given(st.binary(max_size=300))
def test_no_bytes_make_the_decoder_fail_otherwise(value: bytes) -> None:
    codec = World(MemoryLog(lambda: 0)).codec
    with pytest.raises(UnreadableCommand):
        codec.decode_command(value)


@given(st.data())
def test_a_changed_command_is_a_command_or_refused(data: st.DataObject) -> None:
    codec = World(MemoryLog(lambda: 0)).codec
    value = bytearray(json.dumps(plain()).encode())
    value[data.draw(st.integers(0, len(value) - 1))] ^= data.draw(st.integers(1, 255))
    try:
        decoded = codec.decode_command(bytes(value))
    except UnreadableCommand:
        return
    assert codec.decode_command(codec.encode_command(decoded)) == decoded


def nested(depth: int) -> Iterator[bytes]:
    """JSON of exactly that depth, in several forms."""
    yield b"[" * depth + b"]" * depth
    yield b'{"a":' * depth + b"1" + b"}" * depth
    yield b"[" * (depth - 1) + b'[1], [2], {"x": "]]]"}' + b"]" * (depth - 1)
    yield b'{"[": ["\\"[[[", ' * (depth // 2) + b"1" + b"]}" * (depth // 2)


def test_nesting_is_measured_exactly() -> None:
    assert not any(map(is_nested_too_deep, nested(NESTING_MAX)))
    assert all(map(is_nested_too_deep, list(nested(NESTING_MAX + 2))))
    assert is_nested_too_deep(b"[" * (NESTING_MAX + 1) + b"]" * (NESTING_MAX + 1))
    assert not is_nested_too_deep(b"[" + b"[]," * 1000 + b"[]]")
    assert not is_nested_too_deep(b'["' + b"[" * 1000 + b'"]')


def test_what_is_deep_but_allowed_can_be_written_again(world: World) -> None:
    value = with_metadata(b"[" * (NESTING_MAX - 3) + b"]" * (NESTING_MAX - 3))
    decoded = world.codec.decode_command(value)
    assert isinstance(decoded.body, RedeemStack)
    record = msgspec.structs.replace(decided(None), events=(), customer=None)
    assert world.codec.encode_record(record)
    assert world.codec.decode_command(world.codec.encode_command(decoded)) == decoded
