"""Calls of the log that show no body."""

from tests.unit.dashboard.kit import Browser, FakeApi


def test_a_call_says_why_it_shows_no_body() -> None:
    call = {"id": "c_1", "method": "GET", "path": "/v1/x", "status": 200}
    for reason, said in (("no_body", "None"), ("personal", "Not kept: it has personal fields.")):
        api = FakeApi()
        api.says("GET", "/v1/audit/api-calls/c_1", call | {"request": {"reason": reason}})
        assert f"Request body {said} " in Browser(api).get("/api-calls/c_1").root.text
