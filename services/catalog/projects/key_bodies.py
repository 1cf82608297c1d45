"""What the endpoints of API keys take."""

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, StrictStr, StringConstraints

from fronts.fields import Body, read_whole
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
    """What a key is called from now on."""

    name: KeyName


class RotateKeyBody(Body):
    """How long the key before works on beside the new one."""

    overlap_hours: Annotated[
        int, BeforeValidator(read_whole), Field(ge=0, le=OVERLAP_HOURS_MAX)
    ] = 0
