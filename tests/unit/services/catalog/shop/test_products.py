"""Products, SKUs and collections over HTTP: what they take, and what they answer."""

from typing import Any

import pytest

from tests.contract.shapes import assert_shape
from tests.unit.runtime.http.test_edge import refused
from tests.unit.services.catalog.imports.uploading import done, upload
from tests.unit.services.world import OTHER, World, asked

MUG = {
    "source_id": "a@b/c+d",
    "name": "Mug",
    "price": 1000,
    "attributes": ["red", "big"],
    "image_url": "https://shop.test/mug.png",
    "metadata": {"a": 1},
}
PATH = "/v1/products/a%40b%2Fc%2Bd"
RED = {"source_id": "mug/red", "sku": "red", "price": 1200, "attributes": {"color": "red"}}


async def told(world: World, method: str, path: str, body: Any = None, shape: str = "") -> Any:
    answer = await world.call(method, path, body)
    assert answer.status_code == 200, answer.text
    assert_shape(answer.json(), shape)
    return answer.json()


async def product(world: World, body: Any = None) -> Any:
    return await told(world, "POST", "/v1/products", body or MUG, "ProductsCreateResponseBody")


async def sku(world: World, body: Any = None, path: str = PATH) -> Any:
    shape = "ProductsSkusCreateResponseBody"
    return await told(world, "POST", f"{path}/skus", body or RED, shape)


async def collection(world: World, **body: Any) -> Any:
    path, shape = "/v1/product-collections", "ProductCollectionsCreateResponseBody"
    return await told(world, "POST", path, {"type": "STATIC", "name": "All"} | body, shape)


async def test_a_product_is_created_read_changed_and_deleted(world: World) -> None:
    made = await product(world)
    assert {name: made[name] for name in MUG} == MUG
    assert (made["object"], made["updated_at"]) == ("product", None)
    read: Any = None
    for path in (PATH, f"/v1/products/{made['id']}"):
        read = await told(world, "GET", path, shape="ProductsGetResponseBody")
        assert read == made
    changes = read | {"name": None, "price": 0, "source_id": None, "metadata": {"b": 2}}
    changed = await told(world, "PUT", PATH, changes, "ProductsUpdateResponseBody")
    assert (changed["name"], changed["price"], changed["source_id"]) == (None, 0, "a@b/c+d")
    assert changed["metadata"] == {"a": 1, "b": 2}
    again = await product(world, {"source_id": MUG["source_id"], "name": "Cup"})
    assert (again["id"], again["name"], again["price"]) == (made["id"], "Cup", 0)
    gone = await world.call("DELETE", PATH)
    assert (gone.status_code, gone.content) == (204, b"")
    for method in ("GET", "PUT", "DELETE"):
        missing = await world.call(method, PATH, {} if method == "PUT" else None)
        assert refused(missing) == (404, "not_found")
        assert missing.json()["resource_type"] == "product"
    taken = await world.call("POST", "/v1/products", MUG)
    assert refused(taken) == (400, "duplicate_source_id")


async def test_a_product_that_is_deleted_by_force_is_free_again(world: World) -> None:
    made = await product(world)
    assert (await world.call("DELETE", f"{PATH}?force=true")).status_code == 204
    assert (await product(world))["id"] != made["id"]
    wrong = await world.call("DELETE", f"{PATH}?force=yes")
    assert refused(wrong) == (400, "invalid_query_params")
    assert (await world.call("GET", PATH, headers=OTHER)).status_code == 404


@pytest.mark.parametrize(
    "body",
    [
        {"name": 1},
        {"price": -1},
        {"price": 1.5},
        {"price": "1"},
        {"attributes": {"a": 1}},
        {"attributes": [1]},
        {"attributes": ["x"] * 101},
        {"metadata": [1]},
        {"source_id": "x" * 600},
        {"object": "sku"},
    ],
)
async def test_a_product_that_is_wrong_is_refused_by_property(world: World, body: Any) -> None:
    assert refused(await world.call("POST", "/v1/products", body)) == (400, "invalid_payload")
    await product(world)
    assert refused(await world.call("PUT", PATH, body)) == (400, "invalid_payload")


