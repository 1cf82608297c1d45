"""What shoppers asked for, as records and observations hold it, ready to be asked again.

The order of a redemption is kept as it was after it; what its redeemables took is taken back.
"""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final, NamedTuple

import msgspec

from engine.customers.body import customer_of
from engine.kernel import tables
from engine.kernel.state import View
from engine.orders.calculation import order_of
from engine.pricing.basket import sum_taken, take_back_from_order
from schemas.api import GiftSpend, Redeemable, RewardChoice
from schemas.base import Metadata, Millis
from schemas.customers import Customer
from schemas.errors import Refusal
from schemas.evaluations import Asked, Evaluation, Outcome
from schemas.observations import ValidationDetails, ValidationObserved
from schemas.orders import Order
from schemas.records import Decided
from schemas.redemptions import RedemptionFailed, RedemptionRolledBack, RedemptionSucceeded
from schemas.sessions import SessionLocked, SessionRefused

_details: Final = msgspec.json.Decoder(ValidationDetails)


class PastRequest(NamedTuple):
    """A redemption or a validation as it was asked, and what became of it."""

    is_redemption: bool
    at: Millis
    redeemables: tuple[Redeemable, ...]
    #: Before its redeemables took anything.
    order: Order | None
    customer: Customer | None
    metadata: Metadata | None
    key_id: str
    session_key: str | None
    evaluation: Evaluation
    #: By what it is taken back; empty where it was refused.
    redemption_id: str = ""
    #: Empty for a user, whose login no record tells; None for a key.
    login: str | None = None

    @property
    def succeeded(self) -> bool:
        """Whether it was redeemed."""
        return bool(self.redemption_id)


class PastRollback(NamedTuple):
    """Redemptions that were taken back: each by its id, a stack by its parent's."""

    at: Millis
    redemption_id: str


class Unread(NamedTuple):
    """A request of which too little was kept."""

    at: Millis


Past = PastRequest | PastRollback | Unread


def past_of(view: View, record: Decided) -> Iterator[Past]:
    """What a record tells that was asked, as the state before it has it."""
    for event in record.answering:
        read = _READ.get(type(event))
        if read is not None:
            found = read(view, record, event)
            if found is not None:
                yield found


def observed_of(view: View, seen: ValidationObserved) -> Past | None:
    """What was asked of a validation that was observed; None: it was wrong as a whole."""
    if not bytes(seen.details):
        return Unread(seen.at)
    details = _details.decode(seen.details)
    asked = msgspec.convert(details.asked, Asked)
    customer = view.get(tables.CUSTOMERS, seen.customer_id) if seen.customer_id else None
    return _validation(view, asked, customer, details.evaluation, seen.at, seen.key_kind, None)


def _validation(
    view: View,
    asked: Asked,
    customer: Customer | None,
    evaluation: Evaluation,
    at: Millis,
    key_kind: Any,
    session_key: str | None,
) -> PastRequest | None:
    order = order_of(view, asked.order, None if customer is None else customer.id, key_kind)
    if isinstance(order, Refusal):
        return None
    return PastRequest(
        is_redemption=False,
        at=at,
        redeemables=asked.redeemables,
        order=order,
        customer=customer,
        metadata=asked.metadata,
        # an observation does not tell which key asked
        key_id="",
        session_key=session_key,
        evaluation=evaluation,
    )


def _redeemed(_: View, record: Decided, event: RedemptionSucceeded) -> PastRequest:
    request = _redemption(record, event)
    return request._replace(redemption_id=event.parent_id or event.redemption_ids[0])


def _refused(_: View, record: Decided, event: RedemptionFailed) -> PastRequest | None:
    # without an order it cannot be told from one that was wrong as a whole
    return None if event.evaluation.order is None else _redemption(record, event)


def _redemption(record: Decided, event: RedemptionSucceeded | RedemptionFailed) -> PastRequest:
    evaluation = event.evaluation
    order = evaluation.order
    if order is not None:
        order = take_back_from_order(order, sum_taken(_steps(evaluation)))
    return PastRequest(
        is_redemption=True,
        at=record.at,
        redeemables=tuple(_redeemables(evaluation.outcomes)),
        order=order,
        customer=customer_of(record),
        metadata=event.metadata,
        key_id=event.channel_id,
        session_key=event.session_key,
        evaluation=evaluation,
        login="" if record.key_kind == "user" else None,
    )


def _steps(evaluation: Evaluation) -> list[Any]:
    return [each.taken for each in evaluation.applied if each.taken is not None]


def _redeemables(outcomes: tuple[Outcome, ...]) -> Iterator[Redeemable]:
    """What was asked for; a stack is shown as its tiers."""
    stack = None
    for each in outcomes:
        if each.stack_id is not None:
            if each.stack_id != stack:
                yield Redeemable("promotion_stack", each.stack_id)
            stack = each.stack_id
            continue
        taken = each.taken
        gift = None if taken is None or taken.credits is None else GiftSpend(taken.credits)
        reward = None
        if each.reward_id is not None:
            reward = RewardChoice(each.reward_id, None if taken is None else taken.points)
        yield Redeemable(each.object, each.id, gift, reward)


def _locked(view: View, record: Decided, event: SessionLocked) -> Past | None:
    return _asked(view, record, event, event.session.key)


def _lock_refused(view: View, record: Decided, event: SessionRefused) -> Past | None:
    return _asked(view, record, event, event.session_key)


def _asked(
    view: View, record: Decided, event: SessionLocked | SessionRefused, key: str | None
) -> Past | None:
    if event.asked is None:
        return Unread(record.at)
    asked = msgspec.convert(event.asked, Asked)
    customer = customer_of(record)
    return _validation(view, asked, customer, event.evaluation, record.at, record.key_kind, key)


def _rolled_back(_: View, record: Decided, event: RedemptionRolledBack) -> PastRollback:
    first = event.rollbacks[0].redemption_id
    return PastRollback(record.at, event.parent_redemption_id or first)


#: What shoppers ask for, and what takes it back. Nothing else that happens is asked again.
_READ: Final[Mapping[type[Any], Any]] = MappingProxyType(
    {
        RedemptionSucceeded: _redeemed,
        RedemptionFailed: _refused,
        SessionLocked: _locked,
        SessionRefused: _lock_refused,
        RedemptionRolledBack: _rolled_back,
    }
)
