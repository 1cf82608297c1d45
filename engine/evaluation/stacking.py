"""How several redeemables apply to one order, under the project's stacking rules.

They are taken one after the other, in the order of the request or, with CATEGORY_HIERARCHY, by the
rank of their categories, then of their tiers; those without a category come last, as requested. Where
more exclusive ones are asked for than may apply, these take each other's places by rank, whatever the
order: the highest hierarchy, which is the lowest number, applies first.
Each is

1. skipped, in mode ALL, when one before it failed: then nothing of the request can be redeemed;
2. skipped, when it is a regular one and an exclusive one applies (joint ones apply beside both);
3. skipped, when as many as allowed were applied: of all (a joint one is added all the same, and counts
   for the others), of its category, of the exclusive ones, of the exclusive ones of its category, in
   this order;
4. inapplicable, when it cannot be found or a rule refuses it;
5. skipped, when it would take nothing and the project wants such ones left out;
6. applied, otherwise: it takes from what those before it left.

Every skip says which rule caused it (engine/evaluation/skips.py).
Source: the API contract, section 5. A redeemable without a category meets no limit per category.
"""

from collections.abc import Callable, Container, Iterable, Mapping
from types import MappingProxyType

from msgspec import structs

from engine.evaluation.calculation import calculation_of
from engine.evaluation.offers import Offer
from engine.evaluation.outcomes import left_out_outcome
from engine.evaluation.skips import (
    APPLICABLE_LIMIT,
    CATEGORY_LIMIT,
    EXCLUDED,
    EXCLUSIVE_CATEGORY_LIMIT,
    EXCLUSIVE_LIMIT,
    KEPT_OUT,
    NO_EFFECT,
    Skip,
    explain_exclusion,
    first_category_in,
    skip_after_failure,
    skip_beside_regular,
    skip_over_limit,
)
from schemas.evaluations import Outcome
from schemas.stacking import StackingRules

NOTHING_KNOWN: Mapping[int, Outcome] = MappingProxyType({})
#: Tries an offer on what those before it left, and takes it where it applies.
Attempt = Callable[[Offer], Outcome]


def stack_offers(
    offers: list[Offer], stacking: StackingRules, begin: Callable[[], Attempt]
) -> tuple[Outcome, ...]:
    """What becomes of each offer, in the order of the request.

    `begin` starts on the order as it was; exclusive offers that turn out not to apply exclude
    nobody, so then the others are tried anew. The exclusive ones stay out, even where what a
    regular one takes would let them in.
    """
    if len(offers) == 1:  # which nothing excludes, as of nearly all requests
        return _pass(offers, (0,), stacking, begin())
    sequence = sequence_of(offers, stacking)
    exclusive = {n for n in sequence if is_exclusive(offers[n], stacking)}
    regular = {n for n in sequence if n not in exclusive and not is_joint(offers[n], stacking)}
    if not (exclusive and regular):
        return _pass(offers, sequence, stacking, begin())
    outcomes = _pass(offers, sequence, stacking, begin(), excluded=regular)
    applied = (n for n in sequence if n in exclusive and outcomes[n].status == "APPLICABLE")
    first = next(applied, None)
    if first is not None:
        return tuple(_explain_exclusion(each, offers[first]) for each in outcomes)
    out = {n: _stays_out(outcomes[n], offers[n], stacking) for n in exclusive}
    return _pass(offers, sequence, stacking, begin(), known=out)


def sequence_of(offers: list[Offer], stacking: StackingRules) -> list[int]:
    """The places of the offers in the order of their application."""
    places = list(range(len(offers)))
    if stacking.redeemables_sorting_rule == "CATEGORY_HIERARCHY":
        places.sort(key=lambda n: _rank(offers[n]))
        return places
    if len(places) == 1:
        return places
    exclusive = [n for n in places if is_exclusive(offers[n], stacking)]
    if len(exclusive) <= stacking.applicable_exclusive_redeemables_limit:
        return places
    ranked = iter(sorted(exclusive, key=lambda n: _rank(offers[n])))
    among = set(exclusive)
    return [next(ranked) if n in among else n for n in places]


def is_exclusive(offer: Offer, stacking: StackingRules) -> bool:
    """Whether regular offers cannot apply beside it."""
    return not offer.category_ids.isdisjoint(stacking.exclusive_categories)


def is_joint(offer: Offer, stacking: StackingRules) -> bool:
    """Whether it applies beside exclusive offers, too."""
    return not offer.category_ids.isdisjoint(stacking.joint_categories)


def is_on_initial_amount(offer: Offer, stacking: StackingRules) -> bool:
    """Whether percentages of it are taken of the order as it was before the request."""
    if not offer.categories:
        return stacking.discount_calculation_mode == "INITIAL_AMOUNT"
    ids = (each.id for each in offer.categories)
    return calculation_of(ids, stacking).mode == "INITIAL_AMOUNT"