async def test_ids_that_do_not_fit_are_refused(world: World) -> None:
    made = await product(world)
    assert refused(await world.call("PUT", PATH, {"id": "x"})) == (400, "invalid_payload")
    assert (await world.call("PUT", PATH, {"id": made["id"]})).status_code == 200
    unknown = await world.call("POST", "/v1/products", {"id": "prod_x"})
    assert refused(unknown) == (404, "not_found")
    await sku(world)
    path = f"{PATH}/skus/mug%2Fred"
    assert refused(await world.call("PUT", path, {"id": "x"})) == (400, "invalid_payload")


async def test_a_sku_is_created_read_changed_listed_and_deleted(world: World) -> None:
    mug = await product(world)
    made = await sku(world)
    assert made["product_id"] == mug["id"]
    assert {name: made[name] for name in RED} == RED
    assert (made["currency"], made["image_url"], made["object"]) == (None, None, "sku")
    for path in ("/v1/skus/mug%2Fred", f"/v1/skus/{made['id']}"):
        assert await told(world, "GET", path, shape="SkusGetResponseBody") == made
    path = f"{PATH}/skus/{made['id']}"
    changes = made | {"price": None, "currency": "EUR"}
    changed = await told(world, "PUT", path, changes, "ProductsSkusUpdateResponseBody")
    assert (changed["price"], changed["currency"], changed["sku"]) == (None, "EUR", "red")
    read = await told(world, "GET", PATH, shape="ProductsGetResponseBody")
    assert read["skus"]["data"] == [changed]
    assert (await world.call("DELETE", path)).status_code == 204
    for method, where in (("GET", "/v1/skus/mug%2Fred"), ("PUT", path), ("DELETE", path)):
        missing = await world.call(method, where, {} if method == "PUT" else None)
        assert refused(missing) == (404, "not_found")
        assert missing.json()["resource_type"] == "sku"
    missing = await world.call("POST", "/v1/products/none/skus", RED)
    assert missing.json()["resource_type"] == "product"


async def test_skus_of_a_product_are_listed_by_pages_and_times(world: World) -> None:
    await product(world)
    for number in range(5):
        world.ledger.now += 1000
        await sku(world, {"source_id": str(number)})
    at = (await told(world, "GET", "/v1/skus/2", shape="SkusGetResponseBody"))["created_at"]
    wanted = {
        "": "43210",
        "limit=2": "43",
        "limit=2&page=2": "21",
        "order=created_at": "01234",
        "order=-updated_at&limit=1": None,
        f"start_date={at}": "432",
        f"end_date={at}": "210",
    }
    shape = "ProductsSkusListResponseBody"
    for query, ids in wanted.items():
        found = await told(world, "GET", f"{PATH}/skus?{query}", shape=shape)
        assert found["data_ref"] == "skus"
        if ids is not None:
            assert "".join(each["source_id"] for each in found["skus"]) == ids, query
    assert (await told(world, "GET", f"{PATH}/skus?limit=2", shape=shape))["total"] == 5
    for query in ("limit=0", "order=name", "planet=x", "start_date=soon"):
        wrong = await world.call("GET", f"{PATH}/skus?{query}")
        assert refused(wrong) == (400, "invalid_query_params"), query
    assert (await world.call("GET", "/v1/products/none/skus")).status_code == 404


async def test_a_collection_is_created_read_changed_and_deleted(world: World) -> None:
    mug = await product(world)
    red = await sku(world)
    named = [{"id": "a@b/c+d", "object": "product"}, {"id": red["id"], "object": "sku"}]
    made = await collection(world, products=named)
    assert made["products"] == [
        {"id": mug["id"], "object": "product"},
        {"id": red["id"], "product_id": mug["id"], "object": "sku"},
    ]
    path = f"/v1/product-collections/{made['id']}"
    assert await told(world, "GET", path, shape="ProductCollectionsGetResponseBody") == made
    shape = "ProductCollectionsUpdateResponseBody"
    renamed = await told(world, "PUT", path, made | {"name": "Some"}, shape)
    assert (renamed["name"], renamed["products"]) == ("Some", made["products"])
    emptied = await told(world, "PUT", path, {"products": []}, shape)
    assert emptied["products"] == []
    assert (await world.call("DELETE", path)).status_code == 204
    for method in ("GET", "PUT", "DELETE"):
        missing = await world.call(method, path, {} if method == "PUT" else None)
        assert refused(missing) == (404, "not_found")


