"""A past request, asked again with a tier of the draft beside what it asked for.

The tiers are tried by hierarchy, as a storefront would that takes the first one with which the
request is valid. Where none is, the request stays as it was.
"""

from typing import Final, NamedTuple

from engine.counters import tallies, units
from engine.evaluation.circumstances import Circumstances
from engine.evaluation.evaluate import Application, evaluate_offers
from engine.evaluation.offers import Offer, impossible_request, offers_of
from engine.kernel import tables
from engine.kernel.state import State, View
from engine.kernel.zones import counted_in, zone_of
from engine.pricing.sums import budget_amount
from engine.redemptions.spending import count_on_tier
from engine.simulations.requests import PastRequest
from engine.stacking_rules.decide import find_stacking_rules
from schemas.api import Redeemable
from schemas.evaluations import Evaluation, Outcome
from schemas.promotions import PromotionTier
from schemas.redemptions import Redemption
from schemas.simulations import Draft, Placing
from schemas.stacking import DEFAULTS, StackingRules

#: Why a tier that comes last does not apply where something before it failed.
_AFTER_FAILURE: Final = "preceding_validation_failed"
#: What the redemptions with the draft are kept under.
_PREFIX = "simulated/"


class Tried(NamedTuple):
    """What becomes of a request with the draft: which tier applies, or why none does."""

    number: int = -1
    outcome: Outcome | None = None
    evaluation: Evaluation | None = None
    #: The outcomes of what it asked for itself, in its order.
    others: tuple[Outcome, ...] = ()
    refused: str = ""


def try_draft(view: View, draft: Draft, request: PastRequest, placing: Placing) -> Tried:
    """Asks a request again in a state that has the draft."""
    known = request.evaluation
    if known.order is None and request.order is not None:  # it was wrong as a whole
        return Tried(refused=_first_refusal(known))
    stacking = find_stacking_rules(view)
    if placing == "last" and stacking is DEFAULTS and _has_failed(known):
        return Tried(refused=_AFTER_FAILURE)
    circumstances = Circumstances(
        view,
        stacking,
        request.at,
        request.order,
        request.customer,
        request.metadata,
        request.key_id,
        request.session_key,
        zone=zone_of(view),
        login=request.login,
    )
    refused = ""
    asked_offers: list[Offer] | None = None
    for number, tier in enumerate(draft.tiers):
        asked = (Redeemable("promotion_tier", tier.id),)
        (offer,) = offers_of(view, asked)
        if placing == "last" and _is_known(offer, known, stacking):
            tried = _apply_after(circumstances, number, offer, known)
        else:
            if asked_offers is None:
                asked_offers = offers_of(view, request.redeemables)
            tried = _apply_beside(circumstances, number, offer, asked_offers, request, placing)
        if tried.outcome is not None:
            return tried
        refused = refused or tried.refused
    return Tried(refused=refused)


def _has_failed(known: Evaluation) -> bool:
    return any(each.status == "INAPPLICABLE" for each in known.outcomes)


def _is_known(offer: Offer, known: Evaluation, stacking: StackingRules) -> bool:
    """Whether all before it is as it was, and leaves room for it.

    By default one is applied after the other, up to a number. Categories have limits of their own.
    """
    return (
        stacking is DEFAULTS
        and not offer.categories
        and len(known.outcomes) < stacking.applicable_redeemables_limit
        and all(each.status == "APPLICABLE" and not each.stack_id for each in known.outcomes)
    )


def _apply_after(
    circumstances: Circumstances, number: int, offer: Offer, known: Evaluation
) -> Tried:
    """Applies a tier to the order as what was asked for left it."""
    application = Application(circumstances)
    for each in known.outcomes:
        application.take_known(each)
    outcome = application(offer)
    evaluation = Evaluation((*known.outcomes, outcome), application.order())
    if outcome.status != "APPLICABLE":
        return Tried(refused=_reason(outcome, evaluation))
    return Tried(number, outcome, evaluation, known.outcomes)


def _apply_beside(
    circumstances: Circumstances,
    number: int,
    offer: Offer,
    asked: list[Offer],
    request: PastRequest,
    placing: Placing,
) -> Tried:
    """Applies a tier together with what was asked for."""
    first = placing == "first"
    redeemables = (
        (offer.asked, *request.redeemables) if first else (*request.redeemables, offer.asked)
    )
    offers = [offer, *asked] if first else [*asked, offer]
    refusal = impossible_request(offers, redeemables, circumstances.stacking)
    if refusal is not None:
        return Tried(refused=refusal.key)
    evaluation = evaluate_offers(circumstances, offers)
    outcome = evaluation.outcomes[0 if first else -1]
    if outcome.status != "APPLICABLE" or not evaluation.valid:
        return Tried(refused=_reason(outcome, evaluation))
    return Tried(
        number, outcome, evaluation, evaluation.outcomes[1:] if first else evaluation.outcomes[:-1]
    )


def _reason(outcome: Outcome, evaluation: Evaluation) -> str:
    """Why a tier did not apply: its own refusal, what left it out, or what stopped the request."""
    if outcome.refusal is not None:
        return outcome.refusal.key
    if outcome.skipped_by is not None:
        return outcome.skipped_by
    return _first_refusal(evaluation)


def _first_refusal(evaluation: Evaluation) -> str:
    found = (each.refusal.key for each in evaluation.outcomes if each.refusal is not None)
    return next(found, "invalid_redeemables")


def count_on_draft(state: State, request: PastRequest, tried: Tried) -> Redemption:
    """Counts a redemption on the draft's tier and campaign, so that its limits bind those after it."""
    outcome, evaluation = tried.outcome, tried.evaluation
    assert outcome is not None
    assert outcome.tier is not None
    assert outcome.taken is not None
    assert evaluation is not None
    tier = outcome.tier
    redemption = Redemption(
        id=_PREFIX + (request.redemption_id or "refused"),
        at=request.at,
        status="SUCCEEDED",
        related_object_type="promotion_tier",
        related_object_id=tier.id,
        taken=outcome.taken,
        customer_id=None if request.customer is None else request.customer.id,
        campaign_id=tier.campaign_id,
        key_id=request.key_id,
        order_amount=budget_amount(evaluation.order),
        units=outcome.units,
        periods=counted_in(state, request.at),
    )
    _count_on_tier(state, tier, redemption, 1)
    tallies.count_redemptions(state, (redemption,))
    units.count_units(state, (redemption,))
    if request.redemption_id:
        state.put(tables.REDEMPTIONS, redemption, redemption.id)
    return redemption


def take_back_from_draft(state: State, redemption_id: str) -> Redemption | None:
    """Takes back what was counted with a redemption that was rolled back; None: nothing was."""
    redemption = state.get(tables.REDEMPTIONS, _PREFIX + redemption_id)
    if redemption is None:
        return None
    state.delete(tables.REDEMPTIONS, redemption.id)
    tallies.take_back_redemptions(state, (redemption,))
    units.take_back_units(state, (redemption,))
    tier = state.get(tables.TIERS, redemption.related_object_id)
    if tier is not None:
        _count_on_tier(state, tier, redemption, -1)
    return redemption


def _count_on_tier(state: State, tier: PromotionTier, redemption: Redemption, sign: int) -> None:
    assert redemption.taken is not None
    counted = count_on_tier(tier, redemption.taken, redemption.order_amount, sign)
    state.put(tables.TIERS, counted, tier.id)
