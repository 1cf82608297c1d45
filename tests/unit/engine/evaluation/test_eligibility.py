"""The precedence of refusals: vouchers that break every rule, mended one rule a row."""

from decimal import Decimal
from typing import Any

import pytest
from msgspec import structs

from engine.evaluation.context import Context
from engine.evaluation.eligibility import BOUND_RULES, RULES, refusal_of
from engine.kernel.calendar import iso
from engine.kernel.lookup import NOTHING_HELD, SessionHolds
from engine.pricing.basket import Basket
from engine.rewards.paid import Payment
from schemas.campaigns import Campaign
from schemas.orders import Order, OrderItem
from schemas.promotions import PromotionTier
from schemas.rewards import Reward
from schemas.validity import DailyHours, ValidityHours, ValidityTimeframe
from schemas.vouchers import Gift, LoyaltyCard, Voucher
from tests.architecture.tables import rows_of, spans_of
from tests.unit.engine.world import DAY, HOUR, NOON, World, amount, gift_card, redeem, voucher

#: What breaks every rule of switch and times; NOON is a Wednesday, 12:00.
BROKEN_TIMES: dict[str, Any] = {
    "active": False,
    "start_date": NOON + 2 * DAY,
    "expiration_date": NOON - 1,
    "validity_day_of_week": (0, 1),
    "validity_timeframe": ValidityTimeframe("PT1H", "P1D"),
    "validity_hours": ValidityHours((DailyHours("18:00", "20:00"),)),
}
#: Each breaks every rule that there is for its kind.
BROKEN_GIFT = structs.replace(
    gift_card("CARD"),
    **BROKEN_TIMES,
    published_at=NOON - 2 * DAY,
    quantity=1,
    redeemed_quantity=1,
    gift=Gift(amount=100, balance=0, effect="APPLY_TO_ITEMS"),
)
BROKEN_CARD = structs.replace(
    BROKEN_GIFT, type="LOYALTY_CARD", gift=None, loyalty_card=LoyaltyCard(points=100, balance=0)
)
REWARD = Reward("rew_1", "Points", NOON, exchange_ratio=Decimal(1), points_ratio=1)
CAMPAIGN = Campaign(
    id="camp_1",
    name="Spring",
    campaign_type="GIFT_VOUCHERS",
    type="STATIC",
    created_at=NOON - DAY,
    activity_duration_after_publishing="P1D",
    **BROKEN_TIMES,
)

