"""The eraser: destroys the keys of those whom the ledger says are to be forgotten.

It looks at the writers' state as of the last acknowledged record: from there on nothing is sealed
for such an owner any more. It puts tombstones on the owner's keys, for a customer or a user removes all
decided commands of the partition, which hold what clients said in the clear, and has the end
recorded. Each of it can be done again, so one that died over it, or could not reach the log, begins
anew.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import NamedTuple

import structlog

from runtime.log.log import Entry, LogError
from runtime.replica.command_entries import entry_of, make_system_command
from schemas.base import Millis
from schemas.commands import Command
from schemas.erasures import EndErasures, Erasure
from schemas.topics import COMMANDS
from services.redemption.ledger.serving import Found, Serving

PERIOD_SECONDS = 0.5
#: How many owners are erased at a time.
OWNERS_MAX = 500

log = structlog.get_logger(__name__)


class EraserOutfit(NamedTuple):
    """What an eraser is given."""

    #: Destroys all keys of the owners. Raises LogError.
    forget: Callable[[Sequence[str]], Awaitable[None]]
    #: Removes the commands of a partition before an offset. Raises LogError.
    delete_commands: Callable[[int, int], Awaitable[None]]
    #: Appends a command; its offset. Raises LogError.
    send: Callable[[str, int, Entry], Awaitable[int]]
    encode: Callable[[Command], bytes]
    clock_ms: Callable[[], Millis]


class _Work(NamedTuple):
    partition: int
    decided: int
    erasures: list[Erasure]


class Eraser:
    """Looks at the partitions that `serving` names."""

    def __init__(self, serving: Callable[[], Iterable[Serving]], outfit: EraserOutfit) -> None:
        self._serving = serving
        self._outfit = outfit
        #: By partition: the offset of the last end that was sent, which is on its way until then.
        self._sent: dict[int, int] = {}
        #: Whether there was nothing to erase.
        self._clean: Found[bool] = Found()

    async def run(self) -> None:
        """Erases, until cancelled."""
        while True:
            await self.look()
            await asyncio.sleep(PERIOD_SECONDS)

    async def look(self) -> None:
        """Erases what there is to erase, once."""
        found: list[_Work] = []
        # Read together, without a pause: what a state knows was decided before that offset.
        for served in self._serving():
            if self._clean.recall(served):
                continue
            erasures = served.fold.erasures(OWNERS_MAX)
            if erasures:
                found.append(_Work(served.partition, served.decided, erasures))
            else:
                self._clean.keep(served, True)
        for work in found:
            if self._sent.get(work.partition, -1) > work.decided:
                continue
            try:
                await self._erase(work)
            except LogError as fault:
                log.warning("not erased yet", partition=work.partition, reason=str(fault))

    async def _erase(self, work: _Work) -> None:
        outfit, erasures = self._outfit, work.erasures
        await outfit.forget([each.owner for each in erasures])
        if any(each.kind in ("customer", "user") for each in erasures):
            await outfit.delete_commands(work.partition, work.decided + 1)
        for project in sorted({each.project for each in erasures}):
            ids = tuple(each.id for each in erasures if each.project == project)
            command = make_system_command(project, EndErasures(ids), outfit.clock_ms())
            entry = entry_of(command, outfit.encode(command))
            self._sent[work.partition] = await outfit.send(COMMANDS, work.partition, entry)
