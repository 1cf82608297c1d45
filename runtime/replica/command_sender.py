"""What has commands decided, as those see it who send some."""

from typing import NamedTuple, Protocol

from schemas.commands import CommandBody
from schemas.projects import KeyKind
from schemas.records import Answer


class Answered(NamedTuple):
    """The record that answers a command; for a duplicate the first one's."""

    record: Answer
    partition: int
    offset: int


class CommandSender(Protocol):
    """What has commands decided: `Commands`, or what stands in for the ledger in tests."""

    async def send(
        self,
        project: str,
        body: CommandBody,
        *,
        key_kind: KeyKind,
        channel: str = "API",
        channel_id: str = "",
        command_id: str | None = None,
        fingerprint: str = "",
        email_key: str | None = None,
        login: str | None = None,
    ) -> Answered:
        """The record that decides the command.

        Raises TooLarge, NoSpace, NotSent, NotDecided, OutcomeUnknown.
        """
