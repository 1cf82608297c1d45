"""Project settings: what is saved, tokens that are shown once, what a role does not see."""

import pytest

from schemas.scopes import SCOPES
from tests.unit.dashboard.kit import Browser, FakeApi, me_with

BASE = "/management/v1/projects/proj_1"
PROJECT = {
    "id": "proj_1",
    "name": "<script>shop</script>",
    "description": "",
    "currency": "EUR",
    "timezone": "Europe/Warsaw",
    "client_trusted_domains": ["https://shop.example"],
    "client_redeem_enabled": True,
    "case_sensitive_codes": False,
    "webhook_token": "whsec_hidden",
}
KEY = {
    "id": "key-1",
    "kind": "server",
    "name": "Till",
    "created_at": "2026-11-01T10:00:00Z",
    "last_used_at": None,
    "expires_at": None,
    "revoked_at": None,
    "replaced_by": None,
    "active": True,
}


def shop(*privileges: str) -> FakeApi:
    api = FakeApi(me_with(*privileges) if privileges else None)
    api.says("GET", BASE, PROJECT)
    api.says("PUT", BASE, PROJECT)
    ended = KEY | {"id": "key-2", "active": False, "revoked_at": "2026-11-02T10:00:00Z"}
    api.says("GET", f"{BASE}/keys", {"data": [KEY, ended]})
    api.says("GET", f"{BASE}/keys/key-1", KEY)
    api.says("GET", f"{BASE}/branding", {"data": []})
    api.says("GET", f"{BASE}/metadata-schemas", {"data": []})
    api.says("GET", f"{BASE}/custom-event-schemas", {"data": []})
    return api


def test_name_money_and_time_are_saved_and_what_is_fixed_is_told() -> None:
    api = shop()
    page = Browser(api).get("/settings")
    assert page.find("input", name="timezone")["value"] == "Europe/Warsaw"
    assert "Upper and lower case are the same" in page.text
    assert "<script>shop" not in page.text
    said = {"name": "Shop", "currency": "pln", "timezone": "Europe/Warsaw", "description": ""}
    Browser(api).post("/settings", said)
    assert api.sent("PUT", BASE) == said | {"currency": "PLN", "dial_code": None}


def test_a_project_is_not_left_without_a_name() -> None:
    api = shop()
    page = Browser(api).post("/settings", {"name": " ", "currency": "PLN", "timezone": "Etc/UTC"})
    assert page.find("span", id="name-error").text == "This is needed"
    assert not api.asked_for("PUT", BASE)


def test_what_the_api_refuses_stands_at_its_field() -> None:
    api = shop()
    api.refuses("PUT", BASE, details="Property `.timezone` is no time zone")
    page = Browser(api).post("/settings", {"name": "Shop", "currency": "PLN", "timezone": "Mars"})
    assert "no time zone" in page.find("span", id="timezone-error").text
    assert page.find("input", name="timezone")["value"] == "Mars"


def test_trusted_origins_stand_a_line_each() -> None:
    api = shop()
    assert Browser(api).get("/settings/client-side").find("textarea").text == "https://shop.example"
    said = {"client_trusted_domains": "https://a.example\r\nhttp://b.example\r\n"}
    Browser(api).post("/settings/client-side", said)
    assert api.sent("PUT", BASE) == {
        "client_trusted_domains": ["https://a.example", "http://b.example"],
        "client_redeem_enabled": False,
        "client_publish_enabled": False,
        "client_loyalty_events_enabled": False,
    }


def test_a_token_is_shown_once_with_the_headers_that_carry_it() -> None:
    api = shop()
    api.says("POST", f"{BASE}/keys", KEY | {"token": "tok-secret"})
    browser = Browser(api)
    made = browser.post("/settings/keys/new", {"kind": "server", "name": "Till"})
    assert made.texts("code") == ["key-1", "tok-secret"]
    assert "X-App-Token" in made.text
    assert "tok-secret" not in browser.get("/settings/keys").text
    assert "tok-secret" not in str(made.headers)


