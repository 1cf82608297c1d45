"""Bodies to JSON: decimals as numbers, everything else as it is."""

from collections.abc import Mapping
from typing import Any

import msgspec

#: What a renderer gives: JSON-able, decimals included.
Body = dict[str, Any]

_encode = msgspec.json.Encoder(decimal_format="number").encode


def to_json(body: Mapping[str, Any]) -> bytes:
    """The body as it goes over the wire."""
    return _encode(body)
