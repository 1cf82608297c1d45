"""Sweeps, and which commands are decided at all."""

import pytest
from msgspec import structs

from engine import evolve, expiry
from engine.admission import admit, find_seen
from engine.kernel import tables
from engine.kernel.tables import WINDOW_MS
from schemas.commands import Command
from schemas.expiry import ExpireDue
from schemas.records import Conflicted, Duplicate, Expired
from schemas.redemptions import RedemptionsRetired, RedemptionSucceeded, RollBackStack
from schemas.sessions import SessionsExpired
from tests.unit.engine.world import DAY, SECOND, World, lock, only, redeem, refused, voucher


def test_redemptions_leave_the_state_with_their_window() -> None:
    world = World().given(voucher("A"), voucher("B"))
    single = only(world.when(redeem("A")), RedemptionSucceeded).redemption_ids[0]
    stack = only(world.when(redeem("A", "B")), RedemptionSucceeded)
    assert world.when(ExpireDue(), after=WINDOW_MS - 1).events == ()
    event = only(world.when(ExpireDue(), after=1), RedemptionsRetired)
    assert set(event.redemption_ids) == {single, stack.parent_id}
    assert list(world.view.scan(tables.REDEMPTIONS)) == []
    assert list(world.view.scan(tables.DUE)) == []
    assert refused(world.when(RollBackStack(redemption_id=single))) == "not_found"


def test_a_sweep_is_bounded_and_takes_the_oldest_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(expiry, "SWEEP_MAX", 2)
    world = World().given(voucher("A"))
    for key in ("c", "a", "b"):
        world.when(lock("A", session=key), after=1)
    first = only(world.when(ExpireDue(), after=8 * DAY), SessionsExpired)
    assert first.session_keys == ("c", "a")
    assert only(world.when(ExpireDue()), SessionsExpired).session_keys == ("b",)
    assert world.voucher("A").holds == 0


def test_decided_commands_are_forgotten_after_their_days(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evolve, "FORGOTTEN_MAX", 2)
    world = World().given(voucher("A"))
    for _ in range(3):
        world.when(redeem("A"))
    remembered = len(list(world.view.scan(tables.SEEN)))
    world.when(ExpireDue(), after=7 * DAY)
    assert len(list(world.view.scan(tables.SEEN))) == remembered + 1
    world.now += DAY
    for _ in range(4):
        world.when(ExpireDue())
    today = [seen for seen in world.view.scan(tables.SEEN) if seen.offset >= remembered]
    assert list(world.view.scan(tables.SEEN)) == today
    world.when(ExpireDue(), after=30 * DAY)
    world.when(redeem("A"))
    assert len(list(world.view.scan(tables.SEEN))) <= len(today) + 2


# --- admission


def admitted(world: World, command: Command, *, late: int = 0) -> object:
    """What `admit` says when the command is appended `late` after it was sent."""
    return admit(world.view, command, command.sent_at + late, world.now, world.offset + 1)


def test_a_new_command_in_time_is_decided() -> None:
    world = World()
    command = world.command(redeem("A"))
    for late in (-5 * SECOND, 0, 5 * SECOND):
        assert admitted(world, command, late=late) is None


@pytest.mark.parametrize("late", [-5 * SECOND - 1, 5 * SECOND + 1])
def test_a_command_outside_its_time_is_expired(late: int) -> None:
    world = World()
    command = world.command(redeem("A"))
    refusal = admitted(world, command, late=late)
    assert refusal == Expired(world.offset + 1, world.now, command.id, command.project)


def test_the_same_command_again_is_a_duplicate_of_the_first_even_when_late() -> None:
    world = World()
    command = world.command(redeem("A"))
    world.when(redeem("A"))
    first = world.offset
    world.when(redeem("B"))
    for late in (0, DAY):
        duplicate = Duplicate(world.offset + 1, world.now, command.id, command.project)
        assert admitted(world, command, late=late) == duplicate
    remembered = find_seen(world.view, command.id, world.now)
    assert remembered is not None
    assert remembered.offset == first


def test_the_same_id_with_other_content_is_a_conflict() -> None:
    world = World()
    command = structs.replace(world.command(redeem("A")), fingerprint="other")
    world.when(redeem("A"))
    assert isinstance(admitted(world, command), Conflicted)


@pytest.mark.parametrize(
    ("command_id", "days", "known"),
    [
        ("idem_1", 0, True),
        ("idem_1", 7, True),
        ("idem_1", 8, False),
        ("cmd_1", 1, True),
        ("cmd_1", 2, False),
    ],
)
def test_chosen_ids_are_known_for_seven_days_and_others_for_two(
    command_id: str, days: int, known: bool
) -> None:
    world = World()
    record = world._record(command_id, "redeem_stack", ())
    world.fold_in(record)
    world.now += days * DAY
    command = structs.replace(world.command(redeem("A")), id=command_id)
    assert (admitted(world, command) is not None) is known