def test_an_oauth_client_is_made_for_what_is_chosen_and_its_secret_shown_once() -> None:
    api = shop()
    client = KEY | {"scopes": ["vouchers", "client_api"]}
    api.says("POST", f"{BASE}/keys", client | {"token": "tok-secret"})
    browser = Browser(api)
    options = {
        each["value"]
        for each in browser.get("/settings/keys/new-client").find_all("input", name="scopes")
    }
    assert options == SCOPES
    form = {"name": "Partner", "scopes": ["vouchers", "client_api"]}
    made = browser.post("/settings/keys/new-client", form)
    sent = api.sent("POST", f"{BASE}/keys")
    assert sent == {"kind": "server", "name": "Partner", "scopes": ["vouchers", "client_api"]}
    assert "tok-secret" in made.text
    assert "scope=vouchers%20client_api" in made.text
    api.says("GET", f"{BASE}/keys", {"data": [client]})
    assert "OAuth client vouchers, client_api" in browser.get("/settings/keys").root.text
    assert "tok-secret" not in browser.get("/settings/keys").text


def test_what_is_wrong_about_an_oauth_client_is_told_at_its_field() -> None:
    api = shop()
    api.refuses("POST", f"{BASE}/keys", details="Property `.scopes` should have at least 1 item")
    again = Browser(api).post("/settings/keys/new-client", {"name": "Partner"})
    assert again.find("input", name="name")["value"] == "Partner"
    assert "at least 1 item" in again.text


def test_a_key_is_replaced_with_an_overlap() -> None:
    api = shop()
    old = KEY | {"expires_at": "2026-11-30T10:00:00Z"}
    new = KEY | {"id": "key-3", "token": "tok-new", "replaces": old}
    api.says("POST", f"{BASE}/keys/key-1/rotate", new)
    assert "Replace Till" in Browser(api).get("/settings/keys/key-1/rotate").text
    page = Browser(api).post("/settings/keys/key-1/rotate", {"overlap_hours": "24"})
    assert api.sent("POST", f"{BASE}/keys/key-1/rotate") == {"overlap_hours": 24}
    assert "tok-new" in page.text
    assert "30 Nov 2026, 11:00:00" in page.text


def test_keys_are_named_and_ended() -> None:
    api = shop()
    page = Browser(api).get("/settings/keys")
    assert page.texts("h2")[-2:] == ["Keys that work", "Ended"]
    api.says("PUT", f"{BASE}/keys/key-1", KEY)
    api.says("DELETE", f"{BASE}/keys/key-1", None, 204)
    assert "refused within a second" in Browser(api).get("/settings/keys/key-1").text
    Browser(api).post("/settings/keys/key-1", {"name": "New till"})
    assert api.sent("PUT", f"{BASE}/keys/key-1") == {"name": "New till"}
    Browser(api).post("/settings/keys/key-1/end")
    assert len(api.asked_for("DELETE", f"{BASE}/keys/key-1")) == 1


@pytest.mark.parametrize(
    "path", ["/settings/keys", "/settings/keys/new", "/settings/keys/key-1", "/settings/usage"]
)
def test_who_only_reads_has_neither_keys_nor_usage(path: str) -> None:
    api = shop("project.read")
    assert Browser(api).get(path).status == 403
    page = Browser(api).get("/settings")
    assert "/settings/keys" not in page.links
    assert not page.find_all("form", id="form")
    assert not Browser(api).get("/settings/brand").find_all("form", id="form")
    assert Browser(api).post("/settings", {"name": "x"}).status == 403
    assert not api.asked_for("PUT", BASE)


