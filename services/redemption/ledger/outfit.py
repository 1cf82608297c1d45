"""What a writer is given: how it decides, how bytes are made, how records fold, who it is, for whom."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Protocol

from engine.kernel.decision import Decision
from engine.kernel.state import View
from runtime.log.log import Reader
from runtime.replica.inbox import Inbox
from schemas.base import Millis
from schemas.commands import Command
from schemas.records import Record

#: What decides a command: a function of state, command and time.
Decide = Callable[[View, Command, Millis], Decision]


class Codec(Protocol):
    """How commands and records become bytes."""

    def decode_command(self, value: bytes) -> Command:
        """The command; raises ValueError with a reason that names no content."""

    def encode_command(self, command: Command) -> bytes:
        """The command as it would lie in the topic."""

    def encode_record(self, record: Record) -> bytes:
        """The record, personal data sealed."""

    async def publish_pending(self) -> None:
        """Returns once every key that `encode_record` made is acknowledged."""


class StateFold(Protocol):
    """The part of the replica's fold that decisions need."""

    def begin(self) -> None:
        """Opens a batch."""

    def apply(self, record: Record, offset: int) -> None:
        """Folds a record into the newest batch."""

    def view(self, project: str) -> View:
        """State as of the newest batch."""

    def discard(self) -> None:
        """Drops all open batches."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Who writes: unique per start of a process."""

    writer: str
    host: str
    code_version: str


class Front(Protocol):
    """The front in whose process a writer is, if it has one there: it lent the replica."""

    #: What it hands over.
    inbox: Inbox

    def wake(self, reader: Reader) -> Reader:
        """The reader, whose waits end when a command is handed over."""

    def suspend(self) -> None:
        """Hears that the replica is about to be compared with the log."""

    def forget(self) -> None:
        """Hears that the replica was wiped."""

    def note(self, applied: Iterable[tuple[Record, int]], end: int | None) -> None:
        """Hears that these records, each with its offset, were written to the replica.

        `end` is where the log ended by then, if that is known.
        """

    @property
    def is_astray(self) -> bool:
        """Whether the log, when it was last asked, did not end where the replica does."""


class NoFront:
    """The front of a writer that has none in its process."""

    is_astray = False

    def __init__(self) -> None:
        self.inbox = Inbox()

    def wake(self, reader: Reader) -> Reader:
        return reader

    def suspend(self) -> None:
        pass

    def forget(self) -> None:
        pass

    def note(self, applied: Iterable[tuple[Record, int]], end: int | None) -> None:
        pass
