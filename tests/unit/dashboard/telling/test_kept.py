"""What was typed is kept, whatever comes of sending it."""

from tests.unit.dashboard.campaigns import PATH, api_with
from tests.unit.dashboard.forms import fields_of
from tests.unit.dashboard.kit import Browser, FakeApi


def test_a_campaign_is_typed_once_also_where_the_api_is_not_there() -> None:
    api = api_with()
    form = fields_of(Browser(api).get("/campaigns/new")) | {"name": ["Spring"], "value": ["10"]}
    api.refuses("POST", PATH, 503, key="unavailable", message="Not there yet")
    page = Browser(api).post("/campaigns/new", form)
    assert page.find("input", id="name")["value"] == "Spring"
    assert "Send it once more in a moment" in page.find(id="errors").text
    # the same request: what was made all the same is not made twice
    assert fields_of(page)["idempotency_key"] == form["idempotency_key"]


def test_metadata_that_was_taken_out_stays_out_where_something_else_is_wrong() -> None:
    api = FakeApi()
    row = {"id": "v_1", "code": "A", "discount": {"type": "PERCENT", "percent_off": 10}}
    api.says("GET", "/v1/vouchers/v_1", row | {"metadata": {"team": "shop"}})
    form = fields_of(Browser(api).get("/vouchers/v_1/edit"))
    assert form["metadata"] == ["team = shop"]
    wrong = form | {"metadata": [""], "quantity": ["many"]}
    page = Browser(api).post("/vouchers/v_1/edit", wrong, into="form")
    assert "A whole number." in page.text
    assert fields_of(page)["metadata"] == [""]
