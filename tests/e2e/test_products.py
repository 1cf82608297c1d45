"""The catalogue, told by the official client: products, SKUs, collections, and what orders cost."""

import csv
from pathlib import Path
from typing import Any

import pytest
import voucherify as sdk

from tests.contract.shapes import assert_shape
from tests.e2e.plain import Plain
from tests.e2e.shop import Shop, new_code, redemption, refused, told


@pytest.fixture(scope="module")
def api(shop: Shop) -> Any:
    """The client's endpoints of products and SKUs."""
    return sdk.ProductsApi(shop.vouchers.api_client)


@pytest.fixture(scope="module")
def collections(shop: Shop) -> Any:
    """The client's endpoints of collections."""
    return sdk.ProductCollectionsApi(shop.vouchers.api_client)


def product(api: Any, source_id: str | None = None, **said: Any) -> Any:
    """A product after its creation or completion."""
    body = {"source_id": source_id or new_code()} | said
    asked = sdk.ProductsCreateRequestBody.from_dict(body)
    return told(api.create_product, products_create_request_body=asked)


def sku(api: Any, of: str, **said: Any) -> Any:
    """A SKU after its creation or completion."""
    asked = sdk.ProductsSkusCreateRequestBody.from_dict({"source_id": new_code()} | said)
    return told(api.create_sku, of, products_skus_create_request_body=asked)


def collection(shop: Shop, **said: Any) -> Any:
    """A new collection, as the client makes it."""
    api = sdk.ProductCollectionsApi(shop.vouchers.api_client)
    kind = said.get("type", "STATIC")
    body = {"type": kind, "name": new_code()} | said
    asked = sdk.ProductCollectionsCreateRequestBody.from_dict(body)
    return told(api.create_product_collection, product_collections_create_request_body=asked)


def bound_to(shop: Shop, rules: dict[str, Any], **terms: Any) -> str:
    """The code of a voucher that a set of rules binds."""
    rules_api = sdk.ValidationRulesApi(shop.vouchers.api_client)
    asked = sdk.ValidationRulesCreateRequestBody.from_dict({"name": new_code()} | rules)
    made = told(rules_api.create_validation_rules, validation_rules_create_request_body=asked)
    code = str(shop.voucher(**terms).code)
    body = {"related_object_id": code, "related_object_type": "voucher"}
    assigned = sdk.ValidationRulesAssignmentsCreateRequestBody.from_dict(body)
    told(
        rules_api.create_validation_rule_assignment,
        made.id,
        validation_rules_assignments_create_request_body=assigned,
    )
    return code


def test_a_product_lives(api: Any) -> None:
    source_id = f"a@b/{new_code()}+d"
    made = product(api, source_id, name="Mug", price=1000, attributes=["color"], metadata={"a": 1})
    assert made.id.startswith("prod_")
    assert (made.name, made.price, made.attributes) == ("Mug", 1000, ["color"])
    for named in (made.id, source_id):
        read = told(api.get_product, named)
        assert (read.id, read.skus) == (made.id, None)
    changes = sdk.ProductsUpdateRequestBody(price=1200, metadata={"b": 2})
    changed = told(api.update_product, source_id, products_update_request_body=changes)
    assert (changed.name, changed.price, changed.metadata) == ("Mug", 1200, {"a": 1, "b": 2})
    again = product(api, source_id, name="Cup")
    assert (again.id, again.name, again.price) == (made.id, "Cup", 1200)
    told(api.delete_product, source_id)
    assert refused(api.get_product, made.id)[:2] == (404, "not_found")
    other = product(api)
    told(api.delete_product, other.id, force=True)
    assert product(api, other.source_id).id != other.id


def test_what_is_deleted_lies_in_the_bin(shop: Shop, api: Any) -> None:
    made = product(api, name="Mug")
    red = sku(api, made.id, sku="red")
    told(api.delete_sku, made.id, red.id)
    told(api.delete_product, made.id)
    listed = told(shop.bin.list_bin_entries, limit=2).data
    assert [(each.resource_type, each.resource_id) for each in listed] == [
        ("product", made.id),
        ("sku", red.id),
    ]
    for entry in listed:
        told(shop.bin.delete_bin_entry, entry.id)
    assert product(api, made.source_id).id != made.id


