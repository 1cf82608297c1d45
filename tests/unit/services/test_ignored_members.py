"""Members that nobody reads: they are no error, and whoever sent them is told."""

from typing import Any, Final

import msgspec
import pytest
from msgspec import structs

from engine.kernel.encode import to_json
from runtime.http.api_calls import as_call
from runtime.http.ignored import PATH_LENGTH_MAX, PATHS_MAX, Ignored
from runtime.http.reading import ShapeReader
from schemas.api import AttemptBody, CustomerInput, OrderItemInput, ProductInput
from tests.unit.services.world import CLIENT, MANAGEMENT, World, asked

HEADER: Final = "x-ignored-members"
AMOUNT: Final = {"type": "AMOUNT", "amount_off": 1000}
TERMS: Final = {"type": "DISCOUNT_VOUCHER", "discount": AMOUNT}
CAMPAIGN: Final = {"name": "Spring", "voucher": TERMS}
#: A request of each kind of body with members that nobody reads, and their paths.
STRANGE: Final[list[tuple[str, str, Any, str]]] = [
    ("POST", "/v1/vouchers", TERMS | {"colour": "red"}, "colour"),
    ("POST", "/v1/vouchers", TERMS | {"discount": AMOUNT | {"sum": 1}}, "discount.sum"),
    ("PUT", "/v1/vouchers/A", {"colour": "red", "redemption": {"count": 5}}, "redemption.count, colour"),
    ("POST", "/v1/vouchers/CARD/balance", {"amount": 1, "points": 1}, "points"),
    ("POST", "/v1/campaigns", CAMPAIGN | {"name": "Autumn", "goal": 5}, "goal"),
    ("PUT", "/v1/campaigns/Spring", {"access_settings": {"areas": []}}, "access_settings.areas"),
    ("PUT", "/v1/campaigns/Spring",
     {"voucher": {"type": "DISCOUNT_VOUCHER", "colour": "red", "discount": AMOUNT | {"sum": 1}}},
     "voucher.discount.sum, voucher.colour"),
    ("POST", "/v1/campaigns/Spring/vouchers", {"discount": {}}, "discount"),
    ("POST", "/v1/promotions/Sale/tiers",
     {"name": "T", "action": {"discount": AMOUNT}, "kind": 1}, "kind"),
    ("POST", "/v1/validation-rules", {"name": "R", "kind": 1}, "kind"),
    ("POST", "/v1/customers", {"nickname": "A", "address": {"planet": "x"}}, "address.planet, nickname"),
    ("PUT", "/v1/customers/ann", {"nickname": "A"}, "nickname"),
    ("POST", "/v1/orders", {"currency": "EUR"}, "currency"),
    ("POST", "/v1/orders", {"customer": {"source_id": "ann", "planet": "x"}}, "customer.planet"),
    ("POST", "/v1/orders", {"items": [{"quantity": 1}, {"colour": "red"}]}, "items[1].colour"),
    ("POST", "/v1/products", {"name": "P", "planet": "x"}, "planet"),
    ("POST", "/v1/publications",
     {"customer": {"source_id": "ann"}, "voucher": "A", "colour": "red"}, "colour"),
    ("POST", "/v1/events", {"event": "e", "customer": {"source_id": "ann"}, "when": 1}, "when"),
    ("POST", "/v1/vouchers/import", [TERMS | {"code": "B", "x": 1}], "[0].x"),
    ("POST", "/v1/vouchers/metadata/async", {"codes": ["A"], "metadata": {}, "x": 1}, "x"),
    ("POST", "/v1/redemptions", asked("A", customr={"source_id": "ann"}), "customr"),
    ("POST", "/v1/redemptions", asked("A", order={"amount": 1, "currency": "EUR"}), "order.currency"),
    ("POST", "/v1/redemptions",
     asked("A", order={"items": [{"price": 1}, {"price": 1, "qty": 2}]}), "order.items[1].qty"),
    ("POST", "/v1/redemptions",
     {"redeemables": [{"object": "voucher", "id": "A", "credits": 5}]}, "redeemables[0].credits"),
    ("POST", "/v1/validations", asked("A", options={"expand": [], "limit": 1}), "options.limit"),
    ("POST", "/v1/validations", asked("A", session={"type": "LOCK", "tll": 5}), "session.tll"),
    ("POST", "/v1/vouchers/A/redemption", {"order": {"amount": 1, "vat": 1}, "x": 1}, "x, order.vat"),
    ("POST", "/v1/vouchers/A/validate", {"customer": {"address": {"planet": "x"}}},
     "customer.address.planet"),
    ("POST", "/v1/qualifications", {"options": {"limit": 5, "size": 5}}, "options.size"),
    ("POST", "/v1/vouchers/qualification", {"colour": "red"}, "colour"),
    ("POST", "/v1/promotions/validation", {"colour": "red"}, "colour"),
    ("POST", "/v1/campaigns/Spring/vouchers/C", {"colour": "red"}, "colour"),
    ("POST", "/v1/campaigns/Spring/import", [{"code": "C", "x": 1}, {"code": "D", "x": 1}], "[0].x"),
    ("POST", "/v1/categories", {"name": "C", "hierarchy": 1, "x": 1}, "x"),
    ("POST", "/v1/segments", {"name": "S", "type": "static", "customers": [], "x": 1}, "x"),
    ("POST", "/v1/product-collections", {"name": "C", "type": "STATIC", "products": [], "x": 1}, "x"),
    ("POST", "/v1/customers/bulk/async", [{"source_id": "ann", "x": 1}], "[0].x"),
    ("POST", "/v1/products/bulk/async", [{"source_id": "p", "x": 1}], "[0].x"),
    ("POST", "/v1/customers/metadata/async",
     {"source_ids": ["ann"], "metadata": {}, "x": 1}, "x"),
    ("POST", "/v1/orders/import", [{"amount": 1, "x": 1}], "[0].x"),
]  # fmt: skip


