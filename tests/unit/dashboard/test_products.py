"""Products, their SKUs, and collections of both."""

from typing import Any

from services.dashboard.parts.show import NOTHING
from tests.unit.dashboard.kit import Browser, FakeApi, me_with

SKU: dict[str, Any] = {
    "id": "sku_1",
    "object": "sku",
    "product_id": "prod_1",
    "sku": "Mug L",
    "source_id": "mug-l",
    "price": None,
    "attributes": {"size": "L"},
}
PRODUCT: dict[str, Any] = {
    "id": "prod_1",
    "object": "product",
    "name": "<script>Mug</script>",
    "source_id": "mug",
    "price": 1250,
    "attributes": ["size"],
    "image_url": "https://pictures.example/mug.png",
    "metadata": {"kind": "home"},
    "skus": {"data": [SKU], "total": 1},
}
RULE: dict[str, Any] = {"junction": "and", "price": {"conditions": {"$more_than": [1000]}}}
COLLECTION: dict[str, Any] = {"id": "pc_1", "name": "Dear", "type": "AUTO_UPDATE", "filter": RULE}
NAMED: dict[str, Any] = {
    "id": "pc_2",
    "name": "Named",
    "type": "STATIC",
    "products": [{"id": "prod_1"}],
}


def shop(*privileges: str) -> FakeApi:
    api = FakeApi(me_with(*privileges) if privileges else None)
    api.says("GET", "/v1/products", {"products": [PRODUCT], "total": 1})
    api.says("GET", "/v1/products/prod_1", PRODUCT)
    api.says("GET", "/v1/skus/sku_1", SKU)
    api.says("PUT", "/v1/products/prod_1", PRODUCT)
    api.says("POST", "/v1/products", PRODUCT)
    api.says("POST", "/v1/products/prod_1/skus", SKU)
    api.says("PUT", "/v1/products/prod_1/skus/sku_1", SKU)
    api.says("DELETE", "/v1/products/prod_1", None, 204)
    api.says("DELETE", "/v1/products/prod_1/skus/sku_1", None, 204)
    api.says("GET", "/v1/product-collections", {"data": [COLLECTION, NAMED], "total": 2})
    for each in (COLLECTION, NAMED):
        api.says("GET", f"/v1/product-collections/{each['id']}", each)
        api.says("PUT", f"/v1/product-collections/{each['id']}", each)
        members = {"data": [PRODUCT, SKU], "total": 2}
        api.says("GET", f"/v1/product-collections/{each['id']}/products", members)
    api.says("POST", "/v1/product-collections", COLLECTION)
    api.says("POST", "/v1/product-collections/try", {"data": [PRODUCT], "total": 40})
    return api


def test_pictures_of_other_hosts_are_links_and_not_loaded() -> None:
    page = Browser(shop()).get("/products")
    assert "https://pictures.example/mug.png" in page.links
    assert not page.find_all("img")


def test_an_address_that_is_a_script_is_no_link() -> None:
    api = shop()
    api.says("GET", "/v1/products/prod_1", PRODUCT | {"image_url": "javascript:alert(1)"})
    page = Browser(api).get("/products/prod_1")
    assert "javascript:alert(1)" not in page.links
    assert "javascript:alert(1)" in page.text


def test_a_product_shows_its_skus_and_what_they_cost() -> None:
    page = Browser(shop()).get("/products/prod_1")
    assert "€12.50 as the product" in page.find("tr", id="sku-sku_1").text
    assert "/products/prod_1/skus/sku_1/edit" in page.links


def test_a_product_is_created_of_what_was_typed() -> None:
    api = shop()
    form = {"name": "Mug", "source_id": "mug", "price": "12,50", "attributes": "size, colour"}
    assert Browser(api).post("/products/new", form | {"metadata": "kind = home"}).status == 303
    sent = api.sent("POST", "/v1/products")
    assert sent["price"] == 1250
    assert sent["attributes"] == ["size", "colour"]
    assert sent["metadata"] == {"kind": "home"}


def test_what_is_no_price_and_no_metadata_is_told_at_its_field() -> None:
    api = shop()
    page = Browser(api).post("/products/prod_1/edit", {"price": "dear", "metadata": "kind"})
    for name, tag in (("price", "input"), ("metadata", "textarea")):
        assert page.find(tag, name=name)["aria-invalid"] == "true"
    assert not api.asked_for("PUT", "/v1/products/prod_1")


