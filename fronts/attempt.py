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

from engine.evaluation.offers import misplaced_stack
from runtime.http.errors import ApiError
from runtime.http.lenient import Reader
from runtime.http.payload import check_text, decode_body, describe_complaint, malformed_body
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


_owner: Reader[_Owned] = Reader(_Owned)
_whole: Reader[AttemptBody] = Reader(AttemptBody)
_heads: Reader[Attempt] = Reader(Attempt)
_single: Reader[SingleAttempt] = Reader(SingleAttempt)
_gift: Reader[GiftSpend | None] = Reader(GiftSpend | None)
_reward: Reader[RewardChoice | None] = Reader(RewardChoice | None)
_PARTS: Final[dict[str, Reader[Any]]] = {
    "order": Reader(OrderInput | None),
    "customer": Reader(CustomerInput | None),
    "session": Reader(SessionInput | None),
    "metadata": Reader(Metadata | None),
    "tracking_id": Reader(Text | None),
    "options": Reader(OptionsInput | None),
}


def read_attempt(content: bytes) -> ReadAttempt:
    """The attempt that a body holds. Raises ApiError when its redeemables cannot be read."""
    check_text(content)
    try:
        body = _whole.decode(content)
    except msgspec.ValidationError:
        return _read_parts(content)
    except (ValueError, RecursionError):
        raise malformed_body() from None
    return ReadAttempt(body, misplaced_stack(body.redeemables))


def read_single(content: bytes, named: str, kind: RedeemableObject = "voucher") -> ReadAttempt:
    """The attempt on the one redeemable that a path names; an empty body says nothing more of it.

    Raises ApiError when the body is not an object.
    """
    attempt = decode_body(content, _single) if content.strip() else SingleAttempt()
    faults: list[Refusal] = []
    redeemable = Redeemable(
        object=kind,
        id=named,
        gift=_part(attempt.gift, _gift, ".gift", faults),
        reward=_part(attempt.reward, _reward, ".reward", faults),
    )
    parts = _parts(attempt, faults)
    if parts["customer"] is None and parts["order"] is not None:
        # of the older endpoints an order may say whose it is; what the body itself says goes first
        owner = _owner.decode(attempt.order).customer
        parts["customer"] = _part(owner, _PARTS["customer"], ".order.customer", faults)
    body = AttemptBody(redeemables=(redeemable,), **parts)
    return ReadAttempt(body, faults[0] if faults else None)


def _read_parts(content: bytes) -> ReadAttempt:
    attempt = decode_body(content, _heads)
    faults: list[Refusal] = []
    redeemables = tuple(
        Redeemable(
            object=head.object,
            id=head.id,
            gift=_part(head.gift, _gift, f".redeemables[{index}].gift", faults),
            reward=_part(head.reward, _reward, f".redeemables[{index}].reward", faults),
        )
        for index, head in enumerate(attempt.redeemables)
    )
    body = AttemptBody(redeemables=redeemables, **_parts(attempt, faults))
    fault = faults[0] if faults else misplaced_stack(redeemables)
    return ReadAttempt(body, fault)


def _parts(attempt: Attempt | SingleAttempt, faults: list[Refusal]) -> dict[str, Any]:
    return {
        name: _part(getattr(attempt, name), decoder, f".{name}", faults)
        for name, decoder in _PARTS.items()
    }


def _part(raw: msgspec.Raw, decoder: Reader[Any], path: str, faults: list[Refusal]) -> Any:
    try:
        return decoder.decode(raw)
    except msgspec.ValidationError as error:
        faults.append(_fault(describe_complaint(str(error), path)))
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