async def _shop(world: World) -> None:
    await world.voucher("A")
    await world.gift("CARD", 500)
    promotion = {"name": "Sale", "campaign_type": "PROMOTION"}
    for path, body in (
        ("customers", {"source_id": "ann"}),
        ("campaigns", CAMPAIGN),
        ("campaigns", promotion),
    ):
        assert (await world.call("POST", f"/v1/{path}", body)).status_code == 200


@pytest.mark.parametrize(("method", "path", "body", "told"), STRANGE)
async def test_a_member_that_nobody_reads_is_passed_over_and_told(
    world: World, method: str, path: str, body: Any, told: str
) -> None:
    await _shop(world)
    world.noted.clear()
    answer = await world.call(method, path, body)
    assert answer.status_code in (200, 202), answer.text
    assert answer.headers[HEADER] == told
    (noted,) = world.noted
    assert as_call(noted).ignored == tuple(told.split(", "))


async def test_what_is_all_read_is_not_told_of(world: World) -> None:
    await _shop(world)
    customer = (await world.call("GET", "/v1/customers/ann")).json()
    order = {"amount": 1000, "items": [{"quantity": 1, "amount": 1000}]}
    made = (await world.call("POST", "/v1/orders", order)).json()
    own = {name: made[name] for name in ("id", "amount", "items", "object")}
    for method, path, body in (
        ("POST", "/v1/redemptions", asked("A", order=own, customer=customer)),
        ("POST", "/v1/redemptions", asked("A", nothing=None, order={"amount": 5, "x": None})),
        ("POST", "/v1/vouchers", TERMS | {"nothing": None}),
        ("PUT", "/v1/customers/ann", customer),
        ("GET", "/v1/vouchers/A", None),
    ):
        answer = await world.call(method, path, body)
        assert answer.status_code == 200, answer.text
        assert HEADER not in answer.headers


