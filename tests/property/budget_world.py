"""A project full of limits, and what customers, guests and time may do in it.

A campaign has budgets in money and in numbers, ever and by day, week and month; a promotion one of
its own; vouchers and tiers have limits for each customer; vouchers have quantities, cards balances.
"""

from decimal import Decimal
from functools import cache
from random import Random
from typing import Any, Final, Literal, NamedTuple

from schemas.api import (
    CustomerInput,
    GiftSpend,
    OrderInput,
    OrderItemInput,
    Redeemable,
    RewardChoice,
    SessionInput,
    TtlUnit,
)
from schemas.assignments import AssignRule
from schemas.campaigns import Campaign, CampaignCreated
from schemas.discounts import Discount
from schemas.promotions import PromotionTier
from schemas.rewards import Reward, RewardCreated
from schemas.rules import ValidationRuleCreated
from schemas.stacking import StackingRules, StackingRulesCreated, StoredStackingRules
from tests.unit.engine.rule_world import rule
from tests.unit.engine.world import (
    DAY,
    HOUR,
    MINUTE,
    NOON,
    World,
    amount,
    gift_card,
    loyalty_card,
    percent,
    voucher,
)

_PERIODS: Final = ("", ".daily", ".weekly", ".monthly")
#: Which rules bind what, and between which numbers their limits are drawn.
RULES: Final[tuple[tuple[str, str, int, int], ...]] = (
    *((f"campaign.redemptions.count{each}", "camp", 1, 8) for each in _PERIODS),
    *((f"campaign.redemptions.customers_count{each}", "camp", 1, 3) for each in _PERIODS),
    *((f"redemption.count.per_customer{each}", "camp", 1, 4) for each in _PERIODS),
    ("campaign.orders.amount_discounted", "camp", 200, 3000),
    ("campaign.orders.amount", "camp", 1500, 9000),
    ("campaign.orders.amount_discounted", "prom", 100, 900),
    ("campaign.orders.amount", "prom", 1500, 9000),
    ("redemption.count.per_customer", "v_EACH", 1, 3),
    ("redemption.count.per_customer.monthly", "v_EACH", 1, 2),
    *((f"redemption.count{each}", "v_OWN", 1, 3) for each in _PERIODS[1:]),
    ("redemption.count.per_customer.daily", "promo_1", 1, 2),
    ("redemption.count.weekly", "promo_1", 1, 3),
    ("redemption.count.per_api_key", "promo_2", 1, 4),
    ("redemption.count.per_api_key.daily", "promo_2", 1, 2),
    ("redemption.gift.amount", "v_CARD", 100, 900),
    ("redemption.reward.pay_with_points.points_used", "v_POINTS", 5, 50),
)
#: A limit that nobody meets.
NONE: Final = 10**12
IN_CAMPAIGN: Final = ("C1", "C2", "C3", "UNITS")
TIERS: Final = ("promo_1", "promo_2")
SINGLE: Final = ("EACH", "OWN", "TWICE", "CARD", "POINTS")
CARDS: Final = ("C3", "CARD", "POINTS")
NAMES: Final = (*IN_CAMPAIGN, *SINGLE, *TIERS)
QUANTITIES: Final = {"C2": 4, "TWICE": 2}
BALANCES: Final = {"C3": 2500, "CARD": 1500}
POINTS: Final = 90
#: Who asks: members have a source id, guests an address, and who joined is a guest no more.
WHO: Final = ("member 1", "member 2", "guest 1", "guest 2", "joined 1", "joined 2", None)
KEYS: Final = ("s1", "s2", "s3")

Kind = Literal[
    "redeem",
    "lock",
    #: The request of a session again, to redeem it.
    "follow",
    "roll back",
    "roll back one",
    "release",
    "expire",
    #: A command once more, as it was; and once more by a client that tries again.
    "repeat",
    "retry",
    "join",
    "forget",
    "publish",
    "adjust",
    "switch",
]
#: What leaves nothing that a rollback would not take back.
_REVERSIBLE: Final[tuple[Kind, ...]] = (
    *("redeem",) * 7,
    *("lock",) * 4,
    *("follow",) * 3,
    *("roll back",) * 4,
    *("roll back one", "release", "expire", "repeat", "repeat", "retry", "join", "forget"),
)
#: How much time passes: within hours, days, or months.
_TIMES: Final = (
    (0, 0, MINUTE, HOUR),
    (0, 0, MINUTE, HOUR, DAY),
    (0, 0, 0, MINUTE, HOUR, DAY, 3 * DAY, 20 * DAY, 30 * DAY),
)
_KINDS: Final[tuple[Kind, ...]] = (*_REVERSIBLE, "publish", "adjust", "switch")


class Step(NamedTuple):
    """Something that happens, after some time."""

    kind: Kind
    after: int
    redeemables: tuple[Redeemable, ...]
    order: OrderInput
    amount: int
    who: str | None
    #: Whoever asks, as the request names it.
    customer: CustomerInput | None
    session: SessionInput | None
    #: Which of what happened before.
    nth: int

    def __str__(self) -> str:
        """As much of it as matters for its kind."""
        names = [
            (each.id, each.gift and each.gift.credits, each.reward and each.reward.points)
            for each in self.redeemables
        ]
        key = self.session and (self.session.key, self.session.ttl)
        return f"+{self.after} {self.kind} {names} {self.amount} {self.who} {key} {self.nth}"

    @property
    def name(self) -> str:
        """The first thing that it names."""
        return self.redeemables[0].id


