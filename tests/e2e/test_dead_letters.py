"""A command that the ledger cannot decode gets its record, becomes a dead letter, and that is all."""

from typing import Any

import msgspec
import pytest

from schemas.topics import COMMANDS, DEAD_LETTERS, LEDGER
from schemas.vouchers import DeleteVoucher
from tests.e2e.kafka_log import Log, Stored
from tests.e2e.projects import encoded, produce
from tests.e2e.shop import Shop
from tests.e2e.system import System, eventually


def _unreadable(project: str) -> dict[str, bytes | None]:
    good = msgspec.json.decode(encoded(project, DeleteVoucher("X")))

    def changed(**members: Any) -> bytes:
        return msgspec.json.encode({**good, **members})

    return {
        "a tombstone": None,
        "nothing": b"",
        "no json": b"{{{",
        "not utf-8": b'{"id":"\xff"}',
        "another kind": changed(body={"type": "grant_a_wish"}),
        "a missing member": changed(body={"type": "delete_voucher"}),
        "a wrong type": changed(sent_at="now"),
        "nested too deep": b"[" * 100_000,
        "too large for a dead letter": b'"' + b"x" * 900_000 + b'"',
    }


NAMES = list(_unreadable(""))


@pytest.mark.parametrize("name", NAMES)
async def test_what_cannot_be_decoded_stops_nothing(system: System, shop: Shop, name: str) -> None:
    project = system.keys["project_id"]
    code = shop.discount(redemption={"quantity": 2}).code
    shop.redeem(code)
    log = Log(system.bootstrap)
    partition = next(each.partition for each in await log.read(LEDGER) if code in each.text)
    letters = len(await log.read(DEAD_LETTERS))
    value = _unreadable(project)[name]

    offset = await produce(system, partition, value)
    shop.redeem(code)
    assert shop.not_redeemed(code).key == "quantity_exceeded"
    assert system.is_healthy()

    records = [
        msgspec.json.decode(each.value)
        for each in await log.applied()
        if each.partition == partition
    ]
    # what the front decided next beside it has the same offset
    at = [each for each in records if each["command_offset"] == offset]
    (record,) = [each for each in at if each["type"] == "command.unreadable"]
    assert record["reason"]
    found = await log.read(DEAD_LETTERS)
    assert len(found) == letters + 1
    _is_the_letter(found[-1], f"{COMMANDS}/{partition}/{offset}", value or b"", record["reason"])


def _is_the_letter(letter: Stored, origin: str, value: bytes, reason: str) -> None:
    headers = {name: content.decode() for name, content in letter.headers}
    assert headers["origin"] == origin
    assert headers["size"] == str(len(value))
    assert headers["reason"] == reason
    assert value.startswith(letter.value)
    assert letter.value == value or len(letter.value) >= 700_000


def test_insight_goes_on_too(system: System, shop: Shop) -> None:
    code = shop.discount().code
    shop.redeem(code)
    assert eventually(lambda: shop.listed(voucher_code=code).total) == 1