async def test_a_collection_by_filter_says_its_filter(world: World) -> None:
    given = {"price": {"conditions": {"$more_than": [500]}}}
    made = await collection(world, type="AUTO_UPDATE", filter=given)
    assert made["filter"] == {"junction": "and"} | given
    assert "products" not in made
    path = f"/v1/product-collections/{made['id']}"
    either = {"junction": "or", "name": {"conditions": {"$is": ["Mug"]}}}
    shape = "ProductCollectionsUpdateResponseBody"
    assert (await told(world, "PUT", path, {"filter": either}, shape))["filter"] == either


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"name": "x"}, 400),
        ({"type": "STATIC"}, 400),
        ({"type": "STATIC", "name": ""}, 400),
        ({"type": "OTHER", "name": "x"}, 400),
        ({"type": "STATIC", "name": "x", "products": [{"id": "x"}]}, 400),
        ({"type": "STATIC", "name": "x", "products": [{"id": "x", "object": "cup"}]}, 400),
        ({"type": "STATIC", "name": "x", "products": [{"id": "x", "object": "sku"}]}, 404),
        ({"type": "AUTO_UPDATE", "name": "x"}, 400),
        ({"type": "AUTO_UPDATE", "name": "x", "filter": {"planet": {}}}, 400),
    ],
)
async def test_a_collection_that_is_wrong_is_refused(world: World, body: Any, status: int) -> None:
    answer = await world.call("POST", "/v1/product-collections", body)
    assert refused(answer) == (status, "not_found" if status == 404 else "invalid_payload")


async def test_products_of_a_file_and_the_rows_that_fail(world: World) -> None:
    await product(world, {"source_id": "cup", "name": "Cup", "price": 1, "metadata": {"size": "s"}})
    text = (
        "Name,source_id,price,attributes,image_url,color\n"
        'Mug,mug,1000,"red, big",https://shop.test/mug.png,red\n'
        ",cup,200,,,blue\n"
        "Bad,bad,1.5,,,\n"
        f"Long,{'x' * 600},1,,,\n"
    )
    answer = await upload(world, "/v1/products/importCSV", text)
    assert_shape(answer.json(), "ProductsImportCsvCreateResponseBody")
    action = await done(world, answer)
    assert_shape(action, "AsyncAction")
    assert (action["type"], action["result"]["done_count"]) == ("PRODUCTS.IMPORT_CSV", 2)
    failed = action["result"]["failed"]
    assert [(each["row"], each["column"]) for each in failed] == [(3, "price"), (4, "source_id")]
    assert failed[0]["source_id"] == "bad"
    mug = (await world.call("GET", "/v1/products/mug")).json()
    assert (mug["price"], mug["attributes"], mug["metadata"]) == (
        1000,
        ["red", "big"],
        {"color": "red"},
    )
    cup = (await world.call("GET", "/v1/products/cup")).json()
    assert (cup["name"], cup["price"]) == ("Cup", 200)
    assert cup["metadata"] == {"size": "s", "color": "blue"}


async def test_skus_of_a_file_and_the_rows_that_fail(world: World) -> None:
    mug = await product(world)
    text = (
        "product_id,sku,source_id,price,currency,attributes,image_url,size\n"
        'a@b/c+d,red,mug-red,1200,EUR,"{""color"": ""red""}",,s\n'
        f"{mug['id']},blue,mug-blue,,,,,\n"
        "none,x,x,,,,,\n"
        ",x,y,,,,,\n"
        "a@b/c+d,x,z,,,red,,\n"
    )
    action = await done(world, await upload(world, "/v1/skus/importCSV", text))
    assert (action["type"], action["result"]["done_count"]) == ("SKUS.IMPORT_CSV", 2)
    failed = action["result"]["failed"]
    assert [each["row"] for each in failed] == [3, 4, 5]
    assert failed[0]["source_id"] == "x"
    assert [each.get("column") for each in failed] == [None, "Product_id", "attributes"]
    red = (await world.call("GET", "/v1/skus/mug-red")).json()
    assert (red["price"], red["currency"], red["product_id"]) == (1200, "EUR", mug["id"])
    assert (red["attributes"], red["metadata"]) == ({"color": "red"}, {"size": "s"})


