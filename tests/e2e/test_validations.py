"""Validations: what a request would do, told by the official client."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.e2e.shop import Shop, new_code, spend

CUSTOMER = {"source_id": "validations/ann@shop+1", "name": "Ann"}


def test_a_valid_request_shows_the_order_after_it(shop: Shop) -> None:
    code = shop.percent(10, metadata={"season": "spring"}).code
    items = [{"product_id": "mug", "quantity": 2, "price": 1000}, {"amount": 500}]
    body = shop.validate(code, order={"items": items}, customer=CUSTOMER)
    assert body.valid is True
    assert body.id.startswith("valid_")
    assert body.tracking_id.startswith("track_")
    assert (body.skipped_redeemables, body.inapplicable_redeemables) == (None, None)
    assert (body.order.amount, body.order.total_discount_amount) == (2500, 250)
    assert body.order.total_amount == 2250
    assert [each.amount for each in body.order.items] == [2000, 500]
    (applied,) = body.redeemables
    assert (applied.status, applied.id, applied.object) == ("APPLICABLE", code, "voucher")
    assert applied.metadata == {"season": "spring"}
    assert applied.result.discount.percent_off == 10
    assert applied.result.discount.effect == "APPLY_TO_ORDER"
    assert applied.result.discount.is_dynamic is False
    assert (applied.applicable_to.total, applied.inapplicable_to.total) == (0, 0)
    rules = body.stacking_rules
    assert (rules.redeemables_limit, rules.applicable_redeemables_limit) == (30, 5)
    assert rules.redeemables_application_mode == "ALL"
    assert shop.state(code) == (0, None)


def test_a_stack_discounts_in_the_order_of_the_request(shop: Shop) -> None:
    card = shop.gift(100_000).code
    fifth, amount = shop.percent(20).code, shop.discount(8000).code
    body = shop.validate(spend(card, 100), fifth, amount, order={"amount": 200_000})
    steps = [each.order for each in body.redeemables]
    assert [each.applied_discount_amount for each in steps] == [100, 39_980, 8000]
    assert [each.discount_amount for each in steps] == [100, 40_080, 48_080]
    assert body.order.total_applied_discount_amount == 48_080
    assert body.order.total_amount == 151_920
    assert body.redeemables[0].result.gift.credits == 100
    assert body.redeemables[0].result.gift.balance == 100_000
    other_way = shop.validate(amount, fifth, order={"amount": 26_500})
    assert [each.order.discount_amount for each in other_way.redeemables] == [8000, 11_700]


def test_a_discount_takes_no_more_than_is_left(shop: Shop) -> None:
    first, second = shop.discount(9000).code, shop.discount(2000).code
    third = shop.percent(50).code
    body = shop.validate(first, second, third)
    assert body.valid is True
    assert [each.order.applied_discount_amount for each in body.redeemables] == [9000, 1000, None]
    assert body.order.total_amount == 0
    limited = shop.voucher(discount={"type": "PERCENT", "percent_off": 50, "amount_limit": 700})
    assert shop.validate(limited.code).order.total_discount_amount == 700


def test_an_unknown_voucher_is_an_error_inside_a_good_answer(shop: Shop) -> None:
    code, unknown = shop.discount().code, new_code()
    body = shop.validate(unknown, code)
    assert (body.valid, body.order) == (False, None)
    failed, skipped = body.redeemables
    assert (failed.status, failed.metadata, failed.categories) == ("INAPPLICABLE", None, None)
    error = failed.result.error
    assert (error.code, error.key, error.message) == (404, "not_found", "Resource not found")
    assert (error.resource_id, error.resource_type) == (unknown, "voucher")
    assert failed.result.details.key == "not_found"
    assert skipped.status == "SKIPPED"
    assert skipped.result.details.key == "preceding_validation_failed"
    message = "Redeemable cannot be applied due to preceding validation failure"
    assert skipped.result.details.message == message
    assert [each.id for each in body.inapplicable_redeemables] == [unknown]
    assert [each.id for each in body.skipped_redeemables] == [code]


def test_of_thirty_redeemables_five_apply_and_the_rest_are_skipped(shop: Shop) -> None:
    codes = [shop.discount(100).code for _ in range(30)]
    body = shop.validate(*codes)
    assert body.valid is True
    assert [each.id for each in body.redeemables] == codes
    assert [each.status for each in body.redeemables] == ["APPLICABLE"] * 5 + ["SKIPPED"] * 25
    keys = {each.result.details.key for each in body.skipped_redeemables}
    assert keys == {"applicable_redeemables_limit_exceeded"}
    assert body.inapplicable_redeemables is None
    assert body.order.total_amount == 9500


NOW = datetime.now(UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
UNUSABLE: dict[str, tuple[dict[str, Any], str]] = {
    "disabled": ({"active": False}, "voucher_disabled"),
    "not yet": ({"start_date": NOW + DAY}, "voucher_not_active"),
    "over": ({"expiration_date": NOW - DAY}, "voucher_expired"),
    "another day": (
        {"validity_day_of_week": [(NOW.isoweekday() + 3) % 7]},
        "voucher_not_active_now",
    ),
    "between the times": (
        {
            "start_date": NOW - DAY,
            "validity_timeframe": {"duration": "PT1H", "interval": "P2D"},
        },
        "voucher_not_active_now",
    ),
    "another hour": (
        {
            "validity_hours": {
                "daily": [
                    {
                        "start_time": f"{NOW + 6 * HOUR:%H:%M}",
                        "expiration_time": f"{NOW + 9 * HOUR:%H:%M}",
                        "days_of_week": list(range(7)),
                    }
                ]
            }
        },
        "voucher_not_active_now",
    ),
    "used up": ({"redemption": {"quantity": 0}}, "quantity_exceeded"),
}


@pytest.mark.parametrize(("terms", "key"), UNUSABLE.values(), ids=UNUSABLE)
def test_a_voucher_that_cannot_be_used_now(shop: Shop, terms: dict[str, Any], key: str) -> None:
    code = shop.discount(**terms).code
    body = shop.validate(code)
    assert body.valid is False
    error = body.redeemables[0].result.error
    assert (error.code, error.key, error.details) == (400, key, code)
    failed = shop.not_redeemed(code)
    assert (failed.status, failed.key) == (400, key)
    assert failed.body["message"] == error.message
    (recorded,) = shop.listed(voucher_code=code).redemptions
    assert recorded.id == failed.body["resource_id"]
    assert (recorded.result, recorded.failure_code) == ("FAILURE", key)
    assert recorded.failure_message == error.message


def test_the_first_reason_in_the_documented_order_is_told(shop: Shop) -> None:
    all_at_once: dict[str, Any] = {"redemption": {"quantity": 0}}
    for name in ("another hour", "between the times", "another day", "disabled"):
        terms, key = UNUSABLE[name]
        all_at_once |= terms
        assert shop.not_redeemed(shop.discount(**all_at_once).code).key == key
    without_active = {name: value for name, value in all_at_once.items() if name != "active"}
    late = without_active | {"start_date": NOW - 2 * DAY, "expiration_date": NOW - DAY}
    assert shop.not_redeemed(shop.discount(**late).code).key == "voucher_expired"
    early = without_active | {"start_date": NOW + DAY}
    assert shop.not_redeemed(shop.discount(**early).code).key == "voucher_not_active"


def test_a_gift_card_needs_credits_and_an_amount_to_pay(shop: Shop) -> None:
    card = shop.gift(500).code
    for asked, order, key in (
        (spend(card, 501), {"amount": 1000}, "gift_amount_exceeded"),
        (card, {}, "missing_amount"),
        (card, None, "missing_amount"),
    ):
        body = shop.validate(asked, order=order)
        assert (body.valid, body.redeemables[0].result.error.key) == (False, key)
    whole = shop.validate(card, order={"amount": 1000})
    assert whole.redeemables[0].result.gift.credits == 500
    part = shop.validate(card, order={"amount": 300})
    assert part.redeemables[0].result.gift.credits == 300
    assert shop.state(card) == (0, 500)


def test_a_validation_makes_the_customer_known(shop: Shop) -> None:
    code = shop.discount().code
    source_id = f"{new_code()}/ben@shop"
    customer = {"source_id": source_id, "name": "Ben", "metadata": {"vip": True}}
    first = shop.validate(code, customer=customer)
    found = shop.customer(source_id)
    assert (found.name, found.metadata) == ("Ben", {"vip": True})
    again = shop.validate(code, customer={"source_id": source_id, "name": "Benno"})
    assert again.tracking_id == first.tracking_id
    assert again.order.customer_id == found.id
    assert shop.customer(found.id).name == "Benno"


def test_validations_lock_and_record_nothing(shop: Shop) -> None:
    code = shop.discount(redemption={"quantity": 1}).code
    for _ in range(3):
        assert shop.validate(code).valid is True
    assert shop.listed(voucher_code=code).total == 0
    shop.redeem(code)
    assert shop.validate(code).redeemables[0].result.error.key == "quantity_exceeded"
