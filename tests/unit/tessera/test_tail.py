"""`tessera tail` prints whatever lies in the ledger, one harmless line each."""

import json

import msgspec
import pytest

from runtime.log.log import StoredEntry
from tessera.tail import UNREADABLE_BYTES_MAX, record_line

RECORD = {
    "type": "decided",
    "command_type": "voucher.create",
    "events": [{"type": "voucher.created", "voucher": {"code": "SUMMER", "id": "v_1"}}],
}


def entry(value: bytes, key: bytes = b"shop") -> StoredEntry:
    return StoredEntry(7, 1_700_000_000_000, key, value, (("prev", b"00"),))


def test_a_record_is_told_in_words() -> None:
    shown = record_line(0, entry(msgspec.json.encode(RECORD)), as_json=False)
    assert shown.split() == [
        "0/7", "2023-11-14T22:13:20.000Z", "shop", "voucher.create", "voucher.created", "SUMMER",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "value",
    [
        b"",
        b"\x00\xff{",
        b"[1, 2]",
        b'"text"',
        b"null",
        b"[" * 100_000,
        b'{"events": 1}',
        b'{"events": [{}]}',
        b'{"events": [7]}',
        b'{"refusal": "no"}',
        b'{"events": [{"type": "x", "voucher": {}}]}',
        b'{"type": "\\ud800"}',
    ],
)
def test_what_is_no_record_is_shown_as_such(value: bytes) -> None:
    shown = record_line(0, entry(value), as_json=False)
    assert "unreadable" in shown
    assert f"{len(value)} bytes" in shown
    assert len(shown) < 100 + 4 * UNREADABLE_BYTES_MAX
    assert shown.isprintable()
    assert json.loads(record_line(0, entry(value), as_json=True))["offset"] == 7


def test_json_gives_the_bytes_of_what_is_no_record() -> None:
    shown = json.loads(record_line(0, entry(b"\xff["), as_json=True))
    assert shown["record"] is None
    assert shown["unreadable"] == "\\xff["
    assert "unreadable" not in json.loads(record_line(0, entry(b"{}"), as_json=True))


@pytest.mark.parametrize("code", ["A\x1b[2J", "A\nB", "A\x9b1m", "A\u202eB", "A\x00", "A\x7f\r"])
@pytest.mark.parametrize("as_json", [False, True])
def test_nothing_in_a_record_moves_the_cursor(code: str, as_json: bool) -> None:
    event = {"type": "voucher.created", "voucher": {"code": code}}
    value = msgspec.json.encode(RECORD | {"events": [event]})
    shown = record_line(0, entry(value, key=code.encode()), as_json=as_json)
    assert shown.isprintable()
    if as_json:
        assert json.loads(shown)["record"]["events"] == [event]
