"""What goes on right now, of all projects: the windows that the application fills, and who is told.

The application is a reader of `campaign-rates` from somewhat more than an hour ago on, at every
start. What it finds beyond a threshold it has decided as a command. Of minutes that are long over
it says nothing: what they came to was said when they were new, or compares with an hour that it
has not read.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

import msgspec
import structlog

from runtime.log.log import Entry, LogError
from runtime.replica.command_entries import entry_of, make_system_command
from schemas.alerts import RaiseAlert
from schemas.base import Millis
from schemas.commands import Command
from schemas.rates import RatesCounted
from schemas.topics import COMMANDS
from services.analytics.live.alerting import KnownAlerts
from services.analytics.live.watching import MINUTE_MS, Watch
from services.analytics.live.windows import HOUR_MINUTES, Rates

#: From how many minutes ago on something is said to be beyond its threshold.
WATCHED_MINUTES: Final = 10
#: What is read at a start: so much, and the hour before it that tells what is usual.
READ_MS: Final[Millis] = (WATCHED_MINUTES + HOUR_MINUTES) * MINUTE_MS
RETRY_SECONDS: Final = 2.0
#: How many alerts wait to be sent at most; what there is no room for is found again.
WAITING_MAX: Final = 1000

log = structlog.get_logger(__name__)
_decoder: Final = msgspec.json.Decoder(RatesCounted)


@dataclass(frozen=True, slots=True)
class LiveOutfit:
    """What the live rates need of their host."""

    #: Appends a command; its offset. Raises LogError.
    send: Callable[[str, int, Entry], Awaitable[int]]
    encode: Callable[[Command], bytes]
    clock_ms: Callable[[], Millis]


class Live:
    """Give `take` what the topic holds, and `alerts.note` the records of the ledger."""

    def __init__(self, outfit: LiveOutfit) -> None:
        #: Why the windows do not move, if they do not.
        self.fault: str | None = None
        self.clock_ms = outfit.clock_ms
        self.rates = Rates()
        self.alerts = KnownAlerts(self._changed)
        self._outfit = outfit
        self._watch = Watch(self.alerts.thresholds_of)
        self._watched_from = outfit.clock_ms() // MINUTE_MS - WATCHED_MINUTES
        self._waiting: asyncio.Queue[tuple[int, str, RaiseAlert]] = asyncio.Queue(WAITING_MAX)
        self._followers: dict[str, set[asyncio.Event]] = {}

    @property
    def read_from(self) -> Millis:
        """Since when the topic has to be read."""
        return self.clock_ms() - READ_MS

    def take(self, partition: int, value: bytes) -> None:
        """Counts a record of `campaign-rates`; one that is there twice counts once."""
        counted = _decoder.decode(value)
        project = self.rates.take(partition, counted)
        if project is None:
            return
        room = self._waiting.maxsize - self._waiting.qsize()
        for each in self._watch.look(project, counted, self._watched_from, room):
            self._waiting.put_nowait((partition, counted.project, each))
        self._changed(counted.project)

    async def send_alerts(self) -> None:
        """Has what was found decided, for ever; what cannot be sent is sent again."""
        found: tuple[int, str, RaiseAlert] | None = None
        while True:
            partition, project, body = found or await self._waiting.get()
            command = make_system_command(project, body, self.clock_ms(), channel="SYSTEM")
            entry = entry_of(command, self._outfit.encode(command))
            try:
                await self._outfit.send(COMMANDS, partition, entry)
                found = None
            except LogError as fault:
                log.warning("alert not sent yet", reason=str(fault))
                found = partition, project, body
                await asyncio.sleep(RETRY_SECONDS)

    @contextmanager
    def follow(self, project: str) -> Iterator[asyncio.Event]:
        """An event that is set whenever something of the project changed."""
        changed = asyncio.Event()
        self._followers.setdefault(project, set()).add(changed)
        try:
            yield changed
        finally:
            followers = self._followers[project]
            followers.discard(changed)
            if not followers:
                del self._followers[project]

    def _changed(self, project: str) -> None:
        for each in self._followers.get(project, ()):
            each.set()
