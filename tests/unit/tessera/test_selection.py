"""Which records `tessera tail` and `tessera state` pick, and what they show of an entity."""

import asyncio
import json
from typing import Any

import msgspec
import pytest

from runtime.log.log import Entry, Place
from runtime.log.memory_log import MemoryLog
from schemas.base import Shape
from schemas.customers import Customer
from schemas.personal import Address, Personal, PersonalData
from schemas.projects import ApiKey
from schemas.sessions import Session
from schemas.topics import LEDGER
from schemas.vouchers import Gift, Voucher
from tessera.entity import MASKED, names_of, plain_entity, records_of
from tessera.selection import ANY, BadTime, Wanted, find_last_matching, offset_at, read_time
from tessera.tail import TailOptions, tail_partitions

PLACE = Place(LEDGER, 0)
START_MS = 1_700_000_000_000
RECORDS = 5000


def record(number: int, **more: Any) -> bytes:
    """A record whose code is its number."""
    event = {"type": "voucher.created", "voucher": {"id": f"v_{number}", "code": f"C{number}"}}
    body = {"type": "command.decided", "command_type": "create_voucher", "events": [event]}
    return msgspec.json.encode(body | more)


class Ledger:
    """A partition with a record each second, of two projects by turns."""

    def __init__(self, records: int = RECORDS) -> None:
        self.now = START_MS
        self.log = MemoryLog(lambda: self.now)
        for number in range(records):
            self.append(number)

    def append(self, number: int) -> None:
        self.now = START_MS + number * 1000
        value = record(number)
        if number % 1000 == 999:
            event = {"type": "redemption.succeeded", "evaluation": {"outcomes": []}}
            value = record(number, command_type="redeem_stack", events=[event])
        self.log.append(LEDGER, 0, [Entry(b"shop" if number % 2 else b"other", value)])

    async def shown(self, asked: TailOptions) -> list[int]:
        lines: list[str] = []
        await tail_partitions(self.log, range(1), lines.append, asked)
        return [int(each.split()[0].partition("/")[2]) for each in lines]


def wants(**named: Any) -> TailOptions:
    """Everything that fits, from the first on."""
    return TailOptions(Wanted(**named), last=None)


@pytest.fixture(scope="module")
def ledger() -> Ledger:
    return Ledger()


async def test_without_a_beginning_it_is_the_last_few(ledger: Ledger) -> None:
    assert await ledger.shown(TailOptions()) == list(range(RECORDS - 20, RECORDS))
    assert await ledger.shown(TailOptions(last=0)) == []
    assert len(await ledger.shown(TailOptions(last=RECORDS * 2))) == RECORDS


async def test_the_last_that_fit_are_found_however_far_back(ledger: Ledger) -> None:
    redeemed = TailOptions(Wanted(types=("redeem_stack",)), last=3)
    assert await ledger.shown(redeemed) == [2999, 3999, 4999]
    many = TailOptions(Wanted(types=("redemption.*",)), last=100)
    assert await ledger.shown(many) == [999, 1999, 2999, 3999, 4999]
    assert await ledger.shown(TailOptions(Wanted(projects=frozenset(("nobody",))))) == []


async def test_time_and_offset_bound_it(ledger: Ledger) -> None:
    after, before = START_MS + 10_000, START_MS + 12_000
    assert await ledger.shown(wants(after=after, before=before)) == [10, 11, 12]
    assert await ledger.shown(wants(after=after - 500, before=before + 500)) == [10, 11, 12]
    assert await ledger.shown(wants(after=ledger.now + 1)) == []
    assert await ledger.shown(wants(before=START_MS - 1)) == []
    assert await ledger.shown(TailOptions(last=None, offset=RECORDS - 2)) == [
        RECORDS - 2,
        RECORDS - 1,
    ]
    assert await ledger.shown(TailOptions(last=None, offset=RECORDS + 5)) == []
    own = wants(projects=frozenset(("shop",)), after=after, before=before)
    assert await ledger.shown(own) == [11]


async def test_an_instant_is_found_by_halving(ledger: Ledger) -> None:
    for moment, offset in ((0, 0), (START_MS, 0), (START_MS + 1, 1), (ledger.now, RECORDS - 1)):
        assert await offset_at(ledger.log, PLACE, moment) == offset
    assert await offset_at(ledger.log, PLACE, ledger.now + 1) == RECORDS
    assert await offset_at(MemoryLog(lambda: 0), PLACE, 5) == 0


