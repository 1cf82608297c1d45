"""What looks at a partition that this process writes gets to see of it."""

from typing import Generic, NamedTuple, TypeVar

from engine.fold import StateFold

F = TypeVar("F")


class Serving(NamedTuple):
    """A partition that this process writes."""

    partition: int
    #: Its state, as of the last acknowledged record.
    fold: StateFold
    #: The offset of the last command in the topic that was decided.
    decided: int
    #: The offset of that record. Not every one decides a command of the topic.
    position: int


class Found(Generic[F]):
    """What was found in the states of partitions, each as long as nothing is decided there."""

    def __init__(self) -> None:
        self._found: dict[int, tuple[StateFold, int, F]] = {}

    def keep(self, served: Serving, found: F) -> None:
        """Notes what was found in this state."""
        self._found[served.partition] = served.fold, served.position, found

    def recall(self, served: Serving) -> F | None:
        """What was found in this very state; None: it has to be looked through."""
        fold, position, found = self._found.get(served.partition, (None, -1, None))
        return found if fold is served.fold and position == served.position else None