async def test_what_else_is_wrong_is_refused_and_both_are_told(world: World) -> None:
    bad = TERMS | {"colour": "red", "active": "yes"}
    made = await world.call("POST", "/v1/vouchers", bad)
    assert (made.status_code, made.headers[HEADER]) == (400, "colour")
    assert "Property `.active`" in made.json()["details"]
    await world.voucher("A")
    redeemed = await world.call(
        "POST", "/v1/redemptions", asked("A", customr=1, order={"amount": -1})
    )
    assert (redeemed.status_code, redeemed.json()["key"]) == (400, "invalid_amount")
    assert redeemed.headers[HEADER] == "customr"
    rows = [{"code": "A", "x": 1, "discount": AMOUNT}, {"discount": AMOUNT}]
    imported = await world.call("POST", "/v1/vouchers/import", rows)
    assert (imported.status_code, imported.headers[HEADER]) == (400, "[0].x")
    assert "`[1].code` is required" in imported.json()["details"]


async def test_the_management_api_goes_on_to_refuse_them(world: World) -> None:
    body = {"target_url": "https://shop.test/hook", "events": [], "colour": "red"}
    answer = await world.call(
        "POST", "/management/v1/projects/proj/webhooks", body, headers=MANAGEMENT
    )
    assert answer.status_code == 400
    assert "Property `.colour` is not supported" in answer.json()["details"]
    assert HEADER not in answer.headers


async def test_a_browser_may_see_what_was_passed_over(world: World) -> None:
    await world.voucher("A")
    answer = await world.call("POST", "/client/v1/redemptions", asked("A", customr={}), CLIENT)
    assert answer.headers[HEADER] == "customr"
    assert "X-Ignored-Members" in answer.headers["access-control-expose-headers"]


async def test_such_requests_are_counted(world: World) -> None:
    async def count() -> int:
        found: int = (await world.http.get("/health")).json()["parts"]["ignored-members"]["times"]
        return found

    before = await count()
    await world.voucher("A")
    for body in (asked("A"), asked("A", customr={}), asked("A", customr={}, odrer={})):
        await world.call("POST", "/v1/redemptions", body)
    assert await count() == before + 2


def test_what_is_told_fits_a_header_whatever_was_sent() -> None:
    ignored = Ignored()
    for number in range(1000):
        ignored.add(("order", "items", number, f"x{number % 50}"))
    told = ignored.told()
    assert told[:2] == ("order.items[0].x0", "order.items[1].x1")
    assert (len(told), told[-1]) == (PATHS_MAX + 1, "+30")
    ignored = Ignored()
    for name in ("a@shop.test", "a, b", "x\r\ny", "ü", "", "x" * 65, "$", "0"):
        ignored.add(("customer", name))
    assert ignored.told() == ("customer.?", "customer.$")
    ignored = Ignored()
    ignored.add(("x" * 60,) * 9)
    assert [len(each) for each in ignored.told()] == [PATH_LENGTH_MAX]


async def test_a_body_of_nothing_but_strange_members_is_told_in_few_words(world: World) -> None:
    await world.voucher("A")
    strange = {f"m{number}": number for number in range(5000)}
    answer = await world.call("POST", "/v1/redemptions", asked("A") | strange)
    assert answer.status_code == 200
    assert len(answer.headers[HEADER]) < 500
    assert answer.headers[HEADER].endswith("m19, +1000")


def test_a_value_that_was_read_is_equal_to_the_same_value() -> None:
    content = to_json(
        asked("A", customer={"source_id": "ann"}) | {"order": {"items": [{"product": {"id": "p"}}]}}
    )
    ignored: list[Any] = []
    read = ShapeReader[AttemptBody](AttemptBody).decode(content, ignored)
    plain = msgspec.json.decode(content, type=AttemptBody)
    assert ignored == []
    for one, other in ((read, plain), (plain, read)):
        assert one == other
        assert (one != other) is False
    assert hash(read.redeemables[0]) == hash(plain.redeemables[0])
    assert read.redeemables[0] != structs.replace(plain.redeemables[0], id="B")
    assert to_json(msgspec.to_builtins(read)) == to_json(msgspec.to_builtins(plain))
    assert read.order is not None
    assert read.order.items == (OrderItemInput(product=ProductInput(id="p")),)
    assert read.customer == CustomerInput(source_id="ann")
