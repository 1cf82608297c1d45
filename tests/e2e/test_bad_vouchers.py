"""Bad input to vouchers: docs/bad-input.md, row by row, over HTTP; nothing is created or changed."""

from typing import Any

import pytest

from tests.e2e.bad_values import HUGE, VOUCHER, Member, merged, shown
from tests.e2e.plain import Plain, refused
from tests.e2e.shop import Shop, new_code

TERMS: dict[str, Any] = {
    "type": "DISCOUNT_VOUCHER",
    "discount": {"type": "AMOUNT", "amount_off": 100},
}
PERCENT = TERMS | {"discount": {"type": "PERCENT", "percent_off": 10}}
CARD = {"type": "GIFT_VOUCHER", "gift": {"amount": 100, "balance": 100}}
#: Good bodies that have the member beside the bad one.
AROUND: dict[str, dict[str, Any]] = {
    "gift": CARD,
    "discount.percent_off": PERCENT,
    "discount.amount_limit": PERCENT,
    "validity_timeframe": TERMS | {"validity_timeframe": {"duration": "PT1H", "interval": "P1D"}},
    "validity_hours": TERMS
    | {"validity_hours": {"daily": [{"start_time": "08:00", "expiration_time": "10:00"}]}},
}
CREATED_ONLY = ("campaign", "code_config", "validation_rules", "is_referral_code")
#: Members that are well formed and cannot be all the same.
IMPOSSIBLE: dict[str, tuple[dict[str, Any], int, str]] = {
    "nothing of a voucher": ({"metadata": {}}, 400, "invalid_payload"),
    "a loyalty card": (TERMS | {"type": "LOYALTY_CARD"}, 400, "invalid_payload"),
    "points": (TERMS | {"loyalty_card": {"points": 5}}, 400, "invalid_payload"),
    "no discount": ({"type": "DISCOUNT_VOUCHER"}, 400, "invalid_payload"),
    "no gift": ({"type": "GIFT_VOUCHER"}, 400, "invalid_payload"),
    "a gift beside": (TERMS | {"gift": {"amount": 5}}, 400, "invalid_payload"),
    "a discount beside": (CARD | {"discount": TERMS["discount"]}, 400, "invalid_payload"),
    "a campaign": (TERMS | {"campaign": "Spring"}, 404, "not_found"),
    "a campaign's id": (TERMS | {"campaign_id": "camp_1"}, 404, "not_found"),
    "a category": (TERMS | {"category": "Spring"}, 404, "not_found"),
    "a category's id": (TERMS | {"category_id": "cat_1"}, 404, "not_found"),
    "a rule": (TERMS | {"validation_rules": ["val_1"]}, 404, "not_found"),
    "an end before the start": (
        TERMS | {"start_date": "2024-02-01", "expiration_date": "2024-01-01"},
        400,
        "invalid_expiration_date",
    ),
    "another code": (TERMS | {"code": "OTHER"}, 400, "invalid_payload"),
}
DISCOUNTS: dict[str, dict[str, Any]] = {
    "units of nothing": {"type": "UNIT", "unit_off": 1},
    "no units": {"type": "UNIT", "unit_off": -1, "unit_type": "prod_1"},
    "no fixed price": {"type": "FIXED"},
    "no amount": {"type": "AMOUNT"},
    "no percentage": {"type": "PERCENT"},
    "of the other type": {"type": "AMOUNT", "percent_off": 10},
    "of both types": {"type": "AMOUNT", "amount_off": 1, "percent_off": 10},
    "another type's effect": {"type": "AMOUNT", "amount_off": 1, "effect": "ADD_NEW_ITEMS"},
    "an unknown effect": {"type": "AMOUNT", "amount_off": 1, "effect": "APPLY_TO_ALL"},
    "an unknown formula": {"type": "AMOUNT", "amount_off": 1, "amount_off_formula": "NOW("},
    "a formula alone": {"type": "AMOUNT", "amount_off_formula": "ORDER_AMOUNT"},
    "limited below nothing": {"type": "AMOUNT", "amount_off": 1, "aggregated_amount_limit": -5},
    "limited without need": {"type": "AMOUNT", "amount_off": 1, "amount_limit": 5},
}
TIMES: dict[str, dict[str, Any]] = {
    "duration": {"validity_timeframe": {"duration": "1h", "interval": "P1D"}},
    "no time": {"validity_timeframe": {"duration": "PT0S", "interval": "P1D"}},
    "interval": {"validity_timeframe": {"duration": "PT1H", "interval": "daily"}},
    "hours": {"validity_hours": {"daily": [{"start_time": "8", "expiration_time": "10:00"}]}},
    "late hours": {
        "validity_hours": {"daily": [{"start_time": "08:00", "expiration_time": "25:00"}]}
    },
}


def _around(path: str) -> dict[str, Any]:
    fitting = [body for prefix, body in AROUND.items() if path.startswith(prefix)]
    return fitting[0] if fitting else TERMS


@pytest.mark.parametrize("member", VOUCHER, ids=[member.path for member in VOUCHER])
def test_a_bad_member_makes_no_voucher_and_changes_none(
    shop: Shop, plain: Plain, member: Member
) -> None:
    around, code, free = _around(member.path), new_code(), new_code()
    shop.voucher(code, **around)
    before = plain.get(f"/v1/vouchers/{code}")
    for bad in member.bodies():
        body = merged(around, bad)
        answer = plain.ask("POST", f"/v1/vouchers/{free}", json=body)
        assert refused(answer) == (400, "invalid_payload"), shown(bad)
        assert refused(plain.ask("POST", "/v1/vouchers", json=body | {"code": free}))[0] == 400
        if not member.path.startswith(CREATED_ONLY):
            changed = plain.ask("PUT", f"/v1/vouchers/{code}", json=bad)
            assert refused(changed) == (400, "invalid_payload"), shown(bad)
    assert plain.get(f"/v1/vouchers/{code}") == before
    assert refused(plain.ask("GET", f"/v1/vouchers/{free}")) == (404, "not_found")
    assert plain.redemptions(code) == []


