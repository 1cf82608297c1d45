"""Sets of validation rules and what they bind: made, changed, assigned, and gone with either end."""

from typing import Any

import msgspec
import pytest

from engine.answers.answer import render_answer
from engine.assignments.decide import assignments_of, shown_assignments
from engine.expiry import SWEEP_MAX, is_due
from engine.kernel import tables
from engine.kernel.state import encode
from schemas.actions import ActionProgressed, RunChunk
from schemas.api import CustomerInput
from schemas.assignments import (
    ASSIGNMENTS_MAX,
    AssignmentsDropped,
    AssignRule,
    RuleAssigned,
    UnassignRule,
)
from schemas.campaigns import Campaign, CreateCampaign, DeleteCampaign, VoucherTemplate
from schemas.expiry import ExpireDue
from schemas.records import Decided
from schemas.rules import (
    DEFINITION_LENGTH_MAX,
    ApplicableItems,
    CreateValidationRule,
    DeleteValidationRule,
    ItemEntry,
    UpdateValidationRule,
    ValidationRule,
    ValidationRuleCreated,
)
from schemas.voucher_events import VoucherUpdated
from schemas.vouchers import CreateVoucher, DeleteVoucher, UpdateVoucher, Voucher
from tests.unit.engine.world import World, found, percent, redeem, voucher

#: How often a customer may redeem.
LIMIT = 3
LARGE = {"1": {"name": "order.amount", "conditions": {"$more_than": [5000]}}}


def rule(rules: Any = None, **fields: Any) -> ValidationRule:
    """A set of rules, as a front asks for it."""
    definition = encode(LARGE if rules is None else rules).decode()
    return ValidationRule("", fields.pop("name", "Large orders"), 0, definition, **fields)


def create(world: World, rules: Any = None, **fields: Any) -> ValidationRule:
    """The set of rules that a command made."""
    (event,) = world.when(CreateValidationRule(rule(rules, **fields))).events
    assert isinstance(event, ValidationRuleCreated)
    return found(world.view.get(tables.RULES, event.rule.id))


def assign(world: World, rule_id: str, object_id: str, kind: Any = "voucher") -> Decided:
    """The record of an assignment."""
    return world.when(AssignRule(rule_id, object_id, kind))


def assigned(record: Decided) -> str:
    """The id of the assignment that a record made."""
    return next(each for each in record.events if isinstance(each, RuleAssigned)).assignment.id


def change(world: World, rule_id: str, **changes: Any) -> Decided:
    """The record of an update."""
    return world.when(UpdateValidationRule(rule_id, msgspec.Raw(encode(changes))))


def refusal_of(record: Decided) -> tuple[str, str | None]:
    """Key and details of what was refused."""
    assert not record.events
    return found(record.refusal).key, found(record.refusal).details


@pytest.fixture
def world() -> World:
    """A project with the voucher TEN."""
    return World().given(voucher())


def campaign(world: World, *rule_ids: str, count: int = 2) -> Campaign:
    """A campaign of so many vouchers that is bound by these sets."""
    template = VoucherTemplate("DISCOUNT_VOUCHER", percent("10"))
    asked = Campaign("", "Spring", "DISCOUNT_COUPONS", "STATIC", 0, template)
    world.when(CreateCampaign(asked, count, validation_rules=rule_ids))
    campaign_id = found(world.view.get(tables.CAMPAIGN_NAMES, "Spring"))
    return found(world.view.get(tables.CAMPAIGNS, campaign_id))


def voucher_of(world: World, campaign_id: str) -> Voucher:
    """The campaign's first voucher."""
    voucher_id = found(world.view.get(tables.CAMPAIGN_VOUCHERS, campaign_id, f"{0:010d}"))
    return found(world.view.get(tables.VOUCHERS, voucher_id))


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
        ({"definition": "[]"}, "invalid_validation_rules"),
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


def test_a_voucher_is_bound_by_its_code_and_knows_it(world: World) -> None:
    made = create(world)
    record = assign(world, made.id, "TEN")
    answer = render_answer(record, "server").body
    assert answer == {
        "id": assigned(record),
        "rule_id": made.id,
        "related_object_id": "v_TEN",
        "related_object_type": "voucher",
        "created_at": "2025-01-15T12:00:00.000Z",
        "object": "validation_rules_assignment",
    }
    assert world.voucher().rule_ids == (made.id,)
    assert found(world.view.get(tables.RULES, made.id)).assignments_count == 1


def test_an_object_is_bound_by_a_set_once(world: World) -> None:
    made = create(world)
    first = assigned(assign(world, made.id, "TEN"))
    again = assign(world, made.id, "v_TEN")
    assert refusal_of(again) == (
        "duplicate_found",
        f"Duplicated validation_rules_assignment exists with id {first}",
    )
    assert found(again.refusal).status == 409


def test_an_object_is_bound_by_so_many_sets_at_most(world: World) -> None:
    ids = [create(world).id for _ in range(ASSIGNMENTS_MAX + 1)]
    for rule_id in ids[:-1]:
        assert assign(world, rule_id, "TEN").refusal is None
    assert refusal_of(assign(world, ids[-1], "TEN"))[0] == "invalid_validation_rules"
    world.when(DeleteValidationRule(ids[0]))
    assert assign(world, ids[-1], "TEN").refusal is None


def test_what_was_unassigned_binds_no_more(world: World) -> None:
    made = create(world)
    assignment = assigned(assign(world, made.id, "TEN"))
    record = world.when(UnassignRule(made.id, assignment))
    assert render_answer(record, "server").status == 204
    assert world.voucher().rule_ids == ()
    assert found(world.view.get(tables.RULES, made.id)).assignments_count == 0
    assert assign(world, made.id, "TEN").refusal is None


