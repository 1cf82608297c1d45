"""The body of a validation or a redemption, read so that what is wrong with it can be recorded.

A good body is read in one step. A bad one is read again part by part: if its redeemables can be
read, the rest that can be is kept and the first thing that cannot is the attempt's `fault`; a
redemption records it, a validation answers with it. Without readable redeemables there is no
attempt, only an error.
"""

import base64
import hmac
import os
from typing import Any, Final, NamedTuple

import msgspec
from msgspec import Struct
from starlette.requests import Request

from engine.evaluation.offers import misplaced_stack
from runtime.http.errors import ApiError
from runtime.http.ignored import Path, note_ignored
from runtime.http.lenient import Reader
from runtime.http.payload import check_text, describe_complaint, malformed_body
from runtime.http.reading import ShapeReader, read_shape
from schemas.api import (
    LEFT_OUT,
    Attempt,
    AttemptBody,
    CustomerInput,
    GiftSpend,
    OptionsInput,
    OrderInput,
    Redeemable,
    RedeemableObject,
    RewardChoice,
    SessionInput,
    SingleAttempt,
    Text,
)
from schemas.base import Metadata, Shape
from schemas.blank import name_in
from schemas.errors import Refusal, refuse

_AMOUNTS: Final = (".amount`", ".credits`", ".price`")


class ReadAttempt(NamedTuple):
    """An attempt and, where something is wrong with it, what."""

    body: AttemptBody
    fault: Refusal | None = None


class _Owned(Shape, frozen=True):
    """Of an order, whose it is."""

    customer: msgspec.Raw = LEFT_OUT


_owner: Final = Reader[_Owned](_Owned)
_whole: Final = ShapeReader[AttemptBody](AttemptBody)
_heads: Final = ShapeReader[Attempt](Attempt)
_single: Final = ShapeReader[SingleAttempt](SingleAttempt)
_PARTS: Final[dict[str, ShapeReader[Any]]] = {
    "gift": ShapeReader(GiftSpend | None),
    "reward": ShapeReader(RewardChoice | None),
    "order": ShapeReader(OrderInput | None),
    "customer": ShapeReader(CustomerInput | None),
    "session": ShapeReader(SessionInput | None),
    "metadata": ShapeReader(Metadata | None),
    "tracking_id": ShapeReader(Text | None),
    "options": ShapeReader(OptionsInput | None),
}
_OF_REDEEMABLES: Final = ("gift", "reward")
_OF_ALL: Final = tuple(name for name in _PARTS if name not in _OF_REDEEMABLES)


def read_attempt(request: Request, content: bytes) -> ReadAttempt:
    """The attempt that a body holds; what nobody reads of it is noted.

    Raises ApiError when its redeemables cannot be read.
    """
    check_text(content)
    ignored: list[Path] = []
    try:
        body = _whole.decode(content, ignored)
    except msgspec.ValidationError:
        return _read_parts(request, content)
    except (ValueError, RecursionError):
        raise malformed_body() from None
    note_ignored(request, ignored)
    return ReadAttempt(body, misplaced_stack(body.redeemables))


def read_single(
    request: Request, content: bytes, named: str, kind: RedeemableObject = "voucher"
) -> ReadAttempt:
    """The attempt on the one redeemable that a path names; an empty body says nothing more of it.

    Raises ApiError when the body is not an object.
    """
    attempt = read_shape(request, content, _single) if content.strip() else SingleAttempt()
    parts = _Parts()
    of_redeemable = parts.read(attempt, _OF_REDEEMABLES)
    of_all = parts.read(attempt, _OF_ALL)
    if of_all["customer"] is None and of_all["order"] is not None:
        # of the older endpoints an order may say whose it is; what the body itself says goes first
        of_all["customer"] = parts.read_owner(attempt.order)
    parts.note(request)
    redeemable = Redeemable(object=kind, id=named, **of_redeemable)
    body = AttemptBody(redeemables=(redeemable,), **of_all)
    return ReadAttempt(body, parts.faults[0] if parts.faults else None)


