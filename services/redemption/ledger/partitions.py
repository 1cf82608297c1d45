"""The partitions that this process writes: a writer each, started and stopped as Kafka assigns them.

The assignment is only an order to start: what keeps two writers from harming one another is the
chain, not the group (see writer.py). A writer that was fenced ends the process, which its
supervisor starts again; damage stops its partition alone, so that the others are still served.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection

import structlog

from runtime.log.chain import Damage
from runtime.log.log import Corrupt
from services.redemption.ledger.writer import Fenced, Writer

log = structlog.get_logger(__name__)

STOP_SECONDS_MAX = 10.0


class Partitions:
    """Writers by partition. `make` opens one; `close` gives back what it opened."""

    def __init__(
        self,
        make: Callable[[int], Awaitable[Writer]],
        close: Callable[[Writer], Awaitable[None]],
        fail: Callable[[BaseException], None],
    ) -> None:
        self.writers: dict[int, Writer] = {}
        self.faults: dict[int, str] = {}
        self._make = make
        self._close = close
        self._fail = fail
        self._tasks: dict[int, asyncio.Task[None]] = {}
        #: What is being opened is started before anything is stopped.
        self._changing = asyncio.Lock()

    async def assigned(self, partitions: Collection[int]) -> None:
        """Starts a writer for each."""
        async with self._changing:
            for partition in sorted(set(partitions) - set(self._tasks)):
                self.faults.pop(partition, None)
                writer = await self._make(partition)
                self.writers[partition] = writer
                self._tasks[partition] = asyncio.create_task(
                    self._serve(writer, partition), name=f"writer-{partition}"
                )
                log.info("partition assigned", partition=partition)

    async def revoked(self, partitions: Collection[int]) -> None:
        """Stops the writers; what is in flight is settled first, within bounds."""
        async with self._changing:
            await self._stop(partitions)

    async def _stop(self, partitions: Collection[int]) -> None:
        stopping: list[asyncio.Task[None]] = []
        for partition in sorted(set(partitions) & set(self._tasks)):
            self.writers.pop(partition).stopping = True
            stopping.append(self._tasks.pop(partition))
            log.info("partition revoked", partition=partition)
        if not stopping:
            return
        _, late = await asyncio.wait(stopping, timeout=STOP_SECONDS_MAX)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)

    async def close(self) -> None:
        """Stops all writers."""
        async with self._changing:
            await self._stop(list(self._tasks))

    async def _serve(self, writer: Writer, partition: int) -> None:
        try:
            await writer.run()
        except Fenced as fault:
            log.error("fenced", partition=partition, reason=str(fault))
            self._fail(fault)
        except (Damage, Corrupt) as fault:
            self.faults[partition] = str(fault)
            log.error("ledger damaged", partition=partition, reason=str(fault))
        except asyncio.CancelledError:
            raise
        except Exception as fault:
            log.exception("writer failed", partition=partition)
            self._fail(fault)
        finally:
            await self._close(writer)