def test_skus_of_a_product(api: Any) -> None:
    mug = product(api, name="Mug", price=1000)
    made = [sku(api, mug.source_id, sku=str(number), price=number) for number in range(3)]
    assert told(api.get_sku, made[0].source_id).to_dict() == made[0].to_dict()
    listed = told(api.list_skus_in_product, mug.id, limit=2)
    assert ([each.sku for each in listed.skus], listed.total) == (["2", "1"], 3)
    changes = sdk.ProductsSkusUpdateRequestBody(price=5, currency="EUR")
    changed = told(
        api.update_sku, mug.source_id, made[0].id, products_skus_update_request_body=changes
    )
    assert (changed.sku, changed.price, changed.currency) == ("0", 5, "EUR")
    told(api.delete_sku, mug.id, made[1].id, force=True)
    read = told(api.get_product, mug.id)
    assert [each.sku for each in read.skus.data] == ["2", "0"]
    assert refused(api.get_sku, made[1].id)[:2] == (404, "not_found")


def test_products_are_listed(api: Any) -> None:
    first, second = product(api, name="A"), product(api, name="B")
    red = sku(api, first.id)
    listed = told(api.list_products, limit=2)
    assert [each.id for each in listed.products] == [second.id, first.id]
    assert [each.id for each in listed.products[1].skus.data] == [red.id]
    assert listed.total >= 2
    after = told(api.list_products, start_date=second.created_at, limit=100)
    assert second.id in {each.id for each in after.products}


def test_collections(shop: Shop, api: Any, collections: Any, plain: Plain) -> None:
    brand = new_code()
    mug = product(api, name="Mug", metadata={"brand": brand})
    cup = product(api, name="Cup")
    red = sku(api, cup.id, metadata={"brand": brand})
    members = [
        {"id": mug.id, "object": "product"},
        {"id": red.id, "product_id": cup.id, "object": "sku"},
    ]
    by_name = collection(shop, products=members)
    given = {"junction": "and", "metadata.brand": {"conditions": {"$is": [brand]}}}
    by_filter = collection(shop, type="AUTO_UPDATE", filter=given)
    for made in (by_name, by_filter):
        assert made.id.startswith("pc_")
        # the official client reads no list with a SKU: it wants the attributes of a product
        listed = plain.get(f"/v1/product-collections/{made.id}/products")
        assert_shape(listed, "ProductCollectionsProductsListResponseBody")
        assert [each["id"] for each in listed["data"]] == [red.id, mug.id]
        assert listed["data"][0]["product"]["id"] == cup.id
        page = told(collections.list_products_in_collection, made.id, limit=1, page=2)
        assert ([each.id for each in page.data], page.total) == ([mug.id], 2)
    assert [each.id for each in by_name.products] == [mug.id, red.id]
    read = told(collections.get_product_collection, by_filter.id)
    assert read.to_dict() == by_filter.to_dict()
    newest = told(collections.list_product_collections, limit=2).data
    assert [each.id for each in newest] == [by_filter.id, by_name.id]
    told(collections.delete_product_collection, by_name.id)
    missing = refused(collections.get_product_collection, by_name.id)
    assert missing[:2] == (404, "not_found")


def test_a_discount_on_the_items_of_a_collection(shop: Shop, api: Any, collections: Any) -> None:
    clothes = new_code()
    shirt = product(api, name="Shirt", price=2000, metadata={"kind": clothes})
    poster = product(api, name="Poster", price=1500)
    given = {"junction": "and", "metadata.kind": {"conditions": {"$is": [clothes]}}}
    members = [{"id": shirt.id, "object": "product"}]
    made = [
        collection(shop, products=members),
        collection(shop, type="AUTO_UPDATE", filter=given),
    ]
    items = [
        {"product_id": shirt.id, "quantity": 3},
        {"source_id": poster.source_id, "quantity": 2},
    ]
    code = ""
    for each in made:
        entry = {"object": "products_collection", "id": each.id, "effect": "APPLY_TO_EVERY"}
        rules = {"applicable_to": {"included": [entry]}}
        off = {"type": "PERCENT", "percent_off": 10, "effect": "APPLY_TO_ITEMS"}
        code = bound_to(shop, rules, discount=off)
        answer = shop.validate(code, order={"items": items})
        assert answer.valid
        order = answer.order
        assert (order.amount, order.items_discount_amount) == (9000, 600)
        first, second = order.items
        assert (first.price, first.discount_amount, second.discount_amount) == (2000, 600, None)
        assert (first.product.name, second.product_id) == ("Shirt", poster.id)
        used = refused(collections.delete_product_collection, each.id)
        assert used[:2] == (400, "resource_in_use")
    # who leaves an AUTO_UPDATE collection gets its discount no longer, at once
    product(api, shirt.source_id, metadata={"kind": "other"})
    answer = shop.validate(code, order={"items": items})
    assert not answer.valid or answer.order.items_discount_amount is None


