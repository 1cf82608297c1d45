"""Failed sign-ins as the ledger knows them, of an account and of an address."""

from engine.kernel import tables
from engine.users.failures import (
    NO_FAILURES,
    Failures,
    failures_at_nobody,
    failures_of_address,
    failures_of_user,
)
from schemas.user_commands import NOTED_MAX, NoteFailedSignIn, NoteGuesses, Place
from schemas.users import FAILED_MAX, FAILED_MS, GUESSED_MAX
from tests.unit.engine.users.user_world import Team


def _fail(world: Team, address: str = "hash", times: int = 1, after: int = 1000) -> None:
    for _ in range(times):
        world.when(NoteFailedSignIn(world.owner.id, Place("10.0.0.1"), address), after=after)


def test_an_account_counts_since_somebody_was_let_in() -> None:
    world = Team()
    assert failures_of_user(world.view, world.owner.id, world.now) == NO_FAILURES
    _fail(world, times=3)
    assert failures_of_user(world.view, world.owner.id, world.now) == Failures(3, world.now)
    world.enter(world.owner)
    assert failures_of_user(world.view, world.owner.id, world.now) == NO_FAILURES


def test_after_an_hour_an_account_and_an_address_begin_anew() -> None:
    world = Team()
    _fail(world, times=2)
    last = world.now
    for found in (
        failures_of_user(world.view, world.owner.id, last + FAILED_MS),
        failures_of_address(world.view, "hash", last + FAILED_MS),
    ):
        assert found == NO_FAILURES
    _fail(world, after=FAILED_MS)
    assert failures_of_user(world.view, world.owner.id, world.now) == Failures(1, world.now)
    assert failures_of_address(world.view, "hash", world.now) == Failures(1, world.now)


def test_an_address_counts_whoever_it_tried_to_be() -> None:
    world = Team()
    bea = world.member("b@shop.test", "USER")
    _fail(world, times=2)
    world.when(NoteFailedSignIn(bea.id, Place("10.0.0.1"), "hash"))
    world.when(NoteFailedSignIn(bea.id, Place("10.0.0.2"), "other"))
    world.when(NoteFailedSignIn(bea.id, Place("10.0.0.3")))
    assert failures_of_address(world.view, "hash", world.now).times == 3
    assert failures_of_address(world.view, "other", world.now).times == 1


def test_guesses_at_nobody_add_up_by_name_for_an_hour() -> None:
    world = Team()
    world.when(NoteGuesses((("nobody", 5), ("place", 3))))
    world.when(NoteGuesses((("nobody", 2),)), after=1000)
    last = world.now
    assert failures_at_nobody(world.view, "nobody", last) == Failures(7, last)
    assert failures_at_nobody(world.view, "place", last) == Failures(3, last - 1000)
    for name, now in (("nobody", last + FAILED_MS), ("other", last)):
        assert failures_at_nobody(world.view, name, now) == NO_FAILURES
    world.when(NoteGuesses((("nobody", 1),)), after=FAILED_MS)
    assert failures_at_nobody(world.view, "nobody", world.now) == Failures(1, world.now)
    assert not world.when(NoteGuesses(())).events


def test_of_guesses_at_nobody_the_newest_are_kept() -> None:
    world = Team()
    for first in range(0, GUESSED_MAX + 200, NOTED_MAX):
        names = tuple((f"n{n}", 1) for n in range(first, first + NOTED_MAX))
        world.when(NoteGuesses(names), after=1)
    kept = world.view.get(tables.GUESSES_AT_NOBODY, tables.THE_ONE)
    assert kept is not None
    assert len(kept.guessed) == GUESSED_MAX
    assert kept.guessed[0].name == "n200"


def test_no_more_than_so_many_are_kept() -> None:
    world = Team()
    _fail(world, times=FAILED_MAX + 5, after=1)
    kept = world.view.get(tables.FAILED_SIGN_INS, tables.THE_ONE)
    assert kept is not None
    assert len(kept.failed) == FAILED_MAX
