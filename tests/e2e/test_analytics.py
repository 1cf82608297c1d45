"""The metrics: exact numbers of what happened, as soon as it was answered."""

import time
from datetime import UTC, datetime

import pytest

from tests.e2e.plain import Plain, refused
from tests.e2e.shop import Shop, new_code, spend, told
from tests.e2e.system import eventually

NOTHING = {
    "redemptions_succeeded": 0,
    "redemptions_failed": 0,
    "redemptions_rolled_back": 0,
    "validations_valid": 0,
    "validations_invalid": 0,
    "discount_amount": 0,
    "order_amount": 0,
    "order_total_amount": 0,
    "unique_customers": 0,
}


def now() -> str:
    """A millisecond in which nothing has happened yet."""
    began = time.time_ns() // 1_000_000
    at = eventually(lambda: (time.time_ns() // 1_000_000) * (time.time_ns() > (began + 1) * 10**6))
    return datetime.fromtimestamp(at / 1000, UTC).isoformat(timespec="milliseconds")[:23] + "Z"


def totals(plain: Plain, since: str, until: str | None = None) -> dict[str, int]:
    """The totals of a period."""
    period = {"from": since} if until is None else {"from": since, "to": until}
    body = plain.get("/v1/analytics/totals", **period)
    assert set(body) == {"from", "to", "totals"}
    assert body["from"] == since
    assert until is None or body["to"] == until
    found: dict[str, int] = body["totals"]
    assert list(found) == list(NOTHING)
    assert all(type(value) is int for value in found.values())
    return found


def test_a_story_in_numbers(shop: Shop, plain: Plain) -> None:
    ann, ben = {"source_id": new_code()}, {"source_id": new_code()}
    amount, percent = shop.discount(500).code, shop.percent(10).code
    card = shop.gift(100_000).code
    began = now()
    assert totals(plain, began) == NOTHING
    # Valid twice and invalid twice, once each with a session.
    shop.validate(amount, customer=ann)
    shop.validate(percent, session={"type": "LOCK"})
    shop.validate(new_code())
    shop.validate(new_code(), session={"type": "LOCK"})
    # 500 of 10,000; then 300, and 10 % of the 9,700 left, of another; then a failure.
    single = shop.redeem(amount, customer=ann).redemptions[0].id
    stack = shop.redeem(spend(card, 300), percent, customer=ben)
    shop.not_redeemed(spend(card, 200_000), percent, customer=ben)
    so_far = NOTHING | {
        "redemptions_succeeded": 3,
        "redemptions_failed": 1,
        "validations_valid": 2,
        "validations_invalid": 2,
        "discount_amount": 500 + 300 + 970,
        "order_amount": 20_000,
        "order_total_amount": 20_000 - 1770,
        "unique_customers": 2,
    }
    assert totals(plain, began) == so_far
    middle = now()
    told(shop.redemptions.rollback_redemption, single)
    told(shop.redemptions.rollback_stacked_redemptions, stack.parent_redemption.id)
    shop.redeem(percent, customer=ann, order={"amount": 1000})
    assert totals(plain, began, middle) == so_far
    assert totals(plain, middle) == NOTHING | {
        "redemptions_succeeded": 1,
        "redemptions_rolled_back": 3,
        "discount_amount": 100 - 1770,
        "order_amount": 1000 - 20_000,
        "order_total_amount": 900 - 18_230,
        "unique_customers": 1,
    }
    assert totals(plain, began) == so_far | {
        "redemptions_succeeded": 4,
        "redemptions_rolled_back": 3,
        "discount_amount": 100,
        "order_amount": 1000,
        "order_total_amount": 900,
    }


def test_an_order_that_is_used_again_counts_for_each_request(shop: Shop, plain: Plain) -> None:
    order = {"source_id": new_code(), "amount": 10_000}
    codes = [shop.discount(off).code for off in (500, 300)]
    began = now()
    first = shop.redeem(codes[0], order=order).redemptions[0].id
    shop.redeem(codes[1], order=order)
    so_far = NOTHING | {
        "redemptions_succeeded": 2,
        "discount_amount": 500 + 300,
        "order_amount": 20_000,
        # What each request left to pay: the second one's order has both discounts.
        "order_total_amount": 9500 + 9200,
    }
    assert totals(plain, began) == so_far
    told(shop.redemptions.rollback_redemption, first)
    assert totals(plain, began) == so_far | {
        "redemptions_rolled_back": 1,
        "discount_amount": 300,
        "order_amount": 10_000,
        "order_total_amount": 9200,
    }


def test_what_a_browser_does_counts_too(shop: Shop, plain: Plain) -> None:
    code, began = shop.discount(500).code, now()
    shop.validate_in_browser(code)
    shop.redeem_in_browser(code)
    found = totals(plain, began)
    assert (found["validations_valid"], found["redemptions_succeeded"]) == (1, 1)
    assert found["discount_amount"] == 500


def test_an_unknown_campaign_has_no_numbers(plain: Plain) -> None:
    answer = plain.ask("GET", "/v1/analytics/totals?campaign=Spring%20Sale")
    assert refused(answer) == (404, "not_found")
    assert answer.json()["resource_type"] == "campaign"
    assert answer.json()["resource_id"] == "Spring Sale"


@pytest.mark.parametrize(
    "query",
    [
        "from=soon",
        "to=2020-13-01",
        "from=2021-01-01&to=2020-01-01",
        "since=2020-01-01",
        "from=1",
        "campaign=",
        "from=0001-01-01T00:00:00%2B14:00",
        "to=9999-12-31T23:59:59-14:00",
    ],
)
def test_a_period_is_not_guessed(plain: Plain, query: str) -> None:
    answer = plain.ask("GET", f"/v1/analytics/totals?{query}")
    assert refused(answer) == (400, "invalid_query_params")


def test_a_period_may_reach_to_the_end_of_the_calendar(plain: Plain) -> None:
    body = plain.get("/v1/analytics/totals", to="9999-12-31T23:59:59.999999Z")
    assert body["to"] == "9999-12-31T23:59:59.999Z"
