"""What the endpoints of API keys take."""

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, StrictStr, StringConstraints

from fronts.fields import Body, Shown, read_whole
from schemas.keys import KEY_NAME_LENGTH_MAX, OVERLAP_HOURS_MAX

KeyName = Annotated[
    StrictStr,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=KEY_NAME_LENGTH_MAX),
]


class CreateKeyBody(Body):
    """A key of a kind, and what it is called."""

    kind: Literal["server", "client", "management"]
    name: KeyName


class RenameKeyBody(Body):
    """What a key is called from now on; the rest is as it is shown."""

    name: KeyName | None = None
    kind: Literal["server", "client", "management"] | None = None
    object: Literal["key"] | None = None
    id: Shown = None
    active: Shown = None
    created_at: Shown = None
    expires_at: Shown = None
    revoked_at: Shown = None
    replaced_by: Shown = None
    last_used_at: Shown = None


class RotateKeyBody(Body):
    """How long the key before works on beside the new one."""

    overlap_hours: Annotated[
        int, BeforeValidator(read_whole), Field(ge=0, le=OVERLAP_HOURS_MAX)
    ] = 0
