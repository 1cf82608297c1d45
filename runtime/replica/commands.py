"""How a front has a command decided.

A command goes to the partition of its project, or at once to that one's writer if it lives in the
same process. The record that answers it names the command's
offset; the front's own replica folds it before the answer is given, so a client reads its own
writes. A front that enqueued nothing raises NotSent; one that cannot know raises OutcomeUnknown.
"""

import asyncio
import os
from collections.abc import Callable, Mapping

from runtime.base.faults import NoSpace, NotDecided, NotSent, OutcomeUnknown, TooLarge
from runtime.keys.codec import Codec
from runtime.log.log import InDoubt, LogError, Unsent
from runtime.log.sender import EntrySender
from runtime.replica.command_entries import entry_of
from runtime.replica.command_sender import Answered
from runtime.replica.followed import Followed, Recorded
from runtime.replica.inbox import Handed, Inbox
from schemas.base import Millis
from schemas.commands import Command, CommandBody
from schemas.projects import KeyKind
from schemas.records import Answer, Decided, Duplicate, Record
from schemas.topics import COMMAND_BYTES_MAX, COMMANDS, LEDGER

#: The random parts of a command.
ID_BYTES = 13
SEED_BYTES = 16


class Commands:
    """Sends commands and waits for their records.

    `partition_of` names a project's partition, `first_offset` the record of a repeated command;
    `shortage` says why nothing may be written now, if so.
    """

    def __init__(
        self,
        sender: EntrySender,
        followed: Mapping[int, Followed],
        codec: Codec,
        partition_of: Callable[[str], int],
        first_offset: Callable[[Duplicate], int | None],
        *,
        deadline_ms: int,
        clock_ms: Callable[[], Millis],
        random_bytes: Callable[[int], bytes] = os.urandom,
        shortage: Callable[[], str | None] = lambda: None,
    ) -> None:
        self._sender = sender
        self._shortage = shortage
        self._followed = followed
        self._codec = codec
        self._partition_of = partition_of
        self._first_offset = first_offset
        self._deadline_ms = deadline_ms
        self._clock_ms = clock_ms
        self._random_bytes = random_bytes

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
        """Has a command decided. Raises TooLarge, NoSpace, NotSent, OutcomeUnknown."""
        short = self._shortage()
        if short is not None:
            raise NoSpace(short)
        now = self._clock_ms()
        drawn = self._random_bytes(ID_BYTES + SEED_BYTES).hex()
        command = Command(
            id=command_id or f"cmd_{drawn[: 2 * ID_BYTES]}",
            project=project,
            sent_at=now,
            deadline=now + self._deadline_ms,
            seed=drawn[2 * ID_BYTES :],
            key_kind=key_kind,
            fingerprint=fingerprint,
            body=body,
            channel=channel,
            channel_id=channel_id,
            email_key=email_key,
            login=login,
        )
        partition = self._partition_of(project)
        decided = await self._decide(command, partition, is_drawn=command_id is None)
        return await self._first(decided, partition)

    async def _decide(self, command: Command, partition: int, *, is_drawn: bool) -> Recorded:
        followed = self._followed[partition]
        # One that is handed over is not sent as this; it is refused for its size all the same.
        value = self._codec.encode_command(command)
        if len(value) > COMMAND_BYTES_MAX:
            raise TooLarge(len(value), COMMAND_BYTES_MAX)
        if followed.loan is not None:
            inbox = followed.loan.inbox
            return await hand_over(command, self._clock_ms(), inbox, is_drawn=is_drawn)
        offset: int | None = None
        followed.expect(command.id)
        try:
            offset = await self._sender.send(COMMANDS, partition, entry_of(command, value))
            left_ms = command.deadline - self._clock_ms()
            return await followed.answer_to(command.id, offset, max(left_ms, 0) / 1000)
        except Unsent as fault:
            raise NotSent(str(fault)) from fault
        except (InDoubt, TimeoutError) as fault:
            raise OutcomeUnknown(command.id) from fault
        finally:
            followed.forget(command.id, offset)

    async def _first(self, decided: Recorded, partition: int) -> Answered:
        """The answer itself, or the first one where the command is a duplicate."""
        record = decided.record
        if isinstance(record, Duplicate):
            replica = self._followed[partition].replica
            offset = self._first_offset(record)
            if offset is None:
                raise OutcomeUnknown(record.command_id)
            entry = await replica.log.read_at(LEDGER, partition, offset)
            first = await replica.decode(entry)
            assert isinstance(first, Decided)
            return Answered(first, partition, offset)
        if not isinstance(record, Answer):
            raise NotDecided(type(record).__name__)
        return Answered(record, partition, decided.offset)


async def hand_over(
    command: Command, now: Millis, inbox: Inbox, *, is_drawn: bool = False
) -> Recorded:
    """Has the writer in this process decide. Raises NotSent, OutcomeUnknown."""
    loop = asyncio.get_running_loop()
    found: asyncio.Future[Recorded] = loop.create_future()

    def tell(record: Record, offset: int) -> None:
        if not found.done():
            found.set_result(Recorded(record, offset))

    def refuse(fault: LogError) -> None:
        if not found.done():
            found.set_exception(fault)

    handed = Handed(command, now, tell, refuse, is_drawn=is_drawn)

    def expire() -> None:
        refuse(handed.give_up("the writer did not come to it in time"))

    inbox.put(handed)
    timer = loop.call_later(max(command.deadline - now, 0) / 1000, expire)
    try:
        return await found
    except Unsent as fault:
        raise NotSent(str(fault)) from fault
    except InDoubt as fault:
        raise OutcomeUnknown(command.id) from fault
    finally:
        timer.cancel()
        handed.is_wanted = False
