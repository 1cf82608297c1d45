"""The rows of a file as text: CSV after RFC 4180, in UTF-8.

A spreadsheet runs a cell that begins like a formula, and whoever writes a name or a code may be
anybody; so such a text gets an apostrophe before it. Numbers are safe as they are, also below zero.
"""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from typing import Any, Final

import msgspec

from engine.kernel.encode import number_text, to_json

#: What a formula begins with, in the wide forms, too, or what a spreadsheet passes over before one.
_BEGINNINGS: Final = frozenset("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")
_NUMBER: Final = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")


def write_rows(rows: Iterable[Sequence[Any]]) -> bytes:
    """The rows as they stand in a file."""
    out = io.StringIO(newline="")
    csv.writer(out).writerows([[cell_of(value) for value in row] for row in rows])
    return out.getvalue().encode("utf-8", "replace")


def cell_of(value: Any) -> str:
    """A value as it stands in a cell; a list or an object as JSON, `Raw` as the number that it is."""
    if value is None:
        return ""
    if isinstance(value, str):
        return safe_text(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return number_text(value)
    if isinstance(value, msgspec.Raw):
        return bytes(value).decode()
    return safe_text(to_json(value).decode())


def safe_text(text: str) -> str:
    """The text, so that no spreadsheet runs it."""
    if text[:1] in _BEGINNINGS and not _NUMBER.fullmatch(text):
        return "'" + text
    return text
