"""What official clients are held to see, by the clients themselves; the values are in the tests of
the same names in tests/unit/services."""

from pathlib import Path
from typing import Any, Final

import voucherify as sdk

from tests.e2e.javascript import JavaScript
from tests.e2e.manager import Manager
from tests.e2e.plain import Plain
from tests.e2e.shop import Shop, new_code, told
from tests.e2e.system import System, eventually

AMOUNT: Final = {"type": "AMOUNT", "amount_off": 1000}
TERMS: Final = {"type": "DISCOUNT_VOUCHER", "discount": AMOUNT}


def test_python_is_shown_pictures_and_pages_of_transactions(shop: Shop) -> None:
    body = sdk.VouchersCreateRequestBody.from_dict({"discount": AMOUNT})
    made = told(shop.vouchers.generate_random_code, body)
    found = told(shop.vouchers.get_voucher, made.code)
    assert found.type == "DISCOUNT_VOUCHER"
    assert found.assets.qr.url.endswith(f"/assets/qr/{found.assets.qr.id}")
    assert found.assets == made.assets
    listed = told(shop.vouchers.list_voucher_transactions, made.code, limit=20)
    assert (listed.data_ref, listed.data, listed.has_more) == ("data", [], False)


def test_python_updates_a_loyalty_card_with_the_type_that_it_fills_in(shop: Shop) -> None:
    card = shop.voucher(type="LOYALTY_CARD", loyalty_card={"points": 100})
    dated = {"type": "DISCOUNT_VOUCHER", "expiration_date": "2030-01-01T00:00:00Z"}
    body = sdk.VouchersUpdateRequestBody.from_dict(dated)
    changed = told(shop.vouchers.update_voucher, card.id, body)
    assert (changed.type, changed.expiration_date.year) == ("LOYALTY_CARD", 2030)


def test_python_makes_a_promotion_with_a_tier_that_does_nothing(shop: Shop) -> None:
    body = {"name": new_code(), "campaign_type": "PROMOTION"}
    made = told(shop.campaigns.create_campaign, sdk.CampaignsCreateRequestBody.from_dict(body))
    assert (made.vouchers_count, made.validation_rules_assignments) == (None, None)
    tier = sdk.PromotionsTiersCreateRequestBody.from_dict({"name": "T"})
    plain = told(shop.promotions.add_promotion_tier_to_campaign, made.id, tier)
    assert (plain.promotion_id, plain.hierarchy, plain.campaign.active) == (None, 1, True)
    redeemed = shop.redeem({"object": "promotion_tier", "id": plain.id})
    assert redeemed.order.total_amount == 10_000


def test_python_publishes_to_a_customer_in_short(shop: Shop) -> None:
    code, source_id = shop.discount().code, new_code()
    customer = {"source_id": source_id, "name": "Ann", "address": {"city": "C"}}
    body = sdk.PublicationsCreateRequestBody.from_dict({"voucher": code, "customer": customer})
    first, again = (told(shop.publications.create_publication, None, body) for _ in range(2))
    assert first.tracking_id == source_id
    assert (first.customer.name, first.customer.address, first.customer.summary) == (
        "Ann",
        None,
        None,
    )
    assert again.voucher.publish.count == 1
    assert told(shop.vouchers.get_voucher, code).publish.count == 1
    read = told(shop.customers.get_customer, source_id)
    assert (read.address.city, read.address.country) == ("C", None)


def test_javascript_gives_whole_objects_as_references(js: JavaScript) -> None:
    customer = js.told("customers.create", {"source_id": new_code(), "name": "Ann"})
    campaign = js.told(
        "campaigns.create", {"name": new_code(), "type": "AUTO_UPDATE", "voucher": TERMS}
    )
    assert campaign["campaign_type"] == "DISCOUNT_COUPONS"
    assert campaign["access_settings_assignments"]["total"] == 0
    asked = {"customer": customer, "campaign": campaign}
    given = js.told("distributions.publications.create", asked)
    assert given["tracking_id"] == customer["source_id"]
    assert given["customer"] == {
        "id": customer["id"], "source_id": customer["source_id"], "name": "Ann",
        "object": "customer",
    }  # fmt: skip
    assert "validation_rules_assignments" not in given["voucher"]


