"""What a body is, and how it becomes JSON: decimals as numbers, everything else as it is."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

import msgspec

from schemas.evaluations import Outcome
from schemas.projects import KeyKind

#: What a renderer gives: JSON-able, decimals included.
Body = dict[str, Any]

_encode = msgspec.json.Encoder(decimal_format="number").encode


#: Where something came from, as activities and webhooks say it. Source: the API contract.
CHANNELS: Final[Mapping[KeyKind, str]] = MappingProxyType(
    {"server": "API", "management": "API", "client": "CLIENT_API", "system": "INTERNAL"}
)


def to_json(body: Mapping[str, Any]) -> bytes:
    """The body as it goes over the wire."""
    return _encode(body)


def related_object_type(outcome: Outcome) -> str:
    """A stack shows as the tiers it stands for: answers know no other kind."""
    return "voucher" if outcome.object == "voucher" else "promotion_tier"


EMPTY_LIST: Final[Body] = {"object": "list", "data_ref": "data", "data": [], "total": 0}
