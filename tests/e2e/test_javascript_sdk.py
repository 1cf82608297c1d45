"""A shop's day with the official JavaScript client, server-side and in a browser."""

from pathlib import Path
from typing import Any

from tests.e2e.javascript import JavaScript
from tests.e2e.shop import new_code
from tests.e2e.system import eventually

AMOUNT_OFF = {"type": "AMOUNT", "amount_off": 1500}


def _voucher(js: JavaScript, **terms: Any) -> str:
    body = {"code": new_code(), "type": "DISCOUNT_VOUCHER", "discount": AMOUNT_OFF} | terms
    made = js.told("vouchers.create", body)
    assert made["code"] == body["code"]
    return str(made["code"])


def test_a_voucher_is_made_changed_and_deleted(js: JavaScript) -> None:
    code = _voucher(js, additional_info="window")
    found = js.told("vouchers.get", code)
    assert (found["discount"], found["additional_info"]) == (AMOUNT_OFF, "window")
    changed = js.told("vouchers.update", {"code": code, "metadata": {"season": "summer"}})
    assert changed["metadata"] == {"season": "summer"}
    assert js.told("vouchers.disable", code)["active"] is False
    assert js.told("vouchers.enable", code)["active"] is True
    js.told("vouchers.delete", code)
    gone = js.refused("vouchers.get", code)
    assert (gone.status, gone.key, gone.body["resource_type"]) == (404, "not_found", "voucher")


def test_one_voucher_is_validated_redeemed_and_rolled_back(js: JavaScript) -> None:
    code, customer = _voucher(js, redemption={"quantity": 1}), {"source_id": new_code()}
    asked = {"customer": customer, "order": {"amount": 10_000}, "metadata": {"till": 7}}
    good = js.told("validations.validateVoucher", code, asked)
    assert (good["valid"], good["order"]["total_amount"]) == (True, 8500)
    assert good["tracking_id"].startswith("track_")
    redeemed = js.told("redemptions.redeem", code, asked)
    assert (redeemed["result"], redeemed["order"]["total_amount"]) == ("SUCCESS", 8500)
    assert redeemed["metadata"] == {"till": 7}
    again = js.told("validations.validateVoucher", code, asked)
    assert (again["valid"], again["reason"]) == (False, "quantity exceeded")
    refused = js.refused("redemptions.redeem", code, asked)
    assert (refused.status, refused.key) == (400, "quantity_exceeded")
    assert refused.body["resource_id"].startswith("rf_")
    assert refused.body["resource_type"] == "redemption"
    taken = js.told("redemptions.rollback", redeemed["id"], "wrong size")
    assert (taken["reason"], taken["redemption"]) == ("wrong size", redeemed["id"])
    assert js.refused("redemptions.rollback", redeemed["id"]).key == "already_rolled_back"


def test_several_vouchers_are_redeemed_as_one(js: JavaScript) -> None:
    codes = [_voucher(js), _voucher(js)]
    named = [{"object": "voucher", "id": code} for code in codes]
    asked = {"redeemables": named, "order": {"amount": 10_000}}
    good = js.told("validations.validateStackable", asked)
    assert (good["valid"], good["order"]["total_amount"]) == (True, 7000)
    body = js.told("redemptions.redeemStackable", asked)
    parent = body["parent_redemption"]
    assert [each["redemption"] for each in body["redemptions"]] == [parent["id"]] * 2
    listed = js.told("redemptions.list", {"limit": 100})
    assert {each["id"] for each in body["redemptions"]} <= {
        each["id"] for each in listed["redemptions"]
    }
    taken = js.told("redemptions.rollbackStackable", parent["id"], {})
    assert len(taken["rollbacks"]) == 2


def test_a_gift_card_pays_what_it_holds(js: JavaScript) -> None:
    gift = {"amount": 3000, "balance": 3000}
    code = _voucher(js, type="GIFT_VOUCHER", discount=None, gift=gift)
    asked = {"order": {"amount": 10_000}, "gift": {"credits": 1000}}
    good = js.told("validations.validateVoucher", code, asked)
    assert (good["gift"]["balance"], good["order"]["total_amount"]) == (3000, 9000)
    redeemed = js.told("redemptions.redeem", code, asked)
    assert redeemed["amount"] == 1000
    assert js.told("vouchers.get", code)["gift"]["balance"] == 2000
    missing = js.refused("redemptions.redeem", code, {})
    assert (missing.status, missing.key) == (400, "missing_amount")


def test_a_storefront_in_a_browser(js: JavaScript) -> None:
    code, customer = _voucher(js, additional_info="secret"), {"source_id": new_code()}
    query = {
        "code": code,
        "amount": 10_000,
        "items": [{"product_id": "prod_1", "quantity": 2}],
        "customer": customer,
        "metadata": {"till": "7"},
        "orderMetadata": {"channel": "web"},
    }
    good = js.told_in_browser("validate", query)
    assert (good["valid"], good["order"]["total_amount"]) == (True, 8500)
    assert good["order"]["metadata"] == {"channel": "web"}
    assert good["order"]["items"][0]["quantity"] == 2
    lock = {"session_type": "LOCK", "session_key": new_code(), "session_ttl": 1}
    held = js.told_in_browser("validate", query | lock | {"session_ttl_unit": "HOURS"})
    assert held["session"] == {
        "key": lock["session_key"], "type": "LOCK", "ttl": 1, "ttl_unit": "HOURS",
    }  # fmt: skip
    redeemed = js.told_in_browser("redeem", code, {"customer": customer, "order": {"amount": 5000}})
    assert redeemed["order"]["total_amount"] == 3500
    assert redeemed["voucher"]["additional_info"] is None
    unknown = js.told_in_browser("validate", new_code())
    assert (unknown["valid"], unknown["error"]["key"]) == (False, "not_found")
    refused = js.refused_in_browser("redeem", new_code(), {})
    assert (refused.status, refused.key) == (404, "not_found")


