"""The partitions of a process: what is being opened is stopped, too, when it is revoked."""

import asyncio

from services.redemption.ledger.partitions import Partitions
from services.redemption.ledger.writer import Writer
from tests.unit.runtime.log.test_freshness import turns
from tests.unit.services.redemption.ledger.test_writer import Ledger


async def test_a_partition_that_is_revoked_while_it_is_opened_is_not_served_afterwards() -> None:
    ledger = Ledger()
    lent = asyncio.Event()
    closed: list[Writer] = []
    faults: list[BaseException] = []

    async def make(_: int) -> Writer:
        await lent.wait()
        return ledger.writer

    async def close(writer: Writer) -> None:
        closed.append(writer)

    partitions = Partitions(make, close, faults.append)
    assigning = asyncio.create_task(partitions.assigned([0]))
    await turns()
    revoking = asyncio.create_task(partitions.revoked([0]))
    await turns()
    lent.set()
    await asyncio.gather(assigning, revoking)
    assert partitions.writers == {}
    assert closed == [ledger.writer]
    assert ledger.writer.stopping
    assert not faults
