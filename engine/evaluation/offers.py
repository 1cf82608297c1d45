"""What a redeemable of a request stands for: a voucher or a promotion tier, with what binds it.

A promotion stack stands for its tiers, in its order. An offer that cannot be found carries the
refusal, so that the stacking looks at everything that was asked for in one pass.
"""

from collections import Counter
from collections.abc import Collection, Iterator
from typing import Final, NamedTuple

from msgspec import structs

from engine.kernel import tables
from engine.kernel.lookup import campaign_of, categories_of, find_voucher
from engine.kernel.state import View
from schemas.api import Redeemable
from schemas.campaigns import Campaign
from schemas.categories import Category
from schemas.discounts import Discount
from schemas.errors import Refusal, not_found, refuse
from schemas.promotions import PromotionTier
from schemas.rules import ValidationRule
from schemas.stacking import StackingRules
from schemas.vouchers import Voucher

NO_CATEGORIES: Final[frozenset[str]] = frozenset()


class Offer(NamedTuple):
    """One thing that may be applied."""

    asked: Redeemable
    voucher: Voucher | None = None
    tier: PromotionTier | None = None
    campaign: Campaign | None = None
    #: By hierarchy, the highest rank first.
    categories: tuple[Category, ...] = ()
    #: What binds it and what binds its campaign.
    rules: tuple[ValidationRule, ...] = ()
    #: The stack that it came with.
    stack_id: str | None = None
    #: Why there is nothing to apply.
    missing: Refusal | None = None

    @property
    def discount(self) -> Discount | None:
        """What it gives, if that is a discount."""
        if self.tier is not None:
            return self.tier.discount
        return None if self.voucher is None else self.voucher.discount

    @property
    def category_ids(self) -> frozenset[str]:
        """The categories that it is in."""
        if not self.categories:  # nearly every offer
            return NO_CATEGORIES
        return frozenset(category.id for category in self.categories)

    @property
    def key(self) -> tuple[str, str]:
        """What it is, however it was named."""
        if self.voucher is not None:
            return "voucher", self.voucher.id
        return self.asked.object, self.asked.id


def offers_of(view: View, redeemables: tuple[Redeemable, ...]) -> list[Offer]:
    """What the redeemables stand for, in their order."""
    return [offer for each in redeemables for offer in _offers(view, each)]


def impossible_request(
    offers: Collection[Offer], redeemables: tuple[Redeemable, ...], stacking: StackingRules
) -> Refusal | None:
    """The refusal of a request as a whole: too many, a stack beside others, the same twice."""
    asked = len(redeemables)
    if asked == 1:
        return None
    if asked > stacking.redeemables_limit:
        limit = stacking.redeemables_limit
        return refuse(
            "invalid_redeemables",
            f"At most {limit} redeemables can be used together",
            explanation={"rule": "redeemables_limit", "limit": limit, "redeemables": asked},
        )
    misplaced = misplaced_stack(redeemables)
    if misplaced is not None:
        return misplaced
    keys = [offer.key for offer in offers]
    if len(set(keys)) < len(keys):
        kind, twice = next(key for key, count in Counter(keys).items() if count > 1)
        return refuse(
            "duplicated_redeemables",
            explanation={"rule": "duplicated_redeemables", "object": kind, "id": twice},
        )
    return None


def misplaced_stack(redeemables: tuple[Redeemable, ...]) -> Refusal | None:
    """The refusal of a promotion stack beside other redeemables: a stack stands alone."""
    if len(redeemables) == 1 or all(each.object != "promotion_stack" for each in redeemables):
        return None
    return refuse(
        "invalid_redeemables",
        "Promotion Stack cannot be use with other redeemables",
        explanation={"rule": "promotion_stack_alone", "redeemables": len(redeemables)},
    )


def voucher_offer(view: View, asked: Redeemable, voucher: Voucher) -> Offer:
    """A voucher as an offer, with what binds it and its campaign."""
    campaign = campaign_of(view, voucher)
    rule_ids = voucher.rule_ids
    category_ids: tuple[str | None, ...] = (voucher.category_id,)
    if campaign is not None:
        rule_ids += campaign.rule_ids
        category_ids += (campaign.category_id,)
    return Offer(
        asked,
        voucher=voucher,
        campaign=campaign,
        categories=categories_of(view, *category_ids),
        rules=rules_of(view, rule_ids),
    )


def tier_offer(
    view: View,
    asked: Redeemable,
    tier: PromotionTier,
    *,
    stack_id: str | None = None,
    category_id: str | None = None,
) -> Offer:
    """A tier as an offer; the stack that it comes with lends it its category."""
    campaign = view.get(tables.CAMPAIGNS, tier.campaign_id)
    if campaign is None or campaign.deleted_at is not None:
        return _missing_offer(asked)
    category_ids = (tier.category_id, category_id, campaign.category_id)
    return Offer(
        asked,
        tier=tier,
        campaign=campaign,
        categories=categories_of(view, *category_ids),
        rules=rules_of(view, tier.rule_ids + campaign.rule_ids),
        stack_id=stack_id,
    )


def _offers(view: View, asked: Redeemable) -> Iterator[Offer]:
    if asked.object == "voucher":
        voucher = find_voucher(view, asked.id)
        if voucher is None:
            yield _missing_offer(asked)
        else:
            yield voucher_offer(view, asked, voucher)
    elif asked.object == "promotion_tier":
        tier = view.get(tables.TIERS, asked.id)
        yield _missing_offer(asked) if tier is None else tier_offer(view, asked, tier)
    else:
        yield from _stack_offers(view, asked)


def _stack_offers(view: View, asked: Redeemable) -> Iterator[Offer]:
    stack = view.get(tables.STACKS, asked.id)
    found = () if stack is None else stack.tier_ids
    tiers = [tier for each in found if (tier := view.get(tables.TIERS, each)) is not None]
    if stack is None or not tiers:
        yield _missing_offer(asked)
        return
    for tier in tiers:
        one = Redeemable("promotion_tier", tier.id)
        yield tier_offer(view, one, tier, stack_id=stack.id, category_id=stack.category_id)


def _missing_offer(asked: Redeemable) -> Offer:
    told = {"rule": "exists", "object": asked.object, "id": asked.id}
    missing = structs.replace(not_found(asked.object, asked.id), explanation=told)
    return Offer(asked, missing=missing)


def rules_of(view: View, ids: tuple[str, ...]) -> tuple[ValidationRule, ...]:
    """Those of the sets that exist, each once."""
    if not ids:
        return ()
    found = (view.get(tables.RULES, each) for each in dict.fromkeys(ids))
    return tuple(rule for rule in found if rule is not None)
