"""What an official client read is sent back as it is, and filters as its models write them."""

from typing import Any

import voucherify as sdk

from tests.e2e.javascript import JavaScript
from tests.e2e.manager import Manager
from tests.e2e.plain import Plain
from tests.e2e.shop import Shop, new_code, refused, told
from tests.e2e.system import System

ITEMS = [{"product_id": "prod_1", "price": 400, "quantity": 2}, {"sku_id": "s", "amount": 100}]


def _same(before: dict[str, Any], after: dict[str, Any]) -> None:
    """But for when, and for lines of an address of which the client's model says null unasked."""
    assert _plain(before) == _plain(after)


def _plain(read: dict[str, Any]) -> dict[str, Any]:
    lines = read.get("address") or {}
    address = {name: line for name, line in lines.items() if line is not None} or None
    return read | {"updated_at": None, "address": address}


def _used(js: JavaScript) -> tuple[str, str, str, str]:
    """A gift card of a campaign that a customer holds and paid with: code, campaign, and both."""
    terms = {"type": "GIFT_VOUCHER", "gift": {"amount": 5000, "balance": 5000}}
    campaign = js.told(
        "campaigns.create",
        {
            "name": new_code(), "campaign_type": "GIFT_VOUCHERS", "type": "AUTO_UPDATE",
            "voucher": terms, "start_date": "2020-01-01", "metadata": {"wave": 1},
        },
    )  # fmt: skip
    who = {"source_id": new_code(), "name": "Ann", "address": {"city": "Graz"}}
    asked = {"campaign": {"name": campaign["name"]}, "customer": who}
    code = js.told("distributions.publications.create", asked)["voucher"]["code"]
    order = {"source_id": new_code(), "items": ITEMS, "metadata": {"till": 7}}
    redeemed = js.told("redemptions.redeem", code, {"customer": who, "order": order})
    return code, campaign["id"], str(who["source_id"]), redeemed["order"]["id"]


def test_javascript_sends_back_what_it_read(js: JavaScript) -> None:
    code, campaign, customer, order = _used(js)
    for resource, ident in (
        ("vouchers", code), ("campaigns", campaign), ("customers", customer), ("orders", order),
    ):  # fmt: skip
        read = js.told(f"{resource}.get", ident)
        named = [ident] if resource == "campaigns" else []
        _same(read, js.told(f"{resource}.update", *named, read))
        if resource in ("customers", "orders"):
            _same(read, js.told(f"{resource}.create", read))
        _same(read, js.told(f"{resource}.get", ident))
    read = js.told("vouchers.get", code)
    changed = js.told("vouchers.update", read | {"additional_info": "window"})
    _same(read | {"additional_info": "window"}, changed)
    other = js.refused("vouchers.update", read | {"id": "v_other"})
    assert (other.status, other.key) == (400, "invalid_payload")
    assert ".id" in other.body["details"]
    disabled = js.told("campaigns.get", campaign) | {"active": False}
    off = js.refused("campaigns.update", campaign, disabled)
    assert ".active" in off.body["details"]


def test_a_campaign_says_what_its_voucher_gives(js: JavaScript) -> None:
    _, campaign, _, _ = _used(js)
    made = js.told("vouchers.create", {"code": new_code(), "campaign_id": campaign})
    assert (made["type"], made["gift"]["balance"]) == ("GIFT_VOUCHER", 5000)
    lost = js.refused("vouchers.create", {"code": new_code()})
    assert (lost.status, lost.key) == (400, "invalid_payload")


def test_python_sends_back_what_it_read(shop: Shop, js: JavaScript, plain: Plain) -> None:
    code, campaign, customer, order = _used(js)
    ways: list[tuple[Any, Any, Any, str]] = [
        (shop.vouchers.get_voucher, shop.vouchers.update_voucher,
         sdk.VouchersUpdateRequestBody, code),
        (shop.campaigns.get_campaign, shop.campaigns.update_campaign,
         sdk.CampaignsUpdateRequestBody, campaign),
        (shop.customers.get_customer, shop.customers.update_customer,
         sdk.CustomersUpdateRequestBody, customer),
        (shop.orders.get_order, shop.orders.update_order, sdk.OrdersUpdateRequestBody, order),
    ]  # fmt: skip
    for get, update, model, ident in ways:
        path = f"/v1/{get.__name__.removeprefix('get_')}s/{ident}"
        before = plain.get(path)
        # the client's model of an update knows no type of a voucher but its own default
        told(update, ident, model.from_dict(told(get, ident).to_dict() | {"type": None}))
        _same(before, plain.get(path))


def test_python_filters_by_its_models(shop: Shop, js: JavaScript) -> None:
    _, campaign, customer, _ = _used(js)
    own = {"campaigns_id": {"conditions": {"$is": campaign}}}

    def found(**filters: Any) -> list[str]:
        asked = sdk.ParameterFiltersListCampaigns.from_dict(own | filters)
        return [each.id for each in told(shop.campaigns.list_campaigns, filters=asked).campaigns]

    assert found() == [campaign]
    assert found(type={"conditions": {"$in": ["AUTO_UPDATE", "STANDALONE"]}}) == [campaign]
    assert found(type={"conditions": {"$in": ["STANDALONE"]}}) == []
    assert found(type={"conditions": {"$not_in": ["STANDALONE"]}}) == [campaign]
    assert found(validity_day_of_week={"conditions": {"$is": [1, 2]}}) == []
    assert found(is_referral_code={"conditions": {"$is": "FALSE"}}) == [campaign]
    areas = sdk.ParameterCampaignsAccessSetttings.from_dict({"filter": {"areas_ids": ["a", "b"]}})
    assert told(shop.campaigns.list_campaigns, access_settings=areas).total == 0
    holder = told(shop.customers.get_customer, customer).id
    for conditions, count in (
        ({"$is": "false"}, 1), ({"$in": ["true"]}, 0), ({"$has_value": ""}, 1),
        ({"$not_in": ["true"]}, 1), ({"$starts_with": "t"}, 0), ({"$is_unknown": ""}, 0),
    ):  # fmt: skip
        filters = sdk.ParameterFiltersListPublications.from_dict(
            {
                "customer_id": {"conditions": {"$is": holder}},
                "is_referral_code": {"conditions": conditions},
            }
        )
        answer = told(shop.publications.list_publications, filters=filters)
        assert answer.total == count, conditions


def test_what_the_management_api_does_not_find_has_no_key(system: System) -> None:
    manager = Manager(system.url, system.keys)
    try:
        gone = refused(manager.api.get_project, "proj_none")
        assert (gone.status, gone.key) == (404, None)
        assert gone.body["message"] == "Resource not found"
    finally:
        manager.close()
