"""The audit log: one of many changes of a moment."""

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
