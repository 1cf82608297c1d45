"""A stopped system keeps its data and keys; a byte that changed in an old record is found."""

import re
import struct
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.chaos.killing import assert_verified
from tests.e2e.plain import Plain
from tests.e2e.shop import Shop
from tests.e2e.system import System

HISTORY_REDEMPTIONS = 50
#: A batch in a file of Kafka's: its first offset, its length after these 12 bytes, and later the
#: number of its last offset; its records begin after 61 bytes.
HEAD = struct.Struct(">qi")
LENGTH_AT, LAST_OFFSET_AT, RECORDS_AT = 8, 23, 61
#: So that there is an old one among them.
RECORDS_MIN = 10


class Kept:
    """A code for one redemption more than were made, by Ann, and what was told of them."""

    def __init__(self, system: System) -> None:
        shop, plain = Shop(system.url, system.keys), Plain(system.url, system.server_key)
        self.keys = system.keys
        self.code = shop.discount(redemption={"quantity": HISTORY_REDEMPTIONS + 1}).code
        ann = {"source_id": self.code, "name": "Ann"}
        made = [shop.redeem(self.code, customer=ann) for _ in range(HISTORY_REDEMPTIONS)]
        self.first = made[0].redemptions[0].id
        self.before = plain.redemptions(self.code)
        self.totals = plain.get("/v1/analytics/totals")["totals"]
        shop.close()
        plain.close()


@pytest.fixture(scope="module")
def kept(system: System) -> Iterator[Kept]:
    """What its ledger has; down for all tests that ask for it, up again after them."""
    made = Kept(system)
    system.down()
    yield made
    system.up()


def test_a_stopped_system_is_verified(system: System, kept: Kept) -> None:
    assert_verified(system)
    assert system.processes("broker") == []


@pytest.mark.parametrize("place", ["in a record", "in a batch's head"])
def test_a_flipped_byte_in_an_old_record_is_found_and_named(
    system: System, kept: Kept, place: str
) -> None:
    partition, file = _longest(system.home)
    start, base, last = _old_batch(file)
    at = start + (RECORDS_AT + 20 if place == "in a record" else LENGTH_AT)
    _flip(file, at)
    try:
        found = system.command("verify")
    finally:
        _flip(file, at)
    assert found.returncode != 0
    damage = [line for line in found.stdout.splitlines() if f"ledger/{partition}" in line]
    named = [int(number) for line in damage for number in re.findall(r"offset (\d+)", line)]
    assert any(base <= offset <= last + 1 for offset in named), found.stdout + found.stderr


def test_a_second_start_goes_on_with_the_same_data_and_keys(
    system: System, kept: Kept, plain: Plain
) -> None:
    system.up()
    assert system.keys == kept.keys
    shop = Shop(system.url, kept.keys)
    try:
        assert shop.customer(kept.code).name == "Ann"
        assert plain.redemptions(kept.code) == kept.before
        assert plain.get("/v1/analytics/totals")["totals"] == kept.totals
        shop.redeem(kept.code)
        assert shop.not_redeemed(kept.code).key == "quantity_exceeded"
        assert shop.redemption(kept.first).status == "SUCCEEDED"
    finally:
        shop.close()


def _longest(home: Path) -> tuple[int, Path]:
    """The partition of the ledger with the most in it, and its first file."""
    files = home.glob("kafka/**/ledger-*/0000*.log")
    largest = max(files, key=lambda file: file.stat().st_size)
    return int(largest.parent.name.removeprefix("ledger-")), largest


def _old_batch(file: Path) -> tuple[int, int, int]:
    """Where a batch in the first half begins, its first and its last offset."""
    content = file.read_bytes()
    position = 0
    while True:
        base, length = HEAD.unpack_from(content, position)
        if position > len(content) // 3:
            (more,) = struct.unpack_from(">i", content, position + LAST_OFFSET_AT)
            return position, base, base + more
        position += HEAD.size + length


def _flip(file: Path, at: int) -> None:
    with file.open("r+b") as opened:
        opened.seek(at)
        (byte,) = opened.read(1)
        opened.seek(at)
        opened.write(bytes([byte ^ 0x01]))
