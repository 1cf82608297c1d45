"""What a writer is given: how it decides, how bytes are made, how records fold, who it is."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from engine.kernel.decision import Decision
from engine.kernel.state import View
from schemas.base import Millis
from schemas.commands import Command
from schemas.records import Record

#: What decides a command: a function of state, command and time.
Decide = Callable[[View, Command, Millis], Decision]


class Codec(Protocol):
    """How commands and records become bytes."""

    def decode_command(self, value: bytes) -> Command:
        """The command; raises ValueError with a reason that names no content."""

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
