"""What is bad about validations, redemptions, rollbacks and sessions."""

from typing import Any, Final

from tests.unit.services.bad_input.asking import Ask, Before, Rows, delete, get, post, shown
from tests.unit.services.strange import AMOUNT
from tests.unit.services.world import OTHER

PATH: Final = "redemptions"
ONE: Final = {"object": "voucher", "id": "A"}


def _raw(*contents: bytes) -> tuple[Ask, ...]:
    headers = {"Content-Type": "application/json"}
    return tuple(Ask("POST", f"/v1/{PATH}", None, each, headers) for each in contents)


def _of(*redeemables: Any, **more: Any) -> dict[str, Any]:
    return {"redeemables": list(redeemables)} | more


def _with(*members: dict[str, Any]) -> tuple[Ask, ...]:
    """An attempt with each of these members beside a good voucher."""
    return post(PATH, *(_of(ONE, **each) for each in members))


#: A redemption of A with the first order, one of B; 1,000 entries are the test's that is named.
BEFORE: Final[Before] = (
    ("b", Ask("POST", "/v1/vouchers/B", {"discount": AMOUNT})),
    ("off", Ask("POST", "/v1/redemptions", _of(ONE, order={"source_id": "o1", "amount": 5000}))),
    ("mine", Ask("POST", "/v1/orders", {"source_id": "o2", "amount": 5, "customer": {"source_id": "ann"}})),
    ("ben", Ask("POST", "/v1/customers", {"source_id": "ben"})),
)  # fmt: skip
ATTEMPTS: Final[Rows] = {
    "not JSON, cut off, NaN, text that is not UTF-8, half a surrogate pair": _raw(
        b"",
        b'{"redeemables":[',
        b'{"redeemables":[{"object":"voucher","id":"A"}],"metadata":{"a":NaN}}',
        b'{"redeemables":[{"object":"voucher","id":"A\xff"}]}',
        b'{"redeemables":[{"object":"voucher","id":"\\ud800"}]}',
    ),
    "nested deeper than 32 levels": _raw(
        b'{"redeemables":[{"object":"voucher","id":"A"}],"metadata":' + b'{"a":' * 40 + b"1" + b"}" * 41
    ),
    "no object, or null": _raw(b"[]", b"5", b"null"),
    "redeemables missing, null, no list, empty, more than 30": post(
        PATH, {}, {"redeemables": None}, {"redeemables": "A"}, _of(), _of(*[ONE] * 31)
    ),
    "a redeemable without object or id, with an unknown object, or with an id that is no text of 1 to 512 characters": post(
        PATH, _of({"id": "A"}), _of({"object": "voucher"}), _of({"object": "product", "id": "A"}),
        *(_of({"object": "voucher", "id": each}) for each in (None, 7, "", "A" * 513)),
    ),
    "the same redeemable twice, also once by code and once by id": post(
        PATH, _of(ONE, ONE), _of(ONE, {"object": "voucher", "id": "<a>"})
    ),
    "a promotion_stack beside others": post(
        PATH, _of(ONE, {"object": "promotion_stack", "id": "<stack>"})
    ),
    "an amount, price or credits that is negative, no integer or above 10¹⁵, or credits of 0": (
        *_with(*({"order": {"amount": each}} for each in (-1, 1.5, "5", True, 10**15 + 1))),
        *_with({"order": {"items": [{"price": -1}]}}, {"order": {"items": [{"amount": 1.5}]}}),
        *post(PATH, *(_of({"object": "voucher", "id": "CARD", "gift": {"credits": each}})
                      for each in (0, -1, "5"))),
    ),
    "items whose sum is above 10¹⁵": _with({"order": {"items": [{"price": 10**15, "quantity": 2}]}}),
    "any other member of the wrong type or out of bounds: order, item, customer, session, metadata, tracking id, options": _with(
        {"order": [1]}, {"order": {"items": ["x"]}}, {"order": {"status": "SENT"}},
        {"order": {"items": [{"quantity": -1}]}}, {"customer": "me"}, {"customer": {"name": 5}},
        {"session": {"type": "OPEN"}}, {"session": {"ttl": 0}}, {"metadata": [1]},
        {"tracking_id": 5}, {"options": {"expand": ["all"]}},
    ),
    "more than 500 items": _with({"order": {"items": [{"amount": 1}] * 501}}),
    "an order whose amount is less than what was discounted of it before": _with(
        {"order": {"source_id": "o1", "amount": 999}}
    ),
    "an order that has 1,000 entries of redemptions": shown(
        "tests/unit/engine/redemptions/test_redemption_orders.py::test_an_order_takes_only_so_many_redemptions"
    ),
    "with a client-side key: another customer's order, or a status that is not the default": (
        Ask("POST", "/client/v1/redemptions", _of(ONE, order={"source_id": "o2"})),
        Ask("POST", "/client/v1/redemptions", _of(ONE, order={"amount": 5, "status": "CANCELED"})),
    ),
    "an unknown order id or customer id (without a source id beside it)": _with(
        {"order": {"id": "ord_none"}}, {"customer": {"id": "cust_none"}}
    ),
    "a source id that belongs to another order or customer": _with(
        {"order": {"id": "<mine>", "source_id": "o1", "amount": 5000}},
        {"customer": {"id": "<ben>", "source_id": "ann"}},
    ),
    "an unknown voucher, promotion tier or stack, also another project's": (
        *post(PATH, *(_of({"object": each, "id": "none"})
                      for each in ("voucher", "promotion_tier", "promotion_stack"))),
        Ask("POST", f"/v1/{PATH}", _of(ONE), key=OTHER),
    ),
    "a gift card without an order amount": post(PATH, _of({"object": "voucher", "id": "CARD"})),
}  # fmt: skip

