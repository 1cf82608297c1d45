"""Access tokens as they travel: signed by the installation, so that none needs to be stored.

A token is its content and an HMAC over it, both in URL-safe base64. Whoever has the key can tell
at once what a token grants; that one was revoked, or its key, is known from the control project
(auth.py). What the scopes are is in schemas/scopes.py.
"""

import base64
import binascii
import hmac

import msgspec

from schemas.oauth import AccessToken

TOKEN_SECONDS = 15 * 60
TOKEN_LENGTH_MAX = 8192

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


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
