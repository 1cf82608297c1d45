"""Customers as a shop manages them, with what they add up to, hold and did."""

from collections.abc import Iterator
from typing import Any

import pytest
import voucherify as sdk

from tests.e2e.shop import Shop, new_code, refused, told


def created(shop: Shop, **said: Any) -> Any:
    body = sdk.CustomersCreateRequestBody.from_dict({"source_id": new_code()} | said)
    return told(shop.customers.create_customer, body)


def updated(shop: Shop, named: str, **said: Any) -> Any:
    # `from_dict` would send null for whatever is not named, which clears it
    body = sdk.CustomersUpdateRequestBody(**said)
    return told(shop.customers.update_customer, named, body)


def activity(shop: Shop, named: str, **asked: Any) -> Any:
    return told(shop.customers.list_customer_activity, named, **asked)


def feed(shop: Shop, named: str) -> Iterator[Any]:
    """All entries, two at a time."""
    after = None
    while True:
        page = activity(shop, named, limit=2, starting_after_id=after)
        yield from page.data
        if not page.has_more:
            assert page.more_starting_after is None
            return
        after = page.more_starting_after


def test_a_customer_lives(shop: Shop) -> None:
    address = {"city": "Graz", "line_1": "Ring 1", "country": "Austria"}
    said = {
        "name": "Ann",
        "description": "A friend of the house",
        "email": "ann@shop.test",
        "phone": "+43 1",
        "birthdate": "1990-02-03",
        "address": address,
        "metadata": {"vip": True, "lang": "de"},
    }
    made = created(shop, **said)
    assert made.id.startswith("cust_")
    assert (made.name, str(made.birthdate), made.address.city) == ("Ann", "1990-02-03", "Graz")
    assert shop.customer(made.id).to_dict() == made.to_dict()
    assert shop.customer(made.source_id).to_dict() == made.to_dict()
    changed = updated(shop, made.source_id, phone="2", address={"city": "Linz"}, metadata={"a": 1})
    assert (changed.name, changed.phone) == ("Ann", "2")
    assert (changed.address.city, changed.address.line_1) == ("Linz", "Ring 1")
    assert changed.metadata == {"vip": True, "lang": "de", "a": 1}
    assert changed.updated_at is not None
    again = created(shop, source_id=made.source_id, name="Anna")
    assert (again.id, again.name, again.phone) == (made.id, "Anna", "2")
    cleared = updated(shop, made.id, description=None, address=None)
    assert (cleared.description, cleared.address, cleared.name) == (None, None, "Anna")


def test_a_deleted_customer_is_gone_and_keeps_the_source_id(shop: Shop) -> None:
    made = created(shop, name="Ann")
    code = shop.discount().code
    redeemed = shop.redeem(code, customer={"source_id": made.source_id})
    told(shop.customers.delete_customer, made.source_id)
    for named in (made.id, made.source_id):
        for call in (shop.customers.get_customer, shop.customers.delete_customer):
            assert refused(call, named)[:2] == (404, "not_found")
    assert refused(shop.customers.list_customer_activity, made.id)[:2] == (404, "not_found")
    body = sdk.CustomersCreateRequestBody.from_dict({"source_id": made.source_id})
    assert refused(shop.customers.create_customer, body)[:2] == (404, "not_found")
    assert shop.not_redeemed(code, customer={"source_id": made.source_id}).key == "not_found"
    kept = shop.redemption(redeemed.redemptions[0].id)
    assert kept.customer.name == "Ann"


def test_a_source_id_belongs_to_one_customer(shop: Shop) -> None:
    first, second = created(shop), created(shop)
    body = sdk.CustomersCreateRequestBody.from_dict({"id": second.id, "source_id": first.source_id})
    taken = refused(shop.customers.create_customer, body)
    assert taken[:2] == (400, "duplicate_source_id")


def test_the_summary_follows_redemptions_rollbacks_and_orders(shop: Shop) -> None:
    made = created(shop)
    who = {"source_id": made.source_id}
    first = shop.redeem(shop.discount(500).code, customer=who)
    shop.redeem(shop.gift(2000).code, shop.percent(10).code, customer=who)
    shop.not_redeemed(new_code(), customer=who)
    counted = shop.customer(made.id).summary
    redemptions = counted.redemptions
    assert (redemptions.total_redeemed, redemptions.total_succeeded) == (3, 3)
    assert (redemptions.total_failed, redemptions.total_rolled_back) == (1, 0)
    assert redemptions.gift.redeemed_amount == 2000
    assert (counted.orders.total_count, counted.orders.total_amount) == (2, 9500 + 7200)
    assert counted.orders.average_amount == (9500 + 7200) // 2
    assert counted.orders.last_order_amount == 7200
    told(shop.redemptions.rollback_redemption, first.redemptions[0].id)
    assert (
        refused(shop.redemptions.rollback_redemption, first.redemptions[0].id).key
        == "already_rolled_back"
    )
    counted = shop.customer(made.id).summary
    redemptions = counted.redemptions
    assert (redemptions.total_redeemed, redemptions.total_succeeded) == (2, 3)
    assert (redemptions.total_rolled_back, redemptions.total_rollback_succeeded) == (1, 1)
    assert redemptions.total_rollback_failed == 1
    assert (counted.orders.total_count, counted.orders.total_amount) == (1, 7200)
    assert updated(shop, made.id, phone="1").summary.to_dict() == counted.to_dict()