CAMPAIGN = {
    "campaign_type": "DISCOUNT_COUPONS",
    "voucher": {"type": "DISCOUNT_VOUCHER", "discount": AMOUNT_OFF},
}


def _done(js: JavaScript, started: dict[str, Any]) -> dict[str, Any]:
    """The async action once it is done."""

    def ask() -> dict[str, Any] | None:
        found: dict[str, Any] = js.told("asyncActions.get", started["async_action_id"])
        return found if found["status"] == "DONE" else None

    done = eventually(ask)
    assert done is not None
    return done


def _campaign(js: JavaScript, count: int, **terms: Any) -> dict[str, Any]:
    body = CAMPAIGN | {"name": new_code(), "vouchers_count": count} | terms
    made = js.told("campaigns.create", body)
    ready = eventually(lambda: js.told("campaigns.get", made["id"])["vouchers_count"] == count)
    assert ready
    return dict(made)


def test_a_campaign_gives_codes_to_customers(js: JavaScript) -> None:
    campaign, customer = _campaign(js, 3), {"source_id": new_code(), "name": "Ann"}
    extra = js.told("campaigns.addVoucher", campaign["name"], {})
    certain = new_code()
    js.told("campaigns.addCertainVoucher", campaign["name"], certain, {})
    assert js.told("vouchers.get", certain)["campaign"] == campaign["name"]
    assert extra["campaign_id"] == campaign["id"]
    asked = {"campaign": {"name": campaign["name"]}, "customer": customer}
    given = js.told("distributions.publications.create", asked)
    code = given["voucher"]["code"]
    redeemed = js.told("redemptions.redeem", code, {"customer": customer})
    assert redeemed["voucher"]["campaign"] == campaign["name"]
    assert redeemed["voucher"]["holder_id"] == given["customer_id"]
    js.told("campaigns.disable", campaign["id"])
    assert js.told("campaigns.get", campaign["id"])["active"] is False
    refused = js.refused("redemptions.redeem", certain, {"customer": customer})
    assert refused.status == 400
    js.told("campaigns.enable", campaign["id"])
    _done(js, js.told("campaigns.delete", campaign["id"]))
    assert js.refused("vouchers.get", certain).key == "not_found"


def test_a_browser_is_given_a_code_and_tracks_an_event(js: JavaScript) -> None:
    campaign, customer = _campaign(js, 2), {"source_id": new_code(), "name": "Ben"}
    given = js.told_in_browser("publish", campaign["name"], {"customer": customer})
    assert given["voucher"]["campaign"] == campaign["name"]
    assert given["customer"]["source_id"] == customer["source_id"]
    again = js.told_in_browser(
        "publish", campaign["name"], {"customer": customer}, {"join_once": True}
    )
    assert again["voucher"]["code"] == given["voucher"]["code"]
    tracked = js.told_in_browser("track", "seen", customer, {"page": 1})
    assert (tracked["type"], tracked["metadata"]) == ("seen", {"page": 1})


def test_customers_and_orders(js: JavaScript) -> None:
    body = {"source_id": new_code(), "name": "Cem", "metadata": {"vip": True}}
    made = js.told("customers.create", body)
    found = js.told("customers.get", body["source_id"])
    assert found == made
    changed = js.told("customers.update", {"id": made["id"], "city": None, "name": "Cem B."})
    assert changed["name"] == "Cem B."
    order = {"source_id": new_code(), "amount": 5000, "customer": {"id": made["id"]}}
    saved = js.told("orders.create", order)
    paid = js.told("orders.update", {"id": saved["id"], "status": "PAID"})
    assert (paid["status"], paid["customer_id"]) == ("PAID", made["id"])
    tracked = js.told("events.create", "bought", {"customer": {"id": made["id"]}})
    assert tracked["customer"]["id"] == made["id"]
    js.told("customers.delete", made["id"])
    assert js.refused("customers.get", made["id"]).key == "not_found"


def test_vouchers_are_imported_and_changed_in_bulk(js: JavaScript, tmp_path: Path) -> None:
    codes = [new_code() for _ in range(3)]
    lines = [
        "Code,Voucher Type,Value,Discount Type",
        *(f"{c},DISCOUNT_VOUCHER,5,AMOUNT" for c in codes),
    ]
    file = tmp_path / "vouchers.csv"
    file.write_text("\n".join(lines) + "\n", "utf-8")
    imported = _done(js, js.told("vouchers.importCSV", str(file)))
    assert imported["operation_status"] == "SUCCESS"
    metadata = {"codes": codes, "metadata": {"wave": 2}}
    _done(js, js.told("vouchers.bulkUpdateMetadata", metadata))
    assert [js.told("vouchers.get", code)["metadata"] for code in codes] == [{"wave": 2}] * 3
