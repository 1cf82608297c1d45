"""What users, and those who administer them, ask for; all of it belongs to the control project.

Who asks is in the command's envelope: a user may do what the role allows, anybody else was checked
before. Secrets arrive hashed or encrypted, and times of sessions come from the log.
"""

from typing import Annotated

from msgspec import Meta, field

from schemas.base import Ident, Millis, Shape
from schemas.users import Density, Theme

Email = Annotated[str, Meta(min_length=3, max_length=254)]
Hash = Annotated[str, Meta(min_length=1, max_length=512)]
#: How many names of guesses are told at once.
NOTED_MAX = 100


class Place(Shape, frozen=True):
    """Where a request came from."""

    ip: Annotated[str, Meta(max_length=64)] = ""
    agent: Annotated[str, Meta(max_length=256)] = ""


class CreateUser(Shape, tag="create_user", frozen=True):
    """Creates the installation's first user, unless there is one with that address."""

    email: Email
    name: str
    password_hash: Hash
    #: By project, the id of the role there.
    memberships: dict[str, str] = field(default_factory=dict)


class StartUserSession(Shape, tag="start_user_session", frozen=True):
    """Signs a user in whose password was right."""

    user_id: Ident
    token_hash: Hash
    #: The user's `credentials` when they were checked.
    credentials: int
    place: Place = Place()
    #: The step of the code that was right, or the hash of a recovery code.
    step: int | None = None
    recovery: str | None = None
    #: The version that is installed: to who comes for the first time nothing of it is news.
    release: str | None = None


class NoteFailedSignIn(Shape, tag="note_failed_sign_in", frozen=True):
    """Keeps that somebody tried to sign in as a user."""

    user_id: Ident
    place: Place = Place()
    #: The keyed hash of the address, by which further ones from there are slowed.
    address: Annotated[str, Meta(max_length=64)] = ""


class NoteGuesses(Shape, tag="note_guesses", frozen=True):
    """Keeps that accounts were guessed at that nobody has: keyed hashes, and how often each."""

    guessed: Annotated[tuple[tuple[Hash, int], ...], Meta(max_length=NOTED_MAX)]


class EndUserSessions(Shape, tag="end_user_sessions", frozen=True):
    """Ends these sessions of a user, or with none named all but one."""

    user_id: Ident
    session_ids: tuple[str, ...] = ()
    but: str | None = None


class TouchUserSessions(Shape, tag="touch_user_sessions", frozen=True):
    """Notes when sessions were used last: user, session, time."""

    used: tuple[tuple[str, str, Millis], ...]


class UpdateUser(Shape, tag="update_user", frozen=True):
    """Sets what is named of a user's own."""

    user_id: Ident
    name: str | None = None
    language: str | None = None
    theme: Theme | None = None
    density: Density | None = None
    release_read: str | None = None


class ChangePassword(Shape, tag="change_password", frozen=True):
    """Sets a password whose user showed the one before; ends the other sessions."""

    user_id: Ident
    password_hash: Hash
    credentials: int
    session_id: str = ""
    place: Place = Place()


class PrepareTwoFactor(Shape, tag="prepare_two_factor", frozen=True):
    """Gives a user the secret of a second factor, which asks for nothing yet."""

    user_id: Ident
    box: Hash


class EnableTwoFactor(Shape, tag="enable_two_factor", frozen=True):
    """Asks for a second factor from now on, of which a code was shown."""

    user_id: Ident
    credentials: int
    step: int
    recovery: tuple[str, ...]
    place: Place = Place()


class DisableTwoFactor(Shape, tag="disable_two_factor", frozen=True):
    """Asks for no second factor any more."""

    user_id: Ident
    credentials: int
    place: Place = Place()


class InviteUser(Shape, tag="invite_user", frozen=True):
    """Makes a link by which somebody becomes a member of projects."""

    email: Email
    name: str
    #: By project, the id of the role there.
    roles: dict[str, str]
    token_hash: Hash


