"""A ledger in memory. It stands for commands, topic and replica: it decides a command and folds its
record before it answers, as the real ones do together.
"""

import itertools
from collections.abc import Iterator, Sequence

from engine.admission import admit
from engine.decide import decide
from engine.fold import StateFold
from engine.kernel.overlay import ProjectState
from runtime.base.faults import NotSent, OutcomeUnknown
from runtime.replica.command_sender import Answered
from runtime.store.store import MemoryStore
from schemas.commands import Command, CommandBody
from schemas.projects import KeyKind
from schemas.records import Answer, Decided, Duplicate

START_MS = 1_700_000_000_000


class Bytes(dict[bytes, bytes]):
    """A store in memory."""

    def scan(
        self, prefix: bytes, *, after: bytes | None = None, backwards: bool = False
    ) -> Iterator[tuple[bytes, bytes]]:
        return MemoryStore(self).scan(prefix, after=after, backwards=backwards)

    def present(self, keys: Sequence[bytes]) -> set[bytes]:
        return {key for key in keys if key in self}


class Ledger:
    """Decides and folds at once."""

    def __init__(self) -> None:
        self.records: list[Answer] = []
        self.commands: list[Command] = []
        self.now = START_MS
        self.fault: NotSent | OutcomeUnknown | None = None
        self._store = Bytes()
        self._fold = StateFold(self._store)
        self._seeds = itertools.count(1)

    def view(self, project: str) -> ProjectState:
        return self._fold.view(project)

    async def fresh(self, project: str) -> ProjectState:
        return self.view(project)

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
        if self.fault is not None:
            raise self.fault
        number = next(self._seeds)
        command = Command(
            id=command_id or f"cmd_{number}",
            project=project,
            sent_at=self.now,
            deadline=self.now + 1000,
            seed=f"{number:032x}",
            key_kind=key_kind,
            fingerprint=fingerprint,
            body=body,
            channel=channel,
            channel_id=channel_id,
            email_key=email_key,
            login=login,
        )
        self.commands.append(command)
        offset = len(self.records)
        self._fold.begin()
        view = self._fold.view(project)
        record: Answer | None = admit(view, command, self.now, self.now, offset)
        if record is None:
            decision = decide(view, command, self.now)
            record = Decided(
                command_offset=offset,
                at=self.now,
                command_id=command.id,
                command_type=str(body.__struct_config__.tag),
                project=project,
                fingerprint=fingerprint,
                events=decision.events,
                refusal=decision.refusal,
                customer=decision.customer,
                assignments=decision.assignments,
                categories=decision.categories,
                effects=decision.effects,
                key_kind=key_kind,
            )
        self._fold.apply(record, offset)
        for key, value in self._fold.commit().items():
            if value is None:
                self._store.pop(key, None)
            else:
                self._store[key] = value
        self.records.append(record)
        if isinstance(record, Duplicate):
            offset, record = next(
                (number, each)
                for number, each in enumerate(self.records)
                if isinstance(each, Decided) and each.command_id == command.id
            )
        return Answered(record, 0, offset)
