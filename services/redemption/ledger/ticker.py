"""The ticker: has what time ended swept, so that the end of a session reaches the log.

Decisions do not need it (they compare with their own `now`); it looks at the writers' state and
sends a command only for a project in which something is due, so an idle log stays idle.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping

import structlog

from engine.expiry import next_due
from runtime.log.log import Entry, LogError
from runtime.replica.command_entries import entry_of, make_system_command
from schemas.base import Millis
from schemas.commands import Command
from schemas.expiry import ExpireDue
from schemas.projects import CONTROL_PROJECT
from schemas.topics import COMMANDS
from services.redemption.ledger.serving import Found, Serving

PERIOD_SECONDS = 1.0
#: Between sweeps as long as they find something; each is bounded (engine/expiry.py).
BUSY_SECONDS = 0.05

log = structlog.get_logger(__name__)


class Ticker:
    """Looks at the partitions that `serving` names."""

    def __init__(
        self,
        serving: Callable[[], Iterable[Serving]],
        send: Callable[[str, int, Entry], Awaitable[int]],
        encode: Callable[[Command], bytes],
        *,
        clock_ms: Callable[[], Millis],
    ) -> None:
        self._serving = serving
        self._send = send
        self._encode = encode
        self._clock_ms = clock_ms
        #: By project: the offset of the last sweep, which is under way until it is decided.
        self._sent: dict[str, int] = {}
        self._known: Found[Mapping[str, Millis]] = Found()

    async def run(self) -> None:
        """Sweeps, until cancelled: again at once as long as something was due."""
        while True:
            was_due = await self.look()
            await asyncio.sleep(BUSY_SECONDS if was_due else PERIOD_SECONDS)

    async def look(self) -> bool:
        """Sweeps what is due, once; whether anything was."""
        return any([await self._sweep(each) for each in list(self._serving())])

    def _due(self, served: Serving) -> Mapping[str, Millis]:
        """From when on something is due, by project; looked up again when anything was recorded."""
        due = self._known.recall(served)
        if due is None:
            fold = served.fold
            projects = (CONTROL_PROJECT, *fold.projects())
            due = {each: next_due(fold.settled_view(each)) for each in projects}
            self._known.keep(served, due)
        return due

    async def _sweep(self, served: Serving) -> bool:
        """Sends a sweep for each project in which something is due; whether anything was."""
        any_due, now = False, self._clock_ms()
        for project, due in self._due(served).items():
            if due > now:
                continue
            any_due = True
            if self._sent.get(project, -1) > served.decided:
                continue
            command = make_system_command(project, ExpireDue(), now)
            entry = entry_of(command, self._encode(command))
            try:
                offset = await self._send(COMMANDS, served.partition, entry)
            except LogError as fault:
                log.warning("sweep not sent", project=project, reason=str(fault))
            else:
                self._sent[project] = offset
        return any_due
