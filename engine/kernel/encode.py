"""What a body is, and how it becomes JSON, its numbers as JavaScript writes them.

They are `10` and not `10.0`, `1e+21`, never `-0`. Some who are sent a webhook verify its signature
over the body that they read and wrote again; it is the same then to the byte. Integers beyond 2^53,
which JavaScript cannot hold, keep their value. Source of the form: ECMAScript, Number::toString.
"""

import re
from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Final

import msgspec

from schemas.evaluations import Outcome
from schemas.projects import KeyKind

#: What a renderer gives: JSON-able, decimals included.
Body = dict[str, Any]

_encode = msgspec.json.Encoder(decimal_format="number").encode

#: Up to here every whole number is a float of its own.
_EXACT_MAX: Final = 2**53
#: How large and how small numbers are written out, in digits before and zeros after the point.
_DIGITS_MAX: Final = 21
_ZEROS_MAX: Final = 6
#: How floats end that the encoder writes otherwise; nearly no body has any.
_WHOLE: Final = re.compile(rb"\.0[],}]")
_EXPONENT: Final = re.compile(rb"e[-1-9][0-9]{0,2}[],}]")
_TOKEN: Final = re.compile(rb'"(?:[^"\\]++|\\.)*+"|-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?')
#: A name that JavaScript takes for the index of an array, and puts before all others.
_INDEX: Final = re.compile(r"0|[1-9][0-9]{0,9}", re.ASCII)
_INDEX_MAX: Final = 2**32 - 2
_INDEXED: Final = re.compile(rb'"[0-9]{1,10}":')

#: Where something came from, as activities and webhooks say it. Source: the API contract.
CHANNELS: Final[Mapping[KeyKind, str]] = MappingProxyType(
    {
        "server": "API",
        "management": "API",
        "client": "CLIENT_API",
        "system": "INTERNAL",
        "user": "USER_PORTAL",
    }
)


def places_body(kind: str, places: Mapping[str, int]) -> Body:
    """A list of what was put in an order: ids of one kind and their hierarchies."""
    data = [{"id": each, "hierarchy": n, "object": kind} for each, n in places.items()]
    return {"object": "list", "data_ref": "data", "data": data, "total": len(data)}


def to_json(body: Mapping[str, Any] | list[Any]) -> bytes:
    """The body as it goes over the wire, its numbers as JavaScript writes them."""
    return with_plain_numbers(_encode(body))


def nearest_number(value: Decimal) -> int | float:
    """An exact number as the nearest that JavaScript has."""
    found = float(value)
    return int(found) if found.is_integer() and abs(found) <= _EXACT_MAX else found


def number_text(value: float) -> str:
    """A finite number as JavaScript writes it."""
    sign, digits, exponent = Decimal(repr(value)).normalize().as_tuple()
    assert isinstance(exponent, int)  # it is finite
    text = "".join(map(str, digits))
    point = len(text) + exponent
    if not value:
        return "0"
    if len(text) <= point <= _DIGITS_MAX:
        written = text + "0" * exponent
    elif 0 < point <= _DIGITS_MAX:
        written = f"{text[:point]}.{text[point:]}"
    elif -_ZEROS_MAX < point <= 0:
        written = "0." + "0" * -point + text
    else:
        mantissa = f"{text[0]}.{text[1:]}" if text[1:] else text
        written = f"{mantissa}e{point - 1:+d}"
    return "-" * sign + written


def with_plain_numbers(content: bytes) -> bytes:
    """The encoder's JSON with its numbers written so; exact numbers are `nearest_number` already."""
    if _EXPONENT.search(content) or _WHOLE.search(content):
        return _TOKEN.sub(_token, content)
    return content


def _token(found: re.Match[bytes]) -> bytes:
    text = found[0]
    if found[1] is None and found[2] is None:  # a string, or an integer
        return text
    return number_text(float(text)).encode()


def in_javascript_order(body: bytes) -> bytes:
    """JSON with its members in the order in which JavaScript writes them again."""
    if not _INDEXED.search(body):
        return body
    return with_plain_numbers(msgspec.json.encode(_order_members(msgspec.json.decode(body))))


def _order_members(value: Any) -> Any:
    if isinstance(value, list):
        return [_order_members(each) for each in value]
    if not isinstance(value, dict):
        return value
    indices = sorted(filter(_is_index, value), key=int)
    names = [*indices, *(name for name in value if not _is_index(name))]
    return {name: _order_members(value[name]) for name in names}


def _is_index(name: str) -> bool:
    return _INDEX.fullmatch(name) is not None and int(name) <= _INDEX_MAX


def related_object_type(outcome: Outcome) -> str:
    """A stack shows as the tiers it stands for: answers know no other kind."""
    return "voucher" if outcome.object == "voucher" else "promotion_tier"


EMPTY_LIST: Final[Body] = {"object": "list", "data_ref": "data", "data": [], "total": 0}
