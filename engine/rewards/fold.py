"""Rewards in the state, and which program offers them."""

from types import MappingProxyType

from engine.kernel import tables
from engine.kernel.reacting import note_reacting
from engine.kernel.room import Folds
from engine.kernel.state import State
from engine.rewards.find import assignments_of_program
from schemas.base import Millis
from schemas.rewards import (
    Reward,
    RewardAssigned,
    RewardAssignment,
    RewardAssignmentUpdated,
    RewardCreated,
    RewardDeleted,
    RewardUnassigned,
    RewardUpdated,
)


def reward_stored(state: State, event: RewardCreated | RewardUpdated, _: Millis) -> None:
    """The reward is as the event says."""
    state.put(tables.REWARDS, event.reward, event.reward.id)


def reward_deleted(state: State, event: RewardDeleted, _: Millis) -> None:
    """The reward is gone."""
    state.delete(tables.REWARDS, event.reward.id)


def store_reward(state: State, reward: Reward) -> None:
    """Stores a reward that exists; one that is gone stays gone."""
    if state.get(tables.REWARDS, reward.id) is not None:
        state.put(tables.REWARDS, reward, reward.id)


def reward_assigned(state: State, event: RewardAssigned, _: Millis) -> None:
    """The assignment is found by its id, its program and its reward."""
    assignment = event.assignment
    campaign_id, reward_id = assignment.campaign_id, assignment.reward_id
    _store(state, assignment)
    state.put(tables.PROGRAM_REWARDS, assignment.id, campaign_id, reward_id)
    state.put(tables.REWARD_PROGRAMS, assignment.id, reward_id, campaign_id)
    _note_redeeming(state, campaign_id)


def assignment_updated(state: State, event: RewardAssignmentUpdated, _: Millis) -> None:
    """The assignment is as the event says; what binds it is kept elsewhere."""
    stored = state.get(tables.REWARD_ASSIGNMENTS, event.assignment.id)
    if stored is not None:
        _store(state, event.assignment)
        _note_redeeming(state, event.assignment.campaign_id)


def reward_unassigned(state: State, event: RewardUnassigned, _: Millis) -> None:
    """The program offers the reward no more."""
    assignment = event.assignment
    campaign_id, reward_id = assignment.campaign_id, assignment.reward_id
    state.delete(tables.REWARD_ASSIGNMENTS, assignment.id)
    state.delete(tables.PROGRAM_REWARDS, campaign_id, reward_id)
    state.delete(tables.REWARD_PROGRAMS, reward_id, campaign_id)
    _note_redeeming(state, campaign_id)


def _note_redeeming(state: State, campaign_id: str) -> None:
    """Whether the program's cards are redeemed for anything by themselves."""
    reacts = any(each.auto_redeem for each in assignments_of_program(state, campaign_id))
    note_reacting(state, "redeeming", campaign_id, reacts)


def _store(state: State, assignment: RewardAssignment) -> None:
    state.put(tables.REWARD_ASSIGNMENTS, assignment, assignment.id)


FOLDS: Folds = MappingProxyType(
    {
        RewardCreated: reward_stored,
        RewardUpdated: reward_stored,
        RewardDeleted: reward_deleted,
        RewardAssigned: reward_assigned,
        RewardAssignmentUpdated: assignment_updated,
        RewardUnassigned: reward_unassigned,
    }
)
