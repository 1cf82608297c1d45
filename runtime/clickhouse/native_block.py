"""Rows as one block of ClickHouse's format Native: column after column, in the engine's own layout.

The engine takes such a block over nearly as it is, where JSON costs it a parse of every value. And
rows that differ in a few columns only are never made: what they share is encoded once. Types are
those that tables declare; what is LowCardinality there is sent plain, and the engine converts it.

    block    number of columns, number of rows, the columns
    column   name, type, the values
    Array    the end of each row's items as UInt64, then all items as a column
    Map      as an array of pairs: ends, then all keys, then all values

Numbers have fixed lengths, little endian; a text is its length as a varint and its UTF-8.
"""

import re
import sys
from array import array
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate, chain
from typing import Any

Row = Sequence[Any]
Encode = Callable[[Sequence[Any]], bytes]

_LOW_CARDINALITY = re.compile(r"LowCardinality\(([^()]*)\)")
#: ClickHouse's numbers, and the type codes of Python's arrays of them.
_NUMBERS: Mapping[str, str] = {
    "UInt8": "B",
    "UInt16": "H",
    "UInt32": "I",
    "UInt64": "Q",
    "Int32": "i",
    "Int64": "q",
}


@dataclass(frozen=True, slots=True)
class Alike:
    """Many rows that are like `shared` but for some columns: by place, each row's own value."""

    size: int
    shared: Row
    own: Mapping[int, Sequence[Any]]

    def column(self, place: int) -> Sequence[Any]:
        """The values of a column, row by row."""
        return self.own.get(place) or (self.shared[place],) * self.size

    def rows(self) -> list[list[Any]]:
        """Each row by itself."""
        return list(map(list, zip(*map(self.column, range(len(self.shared))), strict=True)))


def encode_block(columns: Sequence[tuple[str, str]], parts: Sequence[Row | Alike]) -> bytes:
    """The block of all parts; a column is its name and its type.

    Raises KeyError for a type that it does not know; TypeError, ValueError, OverflowError and
    AttributeError for values that do not fit theirs.
    """
    alike = [part for part in parts if isinstance(part, Alike)]
    rows = [part for part in parts if not isinstance(part, Alike)]
    single = list(zip(*rows, strict=True)) if rows else [()] * len(columns)
    count = len(rows) + sum(part.size for part in alike)
    encoded = [_varint(len(columns)), _varint(count)]
    for place, (name, declared) in enumerate(columns):
        kind, encode = _plan(declared)
        encoded += (_texts((name,)), _texts((kind,)))
        if "(" in kind:
            values = (single[place], *(part.column(place) for part in alike))
            encoded.append(encode(list(chain.from_iterable(values))))
            continue
        if rows:
            encoded.append(_column(encode, single[place]))
        for part in alike:
            own = part.own.get(place)
            same = encode((part.shared[place],)) * part.size if own is None else encode(own)
            encoded.append(same)
    return b"".join(encoded)


def _column(encode: Encode, values: Sequence[Any]) -> bytes:
    """The values of a column; most columns of a block hold one value, which is encoded once."""
    first, size = values[0], len(values)
    return encode((first,)) * size if values.count(first) == size else encode(values)


@cache
def _plan(declared: str) -> tuple[str, Encode]:
    """The type that a column is sent as, and how its values are encoded."""
    return _LOW_CARDINALITY.sub(r"\1", declared), _encoder(declared)


def _encoder(declared: str) -> Encode:
    if declared == "String":
        return _texts
    if declared in _NUMBERS:
        return _numbers(_NUMBERS[declared])
    outer, _, inner = declared.removesuffix(")").partition("(")
    if outer == "LowCardinality" and inner == "String":
        return _recurring_texts
    if outer == "Array":
        return _arrays(_encoder(inner))
    if outer != "Map":
        raise KeyError(declared)
    key, _, value = inner.partition(", ")
    return _maps(_encoder(key), _encoder(value))


def _texts(values: Iterable[str]) -> bytes:
    parts = []
    for value in values:
        encoded = value.encode()
        size = len(encoded)
        parts.append(_SIZES[size] if size < len(_SIZES) else _varint(size))
        parts.append(encoded)
    return b"".join(parts)


def _recurring_texts(values: Sequence[str]) -> bytes:
    known = {value: _texts((value,)) for value in set(values)}
    return b"".join([known[value] for value in values])


def _numbers(code: str) -> Encode:
    def encode(values: Iterable[int]) -> bytes:
        numbers = array(code, values)
        if sys.byteorder == "big":
            numbers.byteswap()
        return numbers.tobytes()

    return encode


def _arrays(items: Encode) -> Encode:
    def encode(values: Sequence[Sequence[Any]]) -> bytes:
        if not any(values):
            return _ends(values)
        return _ends(values) + items(list(chain.from_iterable(values)))

    return encode


def _maps(keys: Encode, items: Encode) -> Encode:
    def encode(values: Sequence[Mapping[str, Any]]) -> bytes:
        if not any(values):
            return _ends(values)
        named = keys(list(chain.from_iterable(values)))
        return _ends(values) + named + items([item for each in values for item in each.values()])

    return encode


def _ends(values: Sequence[Any]) -> bytes:
    return _numbers("Q")(list(accumulate(map(len, values))))


def _varint(number: int) -> bytes:
    encoded = bytearray()
    while number > 0x7F:
        encoded.append(number & 0x7F | 0x80)
        number >>= 7
    encoded.append(number)
    return bytes(encoded)


_SIZES = tuple(map(_varint, range(1024)))
