"""Answers of analytics, as JSON or as CSV after RFC 4180."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any, Final

import msgspec
from starlette.responses import Response

from engine.kernel.encode import Body, to_json
from runtime.http.errors import JSON

CSV: Final = "text/csv"
#: What a spreadsheet takes for the beginning of a formula, also in the wide forms and after a blank.
_BEGINNINGS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def json_answer(body: Body) -> Response:
    """The body."""
    return Response(to_json(body), media_type=JSON)


def csv_answer(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> Response:
    """Rows under their names; texts that a spreadsheet would run get an apostrophe before them."""
    out = io.StringIO(newline="")
    csv.writer(out).writerows([head, *([_cell(value) for value in row] for row in rows)])
    return Response(out.getvalue().encode("utf-8", "replace"), media_type=CSV)


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return f"'{value}" if value.startswith(_BEGINNINGS) else value
    if isinstance(value, msgspec.Raw):
        return bytes(value).decode()
    return str(value)
