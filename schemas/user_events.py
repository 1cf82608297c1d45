"""What happened to users: to their sessions, their passwords, their roles."""

from typing import Final, Literal

from schemas.base import Millis, Shape, Unanswered
from schemas.personal import Personal
from schemas.users import Guessed, Invitation, PasswordReset, Role, SavedView, User, UserSession


class UserCreated(Unanswered, tag="user.created", frozen=True):
    """A person can sign in."""

    user: User


class UserUpdated(Unanswered, tag="user.updated", frozen=True):
    """A user's name or preferences changed; `user` is the whole after it."""

    user: User


class UserSignedIn(Unanswered, tag="user.signed_in", frozen=True):
    """A session began; `user` is the whole after it."""

    user: User
    session: UserSession
    #: Whether a recovery code stood in for the device.
    recovery_code_used: bool = False


class SignInFailed(Unanswered, tag="user.sign_in_failed", frozen=True):
    """Somebody who was not let in tried to sign in as a user."""

    user_id: str
    place: Personal
    #: The keyed hash of the address that it came from.
    address: str = ""


class GuessesNoted(Unanswered, tag="users.guesses_noted", frozen=True):
    """Accounts were guessed at that nobody has; each as often as was not told before."""

    guessed: tuple[Guessed, ...]


class UserSessionsEnded(Unanswered, tag="user.sessions_ended", frozen=True):
    """Sessions work no longer; by hand, or because the password changed."""

    user_id: str
    session_ids: tuple[str, ...]


class UsedSession(Shape, frozen=True):
    """When a session was used."""

    user_id: str
    session_id: str
    at: Millis


class UserSessionsUsed(Unanswered, tag="user.sessions_used", frozen=True):
    """Sessions were used; told by the hour."""

    used: tuple[UsedSession, ...]


class UserSessionsForgotten(Unanswered, tag="user.sessions_forgotten", frozen=True):
    """Sessions whose time is over left the state; each as `user/session`."""

    keys: tuple[str, ...]


class PasswordSet(Unanswered, tag="user.password_set", frozen=True):
    """A user has another password; `user` is the whole after it."""

    user: User
    how: Literal["changed", "reset"]
    place: Personal


class TwoFactorSet(Unanswered, tag="user.two_factor_set", frozen=True):
    """A user's second factor is prepared, asked for, or gone; `user` is the whole after it."""

    user: User
    how: Literal["prepared", "enabled", "disabled", "removed"]
    #: None where somebody else did it.
    place: Personal | None = None


class MembershipSet(Unanswered, tag="user.membership_set", frozen=True):
    """A user has a role in a project, or none any more; `user` is the whole after it."""

    user: User
    project_id: str
    role: str | None = None


class UserForgotten(Unanswered, tag="user.forgotten", frozen=True):
    """A user is gone for good, and the keys have to be destroyed: the user's and those of invitations."""

    user_id: str
    invitation_ids: tuple[str, ...] = ()


class UserInvited(Unanswered, tag="user.invited", frozen=True):
    """A link lets somebody become a member."""

    invitation: Invitation


class InvitationEnded(Unanswered, tag="invitation.ended", frozen=True):
    """A link works no longer: it was used, or taken back."""

    invitation_id: str
    #: Who became of it.
    user_id: str | None = None


class InvitationsForgotten(Unanswered, tag="invitations.forgotten", frozen=True):
    """Links whose time is over left the state."""

    invitation_ids: tuple[str, ...]


class PasswordResetStarted(Unanswered, tag="password_reset.started", frozen=True):
    """A link lets a user set a password anew."""

    reset: PasswordReset


class PasswordResetsForgotten(Unanswered, tag="password_resets.forgotten", frozen=True):
    """Links whose time is over left the state; by user."""

    user_ids: tuple[str, ...]


class RoleStored(Unanswered, tag="role.stored", frozen=True):
    """A project has a role of its own, or has it changed."""

    role: Role


class RoleDeleted(Unanswered, tag="role.deleted", frozen=True):
    """A role is gone."""

    role: Role


class SavedViewStored(Unanswered, tag="saved_view.stored", frozen=True):
    """A user has a list saved as a view, or has it changed."""

    saved_view: SavedView


class SavedViewDeleted(Unanswered, tag="saved_view.deleted", frozen=True):
    """A saved view is gone."""

    user_id: str
    saved_view_id: str


UserEvent = (
    UserCreated
    | UserUpdated
    | UserSignedIn
    | SignInFailed
    | GuessesNoted
    | UserSessionsEnded
    | UserSessionsUsed
    | UserSessionsForgotten
    | PasswordSet
    | TwoFactorSet
    | MembershipSet
    | UserForgotten
    | UserInvited
    | InvitationEnded
    | InvitationsForgotten
    | PasswordResetStarted
    | PasswordResetsForgotten
    | RoleStored
    | RoleDeleted
    | SavedViewStored
    | SavedViewDeleted
)
#: Users, their sessions and roles: only the control project has them.
USER_EVENTS: Final = frozenset(
    {
        UserCreated,
        UserUpdated,
        UserSignedIn,
        SignInFailed,
        GuessesNoted,
        UserSessionsEnded,
        UserSessionsUsed,
        UserSessionsForgotten,
        PasswordSet,
        TwoFactorSet,
        MembershipSet,
        UserForgotten,
        UserInvited,
        InvitationEnded,
        InvitationsForgotten,
        PasswordResetStarted,
        PasswordResetsForgotten,
        RoleStored,
        RoleDeleted,
        SavedViewStored,
        SavedViewDeleted,
    }
)
