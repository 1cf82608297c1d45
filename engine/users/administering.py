"""What administrators do to the account of a member, which is the same in every project.

So they may do it to nobody who is a member of a project where they could not do as much; a key that
manages one project, to nobody who is a member of another.
"""

from types import MappingProxyType

from engine.kernel import tables
from engine.kernel.decision import Decision
from engine.kernel.room import Decisions
from engine.kernel.state import View
from engine.users.accounts import with_factor
from engine.users.sessions import sessions_ended
from engine.users.store import (
    find_asking_user,
    is_last_administrator,
    privileges_in,
    refuse_to_change,
)
from schemas.base import Millis
from schemas.commands import Command
from schemas.errors import Refusal, not_found, refuse
from schemas.privileges import MANAGES_TEAM
from schemas.user_commands import ForgetUser, RemoveTwoFactor, StartPasswordReset
from schemas.user_events import PasswordResetStarted, TwoFactorSet, UserForgotten
from schemas.users import RESET_MS, PasswordReset, User


def start_password_reset(
    view: View, command: Command, body: StartPasswordReset, now: Millis
) -> Decision | Refusal:
    """Makes a link, which ends any before it."""
    user = _administered(view, command, body)
    if isinstance(user, Refusal):
        return user
    reset = PasswordReset(user.id, body.token_hash, now, now + RESET_MS)
    return Decision((PasswordResetStarted(reset),))


def remove_two_factor(
    view: View, command: Command, body: RemoveTwoFactor, now: Millis
) -> Decision | Refusal:
    """Has sign-in ask for the password alone, and ends all sessions; nothing where it does already."""
    user = _administered(view, command, body)
    if isinstance(user, Refusal):
        return user
    if command.key_kind == "user" and command.channel_id == user.id:
        return refuse("forbidden", "The own second factor is taken off with the password")
    if not user.two_factor_enabled:
        return Decision()
    removed = TwoFactorSet(with_factor(user, None, now), "removed")
    return Decision((removed, *sessions_ended(view, user.id)))


def forget_user(view: View, command: Command, body: ForgetUser, _: Millis) -> Decision | Refusal:
    """Removes a user for good; what the user did goes on naming the id, which leads nowhere then.

    Whoever asks administers every project of which the user is a member. A user who is a member of
    none is removed by who manages all projects.
    """
    found = view.get(tables.USERS, body.user_id)
    is_left_over = found is not None and not found.memberships and body.manages_all
    user = found if is_left_over else _administered(view, command, body)
    assert user is not None, "one that is left over was found"
    if isinstance(user, Refusal):
        return user
    if command.key_kind == "user" and command.channel_id == user.id:
        return refuse("forbidden", "Nobody deletes the own account")
    if user.owner:
        return refuse("forbidden", "The installation's first user stays")
    for project_id in user.memberships:
        if not _manages_team(view, command, project_id):
            return refuse(
                "forbidden", "The user is a member of a project that is managed by others"
            )
        if is_last_administrator(view, user, project_id):
            return refuse("last_administrator")
    invitations = view.get(tables.INVITED, tables.source_key(user.email)) or ()
    return Decision((UserForgotten(user.id, invitations),))


def _manages_team(view: View, command: Command, project_id: str) -> bool:
    if command.key_kind != "user":
        return True
    asking = find_asking_user(view, command)
    return asking is not None and MANAGES_TEAM in privileges_in(view, asking, project_id)


def _administered(
    view: View, command: Command, body: StartPasswordReset | RemoveTwoFactor | ForgetUser
) -> User | Refusal:
    """The member whose account it is, or why who asks may not change it."""
    user = view.get(tables.USERS, body.user_id)
    if user is None or body.project_id not in user.memberships:
        return not_found("user", body.user_id)
    for project_id in user.memberships:
        if not body.manages_all and command.key_kind != "user" and project_id != body.project_id:
            return refuse("forbidden", "The user is a member of other projects, too")
        wrong = refuse_to_change(view, command, user, project_id)
        if wrong is not None:
            return wrong
    return user


DECISIONS: Decisions = MappingProxyType(
    {
        StartPasswordReset: start_password_reset,
        RemoveTwoFactor: remove_two_factor,
        ForgetUser: forget_user,
    }
)