async def test_following_goes_on_with_what_fits() -> None:
    ledger, lines = Ledger(10), asyncio.Queue[str]()
    asked = TailOptions(Wanted(projects=frozenset(("shop",))), last=1, follow=True)
    task = asyncio.create_task(tail_partitions(ledger.log, range(1), lines.put_nowait, asked))
    found = [await lines.get()]
    for number in range(10, 14):
        ledger.append(number)
    found += [await lines.get(), await lines.get()]
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert [each.split()[0] for each in found] == ["0/9", "0/11", "0/13"]


@pytest.mark.parametrize("value", [b"", b"\xff", b"[1]", b'{"events": 7}', b'{"events": [1]}'])
async def test_what_is_no_record_has_no_type(value: bytes) -> None:
    log = MemoryLog(lambda: 0)
    log.append(LEDGER, 0, [Entry(b"shop", value)])
    assert await find_last_matching(log, PLACE, 0, 1, Wanted(types=("voucher.*",)), 5) == []
    assert len(await find_last_matching(log, PLACE, 0, 1, ANY, 5)) == 1


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("30m", START_MS - 1_800_000),
        ("2d", START_MS - 172_800_000),
        ("0s", START_MS),
        ("2023-11-14T22:13:20", START_MS),
        ("2023-11-14T23:13:20+01:00", START_MS),
        ("2023-11-14T22:13:20.000Z", START_MS),
        ("2023-11-14", 1_699_920_000_000),
    ],
)
def test_times_are_written_in_several_ways(text: str, moment: int) -> None:
    assert read_time(text, START_MS) == moment


@pytest.mark.parametrize("text", ["", "yesterday", "5w", "-3m", "2023-13-01"])
def test_other_times_are_refused(text: str) -> None:
    with pytest.raises(BadTime, match="write 30m"):
        read_time(text, START_MS)


async def test_the_records_of_an_entity_name_it_by_one_of_its_names() -> None:
    ledger = Ledger(30)
    voucher = Voucher("v_11", 'Cä"1', "GIFT_VOUCHER", 0, gift=Gift(5, 5))
    value = record(31, events=[{"type": "x", "code": 'Cä"1'}])
    ledger.log.append(LEDGER, 0, [Entry(b"shop", value), Entry(b"other", value)])
    names = names_of(voucher, "whatever")
    assert names == {"v_11", 'Cä"1'}
    lines = await records_of(ledger.log, 0, "shop", names, as_json=True)
    assert [json.loads(each)["offset"] for each in lines] == [11, 30]
    assert await records_of(ledger.log, 0, "shop", frozenset(("v_1",)), as_json=False) != []
    assert await records_of(ledger.log, 0, "shop", frozenset(("_11",)), as_json=False) == []


def test_an_entity_without_an_id_is_called_by_its_key() -> None:
    assert names_of(Session("ssn", (), 0, 1.0, "DAYS"), "x") == {"ssn"}
    assert names_of(None, "x") == {"x"}


def test_what_is_personal_is_masked_unless_revealed() -> None:
    data = PersonalData(source_id="ann", address=Address(city="Ulm"), metadata={"vip": True})
    customer = Customer("cust_1", Personal("shop/cust_1", data), 5)
    masked = plain_entity(customer, reveal=False)
    assert masked["personal"] == {
        "owner": "shop/cust_1",
        "data": {"source_id": MASKED, "address": MASKED, "metadata": MASKED},
    }
    assert plain_entity(customer, reveal=True)["personal"]["data"]["address"] == {"city": "Ulm"}
    forgotten = Customer("cust_1", Personal("shop/cust_1", None), 5)
    assert plain_entity(forgotten, reveal=False)["personal"]["data"] is None


@pytest.mark.parametrize("reveal", [False, True])
def test_a_key_s_hash_is_masked_unless_revealed(reveal: bool) -> None:
    key: Shape = ApiKey("app", "shop", "server", "abc")
    assert plain_entity(key, reveal=reveal)["token_hash"] == ("abc" if reveal else MASKED)
