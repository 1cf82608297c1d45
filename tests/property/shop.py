"""A random shop with redeemables of every kind, and random requests to it.

A shop is drawn once for each of a few seeds and never changes; a request lays its stacking rules
over it. So a request of 30 redeemables on 200 lines costs what deciding it costs.
"""

import json
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final, Literal, NamedTuple

from msgspec import structs

from engine.kernel import tables
from engine.kernel.overlay import ProjectState
from schemas.api import GiftSpend, OrderInput, OrderItemInput, Redeemable, RewardChoice
from schemas.campaigns import Campaign
from schemas.categories import Category
from schemas.discounts import Discount
from schemas.promotions import PromotionStack, PromotionTier
from schemas.redemptions import RedeemStack
from schemas.rewards import Reward
from schemas.rules import ApplicableItems, ItemEntry, ValidationRule
from schemas.stacking import REDEEMABLES_LIMIT_MAX, StackingRules, StoredStackingRules
from schemas.vouchers import Gift, LoyaltyCard, Voucher
from tests.property.dice import PRODUCTS, Dice
from tests.unit.engine.world import NOON, World

VOUCHERS: Final = 60
TIERS: Final = 15
RULES: Final = 8
CATEGORIES: Final = tuple(f"cat_{n}" for n in range(6))
CAMPAIGNS: Final = tuple(f"camp_{n}" for n in range(3))
PAYS_FOR: Final[tuple[Literal["APPLY_TO_ORDER", "APPLY_TO_ITEMS"] | None, ...]] = (
    None,
    "APPLY_TO_ORDER",
    "APPLY_TO_ITEMS",
)
Mode = Literal["ALL", "PARTIAL"]
Sorting = Literal["CATEGORY_HIERARCHY", "REQUESTED_ORDER"]
SORTINGS: Final[tuple[Sorting, ...]] = ("CATEGORY_HIERARCHY", "REQUESTED_ORDER")
EFFECTS: Final = (
    "APPLY_TO_EVERY",
    "APPLY_TO_CHEAPEST",
    "APPLY_FROM_CHEAPEST",
    "APPLY_TO_MOST_EXPENSIVE",
    "APPLY_FROM_MOST_EXPENSIVE",
)


class Asked(NamedTuple):
    """A request, and the shop with the stacking rules that it meets."""

    state: ProjectState
    body: RedeemStack
    rules: StackingRules


@lru_cache(maxsize=8)
def shop(seed: int) -> ProjectState:
    """A shop of that seed; it is laid over, never changed."""
    dice = ShopDice(seed)
    state = World().view.trial()
    for n, each in enumerate(CATEGORIES):
        state.put(tables.CATEGORIES, Category(each, each, dice.randint(0, 4), n), each)
    for product in PRODUCTS:
        state.put(tables.PRODUCTS, product, product.id)
    for n in range(RULES):
        state.put(tables.RULES, dice.rule(f"val_{n}"), f"val_{n}")
    for each in CAMPAIGNS:
        state.put(tables.CAMPAIGNS, dice.campaign(each), each)
    ratio = Decimal(dice.choice(("0.01", "0.5", "3")))
    state.put(tables.REWARDS, Reward("rew_1", "pay", 0, ratio, dice.choice((1, 7))), "rew_1")
    for n in range(VOUCHERS):
        made = dice.voucher(f"V{n}")
        state.put(tables.VOUCHERS, made, made.id)
        state.put(tables.VOUCHER_CODES, made.id, made.code)
    for n in range(TIERS):
        state.put(tables.TIERS, dice.tier(n), f"promo_{n}")
    for n in range(3):
        tiers = dice.sample([f"promo_{m}" for m in range(TIERS)], dice.randint(1, 8))
        made_of = PromotionStack(f"stack_{n}", CAMPAIGNS[0], "s", 0, tuple(tiers), dice.category())
        state.put(tables.STACKS, made_of, made_of.id)
    return state


