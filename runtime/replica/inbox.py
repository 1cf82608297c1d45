"""Commands that a front hands to the partition's writer in its own process.

They do not take the way through the topic `commands`: the writer's next batch holds their records.
What was in a batch that is in doubt is handed over again, and decided once all the same, since the
ledger knows the ids of what it decided (engine/admission.py). Nothing is decided any more that
nobody waits for, so nothing takes effect long after its front gave it up.

It knows no event loop, as the writer does not (services/redemption/ledger/writer.py).
"""

from collections import deque
from collections.abc import Callable, Iterable

from runtime.log.log import InDoubt, LogError, Unsent
from schemas.base import Millis
from schemas.commands import Command
from schemas.records import Record


class Handed:
    """A command, when it was handed over, and who is told what became of it."""

    __slots__ = ("at", "command", "is_drawn", "is_sent", "is_taken", "is_wanted", "refuse", "tell")

    def __init__(
        self,
        command: Command,
        at: Millis,
        tell: Callable[[Record, int], None],
        refuse: Callable[[LogError], None],
        *,
        is_drawn: bool = False,
    ) -> None:
        self.command = command
        self.at = at
        #: Takes its record and where that lies, once it is acknowledged.
        self.tell = tell
        #: Takes why there will be none.
        self.refuse = refuse
        #: Whether its id was drawn for it, so that no other command has it.
        self.is_drawn = is_drawn
        #: Whether a writer has it in a batch, which it may send at any time.
        self.is_taken = False
        #: Whether its record may be in the log.
        self.is_sent = False
        #: Whether somebody waits for it.
        self.is_wanted = True

    @property
    def is_new(self) -> bool:
        """Whether surely no record has its id, so that none need be looked for."""
        return self.is_drawn and not self.is_sent

    def give_up(self, reason: str) -> Unsent | InDoubt:
        """Has it not decided any more; Unsent if its record surely is not and never will be."""
        self.is_wanted = False
        return InDoubt(reason) if self.is_taken or self.is_sent else Unsent(reason)


class Inbox:
    """What waits for a writer, in order."""

    def __init__(self) -> None:
        self._waiting: deque[Handed] = deque()
        #: Called when a command is handed over.
        self.wake: Callable[[], None] = lambda: None

    def __bool__(self) -> bool:
        """Whether there is a command to decide."""
        self._drop_given_up()
        return bool(self._waiting)

    def put(self, handed: Handed) -> None:
        """Hands a command over."""
        # A writer that cannot reach the log does not look here for as long as that lasts.
        self._drop_given_up()
        self._waiting.append(handed)
        self.wake()

    def take(self) -> Handed:
        """The next command to decide; there is one."""
        handed = self._waiting.popleft()
        handed.is_taken = True
        return handed

    def put_back(self, handed: Iterable[Handed]) -> None:
        """Gives back what was taken, in the order in which it was."""
        found = list(handed)
        for each in found:
            each.is_taken = False
        self._waiting.extendleft(reversed(found))

    def _drop_given_up(self) -> None:
        """Forgets the oldest as long as nobody waits for them; each is given up in its time."""
        while self._waiting and not self._waiting[0].is_wanted:
            self._waiting.popleft()

    def close(self) -> None:
        """Tells all who wait that no writer is here any more."""
        while self._waiting:
            handed = self._waiting.popleft()
            handed.refuse(handed.give_up("the writer gave the partition back"))
