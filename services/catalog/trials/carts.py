"""The carts that bodies try things with, and the command that a try decides and nobody sends."""

from typing import Any, Final

import msgspec
from starlette.requests import Request

from fronts.fields import Body
from fronts.writes import Writes
from runtime.http.errors import invalid_payload
from runtime.http.ignored import Path, note_ignored
from runtime.http.payload import describe_complaint
from runtime.http.reading import ShapeReader
from runtime.http.routing import caller_of
from schemas.base import Millis
from schemas.commands import Command, CommandBody
from schemas.trials import Cart

_cart: Final = ShapeReader[Cart](Cart)
#: What ids are made of that are in no state afterwards.
_SEED: Final = "0" * 32


class CartBody(Body):
    """Who would ask with which order; its parts are read as those of a validation."""

    customer: dict[str, Any] | None = None
    order: dict[str, Any] | None = None
    metadata: dict[str, Any] | None = None


def read_cart(request: Request, body: CartBody | None) -> Cart:
    """The cart that a body has, an empty one without it. Raises ApiError `invalid_payload`."""
    if body is None:
        return Cart()
    ignored: list[Path] = []
    try:
        cart = _cart.decode(msgspec.json.encode(body.model_dump()), ignored, ("cart",))
    except msgspec.ValidationError as error:
        raise invalid_payload(describe_complaint(str(error), ".cart")) from None
    note_ignored(request, ignored)
    return cart


def trial_command(
    writes: Writes, request: Request, body: CommandBody, cart: Cart, now: Millis
) -> Command:
    """The command that a request would send, for a decision that nobody records."""
    caller = caller_of(request)
    return Command(
        id="trial",
        project=caller.project,
        sent_at=now,
        deadline=now,
        seed=_SEED,
        key_kind=caller.kind,
        fingerprint="",
        body=body,
        channel_id=caller.key_id,
        email_key=writes.guest_key(caller.project, cart.customer),
    )
