"""What users change of themselves: name, preferences, password, second factor.

Whoever checked a password or a code says which `credentials` it was checked against, so that of two
changes at once the later one is refused.
"""

from types import MappingProxyType

from msgspec import structs

from engine.kernel import tables
from engine.kernel.decision import Decision
from engine.kernel.ids import new_id
from engine.kernel.room import Decisions
from engine.kernel.state import View
from engine.users.sessions import sessions_ended
from engine.users.store import find_user_by_email, person_of, place_of
from schemas.base import Millis
from schemas.commands import Command
from schemas.errors import Refusal, not_found, refuse
from schemas.user_commands import (
    ChangePassword,
    CreateUser,
    DisableTwoFactor,
    EnableTwoFactor,
    PrepareTwoFactor,
    ResetPassword,
    UpdateUser,
)
from schemas.user_events import PasswordSet, TwoFactorSet, UserCreated, UserUpdated
from schemas.users import Preferences, TwoFactor, User


def create_user(view: View, command: Command, body: CreateUser, now: Millis) -> Decision:
    """Creates the first user, who has to change the password; nothing where one is known."""
    if find_user_by_email(view, body.email) is not None:
        return Decision()
    user_id = new_id(command.seed, "user_")
    user = User(
        id=user_id,
        personal=person_of(view, user_id, body.email, body.name),
        password_hash=body.password_hash,
        created_at=now,
        memberships=body.memberships,
        owner=True,
        must_change_password=True,
    )
    return Decision((UserCreated(user),))


def update_user(view: View, _: Command, body: UpdateUser, now: Millis) -> Decision | Refusal:
    """Sets what is named."""
    user = view.get(tables.USERS, body.user_id)
    if user is None:
        return not_found("user", body.user_id)
    before = user.preferences
    preferences = Preferences(
        before.language if body.language is None else body.language,
        before.theme if body.theme is None else body.theme,
        before.density if body.density is None else body.density,
    )
    name = user.name if body.name is None else body.name
    after = structs.replace(
        user,
        personal=person_of(view, user.id, user.email, name),
        preferences=preferences,
        updated_at=now,
        release_read=user.release_read if body.release_read is None else body.release_read,
    )
    return Decision((UserUpdated(after),))


def change_password(
    view: View, _: Command, body: ChangePassword, now: Millis
) -> Decision | Refusal:
    """Sets another password; all sessions end but the one that asks."""
    user = view.get(tables.USERS, body.user_id)
    if user is None:
        return not_found("user", body.user_id)
    if user.credentials != body.credentials:
        return refuse("wrong_password")
    changed = _with_password(user, body.password_hash, now)
    place = place_of(view, user.id, body.place)
    ended = sessions_ended(view, user.id, but=body.session_id)
    return Decision((PasswordSet(changed, "changed", place), *ended))


def reset_password(view: View, _: Command, body: ResetPassword, now: Millis) -> Decision | Refusal:
    """Sets the password of the link's user, once; all sessions end."""
    user_id = view.get(tables.RESET_TOKENS, body.token_hash)
    reset = None if user_id is None else view.get(tables.PASSWORD_RESETS, user_id)
    user = None if user_id is None else view.get(tables.USERS, user_id)
    if reset is None or user is None or reset.expires_at <= now:
        return refuse("link_not_valid")
    changed = _with_password(user, body.password_hash, now)
    place = place_of(view, user.id, body.place)
    return Decision((PasswordSet(changed, "reset", place), *sessions_ended(view, user.id)))


def prepare_two_factor(
    view: View, _: Command, body: PrepareTwoFactor, now: Millis
) -> Decision | Refusal:
    """Keeps a secret of which no code is asked yet; again, in the place of the one before."""
    user = view.get(tables.USERS, body.user_id)
    if user is None:
        return not_found("user", body.user_id)
    if user.two_factor_enabled:
        return refuse("invalid_payload", "The second factor is on; it has to be put off first")
    after = structs.replace(user, two_factor=TwoFactor(body.box), updated_at=now)
    return Decision((TwoFactorSet(after, "prepared"),))


def enable_two_factor(
    view: View, _: Command, body: EnableTwoFactor, now: Millis
) -> Decision | Refusal:
    """Has sign-in ask for a code from now on."""
    user = view.get(tables.USERS, body.user_id)
    if user is None:
        return not_found("user", body.user_id)
    if user.two_factor is None or user.two_factor_enabled or user.credentials != body.credentials:
        return refuse("invalid_payload", "There is no second factor to be confirmed")
    factor = structs.replace(
        user.two_factor, enabled_at=now, step=body.step, recovery=body.recovery
    )
    after = with_factor(user, factor, now)
    place = place_of(view, user.id, body.place)
    return Decision((TwoFactorSet(after, "enabled", place),))


def disable_two_factor(
    view: View, _: Command, body: DisableTwoFactor, now: Millis
) -> Decision | Refusal:
    """Has sign-in ask for the password alone; nothing where it does already."""
    user = view.get(tables.USERS, body.user_id)
    if user is None:
        return not_found("user", body.user_id)
    if user.credentials != body.credentials:
        return refuse("wrong_password")
    if user.two_factor is None:
        return Decision()
    place = place_of(view, user.id, body.place)
    return Decision((TwoFactorSet(with_factor(user, None, now), "disabled", place),))


def _with_password(user: User, password_hash: str, now: Millis) -> User:
    return structs.replace(
        user,
        password_hash=password_hash,
        must_change_password=False,
        credentials=user.credentials + 1,
        updated_at=now,
    )


def with_factor(user: User, factor: TwoFactor | None, now: Millis) -> User:
    """The user with another second factor, or with none; what was checked before counts no more."""
    return structs.replace(
        user, two_factor=factor, credentials=user.credentials + 1, updated_at=now
    )


DECISIONS: Decisions = MappingProxyType(
    {
        CreateUser: create_user,
        UpdateUser: update_user,
        ChangePassword: change_password,
        ResetPassword: reset_password,
        PrepareTwoFactor: prepare_two_factor,
        EnableTwoFactor: enable_two_factor,
        DisableTwoFactor: disable_two_factor,
    }
)
