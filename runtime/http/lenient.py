"""Bodies as other languages write them: what leaves no doubt is taken for what it means.

- A whole number may be written as a float (`1000.0`, `1e3`): some languages have no other numbers.
- An empty map may be written as `[]`: PHP has one kind of array.

Nearly every body is written as the contract says and is read in one step. Only one that cannot be
read, and of which the decoder says that a float or an array is why, is looked at again.
"""

import math
from collections.abc import Callable
from functools import cache
from typing import Any, Final, Generic, TypeVar

import msgspec
from msgspec import inspect

T = TypeVar("T")

#: Up to here every whole number is a float of its own.
_EXACT_MAX: Final = 2**53
#: What the decoder says of values that may be meant otherwise than they are written.
_MENDABLE: Final = ("got `float`", "got `array`")

#: Changes a value to what is meant; gives it back.
Mend = Callable[[Any], Any]


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

    __slots__ = ("_decoder", "_type")

    def __init__(self, type_: Any) -> None:
        self._type = type_
        self._decoder: msgspec.json.Decoder[T] = msgspec.json.Decoder(
            type_, float_hook=plain_number
        )

    def decode(self, content: bytes | msgspec.Raw) -> T:
        """The value. Raises what a decoder does."""
        try:
            return self._decoder.decode(content)
        except msgspec.ValidationError as error:
            if not any(each in str(error) for each in _MENDABLE):
                raise
        meant = mend_for(self._type)(untyped.decode(content))
        return self._decoder.decode(msgspec.json.encode(meant))


@cache
def mend_for(type_: Any) -> Mend:
    """What makes maps of the empty arrays that stand where the type has maps."""
    return _mend_for(inspect.type_info(type_))


def _mend_for(type_: inspect.Type) -> Mend:
    match type_:
        case inspect.UnionType(types=types):
            (one, *_) = [each for each in types if not isinstance(each, inspect.NoneType)]
            return _mend_for(one)
        case inspect.StructType(fields=fields):
            mends = {each.encode_name: _mend_for(each.type) for each in fields}
            return lambda value: _mend_members(value, mends)
        case inspect.DictType(value_type=inner):
            mend = _mend_for(inner)
            return lambda value: _mend_members(
                value, dict.fromkeys(value, mend) if isinstance(value, dict) else {}
            )
        case inspect.VarTupleType(item_type=inner) | inspect.ListType(item_type=inner):
            mend = _mend_for(inner)
            return lambda value: (
                [mend(each) for each in value] if isinstance(value, list) else value
            )
    return lambda value: value


def _mend_members(value: Any, mends: dict[str, Mend]) -> Any:
    if value == []:
        return {}
    if not isinstance(value, dict):
        return value
    return {
        name: mends[name](member) if name in mends else member for name, member in value.items()
    }
