"""What users, and those who manage them, may say."""

import re
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, StrictBool, StrictStr, field_validator

from fronts.fields import Body, Shown
from schemas.blank import is_blank
from schemas.privileges import PRIVILEGES

EMAIL_LENGTH_MAX = 254
PROJECTS_MAX = 100
QUERY_LENGTH_MAX = 2000
_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s]{1,189}")
_UNSEEN = re.compile(r"[\x00-\x1f\x7f]")


def normalise_email(text: str) -> str:
    """The address as it is stored and compared. Raises ValueError."""
    found = text.strip().lower()
    if len(found) > EMAIL_LENGTH_MAX or not _EMAIL.fullmatch(found) or _UNSEEN.search(found):
        raise ValueError("no e-mail address")
    return found


def _name(text: str) -> str:
    found = text.strip()
    if is_blank(found) or _UNSEEN.search(found):
        raise ValueError("a name is wanted")
    return found


Email = Annotated[StrictStr, AfterValidator(normalise_email)]
Name = Annotated[StrictStr, Field(min_length=1, max_length=200), AfterValidator(_name)]
#: Its own rules are told by name (passwords.py).
Password = Annotated[StrictStr, Field(max_length=1000)]
Token = Annotated[StrictStr, Field(min_length=1, max_length=256)]
Code = Annotated[StrictStr, Field(min_length=1, max_length=40)]
RoleId = Annotated[StrictStr, Field(min_length=1, max_length=100)]
Privileges = Annotated[list[Literal[PRIVILEGES]], Field(max_length=len(PRIVILEGES))]  # type: ignore[valid-type]


class SignInBody(Body):
    """Who signs in; the code is one of the device, or a recovery code."""

    email: Annotated[StrictStr, Field(max_length=1000)]
    password: Password
    code: Code | None = None


class ProfileBody(Body):
    """What users change of themselves; only what is named changes."""

    name: Name | None = None
    language: Annotated[StrictStr, Field(pattern=r"^[a-z]{2}(-[A-Z]{2})?$")] | None = None
    theme: Literal["auto", "light", "dark"] | None = None
    density: Literal["comfortable", "compact"] | None = None
    release_read: Annotated[StrictStr, Field(pattern=r"^[0-9]{1,4}(\.[0-9]{1,4}){2}$")] | None = (
        None
    )
    release_installed: Shown = None
    id: Shown = None
    object: Shown = None
    email: Shown = None
    must_change_password: Shown = None
    two_factor_enabled: Shown = None
    recovery_codes_left: Shown = None
    last_sign_in_at: Shown = None
    created_at: Shown = None
    session_id: Shown = None
    projects: Shown = None


class PasswordBody(Body):
    """Another password, by whoever knows the one before."""

    current_password: Password
    new_password: Password


class CurrentPasswordBody(Body):
    """The password, once more."""

    password: Password


class CodeBody(Body):
    """A code that the device shows."""

    code: Code


class LinkBody(Body):
    """What a link has."""

    token: Token


class AcceptBody(LinkBody):
    """Whoever becomes a user; somebody who is known needs neither."""

    name: Name | None = None
    password: Password | None = None


class ResetBody(LinkBody):
    """The password from now on."""

    password: Password


class AssignBody(Body):
    """A user, by id or address, and a role in the project."""

    id: Token | None = None
    login: Email | None = None
    role: RoleId


class RoleOfUserBody(Body):
    """The role in the project from now on; the rest is as it is shown."""

    role: RoleId
    id: Shown = None
    login: Shown = None
    email: Shown = None
    first_name: Shown = None
    last_name: Shown = None
    name: Shown = None
    projects: Shown = None
    is_owner: Shown = None
    two_factor_enabled: Shown = None
    last_sign_in_at: Shown = None
    created_at: Shown = None


class InviteBody(Body):
    """Somebody who is to be a member of projects."""

    email: Email
    first_name: Annotated[StrictStr, Field(max_length=100)]
    last_name: Annotated[StrictStr, Field(max_length=100)]
    projects: Annotated[
        dict[Annotated[str, Field(max_length=100)], RoleId],
        Field(min_length=1, max_length=PROJECTS_MAX),
    ]

    @field_validator("first_name", "last_name")
    @classmethod
    def _seen(cls, given: str) -> str:
        if _UNSEEN.search(given):
            raise ValueError("a name is wanted")
        return given.strip()


class InvitationBody(Body):
    """Somebody who is to be a member of the project."""

    email: Email
    role: RoleId
    name: Name | None = None


class SecurityBody(Body):
    """What a project asks of its members; the rest is as it is shown."""

    second_factor_required: StrictBool
    object: Shown = None
    members: Shown = None
    members_without_second_factor: Shown = None


class RoleBody(Body):
    """A project's own role."""

    name: Annotated[Name, Field(max_length=60)]
    privileges: Privileges


class UpdateRoleBody(Body):
    """Changes of a role; only what is named changes."""

    name: Annotated[Name, Field(max_length=60)] | None = None
    privileges: Privileges | None = None
    id: Shown = None
    object: Literal["role"] | None = None
    predefined: StrictBool | None = None
    created_at: Any = None
    updated_at: Any = None


def _query(text: str) -> str:
    if _UNSEEN.search(text):
        raise ValueError("a query of an address is wanted")
    return text


#: The query of a list's address, which nobody reads but who shows the list.
Query = Annotated[StrictStr, Field(max_length=QUERY_LENGTH_MAX), AfterValidator(_query)]
SavedViewName = Annotated[Name, Field(max_length=60)]


class SavedViewBody(Body):
    """A list of a project as the user wants to find it again."""

    project_id: Annotated[StrictStr, Field(min_length=1, max_length=100)]
    section: Annotated[StrictStr, Field(pattern=r"^[a-z][a-z0-9/-]{0,59}$")]
    name: SavedViewName
    query: Query


class UpdateSavedViewBody(Body):
    """Changes of a saved view; only what is named changes."""

    name: SavedViewName | None = None
    query: Query | None = None
    id: Shown = None
    object: Shown = None
    project_id: Shown = None
    section: Shown = None
    created_at: Shown = None
    updated_at: Shown = None
