"""What a request would do, were it redeemed now. It changes nothing; `decide` builds on it."""

from engine.lookup import find_voucher, named_customer
from engine.orders import order_of
from engine.stacking import apply_all, fail_all
from engine.state import View
from schemas.api import Redeemable
from schemas.base import Millis
from schemas.commands import RequestContext
from schemas.entities import Evaluation
from schemas.errors import Refusal, refuse


def evaluate(view: View, request: RequestContext, now: Millis, *, redeem: bool) -> Evaluation:
    """The outcome of every redeemable and the order after all of them.

    What is wrong with the request as a whole fails its first redeemable, in this order: the same
    redeemable twice, an unknown customer, an unknown or impossible order.
    """
    customer_id = None
    if request.customer is not None:
        customer = named_customer(view, request.customer)
        if isinstance(customer, Refusal):
            return fail_all(request.redeemables, duplicated(view, request.redeemables) or customer)
        customer_id = customer.id if customer is not None else None
    return evaluate_for(view, request, customer_id, now, redeem=redeem)


def evaluate_for(
    view: View,
    request: RequestContext,
    customer_id: str | None,
    now: Millis,
    *,
    redeem: bool,
) -> Evaluation:
    """As `evaluate`, for a customer who is known already."""
    refusal = duplicated(view, request.redeemables)
    if refusal is not None:
        return fail_all(request.redeemables, refusal)
    order = order_of(view, request.order, customer_id, redeem=redeem)
    if isinstance(order, Refusal):
        return fail_all(request.redeemables, order)
    own_session = request.session.key if request.session is not None else None
    return apply_all(view, request.redeemables, order, own_session, now)


def duplicated(view: View, redeemables: tuple[Redeemable, ...]) -> Refusal | None:
    """The refusal of a request that names a redeemable twice, be it by code and by id."""
    if len(redeemables) == 1:
        return None
    named: set[tuple[str, str]] = set()
    for redeemable in redeemables:
        voucher = find_voucher(view, redeemable.id) if redeemable.object == "voucher" else None
        named.add((redeemable.object, redeemable.id if voucher is None else voucher.id))
    if len(named) == len(redeemables):
        return None
    return refuse("duplicated_redeemables")
