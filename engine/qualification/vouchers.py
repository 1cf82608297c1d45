"""Which vouchers a customer could redeem now, for the older endpoint that asks without a code.

A project may have millions of vouchers. Those of the customer are all looked at; of the others only
those that anybody could redeem (engine/vouchers/fold.py), from the newest or the oldest on. A
campaign's voucher that the customer does not hold is somebody else's, or nobody's yet.
"""

from collections.abc import Iterator
from typing import Final, NamedTuple

from engine.evaluation.evaluate import Asker
from engine.kernel import tables
from engine.kernel.state import View
from engine.publications.held import active_vouchers_of
from engine.qualification.audience import evaluate_about
from engine.qualification.narrowing import About
from schemas.api import OrderInput, Redeemable, RewardChoice
from schemas.base import Metadata, Millis
from schemas.evaluations import RequestContext
from schemas.vouchers import Voucher

#: How many entries of each of the two lists are passed, at most, and how many are evaluated.
LOOKED_AT_MAX: Final = 10_000
EVALUATED_MAX: Final = 1000


class QualifyingRequest(NamedTuple):
    """Whom and what the vouchers should suit."""

    order: OrderInput | None
    asker: Asker
    metadata: Metadata | None
    #: Only rules about this count; None: all do.
    about: About | None = None
    #: What loyalty cards are to pay for.
    reward: RewardChoice | None = None


def own_vouchers(view: View, customer_id: str | None, now: Millis) -> Iterator[Voucher | None]:
    """What the customer holds; None for each that is over or not open yet."""
    if customer_id is not None:
        yield from active_vouchers_of(view, customer_id, now)


def offered_vouchers(view: View, now: Millis, *, newest_first: bool) -> Iterator[Voucher | None]:
    """What anybody could redeem, by the time of creation; None for each that is over."""
    for offered in view.scan(tables.OFFERED, backwards=newest_first):
        if offered.expiration_date is not None and now > offered.expiration_date:
            yield None
        else:
            yield view.get(tables.VOUCHERS, offered.voucher_id)


def qualifies(view: View, voucher: Voucher, asked: QualifyingRequest, now: Millis) -> bool:
    """Whether a redemption of the voucher alone would take it."""
    reward = None if voucher.loyalty_card is None else asked.reward
    redeemable = Redeemable("voucher", voucher.id, reward=reward)
    request = RequestContext((redeemable,), asked.order, metadata=asked.metadata)
    return evaluate_about(view, request, asked.asker, asked.about, now).valid
