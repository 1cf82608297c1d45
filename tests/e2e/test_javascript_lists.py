"""Lists, cards, imports and what a customer holds, with the official JavaScript client."""

from pathlib import Path
from typing import Any

from tests.e2e.javascript import JavaScript
from tests.e2e.shop import new_code
from tests.e2e.system import eventually

OFF = {"type": "AMOUNT", "amount_off": 500}
COUPON = {"type": "DISCOUNT_VOUCHER", "discount": OFF}


def _vouchers(js: JavaScript, *, count: int = 1, **terms: Any) -> list[str]:
    codes = [new_code() for _ in range(count)]
    for code in codes:
        body = {"code": code} | COUPON | terms
        js.told("vouchers.create", body)
    return codes


def _campaign(js: JavaScript, **terms: Any) -> dict[str, Any]:
    body = {"name": new_code(), "campaign_type": "DISCOUNT_COUPONS", "voucher": COUPON} | terms
    return dict(js.told("campaigns.create", body))


def _done(js: JavaScript, started: dict[str, Any]) -> dict[str, Any]:
    def ask() -> dict[str, Any]:
        named = started["async_action_id"]
        found = js.told("asyncActions.get", named)
        return found if found["status"] == "DONE" else {}

    return eventually(ask)


def test_vouchers_are_found_by_filters(js: JavaScript) -> None:
    codes = sorted(_vouchers(js, count=3, metadata={"shelf": new_code()}))
    wanted = {"junction": "AND", "code": {"conditions": {"$in": [*codes, "no"]}}}
    asked = {"limit": 2, "page": 2, "order": "code", "filters": wanted}
    page = js.told("vouchers.list", asked)
    assert ([each["code"] for each in page["vouchers"]], page["total"]) == (codes[2:], 3)
    ids = [js.told("vouchers.get", code)["id"] for code in codes[:2]]
    page = js.told("vouchers.list", {"ids": ids})
    assert sorted(each["code"] for each in page["vouchers"]) == codes[:2]
    dated = {"created_at": {"after": "2200-01-01"}}
    assert js.told("vouchers.list", dated)["total"] == 0


def test_campaigns_and_what_they_gave_are_listed(js: JavaScript) -> None:
    campaign, customer = _campaign(js, vouchers_count=2), {"source_id": new_code()}
    named = {"campaigns": {"conditions": {"$is": campaign["name"]}}}
    page = js.told("campaigns.list", {"filters": named})
    assert [each["id"] for each in page["campaigns"]] == [campaign["id"]]
    asked = {"campaign": {"name": campaign["name"], "count": 2}, "customer": customer}
    given = js.told("distributions.publications.create", asked)
    page = js.told(
        "distributions.publications.list", {"campaign": campaign["name"], "result": "SUCCESS"}
    )
    assert [each["id"] for each in page["publications"]] == [given["id"]]
    held = js.told(
        "customers.listRedeemables",
        given["customer_id"],
        {"filters": {"created_at": {"conditions": {"$more_than": [1]}}}},
    )
    assert held["total"] == 0
    held = js.told(
        "customers.listRedeemables",
        given["customer_id"],
        {"limit": 1, "filters": {"campaign_id": {"conditions": {"$in": [campaign["id"]]}}}},
    )
    # a filtered page tells how many are on it
    assert (held["total"], held["has_more"], len(held["data"])) == (1, True, 1)


def test_a_card_is_filled_by_hand_and_tells_its_transactions(js: JavaScript) -> None:
    (code,) = _vouchers(js, type="GIFT_VOUCHER", discount=None, gift={"amount": 1000})
    added = js.told("vouchers.balance.create", code, {"amount": 500})
    assert (added["balance"], added["object"]) == (1500, "balance")
    js.told("redemptions.redeem", code, {"order": {"amount": 300}})
    asked = {"limit": 1, "order": "-id"}
    page = js.told("vouchers.listTransactions", code, asked)
    assert page["has_more"] is True
    rest = js.told(
        "vouchers.listTransactions",
        code,
        asked | {"starting_after_id": page["more_starting_after"]},
    )
    found = page["data"] + rest["data"]
    assert {each["type"] for each in found} == {"CREDITS_ADDITION", "CREDITS_REDEMPTION"}
    (added_row,) = (each for each in found if each["type"] == "CREDITS_ADDITION")
    assert added_row["source"].startswith("Node.js-")
    entries = js.told("redemptions.getForVoucher", code)
    assert (entries["total"], entries["redeemed_quantity"]) == (1, 1)


