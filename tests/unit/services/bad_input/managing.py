"""What is bad about keys, schemas of custom events, brands and tests of webhooks."""

from typing import Any, Final

from tests.unit.services.bad_input.asking import Ask, Before, Rows, post
from tests.unit.services.world import MANAGEMENT

_PROJECT: Final = "/management/v1/projects/proj"
_KEYS: Final = f"{_PROJECT}/keys"
_SCHEMAS: Final = f"{_PROJECT}/custom-event-schemas"
_BRANDS: Final = f"{_PROJECT}/branding"
_HOOKS: Final = f"{_PROJECT}/webhooks"
_KEY: Final = {"kind": "server", "name": "Till"}
_SCHEMA: Final = {"name": "bought", "schema": {"properties": {"p": {"type": "number"}}}}
_BRAND: Final[dict[str, Any]] = {
    "brand": {"name": "Tea"},
    "address": {"street": "a", "city": "b", "postal": "c", "country": "d"},
    "contact": {"email": "a@b.test"},
}
_OFF: Final = {"target_url": "https://shop.test/", "events": [], "active": False}


def _ask(method: str, path: str, *bodies: Any) -> tuple[Ask, ...]:
    return tuple(Ask(method, path, body, key=MANAGEMENT) for body in bodies or (None,))


def _typed(kind: str) -> dict[str, Any]:
    return {"name": "n", "schema": {"properties": {"p": {"type": kind}}}}


MANAGED: Final[Rows] = {
    "scopes of a key that are none, unknown, or of another kind than server": _ask(
        "POST", _KEYS, _KEY | {"scopes": []}, _KEY | {"scopes": ["odd"]}, _KEY | {"scopes": "api"},
        _KEY | {"kind": "management", "scopes": ["api"]},
    ),
    "a key of an unknown kind, or without a name of 1 to 100 characters; an overlap that is no whole number from 0 to 168": (
        *_ask("POST", _KEYS, {}, _KEY | {"kind": "system"}, _KEY | {"name": ""},
              _KEY | {"name": "x" * 101}),
        *_ask("PUT", f"{_KEYS}/<till>", {"name": " "}, {"kind": "client"}),
        *_ask("POST", f"{_KEYS}/<till>/rotate", {"overlap_hours": 169}, {"overlap_hours": -1},
              {"overlap_hours": "1"}),
    ),
    "a key that is to end itself; a rotation of a key that has ended or was rotated": (
        *_ask("DELETE", f"{_KEYS}/man"), *_ask("POST", f"{_KEYS}/<till>/rotate", {}),
    ),
    "a schema of custom events without a name or properties, with an unknown type, or with another name than it has": (
        *_ask("POST", _SCHEMAS, {"name": "n"}, {"schema": {"properties": {}}}, _typed("object")),
        *_ask("PUT", f"{_SCHEMAS}/<schema>", _SCHEMA | {"name": "sold"}),
    ),
    "a schema of custom events with the name of another; a second brand": (
        *_ask("POST", _SCHEMAS, _SCHEMA), *_ask("POST", _BRANDS, _BRAND),
    ),
    "an event that does not fit the schema of its name": post(
        "events", {"event": "bought", "customer": {"source_id": "ann"}, "metadata": {"p": "1"}}
    ),
    "a brand without brand, address or contact, or one of them without what it needs; a link that is not http or https, an e-mail address that is none": (
        *_ask("POST", _BRANDS, {}, _BRAND | {"contact": {}}),
        *_ask("PUT", f"{_BRANDS}/<brand>", {"brand": {"name": None}},
              {"brand": {"website_url": "javascript:x"}}, {"contact": {"email": "x"}}),
    ),
    "an unknown key, schema, brand or webhook": (
        *_ask("GET", f"{_KEYS}/none"), *_ask("DELETE", f"{_KEYS}/none"), *_ask("PUT", f"{_KEYS}/none", {"name": "n"}),
        *_ask("GET", f"{_SCHEMAS}/none"), *_ask("PUT", f"{_BRANDS}/none", {}),
        *_ask("POST", f"{_HOOKS}/none/test"),
    ),
    "a test of a webhook that is switched off": _ask("POST", f"{_HOOKS}/<hook>/test"),
}  # fmt: skip
BEFORE_MANAGED: Final[Before] = (
    ("till", _ask("POST", _KEYS, _KEY)[0]),
    ("newer", _ask("POST", f"{_KEYS}/<till>/rotate", {"overlap_hours": 1})[0]),
    ("schema", _ask("POST", _SCHEMAS, _SCHEMA)[0]),
    ("brand", _ask("POST", _BRANDS, _BRAND)[0]),
    ("hook", _ask("POST", _HOOKS, _OFF)[0]),
)
