"""What every stored or transmitted shape has in common."""

from functools import cache
from typing import Annotated, Any, Final

from msgspec import Meta, Struct

#: Milliseconds since 1970-01-01T00:00:00Z.
Millis = int
#: Free key-value data that a client attaches to an entity.
Metadata = dict[str, Any]

DAY_MS = 86_400_000
#: 9999-12-31T23:59:59.999Z, the last instant that can be written.
INSTANT_MAX = 253_402_300_799_999
AMOUNT_MAX = 10**15
QUANTITY_MAX = 10**9
ID_LENGTH_MAX = 512
#: What names nothing in an address, however it is encoded: browsers leave such segments out.
UNNAMEABLE: Final = frozenset({".", ".."})

#: A time that others say, within what can be stored and written.
Instant = Annotated[Millis, Meta(ge=0, le=INSTANT_MAX)]
#: Money in integer minor units (cents).
Minor = Annotated[int, Meta(ge=0, le=AMOUNT_MAX)]
Quantity = Annotated[int, Meta(ge=0, le=QUANTITY_MAX)]
Ident = Annotated[str, Meta(min_length=1, max_length=ID_LENGTH_MAX)]


def is_number(value: Any) -> bool:
    """Whether a value of JSON is a number: a boolean is none, though Python says so."""
    return isinstance(value, int | float) and not isinstance(value, bool)


class Shape(Struct, frozen=True, omit_defaults=True):
    """An immutable value; a field at its default is left out of the encoding."""


class Unanswered(Shape, frozen=True, omit_defaults=True):
    """An event that answers no command: one beside it does, or a refusal, or nobody waits."""


@cache
def tag_of(kind: type[Shape]) -> str:
    """The fixed string under which a kind of command, event or record is stored."""
    return str(kind.__struct_config__.tag)
