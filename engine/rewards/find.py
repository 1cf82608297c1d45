"""Which program offers which reward, and what it costs a member."""

from collections.abc import Iterator

from engine.kernel import tables
from engine.kernel.state import View
from schemas.rewards import RewardAssignment


def find_assignment(view: View, campaign_id: str, reward_id: str) -> RewardAssignment | None:
    """The assignment by which the program offers the reward."""
    found = view.get(tables.PROGRAM_REWARDS, campaign_id, reward_id)
    return None if found is None else view.get(tables.REWARD_ASSIGNMENTS, found)


def find_own_assignment(
    view: View, assignment_id: str, campaign_id: str | None = None, reward_id: str | None = None
) -> RewardAssignment | None:
    """The assignment with that id, if it is the program's or the reward's that are named."""
    found = view.get(tables.REWARD_ASSIGNMENTS, assignment_id)
    if found is None or campaign_id not in (None, found.campaign_id):
        return None
    return None if reward_id not in (None, found.reward_id) else found


def assignments_of_program(view: View, campaign_id: str) -> Iterator[RewardAssignment]:
    """What the program offers."""
    yield from _assignments(view, view.scan(tables.PROGRAM_REWARDS, campaign_id))


def auto_redeemed(view: View, campaign_id: str) -> list[RewardAssignment]:
    """What cards of the program are redeemed for by themselves, the oldest offer first."""
    found = (each for each in assignments_of_program(view, campaign_id) if each.auto_redeem)
    return sorted(found, key=lambda each: (each.created_at, each.id))


def assignments_of_reward(view: View, reward_id: str) -> Iterator[RewardAssignment]:
    """Where the reward is offered."""
    yield from _assignments(view, view.scan(tables.REWARD_PROGRAMS, reward_id))


def _assignments(view: View, ids: Iterator[str]) -> Iterator[RewardAssignment]:
    for each in ids:
        found = view.get(tables.REWARD_ASSIGNMENTS, each)
        if found is not None:
            yield found
