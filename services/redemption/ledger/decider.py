"""From a command to its record. One that the code cannot take must not stop all others.

It knows no event loop, as the writer does not (writer.py).
"""

import msgspec
import structlog

from engine.admission import admit
from engine.kernel.state import View
from runtime.keys.sealing import KeyringError
from runtime.log.log import Entry, LogError, StoredEntry
from runtime.store.store import StoreError
from schemas.base import Millis, tag_of
from schemas.commands import Command
from schemas.errors import refuse
from schemas.records import RECORD_VERSION, Decided, Record, Unreadable
from schemas.topics import RECORD_BYTES_MAX
from services.redemption.ledger.outfit import Codec, Decide, StateFold

_VERSION = str(RECORD_VERSION).encode()
#: What is wrong with the machine, not with the command that met it.
INFRASTRUCTURE = (StoreError, KeyringError, LogError)

log = structlog.get_logger(__name__)


class Decider:
    """Decides the commands of one partition, each for itself."""

    def __init__(self, codec: Codec, partition: int, decide: Decide) -> None:
        self._codec = codec
        self._partition = partition
        self._decide = decide

    def decide(self, stored: StoredEntry, fold: StateFold, now: Millis) -> tuple[Record, Entry]:
        """The command's record, and how it lies in the log; whatever happens, it has one.

        `now` is the ledger's time so far. Raises what is wrong with the machine.
        """
        try:
            command = self._codec.decode_command(stored.value)
        except ValueError as fault:
            unreadable = Unreadable(command_offset=stored.offset, at=now, reason=str(fault))
            return unreadable, self.encode(unreadable, "")
        return self.decide_command(command, stored.offset, stored.timestamp, fold, now)

    def decide_command(
        self,
        command: Command,
        offset: int,
        appended_at: Millis,
        fold: StateFold,
        now: Millis,
        *,
        is_new: bool = False,
    ) -> tuple[Record, Entry]:
        """As `decide`, of a command that was read; `offset` is the last one in the topic by then."""
        try:
            view = fold.view(command.project)
            record = self._outcome(command, offset, appended_at, view, now, is_new=is_new)
            entry = self.encode(record, command.project)
        except INFRASTRUCTURE:
            raise
        except Exception as fault:  # noqa: BLE001  one command must not stop all others
            return self._record_fault(command.id, offset, now, fault)
        if len(entry.value) > RECORD_BYTES_MAX:
            assert isinstance(record, Decided)
            record = Decided(
                command_offset=record.command_offset,
                at=record.at,
                command_id=record.command_id,
                command_type=record.command_type,
                project=record.project,
                fingerprint=record.fingerprint,
                refusal=refuse("too_large", f"More than {RECORD_BYTES_MAX} bytes"),
            )
            entry = self.encode(record, command.project)
        return record, entry

    def fold(
        self,
        at: int,
        fold: StateFold,
        now: Millis,
        decided: tuple[Record, Entry],
        offset: int,
    ) -> tuple[Record, Entry]:
        """Folds the command's record at its offset; gives it, or that it cannot be folded."""
        record, entry = decided
        try:
            fold.apply(record, offset)
        except INFRASTRUCTURE:
            raise
        except Exception as fault:  # noqa: BLE001  one command must not stop all others
            return self._record_fault(getattr(record, "command_id", ""), at, now, fault)
        return record, entry

    def encode(self, record: Record, project: str) -> Entry:
        """How a record lies in the log; no project: it is the writer's own."""
        command_id = getattr(record, "command_id", "")
        headers = (
            ("type", tag_of(type(record)).encode()),
            ("id", command_id.encode()),
            ("version", _VERSION),
        )
        return Entry(project.encode(), self._codec.encode_record(record), headers)

    def _record_fault(
        self, command_id: str, offset: int, now: Millis, fault: Exception
    ) -> tuple[Record, Entry]:
        """The record of a command that the code cannot take; it must not stop all others."""
        log.error("command failed", partition=self._partition, at=offset, exc_info=fault)
        reason = f"it could not be decided: {type(fault).__name__}"
        failed = Unreadable(offset, now, reason, command_id)
        return failed, self.encode(failed, "")

    def _outcome(
        self,
        command: Command,
        offset: int,
        appended_at: Millis,
        view: View,
        so_far: Millis,
        *,
        is_new: bool,
    ) -> Record:
        """The command's record. Only a command that came in time moves the ledger's time on."""
        now = max(appended_at, so_far)
        refused = admit(view, command, appended_at, now, offset, is_new=is_new)
        if refused is not None:
            return msgspec.structs.replace(refused, at=so_far)
        decision = self._decide(view, command, now)
        return Decided(
            command_offset=offset,
            at=now,
            command_id=command.id,
            command_type=tag_of(type(command.body)),
            project=command.project,
            fingerprint=command.fingerprint,
            events=decision.events,
            refusal=decision.refusal,
            customer=decision.customer,
            assignments=decision.assignments,
            categories=decision.categories,
            effects=decision.effects,
            key_kind=command.key_kind,
        )
