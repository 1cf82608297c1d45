"""Days, hours and timeframes: typed, kept, and told of what is closed at this hour."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from services.dashboard.parts.hours import can_hold_hours, hour_values, read_hours
from services.dashboard.sections.vouchers.giving import standing, standing_within
from tests.unit.dashboard.campaigns import PATH, api_with, campaign
from tests.unit.dashboard.forms import fields_of
from tests.unit.dashboard.kit import Browser, FakeApi

WARSAW = ZoneInfo("Europe/Warsaw")
#: A Wednesday, 11:30 in Warsaw.
NOON = datetime(2026, 11, 25, 10, 30, tzinfo=UTC)
MORNING = {"daily": [{"start_time": "08:00", "expiration_time": "12:00"}]}
EVENING = {"daily": [{"start_time": "20:00", "expiration_time": "02:00"}]}
FIRST_DAY = {"duration": "P1D", "interval": "P1W"}
ROW: dict[str, Any] = {
    "id": "v_1",
    "code": "EARLY",
    "type": "DISCOUNT_VOUCHER",
    "active": True,
    "discount": {"type": "PERCENT", "percent_off": 10},
    "created_at": "2026-11-23T09:00:00.000Z",
}


def shop(**more: Any) -> FakeApi:
    api = FakeApi()
    api.says("GET", "/v1/vouchers/v_1", ROW | more)
    api.says("PUT", "/v1/vouchers/EARLY", ROW)
    return api


def saved(api: FakeApi, **typed: list[str]) -> Any:
    form = fields_of(Browser(api).get("/vouchers/v_1/edit")) | typed
    assert Browser(api).post("/vouchers/v_1/edit", form).status == 303
    return api.sent("PUT", "/v1/vouchers/EARLY")


def test_hours_and_a_timeframe_of_a_single_voucher_are_set_and_taken_away() -> None:
    typed = {"from_hour": ["08:00"], "to_hour": ["12:00"]}
    span = {"frame_count": ["1"], "frame_unit": ["D"], "every_count": ["1"], "every_unit": ["W"]}
    assert saved(shop(), **typed, **span) == {
        "metadata": {},
        "validity_hours": MORNING,
        "validity_timeframe": FIRST_DAY,
    }
    gone = {"from_hour": [""], "to_hour": [""], "frame_count": [""], "every_count": [""]}
    api = shop(validity_hours=MORNING, validity_timeframe=FIRST_DAY)
    body: dict[str, Any] = {"metadata": {}, "validity_hours": None, "validity_timeframe": None}
    assert saved(api, **gone) == body


@pytest.mark.parametrize(
    "hours",
    [
        MORNING,
        {"daily": [{"start_time": "08:00", "expiration_time": "24:00"}]},
        {"daily": [*MORNING["daily"], *EVENING["daily"]]},
        {"daily": [{**MORNING["daily"][0], "days_of_week": [1]}]},
    ],
)
def test_hours_that_nobody_touches_stay_as_they_are(hours: dict[str, Any]) -> None:
    api = shop(validity_hours=hours, validity_timeframe={"duration": "P1DT2H", "interval": "P1W"})
    assert saved(api, additional_info=["seen"]) == {"metadata": {}, "additional_info": "seen"}


def test_hours_that_the_fields_cannot_say_are_not_shown_as_others() -> None:
    several = {"daily": [*MORNING["daily"], *EVENING["daily"]]}
    page = Browser(shop(validity_hours=several)).get("/vouchers/v_1/edit")
    assert page.find_all("input", name="from_hour") == []
    assert "only the API changes them" in page.text
    assert page.find_all("input", name="frame_count")


def test_settings_of_a_campaign_keep_hours_that_the_fields_cannot_say() -> None:
    several = {"daily": [*MORNING["daily"], *EVENING["daily"]]}
    api = api_with(campaign(validity_hours=several))
    api.says("PUT", f"{PATH}/camp_1", {"id": "camp_1"})
    page = Browser(api).get("/campaigns/camp_1/settings")
    assert page.find_all("input", name="from_hour") == []
    assert "only the API changes them" in page.text
    Browser(api).post("/campaigns/camp_1/settings", fields_of(page) | {"day": ["1"]})
    assert api.sent("PUT", f"{PATH}/camp_1") == {"validity_day_of_week": [1]}


def test_half_of_an_hour_is_asked_for_at_its_field() -> None:
    api = shop()
    form = fields_of(Browser(api).get("/vouchers/v_1/edit"))
    form |= {"from_hour": ["08:00"], "frame_count": ["2"]}
    page = Browser(api).post("/vouchers/v_1/edit", form, into="form")
    assert page.find("input", name="from_hour")["aria-invalid"] == "true"
    assert page.find("input", name="frame_count")["aria-invalid"] == "true"
    assert not api.asked_for("PUT", "/v1/vouchers/EARLY")


def test_a_refusal_of_the_api_stands_at_the_hours() -> None:
    api = shop()
    said = "Property `.validity_hours.daily[0].start_time` is no time"
    api.refuses("PUT", "/v1/vouchers/EARLY", 400, details=said)
    form = fields_of(Browser(api).get("/vouchers/v_1/edit"))
    form |= {"from_hour": ["08:00"], "to_hour": ["12:00"]}
    page = Browser(api).post("/vouchers/v_1/edit", form, into="form")
    assert page.find("input", name="from_hour")["aria-invalid"] == "true"


def test_a_tier_has_hours_of_its_own() -> None:
    api = FakeApi()
    tier = {"id": "promo_1", "name": "Breakfast", "validity_hours": MORNING}
    api.says("GET", "/v1/promotions/tiers/promo_1", tier)
    api.says("PUT", "/v1/promotions/tiers/promo_1", tier)
    form = fields_of(Browser(api).get("/promotion-tiers/promo_1/edit"))
    assert (form["from_hour"], form["to_hour"]) == (["08:00"], ["12:00"])
    Browser(api).post("/promotion-tiers/promo_1/edit", form | {"to_hour": ["11:00"]})
    hours = {"daily": [{"start_time": "08:00", "expiration_time": "11:00"}]}
    sent = api.sent("PUT", "/v1/promotions/tiers/promo_1")
    assert sent == {"metadata": {}, "validity_hours": hours}


def test_what_is_read_is_what_was_shown() -> None:
    row = {"validity_hours": EVENING, "validity_timeframe": {"duration": "PT2H", "interval": "P1D"}}
    assert can_hold_hours(row)
    assert read_hours(hour_values(row), {}) == row


@pytest.mark.parametrize(
    ("terms", "word"),
    [
        ({}, "Active"),
        ({"validity_hours": MORNING}, "Active"),
        ({"validity_hours": EVENING}, "Outside its hours"),
        ({"validity_hours": {"daily": [*EVENING["daily"], *MORNING["daily"]]}}, "Active"),
        ({"validity_day_of_week": [3]}, "Active"),
        ({"validity_day_of_week": [0, 6]}, "Outside its hours"),
        ({"validity_timeframe": FIRST_DAY}, "Outside its hours"),
        ({"validity_timeframe": FIRST_DAY, "start_date": "2026-11-25T08:00:00Z"}, "Active"),
        ({"validity_timeframe": FIRST_DAY, "created_at": None}, "Active"),
        ({"validity_hours": EVENING, "active": False}, "Disabled"),
        ({"validity_hours": EVENING, "expiration_date": "2026-11-01T00:00:00Z"}, "Expired"),
    ],
)
def test_a_status_says_what_is_closed_at_this_hour(terms: dict[str, Any], word: str) -> None:
    assert standing(ROW | terms, NOON, WARSAW)[0] == word


def test_the_hours_are_those_of_the_projects_zone() -> None:
    row = ROW | {"validity_hours": MORNING}
    at = datetime(2026, 11, 25, 11, 30, tzinfo=UTC)
    assert standing(row, at, WARSAW)[0] == "Outside its hours"
    assert standing(row, at, ZoneInfo("Etc/UTC"))[0] == "Active"


@pytest.mark.parametrize(
    ("campaign", "own", "word"),
    [
        ({"validity_hours": EVENING}, "Active", "Campaign is outside its hours"),
        ({"validity_hours": EVENING}, "Outside its hours", "Outside its hours"),
        ({"active": False}, "Outside its hours", "Campaign is off"),
        ({"validity_hours": MORNING}, "Active", "Active"),
        ({"validity_hours": EVENING}, "Used up", "Used up"),
    ],
)
def test_the_hours_of_a_campaign_bind_its_codes(
    campaign: dict[str, Any], own: str, word: str
) -> None:
    told = standing_within((own, "good"), campaign, NOON, WARSAW, "Campaign")
    assert told[0] == word
