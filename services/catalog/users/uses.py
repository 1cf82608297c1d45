"""Tells the ledger by the hour when sessions were used last."""

import asyncio
from collections.abc import Callable
from typing import Final

import structlog

from runtime.base.faults import NotSent, OutcomeUnknown
from runtime.http.service import Service
from runtime.http.session_uses import SessionUses
from runtime.replica.command_sender import CommandSender
from schemas.base import Millis
from schemas.projects import CONTROL_PROJECT
from schemas.user_commands import TouchUserSessions

PERIOD_SECONDS: Final = 300

log = structlog.get_logger(__name__)


class TellingUses:
    """The task that tells."""

    def __init__(
        self, uses: SessionUses, commands: CommandSender, clock_ms: Callable[[], Millis]
    ) -> None:
        self._uses = uses
        self._commands = commands
        self._clock_ms = clock_ms

    @property
    def service(self) -> Service:
        """To be mounted in the host whose gate notes the uses."""
        return Service("session-uses", tasks={"tell": self._run})

    async def tell(self) -> None:
        """Tells once; what could not be told is told later."""
        used = self._uses.untold(self._clock_ms())
        if not used:
            return
        try:
            body = TouchUserSessions(tuple(used))
            await self._commands.send(CONTROL_PROJECT, body, key_kind="system", channel="SYSTEM")
        except (NotSent, OutcomeUnknown) as fault:
            log.info("uses of sessions are told later", reason=type(fault).__name__)
        else:
            self._uses.note_told(used)

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(PERIOD_SECONDS)
            await self.tell()