#: rule, key, details, and the change that mends it. Each row keeps the changes of those above.
Row = tuple[str, str, str, dict[str, Any]]
#: Of the voucher, and after each row the same of its campaign.
TIMES: list[Row] = [
    ("active", "voucher_disabled", "CARD", {"active": True}),
    ("start_date", "voucher_not_active", "CARD", {"start_date": NOON - 2 * HOUR}),
    ("expiration_date", "voucher_expired", "CARD", {"expiration_date": NOON}),
    ("activity_duration", "voucher_expired", "CARD", {"activity_duration_after_publishing": "P2D"}),
    ("validity_day_of_week", "voucher_not_active_now", "CARD", {"validity_day_of_week": (3,)}),
    (
        "validity_timeframe",
        "voucher_not_active_now",
        "CARD",
        {"validity_timeframe": ValidityTimeframe("PT3H", "P1D")},
    ),
    (
        "validity_hours",
        "voucher_not_active_now",
        "CARD",
        {"validity_hours": ValidityHours((DailyHours("12:00", "13:00"),))},
    ),
]
REFERRER: Row = (
    "referrer",
    "referrer_not_permitted_to_redeem",
    "CARD",
    {"same_as_referrer": None},
)
QUANTITY: Row = ("quantity", "quantity_exceeded", "CARD", {"quantity": 2})
NO_ITEMS = "At least one applicable order item with amount is required to redeem this GIFT_VOUCHER"
#: What follows them, for a gift card; `basket` and `payment` are what the request says.
GIFT_ROWS: list[Row] = [
    REFERRER,
    QUANTITY,
    (
        "gift_balance",
        "gift_amount_exceeded",
        "CARD",
        {"gift": Gift(amount=100, balance=1, effect="APPLY_TO_ITEMS")},
    ),
    (
        "amount_to_pay",
        "missing_amount",
        "Amount is required when redeeming a GIFT_VOUCHER",
        {"basket": Basket(Order(amount=100))},
    ),
    (
        "items_to_pay",
        "missing_order_items",
        NO_ITEMS,
        {"basket": Basket(Order(amount=100, items=(OrderItem(quantity=1),)))},
    ),
    (
        "items_to_pay",
        "missing_order_items_amount",
        NO_ITEMS,
        {"basket": Basket(Order(amount=100, items=(OrderItem(quantity=1, amount=100),)))},
    ),
]
#: And for a loyalty card.
CARD_ROWS: list[Row] = [
    REFERRER,
    QUANTITY,
    (
        "points_balance",
        "loyalty_card_points_exceeded",
        "CARD",
        {"loyalty_card": LoyaltyCard(points=100, balance=1)},
    ),
    (
        "reward",
        "missing_reward",
        "A reward is required when redeeming a LOYALTY_CARD",
        {"payment": Payment(REWARD, 1)},
    ),
    (
        "order_given",
        "missing_order",
        "An order is required when redeeming a LOYALTY_CARD",
        {"basket": Basket(Order())},
    ),
    (
        "amount_to_pay",
        "missing_amount",
        "Amount is required when redeeming a LOYALTY_CARD",
        {"basket": Basket(Order(amount=100))},
    ),
]
#: What a rule is called in its explanation, where that is not its own name.
TOLD = {"order_given": "order"}
#: Of switch and times, each row and whose it is.
BOUND = [
    (row, whose)
    for row in TIMES
    for whose in ("voucher", "campaign")
    if not (row[0] == "activity_duration" and whose == "voucher")
]
GIFT = [*BOUND, *((row, "voucher") for row in GIFT_ROWS)]
CARD = [*BOUND, *((row, "voucher") for row in CARD_ROWS)]
Walk = list[tuple[Row, str]]


def mended(card: Voucher, walk: Walk, count: int) -> Context:
    """A voucher, its campaign and its request after the first so many rows."""
    campaign = CAMPAIGN
    asked: dict[str, Any] = {"basket": None, "payment": None, "same_as_referrer": "email"}
    for (_, _, _, change), whose in walk[:count]:
        if whose == "campaign":
            campaign = structs.replace(campaign, **change)
        elif change.keys() <= asked.keys():
            asked |= change
        else:
            card = structs.replace(card, **change)
    return Context(card, NOON, NOTHING_HELD, None, campaign=campaign, **asked)


@pytest.mark.parametrize(
    ("card", "walk", "row"),
    [(BROKEN_GIFT, GIFT, n) for n in range(len(GIFT))]
    + [(BROKEN_CARD, CARD, n) for n in range(len(CARD))],
)
def test_the_first_broken_rule_decides(card: Voucher, walk: Walk, row: int) -> None:
    (rule, key, details, _), whose = walk[row]
    refusal = refusal_of(mended(card, walk, row))
    assert refusal is not None
    assert (refusal.key, refusal.details) == (key, details)
    assert refusal.explanation is not None
    assert refusal.explanation["rule"] == TOLD.get(rule, rule)
    assert refusal.explanation.get("campaign_id") == ("camp_1" if whose == "campaign" else None)


def test_the_document_has_the_keys_of_every_rule_in_order() -> None:
    rows = [spans_of(cells[2]) for cells in rows_of("docs/api.md", "## The order of checks")]
    keys: dict[str, list[str]] = {rule.__name__: [] for rule in RULES}
    for name, key, _, _ in (*GIFT_ROWS, *CARD_ROWS):
        keys[name] += [] if key in keys[name] else [key]
    # before them stands that it exists, after them what the project's own rules say
    assert rows[1:-1] == [[key] for _, key, _, _ in TIMES] + list(keys.values())


def test_the_tables_have_every_rule_in_order() -> None:
    assert [rule.__name__ for rule in BOUND_RULES] == [row[0] for row in TIMES]
    names = [rule.__name__ for rule in RULES]
    assert set(names) == {row[0] for row in (*GIFT_ROWS, *CARD_ROWS)}
    for rows in (GIFT_ROWS, CARD_ROWS):
        places = [names.index(row[0]) for row in rows]
        assert places == sorted(places)


