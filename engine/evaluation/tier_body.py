"""The answers of the older endpoints that validate tiers. Source: the API contract, section 8."""

from collections.abc import Sequence

from engine.campaigns.tiers.body import redeemed_tier_body
from engine.categories.body import category_body, category_shown_body
from engine.evaluation.body import session_body
from engine.evaluation.redeemable_body import effective_discount, items_body
from engine.evaluation.skips import refusal_of_skipped
from engine.kernel.encode import Body
from engine.kernel.error_body import failure_error_body
from engine.orders.body import order_body, running_sums
from engine.terms.body import times_body
from schemas.campaigns import Campaign
from schemas.categories import Category
from schemas.evaluations import Evaluation, Outcome, Taken
from schemas.projects import KeyKind
from schemas.promotions import PromotionTier
from schemas.sessions import Session


def tier_validation_body(
    tier_id: str,
    evaluation: Evaluation,
    campaign: Campaign | None,
    key_kind: KeyKind,
    *,
    tracking_id: str | None,
    categories: Sequence[Category] = (),
    session: Session | None = None,
) -> Body:
    """What the one tier gives, or why it does not; `tier_id` is what the request asked for."""
    (outcome,) = evaluation.outcomes
    body: Body = {"valid": evaluation.valid}
    if tracking_id is not None:
        body["tracking_id"] = tracking_id
    if outcome.tier is None:
        body |= {"id": tier_id, "object": "promotion_tier"}
    else:
        body |= _tier_body(outcome.tier, outcome, campaign, categories)
    if not evaluation.valid:
        refusal = outcome.refusal or refusal_of_skipped(outcome)
        body["reason"] = refusal.message
        body["error"] = {"details": tier_id, **failure_error_body(refusal, key_kind)}
        return body
    body["applicable_to"] = items_body(outcome.applicable_to)
    body["inapplicable_to"] = items_body(outcome.inapplicable_to)
    body |= _amounts_body(evaluation, outcome)
    if session is not None:
        body["session"] = session_body(session)
    return body


def promotions_body(shown: Sequence[Body], tracking_id: str) -> Body:
    """The tiers that apply, each as `tier_validation_body` shows it."""
    return {"valid": bool(shown), "promotions": list(shown), "tracking_id": tracking_id}


def _tier_body(
    tier: PromotionTier,
    outcome: Outcome,
    campaign: Campaign | None,
    categories: Sequence[Category],
) -> Body:
    body = redeemed_tier_body(tier)
    del body["action"]
    body |= effective_discount(outcome)
    body |= times_body(tier)
    if campaign is not None:
        body["campaign"] = {
            "id": campaign.id,
            **times_body(campaign),
            "active": campaign.active,
            "categories": [
                category_body(each) for each in categories if each.id == campaign.category_id
            ],
            "object": "campaign",
        }
    body["category_id"] = tier.category_id
    body["categories"] = list(map(category_shown_body, outcome.categories))
    return body


def _amounts_body(evaluation: Evaluation, outcome: Outcome) -> Body:
    """The order after the tier, and what it took: in all with what was taken before, and alone."""
    taken = (outcome.taken or Taken()).total
    order = evaluation.order
    if order is None:
        return {"discount_amount": taken, "applied_discount_amount": taken}
    return {
        "order": order_body(order, running_sums(evaluation)[-1]),
        "discount_amount": order.discount_amount + order.items_discount,
        "applied_discount_amount": taken,
    }
