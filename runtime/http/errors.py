"""Errors at the edge: everything that goes wrong becomes the API's one error shape.

ApiError            a refusal that ends the request; raise it anywhere in a handler
TooLarge            413, nothing was done
NoSpace             503, nothing was done, the disk is almost full
NotSent             503, nothing was done, try again
OutcomeUnknown      504, names the command whose outcome is not known
anything else       500, its cause is logged with the request id and not shown
"""

import os
from collections.abc import Mapping
from typing import Final

import msgspec
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Scope

from runtime.base.faults import NoSpace, NotSent, OutcomeUnknown, TooLarge
from schemas.errors import Refusal, error_body, refuse

JSON = "application/json"
RETRY_AFTER_SECONDS = 1
#: Marks an answer that no route gave, so that a host that passed the request on can tell.
UNMATCHED_HEADER = "x-tessera-unmatched"
INTERNAL_ERROR = 500
#: What paths of the management API begin with.
MANAGEMENT: Final = "/management/"
#: What the framework itself answers with.
_ROUTER_KEYS: Final = {
    404: "not_found",
    405: "method_not_allowed",
    413: "payload_too_large",
    415: "unsupported_media_type",
}


def new_request_id() -> str:
    """`v-` and 18 hexadecimal digits; what an error names, so that its cause is found in the log."""
    return "v-" + os.urandom(9).hex()


class ApiError(HTTPException):
    """A refusal as an exception."""

    def __init__(self, refusal: Refusal, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(refusal.status, refusal.message, headers)
        self.refusal = refusal


def invalid_payload(details: str) -> ApiError:
    """The body cannot be read; `details` names the property."""
    return ApiError(refuse("invalid_payload", details))


def unavailable(details: str) -> ApiError:
    """Nothing was done; the caller may try again shortly."""
    return ApiError(refuse("unavailable", details), {"retry-after": str(RETRY_AFTER_SECONDS)})


def outcome_unknown(command_id: str) -> ApiError:
    """The command may or may not have been carried out."""
    return ApiError(refuse("outcome_unknown", f"Command {command_id}", resource_id=command_id))


def as_api_error(fault: Exception) -> ApiError:
    """The error that answers a fault."""
    match fault:
        case ApiError():
            error = fault
        case TooLarge():
            error = ApiError(refuse("payload_too_large", f"The request has {fault}"))
        case NoSpace():
            error = unavailable("Nothing is written while there is too little space on the disk")
        case NotSent():
            error = unavailable("The request was not carried out")
        case OutcomeUnknown():
            error = outcome_unknown(fault.command_id)
        case HTTPException(status_code=status) if status in _ROUTER_KEYS:
            error = ApiError(refuse(_ROUTER_KEYS[status]), fault.headers)
        case HTTPException(status_code=status) if status < INTERNAL_ERROR:
            error = invalid_payload("The body could not be read")
        case _:
            error = ApiError(refuse("internal_error"))
    return error


def error_response(error: ApiError, scope: Scope) -> Response:
    """The answer to the request of that scope, naming it."""
    management = scope["path"].startswith(MANAGEMENT)
    body = error_body(error.refusal, management=management)
    body["request_id"] = scope["tessera.request_id"]
    return Response(msgspec.json.encode(body), error.refusal.status, error.headers, media_type=JSON)


async def answer_fault(request: Request, fault: Exception) -> Response:
    """The application's handler for whatever was raised."""
    return error_response(as_api_error(fault), request.scope)


def request_id_of(request: Request) -> str:
    """The id that the edge gave the request."""
    return str(request.scope["tessera.request_id"])
