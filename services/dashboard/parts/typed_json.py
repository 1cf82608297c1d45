"""JSON that somebody typed or sent in a file, as far as the API can be told it."""

import json
import math
from typing import Any


def parse_json(text: str | bytes) -> Any:
    """The value. Raises ValueError for what is no JSON: NaN and infinity too, and endless nesting."""
    try:
        return json.loads(text, parse_constant=_refuse, parse_float=_read_float)
    except RecursionError:
        raise ValueError("nested too deeply") from None


def _refuse(word: str) -> Any:
    raise ValueError(word)


def _read_float(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(text)
    return value