class Draw(Random):
    """Draws limits and steps from a seed: Hypothesis would need longer for it than the engine."""

    def limits(self) -> tuple[int, ...]:
        """For each of `RULES` its limit; one is tight and few others, so that none hides it."""
        tight, first = self.choice((0.0, 0.1, 0.3)), self.randrange(len(RULES))
        return tuple(
            self.randint(low, high) if n == first or self.random() < tight else NONE
            for n, (*_, low, high) in enumerate(RULES)
        )

    def steps(self, count: int, *, reversible: bool = False) -> list[Step]:
        """So many steps, most of them about the same few things.

        `reversible`: rollbacks within the window take all of it back.
        """
        among = self.choice((NAMES, IN_CAMPAIGN, IN_CAMPAIGN, TIERS, CARDS, CARDS))
        names = self.sample(among, min(self.choice((1, 2, 3, 6, len(NAMES))), len(among)))
        kinds = _REVERSIBLE if reversible else _KINDS
        times = self.choice(_TIMES[:2] if reversible else _TIMES)
        return [self._step(self.choice(kinds), self.choice(times), names) for _ in range(count)]

    def _step(self, kind: Kind, after: int, among: list[str]) -> Step:
        who = self.choice(WHO)
        cost = self.choice((0, 1, 299, self.randrange(2500), self.randrange(5000)))
        names = self.sample(among, min(self.choice((1, 1, 2, 3, 6)), len(among)))
        key = self.choice((None, None, *KEYS))
        session = None
        if key is not None or kind == "lock":
            ttl = self.choice((None, None, 1.0, 60.0))
            unit: TtlUnit | None = None if ttl is None else "HOURS"
            session = SessionInput(key=key or self.choice(KEYS), ttl=ttl, ttl_unit=unit)
        return Step(
            kind,
            after,
            tuple(self._redeemable(name) for name in names),
            self._order(cost),
            cost,
            who,
            self._customer(who),
            session,
            self.randrange(1000),
        )

    def _redeemable(self, name: str) -> Redeemable:
        if name in TIERS:
            return Redeemable("promotion_tier", name)
        if name in BALANCES and self.random() < 0.5:
            return Redeemable("voucher", name, GiftSpend(self.randint(1, 1800)))
        if name != "POINTS":
            return Redeemable("voucher", name)
        points = self.choice((None, self.randint(1, POINTS)))
        return Redeemable("voucher", name, reward=RewardChoice("rew_1", points))

    def _order(self, cost: int) -> OrderInput:
        kind = self.random()
        if kind < 0.3:
            return OrderInput(items=(OrderItemInput(product_id="p1", quantity=1, price=cost),))
        return OrderInput(amount=cost, source_id=self.choice("ab") if kind < 0.5 else None)

    def _customer(self, who: str | None) -> CustomerInput | None:
        if who is None:
            return None
        if not who.startswith("guest"):
            return CustomerInput(source_id=who)
        address = f"{who[-1]}@shop.test"
        return CustomerInput(email=self.choice((address, f" {address.upper()}")))


def world(limits: tuple[int, ...], mode: Literal["ALL", "PARTIAL"] = "PARTIAL") -> World:
    """The project with these limits for `RULES`."""
    made = World(opened=False)
    made.store.write(_project())
    made.offset = 100
    rules = StackingRules(redeemables_application_mode=mode, applicable_redeemables_limit=30)
    made.given(StackingRulesCreated(StoredStackingRules("stk_1", rules, NOON)))
    binding = [n for n, limit in enumerate(limits) if limit != NONE]
    for n in binding:
        name, bound, *_ = RULES[n]
        most = {"1": {"name": name, "conditions": {"$less_than_or_equal": [limits[n]]}}}
        made.given(ValidationRuleCreated(rule(most, rule_id=f"val_{n}")))
        kind: Any = "campaign" if bound in ("camp", "prom") else "promotion_tier"
        record = made.when(AssignRule(f"val_{n}", bound, "voucher" if "v_" in bound else kind))
        assert record.refusal is None, record.refusal
    return made


@cache
def _project() -> dict[bytes, bytes | None]:
    unit = Discount("UNIT", unit_off=1, unit_type="p1", effect="ADD_NEW_ITEMS")
    bound = {"campaign_id": "camp"}
    tiers = [
        PromotionTier(name, "prom", name, NOON, amount(90 * n), hierarchy=n)
        for n, name in enumerate(TIERS, 1)
    ]
    made = World().given(
        CampaignCreated(Campaign("camp", "Sale", "DISCOUNT_COUPONS", "STATIC", NOON)),
        CampaignCreated(Campaign("prom", "Deal", "PROMOTION", "STATIC", NOON), tuple(tiers)),
        voucher("C1", amount(300), **bound),
        voucher("C2", percent("50"), quantity=QUANTITIES["C2"], **bound),
        gift_card("C3", BALANCES["C3"], **bound),
        voucher("UNITS", unit, **bound),
        voucher("EACH", amount(100)),
        voucher("OWN", amount(100)),
        voucher("TWICE", amount(100), quantity=QUANTITIES["TWICE"]),
        gift_card("CARD", BALANCES["CARD"]),
        loyalty_card("POINTS", POINTS),
        RewardCreated(Reward("rew_1", "Pay", NOON, Decimal("0.5"), 3)),
    )
    return dict(made.bytes)
