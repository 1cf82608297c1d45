"""Errors: the API's one shape, for answers and for what is nested in them."""

from typing import Any

from engine.kernel.encode import Body
from engine.kernel.reasons import reason_of
from schemas import errors
from schemas.errors import Refusal
from schemas.projects import KeyKind


def error_body(refusal: Refusal, key_kind: KeyKind) -> Body:
    """The error without its request id, which only the edge knows.

    The explanation names the values that were compared, so a client-side key never sees it.
    """
    body = errors.error_body(refusal, management=key_kind == "management")
    if refusal.explanation and key_kind != "client":
        body["explanation"] = refusal.explanation
    return body


def failure_error_body(refusal: Refusal, key_kind: KeyKind) -> Body:
    """As `error_body`, for a redeemable that does not apply: always explained."""
    body = errors.error_body(refusal)
    if key_kind != "client":
        body["explanation"] = explanation_of(refusal)
    return body


def explanation_of(refusal: Refusal) -> dict[str, Any]:
    """Why a redeemable does not apply: in the dashboard's words, the rule, and what it compared.

    What no rule of its own refused goes by its key.
    """
    said = {"reason": reason_of(refusal), "rule": refusal.key}
    return said | (refusal.explanation or {})