def test_an_emptied_price_of_a_sku_is_that_of_its_product() -> None:
    api = shop()
    form = {"sku": "Mug XL", "price": "", "attributes": "size = XL"}
    assert Browser(api).post("/products/prod_1/skus/sku_1/edit", form).status == 303
    sent = api.sent("PUT", "/v1/products/prod_1/skus/sku_1")
    assert sent["price"] is None
    assert sent["attributes"] == {"size": "XL"}


def test_deleting_goes_to_the_bin_unless_it_is_for_good() -> None:
    api = shop()
    Browser(api).post("/products/prod_1/delete", {})
    Browser(api).post("/products/delete", {"keys": "prod_1", "force": "true"})
    bin_, good = api.asked_for("DELETE", "/v1/products/prod_1")
    assert "force" not in bin_.url.params
    assert good.url.params["force"] == "true"


def test_who_may_only_look_sees_no_way_to_change() -> None:
    text = Browser(shop("products.read")).get("/products/prod_1").text
    assert "Edit" not in text
    assert "Add a SKU" not in text


def test_collections_are_told_in_words_with_how_many_each_names() -> None:
    api = shop()
    counted = [{"id": "pc_1", "named_members_count": 0}, {"id": "pc_2", "named_members_count": 17}]
    api.says("GET", "/v1/analytics/summaries", {"data": counted})
    page = Browser(api).get("/collections")
    with_filter, named = (each.text for each in page.find_all("tr")[1:])
    assert "Price is more than €10.00" in with_filter
    assert NOTHING in with_filter
    assert "17" in named
    (asked,) = api.asked_for("GET", "/v1/analytics/summaries")
    assert dict(asked.url.params) == {"by": "collection", "ids": "pc_1,pc_2"}


def test_a_collection_shows_what_is_in_it() -> None:
    assert "/products/prod_1" in Browser(shop()).get("/collections/pc_1").links


def test_a_filter_is_tried_before_it_is_saved() -> None:
    api = shop()
    form = {"c0-field": "price", "c0-op": "$less_than", "c0-value": "20", "junction": "or"}
    part = Browser(api).post("/collections/try", form, into="tried")
    assert "40 in all" in part.text
    rule = api.sent("POST", "/v1/product-collections/try")["filter"]
    assert rule == {"junction": "or", "price": {"conditions": {"$less_than": [2000]}}}


def test_a_line_is_added_and_taken_away() -> None:
    browser = Browser(shop())
    form = {"c0-field": "name", "c0-op": "$contains", "c0-value": "Mug"}
    more = browser.post("/collections/conditions", form | {"line": "add"}, into="conditions")
    assert more.find("input", name="c0-value")["value"] == "Mug"
    assert more.find_all("select", name="c1-field")
    less = browser.post("/collections/conditions", form | {"line": "drop-0"}, into="conditions")
    assert not less.find_all("select", name="c0-field")


def test_an_automatic_collection_keeps_its_filter_through_the_form() -> None:
    page = Browser(shop()).get("/collections/pc_1/edit")
    assert page.find("input", name="c0-value")["value"] == "10.00"
    api = shop()
    form = {"name": "Dear", "c0-field": "price", "c0-op": "$more_than", "c0-value": "10.00"}
    assert Browser(api).post("/collections/pc_1/edit", form).status == 303
    assert api.sent("PUT", "/v1/product-collections/pc_1")["filter"] == RULE


def test_named_members_are_sent_as_what_they_are() -> None:
    api = shop()
    form = {"name": "Named", "members": ["prod_1", "sku_1"]}
    assert Browser(api).post("/collections/pc_2/edit", form).status == 303
    sent = api.sent("PUT", "/v1/product-collections/pc_2")["products"]
    assert sent == [{"id": "prod_1", "object": "product"}, {"id": "sku_1", "object": "sku"}]


def test_members_of_one_that_names_too_many_are_left_as_they_are() -> None:
    api = shop()
    many = {key: value for key, value in NAMED.items() if key != "products"}
    api.says("GET", "/v1/product-collections/pc_2", many)
    assert "too many members" in Browser(api).get("/collections/pc_2/edit").text
    Browser(api).post("/collections/pc_2/edit", {"name": "Renamed"})
    assert "products" not in api.sent("PUT", "/v1/product-collections/pc_2")