def test_javascript_is_shown_what_there_is(js: JavaScript) -> None:
    rules = {"1": {"name": "order.amount", "conditions": {"$more_than": [500000]}}}
    rule = js.told("validationRules.create", {"name": new_code(), "rules": rules, "type": "basic"})
    assert rule["applicable_to"] is None
    order = js.told("orders.create", {"amount": 10000, "currency": "EUR"})
    assert not {"metadata", "initial_amount", "redemptions"} & order.keys()
    product = js.told("products.create", {"name": "P"})
    assert "skus" not in js.told("products.get", product["id"])
    js.told("products.createSku", product["id"], {"name": "N", "price": 5000})
    js.told("products.delete", product["id"], {"force": 1})
    assert js.refused("products.get", product["id"]).key == "not_found"
    event = js.told("events.create", "seen", {"customer": {"source_id": new_code()}})
    assert event["customer"].keys() == {"id", "source_id", "object"}


def test_javascript_qualifies_a_voucher(js: JavaScript) -> None:
    made = js.told("vouchers.create", {"discount": AMOUNT})
    filters = {"code": {"conditions": {"$is": [made["code"]]}}}
    options = {"expand": ["redeemable", "category", "validation_rules"], "filters": filters}
    customer = js.told("customers.create", {"source_id": new_code()})
    asked = {"customer": {"id": customer["id"]}, "order": {"amount": 20000}, "options": options}
    found = js.told("qualifications.checkEligibility", asked)
    assert found["order"] == {
        "amount": 20000, "metadata": {}, "object": "order", "customer_id": None,
        "referrer_id": None,
    }  # fmt: skip
    [row] = found["redeemables"]["data"]
    assert (row["order"]["total_amount"], row["order"]["customer_id"]) == (19000, None)
    assert (row["categories"], "validation_rules_assignments" in row) == ([], False)


def test_javascript_waits_for_an_import(js: JavaScript, tmp_path: Path) -> None:
    campaign = js.told("campaigns.create", {"name": new_code(), "voucher": TERMS})
    code = new_code()
    file = tmp_path / "vouchers.csv"
    head = "Code,Voucher Type,Active,Discount Type,Value,Category,Region"
    file.write_text(f"{head}\n{code},DISCOUNT_VOUCHER,TRUE,AMOUNT,15,{new_code()},Europe", "utf-8")
    started = js.told("campaigns.importVouchersCSV", campaign["id"], str(file))
    seen: list[str] = []

    def done() -> Any:
        action = js.told("asyncActions.get", started["async_action_id"])
        seen.append(action["status"])
        return action if action["status"] == "DONE" else None

    assert eventually(done)["operation_status"] == "SUCCESS"
    assert set(seen) <= {"IN_PROGRESS", "DONE"}
    found = eventually(
        lambda: js.told("vouchers.list", {"campaign_id": campaign["id"]})["vouchers"]
    )
    assert [(each["code"], each["metadata"]) for each in found] == [(code, {"Region": "Europe"})]


def test_a_misspelt_member_is_told_logged_and_found(plain: Plain, shop: Shop) -> None:
    code = shop.discount().code
    body = {"redeemables": [{"object": "voucher", "id": code}], "customr": {"source_id": "ann"}}
    answer = plain.ask("POST", "/v1/redemptions", json=body)
    assert (answer.status_code, answer.headers["x-ignored-members"]) == (200, "customr")
    named = {"filters[ignored_members][conditions][$contains]": "customr"}

    def logged() -> Any:
        calls = plain.get("/v1/audit/api-calls", limit=100, **named)["data"]
        return [each for each in calls if each["id"] == answer.headers["x-request-id"]]

    [call] = eventually(logged)
    assert call["ignored_members"] == ["customr"]


