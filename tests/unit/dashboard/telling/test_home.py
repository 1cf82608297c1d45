"""The first page: of which campaign, and what is ahead."""

from tests.unit.dashboard.forms import fields_of
from tests.unit.dashboard.kit import Browser, FakeApi


def test_a_campaign_is_chosen_within_the_period() -> None:
    api = FakeApi()
    api.says("GET", "/v1/campaigns", {"campaigns": [{"id": "camp_1", "name": "Sale"}]})
    page = Browser(api).get("/?period=7d&campaign=Sale")
    chooser = page.find("form", aria_label="Campaign")
    hidden = {each["name"]: each["value"] for each in chooser.find_all("input", type="hidden")}
    assert hidden == {"period": "7d", "campaign": "Sale"}
    option = Browser(api).get("/lookup/campaign-name?q=sa").find("div", role="option")
    assert (option["data-value"], option.text) == ("Sale", "Sale")
    assert fields_of(page)["period"]


def test_what_ends_first_stands_first_whenever_it_was_made() -> None:
    api = FakeApi()
    rows = [
        {"id": f"c_{day}", "name": f"Ends {day}", "expiration_date": f"2026-03-{day}T00:00:00Z"}
        for day in range(20, 10, -1)
    ]
    api.says("GET", "/v1/campaigns", {"campaigns": rows})
    soon = Browser(api).get("/").find("ol", class_="soon")
    assert [each.text for each in soon.find_all("a")][-5:] == [
        f"Ends {day}" for day in range(11, 16)
    ]
