"""Staged rows as the values that decisions take."""

import re
from typing import Any, Final, TypeVar

import msgspec

from schemas.errors import Refusal, refuse

T = TypeVar("T")

_PLACE: Final = re.compile(r"at `\$(\.[^`]*)`")
_MISSING: Final = re.compile(r"missing required field `([^`]*)`")


def decode_row(kind: type[T], row: dict[str, Any]) -> T | Refusal:
    """The row as `kind`. The refusal names the property and repeats nothing of what it says."""
    try:
        return msgspec.convert(row, kind)
    except msgspec.ValidationError as error:
        place = _PLACE.search(str(error))
        missing = _MISSING.search(str(error))
        where = (place[1] if place else "") + (f".{missing[1]}" if missing else "")
        said = "is required" if missing else "is not valid"
        return refuse("invalid_payload", f"Property `{where or '.'}` {said}")
