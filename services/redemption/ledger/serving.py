"""What looks at a partition that this process writes gets to see of it."""

from typing import NamedTuple

from engine.fold import StateFold


class Serving(NamedTuple):
    """A partition that this process writes."""

    partition: int
    #: Its state, as of the last acknowledged record.
    fold: StateFold
    #: The offset of the last command decided.
    decided: int
