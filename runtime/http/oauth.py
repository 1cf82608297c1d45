"""Access tokens as they travel: signed by the installation, so that none needs to be stored.

Whoever has the key can tell at once what a token grants; that one was revoked, or its key, is known
from the control project (auth.py). What the scopes are is in schemas/scopes.py.
"""

import msgspec

from runtime.http.signed import read_content, sign_content
from schemas.oauth import AccessToken

TOKEN_SECONDS = 15 * 60

_content = msgspec.json.Decoder(AccessToken)


class TokenSigner:
    """Makes tokens and tells those that it made."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def sign(self, token: AccessToken) -> str:
        """The token as its bearer shows it."""
        return sign_content(self._key, msgspec.json.encode(token))

    def read(self, text: str) -> AccessToken | None:
        """What a token says; None for anything that was not signed here. It may have expired."""
        content = read_content(self._key, text)
        return None if content is None else _content.decode(content)