async def test_products_are_updated_in_bulk(world: World) -> None:
    await product(world)
    rows = [
        {"source_id": "a@b/c+d", "price": 5},
        {"source_id": "new", "name": "New", "metadata": {"b": 2}},
    ]
    answer = await world.call("POST", "/v1/products/bulk/async", rows)
    assert answer.status_code == 202
    assert_shape(answer.json(), "ProductsUpdateInBulkResponseBody")
    action = await done(world, answer)
    assert_shape(action, "AsyncAction")
    assert (action["type"], action["result"]["done_count"]) == ("PRODUCTS.BULK_UPDATE", 2)
    mug = (await world.call("GET", PATH)).json()
    assert (mug["name"], mug["price"]) == ("Mug", 5)
    body = {"source_ids": ["a@b/c+d", "other"], "metadata": {"c": 3}}
    answer = await world.call("POST", "/v1/products/metadata/async", body)
    action = await done(world, answer)
    assert (action["type"], action["result"]["done_count"]) == ("PRODUCTS.METADATA_UPDATE", 2)
    assert (await world.call("GET", PATH)).json()["metadata"] == {"a": 1, "c": 3}
    other = (await world.call("GET", "/v1/products/other")).json()
    assert other["metadata"] == {"c": 3}
    await world.call("DELETE", "/v1/products/other")
    again = await done(world, await world.call("POST", "/v1/products/metadata/async", body))
    [error] = again["result"]["errors"]
    assert (error["source_id"], error["key"]) == ("other", "duplicate_source_id")


async def test_a_bulk_update_without_a_body_is_done_at_once(world: World) -> None:
    headers = {"X-App-Id": "app", "X-App-Token": "t-app", "Content-Type": "application/json"}
    answer = await world.http.post("/v1/products/bulk/async", headers=headers)
    assert answer.status_code == 202
    action = await done(world, answer)
    assert (action["status"], action["result"]["done_count"]) == ("DONE", 0)
    wrong_rows: tuple[Any, ...] = ([], [{"name": "x"}], [{"source_id": ""}], {})
    for rows in wrong_rows:
        wrong = await world.call("POST", "/v1/products/bulk/async", rows)
        assert refused(wrong) == (400, "invalid_payload")


async def test_items_of_an_order_come_with_the_catalogues_prices(world: World) -> None:
    mug = await product(world)
    red = await sku(world)
    await world.voucher("TEN")
    items = [
        {"source_id": "a@b/c+d", "quantity": 2},
        {"sku_id": red["id"]},
        {"product_id": mug["id"], "price": 500},
    ]
    body = asked("TEN", order={"items": items})
    validated = (await world.call("POST", "/v1/validations", body)).json()
    assert validated["order"]["amount"] == 2 * 1000 + 1200 + 500
    first, second, third = validated["order"]["items"]
    shown = {"id": mug["id"], "source_id": "a@b/c+d", "name": "Mug", "price": 1000}
    assert (first["product_id"], first["product"], first["price"]) == (mug["id"], shown, 1000)
    assert second["sku"] == {"id": red["id"], "source_id": "mug/red", "sku": "red", "price": 1200}
    assert (second["product"], second["sku_id"]) == (shown, red["id"])
    assert "product" not in third
    said = {"override": True, "name": "Cup", "price": 700}
    over = asked("TEN", order={"items": [{"product_id": mug["id"], "product": said}]})
    redeemed = await world.call("POST", "/v1/redemptions", over)
    assert redeemed.json()["order"]["amount"] == 700
    read = (await world.call("GET", PATH)).json()
    assert (read["name"], read["price"]) == ("Cup", 700)
