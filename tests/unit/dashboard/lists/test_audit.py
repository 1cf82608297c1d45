"""The audit log: one of many changes of a moment."""

from typing import Any

from engine.answers.changes import OBJECTS
from services.dashboard.sections.audit.changes import KINDS, PLACES
from tests.unit.dashboard.kit import Browser, FakeApi


def test_a_change_is_found_among_thousands_of_its_moment() -> None:
    api = FakeApi()
    moment = "2026-03-01T10:00:00.500Z"
    api.says("GET", "/v1/audit/events/ev_7", {"id": "ev_7", "created_at": moment})
    row = {"id": "ev_7", "action": "updated", "entity": {"object": "voucher", "id": "v_1"}}
    rows = [{**row, "id": f"ev_{at}", "created_at": moment} for at in range(100)]
    api.says("GET", "/v1/audit/changes", {"data": rows})
    assert Browser(api).get("/changes/ev_7").find("h1").text == "Voucher updated"
    (asked,) = api.asked_for("GET", "/v1/audit/changes")
    assert asked.url.params["created_at[after]"] == "2026-03-01T10:00:00.499000+00:00"
    assert asked.url.params["created_at[before]"] == "2026-03-01T10:00:00.501000+00:00"
    assert asked.url.params["page"] == "1"


def test_changes_are_filtered_by_the_kinds_that_the_api_knows() -> None:
    assert sorted(KINDS) == sorted(set(OBJECTS.values()))
    assert set(PLACES) <= set(KINDS)


def failing() -> FakeApi:
    """An API with an attempt that failed."""
    api = FakeApi()
    api.says("GET", "/v1/webhook-deliveries", {"data": [attempt("dlv_1", "failed", 500)]})
    again = "/management/v1/projects/proj_1/webhooks/wh_1/redeliveries"
    api.says("POST", again, {"event_id": "ev_1"}, 202)
    return api


def attempt(attempt_id: str, result: str, status: int) -> dict[str, Any]:
    """An attempt to tell a webhook of an event."""
    return {
        "id": attempt_id,
        "webhook_id": "wh_1",
        "event_id": "ev_1",
        "event": "voucher.disabled",
        "result": result,
        "http_status": status,
        "duration_ms": 12,
    }


def test_what_is_sent_once_more_is_followed_until_it_arrived() -> None:
    api = failing()
    browser = Browser(api)
    page = browser.get("/send-outs/ev_1,dlv_1")
    again = page.find("form", hx_target="#outcome")["hx-post"]
    sent = browser.post(again, into="outcome").find(id="outcome")
    assert "on its way" in sent.text
    waiting = browser.get(sent["hx-get"], into="outcome").find(id="outcome")
    assert "on its way" in waiting.text
    rows = [attempt("dlv_2", "delivered", 200), attempt("dlv_1", "failed", 500)]
    api.says("GET", "/v1/webhook-deliveries", {"data": rows})
    arrived = browser.get(waiting["hx-get"], into="outcome").find(id="outcome")
    assert arrived.text.startswith("It arrived: 200 after 12 ms")
    assert not arrived.has(hx_get=waiting["hx-get"])


def test_what_has_no_answer_for_long_is_not_asked_for_any_more() -> None:
    address = "/send-outs/wh_1/ev_1/outcome?seen=dlv_1&turn="
    for turn in ("60", "9" * 5_000):
        page = Browser(failing()).get(address + turn, into="outcome")
        assert "There is no answer yet" in page.text
        assert page.links == ["/send-outs?f=event_id:is:ev_1"]
        assert "hx-get" not in page.text
