"""The list and the calendar of campaigns, and what is done with those that are chosen."""

from typing import Any
from urllib.parse import parse_qsl

import pytest

from services.dashboard.parts.show import NOTHING
from tests.unit.dashboard.campaigns import BAD, PATH, api_with, campaign, promotion
from tests.unit.dashboard.kit import Browser, FakeApi


def asked(api: FakeApi, path: str = PATH) -> list[tuple[str, str]]:
    """The pairs of the first query of a path."""
    return parse_qsl(api.asked_for("GET", path)[0].url.query.decode())


def test_a_campaign_is_told_with_its_numbers_and_each_leads_to_the_list_behind() -> None:
    page = Browser(api_with(campaign())).get("/campaigns")
    (row,) = page.find("tbody").find_all("tr")
    for said in ("Spring", "Discount codes", "Active", "€5.00 off", "Always", "7", "12", "3"):
        assert said in row.text
    assert "€55.00" in row.text
    assert "91%" in row.text
    assert "/campaigns/camp_1" in page.links
    assert "/redemptions?f=campaign_name%3Ais%3ASpring&f=result%3Ais%3AFAILURE" in page.links


def test_budgets_are_asked_for_of_the_page_that_is_shown() -> None:
    api = api_with(campaign(), campaign(id="camp_2"))
    Browser(api).get("/campaigns")
    assert dict(asked(api, "/v1/analytics/budgets")) == {"limit": "100", "ids": "camp_1,camp_2"}


def test_numbers_that_are_not_there_hide_no_campaign() -> None:
    api = api_with(campaign())
    api.refuses("GET", "/v1/analytics/summaries", 503)
    api.refuses("GET", "/v1/analytics/budgets", 503)
    assert "Spring" in Browser(api).get("/campaigns").find("tbody").text


def test_who_may_not_see_numbers_asks_for_none() -> None:
    api = api_with(campaign(), privileges=("campaigns.read",))
    page = Browser(api).get("/campaigns")
    assert "Spring" in page.text
    assert not api.asked_for("GET", "/v1/analytics/summaries")
    assert "/campaigns/new" not in page.links
    assert not page.find_all("input", name="keys")


@pytest.mark.parametrize(
    ("row", "word"),
    [
        (campaign(active=False), "Off"),
        (campaign(vouchers_generation_status="IN_PROGRESS"), "Making codes"),
    ],
    ids=lambda each: each if isinstance(each, str) else "",
)
def test_a_state_is_the_one_that_the_server_tells(row: dict[str, Any], word: str) -> None:
    assert word in Browser(api_with(row)).get("/campaigns").find("tbody").text


@pytest.mark.parametrize(
    ("state", "word"),
    [("active", "Active"), ("before_start", "Scheduled"), ("expired", "Ended"), ("", NOTHING)],
)
def test_a_state_by_dates_is_asked_of_the_server(state: str, word: str) -> None:
    api = api_with(campaign())
    api.states = {"camp_1": state or "nowhere"}
    assert word in Browser(api).get("/campaigns").find("tbody").text


def test_filters_go_to_the_api_as_it_names_them() -> None:
    api = api_with()
    query = "f=status:is:before_start&f=campaign_type:is:PROMOTION&f=validity_day_of_week:is:5"
    Browser(api).get(f"/campaigns?{query}")
    pairs = asked(api)
    assert ("filters[status][conditions][$before_start]", "true") in pairs
    assert ("filters[campaign_type][conditions][$is]", "PROMOTION") in pairs
    assert ("filters[validity_day_of_week][conditions][$is]", "5") in pairs


def test_text_of_a_shop_is_text() -> None:
    page = Browser(api_with(campaign(BAD, description=BAD))).get("/campaigns")
    assert BAD not in page.text
    assert BAD in page.find("tbody").text


def test_chosen_campaigns_are_switched_and_what_failed_is_told() -> None:
    api = api_with(campaign(), promotion())
    api.says("POST", f"{PATH}/camp_1/disable", {})
    api.refuses("POST", f"{PATH}/camp_2/disable", 404, details="Cannot find it")
    page = Browser(api).post("/campaigns/disable", {"keys": ["camp_1", "camp_2"]})
    assert page.status == 303
    assert "1%20off%2C%201%20not" in page.headers["set-cookie"]


def test_a_deletion_goes_to_the_bin_unless_it_is_asked_for_good() -> None:
    api = api_with(campaign())
    api.says("DELETE", f"{PATH}/camp_1", {"async_action_id": "aa_1"}, 202)
    Browser(api).post("/campaigns/delete", {"keys": "camp_1", "force": "true"})
    Browser(api).post("/campaigns/camp_1/delete", {"force": ""})
    first, second = api.asked_for("DELETE", f"{PATH}/camp_1")
    assert first.url.query == b"force=true"
    assert second.url.query == b""


def test_the_calendar_draws_a_line_from_start_to_end_that_leads_to_the_campaign() -> None:
    dates = {"start_date": "2026-02-01T00:00:00Z", "expiration_date": "2026-03-01T00:00:00Z"}
    api = api_with(
        campaign(**dates), campaign("Old", id="camp_3", expiration_date="2020-01-01T00:00:00Z")
    )
    page = Browser(api).get("/campaigns/calendar?from=2026-01")
    (line,) = page.find("svg", role="group").find_all("a")
    assert line["href"] == "/campaigns/camp_1"
    assert line["aria-label"] == "Spring: 2026-02-01 to 2026-03-01, Active"
    assert page.find("a", href="/campaigns/calendar?from=2025-07").text == "Earlier"


@pytest.mark.parametrize("month", ["", "2026-13", "0001-01", "9999-12", "x"])
def test_a_month_that_is_none_is_the_one_before_this(month: str) -> None:
    assert Browser(api_with()).get(f"/campaigns/calendar?from={month}").status == 200
