"""Users: the people who work in the projects of an installation, and how they sign in.

They belong to the control project, with their sessions, roles and links. Nothing here lets anybody
in: of passwords, tokens and recovery codes there are hashes, and the secret of a second factor is
encrypted before any command names it (services/catalog/users). What identifies a person, and where
a session came from, is personal and ends with the user.
"""

from typing import Final, Literal

from msgspec import field

from schemas.base import DAY_MS, Millis, Shape
from schemas.personal import Personal

HOUR_MS: Final = 3_600_000
#: How long a session lasts unused, and how long at most.
SESSION_IDLE_MS: Final = 12 * HOUR_MS
SESSION_MS: Final = 7 * DAY_MS
INVITATION_MS: Final = 7 * DAY_MS
RESET_MS: Final = DAY_MS
USERS_MAX: Final = 1000
SESSIONS_MAX: Final = 20
INVITATIONS_MAX: Final = 200
#: How many invitations of one address are known, those that ended included.
INVITED_MAX: Final = 100
ROLES_MAX: Final = 50
#: Of a user in a project.
SAVED_VIEWS_MAX: Final = 50
#: How many failed sign-ins are known by address, and for how long they slow those that follow.
FAILED_MAX: Final = 200
FAILED_MS: Final = HOUR_MS
#: How many guesses at nobody are known, of accounts and of addresses; as long as failed sign-ins.
GUESSED_MAX: Final = 1000
#: How many entries of a user's activity are kept.
ACTIVITY_MAX: Final = 50

Theme = Literal["auto", "light", "dark"]
Density = Literal["comfortable", "compact"]
Act = Literal[
    "signed_in",
    "sign_in_failed",
    "session_ended",
    "password_changed",
    "password_reset",
    "two_factor_enabled",
    "two_factor_disabled",
    "two_factor_removed",
    "recovery_code_used",
]


class TwoFactor(Shape, frozen=True):
    """A second factor: codes of a device, or one of the recovery codes instead."""

    #: The secret, encrypted with a key of the installation.
    box: str
    #: None until a first code was shown.
    enabled_at: Millis | None = None
    #: The step of the last code that let somebody in; no earlier one does.
    step: int = -1
    #: Keyed hashes of the recovery codes that are left.
    recovery: tuple[str, ...] = ()


class Preferences(Shape, frozen=True):
    """How a user likes to see things."""

    language: str | None = None
    theme: Theme = "auto"
    density: Density = "comfortable"


class User(Shape, frozen=True):
    """A person who signs in; `personal` has name and e-mail address."""

    id: str
    personal: Personal
    #: Argon2id, with its salt and costs.
    password_hash: str
    created_at: Millis
    #: By project, the id of the role there.
    memberships: dict[str, str] = field(default_factory=dict)
    #: Whether it is the installation's first user.
    owner: bool = False
    must_change_password: bool = False
    two_factor: TwoFactor | None = None
    preferences: Preferences = Preferences()
    #: How often password or second factor changed: who checked them before may not sign in by it.
    credentials: int = 0
    last_sign_in_at: Millis | None = None
    updated_at: Millis | None = None
    #: The version whose news the user read last.
    release_read: str | None = None

    @property
    def email(self) -> str:
        """The address, normalised; empty once it is forgotten."""
        return "" if self.personal.data is None else self.personal.data.email or ""

    @property
    def name(self) -> str:
        """What the user is called; empty once it is forgotten."""
        return "" if self.personal.data is None else self.personal.data.name or ""

    @property
    def two_factor_enabled(self) -> bool:
        """Whether a password alone lets nobody in."""
        return self.two_factor is not None and self.two_factor.enabled_at is not None


class UserSession(Shape, frozen=True):
    """Where a user is signed in."""

    id: str
    user_id: str
    token_hash: str
    started_at: Millis
    #: Told by the hour; idle time counts from it.
    last_used_at: Millis
    expires_at: Millis
    #: The address and the browser, as its metadata.
    place: Personal

    def ends_at(self, used_at: Millis = 0) -> Millis:
        """When it is over unless it is used again; `used_at`: when it was used last, if known."""
        return min(self.expires_at, max(self.last_used_at, used_at) + SESSION_IDLE_MS)


class UserAct(Shape, frozen=True):
    """Something of a user's security that happened."""

    type: Act
    at: Millis
    place: Personal | None = None
    session_id: str | None = None


class UserActivity(Shape, frozen=True):
    """The newest of what happened, oldest first."""

    user_id: str
    acts: tuple[UserAct, ...] = ()


class FailedAddress(Shape, frozen=True):
    """A sign-in that failed, by the keyed hash of the address that it came from."""

    address: str
    at: Millis


class FailedSignIns(Shape, frozen=True):
    """The newest sign-ins that failed, oldest first, whoever's they were."""

    failed: tuple[FailedAddress, ...] = ()


class Guessed(Shape, frozen=True):
    """Guesses at an account that nobody has, by the keyed hash of its name or of where they came from."""

    name: str
    times: int
    #: When it was told last.
    at: Millis


class GuessesAtNobody(Shape, frozen=True):
    """The newest that were told, oldest first."""

    guessed: tuple[Guessed, ...] = ()


class Invitation(Shape, frozen=True):
    """A link by which somebody becomes a member; `personal` has name and e-mail address."""

    id: str
    personal: Personal
    #: By project, the id of the role there.
    roles: dict[str, str]
    token_hash: str
    created_at: Millis
    expires_at: Millis
    #: The id of the user who invited, or of the key.
    invited_by: str = ""

    @property
    def email(self) -> str:
        """The address, normalised."""
        return "" if self.personal.data is None else self.personal.data.email or ""

    @property
    def name(self) -> str:
        """What the person is called."""
        return "" if self.personal.data is None else self.personal.data.name or ""


class PasswordReset(Shape, frozen=True):
    """A link by which a user sets a password anew; each has one at most."""

    user_id: str
    token_hash: str
    created_at: Millis
    expires_at: Millis


class Role(Shape, frozen=True):
    """A project's own role: the privileges of whoever has it."""

    id: str
    project_id: str
    name: str
    privileges: tuple[str, ...]
    created_at: Millis
    updated_at: Millis | None = None


class SavedView(Shape, frozen=True):
    """A list as a user wants to find it again in a project.

    `personal` has what the user calls it, and as its metadata the query of the list's address:
    what is filtered by may name a person.
    """

    id: str
    user_id: str
    project_id: str
    #: The list, as the dashboard's addresses name it.
    section: str
    personal: Personal
    created_at: Millis
    updated_at: Millis | None = None

    @property
    def name(self) -> str:
        """What the user calls it; empty once it is forgotten."""
        return "" if self.personal.data is None else self.personal.data.name or ""

    @property
    def query(self) -> str:
        """Filters, order, columns and size, as in the address; empty once they are forgotten."""
        data = self.personal.data
        return "" if data is None or not data.metadata else str(data.metadata.get("query", ""))
