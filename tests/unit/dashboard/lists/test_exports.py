"""Files of lists: they hold what the list shows, by the same filters."""

from urllib.parse import urlencode

import pytest

from services.dashboard.sections.exports.listed import fields_of
from services.dashboard.sections.redemptions.pages import REDEMPTIONS
from services.dashboard.sections.vouchers.pages import VOUCHERS
from tests.unit.dashboard.forms import fields_of as form_of
from tests.unit.dashboard.kit import Browser, FakeApi

EMPTY = {"vouchers": [], "redemptions": [], "total": 0}


@pytest.mark.parametrize(
    ("path", "condition", "filters"),
    [
        ("vouchers", "active:is:expired", {"active": {"conditions": {"$expired": ["true"]}}}),
        (
            "vouchers",
            "gift.balance:more_than:5",
            {"gift.balance": {"conditions": {"$more_than": ["500"]}}},
        ),
        (
            "redemptions",
            "amount:more_than:12.50",
            {"amount": {"conditions": {"$more_than": ["1250"]}}},
        ),
        (
            "redemptions",
            "metadata.x:has_value",
            {"metadata.x": {"conditions": {"$has_value": ["true"]}}},
        ),
    ],
)
def test_a_file_has_the_rows_that_the_list_shows(
    path: str, condition: str, filters: dict[str, object]
) -> None:
    api = FakeApi()
    api.says("GET", f"/v1/{path}", EMPTY)
    page = Browser(api).get(f"/{path}?{urlencode({'f': condition})}")
    (href,) = [each for each in page.links if each.startswith("/exports/new")]
    api.says("POST", "/v1/exports", {"id": "exp_1"})
    Browser(api).post("/exports/new", form_of(Browser(api).get(href)))
    sent = api.sent("POST", "/v1/exports")["parameters"]["filters"]
    assert sent == filters | {"junction": "and"}


def test_each_list_that_offers_files_has_its_filters_known_there() -> None:
    assert fields_of(VOUCHERS.export) == VOUCHERS.fields
    assert fields_of(REDEMPTIONS.export) == REDEMPTIONS.fields


def test_a_form_and_a_file_say_by_name_which_rows_were_chosen() -> None:
    api = FakeApi()
    api.says("GET", "/v1/campaigns/camp_1", {"id": "camp_1", "name": "Winter sale"})
    browser = Browser(api)
    form = browser.get("/exports/new?object=voucher&f=campaign_id:is:camp_1")
    assert "Campaign is Winter sale" in form.texts("span", class_="chip")
    conditions = {
        "campaign_id": {"$is": ["camp_1"]},
        "active": {"$expired": ["true"]},
        "gift.balance": {"$more_than": ["500"]},
        "created_at": {"$after": ["2026-11-01T00:00:00Z"]},
        "strange": {"$is": ["<b>"]},
    }
    filters = {name: {"conditions": each} for name, each in conditions.items()}
    asked = {"fields": ["code", "voucher_type"], "order": "-created_at", "filters": filters}
    row = {"id": "exp_1", "exported_object": "voucher", "status": "DONE", "parameters": asked}
    api.says("GET", "/v1/exports/exp_1", row)
    page = browser.get("/exports/exp_1")
    said = [each.text for each in page.find("main").find_all("li")]
    assert said == [
        "Campaign is Winter sale",
        "State is expired",
        "Gift balance is more than €5.00",
        "Created is after 1 Nov 2026, 01:00:00",
        "strange is <b>",
    ]
    for each in ("code, voucher type", "created at, newest first"):
        assert each in page.root.text


def test_a_file_of_all_rows_says_so() -> None:
    api = FakeApi()
    row = {"id": "exp_1", "exported_object": "order", "status": "DONE", "parameters": {}}
    api.says("GET", "/v1/exports/exp_1", row)
    assert "All there are" in Browser(api).get("/exports/exp_1").root.text