def test_lists_show_customers_with_their_summaries_and_go_on(shop: Shop) -> None:
    name = new_code()
    made = [created(shop, name=name) for _ in range(3)]
    shop.redeem(shop.discount(500).code, customer={"source_id": made[0].source_id})

    def listed(**asked: Any) -> Any:
        return told(shop.customers.list_customers, name=name, **asked)

    found = listed(order="created_at").customers
    assert [each.id for each in found] == [each.id for each in made]
    assert found[0].summary.redemptions.total_redeemed == 1
    assert found[0].summary.orders.total_amount == 9500
    page = listed(limit=2, order="created_at")
    assert (len(page.customers), page.total, page.has_more) == (2, 3, True)


def test_a_customer_is_in_no_segment(shop: Shop) -> None:
    listed = told(shop.customers.list_customer_segments, created(shop).id)
    assert (listed.data, listed.total) == ([], 0)


def test_what_a_customer_was_given_is_theirs_to_redeem(shop: Shop) -> None:
    made = created(shop)
    cards = [shop.gift(1000), shop.gift(500)]
    for card in cards:
        body = sdk.PublicationsCreateRequestBody.from_dict(
            {"voucher": card.code, "customer": {"source_id": made.source_id}}
        )
        told(sdk.PublicationsApi(shop._client).create_publication, False, body)
    shop.redeem(cards[1].code)
    held = told(shop.customers.list_customer_redeemables, made.id, limit=10)
    assert (held.total, held.has_more) == (2, False)
    status = {each.redeemable_id: each.redeemable.status for each in held.data}
    assert status == {cards[0].id: "ACTIVE", cards[1].id: "NO_BALANCE"}
    assert all(each.holder_role == "OWNER" for each in held.data)
    assert shop.customer(made.id).summary.redemptions.gift.amount_to_go == 1000


def test_the_feed_tells_what_a_customer_did_newest_first(shop: Shop) -> None:
    made = created(shop, name="Ann")
    who = {"source_id": made.source_id}
    updated(shop, made.id, phone="1")
    event = sdk.EventsCreateRequestBody.from_dict({"event": "visited", "customer": who})
    told(shop.events.track_custom_event, event)
    redeemed = shop.redeem(shop.discount(500).code, customer=who)
    told(shop.redemptions.rollback_redemption, redeemed.redemptions[0].id)
    entries = list(feed(shop, made.source_id))
    assert [entry.type.removeprefix("customer.") for entry in entries] == [
        "order.canceled",
        "order.updated",
        "redemption.rollback.succeeded",
        "order.paid",
        "order.created",
        "redemption.succeeded",
        "custom_event",
        "updated",
        "created",
    ]
    assert len({entry.id for entry in entries}) == len(entries)
    by_type = {entry.type: entry.data["data"] for entry in entries}
    redemption = by_type["customer.redemption.succeeded"]
    assert redemption["redemption"]["id"] == redeemed.redemptions[0].id
    assert redemption["customer"]["name"] == "Ann"
    assert by_type["customer.custom_event"]["event"]["type"] == "visited"
    assert by_type["customer.created"]["customer"]["phone"] == "1"
    oldest = activity(shop, made.id, order="created_at", limit=1)
    assert (oldest.data[0].id, oldest.has_more) == (entries[-1].id, True)


def test_the_feed_is_filtered(shop: Shop) -> None:
    made = created(shop)
    shop.redeem(shop.discount().code, customer={"source_id": made.source_id})

    def types(**asked: Any) -> list[str]:
        return [entry.type for entry in activity(shop, made.id, **asked).data]

    assert types(type="customer.order.paid") == ["customer.order.paid"]
    assert types(category="EFFECT") == []
    assert len(types(category="ACTION")) == 4
    assert types(campaign_id="camp_none") == []
    assert types(start_date="2100-01-01T00:00:00Z") == []
    assert len(types(end_date="2100-01-01T00:00:00Z")) == 4
    wrong = refused(shop.customers.list_customer_activity, made.id, starting_after_id="evcus_none")
    assert wrong[:2] == (400, "invalid_query_params")


@pytest.mark.parametrize(
    "call", ["get_customer", "delete_customer", "list_customer_activity", "list_customer_segments"]
)
def test_an_unknown_customer_is_not_found(shop: Shop, call: str) -> None:
    name = f"{new_code()}@shop.test"
    missing = refused(getattr(shop.customers, call), name)
    assert (missing.status, missing.key) == (404, "not_found")
    assert missing.body["resource_id"] == name
