"""Projects after they were made: changed, deleted, closed."""

from typing import Final, Literal

import msgspec

from schemas.base import Millis, Shape, Unanswered
from schemas.tallies import Running

KeyKind = Literal["server", "client", "management", "system", "user"]
#: The project of projects, keys and roles; it lies in partition 0.
CONTROL_PROJECT = "control"


class Asker(Shape, frozen=True):
    """Who asked: of which kind the key was, and its public id."""

    kind: KeyKind
    id: str


class ApiKey(Shape, frozen=True):
    """A key pair's public id and the keyed hash of its token."""

    id: str
    project_id: str
    kind: KeyKind
    token_hash: str
    revoked_at: Millis | None = None
    name: str | None = None
    #: None: when its project was.
    created_at: Millis | None = None
    #: From when on it does not work, since another took its place.
    expires_at: Millis | None = None
    #: The key that took its place.
    replaced_by: str | None = None
    #: Whether it was made beside those that came with the project, which what is preset replaces.
    issued: bool = False
    #: Whether somebody ended it over the API, so that no start of the system brings it back.
    ended: bool = False
    #: What access tokens that are made with it may open at most; such a key, an OAuth client, opens
    #: nothing itself. None: it is no such key, and opens what its kind does.
    scopes: tuple[str, ...] | None = None

    def works(self, now: Millis) -> bool:
        """Whether its token lets anybody in."""
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)


class ProjectSettings(Shape, frozen=True):
    """What can be said of a project, and what its client-side keys may do."""

    description: str = ""
    timezone: str = "Etc/UTC"
    currency: str = "USD"
    dial_code: str | None = None
    client_redeem_enabled: bool = True
    client_publish_enabled: bool = False
    client_list_vouchers_enabled: bool = False
    client_create_customer_enabled: bool = False
    client_loyalty_events_enabled: bool = False
    client_set_voucher_expiration_date_enabled: bool = False


class Project(Shape, frozen=True):
    """A tenant. Its partition is chosen once and never changes."""

    id: str
    name: str
    partition: int
    created_at: Millis
    trusted_origins: tuple[str, ...] = ()
    #: None: the defaults.
    settings: ProjectSettings | None = None
    #: The project whose management key made it; None for the installation's own.
    managed_by: str | None = None
    updated_at: Millis | None = None
    deleted_at: Millis | None = None
    #: Whether codes that differ in case alone are two codes; said once.
    case_sensitive_codes: bool = True
    #: How often it was updated: what is told to its own partition says of which update.
    revision: int = 0
    #: Whether members may do nothing here before they have a second factor.
    second_factor_required: bool = False

    @property
    def terms(self) -> ProjectSettings:
        """The settings; of a project that was never given any, everything that exists is on."""
        return self.settings or ProjectSettings(client_publish_enabled=True)


class OpenedProject(Shape, frozen=True):
    """That a project's own partition knows it; its keys work from then on."""

    id: str
    opened_at: Millis
    #: The kinds of objects that have a metadata schema.
    described: tuple[str, ...] = ()
    #: The time zone that decisions are taken in, as of that revision of the project.
    timezone: str = "Etc/UTC"
    revision: int = 0
    #: What ran when the zone changed.
    running: Running | None = None
    case_sensitive_codes: bool = True


class UpdateProject(Shape, tag="update_project", frozen=True):
    """Sets what it names of a project; belongs to the control project."""

    project_id: str
    #: None: as it is.
    name: str | None = None
    #: Exactly the fields of `ProjectSettings` that the caller named.
    settings: msgspec.Raw = msgspec.Raw(b"{}")
    trusted_origins: tuple[str, ...] | None = None


class DeleteProject(Shape, tag="delete_project", frozen=True):
    """Revokes a project's keys and takes it from every list; belongs to the control project."""

    project_id: str


class CloseProject(Shape, tag="close_project", frozen=True):
    """Ends a deleted project in its own partition: nothing is decided for it any more."""


class CreateProject(Shape, tag="create_project", frozen=True):
    """Creates a tenant with its keys; belongs to the control project."""

    project_id: str
    name: str
    partition: int
    keys: tuple[ApiKey, ...]
    trusted_origins: tuple[str, ...] = ()
    settings: ProjectSettings | None = None
    #: The project whose management key asked for it.
    managed_by: str | None = None
    case_sensitive_codes: bool = True


class OpenProject(Shape, tag="open_project", frozen=True):
    """Makes a created project known in its own partition."""

    timezone: str = "Etc/UTC"
    case_sensitive_codes: bool = True


class SetTimeZone(Shape, tag="set_time_zone", frozen=True):
    """Has a project's own partition reckon in a zone, as of a revision of the project."""

    timezone: str
    revision: int


class ReplaceKey(Shape, tag="replace_key", frozen=True):
    """Adds a key and revokes the project's other keys of the same kind; control project."""

    key: ApiKey


class ChangeTrustedOrigins(Shape, tag="change_trusted_origins", frozen=True):
    """Replaces the origins that may use a project's client-side keys; control project."""

    project_id: str
    trusted_origins: tuple[str, ...]


class ProjectUpdated(Unanswered, tag="project.updated", frozen=True):
    """A tenant's settings changed; `project` is the whole after it."""

    project: Project


class ProjectDeleted(Unanswered, tag="project.deleted", frozen=True):
    """A tenant is deleted; `project` is the whole after it."""

    project: Project


class ProjectClosed(Unanswered, tag="project.closed", frozen=True):
    """A tenant's own partition decides nothing for it any more."""

    project_id: str


class ProjectCreated(Unanswered, tag="project.created", frozen=True):
    """A tenant exists."""

    project: Project


class ProjectOpened(Unanswered, tag="project.opened", frozen=True):
    """A tenant's own partition knows it."""

    project_id: str
    timezone: str = "Etc/UTC"
    case_sensitive_codes: bool = True


class TimeZoneSet(Unanswered, tag="project.time_zone_set", frozen=True):
    """A tenant's decisions reckon in this zone from now on; what ran goes on until it ends there."""

    timezone: str
    revision: int
    #: None: nothing changed but the revision.
    running: Running | None = None


class KeyAdded(Unanswered, tag="key.added", frozen=True):
    """A key works from now on."""

    key: ApiKey


class KeyRevoked(Unanswered, tag="key.revoked", frozen=True):
    """A key stopped working."""

    key_id: str


class TrustedOriginsChanged(Unanswered, tag="trusted_origins.changed", frozen=True):
    """The origins that may use client-side keys."""

    project_id: str
    trusted_origins: tuple[str, ...]


ProjectCommand = (
    UpdateProject
    | DeleteProject
    | CloseProject
    | CreateProject
    | OpenProject
    | SetTimeZone
    | ReplaceKey
    | ChangeTrustedOrigins
)
ProjectEvent = (
    ProjectUpdated
    | ProjectDeleted
    | ProjectClosed
    | ProjectCreated
    | ProjectOpened
    | TimeZoneSet
    | KeyAdded
    | KeyRevoked
    | TrustedOriginsChanged
)
#: Projects with their settings and keys.
PROJECT_EVENTS: Final = frozenset(
    {
        ProjectUpdated,
        ProjectDeleted,
        ProjectClosed,
        ProjectCreated,
        ProjectOpened,
        TimeZoneSet,
        KeyAdded,
        KeyRevoked,
        TrustedOriginsChanged,
    }
)