def test_a_brand_is_made_then_changed() -> None:
    api = shop()
    said = {"name": "Shop", "street": "Long 1", "city": "Gdynia", "country": "PL"}
    page = Browser(api).post("/settings/brand", said)
    assert page.find("span", id="email-error").text == "This is needed"
    api.says("POST", f"{BASE}/branding", {})
    Browser(api).post("/settings/brand", said | {"email": "a@shop.example"})
    sent = api.sent("POST", f"{BASE}/branding")
    assert sent["contact"] == {"email": "a@shop.example", "phone": None}
    assert sent["address"]["postal"] is None
    api.says("GET", f"{BASE}/branding", {"data": [sent | {"id": "brand_1"}]})
    api.says("PUT", f"{BASE}/branding/brand_1", {})
    assert Browser(api).get("/settings/brand").find("input", name="city")["value"] == "Gdynia"
    Browser(api).post("/settings/brand", said | {"email": "b@shop.example"})
    assert api.sent("PUT", f"{BASE}/branding/brand_1")["contact"]["email"] == "b@shop.example"


def test_a_metadata_schema_is_made_line_by_line() -> None:
    api = shop()
    api.says("POST", f"{BASE}/metadata-schemas", {})
    line = {"lines": "1", "object": "voucher", "property-0": "shop", "type-0": "string"}
    more = Browser(api).post("/settings/metadata/new", line | {"more": "true"})
    assert more.find("input", id="property-0")["value"] == "shop"
    assert more.find("input", id="property-1")["value"] == ""
    assert not api.asked_for("POST", f"{BASE}/metadata-schemas")
    done = line | {"needed-0": "true", "allowed-0": "Gdynia, Sopot"}
    Browser(api).post("/settings/metadata/new", done)
    property_ = {
        "type": "string",
        "optional": False,
        "deleted": False,
        "array": False,
        "eq": ["Gdynia", "Sopot"],
    }
    assert api.sent("POST", f"{BASE}/metadata-schemas") == {
        "related_object": "voucher",
        "properties": {"shop": property_},
        "allow_defined_only": False,
    }


def test_what_a_form_has_no_input_for_stays() -> None:
    api = shop()
    schema = {
        "id": "ms_1",
        "related_object": "order",
        "properties": {"note": {"type": "string", "optional": True, "max_length": 20}},
    }
    api.says("GET", f"{BASE}/metadata-schemas/ms_1", schema)
    api.says("PUT", f"{BASE}/metadata-schemas/ms_1", schema)
    page = Browser(api).get("/settings/metadata/ms_1")
    rest = page.find("input", name="rest-0")["value"]
    said = {"lines": "1", "property-0": "note", "type-0": "string", "rest-0": rest}
    Browser(api).post("/settings/metadata/ms_1", said)
    sent = api.sent("PUT", f"{BASE}/metadata-schemas/ms_1")["properties"]["note"]
    assert (sent["max_length"], sent["optional"]) == (20, True)


def test_a_refused_property_is_named() -> None:
    api = shop()
    path = f"{BASE}/custom-event-schemas"
    api.refuses("POST", path, details="Property `.schema.properties.when.type` is wrong")
    said = {"name": "cart.left", "lines": "1", "property-0": "when", "type-0": "date"}
    page = Browser(api).post("/settings/event-schemas/new", said)
    assert "#property-0" in page.links
    assert api.sent("POST", path)["schema"]["properties"]["when"]["type"] == "date"


def test_usage_is_told_over_time_by_key_and_by_status() -> None:
    api = shop()
    point = {"at": "2026-11-28T23:00:00Z", "calls": 9, "errors": 2}
    series = {"group": "key-1", "total": 9, "errors": 2, "last_at": None, "points": [point]}
    api.says(
        "GET", f"{BASE}/callers", {"data": [{"id": "key-1", "kind": "server", "name": "Till"}]}
    )
    usage = {"total": 9, "errors": 2, "series": [series]}
    api.says("GET", "/v1/analytics/api-usage", usage)
    page = Browser(api).get("/settings/usage?period=7d")
    assert "Till" in page.find("section", aria_label="By key").text
    assert page.find("div", role="img").attributes["data-chart"] == "stacked"
    groups = [each.url.params.get("group_by") for each in api.asked if "usage" in each.url.path]
    assert groups == [None, None, "key", "status"]
