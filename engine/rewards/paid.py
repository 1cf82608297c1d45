"""What a loyalty card is asked to pay with, and for what; see `payment.py`."""

from typing import NamedTuple

from schemas.rewards import Reward, RewardAssignment


class Payment(NamedTuple):
    """What a loyalty card is asked to pay with; `points` None: as many as are needed."""

    reward: Reward
    points: int | None
    #: How the card's program offers it; None: the card is of no program.
    assignment: RewardAssignment | None = None
    #: The tier of the member by which it costs something else.
    tier_id: str | None = None

    @property
    def pays_order(self) -> bool:
        """Whether the points lower an order; else they are the price of something."""
        return self.reward.type == "COIN"

    @property
    def assignment_id(self) -> str | None:
        """By which the card's program offers it."""
        return None if self.assignment is None else self.assignment.id
