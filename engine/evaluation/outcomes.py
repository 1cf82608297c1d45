"""What became of one redeemable, as an evaluation holds it: failed, skipped, or shown with its offer."""

from msgspec import structs

from engine.evaluation.offers import Offer
from engine.evaluation.skips import Skip, skip_after_refusal
from schemas.api import Redeemable
from schemas.categories import Category
from schemas.errors import Refusal
from schemas.evaluations import CategoryShown, Evaluation, Outcome
from schemas.stacking import StackingRules


def fail_all(redeemables: tuple[Redeemable, ...], refusal: Refusal) -> Evaluation:
    """The outcome of a request that is wrong as a whole: its first redeemable fails with it."""
    first, *others = redeemables
    return Evaluation(
        outcomes=(
            inapplicable_outcome(first, refusal),
            *(
                skipped_outcome(redeemable, skip_after_refusal(refusal, first))
                for redeemable in others
            ),
        )
    )


def skipped_outcome(redeemable: Redeemable, skip: Skip) -> Outcome:
    """A redeemable that a stacking rule left out."""
    return Outcome(
        object=redeemable.object,
        id=redeemable.id,
        status="SKIPPED",
        skipped_by=skip.key,
        explanation=skip.explanation,
    )


def inapplicable_outcome(redeemable: Redeemable, refusal: Refusal) -> Outcome:
    """A redeemable that failed."""
    return Outcome(
        object=redeemable.object,
        id=redeemable.id,
        status="INAPPLICABLE",
        refusal=refusal,
    )


def left_out_outcome(offer: Offer, skip: Skip, stacking: StackingRules) -> Outcome:
    """An offer that a stacking rule left out, with what is shown of it."""
    return with_shown_offer(skipped_outcome(offer.asked, skip), offer, stacking)


def with_shown_offer(outcome: Outcome, offer: Offer, stacking: StackingRules) -> Outcome:
    """The outcome with what is shown of its offer."""
    categories = tuple(category_shown(each, stacking) for each in offer.categories)
    return structs.replace(
        outcome,
        voucher=offer.voucher,
        tier=offer.tier,
        categories=categories,
        campaign_name=None if offer.campaign is None else offer.campaign.name,
        stack_id=offer.stack_id,
    )


def category_shown(category: Category, stacking: StackingRules) -> CategoryShown:
    """The category, and what the stacking rules make of it."""
    if category.id in stacking.exclusive_categories:
        return CategoryShown(category, "EXCLUSIVE")
    return CategoryShown(category, "JOINT" if category.id in stacking.joint_categories else None)
