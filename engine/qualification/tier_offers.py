"""Which promotion tiers apply to a customer and an order, for the older endpoint that asks for all.

Each is tried alone, on the order as it is. A project may have any number of tiers, so those that
can match are found by the index of qualifications, and tried by hierarchy until there are enough.
"""

from collections.abc import Callable, Iterator
from itertools import islice
from typing import Final, NamedTuple

from engine.evaluation.circumstances import Circumstances
from engine.evaluation.evaluate import Asker
from engine.kernel import tables
from engine.kernel.state import View
from engine.kernel.zones import zone_of
from engine.orders.calculation import order_of
from engine.qualification.candidates import Found, Passed, find_by_keys
from engine.qualification.places import is_candidate, place_of
from engine.qualification.request_keys import request_keys
from engine.qualification.trial import Trial
from engine.qualification.turns import Steps
from engine.stacking_rules.decide import find_stacking_rules
from schemas.api import OrderInput
from schemas.base import Metadata, Millis
from schemas.campaigns import Campaign
from schemas.errors import Refusal
from schemas.evaluations import Evaluation
from schemas.promotions import PromotionTier
from schemas.qualifications import CandidateKind, Scenario, Space

#: How many tiers and sets of rules are passed, how many tiers are evaluated, how many are shown.
PASSED_MAX: Final = 10_000
EVALUATED_MAX: Final = 1000
SHOWN_MAX: Final = 100
_TIERS: Final[tuple[CandidateKind, ...]] = ("promotion_tier",)


class WantedTiers(NamedTuple):
    """Which tiers are wanted, by what a request filters them by."""

    test: Callable[[PromotionTier], bool] = lambda _: True
    #: The campaigns of those that pass the test; None: they may be of any.
    campaign_ids: frozenset[str] | None = None


class ApplyingTier(NamedTuple):
    """A tier that applies, with its campaign and what it would do."""

    tier: PromotionTier
    campaign: Campaign
    evaluation: Evaluation


def find_applying_tiers(
    view: View,
    order: OrderInput | None,
    asker: Asker,
    metadata: Metadata | None,
    wanted: WantedTiers,
    now: Millis,
    *,
    scenario: Scenario = "ALL",
) -> Steps[list[ApplyingTier]]:
    """The tiers that apply, of those that are wanted; by hierarchy, the older ones first.

    Of `AUDIENCE_ONLY` only rules that are about the customer count.
    """
    asked = order_of(view, order, asker.customer_id, asker.key_kind)
    if isinstance(asked, Refusal):
        return []
    circumstances = Circumstances(
        view,
        find_stacking_rules(view),
        now,
        asked,
        asker.customer,
        metadata,
        asker.key_id,
        None,
        zone=zone_of(view),
        login=asker.login,
    )
    trial = Trial(circumstances, scenario)
    tiers: dict[str, PromotionTier] = {}
    for tier in islice(_find_tiers(trial, wanted.campaign_ids), PASSED_MAX):
        yield
        if tier is not None and wanted.test(tier) and _is_open(view, tier, now):
            tiers[tier.id] = tier
    found: list[ApplyingTier] = []
    evaluated = 0
    for tier in sorted(tiers.values(), key=_by_hierarchy):
        yield
        if not all(map(trial.can_be_met, tier.rule_ids)):
            continue
        applies = _try_tier(trial, tier)
        if applies is not None:
            found.append(applies)
        evaluated += 1
        if len(found) == SHOWN_MAX or evaluated == EVALUATED_MAX:
            break
    return sorted(found, key=lambda each: _by_hierarchy(each.tier))


def _by_hierarchy(tier: PromotionTier) -> tuple[int, Millis, str]:
    return tier.hierarchy, tier.created_at, tier.id


def _find_tiers(
    trial: Trial, campaign_ids: frozenset[str] | None
) -> Iterator[PromotionTier | None]:
    """The tiers that can match; None for each set that brings none, and for what is gone."""
    view = trial.circumstances.view
    if campaign_ids is None:
        space: Space = "audience" if trial.scenario == "AUDIENCE_ONLY" else "all"
        keys = request_keys(trial.facts, space, _TIERS)
        for found in find_by_keys(view, space, _TIERS, keys, trial.can_be_met, (), ""):
            yield None if isinstance(found, Passed) else view.get(tables.TIERS, found.id)
        return
    for campaign_id in sorted(campaign_ids):
        for tier_id in view.scan(tables.CAMPAIGN_TIERS, campaign_id):
            yield view.get(tables.TIERS, tier_id)


def _is_open(view: View, tier: PromotionTier, now: Millis) -> bool:
    """Whether it is switched on and within its dates, as is its campaign."""
    campaign = view.get(tables.CAMPAIGNS, tier.campaign_id)
    if campaign is None or campaign.deleted_at is not None or not is_candidate(tier):
        return False
    return campaign.active and all(
        (bound.start_date is None or bound.start_date <= now)
        and (bound.expiration_date is None or now <= bound.expiration_date)
        for bound in (tier, campaign)
    )


def _try_tier(trial: Trial, tier: PromotionTier) -> ApplyingTier | None:
    """What the tier would do, as it is now; None: it does not apply."""
    candidate = trial.candidate(Found(place_of(tier.created_at, tier.id), "promotion_tier"))
    suiting = None if candidate is None else trial.suiting(candidate)
    if candidate is None or suiting is None:
        return None
    [offer] = candidate.offers
    assert offer.tier is not None
    assert offer.campaign is not None
    return ApplyingTier(offer.tier, offer.campaign, suiting.evaluation)
