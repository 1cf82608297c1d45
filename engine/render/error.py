"""Errors: the API's one shape, for answers and for what is nested in them."""

from engine.render.encode import Body
from schemas import errors
from schemas.entities import KeyKind
from schemas.errors import Refusal


def error_body(refusal: Refusal, key_kind: KeyKind) -> Body:
    """The error without its request id, which only the edge knows.

    The explanation names the values that were compared, so a client-side key never sees it.
    """
    body = errors.error_body(refusal, management=key_kind == "management")
    if refusal.explanation and key_kind != "client":
        body["explanation"] = refusal.explanation
    return body