@pytest.mark.parametrize("case", IMPOSSIBLE.values(), ids=IMPOSSIBLE)
def test_a_voucher_that_cannot_be(plain: Plain, case: tuple[dict[str, Any], int, str]) -> None:
    body, status, key = case
    code = new_code()
    answer = plain.ask("POST", f"/v1/vouchers/{code}", json=body)
    assert refused(answer) == (status, key)
    assert refused(plain.ask("GET", f"/v1/vouchers/{code}")) == (404, "not_found")


@pytest.mark.parametrize("discount", DISCOUNTS.values(), ids=DISCOUNTS)
def test_a_discount_that_cannot_be(shop: Shop, plain: Plain, discount: dict[str, Any]) -> None:
    body = TERMS | {"discount": discount}
    assert refused(plain.ask("POST", "/v1/vouchers", json=body)) == (400, "invalid_payload")
    code = shop.percent(10).code
    changed = plain.ask("PUT", f"/v1/vouchers/{code}", json={"discount": discount})
    assert refused(changed) == (400, "invalid_payload")
    assert shop.validate(code).order.total_amount == 9000


@pytest.mark.parametrize("terms", TIMES.values(), ids=TIMES)
def test_times_that_cannot_be(shop: Shop, plain: Plain, terms: dict[str, Any]) -> None:
    answer = plain.ask("POST", "/v1/vouchers", json=TERMS | terms)
    assert refused(answer) == (400, "invalid_voucher")
    code = shop.discount().code
    before = plain.get(f"/v1/vouchers/{code}")
    changed = plain.ask("PUT", f"/v1/vouchers/{code}", json=terms)
    assert refused(changed) == (400, "invalid_voucher")
    assert plain.get(f"/v1/vouchers/{code}") == before


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"type": "VOUCHER"}, "invalid_payload"),
        ({"discount": None}, "invalid_payload"),
        ({"gift": {"amount": 5}}, "invalid_payload"),
        ({"code": "OTHER"}, "invalid_payload"),
        (
            {"start_date": "2024-02-01", "expiration_date": "2024-01-01"},
            "invalid_expiration_date",
        ),
    ],
)
def test_an_update_that_cannot_be(
    shop: Shop, plain: Plain, changes: dict[str, Any], key: str
) -> None:
    code = shop.discount().code
    before = plain.get(f"/v1/vouchers/{code}")
    answer = plain.ask("PUT", f"/v1/vouchers/{code}", json=changes)
    assert refused(answer) == (400, key)
    assert plain.get(f"/v1/vouchers/{code}") == before


@pytest.mark.parametrize(
    ("config", "key"),
    [
        ({"length": 0}, "invalid_payload"),
        ({"length": 10_000}, "invalid_payload"),
        ({"charset": ""}, "invalid_payload"),
        ({"charset": "x" * 1001}, "invalid_payload"),
        ({"pattern": ""}, "invalid_payload"),
        ({"pattern": "no places"}, "invalid_code_config"),
        ({"prefix": "x" * 129}, "invalid_payload"),
        ({"length": HUGE}, "invalid_payload"),
    ],
)
def test_a_rule_for_codes_that_cannot_be(plain: Plain, config: dict[str, Any], key: str) -> None:
    answer = plain.ask("POST", "/v1/vouchers", json=TERMS | {"code_config": config})
    assert refused(answer) == (400, key)


def test_a_rule_whose_codes_are_all_taken(plain: Plain) -> None:
    body = TERMS | {"code_config": {"pattern": f"{new_code()}-#", "charset": "ab"}}
    for _ in range(2):
        assert plain.ask("POST", "/v1/vouchers", json=body).status_code == 200
    answer = plain.ask("POST", "/v1/vouchers", json=body)
    assert refused(answer) == (400, "invalid_code_config")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[1]",
        b"5",
        b'"x"',
        b"null",
        b'{"type":"DISCOUNT_VOUCHER","metadata":NaN}',
        b'{"type":"\xff"}',
        b'{"additional_info":"\\ud800"}',
        b'{"type":"DISCOUNT_VOUCHER","discount":{"type":"AMOUNT","amount_off":1e400}}',
        b'{"metadata":' + b'{"a":' * 40 + b"1" + b"}" * 41,
        b"[" * 500_000,
    ],
    ids=range(12),
)
def test_a_body_that_cannot_be_read(shop: Shop, plain: Plain, content: bytes) -> None:
    code, free = shop.discount().code, new_code()
    for method, path in (
        ("POST", "/v1/vouchers"),
        ("POST", f"/v1/vouchers/{free}"),
        ("PUT", f"/v1/vouchers/{code}"),
    ):
        assert refused(plain.send(method, path, content)) == (400, "invalid_payload")
    assert refused(plain.ask("GET", f"/v1/vouchers/{free}"))[0] == 404


def test_what_is_unknown_cannot_be_changed(plain: Plain) -> None:
    code = new_code()
    for method, path in (
        ("PUT", f"/v1/vouchers/{code}"),
        ("DELETE", f"/v1/vouchers/{code}"),
        ("POST", f"/v1/vouchers/{code}/enable"),
        ("POST", f"/v1/vouchers/{code}/disable"),
        ("DELETE", f"/v1/vouchers/{code}/sessions/x"),
    ):
        body = {"additional_info": "x"} if method == "PUT" else None
        answer = plain.ask(method, path, json=body)
        assert refused(answer) == (404, "not_found")
        assert answer.json()["resource_id"] == code