class _Applied:
    """What was applied so far, as the limits count it."""

    __slots__ = ("all", "by_category", "exclusive", "exclusive_by_category")

    def __init__(self) -> None:
        self.all = 0
        self.exclusive = 0
        self.by_category: dict[str, int] = {}
        self.exclusive_by_category: dict[str, int] = {}

    def add(self, offer: Offer, *, exclusive: bool) -> None:
        """Counts an offer that applies."""
        self.all += 1
        self.exclusive += exclusive
        for category in offer.categories:
            self.by_category[category.id] = self.by_category.get(category.id, 0) + 1
            if exclusive:
                met = self.exclusive_by_category.get(category.id, 0)
                self.exclusive_by_category[category.id] = met + 1

    def limit_met(self, offer: Offer, stacking: StackingRules, *, exclusive: bool) -> Skip | None:
        """The first limit that leaves no room for the offer."""
        name = "applicable_redeemables_limit"
        skip = skip_over_limit(
            APPLICABLE_LIMIT, name, stacking.applicable_redeemables_limit, self.all
        )
        if skip is not None and not exclusive and is_joint(offer, stacking):
            skip = None
        if skip is None:
            skip = self._category_limit_met(offer, stacking)
        if skip is None and exclusive:
            skip = self._exclusive_limit_met(offer, stacking)
        return skip

    def _category_limit_met(self, offer: Offer, stacking: StackingRules) -> Skip | None:
        for category in offer.categories:
            limit = stacking.applicable_redeemables_per_category_limit
            name = "applicable_redeemables_per_category_limit"
            if category.id in stacking.applicable_redeemables_category_limits:
                limit = stacking.applicable_redeemables_category_limits[category.id]
                name = "applicable_redeemables_category_limits"
            count = self.by_category.get(category.id, 0)
            skip = skip_over_limit(CATEGORY_LIMIT, name, limit, count, category.id)
            if skip is not None:
                return skip
        return None

    def _exclusive_limit_met(self, offer: Offer, stacking: StackingRules) -> Skip | None:
        name = "applicable_exclusive_redeemables_limit"
        limit: int | None = stacking.applicable_exclusive_redeemables_limit
        skip = skip_over_limit(EXCLUSIVE_LIMIT, name, limit, self.exclusive)
        if skip is not None:
            return skip
        name = "applicable_exclusive_redeemables_per_category_limit"
        limit = stacking.applicable_exclusive_redeemables_per_category_limit
        for category in offer.categories:
            count = self.exclusive_by_category.get(category.id, 0)
            skip = skip_over_limit(EXCLUSIVE_CATEGORY_LIMIT, name, limit, count, category.id)
            if skip is not None:
                return skip
        return None


def _pass(
    offers: list[Offer],
    sequence: Iterable[int],
    stacking: StackingRules,
    attempt: Attempt,
    *,
    excluded: Container[int] = (),
    known: Mapping[int, Outcome] = NOTHING_KNOWN,
) -> tuple[Outcome, ...]:
    """One after the other; those that are `known` already have that outcome, if they are asked."""
    applied = _Applied()
    outcomes: dict[int, Outcome] = {}
    failed: Offer | None = None
    for n in sequence:
        offer = offers[n]
        exclusive = is_exclusive(offer, stacking)
        if failed is not None:
            skip: Skip | None = skip_after_failure(failed.asked)
        elif n in excluded:
            skip = KEPT_OUT
        else:
            skip = applied.limit_met(offer, stacking, exclusive=exclusive)
        if skip is not None:
            outcome = left_out_outcome(offer, skip, stacking)
        else:
            outcome = known[n] if n in known else attempt(offer)
        if outcome.status == "APPLICABLE":
            applied.add(offer, exclusive=exclusive)
        elif outcome.status == "INAPPLICABLE" and stacking.redeemables_application_mode == "ALL":
            failed = offer
        outcomes[n] = outcome
    return tuple(outcomes[n] for n in range(len(offers)))


def _stays_out(outcome: Outcome, offer: Offer, stacking: StackingRules) -> Outcome:
    """What becomes of an exclusive offer that did not apply, where regular ones do."""
    if outcome.status == "INAPPLICABLE" or outcome.skipped_by == NO_EFFECT:
        return outcome
    return left_out_outcome(
        offer,
        skip_beside_regular(first_category_in(offer.categories, stacking.exclusive_categories)),
        stacking,
    )


def _explain_exclusion(outcome: Outcome, exclusive: Offer) -> Outcome:
    """An outcome that, where it is excluded, tells which exclusive offer applies."""
    if outcome.skipped_by != EXCLUDED:
        return outcome
    return structs.replace(outcome, explanation=explain_exclusion(exclusive.asked))


def _rank(offer: Offer) -> tuple[int, ...]:
    """Sorts by category, then by tier; what has none comes last, in the order that it had."""
    if not offer.categories:
        return (1,)
    return 0, offer.categories[0].hierarchy, 0 if offer.tier is None else offer.tier.hierarchy
