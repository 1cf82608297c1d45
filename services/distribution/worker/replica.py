"""The worker's replica: it keeps what is to be done, and hands on all that it reads."""

from collections.abc import Callable
from typing import Final

from runtime.log.log import Log
from runtime.replica.replica import Applied, Decode, Fold, Storage
from runtime.store.store import Store
from schemas.base import tag_of
from services.distribution.source import Head, SkimmingReplica, Source, Stretch
from services.distribution.worker.state import CHANGING

_CHANGING: Final = frozenset(map(tag_of, CHANGING))


class WorkerReplica(SkimmingReplica):
    """One partition, as far as the worker wants it."""

    def __init__(
        self,
        log: Log,
        partition: int,
        storage: Storage,
        make_fold: Callable[[Store], Fold],
        decode: Decode,
    ) -> None:
        #: Told that there may be something else to do.
        self.moved: Callable[[], None] = lambda: None
        #: Whether somebody waits for the record of a command.
        self.is_expected: Callable[[str], bool] = lambda _: False
        self.source = Source()
        super().__init__(log, partition, storage, make_fold, decode)
        self.source.begin(self.chain.state)

    def wants(self, head: Head) -> bool:
        if not head.command_type or self.is_expected(head.command_id):
            return True
        return any(each.type in _CHANGING for each in head.events)

    def wipe(self) -> None:
        super().wipe()
        self.source.begin(self.chain.state)
        self.moved()

    async def read(self, *, wait_ms: int, until: int | None = None) -> list[Applied]:
        before = self.chain.state
        applied = await super().read(wait_ms=wait_ms, until=until)
        if self.chain.state == before:
            self.source.hand_on(Stretch(before, before, (), self.end))
        return applied

    async def take(self, stretch: Stretch) -> list[Applied]:
        applied = await super().take(stretch)
        self.source.hand_on(stretch._replace(end=self.end))
        if applied:
            self.moved()
        return applied