class ShopDice(Dice):
    """Draws what a shop has, and what is asked of it."""

    def asked(self, shop_seed: int, *, items_max: int = 200) -> Asked:
        """A request of up to 30 redeemables on an order of up to `items_max` lines."""
        state = shop(shop_seed).trial()
        rules = self.stacking()
        state.put(tables.STACKING, StoredStackingRules("stk_1", rules, 0), tables.THE_ONE)
        return Asked(state, RedeemStack(self.redeemables(), self.order_input(items_max)), rules)

    def full(self, shop_seed: int, mode: Mode, sorting: Sorting) -> Asked:
        """Thirty redeemables on two hundred lines, of which many apply."""
        state = shop(shop_seed).trial()
        rules = structs.replace(
            self.stacking(),
            applicable_redeemables_limit=REDEEMABLES_LIMIT_MAX,
            applicable_redeemables_per_category_limit=None,
            redeemables_application_mode=mode,
            redeemables_sorting_rule=sorting,
            exclusive_categories=(),
        )
        state.put(tables.STACKING, StoredStackingRules("stk_1", rules, 0), tables.THE_ONE)
        lines = tuple(self._line() for _ in range(200))
        # in mode ALL a single failure would skip all others
        asked = [
            each
            for each in self._everything()
            if mode == "PARTIAL" or self._may_apply(state, each.id)
        ]
        drawn = tuple(self.sample(asked, REDEEMABLES_LIMIT_MAX))
        return Asked(state, RedeemStack(drawn, OrderInput(items=lines)), rules)

    def _may_apply(self, state: ProjectState, named: str) -> bool:
        """Whether nothing of its own keeps it from applying to a large order."""
        voucher = state.get(tables.VOUCHERS, f"v_{named}")
        tier = state.get(tables.TIERS, named)
        bound = voucher or tier
        if bound is None or not bound.active:
            return False
        rules = (state.get(tables.RULES, each) for each in bound.rule_ids)
        return not any(rule is not None and "$less_than" in rule.definition for rule in rules)

    def _everything(self) -> list[Redeemable]:
        found = [self._asked_voucher(n) for n in range(VOUCHERS)]
        return found + [Redeemable("promotion_tier", f"promo_{n}") for n in range(TIERS)]

    def redeemables(self) -> tuple[Redeemable, ...]:
        """Vouchers and tiers, or a stack; rarely one that does not exist."""
        if self.random() < 0.1:
            return (Redeemable("promotion_stack", f"stack_{self.randrange(3)}"),)
        pool = self._everything()
        if self.random() < 0.1:
            pool.append(Redeemable("voucher", "NONE"))
        return tuple(self.sample(pool, self.randint(1, REDEEMABLES_LIMIT_MAX)))

    def order_input(self, items_max: int) -> OrderInput:
        """A cart; sometimes with an amount that is not the sum of its lines."""
        items = tuple(self._line() for _ in range(self.randint(0, items_max)))
        amount = self.randint(0, 400_000) if not items or self.random() < 0.2 else None
        return OrderInput(amount=amount, items=items)

    def stacking(self) -> StackingRules:
        """Any rules within the caps."""
        limit = self.randint(1, REDEEMABLES_LIMIT_MAX)
        apart = [self._apart() for _ in range(3)]
        return StackingRules(
            applicable_redeemables_limit=limit,
            applicable_redeemables_per_category_limit=self._limit(),
            applicable_redeemables_category_limits={
                each: self.randint(1, 5) for each in CATEGORIES if self.random() < 0.2
            },
            applicable_exclusive_redeemables_limit=self.randint(1, 6),
            applicable_exclusive_redeemables_per_category_limit=self._limit(),
            exclusive_categories=apart[0][0] if self.random() < 0.5 else (),
            joint_categories=apart[0][1],
            discount_calculation_mode=self.choice(("INITIAL_AMOUNT", "DISCOUNTED_AMOUNT")),
            initial_amount_mode_categories=apart[1][0],
            discounted_amount_mode_categories=apart[1][1],
            redeemables_application_mode=self.choice(("ALL", "PARTIAL")),
            redeemables_sorting_rule=self.choice(SORTINGS),
            redeemables_products_application_mode=self.choice(("STACK", "STACK", "ONCE")),
            redeemables_no_effect_rule=self.choice(("REDEEM_ANYWAY", "SKIP")),
            no_effect_skip_categories=apart[2][0],
            no_effect_redeem_anyway_categories=apart[2][1],
        )

    def voucher(self, code: str) -> Voucher:
        """A voucher of any type; few are disabled."""
        fields: dict[str, Any] = {
            "category_id": self.category(),
            "campaign_id": self.choice((None, None, *CAMPAIGNS[1:])),
            "rule_ids": self._bound(),
            "active": self.random() > 0.03,
        }
        kind = self.random()
        if kind < 0.15:
            balance = self.randint(1, 50_000)
            effect = self.choice(PAYS_FOR)
            gift = Gift(amount=balance, balance=balance, effect=effect)
            return Voucher(f"v_{code}", code, "GIFT_VOUCHER", 0, gift=gift, **fields)
        if kind < 0.25:
            points = self.randint(1, 5000)
            card = LoyaltyCard(points, points)
            return Voucher(f"v_{code}", code, "LOYALTY_CARD", 0, loyalty_card=card, **fields)
        worth = self.discount_or_formula()
        return Voucher(f"v_{code}", code, "DISCOUNT_VOUCHER", 0, discount=worth, **fields)

    def discount_or_formula(self) -> Discount:
        """A discount; one in ten has a formula."""
        if self.random() > 0.1:
            return self.discount()
        effect = self.choice(PAYS_FOR)
        formula = self.choice(("ORDER_AMOUNT / 7", "ORDER_ITEM_PRICE / 3", "1 / 0", "0 - 5"))
        return Discount("AMOUNT", amount_off=50, amount_off_formula=formula, effect=effect)

    def tier(self, n: int) -> PromotionTier:
        """A tier of the first campaign; its place is its number."""
        return PromotionTier(
            f"promo_{n}",
            CAMPAIGNS[0],
            f"tier {n}",
            0,
            self.discount_or_formula(),
            hierarchy=n + 1,
            category_id=self.category(),
            rule_ids=self._bound(),
        )

    def campaign(self, campaign_id: str) -> Campaign:
        """A campaign, with a category or without; the first is a promotion."""
        kind: Any = "PROMOTION" if campaign_id == CAMPAIGNS[0] else "DISCOUNT_COUPONS"
        return Campaign(campaign_id, campaign_id, kind, "STATIC", 0, category_id=self.category())

    def rule(self, rule_id: str) -> ValidationRule:
        """A set that asks something of the order, or names items, or both."""
        conditions = self.choice(
            (
                {},
                {},
                {"1": {"name": "order.total_amount", "conditions": {"$more_than": [500]}}},
                {"1": {"name": "order.items.count", "conditions": {"$more_than": [0]}}},
                {"1": {"name": "order.total_amount", "conditions": {"$less_than": [150_000]}}},
            )
        )
        return ValidationRule(
            rule_id, rule_id, NOON, json.dumps(conditions), applicable_to=self._items()
        )

    def category(self) -> str | None:
        """A category, or none."""
        return self.choice((None, None, *CATEGORIES))

    def _asked_voucher(self, n: int) -> Redeemable:
        gift = GiftSpend(self.randint(1, 3000)) if self.random() < 0.1 else None
        points = None if self.random() < 0.5 else self.randint(1, 300)
        return Redeemable("voucher", f"V{n}", gift, RewardChoice("rew_1", points))

    def _line(self) -> OrderItemInput:
        price = self.randint(0, 3000) if self.random() < 0.8 else None
        quantity = self.choice((0, 1, 1, 2, 3, 10))
        return OrderItemInput(product_id=f"p{self.randrange(6)}", quantity=quantity, price=price)

    def _items(self) -> ApplicableItems:
        kind = self.randrange(4)
        if kind == 0:
            return ApplicableItems()
        entries = tuple(self._entry() for _ in range(self.randint(1, 4)))
        if kind == 1:
            return ApplicableItems(entries)
        return ApplicableItems((), entries[:1], included_all=True) if kind == 2 else self._both()

    def _both(self) -> ApplicableItems:
        return ApplicableItems((self._entry(), self._entry()), (self._entry(),))

    def _entry(self) -> ItemEntry:
        return ItemEntry(
            "product",
            self._named(),
            price=self._perhaps(500),
            effect=self.choice(EFFECTS),
            quantity_limit=self._perhaps(3),
            aggregated_quantity_limit=self._perhaps(9),
            amount_limit=self._perhaps(2000),
            aggregated_amount_limit=self._perhaps(9000),
            repeat=self.choice((1, 1, 2, 3)),
            skip_initially=self.choice((0, 0, 1)),
            target=self.choice(("ITEM", "UNIT")),
        )

    def _bound(self) -> tuple[str, ...]:
        count = self.choice((0, 0, 0, 1, 1, 2))
        return tuple(self.sample([f"val_{n}" for n in range(RULES)], count))

    def _limit(self) -> int | None:
        return None if self.random() < 0.3 else self.randint(1, 6)

    def _apart(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Two lists of categories that have none in common."""
        drawn = self.sample(CATEGORIES, self.randint(0, 4))
        cut = self.randint(0, len(drawn))
        return tuple(drawn[:cut]), tuple(drawn[cut:])
