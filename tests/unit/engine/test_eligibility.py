"""The precedence of refusals: a voucher that breaks every rule, mended one rule a row."""

from typing import Any

import pytest
from msgspec import structs

from engine.calendar import iso
from engine.eligibility import RULES, Context, refusal_of
from engine.lookup import NOTHING_HELD, Held
from schemas.entities import DailyHours, Gift, ValidityHours, ValidityTimeframe, Voucher
from tests.unit.engine.world import DAY, HOUR, NOON, World, gift_card, redeem, voucher

#: Breaks every rule; NOON is a Wednesday, 12:00.
BROKEN = structs.replace(
    gift_card("CARD"),
    active=False,
    start_date=NOON + 2 * DAY,
    expiration_date=NOON - 1,
    validity_day_of_week=(0, 1),
    validity_timeframe=ValidityTimeframe("PT1H", "P1D"),
    validity_hours=ValidityHours((DailyHours("18:00", "20:00"),)),
    quantity=1,
    redeemed_quantity=1,
    gift=Gift(amount=100, balance=0),
)

#: rule, key, details, and the change that mends it. Each row keeps the changes of those above.
ROWS: list[tuple[str, str, str, dict[str, Any]]] = [
    ("active", "voucher_disabled", "CARD", {"active": True}),
    ("start_date", "voucher_not_active", "CARD", {"start_date": NOON - 2 * HOUR}),
    ("expiration_date", "voucher_expired", "CARD", {"expiration_date": NOON}),
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
    ("quantity", "quantity_exceeded", "CARD", {"quantity": 2}),
    ("gift_balance", "gift_amount_exceeded", "CARD", {"gift": Gift(amount=100, balance=1)}),
    ("amount_to_pay", "missing_amount", "Amount is required when redeeming a GIFT_VOUCHER", {}),
]


@pytest.mark.parametrize("row", range(len(ROWS)))
def test_the_first_broken_rule_decides(row: int) -> None:
    mended: Voucher = BROKEN
    for _, _, _, change in ROWS[:row]:
        mended = structs.replace(mended, **change)
    rule, key, details, _ = ROWS[row]
    refusal = refusal_of(Context(mended, NOON, NOTHING_HELD, None, None))
    assert refusal is not None
    assert (refusal.key, refusal.details) == (key, details)
    assert refusal.explanation is not None
    assert refusal.explanation["rule"] == rule


def test_the_table_has_every_rule_in_order() -> None:
    assert [rule.__name__ for rule in RULES] == [row[0] for row in ROWS]


def test_a_voucher_that_breaks_no_rule_is_eligible() -> None:
    mended = BROKEN
    for *_, change in ROWS:
        mended = structs.replace(mended, **change)
    assert refusal_of(Context(mended, NOON, NOTHING_HELD, None, 100)) is None


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
