"""The log of API calls: who asked for what, and what became of it."""

from typing import Any

from tests.contract.answers import client
from tests.e2e.plain import ORIGIN, Plain, refused
from tests.e2e.shop import Shop, new_code
from tests.e2e.system import System, eventually

PATH = "/v1/audit/api-calls"


def calls(plain: Plain, **query: Any) -> list[dict[str, Any]]:
    body = plain.ask("GET", PATH, params={"limit": 100, **query}).json()
    found: list[dict[str, Any]] = body["data"]
    return found


def test_a_call_is_logged_with_its_outcome_and_without_what_was_said(
    plain: Plain, system: System
) -> None:
    code, email = new_code(), f"{new_code()}@shop.test"
    missing = plain.ask("GET", f"/v1/vouchers/{code}", params={"email": email})
    (call,) = eventually(lambda: calls(plain, path=f"/v1/vouchers/{code}"))
    assert call.pop("duration_ms") > 0
    assert call.pop("created_at").endswith("Z")
    assert call == {
        "id": missing.headers["x-request-id"], "object": "api_call", "method": "GET",
        "path": f"/v1/vouchers/{code}", "route": "/v1/vouchers/{id}", "status": 404,
        "key": {"id": system.keys["app_id"], "kind": "server"}, "origin": "API", "channel": "API",
        "ignored_members": [], "query": "email=*", "type": "vouchers", "record": None,
    }  # fmt: skip
    plain.ask("GET", f"/v1/customers/{email}")
    found = eventually(lambda: calls(plain, path="/v1/customers/*", status="404"))
    assert found[0]["route"] == "/v1/customers/{id}"
    whole = plain.ask("GET", PATH, params={"limit": 100}).text
    assert email not in whole


def test_a_call_tells_what_it_said(plain: Plain, shop: Shop) -> None:
    name, code = new_code(), shop.discount().code
    offer = {"redeemables": [{"object": "voucher", "id": code}]}
    asked = [
        plain.ask("POST", "/v1/categories", json={"name": name, "hierarchy": 7}),
        plain.ask("POST", "/v1/validations", json=offer),
        plain.ask("POST", "/v1/redemptions", json={**offer, "metadata": {"till": 3}}),
        plain.ask("POST", "/v1/customers", json={"source_id": name}),
    ]

    def request_of(answer: Any) -> tuple[Any, ...]:
        path = f"{PATH}/{answer.headers['x-request-id']}"
        whole = eventually(lambda: plain.ask("GET", path).json().get("request"))
        return whole["from"] or whole["reason"], whole["body"]

    assert [each.status_code for each in asked] == [200] * 4
    assert request_of(asked[0]) == ("call", {"name": name, "hierarchy": 7})
    source, body = request_of(asked[1])
    assert (source, body["redeemables"]) == ("validation", offer["redeemables"])
    assert request_of(asked[2]) == ("record", {**offer, "metadata": {"till": 3}})
    assert request_of(asked[3]) == ("personal", None)


def test_calls_are_filtered_by_what_is_known_of_them(
    shop: Shop, plain: Plain, system: System
) -> None:
    code = shop.discount().code
    with client(base_url=system.url, headers=system.server_key, patient=True) as other:
        named = {"x-voucherify-channel": code}
        body = {"redeemables": [{"object": "voucher", "id": code}]}
        answers = [
            other.get(f"/v1/vouchers/{code}", headers=named),
            other.post("/v1/redemptions", json=body, headers=named),
            other.post("/v1/redemptions", json={}, headers=named),
            other.get("/v1/vouchers?limit=1", headers=named),
        ]
    ids = [each.headers["x-request-id"] for each in answers]
    assert [each.status_code for each in answers] == [200, 200, 400, 200]
    ours = {"channel": code}
    eventually(lambda: len(calls(plain, **ours)) == 4)

    def found(**query: str) -> list[int]:
        return sorted(ids.index(each["id"]) for each in calls(plain, **ours, **query))

    assert found() == [0, 1, 2, 3]
    assert found(origin=code) == [0, 1, 2, 3]
    assert found(status="200") == [0, 1, 3]
    assert found(status="4xx") == [2]
    assert found(method="post") == [1, 2]
    assert found(path="/v1/redemptions") == [1, 2]
    assert found(path="/v1/vouchers/{id}") == [0]
    assert found(**{"filters[path][conditions][$starts_with]": "/v1/vouchers"}) == [0, 3]
    assert found(**{"filters[status][conditions][$more_than_equal]": "400"}) == [2]
    assert found(**{"created_at[before]": "2020-01-01"}) == []
    assert found(**{"created_at[after]": "2020-01-01"}) == [0, 1, 2, 3]
    newest = [ids.index(each["id"]) for each in calls(plain, **ours)]
    oldest = [ids.index(each["id"]) for each in calls(plain, order="created_at", **ours)]
    assert (newest, oldest) == ([3, 2, 1, 0], [0, 1, 2, 3])
    page = plain.get(PATH, limit=3, page=2, **ours)
    assert (len(page["data"]), page["total"]) == (1, 4)


