"""The fifteen reasons of a failure, in order of precedence: one request that breaks everything,
mended one field a row."""

import json
from typing import Any

import msgspec
import pytest
from msgspec import structs

from engine.answers.answer import render_answer
from engine.evaluation.body import validation_body
from engine.evaluation.evaluate import Asker, evaluate_for
from engine.evaluation.voucher_body import single_validation_body
from engine.kernel import tables
from engine.kernel.reasons import _NOT_FOUND, _SENTENCES, INVALID_INPUT, reason_of
from engine.redemptions.common_body import put_failure
from engine.redemptions.history_rows import redemption_bodies, redemption_rows
from fronts.query_string import read_parameters
from schemas.api import OrderInput
from schemas.assignments import RuleAssigned, RuleAssignment
from schemas.base import AMOUNT_MAX
from schemas.customers import Customer, CustomerCreated
from schemas.errors import CATALOGUE, Refusal, not_found, refuse
from schemas.orders import OrderCreated
from schemas.personal import Personal
from schemas.records import Decided
from schemas.redemptions import RedeemStack, RedemptionFailed, RedemptionSucceeded
from schemas.rules import ValidationRule, ValidationRuleCreated
from schemas.segments import Segment, SegmentCreated
from schemas.vouchers import Voucher
from services.audit.lists.redemptions import wanted_redemptions
from tests.architecture.tables import rows_of, spans_of
from tests.unit.engine.evaluation.failure_reasons import CARD, NAMES, ROWS, RULES, STORED, TOLD, Row
from tests.unit.engine.world import NOON, World, only, redeem


def world(card: Voucher) -> World:
    """A project with the card, its rules, a segment, its member and a guest."""
    found = World()
    for who in ("vip", "guest"):
        found.given(CustomerCreated(Customer(f"cust_{who}", Personal(f"p/{who}", None), NOON)))
    found.given(SegmentCreated(Segment("seg_vip", "VIP", NOON), ("cust_vip",)))
    found.given(OrderCreated(STORED), structs.replace(card, rule_ids=()))
    for rule_id, rule in RULES.items():
        assignment = RuleAssignment(f"asgm_{rule_id}", rule_id, card.id, "voucher", NOON)
        definition = json.dumps({"1": rule, "logic": "1"})
        found.given(
            ValidationRuleCreated(ValidationRule(rule_id, rule_id, NOON, definition)),
            RuleAssigned(assignment, 1),
        )
    return found


def request(rows: int) -> tuple[World, RedeemStack]:
    """The request after the first so many rows."""
    asked: dict[str, Any] = {
        "fault": refuse("invalid_payload", "Property `.metadata` should be an object"),
        "code": "NONE",
        "order": OrderInput(source_id="basket-1", amount=AMOUNT_MAX + 1),
        "customer": None,
        "metadata": None,
    }
    card = CARD
    for row in ROWS[:rows]:
        if row.field in asked:
            asked[row.field] = row.value
        else:
            card = structs.replace(card, **{row.field: row.value})
    return world(card), redeem(asked.pop("code"), **asked)


def redeemed(rows: int) -> tuple[World, Decided]:
    """That request, redeemed."""
    found, command = request(rows)
    return found, found.when(command)


def explanation(row: Row, given: dict[str, Any]) -> dict[str, Any]:
    """An explanation as `TOLD` has it: of violations the first."""
    found = dict(given)
    if "violations" in found:
        found["violations"] = found["violations"][0]
    assert (found.pop("reason"), found.pop("rule")) == (row.reason, row.rule)
    return found


@pytest.mark.parametrize("number", range(len(ROWS)), ids=NAMES)
def test_the_first_thing_that_is_wrong_decides(number: int) -> None:
    row = ROWS[number]
    found, record = redeemed(number)
    assert record.refusal is not None
    assert (record.refusal.key, record.refusal.message) == (row.key, row.message)
    failed = only(record, RedemptionFailed)
    (redemption,) = redemption_rows(failed)
    (shown,) = redemption_bodies(failed, record.at)
    assert redemption.id == failed.redemption_ids[0]
    assert redemption.failure_code == shown["failure_code"] == row.key
    assert shown["failure_message"] == row.message
    assert redemption.reason == shown["reason"] == row.reason
    status, answer = render_answer(record, "server")
    assert answer is not None
    assert (status, answer["key"], answer["message"]) == (
        CATALOGUE[row.key].status,
        row.key,
        row.message,
    )
    for told in (answer["explanation"], shown["explanation"]):
        assert explanation(row, told) == TOLD[row.key]
    _, browser = render_answer(record, "client")
    assert browser is not None
    assert browser.keys() == answer.keys() - {"explanation"}
    if number > NAMES.index("not_found"):
        assert found.voucher("CARD").redeemed_quantity == CARD.redeemed_quantity


