"""A campaign and a promotion bound by limits of products, and what is asked of them."""

from typing import Any

from engine.kernel import tables
from schemas.api import OrderInput, OrderItemInput, Redeemable
from schemas.assignments import AssignRule
from schemas.campaigns import Campaign, CampaignCreated
from schemas.collections import CollectionCreated, ProductCollection
from schemas.discounts import Discount
from schemas.evaluations import Taken
from schemas.promotions import PromotionTier
from schemas.records import Decided
from schemas.redemptions import RedemptionSucceeded
from schemas.rules import (
    ApplicableItems,
    ItemEntry,
    ProductLimit,
    ProductLimitName,
    ValidationRuleCreated,
)
from tests.unit.engine.rule_world import rule
from tests.unit.engine.world import NOON, World, only, percent, voucher

PER_CAMPAIGN: ProductLimitName = "product_campaign_quantity_limit"
PER_CUSTOMER: ProductLimitName = "product_customer_campaign_quantity_limit"
EACH: ProductLimitName = "product_in_collection_campaign_quantity_limit"
EACH_PER_CUSTOMER: ProductLimitName = "product_in_collection_customer_campaign_quantity_limit"
PER_TIER: ProductLimitName = "product_promotion_tier_quantity_limit"
SALE, MUG, SOCKS = "pc_sale", "prod_mug", "prod_socks"


def limit(name: ProductLimitName = PER_CAMPAIGN, quantity: int | None = 5, **fields: Any) -> Any:
    return {"product_limits": (ProductLimit(name, quantity, **fields),)}


def in_sale(**fields: Any) -> ItemEntry:
    return ItemEntry(object="products_collection", id=SALE, **fields)


def world(*entries: ItemEntry, discount: Discount | None = None, **fields: Any) -> World:
    """A campaign with the vouchers A and B and a promotion with two tiers, bound by one set."""
    off = discount or percent("50")
    tiers = [PromotionTier(f"promo_{n}", "prom", f"T{n}", NOON, off, hierarchy=n) for n in (1, 2)]
    made = World().given(
        CampaignCreated(Campaign("camp", "Sale", "DISCOUNT_COUPONS", "STATIC", NOON)),
        CampaignCreated(Campaign("prom", "Deal", "PROMOTION", "STATIC", NOON), tuple(tiers)),
        voucher("A", off, campaign_id="camp"),
        voucher("B", off, campaign_id="camp"),
        voucher("ALONE", off),
        ValidationRuleCreated(rule(items=ApplicableItems(included=entries), **fields)),
    )
    collection = ProductCollection(SALE, "Sale", NOON, products=(MUG, SOCKS))
    made.given(CollectionCreated(collection))
    for bound, kind in (("camp", "campaign"), ("prom", "campaign"), ("v_ALONE", "voucher")):
        assert made.when(AssignRule("val_1", bound, kind)).refusal is None  # type: ignore[arg-type]
    return made


def order(**quantities: int) -> OrderInput:
    """Mugs of 10.00, socks of 4.00, and hats."""
    prices = {"mug": 1000, "socks": 400, "hat": 2000}
    items = tuple(
        OrderItemInput(product_id=f"prod_{name}", quantity=quantity, price=prices[name])
        for name, quantity in quantities.items()
    )
    return OrderInput(items=items)


def taken(record: Decided) -> list[Taken]:
    """What each redeemable took."""
    assert record.refusal is None, record.refusal
    outcomes = only(record, RedemptionSucceeded).evaluation.outcomes
    return [each.taken or Taken() for each in outcomes]


def totals(record: Decided) -> list[int]:
    return [each.total for each in taken(record)]


def counts(of: World) -> dict[str, int]:
    """All that is counted, by its key."""
    prefix = tables.DISCOUNTED_UNITS.prefix(of.project).decode()
    return {
        key.decode().removeprefix(prefix): int(value)
        for key, value in of.bytes.items()
        if key.decode().startswith(prefix)
    }


def tier(number: int) -> Redeemable:
    return Redeemable("promotion_tier", f"promo_{number}")
