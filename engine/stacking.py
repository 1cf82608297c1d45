"""How several redeemables apply to one order: mode ALL under the default stacking rules.

In the order of the request, each redeemable is
1. skipped, when one before it failed: then nothing of the request can be redeemed;
2. skipped, when as many as allowed were applied;
3. inapplicable, when it cannot be found or a rule of `engine/eligibility.py` refuses it;
4. applied, otherwise: it takes from what those before it left, even when that is nothing.
"""

from msgspec import structs

from engine.discounts import taken_by
from engine.eligibility import Context, refusal_of
from engine.lookup import campaign_of, find_voucher, held_by_others
from engine.orders import left_of
from engine.state import View
from schemas.api import Redeemable
from schemas.base import Millis
from schemas.entities import Evaluation, Order, Outcome
from schemas.errors import Refusal, not_found

APPLICABLE_REDEEMABLES_MAX = 5

PRECEDING_FAILED = "preceding_validation_failed"
APPLICABLE_LIMIT = "applicable_redeemables_limit_exceeded"


def apply_all(
    view: View,
    redeemables: tuple[Redeemable, ...],
    order: Order | None,
    own_session: str | None,
    now: Millis,
) -> Evaluation:
    """Applies each redeemable to what those before it left of the order."""
    outcomes: list[Outcome] = []
    left = left_of(order)
    taken = applied = 0
    failed = False
    for redeemable in redeemables:
        if failed:
            outcome = skipped(redeemable, PRECEDING_FAILED)
        elif applied == APPLICABLE_REDEEMABLES_MAX:
            outcome = skipped(redeemable, APPLICABLE_LIMIT)
        else:
            to_pay = None if left is None else left - taken
            outcome = _apply(view, redeemable, to_pay, own_session, now)
            failed = outcome.refusal is not None
        if outcome.taken is not None:
            applied += 1
            taken += outcome.taken.order
        outcomes.append(outcome)
    if order is not None and taken:
        order = structs.replace(order, discount_amount=order.discount_amount + taken)
    return Evaluation(outcomes=tuple(outcomes), order=order)


def fail_all(redeemables: tuple[Redeemable, ...], refusal: Refusal) -> Evaluation:
    """The outcome of a request that is wrong as a whole: its first redeemable fails with it."""
    first, *others = redeemables
    return Evaluation(
        outcomes=(
            inapplicable(first, refusal),
            *(skipped(redeemable, PRECEDING_FAILED) for redeemable in others),
        )
    )


def skipped(redeemable: Redeemable, rule: str) -> Outcome:
    """A redeemable that a stacking rule left out."""
    return Outcome(object=redeemable.object, id=redeemable.id, status="SKIPPED", skipped_by=rule)


def inapplicable(redeemable: Redeemable, refusal: Refusal) -> Outcome:
    """A redeemable that failed."""
    return Outcome(
        object=redeemable.object,
        id=redeemable.id,
        status="INAPPLICABLE",
        refusal=refusal,
    )


def _apply(
    view: View,
    redeemable: Redeemable,
    left: int | None,
    own_session: str | None,
    now: Millis,
) -> Outcome:
    voucher = find_voucher(view, redeemable.id) if redeemable.object == "voucher" else None
    if voucher is None:
        return inapplicable(redeemable, not_found(redeemable.object, redeemable.id))
    held = held_by_others(view, voucher, own_session, now)
    credits = None if redeemable.gift is None else redeemable.gift.credits
    refusal = refusal_of(Context(voucher, now, held, credits, left, campaign_of(view, voucher)))
    if refusal is not None:
        return structs.replace(inapplicable(redeemable, refusal), voucher=voucher)
    available = 0 if voucher.gift is None else voucher.gift.balance - held.credits
    return Outcome(
        object=redeemable.object,
        id=redeemable.id,
        status="APPLICABLE",
        voucher=voucher,
        taken=taken_by(voucher, credits, available, left),
    )
