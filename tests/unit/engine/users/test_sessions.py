"""Signing in and out: what lets somebody in, what ends it, and what is kept of it."""

import pytest

from engine.kernel import tables
from schemas.expiry import ExpireDue
from schemas.user_commands import (
    ChangePassword,
    DisableTwoFactor,
    EndUserSessions,
    NoteFailedSignIn,
    Place,
    StartUserSession,
    TouchUserSessions,
)
from schemas.user_events import (
    UserSessionsEnded,
    UserSessionsForgotten,
    UserSessionsUsed,
    UserSignedIn,
)
from schemas.users import ACTIVITY_MAX, HOUR_MS, SESSION_IDLE_MS, SESSION_MS, SESSIONS_MAX
from tests.unit.engine.users.user_world import Team
from tests.unit.engine.world import only, refused


def test_who_signs_in_has_a_session_for_seven_days() -> None:
    world = Team()
    place = Place("10.0.0.7", "Firefox")
    signed_in = only(world.when(StartUserSession(world.owner.id, "token", 0, place)), UserSignedIn)
    session = signed_in.session
    assert (session.started_at, session.expires_at) == (world.now, world.now + SESSION_MS)
    assert session.place.data is not None
    assert session.place.data.metadata == {"ip": "10.0.0.7", "agent": "Firefox"}
    assert world.view.get(tables.USER_TOKENS, "token") == (world.owner.id, session.id)
    assert world.owner.last_sign_in_at == world.now
    assert world.acts(world.owner) == ["signed_in"]


def test_idle_time_counts_from_the_last_use_and_ends_no_later_than_the_session() -> None:
    session = Team().enter(Team().owner)
    began = session.started_at
    assert session.ends_at() == began + SESSION_IDLE_MS
    assert session.ends_at(began + HOUR_MS) == began + HOUR_MS + SESSION_IDLE_MS
    assert session.ends_at(began + SESSION_MS - 1) == began + SESSION_MS


def test_nobody_signs_in_with_what_was_checked_before_a_change() -> None:
    world = Team()
    world.when(ChangePassword(world.owner.id, "other", 0))
    record = world.when(StartUserSession(world.owner.id, "token", 0))
    assert refused(record) == "invalid_credentials"
    assert refused(world.when(StartUserSession("user_x", "t", 0))) == "invalid_credentials"


@pytest.mark.parametrize(
    ("step", "recovery", "key"),
    [
        (None, None, "second_factor_required"),
        (7, None, "invalid_code"),
        (6, None, "invalid_code"),
        (None, "three", "invalid_code"),
    ],
)
def test_with_a_second_factor_a_password_is_not_enough(
    step: int | None, recovery: str | None, key: str
) -> None:
    world = Team()
    user = world.with_device(world.owner)
    command = StartUserSession(user.id, "t", user.credentials, step=step, recovery=recovery)
    assert refused(world.when(command)) == key


def test_a_code_lets_in_once() -> None:
    world = Team()
    user = world.with_device(world.owner)
    world.when(StartUserSession(user.id, "first", user.credentials, step=8))
    again = world.when(StartUserSession(user.id, "second", user.credentials, step=8))
    assert refused(again) == "invalid_code"


def test_a_recovery_code_lets_in_once_and_is_told() -> None:
    world = Team()
    user = world.with_device(world.owner)
    command = StartUserSession(user.id, "first", user.credentials, recovery="one")
    assert only(world.when(command), UserSignedIn).recovery_code_used
    assert refused(world.when(command)) == "invalid_code"
    assert world.acts(user)[-2:] == ["recovery_code_used", "signed_in"]
    factor = world.owner.two_factor
    assert factor is not None
    assert factor.recovery == ("two",)


def test_the_oldest_session_makes_room() -> None:
    world = Team()
    sessions = [world.enter(world.owner, f"token {n}") for n in range(SESSIONS_MAX)]
    record = world.when(StartUserSession(world.owner.id, "one more", 0), after=1)
    assert only(record, UserSessionsEnded).session_ids == (sessions[0].id,)
    assert world.view.get(tables.USER_TOKENS, "token 0") is None
    assert world.view.get(tables.USER_TOKENS, "one more") is not None


def test_a_user_ends_one_session_or_all_others() -> None:
    world = Team()
    first, second, third = (world.enter(world.owner, f"t{n}") for n in range(3))
    world.when(EndUserSessions(world.owner.id, (first.id,)))
    assert world.view.get(tables.USER_TOKENS, "t0") is None
    record = world.when(EndUserSessions(world.owner.id, but=third.id))
    assert only(record, UserSessionsEnded).session_ids == (second.id,)
    assert not world.when(EndUserSessions(world.owner.id, but=third.id)).events
    missing = world.when(EndUserSessions(world.owner.id, (first.id,)))
    assert refused(missing) == "not_found"


def test_a_changed_password_ends_the_other_sessions() -> None:
    world = Team()
    own, other = world.enter(world.owner, "own"), world.enter(world.owner, "other")
    record = world.when(ChangePassword(world.owner.id, "new", 0, own.id))
    assert only(record, UserSessionsEnded).session_ids == (other.id,)
    assert world.owner.password_hash == "new"
    assert not world.owner.must_change_password
    late = world.when(ChangePassword(world.owner.id, "newer", 0, own.id))
    assert refused(late) == "wrong_password"


def test_uses_are_noted_of_sessions_that_there_are() -> None:
    world = Team()
    session = world.enter(world.owner)
    later = world.now + HOUR_MS
    told = (
        (world.owner.id, session.id, later),
        (world.owner.id, "uss_gone", later),
        (world.owner.id, session.id, session.started_at),
    )
    record = world.when(TouchUserSessions(told))
    assert [each.at for each in only(record, UserSessionsUsed).used] == [later]
    found = world.view.get(tables.USER_SESSIONS, world.owner.id, session.id)
    assert found is not None
    assert found.last_used_at == later
    assert not world.when(TouchUserSessions(told)).events


def test_a_session_leaves_the_state_when_its_time_is_over() -> None:
    world = Team()
    session = world.enter(world.owner)
    assert not world.when(ExpireDue(), after=SESSION_MS - 1).events
    record = world.when(ExpireDue(), after=1)
    keys = only(record, UserSessionsForgotten).keys
    assert keys == (f"{world.owner.id}/{session.id}",)
    assert world.view.get(tables.USER_TOKENS, "token") is None
    assert not world.when(ExpireDue()).events


def test_failures_are_kept_and_no_more_than_so_many() -> None:
    world = Team()
    for _ in range(ACTIVITY_MAX + 5):
        world.when(NoteFailedSignIn(world.owner.id))
    assert world.acts(world.owner) == ["sign_in_failed"] * ACTIVITY_MAX
    assert refused(world.when(NoteFailedSignIn("user_x"))) == "not_found"


def test_a_second_factor_is_put_off_with_what_was_checked_now() -> None:
    world = Team()
    user = world.with_device(world.owner)
    assert refused(world.when(DisableTwoFactor(user.id, 0))) == "wrong_password"
    world.when(DisableTwoFactor(user.id, user.credentials))
    assert not world.owner.two_factor_enabled
    assert not world.when(DisableTwoFactor(user.id, world.owner.credentials)).events
    assert world.acts(user) == ["two_factor_enabled", "two_factor_disabled"]
