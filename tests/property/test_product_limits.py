"""No limit of units is exceeded whatever is redeemed and taken back in whatever order."""

from collections import Counter
from typing import Any, Final, NamedTuple

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.kernel import tables
from schemas.api import CustomerInput, OrderInput, OrderItemInput, Redeemable
from schemas.assignments import AssignRule
from schemas.campaigns import Campaign, CampaignCreated
from schemas.collections import CollectionCreated, ProductCollection
from schemas.discounts import Discount
from schemas.promotions import PromotionTier
from schemas.redemptions import RedeemStack, RedemptionSucceeded, RollBackStack
from schemas.rules import (
    ApplicableItems,
    ItemEntry,
    ProductLimit,
    ProductLimitName,
    ValidationRuleCreated,
)
from schemas.stacking import StackingRules, StackingRulesCreated, StoredStackingRules
from tests.unit.engine.rule_world import rule
from tests.unit.engine.world import NOON, World, percent

PRODUCTS: Final = ("prod_mug", "prod_socks", "prod_hat")
LIMITS: Final[tuple[ProductLimitName, ...]] = (
    "product_campaign_quantity_limit",
    "product_customer_campaign_quantity_limit",
    "product_in_collection_campaign_quantity_limit",
    "product_in_collection_customer_promotion_tier_quantity_limit",
)
TIERS: Final[tuple[Discount, ...]] = (
    percent("30"),
    Discount(type="AMOUNT", amount_off=40, effect="APPLY_TO_ITEMS_BY_QUANTITY"),
    Discount(type="UNIT", effect="REPLACE_ITEMS", unit_type="prod_tea", unit_off=2),
)


class Step(NamedTuple):
    """A request for some of the tiers, or, without any, a rollback."""

    tiers: tuple[int, ...]
    who: str
    units: tuple[int, ...]
    nth: int


STEPS = st.lists(
    st.builds(
        Step,
        st.sampled_from([(), (0,), (1,), (2,), (0, 1), (1, 0, 2)]),
        st.sampled_from(["alice", "bob"]),
        st.tuples(*[st.integers(0, 4)] * len(PRODUCTS)),
        st.integers(0, 20),
    ),
    min_size=1,
    max_size=15,
)
QUANTITIES = st.tuples(*[st.integers(1, 8)] * len(LIMITS))


def world(quantities: tuple[int, ...]) -> World:
    tiers = tuple(
        PromotionTier(f"promo_{n}", "camp", f"T{n}", NOON, discount, hierarchy=n)
        for n, discount in enumerate(TIERS)
    )
    limits = tuple(map(ProductLimit, LIMITS, quantities))
    sale = ItemEntry(object="products_collection", id="pc_sale", product_limits=limits)
    partial = StackingRules(redeemables_application_mode="PARTIAL")
    made = World().given(
        CampaignCreated(Campaign("camp", "Sale", "PROMOTION", "STATIC", NOON), tiers),
        CollectionCreated(ProductCollection("pc_sale", "Sale", NOON, products=PRODUCTS)),
        ValidationRuleCreated(rule(items=ApplicableItems(included=(sale,)))),
        StackingRulesCreated(StoredStackingRules("stk_1", partial, NOON)),
    )
    assert made.when(AssignRule("val_1", "camp", "campaign")).refusal is None
    return made


def asked(step: Step) -> RedeemStack:
    items = tuple(
        OrderItemInput(product_id=product, quantity=units, price=100)
        for product, units in zip(PRODUCTS, step.units, strict=True)
    )
    tiers = tuple(Redeemable("promotion_tier", f"promo_{n}") for n in step.tiers)
    return RedeemStack(tiers, OrderInput(items=items), CustomerInput(source_id=step.who))


class Units(NamedTuple):
    """Units that one tier discounted in one request, at least, as the answer tells."""

    tier: str
    who: str
    product: str
    units: int


def seen(event: RedemptionSucceeded, step: Step) -> list[Units]:
    """From what was taken: by each whole price the discount can come from so many units at least."""
    off = {"promo_0": 30, "promo_1": 40}
    found = []
    for outcome in event.evaluation.applied:
        assert outcome.taken is not None
        for each in outcome.taken.items:
            if each.index >= len(PRODUCTS):
                continue
            units = (
                -each.quantity if outcome.id == "promo_2" else -(-each.discount // off[outcome.id])
            )
            if units > 0:
                found.append(Units(outcome.id, step.who, PRODUCTS[each.index], units))
    return found


@settings(max_examples=60)
@given(QUANTITIES, STEPS)
def test_no_limit_of_units_is_exceeded_and_what_is_taken_back_never_was(
    quantities: tuple[int, ...], steps: list[Step]
) -> None:
    made = world(quantities)
    notes: dict[str, list[Units]] = {}
    for step in steps:
        if not step.tiers:
            if notes:
                redemption_id = list(notes)[step.nth % len(notes)]
                assert made.when(RollBackStack(redemption_id)).refusal is None
                del notes[redemption_id]
        else:
            for event in made.when(asked(step)).events:
                if isinstance(event, RedemptionSucceeded):
                    notes[event.parent_id or event.redemption_ids[0]] = seen(event, step)
        _within(quantities, [each for units in notes.values() for each in units])
    for redemption_id in reversed(notes):
        assert made.when(RollBackStack(redemption_id)).refusal is None
    assert list(made.view.scan(tables.DISCOUNTED_UNITS)) == []


def _within(quantities: tuple[int, ...], units: list[Units]) -> None:
    everything, by_customer, by_product, by_tier = quantities
    assert sum(each.units for each in units) <= everything
    for limit, key in (
        (by_customer, lambda each: each.who),
        (by_product, lambda each: each.product),
        (by_tier, lambda each: (each.tier, each.product, each.who)),
    ):
        sums: Counter[Any] = Counter()
        for each in units:
            sums[key(each)] += each.units
        assert max(sums.values(), default=0) <= limit
