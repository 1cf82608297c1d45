"""How what is sent to a webhook proves where it comes from.

Two schemes with one secret, the project's `webhook_token`: the header of the contract, and those
of Standard Webhooks, which also bind the id and the time.
"""

import base64
import hmac
from typing import Final

SCHEME: Final = "whsec_"


def sign_body(token: str, body: bytes) -> str:
    """`x-voucherify-signature`: HMAC-SHA256 of the exact body under the token's text, in hex."""
    return hmac.digest(token.encode(), body, "sha256").hex()


def signed_headers(token: str, event_id: str, at_seconds: int, body: bytes) -> dict[str, str]:
    """The headers of one attempt; a redelivery has the same id and another time."""
    key = base64.b64decode(token.removeprefix(SCHEME))
    signed = f"{event_id}.{at_seconds}.".encode() + body
    standard = base64.b64encode(hmac.digest(key, signed, "sha256")).decode()
    return {
        "content-type": "application/json",
        "user-agent": "Tessera-Webhooks/1",
        "x-voucherify-signature": sign_body(token, body),
        "webhook-id": event_id,
        "webhook-timestamp": str(at_seconds),
        "webhook-signature": f"v1,{standard}",
    }