@pytest.mark.parametrize(
    ("key", "change"),
    [
        ("promotion_inactive", {"active": False}),
        ("promotion_not_active_now", {"start_date": NOON + 1}),
        ("promotion_not_active_now", {"expiration_date": NOON - 1}),
        ("promotion_not_active_now", {"validity_day_of_week": (0,)}),
    ],
)
def test_a_tier_has_its_own_keys(key: str, change: dict[str, Any]) -> None:
    tier = PromotionTier("promo_1", "camp_1", "Tier", NOON - DAY, amount(100))
    assert refusal_of(Context(tier, NOON, NOTHING_HELD, None, None)) is None
    refusal = refusal_of(Context(structs.replace(tier, **change), NOON, NOTHING_HELD, None, None))
    assert refusal is not None
    assert refusal.key == key
    assert "promo_1" in (refusal.details or "")


def test_a_voucher_that_breaks_no_rule_is_eligible() -> None:
    assert refusal_of(mended(BROKEN_GIFT, GIFT, len(GIFT))) is None
    assert refusal_of(mended(BROKEN_CARD, CARD, len(CARD))) is None


def test_a_voucher_that_does_not_exist_comes_before_all_rules() -> None:
    refusal = World().when(redeem("NONE")).refusal
    assert refusal is not None
    assert (refusal.status, refusal.key) == (404, "not_found")
    assert refusal.details == "Cannot find voucher with id NONE"
    assert (refusal.resource_type, refusal.resource_id) == ("voucher", "NONE")


def explanation(voucher: Voucher, **context: Any) -> dict[str, Any] | None:
    """Why a voucher is refused."""
    given: dict[str, Any] = {
        "now": NOON,
        "held": NOTHING_HELD,
        "credits": None,
        "basket": Basket(Order(amount=100)),
    } | context
    refusal = refusal_of(Context(voucher, **given))
    return None if refusal is None else refusal.explanation


def test_a_refusal_names_the_values_that_were_compared() -> None:
    assert explanation(voucher(start_date=NOON + 1)) == {
        "rule": "start_date",
        "now": iso(NOON),
        "start_date": iso(NOON + 1),
    }
    assert explanation(voucher(quantity=2, redeemed_quantity=1), held=SessionHolds(1, 0)) == {
        "rule": "quantity",
        "quantity": 2,
        "redeemed_quantity": 1,
        "held_by_sessions": 1,
    }
    assert explanation(gift_card(balance=100), held=SessionHolds(1, 40), credits=61) == {
        "rule": "gift_balance",
        "credits": 61,
        "balance": 100,
        "held_by_sessions": 40,
    }


def test_start_and_expiration_are_themselves_valid() -> None:
    both = voucher(start_date=NOON, expiration_date=NOON)
    assert explanation(both) is None
    assert explanation(both, now=NOON - 1) is not None
    assert explanation(both, now=NOON + 1) is not None


def test_a_timeframe_counts_from_the_creation_where_there_is_no_start_date() -> None:
    timeframe = ValidityTimeframe("PT1H", "P1D")
    assert explanation(voucher(created_at=NOON - DAY, validity_timeframe=timeframe)) is None
    assert explanation(voucher(created_at=NOON - DAY - HOUR, validity_timeframe=timeframe))


def test_empty_lists_of_days_and_hours_restrict_nothing() -> None:
    open_always = voucher(validity_day_of_week=(), validity_hours=ValidityHours(()))
    assert explanation(open_always) is None


def test_any_window_of_hours_is_enough() -> None:
    hours = ValidityHours((DailyHours("01:00", "02:00"), DailyHours("11:00", "13:00")))
    assert explanation(voucher(validity_hours=hours)) is None


def test_a_gift_card_may_give_its_last_credit() -> None:
    assert explanation(gift_card(balance=100), held=SessionHolds(1, 40), credits=60) is None
    assert explanation(gift_card(balance=100), held=SessionHolds(1, 100)) is not None
    assert explanation(gift_card(balance=100), basket=Basket(Order(amount=0))) is None


def test_a_quantity_of_zero_allows_nothing() -> None:
    assert explanation(voucher(quantity=0)) is not None
