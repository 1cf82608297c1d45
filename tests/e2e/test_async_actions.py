"""Async actions with the official client: started, followed to their end, listed."""

from typing import Any

import voucherify as sdk

from tests.e2e.plain import Plain, refused
from tests.e2e.shop import Shop, new_code, told
from tests.e2e.shop import refused as sdk_refused
from tests.e2e.system import eventually


def updates(*codes: str, **metadata: Any) -> Any:
    kind = sdk.VouchersUpdateInBulkItemRequestBody
    return [kind.from_dict({"code": code, "metadata": metadata}) for code in codes]


def test_a_bulk_update_and_what_failed_of_it(shop: Shop) -> None:
    codes = [shop.discount(metadata={"old": 1}).code for _ in range(3)]
    missing = new_code()
    asked = updates(codes[0], missing, codes[1], new=2)
    action = shop.done(told(shop.vouchers.update_vouchers_in_bulk, asked))
    assert (action.type, action.status) == ("VOUCHERS.BULK_UPDATE", "DONE")
    assert (action.operation_status, action.progress) == ("SUCCESS", 100)
    assert (action.result["done_count"], action.result["failed_count"]) == (2, 1)
    [error] = action.result["errors"]
    assert (error["code"], error["key"], error["row"]) == (missing, "not_found", 2)
    assert told(shop.vouchers.get_voucher, codes[0]).metadata == {"old": 1, "new": 2}
    assert told(shop.vouchers.get_voucher, codes[2]).metadata == {"old": 1}


def test_one_metadata_for_many_vouchers(shop: Shop) -> None:
    codes = [shop.discount().code for _ in range(3)]
    body = sdk.VouchersMetadataUpdateInBulkRequestBody(codes=codes, metadata={"season": "spring"})
    action = shop.done(told(shop.vouchers.update_vouchers_metadata_in_bulk, body))
    assert (action.type, action.result["done_count"]) == ("VOUCHERS.METADATA_UPDATE", 3)
    found = [told(shop.vouchers.get_voucher, code).metadata for code in codes]
    assert found == [{"season": "spring"}] * 3


def test_customers_are_updated_and_created_in_bulk(shop: Shop) -> None:
    alice, bob = new_code(), new_code()
    kind = sdk.CustomersUpdateInBulkRequestBody
    asked = [kind(source_id=alice, name="Alice"), kind(source_id=bob, email="bob@shop.test")]
    action = shop.done(told(shop.customers.update_customers_in_bulk, asked))
    assert (action.type, action.result["done_count"]) == ("CUSTOMERS.BULK_UPDATE", 2)
    body = sdk.CustomersMetadataUpdateInBulkRequestBody(source_ids=[alice], metadata={"vip": True})
    action = shop.done(told(shop.customers.update_customers_metadata_in_bulk, body))
    assert action.type == "CUSTOMERS.METADATA_UPDATE"
    found = shop.customer(alice)
    assert (found.name, found.metadata) == ("Alice", {"vip": True})
    assert shop.customer(bob).email == "bob@shop.test"


def test_actions_are_listed_newest_first(shop: Shop) -> None:
    code = shop.discount().code
    ids = [
        shop.done(told(shop.vouchers.update_vouchers_in_bulk, updates(code, n=n))).id
        for n in range(3)
    ]

    def listed() -> bool:
        found = told(shop.actions.list_async_actions, limit=2)
        return [each.id for each in found.async_actions] == ids[:0:-1] and found.has_more

    assert eventually(listed)


def test_an_action_that_is_not_there(shop: Shop, plain: Plain) -> None:
    refusal = sdk_refused(shop.actions.get_async_action, "aa_000000000000000000")
    assert (refusal.status, refusal.key) == (404, "not_found")
    assert refusal.body["resource_type"] == "async_action"
    rows = [{"code": "A", "metadata": {}}] * 100_001
    answer = plain.ask("POST", "/v1/vouchers/bulk/async", json=rows)
    assert refused(answer) == (413, "query_too_large")