def test_a_unit_discount_adds_a_product_at_its_catalogue_price(shop: Shop, api: Any) -> None:
    mug = product(api, name="Mug", price=2900)
    for unit in (mug.id, mug.source_id):
        free = {"type": "UNIT", "unit_off": 2, "unit_type": unit, "effect": "ADD_NEW_ITEMS"}
        code = shop.voucher(discount=free).code
        items = [{"product_id": "tea", "price": 500, "quantity": 1}]
        order = shop.redeem(code, order={"items": items}).order
        _, added = order.items
        assert (added.product_id, added.quantity, added.price) == (mug.id, 2, 2900)
        assert (added.amount, added.discount_amount) == (5800, 5800)
        assert (order.amount, order.total_amount) == (6300, 500)


def test_an_override_goes_to_the_catalogue_when_an_order_is_saved(shop: Shop, api: Any) -> None:
    source_id, code = new_code(), shop.percent(10).code
    said = {"source_id": source_id, "override": True, "name": "Mug", "price": 1000}
    order = {"items": [{"product": said, "quantity": 2}]}
    assert shop.validate(code, order=order).order.amount == 2000
    assert refused(api.get_product, source_id)[:2] == (404, "not_found")
    redeemed = shop.redeem(code, order=order)
    made = told(api.get_product, source_id)
    assert (made.name, made.price) == ("Mug", 1000)
    assert redeemed.order.items[0].product_id == made.id
    created = {"items": [{"product": said | {"price": 700}}]}
    told(shop.orders.create_order, sdk.OrdersCreateRequestBody.from_dict(created))
    assert told(api.get_product, source_id).price == 700
    unknown = {"items": [{"product": {"id": "prod_unknown", "override": True}}]}
    error = refused(shop.redemptions.redeem_stacked_discounts, redemption(code, order=unknown))
    assert error[:2] == (404, "not_found")


def test_files_and_bulk_updates(shop: Shop, api: Any, plain: Plain, tmp_path: Path) -> None:
    mug, cup = new_code(), new_code()
    rows = [
        ["name", "source_id", "price", "attributes", "image_url", "color"],
        ["Mug", mug, "1000", "color,size", "", "red"],
        ["Cup", cup, "ten", "", "", ""],
    ]
    action = shop.done(told(api.import_products_using_csv, file=written(tmp_path, rows)))
    assert (action.result["done_count"], action.result["failed_count"]) == (1, 1)
    [failed] = action.result["failed"]
    assert (failed["row"], failed["source_id"], failed["column"]) == (2, cup, "price")
    read = told(api.get_product, mug)
    assert (read.price, read.attributes, read.metadata) == (
        1000,
        ["color", "size"],
        {"color": "red"},
    )
    rows = [
        ["product_id", "sku", "source_id", "price", "image_url", "attributes"],
        [mug, "red", f"{mug}/red", "1200", "", '{"color": "red"}'],
    ]
    shop.done(told(api.import_skus_using_csv, file=written(tmp_path, rows)))
    red = told(api.get_sku, f"{mug}/red")
    assert (red.price, red.product_id, red.attributes) == (1200, read.id, {"color": "red"})
    each = [sdk.ProductsUpdateInBulkRequestBody(source_id=name, price=5) for name in (mug, cup)]
    started = told(api.update_products_in_bulk, products_update_in_bulk_request_body=each)
    assert shop.done(started).operation_status == "SUCCESS"
    body = sdk.ProductsMetadataUpdateInBulkRequestBody(source_ids=[mug], metadata={"size": "L"})
    shop.done(
        told(
            api.update_products_metadata_in_bulk,
            products_metadata_update_in_bulk_request_body=body,
        )
    )
    read = told(api.get_product, mug)
    assert (read.price, read.metadata) == (5, {"color": "red", "size": "L"})
    assert told(api.get_product, cup).price == 5
    assert plain.ask("POST", "/v1/products/bulk/async").status_code == 202


def written(folder: Path, rows: list[list[str]]) -> str:
    """The path of a file with these rows."""
    path = folder / "rows.csv"
    with path.open("w", newline="") as file:
        csv.writer(file).writerows(rows)
    return str(path)