def test_a_slash_at_the_end_is_nothing(plain: Plain) -> None:
    made = plain.ask("POST", "/v1/vouchers/", json=TERMS)
    assert made.status_code == 200
    assert plain.get("/v1/vouchers/", code=made.json()["code"])["total"] == 1


def test_python_keeps_of_an_address_what_was_given(shop: Shop) -> None:
    source_id = new_code()
    for address in ({"city": "C", "country": "US"}, {"city": None, "country": None}):
        row = sdk.CustomersUpdateInBulkRequestBody.from_dict(
            {"source_id": source_id, "address": address}
        )
        started = told(shop.customers.update_customers_in_bulk, [row])
        assert shop.done(started).operation_status == "SUCCESS"
        read = shop.customer(source_id).address
        assert {"city": read.city, "country": read.country} == address
    gone = told(shop.customers.customer_permanently_deletion, source_id)
    assert (gone.data_json.customer, gone.data_json.customer_events) == (1, None)


def test_python_updates_no_products(shop: Shop) -> None:
    products = sdk.ProductsApi(shop.vouchers.api_client)
    body = sdk.ProductsMetadataUpdateInBulkRequestBody.from_dict({})
    action = shop.done(told(products.update_products_metadata_in_bulk, body))
    assert (action.operation_status, action.result["done_count"]) == ("SUCCESS", 0)


def test_python_manages_a_project_of_its_cluster(system: System) -> None:
    manager = Manager(system.url, system.keys)
    body = {
        "name": "P", "timezone": "Europe/Warsaw", "currency": "EUR", "case_sensitive_codes": False,
        "cluster_id": "eu1", "api_version": "v2018-08-01", "webhook_version": "v2024-01-01",
    }  # fmt: skip
    asked = sdk.ManagementProjectsCreateRequestBody.from_dict(body)
    made = told(manager.api.create_project, asked)
    assert (made.case_sensitive_codes, made.cluster_id) == (False, "self-hosted")
    changes = sdk.ManagementProjectsUpdateRequestBody(
        dial_code="+48", webhook_version="v2024-01-01"
    )
    assert told(manager.api.update_project, made.id, changes).dial_code == "+48"
    told(manager.api.delete_project, made.id)
    manager.close()


def test_a_code_is_found_however_it_is_written(system: System) -> None:
    manager = Manager(system.url, system.keys)
    made = manager.new_project(case_sensitive_codes=False)
    key = {"X-App-Id": made.server_side_key.app_id, "X-App-Token": made.server_side_key.app_token}
    plain = Plain(system.url, key)
    gift = {"type": "GIFT_VOUCHER", "gift": {"amount": 100}}
    assert plain.ask("POST", "/v1/vouchers/Gru%C3%9F", json=gift).status_code == 200
    redeemed = plain.ask("POST", "/v1/vouchers/gruss/redemption", json={"order": {"amount": 1}})
    assert redeemed.json()["voucher"]["code"] == "Gruß", redeemed.text
    [listed] = plain.get("/v1/vouchers", code="GRUSS")["vouchers"]
    assert listed["code"] == "Gruß"
    filtered = {"filters[voucher_code][conditions][$is][0]": "GRUSS"}
    assert plain.get("/v1/redemptions", **filtered)["total"] == 1
    assert plain.get("/v1/vouchers/GRUSS/redemption")["redeemed_amount"] == 1
    manager.close()
    plain.close()


