"""The precedence of refusals: a voucher that breaks every rule, mended one rule a row."""

from typing import Any

import pytest
from msgspec import structs

from engine.calendar import iso
from engine.eligibility import BOUND_RULES, RULES, Context, refusal_of
from engine.lookup import NOTHING_HELD, Held
from schemas.campaigns import Campaign
from schemas.entities import DailyHours, Gift, ValidityHours, ValidityTimeframe, Voucher
from tests.unit.engine.world import DAY, HOUR, NOON, World, gift_card, redeem, voucher

#: What breaks every rule of switch and times; NOON is a Wednesday, 12:00.
BROKEN_TIMES: dict[str, Any] = {
    "active": False,
    "start_date": NOON + 2 * DAY,
    "expiration_date": NOON - 1,
    "validity_day_of_week": (0, 1),
    "validity_timeframe": ValidityTimeframe("PT1H", "P1D"),
    "validity_hours": ValidityHours((DailyHours("18:00", "20:00"),)),
}
#: Breaks every rule.
BROKEN = structs.replace(
    gift_card("CARD"),
    **BROKEN_TIMES,
    published_at=NOON - 2 * DAY,
    quantity=1,
    redeemed_quantity=1,
    gift=Gift(amount=100, balance=0),
)
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
ROWS: list[Row] = [
    ("quantity", "quantity_exceeded", "CARD", {"quantity": 2}),
    ("gift_balance", "gift_amount_exceeded", "CARD", {"gift": Gift(amount=100, balance=1)}),
    ("amount_to_pay", "missing_amount", "Amount is required when redeeming a GIFT_VOUCHER", {}),
]
#: Each row and whose it is.
ALL = [
    (row, whose)
    for row in TIMES
    for whose in ("voucher", "campaign")
    if not (row[0] == "activity_duration" and whose == "voucher")
] + [(row, "voucher") for row in ROWS]


def mended(count: int) -> tuple[Voucher, Campaign]:
    """A voucher and its campaign after the first so many rows."""
    card, campaign = BROKEN, CAMPAIGN
    for (_, _, _, change), whose in ALL[:count]:
        if whose == "voucher":
            card = structs.replace(card, **change)
        else:
            campaign = structs.replace(campaign, **change)
    return card, campaign


@pytest.mark.parametrize("row", range(len(ALL)))
def test_the_first_broken_rule_decides(row: int) -> None:
    card, campaign = mended(row)
    (rule, key, details, _), whose = ALL[row]
    refusal = refusal_of(Context(card, NOON, NOTHING_HELD, None, None, campaign))
    assert refusal is not None
    assert (refusal.key, refusal.details) == (key, details)
    assert refusal.explanation is not None
    assert refusal.explanation["rule"] == rule
    assert refusal.explanation.get("campaign_id") == ("camp_1" if whose == "campaign" else None)


def test_the_tables_have_every_rule_in_order() -> None:
    assert [rule.__name__ for rule in BOUND_RULES] == [row[0] for row in TIMES]
    assert [rule.__name__ for rule in RULES] == [row[0] for row in ROWS]


def test_a_voucher_that_breaks_no_rule_is_eligible() -> None:
    card, campaign = mended(len(ALL))
    assert refusal_of(Context(card, NOON, NOTHING_HELD, None, 100, campaign)) is None


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
        "left": 100,
    } | context
    refusal = refusal_of(Context(voucher, **given))
    return None if refusal is None else refusal.explanation


def test_a_refusal_names_the_values_that_were_compared() -> None:
    assert explanation(voucher(start_date=NOON + 1)) == {
        "rule": "start_date",
        "now": iso(NOON),
        "start_date": iso(NOON + 1),
    }
    assert explanation(voucher(quantity=2, redeemed_quantity=1), held=Held(1, 0)) == {
        "rule": "quantity",
        "quantity": 2,
        "redeemed_quantity": 1,
        "held_by_sessions": 1,
    }
    assert explanation(gift_card(balance=100), held=Held(1, 40), credits=61) == {
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
    assert explanation(gift_card(balance=100), held=Held(1, 40), credits=60) is None
    assert explanation(gift_card(balance=100), held=Held(1, 100)) is not None
    assert explanation(gift_card(balance=100), left=0) is None


def test_a_quantity_of_zero_allows_nothing() -> None:
    assert explanation(voucher(quantity=0)) is not None
