"""Bodies as other languages write them: what leaves no doubt is taken for what it means.

- A whole number may be written as a float (`1000.0`, `1e3`): some languages have no other numbers.

Nearly every body is written as the contract says and is read in one step. Only one that cannot be
read, and of which the decoder says that a float is why, is looked at again.
"""

import math
from typing import Any, Final, Generic, TypeVar

import msgspec

T = TypeVar("T")

#: Up to here every whole number is a float of its own.
_EXACT_MAX: Final = 2**53
#: What the decoder says of a float in the place of an integer.
_FLOAT: Final = "got `float`"


def plain_number(text: str) -> int | float:
    """The number that a float's text says, an integer where it is one.

    Raises msgspec.ValidationError for what no float can hold.
    """
    value = float(text)
    if math.isinf(value):
        raise msgspec.ValidationError("Number out of range")
    return int(value) if value.is_integer() and abs(value) <= _EXACT_MAX else value


#: Reads what has no type.
untyped: "Final[msgspec.json.Decoder[Any]]" = msgspec.json.Decoder(float_hook=plain_number)


class Reader(Generic[T]):
    """Reads the JSON of one type, as a `msgspec.json.Decoder` does, or as it is meant."""

    __slots__ = ("_decoder",)

    def __init__(self, type_: Any) -> None:
        self._decoder: msgspec.json.Decoder[T] = msgspec.json.Decoder(type_)

    def decode(self, content: bytes | msgspec.Raw) -> T:
        """The value. Raises what a decoder does."""
        try:
            return self._decoder.decode(content)
        except msgspec.ValidationError as error:
            if _FLOAT not in str(error):
                raise
        return self._decoder.decode(msgspec.json.encode(untyped.decode(content)))