@pytest.mark.parametrize("number", range(1, len(ROWS)), ids=NAMES[1:])
def test_a_validation_fails_with_the_same(number: int) -> None:
    """What cannot be read, the first row, is no validation at all."""
    row = ROWS[number]
    found, command = request(number)
    named = command.customer and command.customer.id
    customer = found.view.get(tables.CUSTOMERS, named) if named else None
    evaluation = evaluate_for(found.view, command, Asker(customer, "server"), NOON)
    body = validation_body("valid_1", evaluation, "server")
    assert body["valid"] is False and "order" not in body
    single = single_validation_body("CARD", evaluation, "server", tracking_id=None)
    assert single["reason"] == row.message
    (shown,) = body["inapplicable_redeemables"]
    assert body["redeemables"] == [shown]
    assert shown["result"]["details"] == {"message": row.message, "key": row.key}
    for error in (shown["result"]["error"], single["error"]):
        assert (error["key"], error["message"]) == (row.key, row.message)
        assert explanation(row, error["explanation"]) == TOLD[row.key]
    for browser in (
        validation_body("valid_1", evaluation, "client"),
        single_validation_body("CARD", evaluation, "client", tracking_id=None),
    ):
        assert b"explanation" not in msgspec.json.encode(browser)


@pytest.mark.parametrize("row", ROWS, ids=NAMES)
def test_failures_are_listed_by_their_reason(row: Row) -> None:
    """The row has the code in the column that both ways of asking look at."""
    for name, value in (
        ("filters[failure_code][conditions][$is]", row.key),
        ("result", f"Failure-{row.key}"),
    ):
        where = wanted_redemptions("proj_test", read_parameters([(name, value)]))
        assert "failure_code" in where.text
        assert row.key in str(where.values)


def test_what_is_mended_everywhere_is_redeemed() -> None:
    found, record = redeemed(len(ROWS))
    assert record.refusal is None
    assert only(record, RedemptionSucceeded).evaluation.valid
    assert found.voucher("CARD").redeemed_quantity == 2


def test_there_are_fifteen_reasons_and_every_row_has_its_own() -> None:
    assert len({row.reason for row in ROWS}) == len(ROWS) == 15


@pytest.mark.parametrize(
    ("refusal", "reason"),
    [
        (not_found("promotion_tier", "x"), "Voucher did not exist"),
        (not_found("order", "x"), "Order was specified incorrectly"),
        (not_found("customer", "x"), "Invalid input data"),
        (refuse("voucher_not_active_now"), "Redemption conditions not met"),
        (refuse("promotion_inactive"), "Voucher was disabled"),
        (refuse("loyalty_card_points_exceeded"), "Gift voucher amount exceeded"),
        (refuse("missing_reward"), "Invalid input data"),
    ],
)
def test_every_other_refusal_has_one_of_them(refusal: Refusal, reason: str) -> None:
    assert reason_of(refusal) == reason


#: What a redeemable is refused with. Source: the API contract, section 4.
MESSAGES = {
    "not_found": "Resource not found",
    "voucher_disabled": "voucher is disabled",
    "voucher_expired": "voucher expired",
    "voucher_not_active_now": "voucher not active now",
    "promotion_inactive": "Inactive Promotion",
    "quantity_exceeded": "quantity exceeded",
    "loyalty_card_points_exceeded": "loyalty card points exceeded",
    "order_rules_violated": "order does not match validation rules",
    "customer_rules_violated": "customer does not match segment rules",
    "redemption_rules_violated": "redemption does not match validation rules",
    "missing_order": "Missing order",
    "missing_amount": "Missing amount",
    "missing_customer": "Missing customer",
    "missing_order_items": "Missing applicable order items",
    "missing_order_items_amount": "Missing applicable order items",
    "missing_reward": "Missing reward",
    "invalid_amount": "Invalid Amount",
}


@pytest.mark.parametrize(("key", "message"), MESSAGES.items())
def test_a_failure_has_the_contracts_message_and_one_of_the_fifteen_reasons(
    key: str, message: str
) -> None:
    refusal = refuse(key, "details")
    body: dict[str, Any] = {}
    put_failure(body, refusal)
    assert (body["failure_code"], body["failure_message"]) == (key, message)
    assert reason_of(refusal) in {*_SENTENCES.values(), *_NOT_FOUND.values(), INVALID_INPUT}
    assert len({*_SENTENCES.values(), *_NOT_FOUND.values(), INVALID_INPUT}) == 15


def test_the_document_names_every_key_beside_its_reason() -> None:
    told: dict[str, str] = {}
    for reason, cell in rows_of("docs/api.md", "### Why it failed"):
        told |= dict.fromkeys(spans_of(cell), reason)
    for key, reason in told.items():
        # of what was not found the kind decides, here a voucher
        assert reason == (_NOT_FOUND["voucher"] if key == "not_found" else reason_of(refuse(key)))
    assert _SENTENCES.keys() <= told.keys()
    assert len(set(told.values())) == len(
        {*_SENTENCES.values(), *_NOT_FOUND.values()} | {INVALID_INPUT}
    )