def test_python_notes_an_event_with_nothing_beside_it(shop: Shop) -> None:
    source_id = new_code()
    body = {"event": "e", "customer": {"source_id": source_id}}
    nothing = {"referral": None, "loyalty": None, "metadata": None}
    asked = sdk.EventsCreateRequestBody.from_dict(body | nothing)
    noted = told(shop.events.track_custom_event, asked)
    assert (noted.customer.source_id, noted.customer.metadata) == (source_id, None)
    assert (noted.referral, noted.loyalty, noted.metadata) == (None, None, {})


def test_javascript_sees_a_promotion_say_what_it_is(js: JavaScript) -> None:
    campaign = js.told("campaigns.create", {"name": new_code(), "campaign_type": "PROMOTION"})
    assert not {"vouchers_count", "validation_rules_assignments", "voucher"} & campaign.keys()
    off = {"discount": {"type": "AMOUNT", "amount_off": 1}}
    tier = js.told("promotions.tiers.create", campaign["id"], {"name": "T", "action": off})
    assert not {"promotion_id", "validation_rule_assignments", "updated_at"} & tier.keys()
    assert (tier["banner"], tier["hierarchy"], tier["categories"]) == (None, 1, [])
    changed = js.told("promotions.tiers.update", {"id": tier["id"], "banner": "B"})
    assert changed == tier | {"banner": "B", "updated_at": changed["updated_at"]}
    plain = js.told("promotions.tiers.create", campaign["id"], {"name": "U"})
    ids = [tier["id"], plain["id"]]
    stack = js.told(
        "promotions.stack.createInCampaign", campaign["id"], {"name": "S", "tiers": {"ids": ids}}
    )
    assert (stack["tiers"], "updated_at" in stack) == ({"ids": ids}, False)


def test_javascript_keeps_the_discount_quantity_that_it_gives(js: JavaScript) -> None:
    product = js.told("products.create", {"name": "P", "source_id": new_code()})
    items = {"included": [{"object": "product", "id": product["id"]}]}
    rule = js.told("validationRules.create", {"name": new_code(), "applicable_to": items})
    assert rule["applicable_to"].keys() == {"included", "included_all"}
    discount = AMOUNT | {"effect": "APPLY_TO_ITEMS"}
    made = js.told("vouchers.create", {"discount": discount, "validation_rules": [rule["id"]]})
    line = {
        "related_object": "product", "product_id": product["id"], "product": {"id": product["id"]},
        "quantity": 1, "discount_quantity": 1, "amount": 20000, "price": 20000,
    }  # fmt: skip
    redeemables = [{"object": "voucher", "id": made["code"]}]
    asked = {"redeemables": redeemables, "order": {"items": [line]}}
    valid = js.told("validations.validateStackable", asked)
    [row] = valid["redeemables"]
    for order in (row["order"], valid["order"]):
        [item] = order["items"]
        assert (item["discount_quantity"], item["subtotal_amount"]) == (1, 19000)
        assert (order["total_amount"], "initial_amount" in order) == (19000, False)
    assert ("categories" in row, row["metadata"]) == (False, {})
    expanded = js.told(
        "validations.validateStackable", asked | {"options": {"expand": ["category"]}}
    )
    assert expanded["redeemables"][0]["categories"] == []


def test_javascript_has_the_pictures_of_a_voucher_wherever_it_is_shown(js: JavaScript) -> None:
    campaign = js.told("campaigns.create", {"name": new_code(), "voucher": TERMS})
    added = js.told("campaigns.addVoucher", campaign["name"], {})
    code, assets = added["code"], added["assets"]
    asked = {"voucher": code, "customer": {"source_id": new_code()}}
    given = js.told("distributions.publications.create", asked)
    shown = (
        js.told("vouchers.get", code),
        js.told("vouchers.disable", code),
        js.told("vouchers.enable", code),
        given["voucher"],
    )
    assert [each["assets"] for each in shown] == [assets] * len(shown)
    assert given["voucher"]["publish"]["count"] == 1
    redeemed = js.told("redemptions.redeem", code, {"order": {"amount": 10_000}})
    assert redeemed["voucher"].get("assets") is None
