"""Answers from records alone."""

from decimal import Decimal
from typing import Any

import pytest

from engine.answers.answer import render_answer
from engine.kernel.calendar import iso
from engine.kernel.encode import to_json
from engine.redemptions.body import with_rollback
from engine.redemptions.common_body import Recorded
from engine.redemptions.history_rows import redemption_bodies, redemption_rows
from engine.vouchers.body import voucher_body
from schemas.customers import Customer, CustomerCreated
from schemas.discounts import Discount
from schemas.errors import not_found, refuse
from schemas.evaluations import Evaluation, Outcome, Taken
from schemas.events import Event
from schemas.orders import Order, OrderEntry
from schemas.personal import Personal, PersonalData
from schemas.records import Conflicted, Decided, Duplicate, Expired
from schemas.redemptions import (
    RedemptionFailed,
    RedemptionRolledBack,
    RedemptionSucceeded,
    RollbackFailed,
    RolledBack,
)
from schemas.sessions import Session, SessionLocked, SessionReleased
from schemas.voucher_events import VoucherDeleted
from schemas.vouchers import Gift, Voucher
from tests.contract.shapes import assert_shape

AT = 1_700_000_000_123
PERCENT = Voucher(
    id="v_1",
    code="A",
    type="DISCOUNT_VOUCHER",
    created_at=AT,
    discount=Discount("PERCENT", percent_off=Decimal("12.50")),
    redeemed_quantity=1,
)
CARD = Voucher(id="v_2", code="G", type="GIFT_VOUCHER", created_at=AT, gift=Gift(500, 200))
ANN = Customer("cust_1", Personal("p/cust_1", PersonalData(name="Ann", source_id="ann")), AT)
ORDER = Order(
    id="ord_1",
    amount=1000,
    discount_amount=425,
    created_at=AT,
    redemptions=(OrderEntry("r_1", AT, "voucher", "v_1", "r_p"),),
)
STACK = RedemptionSucceeded(
    Evaluation(
        (
            Outcome("voucher", "A", "APPLICABLE", PERCENT, taken=Taken(order=125)),
            Outcome("voucher", "G", "APPLICABLE", CARD, taken=Taken(order=300, credits=300)),
        ),
        ORDER,
    ),
    ("r_1", "r_2"),
    parent_id="r_p",
    customer_id="cust_1",
)
FAILED = RedemptionFailed(
    Evaluation(
        (
            Outcome("voucher", "A", "APPLICABLE", PERCENT, taken=Taken(order=125)),
            Outcome("promotion_stack", "s", "INAPPLICABLE", refusal=not_found("voucher", "s")),
        ),
        Order(amount=1000, discount_amount=125),
    ),
    ("rf_1",),
)
BACK = RedemptionRolledBack(
    (
        RolledBack("rr_1", "r_1", "v_1", PERCENT.code, PERCENT, discount=125),
        RolledBack("rr_2", "r_2", "v_2", "GONE", None, discount=300, credits=300),
    ),
    parent_rollback_id="rr_p",
    parent_redemption_id="r_p",
    order=Order(id="ord_1", amount=1000, status="CANCELED"),
    reason="late",
    customer_id="cust_1",
)
BACK_FAILED = RollbackFailed("rrf_1", "r_p", "", refuse("already_rolled_back", "r_p"))


def _record(*events: Event, **more: Any) -> Decided:
    named: dict[str, Any] = {"command_type": "redeem_stack", "customer": ANN} | more
    return Decided(
        command_offset=1,
        at=AT,
        command_id="cmd_1",
        project="p",
        fingerprint="",
        events=events,
        **named,
    )


def test_decimals_are_numbers_and_times_have_milliseconds() -> None:
    assert b'"percent_off":12.5}' in to_json(voucher_body(PERCENT))
    assert iso(AT) == "2023-11-14T22:13:20.123Z"
    assert iso(-1) == "1969-12-31T23:59:59.999Z"


def test_a_stack_is_rendered_from_its_record() -> None:
    status, body = render_answer(_record(STACK), "server")
    assert status == 200
    assert_shape(body, "RedemptionsRedeemResponseBody")
    assert body is not None
    assert [each["order"]["total_amount"] for each in body["redemptions"]] == [875, 575]
    assert [each["redemption"] for each in body["redemptions"]] == ["r_p", "r_p"]
    assert body["redemptions"][1]["gift"] == {"amount": 300}
    assert body["order"]["total_applied_discount_amount"] == 425
    assert body["parent_redemption"]["customer"]["name"] == "Ann"


def test_a_customer_who_was_created_by_the_record_is_shown() -> None:
    _, body = render_answer(_record(CustomerCreated(ANN), STACK, customer=None), "server")
    assert body is not None
    assert body["redemptions"][0]["customer"]["source_id"] == "ann"


