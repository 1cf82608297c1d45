"""The audit log: every success, failure and rollback, found by what is known of it."""

from typing import Any, NamedTuple

import pytest
import voucherify as sdk

from tests.e2e.plain import Plain
from tests.e2e.plain import refused as refused_plainly
from tests.e2e.shop import Shop, is_, new_code, refused, told


class Told(NamedTuple):
    """What happened to one code, newest first, and to whom."""

    code: str
    ids: list[str]
    customer: str


@pytest.fixture
def history(shop: Shop) -> Told:
    """A success, a rollback, a failed rollback, a success, two failures."""
    code, customer = shop.discount(redemption={"quantity": 1}).code, new_code()
    known = {"source_id": customer, "email": "ann@shop.test"}
    first = shop.redeem(code, customer=known).redemptions[0].id
    rollback = told(shop.redemptions.rollback_redemption, first).id
    failed_rollback = refused(shop.redemptions.rollback_redemption, first).body["resource_id"]
    second = shop.redeem(code).redemptions[0].id
    used_up = shop.not_redeemed(code, customer=known).body["resource_id"]
    wrong = shop.not_redeemed(code, order={"status": "PAID", "amount": -1}).body["resource_id"]
    return Told(code, [wrong, used_up, second, failed_rollback, rollback, first], customer)


def _listed(shop: Shop, **asked: Any) -> list[str]:
    body = told(shop.redemptions.list_redemptions, **asked)
    assert (body.object, body.data_ref) == ("list", "redemptions")
    return [each.id for each in body.redemptions]


def _of(code: str, **more: str) -> dict[str, Any]:
    return {"limit": 100, "filters": is_(voucher_code=code, **more)}


def test_everything_is_listed_newest_first(shop: Shop, history: Told) -> None:
    assert _listed(shop, **_of(history.code)) == history.ids
    whole = told(shop.redemptions.list_redemptions, **_of(history.code))
    assert whole.total == 6
    kinds = [(each.object, each.result, each.status) for each in whole.redemptions]
    assert kinds == [
        ("redemption", "FAILURE", "FAILED"),
        ("redemption", "FAILURE", "FAILED"),
        ("redemption", "SUCCESS", "SUCCEEDED"),
        ("redemption_rollback", "FAILURE", "FAILED"),
        ("redemption_rollback", "SUCCESS", "SUCCEEDED"),
        ("redemption", "SUCCESS", "ROLLED_BACK"),
    ]
    codes = [each.failure_code for each in whole.redemptions]
    assert codes == ["invalid_amount", "quantity_exceeded", None, "already_rolled_back", None, None]
    first = whole.redemptions[-1]
    assert first.customer.source_id == history.customer
    assert [each.id for each in first.related_redemptions.rollbacks] == [history.ids[4]]


def test_a_list_is_filtered_by_result_and_failure_code(shop: Shop, history: Told) -> None:
    wrong, used_up, second, failed_rollback, rollback, first = history.ids
    code = history.code
    assert _listed(shop, **_of(code, result="SUCCESS")) == [second, rollback, first]
    assert _listed(shop, **_of(code, result="FAILURE")) == [wrong, used_up, failed_rollback]
    assert _listed(shop, **_of(code), result="SUCCESS") == [second, rollback, first]
    assert _listed(shop, **_of(code, failure_code="quantity_exceeded")) == [used_up]
    assert _listed(shop, **_of(code, object="redemption_rollback")) == [failed_rollback, rollback]
    assert _listed(shop, **_of(code, failure_code="voucher_expired")) == []


def test_a_list_is_filtered_by_customer_and_time(shop: Shop, history: Told) -> None:
    _, used_up, _, failed_rollback, rollback, first = history.ids
    by_customer = [used_up, failed_rollback, rollback, first]
    assert _listed(shop, limit=100, customer=history.customer) == by_customer
    customer = shop.customer(history.customer).id
    assert _listed(shop, **_of(history.code, customer_id=customer)) == by_customer
    middle = shop.redemption(history.ids[2]).var_date
    before = sdk.ParameterCreatedBeforeAfter(before=middle)
    assert _listed(shop, **_of(history.code), created_at=before)[-1] == first
    after = sdk.ParameterCreatedBeforeAfter(after=middle)
    assert _listed(shop, **_of(history.code), created_at=after)[0] == history.ids[0]