def test_a_browser_is_known_by_its_site(shop: Shop, plain: Plain) -> None:
    shop.validate_in_browser(shop.discount().code)
    (call, *_) = eventually(lambda: calls(plain, origin=ORIGIN, path="/client/v1/validations"))
    assert call["key"]["kind"] == "client"
    assert call["status"] == 200


def test_who_has_no_key_is_in_nobodys_log(plain: Plain, system: System) -> None:
    path = f"/v1/vouchers/{new_code()}"
    with client(base_url=system.url, patient=True) as nobody:
        assert nobody.get(path).status_code == 401
    after = plain.ask("GET", f"{path}-2").headers["x-request-id"]
    eventually(lambda: after in [each["id"] for each in calls(plain)])
    assert calls(plain, path=path) == []


def test_what_cannot_be_asked_is_refused_by_name(plain: Plain) -> None:
    for query, named in (
        ("status=many", "status"),
        ("status=9xx", "status"),
        ("colour=red", "colour"),
        ("order=ignored_members", "order"),
        ("filters[body][conditions][$is]=x", "filters[body]"),
    ):
        answer = plain.ask("GET", f"{PATH}?{query}")
        assert refused(answer) == (400, "invalid_query_params")
        assert named in answer.json()["details"]


def test_one_log_tells_of_calls_and_of_what_goes_on_behind_them(plain: Plain, shop: Shop) -> None:
    code = shop.discount().code
    rows = [{"code": code, "metadata": {"a": 1}}]
    update = plain.ask("POST", "/v1/vouchers/bulk/async", json=rows)
    action = update.json()["async_action_id"]
    export = plain.ask("POST", "/v1/exports", json={"exported_object": "order"}).json()["id"]

    def entries(**query: Any) -> dict[str, Any]:
        found = plain.get("/v1/audit/log", limit=100, **query)["data"]
        return {each["id"]: each for each in found}

    def done() -> bool:
        return {action, export} <= set(entries(outcome="ok"))

    eventually(done)
    assert entries(kind="task")[action]["entry"]["type"] == "VOUCHERS.BULK_UPDATE"
    assert entries(kind="export")[export]["entry"]["exported_object"] == "order"
    called = update.headers["x-request-id"]
    eventually(lambda: called in entries(kind="api_call"))
    assert entries(kind="api_call")[called]["type"] == "vouchers"
    newest = list(entries())
    assert newest.index(export) < newest.index(action)


def test_from_a_redemption_to_its_events_and_to_the_call_that_made_it(
    plain: Plain, shop: Shop
) -> None:
    body = {"redeemables": [{"object": "voucher", "id": shop.discount().code}]}
    redeemed = plain.ask("POST", "/v1/redemptions", json=body)
    (redemption,) = (each["id"] for each in redeemed.json()["redemptions"])
    path = f"/v1/redemptions/{redemption}/activity"
    eventually(lambda: plain.get(path)["data"][-1]["api_calls"])
    entry = plain.get(path, type="redemption.succeeded")["data"][0]
    assert [each["id"] for each in entry["api_calls"]] == [redeemed.headers["x-request-id"]]
    event = plain.get(f"/v1/audit/events/{entry['event_id']}")
    assert event["redemption_ids"] == [redemption]
    call = plain.get(f"{PATH}/{entry['api_calls'][0]['id']}")
    assert entry["event_id"] in call["events"]
    plain.ask("POST", f"/v1/redemptions/{redemption}/rollback")
    newest = plain.get(path, limit=1, type="redemption.rollback.succeeded")["data"]
    assert newest[0]["data"]["redemption_rollback"]["redemption"] == redemption