def test_vouchers_come_into_a_campaign(js: JavaScript, tmp_path: Path) -> None:
    campaign = _campaign(js)
    codes = [new_code() for _ in range(3)]
    rows = [{"code": codes[0], "discount": OFF}, {"code": codes[1], "metadata": {"n": 1}}]
    _done(js, js.told("campaigns.importVouchers", campaign["name"], rows))
    file = tmp_path / "codes.csv"
    file.write_text(f"Code,Active\n{codes[2]},true\n", "utf-8")
    done = _done(js, js.told("campaigns.importVouchersCSV", campaign["id"], str(file)))
    assert done["result"]["done_count"] == 1
    started = js.told("campaigns.addVoucher", campaign["id"], {}, {"vouchers_count": 4})
    _done(js, started)
    changed = js.told("campaigns.update", campaign["id"], {"description": "Summer"})
    assert (changed["vouchers_count"], changed["description"]) == (7, "Summer")
    listed = js.told("vouchers.list", {"campaign_id": campaign["id"], "limit": 100})
    assert set(codes) <= {each["code"] for each in listed["vouchers"]}
    suited = js.told("vouchers.qualifications.examine", {"order": {"amount": 1000}}, {"limit": 3})
    assert suited["object"] == "list"
    actions = js.told("asyncActions.list", {"limit": 3})
    assert started["async_action_id"] in {each["id"] for each in actions["async_actions"]}


def test_codes_are_imported_and_changed_at_once(js: JavaScript) -> None:
    codes = [new_code(), new_code()]
    rows = [{"code": code} | COUPON for code in codes]
    assert _done(js, js.told("vouchers.import", rows))["operation_status"] == "SUCCESS"
    _done(js, js.told("vouchers.bulkUpdate", [{"code": codes[0], "metadata": {"wave": 1}}]))
    assert js.told("vouchers.get", codes[0])["metadata"] == {"wave": 1}
    lock = {"type": "LOCK", "key": new_code()}
    held = {"order": {"amount": 100}, "session": lock}
    assert js.told("validations.validateVoucher", codes[1], held)["valid"] is True
    js.told("vouchers.releaseValidationSession", codes[1], lock["key"])
    again = js.refused("vouchers.releaseValidationSession", codes[1], lock["key"])
    assert again.status == 404


def test_customers_are_imported_listed_and_followed(js: JavaScript, tmp_path: Path) -> None:
    city, people = new_code(), [new_code() for _ in range(5)]
    file = tmp_path / "people.csv"
    lines = ["Name,Source_id,City", *(f"Ann,{each},{city}" for each in people)]
    file.write_text("\n".join(lines) + "\n", "utf-8")
    assert _done(js, js.told("customers.importCSV", str(file)))["result"]["done_count"] == 5
    # they were all created at one moment, which is the cursor that this client goes on from
    seen: list[str] = []
    after = "2200-01-01T00:00:00Z"
    while True:
        asked = {"city": city, "limit": 2, "starting_after": after}
        page = js.told("customers.list", asked)
        seen += [each["source_id"] for each in page["customers"]]
        if not page["has_more"]:
            break
        after = min(after, *(each["created_at"] for each in page["customers"]))
    assert sorted(seen) == sorted(people)
    rows = [{"source_id": people[0], "metadata": {"vip": True}}]
    _done(js, js.told("customers.updateInBulk", rows))
    both = {"source_ids": people[:2], "metadata": {"wave": 3}}
    _done(js, js.told("customers.updateMetadataInBulk", both))
    found = js.told("customers.get", people[0])
    assert found["metadata"] == {"vip": True, "wave": 3}
    js.told("events.create", "seen", {"customer": {"source_id": people[0]}})
    feed = js.told(
        "customers.listActivity", people[0], {"limit": 1, "type": "customer.custom_event"}
    )
    assert [each["type"] for each in feed["data"]] == ["customer.custom_event"]
    older = js.told("customers.listActivities", people[0])
    assert older["total"] >= 2


def test_orders_are_imported_and_listed(js: JavaScript) -> None:
    named = new_code()
    rows = [{"source_id": named, "amount": 900, "status": "PAID"}]
    done = _done(js, js.told("orders.import", rows))
    assert done["operation_status"] == "SUCCESS"
    saved = js.told("orders.get", named)
    page = js.told("orders.list", {"limit": 100})
    assert saved["id"] in {each["id"] for each in page["orders"]}
