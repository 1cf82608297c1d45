"""What clients of the API are held to on every path: booleans of queries, a slash at the end."""

import pytest

from tests.unit.services.strange import make_shop, requests_of
from tests.unit.services.world import MANAGEMENT, World, asked


@pytest.mark.parametrize("said", ["1", "true", "TRUE"])
async def test_one_is_true_in_a_query(world: World, said: str) -> None:
    product = (await world.call("POST", "/v1/products", {"source_id": "p"})).json()
    sku = (await world.call("POST", "/v1/products/p/skus", {"source_id": "s"})).json()
    for path in (f"/v1/products/p/skus/{sku['id']}", f"/v1/products/{product['id']}"):
        gone = await world.call("DELETE", f"{path}?force={said}")
        assert (gone.status_code, gone.content) == (204, b"")
    again = await world.call("POST", "/v1/products", {"source_id": "p"})
    assert again.json()["id"] != product["id"]


@pytest.mark.parametrize("said", ["0", "false"])
async def test_zero_is_false_in_a_query(world: World, said: str) -> None:
    await world.voucher("A")
    assert (await world.call("DELETE", f"/v1/vouchers/A?force={said}")).status_code == 204
    taken = await world.call("POST", "/v1/vouchers/A", {"discount": {"type": "PERCENT"}})
    assert taken.status_code == 400
    terms = {"type": "DISCOUNT_VOUCHER", "discount": {"type": "PERCENT", "percent_off": 10}}
    assert (await world.call("POST", "/v1/vouchers/A", terms)).status_code == 409


@pytest.mark.parametrize("said", ["2", "yes", "on", "01", "-1", "1.0", ""])
async def test_nothing_else_is_a_boolean_of_a_query(world: World, said: str) -> None:
    await world.voucher("A")
    answer = await world.call("DELETE", f"/v1/vouchers/A?force={said}")
    assert (answer.status_code, answer.json()["key"]) == (400, "invalid_query_params")


async def test_a_slash_at_the_end_of_a_path_is_nothing(world: World) -> None:
    terms = {"type": "DISCOUNT_VOUCHER", "discount": {"type": "AMOUNT", "amount_off": 1000}}
    made = await world.call("POST", "/v1/vouchers/", terms)
    assert (made.status_code, made.json()["object"]) == (200, "voucher")
    code = made.json()["code"]
    found = await world.call("GET", f"/v1/vouchers/{code}/")
    assert found.json() == made.json()
    redeemed = await world.call("POST", "/v1/redemptions/", asked(code))
    assert redeemed.json()["redemptions"][0]["result"] == "SUCCESS"
    assert [each.path for each in world.noted[-2:]] == [f"/v1/vouchers/{code}", "/v1/redemptions"]


async def test_every_path_takes_a_slash_at_its_end(world: World) -> None:
    ids = await make_shop(world)
    project = "/management/v1/projects/proj/"
    body = {"client_publish_enabled": True}
    assert (await world.call("PUT", project, body, MANAGEMENT)).status_code == 200
    for method, path, body, headers in requests_of(ids):
        head, mark, query = path.partition("?")
        answer = await world.call(method, f"{head}/{mark}{query}", body, headers)
        assert answer.status_code in (200, 202, 204), (path, answer.text)
        assert world.noted[-1].path == head
    for path in ("/v1/customers/ann/", "/v1/products/p/skus/", "/v1/segments/", "/health/"):
        assert (await world.call("GET", path)).status_code == 200, path
    pictures = (await world.call("GET", "/v1/vouchers/A/")).json()["assets"]
    for asset in pictures.values():
        assert (await world.http.get(f"{asset['url']}/")).status_code == 200


async def test_two_slashes_and_an_escaped_one_are_something(world: World) -> None:
    await world.voucher("A")
    assert (await world.call("GET", "/v1/vouchers/A//")).status_code == 404
    assert (await world.call("GET", "/v1/vouchers/A%2F")).status_code == 404
