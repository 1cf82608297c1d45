"""What is done with many rows at once, where some of them are refused."""

from urllib.parse import unquote

import pytest

from tests.unit.dashboard.forms import fields_of
from tests.unit.dashboard.kit import Browser, FakeApi, Page


def _said(page: Page) -> str:
    """What the next page tells."""
    cookie = page.headers["set-cookie"].partition("tessera-said=")[2].partition(";")[0]
    return unquote(cookie.strip('"'))


@pytest.mark.parametrize(
    ("action", "method", "path", "said"),
    [
        ("/bin/delete", "DELETE", "/v1/trash-bin/{}", "deleted for good"),
        ("/sessions/release", "DELETE", "/v1/sessions/{}", "released"),
        ("/promotion-tiers/disable", "POST", "/v1/promotions/tiers/{}/disable", "disabled"),
        ("/customers/delete", "DELETE", "/v1/customers/{}", "deleted"),
        ("/validation-rules/delete", "DELETE", "/v1/validation-rules/{}", "deleted"),
        ("/campaigns/disable", "POST", "/v1/campaigns/{}/disable", "off"),
    ],
)
def test_one_that_is_refused_keeps_no_other_from_being_done(
    action: str, method: str, path: str, said: str
) -> None:
    api = FakeApi()
    for each in ("a", "c"):
        api.says(method, path.format(each), {})
    api.refuses(method, path.format("b"), details="It is in use")
    page = Browser(api).post(action, {"keys": ["a", "b", "c"]})
    assert page.status == 303
    assert _said(page) == f"2 {said}, 1 not: It is in use"
    assert api.asked_for(method, path.format("c"))


def test_all_of_a_filter_in_the_bin_are_deleted_for_good_in_the_background() -> None:
    api = FakeApi()
    row = {"id": "tbe_1", "resource_type": "voucher", "resource_name": "SPRING-1"}
    body = {"data": [row], "total": 240, "has_more": True, "more_starting_after": "tbe_1"}
    api.says("GET", "/v1/trash-bin", body)
    api.says("POST", "/v1/trash-bin/bulk/async", {"async_action_id": "aa_1"}, 202)
    listed = Browser(api).get("/bin?f=resource_name:starts_with:SPRING")
    assert listed.find("button", data_select="all").text == "Choose all 240"
    assert any("page=2" in each for each in listed.links)
    chosen = fields_of(listed)["f"][:1]
    form = {"all": "true", "f": chosen, "keys": ["tbe_1"], "idempotency_key": "k-1"}
    page = Browser(api).post("/bin/delete", form)
    assert page.headers["location"] == "/bin/work/aa_1"
    (request,) = api.asked_for("POST", "/v1/trash-bin/bulk/async")
    assert request.headers["idempotency-key"] == "k-1"
    filters = {"resource_name": {"conditions": {"$starts_with": ["SPRING"]}}}
    assert api.sent("POST", "/v1/trash-bin/bulk/async") == {"filters": filters}
    assert not [each for each in api.asked if each.method == "DELETE"]


def test_a_filter_that_the_bin_does_not_know_deletes_nothing() -> None:
    api = FakeApi()
    form = {"all": "true", "f": ["resource_name:is:A", "strange:is:B"]}
    assert Browser(api).post("/bin/delete", form).status == 400
    assert {each.method for each in api.asked} == {"GET"}


def test_how_far_the_bin_is_leads_back_to_it() -> None:
    api = FakeApi()
    row = {"id": "aa_1", "status": "DONE", "type": "CAMPAIGN.VOUCHERS_DELETE"}
    api.says("GET", "/v1/async-actions/aa_1", row | {"result": {"done_count": 240}})
    page = Browser(api).get("/bin/work/aa_1")
    assert "240 done, 0 failed." in page.text
    assert "/bin" in page.links


def test_a_list_that_goes_on_by_a_cursor_has_no_second_page_by_number() -> None:
    api = FakeApi()
    rows = [{"id": "e-1", "kind": "event", "type": "x", "entry": {}}]
    api.says("GET", "/v1/audit/log", {"data": rows, "total": 240, "has_more": False})
    page = Browser(api).get("/audit-log?cursor=e-0")
    assert not [each for each in page.links if "page=2" in each]
