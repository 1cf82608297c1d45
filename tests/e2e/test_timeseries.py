"""Totals over time: what was answered is in the points, and the points sum to the totals."""

from datetime import UTC, datetime, timedelta
from typing import Any

import voucherify as sdk

from tests.e2e.plain import Plain, refused
from tests.e2e.shop import Shop, new_code, told

PATH = "/v1/analytics/timeseries"


def campaign(shop: Shop) -> Any:
    """A new campaign with one voucher of 500 off."""
    body = {
        "name": new_code(), "campaign_type": "DISCOUNT_COUPONS", "type": "STATIC",
        "voucher": {"type": "DISCOUNT_VOUCHER", "discount": {"type": "AMOUNT", "amount_off": 500}},
    }  # fmt: skip
    return told(shop.campaigns.create_campaign, sdk.CampaignsCreateRequestBody.from_dict(body))


def test_a_story_over_time(shop: Shop, plain: Plain) -> None:
    made = campaign(shop)
    code = told(shop.campaigns.add_vouchers_to_campaign, made.id).code
    shop.validate(code, customer={"source_id": new_code()})
    first = shop.redeem(code).redemptions[0].id
    shop.redeem(code)
    told(shop.redemptions.rollback_redemption, first)
    for named in (made.id, made.name):
        for interval in ("hour", "day", "week", "month"):
            found = plain.get(PATH, campaign=named, interval=interval)
            (series,) = found["series"]
            assert len(series["points"]) == 30
            totals = plain.get("/v1/analytics/totals", campaign=named)["totals"]
            summed = {name: sum(each[name] for each in series["points"]) for name in totals}
            del summed["unique_customers"], totals["unique_customers"]
            assert summed == totals
            assert (totals["redemptions_succeeded"], totals["redemptions_rolled_back"]) == (2, 1)
            assert (totals["validations_valid"], totals["discount_amount"]) == (1, 500)


def test_campaigns_beside_each_other(shop: Shop, plain: Plain) -> None:
    began = datetime.now(UTC).isoformat()
    names = {}
    for times in (2, 1):
        made = campaign(shop)
        names[made.id] = made.name
        code = told(shop.campaigns.add_vouchers_to_campaign, made.id).code
        for _ in range(times):
            shop.redeem(code)
    asked = {"from": began, "interval": "hour", "group_by": "campaign"}
    found = plain.get(PATH, metrics="redemptions_succeeded,discount_amount", **asked)
    assert found["metrics"] == ["redemptions_succeeded", "discount_amount"]
    assert found["has_more"] is False
    told_of = [
        (each["campaign"], sum(point["discount_amount"] for point in each["points"]))
        for each in found["series"]
    ]
    first, second = names
    assert told_of == [
        ({"id": first, "name": names[first]}, 1000),
        ({"id": second, "name": names[second]}, 500),
    ]


def test_what_cannot_be_asked_is_refused_by_name(plain: Plain) -> None:
    year_ago = (datetime.now(UTC) - timedelta(days=365)).date().isoformat()
    for query, named in (
        ("interval=second", "interval"),
        ("metrics=colour", "metrics"),
        ("group_by=colour", "group_by"),
        ("from=2024-01-02&to=2024-01-01", "from"),
        (f"interval=hour&from={year_ago}", "interval"),
        ("colour=red", "colour"),
    ):
        answer = plain.ask("GET", f"{PATH}?{query}")
        assert refused(answer) == (400, "invalid_query_params")
        assert f"`{named}`" in answer.json()["details"]
    missing = plain.ask("GET", f"{PATH}?campaign={new_code()}")
    assert refused(missing) == (404, "not_found")