def test_a_list_has_pages_and_an_order(shop: Shop, history: Told) -> None:
    oldest_first = sdk.ParameterOrderListRedemptions.CREATED_AT
    asked = _of(history.code) | {"order": oldest_first}
    assert _listed(shop, **asked) == history.ids[::-1]
    pages = [_listed(shop, **(asked | {"limit": 4, "page": page})) for page in (1, 2, 3)]
    assert pages == [history.ids[:1:-1], history.ids[1::-1], []]
    assert len(_listed(shop)) == 10


def test_filters_join_by_and_or_or(plain: Plain, history: Told) -> None:
    def listed(**query: str) -> list[str]:
        return [
            each["id"] for each in plain.get("/v1/redemptions", limit=100, **query)["redemptions"]
        ]

    wrong, used_up, *_ = history.ids
    assert listed(voucher_code=history.code) == history.ids
    either = {
        "filters[failure_code][conditions][$in][0]": "quantity_exceeded",
        "filters[failure_code][conditions][$in][1]": "invalid_amount",
    }
    of_code = {"[filters][voucher_code][conditions][$is]": history.code}
    assert listed(**either, **of_code) == [wrong, used_up]
    starts = {"filters[voucher_code][conditions][$starts_with]": history.code}
    assert listed(**starts, **either, **{"filters[junction]": "AND"}) == [wrong, used_up]
    both = listed(**of_code, **either, **{"filters[junction]": "or"})
    assert set(history.ids) <= set(both)
    without = {"filters[failure_code][conditions][$is_unknown]": "true"}
    assert listed(**of_code, **without) == [history.ids[2], *history.ids[4:]]
    negated = {"filters[failure_code][conditions][$has_value]": "false"}
    assert listed(**of_code, **negated) == listed(**of_code, **without)


@pytest.mark.parametrize(
    "query",
    [
        "colour=red",
        "limit=0",
        "limit=101",
        "limit=1e1",
        "page=0",
        "order=failure",
        "result=MAYBE",
        "created_at[after]=soon",
        "created_at=2020-01-01",
        "filters[colour][conditions][$is]=x",
        "filters[result][conditions][$like]=x",
        "filters[result]=SUCCESS",
        "filters[junction]=xor",
        "filters[voucher_code][conditions][$is]='%20OR%201%3D1%20--" + "x" * 600,
        "voucher_code=a&voucher_code=b",
        "voucher_code=",
        "customer=",
        "campaign=",
        "filters[result][conditions][$has_value]=maybe",
    ],
)
def test_a_question_that_is_not_understood_is_refused(plain: Plain, query: str) -> None:
    answer = plain.ask("GET", f"/v1/redemptions?{query}")
    assert refused_plainly(answer) == (400, "invalid_query_params")


@pytest.mark.parametrize("value", ["' OR 1=1 --", "\\'", "{project:String}", "x\x00y", "%%", "_%"])
def test_a_filters_value_is_never_a_part_of_the_question(plain: Plain, value: str) -> None:
    for operator in ("$is", "$starts_with", "$contains"):
        query = {f"filters[voucher_code][conditions][{operator}]": value}
        assert plain.get("/v1/redemptions", **query)["redemptions"] == []
    assert plain.get("/v1/redemptions", voucher_code=value)["total"] == 0


def test_what_is_not_recorded_is_not_found(shop: Shop) -> None:
    for unknown in ("r_unknown", "' OR 1=1 --", new_code()):
        missing = refused(shop.redemptions.get_redemption, unknown)
        assert (missing.status, missing.key) == (404, "not_found")
        assert missing.body["resource_id"] == unknown
