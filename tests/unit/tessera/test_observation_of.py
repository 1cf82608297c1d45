"""Whatever lies in the topic of observations is one that can be stored, or none."""

import pytest

from runtime.log.log import StoredEntry
from tessera.hosts.insight_tables import observation_of

SEEN = (
    '{"type":"validation.observed","id":"v","project":"p","at":%s,"valid":true,'
    '"key_kind":"server","order_amount":%s}'
)


def _entry(value: bytes) -> StoredEntry:
    return StoredEntry(offset=0, timestamp=0, key=b"", value=value, headers=())


async def test_what_can_be_stored_is_read() -> None:
    seen = await observation_of(_entry((SEEN % (1, 2)).encode()))
    assert seen is not None
    assert (seen.at, seen.order_amount) == (1, 2)


@pytest.mark.parametrize(
    "value",
    [
        (SEEN % (2**63, 2)).encode(),
        (SEEN % ("9" * 10_000, 2)).encode(),
        (SEEN % (1, 2**63)).encode(),
        (SEEN % (-1, 2)).encode(),
        b'{"type":"\xff"}',
        b'{"type":"validation.observed","x":' + b"[" * 100_000,
    ],
)
async def test_anything_else_is_none(value: bytes) -> None:
    assert await observation_of(_entry(value)) is None
