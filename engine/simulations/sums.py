"""The numbers of a simulation, by day and in all."""

from typing import Final

from engine.kernel.calendar import Zone, day_after, day_of
from engine.pricing.sums import left_to_pay
from engine.simulations.requests import PastRequest
from engine.simulations.trying import Tried
from schemas.base import Millis
from schemas.evaluations import Outcome, Taken
from schemas.redemptions import Redemption
from schemas.simulations import (
    DayFigures,
    DisplacedOffer,
    Draft,
    Figures,
    SimulationResult,
    TierFigures,
)

#: How many offers are told of; and how many are told apart while it runs.
OFFERS_SHOWN_MAX: Final = 100
OFFERS_MAX: Final = 100_000
_NOTHING: Final = Taken()


class SimulationSums:
    """Counts what becomes of requests, in the order of their times."""

    def __init__(self, draft: Draft, zone: Zone) -> None:
        self._zone = zone
        self._totals = Figures()
        self._days: list[DayFigures] = []
        self._until: Millis = 0
        self._tiers = tuple(TierFigures(each.name) for each in draft.tiers)
        self._numbers = {each.id: number for number, each in enumerate(draft.tiers)}
        self._offers: dict[tuple[str, str], DisplacedOffer] = {}
        self._refused: dict[str, int] = {}
        self._unread = 0

    def add(self, request: PastRequest, tried: Tried, redemption: Redemption | None) -> None:
        """Counts a request; `redemption` is what it would have redeemed of the draft."""
        matched = tried.outcome is not None
        for figures in self._at(request.at):
            if not request.is_redemption:
                figures.validations += 1
                figures.validations_matched += matched
                continue
            figures.redemptions += 1
            figures.redemptions_matched += matched
            figures.redemptions_rescued += matched and not request.succeeded
        if redemption is not None:
            self._add_redemption(request, tried, redemption)
        elif request.is_redemption:
            self._refused[tried.refused] = self._refused.get(tried.refused, 0) + 1

    def add_unread(self) -> None:
        """Counts a request that cannot be asked again."""
        self._unread += 1

    def take_back(self, at: Millis, redemption: Redemption) -> None:
        """Counts a redemption with the draft as taken back."""
        assert redemption.taken is not None
        for figures in self._at(at):
            figures.redemptions_rolled_back += 1
            figures.discount_amount -= redemption.taken.total
        self._tiers[
            self._numbers[redemption.related_object_id]
        ].discount_amount -= redemption.taken.total

    def result(self, customers: int) -> SimulationResult:
        """The numbers so far; `customers` are those that the draft counted."""
        offers = sorted(self._offers.values(), key=lambda each: (-each.amount, each.id))
        return SimulationResult(
            totals=self._totals,
            days=tuple(self._days),
            tiers=self._tiers,
            unique_customers=customers,
            offers=tuple(offers[:OFFERS_SHOWN_MAX]),
            offers_count=len(offers),
            refused=self._refused,
            unread=self._unread,
        )

    def _at(self, at: Millis) -> tuple[Figures, Figures]:
        if at >= self._until:
            self._days.append(DayFigures(day_of(at, self._zone), Figures()))
            self._until = day_after(at, self._zone)
        return self._totals, self._days[-1].figures

    def _add_redemption(self, request: PastRequest, tried: Tried, redemption: Redemption) -> None:
        assert tried.evaluation is not None
        assert redemption.taken is not None
        given, order = redemption.taken.total, tried.evaluation.order
        amount = 0 if order is None else order.amount or 0
        left = left_to_pay(order) or 0
        for figures in self._at(request.at):
            figures.discount_amount += given
            figures.order_amount += amount
            figures.order_total_amount += left
        tier = self._tiers[tried.number]
        tier.redemptions += 1
        tier.discount_amount += given
        if request.succeeded:  # else nothing was taken
            for before, after in zip(request.evaluation.outcomes, tried.others, strict=False):
                self._compare(request.at, before, after)

    def _compare(self, at: Millis, before: Outcome, after: Outcome) -> None:
        if before.status != "APPLICABLE":
            return
        lost = (before.taken or _NOTHING).total
        displaced = after.status != "APPLICABLE"
        if not displaced:
            lost -= (after.taken or _NOTHING).total
            if lost <= 0:
                return
        for figures in self._at(at):
            figures.offers_displaced += displaced
            figures.offers_reduced += not displaced
            figures.displaced_amount += lost
        offer = self._offer(before)
        if offer is not None:
            offer.displaced += displaced
            offer.reduced += not displaced
            offer.amount += lost

    def _offer(self, outcome: Outcome) -> DisplacedOffer | None:
        if outcome.tier is not None:
            new = DisplacedOffer("promotion_tier", outcome.tier.id, outcome.tier.campaign_id)
        else:
            assert outcome.voucher is not None
            campaign = outcome.voucher.campaign_id
            new = DisplacedOffer("voucher", campaign or outcome.voucher.id, campaign)
        known = self._offers.get((new.object, new.id))
        if known is None and len(self._offers) < OFFERS_MAX:
            known = self._offers[new.object, new.id] = new
        return known