class RevokeInvitation(Shape, tag="revoke_invitation", frozen=True):
    """Ends a link before it is used."""

    project_id: Ident
    invitation_id: Ident


class AcceptInvitation(Shape, tag="accept_invitation", frozen=True):
    """Makes the bearer of a link a user, or gives one who is known more roles."""

    token_hash: Hash
    name: str | None = None
    password_hash: str | None = None


class AssignUser(Shape, tag="assign_user", frozen=True):
    """Gives a user a role in a project, in the place of any before."""

    project_id: Ident
    role: Ident
    #: One of them: the id, or the address.
    user_id: str | None = None
    email: str | None = None
    #: Whether the user has to be a member already.
    member: bool = False


class UnassignUser(Shape, tag="unassign_user", frozen=True):
    """Takes a user out of a project."""

    project_id: Ident
    user_id: Ident


class StartPasswordReset(Shape, tag="start_password_reset", frozen=True):
    """Makes a link by which a user sets a password anew."""

    user_id: Ident
    project_id: Ident
    token_hash: Hash
    #: Whether who asks manages every project.
    manages_all: bool = False


class RemoveTwoFactor(Shape, tag="remove_two_factor", frozen=True):
    """Takes off the second factor of a member who lost the device and the codes."""

    user_id: Ident
    project_id: Ident
    #: Whether who asks manages every project.
    manages_all: bool = False


class ResetPassword(Shape, tag="reset_password", frozen=True):
    """Sets the password of the link's user, whose sessions all end."""

    token_hash: Hash
    password_hash: Hash
    place: Place = Place()


class ForgetUser(Shape, tag="forget_user", frozen=True):
    """Removes a user and all that is personal, for good."""

    user_id: Ident
    #: One of which the user is a member, or any where the user is a member of none.
    project_id: Ident
    #: Whether who asks manages every project.
    manages_all: bool = False


class RequireSecondFactor(Shape, tag="require_second_factor", frozen=True):
    """Says whether members may do nothing in a project before they have a second factor."""

    project_id: Ident
    required: bool


class CreateRole(Shape, tag="create_role", frozen=True):
    """Gives a project a role of its own."""

    project_id: Ident
    name: str
    privileges: tuple[str, ...]


class UpdateRole(Shape, tag="update_role", frozen=True):
    """Sets what is named of a role; it holds at once for all who have it."""

    project_id: Ident
    role_id: Ident
    name: str | None = None
    privileges: tuple[str, ...] | None = None


class DeleteRole(Shape, tag="delete_role", frozen=True):
    """Removes a role that nobody has."""

    project_id: Ident
    role_id: Ident


class CreateSavedView(Shape, tag="create_saved_view", frozen=True):
    """Keeps a list as the user sees it in a project, by a name that is new in the section."""

    user_id: Ident
    project_id: Ident
    section: Ident
    name: str
    query: str


class UpdateSavedView(Shape, tag="update_saved_view", frozen=True):
    """Sets what is named of a user's saved view."""

    user_id: Ident
    saved_view_id: Ident
    name: str | None = None
    query: str | None = None


class DeleteSavedView(Shape, tag="delete_saved_view", frozen=True):
    """Removes a user's saved view."""

    user_id: Ident
    saved_view_id: Ident


UserCommand = (
    CreateUser
    | StartUserSession
    | NoteFailedSignIn
    | NoteGuesses
    | EndUserSessions
    | TouchUserSessions
    | UpdateUser
    | ChangePassword
    | PrepareTwoFactor
    | EnableTwoFactor
    | DisableTwoFactor
    | InviteUser
    | RevokeInvitation
    | AcceptInvitation
    | AssignUser
    | UnassignUser
    | StartPasswordReset
    | RemoveTwoFactor
    | RequireSecondFactor
    | ForgetUser
    | ResetPassword
    | CreateRole
    | UpdateRole
    | DeleteRole
    | CreateSavedView
    | UpdateSavedView
    | DeleteSavedView
)