#: What can be taken back no more, or never could.
BEFORE_BACK: Final[Before] = (
    ("b", Ask("POST", "/v1/vouchers/B", {"discount": AMOUNT})),
    ("failed", Ask("POST", "/v1/redemptions", _of({"object": "voucher", "id": "CARD"}))),
    ("pair", Ask("POST", "/v1/redemptions", _of(
        ONE, {"object": "voucher", "id": "B"}, order={"amount": 9000}))),
    ("taken", Ask("POST", "/v1/redemptions", _of(ONE))),
    ("back", Ask("POST", "/v1/redemptions/<taken>/rollback")),
    ("hers", Ask("POST", "/v1/redemptions", _of(
        ONE, order={"source_id": "o1", "amount": 9000}, customer={"source_id": "ann"}))),
    ("ben", Ask("POST", "/v1/customers", {"source_id": "ben"})),
    ("his", Ask("POST", "/v1/orders", {"source_id": "o2", "amount": 9000})),
)  # fmt: skip
BACK: Final[Rows] = {
    "a body that cannot be read or has a member of the wrong type": (
        Ask("POST", "/v1/redemptions/<redemption>/rollback", None, b"{"),
        *post("redemptions/<redemption>/rollback", [1], {"reason": 5}, {"order": {"amount": -1}}),
        *post("redemptions/<pair>/rollbacks", {"metadata": [1]}),
    ),
    "an unknown redemption, also another project's": (
        *post("redemptions/r_none/rollback", None),
        *post("redemptions/r_none/rollbacks", None),
        Ask("POST", "/v1/redemptions/<redemption>/rollback", key=OTHER),
    ),
    "a failed redemption": post("redemptions/<failed>/rollback", None),
    "a child of a stack": post("redemptions/<pair_child>/rollback", None),
    "the parent of a stack through /rollback": post("redemptions/<pair>/rollback", None),
    "one that was rolled back before": post("redemptions/<taken>/rollback", None),
    "one older than three calendar months, for as long as it is known (93 days), then 404": shown(
        "tests/unit/engine/redemptions/test_rollbacks.py::test_a_redemption_is_rolled_back_within_three_months"
    ),
    "another customer's, another order's": post(
        "redemptions/<hers>/rollback",
        {"customer": {"source_id": "ben"}}, {"order": {"source_id": "o2"}},
    ),
    "an unknown customer": post("redemptions/<hers>/rollback", {"customer": {"id": "cust_none"}}),
    "releasing an unknown voucher, or a session that holds nothing of it": delete(
        "vouchers/none/sessions/k", "vouchers/A/sessions/none"
    ),
    "ending a session that is over or never was": delete("sessions/none"),
    "sessions asked for by an unknown or empty parameter": get(
        "sessions?page=1", "sessions?code="
    ),
}  # fmt: skip
