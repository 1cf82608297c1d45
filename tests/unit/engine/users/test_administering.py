"""What administrators do to accounts: only to those who may do no more anywhere."""

from collections.abc import Callable
from functools import partial

import pytest

from engine.kernel import tables
from schemas.commands import CommandBody
from schemas.user_commands import RemoveTwoFactor, StartPasswordReset
from schemas.user_events import TwoFactorSet, UserSessionsEnded
from tests.unit.engine.users.user_world import Team
from tests.unit.engine.world import only, refused


def test_a_lost_second_factor_is_taken_off_and_all_sessions_end() -> None:
    world = Team()
    bea = world.member("b@shop.test", "USER")
    session = world.enter(bea)
    bea = world.with_device(bea)
    record = world.by(world.owner, RemoveTwoFactor(bea.id, "shop"))
    after = only(record, TwoFactorSet)
    assert (after.how, after.user.two_factor, after.place) == ("removed", None, None)
    assert after.user.credentials == bea.credentials + 1
    assert only(record, UserSessionsEnded).session_ids == (session.id,)
    assert world.view.get(tables.USER_SESSIONS, bea.id, session.id) is None
    assert world.acts(bea)[-2:] == ["two_factor_removed", "session_ended"]
    assert world.by(world.owner, RemoveTwoFactor(bea.id, "shop")).events == ()


def test_the_own_second_factor_is_not_taken_off_without_the_password() -> None:
    world = Team()
    owner = world.with_device(world.owner)
    assert refused(world.by(owner, RemoveTwoFactor(owner.id, "shop"))) == "forbidden"
    assert world.owner.two_factor_enabled


MAKERS: tuple[Callable[..., CommandBody], ...] = (
    RemoveTwoFactor,
    partial(StartPasswordReset, token_hash="link"),
)


@pytest.mark.parametrize("make", MAKERS)
def test_an_account_is_changed_by_nobody_who_may_do_less_anywhere(
    make: Callable[..., CommandBody],
) -> None:
    world = Team()
    bea = world.with_device(world.member("b@shop.test", "USER"))
    viewer = world.member("v@shop.test", "VIEWER")
    assert refused(world.by(viewer, make(bea.id, "shop"))) == "forbidden"
    assert refused(world.by(world.owner, make(bea.id, "other"))) == "not_found"
    assert refused(world.by(world.owner, make("user_x", "shop"))) == "not_found"
    # Ada is no member of the other project, nor is its key the installation's
    world.member("b@shop.test", "VIEWER", "other")
    assert refused(world.by(world.owner, make(bea.id, "shop"))) == "forbidden"
    one = world.when(make(bea.id, "shop"), key_kind="management")
    assert refused(one) == "forbidden"
    every = world.when(make(bea.id, "shop", manages_all=True), key_kind="management")
    assert every.refusal is None
