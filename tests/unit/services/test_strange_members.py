"""Members that nobody reads, in every body; whole objects as references; names that would harm."""

import re
from typing import Any, Final

import pytest

from runtime.http.ignored import PATH_LENGTH_MAX, PATHS_MAX
from tests.contract.answers import ROUTES, route_of
from tests.unit.services.strange import (
    AMOUNT,
    BODILESS,
    make_shop,
    requests_of,
    with_strange_members,
)
from tests.unit.services.world import CLIENT, MANAGEMENT, World, asked

HEADER: Final = "x-ignored-members"
#: What a header may hold, of what is told.
PLAIN: Final = re.compile(r"[\x21-\x7e]+(?:, [\x21-\x7e]+)*")
#: Answered by the host that has the tables: tests/unit/services/analytics/simulations and
#: tests/integration/sql.
ELSEWHERE: Final = {
    "POST /v1/analytics/simulations",
    "POST /v1/analytics/query",
    "POST /v1/product-collections/try",
    "POST /v1/trash-bin/bulk/async",
    "POST /v1/vouchers/bulk/filter/async",
    # it wants a draw: tests/unit/services/catalog/loyalty/test_giveaways.py
    "POST /v1/giveaways/{campaignId}/winners/{entryId}/refuse",
}
#: Names that are no names, and one path too long.
HARMFUL: Final = {
    "a\r\nSet-Cookie: x=1": 1, "\n": 1, "ü": 1, "\N{PILE OF POO}": 1, "a, b": 1, "\u2028": 1,
    "": 1, "\x00": 1, "a:b": 1, "x" * 5000: 1,
}  # fmt: skip


async def test_each_object_of_each_body_may_have_members_that_nobody_reads(world: World) -> None:
    ids = await make_shop(world)
    project = {"client_publish_enabled": True}
    path = "/management/v1/projects/proj"
    assert (await world.call("PUT", path, project, MANAGEMENT)).status_code == 200
    seen = set()
    for method, path, body, headers in requests_of(ids):
        strange, paths = with_strange_members(body)
        answer = await world.call(method, path, strange, headers)
        assert answer.status_code in (200, 202, 204), (path, answer.text)
        assert set(answer.headers[HEADER].split(", ")) == paths, path
        seen.add(route_of(method, path.partition("?")[0]))
    taking = {
        name
        for name in ROUTES
        if re.match(r"(?:POST|PUT) (?:/client)?/v1/(?!oauth)", name)
        and name.rpartition("/")[2] not in BODILESS
        and name not in ELSEWHERE
    }
    assert seen == taking


async def test_what_stands_beside_the_conditions_of_a_filter_is_told(world: World) -> None:
    await world.voucher("A")
    filters = {"code": {"conditions": {"$is": ["A"]}, "odd": 1, "none": None}, "junction": "and"}
    answer = await world.call("POST", "/v1/qualifications", {"options": {"filters": filters}})
    assert answer.headers[HEADER] == "options.filters.code.odd"
    assert answer.json()["redeemables"]["total"] == 1


@pytest.mark.parametrize(
    ("path", "body", "named"),
    [
        ("qualifications", {"options": {"filters": {"odd": {"conditions": {"$is": ["A"]}}}}}, "odd"),
        ("segments", {"name": "S", "filter": {"odd": {"conditions": {"$is": ["A"]}}}}, ".filter.odd"),
        ("validation-rules", {"name": "R", "rules": {"1": {"name": "odd", "conditions": {}}}}, ".rules.1"),
    ],
)  # fmt: skip
async def test_a_word_of_an_expression_that_is_not_known_is_refused(
    world: World, path: str, body: Any, named: str
) -> None:
    answer = await world.call("POST", f"/v1/{path}", body)
    assert answer.status_code == 400
    assert named in answer.json()["details"]
    assert HEADER not in answer.headers


async def test_whole_objects_are_references_wherever_one_is_meant(world: World) -> None:
    async def ok(path: str, body: Any = None, method: str = "POST") -> Any:
        answer = await world.call(method, f"/v1/{path}", body)
        assert answer.status_code == 200, (path, answer.text)
        return answer.json()

    await make_shop(world)
    voucher = await ok("vouchers/A", method="GET")
    customer = await ok("customers/ann", method="GET")
    product = await ok("products/p", method="GET")
    sku = product["skus"]["data"][0]
    item = {"quantity": 1, "price": 100, "product": product, "sku": sku}
    order = await ok("orders", {"source_id": "o", "customer": customer, "items": [item]})
    assert order["customer_id"] == customer["id"]
    whole = voucher | {"object": "voucher", "id": "A"}
    valid = await ok(
        "validations",
        {"redeemables": [whole], "order": order, "customer": customer, "session": {"type": "LOCK"}},
    )
    assert valid["valid"] is True
    asks = {"redeemables": valid["redeemables"], "order": order, "customer": customer}
    redeemed = await ok("redemptions", asks | {"session": valid["session"]})
    [entry] = redeemed["redemptions"]
    assert (entry["customer_id"], redeemed["order"]["id"]) == (customer["id"], order["id"])
    back = await ok(f"redemptions/{entry['id']}/rollback", entry)
    assert back["redemption"] == entry["id"]
    event = await ok("events", {"event": "e", "customer": customer})
    assert event["customer"]["id"] == customer["id"]
    collection = {"name": "C", "type": "STATIC", "products": [product, sku]}
    assert [each["id"] for each in (await ok("product-collections", collection))["products"]] == [
        product["id"], sku["id"],
    ]  # fmt: skip
    rule = await ok("validation-rules", {"name": "R", "applicable_to": {"included": [product]}})
    assert rule["applicable_to"]["included"][0]["id"] == product["id"]


@pytest.mark.parametrize(
    ("path", "body", "inner"),
    [
        ("/v1/redemptions", asked("A"), "order"),
        ("/v1/validations", asked("A"), "order"),
        ("/client/v1/redemptions", asked("A"), "order"),
        ("/v1/events", {"event": "e", "customer": {"source_id": "ann"}}, "customer"),
        ("/v1/vouchers", {"discount": AMOUNT}, "discount"),
        ("/v1/customers", {"source_id": "ann", "address": {}}, "address"),
    ],
)
@pytest.mark.parametrize("members", [HARMFUL, {f"m{number}": 1 for number in range(10_000)}])
async def test_no_name_breaks_the_header(
    world: World, path: str, body: Any, inner: str, members: dict[str, int]
) -> None:
    await world.voucher("A")
    headers = CLIENT if path.startswith("/client") else {}
    strange = body | members | {inner: body[inner] | members}
    answer = await world.call("POST", path, strange, *([headers] if headers else []))
    assert answer.status_code == 200, answer.text
    assert PLAIN.fullmatch(answer.headers[HEADER])
    told = answer.headers[HEADER].split(", ")
    assert world.noted[-1].ignored == tuple(told)
    if members is HARMFUL:
        assert sorted(told) == ["?", f"{inner}.?"]
    else:
        assert (len(told), told[-1]) == (PATHS_MAX + 1, "+1000")
        assert max(map(len, told)) <= PATH_LENGTH_MAX


async def test_rows_of_an_import_tell_theirs_once(world: World) -> None:
    rows = [{"code": f"c{number}", "discount": AMOUNT, "odd": 1} | HARMFUL for number in range(300)]
    answer = await world.call("POST", "/v1/vouchers/import", rows)
    assert answer.status_code == 202
    assert sorted(answer.headers[HEADER].split(", ")) == ["[0].?", "[0].odd"]
