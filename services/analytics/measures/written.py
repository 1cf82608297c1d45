"""Answers of analytics as CSV."""

from collections.abc import Iterable, Sequence
from typing import Any, Final

from starlette.responses import Response

from fronts.cells import write_rows

CSV: Final = "text/csv"


def csv_answer(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> Response:
    """Rows under their names; see `fronts/cells.py` for what makes them safe."""
    return Response(write_rows([head, *rows]), media_type=CSV)
