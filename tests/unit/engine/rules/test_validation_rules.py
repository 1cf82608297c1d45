"""Sets of validation rules: made, changed, and what they refuse."""

from typing import Any

import msgspec
import pytest

from engine.answers.answer import render_answer
from engine.kernel import tables
from engine.kernel.state import encode
from schemas.api import CustomerInput
from schemas.assignments import AssignRule, UnassignRule
from schemas.records import Decided
from schemas.rules import (
    DEFINITION_LENGTH_MAX,
    ApplicableItems,
    CreateValidationRule,
    DeleteValidationRule,
    ItemEntry,
    UpdateValidationRule,
    ValidationRule,
)
from tests.unit.engine.bound_world import LARGE, assign, campaign, create, refusal_of, rule
from tests.unit.engine.world import World, found, redeem, voucher

#: How often a customer may redeem.
LIMIT = 3


def change(world: World, rule_id: str, **changes: Any) -> Decided:
    """The record of an update."""
    return world.when(UpdateValidationRule(rule_id, msgspec.Raw(encode(changes))))


@pytest.fixture
def world() -> World:
    """A project with the voucher TEN."""
    return World().given(voucher())


def test_a_set_is_made_with_its_logic_filled_in(world: World) -> None:
    made = create(world)
    assert made.id.startswith("val_") and len(made.id) == len("val_") + 12
    assert msgspec.json.decode(made.definition) == LARGE | {"logic": "1"}
    assert (made.type, made.context_type, made.assignments_count) == ("expression", "global", 0)
    assert (made.created_at, made.updated_at) == (world.now, None)


def test_no_rules_stay_no_rules(world: World) -> None:
    assert create(world, {}).definition == "{}"


@pytest.mark.parametrize(
    ("asked", "details"),
    [
        (rule({"1": {"name": "order.amuont", "conditions": {"$is": [1]}}}), "`.rules.1.name`"),
        (rule({"1": {"name": "order.amount", "conditions": {"$of": [1]}}}), ".conditions.$of`"),
        (rule(LARGE | {"logic": "1 and 2"}), "`.rules.logic` names rules that are not there: 2"),
        (rule({"1": "order.amount"}), "`.rules.1` has to be an object"),
        (rule([1]), "`.rules` has to be an object"),
        (rule(bundle='{"limit":0}'), "`.bundle_rules.limit`"),
        (rule(bundle="{"), "`.rules` has to be JSON"),
        (rule(bundle="{}" + " " * DEFINITION_LENGTH_MAX), "`.bundle_rules` is longer than"),
        (rule(name=""), "`.name` has to have 1 to"),
        (rule(error_message="x" * 1001), "`.error.message` is longer"),
        (
            rule(applicable_to=ApplicableItems((ItemEntry("sku", "sku_1", repeat=0),))),
            "`.applicable_to.included[0].repeat` has to be 1 or more",
        ),
    ],
)
def test_what_is_wrong_with_a_set_is_named(
    world: World, asked: ValidationRule, details: str
) -> None:
    key, told = refusal_of(world.when(CreateValidationRule(asked)))
    assert key == "invalid_validation_rules"
    assert details in (told or "")


def test_an_update_replaces_what_it_names(world: World) -> None:
    made = create(world, error_message="Spend more", bundle=None)
    rules = {"1": {"name": "order.amount", "conditions": {"$more_than": [1]}}}
    world.now += 1
    change(world, made.id, definition=encode(rules).decode(), error_message=None)
    changed = found(world.view.get(tables.RULES, made.id))
    assert msgspec.json.decode(changed.definition) == rules | {"logic": "1"}
    assert (changed.name, changed.error_message) == ("Large orders", None)
    assert (changed.created_at, changed.updated_at) == (made.created_at, world.now)


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"assignments_count": 5}, "invalid_payload"),
        ({"name": 5}, "invalid_payload"),
        ({"definition": "[1]"}, "invalid_validation_rules"),
    ],
)
def test_an_update_is_checked(world: World, changes: dict[str, Any], key: str) -> None:
    assert refusal_of(change(world, create(world).id, **changes))[0] == key


def test_what_does_not_exist_is_not_found(world: World) -> None:
    made = create(world)
    for body in (
        DeleteValidationRule("val_0"),
        UpdateValidationRule("val_0", msgspec.Raw(b"{}")),
        AssignRule("val_0", "TEN", "voucher"),
        AssignRule(made.id, "NINE", "voucher"),
        AssignRule(made.id, "ern_1", "earning_rule"),
        AssignRule(made.id, "Spring", "campaign"),
        AssignRule(made.id, "promo_1", "promotion_tier"),
        UnassignRule("val_0", "asgm_0"),
        UnassignRule(made.id, "asgm_0"),
    ):
        assert refusal_of(world.when(body))[0] == "not_found"


def test_a_custom_message_is_told_beside_the_standard_error(world: World) -> None:
    rules = {"1": LARGE["1"] | {"error": {"message": "Spend more than 50"}}}
    made = create(world, rules, error_message="Not for this order")
    assign(world, made.id, "TEN")
    record = world.when(redeem("TEN", order=5000))
    server = found(render_answer(record, "server").body)
    assert server["key"] == "order_rules_violated"
    assert server["message"] == "order does not match validation rules"
    assert server["details"] == (
        f"Discount Coupon cannot be redeemed because of violated validation rules: {made.id}"
    )
    assert server["error"] == {"message": "Spend more than 50"}
    (told,) = server["explanation"]["violations"]
    assert told == {
        "validation_rule_id": made.id,
        "name": "order.amount",
        "number": "1",
        "conditions": {"$more_than": [5000]},
        "value": 5000,
    }
    client = found(render_answer(record, "client").body)
    assert client["error"] == {"message": "Spend more than 50"}
    assert "explanation" not in client


def test_a_budget_is_exact(world: World) -> None:
    rules = {
        "1": {
            "name": "redemption.count.per_customer",
            "conditions": {"$less_than_or_equal": [LIMIT]},
        }
    }
    made = create(world, rules)
    bound = campaign(world, made.id, count=LIMIT + 2)
    codes = [
        found(world.view.get(tables.VOUCHERS, each)).code
        for each in world.view.scan(tables.CAMPAIGN_VOUCHERS, bound.id)
    ]
    ada = CustomerInput(source_id="ada")
    refusals = [world.when(redeem(code, order=1000, customer=ada)).refusal for code in codes]
    assert [each is None for each in refusals] == [True] * LIMIT + [False] * 2
    assert {each.key for each in refusals if each} == {"redemption_rules_violated"}