def _read_parts(request: Request, content: bytes) -> ReadAttempt:
    attempt = read_shape(request, content, _heads)
    parts = _Parts()
    redeemables = tuple(
        Redeemable(
            object=head.object,
            id=head.id,
            **parts.read(head, _OF_REDEEMABLES, ("redeemables", index)),
        )
        for index, head in enumerate(attempt.redeemables)
    )
    body = AttemptBody(redeemables=redeemables, **parts.read(attempt, _OF_ALL))
    parts.note(request)
    return ReadAttempt(body, parts.faults[0] if parts.faults else misplaced_stack(redeemables))


class _Parts:
    """The parts of an attempt, read one by one; what is wrong with one takes only that away."""

    def __init__(self) -> None:
        self.faults: list[Refusal] = []
        self._ignored: list[Path] = []

    def read(self, attempt: Struct, names: tuple[str, ...], at: Path = ()) -> dict[str, Any]:
        """Members of a shape that holds them raw. Raises ApiError for what is no JSON."""
        return {name: self._part(getattr(attempt, name), name, at) for name in names}

    def read_owner(self, order: msgspec.Raw) -> CustomerInput | None:
        """Whose an order says it is, which is then no member that nobody reads."""
        owner: CustomerInput | None
        owner = self.read(_owner.decode(order), ("customer",), ("order",))["customer"]
        self._ignored = [path for path in self._ignored if path != ("order", "customer")]
        return owner

    def note(self, request: Request) -> None:
        """Notes what nobody reads of them."""
        note_ignored(request, self._ignored)

    def _part(self, raw: msgspec.Raw, name: str, at: Path) -> Any:
        try:
            return _PARTS[name].decode(raw, self._ignored, (*at, name))
        except msgspec.ValidationError as error:
            where = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in at)
            self.faults.append(_fault(describe_complaint(str(error), f"{where}.{name}")))
        except (ValueError, RecursionError):
            raise malformed_body() from None
        return None


def _fault(details: str) -> Refusal:
    if any(amount in details for amount in _AMOUNTS):
        return refuse("invalid_amount", f"Amount has to be a valid positive number: {details}")
    return refuse("invalid_payload", details)


def require_sound(read: ReadAttempt) -> AttemptBody:
    """The attempt's body. Raises ApiError when something is wrong with it."""
    if read.fault is not None:
        raise ApiError(read.fault)
    return read.body


def tracking_id(hash_key: bytes, body: AttemptBody) -> str | None:
    """How reports tell customers apart without knowing them; None where none is named.

    The caller's own, else a keyed hash of the customer's source id, else of its id.
    """
    return body.tracking_id or tracking_id_of(hash_key, body.customer)


def tracking_id_of(hash_key: bytes, customer: CustomerInput | None) -> str | None:
    """The keyed hash of the customer's source id, else of its id; None where neither is named."""
    named = customer and (name_in(customer.source_id) or name_in(customer.id))
    if not named:
        return None
    digest = hmac.digest(hash_key, f"tracking/{named}".encode(), "sha256")
    return "track_" + base64.b64encode(digest).decode()


def guest_key_of(hash_key: bytes, project: str, customer: CustomerInput | None) -> str | None:
    """By what a customer is known that only has an e-mail address; None: that is not so.

    A keyed hash of the address, in lower case: whoever reads the log does not learn it.
    """
    if customer is None or name_in(customer.id) or name_in(customer.source_id):
        return None
    if not name_in(customer.email):
        return None
    address = (customer.email or "").strip().lower()
    digest = hmac.digest(hash_key, f"guest/{project}/{address}".encode(), "sha256")
    return base64.b64encode(digest).decode()


def anonymous_tracking_id() -> str:
    """For the endpoints whose answers always have one: nobody's, and new each time."""
    return "track_" + base64.b64encode(os.urandom(32)).decode()
