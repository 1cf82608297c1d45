"""Imports with the official client: JSON and files, whole and with rows that fail."""

import csv
import io
from typing import Any

import voucherify as sdk

from tests.e2e.plain import Plain, refused
from tests.e2e.shop import Shop, new_code, told


def lines(*rows: tuple[Any, ...]) -> bytes:
    """A file with these rows, the header first."""
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()


def test_vouchers_as_json(shop: Shop) -> None:
    coupon, card = new_code(), new_code()
    kind = sdk.VouchersImportCreateItemRequestBody
    asked = [
        kind.from_dict({"code": coupon, "discount": {"type": "PERCENT", "percent_off": 15}}),
        kind.from_dict({"code": card, "type": "GIFT_VOUCHER", "gift": {"amount": 2500}}),
    ]
    action = shop.done(told(shop.vouchers.import_vouchers, asked))
    assert (action.type, action.operation_status) == ("VOUCHERS.IMPORT", "SUCCESS")
    assert shop.redeem(coupon).order.total_discount_amount == 1500
    assert shop.state(card) == (0, 2500)
    again = shop.done(told(shop.vouchers.import_vouchers, asked))
    assert again.operation_status == "FAILED"
    assert [each["code"] for each in again.result["failed"]] == [coupon, card]


def test_vouchers_as_a_file(shop: Shop) -> None:
    good, bad, card = new_code(), new_code(), new_code()
    file = lines(
        ("Code", "Voucher Type", "Value", "Discount Type", "Redemption Limit", "Active", "color"),
        (good, "DISCOUNT_VOUCHER", "500", "AMOUNT", "2", "true", "red"),
        (bad, "DISCOUNT_VOUCHER", "much", "AMOUNT", "", "", ""),
        (card, "GIFT_VOUCHER", "1000", "", "", "", ""),
    )
    action = shop.done(told(shop.vouchers.import_vouchers_using_csv, file=file))
    assert (action.type, action.operation_status) == ("VOUCHERS.IMPORT_CSV", "SUCCESS")
    [failed] = action.result["failed"]
    assert (failed["row"], failed["code"], failed["column"]) == (2, bad, "Value")
    found = told(shop.vouchers.get_voucher, good)
    assert (found.metadata, found.redemption.quantity) == ({"color": "red"}, 2)
    assert shop.redeem(good).order.total_discount_amount == 500
    assert shop.state(card) == (0, 1000)


def test_vouchers_of_a_campaign(shop: Shop) -> None:
    name, first, second = new_code(), new_code(), new_code()
    body = {
        "name": name,
        "campaign_type": "DISCOUNT_COUPONS",
        "type": "STATIC",
        "voucher": {
            "type": "DISCOUNT_VOUCHER",
            "discount": {"type": "AMOUNT", "amount_off": 700},
            "code_config": {},
        },
    }
    campaign = told(shop.campaigns.create_campaign, sdk.CampaignsCreateRequestBody.from_dict(body))
    file = lines(("Code", "Active"), (first, "true"), (first, "true"))
    action = shop.done(
        told(shop.campaigns.import_vouchers_to_campaign_using_csv, campaign.id, file=file)
    )
    assert action.type == "CAMPAIGN.VOUCHERS_IMPORT_CSV"
    assert (action.result["done_count"], action.result["failed_count"]) == (1, 1)
    found = told(shop.vouchers.get_voucher, first)
    assert (found.campaign, found.discount.amount_off) == (name, 700)

    item = {"code": second, "discount": {"type": "AMOUNT", "amount_off": 300}}
    asked = [sdk.CampaignsImportVoucherItem.from_dict(item)]
    action = shop.done(told(shop.campaigns.import_vouchers_to_campaign, campaign.id, asked))
    assert action.type == "CAMPAIGN.VOUCHERS_IMPORT"
    assert shop.redeem(second).order.total_discount_amount == 300


def test_customers_as_a_file(shop: Shop) -> None:
    alice, bob = new_code(), new_code()
    file = lines(
        ("Name", "Email", "Source_id", "Birthdate", "City", "tier"),
        ("Alice", "alice@shop.test", alice, "1990-05-06", "Berlin", "gold"),
        ("Bob", "bob@shop.test", bob, "long ago", "", ""),
    )
    action = shop.done(told(shop.customers.import_customers_using_csv, file=file))
    assert action.type == "CUSTOMERS.IMPORT_CSV"
    [failed] = action.result["failed"]
    assert (failed["row"], failed["column"]) == (2, "Birthdate")
    found = shop.customer(alice)
    assert (found.name, found.address.city, found.metadata) == ("Alice", "Berlin", {"tier": "gold"})


def test_orders(shop: Shop) -> None:
    named = new_code()
    order = {"source_id": named, "amount": 4200, "status": "PAID", "customer": {"source_id": named}}
    asked = [sdk.OrdersImportCreateRequestBodyItem.from_dict(order)]
    action = shop.done(told(shop.orders.import_orders, asked))
    assert (action.type, action.result["done_count"]) == ("ORDERS.IMPORT", 1)
    found = shop.order(named)
    assert (found.amount, found.status) == (4200, "PAID")
    assert found.customer_id == shop.customer(named).id


def test_what_is_wrong_as_a_whole_imports_nothing(shop: Shop, plain: Plain) -> None:
    code = new_code()
    rows = [{"code": code, "discount": {"type": "AMOUNT", "amount_off": 1}}, {"code": "x"}]
    answer = plain.ask("POST", "/v1/vouchers/import", json=rows)
    assert refused(answer) == (400, "invalid_payload")
    assert "[1]" in answer.json()["details"]
    headers = {"content-type": "text/csv"}
    unnamed = plain.ask("POST", "/v1/vouchers/importCSV", content=b"Value\n1\n", headers=headers)
    assert refused(unnamed) == (400, "invalid_payload")
    assert "`Code`" in unnamed.json()["details"]
    gone = plain.ask("GET", f"/v1/vouchers/{code}")
    assert gone.status_code == 404


def test_ten_thousand_rows(shop: Shop, plain: Plain) -> None:
    mark = new_code()
    rows = [(f"{mark}-{n}", 100 + n, "AMOUNT") for n in range(10_000)]
    file = lines(("Code", "Value", "Discount Type"), *rows)
    action = shop.done(told(shop.vouchers.import_vouchers_using_csv, file=file))
    assert (action.result["done_count"], action.result["failed_count"]) == (10_000, 0)
    for n in (0, 499, 500, 9_999):
        assert told(shop.vouchers.get_voucher, f"{mark}-{n}").discount.amount_off == 100 + n