def test_a_forgotten_customer_is_an_id() -> None:
    forgotten = Customer("cust_1", Personal("p/cust_1", None), AT)
    _, body = render_answer(_record(STACK, customer=forgotten), "server")
    assert body is not None
    assert body["redemptions"][0]["customer"] == {
        "id": "cust_1",
        "metadata": {},
        "object": "customer",
    }


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        (_record(VoucherDeleted("v_1", "A")), (204, None)),
        (_record(SessionReleased("s", "v_1")), (204, None)),
        (_record(command_type="upsert_customer"), (200, None)),
    ],
)
def test_answers_without_a_body(record: Decided, expected: tuple[int, None]) -> None:
    assert render_answer(record, "server") == expected


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        (Conflicted(1, AT, "cmd_1", "p"), (409, "idempotency_key_reused")),
        (Expired(1, AT, "cmd_1", "p"), (503, "command_expired")),
        (_record(FAILED, refusal=refuse("voucher_expired", "A")), (400, "voucher_expired")),
        (_record(BACK_FAILED, refusal=BACK_FAILED.refusal), (400, "already_rolled_back")),
    ],
)
def test_refusals_answer_with_their_status(record: Any, expected: tuple[int, str]) -> None:
    status, body = render_answer(record, "server")
    assert_shape(body, "Error")
    assert body is not None
    assert (status, body["key"], body["code"]) == (*expected, status)


def test_a_duplicate_has_no_answer_of_its_own() -> None:
    with pytest.raises(ValueError, match="first record"):
        render_answer(Duplicate(1, AT, "cmd_1", "p"), "server")


@pytest.mark.parametrize(("ttl", "shown"), [(7.0, "7"), (0.5, "0.5")])
def test_a_session_is_echoed(ttl: float, shown: str) -> None:
    session = Session("k", ("v_1",), AT + 1, ttl, "DAYS")
    locked = SessionLocked(session, STACK.evaluation, tracking_id="track_1")
    _, body = render_answer(_record(locked, command_type="lock_session"), "client")
    assert_shape(body, "ClientValidationsValidateResponseBody")
    assert body is not None
    assert body["tracking_id"] == "track_1"
    assert f'"ttl":{shown},'.encode() in to_json(body)


def test_a_rollback_of_a_stack() -> None:
    _, body = render_answer(_record(BACK, command_type="roll_back_stack"), "server")
    assert_shape(body, "RedemptionsRollbacksCreateResponseBody")
    assert body is not None
    assert [each.get("amount") for each in body["rollbacks"]] == [None, -300]
    assert body["parent_rollback"]["redemption"] == "r_p"
    assert body["order"]["total_amount"] == 1000


@pytest.mark.parametrize("event", [STACK, FAILED, BACK, BACK_FAILED])
def test_each_row_has_the_shape_of_the_list_and_no_person(event: Recorded) -> None:
    bodies = redemption_bodies(event, AT)
    listed = {
        "object": "list",
        "data_ref": "redemptions",
        "redemptions": bodies,
        "total": len(bodies),
    }
    assert_shape(listed, "RedemptionsListResponseBody")
    assert all(body["customer"] is None for body in bodies)
    assert b"Ann" not in to_json(listed)


@pytest.mark.parametrize("event", [STACK, FAILED, BACK, BACK_FAILED])
def test_a_row_is_found_by_what_its_body_shows(event: Recorded) -> None:
    rows, bodies = redemption_rows(event), redemption_bodies(event, AT)
    for row, body in zip(rows, bodies, strict=True):
        for name in ("id", "object", "result", "status", "related_object_type"):
            assert getattr(row, name) == body[name]
        for name in ("related_object_id", "failure_code", "customer_id", "tracking_id"):
            assert getattr(row, name) == (body.get(name) or "")
        assert row.order_id == (body["order"] or {}).get("id", "")
        assert body.get("redemption", "") in (row.parent_id, row.redemption_id)


def test_rows_of_a_rollback_name_what_they_took_back() -> None:
    redeemed, back = redemption_rows(STACK), redemption_rows(BACK)
    assert [row.id for row in redeemed] == ["r_1", "r_2", "r_p"]
    assert [row.redemption_id for row in back] == ["r_1", "r_2", "r_p"]


def test_a_failure_shows_its_reason_and_an_untouched_order() -> None:
    (row,), (body,) = redemption_rows(FAILED), redemption_bodies(FAILED, AT)
    assert (row.voucher_code, row.failure_code) == ("", "not_found")
    assert body["order"]["total_amount"] == 1000
    assert body["related_object_type"] == "promotion_tier"


def test_a_redemption_that_was_rolled_back_says_so() -> None:
    parent = redemption_bodies(STACK, AT)[2]
    body = with_rollback(parent, "rr_p", AT)
    assert_shape(body, "RedemptionsGetResponseBody")
    assert body["status"] == "ROLLED_BACK"
    assert body["related_redemptions"]["rollbacks"] == [{"id": "rr_p", "date": iso(AT)}]
    assert len(body["related_redemptions"]["redemptions"]) == 2
    assert parent["status"] == "SUCCEEDED"
