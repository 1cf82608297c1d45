"""Texts that the installation signs, so that it needs to store none of them.

A text is its content and an HMAC over it, both in URL-safe base64.
"""

import base64
import binascii
import hmac
from typing import Final

TEXT_LENGTH_MAX: Final = 8192


def sign_content(key: bytes, content: bytes) -> str:
    """The content with its signature."""
    return f"{_text(content)}.{_text(_signature(key, content))}"


def read_content(key: bytes, text: str) -> bytes | None:
    """The content of a text; None for anything that was not signed with the key."""
    if len(text) > TEXT_LENGTH_MAX:
        return None
    content_text, _, signature_text = text.partition(".")
    try:
        content, signature = _bytes(content_text), _bytes(signature_text)
    except (binascii.Error, ValueError):
        return None
    # Only one spelling of a text is that text.
    if _text(content) != content_text or _text(signature) != signature_text:
        return None
    return content if hmac.compare_digest(signature, _signature(key, content)) else None


def _signature(key: bytes, content: bytes) -> bytes:
    return hmac.digest(key, content, "sha256")


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
