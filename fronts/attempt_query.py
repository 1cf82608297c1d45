"""An attempt that a query string holds: `code=A&amount=1000&item[0][product_id]=p&customer=c`.

What a body nests, brackets nest here; numbers come as text. Source: the API contract, the
client-side endpoint `GET /client/v1/validate`.
"""

from collections.abc import Iterable
from typing import Any, Final

import msgspec

from fronts.query_string import Given, invalid_parameter, read_parameters, require_known, text_of
from runtime.http.errors import ApiError
from runtime.http.payload import describe_complaint
from schemas.api import ITEMS_MAX, AttemptBody
from schemas.errors import refuse

NESTING_MAX = 8
_PLAIN: Final = ("code", "tracking_id", "amount")
_SESSION: Final = ("type", "key", "ttl", "ttl_unit")
_NESTED: Final = ("metadata", "item", "items", "customer", "order", "gift", "reward")
_KNOWN: Final = frozenset((*_PLAIN, *_NESTED, *(f"session_{name}" for name in _SESSION)))


def read_query(pairs: Iterable[tuple[str, str]]) -> AttemptBody:
    """The attempt on the voucher `code`. Raises ApiError `invalid_query_params`.

    An empty value counts as left out. A customer without brackets is an id or a source id.
    """
    given = [each for each in read_parameters(pairs) if each.value]
    require_known(given, _KNOWN)
    code = read_code(given)
    redeemable: dict[str, Any] = {"object": "voucher", "id": code}
    body: dict[str, Any] = {"redeemables": [redeemable]}
    nested = {word: _nested(given, word) for word in _NESTED}
    redeemable |= {word: nested[word] for word in ("gift", "reward") if nested[word]}
    order = nested["order"] or {}
    for name, value in (
        ("amount", text_of(given, "amount")),
        ("items", nested["item"] or nested["items"]),
    ):
        if value:
            order = {**_object(order, "order"), name: value}
    customer = nested["customer"]
    if isinstance(customer, str):
        customer = {"id" if customer.startswith("cust_") else "source_id": customer}
    session = {name: text_of(given, f"session_{name}") for name in _SESSION}
    parts = {
        "order": order,
        "customer": customer,
        "metadata": nested["metadata"],
        "tracking_id": text_of(given, "tracking_id"),
        "session": {name: value for name, value in session.items() if value},
    }
    body |= {name: part for name, part in parts.items() if part}
    try:
        return msgspec.convert(body, AttemptBody, strict=False)
    except msgspec.ValidationError as error:
        raise ApiError(refuse("invalid_query_params", describe_complaint(str(error)))) from None


def read_code(given: list[Given]) -> str:
    """The voucher that a query names. Raises ApiError `missing_parameters`."""
    code = text_of([each for each in given if each.value], "code")
    if code is None:
        raise ApiError(refuse("missing_parameters", "Query param `code` is required"))
    return code


def _nested(given: list[Given], word: str) -> Any:
    """What the parameters below one word come to; None where there is none."""
    found: dict[str, Any] = {}
    for each in given:
        if each.path[0] != word:
            continue
        if len(each.path) > NESTING_MAX:
            raise invalid_parameter(each.name, "is nested too deep")
        *steps, last = each.path
        inner = found
        for step in steps:
            inner = inner.setdefault(step, {})
            if not isinstance(inner, dict):
                raise invalid_parameter(each.name, "contradicts another")
        if last in inner:
            raise invalid_parameter(each.name, "is given more than once, or contradicts another")
        inner[last] = each.value
    return _lists(found.get(word), word)


def _lists(value: Any, name: str) -> Any:
    """A list where all names are numbers, in their order."""
    if not isinstance(value, dict):
        return value
    values = {word: _lists(inner, name) for word, inner in value.items()}
    if not all(word.isascii() and word.isdigit() for word in values):
        return values
    if len(values) > ITEMS_MAX:
        raise invalid_parameter(name, f"has more than {ITEMS_MAX} entries")
    return [values[word] for word in sorted(values, key=int)]


def _object(value: Any, name: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise invalid_parameter(name, "takes brackets")
    return value
