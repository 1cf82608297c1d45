"""What looks at a partition that this process writes gets to see of it."""

from typing import NamedTuple

from engine.fold import StateFold


class Serving(NamedTuple):
    """A partition that this process writes."""

    partition: int
    #: Its state, as of the last acknowledged record.
    fold: StateFold
    #: The offset of the last command in the topic that was decided.
    decided: int
    #: The offset of that record. Not every one decides a command of the topic.
    position: int