def test_a_voucher_is_created_bound_and_shows_it(world: World) -> None:
    first, second = create(world).id, create(world).id
    asked = CreateVoucher(voucher("NEW"), validation_rules=(first, second, first))
    body = found(render_answer(world.when(asked), "server").body)
    shown = body["validation_rules_assignments"]
    assert [each["rule_id"] for each in shown["data"]] == [first, second]
    assert shown["total"] == 2
    made = found(world.view.get(tables.VOUCHERS, body["id"]))
    assert made.rule_ids == (first, second)
    assert [each.id for each in assignments_of(world.view, made)] == [
        each["id"] for each in shown["data"]
    ]


def test_an_unknown_set_creates_nothing(world: World) -> None:
    key, details = refusal_of(
        world.when(CreateVoucher(voucher("NEW"), validation_rules=(create(world).id, "val_0")))
    )
    assert (key, details) == ("not_found", "Cannot find validation_rules with id val_0")


def test_an_answer_shows_what_binds_whatever_the_request_was(world: World) -> None:
    made = create(world)
    assign(world, made.id, "TEN")
    record = world.when(UpdateVoucher("TEN", msgspec.Raw(b'{"active":false}')))
    shown = found(render_answer(record, "server").body)["validation_rules_assignments"]
    assert [each["rule_id"] for each in shown["data"]] == [made.id]


def test_a_campaign_binds_its_vouchers_and_they_show_it(world: World) -> None:
    made = create(world)
    bound = campaign(world, made.id)
    assert bound.rule_ids == (made.id,)
    one = voucher_of(world, bound.id)
    (shown,) = shown_assignments(world.view, one)
    assert (shown.related_object_type, shown.related_object_id) == ("campaign", bound.id)
    refused = world.when(redeem(one.code, order=5000)).refusal
    assert found(refused).key == "order_rules_violated"
    assert world.when(redeem(one.code, order=5001)).refusal is None


def test_no_copy_in_an_event_unbinds(world: World) -> None:
    before = world.voucher()
    made = create(world)
    assign(world, made.id, "TEN")
    world.given(VoucherUpdated(before))
    assert world.voucher().rule_ids == (made.id,)
    bound = campaign(world)
    assign(world, made.id, "Spring", "campaign")
    world.when(redeem(voucher_of(world, bound.id).code, order=6000))
    assert found(world.view.get(tables.CAMPAIGNS, bound.id)).rule_ids == (made.id,)


@pytest.mark.parametrize("force", [True, False])
def test_assignments_end_with_their_object(world: World, force: bool) -> None:
    made = create(world)
    bound = campaign(world, made.id)
    assign(world, made.id, "TEN")
    world.when(DeleteVoucher("TEN", force))
    world.when(DeleteCampaign(bound.id, force))
    assert list(world.view.scan(tables.ASSIGNMENTS)) == []
    assert list(world.view.scan(tables.ASSIGNED)) == []
    assert found(world.view.get(tables.RULES, made.id)).assignments_count == 0


def test_a_deleted_set_binds_nothing_from_then_on(world: World) -> None:
    made = create(world)
    assign(world, made.id, "TEN")
    assert world.when(redeem("TEN", order=100)).refusal is not None
    record = world.when(DeleteValidationRule(made.id))
    assert render_answer(record, "server").status == 204
    assert shown_assignments(world.view, world.voucher()) == ()
    assert world.when(redeem("TEN", order=100)).refusal is None


def test_what_a_deleted_set_bound_is_swept_in_bounded_steps(world: World) -> None:
    made = create(world)
    count = SWEEP_MAX + 3
    for number in range(count):
        world.given(voucher(f"V{number}"))
        assign(world, made.id, f"V{number}")
    assert not is_due(world.view, world.now)
    world.when(DeleteValidationRule(made.id))
    sizes: list[int] = []
    while is_due(world.view, world.now):
        (event,) = world.when(ExpireDue()).events
        assert isinstance(event, AssignmentsDropped)
        sizes.append(len(event.assignments))
    assert sizes == [SWEEP_MAX, 3]
    assert list(world.view.scan(tables.ASSIGNMENTS)) == []
    assert world.voucher("V0").rule_ids == ()
    assert not is_due(world.view, world.now)


def test_a_sweep_has_nothing_left_where_the_objects_went_before(world: World) -> None:
    made = create(world)
    assign(world, made.id, "TEN")
    world.when(DeleteValidationRule(made.id))
    world.when(DeleteVoucher("TEN"))
    assert not is_due(world.view, world.now)


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


def test_the_end_of_a_campaign_ends_what_binds_its_vouchers(world: World) -> None:
    made = create(world)
    bound = campaign(world, count=3)
    for number in (0, 2):
        voucher_id = found(world.view.get(tables.CAMPAIGN_VOUCHERS, bound.id, f"{number:010d}"))
        assign(world, made.id, voucher_id)
    world.when(DeleteCampaign(bound.id, force=True))
    (action,) = world.view.scan(tables.OPEN_ACTIONS)
    (dropped, _, progressed) = world.when(RunChunk(action.id, 0)).events
    assert isinstance(dropped, AssignmentsDropped)
    assert dropped.counts == {made.id: 0}
    assert isinstance(progressed, ActionProgressed)
    assert progressed.action.status == "DONE"
    assert list(world.view.scan(tables.ASSIGNMENTS)) == []
