"""Integrations: webhooks from the form to the test, and calls without a token."""

from schemas.webhooks import EVENT_NAMES
from services.dashboard.sections.integrations.webhooks import event_groups
from tests.unit.dashboard.kit import Browser, FakeApi, me_with

BASE = "/management/v1/projects/proj_1"
HOOK = {
    "id": "wh_1",
    "target_url": "https://shop.example/hook?<script>",
    "events": ["voucher.created", "redemption.succeeded", "redemption.failed"],
    "active": True,
    "created_at": "2026-11-29T10:00:00Z",
}
ATTEMPT = {
    "webhook_id": "wh_1",
    "event": "webhook.test",
    "event_id": "ev_1",
    "result": "dead",
    "http_status": 500,
    "attempt": 1,
    "duration_ms": 12,
    "created_at": "2026-11-29T10:00:00Z",
}
KEY = {"id": "key-server", "kind": "server", "active": True}


def shop(*privileges: str) -> FakeApi:
    api = FakeApi(me_with(*privileges) if privileges else None)
    api.says("GET", BASE, {"id": "proj_1", "webhook_token": "whsec_abc"})
    api.says("GET", f"{BASE}/keys", {"data": [KEY]})
    api.says("GET", f"{BASE}/webhooks", {"data": [HOOK]})
    api.says("GET", f"{BASE}/webhooks/wh_1", HOOK)
    api.says("PUT", f"{BASE}/webhooks/wh_1", HOOK)
    api.says("GET", "/v1/webhook-deliveries", {"data_ref": "data", "data": [ATTEMPT], "total": 1})
    return api


def test_every_event_stands_in_a_group() -> None:
    names = [name for _, names in event_groups() for name in names]
    assert sorted(names) == sorted(EVENT_NAMES)
    assert "Other" not in dict(event_groups())


def test_the_table_tells_how_each_webhook_fares() -> None:
    page = Browser(shop()).get("/integrations")
    row = page.find("section", aria_label="Webhooks").find_all("tr")[1].text
    for said in ("voucher.created, redemption.succeeded and 1 more", "Active", "500", " 2 "):
        assert said in row
    assert "<script>" not in row.replace("https://shop.example/hook?<script>", "")
    assert "hook?<script>" not in page.text


def test_calls_are_shown_with_the_id_of_a_key_and_no_token() -> None:
    page = Browser(shop()).get("/integrations")
    for name in ("curl", "python", "javascript"):
        assert "key-server" in page.find("pre", id=f"snippet-{name}").text
    assert "whsec_abc" not in page.text
    assert "YOUR-KEY-ID" in Browser(shop("project.read")).get("/integrations").text


def test_a_webhook_is_made_with_an_event_or_more() -> None:
    api = shop()
    api.says("POST", f"{BASE}/webhooks", HOOK)
    form = {"target_url": "https://shop.example", "active": "true"}
    page = Browser(api).post("/integrations/webhooks/new", form)
    assert "Choose one event" in page.find("div", id="errors").text
    done = Browser(api).post("/integrations/webhooks/new", form | {"events": ["alert.raised"]})
    assert done.headers["location"] == "/integrations/webhooks/wh_1"
    assert api.sent("POST", f"{BASE}/webhooks") == {
        "target_url": "https://shop.example",
        "events": ["alert.raised"],
        "active": True,
    }


def test_a_refused_address_stands_at_its_field_and_the_events_stay() -> None:
    api = shop()
    api.refuses("PUT", f"{BASE}/webhooks/wh_1", details="Property `.target_url` is private")
    said = {"target_url": "http://10.0.0.1", "events": ["alert.raised"], "active": "false"}
    page = Browser(api).post("/integrations/webhooks/wh_1/edit", said)
    assert "is private" in page.find("span", id="target_url-error").text
    assert page.find("input", value="alert.raised").has(checked="")
    assert page.find("input", name="active")["value"] == "false"


def test_it_is_paused_and_deleted() -> None:
    api = shop()
    api.says("DELETE", f"{BASE}/webhooks/wh_1", None, 204)
    Browser(api).post("/integrations/webhooks/wh_1/pause")
    assert api.sent("PUT", f"{BASE}/webhooks/wh_1")["active"] is False
    Browser(api).post("/integrations/webhooks/wh_1/delete")
    assert len(api.asked_for("DELETE", f"{BASE}/webhooks/wh_1")) == 1


def test_a_test_is_followed_until_its_outcome_is_known() -> None:
    api = shop()
    api.says("POST", f"{BASE}/webhooks/wh_1/test", {"event_id": "ev_1"}, 202)
    sent = Browser(api).post("/integrations/webhooks/wh_1/test", into="outcome")
    again = sent.find("div", id="outcome")["hx-get"]
    assert again == "/integrations/webhooks/wh_1/test/ev_1"
    known = Browser(api).get(again, into="outcome").find("div", id="outcome")
    assert "was not taken: 500" in known.text
    assert "hx-get" not in known.attributes


def test_who_only_reads_sees_neither_secret_nor_buttons() -> None:
    api = shop("project.read")
    page = Browser(api).get("/integrations/webhooks/wh_1")
    assert "whsec_abc" not in page.text
    assert "Send a test" not in page.text
    assert "/integrations/webhooks/new" not in Browser(api).get("/integrations").links
    assert Browser(api).post("/integrations/webhooks/wh_1/pause").status == 403
    assert "whsec_abc" in Browser(shop()).get("/integrations/webhooks/wh_1").text


def test_more_failures_than_an_answer_holds_are_counted_for_each_webhook() -> None:
    api = shop()
    api.says("GET", "/v1/webhook-deliveries", {"data": [ATTEMPT], "total": 240})
    assert "480" in Browser(api).get("/integrations").root.text
    asked = [each.url.params for each in api.asked_for("GET", "/v1/webhook-deliveries")]
    assert {each.get("webhook_id") for each in asked if each["limit"] == "1"} == {"wh_1"}
