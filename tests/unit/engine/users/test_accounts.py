"""What users change of themselves."""

import pytest

from engine.kernel import tables
from schemas.commands import CommandBody
from schemas.expiry import ExpireDue
from schemas.user_commands import (
    ChangePassword,
    CreateUser,
    DisableTwoFactor,
    EnableTwoFactor,
    PrepareTwoFactor,
    ResetPassword,
    StartPasswordReset,
    UpdateUser,
)
from schemas.user_events import PasswordResetsForgotten, PasswordSet, TwoFactorSet, UserCreated
from schemas.users import RESET_MS, Preferences
from tests.unit.engine.users.user_world import OWNER, Team
from tests.unit.engine.world import only, refused


def test_the_first_user_has_to_change_the_password_and_is_made_once() -> None:
    world = Team()
    assert world.owner.owner
    assert world.owner.must_change_password
    assert world.owner.memberships == {"shop": "ADMIN"}
    again = world.when(CreateUser(OWNER, "Ada", "hash"), key_kind="system")
    assert (again.events, again.refusal) == ((), None)
    other = world.when(CreateUser("b@shop.test", "Bea", "hash"), key_kind="system")
    assert only(other, UserCreated).user.email == "b@shop.test"


def test_what_identifies_a_user_is_sealed_for_that_user() -> None:
    user = Team().owner
    assert user.personal.owner == f"control/{user.id}"
    assert OWNER not in repr(user)


def test_only_what_is_named_changes() -> None:
    world = Team()
    world.when(UpdateUser(world.owner.id, language="de", theme="dark"))
    world.when(UpdateUser(world.owner.id, name="Ada King", density="compact"))
    assert world.owner.preferences == Preferences("de", "dark", "compact")
    assert (world.owner.name, world.owner.email) == ("Ada King", OWNER)


@pytest.mark.parametrize(
    "body",
    [
        UpdateUser("user_x"),
        ChangePassword("user_x", "hash", 0),
        PrepareTwoFactor("user_x", "box"),
        EnableTwoFactor("user_x", 0, 1, ()),
        DisableTwoFactor("user_x", 0),
        StartPasswordReset("user_x", "shop", "link"),
    ],
)
def test_a_user_has_to_be_known(body: CommandBody) -> None:
    assert refused(Team().when(body)) == "not_found"


def test_a_second_factor_asks_for_nothing_until_a_code_was_shown() -> None:
    world = Team()
    world.when(PrepareTwoFactor(world.owner.id, "box"))
    assert not world.owner.two_factor_enabled
    record = world.when(EnableTwoFactor(world.owner.id, 0, 7, ("one",)))
    assert only(record, TwoFactorSet).how == "enabled"
    assert world.owner.two_factor_enabled
    assert world.owner.credentials == 1


def test_a_second_factor_is_neither_replaced_nor_confirmed_while_it_is_on() -> None:
    world = Team()
    assert refused(world.when(EnableTwoFactor(world.owner.id, 0, 7, ()))) == "invalid_payload"
    user = world.with_device(world.owner)
    assert refused(world.when(PrepareTwoFactor(user.id, "box"))) == "invalid_payload"
    again = EnableTwoFactor(user.id, user.credentials, 8, ())
    assert refused(world.when(again)) == "invalid_payload"


def test_a_link_sets_a_password_once() -> None:
    world = Team()
    world.enter(world.owner)
    world.when(StartPasswordReset(world.owner.id, "shop", "link"))
    record = world.when(ResetPassword("link", "new"))
    assert only(record, PasswordSet).how == "reset"
    assert world.owner.password_hash == "new"
    assert list(world.view.scan(tables.USER_SESSIONS, world.owner.id)) == []
    assert refused(world.when(ResetPassword("link", "newer"))) == "link_not_valid"
    assert "password_reset" in world.acts(world.owner)


def test_a_link_ends_with_the_next_one_and_after_a_day() -> None:
    world = Team()
    world.when(StartPasswordReset(world.owner.id, "shop", "first"))
    world.when(StartPasswordReset(world.owner.id, "shop", "second"))
    assert refused(world.when(ResetPassword("first", "new"))) == "link_not_valid"
    late = world.when(ResetPassword("second", "new"), after=RESET_MS)
    assert refused(late) == "link_not_valid"
    record = world.when(ExpireDue())
    assert only(record, PasswordResetsForgotten).user_ids == (world.owner.id,)
    assert world.view.get(tables.RESET_TOKENS, "second") is None


def test_a_password_that_was_changed_ends_the_link() -> None:
    world = Team()
    world.when(StartPasswordReset(world.owner.id, "shop", "link"))
    world.when(ChangePassword(world.owner.id, "new", 0))
    assert refused(world.when(ResetPassword("link", "newer"))) == "link_not_valid"
