"""The answer to a validation of one voucher. Source: the API contract, section 8 (older endpoint)."""

from engine.evaluation.body import session_body
from engine.evaluation.redeemable_body import effective_discount, items_body
from engine.evaluation.skips import refusal_of_skipped
from engine.kernel.calendar import iso
from engine.kernel.encode import Body
from engine.kernel.error_body import failure_error_body
from engine.orders.body import order_body, running_sums
from engine.terms.body import card_body, gift_body
from schemas.evaluations import Evaluation, Outcome
from schemas.projects import KeyKind
from schemas.sessions import Session
from schemas.vouchers import Voucher


def single_validation_body(
    code: str,
    evaluation: Evaluation,
    key_kind: KeyKind,
    *,
    tracking_id: str | None,
    session: Session | None = None,
) -> Body:
    """What the one voucher gives, or why it does not; `code` is what the request called it."""
    (outcome,) = evaluation.outcomes
    voucher = outcome.voucher
    body: Body = {"valid": evaluation.valid, "code": voucher.code if voucher else code}
    body["metadata"] = voucher.metadata if voucher else {}
    body["tracking_id"] = tracking_id
    if not evaluation.valid or voucher is None:
        refusal = outcome.refusal or refusal_of_skipped(outcome)
        body["reason"] = refusal.message
        body["error"] = {"details": code, **failure_error_body(refusal, key_kind)}
        return body
    body |= _terms(voucher, outcome)
    if evaluation.order is not None:
        body["order"] = order_body(evaluation.order, running_sums(evaluation)[-1])
    body["applicable_to"] = items_body(outcome.applicable_to)
    body["inapplicable_to"] = items_body(outcome.inapplicable_to)
    if session is not None:
        body["session"] = session_body(session)
    return body


def _terms(voucher: Voucher, outcome: Outcome) -> Body:
    body: Body = {}
    if voucher.gift is not None:
        body["gift"] = {"effect": "APPLY_TO_ORDER", **gift_body(voucher.gift)}
    elif voucher.loyalty_card is not None:
        body["loyalty"] = card_body(voucher.loyalty_card)
    else:
        body |= effective_discount(outcome)
    for name in ("campaign", "campaign_id"):
        if getattr(voucher, name) is not None:
            body[name] = getattr(voucher, name)
    for name in ("start_date", "expiration_date"):
        moment = getattr(voucher, name)
        if moment is not None:
            body[name] = iso(moment)
    return body
