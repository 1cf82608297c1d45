"""Comboboxes and the search of everything: what is found by typing, and what is offered if nothing is."""

from typing import Any

import httpx
import pytest

from tests.unit.dashboard.kit import Browser, FakeApi, me_with

ANN = {"id": "cust_1", "name": "Ann Lee", "email": "ann@shop.example", "source_id": "a-1"}
OTHER_ANN = {"id": "cust_2", "name": "Ann Lee", "source_id": "a-2"}


def test_capital_letters_do_not_matter_where_somebody_types() -> None:
    api = FakeApi()
    api.says("GET", "/v1/customers", {"customers": [ANN]})
    page = Browser(api).get("/lookup/customer?q=ann+lee")
    assert "Ann Lee" in page.text
    (asked,) = api.asked_for("GET", "/v1/customers")
    tried = [value for name, value in asked.url.params.multi_items() if "[name]" in name]
    assert tried == ["ann lee", "ANN LEE", "Ann lee", "Ann Lee"]
    assert asked.url.params["filters[junction]"] == "or"


def test_two_of_one_name_are_told_apart_where_one_is_chosen_and_where_all_is_searched() -> None:
    api = FakeApi()
    api.says("GET", "/v1/customers", {"customers": [ANN, OTHER_ANN]})
    for address in ("/lookup/customer?q=Ann", "/find?q=Ann"):
        page = Browser(api).get(address)
        said = [each.text for each in page.find_all(role="option")]
        assert [each.split("Customer")[0].strip() for each in said] == [
            "Ann Lee ann@shop.example",
            "Ann Lee a-2",
        ]


@pytest.mark.parametrize(
    ("kind", "path", "rows", "address"),
    [
        ("validation-rule", "/v1/validation-rules", "data", "/validation-rules/new"),
        ("segment", "/v1/segments", "data", "/segments/new"),
        ("category", "/v1/categories", "data", "/categories"),
        ("customer", "/v1/customers", "customers", "/customers/new"),
    ],
)
def test_what_is_not_there_can_be_made_beside_the_form(
    kind: str, path: str, rows: str, address: str
) -> None:
    api = FakeApi()
    api.says("GET", path, {rows: []})
    link = Browser(api).get(f"/lookup/{kind}?q=new").find("a", role="option")
    assert (link["href"], link["target"]) == (address, "_blank")
    viewer = FakeApi(me_with("customers.read", "rules.read"))
    viewer.says("GET", path, {rows: []})
    page = Browser(viewer).get(f"/lookup/{kind}?q=new")
    assert page.root.text == "Nothing found"
    assert page.find_all("a") == []


def test_only_promotions_are_offered_where_tiers_are_combined() -> None:
    api = FakeApi()
    api.says("GET", "/v1/campaigns", {"campaigns": [{"id": "camp_1", "name": "Every day"}]})
    assert "Every day" in Browser(api).get("/lookup/promotion?q=every").text
    (asked,) = api.asked_for("GET", "/v1/campaigns")
    assert asked.url.params["campaign_type"] == "PROMOTION"


def test_campaigns_whose_codes_can_be_rewards_are_offered_for_one() -> None:
    api = FakeApi()
    api.says("GET", "/v1/campaigns", {"campaigns": [{"id": "camp_1", "name": "Raffle"}]})
    assert "Raffle" in Browser(api).get("/lookup/reward-campaign?q=raffle").text
    (asked,) = api.asked_for("GET", "/v1/campaigns")
    kinds = {value for name, value in asked.url.params.multi_items() if "[campaign_type]" in name}
    assert kinds == {"DISCOUNT_COUPONS", "GIFT_VOUCHERS", "LOYALTY_PROGRAM", "GIVEAWAY"}


def test_the_export_of_a_list_follows_the_filters_that_are_set() -> None:
    api = FakeApi()
    api.says("GET", "/v1/redemptions", {"redemptions": [], "total": 0})
    asked = "/redemptions?field=result&op=is&value=FAILURE"
    part = Browser(api).get(asked, into="list")
    export = part.find("a", id="export")
    assert export["href"] == "/exports/new?object=redemption&f=result%3Ais%3AFAILURE"
    assert export["hx-swap-oob"] == "true"
    assert part.headers["hx-push-url"] == "/redemptions?f=result%3Ais%3AFAILURE"
    page = Browser(api).get("/redemptions?f=result:is:FAILURE")
    assert page.find("a", id="export")["href"] == export["href"]
    viewer = FakeApi(me_with("redemptions.read"))
    viewer.says("GET", "/v1/redemptions", {"redemptions": [], "total": 0})
    assert not Browser(viewer).get(asked, into="list").find_all("a", id="export")


def test_notifications_say_in_words_what_they_are_about() -> None:
    alert = {
        "type": "failures.rising",
        "value": 51,
        "threshold": 50,
        "subject": "camp_1/quantity_exceeded",
        "campaign_id": "camp_1",
    }
    rows = [
        {"type": "alert.raised", "details": alert},
        {"type": "export.done", "details": {"exported_object": "redemption", "rows": 1676}},
        {"type": "export.failed", "details": {"reason": "no_space"}},
    ]
    api = FakeApi()
    api.says("GET", "/v1/notifications", {"notifications": rows, "unread": 3})
    page = Browser(api).get("/notifications")
    text = page.find("ol", class_="feed").text
    for said in (
        "Refusals of a minute rise (quantity exceeded): 51, told from 50 on",
        "Redemption, 1,676 rows",
        "reason no_space",
    ):
        assert said in text
    assert "/campaigns/camp_1" in page.links


class Categories(FakeApi):
    """Has 120 categories, a page of which is as long as it is asked for."""

    def __call__(self, request: httpx.Request) -> httpx.Response:
        asked = request.url.params
        if request.url.path == "/v1/categories":
            every = [{"id": f"cat_{at}", "name": f"Number {at}"} for at in range(120)]
            limit, page = int(asked.get("limit", 10)), int(asked.get("page", 1))
            rows: Any = every[(page - 1) * limit : page * limit]
            self.says("GET", "/v1/categories", {"data": rows, "total": len(every)})
        return super().__call__(request)


def test_a_category_is_found_wherever_it_stands_in_the_list() -> None:
    api = Categories()
    page = Browser(api).get("/lookup/category?q=number+119")
    assert page.texts("div", role="option") == ["Number 119"]
    asked = [each.url.params["page"] for each in api.asked_for("GET", "/v1/categories")]
    assert asked == ["1", "2"]
    assert len(Browser(api).get("/lookup/category").texts("div", role="option")) == 10


def test_the_newest_stay_those_of_the_chosen_campaign() -> None:
    api = FakeApi(me_with())
    api.says("GET", "/v1/redemptions", {"redemptions": []})
    part = Browser(api).get("/newest?campaign=Spring+%26+more", into="newest")
    (asked,) = api.asked_for("GET", "/v1/redemptions")
    assert asked.url.params["campaign"] == "Spring & more"
    assert part.find("section", id="newest")["hx-get"] == "/newest?campaign=Spring+%26+more"
    assert Browser(api).get("/newest").find("section", id="newest")["hx-get"] == "/newest"
