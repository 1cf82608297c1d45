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
