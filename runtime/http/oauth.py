"""Access tokens as they travel: signed by the installation, so that none needs to be stored.

A token is its content and an HMAC over it, both in URL-safe base64. Whoever has the key can tell
at once what a token grants; that one was revoked, or its key, is known from the control project
(auth.py). Source of the scopes: the API contract's security scheme.
"""

import base64
import binascii
import hmac
from typing import Final

import msgspec

from schemas.oauth import AccessToken

TOKEN_SECONDS = 15 * 60
TOKEN_LENGTH_MAX = 8192

SERVER_SCOPE: Final = "api"
CLIENT_SCOPE: Final = "client_api"
#: Each of them stands for the paths that begin with it, below `/v1/`.
_RESOURCES: Final = [
    "assets",
    "async-actions",
    "campaigns",
    "categories",
    "consents",
    "customers",
    "events",
    "exports",
    "locations",
    "loyalties",
    "metadata-schemas",
    "orders",
    "product-collections",
    "products",
    "promotions",
    "publications",
    "qualifications",
    "redemptions",
    "referrals",
    "rewards",
    "segments",
    "skus",
    "task-results",
    "templates",
    "trash-bin",
    "validation-rules",
    "validation-rules-assignments",
    "validations",
    "vouchers",
]
_CLIENT_RESOURCES: Final = [
    "consents",
    "customers",
    "events",
    "promotions",
    "publish",
    "qualifications",
    "redeem",
    "redemptions",
    "validate",
    "validations",
    "vouchers",
]
SCOPES: Final = frozenset(
    (SERVER_SCOPE, CLIENT_SCOPE, *_RESOURCES, *(f"client_{name}" for name in _CLIENT_RESOURCES))
)
#: The endpoints that give and take tokens ask for the key pair itself.
_ONLY_KEYS: Final = "/v1/oauth/"

_content = msgspec.json.Decoder(AccessToken)


class TokenSigner:
    """Makes tokens and tells those that it made."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def sign(self, token: AccessToken) -> str:
        """The token as its bearer shows it."""
        content = msgspec.json.encode(token)
        return f"{_text(content)}.{_text(self._signature(content))}"

    def read(self, text: str) -> AccessToken | None:
        """What a token says; None for anything that was not signed here. It may have expired."""
        if len(text) > TOKEN_LENGTH_MAX:
            return None
        content_text, _, signature_text = text.partition(".")
        try:
            content, signature = _bytes(content_text), _bytes(signature_text)
        except (binascii.Error, ValueError):
            return None
        # Only one spelling of a token is that token.
        if _text(content) != content_text or _text(signature) != signature_text:
            return None
        if not hmac.compare_digest(signature, self._signature(content)):
            return None
        return _content.decode(content)

    def _signature(self, content: bytes) -> bytes:
        return hmac.digest(self._key, content, "sha256")


def scopes_of(path: str) -> tuple[str, ...]:
    """The scopes of which a token needs one for a path; none where only keys are taken."""
    if path.startswith(_ONLY_KEYS):
        return ()
    for prefix, whole, word, known in (
        ("/v1/", SERVER_SCOPE, "", _RESOURCES),
        ("/client/v1/", CLIENT_SCOPE, "client_", _CLIENT_RESOURCES),
    ):
        if path.startswith(prefix):
            name = path.removeprefix(prefix).partition("/")[0]
            return (whole, f"{word}{name}") if name in known else (whole,)
    return ()


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
