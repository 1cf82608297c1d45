"""Lists with filters, pages and cursors; by the official client where it can ask for them."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
import voucherify as sdk

from tests.e2e.plain import Plain, refused
from tests.e2e.shop import Shop, new_code, told

DAY = timedelta(days=1)


@pytest.fixture
def season() -> str:
    """A metadata value that no other test has."""
    return uuid4().hex[:10]


def is_(field: str, operator: str, value: str = "") -> dict[str, str]:
    return {f"filters[{field}][conditions][{operator}]": value}


def listed(plain: Plain, kind: str, **query: Any) -> list[dict[str, Any]]:
    """Everything of a kind that the filters let through, which are at most 100."""
    body = plain.get(f"/v1/{kind}", limit=100, **query)
    found: list[dict[str, Any]] = body[kind]
    assert (body["object"], body["data_ref"], body["total"]) == ("list", kind, len(found))
    return found


def test_vouchers_are_found_by_what_they_are(shop: Shop, plain: Plain, season: str) -> None:
    now = datetime.now(UTC)
    own: dict[str, Any] = {"metadata": {"season": season, "rank": 1}}
    spring = shop.percent(10, redemption={"quantity": 5}, **own).code
    ended = shop.discount(100, expiration_date=now - DAY, start_date=now - 2 * DAY, **own).code
    later = shop.discount(100, start_date=now + DAY, metadata={"season": season, "rank": 2}).code
    card = shop.gift(5000, active=False, metadata={"season": season}).code
    shop.redeem(spring)
    codes = {spring: "s", ended: "e", later: "l", card: "c"}

    def found(*filters: dict[str, str], **plainly: str) -> str:
        asked = is_("metadata.season", "$is", season) | plainly
        for each in filters:
            asked |= each
        return "".join(codes[each["code"]] for each in listed(plain, "vouchers", **asked))

    assert found() == "cles"
    assert found(order="created_at") == "selc"
    assert found(code=spring) == "s"
    assert found(is_("code", "$starts_with", spring)) == "s"
    assert found(is_("type", "$is", "GIFT_VOUCHER")) == "c"
    assert found(is_("discount.type", "$is", "PERCENT")) == "s"
    assert found(is_("active", "$active")) == "s"
    assert found(is_("active", "$expired")) == "e"
    assert found(is_("active", "$disabled")) == "c"
    assert found(is_("start_date", "$less_than_future", "2")) == "l"
    assert found(is_("expiration_date", "$more_than_ago", "0.5")) == "e"
    assert found(is_("redemption.redeemed_quantity", "$more_than", "0")) == "s"
    assert found(is_("redemption.quantity", "$is_unknown")) == "cle"
    assert found(is_("gift.balance", "$more_than_equal", "5000")) == "c"
    assert found(is_("metadata.rank", "$less_than", "2")) == "es"
    assert found(is_("metadata.rank", "$is_unknown")) == "c"
    either = is_("metadata.rank", "$is", "2") | {"filters[junction]": "and"}
    assert found(either, is_("active", "$enabled")) == "l"


def test_the_official_client_lists_vouchers_page_by_page(shop: Shop) -> None:
    began = datetime.now(UTC)
    codes = [shop.discount().code for _ in range(5)]
    since = sdk.ParameterCreatedBeforeAfter(after=began)

    def page(number: int) -> list[str]:
        order = sdk.ParameterOrderVouchers.CREATED_AT
        body = told(
            shop.vouchers.list_vouchers, limit=2, page=number, created_at=since, order=order
        )
        assert body.total == 5
        return [each.code for each in body.vouchers]

    assert [page(number) for number in (1, 2, 3, 4)] == [codes[:2], codes[2:4], codes[4:], []]


def test_a_change_is_listed_as_soon_as_it_is_answered(
    shop: Shop, plain: Plain, season: str
) -> None:
    code, asked = shop.discount().code, is_("metadata.season", "$is", season)
    assert listed(plain, "vouchers", **asked) == []
    body = sdk.VouchersUpdateRequestBody.from_dict({"metadata": {"season": season}})
    told(shop.vouchers.update_voucher, code, body)
    assert [each["code"] for each in listed(plain, "vouchers", **asked)] == [code]
    told(shop.vouchers.delete_voucher, code)
    assert listed(plain, "vouchers", **asked) == []


def test_campaigns_and_their_vouchers(shop: Shop, plain: Plain, season: str) -> None:
    def campaign(number: int, **more: Any) -> Any:
        voucher = {
            "type": "DISCOUNT_VOUCHER",
            "discount": {"type": "AMOUNT", "amount_off": 100},
        }
        body = {
            "name": f"{season} {number}", "campaign_type": "DISCOUNT_COUPONS", "type": "STATIC",
            "vouchers_count": 3, "voucher": voucher,
        } | more  # fmt: skip
        made = sdk.CampaignsCreateRequestBody.from_dict(body)
        return told(shop.campaigns.create_campaign, made)

    first = campaign(1, metadata={"season": season})
    second = campaign(2, type="AUTO_UPDATE")
    shop.campaigns.disable_campaign(second.id)
    ours = is_("campaigns", "$starts_with", season)
    assert [each["id"] for each in listed(plain, "campaigns", **ours)] == [second.id, first.id]
    for filters, wanted in (
        (is_("metadata.season", "$is", season), first),
        (is_("type", "$is", "AUTO_UPDATE"), second),
        ({"filters[active][$disabled]": ""}, second),
        (is_("campaigns_id", "$is", first.id), first),
    ):
        assert [each["id"] for each in listed(plain, "campaigns", **ours, **filters)] == [wanted.id]
    body = told(shop.campaigns.list_campaigns, limit=1)
    assert [each.id for each in body.campaigns] == [second.id]
    for named in ({"campaign": first.name}, {"campaign_id": first.id}):
        codes = listed(plain, "vouchers", **named)
        assert {each["campaign_id"] for each in codes} == {first.id}
        assert len(codes) == 3
    told(shop.campaigns.delete_campaign, first.id)
    assert listed(plain, "vouchers", campaign_id=first.id) == []
    assert [each["id"] for each in listed(plain, "campaigns", **ours)] == [second.id]


def test_customers_by_pages_and_by_a_cursor(shop: Shop, plain: Plain, season: str) -> None:
    ids = []
    for number in range(5):
        body = sdk.CustomersCreateRequestBody.from_dict(
            {
                "source_id": f"{season}-{number}",
                "name": season,
                "address": {"city": f"City {number % 2}"},
                "metadata": {"rank": number},
            }
        )
        ids.append(told(shop.customers.create_customer, body).id)
    found = told(shop.customers.list_customers, limit=2, name=season)
    assert [each.id for each in found.customers] == ids[:2:-1]
    assert (found.total, found.has_more) == (5, True)
    more = told(
        shop.customers.list_customers,
        limit=10,
        name=season,
        starting_after=found.customers[-1].created_at,
    )
    assert [each.id for each in more.customers] == ids[2::-1]
    assert (more.total, more.has_more) == (5, False)
    exact = plain.get("/v1/customers", name=season, starting_after=ids[3])
    assert [each["id"] for each in exact["customers"]] == ids[2::-1]
    by_rank = plain.get("/v1/customers", name=season, **is_("metadata.rank", "$more_than", "2"))
    assert [each["id"] for each in by_rank["customers"]] == ids[:2:-1]
    city = plain.get("/v1/customers", name=season, city="City 1")
    assert [each["id"] for each in city["customers"]] == [ids[3], ids[1]]


def test_what_redemptions_did_to_customers_and_orders_is_listed(
    shop: Shop, plain: Plain, season: str
) -> None:
    code = shop.discount(500).code
    paid = shop.redeem(code, customer={"source_id": season, "name": season}).order
    (customer,) = plain.get("/v1/customers", name=season)["customers"]
    assert customer["summary"]["redemptions"]["total_succeeded"] == 1
    assert customer["summary"]["orders"]["total_amount"] == 9500
    (order,) = listed(plain, "orders", customer=season)
    assert (order["id"], order["status"], order["total_amount"]) == (paid.id, "PAID", 9500)
    assert [
        each["id"]
        for each in listed(
            plain, "orders", customer=season, **is_("total_amount", "$less_than", "9501")
        )
    ] == [paid.id]
    assert told(shop.orders.list_orders, limit=1).orders[0].id == paid.id


def test_the_redemptions_of_a_voucher(shop: Shop) -> None:
    code = shop.discount(redemption={"quantity": 1}).code
    first = shop.redeem(code).redemptions[0].id
    rollback = told(shop.redemptions.rollback_redemption, first).id
    second = shop.redeem(code).redemptions[0].id
    failed = shop.not_redeemed(code).body["resource_id"]
    found = told(shop.redemptions.get_voucher_redemptions, code)
    assert (found.quantity, found.redeemed_quantity, found.total) == (1, 1, 4)
    ids = [each.id for each in found.redemption_entries]
    assert ids == [failed, second, rollback, first]


def test_what_no_list_knows_is_refused_by_name(plain: Plain) -> None:
    for path, named in (
        ("/v1/vouchers?colour=red", "colour"),
        ("/v1/vouchers?filters[colour][conditions][$is]=red", "filters[colour]"),
        ("/v1/vouchers?filters[code][conditions][$as]=red", "$as"),
        ("/v1/campaigns?filters[metadata.][conditions][$is]=red", "metadata."),
        ("/v1/customers?segment=seg_1", "segment"),
        ("/v1/orders?limit=0", "limit"),
        ("/v1/publications?order=colour", "order"),
        ("/v1/async-actions?page=1", "page"),
    ):
        answer = plain.ask("GET", path)
        assert refused(answer) == (400, "invalid_query_params")
        assert named in answer.json()["details"]
    assert refused(plain.ask("GET", "/v1/vouchers?page=1001")) == (400, "page_over_limit")
    missing = plain.ask("GET", f"/v1/vouchers/{new_code()}/redemption")
    assert refused(missing) == (404, "not_found")
