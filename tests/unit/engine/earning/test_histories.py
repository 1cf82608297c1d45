"""Members who earn over time, as data (`histories.json`, computed by hand).

Limits by the days, weeks, months and years of a zone; times in which rules give; tiers; points that
are pending; and what is taken back.
"""

from pathlib import Path
from typing import Any

import msgspec
import pytest
from msgspec import Struct

from engine.kernel.calendar import parse_iso
from schemas.balances import AdjustBalance
from schemas.earning import EarningRule, PointsTakenBack
from schemas.expiry import ExpireDue
from schemas.loyalty_tiers import CreateLoyaltyTiers, NewLoyaltyTier
from schemas.projects import ProjectOpened
from schemas.records import Decided
from tests.unit.engine.campaign_world import publish
from tests.unit.engine.earning_world import (
    PROGRAM,
    become,
    card,
    earned,
    order,
    points,
    program,
    reasons,
    rule,
)
from tests.unit.engine.world import PROJECT, World

_TIMES = ("start_date", "expiration_date")


class Step(Struct, frozen=True, forbid_unknown_fields=True):
    """What is done at a time, and what comes of it."""

    at: str
    #: The source id of an order of 1,000 that is paid, or canceled.
    pay: str | None = None
    cancel: str | None = None
    #: Points that are taken off by hand.
    take: int | None = None
    sweep: bool = False
    earned: list[int] | None = None
    reasons: list[str] = []
    #: What was taken back, and what was missing.
    taken: list[tuple[int, int]] | None = None
    balance: int | None = None
    pending: int | None = None


class Case(Struct, frozen=True, forbid_unknown_fields=True):
    """A program of one member. Tiers name rules by their numbers."""

    name: str
    rules: list[dict[str, Any]]
    steps: list[Step]
    zone: str = "Etc/UTC"
    tiers: list[dict[str, Any]] = []


CASES = msgspec.json.decode(
    (Path(__file__).parent / "histories.json").read_bytes(), type=list[Case]
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_histories_are_as_computed_by_hand(case: Case) -> None:
    world = _opened(case)
    for number, step in enumerate(case.steps):
        world.now = parse_iso(step.at)
        record = _done(world, step)
        where = f"step {number}"
        if step.earned is not None:
            assert earned(record) == step.earned, where
        assert reasons(record) == step.reasons, where
        if step.taken is not None:
            taken = [each for each in record.events if isinstance(each, PointsTakenBack)]
            assert [(each.points, each.missing) for each in taken] == step.taken, where
        for name, value in (("balance", step.balance), ("pending_points", step.pending)):
            if value is not None:
                assert getattr(points(world), name) == value, where


def _opened(case: Case) -> World:
    world = World(opened=False)
    world.now = parse_iso("2025-01-01T00:00Z")
    world.given(ProjectOpened(PROJECT, timezone=case.zone))
    program(world)
    rules = []
    for said in case.rules:
        times = {name: parse_iso(said[name]) for name in _TIMES if name in said}
        rules.append(rule(world, **_converted(said) | times))
    names = {str(number): each.id for number, each in enumerate(rules)}
    tiers = [
        msgspec.convert(
            tier | {"earning_rules": {names[n]: each for n, each in tier["earning_rules"].items()}},
            NewLoyaltyTier,
            strict=False,
        )
        for tier in case.tiers
    ]
    if tiers:
        record = world.when(CreateLoyaltyTiers(PROGRAM, tuple(tiers)))
        assert record.refusal is None, record.refusal
    assert world.when(publish(PROGRAM, "alice")).refusal is None
    return world


def _converted(said: dict[str, Any]) -> dict[str, Any]:
    """The members of a rule, as the schema has them."""
    base = {"id": "", "campaign_id": "", "event": "order.paid", "created_at": 0}
    plain = {name: value for name, value in said.items() if name not in _TIMES}
    made = msgspec.convert(base | plain, EarningRule)
    return {name: getattr(made, name) for name in plain}


def _done(world: World, step: Step) -> Decided:
    if step.pay is not None:
        return order(world, 1000, step.pay)
    if step.cancel is not None:
        return become(world, "CANCELED", step.cancel)
    if step.take is not None:
        return world.when(AdjustBalance(card(world).code, -step.take))
    return world.when(ExpireDue())
