"""The carts that bodies try things with, and the command that a try decides and nobody sends."""

from typing import Any, Final, TypeVar

import msgspec
from starlette.requests import Request

from fronts.fields import Body
from fronts.writes import Writes
from runtime.http.errors import invalid_payload
from runtime.http.ignored import Path, note_ignored
from runtime.http.payload import describe_complaint
from runtime.http.reading import ShapeReader
from runtime.http.routing import caller_of
from schemas.api import Redeemable
from schemas.base import Millis
from schemas.commands import Command, CommandBody
from schemas.trials import Cart, Stack

T = TypeVar("T")

_cart: Final = ShapeReader[Cart](Cart)
_stack: Final = ShapeReader[Stack](Stack)
#: What ids are made of that are in no state afterwards.
_SEED: Final = "0" * 32


class CartBody(Body):
    """Who would ask with which order; its parts are read as those of a validation."""

    customer: dict[str, Any] | None = None
    order: dict[str, Any] | None = None
    metadata: dict[str, Any] | None = None


def read_cart(request: Request, body: CartBody | None) -> Cart:
    """The cart that a body has, an empty one without it. Raises ApiError `invalid_payload`."""
    return Cart() if body is None else _read(request, _cart, body.model_dump(), "cart")


def read_redeemables(request: Request, redeemables: list[Any]) -> tuple[Redeemable, ...]:
    """What a body asks for together. Raises ApiError `invalid_payload`."""
    return _read(request, _stack, {"redeemables": redeemables}).redeemables


def _read(request: Request, reader: ShapeReader[T], value: Any, *at: str) -> T:
    ignored: list[Path] = []
    try:
        found = reader.decode(msgspec.json.encode(value), ignored, at)
    except msgspec.ValidationError as error:
        place = "".join(f".{name}" for name in at)
        raise invalid_payload(describe_complaint(str(error), place)) from None
    note_ignored(request, ignored)
    return found


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
