"""What a request would do, were it redeemed now. It changes nothing; `decide` builds on it."""

from engine.lookup import find_voucher
from engine.orders import order_of
from engine.stacking import apply_all, fail_all
from engine.state import View
from schemas.api import Redeemable
from schemas.base import Millis
from schemas.commands import RequestContext
from schemas.entities import Evaluation, KeyKind
from schemas.errors import Refusal, refuse


def evaluate_for(
    view: View,
    request: RequestContext,
    customer_id: str | None,
    now: Millis,
    key_kind: KeyKind,
) -> Evaluation:
    """The outcome of every redeemable and the order after all of them, for a known customer.

    What is wrong with the request as a whole fails its first redeemable, in this order: the same
    redeemable twice, an unknown or impossible order.
    """
    refusal = duplicated(view, request.redeemables)
    if refusal is not None:
        return fail_all(request.redeemables, refusal)
    order = order_of(view, request.order, customer_id, key_kind)
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
