"""What the endpoints of API keys take."""

from typing import Annotated, Literal, Self

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    StrictStr,
    StringConstraints,
    model_validator,
)

from fronts.fields import Body, Shown, read_whole
from schemas.keys import KEY_NAME_LENGTH_MAX, OVERLAP_HOURS_MAX
from schemas.scopes import SCOPES

KeyName = Annotated[
    StrictStr,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=KEY_NAME_LENGTH_MAX),
]


def _known_scopes(given: list[str]) -> list[str]:
    unknown = [each[:100] for each in given if each not in SCOPES]
    if unknown:
        raise ValueError(f"there is no scope {unknown[0]}")
    return list(dict.fromkeys(given))


#: What access tokens of a key may open at most.
Scopes = Annotated[
    list[StrictStr],
    Field(min_length=1, max_length=len(SCOPES)),
    AfterValidator(_known_scopes),
]


class CreateKeyBody(Body):
    """A key of a kind, and what it is called."""

    kind: Literal["server", "client", "management"]
    name: KeyName
    scopes: Scopes | None = None

    @model_validator(mode="after")
    def _fits_its_kind(self) -> Self:
        if self.scopes is not None and self.kind != "server":
            raise ValueError("scopes are those of server-side keys")
        return self


class RenameKeyBody(Body):
    """What a key is called from now on; the rest is as it is shown."""

    name: KeyName | None = None
    kind: Literal["server", "client", "management"] | None = None
    object: Literal["key"] | None = None
    id: Shown = None
    scopes: Shown = None
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
