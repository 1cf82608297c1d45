"""The records of the topic `ledger`: one per command, and the writer's own marks.

Every record carries the last command offset decided, so that a writer goes on where the log
stands, and `at`, the time that decides everything in it. The header `prev` chains it to the
record before it (runtime/log/chain.py).
"""

from schemas.assignments import RuleAssignment
from schemas.base import Millis, Shape
from schemas.categories import Category
from schemas.customers import Customer
from schemas.errors import Refusal
from schemas.events import Event
from schemas.projects import KeyKind

RECORD_VERSION = 1


class Base(Shape, frozen=True):
    """What every record says."""

    #: The offset in `commands` up to which everything is decided; -1 before the first.
    command_offset: int
    at: Millis


class Decided(Base, tag="command.decided", frozen=True):
    """A command's outcome: events, or a refusal, or both (a recorded failure)."""

    command_id: str
    command_type: str
    project: str
    fingerprint: str
    events: tuple[Event, ...] = ()
    refusal: Refusal | None = None
    #: The customer that the request named, as it was, where no event of this record holds it.
    customer: Customer | None = None
    #: What validation rules bind the vouchers, campaigns and tiers that its answer shows.
    assignments: tuple[RuleAssignment, ...] = ()
    #: The categories of what its answer shows, where no event of this record holds them.
    categories: tuple[Category, ...] = ()
    #: How many of the last events follow from those before them and answer nothing.
    effects: int = 0
    #: Whose key asked; the system itself, for what is done in the background.
    key_kind: KeyKind = "server"

    @property
    def answering(self) -> tuple[Event, ...]:
        """What was decided on the command itself, without what follows of it."""
        return self.events[: len(self.events) - self.effects]


class Duplicate(Base, tag="command.duplicate", frozen=True):
    """The same command again: its answer is that of the first, which the state remembers.

    A record cannot name another record of its own batch by offset: the batch may come to lie
    after a void record, and is applied all the same.
    """

    command_id: str
    project: str


class Conflicted(Base, tag="command.conflicted", frozen=True):
    """A known command id with other content; nothing was done."""

    command_id: str
    project: str


class Expired(Base, tag="command.expired", frozen=True):
    """A command that reached the log outside its time; nothing was done."""

    command_id: str
    project: str


class Unreadable(Base, tag="command.unreadable", frozen=True):
    """A command that cannot be decoded or makes the code raise; nothing was done, a dead letter has it."""

    reason: str
    #: Of one that could be decoded, and made the code raise.
    command_id: str = ""


class WriterStarted(Base, tag="writer.started", frozen=True):
    """A writer took this partition over; every other writer's later records are void."""

    writer: str
    host: str
    code_version: str


class CommandsLost(Base, tag="commands.lost", frozen=True):
    """The topic `commands` begins after the next command: some were never decided."""

    from_offset: int
    to_offset: int


class CommandsRestarted(Base, tag="commands.restarted", frozen=True):
    """The topic `commands` ends before the last decided command: it begins anew."""

    from_offset: int
    to_offset: int


Record = (
    Decided
    | Duplicate
    | Conflicted
    | Expired
    | Unreadable
    | WriterStarted
    | CommandsLost
    | CommandsRestarted
)
#: The records that answer one command.
Answer = Decided | Duplicate | Conflicted | Expired


class Seen(Shape, frozen=True):
    """The memory of a decided command, for seven days."""

    fingerprint: str
    #: The offset of the record that decided it.
    offset: int
    #: The command's id; the sweep needs it.
    command_id: str = ""
