"""One lock from its validation to its end: in sessions, validations, events and the log of calls."""

from typing import Any

from tests.e2e.plain import Plain
from tests.e2e.shop import Shop, new_code
from tests.e2e.system import eventually


def data(plain: Plain, path: str, **query: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = plain.ask("GET", path, params=query).json()["data"]
    return found


def test_a_lock_is_seen_from_every_side(shop: Shop, plain: Plain) -> None:
    voucher, key, customer = shop.discount(), new_code(), new_code()
    body = {
        "redeemables": [{"object": "voucher", "id": voucher.code}],
        "session": {"type": "LOCK", "key": key},
        "customer": {"source_id": customer},
        "order": {"amount": 5000},
    }
    locked = plain.ask("POST", "/v1/validations", json=body)
    assert locked.json()["valid"] is True
    (session,) = data(plain, "/v1/sessions", code=voucher.code)
    assert (session["key"], session["holds"][0]["code"]) == (key, voucher.code)
    assert session["customer"]["source_id"] == customer

    (validation,) = data(plain, "/v1/validations", session_key=key)
    assert validation["id"] == locked.json()["id"]
    one = plain.ask("GET", f"/v1/validations/{validation['id']}").json()
    assert one["answer"] == locked.json()

    assert plain.ask("DELETE", f"/v1/sessions/{key}").status_code == 204
    assert data(plain, "/v1/sessions", key=key) == []

    def events() -> list[dict[str, Any]]:
        found = data(plain, "/v1/audit/events", voucher=voucher.code)
        return found if all(each["api_calls"] for each in found) else []

    ended, held, made = eventually(events)
    assert [ended["type"], held["type"], made["type"]] == [
        "session.ended",
        "session.locked",
        "voucher.created",
    ]
    assert made["data"]["voucher"]["code"] == voucher.code
    assert held["api_calls"][0]["id"] == locked.headers["x-request-id"]
    call = plain.ask("GET", f"/v1/audit/api-calls/{locked.headers['x-request-id']}").json()
    assert held["id"] in call["events"]
    assert call["response"]["id"] == validation["id"]
    (change,) = data(plain, "/v1/audit/changes", entity=voucher.code)
    assert (change["action"], change["entity"]["object"]) == ("created", "voucher")
