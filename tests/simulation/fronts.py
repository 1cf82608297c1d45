"""What lives in a writer's process: clients that hand commands over, and requests that read."""

import msgspec

from engine.fold import StateFold
from engine.kernel import tables
from engine.kernel.state import Table, encode
from runtime.log.freshness import _Question
from runtime.log.log import InDoubt, LogError, Reader
from runtime.replica.followed import Followed, Loan
from runtime.replica.inbox import Handed
from schemas.base import Millis
from schemas.commands import Command
from schemas.records import Record
from schemas.topics import LEDGER
from tests.simulation.network import SimLog
from tests.simulation.scheduler import pause

_TABLES = [each for each in vars(tables).values() if isinstance(each, Table)]
record_decoder = msgspec.json.Decoder(Record, dec_hook=lambda _, value: value)

#: How the ids of commands begin that a front made up: no client repeats one.
DRAWN = "cmd_"


class SimLoan(Loan):
    """A loan whose reader needs no waking: no read of this world waits for long."""

    def wake(self, reader: Reader) -> Reader:
        return reader


class Handover:
    """A command that a client handed over, and what it was told; it is told once at most."""

    def __init__(self, log: SimLog, followed: Followed, command: Command, at: Millis) -> None:
        self.command = command
        self.at = at
        self.fault: LogError | None = None
        self.told: tuple[Record, int] | None = None
        self.gave_up = False
        self._log = log
        self._followed = followed
        is_drawn = command.id.startswith(DRAWN)
        self.handed = Handed(command, at, self._tell, self._refuse, is_drawn=is_drawn)

    @property
    def is_waiting(self) -> bool:
        return self.told is None and self.fault is None

    @property
    def surely_left_nothing(self) -> bool:
        return self.fault is not None and not isinstance(self.fault, InDoubt)

    def give_up(self) -> None:
        """The client waited long enough."""
        self.gave_up = True
        self.fault = self.handed.give_up("late")

    def _tell(self, record: Record, offset: int) -> None:
        assert self.told is None, "told twice"
        written = self._followed.replica.position.chain.position
        assert written >= offset, "told of what the front does not show"
        if not self._log.lost:
            assert read(self._log, offset) == record, "told of another record"
        if self.gave_up:
            assert isinstance(self.fault, InDoubt), "not sent, and decided all the same"
            return
        assert self.fault is None, "told after it was refused"
        self.told = record, offset

    def _refuse(self, fault: LogError) -> None:
        if not self.gave_up:
            assert self.is_waiting, "refused after it was told"
            self.fault = fault


def read(log: SimLog, offset: int) -> Record:
    """The record at an offset."""
    (entry,) = log.since(LEDGER, 0, offset, 1)
    found: Record = record_decoder.decode(entry.value)
    return found


class Reading:
    """A request at a front that must see all that was there when it came."""

    def __init__(self, log: SimLog, followed: Followed) -> None:
        self._log = log
        self._followed = followed
        self.is_proven = False
        #: Where the state was that it saw, and what that showed; by table and key.
        self.position = -1
        self.shown: dict[bytes, bytes] = {}
        self.end = log.end_now(LEDGER, 0)
        self._epoch = log.epochs.get("broker")

    async def run(self) -> None:
        """Waits for proof, then looks."""
        freshness = self._followed.freshness
        question = _Question()
        # One at a time asks here, so that its lock never waits for another task.
        end = await freshness._ask(question)
        while freshness._position is None or freshness._position < end - 1:
            await pause()
        self.position = self._followed.replica.position.chain.position
        if self._log.epochs.get("broker") == self._epoch:
            assert self.position >= self.end - 1, "a front showed less than there was"
        fold = self._followed.replica.fold
        assert isinstance(fold, StateFold)
        overlay = fold.settled_view("")._overlay
        self.shown = {
            key: encode(entity)
            for table in _TABLES
            for key, entity in overlay.items(table, f"{table.name}/".encode())
        }
        self.is_proven = True
