"""Nothing that can be asked for or can happen is without its function."""

from typing import get_args

from engine.decide import DECISIONS
from engine.evolve import FOLDS, UNFOLDED
from schemas.commands import CommandBody
from schemas.events import Event


def test_every_command_is_decided() -> None:
    assert set(DECISIONS) == set(get_args(CommandBody))


def test_every_event_is_folded() -> None:
    assert set(FOLDS) | UNFOLDED == set(get_args(Event))
    assert not set(FOLDS) & UNFOLDED
