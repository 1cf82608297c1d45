"""Time travel: support asks what a shopper's request saw."""

from typing import Any

from tests.e2e.plain import Plain, refused
from tests.e2e.shop import Shop, new_code
from tests.e2e.system import System, eventually

PATH = "/v1/validations"


def _then(plain: Plain, as_of: str, body: dict[str, Any]) -> Any:
    answer = plain.ask("POST", PATH, params={"as_of": as_of}, json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_support_sees_what_the_shopper_saw(shop: Shop, plain: Plain, system: System) -> None:
    code = shop.percent(10, redemption={"quantity": 1}).code
    shopper = {"source_id": f"as-of/{code}", "name": "Ann"}
    body = {
        "redeemables": [{"object": "voucher", "id": code}],
        "order": {"amount": 5000},
        "customer": shopper,
    }
    seen = plain.ask("POST", PATH, json=body).json()
    (kept,) = eventually(lambda: plain.get(PATH, code=code)["data"])
    redeemed = plain.ask("POST", "/v1/redemptions", json=body).json()
    refusal = plain.ask("POST", PATH, json=body).json()
    assert (seen["valid"], refusal["valid"]) == (True, False)

    then = _then(plain, kept["created_at"], body)
    fleeting = ("id", "request_id")
    assert {k: v for k, v in then.items() if k not in fleeting} == {
        k: v for k, v in seen.items() if k not in fleeting
    }
    (event,) = [
        each
        for each in plain.get("/v1/audit/events", redemption=redeemed["redemptions"][0]["id"])[
            "data"
        ]
        if each["type"] == "redemption.succeeded"
    ]
    place = event["log_id"]
    assert _then(plain, place, body)["valid"]
    # neither is among the validations that there were
    assert len(plain.get(PATH, code=code)["data"]) == 2

    future = plain.ask("POST", PATH, params={"as_of": "2100-01-01"}, json=body)
    assert refused(future) == (400, "invalid_query_params")
    assert not [each for each in system.processes("insight") if each.children()]


def test_a_qualification_of_then_knows_no_offer_of_later(shop: Shop, plain: Plain) -> None:
    before = shop.percent(10).code
    (made,) = [each for each in [plain.get(f"/v1/vouchers/{before}")] if each]
    later = new_code()
    terms = {"type": "DISCOUNT_VOUCHER", "discount": {"type": "AMOUNT", "amount_off": 300}}
    assert plain.ask("POST", f"/v1/vouchers/{later}", json=terms).status_code == 200
    path, order = "/v1/vouchers/qualification", {"order": {"amount": 5000}}
    now = plain.ask("POST", path, params={"limit": 10}, json=order).json()
    then = plain.ask(
        "POST", path, params={"limit": 10, "as_of": made["created_at"]}, json=order
    ).json()
    assert later in [each["code"] for each in now["data"]]
    codes = [each["code"] for each in then["data"]]
    assert before in codes
    assert later not in codes
