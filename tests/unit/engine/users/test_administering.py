"""What administrators do to accounts: only to those who may do no more anywhere."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from engine.kernel import tables
from engine.kernel.state import Table
from engine.users.store import find_user_by_email
from schemas.commands import CommandBody
from schemas.erasures import EndErasures
from schemas.user_commands import (
    AssignUser,
    CreateSavedView,
    ForgetUser,
    InviteUser,
    RemoveTwoFactor,
    StartPasswordReset,
    UnassignUser,
)
from schemas.user_events import TwoFactorSet, UserForgotten, UserSessionsEnded
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


def test_a_user_is_forgotten_with_all_that_was_personal() -> None:
    world = Team()
    bea = world.member("b@shop.test", "USER")
    session = world.enter(bea, "bea's")
    world.when(StartPasswordReset(bea.id, "shop", "reset", manages_all=True))
    world.when(InviteUser(bea.email, "Bea", {"other": "USER"}, "another"))
    world.by(bea, CreateSavedView(bea.id, "shop", "orders", "Big ones", "?f=amount:more:1"))
    record = world.by(world.owner, ForgetUser(bea.id, "shop"))
    forgotten = only(record, UserForgotten)
    assert len(forgotten.invitation_ids) == 2
    view = world.view
    assert find_user_by_email(view, bea.email) is None
    gone: tuple[tuple[Table[Any], str], ...] = (
        (tables.USERS, bea.id),
        (tables.USER_ACTIVITIES, bea.id),
        (tables.USER_TOKENS, session.token_hash),
        (tables.PASSWORD_RESETS, bea.id),
        (tables.INVITATION_TOKENS, "another"),
        (tables.INVITED, tables.source_key(bea.email)),
    )
    assert list(view.scan(tables.SAVED_VIEWS, bea.id)) == []
    for table, key in gone:
        assert view.get(table, key) is None, table.name
    assert b"b@shop.test" not in b"".join(world.bytes.values())
    owners = {f"control/{each}" for each in (bea.id, *forgotten.invitation_ids)}
    assert {each.owner for each in world.fold.erasures(9)} == owners
    world.when(EndErasures((bea.id, *forgotten.invitation_ids)), key_kind="system")
    assert world.fold.erasures(9) == []
    # and the address is free
    assert world.member("b@shop.test", "VIEWER").id != bea.id


def test_only_who_administers_all_projects_of_a_user_forgets_them() -> None:
    world = Team()
    bea = world.member("b@shop.test", "ADMIN")
    cai = world.member("c@shop.test", "VIEWER")
    for asking, user in ((cai, bea), (bea, bea), (bea, world.owner)):
        assert refused(world.by(asking, ForgetUser(user.id, "shop"))) == "forbidden"
    world.when(AssignUser("other", "VIEWER", user_id=cai.id))
    assert refused(world.by(bea, ForgetUser(cai.id, "shop"))) == "forbidden"
    world.when(AssignUser("other", "USER", user_id=bea.id))
    # a role without what manages the team is not enough, though it allows as much
    assert refused(world.by(bea, ForgetUser(cai.id, "shop"))) == "forbidden"
    world.when(AssignUser("other", "ADMIN", user_id=bea.id))
    assert world.by(bea, ForgetUser(cai.id, "shop")).refusal is None


def test_the_last_administrator_is_not_forgotten() -> None:
    world = Team()
    bea = world.member("b@shop.test", "ADMIN", "other")
    every = ForgetUser(bea.id, "other", manages_all=True)
    assert refused(world.when(every, key_kind="management")) == "last_administrator"


def test_who_belongs_nowhere_is_forgotten_by_who_manages_all() -> None:
    world = Team()
    bea = world.member("b@shop.test", "USER")
    world.when(UnassignUser("shop", bea.id))
    one = world.when(ForgetUser(bea.id, "shop"), key_kind="management")
    assert refused(one) == "not_found"
    every = world.when(ForgetUser(bea.id, "shop", manages_all=True), key_kind="management")
    assert only(every, UserForgotten).user_id == bea.id
