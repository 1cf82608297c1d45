"""The values of a statement's parameters: from JSON to what the engine binds to their types."""

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

from schemas.base import is_number
from services.analytics.sql.parsing import StatementRefused

VALUES_MAX: Final = 10_000
_SIZED: Final = re.compile(r"(U?)Int([0-9]+)")

_WHOLE: Final = ("a whole number", lambda value: isinstance(value, int) and is_number(value))
_FRACTION: Final = ("a number", is_number)
_TEXT: Final = ("a string", lambda value: isinstance(value, str) and "\0" not in value)
#: What a value has to be, by how its type begins; what begins with another goes last.
_KINDS: Final[Mapping[str, tuple[str, Callable[[Any], bool]]]] = MappingProxyType(
    {
        "Int": _WHOLE,
        "UInt": _WHOLE,
        "Float": _FRACTION,
        "Bool": ("a boolean", lambda value: isinstance(value, bool)),
        "Date": _TEXT,
        "String": _TEXT,
    }
)


def read_value(name: str, kind: str, value: Any) -> Any:
    """The value that is bound to a parameter of that type. Raises StatementRefused."""
    if kind.startswith("Nullable("):
        return None if value is None else read_value(name, kind[9:-1], value)
    if kind.startswith("Array("):
        if not isinstance(value, list) or len(value) > VALUES_MAX:
            raise StatementRefused(
                f"wants a list of at most {VALUES_MAX:,} as the parameter `{name}`"
            )
        return [read_value(name, kind[6:-1], each) for each in value]
    wanted, is_right = next(each for begin, each in _KINDS.items() if kind.startswith(begin))
    if not is_right(value):
        raise StatementRefused(f"wants {wanted} as the parameter `{name}`")
    sized = _SIZED.fullmatch(kind)
    if sized is not None:
        unsigned, bits = bool(sized[1]), int(sized[2])
        lowest, most = (0, 2**bits) if unsigned else (-(2 ** (bits - 1)), 2 ** (bits - 1))
        if not lowest <= value < most:
            raise StatementRefused(f"wants {kind} as the parameter `{name}`")
    return value
